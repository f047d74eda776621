"""Cells that an export writes on an order's first line only -> on each of its lines."""

from dataclasses import replace
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.files import Raw
from segkit.sources.printable import require
from segkit.study.tables import TableSpec


def fill_down(con: Backend, name: str, raw: Raw, spec: TableSpec) -> Raw:
    """Carry an order's cells to those of its lines that leave them blank.

    Parameters
    ----------
    con : ibis DuckDB backend
    name : str
        Of the table that is made.
    raw : Raw
    spec : TableSpec
        `fill_down` names the column that tells an order (`by`) and the `columns` to carry.

    Returns
    -------
    Raw
        Same lines; its notices say how many of them got a cell.

    Raises
    ------
    DataError
        A column is missing, or an order that leaves a cell blank has two values for it.

    Notes
    -----
    The order of the lines doesn't matter. A line without an order id gets nothing, and a cell that
    is blank on every line of an order stays blank.
    """
    asked = spec.fill_down
    if asked is None:
        return raw
    by, columns = str(asked["by"]), list(asked["columns"])
    table = raw.table
    require([by, *columns], table.columns, raw.where, "`fill_down`")
    order = ibis.window(group_by=_given(table[by]))
    known = _given(table[by]).notnull()
    given = {column: _given(table[column]) for column in columns}
    carried = {
        column: ibis.coalesce(value, known.ifelse(value.max().over(order), ibis.null(value.type())))
        for column, value in given.items()
    }
    _refuse_two_values(raw, by, given, order, known)
    any_filled: Any = ibis.literal(False)
    for column in columns:
        any_filled |= given[column].isnull() & carried[column].notnull()
    n_filled = int(table.select(filled=any_filled).filled.sum().fill_null(0).execute())
    made = con.create_table(f"{name}_filled", table.mutate(**carried), temp=True)
    notice = (
        f"{raw.where}: {', '.join(columns)} of an order are carried to {n_filled:,} of its lines that "
        "leave them blank"
    )
    return replace(raw, table=made, notices=(*raw.notices, notice))


def _given(value: Any) -> Any:
    """A cell's content; null where there is none."""
    return value.strip().nullif("") if value.type().is_string() else value


def _refuse_two_values(raw: Raw, by: str, given: dict[str, Any], order: Any, known: Any) -> None:
    for column, value in given.items():
        differ = value.isnull() & known & (value.min().over(order) != value.max().over(order))
        n_lines = int(raw.table.select(differ=differ).differ.sum().fill_null(0).execute())
        if n_lines:
            raise DataError(
                f"{raw.where}: {n_lines:,} lines leave '{column}' blank, and their order by '{by}' has "
                "more than one value for it",
                "one value an order",
                f"Is '{by}' the column that tells one order from another?",
            )
