"""What a card says besides the traits: the rhythm of buying, two humps, the nearest segment."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.personas.cards import Card, Marker
from segkit.personas.facts import Fact, SegmentName, Sentence
from segkit.personas.humps import PERCENTS
from segkit.personas.phrases import started
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
    return replace(
        card, rhythm=told, with_gap=with_gap(writer, told), nearest=nearest(writer, called),
        humps=humps(writer, card),
    )  # fmt: skip


def humps(writer: CardWriter, card: Card) -> tuple[tuple[Sentence, tuple[float, ...]], ...]:
    """Of the traits on the card, those whose typical value few are near; and how they spread."""
    known = writer.profile.humps
    if not writer.carries_figures or writer.key not in known.index.get_level_values(0):
        return ()
    shown = {marker.label for marker in [*card.markers, *card.same, *card.described]}
    rows = known.loc[writer.key].join(writer.profile.dictionary[["label", "unit"]])
    return tuple(
        (_two(writer, str(name), row), tuple(row[list(PERCENTS)]))
        for name, row in rows[rows["label"].isin(shown)].iterrows()
    )


def _two(writer: CardWriter, name: str, row: pd.Series) -> Sentence:
    n, ends = int(row["n"]), (row["below_low"], row["below_high"])
    facts = {
        "below": writer.fact(f"{name}/below", row["below"], "share", n, "", *ends),
        "cut": writer.fact(f"{name}/cut", row["cut"], row["unit"], n),
    }
    template = "{trait} has two humps: {below} are below {cut}, the others above, few near it."
    return Sentence(template, facts, {"trait": started(str(row["label"]))})


def rhythm(writer: CardWriter, card: Card) -> tuple[Marker, ...]:
    """What the card doesn't say already, and of how many the days between orders are known."""
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
    return tuple(marker for marker in told if marker.label not in said or with_gap(writer, (marker,)))[
        :SHOWN
    ]


def is_gap(marker: Marker) -> bool:
    """Whether it is about the days between orders."""
    return f"/{GAP}/" in marker.here.id


def with_gap(writer: CardWriter, told: tuple[Marker, ...]) -> Fact | None:
    """How many have ordered again, where others haven't and are not so few as to be told of."""
    known = next((marker.known for marker in told if is_gap(marker)), None)
    everyone = writer.profile.sizes.at[writer.key, "customers"]
    is_told = known is not None and not writer.is_withheld and everyone - known.value >= MIN_CELL
    return known if is_told else None


def nearest(writer: CardWriter, called: Mapping[str, str]) -> Sentence | None:
    """The segment that this one is most often confused with when the cut is made anew."""
    found = writer.profile.segments.nearest(writer.key)
    if found is None or not writer.carries_figures or found[0] not in called:
        return None
    key, share = found
    n = int(writer.profile.sizes.at[writer.key, "customers"])
    facts = {"share": writer.fact(f"nearest/{key}", share, "share", n)}
    names = {"own": SegmentName(str(called[writer.key]), writer.key),
             "other": SegmentName(str(called[key]), key),
             "customers": writer.words["customers"]}  # fmt: skip
    return Sentence(
        "Nearest to {own}: {other}; refits put {share} of these {customers} there.", facts, names
    )
