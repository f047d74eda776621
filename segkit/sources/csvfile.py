"""A CSV file -> a table of text columns, and the lines that are no record of it."""

import codecs
import csv
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import duckdb
import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.encoding import check_utf8, is_gzip, is_utf8, line_numbers, open_bytes, rewrite
from segkit.sources.printable import looks_like_a_value, printable
from segkit.sources.trim import Trimmed, needs_trimming, trim
from segkit.study.tables import TableSpec

WHITESPACE = "whitespace"
CUT_AT = 10_000
"""The engine keeps no more characters of a line that it rejects."""


def read_csv(
    con: Backend, name: str, spec: TableSpec, path: Path
) -> tuple[ibis.Table, pd.DataFrame, tuple[str, ...]]:
    """Read every column as text.

    Returns
    -------
    ibis.Table, pandas.DataFrame, tuple of str
        The records; the lines that don't fit the header: `line` (number in the file) and `text`;
        what else is in the file, counted.
    """
    with tempfile.TemporaryDirectory(prefix="segkit-") as scratch:
        plain = _as_plain_utf8(path, spec, Path(scratch) / "plain.csv")
        delimiter = "," if spec.delimiter == WHITESPACE else spec.delimiter
        around = Trimmed()
        if needs_trimming(spec):
            trimmed = Path(scratch) / "trimmed.csv"
            around = trim(plain, trimmed, spec, delimiter, path.name)
            plain = trimmed
        names = spec.header or _header(plain, delimiter, path.name)
        check_names(names, path.name)
        _check_delimiter(names, spec, path.name)
        try:
            table, malformed = _load(con, name, plain, delimiter, names, spec.header is None)
        except duckdb.Error:
            raise DataError(
                f"{path.name} can't be read as records of {len(names)} fields split at '{delimiter}'",
                "a CSV file with one line per record and quotes that close",
            ) from None
    malformed["line"] += around.shift
    _refuse_hidden_lines(malformed, path.name)
    if table.count().execute() == 0 and malformed.empty:
        raise DataError(f"{path.name} has a header and no lines")
    return table, malformed, (around.notice,) if around.notice else ()


def _as_plain_utf8(path: Path, spec: TableSpec, plain: Path) -> Path:
    """The file itself where the engine can read it, else a copy that it can."""
    by_whitespace = spec.delimiter == WHITESPACE
    if is_utf8(spec.encoding) and not check_utf8(path) and not by_whitespace:
        return path
    rewrite(path, plain, spec.encoding, by_whitespace=by_whitespace)
    return plain


def _load(
    con: Backend, name: str, path: Path, delimiter: str, names: list[str], has_header: bool
) -> tuple[ibis.Table, pd.DataFrame]:
    columns = ", ".join(f"{_quoted(column)}: 'VARCHAR'" for column in names)
    packed = "gzip" if is_gzip(path) else "none"
    rejects = f"{name}_rejects"
    con.raw_sql(
        f'CREATE TEMP TABLE "{name}" AS SELECT * FROM read_csv({_quoted(literal_path(path))}, '
        f"auto_detect = false, header = {has_header}, delim = {_quoted(delimiter)}, "
        f"quote = '\"', escape = '\"', nullstr = '', columns = {{{columns}}}, "
        f"compression = '{packed}', strict_mode = true, store_rejects = true, "
        f"rejects_table = '{rejects}', rejects_scan = '{rejects}_scan')"
    )
    malformed = con.raw_sql(
        "SELECT line_byte_position::BIGINT AS offset, any_value(csv_line) AS text "
        f'FROM "{rejects}" GROUP BY line_byte_position ORDER BY line_byte_position'
    ).fetchdf()
    for left in (rejects, f"{rejects}_scan"):
        con.raw_sql(f'DROP TABLE "{left}"')
    offsets = malformed.pop("offset")
    malformed.insert(0, "line", line_numbers(path, offsets.tolist()) if len(offsets) else offsets)
    return con.table(name), malformed


def _refuse_hidden_lines(malformed: pd.DataFrame, where: str) -> None:
    hiding = malformed[malformed["text"].str.len() >= CUT_AT]
    if len(hiding):
        raise DataError(
            f"{where}: what starts on line {hiding['line'].iloc[0]:,} is no record and runs on for "
            f"{CUT_AT:,} characters or more",
            fix="Look for a quote there that never closes",
        )


def literal_path(path: Path) -> str:
    """A path in which the engine sees no pattern."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _header(path: Path, delimiter: str, where: str) -> list[str]:
    with open_bytes(path) as stream:
        lines: Iterable[str] = codecs.getreader("utf-8-sig")(stream)
        first = next(csv.reader(lines, delimiter=delimiter), [])
    names = [name.strip() for name in first]
    if not any(names):
        raise DataError(f"{where} starts with a blank line", "a header line with column names")
    if looks_like_values(names):
        raise DataError(
            f"{where} starts with a line of values, not of names",
            "a header line",
            "Add `header: [name, name, ...]` to this table in study.yaml",
        )
    return [name or f"unnamed_{position}" for position, name in enumerate(names, start=1)]


def looks_like_values(names: list[str]) -> bool:
    """Whether a first line holds values: no letter at all, or a date, an amount, a contact.

    Such a line must not be taken for names: names are printed in messages.
    """
    value = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}|[+-]?\d+[.,]\d+|.*@.*")
    text = "".join(names)
    fields = [field.strip() for name in names for field in re.split(r"[;|\t]", name)]
    return not any(map(str.isalpha, text)) or any(
        value.match(field) or looks_like_a_value(field) for field in fields
    )


def check_names(names: list[str], where: str) -> None:
    """Refuse column names that the engine can't tell apart: it doesn't mind their case."""
    folded = Counter(name.casefold() for name in names)
    twice = sorted({printable(name) for name in names if folded[name.casefold()] > 1})
    if twice:
        raise DataError(
            f"{where} has more than one column named {', '.join(map(repr, twice))}",
            "column names that differ in more than case",
            "Rename or remove the copies",
        )


def _check_delimiter(names: list[str], spec: TableSpec, where: str) -> None:
    if len(names) > 1:
        return
    other = next((mark for mark in (";", "\t", "|", ",") if mark in names[0]), None)
    if other:
        shown = "\\t" if other == "\t" else other
        raise DataError(
            f"{where} has one column when split at '{spec.delimiter}'",
            fix=f'Add `delimiter: "{shown}"` to this table in study.yaml',
        )
