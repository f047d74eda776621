"""Files and frames as they come -> a table of the engine, every line accounted for."""

import codecs
import csv
import gzip
import hashlib
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO

import ibis
import pandas as pd
import pyarrow as pa
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.study import Study, TableSpec

CHUNK_BYTES = 1 << 20
WHITESPACE = "whitespace"


@dataclass(frozen=True, eq=False)
class Raw:
    """A table as it arrived.

    Attributes
    ----------
    table : ibis.Table
        Under the file's own column names; text columns when it came from CSV.
    malformed : pandas.DataFrame
        Lines that are no record of this table: `line` (number in the file) and `text`.
    sha256 : str
        Of the file as stored, or of the frame's content.
    where : str
        What to call it in a message.
    """

    table: ibis.Table
    malformed: pd.DataFrame
    sha256: str
    where: str


def read_raw(
    con: Backend, name: str, spec: TableSpec, folder: Path, frame: pd.DataFrame | None = None
) -> Raw:
    """Read one table of a study: a given frame, else the file that `spec` names."""
    if frame is not None:
        return _read_frame(con, name, frame)
    with located(spec.file, folder) as path:
        is_parquet = _first_bytes(path)[:4] == b"PAR1"
        return _read_parquet(con, name, path) if is_parquet else _read_csv(con, name, spec, path)


@contextmanager
def located(file: str, folder: Path) -> Iterator[Path]:
    """Give the path of a study's file; `package:NAME/PATH` lies inside an installed package."""
    if file.startswith("package:"):
        package, _, inside = file.removeprefix("package:").partition("/")
        try:
            resource = files(package).joinpath(inside)
        except ModuleNotFoundError:
            raise DataError(f"{file}: the package '{package}' is not installed") from None
        with as_file(resource) as path:
            yield _existing(path, file)
    else:
        yield _existing(folder / Path(file).expanduser(), file)


def _existing(path: Path, file: str) -> Path:
    if not path.is_file():
        raise DataError(
            f"there is no file '{file}'", "a path relative to study.yaml, or an absolute one"
        )
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty", "a file with a header and at least one line")
    return path


def _first_bytes(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(4)


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_inputs(study: Study) -> dict[str, str]:
    """SHA-256 of every file that a study names, as stored."""
    files_of = {name: spec.file for name, spec in study.tables.items()}
    files_of |= {f"{name}_join": spec.join["file"] for name, spec in study.tables.items() if spec.join}
    hashes = {}
    for name, file in sorted(files_of.items()):
        with located(file, study.folder) as path:
            hashes[name] = _sha256(path)
    return hashes


def _read_frame(con: Backend, name: str, frame: pd.DataFrame) -> Raw:
    where = f"the given frame '{name}'"
    _check_names([str(column) for column in frame.columns], where)
    if frame.empty:
        raise DataError(f"{where} has no rows")
    try:
        arrow = pa.Table.from_pandas(frame.rename(columns=str), preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        column = str(error.args[-1]).removeprefix("Conversion failed for column ").split(" with")[0]
        raise DataError(
            f"{where}: column '{column}' mixes types", "one type a column", "Cast it to text"
        ) from None
    table = con.create_table(f"raw_{name}", arrow, temp=True)
    digest = hashlib.sha256(str(list(frame.columns)).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return Raw(table, _no_lines(), digest.hexdigest(), where)


def _read_parquet(con: Backend, name: str, path: Path) -> Raw:
    table = con.create_table(f"raw_{name}", con.read_parquet(path), temp=True)
    if table.count().execute() == 0:
        raise DataError(f"{path.name} has no rows")
    return Raw(table, _no_lines(), _sha256(path), path.name)


def _read_csv(con: Backend, name: str, spec: TableSpec, path: Path) -> Raw:
    with tempfile.TemporaryDirectory(prefix="segkit-") as scratch:
        plain = Path(scratch) / "plain.csv"
        if spec.delimiter == WHITESPACE or not _is_utf8(spec.encoding):
            _rewrite(path, spec, plain)
        else:
            _check_utf8(path)
            plain = path
        delimiter = "," if spec.delimiter == WHITESPACE else spec.delimiter
        names = spec.header or _header(plain, delimiter, path.name)
        _check_names(names, path.name)
        _check_delimiter(names, spec, path.name)
        table, malformed = _load(con, f"raw_{name}", plain, delimiter, names, spec.header is None)
    if table.count().execute() == 0 and malformed.empty:
        raise DataError(f"{path.name} has a header and no lines")
    return Raw(table, malformed, _sha256(path), path.name)


def _load(
    con: Backend, name: str, path: Path, delimiter: str, names: list[str], has_header: bool
) -> tuple[ibis.Table, pd.DataFrame]:
    """Read every column as text; lines that don't fit the header end in the second table."""
    columns = ", ".join(f"{_quoted(column)}: 'VARCHAR'" for column in names)
    packed = "gzip" if _is_gzip(path) else "none"
    rejects = f"{name}_rejects"
    con.raw_sql(
        f'CREATE TEMP TABLE "{name}" AS SELECT * FROM read_csv({_quoted(str(path))}, '
        f"auto_detect = false, header = {has_header}, delim = {_quoted(delimiter)}, "
        f"quote = '\"', escape = '\"', nullstr = '', columns = {{{columns}}}, "
        f"compression = '{packed}', strict_mode = true, store_rejects = true, "
        f"rejects_table = '{rejects}', rejects_scan = '{rejects}_scan')"
    )
    malformed = con.raw_sql(
        f'SELECT line::BIGINT AS line, any_value(csv_line) AS text FROM "{rejects}" '
        "GROUP BY line ORDER BY line"
    ).fetchdf()
    for left in (rejects, f"{rejects}_scan"):
        con.raw_sql(f'DROP TABLE "{left}"')
    return con.table(name), malformed


def _no_lines() -> pd.DataFrame:
    return pd.DataFrame({"line": pd.Series(dtype="int64"), "text": pd.Series(dtype="str")})


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _is_gzip(path: Path) -> bool:
    return _first_bytes(path)[:2] == b"\x1f\x8b"


def open_bytes(path: Path) -> IO[bytes]:
    """Open a file, unpacking it when it is gzipped, whatever its name ends in."""
    return gzip.open(path, "rb") if _is_gzip(path) else path.open("rb")  # type: ignore[return-value]


def _codec(encoding: str) -> str:
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise DataError(f"encoding '{encoding}' is unknown", "utf-8, cp1252, utf-16, ...") from None


def _is_utf8(encoding: str) -> bool:
    return _codec(encoding) in {"utf-8", "utf-8-sig", "ascii"}


def _check_utf8(path: Path) -> None:
    decoder, read = codecs.getincrementaldecoder("utf-8")(), 0
    with open_bytes(path) as stream:
        while chunk := stream.read(CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                byte = error.object[error.start]
                raise DataError(
                    f"{path.name} is not UTF-8: byte 0x{byte:02X} near offset {read + error.start:,}",
                    "UTF-8, or the encoding that study.yaml states",
                    _encoding_hint(path),
                ) from None
            read += len(chunk)


def is_utf8_file(path: Path) -> bool:
    """Whether a file's content is UTF-8 throughout."""
    try:
        _check_utf8(path)
    except DataError:
        return False
    return True


def _encoding_hint(path: Path) -> str:
    with open_bytes(path) as stream:
        start = stream.read(2)
    guess = "utf-16" if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} else "cp1252"
    return f"Add `encoding: {guess}` to this table if that is what wrote it"


def _rewrite(path: Path, spec: TableSpec, plain: Path) -> None:
    """Write the file again as comma-separated UTF-8, where the engine can't read it directly."""
    codec = _codec(spec.encoding)
    reader = codecs.getreader("utf-8-sig" if codec == "utf-8" else codec)
    with open_bytes(path) as stream, plain.open("w", encoding="utf-8", newline="") as out:
        try:
            if spec.delimiter == WHITESPACE:
                csv.writer(out, lineterminator="\n").writerows(
                    line.split() for line in reader(stream) if line.strip()
                )
            else:
                shutil.copyfileobj(reader(stream), out, CHUNK_BYTES)
        except UnicodeError:
            raise DataError(
                f"{path.name} is not {spec.encoding}, which study.yaml states",
                fix="State the encoding that wrote it",
            ) from None


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
    return names


def looks_like_values(names: list[str]) -> bool:
    """Whether a first line holds values instead of names: no letter in any field."""
    return not any(letter.isalpha() for name in names for letter in name)


def _check_names(names: list[str], where: str) -> None:
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise DataError(
            f"{where} has more than one column named {', '.join(map(repr, twice))}",
            "column names that differ",
            "Rename or remove the copies",
        )


def _check_delimiter(names: list[str], spec: TableSpec, where: str) -> None:
    if len(names) > 1:
        return
    other = next((mark for mark in (";", "\t", "|", ",") if mark in names[0]), None)
    if other:
        shown = "\\t" if other == "\t" else other
        raise DataError(
            f"{where} has one column, '{names[0]}', when split at '{spec.delimiter}'",
            fix=f'add `delimiter: "{shown}"` to this table in study.yaml',
        )
