"""Is the data lumpier than one blob that looks like it in every other way?"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from joblib import delayed
from scipy.stats import rankdata

from segkit.segments.clustering.assignment import nearest_centre
from segkit.segments.clustering.kmeans import fit_kmeans, one_thread
from segkit.segments.estimators.famd import FAMD
from segkit.segments.evidence.blob import Blob, fit_blob
from segkit.segments.kinds import FEW_LEVELS, is_smooth
from segkit.segments.space import Space, share_a_scale
from segkit.segments.stability import pairwise_adjusted_rand, side_by_side

TEST_ROWS = 2_000
"""Rows tested at most: it bounds the time, and keeps what is significant but trivial out."""
FEW_DIMENSIONS = 3
DATA_STARTS, BLOB_STARTS = 10, 3
SAME = 1e-9
"""A share of the variation, or a spread, below which nothing is left but rounding."""
STEADY_BLOBS, STEADY_REFITS = 4, 8
"""How many blobs are refitted, and how often each, for the blob's own stability."""


@dataclass(frozen=True, eq=False)
class Reference:
    """The tested rows and the blob they are held against.

    Attributes
    ----------
    rows : ndarray of int, shape (n_rows,)
        Which customers are tested.
    names : tuple of str
        Of the numbers.
    joined : ndarray of shape (n_rows, n_columns)
        Scaled numbers, then category codes in the order of their common direction.
    n_numbers : int
    n_axes : int
        Axes of the space in which segments are cut.
    keeps_scale : bool
        The numbers are answers on one scale, which are not divided by their spread.
    blob : Blob
    """

    rows: np.ndarray
    names: tuple[str, ...]
    joined: np.ndarray
    n_numbers: int
    n_axes: int
    keeps_scale: bool
    blob: Blob

    @cached_property
    def tested(self) -> np.ndarray:
        """The tested rows as points."""
        return self.points(self.joined)

    @cached_property
    def is_smooth(self) -> bool:
        """Whether every column has many values and no heavy one."""
        return all(is_smooth(column) for column in self.joined.T)

    @property
    def is_flat(self) -> bool:
        """Whether there are so few dimensions that three or four parts of one cloud tile it."""
        is_stepped = any(len(np.unique(column)) <= FEW_LEVELS for column in self.joined.T)
        return not is_stepped and int(np.linalg.matrix_rank(self.tested)) <= FEW_DIMENSIONS

    def points(self, joined: np.ndarray) -> np.ndarray:
        """Scale rows as the customers were scaled; the same for the data and for every blob."""
        numbers = joined[:, : self.n_numbers]
        if not self.keeps_scale:
            spread = np.where(np.ptp(numbers, axis=0) > 0, numbers.std(axis=0), 1)
            numbers = (numbers - numbers.mean(axis=0)) / spread
        if self.n_numbers == joined.shape[1]:
            return numbers
        categorical = list(range(self.n_numbers, joined.shape[1]))
        famd = FAMD(categorical, n_components=self.n_axes)
        return famd.fit_transform(np.column_stack([numbers, joined[:, self.n_numbers :]]))


def fit_reference(space: Space, coded: np.ndarray, seed: int) -> Reference:
    """Draw the rows to be tested and learn the blob.

    Parameters
    ----------
    space : Space
    coded : ndarray of shape (n_customers, n_columns)
        From `fit_space`.
    seed : int
    """
    rng = np.random.default_rng(seed)
    rows = np.sort(rng.choice(len(coded), min(len(coded), TEST_ROWS), replace=False))
    coded = coded[rows]
    width = len(space.numbers)
    given = coded[:, :width]
    keeps_scale = space.form == "scaled" and share_a_scale(given[:, np.ptp(given, axis=0) > 0])
    # answers as they were given: so the places of a ranking can be compared
    numbers = given if keeps_scale and (space.scale == 1).all() else space.scaled(given)
    codes = [_in_order(numbers, coded[:, width:], place) for place in range(coded.shape[1] - width)]
    joined = np.column_stack([numbers, *codes])
    keep = np.ptp(joined, axis=0) > 0
    joined, n_numbers = joined[:, keep], int(keep[:width].sum())
    names = tuple(np.array(space.numbers, dtype=object)[keep[:width]])
    stepped = np.arange(joined.shape[1]) >= n_numbers
    blob = fit_blob(joined, rng, stepped)
    return Reference(rows, names, joined, n_numbers, len(space.axes), keeps_scale, blob)


def _in_order(numbers: np.ndarray, codes: np.ndarray, place: int) -> np.ndarray:
    """Codes of one category, its levels ordered by what they have in common with all else."""
    others = np.column_stack([numbers, np.delete(codes, place, axis=1)])
    categorical = list(range(numbers.shape[1], others.shape[1]))
    column = codes[:, place]
    if not others.shape[1]:
        return column
    score = FAMD(categorical, n_components=1).fit_transform(others)[:, 0]
    levels, position = np.unique(column, return_inverse=True)
    means = np.array([score[position == level].mean() for level in range(len(levels))])
    return rankdata(means, method="ordinal")[position].astype("float64")


@dataclass(frozen=True, eq=False)
class Lumpiness:
    """How far the data is lumpier than its blobs.

    Attributes
    ----------
    by_k : pandas.DataFrame, one row per k
        `z` (log within-segment share of the variation, against the blobs', in their standard
        deviations; positive: tighter), `delta` (by what share the variation within segments is
        below the blobs'), `null_stability` (mean adjusted Rand index between refits of a blob).
    p : float
        Monte Carlo rank of the largest z over all k, so that trying many is paid for.
    """

    by_k: pd.DataFrame
    p: float


def lumpiness(
    reference: Reference, ks: list[int], *, n_blobs: int, seed: int, bar: bool = True
) -> Lumpiness:
    """Hold the data against its blobs (Monte Carlo test; the statistic is that of k-means)."""
    with one_thread():
        seen = _tightness(reference.tested, ks, DATA_STARTS, seed)
    seeds = np.random.default_rng(seed).integers(0, 2**31 - 1, n_blobs)
    if bar:
        calls = (
            delayed(_one_blob)(reference, ks, int(one), steady=number < STEADY_BLOBS)
            for number, one in enumerate(seeds)
        )
        drawn = list(side_by_side(calls, n_blobs, "one-blob references"))
    else:
        drawn = [_one_blob(reference, ks, int(one), steady=False) for one in seeds]
    tight = np.array([one[0] for one in drawn])
    steady = [one[1] for one in drawn if one[1] is not None]
    middle, spread = tight.mean(axis=0), tight.std(axis=0, ddof=1)
    spread = np.where(spread > SAME, spread, np.inf)
    z = (middle - seen) / spread
    largest = ((middle - tight) / spread).max(axis=1)
    table = pd.DataFrame({"z": z, "delta": 1 - np.exp(seen - middle)}, index=pd.Index(ks, name="k"))
    table["null_stability"] = np.mean(steady, axis=0) if steady else np.nan
    return Lumpiness(table, float((1 + (largest >= z.max()).sum()) / (n_blobs + 1)))


def _one_blob(
    reference: Reference, ks: list[int], seed: int, *, steady: bool
) -> tuple[np.ndarray, np.ndarray | None]:
    rng = np.random.default_rng(seed)
    with one_thread():
        X = reference.points(reference.blob.draw(rng, len(reference.joined)))
        tight = _tightness(X, ks, BLOB_STARTS, seed)
        return tight, steadiness(X, ks, rng, seed) if steady else None


def _tightness(X: np.ndarray, ks: list[int], n_starts: int, seed: int) -> np.ndarray:
    total = ((X - X.mean(axis=0)) ** 2).sum()
    left = [fit_kmeans(X, k, n_starts, seed).inertia_ / total for k in ks]
    return np.log(np.maximum(left, SAME))


def steadiness(X: np.ndarray, ks: list[int], rng: np.random.Generator, seed: int) -> np.ndarray:
    """Mean adjusted Rand index between a few refits, by k."""
    found = []
    samples = rng.integers(0, len(X), (STEADY_REFITS, len(X)))
    for k in ks:
        centres = [fit_kmeans(X[rows], k, DATA_STARTS, seed).cluster_centers_ for rows in samples]
        labels = np.array([nearest_centre(X, {"centres": one}) for one in centres])
        found.append(pairwise_adjusted_rand(labels.astype(np.int16)).mean())
    return np.array(found)
