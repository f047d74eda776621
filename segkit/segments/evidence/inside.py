"""Segments that fall into groups of their own: a cut that is too coarse."""

import numpy as np
from joblib import delayed

from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.evidence.choose import is_natural, valley_limits
from segkit.segments.evidence.reference import fit_reference, lumpiness, steadiness
from segkit.segments.evidence.valley import find_valleys
from segkit.segments.space import Space
from segkit.segments.stability import side_by_side

INSIDE_ROWS, INSIDE_BLOBS, INSIDE_KS = 100, 19, (2, 3)
"""A segment of so many customers is looked into for groups of its own, against so many blobs."""


def look_inside(coded: np.ndarray, labels: np.ndarray, space: Space, seed: int) -> list[str]:
    """Say which segments fall into groups of their own: the cut is too coarse."""
    inside = [np.flatnonzero(labels == one) for one in range(labels.max() + 1)]
    inside = [rows for rows in inside if len(rows) >= INSIDE_ROWS]
    calls = (delayed(_is_several)(space, coded[rows], seed) for rows in inside)
    found = list(side_by_side(calls, len(inside), "groups inside segments"))
    return [
        f"Too coarse: the segment of {len(rows) / len(coded):.0%} of customers falls into separate "
        "groups of its own. Try a larger number, or segments inside this one."
        for rows, several in zip(inside, found, strict=True)
        if several
    ]


def _is_several(space: Space, coded: np.ndarray, seed: int) -> bool:
    if not np.ptp(coded, axis=0).any():
        return False
    reference = fit_reference(space, coded, seed)
    X = reference.tested
    ks = [k for k in INSIDE_KS if k < len(np.unique(X, axis=0))]
    if not ks:
        return False
    lumps = lumpiness(reference, ks, n_blobs=INSIDE_BLOBS, seed=seed, bar=False)
    with one_thread():
        steady = steadiness(X, ks, np.random.default_rng(seed), seed)
        valleys = [find_valleys(X, k, seed).pooled for k in ks]
    limits = valley_limits(ks, len(X), must_be_clear=reference.is_flat)
    by_k = lumps.by_k.assign(stability=steady, valley=valleys, valley_limit=limits)
    return bool(is_natural(by_k, lumps.p).any())
