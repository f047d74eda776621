"""Orders of which only dates and items are known: everything but money, and never an amount."""

import json
import re

import numpy as np
import pytest
import yaml

import segkit
from segkit.errors import StudyError
from tests.conftest import study_of
from tests.reporting.conftest import make_project, segkit_command
from tests.reporting.made import QUICK, made_report, orders_of, page_of
from tests.reporting.test_odd_studies import told

MONEY = re.compile(r"\b(revenue|sales|spend\w*|money|amounts?|price|value against|paid)\b|[$€£]", re.I)
NOTICE = re.compile(r"The lines say nothing of money.*?cost\)", re.I)
COLUMNS = {
    "customer_id": "customer", "order_id": "order", "order_date": "when", "category": "kind",
    "quantity": "count",
}  # fmt: skip
BASES = ["recency_days", "n_orders", "mean_items_per_order", "tea_share"]


def of_money(html):
    """Words of money on a page, but for the notice that there is none and what money would give."""
    return MONEY.findall(NOTICE.sub("", told(html).split("Left out, and whether")[0]))


@pytest.fixture(scope="module")
def lines():
    """Orders with a count of items and without a price; two lines came back, one holds nothing."""
    orders = orders_of().drop(columns="price")
    orders["count"] = np.arange(len(orders)) % 4 + 1
    orders.loc[[3, 40], "count"] = -1
    orders.loc[7, "count"] = 0
    return orders


@pytest.fixture(scope="module")
def tables(lines):
    study = study_of(COLUMNS, bases=BASES)
    return segkit.load_tables(study, transactions=lines)


def test_lines_are_kept_returned_or_empty_and_counted(tables, lines):
    assert "amount" not in tables.lines.columns
    rules = tables.quality.lines.set_index("rule")["lines"].to_dict()
    assert rules == {"kept": len(lines) - 3, "return": 2, "zero quantity": 1}
    assert tables.quality.lines["amount"].isna().all()
    assert "amount" not in tables.quality.kept
    assert any("say nothing of money" in notice for notice in tables.quality.notices)
    assert not MONEY.search(tables.reading)


def test_features_are_those_of_dates_and_items_alone(tables, lines):
    features = segkit.build_features(tables, as_of="2024-06-01")
    kept = lines[lines["count"] > 0]
    by_customer = kept.groupby("customer")
    assert features.frame["n_items"].tolist() == by_customer["count"].sum().tolist()
    assert features.frame["tea_share"].tolist() == pytest.approx(
        by_customer["kind"].apply(lambda kind: (kind == "tea").mean()).tolist()
    )
    days = kept.assign(is_recent=kept["when"] >= "2024-03-17").groupby("customer")["is_recent"].mean()
    assert (features.frame["trend"] + 1).div(2).tolist() == pytest.approx(days.tolist(), abs=0.2)
    assert not {"revenue", "mean_order_value", "discount_share"} & set(features.frame)
    assert features.left_out["revenue"] == "the lines say nothing of money"
    assert "money" not in set(features.dictionary["unit"])


def test_a_base_of_money_is_refused_with_the_reason(tables, lines):
    study = study_of(COLUMNS, bases=["recency_days", "revenue"])
    loaded = segkit.load_tables(study, transactions=lines)
    with pytest.raises(StudyError, match="'revenue', which the data can't give: the lines say nothing"):
        _ = segkit.build_features(loaded, as_of="2024-06-01").bases


def test_dates_alone_are_enough(lines):
    study = study_of({"customer_id": "customer", "order_date": "when"}, bases=["recency_days"])
    loaded = segkit.load_tables(study, transactions=lines)
    assert set(loaded.lines.columns) == {"customer_id", "order_date", "order_id"}
    assert segkit.build_features(loaded, as_of="2024-06-01").frame["n_orders"].min() >= 1


def test_the_page_makes_sense_and_the_lint_passes_it(tmp_path, lines):
    report = made_report(
        tmp_path, orders=lines.drop(columns="count"), bases=["recency_days", "n_orders", "tea_share"],
        currency="$",
    )  # fmt: skip
    html, facts, found = page_of(report)
    assert [str(one) for one in found] == []
    assert of_money(html) == []
    assert "lines on them" in told(html)
    assert NOTICE.search(told(html))
    assert "money" not in {fact["unit"] for fact in json.loads(facts)}


@pytest.mark.slow
def test_a_whole_run_says_nothing_of_money(tmp_path, lines):
    project = make_project(tmp_path)
    folder = project / "data" / "items"
    folder.mkdir()
    lines.to_csv(folder / "orders.csv", index=False)
    study = {
        "title": "Who comes back?", "decision": "The team decides whom to call.",
        "as_of": "2024-06-01", "bases": BASES, "parameters": QUICK,
        "tables": {"transactions": {"file": "orders.csv", "columns": COLUMNS}},
    }  # fmt: skip
    (folder / "study.yaml").write_text(yaml.safe_dump(study), "utf-8")
    done = segkit_command("run", "items", cwd=project)
    assert done.returncode == 0, done.stderr
    latest = project / "reports" / "items" / "latest"
    page = (latest / "report.html").read_text("utf-8")
    assert of_money(page) == []
    briefs = [path.read_text("utf-8") for path in (latest / "briefs").glob("*.html")]
    assert len(briefs) >= 2
    assert not any(MONEY.search(told(brief).replace("prices per person", "")) for brief in briefs)
    assert "money" not in {fact["unit"] for fact in json.loads((latest / "facts.json").read_text())}
