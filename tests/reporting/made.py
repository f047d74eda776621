"""Reports of made studies, in process: the page without the notebooks around it."""

import json
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import yaml

from segkit.personas.facts import fact_table
from segkit.plain import visible
from segkit.reporting.lint.page import check_page, read_facts
from segkit.reporting.page import report_page
from segkit.reporting.sections import FRAGMENT, build_report
from segkit.reporting.workspace import open_run

ORDERS = {
    "customer_id": "customer", "order_id": "order", "order_date": "when", "category": "kind",
    "amount": "price",
}  # fmt: skip
HEAD = {
    "title": "Who gets a call?",
    "decision": "The team decides whom to call.",
    "as_of": "2024-06-01",
}
QUICK = {"n_boot": 10, "n_starts": 3, "k_max": 3}


def page_of(report, title="Who gets a call?"):
    """A report's page, its facts as facts.json holds them, and what the lint finds."""
    cells = [
        nbformat.v4.new_code_cell(
            "", outputs=[nbformat.v4.new_output("display_data", data={FRAGMENT: section.html})]
        )
        for section in report.sections
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    html = report_page(notebook, title=title, run_line="Run of today.", mark="abc")
    facts = json.dumps(fact_table(report.facts, report.names), ensure_ascii=False)
    facts, names = visible(facts), {visible(k): visible(v) for k, v in report.names.items()}
    return html, facts, check_page(html, read_facts(facts), names)


def made_report(folder: Path, *, orders=None, customers=None, **keys):
    """The report of a study around given frames."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {}
    for name, frame in (("transactions", orders), ("customers", customers)):
        if frame is not None:
            frame.to_csv(folder / f"{name}.csv", index=False)
    if orders is not None:
        columns = {ours: theirs for ours, theirs in ORDERS.items() if theirs in orders}
        tables["transactions"] = {"file": "transactions.csv", "columns": columns}
    if customers is not None:
        tables["customers"] = {"file": "customers.csv", "columns": {"customer_id": "customer"}}
    content = HEAD | {"tables": tables, "parameters": QUICK} | keys
    content["parameters"] = QUICK | dict(keys.get("parameters", {}))
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    (folder / "study.yaml").write_text(text, "utf-8")
    return build_report(open_run(folder))


def subjects(groups: int, each: int = 60, *, seed: int = 0) -> pd.DataFrame:
    """Customers of a table without orders, planted in groups around a circle."""
    rng = np.random.default_rng(seed)
    group = np.repeat(np.arange(groups), each)
    angle = 2 * np.pi * group / groups
    return pd.DataFrame(
        {
            "customer": [f"person-{row:05d}" for row in range(len(group))],
            "opens": (50 + 40 * np.cos(angle) + rng.normal(0, 2, len(group))).round(1),
            "visits": (50 + 40 * np.sin(angle) + rng.normal(0, 2, len(group))).round(1),
            "region": rng.choice(["north", "south"], len(group)),
        }
    )


TRAITS = {
    "opens": {"kind": "number", "basis": "behavioural", "label": "Mails opened", "unit": "mails"},
    "visits": {"kind": "number", "basis": "behavioural", "label": "Visits", "unit": "visits"},
    "region": {"kind": "category", "basis": "geographic", "label": "Region"},
}
PEOPLE = {"traits": TRAITS, "bases": ["opens", "visits"], "descriptors": ["region"]}


def orders_of(n: int = 91, kinds=("tea", "cups"), *, seed: int = 0) -> pd.DataFrame:
    """Order lines of two planted kinds of customer, with eight who bought a great deal."""
    rng = np.random.default_rng(seed)
    rows = []
    for customer in range(n):
        many, huge = customer % 2 == 0, customer < 8
        for order in range(30 if huge else int(rng.integers(10, 15) if many else rng.integers(2, 4))):
            day = pd.Timestamp("2024-01-01") + pd.Timedelta(days=int(rng.integers(0, 150)))
            price = float(rng.integers(20000, 30000) if huge else rng.integers(200, 4000)) / 100
            kind = kinds[0 if many and rng.random() < 0.8 else int(rng.integers(0, len(kinds)))]
            rows.append(
                (f"person-{customer:05d}", f"o{customer}-{order}", f"{day:%Y-%m-%d}", kind, price)
            )
    return pd.DataFrame(rows, columns=["customer", "order", "when", "kind", "price"])
