"""Rows of a survey that are no answers, and answers that are none of the options."""

from collections.abc import Mapping
from typing import Any

import ibis

from segkit.errors import DataError, nearest
from segkit.sources.files import Raw
from segkit.study import Study
from segkit.tablespec import TableSpec

MOST_UNLISTED = 0.5
"""Above this share of answers without a listed option the options must be wrong."""


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


def unlisted(customers: ibis.Table, study: Study) -> list[str]:
    """Count the answers that hold none of a question's options where they stand in one cell."""
    asked: dict[str, list[str]] = {}
    marks: Mapping[str, str] = {t.column: t.separator for t in study.traits.values() if t.separator}
    for trait in study.traits.values():
        if trait.separator:
            asked.setdefault(trait.column, []).append(trait.option)
    return [
        notice
        for column, options in asked.items()
        if (notice := _unlisted(customers, column, options, marks[column]))
    ]


def _unlisted(customers: ibis.Table, column: str, options: list[str], mark: str) -> str:
    """Cells from which every listed option is taken; what is left is another answer."""
    cells = customers.select(cell=customers[column].cast("string").strip()).execute()["cell"].dropna()
    counts = cells[cells != ""].str.lower().value_counts()
    listed = sorted((_tight(option, mark) for option in options), key=len, reverse=True)
    n_other = n_none = 0
    for cell, n in counts.items():
        whole = left = f"{mark}{_tight(str(cell), mark)}{mark}".replace(mark, mark * 2)
        for option in listed:
            left = left.replace(f"{mark}{option.replace(mark, mark * 2)}{mark}", "")
        other = bool(left.replace(mark, "").strip())
        n_other += int(n) * other
        n_none += int(n) * (left == whole)
    if counts.sum() and n_none > MOST_UNLISTED * counts.sum():
        raise DataError(
            f"{n_none:,} of {counts.sum():,} answers in '{column}' hold none of its {len(options)} "
            "options",
            "options as they stand in the cells, and the separator between them",
            "Correct the question's entry under `choices`",
        )
    if not n_other:
        return ""
    return (
        f"{n_other:,} answers in '{column}' hold something that is none of its {len(options)} options; "
        "it is not read"
    )


def _tight(text: str, mark: str) -> str:
    """In small letters, without blanks around the separator."""
    return mark.join(part.strip() for part in text.lower().split(mark))
