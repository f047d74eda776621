"""A known export's columns -> segkit's, and what its user has to know about this file."""

from typing import Any

import ibis

from segkit.sources.exports.export import as_named
from segkit.sources.exports.recognise import Recognised
from segkit.sources.guessing.seen import Seen, share_filled
from segkit.sources.values import is_one_of

SIGNS = {"EUR": "€", "GBP": "£", "USD": "$"}
FEW_SALES = 0.5


def map_columns(known: Recognised, table: ibis.Table) -> dict[str, Any]:
    """segkit's name -> the file's: the first of an export's columns that is mostly filled."""
    found = {}
    for ours, theirs in known.export.columns.items():
        there = as_named(theirs, table.columns)
        filled = [name for name in there if len(there) == 1 or share_filled(table, name) >= 0.5]
        if there:
            found[ours] = (filled or there)[0]
    _drop_other_currency(found)
    return found


def _drop_other_currency(found: dict[str, Any]) -> None:
    """A refund in the payment's currency says nothing of an amount in the account's."""
    named = [str(found[name]) for name in ("amount", "order_refund") if name in found]
    if len({name.startswith("Converted") for name in named}) > 1:
        del found["order_refund"]


def note_export(known: Recognised, seen: Seen) -> None:
    """Put an export's rule, currency and words into what was guessed, with this file's counts."""
    export, table = known.export, seen.table
    seen.guess.said |= {f"{export.name}:": "; ".join(export.words)} if export.words else {}
    status = as_named(export.status, table.columns)
    if status:
        _note_status(known, seen, status[0])
    for column, what in export.left_out.items():
        for name in as_named([column], table.columns):
            n_lines = _count(table, seen.text(name).re_search("[1-9]"))
            if n_lines:
                seen.guess.said[f"{name},"] = f"on {n_lines:,} of the lines, is left out: {what}"
    currency = as_named(export.currency, table.columns)
    if currency:
        _note_currency(seen, currency[0])


def _note_status(known: Recognised, seen: Seen, column: str) -> None:
    sales = list(known.export.sales)
    seen.rules["sale_status"] = {"column": column, "values": sales}
    n_all = int(seen.table.count().execute())
    n_other = _count(seen.table, ~is_one_of(seen.table[column], sales))
    if n_other:
        seen.guess.said["sale_status"] = (
            f"sets aside {n_other:,} of {n_all:,} lines whose '{column}' is none of {', '.join(sales)}"
        )
    if n_other > FEW_SALES * n_all:
        seen.guess.needs.append(
            f"rules.sale_status: most lines are no sale by '{column}'; add the words that mean one"
        )


def _note_currency(seen: Seen, column: str) -> None:
    upper = seen.text(column).upper()
    codes = seen.table.select(code=upper).filter(upper != "").distinct().order_by("code")
    found = [str(code) for code in codes.execute()["code"]]
    if len(found) == 1:
        seen.currency = SIGNS.get(found[0], f"{found[0]} ")
    elif found:
        seen.guess.needs.append(
            f"amounts are in {len(found)} currencies ({', '.join(found[:5])}) and would be added up as "
            "they are: make one file for each"
        )


def _count(table: ibis.Table, fits: Any) -> int:
    return int(table.agg(n=fits.sum().fill_null(0)).execute().iloc[0, 0])
