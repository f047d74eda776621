"""Customers grouped by numbers and categories at once: means of the one, modes of the other."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from segkit.errors import ParameterError
from segkit.segments.clustering.exact import squared_distances
from segkit.segments.estimators.codes import (
    check_at_least_one,
    check_enough_rows,
    encode,
    learn_levels,
    split_columns,
)
from segkit.segments.estimators.prototype_search import columns_of, differing, search


class KPrototypes(ClusterMixin, BaseEstimator):
    """Partition rows around prototypes: a mean per number, the commonest code per category.

    Parameters
    ----------
    n_clusters : int, default 8
    categorical : sequence of int, default ()
        Positions of the columns that hold category codes; the others are numbers. Without any this
        is k-means.
    gamma : float, optional
        Cost of one differing category, in squared units of the numbers. By default half the mean
        standard deviation of the numbers (Huang 1998); 1 if there are none that vary.
    n_init : int, default 10
        Starts.
    max_iter : int, default 100
        Rounds per run at most.
    random_state : int, RandomState instance or None, default None

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_numeric)
        Means, in the units of X; the largest cluster first.
    modes_ : ndarray of shape (n_clusters, n_categorical)
        Codes, as they are in X.
    labels_ : ndarray of int, shape (n_samples,)
    cost_ : float
        Squared distances to the means plus gamma times the differing categories, summed over rows.
    gamma_ : float
    n_iter_ : int
        Rounds of the run that found the prototypes.
    levels_ : list of ndarray
        Codes known per categorical column.

    Notes
    -----
    Numbers must be scaled beforehand. A code that `fit` hasn't seen differs from every mode. Starts
    are drawn as in k-means++ and improved by random swaps, on a sample if there are many rows; they
    are finished on all rows, and rows are moved one by one as long as that lowers the cost. With fewer
    different rows than clusters some clusters stay empty.

    References
    ----------
    Huang 1998, Extensions to the k-means algorithm for clustering large data sets with categorical
    values.
    Arthur & Vassilvitskii 2007, k-means++: the advantages of careful seeding.
    Hartigan & Wong 1979, A k-means clustering algorithm.
    Fränti 2018, Efficiency of random swap clustering.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0], [1.2, 0], [1.1, 1], [5.0, 2], [5.2, 2]])
    >>> groups = KPrototypes(2, categorical=[1], random_state=0).fit(X)
    >>> groups.cluster_centers_.round(1).tolist(), groups.modes_.tolist()
    ([[1.1], [5.1]], [[0.0], [2.0]])
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        categorical: Sequence[int] = (),
        gamma: float | None = None,
        n_init: int = 10,
        max_iter: int = 100,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.categorical = categorical
        self.gamma = gamma
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> "KPrototypes":
        """Find the prototypes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        DataError
            There are fewer rows than `n_clusters`.
        ParameterError
            A position in `categorical` doesn't exist or comes twice, or another parameter is too low.
        """
        X = validate_data(self, X, dtype="float64")
        check_enough_rows(X, self.n_clusters)
        check_at_least_one(n_init=self.n_init, max_iter=self.max_iter)
        numbers, codes = split_columns(X, self.categorical)
        self.levels_ = learn_levels(codes)
        self.gamma_ = _half_spread(numbers) if self.gamma is None else _checked_gamma(self.gamma)
        origin = numbers.mean(axis=0)
        rows = columns_of(numbers - origin, encode(codes, self.levels_), self.levels_, self.gamma_)
        rng = check_random_state(self.random_state)
        with threadpool_limits(1):
            best = search(rows, self.n_clusters, self.n_init, self.max_iter, rng)
        largest_first = np.argsort(-np.bincount(best.labels, minlength=self.n_clusters), kind="stable")
        self.cluster_centers_ = best.means[largest_first] + origin
        self._modes = best.modes[largest_first]
        known = zip(self._modes.T, self.levels_, strict=True)
        self.modes_ = np.array([levels[modes] for modes, levels in known]).T.reshape(self._modes.shape)
        costs = self._costs(X)
        self.labels_, self.n_iter_ = costs.argmin(axis=1), best.n_iter
        self.cost_ = float(costs.min(axis=1).sum())
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Say which prototype is nearest.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of int, shape (n_samples,)
        """
        check_is_fitted(self)
        return self._costs(validate_data(self, X, reset=False, dtype="float64")).argmin(axis=1)

    def _costs(self, X: np.ndarray) -> np.ndarray:
        numbers, codes = split_columns(X, self.categorical)
        mismatches = differing(encode(codes, self.levels_).T, self._modes)
        return squared_distances(numbers, self.cluster_centers_) + self.gamma_ * mismatches.T


def _checked_gamma(gamma: float) -> float:
    if gamma < 0:
        raise ParameterError(f"gamma is {gamma}", "0 or more")
    return float(gamma)


def _half_spread(numbers: np.ndarray) -> float:
    varying = numbers[:, np.ptp(numbers, axis=0) > 0]
    return float(numbers.std(axis=0).mean() / 2) if varying.size else 1.0
