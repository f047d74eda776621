"""Rows of a survey that are no answers."""

from typing import Any

import ibis

from segkit.sources.files import Raw
from segkit.sources.printable import require
from segkit.sources.values import is_one_of
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
            require([column], raw.table.columns, raw.where, "`set_aside`")
            rules[reason] = is_one_of(table[column], values)
    return rules
