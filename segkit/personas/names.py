"""Deterministic segment names from roles: a state and a noun, told apart where two agree.

A segment whose strongest trait is neither a state nor a noun (a category, discounts) is called after
it as well: "Big spenders, more fuel". Without such roles it is called after its strongest traits:
"Mostly yummy", "High income, many deals". A name that a segment had in the last run is kept as long
as what it says still holds at a lower limit, so that nobody is renamed for a hundredth.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from segkit.personas.lexicon import Lexicon
from segkit.personas.phrases import joined, said_of, short, started
from segkit.personas.signs import MIN_NAMED, Sign, Signs

ENTER = 0.33
"""Size of Cliff's delta from which a trait may enter a name."""
LEAVE = 0.25
"""Size down to which it stays in the name of the last run."""
MUCH = 0.47
"""Size from which a second trait enters."""
LONGEST_TRAITS = 48
"""Characters of two traits as a name; where they are more, the stronger one is the name."""
ONCE = {ENTER: 0.8, LEAVE: 0.7}
"""Share with one order from which customers are one-time buyers, and down to which they stay so."""
ROLE_OF = {"not_overdue": "recency", "one_time": "frequency"}
"""The role that a part speaks of, where it is called after something else."""


class Part(NamedTuple):
    """One word of a name, and what it rests on.

    Attributes
    ----------
    slot : str
        "state", "noun", "trait" or "lead"; beside namesakes "top", "apart" or "letter".
    about : str
        The role, or the variable, that it speaks of.
    side : int
        1 high, -1 low.
    word : str
    """

    slot: str
    about: str
    side: int
    word: str

    @property
    def claim(self) -> tuple[str, str, int]:
        """What it says, whatever the language."""
        return (self.slot, self.about, self.side)


@dataclass(frozen=True)
class Name:
    """A segment's automatic name.

    Attributes
    ----------
    text : str
    parts : tuple of Part
        Empty where nothing is clear.
    agreement : float or None
        Share of resamples in which all that it says holds, 0 to 1.
    """

    text: str
    parts: tuple[Part, ...]
    agreement: float | None = None

    @property
    def claims(self) -> set[tuple[str, str, int]]:
        """What its parts say."""
        return {part.claim for part in self.parts}


@dataclass(frozen=True, eq=False)
class Namer:
    """Names segments from their signs, in one language.

    Attributes
    ----------
    signs : Signs
    lexicon : Lexicon
    customers : str
        What customers are called.
    """

    signs: Signs
    lexicon: Lexicon
    customers: str

    def name(self, key: str) -> Name:
        """A segment's name, before namesakes are told apart."""
        if self.signs.states[key].customers < MIN_NAMED:
            return Name(self.lexicon.small, ())
        parts = self._fitted(self._state(key), self._noun(key))
        lead = self._lead(key)
        parts = parts + lead if parts else self._traits(key) or lead or self._beside(key)
        return self.composed(parts)

    def composed(self, parts: tuple[Part, ...]) -> Name:
        """A name of some parts."""
        said = {part.slot: part.word for part in parts}
        fallback = self.lexicon.buyers if self.signs.has_orders else self.customers
        if "state" in said or "noun" in said:
            text = started(f"{said.get('state', '')} {said.get('noun', fallback)}".strip())
        elif "trait" in said:
            traits = [part.word for part in parts if part.slot == "trait"]
            text = started(joined(traits, self.lexicon))
        elif "lead" in said:
            text = started(fallback)
        else:
            text = self.lexicon.typical.format(customers=self.customers)
        for slot in ("lead", "apart"):
            text += f", {said[slot]}" if slot in said else ""
        if "top" in said:
            text = self.lexicon.top.format(name=self.lexicon.lowered(text))
        text += f" {said['letter']}" if "letter" in said else ""
        return Name(text, parts)

    def holds(self, part: Part, key: str, namesakes: list[str]) -> bool:
        """Whether what a part of the last run's name says is still so."""
        if part.slot in {"state", "noun"}:
            role = "recency" if part.about == "not_overdue" else part.about
            return part.claim in {fresh.claim for fresh in self._of_role(key, role, part.slot)}
        signs = self.signs.signs[key]
        if part.slot in {"top", "apart"}:
            signs = self.signs.between(key, namesakes, part.about) if len(namesakes) > 1 else []
            signs = [sign for sign in signs if not self.is_contradicted(key, sign)]
        about = [sign for sign in signs if sign.variable == part.about]
        return part.slot != "letter" and any(
            sign.is_clear(LEAVE) and sign.side == part.side for sign in about
        )

    def _state(self, key: str) -> tuple[Part, ...]:
        for role in self.lexicon.states:
            if parts := self._of_role(key, role, "state", ENTER):
                return parts
        return ()

    def _fitted(self, state: tuple[Part, ...], noun: tuple[Part, ...]) -> tuple[Part, ...]:
        """Both where there is room; else a shorter state beside visits, or the noun alone."""
        if not state or not noun:
            return state + noun
        if len(f"{state[0].word} {noun[0].word}") <= self.lexicon.longest:
            return state + noun
        if (state[0].about, noun[0].about) != ("last_seen", "visits"):
            return noun
        word = self.lexicon.beside_visits["high" if state[0].side > 0 else "low"]
        return (state[0]._replace(word=word), *noun)

    def _noun(self, key: str) -> tuple[Part, ...]:
        for role in ("one_time", *self.lexicon.nouns):
            if parts := self._of_role(key, role, "noun", ENTER):
                return parts
        return ()

    def _of_role(self, key: str, role: str, slot: str, least: float = LEAVE) -> tuple[Part, ...]:
        """The part that a role gives, if it is clear."""
        state = self.signs.states[key]
        if role == "one_time":
            part = Part("noun", role, -1, self.lexicon.one_time)
            return (part,) if state.once >= ONCE[least] else ()
        words = (self.lexicon.states if slot == "state" else self.lexicon.nouns)[role]
        sign = self.signs.strongest(key, role, least)
        word = words.get(_side(sign)) if sign else None
        if sign is None or not word or (role == "tenure" and sign.side < 0 and not state.is_new):
            return ()
        if role == "recency" and sign.side > 0 and not state.is_overdue:
            return (Part(slot, "not_overdue", sign.side, self.lexicon.not_overdue),)
        return (Part(slot, role, sign.side, word),)

    def _lead(self, key: str) -> tuple[Part, ...]:
        """A qualifier, where what sets a segment apart most is none of what a base name says."""
        signs = [sign for sign in self.signs.signs[key] if sign.is_base and not pd.isna(sign.delta)]
        if not signs:
            return ()
        sign = max(signs, key=lambda sign: abs(sign.delta))
        said_already = {*self.lexicon.states, *self.lexicon.nouns}
        if sign.role in said_already or not sign.is_clear(ENTER):
            return ()
        word = self.qualifier(sign) if sign.role else self._said(sign)
        return (Part("lead", sign.variable, sign.side, word),) if word else ()

    def _beside(self, key: str) -> tuple[Part, ...]:
        """What is no base but sets a segment apart much, where no base does."""
        others = [sign for sign in self.signs.signs[key] if not sign.is_base and sign.is_clear(MUCH)]
        said = [(sign, self.qualifier(sign)) for sign in others if self._qualifies(sign)]
        said.sort(key=lambda one: -abs(one[0].delta))
        return tuple(Part("lead", sign.variable, sign.side, word) for sign, word in said[:1])

    def _qualifies(self, sign: Sign) -> bool:
        """Whether its role has a word after the comma, and none before it."""
        own = {*self.lexicon.states, *self.lexicon.nouns}
        return bool(sign.role) and sign.role not in own and bool(self.qualifier(sign))

    def _traits(self, key: str) -> tuple[Part, ...]:
        """The strongest base without a role, and a second one where it is as much as "much"."""
        clear = [s for s in self.signs.signs[key] if s.is_base and not s.role and s.is_clear(ENTER)]
        ranked = sorted(clear, key=lambda sign: (not _is_there(sign), -abs(sign.delta)))
        first = {sign.of: sign for sign in reversed(ranked)}
        chosen = sorted(first.values(), key=lambda sign: -abs(sign.delta))[:2]
        chosen = [s for place, s in enumerate(chosen) if not place or abs(s.delta) >= MUCH]
        parts = tuple(Part("trait", s.variable, s.side, self._said(s)) for s in chosen)
        is_short = len(self.composed(parts).text) <= LONGEST_TRAITS
        return parts if is_short else parts[:1]

    def is_contradicted(self, key: str, sign: Sign) -> bool:
        """Whether a segment is clearly on the other side when it is held against all others."""
        own = next(one for one in self.signs.signs[key] if one.variable == sign.variable)
        return own.is_clear(LEAVE) and own.side != sign.side

    def _said(self, sign: Sign) -> str:
        about = self.signs.dictionary.loc[sign.variable]
        return said_of(about, sign.delta, sign.value, self.lexicon)

    def qualifier(self, sign: Sign) -> str:
        """A role's word after the comma; empty where it has none."""
        word = self.lexicon.qualifiers.get(sign.role, {}).get(_side(sign), "")
        label = str(self.signs.dictionary.at[sign.variable, "label"]).removesuffix(" share")
        label = label.lower() if self.lexicon.lower_labels else label
        return word.format(label=short(label, self.lexicon))


def _is_there(sign: Sign) -> bool:
    """Whether much more have it: of a category's levels such a one says more than one that is not."""
    return sign.delta >= MUCH and sign.of != sign.variable


def _side(sign: Sign) -> str:
    return "high" if sign.side > 0 else "low"


def apart(effects: pd.DataFrame, least: float = ENTER) -> pd.DataFrame:
    """The effects of at least some size whose range excludes zero."""
    excludes_zero = effects["delta_low"] * effects["delta_high"] > 0
    return effects[(effects["delta"].abs() >= least) & excludes_zero]


def still_true(namer: Namer, fresh: Mapping[str, Name], last: Mapping[str, Name]) -> dict[str, Name]:
    """Names of the last run of which every word still holds, by segment key."""
    kept = {}
    for key in sorted(set(last) & set(fresh)):
        namesakes = [one for one in fresh if fresh[one].text == fresh[key].text]
        parts = last[key].parts
        told = namer.composed(parts) if parts else fresh[key]
        if all(namer.holds(part, key, namesakes) for part in parts) and told.text == last[key].text:
            kept[key] = told
    return kept
