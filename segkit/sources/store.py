"""Checked tables in a private folder, so that the next notebook need not check them again."""

import json
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.sources.consent import Consent
from segkit.sources.engine import connect
from segkit.sources.pseudonyms import key_fingerprint
from segkit.sources.quality import Quality, no_traits
from segkit.sources.tables import Tables
from segkit.study import Study

RECORD = "quality.json"


def save_tables(tables: Tables, folder: Path) -> None:
    """Write checked tables, and the lines set aside, as Parquet; malformed lines as CSV."""
    (folder / "set_aside").mkdir(parents=True, exist_ok=True)
    for name, lines in (("lines", tables.lines), ("returns", tables.returns)):
        if lines is not None:
            lines.to_parquet(folder / f"{name}.parquet")
    for name, events in tables.events.items():
        events.to_parquet(folder / f"{name}.parquet")
    for name, frame in (("customers", tables.customers), ("traits", tables.traits)):
        if frame is not None:
            frame.to_parquet(folder / f"{name}.parquet")
    for name, aside in tables.set_aside.items():
        aside.to_parquet(folder / "set_aside" / f"{name}.parquet")
    for name, malformed in tables.malformed.items():
        if len(malformed):
            malformed.to_csv(folder / "set_aside" / f"{name}_malformed.csv", index=False)
    quality = tables.quality
    record = {
        "lines": quality.lines.astype({"amount": "object"})
        .where(quality.lines.notna(), None)
        .to_dict("list"),
        "read": quality.read,
        "kept": quality.kept,
        "notices": quality.notices,
        "traits": quality.traits.to_dict("list"),
        "inputs": tables.inputs,
        "key": key_fingerprint(tables.study),
        "consent": _save_consent(tables.consent, folder),
    }
    (folder / RECORD).write_text(json.dumps(record, indent=1), encoding="utf-8")


def load_saved_tables(study: Study, folder: Path) -> Tables:
    """Read what `save_tables` wrote."""
    con = connect()
    record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    lines = pd.DataFrame(record["lines"]).astype({"amount": "float64"})
    traits = no_traits() if not record["traits"]["trait"] else pd.DataFrame(record["traits"])
    aside = sorted((folder / "set_aside").glob("*.parquet"))
    return Tables(
        study=study,
        lines=con.read_parquet(folder / "lines.parquet") if study.has_orders else None,
        returns=con.read_parquet(folder / "returns.parquet") if study.has_orders else None,
        customers=_frame(folder / "customers.parquet"),
        traits=_frame(folder / "traits.parquet"),
        events={name: con.read_parquet(folder / f"{name}.parquet") for name in study.events},
        quality=Quality(lines, record["read"], record["kept"], tuple(record["notices"]), traits),
        set_aside={path.stem: con.read_parquet(path) for path in aside},
        malformed={
            path.stem.removesuffix("_malformed"): pd.read_csv(path)
            for path in sorted((folder / "set_aside").glob("*_malformed.csv"))
        },
        inputs=record["inputs"],
        consent=_load_consent(record["consent"], folder),
    )


def _save_consent(consent: Consent | None, folder: Path) -> dict[str, Any] | None:
    """Counts of all, rows of those whose consent holds only: of the others nothing is kept."""
    if consent is None:
        return None
    standing = consent.standing
    granted = consent.held["customer_id"].isin(standing[standing == "granted"].index)
    consent.held[granted].to_parquet(folder / "consent.parquet", index=False)
    return {
        "purpose": consent.purpose,
        "channel": consent.channel,
        "counts": consent.counts.reset_index().to_dict("list"),
    }


def _load_consent(about: dict[str, Any] | None, folder: Path) -> Consent | None:
    if about is None:
        return None
    counts = pd.DataFrame(about["counts"]).set_index(["purpose", "channel"])
    held = pd.read_parquet(folder / "consent.parquet")
    return Consent(about["purpose"], about["channel"], counts, held)


def _frame(path: Path) -> pd.DataFrame | None:
    return pd.read_parquet(path) if path.is_file() else None
