"""A file as it was looked at, and what was guessed about it."""

from dataclasses import dataclass, field
from typing import Any

import ibis

from segkit.study.schema import OPEN


@dataclass
class Guess:
    """What was guessed about one file.

    Attributes
    ----------
    spec : dict
        The table's entry in study.yaml.
    said : dict of str to str
        Column or option -> why it was guessed so.
    needs : list of str
        What a person has to decide.
    """

    spec: dict[str, Any]
    said: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Looked:
    """An unknown file that was read to tell what it is, so that it needs no second reading.

    Attributes
    ----------
    spec : dict
        How it was read.
    said : dict of str to str
        Why it was read so.
    table : ibis.Table
    """

    spec: dict[str, Any]
    said: dict[str, str]
    table: ibis.Table


def share_filled(table: ibis.Table, column: str) -> float:
    """Share of a column's cells that hold something."""
    cell: Any = table[column]
    filled = (cell.cast("string").strip().fill_null("") != "").mean().fill_null(0.0)
    return float(table.agg(share=filled).execute().iloc[0, 0])


@dataclass
class Seen:
    """A file as it was looked at: all columns as text, read once."""

    table: ibis.Table
    guess: Guess
    rules: dict[str, Any] = field(default_factory=dict)
    as_of: str = OPEN
    currency: str = ""

    @property
    def columns(self) -> dict[str, Any]:
        """segkit's name -> the file's."""
        columns: dict[str, Any] = self.guess.spec["columns"]
        return columns

    def text(self, column: str) -> Any:
        """A column's values as trimmed text."""
        return self.table[column].cast("string").strip()

    def share(self, column: str, pattern: str) -> float:
        """Share of a column's filled values that fit a pattern."""
        value = self.text(column)
        filled = self.table.filter(value.notnull() & (value != ""))
        fits = filled[column].cast("string").strip().re_search(pattern)
        return float(filled.agg(share=fits.mean().fill_null(0.0)).execute().iloc[0, 0])
