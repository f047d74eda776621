"""Customers out of every file below a folder: written beside and put into place, or removed whole."""

import csv
import io
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from segkit.rights.sought import Sought, nowhere
from segkit.segments.store import ASSIGNMENTS, MODEL, holds_customers, seal_assignments

FRESH = ".erasing"
STAMP = "stamp.json"
OWN_WORDS = ("customers.parquet", "traits.parquet", "descriptors.parquet")
LEAST_TELLING = 4
"""Characters of a customer's own text that would tell them, where nobody else has it."""


@dataclass
class Eraser:
    """Finds customers below a folder, and erases them there unless it only looks.

    Attributes
    ----------
    sought : Sought
    only_look : bool
    files, rows : dict of pathlib.Path to int
        Files in which they were, with rows or cells; files and folders removed whole.
    removed : list of pathlib.Path
        What could only be removed whole.
    """

    sought: Sought
    only_look: bool = False
    rows: dict[Path, int] = field(default_factory=dict)
    removed: list[Path] = field(default_factory=list)

    @property
    def n_files(self) -> int:
        """Files in which they were."""
        return len({*self.rows, *self.removed})

    @property
    def n_rows(self) -> int:
        """Rows and cells that held them."""
        return sum(self.rows.values())

    def under(self, folder: Path) -> "Eraser":
        """Go through a folder; a folder that doesn't exist holds nobody.

        Files that tell of a customer by their own words (a model's levels) go first, the rows that
        say which words those are last: an erasure that was interrupted can be taken up again.
        """
        for left in folder.rglob(f".*{FRESH}"):
            left.unlink()
        files = [path for path in _files(folder) if path.exists()]
        tables = [path for path in files if path.suffix == ".parquet" and path.name != ASSIGNMENTS]
        telling = self._telling(tables)
        for path in (one for one in files if one not in tables):
            if path.exists():
                self._other(path, telling)
        for path in (one for one in tables if one.exists()):
            self._table(path)
        return self

    def _other(self, path: Path, telling: set[str]) -> None:
        if path.name == ASSIGNMENTS and (path.parent / MODEL).is_file():
            self._segments(path.parent)
        elif path.suffix == ".parquet":
            self._table(path)
        elif path.suffix in {".csv", ".tsv", ".txt"}:
            self._text(path)
        elif path.suffix == ".jsonl":
            self._lines(path)
        elif self._tells(path, telling):
            self._remove(path.parent if (path.parent / STAMP).is_file() else path)

    def _table(self, path: Path) -> None:
        table = pq.read_table(path)
        gone, n_blanked, left = self._without(table, keeps_others="set_aside" not in path.parts)
        n = int(pc.sum(gone).as_py() or 0) + n_blanked
        if n:
            self.rows[path] = n
            self._replace(path, lambda fresh: pq.write_table(left, fresh))

    def _without(self, table: pa.Table, *, keeps_others: bool) -> tuple[pa.Array, int, pa.Table]:
        """Which rows go, how many cells of other rows are blanked, and what is left."""
        ids = [name for name in table.column_names if name in self.sought.columns]
        gone = nowhere(len(table))
        for name in ids:
            gone = pc.or_(gone, self.sought.cells(table[name]))
        spoken = {
            name: self.sought.mentions(table[name]) for name in table.column_names if name not in ids
        }
        if not ids or not keeps_others:
            for cells in spoken.values():
                gone = pc.or_(gone, cells)
        n_blanked = 0
        for name, cells in spoken.items():
            others = pc.and_not(cells, gone)
            if n := int(pc.sum(others).as_py() or 0):
                n_blanked += n
                kept = pc.if_else(others, pa.scalar(None, table[name].type), table[name])
                table = table.set_column(table.column_names.index(name), table.field(name), kept)
        return gone, n_blanked, table.filter(pc.invert(gone))

    def _segments(self, folder: Path) -> None:
        """A model that learnt customers' own values goes whole; of others, the customers' rows."""
        path = folder / ASSIGNMENTS
        table = pq.read_table(path)
        gone, _, left = self._without(table, keeps_others=True)
        n = int(pc.sum(gone).as_py() or 0)
        if not n:
            return
        self.rows[path] = n
        if holds_customers(folder):
            self._remove(folder)
        elif not self.only_look:
            fresh = path.with_name(f".{path.name}{FRESH}")
            pq.write_table(left, fresh)
            seal_assignments(folder, fresh)

    def _text(self, path: Path) -> None:
        text = path.read_text(encoding="utf-8-sig")
        start = text.partition("\n")[0]
        delimiter = max(",;\t", key=start.count)
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
        if not records:
            return
        places = [place for place, name in enumerate(records[0]) if name in self.sought.columns]
        kept, n = [], 0
        for row in records:  # a list of ids may have no header
            left, changed = self._record(row, places)
            kept += [left] if left is not None else []
            n += changed
        if n:
            self.rows[path] = n
            self._replace(path, lambda fresh: _write_csv(fresh, kept, delimiter))

    def _record(self, row: list[str], places: list[int]) -> tuple[list[str] | None, int]:
        """A record without the customers: None when it is theirs; and how much was changed."""
        if any(self.sought.is_one(row[place]) for place in places if place < len(row)):
            return None, 1
        spoken = [self.sought.is_in(cell, numbers=not places) for cell in row]
        if not places and any(spoken):
            return None, 1
        blanked = ["" if out else cell for cell, out in zip(row, spoken, strict=True)]
        return blanked, sum(spoken)

    def _lines(self, path: Path) -> None:
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        kept = [line for line in lines if not self._in_json(line)]
        if len(kept) < len(lines):
            self.rows[path] = len(lines) - len(kept)
            self._replace(path, lambda fresh: fresh.write_text("".join(kept), encoding="utf-8"))

    def _in_json(self, text: str) -> bool:
        return any(
            self.sought.is_one(one) or self.sought.is_in(one) for one in _strings(json.loads(text))
        )

    def _tells(self, path: Path, telling: set[str]) -> bool:
        """Whether a file of another kind holds an id, or words that only they have."""
        text = path.read_bytes().decode("utf-8", errors="ignore")
        if path.suffix == ".json":
            texts = set(_strings(json.loads(text)))
            return bool(texts & telling) or any(self.sought.is_in(one) for one in texts)
        return self.sought.is_in(text) or any(one in text for one in telling)

    def _telling(self, tables: list[Path]) -> set[str]:
        """Texts of the customers' own rows that nobody else has."""
        found: set[str] = set()
        for path in (one for one in tables if one.name in OWN_WORDS):
            table = pq.read_table(path)
            ids = [name for name in table.column_names if name in self.sought.columns]
            mine = nowhere(len(table))
            for name in ids:
                mine = pc.or_(mine, self.sought.cells(table[name]))
            if not pc.any(mine).as_py():
                continue
            others = table.filter(pc.invert(mine))
            for name in table.column_names:
                if name not in ids and pa.types.is_string(table[name].type):
                    own = set(table[name].filter(mine).to_pylist()) - {None}
                    shared = set(pc.unique(others[name]).to_pylist())
                    found |= {one for one in own - shared if len(one) >= LEAST_TELLING}
        return found

    def _replace(self, path: Path, write: Any) -> None:
        if self.only_look:
            return
        fresh = path.with_name(f".{path.name}{FRESH}")
        write(fresh)
        shutil.copymode(path, fresh)
        os.replace(fresh, path)

    def _remove(self, path: Path) -> None:
        self.removed.append(path)
        if self.only_look:
            return
        shutil.rmtree(path) if path.is_dir() else path.unlink()


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file() and not path.is_symlink())


def _strings(content: Any) -> Iterator[str]:
    if isinstance(content, dict):
        for key, value in content.items():
            yield str(key)
            yield from _strings(value)
    elif isinstance(content, list):
        for value in content:
            yield from _strings(value)
    elif isinstance(content, str):
        yield content


def _write_csv(path: Path, records: list[list[str]], delimiter: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=delimiter, lineterminator="\n").writerows(records)
