"""A card per segment: what sets it apart, what doesn't, and what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from segkit.personas.cardnotes import CardNotes
from segkit.personas.effects import word
from segkit.personas.facts import Fact, Sentence
from segkit.personas.names import Name
from segkit.personas.profile import Profile
from segkit.plain import markdown_plain
from segkit.shown import Shown, as_table


def said(delta: Fact) -> str:
    """The fixed words for an effect; no direction where its range holds zero.

    Examples
    --------
    >>> said(Fact("a/revenue/delta", -0.4, "effect", 90, "", -0.5, -0.3))
    'clearly lower'
    >>> said(Fact("a/revenue/delta", 0.2, "effect", 30, "", -0.1, 0.5))
    'no clear difference'
    """
    size = word(delta.value)
    if size == "about the same":
        return size
    if delta.low is not None and delta.high is not None and delta.low <= 0 <= delta.high:
        return "no clear difference"
    return f"{size} {'higher' if delta.value > 0 else 'lower'}"


@dataclass(frozen=True)
class Marker:
    """One trait of a segment beside the same trait of all customers, and of how many it is known."""

    label: str
    here: Fact
    overall: Fact
    delta: Fact
    known: Fact

    @property
    def word(self) -> str:
        """The fixed word for the size of the effect, with its direction where that is sure."""
        return said(self.delta)


@dataclass(frozen=True)
class Card:
    """What a marketer needs to know of one segment.

    Attributes
    ----------
    key, name : str
    customers, share : Fact
    revenue_share : Fact or None
    lead : Sentence
    markers : list of Marker
        Clear effects against the rest, one per role, strongest first.
    same : list of Marker
        Traits in which the segment is like the rest: they stop over-reading.
    buys : list of (str, Fact)
        Categories by index: average share here over average share of all customers.
    described : list of Marker
        Numeric descriptors that differ at least slightly from the rest.
    levels : list of Sentence
        Descriptors whose share differs from the rest by more than chance would make it.
    unsure : Fact
        Share of the segment's customers whom fewer than 60 % of refits put here.
    stability : Fact
        Mean bootstrap Jaccard.
    stability_word, badge : str
        Reading of the stability, and of the number of customers.
    auto_name : str
        What the segment is called automatically, whatever its name.
    agreement : Fact or None
        Share of resamples in which all that this name says holds.
    rhythm : list of Marker
        Days between orders, since the last one, and what an order and its returns come to.
    with_gap : Fact or None
        Customers with an order after another, on whom the days between rest.
    humps : list of (Sentence, tuple of float)
        Traits shown here that have two humps, with the values of which 5, 10, ... 95 % are below.
    nearest : Sentence or None
        The segment into which refits put most of those that they put elsewhere.
    named : tuple of (str, Marker)
        Words of the automatic name that speak of one trait, with that trait: what "more" comes to.
    notes : CardNotes or None
        What people say of the segment.
    effective : Fact or None
        Where weighted: as many unweighted customers would say as much as the segment's.
    """

    key: str
    name: str
    customers: Fact
    share: Fact
    revenue_share: Fact | None
    lead: Sentence
    markers: list[Marker]
    same: list[Marker]
    buys: list[tuple[str, Fact]]
    described: list[Marker]
    levels: list[Sentence]
    unsure: Fact
    stability: Fact
    stability_word: str
    badge: str
    auto_name: str = ""
    agreement: Fact | None = None
    rhythm: tuple[Marker, ...] = ()
    with_gap: Fact | None = None
    humps: tuple[tuple[Sentence, tuple[float, ...]], ...] = ()
    nearest: Sentence | None = None
    named: tuple[tuple[str, Marker], ...] = ()
    notes: CardNotes | None = None
    effective: Fact | None = None

    @property
    def title(self) -> str:
        """A persona only where customers were asked or watched; else a card of figures."""
        return "Persona" if self.notes and self.notes.is_persona else "Segment card"

    @property
    def facts(self) -> list[Fact]:
        """Every number on the card."""
        shown = [self.customers, self.share, self.unsure, self.stability]
        shown += [self.revenue_share] if self.revenue_share else []
        shown += [self.agreement] if self.agreement else []
        shown += [self.effective] if self.effective else []
        shown += self.notes.facts if self.notes else []
        shown += [self.with_gap] if self.with_gap else []
        shown += [marker.known for marker in [*self.markers, *self.described]]
        more = [*self.rhythm, *(marker for _, marker in self.named)]
        for marker in [*self.markers, *self.same, *self.described, *more]:
            shown += [marker.here, marker.overall, marker.delta]
        shown += [fact for _, fact in self.buys]
        lines = [self.lead, *self.levels, *(line for line, _ in self.humps)]
        lines += [self.nearest] if self.nearest else []
        return shown + [fact for line in lines for fact in line.facts.values()]


@dataclass(frozen=True, eq=False, repr=False)
class Personas(Shown):
    """Named segments, described by numbers only.

    Attributes
    ----------
    names : pandas.Series
        Name per segment key, most revenue first.
    cards : list of Card
    facts : dict of str to Fact
        Every number on the cards by its id.
    profile : Profile
    automatic : dict of str to Name
        What each segment is called automatically, and why.
    unplaced : tuple of str
        Which notes stand on no card, and why.
    """

    names: pd.Series
    cards: list[Card]
    facts: Mapping[str, Fact]
    profile: Profile = field(repr=False)
    automatic: Mapping[str, Name] = field(default_factory=dict, repr=False)
    unplaced: tuple[str, ...] = ()

    @property
    def checks(self) -> list[str]:
        """What the analyst's names and notes should be looked at for, segment by segment."""
        of_cards = [
            f"{card.name}: {check}"
            for card in self.cards
            if card.notes
            for check in card.notes.said_checks
        ]
        return [*self.unplaced, *of_cards]

    @property
    def reading(self) -> str:
        """Each segment in one line of Markdown."""
        of = "all, weighted" if self.profile.sample else "customers"
        return "\n".join(
            f"- **{markdown_plain(card.name)}**, {card.share.text} of {of}: "
            f"{markdown_plain(card.lead.text)}"
            for card in self.cards
        )

    def _repr_html_(self) -> str:
        rows = [
            {
                "segment": card.name,
                "customers": card.customers.text,
                "share": card.share.with_range,
                "revenue": card.revenue_share.with_range if card.revenue_share else "",
                "what sets it apart": card.lead.text,
                "stability": f"{card.stability.text}, {card.stability_word}",
            }
            for card in self.cards
        ]
        table = pd.DataFrame(rows)
        return as_table(table.loc[:, table.ne("").any()], index=False)
