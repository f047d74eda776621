"""A shallow tree on segments, read off as conditions with rounded cut points."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Context
from typing import Any

import numpy as np
import pandas as pd
from sklearn.tree import DecisionTreeClassifier

from segkit.errors import DataError
from segkit.segments.rules.conditions import Condition, Interval, column_values, kind_of
from segkit.segments.rules.form import Where

DIGITS = 4
"""A cut point gets more significant digits than these only where it would be wrong without."""
MOVED = 0.01
"""Share of a node's customers that rounding to `DIGITS` may put on the other side."""
MODES = (ROUND_HALF_EVEN, ROUND_FLOOR, ROUND_CEILING)
ANYONE = Condition(others=True, missing=True)
MISSING = Condition(missing=True)


@dataclass(frozen=True)
class Leaf:
    """One way into a segment: conditions that hold together."""

    segment_key: str
    where: Where

    def holds(self, frame: pd.DataFrame, kinds: Mapping[str, str | None]) -> np.ndarray:
        """Tell which customers the conditions take in."""
        inside = np.ones(len(frame), dtype=bool)
        for name, condition in self.where.items():
            inside &= condition.holds(column_values(frame, name, kinds[name]))
        return inside


@dataclass(frozen=True, eq=False)
class Split:
    """One column of the tree's matrix: a number, or whether a condition holds.

    Attributes
    ----------
    column : str
    values : ndarray of float64 of shape (n_train,)
        A number with NaN, or 0 and 1.
    condition : Condition or None
        What a 1 stands for; None for a number.
    """

    column: str
    values: np.ndarray
    condition: Condition | None = None

    @property
    def encoded(self) -> np.ndarray:
        """The values, numbers as ranks: so the tree is the same in any unit and size of number."""
        _, ranks = np.unique(self.values, return_inverse=True)
        return np.where(np.isnan(self.values), np.nan, ranks.astype("float64"))

    def sides(self, left: np.ndarray, right: np.ndarray, has_left: bool) -> tuple[Condition, Condition]:
        """Return what the left and the right child ask.

        Parameters
        ----------
        left, right : ndarray of int
            Training customers on each side.
        has_left : bool
            Missing values go left.
        """
        if self.condition is not None:
            return _complement(self.condition), self.condition
        low, high = (_known(self.values[rows]) for rows in (left, right))
        if not len(low) or not len(high):
            known = Condition(others=True)
            return (MISSING, known) if not len(low) else (known, MISSING)
        cut = rounded_cut(low, high)
        below, above = Interval(high=cut), Interval(low=cut, low_open=True)
        return Condition((below,), missing=has_left), Condition((above,), missing=not has_left)


def splits_of(train: pd.DataFrame, kinds: Mapping[str, str | None], smallest: int) -> list[Split]:
    """Make the columns of the tree's matrix: each number, each level that is common enough."""
    return [split for name in sorted(kinds) for split in _splits(train, name, kinds[name], smallest)]


def _splits(train: pd.DataFrame, name: str, kind: str | None, smallest: int) -> Iterator[Split]:
    if kind is None:
        return
    values = column_values(train, name, kind)
    if kind == "number":
        yield Split(name, np.asarray(values))
        return
    counts = pd.Series(values).astype(object).value_counts()
    common = sorted(level for level, count in counts.items() if count >= smallest)
    if kind == "truth" and not pd.isna(values).any():
        common = [level for level in common if level]
    asked = [Condition(levels=(level,)) for level in common]
    if pd.isna(values).sum() >= smallest:
        asked.append(MISSING)
    for condition in asked:
        yield Split(name, condition.holds(values).astype("float64"), condition)


def grow(
    splits: list[Split], keys: np.ndarray, max_depth: int, smallest: int, seed: int
) -> tuple[Leaf, ...]:
    """Fit the tree and read its leaves, siblings that name the same segment joined."""
    if not splits:
        raise DataError("no column of the frame has a value that rules can ask for", "one or more")
    X = np.column_stack([split.encoded for split in splits])
    tree = DecisionTreeClassifier(max_depth=max_depth, min_samples_leaf=smallest, random_state=seed)
    tree.fit(X, keys)
    return tuple(_leaves(tree, X, splits, 0, np.arange(len(X)), {}))


def _leaves(
    tree: DecisionTreeClassifier,
    X: np.ndarray,
    splits: list[Split],
    node: int,
    rows: np.ndarray,
    where: Where,
) -> list[Leaf]:
    nodes = tree.tree_
    if nodes.children_left[node] < 0:
        return [Leaf(str(tree.classes_[nodes.value[node, 0].argmax()]), where)]
    split = splits[nodes.feature[node]]
    is_left, has_left = _goes_left(nodes, node, X[rows, nodes.feature[node]])
    left, right = rows[is_left], rows[~is_left]
    below, above = split.sides(left, right, has_left)
    both = [(nodes.children_left[node], left, below), (nodes.children_right[node], right, above)]
    found = []
    for child, its_rows, condition in both:
        narrowed = where.get(split.column, ANYONE).narrowed(condition)
        if not narrowed.is_empty:  # rounding may leave nothing between two cut points
            inside = {**where, split.column: narrowed}
            found.append(_leaves(tree, X, splits, child, its_rows, inside))
    return _joined(found, where)


def _goes_left(nodes: Any, node: int, values: np.ndarray) -> tuple[np.ndarray, bool]:
    is_left, is_missing = values <= nodes.threshold[node], np.isnan(values)
    has_left = bool(is_left.sum() > (~is_left).sum())
    if is_missing.any():
        has_left = bool(nodes.missing_go_to_left[node])
    return np.where(is_missing, has_left, is_left).astype(bool), has_left


def _joined(found: list[list[Leaf]], where: Where) -> list[Leaf]:
    """Two single leaves that name the same segment are one, without the question between them."""
    leaves = [leaf for side in found for leaf in side]
    is_same = len({leaf.segment_key for leaf in leaves}) == 1 and max(map(len, found)) == 1
    return [replace(leaves[0], where=where)] if is_same else leaves


def rounded_cut(low: np.ndarray, high: np.ndarray) -> float:
    """A cut point between two groups of numbers, with as few significant digits as it can have.

    Parameters
    ----------
    low, high : ndarray of float64
        Every number in `low` is below every number in `high`.

    Returns
    -------
    float
        The middle of the space between them, rounded (to the nearest, down or up) to the fewest
        digits that leave every number on its side. Where that takes more than 4 digits it is
        rounded to 4 if no more than 1 % of the numbers change sides.

    Examples
    --------
    >>> rounded_cut(np.array([31.0, 37.2]), np.array([41.9, 60.0]))
    40.0
    >>> rounded_cut(np.array([7.0]), np.array([8.0]))
    7.0
    """
    middle = low.max() / 2 + high.min() / 2
    for digits in range(1, 18):
        cuts = [float(Context(digits, mode).create_decimal_from_float(middle)) for mode in MODES]
        moved = [int((low > cut).sum() + (high <= cut).sum()) for cut in cuts]
        fewest = moved.index(min(moved))
        is_few = digits == DIGITS and moved[fewest] <= MOVED * (len(low) + len(high))
        if moved[fewest] == 0 or is_few:
            return cuts[fewest]
    return float(low.max())


def usable_kinds(frame: pd.DataFrame) -> dict[str, str | None]:
    """Column -> what it holds; refuses what no rule can be made of."""
    unnamed = [name for name in frame.columns if not isinstance(name, str)]
    if unnamed:
        raise DataError(f"a column is called {unnamed[0]!r}", "names that are text")
    kinds = {name: kind_of(column_values(frame, name, None)) for name in sorted(frame.columns)}
    for name, kind in kinds.items():
        if kind == "other":
            raise DataError(
                f"the column '{name}' is {frame[name].dtype}",
                "numbers, text, or true and false",
                "Convert it, such as a date to days before as_of, or leave it out",
            )
        if kind == "number" and np.isinf(column_values(frame, name, kind)).any():
            raise DataError(f"the column '{name}' holds infinite numbers", "finite or missing ones")
    return kinds


def in_an_order_of_their_own(
    frame: pd.DataFrame, kinds: Mapping[str, str | None], keys: pd.Series
) -> np.ndarray:
    """Places of the customers sorted by their values, so that a seed doesn't hang on their order."""
    sorts = [pd.factorize(keys, sort=True)[0]]
    for name in sorted(kinds):
        values = column_values(frame, name, kinds[name])
        as_text = not isinstance(values, np.ndarray)
        sorts.append(pd.factorize(values.astype(object), sort=True)[0] if as_text else values)
    return np.lexsort(sorts)


def _complement(condition: Condition) -> Condition:
    if condition.kind == "truth":
        return Condition(levels=(not condition.levels[0],), missing=True)
    return replace(condition, others=not condition.others, missing=not condition.missing)


def _known(values: np.ndarray) -> np.ndarray:
    return values[~np.isnan(values)]
