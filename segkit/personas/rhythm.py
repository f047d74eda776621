"""What a card says besides the traits: how its customers buy, and whom they are confused with."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from segkit.disclosure import MIN_CELL
from segkit.personas.cards import Card, Marker
from segkit.personas.facts import Fact, SegmentName, Sentence
from segkit.personas.writer import CardWriter

GAP = "mean_gap_days"
RHYTHM = (GAP, "recency_days", "n_orders", "mean_order_value", "mean_items_per_order", "returned_share")
"""What a buying rhythm is told by, as far as the data have it."""
SHOWN = 4


def written(writer: CardWriter, called: Any) -> Card:
    """A segment's card under its name, with its buying rhythm and its nearest segment.

    Parameters
    ----------
    writer : CardWriter
    called : pandas.Series or dict of str to str
        Name by segment key.
    """
    card = writer.card(str(called[writer.key]))
    told = rhythm(writer, card)
    with_gap = gap_known(writer) if any(is_gap(marker) for marker in told) else None
    return replace(card, rhythm=told, with_gap=with_gap, nearest=nearest(writer, called))


def rhythm(writer: CardWriter, card: Card) -> tuple[Marker, ...]:
    """Days between orders, and what else of the rhythm the card doesn't say already."""
    effects = writer.profile.effects.loc[writer.key]
    if not writer.carries_figures or GAP not in effects.index:
        return ()
    said = {marker.label for marker in [*card.markers, *card.same]}
    known = [
        name
        for name in RHYTHM
        if name in effects.index and effects.at[name, "delta"] == effects.at[name, "delta"]
    ]
    told = [writer.marker(name) for name in known]
    return tuple(marker for marker in told if is_gap(marker) or marker.label not in said)[:SHOWN]


def is_gap(marker: Marker) -> bool:
    """Whether it is about the days between orders."""
    return f"/{GAP}/" in marker.here.id


def gap_known(writer: CardWriter) -> Fact | None:
    """How many have ordered again; nothing where that tells of a few: of them, or of the others."""
    n = int(writer.profile.effects.at[(writer.key, GAP), "n"])
    others = int(writer.profile.sizes.at[writer.key, "customers"]) - n
    if writer.is_withheld or 0 < others < MIN_CELL:
        return None
    return writer.fact(f"{GAP}/n", n, writer.words["customers"], n)


def nearest(writer: CardWriter, called: Mapping[str, str]) -> Sentence | None:
    """The segment that this one is most often confused with when the cut is made anew."""
    found = writer.profile.segments.nearest(writer.key)
    if found is None or not writer.carries_figures or found[0] not in called:
        return None
    key, share = found
    n = int(writer.profile.sizes.at[writer.key, "customers"])
    facts = {"share": writer.fact(f"nearest/{key}", share, "share", n)}
    names = {"own": SegmentName(str(called[writer.key]), writer.key),
             "other": SegmentName(str(called[key]), key)}  # fmt: skip
    return Sentence("{own} are nearest to {other}: refits put {share} of them there.", facts, names)
