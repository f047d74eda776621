"""Lines around a file's records: comments on top, further header rows, a report's footer."""

import csv
import io
import shutil
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO

from segkit.errors import DataError
from segkit.sources.encoding import open_bytes
from segkit.study.tables import TableSpec


@dataclass(frozen=True)
class Trimmed:
    """A file's records alone, and what was around them.

    Attributes
    ----------
    shift : int
        What to add to a line's number here to get its number in the file.
    notice : str
        The lines that are no records, counted by what they are; empty where there are none.
    """

    shift: int = 0
    notice: str = ""


def needs_trimming(spec: TableSpec) -> bool:
    """Whether a table says that there are lines around its records."""
    return bool(spec.skip_lines or spec.extra_header_rows or spec.footer)


def trim(path: Path, out: Path, spec: TableSpec, delimiter: str, where: str) -> Trimmed:
    """Write a UTF-8 file again with one header row and its records alone.

    Parameters
    ----------
    path, out : pathlib.Path
    spec : TableSpec
        Says how many lines are on top, how many further header rows there are, and how many lines
        that hold anything are at the end.
    delimiter : str
    where : str
        What to call the file in a message.

    Raises
    ------
    DataError
        The file ends before its header, a further header row has not the header's fields, or a
        line of the footer is a record.
    """
    with open_bytes(path) as stream, out.open("w", encoding="utf-8", newline="") as written:
        lines = io.TextIOWrapper(stream, "utf-8-sig")
        n_above = _skipped(lines, spec.skip_lines, where)
        rows = csv.reader(lines, delimiter=delimiter)
        n_fields = len(spec.header or [])
        if spec.header is None:
            names = header_names(_header_rows(rows, 1 + spec.extra_header_rows, where))
            csv.writer(written, delimiter=delimiter, lineterminator="\n").writerow(names)
            n_above, n_fields = n_above + rows.line_num - 1, len(names)
        footer = _copy_but_last(lines, written, spec.footer)
        _refuse_records(footer, delimiter, n_fields, where)
    counts = {
        "lines on top": spec.skip_lines,
        "header rows": 1 + spec.extra_header_rows if spec.header is None else 0,
        "lines at the end": len(footer),
    }
    around = ", ".join(f"{n:,} {what}" for what, n in counts.items() if n)
    return Trimmed(n_above, f"{where}: {around} are read as what they are, not as records")


def header_names(rows: Sequence[Sequence[str]]) -> list[str]:
    """Names of the columns from one or more header rows, each on one line.

    A cell that the first row leaves blank belongs to the name before it, and the second row says
    which part of it: surveys write a question once, over all of its choices.

    Examples
    --------
    >>> header_names([["id", "Which?", "", ""], ["", "tea", "milk", ""]])
    ['id', 'Which?', 'Which?: milk', '']
    """
    first, names, last = [" ".join(cell.split()) for cell in rows[0]], [], ""
    second = [" ".join(cell.split()) for cell in rows[1]] if len(rows) > 1 else []
    for place, name in enumerate(first):
        part = second[place] if place < len(second) else ""
        names.append(name or (f"{last}: {part}" if last and part else ""))
        last = name or last
    return names


def _skipped(lines: IO[str], n: int, where: str) -> int:
    skipped = sum(1 for _ in islice(lines, n))
    if skipped < n:
        raise DataError(
            f"{where} has {skipped:,} lines, and `skip_lines` says that {n:,} lie above its header",
            fix="Correct `skip_lines` of this table in study.yaml",
        )
    return skipped


def _header_rows(rows: Iterator[list[str]], n: int, where: str) -> list[list[str]]:
    found = list(islice(rows, n))
    for place, row in enumerate(found[1:], start=2):
        if len(row) != len(found[0]):
            raise DataError(
                f"{where}: header row {place} has {len(row)} fields, header row 1 has {len(found[0])}",
                f"{n} header rows of as many fields, as `extra_header_rows: {n - 1}` says",
            )
    if len(found) < n or not any(map(str.strip, found[0])):
        raise DataError(
            f"{where} has no header where study.yaml says that it is",
            f"{n} header rows after the lines on top",
            "Correct `skip_lines` and `extra_header_rows` of this table",
        )
    return found


def _copy_but_last(lines: IO[str], written: IO[str], n: int) -> list[str]:
    """Copy all lines but the last n that hold anything; give those."""
    if not n:
        shutil.copyfileobj(lines, written)
        return []
    held: deque[str] = deque()
    n_filled = 0
    for line in lines:
        held.append(line)
        n_filled += bool(line.strip())
        while n_filled > n:
            first = held.popleft()
            n_filled -= bool(first.strip())
            written.write(first)
    return [line for line in held if line.strip()]


def _refuse_records(footer: Sequence[str], delimiter: str, n_fields: int, where: str) -> None:
    """A footer's line has other fields than the header, or one that is filled."""
    rows = [next(csv.reader([line], delimiter=delimiter)) for line in footer]
    records = [row for row in rows if len(row) == n_fields and sum(map(bool, row)) > 1]
    if records:
        raise DataError(
            f"{where}: {len(records)} of the last {len(footer)} lines are records, and `footer` says "
            "that they are none",
            "a report's closing lines",
            "Correct `footer` of this table in study.yaml, or take it out where the export has none",
        )
