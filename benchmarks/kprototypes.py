"""k-prototypes side by side with the `kmodes` package: cost first, then time.

    pip install kmodes
    python benchmarks/kprototypes.py

`--rows 20000 --n-init 2` gives a first look in about a minute; the full run takes far longer, nearly
all of it in the other package. Both get the same rows, k, gamma and number of starts, and one thread.
Seconds are those of the processor, so that other work on the computer matters less.
"""

import argparse
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from kmodes.kprototypes import KPrototypes as KmodesKPrototypes
from threadpoolctl import threadpool_limits

from segkit.segments.estimators.kprototypes import KPrototypes

N_GROUPS, N_NUMBERS, N_CATEGORIES, N_LEVELS = 6, 4, 4, 5
CATEGORICAL = list(range(N_NUMBERS, N_NUMBERS + N_CATEGORIES))
SPREAD = 1.5
"""Standard deviation of the groups' means; within a group it is 1."""
KEPT = 0.5
"""Share of rows that have their group's usual level; the others draw any."""


def make_overlapping(n_rows: int, seed: int) -> np.ndarray:
    """Six groups of unequal size that overlap, numbers first, then category codes."""
    rng = np.random.default_rng(seed)
    group = rng.choice(N_GROUPS, n_rows, p=rng.dirichlet(np.full(N_GROUPS, 6.0)))
    numbers = rng.normal(0, SPREAD, (N_GROUPS, N_NUMBERS))[group] + rng.normal(size=(n_rows, N_NUMBERS))
    usual = rng.integers(0, N_LEVELS, (N_GROUPS, N_CATEGORIES))[group]
    drawn = rng.integers(0, N_LEVELS, usual.shape)
    return np.hstack([numbers, np.where(rng.random(usual.shape) < KEPT, usual, drawn)])


def cost(X: np.ndarray, labels: np.ndarray, prototypes: np.ndarray, gamma: float) -> float:
    """Cost of a partition, from its labels and prototypes (numbers first, then codes)."""
    own = prototypes[labels]
    squares = (X[:, :N_NUMBERS] - own[:, :N_NUMBERS]) ** 2
    return float(squares.sum() + gamma * (X[:, N_NUMBERS:] != own[:, N_NUMBERS:]).sum())


def timed(fit: Callable[[], Any]) -> tuple[Any, float]:
    """Return what was fitted, and the processor's seconds on one thread."""
    start = time.process_time()
    with threadpool_limits(1):
        fitted = fit()
    return fitted, time.process_time() - start


def compare(n_rows: int, n_init: int, seed: int) -> bool:
    """Print one line; say whether our cost is no higher."""
    X = make_overlapping(n_rows, seed)
    gamma = float(X[:, :N_NUMBERS].std(axis=0).mean() / 2)
    options = {"gamma": gamma, "n_init": n_init, "random_state": seed}
    segkit = KPrototypes(N_GROUPS, categorical=CATEGORICAL, **options)
    ours, our_seconds = timed(lambda: segkit.fit(X))
    kmodes = KmodesKPrototypes(N_GROUPS, n_jobs=1, **options)
    theirs, their_seconds = timed(lambda: kmodes.fit(X, categorical=CATEGORICAL))
    our_cost = cost(X, ours.labels_, np.hstack([ours.cluster_centers_, ours.modes_]), gamma)
    their_cost = cost(X, theirs.labels_, theirs.cluster_centroids_, gamma)
    held = our_cost <= their_cost * (1 + 1e-12)
    print(
        f"{n_rows:,} rows, {n_init} starts, seed {seed}:"
        f" cost {our_cost:.4f} against {their_cost:.4f}, {'held' if held else 'HIGHER'}"
        f" ({our_cost / their_cost - 1:+.1e});"
        f" {our_seconds:.2f} s against {their_seconds:.1f} s, ratio {their_seconds / our_seconds:.0f}",
        flush=True,
    )
    return held


def main() -> int:
    """Compare on every asked number of rows and seed."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[20_000, 50_000])
    parser.add_argument("--n-init", type=int, default=10)
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2])
    asked = parser.parse_args()
    held = [compare(rows, asked.n_init, seed) for rows in asked.rows for seed in asked.seeds]
    return 0 if all(held) else 1


if __name__ == "__main__":
    sys.exit(main())
