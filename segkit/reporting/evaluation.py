"""The segment evaluation plot: attractiveness against competitiveness, or along one line."""

from textwrap import wrap

from markupsafe import Markup

from segkit.labels import cut
from segkit.personas.ranking import TargetRow
from segkit.personas.targets import Targets
from segkit.reporting.svg import (
    LONGEST,
    LONGEST_LINE,
    LONGEST_NAME,
    Place,
    circle,
    fluid,
    joined,
    line,
    number,
    of_segment,
    part,
    svg,
    text,
)

LARGEST = 15.0
"""Radius of the largest bubble; the area of each is the segment's share of customers."""
WIDTH = 640
"""Of the plane with its column of names; on a phone it's scrolled."""
STEP = 16.0
"""Height of a name in the column of names."""


def evaluation_plot(targets: Targets) -> Markup:
    """Every segment that can be scored; those that are out are drawn hollow."""
    rows = [row for row in targets.rows if row.attractive is not None]
    two_axes = bool(targets.spec.competitiveness)
    said = "; ".join(
        f"{row.card.name} {row.attractive.text}"
        + (f" by {row.competitive.text}" if row.competitive else "")
        + (", out" if row.failed else "")
        for row in rows
        if row.attractive
    )
    axes = "Attractiveness by competitiveness" if two_axes else "Attractiveness"
    title, said = "Segment evaluation plot", f"{axes}, in points: {said}."
    if two_axes:
        body, height = _plane(rows)
        return svg(WIDTH, height, title, said, joined(body), "targets")
    body, height = _strip(rows)
    return fluid(height, title, said, joined(body), "targets")


def _bubble(x: Place, y: float, row: TargetRow, rows: list[TargetRow]) -> Markup:
    known = [one.card.share.value for one in rows if not one.card.share.is_withheld]
    share = 0.0 if row.card.share.is_withheld else row.card.share.value
    radius = max(LARGEST * (share / max(known, default=1.0)) ** 0.5, 3.0)
    style = "bubble out" if row.failed else "bubble"
    return circle(x, y, radius, style)


def _strip(rows: list[TargetRow]) -> tuple[list[Markup], float]:
    """A line per segment, all on one scale of 0 to 100."""

    def at(points: float) -> str:
        return part(0.06 + 0.78 * points / 100)

    body, y = [], 0.0
    for row in rows:
        assert row.attractive is not None
        parts = []
        for said in wrap(_label(row, LONGEST_NAME), LONGEST_LINE):
            parts.append(text(0, y + 14, said, "lab"))
            y += 15
        y += 20
        parts += [
            line(at(0), y, at(100), y, "grid"),
            _bubble(at(row.attractive.value), y, row, rows),
            number(at(row.attractive.value), y + 4, row.attractive, shift=LARGEST + 5),
        ]
        body.append(of_segment(row.card.key, parts))
        y += 17
    for tick in (0, 50, 100):
        body.append(text(at(tick), y + 14, str(tick), "ax", "middle"))
    body.append(text(at(50), y + 30, "attractiveness, points", "ax", "middle"))
    return body, y + 36


def _plane(rows: list[TargetRow]) -> tuple[list[Markup], float]:
    """Attractiveness to the right, competitiveness upwards; names in a column, led to their bubbles."""
    left, right, top, bottom = 40.0, 330.0, 24.0, 300.0
    body = [line(left, bottom, right, bottom, "axis"), line(left, top, left, bottom, "axis")]
    for tick in (0, 50, 100):
        x, y = left + tick / 100 * (right - left), bottom - tick / 100 * (bottom - top)
        body.append(text(x, bottom + 16, str(tick), "ax", "middle"))
        body.append(text(left - 6, y + 4, str(tick), "ax", "end"))
        body += [line(left, y, right, y, "grid"), line(x, top, x, bottom, "grid")]
    places = [
        (
            left + row.attractive.value / 100 * (right - left),
            bottom - row.competitive.value / 100 * (bottom - top),
            row,
        )
        for row in rows
        if row.attractive and row.competitive
    ]
    places.sort(key=lambda place: (place[1], -place[0]))
    heights = _spread([y for _, y, _ in places], top + 4, STEP)
    body += [
        line(x, y, right + 12, at, "lead-line") for (x, y, _), at in zip(places, heights, strict=True)
    ]
    for (x, y, row), at in zip(places, heights, strict=True):
        parts = [_bubble(x, y, row, rows), *_named(right + 16, at + 4, row)]
        body.append(of_segment(row.card.key, parts))
    body.append(text((left + right) / 2, bottom + 34, "attractiveness, points", "ax", "middle"))
    body.append(text(4, top - 12, "competitiveness, points", "ax"))
    return body, bottom + 40


def _named(x: float, y: float, row: TargetRow) -> list[Markup]:
    """A segment's two scores, then its name."""
    assert row.attractive is not None
    assert row.competitive is not None
    return [
        number(x + 24, y, row.attractive, "v b", "end"),
        number(x + 54, y, row.competitive, "v", "end"),
        text(x + 64, y, _label(row), "v b"),
    ]


def _spread(heights: list[float], top: float, step: float) -> list[float]:
    """Heights from above to below, moved apart so that no two are nearer than a step.

    Examples
    --------
    >>> _spread([10.0, 12.0, 50.0], 0.0, 16.0)
    [3.0, 19.0, 50.0]
    """
    groups: list[list[float]] = []
    for height in heights:
        groups.append([height])
        while len(groups) > 1 and _start(groups[-1], top, step) < _end(groups[-2], top, step) + step:
            last = groups.pop()
            groups[-1] += last
    return [_start(group, top, step) + place * step for group in groups for place in range(len(group))]


def _start(group: list[float], top: float, step: float) -> float:
    return max(sum(group) / len(group) - (len(group) - 1) * step / 2, top)


def _end(group: list[float], top: float, step: float) -> float:
    return _start(group, top, step) + (len(group) - 1) * step


def _label(row: TargetRow, longest: int = LONGEST) -> str:
    short = cut(row.card.name, longest)
    return f"{short} (out)" if row.failed else short
