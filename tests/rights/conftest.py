"""A shop whose runs' private folders are made without notebooks."""

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from segkit.reporting.workspace import open_run
from tests.conftest import ORDER_COLUMNS, make_transactions, study_of

RUNS = ("2024-06-01T000000-1", "2024-06-02T000000-1")
CHOICES = {"k": 2, "k_max": 3, "n_boot": 10}


def people(n=60) -> pd.DataFrame:
    """c-000 to c-059, each with a town of their own; the last speaks of the one before in free text."""
    frame = pd.DataFrame(
        {
            "customer": [f"c-{number:03d}" for number in range(n)],
            "town": [f"Town {number:03d}" for number in range(n)],
            "plan": ["free", "paid"] * (n // 2),
            "note": "",
        }
    )
    frame.loc[n - 1, "note"] = f"brought by C-{n - 2:03d}, pays late"
    return frame


def make_shop(folder: Path, **keys):
    """A study in a folder of its own; its orders hold a malformed line of c-007's."""
    study_folder = folder / "data" / "shop"
    study_folder.mkdir(parents=True)
    text = make_transactions(60).to_csv(index=False) + "c-007,and no more\n"
    (study_folder / "orders.csv").write_text(text, "utf-8")
    people().to_csv(study_folder / "crm.csv", index=False)
    crm = {"customers": {"file": "crm.csv", "columns": {"customer_id": "customer"}}}
    tables = crm | keys.pop("tables", {})
    study = study_of(ORDER_COLUMNS, tables=tables, folder=study_folder, descriptors=["plan"], **keys)
    return study.with_choices(**CHOICES)


def make_runs(study, names=RUNS):
    """What two runs leave: tables, features and segments; `latest` points to the second."""
    for name in names:
        run = open_run(study, run=name)
        assert run.segments.k == 2
        assert len(run.features.frame) > 40
    study.reports.mkdir(parents=True, exist_ok=True)
    for name in names:
        (study.reports / name).mkdir(exist_ok=True)
    latest = study.reports / "latest"
    latest.unlink(missing_ok=True)
    latest.symlink_to(names[-1], target_is_directory=True)
    return study


def make_audiences(study):
    folder = study.folder / "audiences"
    folder.mkdir()
    (folder / "loyal.csv").write_text("customer_id,key\nc-007,a\nc-008,b\n", "utf-8")
    (folder / "log.jsonl").write_text('{"id": "c-007"}\n{"id": "c-008"}\n', "utf-8")
    (folder / "plain.txt").write_text("c-007\nc-008\n", "utf-8")
    (folder / "list.bin").write_bytes(b"\x00c-007\x00")
    return folder


def copied(study, folder: Path):
    """The same study with its runs in another folder."""
    shutil.copytree(study.folder.parent.parent, folder, symlinks=True, dirs_exist_ok=True)
    return replace(study, folder=folder / "data" / "shop")


@pytest.fixture(scope="session")
def run_shop(tmp_path_factory):
    return make_runs(make_shop(tmp_path_factory.mktemp("ran")))


@pytest.fixture
def shop(run_shop, tmp_path):
    return copied(run_shop, tmp_path)


def traces(folder: Path, *texts: str) -> list[str]:
    """Files below a folder that hold a text, as bytes or in a decoded Parquet table."""
    found = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes().decode("utf-8", "ignore")
        if path.suffix == ".parquet":
            content += json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
        found += [f"{path.name}: {text}" for text in texts if text.lower() in content.lower()]
    return found
