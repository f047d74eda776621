"""A shop with planted personal values of each kind in each place, and the search for them."""

import json
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import yaml

N = 50
"""Planted values of each kind in each place."""
FIRST = (
    "Anouk",
    "Bjarne",
    "Chiara",
    "Dragan",
    "Eszter",
    "Finnur",
    "Gunnel",
    "Horace",
    "Ioanna",
    "Jacinta",
)
SECOND = ("Vandermeer", "Oyelaran", "Kowalczyk", "Benedetti", "Lindqvist")
PLACES = (
    "customer", "order", "descriptor", "base", "note", "malformed", "date", "number", "category"
)  # fmt: skip
KINDS = ("email", "phone", "name", "card", "address")


def letters(number: int) -> str:
    """A number as two letters, so that it can end a name."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:02d}")


def card(number: int) -> str:
    """A number that passes the Luhn check."""
    body = f"4{number:014d}"
    doubled = [int(digit) * (2 - place % 2) for place, digit in enumerate(body)]
    total = sum(digit - 9 * (digit > 9) for digit in doubled)
    return body + str(-total % 10)


def planted(kind: str, place: str) -> list[str]:
    """N values, each nowhere else."""
    where = PLACES.index(place)
    names = [f"{first} {second}{letters(where)}" for first, second in product(FIRST, SECOND)]
    return {
        "email": [f"{name.replace(' ', '.').lower()}@example.com" for name in names],
        "phone": [f"+49 17{where} {555_0100 + number}" for number in range(N)],
        "name": names,
        "card": [card(where * 1_000_003 + number * 7_919) for number in range(N)],
        "address": [f"{number + 1} {SECOND[number % 5]}{letters(where)} Street" for number in range(N)],
    }[kind]


def all_planted() -> set[str]:
    return {value for kind in KINDS for place in PLACES for value in planted(kind, place)}


def everyone(place: str, n: int) -> list[str]:
    """The planted values of a place, then harmless ones, n in all."""
    values = [value for kind in KINDS for value in planted(kind, place)]
    return values + [f"{place}-{number:04d}" for number in range(n - len(values))]


def people(n: int = 600) -> pd.DataFrame:
    """Two planted kinds of customer, with personal values in most columns."""
    rng = np.random.default_rng(0)
    often = np.arange(n) % 2 == 0
    frame = pd.DataFrame(
        {
            "who": everyone("customer", n),
            "plan": np.where(often, "gold", "basic"),
            "visits": np.where(often, rng.integers(20, 30, n), rng.integers(0, 6, n)).astype(str),
            "joined": [f"2023-{1 + row % 12:02d}-15" for row in range(n)],
            "hobby": rng.choice(["sports", "books", "music"], n),
            "shelf": rng.choice(["upper", "lower"], n),
            "note": everyone("note", n),
        }
    )
    for column, place, most in (("hobby", "descriptor", N), ("shelf", "base", 12)):
        # too few of each for the scan to tell the column by its content, and few enough for a base
        values = [value for kind in KINDS[1:] for value in planted(kind, place)[:most]]
        frame.loc[rng.permutation(n)[: len(values)], column] = values
    for column, place in (("visits", "number"), ("joined", "date")):
        values = [planted(kind, place)[number] for kind in KINDS for number in range(4)]
        frame.loc[rng.permutation(n)[: len(values)], column] = values
    return frame


def orders(customers: pd.DataFrame) -> pd.DataFrame:
    """Five to nine lines a customer; some with a planted value for a date, a number or a category."""
    rng = np.random.default_rng(1)
    who = np.repeat(customers["who"].to_numpy(), rng.integers(5, 10, len(customers)))
    n = len(who)
    frame = pd.DataFrame(
        {
            "who": who,
            "order": everyone("order", n),
            "when": [f"2024-{1 + row % 5:02d}-{1 + row % 28:02d}" for row in rng.integers(0, 600, n)],
            "kind": rng.choice(["tea", "cups"], n),
            "paid": [f"{amount:.2f}" for amount in rng.gamma(2, 20, n) + 1],
        }
    )
    free = iter(rng.permutation(n))
    for column, place in (("when", "date"), ("paid", "number"), ("kind", "category")):
        for value in (
            value
            for kind in KINDS
            for value in planted(kind, place)[: 30 if place != "category" else N]
        ):
            frame.loc[next(free), column] = value
    frame.loc[frame["kind"].isin(planted("email", "category")), "paid"] = "5000.00"
    return frame


def malformed() -> str:
    """Lines that are no record: too few fields, too many."""
    values = [value for kind in KINDS for value in planted(kind, "malformed")]
    return "".join(
        f"{value},{value}{',x' * (6 * (number % 2))}\n" for number, value in enumerate(values)
    )


STUDY = {
    "title": "Canary",
    "decision": "Nobody decides.",
    "as_of": "2024-06-01",
    "currency": "$",
    "tables": {
        "transactions": {
            "file": "orders.csv",
            "columns": {
                "customer_id": "who", "order_id": "order", "order_date": "when", "category": "kind",
                "amount": "paid",
            },
        },
        "customers": {"file": "crm.csv", "columns": {"customer_id": "who"}},
        "consent": {
            "file": "consent.csv",
            "columns": {"customer_id": "who", "purpose": "for", "status": "said", "date": "on"},
        },
    },
    "consent": {"purpose": "analytics"},
    "traits": {
        "visits": {"kind": "number", "basis": "behavioural"},
        "joined": {"kind": "date", "basis": "behavioural"},
        "shelf": {"kind": "category", "basis": "psychographic"},
    },
    "bases": ["visits", "recency_days", "mean_order_value", "shelf"],
    "descriptors": ["plan", "hobby", "joined"],
    "missing_bases": "leave_out",
    "rules": {"max_unreadable_share": 0.1},
    "parameters": {"k_max": 3, "n_boot": 10},
}  # fmt: skip


def write_study(
    project: Path, name: str = "canary", *, study=None, crm=None, lines=None, tail=None
) -> Path:
    """A study of its own; what isn't given is the canary's."""
    folder = project / "data" / name
    folder.mkdir(parents=True)
    crm = people() if crm is None else crm
    lines = orders(people()) if lines is None else lines
    text = lines if isinstance(lines, str) else lines.to_csv(index=False)
    (folder / "orders.csv").write_text(text + (malformed() if tail is None else tail), "utf-8")
    text = crm if isinstance(crm, str) else crm.to_csv(index=False)
    (folder / "crm.csv").write_text(text, "utf-8")
    consent = people()[["who"]].assign(**{"for": "analytics", "said": "yes", "on": "2024-01-01"})
    consent.to_csv(folder / "consent.csv", index=False)
    (folder / "study.yaml").write_text(yaml.safe_dump(STUDY | (study or {})), "utf-8")
    return folder


def held_in(text: str, values) -> list[str]:
    """Those of the planted values that a text holds, whatever their case."""
    low = text.lower()
    return sorted(value for value in values if value.lower() in low)


def text_of(path: Path) -> str:
    """A file's bytes as text; of Parquet also what it holds decoded."""
    text = path.read_bytes().decode("utf-8", "ignore")
    if path.suffix == ".parquet":
        text += json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
    elif path.suffix in {".json", ".ipynb"}:
        text += json.dumps(json.loads(text), ensure_ascii=False)
    return text


def leaks(folder: Path, values) -> dict[str, list[str]]:
    """File -> planted values in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    found = {str(path.relative_to(folder)): held_in(text_of(path), values) for path in files}
    return {name: values for name, values in found.items() if values}
