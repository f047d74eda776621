"""Questions of several answers: a column for each option, or the options in one cell."""

import re
from dataclasses import dataclass

import pandas as pd

MOST_OPTIONS = 20


@dataclass(frozen=True)
class Question:
    """A question of several answers.

    Attributes
    ----------
    name : str
    columns : dict of str to str
        Option -> its column; empty where the options stand in one cell.
    column, separator : str
    options : tuple of str
        Texts of the options in the cell.
    """

    name: str
    columns: dict[str, str]
    column: str = ""
    separator: str = ""
    options: tuple[str, ...] = ()


def find_questions(frame: pd.DataFrame) -> list[Question]:
    """Find them in a table of texts."""
    return [*_with_columns(frame), *_in_cells(frame)]


def _with_columns(frame: pd.DataFrame) -> list[Question]:
    """Columns that hold their option's text or nothing, grouped by their question."""
    groups: dict[str, dict[str, str]] = {}
    last_place, last = -2, ""
    for place, name in enumerate(map(str, frame.columns)):
        option = _only_text(frame[name])
        if not option:
            continue
        question = _question(name, option)
        if not question:  # the name is the option's: its neighbours may belong to the same question
            question = last if place == last_place + 1 and last else f"choices {len(groups) + 1}"
            last_place, last = place, question
        groups.setdefault(question, {})[option] = name
    return [
        Question(question, columns)
        for question, columns in groups.items()
        if 2 <= len(columns) <= 2 * MOST_OPTIONS
    ]


def _only_text(values: pd.Series) -> str:
    """The one text that a column holds beside blanks; empty where there is none, or another."""
    filled = values[values != ""].dropna()
    texts = filled.unique()
    if len(texts) != 1 or len(filled) == len(values):
        return ""
    return "" if re.fullmatch(r"[01]|true|yes", str(texts[0]).lower()) else str(texts[0])


def _question(name: str, option: str) -> str:
    """The question in an option's column name; empty where the name is the option alone."""
    if ": " in name and name.rsplit(": ", 1)[1].casefold() == option.casefold():
        return name.rsplit(": ", 1)[0]
    numbered = re.fullmatch(r"(.*?\w)[_.]\d+", name)
    if numbered:
        return numbered[1]
    return "" if name.casefold() == option.casefold() else name


def _in_cells(frame: pd.DataFrame) -> list[Question]:
    found = []
    for name in map(str, frame.columns):
        cells = frame[name][frame[name] != ""].dropna()
        for mark in (";", "|", ","):
            parts = cells.str.split(mark, regex=False)
            several = float((parts.str.len() > 1).mean()) if len(cells) else 0.0
            options = parts.explode().str.strip()
            options = options[options != ""].value_counts()
            if several >= 0.1 and _are_options(options, cells):
                found.append(Question(name, {}, name, mark, tuple(map(str, options.index))))
                break
    return found


def _are_options(options: pd.Series, cells: pd.Series) -> bool:
    """Few short texts that come again and again, and more than numbers or dates."""
    texts = [str(text) for text in options.index]
    worded = all(re.search(r"[^\W\d]", text) and len(text) <= 60 for text in texts)
    return 2 <= len(texts) <= MOST_OPTIONS and worded and bool(cells.nunique() > len(texts) * 0.8)
