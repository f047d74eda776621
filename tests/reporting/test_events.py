"""Studies of events without orders, through to a report: alone, and beside a customer table."""

import html
import json
import re
from pathlib import Path

import nbformat
import pandas as pd
import pytest
import yaml

from tests.behaviour_data import make_events
from tests.conftest import ROOT
from tests.reporting.conftest import QUICK, make_project, segkit_command

pytestmark = pytest.mark.slow

CRM = {
    "traits": {"region": {"kind": "category", "basis": "geographic"}},
    "missing_bases": "leave_out",
}


def documented():
    """The study of visits and e-mails that docs/study.md shows whole."""
    text = (ROOT / "docs" / "study.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    (block,) = [one for one in blocks if one.startswith("title:")]
    return yaml.safe_load(block)


def run_of(folder, *, with_crm):
    project = make_project(folder)
    made = project / "data" / "readers"
    made.mkdir()
    log, mails = make_events(120)
    log.to_csv(made / "web.csv", index=False)
    mails.to_csv(made / "emails.csv", index=False)
    ids = [f"c-{row:03d}" for row in range(130)]
    pd.DataFrame({"id": ids, "region": ["north", "south"] * 65}).to_csv(made / "crm.csv", index=False)
    study = documented()
    if with_crm:
        study["tables"]["customers"] = {"file": "crm.csv", "columns": {"customer_id": "id"}}
        study["descriptors"].append("region")
        study |= CRM
    (made / "study.yaml").write_text(yaml.safe_dump(study, sort_keys=False), "utf-8")
    done = segkit_command("run", "readers", *QUICK, cwd=project)
    assert done.returncode == 0, done.stderr
    run = project / "reports" / "readers" / "latest"
    page = (run / "report.html").read_text("utf-8")
    text = html.unescape(re.sub(r"<style.*?</style>|<svg.*?</svg>|<[^>]+>", " ", page, flags=re.DOTALL))
    return re.sub(r"\s+", " ", text), run


def test_events_alone_make_a_report_of_who_has_an_event(tmp_path):
    text, run = run_of(tmp_path, with_crm=False)
    read = json.loads((run / "facts.json").read_text("utf-8"))
    n_read = next(fact["value"] for fact in read if fact["id"] == "all/read/lines")
    assert f"120 readers counted {n_read:,.0f} rows read 1 Jan 2024" in text
    assert "one per reader" not in text
    assert "as of, exclusive" in text
    aside = r"Of [\d,]+ rows read, \d+ are set aside.* under the rule “[\w ]+”;"
    assert re.search(f"{aside} the others are of 120 readers", text)
    assert "Frequent visitors" in text
    assert "occasional visitors, often opening e-mails" in text
    assert "many pages per visit" in text
    assert "number of visits to the site (a pause of more than 30 minutes starts a new one)" in text
    assert "web bot" in text
    assert "revenue" not in text.lower()
    notebook = nbformat.read(run / "02_features.ipynb", 4)
    shown = "".join(str(cell.get("outputs", "")) for cell in notebook.cells)
    for name in ("E-mails opened", "Visits reaching basket", "Visits from", "Days since last visit"):
        assert name in shown
    for path in filter(Path.is_file, run.rglob("*")):
        assert not re.search(r"\bc-\d{3}\b", path.read_text("utf-8")), path.name


def test_beside_a_customer_table_who_has_no_event_is_counted_and_left_out(tmp_path):
    text, _ = run_of(tmp_path, with_crm=True)
    assert "130 readers counted 130 rows read, one per reader" in text
    assert "120 of 130 readers have every trait that forms the segments; 10 left out: pages" in text
    assert re.search("120 of 120 ids with e-mails are in the (customer|reader) table", text)
