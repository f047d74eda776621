"""A company table as CRMs hold it: messy sizes and revenues, four planted segments, answers known."""

import numpy as np
import pandas as pd

SEGMENTS = {
    "workshops": (7, 1e6, 0.05, "Construction"),
    "growing": (300, 4e7, 0.80, "Software"),
    "shrinking": (300, 4e7, -0.45, "Retail"),
    "corporate": (7_000, 2e9, 0.05, "Banking"),
}
"""Segment -> its usual staff, revenue, growth and industry."""
SIZES = (
    (10, "1-10"), (50, "11-50"), (200, "51-200"), (500, "201-500"), (1_000, "501-1,000"),
    (5_000, "1,001-5,000"), (10_000, "5,001-10,000"), (float("inf"), "10,001+"),
)  # fmt: skip
INDUSTRIES = ("Construction", "Software", "Manufacturing", "Banking", "Retail", "Health", "Energy")


def companies(n=600, seed=0):
    """A table of n companies, and the segment that each was drawn from."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(list(SEGMENTS), n)
    drawn = [SEGMENTS[name] for name in truth]
    middle = pd.DataFrame(drawn, columns=["staff", "money", "rise", "is_in"])
    staff = np.maximum(1, middle["staff"] * np.exp(rng.normal(0, 0.35, n))).round()
    money = middle["money"] * np.exp(rng.normal(0, 0.3, n))
    before = money / (1 + middle["rise"] + rng.normal(0, 0.04, n))
    frame = pd.DataFrame(
        {
            "Record ID": [f"{7_000_000 + row}" for row in range(n)],
            "Company name": [f"Firm {row}" for row in range(n)],
            "Number of Employees": [size(one, rng) for one in staff],
            "Annual Revenue": [money_text(one, rng) for one in money],
            "Revenue last year": [f"{one:.0f}" for one in before],
            "Industry": np.where(rng.random(n) < 0.7, middle["is_in"], rng.choice(INDUSTRIES, n)),
            "Country/Region": rng.choice(["DE", "Germany", "United Kingdom", "UK", "U.S.A."], n),
        }
    )
    return frame, truth


def size(staff, rng):
    """A size as it was typed, picked or mangled by a spreadsheet."""
    pick = next(text for most, text in SIZES if staff <= most)
    if pick in {"1-10", "11-50"} and rng.random() < 0.04:
        return {"1-10": "10-Jan", "11-50": "Nov-50"}[pick]
    if rng.random() < 0.02:
        return rng.choice(["", "n/a"])
    return rng.choice([pick, pick, f"{staff:.0f}", f"{pick} employees"])


def money_text(money, rng):
    """A revenue in one of the notations that meet in a CRM."""
    if rng.random() < 0.02:
        return rng.choice(["", "n/a"])
    scale, word, short = (1e9, "Billion", "B") if money >= 1e9 else (1e6, "Million", "M")
    value = money / scale
    german = f"{value:.1f}".replace(".", ",")
    euros = f"{german} {'Mrd' if scale == 1e9 else 'Mio'}. EUR"
    spelt = [f"${value:.1f} {word}", euros, f"{value:.2f}{short}"]
    return rng.choice([*spelt, f"{money / 1e3:,.0f}K", f"{money:.0f}"])


TRAITS = {
    "employees": {
        "column": "Number of Employees", "kind": "amount", "basis": "firmographic",
        "bands": "employees", "missing": ["n/a"],
    },
    "revenue": {
        "column": "Annual Revenue", "kind": "amount", "basis": "firmographic",
        "missing": ["n/a"], "unit": "money",
    },
    "growth": {
        "kind": "growth", "basis": "firmographic", "from": ["Revenue last year", "Annual Revenue"],
        "missing": ["n/a"],
    },
    "industry": {"column": "Industry", "kind": "category", "basis": "firmographic", "top": 4},
    "country": {"column": "Country/Region", "kind": "country", "basis": "geographic"},
}  # fmt: skip


def study(**keys):
    """A study of the companies."""
    return {
        "title": "Which companies should which team call?",
        "decision": "Sales decides which team calls whom.",
        "as_of": "2026-05-01",
        "words": {"customer": "company", "customers": "companies"},
        "tables": {"customers": {"file": "companies.csv", "columns": {"customer_id": "Record ID"}}},
        "traits": TRAITS,
        "bases": ["employees", "revenue", "growth"],
        "descriptors": ["industry", "country"],
        "missing_bases": "leave_out",
        "rules": {"mixed_currencies": "keep"},
        "parameters": {"k": 4},
    } | keys
