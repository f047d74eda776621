"""Rows of a survey that are no answers."""

from typing import Any

import ibis

from segkit.errors import DataError, nearest
from segkit.sources.files import Raw
from segkit.study.tables import TableSpec


def rows_aside(table: ibis.Table, raw: Raw, spec: TableSpec) -> dict[str, Any]:
    """Rows that the study sets aside by what a column says: previews, unfinished answers.

    Returns
    -------
    dict of str to ibis.Value
        Reason -> the rows that it fits; texts are compared whatever their case.

    Raises
    ------
    DataError
        There is no such column.
    """
    rules: dict[str, Any] = {}
    for reason, by_column in (spec.set_aside or {}).items():
        for column, values in by_column.items():
            require(raw, column, "set_aside")
            told = table[column].cast("string").strip().lower().fill_null("")
            rules[reason] = told.isin([str(value).strip().lower() for value in values])
    return rules


def require(raw: Raw, column: str, where: str) -> None:
    """Refuse a rule about a column that the table doesn't have."""
    if column not in raw.table.columns:
        raise DataError(
            f"{raw.where} has no column '{column}', which `{where}` names",
            fix=nearest(column, raw.table.columns),
        )
