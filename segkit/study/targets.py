"""What study.yaml says about choosing targets."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkit.errors import StudyError


@dataclass(frozen=True)
class Criterion:
    """One thing that makes a segment worth going for.

    Attributes
    ----------
    metric : str
        A feature or trait, or "customers", "share", "revenue_share", "stability".
    weight : float
        Above 0; only the proportions between weights count.
    direction : {"high", "low"}
        What is good.
    """

    metric: str
    weight: float
    direction: str = "high"


@dataclass(frozen=True)
class TargetSpec:
    """By what segments are chosen.

    Attributes
    ----------
    goal : str
        The business goal that the criteria come from.
    knock_out : dict
        `min_customers`, `min_share`, `min_stability` (bootstrap Jaccard), `min_distinctness` (largest
        Cliff's delta of a base, in size), `min_reachable` (`metric` and `share`).
    attractiveness, competitiveness : tuple of Criterion
        The second may be empty.
    """

    attractiveness: tuple[Criterion, ...]
    competitiveness: tuple[Criterion, ...] = ()
    knock_out: Mapping[str, Any] = field(default_factory=dict)
    goal: str = ""


def target_spec(content: Mapping[str, Any]) -> TargetSpec:
    """The `targets` of a study.yaml that its schema accepts.

    Raises
    ------
    StudyError
        A metric comes twice: its weight would be the sum of two.
    """
    criteria = {
        axis: tuple(Criterion(**one) for one in content.get(axis, ()))
        for axis in ("attractiveness", "competitiveness")
    }
    for axis, given in criteria.items():
        metrics = [one.metric for one in given]
        twice = sorted({name for name in metrics if metrics.count(name) > 1})
        if twice:
            raise StudyError(f"targets.{axis} names '{twice[0]}' twice", "each metric once")
    return TargetSpec(**criteria, knock_out=content.get("knock_out", {}), goal=content.get("goal", ""))
