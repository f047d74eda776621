"""Whole runs of a small shop: what a run leaves, and what it leaves alone."""

import json
import re
import signal
import subprocess
import sys
import time

import pandas as pd
import pytest

from tests.reporting.conftest import (
    HOSTILE,
    QUICK,
    make_project,
    make_shop,
    named_orders,
    segkit_command,
)

pytestmark = pytest.mark.slow


def latest(project):
    return (project / "reports" / "shop" / "latest").resolve()


def files_of(folder):
    return [path for path in folder.rglob("*") if path.is_file()]


def without_run_line(folder):
    return re.sub(r'<p id="run-line"[^>]*>.*?</p>', "", (folder / "report.html").read_text("utf-8"))


def assigned(project, folder):
    path = project / "data" / "shop" / "processed" / folder.name / "segments" / "assignments.parquet"
    return pd.read_parquet(path)


def test_a_run_leaves_report_notebooks_facts_and_record(shop_project):
    names = {path.name for path in latest(shop_project).iterdir()}
    notebooks = {"01_explore", "02_features", "03_segment", "04_personas", "report"}
    assert names == {f"{name}.ipynb" for name in notebooks} | {
        "report.html", "facts.json", "run.json", "briefs",
        *(f"0{number}.html" for number in range(1, 5)),
    }  # fmt: skip


def test_the_record_names_parameters_inputs_versions_and_seconds(shop_project):
    record = json.loads((latest(shop_project) / "run.json").read_text("utf-8"))
    assert record["parameters"]["n_boot"] == 10
    assert re.fullmatch("[0-9a-f]{64}", record["inputs_sha256"]["transactions"])
    assert record["versions"]["pandas"] == pd.__version__
    assert list(record["seconds"])[-1] == "report"


def test_two_runs_give_the_same_bytes_and_labels(shop_project):
    first = latest(shop_project)
    done = segkit_command("run", "shop", *QUICK, cwd=shop_project)
    assert done.returncode == 0, done.stderr
    second = latest(shop_project)
    assert second != first
    assert without_run_line(second) == without_run_line(first)
    assert (second / "facts.json").read_bytes() == (first / "facts.json").read_bytes()
    pd.testing.assert_frame_equal(assigned(shop_project, first), assigned(shop_project, second))


def test_shuffled_lines_give_the_same_segments(shop_project, tmp_path):
    shuffled = named_orders().sample(frac=1, random_state=4)
    other = make_shop(make_project(tmp_path), shuffled)
    done = segkit_command("run", "shop", *QUICK, cwd=other)
    assert done.returncode == 0, done.stderr
    assert (latest(other) / "facts.json").read_bytes() == (
        latest(shop_project) / "facts.json"
    ).read_bytes()
    pd.testing.assert_frame_equal(
        assigned(shop_project, latest(shop_project)), assigned(other, latest(other))
    )


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_stopped_run_leaves_the_last_report_untouched(shop_project, how):
    before, content = latest(shop_project), (latest(shop_project) / "report.html").read_bytes()
    folders = set(before.parent.glob("2*"))
    process = subprocess.Popen(
        [sys.executable, "-m", "segkit.cli", "run", "shop", *QUICK],
        cwd=shop_project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    until(lambda: list(before.parent.glob(".working-*/01_explore.ipynb")))
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if how == signal.SIGINT else -signal.SIGKILL)
    assert latest(shop_project) == before
    assert (before / "report.html").read_bytes() == content
    assert set(before.parent.glob("2*")) == folders
    if how == signal.SIGINT:
        assert "the last good report is untouched" in said
        assert not list(before.parent.glob(".working-*"))


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.1)


def test_a_failed_run_says_where_and_leaves_the_last_report(shop_project):
    study = shop_project / "data" / "shop" / "study.yaml"
    good, before = study.read_text("utf-8"), latest(shop_project)
    study.write_text(good.replace("bases: [recency_days", "bases: [recency_dais"), "utf-8")
    try:
        done = segkit_command("run", "shop", cwd=shop_project)
    finally:
        study.write_text(good, "utf-8")
    assert done.returncode == 2
    assert "02_features failed" in done.stderr
    assert "Did you mean 'recency_days'" in done.stderr
    page = (before.parent / "02_features.failed.html").read_text("utf-8")
    assert "Did you mean &#39;recency_days&#39;" in page
    assert "segkit/features/table.py" in page
    assert not re.search(r"/(home|root|tmp|work)/", page)
    assert latest(shop_project) == before
    assert not list(before.parent.glob(".working-*"))


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ("n_bot=10", "there is no parameter 'n_bot'. Did you mean 'n_boot'?"),
        ("k=four", "the parameter k is 'four', a str. Accepted: int | None"),
        ("draw_map=1", "the parameter draw_map is 1, a int. Accepted: bool"),
        ("k=1", "parameters.k is 1"),
        ("run=mine", "'run' is not set with -p"),
        ("k", "-p k. Accepted: NAME=VALUE"),
    ],
)
def test_unknown_and_mistyped_parameters_are_refused_before_anything_runs(
    shop_project, parameter, said
):
    done = segkit_command("run", "shop", "-p", parameter, cwd=shop_project)
    assert done.returncode == 2
    assert said in done.stderr


def test_no_customer_is_in_anything_that_a_run_shows(shop_project):
    customers = set(named_orders()["Customer ID"])
    assert len(customers) == 80
    for path in files_of(latest(shop_project)):
        text = path.read_text("utf-8")
        assert not [customer for customer in customers if customer in text], path.name
        assert not re.search(r"\b[0-9a-f]{64}\b", text) or path.name == "run.json"


def test_no_path_of_this_machine_is_in_a_run(shop_project):
    for path in files_of(latest(shop_project)):
        assert str(shop_project) not in path.read_text("utf-8"), path.name


def test_hostile_texts_are_shown_as_text(shop_project):
    html = (latest(shop_project) / "report.html").read_text("utf-8")
    assert HOSTILE not in html
    assert "&lt;b&gt;Käse &amp; 飲料&lt;/b&gt;" in html


def test_the_private_folder_holds_the_lines_set_aside(shop_project):
    private = shop_project / "data" / "shop" / "processed" / latest(shop_project).name
    assert (private / "tables" / "set_aside" / "transactions.parquet").is_file()
    assert (private / "tables").stat().st_mode & 0o077 == 0
