"""Refits on bootstrap samples: how alike are they, segment by segment and customer by customer?"""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.optimize import linear_sum_assignment
from sklearn import config_context
from sklearn.cluster import KMeans
from threadpoolctl import threadpool_limits
from tqdm.auto import tqdm

SAMPLE_ROWS = 5_000
"""Rows of a bootstrap sample at most: bounds the time, at the price of a slightly low stability."""
COMPARED_ROWS = 20_000
"""Rows on which two refits are compared at most."""

READINGS = {0.85: "highly stable", 0.75: "stable", 0.6: "partly stable", 0.0: "unstable"}


@dataclass(frozen=True, eq=False)
class Resamples:
    """Refits on bootstrap samples, kept so that every later view comes from one object.

    Attributes
    ----------
    drawn : ndarray of shape (n_boot, n_drawn)
        Rows of each bootstrap sample.
    centres : dict of int to ndarray of shape (n_boot, k, n_columns)
        Per k the centres of each refit, in the scaled space.
    """

    drawn: np.ndarray
    centres: Mapping[int, np.ndarray]


def fit_kmeans(X: np.ndarray, k: int, n_starts: int, seed: int) -> KMeans:
    """Fit k-means from k-means++ starts, each run until it hardly moves; the best one is finished.

    That halves the time of finishing all of them. One thread, because here more are slower.
    """
    with threadpool_limits(1), config_context(assume_finite=True, skip_parameter_validation=True):
        rough = KMeans(k, n_init=n_starts, random_state=seed, tol=1e-3).fit(X)
        return KMeans(k, init=rough.cluster_centers_, n_init=1, tol=1e-6).fit(X)


def resample(
    X: np.ndarray, ks: Sequence[int], *, n_boot: int, n_starts: int, random_state: int
) -> Resamples:
    """Refit k-means on bootstrap samples of the rows, for several k.

    Parameters
    ----------
    X : ndarray of shape (n_customers, n_columns)
    ks : sequence of int
    n_boot : int
        Bootstrap samples per k; the same samples serve every k.
    n_starts : int
        Starts per refit. They are part of the statistic: fewer starts read as less stability.
    random_state : int
    """
    rng = np.random.default_rng(random_state)
    drawn = rng.integers(0, len(X), (n_boot, min(len(X), SAMPLE_ROWS)))
    seeds = rng.integers(0, 2**31 - 1, (len(ks), n_boot))
    jobs = [(k, boot, seeds[row, boot]) for row, k in enumerate(ks) for boot in range(n_boot)]
    fits = Parallel(n_jobs=-1, return_as="generator")(
        delayed(_centres)(X[drawn[boot]], k, n_starts, int(seed)) for k, boot, seed in jobs
    )
    found: dict[int, list[np.ndarray]] = {k: [] for k in ks}
    for (k, _, _), centres in zip(jobs, _watched(fits, len(jobs)), strict=True):
        found[k].append(centres)
    return Resamples(drawn, {k: np.stack(centres) for k, centres in found.items()})


def _centres(X: np.ndarray, k: int, n_starts: int, seed: int) -> np.ndarray:
    return fit_kmeans(X, k, n_starts, seed).cluster_centers_


def _watched(fits: Iterator[np.ndarray], total: int) -> Iterator[np.ndarray]:
    quiet = "SEGKIT_QUIET" in os.environ
    yield from tqdm(fits, total=total, desc="refits on resamples", leave=False, disable=quiet)


def nearest_centres(X: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Label rows by their nearest centre, for many sets of centres at once.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
    centres : ndarray of shape (n_sets, k, n_columns)

    Returns
    -------
    ndarray of int8, shape (n_sets, n_rows)
    """
    offset = (centres**2).sum(axis=2)
    labels = [(offset[one] - 2 * X @ centres[one].T).argmin(axis=1) for one in range(len(centres))]
    return np.array(labels, dtype=np.int8)


def pairwise_adjusted_rand(labels: np.ndarray, k: int) -> np.ndarray:
    """Adjusted Rand index of every pair of partitions of the same rows.

    Parameters
    ----------
    labels : ndarray of shape (n_partitions, n_rows)
        Values 0 to k - 1.

    Returns
    -------
    ndarray of shape (n_pairs,)
        1: the same partition; 0: as alike as chance makes them.

    References
    ----------
    Hubert & Arabie 1985, Comparing partitions.
    """
    n_sets, n_rows = labels.shape
    members = (labels[:, None, :] == np.arange(k)[None, :, None]).astype(np.float32)
    flat = members.reshape(n_sets * k, n_rows)
    shared = (flat @ flat.T).astype(np.float64).reshape(n_sets, k, n_sets, k)
    both = (_pairs(shared)).sum(axis=(1, 3))
    single = _pairs(members.sum(axis=2, dtype=np.float64)).sum(axis=1)
    expected = np.outer(single, single) / _pairs(np.float64(n_rows))
    largest = (single[:, None] + single[None, :]) / 2
    first, second = np.triu_indices(n_sets, k=1)
    above, below = (both - expected)[first, second], (largest - expected)[first, second]
    return np.divide(above, below, out=np.ones_like(above), where=below != 0)


def _pairs(count: Any) -> Any:
    return count * (count - 1) / 2


def global_stability(X: np.ndarray, resamples: Resamples, k: int) -> np.ndarray:
    """Adjusted Rand index between every two refits, on the rows at hand."""
    step = max(1, len(X) // COMPARED_ROWS)
    return pairwise_adjusted_rand(nearest_centres(X[::step], resamples.centres[k]), k)


def segment_jaccard(X: np.ndarray, labels: np.ndarray, resamples: Resamples, k: int) -> np.ndarray:
    """Overlap of each segment with its best match in each refit.

    Parameters
    ----------
    X : ndarray of shape (n_customers, n_columns)
    labels : ndarray of int, shape (n_customers,)
        The segments whose stability is asked for.

    Returns
    -------
    ndarray of shape (n_boot, k)
        Largest Jaccard overlap, computed on the distinct rows of each bootstrap sample.

    References
    ----------
    Hennig 2007, Cluster-wise assessment of cluster stability.
    """
    overlaps = []
    for drawn, centres in zip(resamples.drawn, resamples.centres[k], strict=True):
        rows = np.unique(drawn)
        refit = nearest_centres(X[rows], centres[None])[0]
        overlaps.append(_overlap(labels[rows], refit, k).max(axis=1))
    return np.array(overlaps)


def _overlap(left: np.ndarray, right: np.ndarray, k: int) -> np.ndarray:
    """Jaccard index of every segment on the left with every one on the right."""
    shared = np.zeros((k, k))
    np.add.at(shared, (left, right), 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    return np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)


def aligned(X: np.ndarray, labels: np.ndarray, centres: np.ndarray, k: int) -> np.ndarray:
    """Put each refit's centres into the order of the segments that they match best.

    Parameters
    ----------
    centres : ndarray of shape (n_boot, k, n_columns)

    Returns
    -------
    ndarray of the same shape
    """
    ordered = []
    for one, refit in zip(centres, nearest_centres(X, centres), strict=True):
        _, match = linear_sum_assignment(_overlap(labels, refit, k), maximize=True)
        ordered.append(one[match])
    return np.array(ordered)


def agreement(X: np.ndarray, labels: np.ndarray, aligned_centres: np.ndarray) -> np.ndarray:
    """Share of refits that put a row into the same segment, 0 to 1."""
    votes = np.zeros(len(X))
    for centres in aligned_centres:
        votes += nearest_centres(X, centres[None])[0] == labels
    return votes / len(aligned_centres)


def reading(jaccard: float) -> str:
    """A stability in words, after Hennig (2007).

    Examples
    --------
    >>> reading(0.9), reading(0.7)
    ('highly stable', 'partly stable')
    """
    return next(word for limit, word in READINGS.items() if jaccard >= limit)


def summary(jaccard: np.ndarray, keys: Sequence[str]) -> pd.DataFrame:
    """Mean overlap and its 5th and 95th percentile over the refits, one row per segment."""
    low, high = np.quantile(jaccard, [0.05, 0.95], axis=0)
    table = pd.DataFrame({"jaccard": jaccard.mean(axis=0), "low": low, "high": high}, index=keys)
    return table.assign(reading=table["jaccard"].map(reading)).rename_axis("segment_key")
