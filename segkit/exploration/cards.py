"""The columns of an exploration, one small card each, gathered by kind."""

from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from segkit.disclosure import OTHER
from segkit.exploration.spread import Spread
from segkit.exploration.strips import bars, percent

if TYPE_CHECKING:
    from segkit.exploration.result import Exploration

KINDS = {
    "number": "Numbers, drawn from P1 to P99",
    "yes_no": "Yes or no",
    "ordered": "Ordered levels",
    "category": "Categories",
    "date": "Dates, by month",
}
LONGEST = 40
SHOWN_PERCENTILES = ("P1", "P25", "median", "P75", "P99")
MOST_NAMED = 9


def cards(found: "Exploration") -> Markup:
    """A card for every column that can be shown, and a line for each that can't."""
    kinds, shown = found.usable["kind"], set()
    blocks = []
    for kind, title in KINDS.items():
        own = [name for name in kinds.index[kinds == kind] if _has_picture(found.spreads[name])]
        shown |= set(own)
        if own:
            grid = Markup("").join(
                _card(found.label(name), found.spreads[name], is_date=kind == "date") for name in own
            )
            blocks.append(Markup('<h5>{}</h5><div class="g">{}</div>').format(title, grid))
    rest = [
        f"{found.label(name)} ({found.spreads[name].note})" for name in kinds.index if name not in shown
    ]
    if rest:
        blocks.append(Markup('<h5>Not shown</h5><p class="q">{}</p>').format("; ".join(rest)))
    return Markup("").join(blocks)


def number(value: float) -> str:
    """A figure with three digits or, from 1,000 on, whole.

    Examples
    --------
    >>> number(163441.4), number(0.1234), number(12.0)
    ('163,441', '0.123', '12')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _has_picture(spread: Spread) -> bool:
    return bool(spread.figures) or spread.levels is not None


def _card(label: str, spread: Spread, *, is_date: bool) -> Markup:
    picture, words = _pictured(spread, is_date)
    note = f"{words} ({spread.note})" if spread.note and words else words or spread.note
    return Markup('<div class="c"><b>{}</b>{}<span class="q">{}</span></div>').format(
        label, picture, note
    )


def _pictured(spread: Spread, is_date: bool) -> tuple[Markup, str]:
    if "yes" in spread.figures:
        return Markup(""), f"yes {percent(spread.figures['yes'])}"
    if spread.levels is not None:
        words = _by_span(spread.levels) if is_date else _levels(spread.levels)
        return bars(spread.levels.to_numpy(), words), words
    given = [name for name in SHOWN_PERCENTILES if name in spread.figures]
    words = ", ".join(f"{name} {number(spread.figures[name])}" for name in given)
    return (Markup("") if spread.heights is None else bars(spread.heights, words)), words


def _by_span(levels: pd.Series) -> str:
    own = levels.drop(OTHER, errors="ignore")
    most = str(own.idxmax())
    return f"{own.index[0]} to {own.index[-1]}, most in {most} ({percent(own[most] / levels.sum())})"


def _levels(levels: pd.Series) -> str:
    total = levels.sum()
    named = [f"{_short(level)} {percent(n / total)}" for level, n in levels.head(MOST_NAMED).items()]
    more = len(levels) - len(named)
    return ", ".join(named) + (f" and {more} more" if more > 0 else "")


def _short(level: object) -> str:
    text = str(level)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
