"""Charts of the report page as small inline SVG: title, description with numbers, direct labels.

The notebooks draw with matplotlib (`segkit.figures`); the page doesn't, because a chart here is a
tenth of the bytes, follows the page's colours, dark mode and print included, and keeps its text text.
"""

from collections.abc import Mapping, Sequence

import pandas as pd
from markupsafe import Markup

from segkit.labels import cut, short_labels
from segkit.personas.cards import Card
from segkit.personas.facts import Fact
from segkit.personas.names import ENTER
from segkit.reporting.svg import (
    LONGEST,
    figure,
    joined,
    line,
    number,
    of_segment,
    rect,
    svg,
    text,
    trace,
)

LONGEST_NAME = 52
"""Characters of a name that there is room for."""
TICKS = (0, 0.25, 0.5, 0.75, 1)
"""Lines of the stability chart, each with its number."""
BAR = 225
"""Width of the longest bar of size against value."""


def size_against_value(cards: Sequence[Card], customers: str) -> Markup:
    """Paired bars on one scale: share of customers, and of revenue where there is money."""
    shown = [card for card in cards if not card.share.is_withheld]
    has_revenue = any(card.revenue_share for card in cards)
    row = 54 if has_revenue else 38
    body = []
    for position, card in enumerate(shown):
        top = position * row
        parts = [text(0, top + 12, cut(card.name, LONGEST_NAME), "lab")]
        pairs = [(card.share, customers, "mute-bar"), (card.revenue_share, "revenue", "accent-bar")]
        for offset, (fact, word, style) in enumerate(pairs):
            if fact is not None and not fact.is_withheld:
                parts += _bar(top + 18 + offset * 14, fact, word, style, _scale(cards))
        body.append(of_segment(card.key, parts))
    said = "; ".join(
        f"{card.name} {card.share.text} of {customers}"
        + (f", {card.revenue_share.text} of revenue" if card.revenue_share else "")
        for card in shown
    )
    title = "Size against value" if has_revenue else "Size"
    return svg(400, max(len(shown), 1) * row, title, f"{said}.", joined(body), "value")


def _scale(cards: Sequence[Card]) -> float:
    facts = [fact for card in cards for fact in (card.share, card.revenue_share) if fact]
    return BAR / max((fact.value for fact in facts if not fact.is_withheld), default=1.0)


def _bar(y: float, fact: Fact, word: str, style: str, scale: float) -> list[Markup]:
    """A bar, its range as a thin line beneath, and what it says."""
    width = fact.value * scale
    parts = [rect(0, y, max(width, 1.5), 9, style)]
    if fact.low is not None and fact.high is not None:
        parts.append(line(fact.low * scale, y + 11, fact.high * scale, y + 11, "reach"))
    x = max(width, (fact.high or 0) * scale) + 6
    return [*parts, figure(x, y + 9, fact, f"of {word}")]


def effect_panel(name: str, effects: Mapping[str, Fact], chart_id: str) -> Markup:
    """One segment's effects against the rest, base by base, around a line of no difference."""
    row, reach = 20, 62.0
    labels = short_labels(list(effects), LONGEST)
    end = max(118.0, 5.9 * max(map(len, labels)))
    middle, width = end + 104, end + 212
    body = [line(middle, 2, middle, 6 + row * len(effects), "axis")]
    for position, (label, fact) in enumerate(zip(labels, effects.values(), strict=True)):
        y = 5 + position * row
        body.append(text(end, y + 11, label, "ax", "end"))
        if fact.is_withheld:
            continue
        bar, is_up = abs(fact.value) * reach, fact.value > 0
        start = middle if is_up else middle - bar
        is_clear = abs(fact.value) >= ENTER
        body.append(rect(start, y + 2, bar, 11, "accent-bar" if is_clear else "faint-bar"))
        side, anchor = (start + bar + 4, "start") if is_up else (start - 4, "end")
        body.append(number(side, y + 11, fact, "v b" if is_clear else "v", anchor))
    height = 8 + row * len(effects)
    return svg(width, height, name, _clear_effects(effects), joined(body), chart_id)


def _clear_effects(effects: Mapping[str, Fact]) -> str:
    known = {label: fact for label, fact in effects.items() if not fact.is_withheld}
    if not known:
        return "Withheld: fewer than ten, or it would tell of them."
    clear = [f"{label} {fact.text}" for label, fact in known.items() if abs(fact.value) >= ENTER]
    if clear:
        return f"Clear effects: {', '.join(clear)}."
    label = max(known, key=lambda one: abs(known[one].value))
    return f"No effect is clear; the largest is {label} {known[label].text}."


def effect_bar(delta: float) -> Markup:
    """A bar without text for a table cell that says the size itself."""
    width = abs(delta) * 58
    start = 60.0 if delta > 0 else 60.0 - width
    return Markup('<svg class="eff" viewBox="0 0 120 12" aria-hidden="true">{}{}</svg>').format(
        line(60, 0, 60, 12, "axis"), rect(start, 2.5, width, 7, "accent-bar")
    )


def stability_curve(
    by_k: pd.DataFrame, chosen: int, usable: float, facts: Mapping[int, Mapping[str, Fact]]
) -> Markup:
    """Stability over the number of segments, with its range, beside that of one blob."""
    width, height, left, bottom = 520.0, 220.0, 34.0, 186.0
    step = (width - left - 60) / max(len(by_k) - 1, 1)

    def at(position: int, value: float) -> tuple[float, float]:
        return left + 20 + position * step, bottom - max(value, 0.0) * (bottom - 18)

    lines = [line(left, at(0, tick)[1], width, at(0, tick)[1], "grid") for tick in TICKS]
    texts = [text(left - 5, at(0, tick)[1] + 4, f"{tick:g}", "ax", "end") for tick in TICKS]
    lines.append(line(left, at(0, usable)[1], width, at(0, usable)[1], "limit"))
    points = [at(position, value) for position, value in enumerate(by_k["stability"])]
    blob = [at(place, value) for place, value in enumerate(by_k["null_stability"]) if value == value]
    lines += [trace(points, "trace"), trace(blob, "trace blob")]
    for (x, y), (k, row) in zip(points, by_k.iterrows(), strict=True):
        lines.append(line(x, at(0, row["low"])[1], x, at(0, row["high"])[1], "range"))
        dot = "dot chosen" if k == chosen else "dot"
        lines.append(Markup('<circle cx="{:.1f}" cy="{:.1f}" r="4.5" class="{}"/>').format(x, y, dot))
        texts.append(number(x + 8, y - 6, facts[int(k)]["stability"], "v b" if k == chosen else "v"))
        texts.append(text(x, bottom + 16, str(k), "ax b" if k == chosen else "ax", "middle"))
    if blob:
        texts.append(text(width, blob[-1][1] + 16, "one cloud", "ax", "end"))
    texts.append(text(width / 2, height - 2, "number of segments", "ax", "middle"))
    body = [*lines, *texts]  # texts last, with a rim around them: no line crosses one
    said = ", ".join(f"{k}: {one['stability'].text}" for k, one in facts.items())
    return svg(
        width, height, "Stability by number of segments", f"Stability {said}.", joined(body), "curve"
    )
