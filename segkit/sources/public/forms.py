"""A published file -> the file that a study reads. Nothing is dropped or changed but the form."""

import csv
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import iterparse
from zipfile import BadZipFile, ZipFile

from segkit.errors import DataError

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_DAY_ZERO = datetime(1899, 12, 30)
_DATED = "InvoiceDate"


def as_it_is(source: Path, target: Path) -> None:
    """The same bytes."""
    shutil.copyfile(source, target)


def headed(names: str) -> Callable[[Path, Path], None]:
    """A file that has no header line gets one."""

    def add_header(source: Path, target: Path) -> None:
        with source.open("rb") as raw, target.open("wb") as finished:
            first = raw.readline()
            end = b"\r\n" if first.endswith(b"\r\n") else b"\n"
            finished.write(names.encode() + end + first)
            shutil.copyfileobj(raw, finished)

    return add_header


def unnamed_rows(source: Path, target: Path) -> None:
    """R's row names, the first column, are taken off: they number the rows of R's table."""
    with (
        source.open(encoding="utf-8", newline="") as raw,
        target.open("w", encoding="utf-8") as finished,
    ):
        for line in raw:
            finished.write(line.rstrip("\r\n").split(",", 1)[1].replace('"', "") + "\n")


def workbook(source: Path, target: Path) -> None:
    """The first sheet of an Excel workbook as CSV: dates as ISO, numbers as short as they are.

    Raises
    ------
    DataError
        It is no workbook.
    """
    try:
        with ZipFile(source) as book, target.open("w", encoding="utf-8", newline="") as finished:
            with book.open("xl/sharedStrings.xml") as stream:
                texts = list(_shared_texts(stream))
            with book.open("xl/worksheets/sheet1.xml") as stream:
                write = csv.writer(finished, lineterminator="\n").writerow
                dated = -1
                for row in _rows(stream, texts):
                    dated = row.index(_DATED) if _DATED in row else dated
                    write([_dated(cell) if at == dated else cell for at, cell in enumerate(row)])
    except (BadZipFile, KeyError):
        raise DataError(f"{source.name} is no Excel workbook", "the file as published") from None


def _shared_texts(stream: IO[bytes]) -> Iterator[str]:
    for _, element in iterparse(stream):
        if element.tag == f"{_NS}si":
            yield "".join(part.text or "" for part in element.iter(f"{_NS}t"))
            element.clear()


def _rows(stream: IO[bytes], texts: list[str]) -> Iterator[list[str]]:
    """Rows of cells; a cell that the sheet leaves out is empty, and every row as wide as the first."""
    width = 0
    for _, element in iterparse(stream):
        if element.tag != f"{_NS}row":
            continue
        cells = {_place(cell.get("r", "")): _text(cell, texts) for cell in element.iter(f"{_NS}c")}
        width = width or max(cells, default=-1) + 1
        yield [cells.get(at, "") for at in range(width)]
        element.clear()


def _place(reference: str) -> int:
    """Column of a reference such as B7, from 0."""
    number = 0
    for letter in re.sub(r"\d", "", reference):
        number = 26 * number + ord(letter) - ord("A") + 1
    return number - 1


def _text(cell: object, texts: list[str]) -> str:
    kind, value = cell.get("t", "n"), cell.find(f"{_NS}v")  # type: ignore[attr-defined]
    if kind == "inlineStr":
        return "".join(part.text or "" for part in cell.iter(f"{_NS}t"))  # type: ignore[attr-defined]
    if value is None or value.text is None:
        return ""
    if kind == "s":
        return texts[int(value.text)]
    return _short(value.text) if kind == "n" else str(value.text)


def _short(number: str) -> str:
    """A number as it was typed: 2.5499999999999998 is 2.55, and 17850.0 is 17850."""
    value = float(number)
    return str(int(value)) if value.is_integer() else repr(value)


def _dated(cell: str) -> str:
    """Days since Excel's zero as an ISO moment, to the second."""
    try:
        seconds = round(float(cell) * 86_400)
    except ValueError:
        return cell
    return str(_DAY_ZERO + timedelta(seconds=seconds))
