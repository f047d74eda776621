"""A segment's notes as its card shows them: numbers filled in, evidence named, what moved marked."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from markupsafe import Markup, escape

from segkit.personas.facts import Fact, Sentence

MOVED = "check: figures moved since this was written"


@dataclass(frozen=True)
class NoteText:
    """An analyst's text with the figures in it.

    Attributes
    ----------
    parts : tuple of str or Fact
    """

    parts: tuple[str | Fact, ...]

    @property
    def text(self) -> str:
        """As plain text."""
        return "".join(part if isinstance(part, str) else part.text for part in self.parts)

    @property
    def facts(self) -> list[Fact]:
        """The figures in it."""
        return [part for part in self.parts if isinstance(part, Fact)]

    def __html__(self) -> Markup:
        return Markup("").join(
            escape(part) if isinstance(part, str) else part.html() for part in self.parts
        )


@dataclass(frozen=True)
class CardNote:
    """One note, with what it rests on.

    Attributes
    ----------
    text : NoteText
    evidence : str
        In words; empty for a benefit.
    is_assumption : bool
    rests_on : tuple of Fact
    link, answers, confidence : str
        Of a study where to find it; of a benefit the pain's text.
    checks : tuple of str
    """

    text: NoteText
    evidence: str = ""
    is_assumption: bool = False
    rests_on: tuple[Fact, ...] = ()
    link: str = ""
    answers: NoteText | None = None
    confidence: str = ""
    checks: tuple[str, ...] = ()


@dataclass(frozen=True)
class CardNotes:
    """Everything that people say of one segment; what isn't said is empty.

    Attributes
    ----------
    by, on : str
        Who wrote it, and when.
    groups : dict of str to tuple of CardNote
        Heading -> notes, without headings that have none.
    lists : dict of str to tuple of NoteText
    lines : dict of str to tuple of str or NoteText
        Offer, action, owner, review date and the like.
    kpi : tuple of (str, Fact) or None
        Its label and what it is now.
    quote : tuple of str or None
        What was said, and by whom.
    checks : tuple of Sentence or str
        What should be looked at before the notes are used.
    counts : dict of str to Fact
        Notes by kind of evidence.
    is_persona : bool
        Whether any of it rests on customers who were asked or watched.
    """

    by: str
    on: str
    groups: Mapping[str, tuple[CardNote, ...]]
    lists: Mapping[str, tuple[NoteText, ...]]
    lines: Mapping[str, tuple[str | NoteText, ...]]
    kpi: tuple[str, Fact] | None
    quote: tuple[str, str] | None
    checks: tuple[Sentence | str, ...]
    counts: Mapping[str, Fact]
    is_persona: bool

    @property
    def every_note(self) -> list[CardNote]:
        """All notes in order."""
        return [note for group in self.groups.values() for note in group]

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to show but, perhaps, a name."""
        return not (self.groups or self.lists or self.lines or self.kpi or self.quote)

    @property
    def said_checks(self) -> list[str]:
        """Every check in plain words."""
        own = [check if isinstance(check, str) else check.text for check in self.checks]
        return own + [
            f"{check} ({note.text.text})" for note in self.every_note for check in note.checks
        ]

    @property
    def facts(self) -> list[Fact]:
        """Every figure that the notes show or rest on."""
        texts = [text for texts in self.lists.values() for text in texts]
        texts += [t for line in self.lines.values() for t in line if isinstance(t, NoteText)]
        texts += [note.text for note in self.every_note]
        shown = [fact for text in texts for fact in text.facts]
        shown += [fact for note in self.every_note for fact in note.rests_on]
        shown += [self.kpi[1]] if self.kpi else []
        return [*shown, *_of_sentences(self.checks), *self.counts.values()]


def _of_sentences(checks: Iterable[Sentence | str]) -> list[Fact]:
    return [fact for one in checks if isinstance(one, Sentence) for fact in one.facts.values()]
