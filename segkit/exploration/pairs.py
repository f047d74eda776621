"""Which columns say the same: the strongest pairs, and columns that repeat another."""

import hashlib
from collections.abc import Iterable

import numpy as np
import pandas as pd

from segkit.exploration.kinds import MOST_LEVELS, Column
from segkit.exploration.small import ENOUGH
from segkit.features.relations import relations

MOST_ROWS = 4_000
"""Customers, evenly spread over the rows, whose columns are held against each other."""
MEASURES = {0: "Cramér's V", 1: "correlation ratio", 2: "Spearman's rank correlation"}
COLUMNS = ["one", "other", "strength", "measure"]


def strongest_pairs(columns: Iterable[Column]) -> pd.DataFrame:
    """Hold each two columns against each other.

    Parameters
    ----------
    columns : iterable of Column
        Numbers, yes and no, dates, ordered and other levels (30 at most) are compared; the rest is
        passed over.

    Returns
    -------
    pandas.DataFrame
        `one`, `other`, `strength` (-1 to 1, as `segkit.features.relations`) and `measure`; the
        strongest first, pairs that fewer than 100 of the rows looked at have both of left out.
    """
    compared = {one.name: one for one in columns if _is_compared(one)}
    if len(compared) < 2:
        return pd.DataFrame(columns=COLUMNS)
    frame = pd.DataFrame({name: _comparable(one) for name, one in compared.items()})
    frame = frame.iloc[:: max(1, -(-len(frame) // MOST_ROWS))]
    filled = frame.notna().to_numpy(dtype="float64")
    strength = relations(frame).to_numpy(dtype="float64", copy=True)
    strength[filled.T @ filled < min(ENOUGH, len(frame))] = np.nan
    rows, across = np.triu_indices(len(compared), k=1)
    names = np.array(list(compared))
    ranked = np.array([one.kind != "category" for one in compared.values()]).astype(int)
    pairs = pd.DataFrame(
        {
            "one": names[rows],
            "other": names[across],
            "strength": strength[rows, across],
            "measure": [MEASURES[both] for both in ranked[rows] + ranked[across]],
        }
    ).dropna(subset="strength")
    return pairs.sort_values("strength", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def repeats(columns: Iterable[Column]) -> dict[str, str]:
    """Columns that repeat an earlier one: equal value for value, or ranks, or level for level.

    Returns
    -------
    dict of str to str
        Column -> the first one that says the same.
    """
    first: dict[str, str] = {}
    same = {}
    for column in columns:
        if column.kind in {"constant", "empty", "id", "text"}:
            continue
        key = _key(column)
        if key in first:
            same[column.name] = first[key]
        else:
            first[key] = column.name
    return same


def _is_compared(column: Column) -> bool:
    if column.kind == "category":
        return column.distinct <= MOST_LEVELS
    return column.kind in {"number", "yes_no", "ordered", "date"}


def _comparable(column: Column) -> pd.Series:
    if column.kind == "date":
        return column.values.astype("datetime64[s]").astype("int64").where(column.values.notna())
    return column.values.astype("object") if column.kind == "category" else column.values


def _key(column: Column) -> str:
    """Equal for columns of which each tells the other without exception."""
    values = column.values
    if column.kind in {"number", "yes_no", "date"} and column.distinct > 2:
        codes = _dense_ranks(values)
    else:
        codes = pd.factorize(values)[0]
    return hashlib.sha256(codes.astype("int32").tobytes()).hexdigest()


def _dense_ranks(values: pd.Series) -> np.ndarray:
    """Ranks of the different values, missing -1; turned round where the first would be high."""
    codes, levels = pd.factorize(values, sort=True)
    if len(levels) and codes[codes >= 0][0] > (len(levels) - 1) / 2:
        codes = np.where(codes >= 0, len(levels) - 1 - codes, -1)
    return codes
