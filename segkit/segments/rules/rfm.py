"""Recency, frequency and money: three scores, and a named cell for each of their codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import ParameterError, StudyError, nearest
from segkit.plain import one_of
from segkit.segments.rules.conditions import plain
from segkit.segments.rules.proof import Proof
from segkit.segments.rules.ruleset import RuleSet, rule_set
from segkit.segments.rules.scoring import MEAN, SCORES, learnt_cuts, scored, scores_sql, with_mean
from segkit.shown import Shown, as_table, as_text

FORMAT = 1
WORDS = {"r": "recency", "f": "frequency", "m": "money"}
BINS = 5
CELLS: tuple[Mapping[str, Any], ...] = (
    {"name": "Champions", "where": {"r": 5, "fm": [4, 5]}},
    {"name": "Loyal", "where": {"r": [3, 4], "fm": [4, 5]}},
    {"name": "Potential loyalists", "where": {"r": [4, 5], "fm": [2, 3]}},
    {"name": "New customers", "where": {"r": 5, "fm": 1}},
    {"name": "Promising", "where": {"r": 4, "fm": 1}},
    {"name": "Need attention", "where": {"r": 3, "fm": 3}},
    {"name": "About to sleep", "where": {"r": 3, "fm": [1, 2]}},
    {"name": "At risk", "where": {"r": [1, 2], "fm": [3, 4]}},
    {"name": "Can't lose them", "where": {"r": [1, 2], "fm": 5}},
    {"name": "Hibernating", "where": {"r": 2, "fm": [1, 2]}},
    {"name": "Lost", "where": {"r": 1, "fm": [1, 2]}},
)
"""The named cells, on the recency score and on `fm`, the mean of f and m rounded down."""


@dataclass(frozen=True, eq=False, repr=False)
class RfmGrid(Shown):
    """Scores by frozen cut points, and the rules that name their codes; made by `rfm_rules`.

    Attributes
    ----------
    rules : RuleSet
        The cells, as rules on r, f and m, or on r and `fm`; proven over every code.
    cut_points : pandas.DataFrame, indexed by r, f, m; one column per score from 2 on
        The value from which on a score is earned (for recency: up to which), in the column's unit.
        Missing where no value can earn it.
    columns : dict of str to str
        Score -> the column that it is made of.
    sizes : pandas.DataFrame, indexed by r, f, m; one column per score
        Customers with each score when the cut points were learnt.
    """

    rules: RuleSet
    cut_points: pd.DataFrame
    columns: Mapping[str, str]
    sizes: pd.DataFrame

    @property
    def bins(self) -> int:
        """The best score."""
        return self.sizes.shape[1]

    @property
    def n_customers(self) -> int:
        """Customers that the cut points were learnt from."""
        return int(self.sizes.loc["r"].sum())

    @property
    def empty_scores(self) -> dict[str, list[int]]:
        """Scores that no customer had, because customers with equal values are never split."""
        return {name: self.sizes.columns[row == 0].tolist() for name, row in self.sizes.iterrows()}

    @property
    def reading(self) -> str:
        """What the cells are and aren't, and what ties did to the scores."""
        empty = [
            f"{WORDS[name]} {one_of(map(str, scores))}"
            for name, scores in self.empty_scores.items()
            if scores
        ]
        ties = f" Ties leave these scores without a customer: {', '.join(empty)}." if empty else ""
        return (
            f"{len(self.rules.names)} named cells; each of the {self.bins**3} codes lies in exactly "
            f"one. The cut points were learnt from {self.n_customers:,} customers and stay. The "
            f"cells are constructive: lines drawn by convention, not groups found in the data.{ties}"
        )

    def scores(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Score customers by the frozen cut points.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per customer, with the three columns.

        Returns
        -------
        pandas.DataFrame of shape (n_customers, 3)
            `r`, `f`, `m`: whole numbers from 1 to `bins`, the last always best. Equal values get
            equal scores.

        Raises
        ------
        DataError
            A column is absent or isn't numeric, or misses a value.
        """
        return scored(frame, self.columns, self.cut_points)

    def labels(self, frame: pd.DataFrame) -> pd.Series:
        """Name each customer's cell.

        Parameters
        ----------
        frame : pandas.DataFrame
            As `scores`.

        Returns
        -------
        pandas.Series of shape (n_customers,)
            `segment_key`; categories in the order of the cells.

        Raises
        ------
        DataError
            As `scores`.
        """
        return self.rules.labels(with_mean(self.scores(frame)))

    def proof(self, frame: pd.DataFrame | None = None) -> Proof:
        """Prove anew that each code lies in one cell; see `RuleSet.proof`."""
        return self.rules.proof(None if frame is None else with_mean(self.scores(frame)))

    def to_sql(self, table: str, key: str = "customer_id") -> str:
        """Write scores and cells as one SELECT.

        Parameters
        ----------
        table : str
            A dot separates schema and table.
        key : str, default "customer_id"
            Column that is handed through.

        Returns
        -------
        str
            SQL for DuckDB that gives `key` and `segment_key`, the same as `labels`; NULL where
            `labels` would refuse, because one of the three columns is missing.
        """
        taken = (*SCORES, MEAN)
        if key.casefold() in taken:
            raise ParameterError(f"key is '{key}'", f"another name than the scores' {one_of(taken)}")
        source = scores_sql(table, key, self.columns, self.cut_points)
        return self.rules.sql_from(source, key)

    def to_dict(self) -> dict[str, Any]:
        """Return the grid as plain text, lists and numbers, for JSON; it holds no customer."""
        cuts = self.cut_points.astype(object).where(self.cut_points.notna(), None)
        return {
            "format": FORMAT,
            "columns": dict(self.columns),
            "cut_points": {name: cuts.loc[name].tolist() for name in SCORES},
            "sizes": {name: self.sizes.loc[name].tolist() for name in SCORES},
            "cells": [rule.to_plain() for rule in self.rules.rules],
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "RfmGrid":
        """Read what `to_dict` returned; the cells are proven again."""
        if saved.get("format") != FORMAT:
            raise StudyError(f"the grid has format {saved.get('format')!r}", f"format {FORMAT}")
        sizes = pd.DataFrame.from_dict(saved["sizes"], orient="index")
        cuts = pd.DataFrame.from_dict(saved["cut_points"], orient="index", dtype="float64")
        bins = sizes.shape[1]
        return cls(
            rules=_cells(saved["cells"], bins),
            cut_points=cuts.set_axis(range(2, bins + 1), axis=1),
            columns=dict(saved["columns"]),
            sizes=sizes.set_axis(range(1, bins + 1), axis=1),
        )

    def _repr_html_(self) -> str:
        cuts = self.cut_points.set_axis(self.columns.values(), axis=0)
        return as_text(self.reading) + as_table(self.rules.table, index=False) + as_table(cuts, plain)


def rfm_rules(
    frame: pd.DataFrame,
    recency: str = "recency_days",
    frequency: str = "n_orders",
    monetary: str = "revenue",
    bins: int = BINS,
    *,
    cells: Sequence[Mapping[str, Any]] | None = None,
) -> RfmGrid:
    """Learn recency, frequency and monetary scores, and name the cells of their codes.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_columns)
    recency : str, default "recency_days"
        Days since the last order; fewer are better.
    frequency : str, default "n_orders"
    monetary : str, default "revenue"
        For both, more is better.
    bins : int, default 5
        Number of scores, so that there are `bins` ** 3 codes.
    cells : list of dict, optional
        Rules as for `rule_set`, on the scores `r`, `f` and `m`, or on `r` and `fm` (the mean of f
        and m, rounded down). By default the eleven cells below; they need 5 bins.

    Returns
    -------
    RfmGrid
        With the cut points frozen: next month's customers are scored by the same ones.

    Raises
    ------
    DataError
        A column is absent or isn't numeric, or misses a value.
    StudyError
        The cells overlap or leave out a code; or as `rule_set`.
    ParameterError
        `bins` is below 2, or isn't 5 and no cells are given.

    Notes
    -----
    Each cut lies between two different values, where the share of customers below it is nearest to
    20, 40, 60 or 80 % (for 5 bins). So customers with equal values always get equal scores, the
    worst value gets 1 and the best 5; where many customers share a value, two cuts fall together
    and the score between them stays empty, which `empty_scores` and the reading say. Where all
    customers share one value it gets the middle score.

    The cells partition the 25 codes of r and fm, and with them the 125 of r, f and m:

    ====  ==========  ===================  ===================  =========  ===============
    r     fm 1        fm 2                 fm 3                 fm 4       fm 5
    ====  ==========  ===================  ===================  =========  ===============
    5     New         Potential loyalists  Potential loyalists  Champions  Champions
    4     Promising   Potential loyalists  Potential loyalists  Loyal      Loyal
    3     About to    About to sleep       Need attention       Loyal      Loyal
          sleep
    2     Hibernating Hibernating          At risk              At risk    Can't lose them
    1     Lost        Lost                 At risk              At risk    Can't lose them
    ====  ==========  ===================  ===================  =========  ===============

    They are conventional names for ranges of scores, constructive by design and never evidence of
    natural groups. A name is no fact either: "New customers" bought lately, seldom and little,
    which a long absent customer may do too.

    References
    ----------
    Scores by fifths: Hughes 1994, *Strategic Database Marketing*. What they leave out of a
    customer's value: Fader, Hardie & Lee 2005.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({
    ...     "recency_days": [3, 20, 45, 90, 300],
    ...     "n_orders": [12, 9, 1, 4, 1],
    ...     "revenue": [900.0, 400.0, 20.0, 90.0, 15.0],
    ... })
    >>> grid = rfm_rules(frame)
    >>> grid.scores(frame).astype(str).sum(axis=1).tolist()
    ['555', '444', '312', '233', '111']
    >>> grid.labels(frame).tolist()
    ['Champions', 'Loyal', 'About to sleep', 'At risk', 'Lost']
    """
    if bins < 2 or (cells is None and bins != BINS):
        raise ParameterError(f"bins is {bins}", f"{BINS}, or 2 or more with your own cells")
    columns = {"r": recency, "f": frequency, "m": monetary}
    cuts = learnt_cuts(frame, columns, bins)
    rules = _cells(CELLS if cells is None else cells, bins)
    grid = RfmGrid(rules, cuts, columns, pd.DataFrame())
    counts = {
        name: np.bincount(scores, minlength=bins + 1)[1:] for name, scores in grid.scores(frame).items()
    }
    return replace(grid, sizes=pd.DataFrame(counts, index=range(1, bins + 1)).T)


def _cells(cells: Sequence[Mapping[str, Any]], bins: int) -> RuleSet:
    known = (*SCORES, MEAN)
    rules = rule_set(cells, values=dict.fromkeys(known, range(1, bins + 1)))
    unknown = [column for column in rules.columns if column not in known]
    if unknown:
        raise StudyError(f"the cells ask for '{unknown[0]}'", fix=nearest(unknown[0], known))
    if MEAN in rules.columns and {"f", "m"} & set(rules.columns):
        raise StudyError(
            f"the cells are on {', '.join(rules.columns)}",
            "r, f and m, or r and fm",
            "fm is made of f and m, so use either it or them",
        )
    rules.require_proof()
    return rules
