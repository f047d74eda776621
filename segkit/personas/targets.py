"""Choosing targets: segments held against the business goal's criteria, and why some are out."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from segkit.disclosure import MIN_CELL
from segkit.errors import StudyError, nearest
from segkit.personas.cards import Card, Personas
from segkit.personas.facts import Fact, Sentence
from segkit.personas.ranking import Score, TargetRow, said_of_ranking
from segkit.personas.writer import CardWriter
from segkit.study.targets import Criterion, TargetSpec

WHOLE = {"customers": "Customers", "share": "Share of all", "revenue_share": "Share of revenue",
         "stability": "Stability"}  # fmt: skip
"""Metrics of a segment as a whole."""


@dataclass(frozen=True)
class Targets:
    """The segments as candidates, best first; those that are out come last.

    Attributes
    ----------
    spec : TargetSpec
    rows : list of TargetRow
    weights : list of (str, Fact, str)
        Each criterion's label, weight and axis.
    sentences : list of Sentence
        What comes first, and whether that holds when the weights vary.
    """

    spec: TargetSpec
    rows: list[TargetRow]
    weights: list[tuple[str, Fact, str]]
    sentences: list[Sentence]

    @property
    def ranked(self) -> list[TargetRow]:
        """Those that no knock-out rules out, best first."""
        return [row for row in self.rows if not row.failed]

    @property
    def facts(self) -> dict[str, Fact]:
        """Every number shown."""
        shown = [fact for row in self.rows for fact in row.facts]
        shown += [weight for _, weight, _ in self.weights]
        shown += [fact for line in self.sentences for fact in line.facts.values()]
        return {fact.id: fact for fact in shown}


def choose_targets(
    personas: Personas, spec: TargetSpec, *, currency: str = "", words: dict[str, str] | None = None
) -> Targets:
    """Hold segments against criteria.

    Parameters
    ----------
    personas : Personas
    spec : TargetSpec
        `targets` of study.yaml.
    currency : str
    words : dict of str to str, optional
        What customers are called.

    Returns
    -------
    Targets

    Raises
    ------
    StudyError
        A criterion names a metric that the study doesn't compute.
    """
    words = words or {"customers": "customers", "customer": "customer"}
    judges = [_Judge(personas, card, spec, currency, words) for card in personas.cards]
    rows = sorted((judge.row() for judge in judges), key=_place)
    first = judges[0]
    weights = [
        (one.label, Fact(f"all/targets/{axis}/{one.criterion.metric}/weight", one.criterion.weight,
                         "weight", len(rows), "the criteria"), axis)
        for axis in ("attractiveness", "competitiveness")
        for one in first.scores(getattr(spec, axis))
    ]  # fmt: skip
    return Targets(spec, rows, weights, list(said_of_ranking(rows, words["customers"])))


def _place(row: TargetRow) -> tuple[bool, float, str]:
    attractive = row.attractive.value if row.attractive else 0.0
    return bool(row.failed), -attractive, row.card.key


@dataclass(frozen=True)
class _Judge:
    """Judges one segment."""

    personas: Personas
    card: Card
    spec: TargetSpec
    currency: str
    words: dict[str, str]

    @cached_property
    def writer(self) -> CardWriter:
        return CardWriter(self.personas.profile, self.card.key, self.currency, self.words)

    @property
    def n_customers(self) -> int:
        return int(self.personas.profile.sizes.at[self.card.key, "customers"])

    def row(self) -> TargetRow:
        attractiveness = self.scores(self.spec.attractiveness)
        competitiveness = self.scores(self.spec.competitiveness)
        failed, close = self.knocked_out()
        failed += self.unmeasured([*attractiveness, *competitiveness])
        return TargetRow(
            self.card,
            attractiveness,
            competitiveness,
            self.weighted("attractiveness", attractiveness),
            self.weighted("competitiveness", competitiveness),
            failed,
            close,
        )

    def scores(self, criteria: Sequence[Criterion]) -> list[Score]:
        return [self.score(one) for one in criteria]

    def score(self, criterion: Criterion) -> Score:
        metric, turned = criterion.metric, criterion.direction == "low"
        if metric in WHOLE:
            value = self.whole(self.card, metric)
            if value.is_withheld:
                return Score(criterion, WHOLE[metric], None, float("nan"))
            known = [self.whole(card, metric) for card in self.personas.cards]
            largest = max(fact.value for fact in known if not fact.is_withheld)
            points = value.value if metric == "stability" else value.value / largest
            return Score(criterion, WHOLE[metric], value, 1 - points if turned else points)
        marker = self.writer.marker(self.trait(metric))
        is_shown = not marker.here.is_withheld
        points = (1 - marker.delta.value if turned else 1 + marker.delta.value) / 2
        return Score(criterion, marker.label, marker.here if is_shown else None, points)

    def whole(self, card: Card, metric: str) -> Fact:
        facts = {"customers": card.customers, "share": card.share, "stability": card.stability}
        fact = facts.get(metric, card.revenue_share)
        if fact is None:
            raise StudyError("targets names 'revenue_share', and there is no revenue", "share")
        return fact

    def trait(self, metric: str) -> str:
        known = self.personas.profile.dictionary.index
        if metric not in known:
            raise StudyError(
                f"targets names the metric '{metric}', which this study doesn't compute",
                fix=nearest(metric, [*known, *WHOLE]),
            )
        return metric

    def weighted(self, axis: str, scores: list[Score]) -> Fact | None:
        if not scores or any(one.value is None for one in scores):
            return None
        points = [one.points for one in scores]
        mean = 100 * float(np.average(points, weights=[one.criterion.weight for one in scores]))
        n, of = self.n_customers, self.card.customers.base
        return Fact(f"{self.card.key}/targets/{axis}", mean, "points", n, of)

    def unmeasured(self, scores: list[Score]) -> list[Sentence]:
        least = Fact("all/targets/least", MIN_CELL, "count", MIN_CELL, "what is shown")
        template = "{label} is known of fewer than {least} {customers}."
        names = {"customers": self.words["customers"]}
        return [
            Sentence(template, {"least": least}, {**names, "label": one.label})
            for one in scores
            if one.value is None
        ]

    def knocked_out(self) -> tuple[list[Sentence], list[Sentence]]:
        """What the segment fails, and what it passes no further than its range reaches."""
        failed, close = [], []
        for name, limit in self.spec.knock_out.items():
            label, value, limit = self.held(name, limit)
            unit = value.unit if name != "min_customers" else self.words["customers"]
            least = Fact(f"all/targets/{name}", limit, unit, value.n, "the study's criteria")
            said = Sentence(
                "{label}: {value}, at least {least}.",
                {"value": value, "least": least},
                {"label": label},
            )
            if not value.value >= limit:
                failed.append(said)
            elif value.low is not None and value.low < limit:
                close.append(said)
        return failed, close

    def held(self, name: str, limit: float | dict[str, float]) -> tuple[str, Fact, float]:
        """What a knock-out is called, the segment's figure, and the limit."""
        if name == "min_reachable":
            assert isinstance(limit, dict)
            marker = self.writer.marker(self.trait(str(limit["metric"])))
            if marker.here.unit != "share":
                raise StudyError(
                    f"targets.knock_out.min_reachable names '{limit['metric']}', which is no share",
                    "a yes/no trait, or a share",
                )
            return f"Reachable ({marker.label})", marker.here, float(limit["share"])
        assert isinstance(limit, int | float)
        if name == "min_distinctness":
            return "Distinctness (difference from the rest)", self.distinctness(), float(limit)
        metric = name.removeprefix("min_")
        return WHOLE[metric], self.whole(self.card, metric), float(limit)

    def distinctness(self) -> Fact:
        effects = self.personas.profile.effects.loc[self.card.key]
        largest = float(effects.loc[effects["is_base"].astype(bool), "delta"].abs().max())
        n, of = self.n_customers, self.card.customers.base
        return Fact(f"{self.card.key}/targets/distinctness", largest, "score", n, of)
