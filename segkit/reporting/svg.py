"""Pieces of inline SVG: texts that stay text, and numbers that stay facts."""

import re
from collections.abc import Sequence

from markupsafe import Markup

from segkit.personas.facts import Fact

LONGEST = 30
"""Characters of a label that a chart has room for; the table beside it has all."""


def svg(width: float, height: float, title: str, description: str, body: Markup, name: str) -> Markup:
    """A chart with a title and a description that a screen reader reads."""
    return Markup(
        '<svg class="chart" viewBox="0 0 {w:g} {h:g}" role="img" aria-labelledby="{n}-t {n}-d">'
        '<title id="{n}-t">{title}</title><desc id="{n}-d">{desc}</desc>{body}</svg>'
    ).format(w=width, h=height, n=name, title=title, desc=description, body=body)


def rect(x: float, y: float, width: float, height: float, style: str) -> Markup:
    """A bar."""
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1" class="{}"/>'
    ).format(x, y, width, height, style)


def text(x: float, y: float, said: str, style: str = "", anchor: str = "start") -> Markup:
    """A label; digits in it are the study's, or an axis's."""
    source = Markup(' data-from="study"') if re.search(r"\d", said) else Markup("")
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}"{}>{}</text>').format(
        x, y, style, anchor, source, said
    )


def number(x: float, y: float, fact: Fact, style: str = "v", anchor: str = "start") -> Markup:
    """A fact as a label."""
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}" data-fact="{}">{}</text>'
    ).format(x, y, style, anchor, fact.id, fact.text)


def figure(x: float, y: float, fact: Fact, after: str) -> Markup:
    """A fact, and what it is of."""
    return Markup(
        '<text x="{:.1f}" y="{:.1f}" class="v"><tspan class="b" data-fact="{}">{}</tspan> {}</text>'
    ).format(x, y, fact.id, fact.text, after)


def line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    """A straight line."""
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(
        x1, y1, x2, y2, style
    )


def trace(points: Sequence[tuple[float, float]], style: str) -> Markup:
    """A line through points."""
    said = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<polyline points="{}" class="{}"/>').format(said, style)


def of_segment(key: str, parts: Sequence[Markup]) -> Markup:
    """Pieces that speak of one segment."""
    return Markup('<g data-segment="{}">{}</g>').format(key, joined(parts))


def joined(parts: Sequence[Markup]) -> Markup:
    """Pieces, one after the other."""
    return Markup("").join(parts)
