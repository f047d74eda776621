"""Which known export a file is, told by its header, and how it is to be read."""

import csv
import io
import re
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from segkit.errors import DataError
from segkit.sources.encoding import is_parquet, open_bytes
from segkit.sources.exports.crm import CRM
from segkit.sources.exports.export import KINDS, Export, as_named
from segkit.sources.exports.reach import REACH
from segkit.sources.exports.shops import SHOPS
from segkit.sources.exports.surveys import SURVEYS
from segkit.sources.guessing.form import DELIMITERS, first_lines
from segkit.sources.trim import header_names

EXPORTS = (*SHOPS, *CRM, *SURVEYS, *REACH)
MOST_LINES_ON_TOP = 20
MOST_HEADER_ROWS = 5
MOST_FOOTER_LINES = 20


@dataclass(frozen=True)
class Recognised:
    """A file that is a known export.

    Attributes
    ----------
    path : pathlib.Path
    export : Export
    names : tuple of str
        Its columns.
    options : dict
        How it is read: `delimiter`, `encoding`, `skip_lines`, `extra_header_rows`, `footer`,
        `fill_down`, `timezone`; only those that differ from a plain CSV file. Then what the export
        states of its words.
    """

    path: Path
    export: Export
    names: tuple[str, ...]
    options: dict[str, Any]

    @property
    def lacking(self) -> list[str]:
        """Columns that the export has and this file doesn't, without which it can't be read."""
        return self.export.lacks(self.names)

    @property
    def words(self) -> str:
        """What it is, and what is not a record in it."""
        around = {
            "skip_lines": "lines on top",
            "extra_header_rows": "further header rows",
            "footer": "closing lines",
        }
        parts = [f"{self.options[key]} {what}" for key, what in around.items() if key in self.options]
        besides = f"; {', '.join(parts)} are no records" if parts else ""
        return f"{self.path.name} is {self.export.name}: {KINDS[self.export.kind]}{besides}"


def recognise(path: Path) -> Recognised | None:
    """Tell which known export a file is, by its header.

    Parameters
    ----------
    path : pathlib.Path
        CSV in any encoding, delimiter and packing that segkit reads, or Parquet.

    Returns
    -------
    Recognised or None
        None for a file that no known export fits.

    Raises
    ------
    DataError
        It is a known export, but damaged: each line wrapped in quotes by a spreadsheet, header rows
        swapped, a header and no lines, more than one table in the file.
    """
    if is_parquet(path):
        return _in_parquet(path)
    encoding, lines = first_lines(path)
    for place, line in enumerate(lines[:MOST_LINES_ON_TOP]):
        for delimiter in DELIMITERS:
            rows = _rows(lines[place:], delimiter)
            export = _told_by([_clean(name) for name in rows[0]]) or _told_by_comment(
                lines[:place], line
            )
            if export and delimiter in line:
                return _read(path, export, lines, place, delimiter, encoding)
            _refuse_wrapped(path, rows[0])
    return None


def _in_parquet(path: Path) -> Recognised | None:
    try:
        names = pq.read_schema(path).names
    except pa.ArrowInvalid:  # reading the file says what is wrong with it
        return None
    export = _told_by(names)
    return Recognised(path, export, tuple(names), dict(export.stated)) if export else None


def _told_by(names: Sequence[str]) -> Export | None:
    fitting = [export for export in EXPORTS if export.fits(names)]
    return max(fitting, key=lambda export: len(export.told_by), default=None)


def _told_by_comment(above: Sequence[str], line: str) -> Export | None:
    """An export whose names can't tell it: the first line under its comments is its header."""
    if not line.strip() or line.startswith("#"):
        return None
    for export in EXPORTS:
        if export.comment and any(re.search(export.comment, comment) for comment in above):
            return export
    return None


def _rows(lines: Sequence[str], delimiter: str) -> list[list[str]]:
    """The first records of some lines."""
    reader: Iterator[list[str]] = csv.reader((f"{line}\n" for line in lines), delimiter=delimiter)
    try:
        return list(islice(reader, MOST_HEADER_ROWS + 2)) or [[]]
    except csv.Error:
        return [[]]


def _clean(name: str) -> str:
    return " ".join(name.split())


def _read(
    path: Path, export: Export, lines: Sequence[str], place: int, delimiter: str, encoding: str
) -> Recognised:
    rows = _rows(lines[place:], delimiter)
    options: dict[str, Any] = {}
    if encoding != "utf-8":
        options["encoding"] = encoding
    if delimiter != ",":
        options["delimiter"] = delimiter
    if place:
        _refuse_swapped(path, export, lines[:place])
        options["skip_lines"] = place
    if export.comment:
        _refuse_sections(path, lines[place:])
    names = [_clean(name) for name in rows[0]]
    further = _further_header_rows(path, export, rows, names)
    if further:
        options["extra_header_rows"] = further
        names = header_names(rows[: further + 1])
    footer = _footer(path, export, delimiter, encoding, len(names)) if export.footer else 0
    if footer:
        options["footer"] = footer
    order = as_named(export.columns.get("order_id", ()), names)
    once = as_named(export.once_an_order, names)
    if order and once:
        options["fill_down"] = {"by": order[0], "columns": once}
    if export.utc:
        options["timezone"] = "UTC"
    return Recognised(path, export, tuple(names), options | dict(export.stated))


def _further_header_rows(
    path: Path, export: Export, rows: Sequence[Sequence[str]], names: Sequence[str]
) -> int:
    """Rows under the header before the first whose key looks like a record's."""
    key = as_named([export.key], names)
    if not key:
        return 0
    place = list(names).index(key[0])
    for number, row in enumerate(rows[1:]):
        if len(row) > place and re.fullmatch(export.key_like + ".*", row[place].strip()):
            return number
    raise DataError(
        f"{path.name} looks like {export.name}, but no line under its header has a '{key[0]}' as "
        "records have",
        "an export with its header rows and at least one answer",
        "Export it again, and leave its header rows as they are",
    )


def _footer(path: Path, export: Export, delimiter: str, encoding: str, n_fields: int) -> int:
    """Closing lines that hold something, where one of them is the tool's own."""
    with open_bytes(path) as stream:
        text = io.TextIOWrapper(stream, encoding, errors="ignore")
        last = deque((line for line in text if line.strip()), maxlen=MOST_FOOTER_LINES)
    closing: list[str] = []
    for line in reversed(last):
        row = next(csv.reader([line], delimiter=delimiter))
        if line.count('"') % 2 or sum(map(bool, map(str.strip, row))) > 1 or n_fields == 1:
            break
        closing.append(line)
    is_known = any(re.search(export.footer, line, re.IGNORECASE) for line in closing)
    return len(closing) if is_known else 0


def _refuse_wrapped(path: Path, first: Sequence[str]) -> None:
    """Refuse a file in which a spreadsheet has made one quoted field of each line."""
    if len(first) != 1 or not any(mark in first[0] for mark in DELIMITERS):
        return
    for delimiter in DELIMITERS:
        inner = _told_by([_clean(name) for name in _rows([first[0]], delimiter)[0]])
        if inner and _is_quoted(path):
            raise DataError(
                f"{path.name} looks like {inner.name}, but each line is one quoted field: a "
                "spreadsheet has wrapped it",
                "the export as it was downloaded",
                "Download it again, and don't save it from a spreadsheet",
            )


def _is_quoted(path: Path) -> bool:
    _, lines = first_lines(path)
    return lines[0].startswith('"') and lines[0].endswith('"')


def _refuse_swapped(path: Path, export: Export, above: Sequence[str]) -> None:
    if export.key and any(line.strip() for line in above):
        raise DataError(
            f"{path.name} looks like {export.name}, but the row with the column names is not its "
            "first: its header rows are swapped",
            "the names first, then the rows that explain them",
            "Export it again, and leave its header rows as they are",
        )


def _refuse_sections(path: Path, below: Sequence[str]) -> None:
    if any(line.startswith("#") for line in below):
        raise DataError(
            f"{path.name} holds more than one table, with comment lines between them",
            "one table in a file",
            "Export one report at a time",
        )
