"""Several sources through to a report: beside orders, and without any."""

import html
import json
import re

import pytest
import yaml

import segkit
from segkit.sources.store import load_saved_tables
from tests.reporting.conftest import QUICK, make_project, segkit_command
from tests.sources.five import content_of, make_five

pytestmark = pytest.mark.slow

QUICKLY = {"parameters": {"k_max": 3}}


def report_of(folder, content):
    project = make_project(folder)
    made = project / "data" / "five"
    made.mkdir()
    (made / "study.yaml").write_text(yaml.safe_dump(content, sort_keys=False), "utf-8")
    for name, frame in make_five().items():
        file = "orders.csv" if name == "transactions" else f"{name}.csv"
        frame.to_csv(made / file, index=False)
    done = segkit_command("run", "five", *QUICK, cwd=project)
    assert done.returncode == 0, done.stderr
    run = project / "reports" / "five" / "latest"
    page = (run / "report.html").read_text("utf-8")
    text = html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
    return re.sub(r"\s+", " ", text), run, made


def shown(run) -> str:
    """All that a run leaves for others to read."""
    return "".join(path.read_text("utf-8") for path in sorted(run.rglob("*")) if path.is_file())


@pytest.fixture(scope="module")
def with_orders(tmp_path_factory):
    content = content_of(bases=["recency_days", "n_orders", "income"], **QUICKLY)
    return report_of(tmp_path_factory.mktemp("five"), content)


def test_sources_beside_orders_get_a_report(with_orders):
    text, run, _ = with_orders
    assert "on 886 lines were read" in text
    assert "5 customers who lack a base are left out" in text
    explored = (run / "01_explore.ipynb").read_text("utf-8")
    assert "415 customers are in 5 tables" in explored
    assert "26 ids share a person's marks with another" in explored


def test_no_customer_of_a_source_is_in_anything_that_a_run_shows(with_orders):
    _, run, _ = with_orders
    said = shown(run)
    assert not re.search(r"\bc0\d{3}\b|example\.com|\+49 30|Méier|1949-12-31", said)


def test_the_run_s_folder_keeps_the_profile_for_later_notebooks(with_orders):
    _, run, made = with_orders
    folder = next((made / "processed").glob("*/tables"))
    tables = load_saved_tables(segkit.load_study(made), folder)
    assert tables.profile.n_customers == 415
    assert json.loads((run / "run.json").read_text("utf-8"))["inputs_sha256"].keys() >= {
        "crm",
        "survey",
    }


def test_sources_alone_get_a_report(tmp_path):
    content = content_of(bases=["income", "city"], descriptors=["stage"], **QUICKLY)
    del content["tables"]
    text, run, _ = report_of(tmp_path, content)
    assert "390 of 410 customers have every trait that forms the segments; 20 left out" in text
    assert not re.search(r"\bc0\d{3}\b|example\.com|\+49 30", shown(run))
