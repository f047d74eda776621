"""How far two columns say the same, whatever their kinds."""

import numpy as np
import pandas as pd


def relations(frame: pd.DataFrame) -> pd.DataFrame:
    """Measure how far each two columns say the same.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numbers, ordered categories and texts.

    Returns
    -------
    pandas.DataFrame
        Square, rounded. Between numbers (and ordered levels) Spearman's rank correlation, -1 to 1;
        between a number and a category the correlation ratio of ranks, 0 to 1; between categories
        Cramér's V, 0 to 1.

    Examples
    --------
    >>> relations(pd.DataFrame({"a": [1, 2, 3, 4], "b": list("xxyy")})).loc["a"].tolist()
    [1.0, 0.89]
    """
    ranks = {name: _ranks(frame[name]) for name in frame}
    table = pd.DataFrame(np.eye(len(ranks)), index=list(ranks), columns=list(ranks))
    for place, one in enumerate(ranks):
        for other in list(ranks)[place + 1 :]:
            table.loc[one, other] = table.loc[other, one] = _relation(
                frame[one], frame[other], ranks[one], ranks[other]
            )
    return table.round(2)


def _ranks(column: pd.Series) -> pd.Series | None:
    """Ranks of a column that has an order; None for a category."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered:
        return column.cat.codes.where(column.notna()).rank()
    is_number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    return column.astype("float64").rank() if is_number else None


def _relation(
    one: pd.Series, other: pd.Series, ranks: pd.Series | None, other_ranks: pd.Series | None
) -> float:
    if ranks is not None and other_ranks is not None:
        return float(ranks.corr(other_ranks, method="spearman"))
    if ranks is None and other_ranks is None:
        return _cramers_v(one, other)
    return _ratio(other if ranks is not None else one, ranks if ranks is not None else other_ranks)


def _ratio(category: pd.Series, ranks: pd.Series | None) -> float:
    assert ranks is not None
    means = ranks.groupby(category.astype("object")).transform("mean")
    spread = float(ranks.var(ddof=0))
    return float(np.sqrt(means.var(ddof=0) / spread)) if spread else float("nan")


def _cramers_v(one: pd.Series, other: pd.Series) -> float:
    counts = pd.crosstab(one.astype("object"), other.astype("object")).to_numpy().astype("float64")
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    chi_square = ((counts - expected) ** 2 / expected).sum()
    smaller = min(counts.shape) - 1
    return float(np.sqrt(chi_square / counts.sum() / smaller)) if smaller else float("nan")
