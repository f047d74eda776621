"""How each column is spread, in figures that tell of no single customer."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL, said
from segkit.exploration.kinds import FEW_VALUES, MOST_LEVELS, Column
from segkit.exploration.small import ENOUGH, merged

PERCENTILES = {
    "P1": 0.01,
    "P5": 0.05,
    "P25": 0.25,
    "median": 0.5,
    "P75": 0.75,
    "P95": 0.95,
    "P99": 0.99,
}
BINS = 32
MOST_MONTHS = 60


@dataclass(frozen=True, eq=False)
class Spread:
    """One column's distribution.

    Attributes
    ----------
    figures : dict of str to float
        Of a number: mean and percentiles 1 to 99, from 100 customers on; below, the median alone.
        Of yes and no: the share of yes.
    levels : pandas.Series or None
        Customers by level, by value (of a number with few) or by month; none below 10.
    heights : ndarray or None
        Customers in bins of equal width from P1 to P99; bins below 10 are empty.
    note : str
        What can't be shown, and why.
    """

    figures: dict[str, float]
    levels: pd.Series | None = None
    heights: np.ndarray | None = None
    note: str = ""


def spread(column: Column) -> Spread:
    """How a column is spread.

    Returns
    -------
    Spread
        Empty, with a note, for ids, free text, constants, empty columns and texts with more levels
        than anyone can read.
    """
    filled = column.values.dropna()
    if column.kind in _UNSHOWN:
        return Spread({}, note=_UNSHOWN[column.kind])
    if len(filled) < MIN_CELL:
        return Spread({}, note=f"{said(len(filled))} have a value")
    if column.kind == "yes_no":
        return _yes_no(filled)
    if column.kind == "date":
        return _levelled(_by_month(filled), column.distinct, "days")
    if column.kind == "number":
        return _number(filled, column.distinct)
    levels = merged(filled.value_counts(sort=False), ordered=column.kind == "ordered")
    return _levelled(levels, column.distinct, "levels")


def _levelled(levels: pd.Series, distinct: int, what: str) -> Spread:
    if levels.empty:
        return Spread({}, note=f"{distinct:,} {what}, none that {MIN_CELL} or more have")
    return Spread({}, levels=levels, note=f"{distinct:,} {what}" if distinct > MOST_LEVELS else "")


_UNSHOWN = {
    "id": "an id: values aren't shown",
    "text": "free text: never shown",
    "constant": "the same for everyone with a value",
    "empty": "no value at all",
}


def _yes_no(filled: pd.Series) -> Spread:
    n_yes = int(filled.sum())
    if min(n_yes, len(filled) - n_yes) < MIN_CELL:
        return Spread({}, note=f"{'yes' if n_yes < MIN_CELL else 'no'}: under {MIN_CELL}")
    levels = pd.Series({"yes": n_yes, "no": len(filled) - n_yes})
    return Spread({"yes": n_yes / len(filled)}, levels=levels)


def _number(filled: pd.Series, distinct: int) -> Spread:
    if len(filled) < ENOUGH:
        note = f"percentiles from {ENOUGH} customers on"
        return Spread({"median": float(filled.median())}, note=note)
    figures = dict(zip(PERCENTILES, filled.quantile(list(PERCENTILES.values())), strict=True))
    figures = {name: float(value) for name, value in figures.items()}
    if distinct <= FEW_VALUES:
        counts = filled.value_counts().sort_index()
        counts.index = [f"{value:g}" for value in counts.index]
        levels = merged(counts, ordered=True, most=FEW_VALUES)
        return Spread(figures, levels=None if levels.empty else levels)
    low, high = figures["P1"], figures["P99"]
    if low == high:
        return Spread(figures, note="the same from P1 to P99")
    heights, _ = np.histogram(filled, bins=_edges(filled, low, high))
    return Spread(figures, heights=np.where(heights < MIN_CELL, 0, heights))


def _edges(filled: pd.Series, low: float, high: float) -> np.ndarray:
    """Bins of equal width; of whole numbers each holds equally many."""
    if (filled % 1).any():
        return np.linspace(low, high, BINS + 1)
    low, high = np.floor(low), np.ceil(high)
    step = max(1, int(np.ceil((high - low + 1) / BINS)))
    return np.arange(low - 0.5, high + step, step)


def _by_month(filled: pd.Series) -> pd.Series:
    """Customers by month, by year where the months are too many; small ends join "Other"."""
    months = filled.dt.strftime("%Y-%m")
    spans = months if months.nunique() <= MOST_MONTHS else filled.dt.strftime("%Y")
    return merged(spans.value_counts().sort_index(), ordered=True, most=MOST_MONTHS)


def spread_table(spreads: dict[str, Spread]) -> pd.DataFrame:
    """All distributions in one table: `column`, `item`, `value`, `customers`."""
    rows = []
    for name, found in spreads.items():
        rows += [(name, item, value, None) for item, value in found.figures.items()]
        if found.levels is not None:
            total = found.levels.sum()
            rows += [(name, level, n / total, n) for level, n in found.levels.items()]
    table = pd.DataFrame(rows, columns=["column", "item", "value", "customers"])
    return table.astype({"customers": "Int64"})
