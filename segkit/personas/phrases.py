"""A trait in two or three words, for a segment's name."""

import pandas as pd

PLAIN_UNITS = ("", "money", "points", "score", "share", "index", "ratio", "years", "days", "hour")
"""Units of which there is more or less, not many or few."""
HALF = 0.5
SPEAKS_FOR_ITSELF = 3
NEEDS_LABEL = ("unknown", "other", "none", "yes", "no", "missing")


def said_of(about: pd.Series, delta: float, value: float) -> str:
    """What a segment is called after one trait.

    Parameters
    ----------
    about : pandas.Series
        The trait's row of `Profile.dictionary`.
    delta : float
        Cliff's delta of the segment against the rest.
    value : float
        The segment's typical value; of yes/no traits and levels its share.

    Examples
    --------
    >>> yummy = pd.Series({"kind": "yes_no", "label": "Yummy", "low": "", "high": ""})
    >>> said_of(yummy, 0.6, 0.9), said_of(yummy, -0.6, 0.1), said_of(yummy, 0.35, 0.4)
    ('mostly yummy', 'mostly not yummy', 'more often yummy')
    """
    own = about["high"] if delta > 0 else about["low"]
    if own:
        return lowered(str(own))
    if about["kind"] in {"yes_no", "level"}:
        return _of_share(about, delta, value)
    sides = ("high", "low") if about["unit"] in PLAIN_UNITS else ("many", "few")
    return f"{sides[0] if delta > 0 else sides[1]} {lowered(str(about['label']))}"


def _of_share(about: pd.Series, delta: float, share: float) -> str:
    what = _what(about)
    if (delta > 0) == (share >= HALF):
        is_mostly_not = delta < 0 and about["kind"] == "yes_no"
        if delta > 0 or is_mostly_not:
            return f"mostly not {what}" if is_mostly_not else f"mostly {what}"
    return f"{'more' if delta > 0 else 'less'} often {what}"


def compared(about: pd.Series, delta: float) -> str:
    """The same trait beside namesakes, as a comparative: "higher income", "less often yummy"."""
    own = about["high"] if delta > 0 else about["low"]
    if own:
        return lowered(str(own))
    if about["kind"] in {"yes_no", "level"}:
        return f"{'more' if delta > 0 else 'less'} often {_what(about)}"
    sides = ("higher", "lower") if about["unit"] in PLAIN_UNITS else ("more", "fewer")
    return f"{sides[0] if delta > 0 else sides[1]} {lowered(str(about['label']))}"


def _what(about: pd.Series) -> str:
    """A level by its own name, or with its category's where that says too little."""
    label = lowered(str(about["label"]))
    if about["kind"] != "level":
        return label
    level = str(about["levels"][0])
    category = label.removesuffix(f": {level}")
    says_enough = len(level) > SPEAKS_FOR_ITSELF and level.casefold() not in NEEDS_LABEL
    return lowered(level) if says_enough else f"{category} {level}"


def joined(said: list[str]) -> str:
    """Phrases as one name, what is there before what isn't.

    Examples
    --------
    >>> joined(["mostly not expensive", "mostly cheap"]), joined(["high income", "many deals"])
    ('mostly cheap, not expensive', 'high income, many deals')
    """
    ordered = sorted(said, key=lambda phrase: phrase.startswith("mostly not "))
    rest = [
        phrase.removeprefix("mostly ") if ordered[0].startswith("mostly ") else phrase
        for phrase in ordered[1:]
    ]
    return ", ".join([*ordered[:1], *rest])


def lowered(label: str) -> str:
    """A label within a sentence; abbreviations and names in capitals stay."""
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def started(text: str) -> str:
    """A name's first letter as a capital."""
    return text[:1].upper() + text[1:]
