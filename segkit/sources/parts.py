"""Several files that are one table, such as an export a month: put together, no line counted twice."""

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.printable import quoted
from segkit.study.tables import TableSpec

_PART, _LINE, _NTH, _AGAIN = "segkit__part", "segkit__line", "segkit__nth", "segkit__again"
_DATED = ("order_date", "event_date")
MOST_NAMED = 5
"""Columns that a message names."""
_HAS_TIME = r"\d:\d\d|^\d{10,}$"
"""A time of day, or seconds counted from 1970 on."""


def named_files(names: list[str]) -> str:
    """What to call some files in a message."""
    if len(names) < 3:
        return " and ".join(names)
    return f"{names[0]} and {len(names) - 1} other files"


def put_together(
    con: Backend, name: str, tables: Mapping[str, ibis.Table], spec: TableSpec
) -> tuple[ibis.Table, int, tuple[str, ...]]:
    """Put the records of several files under each other.

    Parameters
    ----------
    con : ibis DuckDB backend
    name : str
        Of the table that is made.
    tables : dict of str to ibis.Table
        File -> its records; in the order in which they count as earlier and later.
    spec : TableSpec

    Returns
    -------
    ibis.Table
        Under the first file's names.
    int
        Records left out of it, since an earlier file holds them too.
    tuple of str
        The records of each file, and what of them comes in several.

    Raises
    ------
    DataError
        The files have other columns, or columns of other types.

    Notes
    -----
    A line that stands twice in one file and three times in another stands three times in the whole.
    Where equal lines can be two events, since neither an id nor a time of day tells them apart, they
    stay and are counted.
    """
    first, *others = tables
    for other in others:
        _refuse_other_columns(first, tables[first], other, tables[other])
    columns = list(tables[first].columns)
    every = _told_apart(con, name, tables, columns)
    n_again = int(every.filter(every[_AGAIN]).count().execute())
    sure = _tells_rows_apart(tables[first], spec)
    kept = every.filter(~every[_AGAIN]) if sure else every
    whole = con.create_table(name, kept.order_by(_PART, _LINE).select(*columns), temp=True)
    where = named_files(list(tables))
    found = [_counted(tables), *_again(n_again, sure=sure), *_torn(kept, spec)]
    return whole, n_again if sure else 0, tuple(f"{where}: {text}" for text in found)


def _told_apart(
    con: Backend, name: str, tables: Mapping[str, ibis.Table], columns: list[str]
) -> ibis.Table:
    """The records of all files with their file, their line, and whether an earlier file has them."""
    parts = [
        table.select(*columns, **{_PART: ibis.literal(part), _LINE: ibis.row_number()})
        for part, table in enumerate(tables.values())
    ]
    every = con.create_table(f"{name}_parts", ibis.union(*parts), temp=True)
    nth = ibis.row_number().over(ibis.window(group_by=[*columns, _PART], order_by=_LINE))
    every = every.mutate(**{_NTH: nth})
    earliest = every[_PART].min().over(ibis.window(group_by=[*columns, _NTH]))
    told = every.mutate(**{_AGAIN: every[_PART] > earliest})
    return con.create_table(f"{name}_told", told, temp=True)


def _counted(tables: Mapping[str, ibis.Table]) -> str:
    counts = {file: int(table.count().execute()) for file, table in tables.items()}
    return f"lines read: {', '.join(f'{file} {n:,}' for file, n in counts.items())}"


def _again(n_again: int, *, sure: bool) -> list[str]:
    if not n_again:
        return []
    why = "kept, since neither an id nor a time of day tells equal lines apart"
    return [f"{n_again:,} lines are also in an earlier file; they are {'set aside' if sure else why}"]


def differing(first: str, here: Iterable[str], other: str, there: Iterable[str]) -> str:
    """How a file's column names differ from those of another; empty where they don't.

    Examples
    --------
    >>> differing("a.csv", ["id", "paid"], "b.csv", ["id", "cost"])
    "b.csv lacks 'paid' and has 'cost', other than a.csv"
    """
    lacking, new = sorted(set(here) - set(there)), sorted(set(there) - set(here))
    said = [f"{what} {_few(names)}" for what, names in (("lacks", lacking), ("has", new)) if names]
    return f"{other} {' and '.join(said)}, other than {first}" if said else ""


def _few(names: list[str]) -> str:
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{quoted(names[:MOST_NAMED])}{more}"


def _refuse_other_columns(first: str, table: ibis.Table, other: str, second: ibis.Table) -> None:
    differ = differing(first, table.columns, other, second.columns)
    if differ:
        raise DataError(
            differ,
            "files of one table with the same column names, in any order",
            "Export them alike, or rename the columns",
        )
    types = [name for name in table.columns if table[name].type() != second[name].type()]
    if types:
        raise DataError(
            f"'{types[0]}' holds {table[types[0]].type()} in {first} and {second[types[0]].type()} in "
            f"{other}",
            "one type a column over all files of a table",
            "Export them alike: all as CSV, or all as Parquet of the same types",
        )


def _tells_rows_apart(table: ibis.Table, spec: TableSpec) -> bool:
    """Whether equal rows are one: by an id, or by a time of day."""
    when = next((str(spec.columns[one]) for one in _DATED if one in spec.columns), "")
    if not when:
        return bool({"customer_id", "product_id"} & set(spec.columns))
    if {"order_id", "session_id"} & set(spec.columns):
        return True
    text: Any = table[when].cast("string") if when in table.columns else ibis.literal("")
    at_night = text.re_search(r"00:00(:00(\.0+)?)? ?(Z|[+-][0-9:]+)?$")
    timed = (text.re_search(_HAS_TIME) & ~at_night).mean().fill_null(0)
    return bool(table.agg(share=timed).execute().iloc[0, 0] > 0.5)


def _torn(kept: ibis.Table, spec: TableSpec) -> list[str]:
    """Say how many orders have lines in several files that differ: one may have been changed since."""
    column = spec.columns.get("order_id")
    if not isinstance(column, str) or column not in kept.columns:
        return []
    orders = kept.filter(kept[column].notnull()).group_by(column).agg(n=kept[_PART].nunique())
    n_torn = int(orders.filter(orders.n > 1).count().execute())
    if not n_torn:
        return []
    return [
        f"{n_torn:,} orders have lines in several files that differ; all of them count (an order that "
        "was changed after the first export is there twice)"
    ]
