"""Words by which a column tells what it speaks of: its basis, its order, its codes for no answer."""

import re

from segkit.sources.names import plain_name

NO_ANSWER = frozenset(
    {"n/a", "na", "#n/a", "-", "--", "?", "none given", "not specified", "not available", "unknown"}
    | {"don't know", "dont know", "don’t know", "do not know", "no answer", "refused"}
    | {"prefer not to say", "prefer not to answer", "not applicable", "keine angabe", "k.a."}
    | {"weiß nicht", "no opinion"}
)  # fmt: skip
"""Texts that mean no answer, in small letters."""
ODD_CODES = ("-1", "-9", "-77", "-88", "-99", "77", "88", "98", "99", "997", "998", "999", "9999")
"""Numbers that often stand for no answer, where they lie apart from the others."""
ORDERS = (
    "strongly disagree | disagree | somewhat disagree | slightly disagree | neither agree nor disagree "
    "| neutral | undecided | slightly agree | somewhat agree | agree | strongly agree",
    "never | almost never | rarely | seldom | once a year | a few times a year | occasionally "
    "| sometimes | every three months | monthly | once a month | often | weekly | once a week "
    "| more than once a week | very often | usually | almost always | daily | always",
    "very dissatisfied | dissatisfied | somewhat dissatisfied | neither satisfied nor dissatisfied "
    "| neutral | somewhat satisfied | satisfied | very satisfied",
    "very unlikely | unlikely | somewhat unlikely | neither likely nor unlikely | neutral "
    "| somewhat likely | likely | very likely",
    "not at all important | not important | slightly important | moderately important | important "
    "| very important | extremely important",
    "very poor | poor | fair | average | good | very good | excellent",
    "very low | low | medium | high | very high",
    "cold | warm | hot",
    "not at all | a little | somewhat | quite a bit | very much | extremely",
    "stimme überhaupt nicht zu | stimme nicht zu | stimme eher nicht zu | teils teils | weder noch "
    "| stimme eher zu | stimme zu | stimme voll zu | stimme voll und ganz zu",
    "nie | selten | manchmal | oft | häufig | immer",
)
"""Answers in their order, lowest first."""
_BASES = (
    ("firmographic", r"employee|staff|headcount|company|firm|industr|sector|branche|annual_revenue"
     r"|umsatz|turnover|account|founded|legal_form|naics|sic_code|mitarbeiter|rating|ownership"),
    ("geographic", r"country|land|region|state|province|city|town|zip|postal|postcode|plz|urban|rural"
     r"|county|climate|district|bundesland|territory|location|distance"),
    ("demographic", r"age|birth|born|gender|sex|income|education|marital|children|kids|teens|household"
     r"|occupation|job|profession|school|degree|language|einkommen|bildung|beruf|title|salutation"),
    ("psychographic", r"agree|opinion|attitude|satisf|happy|feel|believe|nps|enjoy|motiv"),
)  # fmt: skip


def basis_of(name: str, *, is_survey: bool) -> str:
    """The basis that a column's name speaks of; guessed.

    Examples
    --------
    >>> basis_of("Number of Employees", is_survey=False), basis_of("visits", is_survey=False)
    ('firmographic', 'behavioural')
    """
    plain = plain_name(name)
    for basis, words in _BASES:
        if re.search(rf"(^|_)({words})", plain):
            return basis
    return "psychographic" if is_survey else "behavioural"


def in_order(texts: list[str]) -> list[str] | None:
    """Some answers in their order, where segkit knows one that holds all of them.

    Examples
    --------
    >>> in_order(["Agree", "Neutral", "Disagree"])
    ['Disagree', 'Neutral', 'Agree']
    """
    own = {text.casefold(): text for text in texts}
    for order in ORDERS:
        places = {level: place for place, level in enumerate(order.split(" | "))}
        if len(own) == len(texts) >= 3 and set(own) <= set(places):
            return [own[level] for level in sorted(own, key=lambda level: places[level])]
    return None


def short_name(text: str) -> str:
    """A trait's name from a column's: a question's first words.

    Examples
    --------
    >>> short_name("How happy are you with our new spring shop, all in all?"), short_name("Année")
    ('how_happy_are_you_with_our_new_spring', 'année')
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", text)
    plain = re.sub(r"\W+", "_", snake.casefold()).strip("_") or "column"
    return plain if len(plain) <= 40 else plain[:40].rsplit("_", 1)[0]
