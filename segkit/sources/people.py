"""Customers and products: one line each, or a reason why not."""

from collections.abc import Callable, Mapping

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.check import (
    Check,
    Values,
    as_it_came,
    copy_number,
    count_copies,
    refuse_float_ids,
    require_columns,
    settle,
)
from segkit.sources.files import Raw
from segkit.sources.respondents import rows_aside
from segkit.sources.values import as_id
from segkit.sources.weights import weights_aside
from segkit.study.tables import TableSpec

ROW_DIGITS = 9


def check_customers(con: Backend, raw: Raw, spec: TableSpec, *, weight: str = "") -> Check:
    """Read a customer table: one row per id; exact copies are set aside, contradictions refused.

    Without an id each row is a subject of its own: equal rows can be different people, so all stay.
    Where the study has weights, rows that stand for nobody are set aside.
    """

    def aside(table: ibis.Table) -> Values:
        weightless = weights_aside(table, raw, spec, weight) if weight else {}
        return {**rows_aside(table, raw, spec), **weightless}

    def others(table: ibis.Table) -> Values:
        ids = {"customer_id", spec.columns.get("customer_id")}
        return {name: table[name] for name in as_it_came(table) if name not in ids}

    if "customer_id" not in spec.columns:
        number = (ibis.row_number() + 1).cast("string").lpad(ROW_DIGITS, "0")
        ids = {"customer_id": ibis.literal("row ") + number}
        return settle(
            con, raw, ids, lambda table, read: {**read, **others(table)},
            lambda table, *_: aside(table),
        )  # fmt: skip
    return _one_line_each(con, raw, spec, "customer_id", others, aside)


def unnamed_rows(check: Check, words: Mapping[str, str]) -> str:
    """Say that rows without an id are counted one by one, and how many are equal."""
    table = check.raw.table
    n_rows, n_copies = int(table.count().execute()), count_copies(table)
    copies = f"; {n_copies:,} equal an earlier one and are kept" if n_copies else ""
    return (
        f"the table has no id: each of its {n_rows:,} rows counts as one {words['customer']}, and rows "
        f"are not known to be different {words['customers']}{copies}"
    )


def check_products(con: Backend, raw: Raw, spec: TableSpec) -> Check:
    """Read a product table: one row per id with its category."""

    def category(table: ibis.Table) -> Values:
        return {"category": table[str(spec.columns["category"])].cast("string").strip()}

    return _one_line_each(
        con, raw, spec, "product_id", category, lambda table: rows_aside(table, raw, spec)
    )


def coverage(customers: pd.DataFrame, lines: ibis.Table, words: Mapping[str, str]) -> list[str]:
    """Say how far the customer table and the orders speak of the same customers."""
    buyers = set(lines.customer_id.as_table().distinct().execute()["customer_id"])
    known = set(customers.index)
    found = [
        f"{len(buyers & known):,} of {len(buyers):,} {words['customers']} with {words['orders']} "
        "are in the customer table"
    ]
    if known - buyers:
        found.append(
            f"{len(known - buyers):,} {words['customers']} of the customer table have no "
            f"{words['order']} and are left out of the segments"
        )
    return found


def _one_line_each(
    con: Backend,
    raw: Raw,
    spec: TableSpec,
    id_name: str,
    others: Callable[[ibis.Table], Values],
    aside: Callable[[ibis.Table], Values],
) -> Check:
    require_columns(raw, spec)
    refuse_float_ids(raw, spec, [id_name])
    id_column = str(spec.columns[id_name])
    check = settle(
        con,
        raw,
        {id_name: as_id(raw.table[id_column], spec)},
        lambda table, read: {**read, **others(table)},
        lambda table, read, columns: {
            **aside(table),
            f"no {id_name.replace('_', ' ')}": columns[id_name].isnull(),
            "duplicate": copy_number(table) > 0,
        },
    )
    _refuse_contradictions(check, id_name, id_column)
    return check


def _refuse_contradictions(check: Check, id_name: str, id_column: str) -> None:
    kept = check.kept()
    times = kept.group_by(id_name).agg(n=kept.count())
    n_twice = int(times.filter(times.n > 1).count().execute())
    if n_twice:
        raise DataError(
            f"{check.raw.where}: {n_twice:,} values of '{id_column}' come on more than one line, and "
            "the lines differ",
            "one line for each",
            "Decide which line holds and remove the other",
        )
