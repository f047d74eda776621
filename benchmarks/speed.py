"""How long do structure, number and segment stability take on a table of a given size?

python -m benchmarks.speed 20000 200000
"""

import sys
import time

import numpy as np
import pandas as pd

import segkit


def table(n: int, d: int = 8, seed: int = 0) -> pd.DataFrame:
    """Customers of four overlapping groups with skewed, correlated columns."""
    rng = np.random.default_rng(seed)
    centres = rng.normal(0, 1, (4, d))
    common = rng.normal(size=(n, 1))
    X = centres[rng.integers(0, 4, n)] + 0.6 * common + rng.normal(size=(n, d))
    X[:, : d // 2] = np.exp(X[:, : d // 2])
    return pd.DataFrame(X, columns=[f"x{place}" for place in range(d)])


def main() -> None:
    """Time `assess_structure` and `fit_segments` for each number of rows asked for."""
    for n in [int(one) for one in sys.argv[1:]] or [20_000, 200_000]:
        frame = table(n)
        start = time.perf_counter()
        structure = segkit.assess_structure(frame)
        assessed = time.perf_counter() - start
        segments = segkit.fit_segments(frame, structure=structure)
        whole = time.perf_counter() - start
        print(f"{n:,} x {frame.shape[1]}: structure {assessed:.1f} s, with segments {whole:.1f} s")
        print(f"  {structure.verdict}, k {structure.k}, {segments.stability['jaccard'].min():.2f}")


if __name__ == "__main__":
    main()
