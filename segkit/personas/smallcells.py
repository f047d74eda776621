"""Figures that would tell of a few customers: shares are computed in tens, means are kept back."""

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL, in_tens, withheld

MIN_ROUNDED = 30
"""In a smaller segment a share in tens says too little, and is kept back."""


def shares_in_tens(
    numeric: pd.DataFrame, labels: pd.Series, of: pd.Series
) -> tuple[pd.DataFrame, frozenset[str]]:
    """Yes and no, and levels, in tens where one to nine customers of a segment have one, or have none.

    Parameters
    ----------
    numeric : pandas.DataFrame
    labels : pandas.Series
        Segment of each of its rows.
    of : pandas.Series
        The column that each of its columns comes from: the levels of a category are changed
        together, since the others tell of one.

    Returns
    -------
    pandas.DataFrame
        The numbers, those columns changed as `segkit.disclosure.in_tens` does.
    frozenset of str
        The names of those columns.
    """
    changed = {}
    for names in of.groupby(of, sort=False).groups.values():
        values = numeric[list(names)].to_numpy("float64", copy=True)
        known = ~np.isnan(values).any(axis=1)
        held, groups = values[known], labels.to_numpy()[known]
        each = pd.DataFrame(held).assign(none=1 - held.sum(axis=1))
        if np.isin(held, [0, 1]).all() and tell_of_few(each.groupby(groups).sum()):
            for place, name in enumerate(names):
                values[known, place] = in_tens(held[:, place] == 1, groups)
                changed[name] = values[:, place]
    return numeric.assign(**changed), frozenset(changed)


def tell_of_few(counts: pd.DataFrame) -> bool:
    """Whether any of the numbers of customers is from one to nine."""
    return bool(counts.isin(range(1, MIN_CELL)).any(axis=None))


def made_by_few(values: np.ndarray, labels: pd.Series) -> pd.Series:
    """In which segments a mean of mostly zeros is made by one to nine customers, or tells of such.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
    labels : pandas.Series of category, shape (n,)

    Returns
    -------
    pandas.Series of bool, indexed by segment
        True for all where they are one to nine in all.
    """
    made = pd.Series(values != 0).groupby(labels.to_numpy(), observed=False).sum()
    made = made.reindex(labels.cat.categories, fill_value=0)
    return withheld(made) | (0 < made.sum() < MIN_CELL)
