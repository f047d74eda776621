"""Planted groups in numbers, in categories, and in both: one default setting, what agreement?

    python -m benchmarks.mixed

The last row is the best that any method could do: each customer in the group that is likeliest when
everything about the groups is known but who is in them.
"""

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

import segkit

CASES = ("both", "categories", "numbers")
LEVELS = np.array(["a", "b", "c"])
N_SETS, APART, LOYAL = 20, 3.0, 0.8


def planted_mixed(
    case: str, seed: int, n: int = 400, apart: float = APART, loyal: float = LOYAL
) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Three groups; three numbers and three categories of three levels, some of them noise.

    Returns
    -------
    pandas.DataFrame, ndarray, ndarray
        The customers, their groups, and the likeliest group of each.
    """
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 3
    apart, loyal = (apart * (case != "categories"), loyal * (case != "numbers"))
    frame = pd.DataFrame(rng.normal(size=(n, 3)), columns=["one", "two", "three"])
    frame += apart * np.eye(3)[labels]
    fit = apart * frame.to_numpy()
    for name in ("fourth", "fifth", "sixth"):
        own = rng.permutation(3)
        stays = rng.uniform(size=n) < loyal
        level = np.where(stays, own[labels], rng.integers(0, 3, n))
        frame[name] = LEVELS[level]
        fit = fit + np.log(np.where(level[:, None] == own, loyal + (1 - loyal) / 3, (1 - loyal) / 3))
    return frame, labels, fit.argmax(axis=1)


def _agreement(case: str, method: str) -> float:
    found = []
    for seed in range(N_SETS):
        frame, labels, best = planted_mixed(case, seed)
        if method != "best possible":
            quick = {"n_boot": 10, "n_blobs": 3, "k_max": 3}
            segments = segkit.fit_segments(frame, 3, method, random_state=seed, **quick)
            best = segments.labels.cat.codes.to_numpy()
        found.append(adjusted_rand_score(labels, best))
    return float(np.mean(found))


def main() -> None:
    """Print the mean adjusted Rand index of 20 sets per case, by method."""
    for method in ("famd", "kprototypes", "gower", "latent_class", "best possible"):
        rows = {case: _agreement(case, method) for case in CASES}
        print(method, " ".join(f"{case} {value:.2f}" for case, value in rows.items()), flush=True)


if __name__ == "__main__":
    main()
