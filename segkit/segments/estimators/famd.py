"""Numbers and categories -> scores that weigh both alike."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.extmath import svd_flip
from sklearn.utils.validation import check_is_fitted, validate_data

from segkit.segments.clustering.exact import product


class FAMD(TransformerMixin, BaseEstimator):
    """Factor analysis of mixed data.

    Numbers are standardised; each level of a category becomes an indicator divided by the root of
    its share. Then a number and a category weigh alike, and the components are those of a
    principal component analysis.

    Parameters
    ----------
    categorical : sequence of int, default ()
        Positions of the columns that hold category codes.
    n_components : int, optional
        Components kept. By default those with an eigenvalue above 1, which is that of a column
        which has nothing in common with any other (Kaiser 1960), and at least two.
    pool : float, default 0.02
        Levels rarer than this share of the rows are treated as one.

    Attributes
    ----------
    components_ : ndarray of shape (n_components, n_indicators)
    explained_variance_ : ndarray of shape (n_indicators,)
        Eigenvalues, all of them, largest first.
    levels_ : list of ndarray
        Per category the codes that have an indicator of their own.
    mean_, scale_ : ndarray of shape (n_indicators,)
        Subtracted from and divided into numbers and indicators.
    other_ : list of ndarray
        Per category the codes of its rare levels, which share an indicator.

    Notes
    -----
    A code never seen in `fit` counts as no level at all: its indicators are 0.

    References
    ----------
    Pages 2004, Analyse factorielle de données mixtes.

    Examples
    --------
    >>> X = np.array([[1.0, 0], [2.0, 0], [8.0, 1], [9.0, 1]])
    >>> FAMD(categorical=[1], n_components=1).fit_transform(X).round(1).ravel().tolist()
    [-1.5, -1.3, 1.3, 1.5]
    """

    def __init__(
        self, categorical: Sequence[int] = (), n_components: int | None = None, pool: float = 0.02
    ) -> None:
        self.categorical = categorical
        self.n_components = n_components
        self.pool = pool

    def fit(self, X: Any, y: Any = None) -> "FAMD":
        """Learn scales, levels and components.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        """
        X = validate_data(self, X, dtype="float64", ensure_min_samples=2)
        self._learn_levels(X)
        wide = self._indicators(X)
        is_number = np.arange(wide.shape[1]) < X.shape[1] - len(self.categorical)
        self.mean_ = wide.mean(axis=0)
        spread = np.where(is_number, wide.std(axis=0), np.sqrt(np.abs(self.mean_)))
        self.scale_ = np.where(np.ptp(wide, axis=0) > 0, spread, 1.0)
        centred = (wide - self.mean_) / self.scale_
        _, singular, rows = np.linalg.svd(centred, full_matrices=False)
        rows = svd_flip(None, rows, u_based_decision=False)[1]
        self.explained_variance_ = singular**2 / len(X)
        self.components_ = rows[: self._kept()]
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Return the scores.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_components)
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype="float64")
        return product((self._indicators(X) - self.mean_) / self.scale_, self.components_.T)

    def _kept(self) -> int:
        if self.n_components is not None:
            return self.n_components
        return max(int((self.explained_variance_ > 1 + 1e-9).sum()), 2)

    def _learn_levels(self, X: np.ndarray) -> None:
        self.levels_, self.other_ = [], []
        for position in self.categorical:
            codes, counts = np.unique(X[:, position], return_counts=True)
            common = counts >= self.pool * len(X)
            self.levels_.append(codes[common])
            self.other_.append(codes[~common])

    def _indicators(self, X: np.ndarray) -> np.ndarray:
        """Numbers first, then the levels of each category."""
        parts = [np.delete(X, list(self.categorical), axis=1)]
        for position, levels, rare in zip(self.categorical, self.levels_, self.other_, strict=True):
            parts.append((X[:, [position]] == levels).astype("float64"))
            if len(rare):
                parts.append(np.isin(X[:, [position]], rare).astype("float64"))
        return np.hstack(parts)
