"""Charts of the report page as small inline SVG: title, description with numbers, direct labels.

The notebooks draw with matplotlib (`segkit.figures`); the page doesn't, because a chart here is a
tenth of the bytes, follows the page's colours, dark mode and print included, and keeps its text text.
"""

from collections.abc import Mapping, Sequence
from textwrap import wrap

import pandas as pd
from markupsafe import Markup

from segkit.labels import cut, short_labels
from segkit.personas.cards import Card
from segkit.personas.facts import Fact
from segkit.personas.names import ENTER
from segkit.reporting.svg import (
    LONGEST_LINE,
    LONGEST_NAME,
    circle,
    figure,
    fluid,
    joined,
    line,
    number,
    of_segment,
    part,
    rect,
    svg,
    text,
    trace,
)

LONGEST_WORD = 18
"""Characters of what a bar is a share of."""
LONGEST_LABEL = 24
"""Characters of a trait beside its bar."""
TICKS = (0, 0.25, 0.5, 0.75, 1)
"""Lines of the stability chart, each with its number."""
BAR = 0.48
"""Part of the chart's width that the longest bar of size against value takes, its range included."""
CROWDED = 8
"""Points of the stability chart from which a phone has no room for the value of each."""


def size_against_value(cards: Sequence[Card], customers: str) -> Markup:
    """Paired bars on one scale: share of customers, and of revenue where there is money."""
    shown = [card for card in cards if not card.share.is_withheld]
    has_revenue = any(card.revenue_share for card in cards)
    body, top = [], 0
    for card in shown:
        parts = []
        for said in wrap(cut(card.name, LONGEST_NAME), LONGEST_LINE):
            parts.append(text(0, top + 12, said, "lab"))
            top += 15
        pairs = [(card.share, customers, "mute-bar"), (card.revenue_share, "revenue", "accent-bar")]
        for fact, word, style in pairs:
            if fact is not None and not fact.is_withheld:
                parts += _bar(top + 3, fact, word, style, _scale(cards))
            top += 16 if has_revenue or style == "mute-bar" else 0
        top += 10
        body.append(of_segment(card.key, parts))
    said = "; ".join(
        f"{card.name} {card.share.text} of {customers}"
        + (f", {card.revenue_share.text} of revenue" if card.revenue_share else "")
        for card in shown
    )
    title = "Size against value" if has_revenue else "Size"
    return fluid(max(top, 1), title, f"{said}.", joined(body), "value")


def _scale(cards: Sequence[Card]) -> float:
    facts = [fact for card in cards for fact in (card.share, card.revenue_share) if fact]
    ends = [max(fact.value, fact.high or 0) for fact in facts if not fact.is_withheld]
    return BAR / max(ends, default=1.0)


def _bar(y: float, fact: Fact, word: str, style: str, scale: float) -> list[Markup]:
    """A bar, its range as a thin line beneath, and what it says."""
    parts = [rect(0, y, part(max(fact.value * scale, 0.004)), 9, style)]
    if fact.low is not None and fact.high is not None:
        parts.append(line(part(fact.low * scale), y + 11, part(fact.high * scale), y + 11, "reach"))
    x = part(max(fact.value, fact.high or 0) * scale)
    return [*parts, figure(x, y + 9, fact, cut(f"of {word}", LONGEST_WORD), shift=6)]


def effect_panel(name: str, effects: Mapping[str, Fact], chart_id: str) -> Markup:
    """One segment's effects against the rest, base by base, around a line of no difference."""
    row, reach = 20, 34.0
    labels = short_labels(list(effects), LONGEST_LABEL)
    end = max(90.0, 6.7 * max(map(len, labels)))
    middle, width = end + 78, end + 156
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
    return _silent([line(60, 0, 60, 12, "axis"), rect(start, 2.5, width, 7, "accent-bar")])


def strip(percentiles: Sequence[float]) -> Markup:
    """A stroke at every twentieth of the customers, beside the sentence that says what it shows."""
    start, reach = percentiles[0], (percentiles[-1] - percentiles[0]) or 1.0
    places = [2 + 116 * (one - start) / reach for one in percentiles]
    return _silent([line(x, 1, x, 11, "stroke") for x in places])


def _silent(parts: Sequence[Markup]) -> Markup:
    """A picture as high as a line of text, which the words beside it say to a screen reader."""
    return Markup('<svg class="eff" viewBox="0 0 120 12" aria-hidden="true">{}</svg>').format(
        joined(parts)
    )


def stability_curve(
    by_k: pd.DataFrame, chosen: int, usable: float, facts: Mapping[int, Mapping[str, Fact]]
) -> Markup:
    """Stability over the number of segments, with its range, beside that of one blob."""
    height, bottom = 232.0, 196.0
    step = 0.76 / max(len(by_k) - 1, 1)

    def at(position: int, value: float) -> tuple[str, float]:
        return part(0.11 + position * step), level(value)

    def level(value: float) -> float:
        return bottom - max(value, 0.0) * (bottom - 18)

    lines = [line(0, level(tick), part(1), level(tick), "grid") for tick in TICKS]
    texts = [text(0, level(tick) - 4, f"{tick:g}", "ax") for tick in TICKS]
    lines.append(line(0, level(usable), part(1), level(usable), "limit"))
    points = [at(position, value) for position, value in enumerate(by_k["stability"])]
    blob = [at(place, value) for place, value in enumerate(by_k["null_stability"]) if value == value]
    lines += [trace(points, "trace"), trace(blob, "trace blob")]
    for (x, y), (k, row) in zip(points, by_k.iterrows(), strict=True):
        lines.append(line(x, level(row["low"]), x, level(row["high"]), "range"))
        lines.append(circle(x, y, 4.5, "dot chosen" if k == chosen else "dot"))
        style = "v b" if k == chosen else "v spare" if len(points) >= CROWDED else "v"
        texts.append(number(x, y - 6, facts[int(k)]["stability"], style, shift=7))
        texts.append(text(x, bottom + 16, str(k), "ax b" if k == chosen else "ax", "middle"))
    if blob:
        texts.append(text(part(1), blob[-1][1] + 16, "one cloud", "ax", "end"))
    texts.append(text(part(0.49), height - 4, "number of segments", "ax", "middle"))
    body = [*lines, *texts]  # texts last, with a rim around them: no line crosses one
    said = ", ".join(f"{k}: {one['stability'].text}" for k, one in facts.items())
    return fluid(height, "Stability by number of segments", f"Stability {said}.", joined(body), "curve")
