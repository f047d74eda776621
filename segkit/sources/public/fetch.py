"""`segkit fetch`: a public data set, checked, where its study finds it."""

import gzip
import os
import shlex
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import unquote_plus, urlsplit
from zipfile import BadZipFile, ZipFile

from segkit.errors import DataError
from segkit.shown import Shown
from segkit.sources.encoding import sha256_of
from segkit.sources.public.datasets import DataSet, Source, find_dataset
from segkit.sources.public.download import FetchError, download
from segkit.sources.public.forms import as_it_is
from segkit.study import project_root

BAD = "An incomplete or changed file is never put in place; tell the project if it stays so"


@dataclass(frozen=True, eq=False, repr=False)
class Fetched(Shown):
    """A public data set on this machine.

    Attributes
    ----------
    dataset : DataSet
    path : pathlib.Path
    folder : pathlib.Path
        What SEGKIT_DATA must name.
    checked : str
        What was checked, in words.
    was_there : bool
        Whether it was there already.
    """

    dataset: DataSet
    path: Path
    folder: Path
    checked: str
    was_there: bool

    @property
    def reading(self) -> str:
        """Where it is, how it was checked, and on which terms it may be used."""
        start = "Already there" if self.was_there else "Fetched"
        return (
            f"{start}: {self.dataset.name}/{self.path.name}, {self.dataset.rows:,} rows; "
            f"{self.checked}. Licence: {self.dataset.licence}. "
            f"Cite: {self.dataset.citation}. {self.dataset.page}"
        )


def fetch_dataset(
    dataset: str | DataSet,
    *,
    to: str | Path | None = None,
    replace: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Fetched:
    """Download a public data set, check it and put it where its study finds it.

    Parameters
    ----------
    dataset : str or DataSet
        A name that segkit knows, or where a file is published.
    to : str or pathlib.Path, optional
        Folder that holds one folder per data set; by default the one that SEGKIT_DATA names, else
        the project's `data`.
    replace : bool, default False
        Put it in the place of a file that is there and differs.
    tell : callable, optional
        Is told what happens, line by line.

    Returns
    -------
    Fetched

    Raises
    ------
    FetchError
        No connection, or not the bytes that are known.
    DataError
        No such data set, or a file is there that differs.

    Notes
    -----
    A download that was broken off goes on where it was. Addresses are tried one after the other.
    """
    wanted = find_dataset(dataset) if isinstance(dataset, str) else dataset
    folder = _folder(to)
    target = folder / wanted.name / wanted.file
    if target.is_file() and not replace:
        return Fetched(wanted, target, folder, _check_there(target, wanted), was_there=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    failures = []
    for source in wanted.sources:
        tell(f"{'a copy of it ' if source.copy else ''}from {source.url}")
        try:
            checked = _from(source, wanted, target)
        except FetchError as error:
            failures.append(error)
            tell(f"  {error}")
        else:
            return Fetched(wanted, target, folder, checked, was_there=False)
    with suppress(OSError):  # parts that are kept stay
        target.parent.rmdir()
    raise FetchError(
        f"{wanted.name} can't be fetched: {failures[-1].arrived}",
        fix=f"Run it again later, or download {wanted.sources[0].url} with a browser (about the data: "
        f"{wanted.page}) on a machine that can, and run `segkit fetch {wanted.name} --to FOLDER` there",
    )


def where_to_look(folder: Path) -> str:
    """What to set so that the studies find what lies in a folder."""
    if os.environ.get("SEGKIT_DATA") and _folder(None) == folder:
        return "SEGKIT_DATA names this folder: the studies find it."
    return f"So that the studies find it:\nexport SEGKIT_DATA={shlex.quote(str(folder))}"


def _folder(to: str | Path | None) -> Path:
    given = to or os.environ.get("SEGKIT_DATA") or project_root() / "data"
    return Path(given).expanduser().resolve()


def _from(source: Source, wanted: DataSet, target: Path) -> str:
    """Download from one address, check, bring into form, check again, put in place."""
    name = unquote_plus(Path(urlsplit(source.url).path).name).replace(" ", "_")
    archive = target.with_name(f".{name}")
    try:
        download(source.url, archive)
        _require(archive, source.archive_sha256, source.url)
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=".fetch-") as made:
            member, finished = _extracted(archive, source, Path(made)), Path(made) / "finished"
            _require(member, source.sha256, source.url)
            source.form(member, finished)
            checked = _check(finished, wanted, source, source.url)
            _put(finished, target)
    finally:
        archive.unlink(missing_ok=True)
    return checked


def _extracted(archive: Path, source: Source, folder: Path) -> Path:
    """The file at the end of the way through nested archives."""
    path = archive
    for depth, member in enumerate(source.members):
        inner = folder / f"member-{depth}"
        try:
            with ZipFile(path) as box, box.open(member) as stream, inner.open("wb") as out:
                shutil.copyfileobj(stream, out)
        except (BadZipFile, KeyError):
            raise FetchError(f"{source.url} is no archive that holds '{member}'", fix=BAD) from None
        path = inner
    return path


def _require(path: Path, sha256: str, url: str) -> None:
    found = sha256_of(path)
    if sha256 and found != sha256:
        raise FetchError(
            f"{url}: the checksum is {found[:12]}..., not {sha256[:12]}...", "the bytes known", BAD
        )


def _check(path: Path, wanted: DataSet, source: Source, where: str) -> str:
    """Check a finished file, and say what was checked."""
    _require(path, wanted.sha256, where)
    with path.open("rb") as stream:
        names = _names(stream.readline(), wanted)
        rows = sum(1 for line in stream if line.strip())
    lacking = [name for name in wanted.header if name not in names]
    if lacking or rows != wanted.rows:
        why = f"has no column '{lacking[0]}'" if lacking else f"has {rows:,} rows"
        raise FetchError(
            f"{where} {why}", f"{wanted.rows:,} rows under {', '.join(wanted.header)}", BAD
        )
    if wanted.sha256 or source.sha256:
        return "checksum right"
    return "no checksum of it is known: columns and rows are right"


def _names(line: bytes, wanted: DataSet) -> list[str]:
    text = line.decode("utf-8-sig", errors="replace").strip()
    names = text.split(wanted.delimiter) if wanted.delimiter else text.split()
    return [name.strip('" ') for name in names]


def _check_there(target: Path, wanted: DataSet) -> str:
    """Check a file that is there already; one that differs is neither used nor overwritten."""
    try:
        with _uncompressed(target) as path:
            known = {one.sha256: one for one in wanted.sources if one.form is as_it_is}
            return _check(path, wanted, known.get(sha256_of(path), Source("")), target.name)
    except FetchError as error:
        raise DataError(
            f"{wanted.name}/{target.name} is there and differs: {error.arrived}",
            "a file of your own under another name",
            "Move it away, or overwrite it with --replace",
        ) from None


@contextmanager
def _uncompressed(path: Path) -> Iterator[Path]:
    if path.suffix != ".gz":
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="segkit-") as folder:
        plain = Path(folder) / "plain"
        try:
            with gzip.open(path) as packed, plain.open("wb") as out:
                shutil.copyfileobj(packed, out)
        except (gzip.BadGzipFile, EOFError):
            raise FetchError("it is damaged") from None
        yield plain


def _put(finished: Path, target: Path) -> None:
    """Move a finished file into place in one step, compressed where its name says so."""
    made = finished
    if target.suffix == ".gz":
        made = finished.with_name("packed")
        with finished.open("rb") as raw, made.open("wb") as out:
            _pack(raw, out)
    made.replace(target)


def _pack(raw: IO[bytes], out: IO[bytes]) -> None:
    """Without a name or a time in it, so that equal content gives equal bytes."""
    with gzip.GzipFile("", "wb", fileobj=out, mtime=0) as packed:
        shutil.copyfileobj(raw, packed)
