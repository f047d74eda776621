"""Customers grouped around k of themselves, by Gower's distance between mixed columns."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from segkit.errors import DataError
from segkit.segments.estimators.codes import (
    check_enough_rows,
    encode,
    learn_levels,
    split_columns,
)

STARTS = 3
"""Starts by drawing rows, besides the greedy one; swaps make most of them end alike."""
BLOCK = 64
"""Candidates judged at once: few enough for their distances to stay in the processor's cache."""


class GowerMedoids(ClusterMixin, BaseEstimator):
    """Partition rows around medoids, in Gower's distance.

    Parameters
    ----------
    n_clusters : int, default 8
    categorical : sequence of int, default ()
        Positions of the columns that hold category codes; the others are numbers.
    max_rows : int, default 5000
        More rows are refused: memory grows with their square, 100 MB at 5,000 rows.
    random_state : int, RandomState instance or None, default None
        Draws all starts but the first, which is greedy.

    Attributes
    ----------
    medoid_indices_ : ndarray of int, shape (n_clusters,)
        Rows of the fitted X, the medoid of the largest cluster first.
    medoids_ : ndarray of shape (n_clusters, n_features)
        Those rows, in the units of X.
    lows_, ranges_ : ndarray of shape (n_numeric,)
        Least value and range of each number, in its unit.
    levels_ : list of ndarray
        Codes known per categorical column.
    labels_ : ndarray of int, shape (n_samples,)
    inertia_ : float
        Sum of the rows' distances to their medoids.

    Notes
    -----
    The distance is the mean over columns of |difference| / range for numbers, never above 1, and of
    0 or 1 for equal and different codes; so it lies between 0 and 1. A code that `fit` hasn't seen
    differs from every medoid's. The medoids are found by eager swaps: every row is tried in place of
    every medoid until no swap lowers the sum of distances.

    References
    ----------
    Gower 1971, A general coefficient of similarity and some of its properties.
    Kaufman & Rousseeuw 1990, Finding groups in data.
    Schubert & Rousseeuw 2021, Fast and eager k-medoids clustering.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[20, 0], [22, 0], [24, 0], [60, 1], [61, 1], [65, 1], [66, 1]])
    >>> groups = GowerMedoids(2, categorical=[1], random_state=0).fit(X)
    >>> groups.labels_.tolist(), groups.medoids_.tolist()
    ([1, 1, 1, 0, 0, 0, 0], [[61.0, 1.0], [22.0, 0.0]])
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        categorical: Sequence[int] = (),
        max_rows: int = 5000,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.categorical = categorical
        self.max_rows = max_rows
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> "GowerMedoids":
        """Learn the ranges and find the medoids.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        DataError
            There are more than `max_rows` rows, or fewer than `n_clusters`.
        """
        X = validate_data(self, X, dtype="float64")
        check_enough_rows(X, self.n_clusters)
        if len(X) > self.max_rows:
            raise DataError(
                f"there are {len(X):,} rows",
                f"at most max_rows={self.max_rows:,}",
                "Fit on a sample of the rows and predict the others, or use KPrototypes",
            )
        numbers, codes = split_columns(X, self.categorical)
        self.lows_, self.ranges_ = numbers.min(axis=0), np.ptp(numbers, axis=0)
        self.levels_ = learn_levels(codes)
        columns = self._columns(X)
        with threadpool_limits(1):
            distances = _gower(*columns, *columns)
            rng = check_random_state(self.random_state)
            found = _best_medoids(distances, self.n_clusters, rng)
        labels = distances[found].argmin(axis=0)
        largest_first = np.argsort(-np.bincount(labels, minlength=len(found)), kind="stable")
        self.medoid_indices_ = found[largest_first]
        self.medoids_ = X[self.medoid_indices_]
        to_medoids = self._distances(X)
        self.labels_ = to_medoids.argmin(axis=1)
        self.inertia_ = float(to_medoids.min(axis=1).sum(dtype="float64"))
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Say which medoid is nearest.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of int, shape (n_samples,)
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype="float64")
        return self._distances(X).argmin(axis=1)

    def _distances(self, X: np.ndarray) -> np.ndarray:
        return _gower(*self._columns(X), *self._columns(self.medoids_))

    def _columns(self, X: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Put numbers in units of their range, and codes as positions in the known levels."""
        numbers, codes = split_columns(X, self.categorical)
        unit = np.where(self.ranges_ > 0, self.ranges_, np.finfo("float64").tiny)
        # beyond -1 and 2 the difference to anything seen in fit is above 1, so it counts as 1 anyway
        with np.errstate(over="ignore"):
            shares = np.clip((numbers - self.lows_) / unit, -1, 2)
        return shares.astype("float32"), encode(codes, self.levels_)


def _gower(
    numbers: np.ndarray, codes: np.ndarray, other_numbers: np.ndarray, other_codes: np.ndarray
) -> np.ndarray:
    """Distances of shape (n_rows, n_other_rows), as float32."""
    total = np.zeros((len(numbers), len(other_numbers)), dtype="float32")
    # by blocks of rows, whose sums stay in the processor's cache while columns are added
    for start in range(0, len(numbers), BLOCK):
        block = slice(start, start + BLOCK)
        for column, other in zip(numbers[block].T, other_numbers.T, strict=True):
            total[block] += np.minimum(np.abs(column[:, None] - other), 1)
        for column, other in zip(codes[block].T, other_codes.T, strict=True):
            total[block] += column[:, None] != other
    total /= numbers.shape[1] + codes.shape[1]
    return total


def _best_medoids(distances: np.ndarray, k: int, rng: np.random.RandomState) -> np.ndarray:
    starts = [_greedy(distances, k)] + [_drawn(distances, k, rng) for _ in range(STARTS)]
    found = [_swapped(distances, start) for start in starts]
    return min(found, key=lambda medoids: _total(distances, medoids))


def _total(distances: np.ndarray, medoids: np.ndarray) -> float:
    return float(distances[medoids].min(axis=0).sum(dtype="float64"))


def _greedy(distances: np.ndarray, k: int) -> np.ndarray:
    """Add one medoid after the other, each the one that lowers the sum most (BUILD)."""
    medoids = [int(distances.sum(axis=1).argmin())]
    while len(medoids) < k:
        nearest = distances[medoids].min(axis=0)
        gain = [np.maximum(nearest - row, 0).sum() for row in distances]
        gain_of_new = np.array(gain)
        gain_of_new[medoids] = -1
        medoids.append(int(gain_of_new.argmax()))
    return np.array(medoids)


def _drawn(distances: np.ndarray, k: int, rng: np.random.RandomState) -> np.ndarray:
    """Draw medoids, rows far from those drawn before with a higher probability."""
    medoids = [rng.randint(len(distances))]
    while len(medoids) < k:
        far = distances[medoids].min(axis=0).astype("float64")
        far[medoids] = 0
        chance = far if far.any() else ~np.isin(np.arange(len(far)), medoids)
        medoids.append(rng.choice(len(far), p=chance / chance.sum()))
    return np.array(medoids)


def _swapped(distances: np.ndarray, medoids: np.ndarray) -> np.ndarray:
    """Swap medoids with other rows until a whole round over the rows lowers nothing."""
    n_rows, start, tried, total = len(distances), 0, 0, _total(distances, medoids)
    nearby = _nearby(distances, medoids)
    while tried < n_rows:
        candidates = distances[start : start + BLOCK]
        row, position = _best_swap(candidates, *nearby)
        swapped = medoids.copy()
        swapped[position] = start + row
        lower = _total(distances, swapped)
        tried = tried + len(candidates)
        # sums of float32 differ in their last digits, and swaps for those would go round in circles
        if lower < total * (1 - 1e-9):
            medoids, total, tried = swapped, lower, 0
            nearby = _nearby(distances, medoids)
        start = (start + BLOCK) if start + BLOCK < n_rows else 0
    return medoids


def _nearby(distances: np.ndarray, medoids: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Per row: distance to its medoid, how much farther the second one is, and membership."""
    to_medoids = distances[medoids]
    every, label = np.arange(len(distances)), to_medoids.argmin(axis=0)
    nearest = to_medoids[label, every]
    to_medoids[label, every] = np.inf
    member = np.zeros((len(distances), len(medoids)), dtype="float32")
    member[every, label] = 1
    return nearest, to_medoids.min(axis=0) - nearest, member


def _best_swap(
    candidates: np.ndarray, nearest: np.ndarray, farther: np.ndarray, member: np.ndarray
) -> tuple[int, int]:
    """Which candidate, in place of which medoid, lowers the sum of distances most.

    A row moves to the candidate if that is nearer; if its medoid goes, to the second one at worst.
    """
    change = candidates - nearest
    gained = np.minimum(change, 0).sum(axis=1)
    lost = np.clip(change, 0, farther) @ member
    row, position = np.unravel_index((gained[:, None] + lost).argmin(), lost.shape)
    return int(row), int(position)
