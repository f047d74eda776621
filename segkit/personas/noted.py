"""Holds a segment's notes against a run: its figures, its channels, its KPIs, its name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from segkit.errors import StudyError, nearest
from segkit.personas.cardnotes import MOVED, CardNote, CardNotes, NoteText
from segkit.personas.cards import Card
from segkit.personas.effects import Range
from segkit.personas.facts import Fact, Sentence, owner_of
from segkit.personas.lexicon import Lexicon
from segkit.personas.lints import contradictions, pejoratives
from segkit.personas.messages import FACT, FILE
from segkit.personas.names import ENTER
from segkit.personas.notes import Channel, Note, SegmentNotes
from segkit.personas.review import is_passed, said_day
from segkit.personas.writer import CardWriter

LOOSE = 0.1
"""A figure without a range has moved when it differs by more than this share of itself."""
ROUNDED = 1e-5
"""Share of itself by which a figure may differ for being written in six digits."""
NOT_STORED = "check: the figures as they were when this was written are not stored"
GONE = "check: a figure that this rests on is no longer shown"
SIZES = {"customers": "size/customers", "share": "size/share", "revenue_share": "revenue/share"}
"""KPIs that are no trait: what the kit computes of the segment as a whole."""


@dataclass(frozen=True)
class Noted:
    """One segment's notes beside its figures.

    Attributes
    ----------
    notes : SegmentNotes
    writer : CardWriter
    card : Card
        Without notes.
    lexicon : Lexicon
    as_of : str
        Day against which the review date is held.
    """

    notes: SegmentNotes
    writer: CardWriter
    card: Card
    lexicon: Lexicon
    as_of: str = ""

    @property
    def key(self) -> str:
        """The segment's key."""
        return self.writer.key

    @cached_property
    def figures(self) -> dict[str, Fact]:
        """Every figure that a note may name."""
        return self.writer.every_fact()

    def shown(self) -> CardNotes:
        """The notes as the card shows them."""
        notes = self.notes
        groups = {
            "Needs": [self.note(one) for one in notes.needs],
            "Pain points": [self.note(one) for one in notes.pains],
            "Benefits to stress": [self.benefit(one) for one in notes.benefits],
            "Proof points": [self.note(one) for one in notes.proof_points],
        }
        lists = {"Tone: do": notes.tone_do, "Tone: avoid": notes.tone_avoid,
                 "Do not use for": notes.do_not_use_for}  # fmt: skip
        return CardNotes(
            by=notes.written_by,
            on=notes.written_on,
            groups={name: tuple(group) for name, group in groups.items() if group},
            lists={name: tuple(map(self.text, texts)) for name, texts in lists.items() if texts},
            lines={name: line for name, line in self.lines().items() if any(line)},
            kpi=self.kpi(),
            quote=(notes.quote.text, notes.quote.source) if notes.quote else None,
            checks=(
                *self.name_checks(),
                *self.channel_checks(),
                *self.word_checks(),
                *self.review_checks(),
            ),
            counts=self.counts(),
            is_persona=notes.is_persona,
        )

    def lines(self) -> dict[str, tuple[str | NoteText, ...]]:
        """Short lines, by heading."""
        notes = self.notes
        channels = [
            f"{one.channel}, {one.timing}" if one.timing else one.channel for one in notes.channels
        ]
        offer = [self.text(notes.offer)] if notes.offer else []
        return {
            "Channels": tuple(channels),
            "Offer": (*offer, *filter(None, [notes.offer_terms])),
            "Next action": (self.text(notes.action),) if notes.action else (),
            "Owner": (notes.owner,),
            "Review by": (notes.review_date,),
        }

    def note(self, note: Note) -> CardNote:
        """A note with its evidence, and whether that has moved."""
        evidence = note.evidence
        assert evidence is not None
        text, study = self.text(note.text), evidence.study or {}
        named = [name for name in evidence.facts if name not in self.gone]
        lost = {*evidence.facts, *FACT.findall(note.text)} & self.gone
        rests_on = tuple(self.figure(name) for name in named)
        checks = self.moved([*rests_on, *text.facts])
        checks += [GONE] if lost else []
        link = str(study.get("link", ""))
        return CardNote(
            text, evidence.words, evidence.is_assumption, rests_on, link,
            confidence=note.confidence, checks=tuple(checks),
        )  # fmt: skip

    def benefit(self, note: Note) -> CardNote:
        """A benefit with the pain that it answers."""
        answers = next(pain.text for pain in self.notes.pains if pain.id == note.answers)
        text = self.text(note.text)
        return CardNote(text, answers=self.text(answers), checks=tuple(self.moved(text.facts)))

    def text(self, text: str) -> NoteText:
        """A text with its figures filled in; one that is gone is not guessed."""
        pieces = FACT.split(text)
        parts: list[str | Fact] = [
            one if place % 2 == 0 else "n/a" if one in self.gone else self.figure(one)
            for place, one in enumerate(pieces)
        ]
        return NoteText(tuple(part for part in parts if part))

    @cached_property
    def gone(self) -> set[str]:
        """Figures that were there when the notes were written, and aren't shown any more."""
        return {name for name in self.notes.written_facts if self.named(name) not in self.figures}

    def named(self, name: str) -> str:
        """A figure's full id; the segment's own key may be left out."""
        return name if name in self.figures else f"{self.key}/{name}"

    def figure(self, name: str) -> Fact:
        """A figure of this segment, or of all customers."""
        if self.named(name) in self.figures:
            return self.figures[self.named(name)]
        keys = self.writer.profile.keys
        if owner_of(name, keys) in {*keys} - {self.key}:
            raise StudyError(
                f"{FILE}: a note on '{self.key}' names '{name}', a figure of another segment",
                "figures of the segment itself, and all/...",
            )
        short = [one.removeprefix(f"{self.key}/") for one in self.figures]
        raise StudyError(
            f"{FILE}: a note on '{self.key}' names the figure '{name}', which this run doesn't show",
            fix=nearest(name.removeprefix(f"{self.key}/"), short),
        )

    def moved(self, facts: list[Fact]) -> list[str]:
        """Whether a figure has left the interval that it had when the note was written."""
        seen = {self.named(name): figures for name, figures in self.notes.written_facts.items()}
        checks = []
        if any(fact.id not in seen for fact in facts if not fact.id.startswith("all/")):
            checks.append(NOT_STORED)
        if any(fact.id in seen and not _is_within(fact.value, seen[fact.id]) for fact in facts):
            checks.append(MOVED)
        return checks

    def kpi(self) -> tuple[str, Fact] | None:
        """The KPI's label and what it is now."""
        name = self.notes.kpi
        if not name:
            return None
        dictionary = self.writer.profile.dictionary
        if name in dictionary.index:
            marker = self.writer.marker(name)
            return marker.label, marker.here
        if name in SIZES and (name != "revenue_share" or name in self.writer.profile.sizes):
            fact = self.figures.get(self.named(SIZES[name]))
            return (name.replace("_", " ").capitalize(), fact) if fact else None
        raise StudyError(
            f"{FILE}: segments.{self.key}.kpi is '{name}', which this study doesn't compute",
            fix=nearest(name, [*dictionary.index, *SIZES]),
        )

    def name_checks(self) -> list[Sentence | str]:
        """What is wrong with a name given by hand."""
        name = self.notes.name
        checks: list[Sentence | str] = [
            self.compared(f"check: the name says “{{word}}”, {SAYS}", self.strongest(role), word)
            for word, role in contradictions(name, self.effects, self.lexicon)
        ]
        if len(name) > self.lexicon.longest:
            checks.append("check: the name is longer than a column of a table has room for")
        return checks

    def channel_checks(self) -> list[Sentence | str]:
        """Preferred channels that the segment uses clearly less than others do."""
        checks: list[Sentence | str] = []
        for channel in self.notes.channels:
            for variable in self.observed(channel):
                delta = self.writer.marker(variable).delta
                if delta.value <= -ENTER and (delta.high or 0) < 0:
                    template = f"check: “{{word}}” is preferred, {USED}"
                    checks.append(self.compared(template, variable, channel.channel))
        return checks

    def word_checks(self) -> list[Sentence | str]:
        """Words that speak ill of people, anywhere."""
        said = " ".join(self.notes.claims)
        return [f"check: the word “{word}”" for word in pejoratives(said, self.lexicon)]

    def review_checks(self) -> list[Sentence | str]:
        """Whether the notes should have been looked at again before the reference date."""
        review = self.notes.review_date
        if not self.as_of or not is_passed(review, self.as_of):
            return []
        return [f"check: to be reviewed by {said_day(review)}, which has passed"]

    @cached_property
    def effects(self) -> Mapping[str, list[Range]]:
        """Cliff's delta of the segment's traits, by role."""
        effects = self.writer.ranked()
        return {
            str(role): [Range(*row) for row in part[["delta", "delta_low", "delta_high"]].to_numpy()]
            for role, part in effects.groupby("role")
        }

    def strongest(self, role: str) -> str:
        """The trait of a role that differs most."""
        effects = self.writer.ranked()
        return str(effects.index[effects["role"] == role][0])

    def observed(self, channel: Channel) -> list[str]:
        """The features that count the use of a channel."""
        effects = self.writer.ranked()
        if channel.metric:
            if channel.metric not in effects.index:
                raise StudyError(
                    f"{FILE}: channels of '{self.key}' names the metric '{channel.metric}'",
                    fix=nearest(channel.metric, effects.index),
                )
            return [channel.metric]
        word = channel.channel.casefold()
        labels = self.writer.profile.dictionary.loc[effects.index, "label"]
        return [name for name, label in labels.items() if word in label.casefold().split()]

    def compared(self, template: str, variable: str, word: str) -> Sentence:
        """A check with the figure that it is about."""
        marker = self.writer.marker(variable)
        facts = {"here": marker.here, "all": marker.overall}
        return Sentence(template, facts, {"word": word, "label": marker.label})

    def counts(self) -> dict[str, Fact]:
        """How many notes rest on figures, on studies, on nothing."""
        kinds = [one.evidence for one in self.notes.sourced if one.evidence]
        counted = {
            "figures": sum(bool(one.facts) for one in kinds),
            "studies": sum(one.study is not None for one in kinds),
            "assumptions": sum(one.is_assumption for one in kinds),
        }
        return {
            name: Fact(f"{self.key}/notes/{name}", count, "notes", len(kinds), "notes on the segment")
            for name, count in counted.items()
            if kinds
        }


SAYS = "and the figures say the opposite: {label} {here}, all {all}."
USED = "and used less here than elsewhere: {label} {here}, all {all}."


def _is_within(value: float, seen: tuple[float, ...]) -> bool:
    """Whether a figure lies where it lay; what is written down is rounded."""
    if len(seen) == 3:
        spare = ROUNDED * max(map(abs, seen))
        return seen[1] - spare <= value <= seen[2] + spare
    return abs(value - seen[0]) <= LOOSE * abs(seen[0])
