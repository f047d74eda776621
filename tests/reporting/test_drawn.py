"""A study whose segments are drawn by rules, through to its report."""

import json

import pytest

from tests.reporting.conftest import QUICK, make_project, make_shop, named_orders, segkit_command

pytestmark = pytest.mark.slow

RULES = """segments:
- {name: Many orders, where: {n_orders: {above: 12}}}
- {name: Few but large orders, where: {n_orders: {to: 12}, mean_order_value: {from: 60}}}
- {name: Few small orders, otherwise: true}
"""


def drawn(tmp_path, segments):
    project = make_shop(make_project(tmp_path), named_orders())
    path = project / "data" / "shop" / "study.yaml"
    path.write_text(path.read_text("utf-8") + segments, "utf-8")
    return project, segkit_command("run", "shop", *QUICK, cwd=project)


@pytest.mark.parametrize(
    ("segments", "name"), [("segments: rfm\n", "Champions"), (RULES, "Few small orders")]
)
def test_rules_in_study_yaml_become_the_report_s_segments(tmp_path, segments, name):
    project, done = drawn(tmp_path, segments)
    assert done.returncode == 0, done.stderr
    report = (project / "reports" / "shop" / "latest" / "report.html").read_text("utf-8")
    assert "Drawn by rules." in report
    assert name in report


def test_rules_that_overlap_stop_the_run_and_are_listed(tmp_path):
    project, done = drawn(tmp_path, RULES.replace("to: 12", "to: 20"))
    assert done.returncode != 0
    assert "Many orders + Few but large orders" in done.stderr + done.stdout
    assert not (project / "reports" / "shop" / "latest").exists()


def test_segments_keep_their_keys_in_the_next_run(tmp_path):
    project, first = drawn(tmp_path, "")
    again = segkit_command("run", "shop", *QUICK, "-p", "random_state=5", cwd=project)
    assert first.returncode == again.returncode == 0, again.stderr
    runs = sorted((project / "data" / "shop" / "processed").iterdir())
    keys = [json.loads((run / "segments" / "model.json").read_text())["keys"] for run in runs]
    assert len(keys) == 2
    assert set(keys[0]) == set(keys[1])
