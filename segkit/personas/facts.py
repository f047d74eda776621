"""Facts and the sentences made of them: no sentence without a number behind it."""

import re
import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup, escape

from segkit.disclosure import MIN_CELL
from segkit.personas.measures import Sample
from segkit.personas.numbertext import format_value, is_fine, is_small

WITHHELD = "withheld"
OF_THE_SEGMENT = "the segment's "
"""Begins the base of a figure about a segment's own customers."""
EN_DASH, NO_BREAK = "\N{EN DASH}", "\N{WORD JOINER}"


@dataclass(frozen=True)
class Fact:
    """One number of a report, with its base and range.

    Attributes
    ----------
    id : str
        "segment key/metric/statistic", or "all/..." for all customers.
    value : float
    unit : str
        "money", "share", "percent range", "days", "score", or what is counted.
    low, high : float or None
        95 % range, where there is one.
    n : int
        Customers (or lines) that the number rests on.
    base : str
        What they are.
    currency : str
        Printed before money.
    levels : tuple of str
        Of an ordered category: the value is the place of one of them.
    sample : Sample or None
        Of a weighted number: the sum of the weights that it rests on, and as many unweighted
        customers as would say as much; `n` stays their plain number.
    """

    id: str
    value: float
    unit: str
    n: int
    base: str
    low: float | None = None
    high: float | None = None
    currency: str = ""
    levels: tuple[str, ...] = ()
    sample: Sample | None = None

    @property
    def is_weighted(self) -> bool:
        """Whether it estimates a population from a survey's weights."""
        return self.sample is not None

    @property
    def carries(self) -> int:
        """How many customers it says as much as; where weighted no fewer than may be shown."""
        return strength(self.n, self.sample and self.sample.effective_n)

    @property
    def is_withheld(self) -> bool:
        """Whether the number is kept back: it rests on too few customers, or gives them away."""
        return bool(pd.isna(self.value))

    @property
    def text(self) -> str:
        """The number as a report prints it; a place among levels by the level's name."""
        return self._said(self.value)

    def _said(self, value: float, fine: bool | None = None) -> str:
        if pd.isna(value):
            return WITHHELD
        if self.levels:
            return self.levels[int(value)]
        return format_value(value, self.unit, self.currency, fine=fine)

    @property
    def with_range(self) -> str:
        """The number with its range: "31% (27-35%)"."""
        if self.low is None or self.high is None or pd.isna(self.low):
            return self.text
        limits = [self.value, self.low, self.high] if is_small(self.value, self.unit) else [self.value]
        fine = any(is_fine(one, self.unit) for one in limits)
        text, low, high = (self._said(one, fine) for one in (self.value, self.low, self.high))
        if text == high and (text.startswith("<") or (self.levels and low == high)):
            return text
        if self.levels or low.startswith("−"):
            return f"{text} ({low} to {high})"
        shared = low.removesuffix("%") if high.endswith("%") and not low.startswith("<") else low
        return f"{text} ({shared}{EN_DASH}{high})"

    def html(self, text: str | None = None) -> Markup:
        """The number as a tagged node, so that a page can be checked against the facts."""
        if self.is_withheld:
            return Markup('<span class="mute" data-from="segkit">{}</span>').format(WITHHELD)
        return Markup('<data value="{}" data-fact="{}">{}</data>').format(
            f"{self.value:.10g}", self.id, (text or self.text).replace(EN_DASH, EN_DASH + NO_BREAK)
        )


def strength(n: int, effective: float | None) -> int:
    """How many unweighted customers say as much as n do, weighted.

    What may be shown goes by the customers themselves, so ten or more stay ten or more.

    Examples
    --------
    >>> strength(120, None), strength(120, 81.7), strength(12, 6.3)
    (120, 81, 10)
    """
    return n if effective is None else max(min(n, int(effective)), min(n, MIN_CELL))


@dataclass(frozen=True)
class Sentence:
    """A sentence with a slot for every number in it.

    Parameters
    ----------
    template : str
        With `{slots}` for facts and names, and no digit of its own.
    facts : dict of str to Fact
        At least one.
    names : dict of str to str, optional
        Words that aren't numbers: a segment's name, a label.

    Raises
    ------
    ValueError
        The template has no fact, a digit of its own, or a slot that nothing fills.

    Examples
    --------
    >>> share = Fact("all/share", 0.31, "share", 2469, "customers")
    >>> Sentence("{share} of customers came once.", {"share": share}).text
    '31% of customers came once.'
    """

    template: str
    facts: Mapping[str, Fact]
    names: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        slots = {name for _, name, _, _ in string.Formatter().parse(self.template) if name}
        filled = {*self.facts, *(self.names or {})}
        if not self.facts or not slots & set(self.facts):
            raise ValueError(f"a sentence without a number: {self.template!r}")
        if slots - filled:
            raise ValueError(f"nothing fills {sorted(slots - filled)} in {self.template!r}")
        if re.search(r"\d", re.sub(r"{.*?}", "", self.template)):
            raise ValueError(f"a bare number in {self.template!r}")

    @property
    def text(self) -> str:
        """The sentence in plain text."""
        numbers = {name: fact.text for name, fact in self.facts.items()}
        return self.template.format(**numbers, **(self.names or {}))

    def __html__(self) -> Markup:
        numbers = {name: fact.html() for name, fact in self.facts.items()}
        names = {name: given(word) for name, word in (self.names or {}).items()}
        parsed = string.Formatter().parse(self.template)
        slots = sum(name in numbers and not self.facts[name].is_withheld for _, name, _, _ in parsed)
        said = Markup(self.template).format(**numbers, **names)
        return Markup('<span data-computed="{}">{}</span>').format(slots, said)


class SegmentName(str):
    """A segment's name within a sentence, with the key of the segment it stands for."""

    key: str

    def __new__(cls, name: str, key: str) -> "SegmentName":
        """Remember whose name it is."""
        made = super().__new__(cls, name)
        made.key = key
        return made


class Rank(str):
    """A word of rank within a sentence, with the fact by which it is held to be true."""

    by: str

    def __new__(cls, word: str, by: Fact) -> "Rank":
        """Remember what it ranks by."""
        made = super().__new__(cls, word)
        made.by = by.id
        return made


def given(text: str) -> Markup:
    """A word that the study or its data chose, marked so that its digits are nobody's figure.

    Examples
    --------
    >>> given("Fuel share"), given("35-49K")
    (Markup('Fuel share'), Markup('<span data-from="study">35-49K</span>'))
    """
    if isinstance(text, Rank):
        return Markup('<span data-rank="{}">{}</span>').format(text.by, str(text))
    if isinstance(text, SegmentName):
        return Markup('<b data-name="{}">{}</b>').format(text.key, str(text))
    if re.search(r"[\d.!?]", text):
        return Markup('<span data-from="study">{}</span>').format(text)
    return escape(text)


def fact_table(
    facts: Mapping[str, Fact],
    keys: Iterable[str] = (),
    *,
    window: tuple[str, str] | None = None,
    as_of: str = "",
) -> list[dict[str, Any]]:
    """Facts as plain records, sorted by id, for facts.json; those that are withheld are left out.

    Parameters
    ----------
    facts : dict of str to Fact
    keys : iterable of str
        Of the segments; where one may hold a slash, as a rule's name may, it must be given.
    window : tuple of str, optional
        First and last day that the data cover; None where nothing in them is dated.
    as_of : str
        Reference date, exclusive.
    """
    keys = list(keys)
    period = {"window": None if window is None else list(window), "as_of": as_of}
    shown = [facts[name] for name in sorted(facts) if not facts[name].is_withheld]
    return [_record(fact, keys) | period for fact in shown]


def owner_of(identity: str, keys: Iterable[str]) -> str:
    """Whom a fact is about, from its id: a segment's key, "all", or two keys between which they moved.

    Examples
    --------
    >>> owner_of("a/b/size/share", ["a", "a/b"]), owner_of("all/n_orders/median", ["a"])
    ('a/b', 'all')
    """
    known = [key for key in keys if identity.startswith(f"{key}/")]
    return max(known, key=len) if known else identity.split("/")[0]


def _record(fact: Fact, keys: Sequence[str]) -> dict[str, Any]:
    segment = owner_of(fact.id, keys)
    rest = fact.id.removeprefix(f"{segment}/")
    metric, _, statistic = rest.rpartition("/")
    said = {"segment": segment, "metric": metric or statistic, "statistic": statistic}
    record = asdict(fact)
    if not fact.levels:
        record.pop("levels")
    record.pop("sample")
    if fact.sample is not None:
        record |= fact.sample._asdict()
    return {"id": record.pop("id")} | said | record
