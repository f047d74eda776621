"""A user's files -> which of them is which table of a study, and what is said about each."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from segkit.errors import DataError, StudyError
from segkit.sources.exports.export import KINDS, NAMED, TABLES
from segkit.sources.exports.pieces import put_pieces
from segkit.sources.exports.recognise import recognise
from segkit.sources.exports.told import File, Told
from segkit.sources.guessing.kinds import fitting, unread_form
from segkit.sources.guessing.table import look

_TABLES_OF = (".csv", ".tsv", ".txt", ".parquet", ".gz")
"""Endings of files that are looked at in a folder."""


def tell_files(named: Mapping[str, Sequence[Path]], unnamed: Sequence[Path]) -> Told:
    """Tell which file is which table of a study.

    Parameters
    ----------
    named : dict of str to sequence of pathlib.Path
        Table -> files, as the user says.
    unnamed : sequence of pathlib.Path
        Files, and folders of files, to be recognised by their headers, else by their columns.

    Raises
    ------
    StudyError
        Two files are of one kind and differ in their columns, or a file fits two kinds.
    DataError
        There is no such file, or a known export is damaged or lacks a column.
    """
    told = Told()
    for kind, paths in named.items():
        for path in paths:
            _take_named(told, kind, path)
    for path in unnamed:
        if path.is_dir():
            _take_folder(told, path)
        else:
            _take_unnamed(told, path)
    put_pieces(told)
    return told


def refuse_unfit(told: Told) -> None:
    """Refuse files of which none says who the customers are, or that lack what they belong to.

    Raises
    ------
    StudyError
        None holds what customers did or who they are, or there are products without orders.
    DataError
        Nothing tells what a file is.
    """
    _refuse_unknown(told)
    if not told.has_customers:
        raise StudyError(
            " ".join(f"{line}." for line in told.said) or "no file is given",
            f"a file with {KINDS['transactions']}, with {KINDS['customers']} or with {KINDS['web']}",
            "Add it, or say which file it is: --transactions FILE or --customers FILE",
        )
    if "products" in told.tables and "transactions" not in told.tables:
        raise StudyError(
            f"{told.tables['products'].path.name} holds products, and no file says what customers "
            "bought",
            f"a file with {KINDS['transactions']}, or no products",
        )


def _refuse_unknown(told: Told) -> None:
    """Refuse a file that nothing tells; one that lay in a folder is left out and said."""
    for file in told.unknown:
        if not file.among_others:
            raise DataError(
                f"{file.path.name} is no export that segkit knows, and its columns don't tell what it "
                "holds",
                ", ".join(NAMED),
                f"Say what it is: {', '.join(f'--{kind} FILE' for kind in NAMED)}",
            )
        told.said.append(f"{file.path.name} is left out: its columns don't tell what it holds")


def _take_named(told: Told, kind: str, path: Path) -> None:
    """The user's word holds; a known export of that kind says how it is read."""
    export = recognise(_existing(path))
    if export and TABLES.get(export.export.kind) == kind and not export.lacking:
        told.add(File(kind, path, export), export.words)
    elif export:
        but = (
            f"lacks {_quoted(export.lacking)}" if export.lacking else f"is taken for {kind} as you say"
        )
        words = f"{path.name} looks like {export.export.name}, but {but}: guessed"
        told.add(_guessed(kind, path), words)
    else:
        words = f"{path.name} is no export that segkit knows: guessed by its names"
        told.add(_guessed(kind, path), words)


def _guessed(kind: str, path: Path) -> File:
    looked = look(path)
    return File(kind, path, None, looked, fitting(looked).get(kind), is_named=True)


def _take_folder(told: Told, folder: Path) -> None:
    """All tables of a folder; one that nothing tells is named and left out."""
    paths = sorted(
        path for path in folder.iterdir() if path.is_file() and path.name.lower().endswith(_TABLES_OF)
    )
    if not paths:
        raise DataError(
            f"the folder '{folder}' holds no table", f"files that end in {', '.join(_TABLES_OF)}"
        )
    for path in paths:
        _take_unnamed(told, path, among_others=True)


def _take_unnamed(told: Told, path: Path, *, among_others: bool = False) -> None:
    """Take a file for what it seems to be."""
    export = recognise(_existing(path))
    if export is None:
        _take_unknown(told, path, among_others=among_others)
    elif export.export.kind not in TABLES:
        told.said.append(f"{export.words}. This kind is not yet read as a source of its own: left out")
    elif export.lacking:
        raise DataError(
            f"{path.name} looks like {export.export.name}, but has no column {_quoted(export.lacking)}",
            "the export with all of its columns",
            f"Export it again, or let its columns be guessed: --{export.export.kind} {path.name}",
        )
    else:
        told.add(File(TABLES[export.export.kind], path, export), export.words)


def _take_unknown(told: Told, path: Path, *, among_others: bool) -> None:
    looked = look(path)
    why_not = unread_form(looked)
    fits = {} if why_not else fitting(looked)
    if len(fits) > 1:
        whys = "; ".join(f"{kind}, since {fit.why}" for kind, fit in fits.items())
        raise StudyError(
            f"{path.name} fits {len(fits)} kinds of table: {whys}",
            "one kind for each file",
            f"Say which it is: {' or '.join(f'--{kind} {path.name}' for kind in fits)}",
        )
    if fits:
        kind, fit = next(iter(fits.items()))
        by = "guessed by its names" if fit.why == "by its names" else f"guessed: {fit.why}"
        words = f"{path.name} is no export that segkit knows: {kind}, {by}"
        told.add(File(kind, path, None, looked, fit, among_others), words)
    elif why_not:
        told.said.append(f"{path.name} is left out: {why_not}")
    else:
        told.unknown.append(File("", path, None, looked, None, among_others))


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise DataError(f"there is no file '{path}'")
    return path


def _quoted(names: Sequence[str]) -> str:
    return ", ".join(f"'{name}'" for name in names)
