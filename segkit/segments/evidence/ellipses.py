"""Groups that k-means can't cut: small ones beside large ones, as a normal mixture sees them."""

from dataclasses import dataclass

import numpy as np
from joblib import delayed
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.clustering.mixture import fit_mixture, mixture_bic, mixture_cut
from segkit.segments.evidence.choose import USABLE, VALLEY
from segkit.segments.evidence.valley import Valley, find_valleys
from segkit.segments.stability import pairwise_adjusted_rand, side_by_side

BULGE = -1.5
N_REFITS, N_REPEATS = 8, 2


@dataclass(frozen=True, eq=False)
class Ellipses:
    """A normal mixture of groups of one shape.

    Of as many groups as BIC takes; then those that customers bulge between count as one (Hennig
    2010, Methods for merging Gaussian mixture components), for BIC splits a group that is skewed.

    Attributes
    ----------
    k : int
    valley : float
        Pooled evidence of valleys between the groups, in standard errors.
    stability : float
        Mean adjusted Rand index between refits.
    smallest_share : float
    """

    k: int
    valley: float
    stability: float
    smallest_share: float

    def is_natural(self, min_share: float) -> bool:
        """Whether the groups are level or separate, steady, and large enough."""
        steady = self.valley >= VALLEY and self.stability >= USABLE
        return steady and self.smallest_share >= min_share


def find_ellipses(X: np.ndarray, bic: dict[int, float], seed: int) -> Ellipses | None:
    """Look for groups with a normal mixture; None if BIC takes a single one.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_axes)
    bic : dict of int to float
        From two groups on.
    seed : int
    """
    k = min(bic, key=lambda number: bic[number])
    if mixture_bic(X, [1], seed)[1] <= bic[k]:
        return None
    with one_thread():
        valley = find_valleys(X, k, seed, n_repeats=N_REPEATS, cut=mixture_cut)
        n_lumps = max(_merged(valley, k), 2)
        if n_lumps < k:
            k = n_lumps
            valley = find_valleys(X, k, seed, n_repeats=N_REPEATS, cut=mixture_cut)
    sizes = np.bincount(valley.labels, minlength=k)
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(X), (N_REFITS, len(X)))
    calls = [delayed(_refit)(X, rows, k, seed) for rows in drawn]
    labels = list(side_by_side(calls, N_REFITS, "mixtures on resamples"))
    stability = pairwise_adjusted_rand(np.array(labels, dtype=np.int8)).mean()
    return Ellipses(k, valley.pooled, float(stability), float(sizes.min() / len(X)))


def _merged(valley: Valley, k: int) -> int:
    """Groups that are left when those with a bulge between them are one."""
    bulges = valley.pairs[valley.z < BULGE]
    joined = coo_array((np.ones(len(bulges)), (bulges[:, 0], bulges[:, 1])), shape=(k, k))
    return int(connected_components(joined, directed=False)[0])


def _refit(X: np.ndarray, rows: np.ndarray, k: int, seed: int) -> np.ndarray:
    with one_thread():
        return fit_mixture(X[rows], k, seed, ("tied",)).predict(X)
