"""The form of rules in study.yaml: what they may say, and what is refused, worded."""

import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from segkit.errors import StudyError, nearest
from segkit.segments.rules import sqltext
from segkit.segments.rules.conditions import KINDS, Condition, Interval

BODIES = ("where", "any", "otherwise")
LOW_ENDS, HIGH_ENDS = ("from", "above"), ("to", "below")
ENDS = (*LOW_ENDS, *HIGH_ENDS)
LARGEST = sys.float_info.max
FORMS = "a number, a text, true or false, a list of them, {from, to} or {above, below}, {missing: true}"

_ONE_BODY = f"one of {', '.join(BODIES)}"

Where = Mapping[str, Condition]


@dataclass(frozen=True)
class Rule:
    """A segment's name and who belongs to it.

    Attributes
    ----------
    name : str
    alternatives : tuple of dict of str to Condition
        Column -> condition: all of one alternative hold. Empty for the remainder.
    """

    name: str
    alternatives: tuple[Where, ...] = ()

    @property
    def is_rest(self) -> bool:
        """Everyone whom no other rule takes in."""
        return not self.alternatives

    @property
    def words(self) -> str:
        """Say the rule in words."""
        return any_of(self.alternatives) if self.alternatives else "everyone else"

    @property
    def sql(self) -> str:
        """Say the rule as an SQL condition on columns as `sqltext.typed` selects them."""
        return any_of_sql(self.alternatives)

    def to_plain(self) -> dict[str, Any]:
        """Return the rule in the form of study.yaml."""
        if self.is_rest:
            return {"name": self.name, "otherwise": True}
        plain = [{name: _plain(each) for name, each in one.items()} for one in self.alternatives]
        return {"name": self.name} | ({"where": plain[0]} if len(plain) == 1 else {"any": plain})


def any_of(alternatives: Iterable[Where]) -> str:
    """Say alternatives in words: "(age below 25; area is city) or (age is missing)"."""
    each = [all_of(where) for where in alternatives]
    return each[0] if len(each) == 1 else " or ".join(f"({words})" for words in each)


def all_of(where: Where) -> str:
    """Say conditions that hold together in words; semicolons stand for "and"."""
    return "; ".join(each.words(name) for name, each in where.items()) or "every customer"


def any_of_sql(alternatives: Iterable[Where]) -> str:
    """Say alternatives as an SQL condition."""
    each = [
        " AND ".join(each.sql(name) for name, each in where.items()) or sqltext.ALWAYS
        for where in alternatives
    ]
    return each[0] if len(each) == 1 else " OR ".join(f"({one})" for one in each)


def read_rules(rules: Sequence[Mapping[str, Any]]) -> tuple[Rule, ...]:
    """Check and read the rules of study.yaml's `segments`; see `segkit.segments.rules.rule_set`."""
    if isinstance(rules, str | Mapping) or not isinstance(rules, Sequence) or not rules:
        raise StudyError(f"segments is {rules!r}", "a list of rules, each with a name")
    read = tuple(_rule(given, place) for place, given in enumerate(rules, 1))
    _check_names([rule.name for rule in read])
    _check_rest(read)
    return read


def kinds_of(rules: Iterable[Rule]) -> dict[str, str | None]:
    """Column -> what it has to hold, sorted by name; None where any kind will do."""
    kinds: dict[str, str | None] = {}
    for rule in rules:
        for where in rule.alternatives:
            for column, condition in where.items():
                known = kinds.setdefault(column, condition.kind)
                kinds[column] = known or condition.kind
                if condition.kind and known not in (condition.kind, None):
                    _refuse_kinds(column, known, condition.kind)
    return dict(sorted(kinds.items()))


def _refuse_kinds(column: str, *kinds: str | None) -> None:
    both = " and with ".join(KINDS[str(kind)] for kind in kinds)
    raise StudyError(
        f"the rules compare '{column}' with {both}",
        "one kind per column",
        "In YAML, text that looks like a number or like yes or no needs quotes",
    )


def _rule(given: Any, place: int) -> Rule:
    if not isinstance(given, Mapping):
        raise StudyError(f"rule {place} of segments is {given!r}", "a mapping with a name")
    name = given.get("name")
    if not isinstance(name, str) or not name.strip():
        raise StudyError(
            f"rule {place} of segments has the name {name!r}", "a text", "Put it into quotes"
        )
    where = f"the segment '{name}'"
    _check_words(where, given, ("name", *BODIES))
    bodies = [body for body in BODIES if body in given]
    if len(bodies) != 1:
        raise StudyError(f"{where} has {' and '.join(bodies) or 'no condition'}", _ONE_BODY)
    return Rule(name, _alternatives(where, bodies[0], given[bodies[0]]))


def _alternatives(where: str, body: str, given: Any) -> tuple[Where, ...]:
    if body == "otherwise":
        if given is not True:
            raise StudyError(f"{where}: otherwise is {given!r}", "true")
        return ()
    if body == "where":
        return (_where(where, given),)
    if not isinstance(given, Sequence) or isinstance(given, str) or not given:
        raise StudyError(f"{where}: any is {given!r}", "a list of mappings from column to condition")
    return tuple(_where(where, each) for each in given)


def _where(where: str, given: Any) -> Where:
    if not isinstance(given, Mapping) or not given:
        raise StudyError(
            f"{where}: its condition is {given!r}",
            "a mapping from column to condition",
            "For everyone whom no other rule takes in write otherwise: true",
        )
    odd = [column for column in given if not isinstance(column, str)]
    if odd:
        raise StudyError(f"{where} names a column {odd[0]!r}", "text", "Put it into quotes")
    return {column: _condition(f"{where}: {column}", each) for column, each in given.items()}


def _condition(where: str, given: Any) -> Condition:
    if isinstance(given, Mapping):
        return _from_mapping(where, given)
    if isinstance(given, Sequence) and not isinstance(given, str):
        return _from_values(where, list(given))
    return _from_values(where, [given])


def _from_values(where: str, values: list[Any]) -> Condition:
    if values and all(_is_number(value) for value in values):
        points = sorted({float(value) for value in values})
        return Condition(tuple(Interval(point, point) for point in points))
    for kind in (str, bool):
        if values and all(isinstance(value, kind) for value in values):
            return Condition(levels=tuple(dict.fromkeys(values)))
    shown = values[0] if len(values) == 1 else values
    raise StudyError(f"{where} is {shown!r}", FORMS, "One kind of value per list; quote text")


def _from_mapping(where: str, given: Mapping[str, Any]) -> Condition:
    _check_words(where, given, (*ENDS, "missing"))
    if "missing" in given:
        if len(given) > 1 or not isinstance(given["missing"], bool):
            fix = "To also take in missing values, give `any:` two alternatives"
            raise StudyError(f"{where} is {dict(given)!r}", "missing: true or false, by itself", fix)
        return Condition(others=not given["missing"], missing=given["missing"])
    odd = [end for end, value in given.items() if not _is_number(value)]
    if odd or not given:
        arrived = f"{where}.{odd[0]} is {given[odd[0]]!r}" if odd else f"{where} is empty"
        raise StudyError(arrived, "a finite number" if odd else FORMS)
    return Condition((_interval(where, given),))


def _interval(where: str, given: Mapping[str, Any]) -> Interval:
    for ends in (LOW_ENDS, HIGH_ENDS):
        if set(ends) <= set(given):
            raise StudyError(f"{where} has both {ends[0]} and {ends[1]}", "one of the two")
    interval = Interval(
        low=float(given.get("from", given.get("above", -math.inf))),
        high=float(given.get("to", given.get("below", math.inf))),
        low_open="above" in given,
        high_open="below" in given,
    )
    if interval.is_empty:
        raise StudyError(f"{where} takes in no number: {dict(given)!r}", "a low end below the high one")
    return interval


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, Real):
        return False
    return math.isfinite(value) if not isinstance(value, int) else abs(value) <= LARGEST


def _check_words(where: str, given: Mapping[str, Any], known: tuple[str, ...]) -> None:
    unknown = [str(word) for word in given if word not in known]
    if unknown:
        raise StudyError(
            f"{where} holds an unknown word '{unknown[0]}'", fix=nearest(unknown[0], known)
        )


EVERYBODY = "all"
"""Begins the ids of figures about all customers, as a segment's name begins those about it."""


def _check_names(names: list[str]) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        fix = "Join the two with `any:`, or rename one"
        raise StudyError(f"two segments are called '{twice[0]}'", "a name for each", fix)
    if EVERYBODY in names:
        raise StudyError(
            f"a segment is called '{EVERYBODY}', as figures of all customers are", "another"
        )


def _check_rest(rules: tuple[Rule, ...]) -> None:
    rest = [rule.name for rule in rules if rule.is_rest]
    if len(rest) > 1:
        raise StudyError(f"otherwise is given by '{rest[0]}' and '{rest[1]}'", "once at most")
    if rest and not rules[-1].is_rest:
        raise StudyError(f"otherwise is given by '{rest[0]}'", "as the last rule", "Move it down")
    if len(rest) == len(rules):
        raise StudyError(f"'{rest[0]}' is the only rule", "at least one rule with a condition")


def _plain(condition: Condition) -> Any:
    """A condition read from study.yaml, in its form again."""
    if condition.levels:
        return _single(list(condition.levels))
    if not condition.intervals:
        return {"missing": condition.missing}
    if all(part.is_point for part in condition.intervals):
        return _single([_short(part.low) for part in condition.intervals])
    (part,) = condition.intervals
    ends = {
        "above" if part.low_open else "from": part.low,
        "below" if part.high_open else "to": part.high,
    }
    return {end: _short(value) for end, value in ends.items() if math.isfinite(value)}


def _single(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values


def _short(value: float) -> float:
    return int(value) if value.is_integer() else value
