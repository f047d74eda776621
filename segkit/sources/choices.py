"""Questions of several answers: blank answers, and answers that are none of the options."""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import and_
from typing import Any

import ibis

from segkit.errors import DataError
from segkit.sources.values import is_blank
from segkit.study.traits import TraitSpec

MOST_UNLISTED = 0.5
"""Above this share of answers without a listed option the options must be wrong."""
NONE = "none"
"""What `blank` says where a blank answer means that none of the options was chosen."""


def all_blank(table: ibis.Table, columns: Sequence[str]) -> Any:
    """Whether all cells of a question are blank."""
    return reduce(and_, (is_blank(table[column]) for column in columns))


def choice_notices(customers: ibis.Table, traits: Mapping[str, TraitSpec]) -> list[str]:
    """Count blank answers and those that hold none of the options, question by question.

    Raises
    ------
    DataError
        Most answers of a question hold none of its options.
    """
    chosen = {
        name: trait
        for name, trait in traits.items()
        if trait.kind == "chosen" and set(trait.sources) <= set(customers.columns)
    }
    return [*_blanks(customers, chosen), *_unlisted_answers(customers, chosen)]


def _blanks(customers: ibis.Table, chosen: Mapping[str, TraitSpec]) -> list[str]:
    """What becomes of blank answers, and the setting that decides it."""
    asked: dict[tuple[str, ...], TraitSpec] = {}
    for trait in chosen.values():
        asked.setdefault(_question(trait), trait)
    found = []
    for columns, trait in asked.items():
        n_blank = int(customers.filter(all_blank(customers, columns)).count().execute())
        if n_blank:
            found.append(_blank_said(trait, columns, n_blank))
    return found


def _question(trait: TraitSpec) -> tuple[str, ...]:
    return tuple(trait.among or [trait.column])


def _blank_said(trait: TraitSpec, columns: tuple[str, ...], n_blank: int) -> str:
    more = f" and its {len(columns) - 1} other options" if len(columns) > 1 else ""
    where = f"{n_blank:,} rows leave '{columns[0]}'{more} blank"
    if trait.blank == NONE:
        return f"{where}: they count as none chosen (`blank: none`)"
    return (
        f"{where}: their answers are missing; if a blank means that none was chosen, the question's "
        "`blank: none` says so"
    )


def _unlisted_answers(customers: ibis.Table, chosen: Mapping[str, TraitSpec]) -> list[str]:
    """Count the answers that hold none of a question's options where they stand in one cell."""
    asked: dict[str, list[str]] = {}
    marks = {trait.column: trait.separator for trait in chosen.values() if trait.separator}
    codes = {trait.column: trait.missing for trait in chosen.values() if trait.separator}
    for trait in chosen.values():
        if trait.separator:
            asked.setdefault(trait.column, []).append(trait.option)
    return [
        notice
        for column, options in asked.items()
        if (notice := _unlisted(customers, column, options, marks[column], codes[column]))
    ]


def _unlisted(
    customers: ibis.Table, column: str, options: list[str], mark: str, codes: Iterable[str]
) -> str:
    """Take listed options and codes for no answer from the cells; what is left is another answer."""
    cells = customers.select(cell=customers[column].cast("string").strip()).execute()["cell"].dropna()
    counts = cells[~cells.isin(["", *codes])].str.lower().value_counts()
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
