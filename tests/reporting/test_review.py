"""What a reader must know of time: the period behind each figure, and a review that is overdue."""

import json
import re

import yaml

from segkit.cli import main
from segkit.reporting.kept import write_facts
from tests.reporting.made import PEOPLE, made_report, orders_of, subjects
from tests.reporting.test_odd_studies import BASES, EIGHT, tenths


def records(report, folder):
    write_facts(report, folder, report.run.features)
    return json.loads((folder / "facts.json").read_text("utf-8"))


def test_every_fact_says_which_period_it_covers(tmp_path):
    report = made_report(tmp_path, orders=orders_of(), bases=BASES, segments=EIGHT)
    days = orders_of()["when"]
    period = {(*fact["window"], fact["as_of"]) for fact in records(report, tmp_path)}
    assert period == {(days.min(), days.max(), "2024-06-01")}


def test_facts_of_undated_data_have_no_window(tmp_path):
    report = made_report(tmp_path, customers=subjects(2), segments=tenths(["few", "many"]), **PEOPLE)
    assert {fact["window"] for fact in records(report, tmp_path)} == {None}


def test_check_tells_of_reviews_that_are_overdue(tmp_path, capsys):
    report = made_report(
        tmp_path, orders=orders_of(), bases=BASES, segments=EIGHT, review_by="2024-05-01"
    )
    notes = {"segments": {"Few orders": {"review_date": "2024-05-02"}, "Some orders": {}}}
    (report.run.study.folder / "messages.yaml").write_text(yaml.safe_dump(notes), "utf-8")
    assert main(["check", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "note: review_by, 2024-05-01, has passed" in said
    assert "note: messages.yaml: the review_date of 'Few orders', 2024-05-02, has passed" in said


def test_every_line_of_the_stability_chart_has_its_number(tmp_path):
    report = made_report(tmp_path, customers=subjects(2), **PEOPLE)
    chart = re.search(r'<svg[^>]*aria-labelledby="curve-t.*?</svg>', report.trust.html, re.DOTALL)[0]
    labels = re.findall(r'<text x="0" [^>]*class="ax"[^>]*>([\d.]+)</text>', chart)
    assert len(labels) == chart.count('class="grid"') == 5
    assert chart.rindex("<line") < chart.index("<text")  # so that no line crosses a text
