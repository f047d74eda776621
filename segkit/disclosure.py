"""What a report keeps back, so that nobody can be told from it: small cells and their traces."""

import numpy as np
import pandas as pd

MIN_CELL = 10
"""Figures on fewer customers than this are kept back."""
OTHER = "Other"
"""What small levels are called together."""
ONE_SHARE, TWO_SHARE = 0.50, 0.75
"""Above these shares of a sum, the largest customer's or the largest two's, it says what they spent."""


def said(customers: int) -> str:
    """A number of customers in words: one below 10 isn't told.

    Examples
    --------
    >>> said(1234), said(3), said(0)
    ('1,234', 'under 10', '0')
    """
    return "under 10" if 0 < customers < MIN_CELL else f"{customers:,}"


def withheld(counts: pd.Series, at_least: int = MIN_CELL) -> pd.Series:
    """Which of the counts that make up one known total are kept back.

    Parameters
    ----------
    counts : pandas.Series of int
    at_least : int, default 10

    Returns
    -------
    pandas.Series of bool
        True for counts from 1 to `at_least` - 1; and for the next smallest, where one alone, or a
        few that come to less than `at_least`, could be told from the total. Nobody is in a cell of
        0, so that is no secret.

    Examples
    --------
    >>> withheld(pd.Series({"a": 150, "b": 42, "c": 8})).to_dict()
    {'a': False, 'b': True, 'c': True}
    """
    return _joined(counts, counts.between(1, at_least - 1), at_least)


def withheld_table(counts: pd.DataFrame, at_least: int = MIN_CELL) -> pd.DataFrame:
    """The same for a table whose row and column sums are known: no row or column gives a cell away.

    Examples
    --------
    >>> moved = pd.DataFrame({"x": [90, 4, 30], "y": [20, 50, 12], "z": [80, 70, 60]})
    >>> withheld_table(moved).astype(int).to_numpy().tolist()
    [[0, 0, 0], [1, 1, 0], [1, 1, 0]]
    """
    hidden = pd.DataFrame(False, index=counts.index, columns=counts.columns)
    while True:
        before = hidden.copy()
        for row in counts.index:
            hidden.loc[row] |= _joined(counts.loc[row], hidden.loc[row], at_least)
        for column in counts.columns:
            hidden[column] |= _joined(counts[column], hidden[column], at_least)
        if hidden.equals(before):
            return hidden


def _joined(counts: pd.Series, hidden: pd.Series, at_least: int) -> pd.Series:
    """`withheld`, with cells that other rows or columns have already hidden."""
    hidden = hidden | counts.between(1, at_least - 1)
    while hidden.any() and (hidden.sum() == 1 or counts[hidden].sum() < at_least):
        left = counts[~hidden & counts.gt(0)]
        if left.empty:
            break
        hidden[left.idxmin()] = True
    return hidden


def in_tens(has: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Who has something, changed for as few as make each group's number a multiple of ten.

    Shares computed from it tell of no few: a number stands for all within five of it. Rounding is how
    statistics offices keep a rare answer's table readable, where keeping cells back would empty it.

    Parameters
    ----------
    has : ndarray of bool, shape (n,)
    groups : ndarray, shape (n,)

    Returns
    -------
    ndarray of bool, shape (n,)
        All of a group smaller than the multiple have it; of two equally near, the larger is taken.

    Examples
    --------
    >>> has, groups = np.arange(60) % 20 < 7, np.repeat(["a", "b"], [40, 20])
    >>> int(has[:40].sum()), int(has[40:].sum())
    (14, 7)
    >>> rounded = in_tens(has, groups)
    >>> int(rounded[:40].sum()), int(rounded[40:].sum())
    (10, 10)
    """
    rounded = has.copy()
    for group in np.unique(groups):
        own = groups == group
        count = int(has[own].sum())
        more = (count + MIN_CELL // 2) // MIN_CELL * MIN_CELL - count
        changed = np.flatnonzero(own & (has if more < 0 else ~has))[: abs(more)]
        rounded[changed] = more > 0
    return rounded


def base_shown(known: int, total: int) -> int:
    """How many of a total a figure is said to rest on; where one to nine lack a value, the fewest.

    Parameters
    ----------
    known : int
        With a value, of `total`.
    total : int

    Examples
    --------
    >>> base_shown(200, 200), base_shown(197, 200), base_shown(150, 200), base_shown(12, 15)
    (200, 191, 150, 10)
    """
    if not 0 < total - known < MIN_CELL:
        return known
    return max(total - MIN_CELL + 1, min(known, MIN_CELL))


def is_dominated(amounts: np.ndarray) -> bool:
    """Whether one or two customers make up so much of a sum that it says what they spent.

    Examples
    --------
    >>> is_dominated(np.array([60.0, 30.0, 10.0])), is_dominated(np.full(20, 5.0))
    (True, False)
    """
    largest = np.sort(np.abs(amounts))[::-1]
    total = float(largest.sum())
    if total <= 0:
        return False
    return bool(largest[0] > ONE_SHARE * total or largest[:2].sum() > TWO_SHARE * total)
