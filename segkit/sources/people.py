"""Customers, products and events: one line each, or a reason why not."""

from collections.abc import Mapping
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.sources.check import (
    Check,
    copy_number,
    refuse_float_ids,
    refuse_unreadable,
    require_columns,
)
from segkit.sources.files import Raw
from segkit.sources.values import as_id, as_moment
from segkit.study import Study, TableSpec


def check_customers(raw: Raw, spec: TableSpec) -> Check:
    """Read a customer table: one row per id; exact copies are set aside, contradictions refused."""
    return _one_line_each(raw, spec, "customer_id", _descriptors)


def check_products(raw: Raw, spec: TableSpec) -> Check:
    """Read a product table: one row per id with its category."""

    def category(table: ibis.Table) -> dict[str, Any]:
        return {"category": table[str(spec.columns["category"])].cast("string").strip()}

    return _one_line_each(raw, spec, "product_id", lambda table, _: category(table))


def check_events(raw: Raw, name: str, study: Study) -> Check:
    """Read a table of dated events per customer."""
    spec = study.tables[name]
    require_columns(raw, spec)
    refuse_float_ids(raw, spec, ["customer_id"])
    customer = as_id(raw.table[str(spec.columns["customer_id"])], spec)
    date_column = str(spec.columns["event_date"])
    moment = as_moment(raw.table[date_column], spec, study.timezone)
    refuse_unreadable(raw, spec, {date_column: moment}, study.rules["max_unreadable_share"])
    rules = {
        "no customer id": customer.isnull(),
        "unreadable date": moment.isnull(),
        "on or after as_of": moment >= ibis.timestamp(study.as_of),
    }
    return Check(raw, {"customer_id": customer, "event_date": moment}, rules)


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


def _descriptors(table: ibis.Table, id_column: str) -> dict[str, Any]:
    return {column: table[column] for column in table.columns if column != id_column}


def _one_line_each(raw: Raw, spec: TableSpec, id_name: str, others: Any) -> Check:
    require_columns(raw, spec)
    refuse_float_ids(raw, spec, [id_name])
    id_column = str(spec.columns[id_name])
    key = as_id(raw.table[id_column], spec)
    missing = f"no {id_name.replace('_', ' ')}"
    rules = {missing: key.isnull(), "duplicate": copy_number(raw.table) > 0}
    check = Check(raw, {id_name: key, **others(raw.table, id_column)}, rules)
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
