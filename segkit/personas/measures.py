"""How figures of some customers are computed: each counts once, or by a survey's weights."""

from dataclasses import dataclass
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.personas.effects import (
    Z95,
    Range,
    cliffs_delta,
    difference_of_shares,
    mean_range,
    median_range,
    share_of_total,
    standardised_difference,
    wilson,
)

NO_RANGE = Range(np.nan, np.nan, np.nan)


class Sample(NamedTuple):
    """What a weighted figure rests on, beside its customers."""

    weighted_n: float
    """The sum of their weights."""
    effective_n: float
    """As many unweighted customers would say as much (Kish 1965)."""


def effective_n(weights: np.ndarray) -> float:
    """As many unweighted customers would say as much (Kish 1965): (sum w)^2 / sum w^2.

    Examples
    --------
    >>> effective_n(np.array([3.0, 1.0])), effective_n(np.ones(5))
    (1.6, 5.0)
    """
    squares = float((weights**2).sum())
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def scaled_weights(weights: pd.Series, customers: pd.Index) -> pd.Series:
    """The weights of some customers, so that their sum is the number of customers.

    Raises
    ------
    DataError
        A customer has no finite weight above 0.

    Examples
    --------
    >>> scaled_weights(pd.Series({"a": 10.0, "b": 30.0, "c": 5.0}), pd.Index(["a", "b"])).to_dict()
    {'a': 0.5, 'b': 1.5}
    """
    own = weights.reindex(customers).astype("float64")
    n_bad = int((~np.isfinite(own) | (own <= 0)).sum())
    if n_bad:
        raise DataError(
            f"{n_bad:,} of {len(own):,} customers have no weight above 0",
            "a finite weight above 0 for every customer of the segments",
        )
    return own * (len(own) / own.sum())


class Measures:
    """Each customer counts once; `inside` marks a segment's, `values` are without missing ones."""

    columns: tuple[str, ...] = ()
    """What `sample` gives."""

    def among(self, rows: np.ndarray) -> Self:
        """The measures of some of the customers."""
        return self

    def sample(self) -> Sample | None:
        """What figures rest on, beside the number of customers; nothing more unless weighted."""
        return None

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """What each customer adds to a sum."""
        return values

    def share(self, has: np.ndarray) -> Range:
        """Share of those who have something."""
        return wilson(has.sum(), len(has))

    def mean(self, values: np.ndarray) -> Range:
        """A mean."""
        return mean_range(values)

    def median(self, values: np.ndarray) -> Range:
        """A median."""
        return median_range(values)

    def delta(self, values: np.ndarray, inside: np.ndarray) -> Range:
        """Cliff's delta against the rest."""
        return cliffs_delta(values, inside)

    def standardised(self, values: np.ndarray, inside: np.ndarray) -> float:
        """Difference of means from the rest, in standard deviations."""
        return standardised_difference(values, inside)

    def gap(self, has: np.ndarray, inside: np.ndarray) -> Range:
        """A share less that of the rest."""
        n, count = int(inside.sum()), int((has & inside).sum())
        return difference_of_shares(count, n, int(has.sum()) - count, len(inside) - n)

    def part_of_total(self, values: np.ndarray, inside: np.ndarray) -> Range:
        """A segment's share of a sum."""
        return share_of_total(values, inside)


@dataclass(frozen=True, eq=False)
class Weighted(Measures):
    """Each customer stands for as many people as its weight says.

    With equal weights every figure is the unweighted one. Ranges take the customers as drawn one by
    one: shares are Wilson's on Kish's effective number, means and differences linearised, the median's
    is Woodruff's (1952).

    Attributes
    ----------
    weights : ndarray of float, shape (n,)
        Above 0; only their proportions count, but for `sample`.

    Examples
    --------
    >>> Weighted(np.array([3.0, 1.0])).mean(np.array([10.0, 20.0])).value
    12.5
    """

    weights: np.ndarray
    columns = Sample._fields

    def among(self, rows: np.ndarray) -> Self:
        """The measures of some of the customers."""
        return type(self)(self.weights[rows])

    def sample(self) -> Sample:
        """The sum of the weights, and Kish's effective number."""
        return Sample(float(self.weights.sum()), effective_n(self.weights))

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """What each customer adds to a sum."""
        return self.weights * values

    def share(self, has: np.ndarray) -> Range:
        """Share of those who have something."""
        return wilson(*self._counted(has))

    def mean(self, values: np.ndarray) -> Range:
        """A mean."""
        if not len(values):
            return NO_RANGE
        mean = float(np.average(values, weights=self.weights))
        reach = Z95 * np.sqrt(_variance(values - mean, self.weights))
        return Range(mean, float(mean - reach), float(mean + reach))

    def median(self, values: np.ndarray) -> Range:
        """A median; where one half ends just between two values, the middle between them."""
        if not len(values):
            return NO_RANGE
        order = np.argsort(values, kind="stable")
        ordered, reached = values[order], np.cumsum(self.weights[order])
        reached = reached / reached[-1]
        last, slack = len(ordered) - 1, 1e-12
        half = np.searchsorted(reached, 0.5 - slack)
        middle = (ordered[half] + ordered[np.searchsorted(reached, 0.5 + slack, "right")]) / 2
        reach = Z95 / (2 * np.sqrt(effective_n(self.weights)))
        low = np.searchsorted(reached, max(0.5 - reach, 0.0) + slack, "right")
        high = min(np.searchsorted(reached, min(0.5 + reach, 1.0) - slack) + 1, last)
        return Range(float(middle), float(ordered[low]), float(ordered[high]))

    def delta(self, values: np.ndarray, inside: np.ndarray) -> Range:
        """Cliff's delta: over pairs of one inside and one outside, each as heavy as both weights."""
        if inside.all() or not inside.any():
            return NO_RANGE
        w_in, w_out = self.weights[inside], self.weights[~inside]
        above = _below(values[~inside], w_out, values[inside])
        below = 1 - _below(values[inside], w_in, values[~inside])
        area = float(np.average(above, weights=w_in))
        variance = np.nansum([_variance(above - area, w_in), _variance(below - area, w_out)])
        delta, reach = 2 * area - 1, 2 * Z95 * float(np.sqrt(variance))
        return Range(delta, max(delta - reach, -1.0), min(delta + reach, 1.0))

    def standardised(self, values: np.ndarray, inside: np.ndarray) -> float:
        """Difference of means from the rest, in standard deviations."""
        if min(inside.sum(), (~inside).sum()) < 2:
            return float("nan")
        means, squares, freedom = [], 0.0, 0.0
        for side in (inside, ~inside):
            own = self.weights[side]
            means.append(float(np.average(values[side], weights=own)))
            squares += float((own * (values[side] - means[-1]) ** 2).sum())
            freedom += float(own.sum()) * (1 - 1 / len(own))
        return (means[0] - means[1]) / float(np.sqrt(squares / freedom)) if squares else 0.0

    def gap(self, has: np.ndarray, inside: np.ndarray) -> Range:
        """A share less that of the rest."""
        here, rest = self.among(inside), self.among(~inside)
        return difference_of_shares(*here._counted(has[inside]), *rest._counted(has[~inside]))

    def part_of_total(self, values: np.ndarray, inside: np.ndarray) -> Range:
        """A segment's share of a sum."""
        return share_of_total(self.scaled(values), inside)

    def _counted(self, has: np.ndarray) -> tuple[float, float]:
        """How many would have it, and of how many, were the effective number asked."""
        n = effective_n(self.weights)
        return (float(np.average(has, weights=self.weights)) * n if n else 0.0), n


def _below(others: np.ndarray, weights: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Weighted share of others below each value; equal ones count half."""
    ordered, places = np.unique(others, return_inverse=True)
    reached = np.concatenate([[0.0], np.cumsum(np.bincount(places, weights))])
    left, right = (np.searchsorted(ordered, values, side) for side in ("left", "right"))
    return np.asarray((reached[left] + reached[right]) / (2 * reached[-1]))


def _variance(residuals: np.ndarray, weights: np.ndarray) -> float:
    """Of a weighted mean, linearised: its customers drawn one by one, with their weights."""
    n = len(weights)
    if n < 2:
        return float("nan")
    return float(n / (n - 1) * ((weights * residuals) ** 2).sum() / weights.sum() ** 2)
