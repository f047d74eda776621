"""Columns of any skew -> columns that distances can be measured in."""

from typing import Any

import numpy as np
from scipy.stats import skew
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.preprocessing import PowerTransformer
from sklearn.utils.validation import check_is_fitted, validate_data


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
        self.methods_ = [self._method(column) for column in X.T]
        self.units_ = np.array([_unit(column) for column in X.T])
        self.lambdas_ = np.array(
            [
                _yeo_johnson().fit(column[:, None]).lambdas_[0] if method == "yeo-johnson" else 1.0
                for method, column in zip(self.methods_, X.T, strict=True)
            ]
        )
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
        for position, method in enumerate(self.methods_):
            X[:, position] = self._apply(X[:, position], position, method)
        return X

    def _method(self, column: np.ndarray) -> str:
        spread = np.ptp(column)
        if spread == 0 or abs(skew(column / spread)) <= self.limit:
            return "none"
        if column.min() >= 0:
            return "root" if column.max() <= 1 else "log"
        return "yeo-johnson"

    def _apply(self, column: np.ndarray, position: int, method: str) -> np.ndarray:
        if method == "root":
            return np.sqrt(np.clip(column, 0, None))
        if method == "log":
            return np.log1p(np.clip(column, 0, None) / self.units_[position])
        if method == "yeo-johnson":
            power = _yeo_johnson()
            power.lambdas_, power.n_features_in_ = self.lambdas_[[position]], 1
            return power.transform(column[:, None])[:, 0]
        return column


def _unit(column: np.ndarray) -> float:
    positive = column[column > 0]
    return float(np.quantile(positive, 0.1)) if positive.size else 1.0


def _yeo_johnson() -> PowerTransformer:
    return PowerTransformer(method="yeo-johnson", standardize=False)
