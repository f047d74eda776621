"""What people say of a segment: needs, pains, benefits, tone, each with its evidence."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkit.shown import Shown, as_text

QUALITATIVE = frozenset(
    {"interviews", "survey verbatims", "focus groups", "diary study", "observation"}
)
"""Studies in which customers speak, or are watched: only these make a card a persona."""


@dataclass(frozen=True)
class Evidence:
    """What a note rests on: facts of this report, a study, or nothing yet.

    Attributes
    ----------
    facts : tuple of str
        Ids.
    study : dict or None
        `type`, `n`, `date`, `link`.
    """

    facts: tuple[str, ...] = ()
    study: Mapping[str, Any] | None = None

    @property
    def is_assumption(self) -> bool:
        """Nothing supports it yet."""
        return not self.facts and self.study is None

    @property
    def is_qualitative(self) -> bool:
        """Customers were asked, or watched."""
        return self.study is not None and self.study["type"] in QUALITATIVE

    @property
    def words(self) -> str:
        """The evidence as it is printed."""
        if self.study is None:
            return "figures of this report" if self.facts else "assumption, untested"
        return f"{self.study['type']}, n {self.study['n']}, {self.study['date']}"


@dataclass(frozen=True)
class Note:
    """One thing that is said of a segment.

    Attributes
    ----------
    text : str
        May hold `{fact:id}`, and no other number.
    evidence : Evidence or None
        A benefit has none of its own: it answers a pain.
    id, answers, confidence : str
        Of a pain its id; of a benefit the pain's.
    """

    text: str
    evidence: Evidence | None = None
    id: str = ""
    answers: str = ""
    confidence: str = ""


@dataclass(frozen=True)
class Channel:
    """A channel that the analyst prefers, and when.

    Attributes
    ----------
    channel, timing : str
    metric : str
        The feature that counts its use; empty: that whose label names the channel.
    """

    channel: str
    timing: str = ""
    metric: str = ""


@dataclass(frozen=True)
class Quote:
    """What a customer said, word by word."""

    text: str
    source: str


@dataclass(frozen=True)
class SegmentNotes:
    """Everything that messages.yaml says of one segment; empty where it says nothing.

    Attributes
    ----------
    written_facts : dict of str to tuple of float
        Fact id -> value, or value with low and high, when the notes were written.
    """

    name: str = ""
    written_by: str = ""
    written_on: str = ""
    written_facts: Mapping[str, tuple[float, ...]] = field(default_factory=dict)
    needs: tuple[Note, ...] = ()
    pains: tuple[Note, ...] = ()
    benefits: tuple[Note, ...] = ()
    proof_points: tuple[Note, ...] = ()
    tone_do: tuple[str, ...] = ()
    tone_avoid: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    offer: str = ""
    offer_terms: str = ""
    action: str = ""
    owner: str = ""
    kpi: str = ""
    review_date: str = ""
    do_not_use_for: tuple[str, ...] = ()
    quote: Quote | None = None

    @property
    def sourced(self) -> list[Note]:
        """The notes that need evidence."""
        return [*self.needs, *self.pains, *self.proof_points]

    @property
    def claims(self) -> list[str]:
        """Every text that says something of customers: no bare number may be in it."""
        notes = [note.text for note in [*self.sourced, *self.benefits]]
        single = [self.name, self.offer, self.action]
        lines = [*self.tone_do, *self.tone_avoid, *self.do_not_use_for]
        return [text for text in [*notes, *single, *lines] if text]

    @property
    def is_persona(self) -> bool:
        """Whether anything said rests on qualitative evidence."""
        return any(note.evidence.is_qualitative for note in self.sourced if note.evidence)


@dataclass(frozen=True, repr=False)
class Messages(Shown):
    """What people say of the segments, by stable segment key.

    Attributes
    ----------
    segments : dict of str to SegmentNotes
    retired : tuple of str
        Keys of earlier runs' segments: kept in the file, not shown.
    strict : bool
        Whether what would be marked with "check" on a card is refused.
    """

    segments: Mapping[str, SegmentNotes]
    retired: tuple[str, ...] = ()
    strict: bool = False

    @property
    def reading(self) -> str:
        """How many notes there are, and how many are assumptions."""
        notes = [note for one in self.segments.values() for note in one.sourced]
        assumed = sum(note.evidence.is_assumption for note in notes if note.evidence)
        return (
            f"{len(notes)} notes on {len(self.segments)} segments, {assumed} of them assumptions; "
            f"{len(self.retired)} segments retired."
        )

    def _repr_html_(self) -> str:
        return as_text(self.reading)
