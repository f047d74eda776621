"""What a study holds of one customer in its sources and in the private folders of its runs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq

from segkit.rights.sought import Sought
from segkit.sources.check import as_it_came
from segkit.sources.engine import connect
from segkit.sources.files import Raw
from segkit.sources.reading import Reading
from segkit.sources.values import as_id
from segkit.study import Study

ASSIGNED = "segments/assignments.parquet"
PER_CUSTOMER = (
    "tables/customers.parquet", "tables/lines.parquet", "features/features.parquet", ASSIGNED
)  # fmt: skip


def source_rows(study: Study, customer_id: str) -> dict[str, list[dict[str, Any]]]:
    """A customer's rows of each of the study's tables, as they are in the source.

    Parameters
    ----------
    customer_id : str
        As the tables read it; see `segkit.rights.sought.normal_id`.
    """
    reading, found = Reading(study, connect(), {}), {}
    for name, spec in study.every_table.items():
        if "customer_id" in spec.columns:
            raw = reading.raw(name)
            theirs = as_id(raw.table[str(spec.columns["customer_id"])], spec) == customer_id
            rows = raw.table.filter(theirs).select(*as_it_came(raw.table))
            found[name] = _records(rows.execute())
    return {name: rows for name, rows in found.items() if rows}


def malformed_lines(study: Study, sought: Sought) -> dict[str, list[str]]:
    """Lines of the sources that are no records and speak of a customer."""
    reading, found = Reading(study, connect(), {}), {}
    for name in study.every_table:
        raw: Raw = reading.raw(name)
        texts = raw.malformed["text"]
        found[name] = [text for text in texts if sought.is_in(text, numbers=True)]
    return {name: lines for name, lines in found.items() if lines}


def runs(study: Study) -> list[Path]:
    """The runs' private folders, oldest first; what an interrupted one left is among them."""
    return sorted(path for path in study.processed.glob("*") if path.is_dir())


def customers_of(run: Path) -> set[str]:
    """Everyone whom a run's private folder holds a row of."""
    held: set[str] = set()
    for name in PER_CUSTOMER:
        path = run / name
        if path.is_file():
            held |= set(pq.read_table(path, columns=["customer_id"])["customer_id"].to_pylist())
    return held - {None}


def row_of(path: Path, name: str) -> dict[str, Any]:
    """A customer's row of a table with one row each; empty when there is none."""
    if not path.is_file():
        return {}
    frame = pd.read_parquet(path, filters=[("customer_id", "==", name)])
    return next(iter(_records(frame)), {})


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows as plain values; what is missing is None."""
    return [dict(_plain(row)) for row in frame.to_dict("records")]


def _plain(row: dict[Any, Any]) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        plain = value.item() if hasattr(value, "item") else value
        yield str(name), None if pd.isna(plain) else plain
