"""What is too small to be shown: groups below 10, percentiles below 100."""

import pandas as pd

from segkit.disclosure import MIN_CELL, OTHER

ENOUGH = 100
"""Customers with a value, from which percentiles are shown."""
MOST_SHOWN = 8


def merged(counts: pd.Series, *, ordered: bool = False, most: int = MOST_SHOWN) -> pd.Series:
    """Levels with their customers, the small ones merged to "Other".

    Parameters
    ----------
    counts : pandas.Series
        Customers by level.
    ordered : bool
        Keep the levels' order; else the commonest come first, ties by name.
    most : int
        Levels shown besides "Other".

    Returns
    -------
    pandas.Series
        No entry is below 10: where the small levels together are fewer, the next smallest joins
        them, since it could else be told from the total. Empty where that leaves nothing.

    Examples
    --------
    >>> merged(pd.Series({"red": 40, "blue": 12, "pink": 3, "gold": 1})).to_dict()
    {'red': 40, 'Other': 16}
    """
    counts = counts[counts > 0]
    counts = counts if ordered else counts.sort_index(key=lambda levels: levels.astype("str"))
    ranked = counts.sort_values(ascending=False, kind="stable")
    large = ranked[ranked >= MIN_CELL].head(most)
    rest = int(ranked.sum() - large.sum())
    while 0 < rest < MIN_CELL and len(large):
        rest += int(large.iloc[-1])
        large = large.iloc[:-1]
    if large.empty:
        return large.astype("int64")
    shown = counts[counts.index.isin(large.index)] if ordered else large
    shown = pd.Series(shown.to_numpy(), index=[str(level) for level in shown.index], dtype="int64")
    name = "All other levels" if OTHER in shown.index else OTHER
    return pd.concat([shown, pd.Series({name: rest})]) if rest else shown
