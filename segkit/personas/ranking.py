"""Segments scored as candidates: which comes first, and whether that holds when the weights vary."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from segkit.personas.cards import Card
from segkit.personas.facts import Fact, Rank, SegmentName, Sentence
from segkit.study.targets import Criterion

VARIED = (0.75, 1.0, 1.25)
"""What each weight is multiplied by when it is asked whether the order holds."""


@dataclass(frozen=True)
class Score:
    """One segment by one criterion.

    Attributes
    ----------
    criterion : Criterion
    label : str
    value : Fact or None
        None where fewer than 10 customers have a value.
    points : float
        0 to 1, 1 is best. Of a trait Cliff's delta against the rest, moved from -1..1 to 0..1; of
        the stability itself; of a size its part of the largest segment's. 1 minus that where low is
        good.
    """

    criterion: Criterion
    label: str
    value: Fact | None
    points: float


@dataclass(frozen=True)
class TargetRow:
    """One segment as a candidate.

    Attributes
    ----------
    card : Card
    attractiveness, competitiveness : list of Score
    attractive, competitive : Fact or None
        Weighted means of the points, 0 to 100.
    failed : list of Sentence
        Each knock-out that it fails, with the figure.
    close : list of Sentence
        Each that it passes with a range that includes the limit.
    """

    card: Card
    attractiveness: list[Score]
    competitiveness: list[Score]
    attractive: Fact | None
    competitive: Fact | None
    failed: list[Sentence]
    close: list[Sentence]

    @property
    def facts(self) -> Iterable[Fact]:
        """Every number of the row."""
        yield from (fact for fact in (self.attractive, self.competitive) if fact)
        yield from (s.value for s in [*self.attractiveness, *self.competitiveness] if s.value)
        yield from (fact for line in [*self.failed, *self.close] for fact in line.facts.values())


def said_of_ranking(rows: list[TargetRow], customers: str) -> Iterable[Sentence]:
    """Which comes first, and how often it does when the weights vary."""
    ranked = [row for row in rows if not row.failed]
    total = Fact("all/targets/segments", len(rows), "segments", len(rows), "all segments")
    passed = Fact("all/targets/passed", len(ranked), "segments", len(rows), "all segments")
    facts = {"passed": passed, "total": total}
    if not ranked or ranked[0].attractive is None:
        yield Sentence("{passed} of {total} segments pass every knock-out.", facts)
        return
    best = ranked[0]
    yield Sentence(
        "{passed} of {total} segments pass every knock-out; {name} comes {rank} with {points} of "
        "{most} points and holds {share} of {customers}.",
        facts | {
            "points": ranked[0].attractive, "share": best.card.share,
            "most": Fact("all/targets/most", 100, "points", len(rows), "the scale"),
        },
        {"customers": customers, **_first(best)},
    )  # fmt: skip
    if len(ranked) > 1:
        yield _held(ranked)


def _first(row: TargetRow) -> dict[str, str]:
    """Who is ranked first, and by what."""
    assert row.attractive is not None
    return {"name": SegmentName(row.card.name, row.card.key), "rank": Rank("first", row.attractive)}


def _held(ranked: list[TargetRow]) -> Sentence:
    same, first, n = sensitivity([row.attractiveness for row in ranked])
    base = "combinations of weights"
    facts = {
        "same": Fact("all/targets/same_order", same, "share", n, base),
        "first": Fact("all/targets/same_first", first, "share", n, base),
        "n": Fact("all/targets/combinations", n, "combinations", n, base),
        "quarter": Fact("all/targets/varied", VARIED[-1] - 1, "share", n, base),
    }
    template = (
        "With each weight varied by {quarter} up or down, the order stays the same in {same} of {n} "
        "combinations, and {name} stays {rank} in {first}."
    )
    return Sentence(template, facts, _first(ranked[0]))


def sensitivity(scores: Sequence[Sequence[Score]]) -> tuple[float, float, int]:
    """How often a ranking holds when every weight is multiplied by .75, 1 or 1.25.

    Parameters
    ----------
    scores : sequence of (sequence of Score)
        Per segment, in the order that is asked about.

    Returns
    -------
    tuple of (float, float, int)
        Share of combinations with the same order, share with the same first, and how many there are.
    """
    points = np.array([[one.points for one in row] for row in scores])
    weights = np.array([one.criterion.weight for one in scores[0]])
    factors = np.array(list(product(VARIED, repeat=len(weights)))) * weights
    means = (points @ factors.T) / factors.sum(axis=1)
    in_order = (np.diff(means, axis=0) <= 1e-12).all(axis=0)
    is_first = means[0] >= means.max(axis=0) - 1e-12
    return float(in_order.mean()), float(is_first.mean()), len(factors)
