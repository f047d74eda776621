"""The valley witness: is there less between neighbouring segments than at their centres?

Whatever shape one lump has, a line across it meets its density once: it rises to one peak and falls.
A log-concave cloud (normal, uniform, Laplace, Dirichlet, ...) stays so on every straight cut through
it, and on what two parallel planes leave of it (Prekopa 1973). So the customers between two segments'
centres are looked at along the line that joins them, held inside planes that keep other segments out.
If the segments belong to one lump, their density bulges, or is flat at the worst.

Centres and line are learnt on other customers than those looked at; otherwise k-means, which likes to
cut where it is thin by chance, would dig the valleys itself.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from segkit.segments.clustering.kmeans import fit_kmeans

N_FOLDS, N_REPEATS, N_STARTS = 5, 3, 5
Cut = Callable[[np.ndarray, int, int], np.ndarray]
"""Rows, number of groups and seed -> label of each row."""
EM_STEPS = 15
SHRINKAGE = 0.05
BESIDE = 0.4
"""Planes beside the line stand at this share of the way to a third segment's centre."""
MOST, FEWEST = 4.0, 10
POINTS = np.linspace(-1, 1, 101)


@dataclass(frozen=True, eq=False)
class Valley:
    """Evidence of valleys between the k segments of a cut.

    Attributes
    ----------
    pairs : ndarray of int, shape (n_pairs, 2)
        Neighbouring segments: no third one lies between them.
    z : ndarray of shape (n_pairs,)
        How clearly the density rises from the middle to both centres, in standard errors. Above 2
        a valley; around 0 flat; below, a bulge.
    pooled : float
        Mean of `z` times the root of k - 1.
    labels : ndarray of int, shape (n_rows,)
        The cut of all rows.
    """

    pairs: np.ndarray
    z: np.ndarray
    pooled: float
    labels: np.ndarray


def kmeans_cut(X: np.ndarray, k: int, seed: int) -> np.ndarray:
    """Cut by k-means."""
    return fit_kmeans(X, k, N_STARTS, seed).labels_


def find_valleys(
    X: np.ndarray, k: int, seed: int, *, n_repeats: int = N_REPEATS, cut: Cut = kmeans_cut
) -> Valley:
    """Look for valleys between the k segments of a cut.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
    k : int
    seed : int
    n_repeats : int, default 3
        Divisions into five folds, of which the mean is taken.
    cut : callable, default k-means
    """
    rng = np.random.default_rng(seed)
    labels = cut(X, k, seed)
    centres, _, spread = _mixture(X, labels, k)
    pairs = neighbours(centres @ _whitening(spread))
    z = np.mean([_once(X, centres, pairs, rng, seed, cut) for _ in range(n_repeats)], axis=0)
    return Valley(pairs, z, float(z.mean() * np.sqrt(k - 1)), labels)


def neighbours(centres: np.ndarray) -> np.ndarray:
    """Pairs of centres with no third centre in the ball between them, and the spanning tree."""
    apart = cdist(centres, centres, "sqeuclidean")
    detour = (apart[:, None, :] + apart[None, :, :]).copy()
    k = len(centres)
    detour[np.arange(k), :, np.arange(k)] = detour[:, np.arange(k), np.arange(k)] = np.inf
    near = detour.min(axis=2) >= apart
    tree = minimum_spanning_tree(apart).toarray() > 0
    return np.argwhere(np.triu(near | tree | tree.T, 1))


def _once(
    X: np.ndarray,
    centres: np.ndarray,
    pairs: np.ndarray,
    rng: np.random.Generator,
    seed: int,
    cut: Cut,
) -> np.ndarray:
    fold = rng.permutation(len(X)) % N_FOLDS
    found: list[list[np.ndarray]] = [[] for _ in pairs]
    for one in range(N_FOLDS):
        learnt, shown = X[fold != one], X[fold == one]
        mixture = _mixture(learnt, cut(learnt, len(centres), seed + one), len(centres))
        _, order = linear_sum_assignment(cdist(centres, mixture[0]))
        between = _between(shown, mixture[0][order], mixture[1][order], mixture[2], pairs)
        for place, seen in zip(found, between, strict=True):
            place.append(seen)
    return np.array([rise(np.concatenate(place)) for place in found])


def _whitening(spread: np.ndarray) -> np.ndarray:
    return np.linalg.inv(np.linalg.cholesky(spread)).T


def _between(
    X: np.ndarray, centres: np.ndarray, weights: np.ndarray, spread: np.ndarray, pairs: np.ndarray
) -> list[np.ndarray]:
    """Places of the rows between the two centres of each pair, -1 to 1."""
    centres, X = centres @ _whitening(spread), X @ _whitening(spread)
    distance = cdist(X, centres, "sqeuclidean")
    return [_along(X, centres, weights, distance, i, j) for i, j in pairs]


def _along(
    X: np.ndarray, centres: np.ndarray, weights: np.ndarray, distance: np.ndarray, i: int, j: int
) -> np.ndarray:
    line = centres[j] - centres[i]
    length = float(np.linalg.norm(line)) + 1e-9
    line = line / length
    place = (X - centres[i]) @ line
    low, high = _level_ends(weights[i], weights[j], length)
    inside = (place >= low) & (place <= high)
    middle = (centres[i] + centres[j]) / 2
    for other in np.delete(np.arange(len(centres)), [i, j]):
        aside = centres[other] - middle
        aside = aside - (aside @ line) * line
        reach = np.linalg.norm(aside)
        if reach < 0.3 * length:  # a third centre nearly on the line: keep out its own customers
            inside &= distance[:, other] > np.minimum(distance[:, i], distance[:, j])
        else:
            inside &= (X - middle) @ (aside / reach) <= BESIDE * reach
    return 2 * (place[inside] - low) / (high - low) - 1


def _level_ends(left: float, right: float, length: float) -> tuple[float, float]:
    """Where to start and stop looking: where the larger segment is expected as dense as the smaller.

    From its centre on, the larger one's own flank would hide the smaller one's rise.
    """
    places = np.linspace(0, length, 61)
    expected = left * np.exp(-(places**2) / 2) + right * np.exp(-((places - length) ** 2) / 2)
    lowest = int(expected.argmin())
    start, stop = 0, len(places) - 1
    if expected[0] > expected[-1]:
        start = int(np.flatnonzero(expected[: lowest + 1] >= expected[-1]).max(initial=0))
    else:
        stop = lowest + int(np.flatnonzero(expected[lowest:] >= expected[0]).min(initial=60 - lowest))
    if places[stop] - places[start] < 0.2 * length:
        return 0.0, float(length)
    return float(places[start]), float(places[stop])


def _mixture(X: np.ndarray, labels: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Centres, shares and common spread of a normal mixture, a few EM steps from a cut.

    The cut alone makes overlapping groups look further apart and small ones larger than they are.
    """
    share, total = np.eye(k)[labels], X.T @ X
    for step in range(EM_STEPS + 1):
        sizes = share.sum(axis=0) + 1e-9
        centres = (share.T @ X) / sizes[:, None]
        spread = (total - (centres.T * sizes) @ centres) / len(X)
        level = np.trace(spread) / len(spread)
        spread = (1 - SHRINKAGE) * spread + (SHRINKAGE * level + 1e-9) * np.eye(len(spread))
        if step < EM_STEPS:
            whiten = _whitening(spread)
            fit = np.log(sizes) - cdist(X @ whiten, centres @ whiten, "sqeuclidean") / 2
            share = np.exp(fit - fit.max(axis=1, keepdims=True))
            share /= share.sum(axis=1, keepdims=True)
    return centres, sizes / len(X), spread


def rise(places: np.ndarray) -> float:
    """How clearly a density on -1 to 1 rises from the middle to both ends, in standard errors.

    The density is fitted as exp(a t + b t^2); the smaller of the two slopes at the ends counts, so a
    density that only falls, however steeply, scores below 0.

    Examples
    --------
    >>> bool(rise(np.r_[np.linspace(-1, -0.5, 50), np.linspace(0.5, 1, 50)]) > 3)
    True
    """
    if len(places) < FEWEST:
        return 0.0
    terms = np.column_stack([POINTS, POINTS**2])
    seen = np.array([places.mean(), (places**2).mean()])
    slope = np.zeros(2)
    for _ in range(30):
        density = np.exp(terms @ slope)
        density /= density.sum()
        expected = density @ terms
        spread = (terms * density[:, None]).T @ terms - np.outer(expected, expected)
        spread += 1e-9 * np.eye(2)
        step = np.clip(np.linalg.solve(spread, seen - expected), -2, 2)
        slope = slope + step
        if np.abs(step).max() < 1e-6:
            break
    variance = np.linalg.inv(spread) / len(places)
    ends = np.array([[1.0, 2.0], [-1.0, 2.0]])
    z = (ends @ slope) / np.sqrt(np.einsum("ij,jk,ik->i", ends, variance, ends))
    return float(np.clip(z.min(), -MOST, MOST))
