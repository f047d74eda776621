"""A column that says who got what in a test, and the columns that may say what came of it."""

import re

import pandas as pd

from segkit.sources.guessing.guessed import Guessed
from segkit.sources.names import plain_name

_ARM_NAME = re.compile(
    r"treatments?|treated|(test_|treatment_)?arm|variant|experiment(_(group|arm))?|(in_)?control(_group)?"
    r"|hold_?out(_group)?|(test|ab|ab_test|treatment|campaign)_group|testgruppe|kontrollgruppe"
)
_CONTROL = re.compile(
    r"control([ _-]group)?|kontroll?(gruppe)?|hold[ _-]?out([ _-]group)?|placebo|untreated"
)
_NOTHING = re.compile(r"(no|without|kein(e|en)?|ohne)[ _-]?(?P<what>.+)")
MOST_ARMS = 10
_CAME_OF_IT = re.compile(
    r"((n|num|total)_)?(visit(s|ed)?|spen[dt]|spending|sales?|revenue|amount|purchas(e|es|ed)|orders?"
    r"|ordered|bought|clicks?|clicked|opens?|opened|convert(ed)?|conversions?|respon(se|ded)"
    r"|sign(ed)?_?ups?|subscribed?|redeem(ed)?|redemptions?|churn(ed)?|retained|profit|margin"
    r"|donat(ed|ions?)|umsatz|kauf|gekauft)(_(amount|value|flag|after|post|\d+_?d(ays)?))?"
)
_KINDS = ("number", "yes_no", "amount")


def note_outcomes(frame: pd.DataFrame, guessed: Guessed) -> list[str]:
    """Take what may have come of a test for outcomes, never for bases; and so who got what in it.

    Parameters
    ----------
    frame : pandas.DataFrame
        The table's texts.
    guessed : Guessed
        Its `outcomes` and `why` are added to.

    Returns
    -------
    list of str
        What a person has to decide.
    """
    arms = [name for name, trait in guessed.traits.items() if _says_arm(frame, trait)]
    if not arms:
        return []
    shown = " and ".join(f"'{guessed.traits[name]['column']}'" for name in arms)
    came = [
        name
        for name, trait in guessed.traits.items()
        if name not in arms
        and trait["kind"] in _KINDS
        and _CAME_OF_IT.fullmatch(plain_name(str(trait["column"])))
    ]
    whys = dict.fromkeys(arms, "; who got what in a test, as it seems: no base")
    new = [name for name in came if name not in guessed.outcomes]
    whys |= dict.fromkeys(new, f"; an outcome of {shown}, by its name")
    for name, why in whys.items():
        guessed.why[name] += why
        guessed.outcomes += [name] if name not in guessed.outcomes else []
    if not came:
        return []
    return [
        f"outcomes: {shown} says who got what in a test, and {', '.join(came)} may say what came of "
        "it; take out what was known before"
    ]


def _says_arm(frame: pd.DataFrame, trait: dict[str, object]) -> bool:
    column = str(trait["column"])
    if trait["kind"] not in {"category", "yes_no"}:
        return False
    levels = {str(text).strip().lower() for text in frame[column].unique()} - {""}
    if len(levels) > MOST_ARMS:
        return False
    by_name = bool(_ARM_NAME.fullmatch(plain_name(column)))
    return by_name or any(_CONTROL.fullmatch(one) or _is_nothing(one, levels) for one in levels)


def _is_nothing(level: str, levels: set[str]) -> bool:
    """Whether a level says that somebody got nothing of what all others got: "no e-mail"."""
    found = _NOTHING.fullmatch(level)
    others = levels - {level}
    return bool(found and others) and all(found["what"] in other for other in others if found)
