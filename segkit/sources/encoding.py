"""Bytes -> text: packing, encoding and line ends, handled as stated or refused clearly."""

import codecs
import csv
import gzip
import hashlib
import io
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from segkit.errors import DataError

CHUNK_BYTES = 1 << 20


def first_bytes(path: Path, n: int = 4) -> bytes:
    """The first bytes of a file as stored."""
    with path.open("rb") as stream:
        return stream.read(n)


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file as stored."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def is_gzip(path: Path) -> bool:
    """Whether a file is gzipped, whatever its name ends in."""
    return first_bytes(path, 2) == b"\x1f\x8b"


def is_parquet(path: Path) -> bool:
    """Whether a file is Parquet, whatever its name ends in."""
    return first_bytes(path) == b"PAR1"


def refuse_workbook(path: Path) -> None:
    """Refuse an Excel workbook or an archive, whatever its name ends in: no text can be read in it."""
    start = first_bytes(path, 8)
    if start.startswith(b"PK\x03\x04"):
        what = "an Excel workbook" if _is_workbook(path) else "a zip archive"
    elif start == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        what = "an Excel workbook of the old form"
    else:
        return
    fix = "Save its sheet as CSV (UTF-8)" if "Excel" in what else "Unpack it"
    raise DataError(
        f"{path.name} is {what}",
        "CSV, also gzipped, or Parquet",
        f"{fix} and name that file",
    )


def _is_workbook(path: Path) -> bool:
    try:
        with zipfile.ZipFile(path) as archive:
            return "[Content_Types].xml" in archive.namelist()
    except zipfile.BadZipFile:  # cut off, or of another kind: its name is all there is
        return path.suffix.lower() in {".xlsx", ".xlsm"}


@contextmanager
def open_bytes(path: Path) -> Iterator[IO[bytes]]:
    """Open a file, unpacked when it is gzipped; a damaged one is refused."""
    try:
        with gzip.open(path, "rb") if is_gzip(path) else path.open("rb") as stream:
            yield stream  # type: ignore[misc]
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise DataError(f"{path.name} is a damaged gzip file: {error}") from None


def codec_of(encoding: str) -> str:
    """The codec's own name; refuses one that Python doesn't know."""
    try:
        return codecs.lookup(encoding).name
    except LookupError:
        raise DataError(f"encoding '{encoding}' is unknown", "utf-8, cp1252, utf-16, ...") from None


def is_utf8(encoding: str) -> bool:
    """Whether an encoding's files can be read as UTF-8."""
    return codec_of(encoding) in {"utf-8", "utf-8-sig", "ascii"}


def check_utf8(path: Path) -> bool:
    """Refuse a file that isn't UTF-8 throughout; return whether it mixes line ends."""
    decoder, read, n_crlf, n_lf = codecs.getincrementaldecoder("utf-8")(), 0, 0, 0
    with open_bytes(path) as stream:
        for chunk in iter(lambda: stream.read(CHUNK_BYTES), b""):
            if b"\0" in chunk:
                _refuse(path, "it holds bytes of zero", read + chunk.index(b"\0"))
            _decode(decoder, chunk, path, read)
            read += len(chunk)
            n_crlf, n_lf = n_crlf + chunk.count(b"\r\n"), n_lf + chunk.count(b"\n")
    _decode(decoder, b"", path, read)
    return 0 < n_crlf < n_lf


def _decode(decoder: codecs.IncrementalDecoder, chunk: bytes, path: Path, read: int) -> None:
    try:
        decoder.decode(chunk, final=not chunk)
    except UnicodeDecodeError as error:
        _refuse(path, f"byte 0x{error.object[error.start]:02X}", read + error.start)


def _refuse(path: Path, what: str, offset: int) -> None:
    with open_bytes(path) as stream:
        start = stream.read(4)
    has_mark = start[:2] in {b"\xff\xfe", b"\xfe\xff"}
    guess = "utf-16" if has_mark else "utf-16-le" if b"\0" in start else "cp1252"
    raise DataError(
        f"{path.name} is not UTF-8: {what} near offset {offset:,}",
        "UTF-8, or the encoding that study.yaml states",
        f"Add `encoding: {guess}` to this table if that is what wrote it",
    )


def is_utf8_file(path: Path) -> bool:
    """Whether a file's content is UTF-8 throughout."""
    try:
        check_utf8(path)
    except DataError:
        return False
    return True


def rewrite(path: Path, plain: Path, encoding: str, *, by_whitespace: bool) -> None:
    """Write a file again as UTF-8 with one kind of line end; split at white space if asked."""
    codec = codec_of(encoding)
    try:
        with open_bytes(path) as stream, plain.open("w", encoding="utf-8", newline="") as out:
            text = io.TextIOWrapper(stream, "utf-8-sig" if codec == "utf-8" else codec)
            if by_whitespace:
                lines = (line.split() for line in text if line.strip())
                csv.writer(out, lineterminator="\n").writerows(lines)
            else:
                shutil.copyfileobj(text, out, CHUNK_BYTES)
    except UnicodeError:
        raise DataError(
            f"{path.name} is not {encoding}, which study.yaml states",
            fix="State the encoding that wrote it",
        ) from None


def line_numbers(path: Path, offsets: list[int]) -> list[int]:
    """Numbers of the lines that start at some offsets (ascending) of the unpacked file."""
    numbers, passed, newlines, wanted = [], 0, 0, iter(sorted(offsets))
    offset = next(wanted, None)
    with open_bytes(path) as stream:
        for chunk in iter(lambda: stream.read(CHUNK_BYTES), b""):
            while offset is not None and offset <= passed + len(chunk):
                numbers.append(1 + newlines + chunk[: offset - passed].count(b"\n"))
                offset = next(wanted, None)
            passed, newlines = passed + len(chunk), newlines + chunk.count(b"\n")
    return numbers
