"""A messages.yaml to start from: every segment with its figures, nothing said of it yet."""

import json
from collections.abc import Iterable, Iterator

from segkit.personas.cards import Card, Personas
from segkit.personas.facts import Fact
from segkit.personas.notes import Messages
from segkit.personas.writer import CardWriter

YAML_WORDS = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})
HEAD = """\
# What people say of the segments. `segkit run` puts it on their cards; nothing here is computed.
# Every need, pain and proof point says what it rests on, one of
#   evidence: { facts: [revenue/median] }                       figures listed under written.facts
#   evidence: { study: { type: interviews, n: 12, date: 2026-05-03, link: where it is } }
#   evidence: { assumption: true }                              printed with a badge
# A number in a text is a figure, {fact:revenue/median}, and follows it; others are refused.
# written.facts, last of each segment, holds every figure as it is today: leave it as it is. When a
# figure leaves its range, the card says so.
strict: false
segments:
"""
EMPTY = """\
    # name: a name of your own instead of the automatic one
    # needs: [{ text: ..., evidence: { assumption: true } }]
    # pains: [{ id: short-word, text: ..., evidence: { assumption: true } }]
    # benefits: [{ text: ..., answers: short-word }]
    # proof_points: [{ text: ..., evidence: { facts: [...] } }]
    # tone: { do: [...], avoid: [...] }
    # channels: [{ channel: e-mail, timing: Fridays }]
    # offer: ...
    # offer_terms: the only place, with timing and studies, where a number of your own may be
    # action: ...
    # owner: ...
    # kpi: one of the figures' names, such as n_orders
    # review_date: YYYY-MM-DD
    # do_not_use_for: [...]
    # quote: { text: ..., source: ..., consent: true }
"""


def starter(
    personas: Personas, writers: dict[str, CardWriter], on: str, only: Iterable[str] | None = None
) -> str:
    """The text of a messages.yaml.

    Parameters
    ----------
    personas : Personas
    writers : dict of str to CardWriter
        Who knows every figure of a segment.
    on : str
        The date that the figures are as of, YYYY-MM-DD.
    only : collection of str, optional
        Segment keys to write; by default all.
    """
    keys = list(personas.names.index) if only is None else list(only)
    cards = {card.key: card for card in personas.cards}
    return HEAD + "\n".join(_segment(cards[key], writers[key], on) for key in keys)


def _segment(card: Card, writer: CardWriter, on: str) -> str:
    first = "".join(f"    # {_comment(line)}\n" for line in _in_short(card))
    facts = "".join(f"{line}\n" for line in _facts(card, writer))
    return (
        f"  {_quoted(card.key)}: # {_comment(card.auto_name)}\n{first}\n{EMPTY}"
        f"    written:\n      # by: your name\n      date: {on}\n      facts:\n{facts}"
    )


def _in_short(card: Card) -> Iterator[str]:
    """What a person needs to see of a segment before saying something of it."""
    sizes = [fact for fact in (card.share, card.revenue_share) if fact and not fact.is_withheld]
    lines = [(fact, "") for fact in sizes]
    lines += [(marker.here, f", all {marker.overall.text}") for marker in card.markers]
    for fact, more in lines:
        yield f"{fact.id.removeprefix(f'{card.key}/')}: {fact.with_range}{more}"


def _facts(card: Card, writer: CardWriter) -> Iterator[str]:
    """A line per figure: id, value with its range, and what a report prints."""
    for name, fact in sorted(writer.every_fact().items()):
        if name.startswith(f"{card.key}/") and not name.endswith(("/delta", "/known")):
            short = name.removeprefix(f"{card.key}/")
            yield f"        {_quoted(short)}: {_figures(fact)} # {_comment(fact.with_range)}"


def _figures(fact: Fact) -> str:
    figures = [fact.value]
    if fact.low is not None and fact.high is not None and fact.low == fact.low:
        figures = [fact.value, min(fact.low, fact.value), max(fact.high, fact.value)]
    return "[" + ", ".join(f"{figure:.6g}" for figure in figures) + "]"


def _quoted(text: str) -> str:
    """A text as YAML reads it back, whatever is in it."""
    plain = text.replace("/", "").replace("-", "").replace("_", "")
    is_plain = plain.isascii() and plain.isalnum() and text[0].isalpha()
    is_word = is_plain and text.casefold() not in YAML_WORDS
    return text if is_word else json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    return "".join(sign if sign.isprintable() else " " for sign in text).replace("\u2060", "")


def compared(messages: Messages, personas: Personas) -> tuple[list[str], list[str]]:
    """Segments that a messages.yaml lacks, and keys in it that no segment has any more."""
    known = list(personas.names.index)
    missing = [key for key in known if key not in messages.segments]
    return missing, [key for key in messages.segments if key not in known]
