"""Files and frames as they come -> a table of the engine, every line accounted for."""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from glob import glob, has_magic
from importlib.resources import as_file, files
from pathlib import Path

import duckdb
import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.csvfile import check_names, literal_path, read_csv
from segkit.sources.encoding import is_parquet, refuse_workbook, sha256_of
from segkit.sources.parts import named_files, put_together
from segkit.study import Study
from segkit.study.tables import TableSpec

SHARED = "$SEGKIT_DATA/"


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
        Of the file (or files) as stored, or of the frame's content.
    where : str
        What to call it in a message.
    notices : tuple of str
        Lines that are no records and cells that were carried, counted; of several files what each
        holds.
    n_again : int
        Lines that were left out, since an earlier file of the table holds them too.
    """

    table: ibis.Table
    malformed: pd.DataFrame
    sha256: str
    where: str
    notices: tuple[str, ...] = ()
    n_again: int = 0


def read_raw(
    con: Backend, name: str, spec: TableSpec, folder: Path, frame: pd.DataFrame | None = None
) -> Raw:
    """Read one table of a study: a given frame, else the file or files that `spec` names."""
    if frame is not None:
        return _read_frame(con, name, frame)
    with located(spec.files, folder) as paths:
        if len(paths) == 1:
            return _read_file(con, f"raw_{name}", spec, paths[0])
        read = [_read_file(con, f"raw_{name}_{at}", spec, path) for at, path in enumerate(paths)]
    _refuse_same_content(read)
    tables = {raw.where: raw.table for raw in read}
    table, n_again, said = put_together(con, f"raw_{name}", tables, spec)
    malformed = [raw.malformed.assign(file=raw.where) for raw in read]
    notices = tuple(text for raw in read for text in raw.notices)
    return Raw(
        table, pd.concat(malformed, ignore_index=True), _hash_of([raw.sha256 for raw in read]),
        named_files(list(tables)), (*notices, *said), n_again,
    )  # fmt: skip


def _read_file(con: Backend, name: str, spec: TableSpec, path: Path) -> Raw:
    if is_parquet(path):
        return _read_parquet(con, name, path)
    refuse_workbook(path)
    table, malformed, notices = read_csv(con, name, spec, path)
    return Raw(table, malformed, sha256_of(path), path.name, notices)


def _refuse_same_content(read: Sequence[Raw]) -> None:
    """Refuse files of a table that are copies of one another, or that messages can't tell apart."""
    hashes: dict[str, str] = {}
    names: set[str] = set()
    for raw in read:
        if raw.sha256 in hashes:
            raise DataError(
                f"{raw.where} and {hashes[raw.sha256]} are the same file, byte by byte",
                "each file of a table once",
                "Take one of them out",
            )
        if raw.where in names:
            raise DataError(f"two files of one table are called {raw.where}", "a name of its own each")
        hashes[raw.sha256] = raw.where
        names.add(raw.where)


@contextmanager
def located(files_of: Sequence[str], folder: Path) -> Iterator[list[Path]]:
    """Give the paths of a table's files: as listed, and by name where one is a pattern ("web_*.csv").

    `package:NAME/PATH` lies inside an installed package, `$SEGKIT_DATA/PATH` in the folder which that
    environment variable names.
    """
    with ExitStack() as stack:
        paths = [path for file in files_of for path in stack.enter_context(_located(file, folder))]
        twice = [path.name for path in paths if paths.count(path) > 1]
        if twice:
            raise DataError(f"{twice[0]} is named twice as a file of one table", "each file once")
        yield paths


@contextmanager
def _located(file: str, folder: Path) -> Iterator[list[Path]]:
    if file.startswith("package:"):
        package, _, inside = file.removeprefix("package:").partition("/")
        try:
            resource = files(package).joinpath(inside)
        except ModuleNotFoundError:
            raise DataError(f"{file}: the package '{package}' is not installed") from None
        with as_file(resource) as path:
            yield [_existing(path, file)]
    elif file.startswith(SHARED):
        yield _fitting(_shared_folder(file) / file.removeprefix(SHARED), file)
    else:
        yield _fitting(folder / Path(file).expanduser(), file)


def _fitting(path: Path, file: str) -> list[Path]:
    """The file of that name, else the files that fit it as a pattern, by name."""
    if path.is_file() or not has_magic(file):
        return [_existing(path, file)]
    found = [Path(one) for one in sorted(glob(str(path))) if Path(one).is_file()]
    if not found:
        raise DataError(f"no file fits '{file}'", "a pattern of file names, such as orders_*.csv")
    return [_existing(one, one.name) for one in found]


def _shared_folder(file: str) -> Path:
    folder = os.environ.get("SEGKIT_DATA")
    if not folder:
        raise DataError(
            f"the study's file is '{file}', and SEGKIT_DATA is not set",
            "the environment variable SEGKIT_DATA with the folder of the data sets",
            "`segkit fetch` gets public data sets and says what to set; or write a path of your own "
            "into study.yaml",
        )
    if not Path(folder).is_dir():
        raise DataError("SEGKIT_DATA names no folder that exists", "the folder of the data sets")
    return Path(folder)


def _existing(path: Path, file: str) -> Path:
    if not path.is_file():
        public = file.removeprefix(SHARED).partition("/")[0] if file.startswith(SHARED) else ""
        raise DataError(
            f"there is no file '{file}'",
            "a path relative to study.yaml, or an absolute one",
            f"If it is the public data set, `segkit fetch {public}` gets it" if public else "",
        )
    if path.stat().st_size == 0:
        raise DataError(f"{path.name} is empty", "a file with a header and at least one line")
    return path


def _hash_of(hashes: Sequence[str]) -> str:
    """One for several files; a file alone keeps its own."""
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def hash_inputs(study: Study) -> dict[str, str]:
    """SHA-256 of every table's file or files that a study names, as stored."""
    specs = study.every_table
    files_of: dict[str, Sequence[str]] = {name: spec.files for name, spec in specs.items()}
    files_of |= {f"{name}_join": [spec.join["file"]] for name, spec in specs.items() if spec.join}
    traits = study.traits.items()
    files_of |= {f"lookup_{name}": [trait.lookup["file"]] for name, trait in traits if trait.lookup}
    hashes = {}
    for name, listed in sorted(files_of.items()):
        with located(listed, study.folder) as paths:
            hashes[name] = _hash_of([sha256_of(path) for path in paths])
    return hashes


def _read_frame(con: Backend, name: str, frame: pd.DataFrame) -> Raw:
    where = f"the given frame '{name}'"
    check_names([str(column) for column in frame.columns], where)
    if frame.empty:
        raise DataError(f"{where} has no rows")
    try:
        arrow = pa.Table.from_pandas(frame.rename(columns=str), preserve_index=False)
    except (pa.ArrowInvalid, pa.ArrowTypeError) as error:
        column = str(error.args[-1]).removeprefix("Conversion failed for column ").split(" with")[0]
        raise DataError(
            f"{where}: column '{column}' mixes types", "one type a column", "Cast it to text"
        ) from None
    typed = [f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in arrow.schema]
    table = con.create_table(f"raw_{name}", arrow.cast(pa.schema(typed)), temp=True)
    digest = hashlib.sha256(str(list(frame.columns)).encode())
    digest.update(pd.util.hash_pandas_object(frame, index=False).to_numpy().tobytes())
    return Raw(table, _no_lines(), digest.hexdigest(), where)


def _read_parquet(con: Backend, name: str, path: Path) -> Raw:
    try:
        check_names(pq.read_schema(path).names, path.name)
        table = con.create_table(f"raw_{name}", con.read_parquet(literal_path(path)), temp=True)
    except (pa.ArrowInvalid, duckdb.Error):
        raise DataError(f"{path.name} is a damaged Parquet file") from None
    if table.count().execute() == 0:
        raise DataError(f"{path.name} has no rows")
    return Raw(table, _no_lines(), sha256_of(path), path.name)


def _no_lines() -> pd.DataFrame:
    return pd.DataFrame({"line": pd.Series(dtype="int64"), "text": pd.Series(dtype="str")})
