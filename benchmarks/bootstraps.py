"""Bootstrap stability against the naive way: the same curve, and what share of the CPU time?

    python -m benchmarks.bootstraps                     # hours: the naive way is slow
    python -m benchmarks.bootstraps --naive-boots 10    # its time is scaled up, its curve is rougher

The naive way fits k-means with ten starts to full bootstrap samples. Both use one thread and label the
same rows; CPU time is that of this process.
"""

import argparse
import time

import numpy as np
import pandas as pd

from benchmarks.naive_stability import naive_curve, overlapping
from segkit.segments import stability
from segkit.segments.clustering.methods import METHODS
from segkit.segments.space import fit_space
from segkit.segments.stability import COMPARED_ROWS, pairwise_adjusted_rand


def our_curve(X: np.ndarray, ks: range, n_boot: int) -> tuple[dict[int, float], float]:
    """Mean adjusted Rand index by k, and the CPU seconds it took."""
    space, _ = fit_space(pd.DataFrame(X[:50]).rename(columns=str))
    start = time.process_time()
    stability.N_JOBS = 1
    resamples = stability.resample(
        X, METHODS["kmeans"], space, list(ks), n_boot=n_boot, n_starts=20, random_state=0
    )
    shown = X[:: max(1, len(X) // COMPARED_ROWS)]
    curve = {k: float(pairwise_adjusted_rand(resamples.labels(shown, k)).mean()) for k in ks}
    return curve, time.process_time() - start


def main() -> None:
    """Run both and print the curves and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--boots", type=int, default=100)
    parser.add_argument("--naive-boots", type=int, default=100)
    given = parser.parse_args()
    X, ks = overlapping(given.rows), range(2, 11)
    ours, our_time = our_curve(X, ks, given.boots)
    naive, naive_time = naive_curve(X, ks, given.naive_boots)
    naive_time *= given.boots / given.naive_boots
    table = pd.DataFrame({"ours": ours, "naive": naive})
    table["apart"] = (table["ours"] - table["naive"]).abs()
    print(table.round(3).to_string())
    print(f"largest distance {table['apart'].max():.3f}")
    print(f"CPU: ours {our_time:.0f} s, naive {naive_time:.0f} s, ratio 1/{naive_time / our_time:.1f}")


if __name__ == "__main__":
    main()
