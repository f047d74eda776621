"""k-means with enough starts, at a bearable price."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import numpy as np
from sklearn import config_context
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from threadpoolctl import ThreadpoolController

START_ROWS = 10_000
"""Rows on which starts are tried; the best are finished on all rows."""
QUICK_ROWS, ROUGH_ROWS, JUDGED_ROWS = 5_000, 3_000, 20_000
"""A refit of more rows is quick: its starts are tried on few rows and judged on more."""
JUDGED, JUDGED_STEPS = 4, 5
FINISHED, MORE_STARTS, MOST_FINISHED = 3, 5, 10
MOST_PASSES, MOST_MOVES = 20, 200


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_thread() -> Iterator[None]:
    """Cap the threads of BLAS and OpenMP: on small matrices more of them are slower."""
    with _controller().limit(limits=1):
        yield


@contextmanager
def _plain() -> Iterator[None]:
    """No checks of input that is checked already, and no word on fewer distinct rows than clusters.

    That happens on resamples of answers in steps; such a cut reads as less stable, which it is.
    """
    with (
        config_context(assume_finite=True, skip_parameter_validation=True),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def fit_kmeans(X: np.ndarray, k: int, n_starts: int, seed: int) -> KMeans:
    """Fit k-means from k-means++ starts, each run until it hardly moves; the best one is finished.

    That halves the time of finishing all of them. Above 10,000 rows the starts see a sample, and the
    best three are finished on all rows. Call it inside `one_thread`.
    """
    with _plain():
        if len(X) <= START_ROWS:
            rough = KMeans(k, n_init=n_starts, random_state=seed, tol=1e-3).fit(X)
            return _finished(X, k, rough.cluster_centers_)
        fits = [_finished(X, k, start) for start in _starts(X, k, n_starts, seed)]
    return min(fits, key=lambda fit: fit.inertia_)


def quick_kmeans(X: np.ndarray, k: int, n_starts: int, seed: int) -> KMeans:
    """Fit k-means for a refit: above 5,000 rows some starts see a sample, one is finished on all.

    Of 20 starts, k + 5: few clusters are found from nearly every start, many from few of them.

    The few best different ones are judged on more rows first: on the sample alone the wrong one of
    two near optima often wins, and the refits would look less stable than the cut of all customers.
    Single precision takes half the time there, and the centres agree to six digits.
    """
    if len(X) <= QUICK_ROWS:
        return fit_kmeans(X, k, n_starts, seed)
    rng = np.random.default_rng(seed)
    rows = X[rng.choice(len(X), min(len(X), JUDGED_ROWS), replace=False)]
    with _plain():
        starts = _starts(rows[:ROUGH_ROWS], k, _quick_starts(k, n_starts), seed, JUDGED)
        judged = rows.astype(np.float32)
        tried = [_from(judged, start, max_iter=JUDGED_STEPS) for start in starts]
        best = min(tried, key=lambda fit: fit.inertia_)
        return _from(X.astype(np.float32), best.cluster_centers_, copy_x=False)


def _quick_starts(k: int, n_starts: int) -> int:
    return max(n_starts * min(k + 5, 20) // 20, 1)


def _from(X: np.ndarray, start: np.ndarray, **settings: Any) -> KMeans:
    return KMeans(len(start), init=start.astype(X.dtype), n_init=1, **settings).fit(X)


def best_kmeans(X: np.ndarray, k: int, n_starts: int, seed: int) -> KMeans:
    """Fit k-means with five times the starts, and finish the best ten: for the cut that is kept."""
    with _plain():
        most = MOST_FINISHED if len(X) <= START_ROWS else FINISHED
        starts = _starts(X, k, MORE_STARTS * n_starts, seed, most)
        fits = [_finished(X, k, start) for start in starts]
    return min(fits, key=lambda fit: fit.inertia_)


def _starts(X: np.ndarray, k: int, n_starts: int, seed: int, most: int = FINISHED) -> list[np.ndarray]:
    """Centres of the best few different starts."""
    rng = np.random.default_rng(seed)
    if len(X) > START_ROWS:
        X = X[rng.choice(len(X), START_ROWS, replace=False)]
    seeds = rng.integers(0, 2**31 - 1, n_starts)
    fits = [KMeans(k, n_init=1, random_state=int(one), tol=1e-3).fit(X) for one in seeds]
    fits.sort(key=lambda fit: fit.inertia_)
    kept: dict[float, np.ndarray] = {}
    for fit in fits:
        kept.setdefault(round(fit.inertia_ / max(fits[0].inertia_, 1e-300), 4), fit.cluster_centers_)
    return list(kept.values())[:most]


def _finished(X: np.ndarray, k: int, start: np.ndarray) -> KMeans:
    """Run Lloyd's steps to the end, then move single rows while that lowers the sum of squares.

    Lloyd's steps alone stop short of the better optimum of Hartigan (1975), which R's k-means finds.
    """
    fit = KMeans(k, init=start, n_init=1, tol=1e-6).fit(X)
    for _ in range(MOST_PASSES):
        labels = _moved(X, fit.labels_, fit.cluster_centers_)
        if labels is None:
            break
        centres = np.array([X[labels == one].mean(axis=0) for one in range(k)])
        fit = KMeans(k, init=centres, n_init=1, tol=1e-6).fit(X)
    return fit


def _moved(X: np.ndarray, labels: np.ndarray, centres: np.ndarray) -> np.ndarray | None:
    """Labels after moving the rows that lower the sum of squares, each checked anew; None if none."""
    sizes = np.bincount(labels, minlength=len(centres)).astype("float64")
    distance = ((X**2).sum(axis=1)[:, None] - 2 * X @ centres.T) + (centres**2).sum(axis=1)
    rows = np.arange(len(X))
    leave = sizes / np.maximum(sizes - 1, 1e-9)
    gain = (distance * leave)[rows, labels][:, None] - distance * (sizes / (sizes + 1))
    gain[rows, labels] = 0
    best = gain.max(axis=1)
    movable = np.flatnonzero(best > 1e-9 * max(distance.sum(), 1e-300) / len(X))
    if not len(movable):
        return None
    labels, centres, moved = labels.copy(), centres.copy(), False
    for row in movable[np.argsort(-best[movable])][:MOST_MOVES]:
        moved |= _move(X[row], row, labels, centres, sizes)
    return labels if moved else None


def _move(x: np.ndarray, row: int, labels: np.ndarray, centres: np.ndarray, sizes: np.ndarray) -> bool:
    """Move one row in place if it still pays, with the centres that follow."""
    here = labels[row]
    if sizes[here] <= 1:
        return False
    distance = ((x - centres) ** 2).sum(axis=1)
    cost = distance * sizes / (sizes + 1)
    cost[here] = distance[here] * sizes[here] / (sizes[here] - 1)
    there = int(cost.argmin())
    if there == here or cost[there] >= cost[here] * (1 - 1e-9):
        return False
    centres[here] -= (x - centres[here]) / (sizes[here] - 1)
    centres[there] += (x - centres[there]) / (sizes[there] + 1)
    sizes[here] -= 1
    sizes[there] += 1
    labels[row] = there
    return True
