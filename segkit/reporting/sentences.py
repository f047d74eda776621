"""What the report says in sentences, each with the facts it rests on."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from segkit.personas.cards import Card
from segkit.personas.facts import Fact, Sentence
from segkit.reporting.workspace import Run


@dataclass(frozen=True)
class Told:
    """The sentences of one run's report, in the study's words."""

    run: Run

    @property
    def words(self) -> Mapping[str, str]:
        """What customers and orders are called."""
        return self.run.study.words

    @property
    def what(self) -> str:
        """What the customers were read from: lines of orders, or rows of the customer table."""
        return "lines" if self.run.study.has_orders else "rows"

    @cached_property
    def counted(self) -> dict[str, Fact]:
        """Customers, orders, lines and money, read and kept; without orders customers and rows."""
        units = {
            "customers": self.words["customers"],
            "orders": self.words["orders"],
            "lines": self.what,
            "amount": "cents",
        }
        quality = self.run.tables.quality
        return {
            f"{part}/{name}": self.fact(f"{part}/{name}", value, units[name], f"{self.what} {part}")
            for part, counts in (("read", quality.read), ("kept", quality.kept))
            for name, value in counts.items()
        }

    def fact(self, name: str, value: float, unit: str, base: str = "") -> Fact:
        """A number about all customers."""
        n, currency = len(self.run.features.frame), self.run.study.currency
        base = base or f"all {self.words['customers']}"
        return Fact(f"all/{name}", float(value), unit, n, base, currency=currency)

    def in_short(self) -> list[Sentence]:
        """At most five sentences: value or size, difference, smallest, stability, what was left out."""
        cards = self.run.personas.cards
        lines = [self._first(cards[0])]
        if cards[0].markers:
            lines.append(_about(cards[0], self.words["customers"]))
        return [*lines, self._smallest(cards), self._refitted(), self._left_out()]

    def totals(self) -> list[Sentence]:
        """What was read and kept, and who lacks a base."""
        if not self.run.study.has_orders:
            return [self._rows_kept(), *self._lacking()]
        slots = ("customers", "orders", "lines", "amount")
        template = (
            "{customers} {word_c}, {orders} {word_o} and {amount} in sales on {lines} lines were "
        )
        names = {"word_c": self.words["customers"], "word_o": self.words["orders"]}
        said = [
            Sentence(
                f"{template}{part}.", {name: self.counted[f"{part}/{name}"] for name in slots}, names
            )
            for part in ("read", "kept")
        ]
        return [*said, *self._lacking()]

    def drivers(self) -> list[Sentence]:
        """Which bases of segmentation drive the segments, where there is more than one."""
        table = self.run.profile.by_basis
        if len(table) < 2:
            return []
        facts, slots = {}, []
        for basis, row in table.iterrows():
            facts[f"share_{basis}"] = self.fact(f"basis/{basis}/share", row["share"], "share")
            facts[f"n_{basis}"] = self.fact(f"basis/{basis}/traits", row["bases"], "traits")
            slots.append(f"{{share_{basis}}} {basis} (traits: {{n_{basis}}})")
        return [Sentence(f"Of all that differs between the segments: {', '.join(slots)}.", facts)]

    def _first(self, card: Card) -> Sentence:
        names = {"customers": self.words["customers"], "name": card.name}
        if card.revenue_share:
            return Sentence(
                "{name} bring {revenue} of revenue and are {share} of {customers}.",
                {"revenue": card.revenue_share, "share": card.share},
                names,
            )
        return Sentence(
            "The largest segment, {name}, holds {share} of the {customers}.",
            {"share": card.share},
            names,
        )

    def _smallest(self, cards: list[Card]) -> Sentence:
        card = min(cards, key=lambda card: card.customers.value)
        total = self.fact("customers", card.customers.n, "count")
        return Sentence(
            "The smallest segment, {name}, holds {n} of {total} {customers}.",
            {"n": card.customers, "total": total},
            {"customers": self.words["customers"], "name": card.name},
        )

    def _refitted(self) -> Sentence:
        k = self.run.segments.k
        stability = self.run.segments.structure.by_k.at[k, "stability"]
        return Sentence(
            "Refitted on resamples, the {k} segments agree by {stability}; {one} is identical.",
            {
                "k": self.fact("k", k, "segments"),
                "stability": self.fact("stability", stability, "score"),
                "one": self.fact("stability/most", 1, "count"),
            },
        )

    def _left_out(self) -> Sentence:
        if not self.run.study.has_orders:
            lacking = self._lacking()
            return lacking[0] if lacking else self._rows_kept()
        quality = self.run.tables.quality
        aside = quality.read["lines"] - quality.kept["lines"]
        facts = {
            "lines": self.counted["read/lines"],
            "aside": self.fact("set_aside/lines", aside, "lines"),
        }
        said = "Of {lines} lines read, {aside} are set aside, each under a named rule"
        n_out = len(self.run.features.frame) - len(self.run.segments.labels)
        if not n_out:
            return Sentence(f"{said}.", facts)
        facts["out"] = self.fact("left_out/customers", n_out, self.words["customers"])
        template = f"{said}; {{out}} {{customers}} who lack a base are left out."
        return Sentence(template, facts, {"customers": self.words["customers"]})

    def _rows_kept(self) -> Sentence:
        quality = self.run.tables.quality
        aside = quality.read["lines"] - quality.kept["lines"]
        of_events = self.run.study.only_events
        facts = {"rows": self.counted["read/lines"], "kept": self.counted["kept/customers"]}
        names = {"customers": self.words["customers"]}
        if not aside:
            how = "those of" if of_events else "as"
            template = f"All {{rows}} rows read are kept, {how} {{kept}} {{customers}}."
            return Sentence(template, facts, names)
        facts["aside"] = self.fact("set_aside/lines", aside, "rows")
        left = "the others are of {kept} {customers}" if of_events else "{kept} {customers} are kept"
        said = "Of {rows} rows read, {aside} are set aside, each under a named rule"
        return Sentence(f"{said}; {left}.", facts, names)

    def _lacking(self) -> list[Sentence]:
        """Who has every base, who is left out, and what they lack."""
        n, n_whole = len(self.run.features.frame), len(self.run.segments.labels)
        if n == n_whole:
            return []
        facts = {
            "whole": self.fact("whole/customers", n_whole, self.words["customers"]),
            "all": self.fact("features/customers", n, self.words["customers"]),
            "out": self.fact("left_out/customers", n - n_whole, self.words["customers"]),
        }
        names, parts = {"customers": self.words["customers"]}, []
        for place, (base, count) in enumerate(self.run.features.lacking.items()):
            letter = chr(ord("a") + place)
            facts[f"n_{letter}"] = self.fact(f"lacking/{base}", count, self.words["customers"])
            names[f"base_{letter}"] = str(self.run.features.dictionary.at[base, "label"]).lower()
            parts.append(f"{{base_{letter}}} missing {{n_{letter}}}")
        template = "{whole} of {all} {customers} have every base; {out} left out: "
        return [Sentence(f"{template}{', '.join(parts)}.", facts, names)]


def _about(card: Card, customers: str) -> Sentence:
    marker = card.markers[0]
    facts = {"here": marker.here, "overall": marker.overall}
    names = {"name": card.name, "label": marker.label[:1].lower() + marker.label[1:]}
    template = "What sets {name} apart most: {label} {here}, among all {customers} {overall}."
    return Sentence(template, facts, names | {"customers": customers})


def worded(text: str, words: Mapping[str, str]) -> str:
    """A text of the library's own in the study's words.

    Examples
    --------
    >>> worded("The customers form one cloud.", {"customer": "post", "customers": "posts"})
    'The posts form one cloud.'
    """
    text = re.sub(r"\bcustomers\b", words["customers"], text)
    return re.sub(r"\bcustomer\b", words["customer"], text)
