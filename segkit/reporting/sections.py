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
from segkit.personas.facts import Fact, format_value
from segkit.reporting import charts
from segkit.reporting.briefs import Briefs, bases_of, brief_fragments
from segkit.reporting.evaluation import evaluation_plot
from segkit.reporting.sentences import Told, worded
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
    "gmm_tied": "a mixture of normal groups of one shape in the traits above",
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
        return " ".join(sentence.text for sentence in self._told.in_short())

    @property
    def header(self) -> Section:
        """Title, what was counted, and when."""
        kinds = {trait.kind for trait in self.run.study.traits.values()}
        return self._section("header", dated=bool(kinds & {"date", "birth_year"}))

    @property
    def in_short(self) -> Section:
        """At most five sentences, and at most one warning."""
        return self._section("in_short", sentences=self._told.in_short())

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
        has_levels = bool(self.run.profile.dictionary["kind"].eq("level").any())
        drivers = self._told.drivers()
        return self._section(
            "effects", matrix=matrix, panels=panels, has_levels=has_levels, drivers=drivers
        )

    @property
    def segment_cards(self) -> Section:
        """A card per segment."""
        return self._section("cards", effect_bar=charts.effect_bar)

    @property
    def briefs(self) -> Briefs:
        """A page per segment that a copywriter can take away."""
        return Briefs(brief_fragments(self.run, templates()), style())

    @property
    def targets(self) -> Section:
        """Which segments to go for, where the study says by what; else nothing."""
        chosen = self.run.targets
        if chosen is None:
            return Section("")
        criteria = [*chosen.spec.attractiveness, *chosen.spec.competitiveness]
        plot = evaluation_plot(chosen)
        return self._section("targets", targets=chosen, plot=plot, criteria=criteria)

    @property
    def trust(self) -> Section:
        """How far to trust the segments, and what became of every line read."""
        structure = self.run.segments.structure
        curve = charts.stability_curve(structure.by_k, self.run.segments.k, USABLE)
        return self._section("trust", curve=curve, totals=self._told.totals())

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
        lines = [*self._told.in_short(), *self._told.drivers()]
        said = [fact for line in lines for fact in line.facts.values()]
        for card in self.cards:
            said += bases_of(card, self.run.study.words["customers"]).values()
        chosen = self.run.targets.facts if self.run.targets else {}
        return (
            chosen
            | dict(self.run.personas.facts)
            | self._told.counted
            | {fact.id: fact for fact in said}
        )

    @cached_property
    def _told(self) -> Told:
        return Told(self.run)

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
            "counted": self._told.counted,
            "unsure_below": UNSURE,
            "has_revenue": any(card.revenue_share for card in self.cards),
            "n_segmented": f"{len(self.run.segments.labels):,}",
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
    filters: Mapping[str, Any] = {
        "day": _day, "anchor": _anchor, "fmt": format_value, "worded": worded
    }  # fmt: skip
    environment.filters.update(filters)
    return environment
