"""A trait in two or three words, for a segment's name."""

import re

import pandas as pd

from segkit.personas.lexicon import Lexicon, load_lexicon, lowered

__all__ = ["compared", "joined", "lowered", "said_of", "short", "started"]

PLAIN_UNITS = ("", "money", "points", "score", "share", "index", "ratio", "years", "days", "hour")
"""Units of which there is more or less, not many or few."""
HALF = 0.5
MANY = 2.0
"""Below it a segment has more of what is counted than others, not many."""
LONGEST_LABEL = 26
"""Characters of a label within a name; a survey's question is longer."""
SINCE = re.compile(r"^days since ", re.IGNORECASE)
LAST_DONE = re.compile(r"^last (?=\w+(?:ed|en|ght)\b)", re.IGNORECASE)
SPEAKS_FOR_ITSELF = 3
NEEDS_LABEL = ("unknown", "other", "none", "yes", "no", "missing")


def said_of(about: pd.Series, delta: float, value: float, lexicon: Lexicon | None = None) -> str:
    """What a segment is called after one trait.

    Parameters
    ----------
    about : pandas.Series
        The trait's row of `Profile.dictionary`.
    delta : float
        Cliff's delta of the segment against the rest.
    value : float
        The segment's typical value; of yes/no traits and levels its share.
    lexicon : Lexicon, optional
        English by default.

    Examples
    --------
    >>> yummy = pd.Series({"kind": "yes_no", "label": "Yummy", "low": "", "high": ""})
    >>> said_of(yummy, 0.6, 0.9), said_of(yummy, -0.6, 0.1), said_of(yummy, 0.35, 0.4)
    ('mostly yummy', 'mostly not yummy', 'more often yummy')
    """
    lexicon = lexicon or load_lexicon()
    own = about["high"] if delta > 0 else about["low"]
    if own:
        return lexicon.lowered(str(own))
    if about["kind"] in {"yes_no", "level"}:
        return _of_share(about, delta, value, lexicon)
    if about["kind"] == "date":
        return _of_date(about, delta, lexicon)
    side = _side(about, delta)
    words = lexicon.compared if side == "many" and value < MANY else lexicon.traits
    return words[side].format(label=_label(about, lexicon))


def _of_date(about: pd.Series, delta: float, lexicon: Lexicon) -> str:
    """Few days ago, or many: "recently contacted", "long-ago first order"."""
    label = SINCE.sub("", str(about["label"]))
    done = LAST_DONE.sub("", label)
    if done != label:
        return lexicon.traits["not_lately" if delta > 0 else "lately"].format(what=short(done, lexicon))
    said = lexicon.traits["past" if delta > 0 else "recent"]
    return said.format(label=short(lexicon.lowered(label), lexicon))


def _label(about: pd.Series, lexicon: Lexicon) -> str:
    return short(lexicon.lowered(str(about["label"])), lexicon)


def short(label: str, lexicon: Lexicon | None = None) -> str:
    """A label that a name has room for: of a survey's question the words that tell it from others.

    Examples
    --------
    >>> short("web visits"), short("how satisfied are you with the delivery of your last order?")
    ('web visits', 'satisfied delivery last…')
    """
    if len(label) <= LONGEST_LABEL:
        return label
    words = re.findall(r"[^\s?!.,;:()]+", label)
    filling = set((lexicon or load_lexicon()).filling)
    telling = [word for word in words if word.casefold() not in filling] or words
    kept = ""
    for place, word in enumerate(telling):
        longer = f"{kept} {word}".strip()
        if len(longer) > LONGEST_LABEL - (place < len(telling) - 1):
            return f"{kept or word[: LONGEST_LABEL - 1]}…"
        kept = longer
    return kept


def _of_share(about: pd.Series, delta: float, share: float, lexicon: Lexicon) -> str:
    what = _what(about, lexicon)
    if (delta > 0) == (share >= HALF):
        is_mostly_not = delta < 0 and (about["kind"] == "yes_no" or share - delta >= HALF)
        if delta > 0 or is_mostly_not:
            return lexicon.traits["mostly_not" if is_mostly_not else "mostly"].format(what=what)
    return lexicon.traits["more_often" if delta > 0 else "less_often"].format(what=what)


def _side(about: pd.Series, delta: float) -> str:
    """Of some units there is more or less, of others many or few."""
    sides = ("high", "low") if about["unit"] in PLAIN_UNITS else ("many", "few")
    return sides[0] if delta > 0 else sides[1]


def compared(about: pd.Series, delta: float, lexicon: Lexicon | None = None) -> str:
    """The same trait beside namesakes, as a comparative: "higher income", "less often yummy"."""
    lexicon = lexicon or load_lexicon()
    own = about["high"] if delta > 0 else about["low"]
    if own:
        return lexicon.lowered(str(own))
    if about["kind"] in {"yes_no", "level"}:
        often = lexicon.traits["more_often" if delta > 0 else "less_often"]
        return often.format(what=_what(about, lexicon))
    if about["kind"] == "date":
        said = lexicon.compared["past" if delta > 0 else "recent"]
        return said.format(label=short(lexicon.lowered(SINCE.sub("", str(about["label"]))), lexicon))
    return lexicon.compared[_side(about, delta)].format(label=_label(about, lexicon))


def _what(about: pd.Series, lexicon: Lexicon) -> str:
    """A level by its own name, or with its category's where that says too little."""
    label = lexicon.lowered(str(about["label"]))
    if about["kind"] != "level":
        return short(label, lexicon)
    level = str(about["levels"][0])
    category = label.removesuffix(f": {level}")
    says_enough = len(level) > SPEAKS_FOR_ITSELF and level.casefold() not in NEEDS_LABEL
    return (
        short(lexicon.lowered(level), lexicon) if says_enough else f"{short(category, lexicon)} {level}"
    )


def joined(said: list[str], lexicon: Lexicon | None = None) -> str:
    """Phrases as one name, what is there before what isn't.

    Examples
    --------
    >>> joined(["mostly not expensive", "mostly cheap"]), joined(["high income", "many deals"])
    ('mostly cheap, not expensive', 'high income, many deals')
    """
    words = (lexicon or load_lexicon()).traits
    mostly, mostly_not = (words[name].removesuffix("{what}") for name in ("mostly", "mostly_not"))
    neither = words["not_either"].removesuffix("{what}")
    ordered = sorted(said, key=lambda phrase: phrase.startswith(mostly_not))
    if not ordered[0].startswith(mostly):
        return ", ".join(ordered)
    rest = [
        phrase.replace(mostly_not, neither, 1)
        if phrase.startswith(mostly_not)
        else phrase.removeprefix(mostly)
        for phrase in ordered[1:]
    ]
    return ", ".join([*ordered[:1], *rest])


def started(text: str) -> str:
    """A name's first letter as a capital."""
    return text[:1].upper() + text[1:]
