"""A user's files -> which of them is which table of a study, and what is said about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from segkit.errors import DataError, StudyError
from segkit.sources.exports.export import KINDS, NAMED, READ
from segkit.sources.exports.recognise import Recognised, recognise
from segkit.sources.guess import likely_kind


@dataclass
class Told:
    """Which file is which table.

    Attributes
    ----------
    paths : dict of str to pathlib.Path
        Table -> file, of the tables that a study reads today.
    known : dict of str to Recognised
        Those of them that are known exports.
    said : list of str
        One line per file.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    known: dict[str, Recognised] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def add(self, kind: str, path: Path, export: Recognised | None, words: str) -> None:
        """Take a file for a table; refuse a second one."""
        if kind in self.paths:
            raise StudyError(
                f"{self.paths[kind].name} and {path.name} are both {kind}: {KINDS[kind]}",
                "one file of each kind",
                "Put them into one file under one header, or leave one out",
            )
        self.paths[kind] = path
        self.said.append(words)
        if export:
            self.known[kind] = export


def tell_files(named: Mapping[str, Path], unnamed: Sequence[Path]) -> Told:
    """Tell which file is which table of a study.

    Parameters
    ----------
    named : dict of str to pathlib.Path
        Table -> file, as the user says.
    unnamed : sequence of pathlib.Path
        To be recognised by their headers, else by the names of their columns.

    Raises
    ------
    StudyError
        Two files are of one kind, or none holds what customers bought.
    DataError
        There is no such file, a known export is damaged or lacks a column, or nothing tells what a
        file is.
    """
    told = Told()
    for kind, path in named.items():
        _take_named(told, kind, path)
    for path in unnamed:
        _take_unnamed(told, path)
    if not {"transactions", "web", "emails"} & set(told.paths):
        raise StudyError(
            " ".join(f"{line}." for line in told.said) or "no file is given",
            f"a file with {KINDS['transactions']}, which every study needs today, or with "
            f"{KINDS['web']}",
            "Add it, or say which file it is: --transactions FILE",
        )
    return told


def keyed(known: Recognised | None, *, by_email: bool) -> Recognised | None:
    """Key a known customer table by its addresses, where the orders are keyed so."""
    if known is None or not by_email or not known.export.email:
        return known
    columns = {**known.export.columns, "customer_id": known.export.email}
    return replace(known, export=replace(known.export, columns=columns))


def _take_named(told: Told, kind: str, path: Path) -> None:
    """The user's word holds; a known export of that kind says how it is read."""
    export = recognise(_existing(path))
    if export and export.export.kind == kind and not export.lacking:
        told.add(kind, path, export, export.words)
    elif export:
        but = (
            f"lacks {_quoted(export.lacking)}" if export.lacking else f"is taken for {kind} as you say"
        )
        told.add(kind, path, None, f"{path.name} looks like {export.export.name}, but {but}: guessed")
    else:
        told.add(kind, path, None, f"{path.name} is no export that segkit knows: guessed by its names")


def _take_unnamed(told: Told, path: Path) -> None:
    export = recognise(_existing(path))
    if export is None:
        kind = likely_kind(path)
        if kind is None:
            raise DataError(
                f"{path.name} is no export that segkit knows, and its columns don't tell what it holds",
                f"{', '.join(NAMED)}",
                f"Say what it is: {', '.join(f'--{kind} FILE' for kind in NAMED)}",
            )
        words = f"{path.name} is no export that segkit knows: {kind}, guessed by its names"
        told.add(kind, path, None, words)
    elif export.export.kind not in READ:
        told.said.append(f"{export.words}. This kind is not yet read as a source of its own: left out")
    elif export.lacking:
        raise DataError(
            f"{path.name} looks like {export.export.name}, but has no column {_quoted(export.lacking)}",
            "the export with all of its columns",
            f"Export it again, or let its columns be guessed: --{export.export.kind} {path.name}",
        )
    else:
        told.add(export.export.kind, path, export, export.words)


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise DataError(f"there is no file '{path}'")
    return path


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
