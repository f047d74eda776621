"""Columns of any skew -> columns that distances can be measured in."""

from typing import Any

import numpy as np
from scipy.stats import skew
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.preprocessing import PowerTransformer
from sklearn.utils.validation import check_is_fitted, validate_data

from segkit.segments.clustering.line import evenly_ranked, line_bic
from segkit.segments.kinds import is_smooth

CLEAR = 10
"""A difference in BIC that counts as very strong evidence (Kass & Raftery 1995)."""
STEP, LEAST = 1e-5, 1e-300
"""For the slope of a transform: a share of the column's range, and a number whose logarithm exists."""


class Unskew(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    """Straighten strongly skewed columns; leave the others as they are.

    Parameters
    ----------
    limit : float, default 1.0
        A column is strongly skewed when the absolute value of its skewness is above this.

    Attributes
    ----------
    methods_ : list of str of length n_features
        "none", "root", "log" or "yeo-johnson".
    units_ : ndarray of shape (n_features,)
        For "log": the unit in which the column is measured before the logarithm.

    Notes
    -----
    A skewed share (all values in 0 to 1) gets its square root (Legendre & Gallagher 2001); another
    column without negatives becomes log(1 + x / unit), the unit being its tenth percentile above
    zero, so that the result doesn't depend on the currency; a column with negatives is transformed
    after Yeo & Johnson (2000). What is learnt in `fit` is frozen.

    A column that is skewed by groups of unequal size, not by a tail, is left as it is: straightening
    would squash the groups into each other. It is one where two to four normal groups of one width
    describe the column better (by 10 in BIC) than as many describe its transform.

    Examples
    --------
    >>> import numpy as np
    >>> Unskew().fit(np.array([[1.0], [2.0], [3.0], [400.0], [2.0], [1.0]])).methods_
    ['log']
    """

    def __init__(self, limit: float = 1.0) -> None:
        self.limit = limit

    def fit(self, X: Any, y: Any = None) -> "Unskew":
        """Learn what each column needs.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored
        """
        X = validate_data(self, X, dtype="float64")
        learnt = [_learnt(column, self.limit) for column in X.T]
        self.methods_ = [method for method, _, _ in learnt]
        self.units_ = np.array([unit for _, unit, _ in learnt])
        self.lambdas_ = np.array([power for _, _, power in learnt])
        return self

    def transform(self, X: Any) -> np.ndarray:
        """Apply what was learnt.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of shape (n_samples, n_features)
        """
        check_is_fitted(self)
        X = validate_data(self, X, reset=False, dtype="float64", copy=True)
        for place, method in enumerate(self.methods_):
            X[:, place] = _straight(X[:, place], method, self.units_[place], self.lambdas_[place])
        return X


def _learnt(column: np.ndarray, limit: float) -> tuple[str, float, float]:
    """Method, unit and power of one column."""
    method, unit, power = _method(column, limit), _unit(column), 1.0
    if method == "yeo-johnson":
        power = float(_yeo_johnson().fit(column[:, None]).lambdas_[0])
    if method != "none" and is_smooth(column) and _is_grouped(column, method, unit, power):
        return "none", unit, 1.0
    return method, unit, power


def _method(column: np.ndarray, limit: float) -> str:
    spread = np.ptp(column)
    if spread == 0 or abs(skew(column / spread)) <= limit:
        return "none"
    if column.min() >= 0:
        return "root" if column.max() <= 1 else "log"
    return "yeo-johnson"


def _straight(column: np.ndarray, method: str, unit: float, power: float) -> np.ndarray:
    if method == "root":
        return np.sqrt(np.clip(column, 0, None))
    if method == "log":
        return np.log1p(np.clip(column, 0, None) / unit)
    if method == "yeo-johnson":
        transformer = _yeo_johnson()
        transformer.lambdas_, transformer.n_features_in_ = np.array([power]), 1
        return transformer.transform(column[:, None])[:, 0]
    return column


def _is_grouped(column: np.ndarray, method: str, unit: float, power: float) -> bool:
    """Say whether groups describe a column better than its transform."""
    values = evenly_ranked(column)
    n_groups, bic = line_bic(values)
    if n_groups == 1:
        return False
    step = STEP * np.ptp(values)
    below, at, above = (
        _straight(moved, method, unit, power) for moved in (values - step, values, values + step)
    )
    stretch = np.log(np.maximum((above - below) / (2 * step), LEAST)).sum()
    return bic + CLEAR < line_bic(at)[1] - 2 * stretch


def _unit(column: np.ndarray) -> float:
    positive = column[column > 0]
    return float(np.quantile(positive, 0.1)) if positive.size else 1.0


def _yeo_johnson() -> PowerTransformer:
    return PowerTransformer(method="yeo-johnson", standardize=False)
