"""Segments that people draw: rules and RFM cells behind the same verb as found segments."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import ParameterError
from segkit.segments.evidence.structure import Structure
from segkit.segments.kinds import missing
from segkit.segments.rules.rfm import RfmGrid, rfm_rules
from segkit.segments.rules.ruleset import RuleSet, rule_set
from segkit.segments.segmentation import Segmentation
from segkit.segments.space import bare_space

Rules = RuleSet | RfmGrid


@dataclass(frozen=True, eq=False)
class RuleModel:
    """Rules as the frozen rule of a segmentation.

    Attributes
    ----------
    keys : tuple of str
        The rules' names, that with most customers first.
    rules : RuleSet or RfmGrid
    """

    keys: tuple[str, ...]
    rules: Rules

    @property
    def columns(self) -> tuple[str, ...]:
        """The bases."""
        named = self.rules.columns
        return tuple(sorted(named.values() if isinstance(named, Mapping) else named))

    def assign(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Assign customers; see `Segmentation.assign`."""
        gaps = np.zeros(len(frame), dtype=bool)
        if isinstance(self.rules, RfmGrid):
            for name in self.columns:
                gaps |= missing(frame[name]) if name in frame else False
        keys = pd.Series(pd.NA, index=frame.index, dtype="object")
        keys[~gaps] = self.rules.labels(frame[~gaps]).astype("object")
        return pd.DataFrame(
            {
                "segment_key": pd.Categorical(keys, categories=list(self.keys)),
                "confidence": np.where(gaps, np.nan, 1.0),
                "note": np.where(gaps, "missing: a score's column", ""),
            },
            index=frame.index,
        )


def fit_rules(frame: pd.DataFrame, rules: Any, method: str | None) -> Segmentation:
    """Cut customers by rules that are proven to take in each of them once."""
    if method not in {None, "rules"}:
        raise ParameterError(f"rules are given for method '{method}'", 'method="rules"')
    if rules is None:
        raise ParameterError(
            'method "rules" without rules', 'rules="rfm", a list of rules, or a RuleSet'
        )
    made = _made(frame, rules)
    sizes = made.labels(frame).value_counts(sort=False)
    names = [str(name) for name in sizes.sort_values(ascending=False, kind="stable").index]
    model = RuleModel(tuple(names), made)
    assigned = model.assign(frame)
    used = [name for name in names if sizes[name]]
    stability = pd.DataFrame(
        {"jaccard": 1.0, "low": 1.0, "high": 1.0, "slsw": 1.0, "reading": "drawn by a rule"},
        index=pd.Index(used, name="segment_key"),
    )
    return Segmentation(
        labels=assigned["segment_key"].cat.set_categories(used),
        confidence=assigned["confidence"],
        stability=stability,
        structure=_drawn(frame, model.columns, sizes[used]),
        model=model,
        method="rules",
        random_state=0,
    )


def _made(frame: pd.DataFrame, rules: Any) -> Rules:
    if isinstance(rules, RuleSet | RfmGrid):
        return rules
    if isinstance(rules, str) and rules == "rfm":
        return rfm_rules(frame)
    if isinstance(rules, Sequence) and not isinstance(rules, str):
        return rule_set(list(rules))
    raise ParameterError(f"rules is {rules!r}", '"rfm", a list of rules, a RuleSet or an RfmGrid')


def _drawn(frame: pd.DataFrame, columns: tuple[str, ...], sizes: pd.Series) -> Structure:
    """The structure of drawn segments: constructive by definition, with nothing to compare."""
    k = len(sizes)
    row = dict.fromkeys(["low", "high", "stability", "weakest"], 1.0)
    row["smallest_share"] = sizes.min() / sizes.sum()
    return Structure(
        verdict="constructive",
        k=k,
        runner_up=None,
        by_k=pd.DataFrame([row], index=pd.Index([k], name="k")).reindex(columns=Structure.SHOWN),
        p=float("nan"),
        flow=pd.DataFrame(),
        ellipses=None,
        gap=None,
        warnings=(),
        columns=columns,
        n_customers=len(frame),
        n_boot=0,
        n_starts=0,
        n_blobs=0,
        random_state=0,
        min_share=0.0,
        reason="rules",
        space=bare_space(columns),
    )
