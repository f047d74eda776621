"""Groups that k-means can't cut: small ones beside large ones, as a normal mixture sees them."""

from dataclasses import dataclass

import numpy as np
from joblib import delayed
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.clustering.mixture import fit_mixture, mixture_bic, mixture_cut
from segkit.segments.evidence.choose import CLEAR_VALLEY, FEW_GROUPS, FEWEST_BLOBS, USABLE
from segkit.segments.evidence.reference import SAME, Reference
from segkit.segments.evidence.valley import Valley, find_valleys
from segkit.segments.stability import pairwise_adjusted_rand, side_by_side

BULGE = -2.0
"""Two groups with a valley below this count as one."""
N_REFITS, N_REPEATS = 8, 2
LUMPY, GAIN, VALLEY = 2.5, 0.10, -2.0
BALANCED, PARTED = 0.5, 0.1
STEADY_APART = 0.65
"""What groups of a mixture must show; see `Ellipses`."""


@dataclass(frozen=True, eq=False)
class Ellipses:
    """A normal mixture of groups of one shape.

    Of as many groups as BIC takes; then those that customers bulge between count as one (Hennig
    2010, Methods for merging Gaussian mixture components), for BIC splits a group that is skewed.

    Attributes
    ----------
    k, k_unmerged : int
        Groups, and groups before any were merged.
    gain : float
        By how much the mixture beats a single normal cloud in BIC, a customer, above what it gains
        on one-blob references.
    z : float
        The same in standard deviations of the references' gains.
    valley : float
        Pooled evidence of valleys between the groups, in standard errors.
    stability : float
        Mean adjusted Rand index between refits.
    smallest_share : float
    """

    k: int
    k_unmerged: int
    gain: float
    z: float
    valley: float
    stability: float
    smallest_share: float

    @property
    def is_lumpier(self) -> bool:
        """Whether several groups gain more than they would on one blob.

        Valleys count too: where groups lie along the columns, the blob's margins take their shape.
        """
        return self.gain >= GAIN and self.z + max(self.valley, 0) >= LUMPY

    @property
    def valley_limit(self) -> float:
        """The least valley of natural groups.

        So many that they tile a box must be clearly apart. Groups of like size, which k-means can cut,
        must be parted: the corners of a triangle, shares of three parts, are such.
        """
        if self.k > FEW_GROUPS:
            return CLEAR_VALLEY
        return VALLEY if self.has_small else PARTED

    @property
    def has_small(self) -> bool:
        """Whether a group is less than half as large as equal ones would be."""
        return self.smallest_share * self.k < BALANCED

    def is_natural(self, min_share: float) -> bool:
        """Whether the groups are lumpier than one blob, hardly bulge, are steady and large enough.

        The gain finds small groups that k-means is blind to, but also bent and boxed clouds; on those
        the groups change with the sample, or customers bulge between them. The valley may lie a
        little lower than k-means' for that; see `valley_limit`. A small group is lost in some samples:
        where customers rather thin out between it and the others, they may be less steady.
        """
        is_steady = self.stability >= (STEADY_APART if self.has_small and self.valley >= 0 else USABLE)
        is_parted = self.valley >= self.valley_limit
        return self.is_lumpier and is_steady and is_parted and self.smallest_share >= min_share


def find_ellipses(reference: Reference, bic: dict[int, float], seed: int) -> Ellipses | None:
    """Look for groups with a normal mixture; None if a single one is as good, or no number is enough.

    Where one group more is better still beyond all numbers compared, as in a box or a triangle, the
    mixture tiles a cloud.

    Parameters
    ----------
    reference : Reference
    bic : dict of int to float
        Of the tested rows, from two groups on.
    seed : int
    """
    X = reference.tested
    k = min(bic, key=lambda number: bic[number])
    if k == max(bic) and mixture_bic(X, [k + 1], seed)[k + 1] < bic[k]:
        return None
    usual = _blob_gains(reference, k, seed)
    raw_gain = mixture_bic(X, [1], seed)[1] - bic[k]
    gain = float((raw_gain - usual.mean()) / len(X))
    if gain < GAIN and raw_gain <= 0:
        return None
    valley = _lumps(X, k, seed)
    n_lumps = int(valley.labels.max()) + 1
    return Ellipses(
        k=n_lumps,
        k_unmerged=k,
        gain=gain,
        z=float(gain * len(X) / (usual.std(ddof=1) + SAME)),
        valley=valley.pooled,
        stability=_stability(X, n_lumps, seed),
        smallest_share=float(np.bincount(valley.labels).min() / len(X)),
    )


def _lumps(X: np.ndarray, k: int, seed: int) -> Valley:
    """Valleys between the groups, after those with a bulge between them are made one."""
    with one_thread():
        valley = find_valleys(X, k, seed, n_repeats=N_REPEATS, cut=mixture_cut)
        n_lumps = max(_merged(valley, k), 2)
        if n_lumps < k:
            valley = find_valleys(X, n_lumps, seed, n_repeats=N_REPEATS, cut=mixture_cut)
    return valley


def _stability(X: np.ndarray, k: int, seed: int) -> float:
    drawn = np.random.default_rng(seed).integers(0, len(X), (N_REFITS, len(X)))
    calls = [delayed(_refit)(X, rows, k, seed) for rows in drawn]
    labels = list(side_by_side(calls, N_REFITS, "mixtures on resamples"))
    return float(pairwise_adjusted_rand(np.array(labels, dtype=np.int8)).mean())


def _blob_gains(reference: Reference, k: int, seed: int) -> np.ndarray:
    """What as many groups gain over one on one-blob references, in BIC."""
    seeds = np.random.default_rng(seed).integers(0, 2**31 - 1, FEWEST_BLOBS)
    calls = (delayed(_blob_gain)(reference, k, int(one)) for one in seeds)
    return np.array(list(side_by_side(calls, FEWEST_BLOBS, "mixtures on one-blob references")))


def _blob_gain(reference: Reference, k: int, seed: int) -> float:
    drawn = reference.blob.draw(np.random.default_rng(seed), len(reference.joined))
    bic = mixture_bic(reference.points(drawn), [1, k], seed)
    return bic[1] - bic[k]


def _merged(valley: Valley, k: int) -> int:
    """Groups that are left when those with a bulge between them are one."""
    bulges = valley.pairs[valley.z < BULGE]
    joined = coo_array((np.ones(len(bulges)), (bulges[:, 0], bulges[:, 1])), shape=(k, k))
    return int(connected_components(joined, directed=False)[0])


def _refit(X: np.ndarray, rows: np.ndarray, k: int, seed: int) -> np.ndarray:
    with one_thread():
        return fit_mixture(X[rows], k, seed, ("tied",)).predict(X)
