"""Customers grouped by numbers and categories at once: means of the one, modes of the other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator, ClusterMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted, validate_data
from threadpoolctl import threadpool_limits

from segkit.errors import DataError, ParameterError
from segkit.segments.clustering.exact import squared_distances

ROUGH_ROWS = 20_000
"""Rows on which every start is run; the rest of the search is on all of them."""
ROUGH_SWAPS, SWAPS = 10, 30
"""Swaps tried on each start, and on all rows."""
PROBE, HOPELESS = 4, 1.01
"""A swap is given up when its cost after so many rounds is still so many times the best one."""
FINISHED = 10
"""Starts finished on all rows, at most."""
BLOCK = 4096
"""Rows handled at once: few enough for their distances to stay in the processor's cache."""


class KPrototypes(ClusterMixin, BaseEstimator):
    """Partition rows around prototypes: a mean per number, the commonest code per category.

    Parameters
    ----------
    n_clusters : int, default 8
    categorical : sequence of int, default ()
        Positions of the columns that hold category codes; the others are numbers. Without any this
        is k-means.
    gamma : float, optional
        Cost of one differing category, in squared units of the numbers. By default half the mean
        standard deviation of the numbers (Huang 1998); 1 if there are none that vary.
    n_init : int, default 10
        Starts.
    max_iter : int, default 100
        Rounds per run at most.
    random_state : int, RandomState instance or None, default None

    Attributes
    ----------
    cluster_centers_ : ndarray of shape (n_clusters, n_numeric)
        Means, in the units of X; the largest cluster first.
    modes_ : ndarray of shape (n_clusters, n_categorical)
        Codes, as they are in X.
    labels_ : ndarray of int, shape (n_samples,)
    cost_ : float
        Squared distances to the means plus gamma times the differing categories, summed over rows.
    gamma_ : float
    n_iter_ : int
        Rounds of the run that found the prototypes.
    levels_ : list of ndarray
        Codes known per categorical column.

    Notes
    -----
    Numbers must be scaled beforehand. A code that `fit` hasn't seen differs from every mode. Starts
    are drawn as in k-means++ and improved by random swaps, on a sample if there are many rows; they
    are finished on all rows, and rows are moved one by one as long as that lowers the cost. With fewer
    different rows than clusters some clusters stay empty.

    References
    ----------
    Huang 1998, Extensions to the k-means algorithm for clustering large data sets with categorical
    values.
    Arthur & Vassilvitskii 2007, k-means++: the advantages of careful seeding.
    Hartigan & Wong 1979, A k-means clustering algorithm.
    Fränti 2018, Efficiency of random swap clustering.

    Examples
    --------
    >>> import numpy as np
    >>> X = np.array([[1.0, 0], [1.2, 0], [1.1, 1], [5.0, 2], [5.2, 2]])
    >>> groups = KPrototypes(2, categorical=[1], random_state=0).fit(X)
    >>> groups.cluster_centers_.round(1).tolist(), groups.modes_.tolist()
    ([[1.1], [5.1]], [[0.0], [2.0]])
    """

    def __init__(
        self,
        n_clusters: int = 8,
        *,
        categorical: Sequence[int] = (),
        gamma: float | None = None,
        n_init: int = 10,
        max_iter: int = 100,
        random_state: Any = None,
    ) -> None:
        self.n_clusters = n_clusters
        self.categorical = categorical
        self.gamma = gamma
        self.n_init = n_init
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X: Any, y: Any = None) -> "KPrototypes":
        """Find the prototypes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)
        y : ignored

        Raises
        ------
        DataError
            There are fewer rows than `n_clusters`.
        ParameterError
            A position in `categorical` doesn't exist or comes twice, or another parameter is too low.
        """
        X = validate_data(self, X, dtype="float64")
        check_enough_rows(X, self.n_clusters)
        check_at_least_one(n_init=self.n_init, max_iter=self.max_iter)
        numbers, codes = split_columns(X, self.categorical)
        self.levels_ = learn_levels(codes)
        self.gamma_ = _half_spread(numbers) if self.gamma is None else _checked_gamma(self.gamma)
        origin = numbers.mean(axis=0)
        rows = _rows(numbers - origin, encode(codes, self.levels_), self.levels_, self.gamma_)
        rng = check_random_state(self.random_state)
        with threadpool_limits(1):
            best = _search(rows, self.n_clusters, self.n_init, self.max_iter, rng)
        largest_first = np.argsort(-np.bincount(best.labels, minlength=self.n_clusters), kind="stable")
        self.cluster_centers_ = best.means[largest_first] + origin
        self._modes = best.modes[largest_first]
        known = zip(self._modes.T, self.levels_, strict=True)
        self.modes_ = np.array([levels[modes] for modes, levels in known]).T.reshape(self._modes.shape)
        costs = self._costs(X)
        self.labels_, self.n_iter_ = costs.argmin(axis=1), best.n_iter
        self.cost_ = float(costs.min(axis=1).sum())
        return self

    def predict(self, X: Any) -> np.ndarray:
        """Say which prototype is nearest.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features)

        Returns
        -------
        ndarray of int, shape (n_samples,)
        """
        check_is_fitted(self)
        return self._costs(validate_data(self, X, reset=False, dtype="float64")).argmin(axis=1)

    def _costs(self, X: np.ndarray) -> np.ndarray:
        numbers, codes = split_columns(X, self.categorical)
        differing = _differing(encode(codes, self.levels_).T, self._modes)
        return squared_distances(numbers, self.cluster_centers_) + self.gamma_ * differing.T


def _checked_gamma(gamma: float) -> float:
    if gamma < 0:
        raise ParameterError(f"gamma is {gamma}", "0 or more")
    return float(gamma)


def _half_spread(numbers: np.ndarray) -> float:
    varying = numbers[:, np.ptp(numbers, axis=0) > 0]
    return float(numbers.std(axis=0).mean() / 2) if varying.size else 1.0


def check_enough_rows(X: np.ndarray, k: int) -> None:
    """Refuse to form more groups than there are rows."""
    if not 1 <= k <= len(X):
        raise DataError(f"{k} groups of n_samples={len(X)} are asked for", "1 to n_samples")


def check_at_least_one(**parameters: int) -> None:
    """Refuse parameters below 1."""
    for name, value in parameters.items():
        if value < 1:
            raise ParameterError(f"{name} is {value}", "1 or more")


def split_columns(X: np.ndarray, categorical: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Split X into its numbers and, at the positions `categorical`, its category codes."""
    wrong = [place for place in categorical if place not in range(X.shape[1])]
    if wrong or len(set(categorical)) < len(categorical):
        raise ParameterError(
            f"categorical is {list(categorical)}", f"different positions, 0 to {X.shape[1] - 1}"
        )
    places = np.array(categorical, dtype="int64")
    return np.delete(X, places, axis=1), X[:, places]


def learn_levels(codes: np.ndarray) -> list[np.ndarray]:
    """List the distinct codes of each column, in order."""
    return [np.unique(column) for column in codes.T]


def encode(codes: np.ndarray, levels: list[np.ndarray]) -> np.ndarray:
    """Put positions in `levels` for codes, -1 for a code that isn't among them.

    Examples
    --------
    >>> encode(np.array([[7.0], [5.0], [6.0]]), [np.array([5.0, 7.0])]).ravel().tolist()
    [1, 0, -1]
    """
    found = np.empty(codes.shape, dtype="int64")
    for place, known in enumerate(levels):
        at = np.searchsorted(known, codes[:, place]).clip(max=len(known) - 1)
        found[:, place] = np.where(known[at] == codes[:, place], at, -1)
    return found


@dataclass(frozen=True)
class _Rows:
    """Rows to cluster, column by column: `numbers` (n_numeric, n_rows), `codes` likewise."""

    numbers: np.ndarray
    codes: np.ndarray
    squares: np.ndarray
    n_levels: tuple[int, ...]
    gamma: float

    def __len__(self) -> int:
        return self.numbers.shape[1]

    def __getitem__(self, rows: Any) -> "_Rows":
        numbers, codes = self.numbers[:, rows], self.codes[:, rows]
        return replace(self, numbers=numbers, codes=codes, squares=self.squares[rows])


@dataclass(frozen=True)
class _Partition:
    cost: float
    means: np.ndarray
    modes: np.ndarray
    labels: np.ndarray
    costs: np.ndarray
    n_iter: int


def _rows(numbers: np.ndarray, codes: np.ndarray, levels: list[np.ndarray], gamma: float) -> _Rows:
    n_levels = tuple(len(known) for known in levels)
    smallest = np.min_scalar_type(max(n_levels, default=1))
    narrow = np.ascontiguousarray(codes.T, dtype=smallest)
    columns = np.ascontiguousarray(numbers.T)
    return _Rows(columns, narrow, (columns**2).sum(axis=0), n_levels, gamma)


def _search(rows: _Rows, k: int, n_init: int, max_iter: int, rng: np.random.RandomState) -> _Partition:
    few = len(rows) <= ROUGH_ROWS
    sample = rows if few else rows[np.sort(rng.choice(len(rows), ROUGH_ROWS, replace=False))]
    starts = []
    for _ in range(n_init):
        start = _settled(sample, *_drawn(sample, k, rng), max_iter)
        starts.append(_swapped(sample, start, ROUGH_SWAPS, max_iter, rng))
    starts = sorted(starts, key=_cost)[:FINISHED]
    if not few:
        starts = [_settled(rows, start.means, start.modes, max_iter) for start in starts]
    starts.append(_swapped(rows, min(starts, key=_cost), SWAPS, max_iter, rng))
    return min((_polished(rows, start, max_iter) for start in starts), key=_cost)


def _cost(partition: _Partition) -> float:
    return partition.cost


def _differing(codes: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """Count differing categories; codes of shape (n_categorical, n_rows), result (k, n_rows)."""
    count = np.zeros((len(modes), codes.shape[1]), dtype=np.min_scalar_type(len(codes)))
    for column, mode in zip(codes, modes.T, strict=True):
        count += column != mode.astype(codes.dtype)[:, None]
    return count


def _distances(rows: _Rows, means: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """Cost of each row in each cluster, shape (k, n_rows)."""
    total = (-2 * means) @ rows.numbers
    total += rows.squares
    total += (means**2).sum(axis=1)[:, None]
    total += rows.gamma * _differing(rows.codes, modes)
    return total


def _assigned(rows: _Rows, means: np.ndarray, modes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest cluster of each row, and its cost there."""
    labels, costs = np.zeros(len(rows), dtype="int64"), np.empty(len(rows))
    for block in _blocks(len(rows)):
        distances = _distances(rows[block], means, modes)
        nearest = distances.min(axis=0)
        # the label is the number of clusters passed before the nearest: twice as fast as argmin
        passed = np.ones(len(nearest), dtype=bool)
        for distance in distances[:-1]:
            passed &= distance != nearest
            labels[block] += passed
        costs[block] = nearest
    return labels, costs


def _blocks(n: int) -> Iterator[slice]:
    return (slice(start, start + BLOCK) for start in range(0, n, BLOCK))


def _prototypes(rows: _Rows, labels: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Means and modes of clusters, none of them empty."""
    sizes = np.bincount(labels, minlength=k)
    sums = [np.bincount(labels, column, minlength=k) for column in rows.numbers]
    modes = [
        np.bincount(labels * n + column, minlength=k * n).reshape(k, n).argmax(axis=1)
        for column, n in zip(rows.codes, rows.n_levels, strict=True)
    ]
    means = np.array(sums).T.reshape(k, -1) / np.maximum(sizes, 1)[:, None]
    return means, np.array(modes, dtype="int64").T.reshape(k, -1)


def _settled(rows: _Rows, means: np.ndarray, modes: np.ndarray, max_iter: int) -> _Partition:
    """Assign rows and move prototypes in turn until no row changes."""
    labels, costs = _assigned(rows, means, modes)
    n_iter, changing = 0, True
    while changing and n_iter < max_iter:
        means, modes = _prototypes(rows, _refilled(labels, costs, len(means)), len(means))
        before, (labels, costs) = labels, _assigned(rows, means, modes)
        n_iter, changing = n_iter + 1, not np.array_equal(before, labels)
    return _Partition(float(costs.sum()), means, modes, labels, costs, n_iter)


def _refilled(labels: np.ndarray, costs: np.ndarray, k: int) -> np.ndarray:
    """Give every empty cluster one of the rows that lie worst."""
    empty = np.flatnonzero(np.bincount(labels, minlength=k) == 0)
    if empty.size:
        labels = labels.copy()
        labels[np.argsort(-costs, kind="stable")[: empty.size]] = empty
    return labels


def _drawn(rows: _Rows, k: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
    """Draw prototypes among the rows, each the best of a few drawn in proportion to the cost."""
    chosen = [rng.randint(len(rows))]
    costs = _distances(rows, *_at(rows, chosen))[0]
    n_trials = 2 + int(np.log(k))
    while len(chosen) < k:
        trials = [_drawn_row(costs, rng) for _ in range(n_trials)]
        after = np.minimum(costs, _distances(rows, *_at(rows, trials)))
        best = int(after.sum(axis=1).argmin())
        chosen.append(trials[best])
        costs = after[best]
    return _at(rows, chosen)


def _drawn_row(costs: np.ndarray, rng: np.random.RandomState) -> int:
    upto = np.maximum(costs, 0).cumsum()
    return min(int(np.searchsorted(upto, rng.uniform() * upto[-1], side="right")), len(costs) - 1)


def _at(rows: _Rows, chosen: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return rows.numbers[:, chosen].T.copy(), rows.codes[:, chosen].T.astype("int64")


def _swapped(
    rows: _Rows, best: _Partition, n_swaps: int, max_iter: int, rng: np.random.RandomState
) -> _Partition:
    """Put a prototype at another row, again and again; keep what lowers the cost."""
    for _ in range(n_swaps):
        means, modes, gone = best.means.copy(), best.modes.copy(), rng.randint(len(best.means))
        (means[gone],), (modes[gone],) = _at(rows, [_drawn_row(best.costs, rng)])
        probe = _settled(rows, means, modes, min(PROBE, max_iter))
        if probe.cost < best.cost * HOPELESS:
            best = min(best, _settled(rows, probe.means, probe.modes, max_iter), key=_cost)
    return best


def _polished(rows: _Rows, best: _Partition, max_iter: int) -> _Partition:
    """Move single rows whose change of cluster lowers the cost although they lie nearest."""
    for _ in range(max_iter):
        target, gain = _transfers(rows, best)
        better = np.flatnonzero(gain > 1e-9 * best.cost / len(rows))
        if not better.size:
            break
        for moved in (better, better[[gain[better].argmax()]]):
            labels = best.labels.copy()
            labels[moved] = target[moved]
            after = _settled(rows, *_prototypes(rows, labels, len(best.means)), max_iter)
            if after.cost < best.cost:
                break
        else:
            break
        best = after
    return best


def _transfers(rows: _Rows, best: _Partition) -> tuple[np.ndarray, np.ndarray]:
    """Best other cluster of each row, and by how much the cost falls when the row goes there.

    The means follow the row: that makes leaving worth more and joining cost less. The modes are
    taken as they are.
    """
    sizes = np.bincount(best.labels, minlength=len(best.means))[:, None]
    target, gain = np.empty(len(rows), dtype="int64"), np.empty(len(rows))
    for block in _blocks(len(rows)):
        part, labels = rows[block], best.labels[block]
        every = np.arange(len(labels))
        differing = part.gamma * _differing(part.codes, best.modes)
        squares = _distances(part, best.means, best.modes) - differing
        leaving = squares * (sizes / np.maximum(sizes - 1, 1)) + differing
        joining = squares * (sizes / (sizes + 1)) + differing
        joining[labels, every] = np.inf
        target[block] = joining.argmin(axis=0)
        gain[block] = leaving[labels, every] - joining[target[block], every]
    return target, gain
