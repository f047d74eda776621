"""Planted groups in numbers, in categories, and in both: one default setting, what agreement?

python -m benchmarks.mixed
"""

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

import segkit

CASES = ("both", "categories", "numbers")


def planted_mixed(
    case: str, seed: int, n: int = 400, apart: float = 3.0, loyal: float = 0.8
) -> tuple[pd.DataFrame, np.ndarray]:
    """Three groups; three numbers and three categories of three levels, some of them noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    frame = pd.DataFrame(rng.normal(size=(n, 3)), columns=["one", "two", "three"])
    if case != "categories":
        frame += apart * np.eye(3)[labels]
    for name in ("fourth", "fifth", "sixth"):
        own = rng.permutation(3)[labels]
        stays = rng.uniform(size=n) < (loyal if case != "numbers" else 0)
        frame[name] = np.array(["a", "b", "c"])[np.where(stays, own, rng.integers(0, 3, n))]
    return frame, labels


def main() -> None:
    """Print the mean adjusted Rand index of 20 sets per case, by method."""
    for method in ("famd", "kprototypes", "gower", "latent_class"):
        rows = {}
        for case in CASES:
            found = []
            for seed in range(20):
                frame, labels = planted_mixed(case, seed)
                quick = {"n_boot": 10, "n_blobs": 3, "k_max": 3}
                segments = segkit.fit_segments(frame, 3, method, random_state=seed, **quick)
                found.append(adjusted_rand_score(labels, segments.labels.cat.codes))
            rows[case] = np.mean(found)
        print(method, " ".join(f"{case} {value:.2f}" for case, value in rows.items()), flush=True)


if __name__ == "__main__":
    main()
