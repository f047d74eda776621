"""The same data through segkit and its peers.

    SEGKIT_DATA=... python -m benchmarks.peers      # needs Rscript with the package fpc

Per-segment bootstrap Jaccard against R's fpc::clusterboot on iris and Old Faithful, the best known sum
of squares on the fast-food survey of Dolnicar, Gruen & Leisch (2018), and what segkit says of three
real shops.
"""

import io
import os
import subprocess
import tempfile
from contextlib import chdir, redirect_stdout
from pathlib import Path

import numpy as np
import pandas as pd

import segkit
from segkit.cli import main as command
from segkit.segments.evidence.structure import Structure

BEST_KNOWN = 1602.9
R_SCRIPT = """
suppressMessages(library(fpc))
given <- commandArgs(trailingOnly = TRUE)
data <- scale(read.csv(given[1])); k <- as.integer(given[2])
found <- clusterboot(data, B = 100, bootmethod = "boot", clustermethod = kmeansCBI, krange = k,
                     runs = 20, seed = 1, count = FALSE)
cat(found$bootmean, sep = " "); cat("\n")
cat(as.integer(table(found$partition)), sep = " ")
"""


def clusterboot(frame: pd.DataFrame, k: int) -> pd.Series:
    """Per-segment Jaccard of fpc::clusterboot on the scaled columns, largest segment first."""
    with tempfile.TemporaryDirectory() as folder:
        table, script = Path(folder, "data.csv"), Path(folder, "boot.R")
        frame.to_csv(table, index=False)
        script.write_text(R_SCRIPT, encoding="utf-8")
        call = ["Rscript", "--vanilla", str(script), str(table), str(k)]
        told = subprocess.run(call, capture_output=True, text=True, check=True).stdout.split("\n")
    jaccard, sizes = (np.array(line.split(), dtype="float64") for line in told[:2])
    order = np.argsort(-sizes, kind="stable")
    return pd.Series(jaccard[order], index=sizes[order].astype(int))


def peer_frames() -> dict[str, pd.DataFrame]:
    """Iris and Old Faithful, the latter as R holds it."""
    from sklearn.datasets import load_iris

    call = ["Rscript", "--vanilla", "-e", "write.csv(faithful, row.names = FALSE)"]
    text = subprocess.run(call, capture_output=True, text=True, check=True).stdout
    iris = pd.DataFrame(load_iris().data, columns=["sl", "sw", "pl", "pw"])
    return {"iris": iris, "faithful": pd.read_csv(io.StringIO(text))}


def fast_food(folder: Path) -> pd.DataFrame:
    """Eleven yes/no perceptions of 1,453 consumers."""
    survey = pd.read_csv(folder / "mcdonalds" / "mcdonalds.csv")
    return (survey.loc[:, "yummy":"disgusting"] == "Yes").astype(float)


def sum_of_squares(frame: pd.DataFrame, labels: pd.Series) -> float:
    """Within-segment sum of squares in the columns' own units."""
    return float(sum(((part - part.mean()) ** 2).sum().sum() for _, part in frame.groupby(labels)))


def shop(folder: Path, name: str, file: str) -> Structure:
    """Structure of a shop's customers by the bases that `segkit new` proposes."""
    with tempfile.TemporaryDirectory() as project, chdir(project), redirect_stdout(io.StringIO()):
        Path("data").mkdir()
        Path("notebooks").mkdir()
        command(["new", name, "--transactions", str(folder / file)])
        run = segkit.open_run(name)
        return segkit.assess_structure(run.features.bases, **run.settings)


def main() -> None:
    """Print every comparison."""
    for name, frame in peer_frames().items():
        for k in (2, 3):
            ours = segkit.fit_segments(frame, k, n_boot=100, k_max=3, n_blobs=3)
            theirs = clusterboot(frame, k)
            mine = pd.Series(ours.stability["jaccard"].to_numpy(), index=ours.sizes.to_numpy())
            apart = np.abs(mine.to_numpy() - theirs.to_numpy()).max()
            print(f"{name} k={k} segkit {mine.round(3).to_dict()} fpc {theirs.round(3).to_dict()}")
            print(f"  largest distance {apart:.3f}")
    folder = Path(os.environ["SEGKIT_DATA"])
    survey = fast_food(folder)
    fits = [segkit.fit_segments(survey, 4, n_boot=2, n_blobs=3, k_max=4, random_state=seed)
            for seed in range(20)]  # fmt: skip
    found = [sum_of_squares(survey, fit.labels) for fit in fits]
    print(f"fast food, k=4: {min(found):.1f} to {max(found):.1f}; best known {BEST_KNOWN}")
    files = {
        "cdnow": "cdnow/CDNOW_master.txt.gz",
        "retail": "online_retail/online_retail.csv.gz",
    }
    for name, file in files.items():
        print(f"{name}: {shop(folder, name, file).reading}")
    run = segkit.open_run("complete_journey")
    print("complete_journey:", segkit.assess_structure(run.features.bases, **run.settings).reading)


if __name__ == "__main__":
    main()
