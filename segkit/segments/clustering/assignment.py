"""The rules by which each method places a customer, row by row exact and without any fitted object."""

from collections.abc import Mapping

import numpy as np
from scipy.spatial import cKDTree

from segkit.segments.clustering.exact import product, squared_distances

Learnt = Mapping[str, np.ndarray]
"""Named arrays that a fit has learnt."""


def nearest_centre(X: np.ndarray, learnt: Learnt) -> np.ndarray:
    """Cluster of the nearest centre."""
    return squared_distances(X, learnt["centres"]).argmin(axis=1)


def nearest_prototype(X: np.ndarray, learnt: Learnt) -> np.ndarray:
    """Cluster of the nearest mean of numbers and mode of categories; each mismatch costs gamma."""
    numbers, codes = _split(X, learnt["categorical"])
    cost = squared_distances(numbers, learnt["centres"])
    return (cost + learnt["gamma"] * _mismatches(codes, learnt["modes"])).argmin(axis=1)


def nearest_medoid(X: np.ndarray, learnt: Learnt) -> np.ndarray:
    """Cluster of the nearest medoid by Gower's distance."""
    numbers, codes = _split(X, learnt["categorical"])
    medoids, medoid_codes = _split(learnt["medoids"], learnt["categorical"])
    distance = _mismatches(codes, medoid_codes)
    for column, medoid, width in zip(numbers.T, medoids.T, learnt["ranges"], strict=True):
        apart = np.abs(column[:, None] - medoid) / (width if width > 0 else 1)
        distance += np.minimum(apart, 1)
    return distance.argmin(axis=1)


def likeliest_group(X: np.ndarray, learnt: Learnt) -> np.ndarray:
    """Group of a normal mixture with the highest posterior probability."""
    fits = []
    for centre, factor, weight in zip(
        learnt["centres"], learnt["factors"], learnt["weights"], strict=True
    ):
        distance = (product(X - centre, factor) ** 2).T.sum(axis=0)
        fits.append(np.log(weight) + np.log(np.diag(factor)).sum() - distance / 2)
    return np.argmax(fits, axis=0)


def likeliest_class(X: np.ndarray, learnt: Learnt) -> np.ndarray:
    """Latent class with the highest posterior probability; a level never seen says nothing."""
    numbers, codes = _split(X, learnt["categorical"])
    fit = np.tile(np.log(learnt["weights"]), (len(X), 1))
    for place, column in enumerate(codes.T):
        chances = np.log(learnt[f"chances{place}"])
        for level, chance in zip(learnt[f"levels{place}"], chances.T, strict=True):
            fit[column == level] += chance
    for column, means, variances in zip(
        numbers.T, learnt["means"].T, learnt["variances"].T, strict=True
    ):
        fit -= (column[:, None] - means) ** 2 / (2 * variances) + np.log(variances) / 2
    return fit.argmax(axis=1)


def nearest_example(X: np.ndarray, learnt: Learnt) -> np.ndarray:
    """Cluster of the nearest example, noise where that is noise."""
    nearest = cKDTree(learnt["examples"]).query(X)[1]
    return learnt["example_labels"][nearest].astype(np.int64)


def _split(X: np.ndarray, categorical: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    is_code = np.isin(np.arange(X.shape[1]), categorical)
    return X[:, ~is_code], X[:, is_code]


def _mismatches(codes: np.ndarray, modes: np.ndarray) -> np.ndarray:
    count = np.zeros((len(codes), len(modes)))
    for column, mode in zip(codes.T, modes.T, strict=True):
        count += column[:, None] != mode
    return count
