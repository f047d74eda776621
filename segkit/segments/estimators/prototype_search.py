"""The search for prototypes: drawn starts, swaps, and single rows moved while that lowers the cost."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

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


@dataclass(frozen=True)
class Rows:
    """Rows to cluster, column by column: `numbers` (n_numeric, n_rows), `codes` likewise."""

    numbers: np.ndarray
    codes: np.ndarray
    squares: np.ndarray
    n_levels: tuple[int, ...]
    gamma: float

    def __len__(self) -> int:
        return self.numbers.shape[1]

    def __getitem__(self, rows: Any) -> "Rows":
        numbers, codes = self.numbers[:, rows], self.codes[:, rows]
        return replace(self, numbers=numbers, codes=codes, squares=self.squares[rows])


@dataclass(frozen=True)
class Partition:
    """Prototypes with the rows assigned to them and the cost of each row."""

    cost: float
    means: np.ndarray
    modes: np.ndarray
    labels: np.ndarray
    costs: np.ndarray
    n_iter: int


def columns_of(numbers: np.ndarray, codes: np.ndarray, levels: list[np.ndarray], gamma: float) -> Rows:
    """Arrange rows column by column, codes in the smallest integers that hold them."""
    n_levels = tuple(len(known) for known in levels)
    smallest = np.min_scalar_type(max(n_levels, default=1))
    narrow = np.ascontiguousarray(codes.T, dtype=smallest)
    columns = np.ascontiguousarray(numbers.T)
    return Rows(columns, narrow, (columns**2).sum(axis=0), n_levels, gamma)


def search(rows: Rows, k: int, n_init: int, max_iter: int, rng: np.random.RandomState) -> Partition:
    """Find the prototypes with the lowest cost that the starts lead to."""
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


def _cost(partition: Partition) -> float:
    return partition.cost


def differing(codes: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """Count differing categories; codes of shape (n_categorical, n_rows), result (k, n_rows)."""
    count = np.zeros((len(modes), codes.shape[1]), dtype=np.min_scalar_type(len(codes)))
    for column, mode in zip(codes, modes.T, strict=True):
        count += column != mode.astype(codes.dtype)[:, None]
    return count


def _distances(rows: Rows, means: np.ndarray, modes: np.ndarray) -> np.ndarray:
    """Cost of each row in each cluster, shape (k, n_rows)."""
    total = (-2 * means) @ rows.numbers
    total += rows.squares
    total += (means**2).sum(axis=1)[:, None]
    total += rows.gamma * differing(rows.codes, modes)
    return total


def _assigned(rows: Rows, means: np.ndarray, modes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
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


def _prototypes(rows: Rows, labels: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Means and modes of clusters, none of them empty."""
    sizes = np.bincount(labels, minlength=k)
    sums = [np.bincount(labels, column, minlength=k) for column in rows.numbers]
    modes = [
        np.bincount(labels * n + column, minlength=k * n).reshape(k, n).argmax(axis=1)
        for column, n in zip(rows.codes, rows.n_levels, strict=True)
    ]
    means = np.array(sums).T.reshape(k, -1) / np.maximum(sizes, 1)[:, None]
    return means, np.array(modes, dtype="int64").T.reshape(k, -1)


def _settled(rows: Rows, means: np.ndarray, modes: np.ndarray, max_iter: int) -> Partition:
    """Assign rows and move prototypes in turn until no row changes."""
    labels, costs = _assigned(rows, means, modes)
    n_iter, changing = 0, True
    while changing and n_iter < max_iter:
        means, modes = _prototypes(rows, _refilled(labels, costs, len(means)), len(means))
        before, (labels, costs) = labels, _assigned(rows, means, modes)
        n_iter, changing = n_iter + 1, not np.array_equal(before, labels)
    return Partition(float(costs.sum()), means, modes, labels, costs, n_iter)


def _refilled(labels: np.ndarray, costs: np.ndarray, k: int) -> np.ndarray:
    """Give every empty cluster one of the rows that lie worst."""
    empty = np.flatnonzero(np.bincount(labels, minlength=k) == 0)
    if empty.size:
        labels = labels.copy()
        labels[np.argsort(-costs, kind="stable")[: empty.size]] = empty
    return labels


def _drawn(rows: Rows, k: int, rng: np.random.RandomState) -> tuple[np.ndarray, np.ndarray]:
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


def _at(rows: Rows, chosen: list[int]) -> tuple[np.ndarray, np.ndarray]:
    return rows.numbers[:, chosen].T.copy(), rows.codes[:, chosen].T.astype("int64")


def _swapped(
    rows: Rows, best: Partition, n_swaps: int, max_iter: int, rng: np.random.RandomState
) -> Partition:
    """Put a prototype at another row, again and again; keep what lowers the cost."""
    for _ in range(n_swaps):
        means, modes, gone = best.means.copy(), best.modes.copy(), rng.randint(len(best.means))
        (means[gone],), (modes[gone],) = _at(rows, [_drawn_row(best.costs, rng)])
        probe = _settled(rows, means, modes, min(PROBE, max_iter))
        if probe.cost < best.cost * HOPELESS:
            best = min(best, _settled(rows, probe.means, probe.modes, max_iter), key=_cost)
    return best


def _polished(rows: Rows, best: Partition, max_iter: int) -> Partition:
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


def _transfers(rows: Rows, best: Partition) -> tuple[np.ndarray, np.ndarray]:
    """Best other cluster of each row, and by how much the cost falls when the row goes there.

    The means follow the row: that makes leaving worth more and joining cost less. The modes are
    taken as they are.
    """
    sizes = np.bincount(best.labels, minlength=len(best.means))[:, None]
    target, gain = np.empty(len(rows), dtype="int64"), np.empty(len(rows))
    for block in _blocks(len(rows)):
        part, labels = rows[block], best.labels[block]
        every = np.arange(len(labels))
        mismatches = part.gamma * differing(part.codes, best.modes)
        squares = _distances(part, best.means, best.modes) - mismatches
        leaving = squares * (sizes / np.maximum(sizes - 1, 1)) + mismatches
        joining = squares * (sizes / (sizes + 1)) + mismatches
        joining[labels, every] = np.inf
        target[block] = joining.argmin(axis=0)
        gain[block] = leaving[labels, every] - joining[target[block], every]
    return target, gain
