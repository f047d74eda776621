"""The field's other indices of the number of segments: shown beside the verdict, never as it."""

import numpy as np
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score

from segkit.segments.clustering.exact import squared_distances
from segkit.segments.clustering.kmeans import fit_kmeans, one_thread
from segkit.segments.clustering.mixture import mixture_bic

HALVES, BOXES, N_STARTS = 5, 5, 5


def indices(X: np.ndarray, k: int, seed: int) -> dict[str, float]:
    """Return the indices of a k-means cut into k.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_axes)
    k : int
    seed : int

    Returns
    -------
    dict
        `silhouette` (-1 to 1, higher is more separate; Rousseeuw 1987), `calinski_harabasz` (above
        0, higher is better; 1974), `davies_bouldin` (above 0, lower is better; 1979),
        `prediction_strength` (0 to 1, from .8 a usual limit; Tibshirani & Walther 2005), `gap` (log
        within-segment variation below that of a uniform box; Tibshirani, Walther & Hastie 2001),
        `bic` (of a normal mixture with groups of one shape; lower is better).
    """
    rng = np.random.default_rng(seed)
    with one_thread():
        fit = fit_kmeans(X, k, 2 * N_STARTS, seed)
        labels = fit.labels_
        return {
            "silhouette": float(silhouette_score(X, labels)),
            "calinski_harabasz": float(calinski_harabasz_score(X, labels)),
            "davies_bouldin": float(davies_bouldin_score(X, labels)),
            "prediction_strength": _prediction_strength(X, k, rng, seed),
            "gap": _gap(X, k, fit.inertia_, rng, seed),
            "bic": mixture_bic(X, [k], seed)[k],
        }


def _prediction_strength(X: np.ndarray, k: int, rng: np.random.Generator, seed: int) -> float:
    return float(np.mean([_half_predicts_half(X, k, rng, seed) for _ in range(HALVES)]))


def _half_predicts_half(X: np.ndarray, k: int, rng: np.random.Generator, seed: int) -> float:
    """Share of pairs of one half's segment that the other half's centres keep together; the worst."""
    rows = rng.permutation(len(X))
    left, right = X[rows[: len(X) // 2]], X[rows[len(X) // 2 :]]
    own = fit_kmeans(right, k, N_STARTS, seed).labels_
    other = squared_distances(right, fit_kmeans(left, k, N_STARTS, seed).cluster_centers_)
    counts = np.zeros((k, k))
    np.add.at(counts, (own, other.argmin(axis=1)), 1)
    sizes = counts.sum(axis=1)
    together = (counts * (counts - 1)).sum(axis=1) / np.maximum(sizes * (sizes - 1), 1)
    return float(together.min())


def _gap(X: np.ndarray, k: int, inertia: float, rng: np.random.Generator, seed: int) -> float:
    low, high = X.min(axis=0), X.max(axis=0)
    boxes = (rng.uniform(low, high, X.shape) for _ in range(BOXES))
    logs = [np.log(fit_kmeans(box, k, N_STARTS, seed).inertia_) for box in boxes]
    return float(np.mean(logs) - np.log(inertia))
