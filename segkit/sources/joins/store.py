"""A profile in a private folder, so that the next notebook has it."""

import json
from pathlib import Path

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.sources.joins.profile import CustomerProfile

RECORD = "profile.json"
TABLES = ("chosen", "said", "ids")
COUNTS = ("coverage", "conflicts", "freshness", "identity", "outcomes")


def save_profile(profile: CustomerProfile, folder: Path) -> None:
    """Write what customers are known by as Parquet, and the counts beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in TABLES:
        getattr(profile, name).to_parquet(folder / f"{name}.parquet")
    profile.suspects.to_parquet(folder / "suspects.parquet")
    for name in COUNTS:
        getattr(profile, name).to_parquet(folder / f"{name}.parquet")
    about = {"as_of": profile.as_of, "notices": profile.notices, "words": dict(profile.words)}
    (folder / RECORD).write_text(json.dumps(about, indent=1), encoding="utf-8")


def load_profile(con: Backend, folder: Path) -> CustomerProfile | None:
    """Read what `save_profile` wrote; None where there is nothing."""
    if not (folder / RECORD).is_file():
        return None
    about = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    counts = {name: pd.read_parquet(folder / f"{name}.parquet") for name in COUNTS}
    tables: dict[str, ibis.Table] = {
        name: con.read_parquet(folder / f"{name}.parquet") for name in TABLES
    }
    return CustomerProfile(
        as_of=about["as_of"],
        notices=tuple(about["notices"]),
        words=about["words"],
        suspects=pd.read_parquet(folder / "suspects.parquet"),
        **counts,
        **tables,
    )
