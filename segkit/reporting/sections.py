"""The report's sections: each an HTML fragment that shows in JupyterLab and on the page alike."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from segkit import __version__
from segkit.personas.cards import Card
from segkit.personas.effects import WORDS
from segkit.personas.facts import Fact
from segkit.personas.writer import trait_marker
from segkit.reporting import charts
from segkit.reporting.about import About
from segkit.reporting.briefs import Briefs, brief_fragments
from segkit.reporting.comparison import compare_rows, explained
from segkit.reporting.evaluation import evaluation_plot
from segkit.reporting.movement import Movement, earlier_run
from segkit.reporting.rendering import in_notebook, render
from segkit.reporting.sentences import Told
from segkit.reporting.verdict import headline, kind
from segkit.reporting.workspace import Run
from segkit.segments.evidence.choose import USABLE
from segkit.segments.segmentation import UNSURE
from segkit.shown import Shown
from segkit.study.traits import AGES, DATES

FRAGMENT = "application/vnd.segkit.section+html"
"""MIME type of a section without its style, which the page template picks up."""


@dataclass(frozen=True)
class Section:
    """One section of the report.

    Attributes
    ----------
    html : str
        The fragment; empty where the run has nothing to say in this section.
    """

    html: str

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        if not self.html:
            return {FRAGMENT: "", "text/plain": "nothing to say here in this run"}
        styled = in_notebook(self.html)
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

    @cached_property
    def header(self) -> Section:
        """Title, what was counted, and when."""
        kinds = {trait.kind for trait in self.run.study.traits.values()}
        dated = bool(kinds & {*AGES, *DATES} or self.run.study.events)
        structure = self.run.segments.structure
        n_bases = self._told.fact("study/bases", len(self.run.study.bases), "traits")
        return self._section("header", dated=dated, n_bases=n_bases, kind=kind(structure))

    @cached_property
    def in_short(self) -> Section:
        """At most five sentences, and one box that says what the segments are."""
        structure = self.run.segments.structure
        return self._section("in_short", sentences=self._told.in_short(), headline=headline(structure))

    @cached_property
    def glance(self) -> Section:
        """A row per segment."""
        sample = self.run.profile.sample
        n_effective = sample and self._told.fact("segmented/effective", sample.effective_n, "count")
        before, middles = self._before, self._middles
        return self._section("glance", before=before, middles=middles, n_effective=n_effective)

    @cached_property
    def value(self) -> Section:
        """Size against value; size alone where there is no money."""
        study = self.run.study
        whole = "all, weighted" if study.weight else study.words["customers"]
        chart = charts.size_against_value(self.cards, whole)
        return self._section("value", chart=chart)

    @cached_property
    def effects(self) -> Section:
        """A panel per segment: its bases against all other customers."""
        facts = self._effect_facts
        panels = [
            (card, charts.effect_panel(card.name, facts[card.key], f"effect-{position}"))
            for position, card in enumerate(self.cards)
            if not all(fact.is_withheld for fact in facts[card.key].values())
        ]
        has_levels = bool(self.run.profile.dictionary["kind"].eq("level").any())
        drivers = self._told.drivers()
        return self._section(
            "effects", facts=facts, panels=panels, has_levels=has_levels, drivers=drivers
        )

    @cached_property
    def segment_cards(self) -> Section:
        """A card per segment."""
        return self._section("cards", effect_bar=charts.effect_bar, strip=charts.strip)

    @cached_property
    def briefs(self) -> Briefs:
        """A page per segment that a copywriter can take away."""
        return Briefs(brief_fragments(self.run))

    @cached_property
    def compare(self) -> Section:
        """Trait by segment, with clear differences marked by sign and weight."""
        rows = compare_rows(self.run)
        for _, first, cells in rows:
            for marker in [first, *(cell.marker for cell in cells)]:
                for fact in (marker.here, marker.overall, marker.delta):
                    self._told.kept(fact)
        return self._section("compare", rows=rows, traits=explained(self.run, rows))

    @cached_property
    def movement(self) -> Section:
        """Who moved since the last good run on other data; empty without one."""
        moved = self._movement
        if moved is None or moved.earlier.match.by != "customers":
            return Section("")
        sentences = moved.sentences(self.names)
        return self._section("movement", moved=moved, sentences=sentences, names=self.names)

    @cached_property
    def targets(self) -> Section:
        """Which segments to go for, where the study says by what; else nothing."""
        chosen = self.run.targets
        if chosen is None:
            return Section("")
        for fact in chosen.facts.values():
            self._told.kept(fact)
        criteria = [*chosen.spec.attractiveness, *chosen.spec.competitiveness]
        plot = evaluation_plot(chosen)
        return self._section("targets", targets=chosen, plot=plot, criteria=criteria)

    @cached_property
    def trust(self) -> Section:
        """How far to trust the segments, and what became of every line read."""
        structure = self.run.segments.structure
        by_k = (
            {} if structure.reason == "rules" else {k: self._told.of_k(k) for k in structure.by_k.index}
        )
        curve = (
            charts.stability_curve(structure.by_k, self.run.segments.k, USABLE, by_k) if by_k else ""
        )
        return self._section(
            "trust", curve=curve, by_k=by_k, verdict=self._told.verdict(), lines=self._told.lines(),
            warnings=self._told.warnings(),
        )  # fmt: skip

    @cached_property
    def about(self) -> Section:
        """The segmentation card: what the segments are for, from what, and until when."""
        return self._section("about", about=About(self.run, self._told))

    @cached_property
    def method(self) -> Section:
        """The words used, and what every number means."""
        return self._section("method", scale=WORDS, version=__version__)

    @property
    def cards(self) -> list[Card]:
        """Segment cards, most revenue first."""
        return self.run.personas.cards

    @property
    def names(self) -> dict[str, str]:
        """Segment name by key."""
        return {card.key: card.name for card in self.cards}

    @property
    def sections(self) -> list[Section]:
        """Every section, in the order of the page."""
        return [
            self.header, self.in_short, self.glance, self.value, self.effects, self.segment_cards,
            self.compare, self.movement, self.targets, self.trust, self.about, self.method,
        ]  # fmt: skip

    @property
    def facts(self) -> dict[str, Fact]:
        """Every number that the report shows."""
        _ = self.sections  # each enters what it says into the ledger
        return self._told.ledger | dict(self.run.personas.facts)

    @cached_property
    def _told(self) -> Told:
        return Told(self.run)

    @cached_property
    def _movement(self) -> Movement | None:
        earlier = earlier_run(self.run)
        words = self.run.study.words
        if earlier is None:
            return None
        return Movement(earlier, self.run.segments, words["customers"], self._told.ledger)

    @cached_property
    def _before(self) -> dict[str, Fact]:
        """Share in the run before, by segment key."""
        if self._movement is None:
            return {}
        found = {card.key: self._movement.share_before(card.key) for card in self.cards}
        return {key: fact for key, fact in found.items() if fact is not None}

    @cached_property
    def _middles(self) -> dict[str, Fact]:
        """Typical revenue of a customer, by segment key; empty where there is no money."""
        if not self._has_revenue:
            return {}
        return {
            card.key: self._told.kept(self._marker(card.key, "revenue").here) for card in self.cards
        }

    @property
    def _has_revenue(self) -> bool:
        return any(card.revenue_share for card in self.cards)

    def _marker(self, key: str, variable: str) -> Any:
        study = self.run.study
        return trait_marker(self.run.profile, key, variable, currency=study.currency, words=study.words)

    @cached_property
    def _effect_facts(self) -> dict[str, dict[str, Fact]]:
        """Cliff's delta of each base that is drawn, by segment key and label."""
        labels = self.run.profile.dictionary["label"]
        return {
            card.key: {
                str(labels[name]): self._told.kept(self._marker(card.key, name).delta)
                for name in self.run.profile.drawn
            }
            for card in self.cards
        }

    def _section(self, template: str, **context: Any) -> Section:
        study = self.run.study
        shared = {
            "run": self.run,
            "study": study,
            "words": study.words,
            "weighted": bool(study.weight),
            "cards": self.cards,
            "structure": self.run.segments.structure,
            "segments": self.run.segments,
            "features": self.run.features,
            "quality": self.run.tables.quality,
            "counted": self._told.counted,
            "sales": self._told.sales,
            "unsure_below": UNSURE,
            "has_revenue": self._has_revenue,
            "n_segmented": self._told.fact(
                "segmented/customers", len(self.run.segments.labels), "count"
            ),
        }
        return Section(render(template, **shared, **context))


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
