"""How a table's file is to be read, guessed from its names and values."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.sources.engine import connect
from segkit.sources.exports.mapping import map_columns, note_export
from segkit.sources.exports.recognise import Recognised
from segkit.sources.files import read_raw
from segkit.sources.filldown import fill_down
from segkit.sources.guessing.form import guess_form
from segkit.sources.guessing.seen import Guess, Looked, Seen
from segkit.sources.guessing.unused import unused_of
from segkit.sources.names import PATTERNS, is_fee, match_columns
from segkit.sources.printable import listed
from segkit.sources.values import (
    FLOAT_ID,
    ISO_DATE,
    ISO_OFFSET,
    as_moment,
    try_strptime,
)
from segkit.study.schema import OPEN
from segkit.study.tables import ORDER_MONEY, TableSpec, table_spec
from segkit.study.traits import day_after

DATE_FORMATS = (
    "%Y/%m/%d", "%Y/%m/%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y%m%d", "%d.%m.%Y",
    "%d.%m.%Y %H:%M", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y", "%m/%d/%Y", "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%m/%d/%Y %H:%M:%S", "%d-%m-%Y", "%m-%d-%Y",
    "%d-%m-%Y %H:%M", "%m-%d-%Y %H:%M",
)  # fmt: skip
CENTS, MOST = r"^\D{0,4}[\d.,' ]*[.,]\d\d\D{0,4}$", 0.9
"""A number with two places, and the share of a column's values that must be such to look like money."""
OF_MONEY = ("discount", *ORDER_MONEY)
"""What says nothing where no column says what a line cost."""
LEAST_COLUMNS, LEAST_ROWS = 3, 10
"""Of an unknown file that may hold one row per customer."""


def guess_transactions(
    path: Path, known: Recognised | None = None, looked: Looked | None = None
) -> Seen:
    """Guess how order lines are to be read; a known export says most of it."""
    seen = guess_table(path, list(PATTERNS), known, looked)
    columns = seen.columns
    _choose_money(seen)
    for needed in ("customer_id", "order_date"):
        if needed not in columns:
            _ask(seen, needed)
    if columns["order_date"] != OPEN:
        guess_dates(seen, columns["order_date"])
    _guess_rules(seen)
    return seen


def guess_table(
    path: Path, wanted: Sequence[str], known: Recognised | None = None, looked: Looked | None = None
) -> Seen:
    """Guess a file's form, and which of its columns are the wanted ones."""
    if not path.is_file():
        raise DataError(f"there is no file '{path}'")
    at = looked or look(path, known)
    spec, said, table = dict(at.spec), dict(at.said), at.table
    if known:
        found = map_columns(known, table)
        said |= {theirs: f"is {ours}, as in {known.export.name}" for ours, theirs in found.items()}
    else:
        found = match_columns(list(table.columns), wanted)
        said |= {theirs: f"is {ours}, by its name" for ours, theirs in found.items()}
    seen = Seen(table, Guess(spec | {"columns": found}, said))
    for name in wanted if len(wanted) <= 2 else ():
        if name not in found:
            _ask(seen, name)
    if known:
        note_export(known, seen)
    guess_ids(seen)
    return seen


def _ask(seen: Seen, ours: str) -> None:
    """Leave open which column is one of segkit's."""
    seen.columns[ours] = OPEN
    seen.guess.needs.append(f"{ours}: which of {', '.join(listed(seen.table.columns))}?")


def look(path: Path, known: Recognised | None = None, others: Sequence[Path] = ()) -> Looked:
    """Read a file as it seems to be formed, once; with it others of the same form and columns."""
    spec, said = _form(path, known)
    if others:
        spec["file"] = [str(one.resolve()) for one in (path, *others)]
    con, asked = connect(), table_spec({"columns": {}, **spec})
    raw = fill_down(con, "guessed", read_raw(con, "guessed", asked, Path.cwd()), asked)
    return Looked(spec, said, raw.table)


def _form(path: Path, known: Recognised | None) -> tuple[dict[str, Any], dict[str, str]]:
    if known is None:
        return guess_form(path)
    said = {"file": f"{known.export.name}"} | dict.fromkeys(known.options, "as this export has it")
    return {"file": str(path.resolve()), **known.options}, said


def _choose_money(seen: Seen) -> None:
    """An amount per line beats quantity times price; without either, ask where a column has cents."""
    columns = seen.columns
    if "amount" in columns:
        seen.guess.said.pop(columns.pop("unit_price", ""), None)
    elif "quantity" not in columns or "unit_price" not in columns:
        if "unit_price" in columns:
            columns["amount"] = columns.pop("unit_price")
            seen.guess.needs.append(
                f"amount: '{columns['amount']}' is taken for what the line cost; is it?"
            )
        elif any(seen.share(name, CENTS) > MOST for name in unused_of(seen)):
            _ask(seen, "amount")
        else:
            for name in OF_MONEY:
                columns.pop(name, None)
            seen.currency = ""
            seen.guess.needs.append("amount: no column is money; map amount if one is")


def guess_dates(seen: Seen, column: str) -> None:
    """The format that reads a column's dates, and the day after the last of them."""
    if not seen.table[column].type().is_string():
        seen.as_of = day_after_last(seen.table[column].cast("timestamp"), seen)
        return
    if seen.share(column, f"{ISO_DATE}|{ISO_OFFSET}") > 0.99:
        seen.as_of = day_after_last(as_moment(seen.table[column], TableSpec("", {}), "UTC"), seen)
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
    seen.as_of = day_after_last(try_strptime(seen.text(column), fitting[0]), seen)


def _parsed_share(seen: Seen, column: str, pattern: str) -> float:
    text = seen.text(column)
    filled = seen.table.filter(text.notnull() & (text != ""))
    parsed = try_strptime(filled[column].cast("string").strip(), pattern).notnull()
    return float(filled.agg(share=parsed.mean().fill_null(0.0)).execute().iloc[0, 0])


def day_after_last(moment: Any, seen: Seen) -> str:
    """The day after the last of some moments; left open where none can be read."""
    last = seen.table.agg(last=moment.max()).execute().iloc[0, 0]
    return OPEN if pd.isna(last) else day_after(last.date().isoformat())


def guess_ids(seen: Seen) -> None:
    """How the ids are written: as numbers with a decimal, or as addresses."""
    column = seen.columns.get("customer_id", OPEN)
    if column == OPEN:
        return
    if seen.share(column, FLOAT_ID) > 0.5:
        seen.guess.spec["ids"] = "from_float"
        seen.guess.said["ids"] = (
            f"'{column}' went through a column of floats: '99999.0' is read as 99999"
        )
    elif seen.share(column, "@") > 0.5:
        seen.guess.spec["ids"] = "email"
        seen.guess.said["ids"] = (
            f"'{column}' holds e-mail addresses: they join the tables, whatever their case, and are "
            "never shown"
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
        _guess_non_products(seen, sorted(odd.execute()["code"].dropna())[:50])


def _guess_non_products(seen: Seen, codes: Sequence[str]) -> None:
    """Set codes without a digit aside where they are called like a fee; ask about the others."""
    fees = [code for code in codes if is_fee(code)]
    if fees:
        seen.rules["non_products"] = fees
        seen.guess.needs.append(
            f"non_products: {len(fees)} product codes are called like postage, fees and the like, and "
            "are set aside; take out those that are products"
        )
    if len(codes) > len(fees):
        others = ", ".join(listed([code for code in codes if code not in fees]))
        seen.guess.needs.append(
            f"non_products: the product codes without a digit count as products: {others}; list in "
            "rules.non_products those that are none"
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


def likely_kind(table: ibis.Table) -> str | None:
    """Which kind of table an unknown file is, by its columns: None where they can't tell."""
    found = set(match_columns(list(table.columns), list(PATTERNS)))
    prices = bool(found & {"amount", "unit_price"})
    if {"customer_id", "order_date"} <= found and (prices or "order_id" in found):
        return "transactions"
    if {"product_id", "category"} <= found and "customer_id" not in found:
        return "products"
    if "customer_id" in found and not prices:
        return "customers"
    orders = "order_id" in found or ("order_date" in found and prices)
    long = len(table.columns) >= LEAST_COLUMNS and table.count().execute() >= LEAST_ROWS
    return "customers" if long and not orders else None
