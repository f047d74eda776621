"""Columns of any kind -> numbers whose effect against the rest can be measured, with what they are."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL, OTHER
from segkit.segments.kinds import column_kind

KNOWN = {"label": "", "unit": "", "role": "", "basis": "", "kind": "number", "low": "", "high": ""}


def numeric_view(
    frame: pd.DataFrame, bases: Collection[str], dictionary: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Turn columns of any kind into numbers.

    Parameters
    ----------
    frame : pandas.DataFrame
    bases : collection of str
        Columns that form segments: of a category among them, every level becomes a column, 1 for
        its customers and 0 for the others. For such a column Cliff's delta is the difference in
        share.
    dictionary : pandas.DataFrame, optional
        As `Features.dictionary`.

    Returns
    -------
    pandas.DataFrame
        Numbers as they are, ordered levels as their place, levels of categories as 0 and 1.
    pandas.DataFrame
        For each of them `label`, `unit`, `role`, `basis`, `kind` (number, yes_no, ordered or level),
        `low` and `high` (what a segment low or high in it is called), `of` (the column it comes
        from) and `levels` (names of the places).
    pandas.DataFrame
        The categories that form no segments, as they are.
    """
    numbers: dict[str, pd.Series] = {}
    rows: dict[str, dict[str, object]] = {}
    text = []
    for name, column in frame.items():
        kind = _kind(column)
        known = _known(str(name), dictionary)
        if kind == "category" and name in bases:
            for level, said, indicator in _levels(column):
                numbers[f"{name}={level}"] = indicator
                rows[f"{name}={level}"] = known | _level_row(str(name), level, said, known)
        elif kind == "category":
            text.append(name)
        else:
            numbers[str(name)] = _ordered(column) if kind == "ordinal" else column.astype("float64")
            rows[str(name)] = known | _number_row(column, kind)
    about = pd.DataFrame.from_dict(rows, orient="index", columns=[*KNOWN, "of", "levels"])
    return pd.DataFrame(numbers, index=frame.index), about, frame[text]


def _kind(column: pd.Series) -> str:
    is_moment = pd.api.types.is_datetime64_any_dtype(column)
    return "category" if is_moment else column_kind(column)


def _number_row(column: pd.Series, kind: str) -> dict[str, object]:
    row: dict[str, object] = {"of": column.name, "levels": ()}
    if kind == "ordinal":
        return row | {"kind": "ordered", "levels": tuple(map(str, column.cat.categories))}
    if pd.api.types.is_bool_dtype(column):
        return row | {"kind": "yes_no", "unit": "share"}
    return row


def _known(name: str, dictionary: pd.DataFrame | None) -> dict[str, object]:
    own: dict[str, object] = {**KNOWN, "label": name}
    if dictionary is not None and name in dictionary.index:
        own |= {key: dictionary.at[name, key] for key in KNOWN if key in dictionary}
    return own


def _level_row(name: str, level: str, said: str, known: dict[str, object]) -> dict[str, object]:
    return {
        "label": f"{known['label']}: {said}", "unit": "share", "role": "", "kind": "level",
        "low": "", "high": "", "of": name, "levels": (level,) if level == said else (),
    }  # fmt: skip


def _levels(column: pd.Series) -> list[tuple[str, str, pd.Series]]:
    """The levels of at least ten customers in alphabetical order, then the small ones as one.

    Each with its name, what it is called where it is shown, and who has it.
    """
    text, other = small_merged(column)
    counts = text.value_counts()
    name = other.partition(" (")[0]
    shown = sorted(level for level in counts.index[counts >= MIN_CELL] if level != name)
    every = [(level, level) for level in shown] + ([(name, other)] if other else [])
    known = text.notna()
    return [(level, said, text.eq(level).astype("float64").where(known)) for level, said in every]


def small_merged(column: pd.Series) -> tuple[pd.Series, str]:
    """A category whose levels of fewer than ten customers are one, and what that one is called.

    Nothing is merged where the small ones are fewer than ten customers together, or are all there
    are: then no figure is shown of any of them.

    Examples
    --------
    >>> areas = pd.Series(["city"] * 12 + ["sea"] * 6 + ["isle"] * 5)
    >>> small_merged(areas)[1]
    'Other (11 in 2 levels)'
    """
    text = column.astype("object").map(str, na_action="ignore")
    text = text.where(text.notna(), None)
    counts = text.value_counts()
    small = counts[counts < MIN_CELL]
    if small.sum() < MIN_CELL or len(small) == len(counts):
        return text, ""
    name = "All other levels" if OTHER in counts.index.difference(small.index) else OTHER
    said = f"{name} ({small.sum():,} in {len(small)} levels)"
    return text.where(~text.isin(small.index), name), said


def is_merged(about: pd.Series) -> bool:
    """Whether a row of the dictionary is small levels taken together: no name speaks of such."""
    return about["kind"] == "level" and not about["levels"]


def _ordered(column: pd.Series) -> pd.Series:
    codes = column.cat.codes.astype("float64")
    return codes.where(column.notna(), np.nan)
