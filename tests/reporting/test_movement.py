"""Who moved between two runs of a study, by hand-counted customers."""

import json
import re
import shutil

import pandas as pd
import pytest

from segkit.disclosure import withheld, withheld_table
from tests.reporting.made import made_report, page_of
from tests.reporting.test_odd_studies import told

TRAIT = {"visits": {"kind": "number", "basis": "behavioural", "label": "Visits", "unit": "visits"}}
RULES = [
    {"name": "Many visits", "where": {"visits": {"above": 10}}},
    {"name": "Few", "otherwise": True},
]


def people(many, few, start=0):
    """So many with 20 visits, so many with 5."""
    visits = [20] * many + [5] * few
    return pd.DataFrame(
        {"customer": [f"p-{start + row:04d}" for row in range(len(visits))], "visits": visits}
    )


def run_of(folder, frame, name, **keys):
    """A run that is kept as the runner keeps it."""
    report = made_report(
        folder / "data" / "visits",
        customers=frame,
        traits=TRAIT,
        bases=["visits"],
        segments=RULES,
        **keys,
    )
    object.__setattr__(report.run, "name", name)
    report.run.keep(report.run.segments)
    report.run.keep(report)
    record = {"run": name, "inputs_sha256": report.run.inputs, "as_of": report.run.study.as_of}
    place = folder / "reports" / "visits" / name
    place.mkdir(parents=True)
    (place / "run.json").write_text(json.dumps(record), "utf-8")
    return report


@pytest.fixture
def moved(tmp_path):
    """100 many and 60 few; of the many 20 became few, of the few 3 became many; 15 are new."""
    run_of(tmp_path, people(100, 60), "2024-05-01")
    now = people(100, 60)
    now.loc[:19, "visits"] = 5
    now.loc[100:102, "visits"] = 20
    now = pd.concat([now, people(0, 15, start=500)])
    return run_of(tmp_path, now, "2024-06-01", as_of="2024-07-01")


def test_counts_are_those_of_the_customers_in_both_runs(moved):
    counts = moved._movement.counts
    assert counts.loc["Many visits", ["Many visits", "Few"]].tolist() == [80, 20]
    assert counts.loc["Few", ["Many visits", "Few"]].tolist() == [3, 57]
    assert counts.loc["new", "Few"] == 15


def test_small_flows_are_withheld_and_so_is_what_gives_them_away(moved):
    hidden = moved._movement.hidden
    assert hidden.at["Few", "Many visits"]
    assert hidden.loc["Few"].sum() >= 2
    assert hidden["Many visits"].sum() >= 2


def test_the_page_says_who_moved_and_passes_the_lint(moved):
    html, facts, found = page_of(moved)
    assert [str(one) for one in found] == []
    said = r"Of 160 customers in both runs, 86% are where they were on 2024-06-01 ?\."
    assert re.search(re.sub(" ", r"\\s+", said), told(html))
    assert "Last run" in html
    ids = {fact["id"] for fact in json.loads(facts)}
    assert "Few>Many visits/moved/customers" not in ids
    assert "p-0" not in html


def test_a_run_of_the_same_data_is_no_run_before(tmp_path):
    run_of(tmp_path, people(100, 60), "2024-05-01")
    again = run_of(tmp_path, people(100, 60), "2024-05-02")
    assert again.movement.html == ""


def test_a_run_whose_private_folder_is_gone_is_no_run_before(tmp_path):
    run_of(tmp_path, people(100, 60), "2024-05-01")
    shutil.rmtree(tmp_path / "data" / "visits" / "processed")
    assert run_of(tmp_path, people(90, 60), "2024-05-02").movement.html == ""


@pytest.mark.parametrize(
    ("counts", "hidden"),
    [
        ([50, 40], []),
        ([50, 9], [50, 9]),
        ([50, 5, 3], [50, 5, 3]),
        ([90, 9, 8, 70], [9, 8]),
        ([0, 50], []),
    ],
)
def test_a_total_gives_no_small_count_away(counts, hidden):
    series = pd.Series(counts)
    assert series[withheld(series)].tolist() == hidden


def test_no_row_or_column_has_a_single_hidden_cell():
    counts = pd.DataFrame([[90, 20, 80], [4, 50, 70], [30, 12, 60]])
    hidden = withheld_table(counts)
    assert hidden.at[1, 0]
    assert 1 not in hidden.sum(axis=0).tolist() + hidden.sum(axis=1).tolist()
