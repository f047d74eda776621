"""How often is the verdict of `assess_structure` wrong?

    python -m benchmarks.verdicts                # some 40 minutes on 2 cores
    python -m benchmarks.verdicts --sets 3       # a quick look

Structureless populations must not be called natural; planted groups must be found, with their number.
Every set's table is appended to --out, so that a run can be stopped and read at any time.
"""

import argparse
import json
import os
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from joblib import Parallel, delayed

from benchmarks.populations import STRUCTURELESS, along_bases, elongated, equidistant, planted

WIDTHS, LENGTHS = (2, 3, 4, 5, 6, 8, 12, 20), (200, 500, 1_000, 2_000, 5_000)
SMALL = [0.75, 0.18, 0.07]
DESIGNS: dict[str, dict[str, Any]] = {
    "4 sd, n 500": {"n": 500, "apart": 4},
    "3 sd, n 500": {"n": 500, "apart": 3},
    "3 sd, n 2000": {"n": 2_000, "apart": 3},
    "75/18/7, 4 sd, n 500": {"n": 500, "apart": 4, "weights": SMALL},
    "75/18/7, 4 sd, n 2000": {"n": 2_000, "apart": 4, "weights": SMALL},
    "75/18/7, 5 sd, n 500": {"n": 500, "apart": 5, "weights": SMALL},
    "75/18/7 along the bases, 5 sd, n 500": {"n": 500, "apart": 5, "weights": SMALL},
    "answers in 5 steps, 5 sd, n 500": {"n": 500, "apart": 5, "steps": [-1, -0.3, 0.3, 1]},
    "elongated": {"n": 500},
}


def _made(name: str, seed: int) -> tuple[pd.DataFrame, int | None, np.ndarray | None]:
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    if name in STRUCTURELESS:
        frame = STRUCTURELESS[name](rng, int(rng.choice(LENGTHS)), int(rng.choice(WIDTHS)))
        return frame.loc[:, frame.nunique() > 1], None, None
    design, width = DESIGNS[name], int(rng.integers(2, 8))
    if name == "elongated":
        k = int(rng.integers(2, 5))
        frame, labels = elongated(rng, design["n"], width, k, rng.uniform(5, 7), rng.uniform(6, 10))
        return frame, k, labels
    k = 3 if "weights" in design else int(rng.integers(3, 6))
    maker = along_bases if "along" in name else (planted, equidistant)[seed % 2]
    frame, labels = maker(rng, design["n"], width, k, design["apart"], design.get("weights"))
    return (_answers(frame, design["steps"]) if "steps" in design else frame), k, labels


def _answers(frame: pd.DataFrame, steps: list[float]) -> pd.DataFrame:
    """Each column as ordered answers, cut at fixed distances from its mean."""
    scaled = (frame - frame.mean()) / frame.std()
    levels = range(len(steps) + 1)
    cut = {name: np.digitize(column, steps) for name, column in scaled.items()}
    return pd.DataFrame({name: pd.Categorical(codes, levels, True) for name, codes in cut.items()})


def _one(name: str, seed: int, n_boot: int) -> dict[str, Any]:
    os.environ["SEGKIT_QUIET"] = "1"
    from sklearn.metrics import adjusted_rand_score

    import segkit
    from segkit.segments import stability

    stability.N_JOBS = 1  # a set has one core: the others have sets of their own
    frame, k, labels = _made(name, seed)
    structure = segkit.assess_structure(frame, n_boot=n_boot)
    row = {
        "name": name, "seed": seed, "n": len(frame), "columns": frame.shape[1], "true_k": k,
        "verdict": structure.verdict, "k": structure.k, "runner_up": structure.runner_up,
        "p": structure.p, "method": structure.method,
        "gap": None if structure.gap is None else structure.gap.where,
        "warnings": len(structure.warnings),
        "by_k": structure.by_k.round(4).reset_index().to_dict("list"),
    }  # fmt: skip
    if name == "elongated":
        found = segkit.fit_segments(frame, method=structure.method, structure=structure)
        row["adjusted_rand"] = adjusted_rand_score(labels, found.labels)
    return row


def summary(rows: pd.DataFrame) -> str:
    """Rates by family and by design."""
    rows = rows.assign(
        natural=rows["verdict"] == "natural",
        constructive=rows["verdict"] == "constructive",
        exact=rows["k"] == rows["true_k"],
        among_two=(rows["k"] == rows["true_k"]) | (rows["runner_up"] == rows["true_k"]),
        warned=rows["gap"].notna(),
    )
    none = rows[rows["true_k"].isna()]
    parts = [f"{len(none)} structureless sets, natural: {none['natural'].mean():.1%}"]
    parts.append(none.groupby("name")[["natural", "constructive", "warned"]].mean().to_string())
    free = none[none["name"].isin(["isotropic", "uniform"]) & (none["columns"] >= 4)]
    parts.append(f"isotropic, uniform, 4+ columns, constructive: {free['constructive'].mean():.1%}")
    some = rows[rows["true_k"].notna()]
    measures = ["natural", "exact", "among_two", "warned"]
    if "adjusted_rand" in some:
        measures.append("adjusted_rand")
    grouped = some.groupby("name")
    parts.append(grouped[measures].mean().round(3).assign(sets=grouped.size()).to_string())
    return "\n".join(parts)


def main() -> None:
    """Run what is asked for and print the rates."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--sets", type=int, default=10, help="sets per structureless family")
    parser.add_argument("--planted", type=int, default=40, help="sets per planted design")
    parser.add_argument("--boots", type=int, default=20, help="refits per k; segkit's default is 50")
    parser.add_argument("--only", nargs="*", help="names of families or designs")
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("verdicts.jsonl"))
    given = parser.parse_args()
    jobs = [(name, seed) for seed in range(given.sets) for name in STRUCTURELESS]
    jobs += [(name, seed) for seed in range(given.planted) for name in DESIGNS]
    jobs = [(name, given.first_seed + seed) for name, seed in jobs if name in (given.only or [name])]
    rows = []
    with given.out.open("a", encoding="utf-8") as out:
        calls = (delayed(_one)(*job, given.boots) for job in jobs)
        for row in Parallel(n_jobs=-1, return_as="generator")(calls):
            rows.append(row)
            out.write(json.dumps(row) + "\n")
            out.flush()
    print(summary(pd.DataFrame(rows)))


if __name__ == "__main__":
    main()
