"""Words by which a column tells what it speaks of: its order, its codes for no answer."""

import re
from collections.abc import Sequence

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
    "completely disagree | totally disagree | strongly disagree | disagree | mostly disagree "
    "| tend to disagree | somewhat disagree | slightly disagree | neither agree nor disagree | neither "
    "| neutral | undecided | slightly agree | somewhat agree | tend to agree | mostly agree | agree "
    "| strongly agree | totally agree | completely agree",
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
_SAID_BY_ORDER = ("never |", "nie |", "cold |", "very low |")
"""What an order that starts so speaks of is no opinion: how often, how warm, how much."""


def order_of(texts: Sequence[str]) -> str:
    """The order that holds all of some answers, as in `ORDERS`; empty where none does."""
    own = {text.casefold() for text in texts}
    if not len(own) == len(texts) >= 3:
        return ""
    return next((order for order in ORDERS if own <= set(order.split(" | "))), "")


def is_opinion(order: str) -> bool:
    """Whether an order is one of agreement, satisfaction, importance or the like."""
    return bool(order) and not order.startswith(_SAID_BY_ORDER)


def in_order(texts: list[str]) -> list[str] | None:
    """Some answers in their order, where segkit knows one that holds all of them.

    Examples
    --------
    >>> in_order(["Agree", "Neutral", "Disagree"])
    ['Disagree', 'Neutral', 'Agree']
    """
    own = {text.casefold(): text for text in texts}
    order = order_of(texts)
    return [own[level] for level in order.split(" | ") if level in own] if order else None


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
