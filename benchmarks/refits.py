"""Do segments keep their identity when they are refitted?

    python -m benchmarks.refits              # every method, 10 refits each

Each refit has another seed, shuffled rows and shuffled columns; its segments take the keys of the first
run, and the share of customers who have the same key is printed. Then a group leaves, and one joins:
exactly one segment must be called retired, or new.
"""

import argparse

import numpy as np
import pandas as pd

import segkit
from benchmarks.populations import equidistant
from segkit.segments.identity import keep_keys, match_segments
from segkit.segments.segmentation import Segmentation

METHODS = ("kmeans", "gmm", "ward", "hdbscan", "gower", "famd", "kprototypes", "latent_class")
K, N, APART = 4, 800, 6.0
SETTINGS = {"k_max": K + 1, "n_boot": 10, "n_blobs": 2}


def population(method: str, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Separate groups in the columns that a method is for: numbers, categories or both."""
    frame, group = equidistant(np.random.default_rng(seed), N, 6, K, APART)
    frame.index = [f"c{number:04d}" for number in range(N)]
    if method == "latent_class":
        return frame.apply(_levels), group
    if method in ("famd", "kprototypes", "gower"):
        frame[frame.columns[3:]] = frame[frame.columns[3:]].apply(_levels)
    return frame, group


def _levels(column: pd.Series) -> pd.Series:
    return pd.qcut(column, 4, labels=["never", "seldom", "often", "always"]).astype(str)


def _fitted(frame: pd.DataFrame, k: int, method: str, seed: int) -> Segmentation:
    fixed = None if method == "hdbscan" else k
    return segkit.fit_segments(frame, fixed, method=method, random_state=seed, **SETTINGS)


def agreements(method: str, n_refits: int) -> list[float]:
    """Share of customers with the same key in each refit."""
    frame, _ = population(method, 0)
    first = _fitted(frame, K, method, 0)
    shares = []
    for seed in range(1, n_refits + 1):
        rng = np.random.default_rng(seed)
        shuffled = frame.sample(frac=1, random_state=seed)[list(rng.permutation(frame.columns))]
        refit = _fitted(shuffled, K, method, seed)
        kept = keep_keys(refit, first, shuffled).labels.reindex(frame.index)
        shares.append(float((kept.astype(str) == first.labels.astype(str)).mean()))
    return shares


def changes(method: str, n_refits: int) -> tuple[int, int]:
    """In how many populations the group that left is retired, and the one that joined is new."""
    retired = new = 0
    for seed in range(n_refits):
        frame, group = population(method, seed)
        fewer = frame[group != group[0]]
        whole, part = _fitted(frame, K, method, seed), _fitted(fewer, K - 1, method, seed + 1)
        left = match_segments(whole, part, fewer)
        joined = match_segments(part, whole, frame)
        gone = whole.labels[group == group[0]].mode().item()
        retired += left.retired == (gone,) and left.table["previous_key"].notna().all()
        added = joined.table.loc[joined.table["previous_key"].isna(), "segment_key"]
        new += added.tolist() == [gone] and not joined.retired
    return retired, new


def main() -> None:
    """Measure what is asked for and print one line for each method."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--refits", type=int, default=10)
    parser.add_argument("--methods", nargs="*", default=METHODS)
    given = parser.parse_args()
    for method in given.methods:
        shares = agreements(method, given.refits)
        retired, new = changes(method, given.refits)
        print(
            f"{method}: same key {min(shares):.1%} of customers at least, {np.mean(shares):.1%} on "
            f"average; of {given.refits} groups that left or joined, {retired} retired, {new} new",
            flush=True,
        )


if __name__ == "__main__":
    main()
