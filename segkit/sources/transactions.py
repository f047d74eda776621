"""Order lines: what is read in them, and the rules that set a line aside."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.sources.check import (
    Check,
    Values,
    copy_number,
    count_copies,
    is_filled,
    refuse_misread,
    refuse_unreadable,
    settle,
)
from segkit.sources.files import Raw
from segkit.sources.money import money_of, number_of, settle_columns
from segkit.sources.printable import require
from segkit.sources.spread import spread, spread_over
from segkit.sources.values import as_id, as_moment, as_money, is_one_of
from segkit.study import Study
from segkit.study.tables import ORDER_MONEY, TableSpec

RETURN_RULES = ["cancellation", "return"]
NUMBERS = ("amount", "quantity", "unit_price", "discount", *ORDER_MONEY)
IDS = ("order_id", "product_id", "store_id")


def check_transactions(con: Backend, raw: Raw, study: Study) -> Check:
    """Read the order lines of a study.

    Parameters
    ----------
    con : ibis DuckDB backend
    raw : Raw
    study : Study

    Returns
    -------
    Check
        Rules in order: no customer id, no order id, unreadable date, unreadable number, not a sale by
        its status, duplicate, cancellation, non-product code, return, nothing left after refund or
        discount, zero price, negative price (of lines without money: zero quantity), on or after
        as_of.

    Raises
    ------
    DataError
        A mapped column is missing, ids are floats, or more dates or numbers are unreadable than
        the study's `max_unreadable_share`.
    """
    spec = study.tables["transactions"]
    refuse_misread(raw, spec, "customer_id", *IDS)
    _require_status(raw, study)
    raw, study = _in_its_notation(raw, study)
    spec = study.tables["transactions"]
    raw = spread(con, raw, spec)
    check = settle(
        con,
        raw,
        _parsed(raw, study),
        lambda _, read: _columns(read, study),
        lambda table, read, columns: _rules(table, study, read, columns),
    )
    by_column = {name: check.read[name] for name in _number_columns(study)}
    by_column[str(spec.columns["order_date"])] = check.read["order_date"]
    refuse_unreadable(check.raw, spec, by_column, study.rules["max_unreadable_share"])
    return check


def _in_its_notation(raw: Raw, study: Study) -> tuple[Raw, Study]:
    """The study with the marks that the file's numbers settle where it states none."""
    spec, numbers = study.tables["transactions"], _number_columns(study)
    money = [column for column in numbers if column not in _counts(spec)]
    spec, said = settle_columns(
        raw.table, raw.where, spec, numbers, money, rules=study.rules, currency=study.currency
    )
    tables = {**study.tables, "transactions": spec}
    return replace(raw, notices=(*raw.notices, *said)), replace(study, tables=tables)


def notices(check: Check, study: Study) -> list[str]:
    """Odd things that were counted and left as they are."""
    found, spec = [], study.tables["transactions"]
    if study.rules["duplicates"] == "keep":
        copies = count_copies(check.raw.table)
        if copies:
            found.append(
                f"{copies:,} lines are exact copies of another line; they are kept, since equal lines "
                "can be two purchases (`rules.duplicates: set_aside` changes that)"
            )
    if "order_id" not in spec.columns:
        found.append(
            f"the lines have no order id: all lines of a customer on one day count as one "
            f"{study.words['order']}"
        )
    if not study.has_money:
        found.append(
            "the lines say nothing of money: no figure is an amount, and categories are counted in "
            "lines (map amount, or quantity and unit_price, if the file holds what a line cost)"
        )
    return found


def _number_columns(study: Study) -> list[str]:
    """The file's columns that hold numbers."""
    mapped = study.tables["transactions"].mapped
    return [column for name in NUMBERS for column in mapped.get(name, ())]


def _parsed(raw: Raw, study: Study) -> dict[str, Any]:
    """Ids and date under segkit's names, numbers under the file's."""
    spec, table = study.tables["transactions"], raw.table
    ids = [name for name in ("customer_id", *IDS) if name in spec.columns]
    parsed = {name: as_id(table[str(spec.columns[name])], spec) for name in ids}
    parsed["order_date"] = as_moment(table[str(spec.columns["order_date"])], spec, study.timezone)
    if "category" in spec.columns:
        parsed["category"] = table[str(spec.columns["category"])].cast("string").strip()
    parsed |= {name: table[spread_over(name)] for name in ORDER_MONEY if name in spec.columns}
    counts = _counts(spec)
    return parsed | {
        name: (number_of if name in counts else money_of)(table, name, spec)
        for name in _number_columns(study)
    }


def _counts(spec: TableSpec) -> set[str]:
    """The file's columns whose numbers are no money."""
    return {str(spec.columns["quantity"])} if "quantity" in spec.columns else set()


def _columns(read: Values, study: Study) -> Values:
    """segkit's columns, from what was read in the file's."""
    mapped = study.tables["transactions"].columns
    names = ("customer_id", "order_date", *IDS, "category")
    columns = {name: read[name] for name in names if name in read}
    if "order_id" not in columns:
        day = columns["order_date"].strftime("%Y-%m-%d")
        columns["order_id"] = columns["customer_id"] + " " + day
    for name in ("quantity", "unit_price"):
        if name in mapped:
            columns[name] = read[str(mapped[name])]
    return columns | (_money(read, columns, mapped) if study.has_money else {})


def _money(read: Values, columns: Values, mapped: Mapping[str, Any]) -> dict[str, Any]:
    """What a line cost, and what was taken off before."""
    if "amount" in mapped:
        cost = read[str(mapped["amount"])]
    else:
        cost = columns["quantity"] * columns["unit_price"]
    taken = _taken(read)
    money = {"amount": as_money(cost if taken is None else cost - taken)}
    if "discount" in mapped or "order_discount" in mapped:
        given = mapped.get("discount", [])
        parts = [read[name].fill_null(0) for name in ([given] if isinstance(given, str) else given)]
        parts += [read["order_discount"]] if "order_discount" in read else []
        money["discount"] = as_money(sum(parts[1:], start=parts[0]))
    return money


def _taken(read: Values) -> Any:
    """The line's part of its order's discount and refund; None where the study maps neither."""
    parts = [read[name] for name in ORDER_MONEY if name in read]
    return sum(parts[1:], start=parts[0]) if parts else None


def _rules(table: ibis.Table, study: Study, read: Values, columns: Values) -> Values:
    prefix = study.rules["cancellation_prefix"]
    unreadable = columns["amount"].isnull() if study.has_money else ibis.literal(False)
    if "quantity" in columns:
        unreadable |= columns["quantity"].isnull()
    for name in _number_columns(study):
        unreadable |= is_filled(table[name]) & read[name].isnull()
    rules = {
        "no customer id": columns["customer_id"].isnull(),
        "no order id": columns["order_id"].isnull() if "order_id" in read else ibis.literal(False),
        "unreadable date": columns["order_date"].isnull(),
        "unreadable number": unreadable,
    }
    if study.rules["sale_status"]:
        status = study.rules["sale_status"]
        rules["not a sale by its status"] = ~is_one_of(table[status["column"]], status["values"])
    if study.rules["duplicates"] == "set_aside":
        rules["duplicate"] = copy_number(table) > 0
    if prefix:
        rules["cancellation"] = columns["order_id"].startswith(prefix)
    if study.rules["non_products"] and "product_id" in columns:
        rules["non-product code"] = columns["product_id"].isin(study.rules["non_products"])
    rules |= _money_rules(read, columns) if study.has_money else _item_rules(columns)
    return rules | {"on or after as_of": columns["order_date"] >= ibis.timestamp(study.as_of)}


def _money_rules(read: Values, columns: Values) -> dict[str, Any]:
    amount = columns["amount"]
    taken_off = ibis.literal(False) if _taken(read) is None else _taken(read) > 0
    backwards = columns["quantity"] < 0 if "quantity" in columns else amount < 0
    return {
        "return": backwards if "unit_price" in columns else backwards | (amount < 0),
        "nothing left after refund or discount": (amount == 0) & taken_off,
        "zero price": amount == 0,
        "negative price": amount < 0,
    }


def _item_rules(columns: Values) -> dict[str, Any]:
    """Of lines without money."""
    if "quantity" not in columns:
        return {}
    return {"return": columns["quantity"] < 0, "zero quantity": columns["quantity"] == 0}


def _require_status(raw: Raw, study: Study) -> None:
    status = study.rules["sale_status"]
    if status:
        require([status["column"]], raw.table.columns, raw.where, "rules.sale_status")
