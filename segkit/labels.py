"""Short labels for long questions: no two alike, cut at a word, without what opens them all."""

import re
from collections.abc import Iterable, Sequence
from itertools import takewhile

import pandas as pd

LONGEST = 40
"""Characters of a label; the full text stands where a trait's meaning does."""
MARK = "…"
NUMBERED = re.compile(r"^Q?\d+[a-z]?[.):_-]+\s*", re.IGNORECASE)
OPENERS = re.compile(
    r"^(?:(?:I|we) (?:feel|think|believe|find|know|am sure|would say)(?: that)? |"
    r"(?:please )?(?:rate|tell us|indicate)(?: how)? |"
    r"to what extent (?:do|would) you (?:agree|disagree)(?: or disagree)?"
    r"(?: that| with(?: the following)?(?: statements?)?:?)? |"
    r"how (?=(?:satisfied|important|likely|often|happy|easy|useful) )|"
    r"(?:ich|wir) (?:finde|finden|denke|denken|glaube|glauben|meine|meinen), dass |"
    r"wie (?=(?:zufrieden|wichtig|oft|häufig|einfach|nützlich) ))",
    re.IGNORECASE,
)
ASKED = re.compile(
    r"^(\w+) (?:are you|is it|do you|would you(?: be)?|sind Sie|ist Ihnen|ist es) ", re.I
)
"""How satisfied are you with ... -> satisfied with ..."""
PARTS = re.compile(r"(?<=[:?!|>–—]) | - ")
"""Where a question ends and the item begins."""
OPEN_ENDED = frozenset({
    "a", "an", "and", "are", "as", "at", "by", "for", "from", "i", "if", "in", "is", "it", "my", "of",
    "on", "or", "our", "that", "the", "their", "to", "was", "with", "your", "als", "am", "auf", "aus",
    "das", "dass", "dem", "den", "der", "des", "die", "ein", "eine", "einem", "einen", "einer", "für",
    "ihr", "ihre", "im", "ist", "mit", "oder", "sie", "und", "von", "zu", "zum", "zur",
})  # fmt: skip
"""Words that no label ends with before it is cut."""


def short_labels(labels: Sequence[str], longest: int = LONGEST) -> list[str]:
    """Shorten labels together, so that each still says what tells it from the others.

    Parameters
    ----------
    labels : sequence of str
        Those of one table or chart.
    longest : int, default 40
        Characters; a label that is no longer stays as it is.

    Returns
    -------
    list of str
        In the same order. Two that were different are never alike.

    Examples
    --------
    >>> for label in short_labels([
    ...     "Age",
    ...     "How satisfied are you with the delivery of your last order?",
    ...     "I feel that the staff of the shop that I go to take time for me and my questions",
    ...     "I feel that the staff of the shop that I go to take an interest in me and my family",
    ... ]):
    ...     print(label)
    Age
    Satisfied with the delivery…
    …time for me and my questions
    …an interest in me and my family
    """
    told = [_told(label, labels) if len(label) > longest else label for label in labels]
    short = [cut(text, longest) for text in told]
    for alike in _alike(short, labels):
        words = [told[place].split() for place in alike]
        shared = sum(1 for _ in takewhile(_is_one, zip(*words, strict=False)))
        for place, each in zip(alike, words, strict=True):
            if len(labels[place]) > longest and shared < max(map(len, words)):
                rest = " ".join(each[shared:]) or each[-1]
                short[place] = MARK + cut(rest, longest - 1)
    for alike in _alike(short, labels):
        kept = [place for place in alike if len(labels[place]) <= longest] or alike[:1]
        for number, place in enumerate(sorted({*alike} - {*kept}), start=2):
            short[place] = f"{cut(short[place], longest - 4)} ({number})"
    return short


def cut(text: str, longest: int) -> str:
    """A text that is no longer than so many characters, cut at the end of a word that can end it.

    Examples
    --------
    >>> cut("Satisfied with the delivery of the last order", 32), cut("お客様の声を聞かせてください", 6)
    ('Satisfied with the delivery…', 'お客様の声…')
    """
    if len(text) <= longest:
        return text
    words = text[:longest].split(" ")[:-1]
    while words and words[-1].casefold().strip(",;:") in OPEN_ENDED:
        words.pop()
    kept = " ".join(words).rstrip(" ,;:-")
    return f"{kept if len(kept) >= longest / 3 else text[: longest - 1].rstrip()}{MARK}"


def with_short_labels(dictionary: pd.DataFrame) -> pd.DataFrame:
    """A dictionary whose labels have room, with the full text in `meaning` where one was shortened."""
    full = [str(label) for label in dictionary["label"]]
    short = short_labels(full)
    meanings = [
        meaning if one == label or label in meaning else f"{label} ({meaning})"
        for one, label, meaning in zip(short, full, dictionary["meaning"], strict=True)
    ]
    return dictionary.assign(label=short, meaning=meanings)


def _told(label: str, labels: Iterable[str]) -> str:
    """A question without its number, without what it shares with others, and without its opener."""
    heads = [label[: part.end()] for part in PARTS.finditer(label)]
    shared = [head for head in heads if sum(other.startswith(head) for other in labels) > 1]
    text = label.removeprefix(shared[-1]) if shared else NUMBERED.sub("", label)
    text = ASKED.sub(r"\1 ", OPENERS.sub("", text.lstrip(" -–—"))).rstrip(" ?!.:").strip("[]")
    return text[:1].upper() + text[1:] if text else label


def _is_one(words: tuple[str, ...]) -> bool:
    return len({word.casefold() for word in words}) == 1


def _alike(short: Sequence[str], labels: Sequence[str]) -> list[list[int]]:
    """Places of labels that have become alike, group by group."""
    by_text: dict[str, list[int]] = {}
    for place, text in enumerate(short):
        by_text.setdefault(text.casefold(), []).append(place)
    return [places for places in by_text.values() if len({labels[place] for place in places}) > 1]
