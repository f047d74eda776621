"""Rows that name customers by address or the like -> the ids of a table that holds both."""

from dataclasses import replace
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.check import UNMATCHED, require_columns
from segkit.sources.files import Raw
from segkit.sources.printable import require
from segkit.sources.values import as_id, text_of
from segkit.study.tables import TableSpec

_KEY, _ID, _N = "segkit__key", "segkit__bridged", "segkit__n"


def bridge(con: Backend, raw: Raw, spec: TableSpec, by: Raw, by_spec: TableSpec) -> Raw:
    """Put the ids of another table for what a table names its customers by.

    Parameters
    ----------
    con : ibis DuckDB backend
    raw : Raw
        The table; the column that it maps as customer_id holds addresses or the like.
    spec : TableSpec
        Its `via` says by which column of which table they are known.
    by : Raw
        That table, which holds both.
    by_spec : TableSpec

    Returns
    -------
    Raw
        Same rows, with ids; those of nobody, or of several customers, with none and the rule that
        sets them aside. Its notices say how many addresses were found.

    Raises
    ------
    DataError
        A column is missing, or not one address is found.

    Notes
    -----
    Addresses are compared trimmed and whatever their case. What isn't found is not kept: whose it is
    can't be told.
    """
    assert spec.via is not None
    source, there = spec.via["source"], spec.via["column"]
    for side, one in ((raw, spec), (by, by_spec)):
        require_columns(side, one)
    require([there], by.table.columns, by.where, "`via`")
    column = str(spec.columns["customer_id"])
    known = con.create_table(ibis.util.gen_name("known"), _known(by, by_spec, there), temp=True)
    named = raw.table.mutate(**{_KEY: _key(raw.table[column])})
    told = _told(named.left_join(known, _KEY), source)
    told = con.create_table(ibis.util.gen_name("bridged"), told, temp=True)
    said = _said(told, raw, f"'{there}' of {source}")
    table = told.mutate(**{column: told[_ID]}).select(*raw.table.columns, UNMATCHED)
    return replace(raw, table=table, notices=(*raw.notices, said))


def _known(by: Raw, spec: TableSpec, there: str) -> ibis.Table:
    """Each address with an id of it, and of how many ids it is."""
    ids = as_id(by.table[str(spec.columns["customer_id"])], spec)
    pairs = by.table.select(**{_KEY: _key(by.table[there]), _ID: ids}).distinct()
    pairs = pairs.filter(pairs[_KEY].notnull() & pairs[_ID].notnull())
    return pairs.group_by(_KEY).agg(**{_N: pairs.count(), _ID: pairs[_ID].min()})


def _told(both: ibis.Table, source: str) -> ibis.Table:
    """The rows with the id that their address is of, or the rule that sets them aside."""
    reason = ibis.cases(
        (both[_KEY].isnull(), ibis.null("string")),
        (both[_N].isnull(), ibis.literal(f"not in {source}")),
        (both[_N] > 1, ibis.literal(f"of several customers in {source}")),
        else_=ibis.null("string"),
    )
    one = (both[_N] == 1).ifelse(both[_ID], ibis.null("string"))
    return both.mutate(**{UNMATCHED: reason, _ID: one})


def _key(value: Any) -> Any:
    return text_of(value).lower().nullif("")


def _said(told: ibis.Table, raw: Raw, what: str) -> str:
    counts = told.agg(
        every=told[_KEY].nunique(),
        found=told[_KEY].nunique(where=told[_ID].notnull()),
        several=told[_KEY].nunique(where=(told[_N] > 1).fill_null(False)),
    ).execute()
    n_all, n_found, n_several = (int(counts[name].iloc[0]) for name in ("every", "found", "several"))
    if not n_found:
        raise DataError(
            f"not one of the {n_all:,} ids of {raw.where} is {what}",
            "a column that holds what this table names its customers by",
            "Correct `via` of this table in study.yaml, or the column that it maps as customer_id",
        )
    return (
        f"{raw.where}: {n_found:,} of {n_all:,} ids are {what} (besides, {n_several:,} are of several "
        f"customers there and {n_all - n_found - n_several:,} are not there: their rows are set aside)"
    )
