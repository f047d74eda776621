"""How far a segment differs from all other customers, with the range of that difference."""

from typing import NamedTuple

import numpy as np
from scipy.stats import norm, rankdata

Z95 = float(norm.ppf(0.975))

WORDS = ((0.15, "about the same"), (0.33, "slightly"), (0.47, "clearly"), (np.inf, "much"))
"""Upper limit of |Cliff's delta| and the word for it; the glossary prints this scale."""


class Range(NamedTuple):
    """A figure and its 95 % range."""

    value: float
    low: float
    high: float


def cliffs_delta(values: np.ndarray, inside: np.ndarray) -> Range:
    """Cliff's delta of some rows against the others.

    Parameters
    ----------
    values : ndarray of float, shape (n,)
        Without missing values.
    inside : ndarray of bool, shape (n,)

    Returns
    -------
    Range
        -1: every row inside lies below every other; 0: no difference; 1: above. The range is that
        of DeLong et al. (1988) for the area under the curve, doubled: closed, so the same on every
        run, and as wide as a bootstrap's at the sizes that a report prints.

    References
    ----------
    Cliff 1993, Dominance statistics. Sun & Xu 2014, for the ranks.

    Examples
    --------
    >>> cliffs_delta(np.array([1.0, 2.0, 3.0, 4.0]), np.array([False, False, True, True])).value
    1.0
    """
    ranks = rankdata(values)
    n_in, n_out = int(inside.sum()), int((~inside).sum())
    if not n_in or not n_out:
        return Range(np.nan, np.nan, np.nan)
    above = (ranks[inside] - rankdata(values[inside])) / n_out
    below = 1 - (ranks[~inside] - rankdata(values[~inside])) / n_in
    delta = 2 * above.mean() - 1
    variance = sum(part.var(ddof=1) / len(part) for part in (above, below) if len(part) > 1)
    reach = 2 * Z95 * np.sqrt(variance)
    return Range(float(delta), float(max(delta - reach, -1)), float(min(delta + reach, 1)))


def standardised_difference(values: np.ndarray, inside: np.ndarray) -> float:
    """Difference of means over the pooled standard deviation (Cohen's d); 0 where nothing varies."""
    left, right = values[inside], values[~inside]
    if min(len(left), len(right)) < 2:
        return float("nan")
    n_left, n_right = len(left) - 1, len(right) - 1
    pooled = (n_left * left.var(ddof=1) + n_right * right.var(ddof=1)) / (n_left + n_right)
    return float((left.mean() - right.mean()) / np.sqrt(pooled)) if pooled > 0 else 0.0


def wilson(count: float, n: float) -> Range:
    """A share with the range of Wilson (1927).

    Examples
    --------
    >>> wilson(5, 10).value
    0.5
    """
    if not n:
        return Range(np.nan, np.nan, np.nan)
    share, square = count / n, Z95**2
    middle = (share + square / (2 * n)) / (1 + square / n)
    reach = Z95 / (1 + square / n) * np.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return Range(share, max(middle - reach, 0.0), min(middle + reach, 1.0))


def difference_of_shares(count: float, n: float, other_count: float, other_n: float) -> Range:
    """One share minus another, with the range of Newcombe (1998), method 10."""
    one, two = wilson(count, n), wilson(other_count, other_n)
    gap = one.value - two.value
    low = gap - np.hypot(one.value - one.low, two.high - two.value)
    high = gap + np.hypot(one.high - one.value, two.value - two.low)
    return Range(gap, float(low), float(high))


def median_range(values: np.ndarray) -> Range:
    """A median with its distribution-free range from order statistics (Conover 1999)."""
    ordered, n = np.sort(values), len(values)
    if not n:
        return Range(np.nan, np.nan, np.nan)
    reach = Z95 * np.sqrt(n) / 2
    low, high = int(max(np.floor(n / 2 - reach), 0)), int(min(np.ceil(n / 2 + reach), n - 1))
    return Range(float(np.median(ordered)), float(ordered[low]), float(ordered[high]))


def mean_range(values: np.ndarray) -> Range:
    """A mean with its large-sample range."""
    n = len(values)
    mean = float(values.mean()) if n else float("nan")
    reach = Z95 * float(values.std(ddof=1)) / np.sqrt(n) if n > 1 else float("nan")
    return Range(mean, mean - reach, mean + reach)


def share_of_total(values: np.ndarray, inside: np.ndarray) -> Range:
    """A group's share of a sum, with its range over customers (linearised ratio, Cochran 1977)."""
    total, n = float(values.sum()), len(values)
    if not total:
        return Range(np.nan, np.nan, np.nan)
    share = float(values[inside].sum()) / total
    residual = values * (inside - share)
    reach = Z95 * float(residual.std(ddof=1)) * np.sqrt(n) / total if n > 1 else float("nan")
    return Range(share, max(share - reach, 0.0), min(share + reach, 1.0))


def word(delta: float) -> str:
    """The fixed word for a size of effect.

    Examples
    --------
    >>> word(-0.4), word(0.1)
    ('clearly', 'about the same')
    """
    return next(said for limit, said in WORDS if abs(delta) < limit)
