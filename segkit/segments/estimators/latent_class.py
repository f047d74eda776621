"""Customers as members of hidden classes, each with its own shares of answers and spread of numbers."""

from collections.abc import Sequence
from typing import Any
from warnings import warn

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.segments.clustering.exact import product
from segkit.segments.estimators.codes import (
    check_at_least_one,
    check_enough_rows,
    encode,
    learn_levels,
    split_columns,
)
from segkit.segments.estimators.em import (
    Classes,
    Rows,
    Run,
    drawn_classes,
    normalised,
    run_em,
)

ROUGH_ROWS, ROUGH_ROUNDS = 5_000, 30
"""Rows on which every start is run, and its rounds."""
FINISHED = 3
"""Starts finished on all rows, at most."""


class LatentClass(ClusterMixin, BaseEstimator):
    """Latent class analysis of categories; of numbers, or of both, as a latent profile.

    Parameters
    ----------
    n_components : int, default 2
        Classes.
    categorical : sequence of int or "all", default ()
        Positions of the columns that hold category codes; the others are numbers.
    n_init : int, default 20
        Starts: the likelihood has many local maxima.
    max_iter : int, default 1000
        Rounds of a finishing run at most.
    tol : float, default 1e-6
        A run ends when a round raises `lower_bound_` by less.
    random_state : int, RandomState instance or None, default None

    Attributes
    ----------
    weights_ : ndarray of shape (n_components,)
        Shares of the classes, the largest first.
    probabilities_ : list of ndarray of shape (n_components, n_levels)
        Per categorical column the shares of its levels in each class.
    levels_ : list of ndarray of shape (n_levels,)
        Codes of those levels, as they are in X.
    means_, variances_ : ndarray of shape (n_components, n_numeric)
        Of the numbers in each class, in their units and squared units.
    labels_ : ndarray of int, shape (n_samples,)
        Most likely class.
    n_iter_ : int
        Rounds of the finishing run.
    converged_ : bool
    lower_bound_ : float
        What the rounds raise: log-likelihood and log prior over rows.

    Notes
    -----
    Within a class columns are independent, numbers normal. Every class gets one made-up row: of each
    category its overall shares, of each number a variance of the overall one / n_components**2. So no
    share is 0 and no variance either. A code that `fit` hasn't seen says nothing about the class.

    References
    ----------
    Goodman 1974, Exploratory latent structure analysis using both identifiable and unidentifiable
    models.
    Biernacki, Celeux & Govaert 2003, Choosing starting values for the EM algorithm.
    Fraley & Raftery 2007, Bayesian regularization for normal mixture estimation.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[0, 0, 0]] * 6 + [[1, 1, 1]] * 4)
    >>> classes = LatentClass(2, categorical="all", random_state=0).fit(X)
    >>> classes.weights_.round(1).tolist(), classes.probabilities_[0].round(1).tolist()
    ([0.6, 0.4], [[0.9, 0.1], [0.1, 0.9]])
    """

    def __init__(
        self,
        n_components: int = 2,
        *,
        categorical: Sequence[int] | str = (),
        n_init: int = 20,
        max_iter: int = 1000,
        tol: float = 1e-6,
        random_state: Any = None,
    ) -> None:
        self.n_components = n_components
        self.categorical = categorical
        self.n_init = n_init
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> "LatentClass":
        """Estimate the classes by expectation-maximisation.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        DataError
            There are fewer rows than `n_components`, or a number is the same in all rows.
        ParameterError
            A position in `categorical` doesn't exist or comes twice, or another parameter is too low.
        """
        X = validate_data(self, X, dtype="float64", ensure_min_samples=2)
        check_enough_rows(X, self.n_components)
        check_at_least_one(n_init=self.n_init, max_iter=self.max_iter)
        numbers, codes = split_columns(X, self._places(X.shape[1]))
        self.levels_ = learn_levels(codes)
        self._shift, self._scale = numbers.mean(axis=0), numbers.std(axis=0)
        if not np.ptp(numbers, axis=0).all():
            same = np.setdiff1d(np.flatnonzero(np.ptp(X, axis=0) == 0), self._places(X.shape[1]))
            raise DataError(
                f"column {same[0]} is the same in all rows", "numbers that vary", "Take it out"
            )
        indicators = np.ascontiguousarray(self._indicators(X).T)
        n_levels = sum(len(levels) for levels in self.levels_)
        rows = Rows(indicators, indicators[:n_levels].mean(axis=1), len(self._scale))
        with threadpool_limits(1):
            best = self._best(rows, check_random_state(self.random_state))
        self._learn(best.classes)
        self.n_iter_, self.converged_, self.lower_bound_ = best.n_iter, best.converged, best.bound
        self.labels_ = self.predict(X)
        if not best.converged:
            warn(f"no end within max_iter={self.max_iter}; raise it", ConvergenceWarning, stacklevel=2)
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Say which class is most likely.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of int, shape (n_samples,)
        """
        return self._joint(X).argmax(axis=1)

    def predict_proba(self, X: Any) -> np.ndarray:
        """Say how likely each class is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_components)
            Rows sum to 1.
        """
        return normalised(self._joint(X).T)[1].T

    def score(self, X: Any, y: Any = None) -> float:
        """Mean log-likelihood of a row; higher is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        """
        return float(normalised(self._joint(X).T)[0].mean())

    def bic(self, X: Any) -> float:
        """Bayesian information criterion (Schwarz 1978); lower is better.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        """
        n_rows = len(X)
        free = sum(len(levels) - 1 for levels in self.levels_) + 2 * len(self._scale)
        n_parameters = self.n_components * (free + 1) - 1
        return -2 * n_rows * self.score(X) + n_parameters * float(np.log(n_rows))

    def _places(self, n_features: int) -> Sequence[int]:
        if not isinstance(self.categorical, str):
            return self.categorical
        if self.categorical != "all":
            raise ParameterError(f"categorical is '{self.categorical}'", "positions, or 'all'")
        return range(n_features)

    def _indicators(self, X: np.ndarray) -> np.ndarray:
        """One column per level, then standardised numbers, then their squares."""
        numbers, codes = split_columns(X, self._places(X.shape[1]))
        known = zip(encode(codes, self.levels_).T, self.levels_, strict=True)
        parts = [column[:, None] == np.arange(len(levels)) for column, levels in known]
        standard = (numbers - self._shift) / self._scale
        return np.hstack([*parts, standard, standard**2]).astype("float64")

    def _joint(self, X: Any) -> np.ndarray:
        """Log density of each row and class, in the units of X."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype="float64")
        slopes, offsets = self._classes.linear()
        return product(self._indicators(X), slopes.T) + (offsets - np.log(self._scale).sum())

    def _best(self, rows: "Rows", rng: np.random.RandomState) -> "Run":
        few = len(rows) <= ROUGH_ROWS
        sample = rows if few else rows[np.sort(rng.choice(len(rows), ROUGH_ROWS, replace=False))]
        drawn = [drawn_classes(sample, self.n_components, rng) for _ in range(self.n_init)]
        rough = [run_em(sample, start, ROUGH_ROUNDS, self.tol) for start in drawn]
        rough.sort(key=lambda run: -run.bound)
        runs = [run_em(rows, run.classes, self.max_iter, self.tol) for run in rough[:FINISHED]]
        return max(runs, key=lambda run: run.bound)

    def _learn(self, classes: "Classes") -> None:
        self._classes = classes.at(np.argsort(-classes.weights, kind="stable"))
        self.weights_ = self._classes.weights
        ends = np.cumsum([len(levels) for levels in self.levels_], dtype="int64")[:-1]
        self.probabilities_ = np.split(self._classes.shares, ends, axis=1) if self.levels_ else []
        self.means_ = self._classes.means * self._scale + self._shift
        self.variances_ = self._classes.variances * self._scale**2
