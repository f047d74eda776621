"""Which bases drive the segments: how much of each base's variation lies between them."""

import pandas as pd
from scipy.stats import rankdata

from segkit.segments.kinds import column_kind


def between_share(column: pd.Series, labels: pd.Series) -> float:
    """Share of a column's variation that lies between segments, 0 to 1.

    Of numbers and ordered levels the variance of their ranks (eta squared), of categories the Gini
    variation (Goodman & Kruskal's tau).

    Examples
    --------
    >>> between_share(pd.Series([1, 2, 8, 9]), pd.Series(["a", "a", "b", "b"]))
    0.8
    >>> between_share(pd.Series(["x", "x", "y", "y"]), pd.Series(["a", "a", "b", "b"]))
    1.0
    """
    known = column.notna().to_numpy()
    column, groups = column[known], labels[known].astype("object")
    kind = column_kind(column)
    if kind == "category":
        parts = pd.get_dummies(column.astype("object").map(str), dtype="float64")
    else:
        values = column.cat.codes if kind == "ordinal" else column.astype("float64")
        parts = pd.DataFrame({"rank": rankdata(values)}, index=column.index)
    total = parts.var(ddof=0).sum()
    between = parts.groupby(groups).transform("mean").var(ddof=0).sum()
    return float(between / total) if total else 0.0


def by_basis(between: pd.Series, basis: pd.Series) -> pd.DataFrame:
    """Sum up, per basis of segmentation, how much its bases differ between segments.

    Parameters
    ----------
    between : pandas.Series
        `between_share` of each base.
    basis : pandas.Series
        Its basis: demographic, behavioural, ...

    Returns
    -------
    pandas.DataFrame, one row per basis
        `bases` (how many), `between` (their mean), `share` (of the sum over all bases, 0 to 1);
        largest share first.
    """
    table = pd.DataFrame({"between": between, "basis": basis.reindex(between.index)})
    table = table.groupby("basis")["between"].agg(bases="size", between="mean", total="sum")
    total = table.pop("total")
    share = total / total.sum() if total.sum() else total
    return table.assign(share=share).sort_values("share", ascending=False, kind="stable")
