"""The yardstick of `bootstraps.py`: bootstrap stability as one would write it without thinking of time.

Ten full k-means fits on every full bootstrap sample, one thread.
"""

import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from threadpoolctl import threadpool_limits


def overlapping(n: int = 100_000, d: int = 20, seed: int = 0) -> np.ndarray:
    """Six groups of unequal size that overlap, in correlated columns."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 1.1, (6, d)) * (rng.uniform(size=(6, d)) < 0.5)
    labels = rng.choice(6, n, p=[0.3, 0.22, 0.18, 0.14, 0.1, 0.06])
    common = rng.normal(size=(n, 1)) @ rng.uniform(-0.6, 0.6, (1, d))
    X = centres[labels] + common + rng.normal(size=(n, d))
    return (X - X.mean(axis=0)) / X.std(axis=0)


def naive_curve(X: np.ndarray, ks: range, n_boot: int, seed: int = 0) -> tuple[dict[int, float], float]:
    """Mean adjusted Rand index by k, and the CPU seconds it took."""
    rng = np.random.default_rng(seed)
    drawn = rng.integers(0, len(X), (n_boot, len(X)))
    shown = X[:: max(1, len(X) // 20_000)]
    curve, start = {}, time.process_time()
    with threadpool_limits(1):
        for k in ks:
            fits = [KMeans(k, n_init=10, random_state=b).fit(X[rows]) for b, rows in enumerate(drawn)]
            labels = [fit.predict(shown) for fit in fits]
            pairs = [adjusted_rand_score(a, b) for i, a in enumerate(labels) for b in labels[:i]]
            curve[k] = float(np.mean(pairs))

    return curve, time.process_time() - start
