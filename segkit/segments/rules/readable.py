"""Found segments as rules that can be read, with how far the rules are the segments."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.errors import ParameterError
from segkit.segments.rules import sqltext
from segkit.segments.rules.form import any_of_sql
from segkit.segments.rules.heldout import NO_RULE, aligned, held_out, scores, tables
from segkit.segments.rules.surrogate import (
    Leaf,
    grow,
    in_an_order_of_their_own,
    splits_of,
    usable_kinds,
)
from segkit.shown import Shown, as_table, as_text

FAITHFUL = 0.8
"""Fidelity and macro-F1 below which the rules come with a warning."""


@dataclass(frozen=True, eq=False, repr=False)
class ReadableRules(Shown):
    """Rules that stand for segments, measured on customers they weren't made from.

    Attributes
    ----------
    fidelity : float
        Share of held-out customers whose segment the rules name, 0 to 1, with its 95 % range
        (Wilson) `fidelity_low` to `fidelity_high`.
    macro_f1 : float
        Mean over segments of the harmonic mean of coverage and precision, 0 to 1: small segments
        count as much as large ones.
    baseline : float
        Fidelity of always naming the largest segment.
    rules : pandas.DataFrame
        One row per segment, largest first: `segment_key`, `rule` in words, held-out `customers`
        whom it catches, `coverage` (share of the segment that it catches), `precision` (share of
        those caught who are of the segment). The last two are missing on fewer than 10 customers.
    leaves : pandas.DataFrame
        The same, one row per alternative of a rule.
    paths : tuple of Leaf
        What `assign` and `to_sql` go by.
    kinds : dict of str to str
        What the columns in use hold.
    unused : tuple of str
        Columns without a level that is common enough to be asked for.
    n_train, n_test, max_depth, random_state : int
    min_share, test_share : float
    """

    fidelity: float
    fidelity_low: float
    fidelity_high: float
    macro_f1: float
    baseline: float
    rules: pd.DataFrame
    leaves: pd.DataFrame
    paths: tuple[Leaf, ...] = field(repr=False)
    kinds: Mapping[str, str]
    unused: tuple[str, ...]
    n_train: int
    n_test: int
    max_depth: int
    random_state: int
    min_share: float
    test_share: float

    @property
    def is_faithful(self) -> bool:
        """The rules name the segment of at least 80 % of held-out customers."""
        return self.fidelity >= FAITHFUL

    @property
    def reading(self) -> str:
        """How far the rules are the segments, against the dull baseline."""
        told = (
            f"Rules on {', '.join(self.kinds) or 'no column'} name the segment of {self.fidelity:.0%} "
            f"({self.fidelity_low:.0%} to {self.fidelity_high:.0%}) of {self.n_test:,} held-out "
            f"customers; always naming the largest segment would be right for {self.baseline:.0%}. "
            f"Macro-F1 is {self.macro_f1:.2f} of 1."
        )
        return " ".join([told, *self._warnings()])

    def _warnings(self) -> Iterator[str]:
        if not self.is_faithful:
            yield (
                f"Warning: below {FAITHFUL:.0%} the rules are no stand-in for the segments; they "
                "describe them roughly, and customers should be assigned by the segments themselves."
            )
        elif self.macro_f1 < FAITHFUL:
            yield (
                f"Warning: with a macro-F1 below {FAITHFUL:.2f}, the rules of some segments catch "
                "too few of them or too many others."
            )
        if self.fidelity_low <= self.baseline:
            yield "That is not clearly better than the baseline."
        without = self.rules.loc[self.rules["rule"] == NO_RULE, "segment_key"]
        if len(without):
            yield f"No rule catches {', '.join(without)}."
        left_out = int(self.rules["precision"].isna().sum()) - len(without)
        if left_out:
            yield f"Figures on fewer than {MIN_CELL} customers are left out ({left_out} rules)."

    def assign(self, frame: pd.DataFrame) -> pd.Series:
        """Assign customers by the rules.

        Parameters
        ----------
        frame : pandas.DataFrame
            The columns in `kinds`, under the same names; other columns are ignored.

        Returns
        -------
        pandas.Series of shape (n_customers,)
            `segment_key`; categories largest segment first.

        Raises
        ------
        DataError
            A column is absent or holds another kind of value.
        """
        keys = self.rules["segment_key"].tolist()
        codes = np.full(len(frame), -1)
        for path in self.paths:
            codes[path.holds(frame, self.kinds)] = keys.index(path.segment_key)
        labels = pd.Categorical.from_codes(codes, categories=keys)
        return pd.Series(labels, index=frame.index, name="segment_key")

    def to_sql(self, table: str, key: str = "customer_id") -> str:
        """Write the rules as one SELECT with one CASE.

        Parameters
        ----------
        table : str
            A dot separates schema and table.
        key : str, default "customer_id"
            Column that is handed through.

        Returns
        -------
        str
            SQL for DuckDB that gives `key` and `segment_key`, the same as `assign`.

        Raises
        ------
        ParameterError
            Two column names differ in upper and lower case only.
        """
        whens = [
            (any_of_sql(path.where for path in paths), name)
            for name in self.rules["segment_key"]
            if (paths := [path for path in self.paths if path.segment_key == name])
        ]
        return sqltext.labelled(key, whens, sqltext.typed(table, key, dict(self.kinds)))

    def _repr_html_(self) -> str:
        return as_text(self.reading) + as_table(self.rules, index=False)


def readable_rules(
    labels: pd.Series,
    frame: pd.DataFrame,
    *,
    max_depth: int = 4,
    min_share: float = 0.01,
    test_share: float = 0.3,
    random_state: int = 0,
) -> ReadableRules:
    """Say segments as rules, by a shallow tree, and measure how far the rules are the segments.

    Parameters
    ----------
    labels : pandas.Series of shape (n_customers,)
        Segment key per customer.
    frame : pandas.DataFrame of shape (n_customers, n_columns)
        What the rules may ask: numbers in their own units, text, true and false; values may be
        missing. Same customers as `labels`, in any order.
    max_depth : int, default 4
        Conditions per rule at most: what a reader keeps in mind.
    min_share : float, default 0.01
        Smallest group that a rule is made for, as a share of customers.
    test_share : float, default 0.3
        Share of each segment that is held out, and that every figure is measured on.
    random_state : int, default 0
        Same seed, same answer; the order of rows and columns doesn't matter.

    Returns
    -------
    ReadableRules

    Raises
    ------
    DataError
        A customer has no segment, or is in one table only; there are fewer than 2 segments or than
        10 customers to hold out; a column holds dates, infinite numbers or a mixture.
    ParameterError
        A setting lies outside its range.

    Notes
    -----
    Cut points are rounded before anything is measured, to the fewest significant digits that leave
    each training customer on their side; where that takes more than 4, to 4 digits if at most 1 % of
    the customers at that step change sides. Words, SQL, `assign` and figures are the same rule.

    A missing number goes to the side that was better in training; where none was missing, to the
    larger side. Missing text, and a level never seen, is not any of the levels asked for. The words
    mention missing values only for columns that have some in training; SQL always treats them.

    The labels were made from the frame, so fidelity says how well the rules stand for the segments
    and nothing about whether these exist.

    References
    ----------
    A tree as stand-in for another rule: Craven & Shavlik 1996. Trees: Breiman et al. 1984.

    Examples
    --------
    >>> frame = pd.DataFrame({"n_orders": range(200), "area": ["city", "village"] * 100})
    >>> labels = pd.Series(np.where(frame["n_orders"] < 80, "rare", frame["area"]))
    >>> found = readable_rules(labels, frame)
    >>> found.rules.set_index("segment_key")["rule"]["rare"]
    'n_orders at most 78'
    >>> bool(found.fidelity > 0.95)
    True
    """
    _check_settings(max_depth, min_share, test_share)
    kinds, keys = usable_kinds(frame), aligned(labels, frame)
    places = in_an_order_of_their_own(frame, kinds, keys)
    frame, keys = frame.iloc[places], keys.iloc[places]
    is_test = held_out(keys.to_numpy(), test_share, random_state)
    train, test, truth = frame[~is_test], frame[is_test], keys[is_test].to_numpy()
    smallest = max(1, math.ceil(min_share * len(train)))
    splits = splits_of(train, kinds, smallest)
    paths = grow(splits, keys[~is_test].to_numpy(), max_depth, smallest, random_state)
    caught = [path.holds(test, kinds) for path in paths]
    named = np.select(caught, [path.segment_key for path in paths], default="")
    order = keys.value_counts().sort_index().sort_values(ascending=False, kind="stable").index
    used = sorted({name for path in paths for name in path.where})
    return ReadableRules(
        **scores(named, truth, order[0]),
        **tables(paths, caught, truth, order, train.columns[train.isna().any()]),
        paths=paths,
        kinds={name: str(kinds[name]) for name in used},
        unused=tuple(sorted(set(kinds) - {split.column for split in splits})),
        n_train=len(train),
        n_test=len(test),
        max_depth=max_depth,
        random_state=random_state,
        min_share=min_share,
        test_share=test_share,
    )


def _check_settings(max_depth: int, min_share: float, test_share: float) -> None:
    if max_depth < 1:
        raise ParameterError(f"max_depth is {max_depth}", "1 or more")
    if not 0 <= min_share <= 0.5:
        raise ParameterError(f"min_share is {min_share}", "0 to 0.5, a share of customers")
    if not 0 < test_share < 1:
        raise ParameterError(f"test_share is {test_share}", "between 0 and 1, a share of customers")
