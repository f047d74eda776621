"""Refits on bootstrap samples: how alike are they, segment by segment and customer by customer?"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed
from scipy.optimize import linear_sum_assignment
from tqdm.auto import tqdm

from segkit.segments.clustering.assignment import Learnt
from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.clustering.methods import NOISE, Method
from segkit.segments.space import Space

COMPARED_ROWS = 20_000
"""Rows on which two refits are compared at most."""

READINGS = {0.85: "highly stable", 0.75: "stable", 0.6: "partly stable", 0.0: "unstable"}
N_JOBS = -1
"""Processes that refit side by side; -1 is one for each core."""


@dataclass(frozen=True, eq=False)
class Resamples:
    """Refits on bootstrap samples, kept so that every later view comes from one object.

    Attributes
    ----------
    method : Method
    drawn : ndarray of shape (n_boot, n_drawn)
        Rows of each bootstrap sample.
    fits : dict of int to list of Learnt
        Per k what each refit learnt; of a method that finds k itself, under the k it was asked for.
    """

    method: Method
    drawn: np.ndarray
    fits: Mapping[int, list[Learnt]]

    def labels(self, X: np.ndarray, k: int) -> np.ndarray:
        """Cluster of each row in each refit, shape (n_boot, n_rows); -1 is noise."""
        return np.array([self.method.rule(X, learnt) for learnt in self.fits[k]], dtype=np.int16)

    def only(self, k: int) -> "Resamples":
        """Keep the refits of one k."""
        return replace(self, fits={k: self.fits[k]})


def resample(
    X: np.ndarray,
    method: Method,
    space: Space,
    ks: Sequence[int],
    *,
    n_boot: int,
    n_starts: int,
    random_state: int,
) -> Resamples:
    """Refit a method on bootstrap samples of the rows, for several k.

    Parameters
    ----------
    X : ndarray of shape (n_customers, n_axes)
    method : Method
    space : Space
    ks : sequence of int
    n_boot : int
        Bootstrap samples per k; the same samples serve every k.
    n_starts : int
        Starts per refit. They are part of the statistic: fewer starts read as less stability.
    random_state : int
    """
    rng = np.random.default_rng(random_state)
    drawn = rng.integers(0, len(X), (n_boot, min(len(X), method.refit_rows)))
    seeds = rng.integers(0, 2**31 - 1, (len(ks), n_boot))
    jobs = [(k, boot, int(seeds[row, boot])) for row, k in enumerate(ks) for boot in range(n_boot)]
    calls = (
        delayed(_refit)(method, X, drawn[boot], k, n_starts, seed, space) for k, boot, seed in jobs
    )
    found: dict[int, list[Learnt]] = {k: [] for k in ks}
    for (k, _, _), learnt in zip(
        jobs, side_by_side(calls, len(jobs), "refits on resamples"), strict=True
    ):
        found[k].append(learnt)
    return Resamples(method, drawn, found)


def _refit(
    method: Method, X: np.ndarray, rows: np.ndarray, k: int, n_starts: int, seed: int, space: Space
) -> Learnt:
    with one_thread():
        return method.fit(X[rows], k, n_starts, seed, space)


def side_by_side(calls: Any, total: int, said: str) -> Iterator[Any]:
    """Run joblib calls on all cores and yield their results in order, with a progress bar."""
    results = Parallel(n_jobs=N_JOBS, return_as="generator")(calls)
    yield from tqdm(results, total=total, desc=said, leave=False, disable="SEGKIT_QUIET" in os.environ)


def pairwise_adjusted_rand(labels: np.ndarray) -> np.ndarray:
    """Adjusted Rand index of every pair of partitions of the same rows.

    Parameters
    ----------
    labels : ndarray of shape (n_partitions, n_rows)
        Small integers; -1, noise, counts as a cluster.

    Returns
    -------
    ndarray of shape (n_pairs,)
        1: the same partition; 0: as alike as chance makes them.

    References
    ----------
    Hubert & Arabie 1985, Comparing partitions.
    """
    n_sets, n_rows = labels.shape
    codes = np.arange(NOISE, labels.max() + 1)
    k = len(codes)
    members = (labels[:, None, :] == codes[None, :, None]).astype(np.float32)
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


def segment_jaccard(
    labels: np.ndarray, refits: np.ndarray, drawn: np.ndarray | None = None
) -> np.ndarray:
    """Overlap of each segment with its best match in each refit.

    Parameters
    ----------
    labels : ndarray of int, shape (n_customers,)
        The segments whose stability is asked for, 0 to k - 1; -1 is noise.
    refits : ndarray of int, shape (n_boot, n_customers)
        The same customers as each refit cuts them.
    drawn : ndarray of int, shape (n_boot, n_drawn), optional
        Rows of each bootstrap sample: the overlap is taken on its distinct rows (Hennig 2007).
        Without, on all customers (SLSw, Dolnicar & Leisch 2017).

    Returns
    -------
    ndarray of shape (n_boot, k)
        Largest Jaccard overlap, 0 to 1.

    References
    ----------
    Hennig 2007, Cluster-wise assessment of cluster stability. Dolnicar & Leisch 2017, Using segment
    level stability to select target segments in data-driven market segmentation studies.
    """
    overlaps = []
    for number, refit in enumerate(refits):
        rows = slice(None) if drawn is None else np.unique(drawn[number])
        overlaps.append(overlap(labels[rows], refit[rows], labels.max() + 1).max(axis=1))
    return np.array(overlaps)


def overlap(left: np.ndarray, right: np.ndarray, k: int | None = None) -> np.ndarray:
    """Jaccard index of every segment on the left with every one on the right; noise left out."""
    rows, columns = k or left.max() + 1, max(right.max() + 1, 1)
    shared = np.zeros((rows + 1, columns + 1))
    np.add.at(shared, (left, right), 1)
    union = shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared
    both = np.divide(shared, union, out=np.zeros_like(shared), where=union > 0)
    return both[:rows, :columns]


def matched(labels: np.ndarray, refits: np.ndarray, k: int) -> list[np.ndarray]:
    """For each refit the segment that each of its clusters matches best, one to one.

    Returns
    -------
    list of ndarray of int
        Indexed by the refit's cluster; a cluster that matches none gets k, noise (the last) -1.
    """
    found = []
    for refit in refits:
        both = overlap(labels, refit, k)
        segment, cluster = linear_sum_assignment(both, maximize=True)
        names = np.full(max(both.shape[1], k) + 1, k)
        names[cluster], names[NOISE] = segment, NOISE
        found.append(names)
    return found


def agreement(
    labels: np.ndarray, refits: Iterable[np.ndarray], names: Sequence[np.ndarray]
) -> np.ndarray:
    """Share of refits that put a row into the same segment, 0 to 1."""
    votes = np.zeros(len(labels))
    for refit, renamed in zip(refits, names, strict=True):
        votes += renamed[refit] == labels
    return votes / len(names)


def confused(
    labels: np.ndarray, refits: Iterable[np.ndarray], names: Sequence[np.ndarray], keys: Sequence[str]
) -> pd.DataFrame:
    """Where the refits put each segment's customers: one row and one column per segment.

    Parameters
    ----------
    labels : ndarray of int, shape (n_rows,)
        Place of each row's segment among the keys; -1 is noise.
    refits : iterable of ndarray of int, shape (n_rows,)
    names : sequence of ndarray of int
        From `matched`.
    keys : sequence of str

    Returns
    -------
    pandas.DataFrame
        Share of all placements, 0 to 1. A row adds up to less than 1 where refits have a cluster
        that matches no segment, or call customers noise.
    """
    k = len(keys)
    counts = np.zeros((k + 1, k + 2))
    for refit, renamed in zip(refits, names, strict=True):
        np.add.at(counts, (labels, renamed[refit]), 1)
    share = counts[:k, :k] / np.maximum(counts[:k].sum(axis=1, keepdims=True), 1)
    return pd.DataFrame(share, index=pd.Index(keys, name="segment_key"), columns=list(keys))


def flow(labels_by_k: Mapping[int, np.ndarray]) -> pd.DataFrame:
    """Where the segments of each number come from: how many customers go from k to k + 1.

    Parameters
    ----------
    labels_by_k : dict of int to ndarray of int, shape (n_customers,)

    Returns
    -------
    pandas.DataFrame
        `k`, `segment` (at k), `next_segment` (at the next number), `customers`, `share` of the next
        segment, and `slsa` of the next segment: 1 when all of it comes from one segment, 0 when it
        is made of all in equal parts (one minus the entropy of its origins).

    References
    ----------
    Dolnicar & Leisch 2017: segment level stability across solutions (SLSa).
    """
    tables = []
    ks = sorted(labels_by_k)
    for k, following in pairwise(ks):
        counts = pd.crosstab(labels_by_k[k], labels_by_k[following])
        share = counts / counts.sum()
        entropy = -(share * np.log(share.where(share > 0, 1))).sum() / np.log(max(len(counts), 2))
        table = counts.stack().rename("customers").to_frame()
        table.index.names = ["segment", "next_segment"]
        table = table[table["customers"] > 0].reset_index()
        table["share"] = table["customers"] / table["next_segment"].map(counts.sum())
        table["slsa"] = 1 - table["next_segment"].map(entropy)
        tables.append(table.assign(k=k)[["k", *table.columns]])
    return pd.concat(tables, ignore_index=True) if tables else pd.DataFrame()


def reading(jaccard: float) -> str:
    """A stability, as it is printed, in words, after Hennig (2007).

    Examples
    --------
    >>> reading(0.9), reading(0.7)
    ('highly stable', 'partly stable')
    """
    return next(word for limit, word in READINGS.items() if round(jaccard, 2) >= limit)


def summary(jaccard: np.ndarray, slsw: np.ndarray, keys: Sequence[str]) -> pd.DataFrame:
    """Mean overlap with its 5th and 95th percentile over the refits, one row per segment."""
    low, high = np.quantile(jaccard, [0.05, 0.95], axis=0)
    table = pd.DataFrame({"jaccard": jaccard.mean(axis=0), "low": low, "high": high}, index=keys)
    table["slsw"] = slsw.mean(axis=0)
    return table.assign(reading=table["jaccard"].map(reading)).rename_axis("segment_key")
