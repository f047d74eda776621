"""A user's files, and which table of a study each is taken for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from segkit.errors import StudyError
from segkit.sources.exports.export import KINDS
from segkit.sources.exports.recognise import Recognised
from segkit.sources.guessing.fit import Fit
from segkit.sources.guessing.seen import Looked
from segkit.sources.parts import differing


@dataclass(frozen=True)
class File:
    """A user's file and the table that it is taken for.

    Attributes
    ----------
    kind : str
        Of the table in a study: "transactions", "customers", "web", "consent", ...
    path : pathlib.Path
    known : Recognised, optional
        What it is, where it is a known export.
    looked : Looked, optional
        How it was read to tell what it is, where it is unknown.
    fit : Fit, optional
        Which of its columns are which, where its content tells.
    among_others : bool
        Whether it lay in a folder, so that it may be left out.
    beside : Looked, optional
        A second file that is joined to it.
    is_named : bool
        Whether the user says what it is.
    others : tuple of pathlib.Path
        Further files of the same table, such as the exports of other months.
    """

    kind: str
    path: Path
    known: Recognised | None = None
    looked: Looked | None = None
    fit: Fit | None = None
    among_others: bool = False
    beside: Looked | None = None
    is_named: bool = False
    others: tuple[Path, ...] = ()

    @property
    def paths(self) -> list[Path]:
        """All files of the table."""
        return [self.path, *self.others]

    @property
    def names(self) -> list[str]:
        """Its columns."""
        return list(
            self.known.names if self.known else self.looked.table.columns if self.looked else ()
        )

    @property
    def export(self) -> str:
        """The export that it is."""
        return self.known.export.name if self.known else "no export that segkit knows"

    @property
    def how(self) -> Mapping[str, Any]:
        """How it is read; files of one table agree in it."""
        spec = self.known.options if self.known else self.looked.spec if self.looked else {}
        return {key: value for key, value in spec.items() if key != "file"}

    @property
    def is_survey(self) -> bool:
        """Whether it is a known export of answers."""
        return self.known is not None and self.known.export.kind == "survey"


@dataclass
class Told:
    """Which file is which table.

    Attributes
    ----------
    tables : dict of str to File
        By kind; one of several files with the same columns has `others`.
    people : list of File
        Tables about customers, of which there may be several.
    unknown : list of File
        Files that nothing tells, unless another file explains them.
    said : list of str
        One line per file.
    """

    tables: dict[str, File] = field(default_factory=dict)
    people: list[File] = field(default_factory=list)
    unknown: list[File] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def add(self, file: File, words: str) -> None:
        """Take a file for a table, or for a further piece of one; of customers there may be several."""
        self.said.append(words)
        if file.kind == "customers":
            self.people.append(file)
            return
        first = self.tables.get(file.kind)
        self.tables[file.kind] = file if first is None else with_piece(first, file)

    @property
    def has_customers(self) -> bool:
        """Whether any file says who the customers of a study are."""
        return bool(self.people or set(self.tables) - {"products", "consent"})


def with_piece(first: File, other: File) -> File:
    """A table of one file more, which has the same columns and is read in the same way."""
    why = unlike(first, other)
    if why:
        both = f"{first.path.name} and {other.path.name}"
        raise StudyError(
            f"{both} are both {first.kind}: {KINDS[first.kind]}; {why}",
            "one file of each kind, or several with the same columns",
            "Export them alike, or leave one out",
        )
    return replace(first, others=(*first.others, other.path))


def unlike(first: File, other: File) -> str:
    """Why two files can't be pieces of one table; empty where they can."""
    here, there = first.path.name, other.path.name
    if first.export != other.export:
        return f"{here} is {first.export}, {there} is {other.export}"
    why = differing(here, first.names, there, other.names)
    if why or first.how == other.how:
        return why
    return f"{there} is written in another way than {here} (delimiter, encoding, lines on top)"
