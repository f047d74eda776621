"""How far two columns say the same, whatever their kinds."""

import numpy as np
import pandas as pd
from scipy.stats import rankdata


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
    levels = [name for name, of_name in ranks.items() if of_name is None]
    codes = {name: pd.factorize(frame[name].astype("object"))[0] for name in levels}
    table = pd.DataFrame(np.eye(len(ranks)), index=list(ranks), columns=list(ranks))
    for place, one in enumerate(ranks):
        for other in list(ranks)[place + 1 :]:
            table.loc[one, other] = table.loc[other, one] = _relation(
                ranks[one], ranks[other], codes.get(one), codes.get(other)
            )
    return table.round(2)


Codes = np.ndarray | None


def _ranks(column: pd.Series) -> np.ndarray | None:
    """Ranks of a column that has an order, missing where it is; None for a category."""
    if isinstance(column.dtype, pd.CategoricalDtype) and column.dtype.ordered:
        return column.cat.codes.where(column.notna()).rank().to_numpy(dtype="float64")
    is_number = pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)
    return column.astype("float64").rank().to_numpy() if is_number else None


def _relation(ranks: Codes, other_ranks: Codes, codes: Codes, other_codes: Codes) -> float:
    if ranks is not None and other_ranks is not None:
        return _spearman(ranks, other_ranks)
    if codes is not None and other_codes is not None:
        return _cramers_v(codes, other_codes)
    return _ratio(codes, other_ranks) if ranks is None else _ratio(other_codes, ranks)


def _spearman(one: np.ndarray, other: np.ndarray) -> float:
    """Correlation of the ranks, taken anew among the rows that have both."""
    both = ~(np.isnan(one) | np.isnan(other))
    if not both.all():
        one, other = rankdata(one[both]), rankdata(other[both])
    if len(one) < 2 or not np.ptp(one) or not np.ptp(other):
        return float("nan")
    return float(np.corrcoef(one, other)[0, 1])


def _ratio(codes: Codes, ranks: Codes) -> float:
    """Spread of the levels' mean ranks over the spread of the ranks, where both are known."""
    assert codes is not None
    assert ranks is not None
    both = (codes >= 0) & ~np.isnan(ranks)
    codes, ranks = codes[both], ranks[both]
    if not len(ranks) or not np.ptp(ranks):
        return float("nan")
    sizes = np.bincount(codes)
    means = np.bincount(codes, weights=ranks) / np.maximum(sizes, 1)
    return float(np.sqrt(means[codes].var() / ranks.var()))


def _cramers_v(one: np.ndarray, other: np.ndarray) -> float:
    both = (one >= 0) & (other >= 0)
    if not both.any():
        return float("nan")
    one, other = one[both], other[both]
    width = int(other.max()) + 1
    counts = np.bincount(one * width + other, minlength=(int(one.max()) + 1) * width)
    counts = counts.reshape(-1, width).astype("float64")
    counts = counts[counts.sum(axis=1) > 0][:, counts.sum(axis=0) > 0]
    expected = np.outer(counts.sum(axis=1), counts.sum(axis=0)) / counts.sum()
    chi_square = ((counts - expected) ** 2 / expected).sum()
    smaller = min(counts.shape) - 1
    return float(np.sqrt(chi_square / counts.sum() / smaller)) if smaller else float("nan")
