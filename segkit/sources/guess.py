"""How a file is to be read, guessed once from its names and values, to be checked by a person.

Nothing is guessed when a study runs; everything here ends in a commented file that a person reads.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.schema import OPEN
from segkit.sources.csvfile import WHITESPACE, looks_like_values
from segkit.sources.encoding import first_bytes, is_utf8_file, open_bytes
from segkit.sources.files import read_raw
from segkit.sources.values import FLOAT_ID, ISO_DATE, number_pattern, try_strptime
from segkit.study import TableSpec

PATTERNS: Mapping[str, Sequence[str]] = {
    "customer_id": (
        r"(customer|client|cust|user|member|household|account|kunden?|buyer|shopper)_?(id|no|nr|number|nummer|key|code)",
        r"(customer|client|kunde|household|member)",
    ),
    "order_id": (
        r"(order|invoice|basket|transaction|receipt|bestell|bestellung|ticket|bill)_?(id|no|nr|number|nummer|name)",
        r"(invoice|order|receipt|basket|transaction)",
    ),
    "order_date": (
        r"(order|invoice|transaction|purchase|bestell|sale)_?(date|datum|time|timestamp|datetime|at)",
        r"(created|processed|paid|ordered|purchased)_?(at|on)",
        r"(date|datum|timestamp|datetime|day)",
    ),
    "product_id": (
        r"(product|item|stock|article|artikel|variant)_?(id|no|nr|code|number|nummer|sku)",
        r"(lineitem_)?sku|upc|ean|gtin",
    ),
    "quantity": (r"(lineitem_)?(quantity|qty|menge|anzahl|units|items)", r"(number|num|no|n)_?of_\w+"),
    "unit_price": (r"(unit|item|einzel|lineitem|piece)_?(price|preis|cost)", r"price|preis"),
    "amount": (
        r"(line|sales|order|dollar|net|gross|total)_?(amount|value|total|sales|revenue|price|betrag)",
        r"amount|revenue|sales|total|value|spend|spent|paid|betrag|umsatz",
    ),
    "discount": (r"(\w+_)?(discount|disc|rabatt)(_\w+)?",),
    "category": (
        r"(product_)?(category|kategorie|department|warengruppe)(_name)?",
        r"product_(type|group)",
    ),
    "store_id": (r"(store|shop|branch|filiale|outlet)(_?(id|no|nr|number|code|name))?",),
}
PROTECTED = frozenset(
    {
        "age", "alter", "birth", "birthdate", "birthday", "born", "disability", "disabled", "ethnic",
        "ethnicity", "gender", "geschlecht", "health", "marital", "nationality", "political", "race",
        "religion", "religious", "sex", "union",
    }
)  # fmt: skip
DATE_FORMATS = (
    "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d", "%d.%m.%Y",
    "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d-%m-%Y", "%m-%d-%Y",
    "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M",
)  # fmt: skip
DELIMITERS = (",", ";", "\t", "|")
MAX_LEVELS = 20
SEEN_BYTES = 1 << 16


@dataclass
class Guess:
    """What was guessed about one file.

    Attributes
    ----------
    spec : dict
        The table's entry in study.yaml.
    said : dict of str to str
        Column or option -> why it was guessed so.
    needs : list of str
        What a person has to decide.
    """

    spec: dict[str, Any]
    said: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)


@dataclass
class Seen:
    """A file as it was looked at: all columns as text, read once."""

    table: ibis.Table
    guess: Guess
    rules: dict[str, Any] = field(default_factory=dict)
    as_of: str = OPEN

    @property
    def columns(self) -> dict[str, Any]:
        """segkit's name -> the file's."""
        columns: dict[str, Any] = self.guess.spec["columns"]
        return columns

    def text(self, column: str) -> Any:
        """A column's values as trimmed text."""
        return self.table[column].cast("string").strip()

    def share(self, column: str, pattern: str) -> float:
        """Share of a column's filled values that fit a pattern."""
        value = self.text(column)
        filled = self.table.filter(value.notnull() & (value != ""))
        fits = filled[column].cast("string").strip().re_search(pattern)
        return float(filled.agg(share=fits.mean()).execute().iloc[0, 0] or 0)


def guess_transactions(path: Path) -> Seen:
    """Guess how order lines are to be read."""
    seen = guess_table(path, list(PATTERNS))
    columns = seen.columns
    _choose_money(seen)
    for needed in ("customer_id", "order_date"):
        if needed not in columns:
            columns[needed] = OPEN
            seen.guess.needs.append(f"{needed}: which of {', '.join(seen.table.columns)}?")
    if columns["order_date"] != OPEN:
        _guess_dates(seen, columns["order_date"])
    _guess_notation(seen)
    _guess_ids(seen)
    _guess_rules(seen)
    return seen


def guess_table(path: Path, wanted: Sequence[str]) -> Seen:
    """Guess a file's form, and which of its columns are the wanted ones."""
    if not path.is_file():
        raise DataError(f"there is no file '{path}'")
    spec, said = _guess_file(path)
    raw = read_raw(ibis.duckdb.connect(), "guessed", TableSpec(columns={}, **spec), Path.cwd())
    found = _match_columns(list(raw.table.columns), wanted)
    said |= {theirs: f"is {ours}, by its name" for ours, theirs in found.items()}
    guess = Guess(spec | {"columns": found}, said)
    missing = [name for name in wanted if name not in found] if len(wanted) <= 2 else []
    for name in missing:
        found[name] = OPEN
        guess.needs.append(f"{name}: which of {', '.join(raw.table.columns)}?")
    return Seen(raw.table, guess)


def _guess_file(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Encoding, delimiter and header of a file."""
    spec: dict[str, Any] = {"file": str(path.resolve())}
    said: dict[str, str] = {}
    if first_bytes(path) == b"PAR1":
        return spec, said
    with open_bytes(path) as stream:
        start = stream.read(SEEN_BYTES)
    encoding = _guess_encoding(path, start)
    if encoding != "utf-8":
        spec["encoding"], said["encoding"] = encoding, f"{encoding}, since it is not UTF-8"
    lines = start.decode(encoding, errors="ignore").lstrip("\ufeff").splitlines() or [""]
    delimiter = _guess_delimiter(lines)
    if delimiter != ",":
        spec["delimiter"] = delimiter
        said["delimiter"] = {"\t": "tab", WHITESPACE: "white space"}.get(delimiter, delimiter)
    first = (
        lines[0].split()
        if delimiter == WHITESPACE
        else next(csv.reader([lines[0]], delimiter=delimiter))
    )
    if looks_like_values([name.strip() for name in first]):
        spec["header"] = [f"column_{position + 1}" for position in range(len(first))]
        said["header"] = "the file has none: name the columns in `header`"
    return spec, said


def _guess_encoding(path: Path, start: bytes) -> str:
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    return "utf-8" if is_utf8_file(path) else "cp1252"


def _guess_delimiter(lines: Sequence[str]) -> str:
    counts = {mark: lines[0].count(mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: counts[mark])
    if counts[best]:
        return best
    return WHITESPACE if len(lines[0].split()) > 1 else ","


def _match_columns(columns: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
    """segkit's name -> the file's column whose name fits best; each column is used once."""
    plain = {column: _plain(column) for column in columns}
    found: dict[str, Any] = {}
    for rank in range(3):
        for ours in wanted:
            pattern = PATTERNS[ours][rank] if rank < len(PATTERNS[ours]) else None
            free = [column for column in columns if column not in found.values()]
            fits = [column for column in free if pattern and re.fullmatch(pattern, plain[column])]
            if fits and ours not in found:
                found[ours] = fits[0]
    return {name: found[name] for name in wanted if name in found}


def _plain(name: str) -> str:
    """A column's name in lower case with underscores: "CustomerID" and "customer id" are one."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")


def _choose_money(seen: Seen) -> None:
    """An amount per line beats quantity times price; without either, ask."""
    columns = seen.columns
    if "amount" in columns:
        seen.guess.said.pop(columns.pop("unit_price", ""), None)
    elif "quantity" not in columns or "unit_price" not in columns:
        if "unit_price" in columns:
            columns["amount"] = columns.pop("unit_price")
            seen.guess.needs.append(
                f"amount: '{columns['amount']}' is taken for what the line cost; is it?"
            )
        else:
            columns["amount"] = OPEN
            seen.guess.needs.append(f"amount: which of {', '.join(seen.table.columns)}?")


def _guess_dates(seen: Seen, column: str) -> None:
    if not seen.table[column].type().is_string():
        seen.as_of = _day_after(seen.table[column].cast("timestamp"), seen)
        return
    if seen.share(column, ISO_DATE) > 0.99:
        seen.as_of = _day_after(seen.text(column).try_cast("timestamp"), seen)
        return
    shares = {pattern: _parsed_share(seen, column, pattern) for pattern in DATE_FORMATS}
    best = max(shares.values())
    fitting = [pattern for pattern, share in shares.items() if share >= best and share > 0]
    if best < 0.95:
        seen.guess.needs.append(f"date_format: no format that segkit knows reads '{column}'")
        return
    seen.guess.spec["date_format"] = fitting[0]
    seen.guess.said["date_format"] = f"{fitting[0]}, which reads {best:.0%} of '{column}'"
    if len(fitting) > 1:
        seen.guess.needs.append(f"date_format: {' and '.join(fitting)} read '{column}' equally well")
    seen.as_of = _day_after(try_strptime(seen.text(column), fitting[0]), seen)


def _parsed_share(seen: Seen, column: str, pattern: str) -> float:
    text = seen.text(column)
    filled = seen.table.filter(text.notnull() & (text != ""))
    parsed = try_strptime(filled[column].cast("string").strip(), pattern).notnull()
    return float(filled.agg(share=parsed.mean()).execute().iloc[0, 0] or 0)


def _day_after(moment: Any, seen: Seen) -> str:
    last = seen.table.agg(last=moment.max()).execute().iloc[0, 0]
    return OPEN if pd.isna(last) else (last.date() + timedelta(days=1)).isoformat()


def _guess_notation(seen: Seen) -> None:
    """Decimal commas, where they read more numbers than decimal points do."""
    money = [name for name in ("amount", "unit_price", "quantity") if name in seen.columns]
    names = [seen.columns[name] for name in money if seen.columns[name] != OPEN]
    text = [name for name in names if seen.table[name].type().is_string()]
    comma = r"^[+-]?\d{1,3}(\.\d{3})*,\d+$|^[+-]?\d+,\d+$"
    for name in text:
        if seen.share(name, number_pattern()) < 0.95 and seen.share(name, comma) > 0.5:
            seen.guess.spec["decimal"], seen.guess.said["decimal"] = ",", f"',' as in '{name}'"
            if seen.share(name, r"\d\.\d{3},") > 0:
                seen.guess.spec["thousands"] = "."


def _guess_ids(seen: Seen) -> None:
    column = seen.columns["customer_id"]
    if column != OPEN and seen.share(column, FLOAT_ID) > 0.5:
        seen.guess.spec["ids"] = "from_float"
        seen.guess.said["ids"] = (
            f"'{column}' went through a column of floats: '99999.0' is read as 99999"
        )


def _guess_rules(seen: Seen) -> None:
    """Cancellations by a prefix of the order id, and product codes without a digit."""
    columns = seen.columns
    if {"order_id", "quantity"} <= set(columns):
        prefix = _cancellation_prefix(seen, columns["order_id"], columns["quantity"])
        if prefix:
            seen.rules["cancellation_prefix"] = prefix
            seen.guess.said["rules"] = f"set aside orders that start with {prefix} as cancellations"
    if "product_id" in columns and seen.share(columns["product_id"], r"\d") > 0.95:
        code = seen.text(columns["product_id"])
        odd = seen.table.filter(~code.re_search(r"\d")).select(code=code).distinct()
        codes = sorted(odd.execute()["code"].dropna())
        if codes:
            seen.rules["non_products"] = codes[:50]
            seen.guess.needs.append(
                f"non_products: {len(codes)} product codes have no digit and are taken for postage, "
                "fees and the like; take out those that are products"
            )


def _cancellation_prefix(seen: Seen, order_id: str, quantity: str) -> str:
    """A letter that starts order ids with negative quantities only, where most ids are digits."""
    if seen.share(order_id, r"^\d+$") < 0.5:
        return ""
    order, count = seen.text(order_id), seen.text(quantity).try_cast("float64")
    lettered = seen.table.filter(order.re_search(r"^[A-Za-z]"))
    by_letter = lettered.group_by(letter=lettered[order_id].cast("string").strip().left(1)).agg(
        most=count.max(), n=lettered.count()
    )
    only_negative = by_letter.execute().query("most < 0").sort_values("n", ascending=False)
    return str(only_negative["letter"].iloc[0]) if len(only_negative) else ""


def describing(people: Seen) -> tuple[list[str], list[str]]:
    """Columns with few levels describe; those that the law protects are audited only."""
    others = [name for name in people.table.columns if name != people.columns["customer_id"]]
    protected = [name for name in others if PROTECTED & set(_plain(name).split("_"))]
    levels = {name: int(people.table[name].nunique().execute()) for name in others}
    few = [name for name in others if name not in protected and 2 <= levels[name] <= MAX_LEVELS]
    people.guess.said |= dict.fromkeys(few, f"describes (2 to {MAX_LEVELS} levels)")
    people.guess.said |= dict.fromkeys(protected, "is protected, by its name")
    unused = [name for name in others if name not in {*few, *protected}]
    people.guess.said |= dict.fromkeys(unused, f"is not used (1 or over {MAX_LEVELS} levels)")
    return few, protected
