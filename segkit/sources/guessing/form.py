"""The form of a file, guessed: its encoding, its delimiter, whether it has a header."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from segkit.sources.csvfile import WHITESPACE, looks_like_values
from segkit.sources.encoding import is_parquet, is_utf8_file, open_bytes, refuse_workbook

DELIMITERS = (",", ";", "\t", "|")
SEEN_BYTES = 1 << 20
"""A wide survey's header rows take more than 64 KB."""


def first_lines(path: Path) -> tuple[str, list[str]]:
    """The encoding of a CSV file and the lines it starts with, without a byte order mark."""
    refuse_workbook(path)
    with open_bytes(path) as stream:
        start = stream.read(SEEN_BYTES)
    encoding = _guess_encoding(path, start)
    text = start.decode(encoding, errors="ignore").lstrip("\ufeff")
    return encoding, [line.rstrip("\n") for line in io.StringIO(text, newline=None)] or [""]


def guess_form(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """Encoding, delimiter and header of a file."""
    spec: dict[str, Any] = {"file": str(path.resolve())}
    said: dict[str, str] = {}
    if is_parquet(path):
        return spec, said
    encoding, lines = first_lines(path)
    if encoding != "utf-8":
        spec["encoding"], said["encoding"] = encoding, f"{encoding}, since it is not UTF-8"
    delimiter = _guess_delimiter(lines)
    if delimiter != ",":
        spec["delimiter"] = delimiter
        said["delimiter"] = {"\t": "tab", WHITESPACE: "white space"}.get(delimiter, delimiter)
    first = (
        lines[0].split()
        if delimiter == WHITESPACE
        else next(csv.reader([lines[0]], delimiter=delimiter))
    )
    if looks_like_values([name.strip() for name in first]):
        spec["header"] = [f"column_{position + 1}" for position in range(len(first))]
        said["header"] = "the file has none: name the columns in `header`"
    return spec, said


def _guess_encoding(path: Path, start: bytes) -> str:
    if start[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    return "utf-8" if is_utf8_file(path) else "cp1252"


def _guess_delimiter(lines: Sequence[str]) -> str:
    counts = {mark: lines[0].count(mark) for mark in DELIMITERS}
    best = max(DELIMITERS, key=lambda mark: counts[mark])
    if counts[best]:
        return best
    return WHITESPACE if len(lines[0].split()) > 1 else ","
