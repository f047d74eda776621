"""What the report says in sentences, each with the facts it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from segkit.disclosure import MIN_CELL, withheld
from segkit.personas.cards import Card
from segkit.personas.facts import Fact, Rank, SegmentName, Sentence
from segkit.personas.phrases import lowered
from segkit.plain import worded
from segkit.reporting.lacking import lacking
from segkit.reporting.verdict import verdict_sentences
from segkit.reporting.workspace import Run

BY_K = {
    "stability": "score", "low": "score", "high": "score", "smallest_share": "share",
    "null_stability": "score", "delta": "share", "z": "score", "valley": "score", "silhouette": "score",
}  # fmt: skip
"""What is printed of each number of segments, and its unit."""


@dataclass(frozen=True)
class Told:
    """The sentences of one run's report, in the study's words, and every fact they were given."""

    run: Run
    ledger: dict[str, Fact] = field(default_factory=dict)

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

    @property
    def sales(self) -> Fact | None:
        """Money kept, without cents; None without orders."""
        amount = self.run.tables.quality.kept.get("amount")
        return None if amount is None else self.fact("kept/sales", amount, "money", "lines kept")

    def fact(self, name: str, value: float, unit: str, base: str = "") -> Fact:
        """A number about all customers."""
        n, currency = len(self.run.features.frame), self.run.study.currency
        base = base or f"all {self.words['customers']}"
        return self.kept(Fact(f"all/{name}", float(value), unit, n, base, currency=currency))

    def kept(self, fact: Fact) -> Fact:
        """Enter a fact into the ledger, of which facts.json is made."""
        self.ledger[fact.id] = fact
        return fact

    def of_k(self, k: int) -> dict[str, Fact]:
        """What is known of one number of segments: stability, its range, ..."""
        row = self.run.segments.structure.by_k.loc[k]
        return {
            name: self.fact(f"k={k}/{name}", row[name], unit)
            for name, unit in BY_K.items()
            if row[name] == row[name]
        }

    def verdict(self) -> list[Sentence]:
        """What the segments are, why so many, and what else was close."""
        structure, k = self.run.segments.structure, self.run.segments.k
        known = {} if structure.reason == "rules" else self.of_k(k)
        known |= {"null": known["null_stability"]} if "null_stability" in known else {}
        return list(verdict_sentences(structure, self.words["customers"], self.fact, known))

    def warnings(self) -> list[str]:
        """The structure's warnings, and the gap that it runs across, in the study's words."""
        labels, structure = self.run.features.dictionary["label"], self.run.segments.structure
        said = []
        for text in [*structure.warnings, *([structure.gap.reading] if structure.gap else [])]:
            for name in self.run.study.bases:
                label = lowered(str(labels[name]))
                text = text.replace(f"In {name} ", f"In {label} ").replace(f"'{name}'", label)
            said.append(worded(text, self.words))
        return said

    def in_short(self) -> list[Sentence]:
        """At most five sentences: value or size, difference, smallest, stability, what was left out."""
        cards = self.run.personas.cards
        lines = [self._first(cards[0])] if not cards[0].share.is_withheld else []
        if cards[0].markers and cards[0].badge in {"solid", "fair"}:
            lines.append(_about(cards[0], self.words["customers"]))
        return [*lines, *self._smallest(cards), self._refitted(), self._left_out()]

    def lines(self) -> list[tuple[Any, Fact, Fact | None]]:
        """Every outcome of every table, with its lines and its money.

        Money on fewer than ten lines may be one customer's: it is withheld, and with one such the
        next smallest of its table.
        """
        found = []
        for table, rows in self.run.tables.quality.lines.groupby("table", sort=False):
            hidden = withheld(rows["lines"].where(rows["amount"].notna(), 0))
            for place, row in zip(rows.index, rows.itertuples(), strict=True):
                name = f"{table}/{row.rule}"
                count = self.fact(f"{name}/lines", row.lines, self.what)
                amount = None
                if row.amount == row.amount:
                    money = float("nan") if hidden[place] else row.amount
                    amount = self.fact(f"{name}/amount", money, "cents")
                found.append((row, count, amount))
        return found

    def unread(self) -> list[tuple[Any, Fact]]:
        """Trait values without a use, by reason."""
        rows, unit = self.run.tables.quality.unread, self.words["customers"]
        told = rows["customers"].where(
            ~rows.groupby("trait")["customers"].transform(withheld).astype(bool)
        )
        return [
            (row, self.fact(f"{row.trait}/unread: {row.outcome}/{unit}", n, unit))
            for row, n in zip(rows.itertuples(), told, strict=True)
        ]

    def totals(self) -> list[Sentence]:
        """What was read and kept, and who lacks a base."""
        if not self.run.study.has_orders:
            return [self._rows_kept(), *lacking(self.run, self.fact)]
        template = (
            "{customers} {word_c}, {orders} {word_o} and {amount} in sales on {lines} lines were "
            if self.run.study.has_money
            else "{customers} {word_c} and {orders} {word_o} on {lines} lines were "
        )
        slots = [
            name for name in ("customers", "orders", "lines", "amount") if f"{{{name}}}" in template
        ]
        names = {"word_c": self.words["customers"], "word_o": self.words["orders"]}
        said = [
            Sentence(
                f"{template}{part}.", {name: self.counted[f"{part}/{name}"] for name in slots}, names
            )
            for part in ("read", "kept")
        ]
        return [*said, *lacking(self.run, self.fact)]

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
        customers = self.words["customers"]
        names = {"of": self._weighted or customers, "name": SegmentName(card.name, card.key)}
        if card.revenue_share and not card.revenue_share.is_withheld:
            template = "{name}: {revenue} of revenue from {share} of {of}."
            return Sentence(template, {"revenue": card.revenue_share, "share": card.share}, names)
        names |= {"of": self._weighted or f"the {customers}", "largest": Rank("largest", card.share)}
        template = "The {largest} segment, {name}, holds {share} of {of}."
        return Sentence(template, {"share": card.share}, names)

    @property
    def _weighted(self) -> str:
        """What shares are of where they are weighted; else nothing."""
        return "all, weighted" if self.run.study.weight else ""

    def _smallest(self, cards: list[Card]) -> list[Sentence]:
        """The smallest segment, where the first sentence doesn't give its size away already."""
        hidden = [card for card in cards if card.customers.is_withheld]
        if hidden:
            return [self._withheld(len(hidden))]
        card = min(cards, key=lambda card: (card.share if self._weighted else card.customers).value)
        if card is cards[0] or (len(cards) == 2 and card.badge == "solid"):
            return []
        total = self.fact("customers", card.customers.n, "count")
        facts = {"n": card.customers, "total": total}
        facts |= {"share": card.share} if self._weighted else {}
        said = f"{{share}} of {self._weighted}: " if self._weighted else ""
        names = {
            "customers": self.words["customers"],
            "name": SegmentName(card.name, card.key),
            "smallest": Rank("smallest", card.share if self._weighted else card.customers),
        }
        template = f"The {{smallest}} segment, {{name}}, holds {said}{{n}} of {{total}} {{customers}}."
        return [Sentence(template, facts, names)]

    def _withheld(self, n: int) -> Sentence:
        return Sentence(
            "Sizes of {n} segments are withheld: one has fewer than {least} {customers}, or they would "
            "tell of it.",
            {
                "n": self.fact("withheld/segments", n, "segments"),
                "least": self.fact("limit/least", MIN_CELL, "count"),
            },
            {"customers": self.words["customers"]},
        )

    def _refitted(self) -> Sentence:
        k = self.run.segments.k
        structure = self.run.segments.structure
        if structure.reason == "rules":
            return self.verdict()[0]
        row = structure.by_k.loc[k]
        facts = {
            "k": self.fact("k", k, "segments"),
            "stability": self.fact("stability", row["stability"], "score"),
            "one": self.fact("stability/most", 1, "count"),
        }
        said = "Found anew on other samples, the {k} segments agree by {stability} of {one}"
        if row["null_stability"] == row["null_stability"]:
            facts["null"] = self.fact("null_stability", row["null_stability"], "score")
            said += "; those of a cloud without groups by {null}"
        return Sentence(f"{said}.", facts)

    def _left_out(self) -> Sentence:
        if not self.run.study.has_orders:
            return next(iter(lacking(self.run, self.fact)), self._rows_kept())
        aside, facts, names = self._aside()
        facts["lines"] = self.counted["read/lines"]
        said = f"Of {{lines}} lines read, {aside}"
        if not facts["aside"].value:
            said = "All {lines} lines read are kept"
        n_out = len(self.run.features.frame) - len(self.run.segments.labels)
        if not n_out:
            return Sentence(f"{said}.", facts, names)
        facts["out"] = self.fact("left_out/customers", n_out, self.words["customers"])
        template = f"{said}; {{out}} {{customers}} who lack a base are left out."
        return Sentence(template, facts, names | {"customers": self.words["customers"]})

    def _aside(self) -> tuple[str, dict[str, Fact], dict[str, str]]:
        """How much is set aside, and the rule that set aside the most of it."""
        tables, quality = self.run.tables, self.run.tables.quality
        n_aside = quality.read["lines"] - quality.kept["lines"]
        facts = {"aside": self.fact("set_aside/lines", n_aside, self.what)}
        rules = quality.set_aside
        if not self.run.study.only_events:
            rules = rules[rules["table"] == tables.main]
        by_rule = rules.groupby("rule", sort=False)["lines"].sum()
        if not n_aside or by_rule.empty:
            return "{aside} are set aside", facts, {}
        rule, n = by_rule.idxmax(), by_rule.max()
        names = {"rule": worded(str(rule), self.words)}
        if n == n_aside:
            return "{aside} are set aside under the rule “{rule}”", facts, names
        facts["by_rule"] = self.fact("set_aside/by_one_rule", n, self.what)
        return "{aside} are set aside, {by_rule} of them under the rule “{rule}”", facts, names

    def _rows_kept(self) -> Sentence:
        aside, facts, names = self._aside()
        of_events = self.run.study.only_events
        facts |= {"rows": self.counted["read/lines"], "kept": self.counted["kept/customers"]}
        names |= {"customers": self.words["customers"]}
        if not facts["aside"].value:
            how = "those of" if of_events else "as"
            template = f"All {{rows}} rows read are kept, {how} {{kept}} {{customers}}."
            return Sentence(template, facts, names)
        left = "the others are of {kept} {customers}" if of_events else "{kept} {customers} are kept"
        return Sentence(f"Of {{rows}} rows read, {aside}; {left}.", facts, names)


def _about(card: Card, customers: str) -> Sentence:
    marker = card.markers[0]
    facts = {"here": marker.here, "overall": marker.overall}
    names = {
        "name": SegmentName(card.name, card.key),
        "label": marker.label[:1].lower() + marker.label[1:],
        "most": Rank("most", marker.delta),
    }
    weighted = ", weighted" if marker.here.is_weighted else ""
    template = "What sets {name} apart {most}: {label} {here}, among all {customers} {overall}"
    template = f"{template}{weighted}."
    return Sentence(template, facts, names | {"customers": customers})
