"""Customer tables through to a report: alone, and joined to orders."""

import html
import json
import re
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.conftest import make_transactions
from tests.reporting.conftest import QUICK, make_project, segkit_command

pytestmark = pytest.mark.slow

TRAITS = """traits:
  staff: { kind: ordered, basis: firmographic, levels: [1-10, 11-50, 51-200], label: Staff }
  sector: { kind: category, basis: firmographic }
  region: { kind: category, basis: geographic }
  opens: { kind: number, basis: behavioural, label: Mails opened, unit: mails, missing: [-1] }
  joined: { kind: date, basis: behavioural, label: Days since sign-up, names: [Newer, Older] }
  demo: { kind: yes_no, basis: behavioural, label: Saw a demo }
  renewed: { kind: yes_no, basis: behavioural, label: Renewed }
outcomes: [renewed]
missing_bases: leave_out
parameters: { k_max: 3 }
"""
HEAD = """title: Which companies get a call?
decision: The field team decides.
as_of: 2024-06-01
words: { customer: company, customers: companies }
"""
CRM = "  customers: { file: crm.csv, columns: { customer_id: company } }\n"


def companies(n=120) -> pd.DataFrame:
    """Two planted kinds: small shops that open mails, large factories that saw a demo."""
    rng = np.random.default_rng(0)
    large = np.arange(n) % 2 == 1
    frame = pd.DataFrame(
        {
            "company": [f"c-{row:03d}" for row in range(n)],
            "staff": np.where(large, "51-200", rng.choice(["1-10", "11-50"], n)),
            "sector": np.where(large, "factory", "shop"),
            "region": rng.choice(["north", "south"], n),
            "opens": np.where(large, rng.integers(0, 5, n), rng.integers(20, 40, n)),
            "joined": [f"2023-{1 + row % 12:02d}-15" for row in range(n)],
            "demo": np.where(large, "yes", "no"),
            "renewed": rng.choice(["yes", "no"], n),
        }
    )
    frame.loc[:3, "opens"] = -1
    return frame


def report_of(folder, study, *, orders=None):
    project = make_project(folder)
    made = project / "data" / "firms"
    made.mkdir()
    (made / "study.yaml").write_text(study, "utf-8")
    companies().to_csv(made / "crm.csv", index=False)
    if orders is not None:
        orders.to_csv(made / "orders.csv", index=False)
    done = segkit_command("run", "firms", *QUICK, cwd=project)
    assert done.returncode == 0, done.stderr
    run = project / "reports" / "firms" / "latest"
    page = (run / "report.html").read_text("utf-8")
    text = html.unescape(re.sub(r"<style.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL))
    return re.sub(r"\s+", " ", text), run


@pytest.fixture(scope="module")
def alone(tmp_path_factory):
    study = f"{HEAD}tables:\n{CRM}bases: [staff, sector, opens, demo]\n"
    study += "descriptors: [region, renewed, joined]\n"
    return report_of(tmp_path_factory.mktemp("alone"), study + TRAITS)


def test_companies_get_a_report_without_orders(alone):
    text, _ = alone
    assert not re.search(r"\b(customers?|orders?|revenue|sales|buyers?)\b", text.split("Segment", 1)[1])
    assert "116 of 120 companies have every trait that forms the segments; 4 left out: mails" in text
    assert "Of all that differs between the segments:" in text
    assert "firmographic (traits: 2 )" in text


def test_each_analysts_page_marks_itself_whatever_customers_are_called(alone):
    _, run = alone
    for name in ("01.html", "02.html", "03.html", "04.html"):
        marked = re.findall(r'href="([^"]+)" aria-current="page"', (run / name).read_text("utf-8"))
        assert marked == [name]


def test_no_company_is_in_the_report_or_its_notebooks(alone):
    _, run = alone
    for path in filter(Path.is_file, run.rglob("*")):
        assert not re.search(r"c-\d{3}", path.read_text("utf-8")), path.name


def test_facts_hold_the_drivers_and_who_lacks_a_base(alone):
    facts = {fact["id"]: fact["value"] for fact in json.loads((alone[1] / "facts.json").read_text())}
    assert facts["all/left_out/customers"] == 4
    assert "all/lacking/opens" not in facts
    shares = [value for name, value in facts.items() if re.fullmatch(r"all/basis/\w+/share", name)]
    assert sum(shares) == pytest.approx(1)


def test_traits_and_orders_form_segments_together(tmp_path):
    study = (
        f"{HEAD}tables:\n{CRM}"
        "  transactions: { file: orders.csv, columns: { customer_id: customer, order_id: order, "
        "order_date: when, quantity: count, unit_price: price } }\n"
        "bases: [n_orders, mean_order_value, sector, staff]\ndescriptors: [opens, region]\n" + TRAITS
    )
    text, _ = report_of(tmp_path, study, orders=make_transactions(100))
    assert "20 companies of the customer table have no order" in text
    assert re.search(
        r"\d+% behavioural \(traits: 2 \), \d+% firmographic \(traits: 2 \)|"
        r"\d+% firmographic \(traits: 2 \), \d+% behavioural \(traits: 2 \)",
        text,
    )
    assert "in sales" in text
