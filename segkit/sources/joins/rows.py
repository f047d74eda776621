"""The rows of one source: kept, or set aside under a named rule."""

from dataclasses import dataclass
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.check import (
    Check,
    Values,
    as_it_came,
    copy_number,
    is_filled,
    refuse_misread,
    refuse_unreadable,
    settle,
)
from segkit.sources.counts import rules_said
from segkit.sources.files import Raw
from segkit.sources.respondents import rows_aside
from segkit.sources.values import as_id, as_moment
from segkit.study import Study
from segkit.study.sources import MOST_FREQUENT
from segkit.study.tables import TableSpec

OBSERVED = "segkit: observed at"
"""Beside a file's own columns, which may have an observed_at that is something else."""
OURS = ("customer_id", OBSERVED)


@dataclass(frozen=True, eq=False)
class Source:
    """Kept rows of one table about customers.

    Attributes
    ----------
    name : str
    where : str
        What to call its file in a message.
    rows : ibis.Table
        customer_id, `OBSERVED` (null where the source has no dates) and the file's own columns.
    spec : TableSpec
    row_rule : str
        Which of a customer's rows counts; see `ProfileSpec.several_rows`.
    """

    name: str
    where: str
    rows: ibis.Table
    spec: TableSpec
    row_rule: str


def source_of(name: str, check: Check, study: Study) -> Source:
    """A checked table about customers as a source of their profile."""
    rows = check.kept()
    moment = rows[OBSERVED] if OBSERVED in rows.columns else ibis.null("timestamp")
    rows = rows.mutate(**{OBSERVED: moment.cast("timestamp(6)")})
    spec = study.about_customers[name]
    return Source(name, check.raw.where, rows, spec, study.profile.row_rule(name))


def check_source(con: Backend, raw: Raw, name: str, study: Study) -> Check:
    """Read the rows of a source: ids and dates are read, exact copies are set aside.

    Parameters
    ----------
    con : ibis.backends.duckdb.Backend
    raw : Raw
    name : str
    study : Study

    Returns
    -------
    Check
        Its kept rows have customer_id, `OBSERVED` and the file's own columns.

    Raises
    ------
    DataError
        No row has an id and, where the source has dates, one before as_of; too many dates can't be
        read; a customer has several rows without a date that differ.

    Notes
    -----
    Where what most rows say counts, equal rows are votes and all stay.
    """
    spec, row_rule = study.sources[name], study.profile.row_rule(name)
    refuse_misread(raw, spec, "customer_id")
    parsed = {
        "customer_id": as_id(raw.table[str(spec.columns["customer_id"])], spec),
        OBSERVED: _moment(raw.table, "observed_at", spec, study),
    }

    def rules_of(table: ibis.Table, read: Values, _: Values) -> Values:
        aside = rows_aside(table, raw, spec)
        return {**aside, **_rules(table, read, spec, row_rule, study)}

    check = settle(con, raw, parsed, _columns, rules_of)
    _refuse_dates(check, spec, study)
    _refuse_none_kept(check, name, study)
    if "observed_at" not in spec.columns and row_rule != MOST_FREQUENT:
        _refuse_several(check, name)
    return check


def _moment(table: ibis.Table, ours: str, spec: TableSpec, study: Study) -> Any:
    if ours not in spec.columns:
        return ibis.null("timestamp")
    return as_moment(table[str(spec.columns[ours])], spec, study.timezone)


def _columns(table: ibis.Table, read: Values) -> Values:
    others = [name for name in as_it_came(table) if name not in OURS]
    return {**read, **{name: table[name] for name in others}}


def _rules(table: ibis.Table, read: Values, spec: TableSpec, row_rule: str, study: Study) -> Values:
    rules = {"no customer id": read["customer_id"].isnull()}
    if "observed_at" in spec.columns:
        filled = is_filled(table[str(spec.columns["observed_at"])])
        rules["no date"] = ~filled.fill_null(False)
        rules["unreadable date"] = read[OBSERVED].isnull()
        rules["on or after as_of"] = read[OBSERVED] >= ibis.timestamp(study.as_of)
    if row_rule != MOST_FREQUENT:
        rules["duplicate"] = copy_number(table) > 0
    return rules


def _refuse_dates(check: Check, spec: TableSpec, study: Study) -> None:
    if "observed_at" in spec.columns:
        dates = {str(spec.columns["observed_at"]): check.read[OBSERVED]}
        refuse_unreadable(check.raw, spec, dates, study.rules["max_unreadable_share"])


def _refuse_none_kept(check: Check, name: str, study: Study) -> None:
    if check.kept().count().execute():
        return
    raise DataError(
        f"no row of {check.raw.where} can be kept: {rules_said(check.record(name))}",
        f"one row or more with a customer id, known before as_of {study.as_of}",
        f"Correct sources.{name} in study.yaml, or take it out",
    )


def _refuse_several(check: Check, name: str) -> None:
    kept = check.kept()
    times = kept.group_by("customer_id").agg(n=kept.count())
    n_several = int(times.filter(times.n > 1).count().execute())
    if n_several:
        raise DataError(
            f"{check.raw.where}: {n_several:,} customers have several rows that differ, and no date "
            "says which holds",
            "one row a customer, or rows with a date",
            f"Map the date as sources.{name}.columns.observed_at, or let what most rows say count: "
            f"profile.several_rows: {{{name}: most_frequent}}",
        )
