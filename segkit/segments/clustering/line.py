"""Groups along one line: is a column skewed by its groups, or by a tail?"""

import numpy as np
from sklearn.cluster import KMeans
from sklearn.mixture import GaussianMixture

from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.clustering.mixture import mixture_from

ROWS, GROUPS = 500, (1, 2, 3, 4)


def evenly_ranked(column: np.ndarray) -> np.ndarray:
    """Return at most 500 values at evenly spaced ranks, sorted: the same for any order of the rows."""
    ordered = np.sort(column)
    if len(ordered) <= ROWS:
        return ordered
    return ordered[((np.arange(ROWS) + 0.5) / ROWS * len(ordered)).astype(int)]


def line_bic(values: np.ndarray) -> tuple[int, float]:
    """Return the number of normal groups of one width that BIC takes, and that BIC.

    Parameters
    ----------
    values : ndarray of shape (n_values,)

    Returns
    -------
    int
        1 to 4.
    float
        In the units of the values, so that transforms of one column can be compared.
    """
    spread = values.std()
    X = ((values - values.mean()) / spread)[:, None]
    with one_thread():
        bic = {k: _fitted(X, k).bic(X) for k in GROUPS}
    best = min(bic, key=lambda k: bic[k])
    return best, float(bic[best] + 2 * len(X) * np.log(spread))


def _fitted(X: np.ndarray, k: int) -> GaussianMixture:
    cut = KMeans(k, n_init=3, random_state=0).fit_predict(X)
    return mixture_from(X, k, cut, "tied", 0)
