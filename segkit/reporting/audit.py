"""Whether protected attributes are mirrored in the segments, though they formed none."""

import numpy as np
import pandas as pd

ENOUGH = 100
"""Customers whose attribute is known, below which nothing is said."""
N_BINS = 5
MOST_LEVELS = 50
"""Texts of more levels, such as birth dates left as texts, say nothing by this measure."""


def has_too_many_levels(attribute: pd.Series) -> bool:
    """Whether an attribute is text, or dates, of more levels than an association can be told from."""
    return not pd.api.types.is_numeric_dtype(attribute) and attribute.nunique() > MOST_LEVELS


def association(labels: pd.Series, attribute: pd.Series) -> tuple[float, int]:
    """Association of the segments with one attribute: Cramér's V, corrected for its bias.

    Parameters
    ----------
    labels : pandas.Series
        Segment key per customer.
    attribute : pandas.Series
        For the same customers; a number is cut into fifths.

    Returns
    -------
    float
        0: the attribute says nothing of the segment; 1: it says which. Missing below 100 customers,
        and for texts of more than 50 levels.
    int
        Customers whose attribute is known.

    References
    ----------
    Bergsma 2013, A bias-correction for Cramér's V and Tschuprow's T.

    Examples
    --------
    >>> segments = pd.Series(["a", "b"] * 100)
    >>> association(segments, segments.map({"a": "young", "b": "old"}))
    (1.0, 200)
    """
    known = attribute.notna()
    n = int(known.sum())
    if n < ENOUGH:
        return float("nan"), n
    values = attribute[known]
    if pd.api.types.is_numeric_dtype(values) and values.nunique() > N_BINS:
        values = pd.qcut(values, N_BINS, duplicates="drop")
    elif has_too_many_levels(values):
        return float("nan"), n
    table = pd.crosstab(labels[known].astype(str), values.astype(str)).to_numpy(dtype="float64")
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / n
    phi = ((table - expected) ** 2 / expected).sum() / n
    rows, columns = table.shape
    phi = max(phi - (rows - 1) * (columns - 1) / (n - 1), 0.0)
    rows, columns = (size - (size - 1) ** 2 / (n - 1) for size in table.shape)
    least = min(rows, columns) - 1
    return (round(float(np.sqrt(phi / least)), 10), n) if least > 0 else (0.0, n)
