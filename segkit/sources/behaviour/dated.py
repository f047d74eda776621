"""Tables of dated events per customer: read, and each row kept or set aside under a rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.check import (
    BARRED,
    Check,
    Values,
    copy_number,
    count_copies,
    is_filled,
    refuse_misread,
    refuse_unreadable,
    settle,
    shapes,
)
from segkit.sources.counts import rules_said
from segkit.sources.files import Raw
from segkit.sources.money import number_of, settle_columns
from segkit.sources.values import as_id, as_moment
from segkit.study import Study
from segkit.study.tables import TableSpec

LATE = "on or after as_of"


@dataclass(frozen=True)
class Contract:
    """What one kind of event table holds beside an id and a date.

    Attributes
    ----------
    parsed : callable
        (raw table, spec) -> what is read.
    columns : callable
        (what was read, spec) -> segkit's columns beside customer_id, event_date and moment.
    rules : callable
        (raw table, what was read, spec) -> rule to rows it fits, after ids and dates, before copies.
    numbers : tuple of str
        Columns that hold numbers.
    notices : callable
        (kept rows, spec, file's name) -> odd things that were counted and left as they are.
    words : str
        Column whose words have a meaning each; what has none is set aside.
    """

    parsed: Callable[[ibis.Table, TableSpec], Values] = lambda *_: {}
    columns: Callable[[Values, TableSpec], Values] = lambda *_: {}
    rules: Callable[[ibis.Table, Values, TableSpec], Values] = lambda *_: {}
    numbers: tuple[str, ...] = ()
    notices: Callable[[ibis.Table, TableSpec, str], list[str]] = lambda *_: []
    words: str = ""


def check_dated(
    con: Backend, raw: Raw, name: str, study: Study, contract: Contract
) -> tuple[Check, list[str]]:
    """Read a table of dated events per customer.

    Parameters
    ----------
    con : ibis DuckDB backend
    raw : Raw
    name : str
        Of the table in study.yaml.
    study : Study
    contract : Contract

    Returns
    -------
    Check
        Columns customer_id, event_date (the study's local clock), moment (the same in UTC, to the
        second) and the contract's. Rules in order: no customer id, unreadable date, unreadable
        number, the contract's own, duplicate where `rules.duplicates` says so, on or after as_of.
    list of str
        Odd things that were counted and left as they are.

    Raises
    ------
    DataError
        A mapped column is missing, ids are floats, more dates, numbers or words are unreadable
        than the study's `max_unreadable_share`, or no row has both an id and a date.
    """
    spec = study.tables[name]
    refuse_misread(raw, spec, "customer_id")
    numbers = {one: str(spec.columns[one]) for one in contract.numbers if one in spec.columns}
    spec, settled = settle_columns(raw.table, raw.where, spec, numbers.values(), rules=study.rules)
    check = settle(
        con,
        raw,
        {**_parsed(raw, spec, study, numbers), **contract.parsed(raw.table, spec)},
        lambda _, read: {**_columns(read, numbers), **contract.columns(read, spec)},
        lambda table, read, _: _rules(table, read, spec, study, contract),
    )
    readable = {str(spec.columns["event_date"]): check.read["event_date"]}
    readable |= {column: check.read[one] for one, column in numbers.items()}
    limit = study.rules["max_unreadable_share"]
    refuse_unreadable(check.raw, spec, readable, limit)
    if contract.words in spec.columns:
        _refuse_unknown_words(check, contract.words, spec, limit)
    _refuse_nothing_kept(check, name)
    kept = check.kept()
    copies = [] if contract is PLAIN else _copies(check, study)
    return check, [*settled, *copies, *contract.notices(kept, spec, raw.where)]


def text_of(table: ibis.Table, name: str, spec: TableSpec) -> Any:
    """A column's text without blanks around it; null where there is none."""
    text: Any = table[str(spec.columns[name])].cast("string").strip()
    return text.nullif("")


def meant(text: Any, words: Mapping[str, list[str]]) -> Any:
    """segkit's or the study's word for each of the file's, whatever its case; null for others."""
    branches = [(text.lower().isin(texts), ibis.literal(word)) for word, texts in words.items()]
    return ibis.cases(*branches, else_=ibis.null("string"))


def _parsed(raw: Raw, spec: TableSpec, study: Study, numbers: Mapping[str, str]) -> dict[str, Any]:
    date = raw.table[str(spec.columns["event_date"])]
    moment = as_moment(date, replace(spec, timezone=spec.timezone or study.timezone), "UTC")
    return {
        "customer_id": as_id(raw.table[str(spec.columns["customer_id"])], spec),
        "event_date": as_moment(date, spec, study.timezone),
        "moment": moment.truncate("s"),
        **{one: number_of(raw.table, column, spec) for one, column in numbers.items()},
    }


def _columns(read: Values, numbers: Mapping[str, str]) -> dict[str, Any]:
    return {name: read[name] for name in ("customer_id", "event_date", "moment", *numbers)}


def _rules(
    table: ibis.Table, read: Values, spec: TableSpec, study: Study, contract: Contract
) -> dict[str, Any]:
    rules: dict[str, Any] = {
        "no customer id": read["customer_id"].isnull(),
        "unreadable date": read["event_date"].isnull(),
    }
    unread, negative = ibis.literal(False), ibis.literal(False)
    for name in contract.numbers:
        if name in spec.columns and name != "sentiment":
            given = is_filled(table[str(spec.columns[name])]).fill_null(False)
            unread |= given & read[name].isnull()
            negative |= (read[name] < 0).fill_null(False)
    rules |= {"unreadable number": unread, "negative number": negative}
    rules |= contract.rules(table, read, spec)
    if contract is not PLAIN and study.rules["duplicates"] == "set_aside":
        rules["duplicate"] = copy_number(table) > 0
    return rules | {LATE: read["event_date"] >= ibis.timestamp(study.as_of)}


def _refuse_unknown_words(check: Check, name: str, spec: TableSpec, limit: float) -> None:
    """Refuse a table where so many words have no meaning that the mapping must be wrong."""
    table, column = check.raw.table, str(spec.columns[name])
    given = is_filled(table[column]).fill_null(False)
    unknown = given & check.read[name].isnull()
    n_given, n_unknown = (int(table.filter(which).count().execute()) for which in (given, unknown))
    if not n_given or n_unknown / n_given <= limit:
        return
    raise DataError(
        f"{check.raw.where}: {n_unknown:,} of {n_given:,} values of '{column}' are no {name} that the "
        f"study knows; their forms are {shapes(check.raw, column, unknown)}",
        f"the words under `{name}s` of this table, or segkit's own",
        f"Say what the file's words mean: `{name}s: {{ours: [theirs, ...]}}`",
    )


def _refuse_nothing_kept(check: Check, name: str) -> None:
    """Rows that only lie too late, or of people who may not be used, are no mistake of the table."""
    table = check.raw.table
    fine = check.rule.isnull() | (check.rule == LATE)
    if BARRED in table.columns:
        fine |= table[BARRED].notnull() & check.read["customer_id"].notnull()
    if table.filter(fine).count().execute():
        return
    raise DataError(
        f"no row of {check.raw.where} can be kept: {rules_said(check.record(name))}",
        "rows with a customer's id, a date and what else the table maps",
        f"Look at tables.{name}.columns; without ids these rows say nothing of a customer",
    )


def _copies(check: Check, study: Study) -> list[str]:
    if study.rules["duplicates"] != "keep":
        return []
    copies = count_copies(check.raw.table)
    if not copies:
        return []
    return [
        f"{check.raw.where}: {copies:,} rows are exact copies of another; they are kept, since the "
        "same can happen twice at a time (`rules.duplicates: set_aside` changes that)"
    ]


PLAIN = Contract()
"""Campaigns and coupons: an id and a date."""
