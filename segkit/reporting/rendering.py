"""Templates: everything is escaped, nothing may be undefined."""

import hashlib
import re
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from markupsafe import Markup, escape

from segkit.personas.cards import Card, Marker
from segkit.personas.facts import Fact, given
from segkit.personas.lexicon import lowered
from segkit.personas.numbertext import format_value
from segkit.personas.phrases import started
from segkit.plain import worded
from segkit.shown import NO_FORMULA

LONGEST_WORD = 16
"""Characters of a hyphenated word that a table's head has room for on one line."""

NOTEBOOK = (
    ".segkit.segkit.segkit tbody tr{background:none}.segkit.segkit a{color:var(--accent)}"
    ".segkit.segkit table{color:inherit;margin:0;font-size:1rem;table-layout:auto}"
    ".segkit.segkit :is(th,td){text-align:left}.segkit.segkit .num{text-align:right}"
    ".segkit.segkit.segkit :is(.pair,.facts,.short){padding-left:0}.segkit{padding:.5rem 1rem}"
)
"""Rules that JupyterLab's own for results don't outweigh."""


@cache
def style() -> str:
    """The page's style sheet, without the spaces that only its editors need."""
    text = files("segkit.reporting").joinpath("templates/page.css").read_text(encoding="utf-8")
    return re.sub(r"\s*([{};])\s*", r"\1", re.sub(r"\s+", " ", text)).replace(";}", "}")


def in_notebook(fragment: str) -> str:
    """A fragment of the page as JupyterLab shows it: in its colours, without its rules for tables."""
    own = style().replace("@media (prefers-color-scheme: dark)", "[data-jp-theme-light=false]")
    return f'<style>{own}{NOTEBOOK}</style><div class="segkit {NO_FORMULA}">{fragment}</div>'


def render(template: str, **context: Any) -> str:
    """Fill one of the report's templates."""
    return templates().get_template(f"{template}.html").render(**context)


@cache
def templates() -> jinja2.Environment:
    """The report's templates, with what they need to print facts and names."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("segkit.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        anchor=_anchor, beside=_beside, day=_day, fmt=format_value, given=_given, lowered=lowered,
        name=_name, number=_number, ranged=_ranged, says=_says, started=started, worded=worded,
    )  # fmt: skip
    return environment


def _number(fact: Fact) -> Markup:
    return fact.html()


def _ranged(fact: Fact) -> Markup:
    return fact.html(fact.with_range)


def _beside(marker: Marker, *, starts: bool = False) -> Markup:
    """A trait here beside that of all, within a line or at its start."""
    label = given(marker.label if starts else lowered(marker.label))
    return Markup("{}: {}, all {}").format(label, _ranged(marker.here), _number(marker.overall))


def _given(text: Any) -> Markup:
    return given(str(text))


def _name(card: Card) -> Markup:
    return Markup('<span data-name="{}">{}</span>').format(card.key, whole_words(card.name))


def whole_words(text: str) -> Markup:
    """A name whose hyphenated words stay on one line, if they are no longer than a column.

    Examples
    --------
    >>> whole_words("Big spenders, full-price")
    Markup('Big spenders, <span class="nb">full-price</span>')
    """
    parts = re.split(r"((?<!\S)[^\s-]+(?:-[^\s-]+)+)", text)
    kept = Markup('<span class="nb">{}</span>')
    return Markup("").join(
        kept.format(part) if place % 2 and len(part) <= LONGEST_WORD else escape(part)
        for place, part in enumerate(parts)
    )


def _says(marker: Marker) -> Markup:
    """The words for an effect, tied to it."""
    return Markup('<span data-says="{}">{}</span>').format(marker.delta.id, marker.word)


def _day(text: str) -> Markup:
    day = date.fromisoformat(text)
    return Markup('<time data-from="study" datetime="{}">{} {:%b %Y}</time>').format(text, day.day, day)


def _anchor(card: Card) -> str:
    plain = re.sub(r"[^A-Za-z0-9]+", "-", card.key).strip("-")
    if plain != card.key:  # a rule's name may hold anything, an anchor may not
        plain += f"-{hashlib.sha256(card.key.encode()).hexdigest()[:6]}"
    return f"segment-{plain}"
