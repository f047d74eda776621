"""Files and frames as they come -> a table of the engine, every line accounted for."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
from segkit.sources.encoding import first_bytes, refuse_workbook
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
        Of the file as stored, or of the frame's content.
    where : str
        What to call it in a message.
    notices : tuple of str
        Lines that are no records and cells that were carried, counted.
    """

    table: ibis.Table
    malformed: pd.DataFrame
    sha256: str
    where: str
    notices: tuple[str, ...] = ()


def read_raw(
    con: Backend, name: str, spec: TableSpec, folder: Path, frame: pd.DataFrame | None = None
) -> Raw:
    """Read one table of a study: a given frame, else the file that `spec` names."""
    if frame is not None:
        return _read_frame(con, name, frame)
    with located(spec.file, folder) as path:
        if first_bytes(path) == b"PAR1":
            return _read_parquet(con, name, path)
        refuse_workbook(path)
        table, malformed, notices = read_csv(con, f"raw_{name}", spec, path)
        return Raw(table, malformed, _sha256(path), path.name, notices)


@contextmanager
def located(file: str, folder: Path) -> Iterator[Path]:
    """Give the path of a study's file.

    `package:NAME/PATH` lies inside an installed package, `$SEGKIT_DATA/PATH` in the folder which that
    environment variable names.
    """
    if file.startswith("package:"):
        package, _, inside = file.removeprefix("package:").partition("/")
        try:
            resource = files(package).joinpath(inside)
        except ModuleNotFoundError:
            raise DataError(f"{file}: the package '{package}' is not installed") from None
        with as_file(resource) as path:
            yield _existing(path, file)
    elif file.startswith(SHARED):
        yield _existing(_shared_folder(file) / file.removeprefix(SHARED), file)
    else:
        yield _existing(folder / Path(file).expanduser(), file)


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


def _sha256(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def hash_inputs(study: Study) -> dict[str, str]:
    """SHA-256 of every file that a study names, as stored."""
    specs = study.every_table
    files_of = {name: spec.file for name, spec in specs.items()}
    files_of |= {f"{name}_join": spec.join["file"] for name, spec in specs.items() if spec.join}
    traits = study.traits.items()
    files_of |= {f"lookup_{name}": trait.lookup["file"] for name, trait in traits if trait.lookup}
    hashes = {}
    for name, file in sorted(files_of.items()):
        with located(file, study.folder) as path:
            hashes[name] = _sha256(path)
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
    return Raw(table, _no_lines(), _sha256(path), path.name)


def _no_lines() -> pd.DataFrame:
    return pd.DataFrame({"line": pd.Series(dtype="int64"), "text": pd.Series(dtype="str")})
