"""How results show themselves: in words, never by the rows they hold."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from numbers import Integral, Real

import pandas as pd
from markupsafe import Markup

NO_FORMULA = "tex2jax_ignore mathjax_ignore"
"""Class without which JupyterLab sets "$5 ... $6" as mathematics."""


class Shown(ABC):
    """A result whose text form is its reading, so that no customer ends in a log or an error."""

    @property
    @abstractmethod
    def reading(self) -> str:
        """What the result says, in one paragraph with numbers."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.reading}"


def as_text(text: str, title: str = "") -> Markup:
    """A paragraph of a result, with its title in bold before it."""
    bold = Markup("<b>{}</b> ").format(title) if title else ""
    return Markup('<p class="{}">{}{}</p>').format(NO_FORMULA, bold, text)


def as_table(
    frame: pd.DataFrame, number: Callable[[float], str] = "{:,.2f}".format, *, index: bool = True
) -> Markup:
    """A frame as a table: figures to the right, texts to the left, what is missing left blank.

    Parameters
    ----------
    frame : pandas.DataFrame
    number : callable
        Text of a number that isn't whole by its type.
    index : bool, default True
        Whether the index is shown, as the first columns.

    Examples
    --------
    >>> str(as_table(pd.DataFrame({"n": [1200]}, index=pd.Index(["<a>"], name="key"))))[-77:]
    '<th style="text-align:left">&lt;a&gt;</th><td>1,200</td></tr></tbody></table>'
    """
    levels = frame.index.nlevels if index else 0
    names = [*(name or "" for name in frame.index.names[:levels]), *frame.columns]
    columns = [frame.index.get_level_values(i) for i in range(levels)]
    columns += [frame.iloc[:, i] for i in range(frame.shape[1])]
    cells = [[_text(value, number) for value in column] for column in columns]
    sides = [_side(column) for column in cells]
    head = [_cell("th", name, side) for name, side in zip(names, sides, strict=True)]
    rows = [
        [_cell("th" if i < levels else "td", text, sides[i]) for i, text in enumerate(row)]
        for row in zip(*cells, strict=True)
    ]
    body = Markup("").join(_row(row) for row in rows)
    return Markup('<table class="{}"><thead>{}</thead><tbody>{}</tbody></table>').format(
        NO_FORMULA, _row(head), body
    )


def _text(value: object, number: Callable[[float], str]) -> str:
    if isinstance(value, bool) or not isinstance(value, Real):
        return "" if value is None or value is pd.NA or value is pd.NaT else str(value)
    if value != value:
        return ""
    return f"{value:,}" if isinstance(value, Integral) else number(float(value))


def _side(column: list[str]) -> str:
    """Figures stand to the right, as notebooks set every cell; the style leads a text to the left."""
    if not any(column) or any(any(map(str.isalpha, text)) for text in column):
        return "text-align:left"
    return "white-space:nowrap" if any(" " in text for text in column) else ""


def _cell(tag: str, text: object, style: str) -> Markup:
    own = Markup(' style="{}"').format(style) if style else ""
    return Markup("<{0}{1}>{2}</{0}>").format(Markup(tag), own, text)


def _row(cells: list[Markup]) -> Markup:
    return Markup("<tr>{}</tr>").format(Markup("").join(cells))
