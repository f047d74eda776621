"""The report's sections: each an HTML fragment that shows in JupyterLab and on the page alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files
from typing import Any

import jinja2

from segkit import __version__
from segkit.personas.cards import Card
from segkit.personas.effects import WORDS
from segkit.personas.facts import Fact, Sentence, format_value
from segkit.reporting import charts
from segkit.reporting.workspace import Run
from segkit.segments.evidence.choose import USABLE
from segkit.segments.segmentation import UNSURE
from segkit.shown import Shown

FRAGMENT = "application/vnd.segkit.section+html"
"""MIME type of a section without its style, which the page template picks up."""

METHOD_WORDS = {
    "kmeans": "k-means on the traits above",
    "famd": "k-means on scores that weigh the numbers and categories above alike (FAMD)",
    "gmm": "a mixture of normal groups in the traits above",
    "kprototypes": "k-prototypes on the traits above",
    "gower": "medoids by Gower's distance in the traits above",
    "hdbscan": "dense groups in the traits above (HDBSCAN); the rest is noise",
    "ward": "Ward's clustering of the traits above",
    "latent_class": "latent classes of the traits above",
    "rules": "drawn by rules, proven to take in each customer once",
}


@dataclass(frozen=True)
class Section:
    """One section of the report.

    Attributes
    ----------
    html : str
        The fragment.
    """

    html: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        styled = f'<style>{style()}</style><div class="segkit">{self.html}</div>'
        return {FRAGMENT: self.html, "text/html": styled, "text/plain": "a section of the report"}


@dataclass(frozen=True, eq=False, repr=False)
class Report(Shown):
    """The sections of a segment report, in the order in which they are read.

    Attributes
    ----------
    run : Run
    """

    run: Run

    @property
    def reading(self) -> str:
        """The report's sentences in plain text."""
        return " ".join(sentence.text for sentence in self._sentences())

    @property
    def header(self) -> Section:
        """Title, what was counted, and when."""
        return self._section("header")

    @property
    def in_short(self) -> Section:
        """At most five sentences, and at most one warning."""
        return self._section("in_short", sentences=self._sentences())

    @property
    def glance(self) -> Section:
        """A row per segment, and size against value."""
        chart = charts.size_against_value(self.cards, self.run.study.words["customers"])
        return self._section("glance", chart=chart)

    @property
    def effects(self) -> Section:
        """A panel per segment: its bases against all other customers."""
        matrix = self.run.profile.matrix
        panels = [
            (card, charts.effect_panel(card.name, matrix[card.key], f"effect-{position}"))
            for position, card in enumerate(self.cards)
        ]
        return self._section("effects", matrix=matrix, panels=panels)

    @property
    def segment_cards(self) -> Section:
        """A card per segment."""
        return self._section("cards", effect_bar=charts.effect_bar)

    @property
    def trust(self) -> Section:
        """How far to trust the segments, and what became of every line read."""
        structure = self.run.segments.structure
        curve = charts.stability_curve(structure.by_k, self.run.segments.k, USABLE)
        return self._section("trust", curve=curve, totals=self._totals())

    @property
    def method(self) -> Section:
        """Parameters, data, and the words used."""
        return self._section("method", scale=WORDS, version=__version__, method_words=METHOD_WORDS)

    @property
    def cards(self) -> list[Card]:
        """Segment cards, most revenue first."""
        return self.run.personas.cards

    @property
    def facts(self) -> dict[str, Fact]:
        """Every number that the report's sentences rest on."""
        said = [fact for line in self._sentences() for fact in line.facts.values()]
        return dict(self.run.personas.facts) | self._counted | {fact.id: fact for fact in said}

    @cached_property
    def _counted(self) -> dict[str, Fact]:
        """Customers, orders, lines and money, read and kept."""
        words, quality = self.run.study.words, self.run.tables.quality
        units = {
            "customers": words["customers"],
            "orders": words["orders"],
            "lines": "lines",
            "amount": "cents",
        }
        facts = {}
        for part, counts in (("read", quality.read), ("kept", quality.kept)):
            for name, value in counts.items():
                facts[f"{part}/{name}"] = self._fact(
                    f"{part}/{name}", value, units[name], f"lines {part}"
                )
        return facts

    def _fact(self, name: str, value: float, unit: str, base: str = "") -> Fact:
        n, currency = len(self.run.features.frame), self.run.study.currency
        base = base or f"all {self.run.study.words['customers']}"
        return Fact(f"all/{name}", float(value), unit, n, base, currency=currency)

    def _sentences(self) -> list[Sentence]:
        words, structure = self.run.study.words, self.run.segments.structure
        names = {"customers": words["customers"]}
        first, smallest = self.cards[0], min(self.cards, key=lambda card: card.customers.value)
        lines = []
        if first.revenue_share:
            lines.append(
                Sentence(
                    "{name} bring {revenue} of revenue and are {share} of {customers}.",
                    {"revenue": first.revenue_share, "share": first.share},
                    names | {"name": first.name},
                )
            )
        if first.markers:
            lines.append(_about(first, words["customers"]))
        lines.append(
            Sentence(
                "The smallest segment, {name}, holds {n} of {total} {customers}.",
                {
                    "n": smallest.customers,
                    "total": self._fact("customers", smallest.customers.n, "count"),
                },
                names | {"name": smallest.name},
            )
        )
        k = self.run.segments.k
        stability = structure.by_k.at[k, "stability"]
        lines.append(
            Sentence(
                "Refitted on resamples, the {k} segments agree by {stability}; {one} is identical.",
                {
                    "k": self._fact("k", k, "segments"),
                    "stability": self._fact("stability", stability, "score"),
                    "one": self._fact("stability/most", 1, "count"),
                },
            )
        )
        return [*lines, self._set_aside()]

    def _set_aside(self) -> Sentence:
        counted, quality = self._counted, self.run.tables.quality
        aside = quality.read["lines"] - quality.kept["lines"]
        return Sentence(
            "Of {lines} lines read, {aside} are set aside, each under a named rule.",
            {"lines": counted["read/lines"], "aside": self._fact("set_aside/lines", aside, "lines")},
        )

    def _totals(self) -> list[Sentence]:
        words, counted = self.run.study.words, self._counted
        slots = ("customers", "orders", "lines", "amount")
        template = (
            "{customers} {word_c}, {orders} {word_o} and {amount} in sales on {lines} lines were "
        )
        return [
            Sentence(
                template + f"{part}.",
                {name: counted[f"{part}/{name}"] for name in slots},
                {"word_c": words["customers"], "word_o": words["orders"]},
            )
            for part in ("read", "kept")
        ]

    def _section(self, template: str, **context: Any) -> Section:
        shared = {
            "run": self.run,
            "study": self.run.study,
            "words": self.run.study.words,
            "cards": self.cards,
            "structure": self.run.segments.structure,
            "segments": self.run.segments,
            "features": self.run.features,
            "quality": self.run.tables.quality,
            "counted": self._counted,
            "unsure_below": UNSURE,
        }
        return Section(templates().get_template(f"{template}.html").render(**shared, **context))


def build_report(run: Run) -> Report:
    """Gather a run's results into the sections of a report.

    Parameters
    ----------
    run : Run
        From `open_run`; what its notebooks haven't left in the run folder is made now.

    Returns
    -------
    Report
        Each section shows in JupyterLab as it does on the page.
    """
    return Report(run)


def style() -> str:
    """The page's style sheet."""
    return files("segkit.reporting").joinpath("templates/page.css").read_text(encoding="utf-8")


def _about(card: Card, customers: str) -> Sentence:
    marker = card.markers[0]
    facts = {"here": marker.here, "overall": marker.overall}
    names = {"name": card.name, "label": marker.label[:1].lower() + marker.label[1:]}
    template = "What sets {name} apart most: {label} {here}, among all {customers} {overall}."
    return Sentence(template, facts, names | {"customers": customers})


def _day(text: str) -> str:
    day = date.fromisoformat(text)
    return f"{day.day} {day:%b %Y}"


def _anchor(card: Card) -> str:
    return f"segment-{card.key}"


def templates() -> jinja2.Environment:
    """The report's templates: everything is escaped, nothing may be undefined."""
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("segkit.reporting"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    filters: Mapping[str, Any] = {"day": _day, "anchor": _anchor, "fmt": format_value}
    environment.filters.update(filters)
    return environment
