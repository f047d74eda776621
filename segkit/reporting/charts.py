"""Charts of the report page as small inline SVG: title, description with numbers, direct labels.

The notebooks draw with matplotlib (`segkit.figures`); the page doesn't, because a chart here is a
tenth of the bytes, follows the page's colours, dark mode and print included, and keeps its text text.
"""

from collections.abc import Sequence

import pandas as pd
from markupsafe import Markup

from segkit.personas.cards import Card
from segkit.personas.names import ENTER

LONGEST = 30
"""Characters of a label that a panel has room for; the table beside it has all."""


def _svg(width: float, height: float, title: str, description: str, body: Markup, name: str) -> Markup:
    return Markup(
        '<svg class="chart" viewBox="0 0 {w:g} {h:g}" role="img" aria-labelledby="{n}-t {n}-d">'
        '<title id="{n}-t">{title}</title><desc id="{n}-d">{desc}</desc>{body}</svg>'
    ).format(w=width, h=height, n=name, title=title, desc=description, body=body)


def _rect(x: float, y: float, width: float, height: float, style: str) -> Markup:
    return Markup(
        '<rect x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}" rx="1" class="{}"/>'
    ).format(x, y, width, height, style)


def _text(x: float, y: float, text: str, style: str = "", anchor: str = "start") -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" class="{}" text-anchor="{}">{}</text>').format(
        x, y, style, anchor, text
    )


def _line(x1: float, y1: float, x2: float, y2: float, style: str) -> Markup:
    return Markup('<line x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}" class="{}"/>').format(
        x1, y1, x2, y2, style
    )


def _joined(parts: Sequence[Markup]) -> Markup:
    return Markup("").join(parts)


def size_against_value(cards: Sequence[Card], customers: str) -> Markup:
    """Paired bars on one scale: share of customers, and of revenue where there is money."""
    has_revenue = any(card.revenue_share for card in cards)
    row, left = 44 if has_revenue else 34, 4
    largest = max(max(c.share.value, c.revenue_share.value if c.revenue_share else 0) for c in cards)
    scale = 270 / largest
    body = []
    for position, card in enumerate(cards):
        top = position * row
        body.append(_text(left, top + 11, card.name, "lab"))
        pairs = [(card.share, customers, "mute-bar"), (card.revenue_share, "revenue", "accent-bar")]
        for offset, (fact, word, style) in enumerate(pairs):
            if fact is None:
                continue
            y = top + 15 + offset * 12
            body.append(_rect(left, y, fact.value * scale, 9, style))
            body.append(_text(left + fact.value * scale + 5, y + 8, f"{fact.text} of {word}", "v"))
    said = "; ".join(
        f"{card.name} {card.share.text} of {customers}"
        + (f", {card.revenue_share.text} of revenue" if card.revenue_share else "")
        for card in cards
    )
    title = "Size against value" if has_revenue else "Size"
    return _svg(420, len(cards) * row, title, f"{said}.", _joined(body), "value")


def effect_panel(name: str, effects: pd.Series, chart_id: str) -> Markup:
    """One segment's effects against the rest, base by base, around a line of no difference."""
    row, reach = 19, 62.0
    longest = min(max(len(str(label)) for label in effects.index), LONGEST)
    end = max(128.0, 5.8 * longest)
    middle, width = end + 94, end + 192
    body = [_line(middle, 2, middle, 6 + row * len(effects), "axis")]
    for position, (label, delta) in enumerate(effects.items()):
        y = 5 + position * row
        bar = abs(delta) * reach
        start = middle if delta > 0 else middle - bar
        clear = abs(delta) >= ENTER
        body.append(_text(end, y + 10, _shortened(str(label)), "ax", "end"))
        body.append(_rect(start, y + 2, bar, 10, "accent-bar" if clear else "faint-bar"))
        side, anchor = (start + bar + 4, "start") if delta > 0 else (start - 4, "end")
        body.append(_text(side, y + 11, _signed(delta), "v", anchor))
    clear_ones = effects[effects.abs() >= ENTER]
    said = ", ".join(f"{label} {_signed(delta)}" for label, delta in clear_ones.items())
    description = f"Clear effects: {said}." if said else f"No effect reaches {ENTER:.2f} in size."
    return _svg(width, 8 + row * len(effects), name, description, _joined(body), chart_id)


def _shortened(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1].rstrip()}…"


def effect_bar(delta: float) -> Markup:
    """A bar without text for a table cell that prints the number itself."""
    width = abs(delta) * 58
    start = 60.0 if delta > 0 else 60.0 - width
    return Markup('<svg class="eff" viewBox="0 0 120 12" aria-hidden="true">{}{}</svg>').format(
        _line(60, 0, 60, 12, "axis"), _rect(start, 2.5, width, 7, "accent-bar")
    )


def stability_curve(by_k: pd.DataFrame, chosen: int, usable: float) -> Markup:
    """Stability over the number of segments, with its range, beside that of one blob."""
    width, height, left, bottom = 480.0, 210.0, 34.0, 178.0
    step = (width - left - 60) / max(len(by_k) - 1, 1)

    def at(position: int, value: float) -> tuple[float, float]:
        return left + 20 + position * step, bottom - max(value, 0.0) * (bottom - 12)

    body = [
        _line(left, at(0, tick)[1], width, at(0, tick)[1], "grid") for tick in (0, 0.25, 0.5, 0.75, 1)
    ]
    body += [
        _text(left - 5, at(0, tick)[1] + 4, f"{tick:g}", "ax", "end") for tick in (0, 0.5, 0.75, 1)
    ]
    body.append(_line(left, at(0, usable)[1], width, at(0, usable)[1], "limit"))
    points = [at(position, value) for position, value in enumerate(by_k["stability"])]
    for (x, y), (k, row) in zip(points, by_k.iterrows(), strict=True):
        body.append(_line(x, at(0, row["low"])[1], x, at(0, row["high"])[1], "range"))
        dot = "dot chosen" if k == chosen else "dot"
        body.append(Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4.5" class="{}"/>').format(x, y, dot))
        body.append(_text(x + 8, y - 6, f"{row['stability']:.2f}", "v b" if k == chosen else "v"))
        body.append(_text(x, bottom + 16, str(k), "ax b" if k == chosen else "ax", "middle"))
    blob = [at(place, value) for place, value in enumerate(by_k["null_stability"]) if value == value]
    body.insert(0, _trace(blob, "trace blob"))
    body.insert(0, _trace(points, "trace"))
    if blob:
        body.append(_text(width, blob[-1][1] + 16, "one cloud", "ax", "end"))
    body.append(_text(width / 2, height - 2, "number of segments", "ax", "middle"))
    said = ", ".join(f"{k}: {value:.2f}" for k, value in by_k["stability"].items())
    return _svg(
        width, height, "Stability by number of segments", f"Stability {said}.", _joined(body), "curve"
    )


def _trace(points: Sequence[tuple[float, float]], kind: str) -> Markup:
    trace = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return Markup('<polyline points="{}" class="{}"/>').format(trace, kind)


def _signed(delta: float) -> str:
    return f"{'+' if delta > 0 else '−'}{abs(delta):.2f}"
