"""Pieces of inline SVG: texts that stay text, and numbers that stay facts."""

import re
from collections.abc import Sequence
from itertools import pairwise

from markupsafe import Markup

from segkit.personas.facts import Fact

Place = float | str
"""Pixels, or a `part` of the width."""
LONGEST_NAME, LONGEST_LINE = 66, 34
"""Characters of a name that there is room for, and on one line of a phone."""
LONGEST = 30
"""Characters of a label that a chart has room for; the table beside it has all."""


def part(share: float) -> str:
    """A place as a part of the chart's width."""
    return f"{share:.2%}"


def svg(width: float, height: float, title: str, description: str, body: Markup, name: str) -> Markup:
    """A chart of one shape at every size, with a title and a description that a screen reader reads."""
    size = Markup('viewBox="0 0 {:g} {:g}"').format(width, height)
    return _chart(size, title, description, body, name)


def fluid(height: float, title: str, description: str, body: Markup, name: str) -> Markup:
    """A chart as wide as its place: texts keep their size, what stands at a `part` moves."""
    return _chart(Markup('height="{:g}"').format(height), title, description, body, name)


def _chart(size: Markup, title: str, description: str, body: Markup, name: str) -> Markup:
    return Markup(
        '<svg class="chart" {size} role="img" aria-labelledby="{n}-t {n}-d">'
        '<title id="{n}-t">{title}</title><desc id="{n}-d">{desc}</desc>{body}</svg>'
    ).format(size=size, n=name, title=title, desc=description, body=body)


def rect(x: Place, y: float, width: Place, height: float, style: str) -> Markup:
    """A bar."""
    return Markup('<rect x="{}" y="{}" width="{}" height="{}" rx="1" class="{}"/>').format(
        _at(x), _at(y), _at(width), _at(height), style
    )


def circle(x: Place, y: float, radius: float, style: str) -> Markup:
    """A point, or a bubble."""
    return Markup('<circle cx="{}" cy="{}" r="{}" class="{}"/>').format(
        _at(x), _at(y), _at(radius), style
    )


def text(
    x: Place, y: float, said: str, style: str = "", anchor: str = "start", shift: float = 0
) -> Markup:
    """A label; digits in it are the study's, or an axis's."""
    source = Markup(' data-from="study"') if re.search(r"\d", said) else Markup("")
    return Markup('<text {} class="{}"{}>{}</text>').format(
        _placed(x, y, anchor, shift), style, source, said
    )


def number(
    x: Place, y: float, fact: Fact, style: str = "v", anchor: str = "start", shift: float = 0
) -> Markup:
    """A fact as a label."""
    return Markup('<text {} class="{}" data-fact="{}">{}</text>').format(
        _placed(x, y, anchor, shift), style, fact.id, fact.text
    )


def figure(x: Place, y: float, fact: Fact, after: str, shift: float = 0) -> Markup:
    """A fact, and what it is of."""
    return Markup('<text {} class="v"><tspan class="b" data-fact="{}">{}</tspan> {}</text>').format(
        _placed(x, y, "start", shift), fact.id, fact.text, after
    )


def line(x1: Place, y1: float, x2: Place, y2: float, style: str) -> Markup:
    """A straight line."""
    return Markup('<line x1="{}" y1="{}" x2="{}" y2="{}" class="{}"/>').format(
        _at(x1), _at(y1), _at(x2), _at(y2), style
    )


def trace(points: Sequence[tuple[Place, float]], style: str) -> Markup:
    """A line through points."""
    return joined([line(*one, *other, style) for one, other in pairwise(points)])


def _at(place: Place) -> str:
    return place if isinstance(place, str) else f"{place:.1f}".removesuffix(".0")


def _placed(x: Place, y: float, anchor: str, shift: float) -> Markup:
    """Where a text stands: pixels from the place that it belongs to."""
    more = Markup("") if anchor == "start" else Markup(' text-anchor="{}"').format(anchor)
    more += Markup(' dx="{:g}"').format(shift) if shift else Markup("")
    return Markup('x="{}" y="{}"').format(_at(x), _at(y)) + more


def of_segment(key: str, parts: Sequence[Markup]) -> Markup:
    """Pieces that speak of one segment."""
    return Markup('<g data-segment="{}">{}</g>').format(key, joined(parts))


def joined(parts: Sequence[Markup]) -> Markup:
    """Pieces, one after the other."""
    return Markup("").join(parts)
