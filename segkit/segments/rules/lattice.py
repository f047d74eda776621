"""Every kind of customer that some rules can tell apart, and which rules take it in.

A column is cut at the numbers and levels that the rules name; what no rule tells apart is one
class. The product of the classes is finite and leaves out no possible customer, so whether the
rules overlap or leave a gap is counted, not sampled.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd

from segkit.errors import DataError, StudyError
from segkit.segments.rules.conditions import Condition, Interval, column_values, plain
from segkit.segments.rules.form import Rule, all_of, kinds_of

MOST_CELLS = 2_000_000

Box = tuple[tuple[int, ...], ...]
"""Per axis the classes that it spans."""


class Domain(Protocol):
    """The smallest pieces that the rules cut a column into."""

    def mask(self, condition: Condition) -> np.ndarray:
        """Which pieces a condition takes in."""

    def pieces(self, frame: pd.DataFrame, column: str) -> np.ndarray:
        """Each customer's piece."""

    def condition(self, mask: np.ndarray) -> Condition:
        """The condition that takes in these pieces."""


@dataclass(frozen=True, eq=False)
class Numbers:
    """All numbers, cut: below the first cut, on it, between it and the next, ..., missing."""

    cuts: np.ndarray

    def mask(self, condition: Condition) -> np.ndarray:
        """Which pieces a condition takes in."""
        places = np.arange(2 * len(self.cuts) + 1)
        inside = np.full(len(places), condition.others)
        for part in condition.intervals:
            inside |= (places >= self._first(part)) & (places <= self._last(part))
        return np.append(inside, condition.missing)

    def _first(self, part: Interval) -> int:
        if math.isinf(part.low):
            return 0
        return 2 * int(np.searchsorted(self.cuts, part.low)) + 1 + part.low_open

    def _last(self, part: Interval) -> int:
        if math.isinf(part.high):
            return 2 * len(self.cuts)
        return 2 * int(np.searchsorted(self.cuts, part.high)) + 1 - part.high_open

    def pieces(self, frame: pd.DataFrame, column: str) -> np.ndarray:
        """Each customer's piece."""
        values = np.asarray(column_values(frame, column, "number"))
        place = np.searchsorted(self.cuts, values)
        on_a_cut = values == np.append(self.cuts, np.nan)[place]
        return np.where(np.isnan(values), 2 * len(self.cuts) + 1, 2 * place + on_a_cut)

    def condition(self, mask: np.ndarray) -> Condition:
        """The condition that takes in these pieces."""
        *inside, missing = mask.tolist()
        if all(inside):
            return Condition(others=True, missing=missing)
        steps = np.diff(np.array([0, *inside, 0], dtype=int))
        firsts, ends = np.flatnonzero(steps == 1).tolist(), np.flatnonzero(steps == -1).tolist()
        runs = [self._interval(first, end - 1) for first, end in zip(firsts, ends, strict=True)]
        return Condition(tuple(runs), missing=missing)

    def _interval(self, first: int, last: int) -> Interval:
        low = self.cuts[(first - 1) // 2] if first else -math.inf
        high = self.cuts[last // 2] if last < 2 * len(self.cuts) else math.inf
        return Interval(
            float(low),
            float(high),
            low_open=first % 2 == 0 and not math.isinf(low),
            high_open=last % 2 == 0 and not math.isinf(high),
        )


@dataclass(frozen=True, eq=False)
class Levels:
    """Each level that a rule names, any other one, missing."""

    levels: tuple[str | bool, ...]
    kind: str | None

    @property
    def _others(self) -> int:
        """0 where there can be no other level: true and false, both named."""
        return int(not (self.kind == "truth" and len(self.levels) == 2))

    def mask(self, condition: Condition) -> np.ndarray:
        """Which pieces a condition takes in."""
        named = [(level in condition.levels) ^ condition.others for level in self.levels]
        return np.array([*named, *[condition.others] * self._others, condition.missing])

    def pieces(self, frame: pd.DataFrame, column: str) -> np.ndarray:
        """Each customer's piece."""
        values = pd.Series(column_values(frame, column, self.kind))
        codes = pd.Index(self.levels, dtype=object).get_indexer(values.astype(object))
        known = np.where(codes < 0, len(self.levels), codes)
        return np.where(values.isna(), len(self.levels) + self._others, known)

    def condition(self, mask: np.ndarray) -> Condition:
        """The condition that takes in these pieces."""
        others = bool(mask[len(self.levels)]) if self._others else False
        named = mask[: len(self.levels)] ^ others
        levels = tuple(level for level, is_in in zip(self.levels, named, strict=True) if is_in)
        if not self._others and len(levels) == len(self.levels):
            levels, others = (), True
        return Condition(levels=levels, others=others, missing=bool(mask[-1]))


@dataclass(frozen=True, eq=False)
class Listed:
    """A column that holds nothing but some numbers and is never missing: a score."""

    values: np.ndarray

    def mask(self, condition: Condition) -> np.ndarray:
        """Which pieces a condition takes in."""
        return condition.holds(self.values)

    def pieces(self, frame: pd.DataFrame, column: str) -> np.ndarray:
        """Each customer's piece."""
        given = np.asarray(column_values(frame, column, "number"))
        odd = int((~np.isin(given, self.values)).sum())
        if odd:
            listed = ", ".join(plain(value) for value in self.values)
            raise DataError(f"'{column}' is something else for {odd:,} of {len(given):,}", listed)
        return np.searchsorted(self.values, given)

    def condition(self, mask: np.ndarray) -> Condition:
        """The condition that takes in these pieces."""
        return Condition(tuple(Interval(value, value) for value in self.values[mask].tolist()))


@dataclass(frozen=True, eq=False)
class Axis:
    """A column's classes: pieces that no rule tells apart are one.

    Attributes
    ----------
    column : str
    domain : Domain
    classes : ndarray of int of shape (n_pieces,)
        Class of each piece.
    n : int
        Number of classes.
    """

    column: str
    domain: Domain
    classes: np.ndarray
    n: int

    def spanned(self, condition: Condition) -> np.ndarray:
        """Return the classes that a condition takes in."""
        return np.unique(self.classes[self.domain.mask(condition)])

    def condition(self, classes: tuple[int, ...]) -> Condition:
        """Return the condition that takes in these classes."""
        return self.domain.condition(np.isin(self.classes, classes))


@dataclass(frozen=True, eq=False)
class Lattice:
    """The product of the axes; a cell is a kind of customer that the rules can't tell apart."""

    axes: tuple[Axis, ...]
    rules: tuple[Rule, ...]

    @property
    def shape(self) -> tuple[int, ...]:
        """Classes per axis."""
        return tuple(axis.n for axis in self.axes)

    def taken(self, rule: Rule) -> np.ndarray:
        """Which cells a rule with conditions takes in."""
        cells = np.zeros(self.shape, dtype=bool)
        for where in rule.alternatives:
            spans = [
                axis.spanned(where[axis.column]) if axis.column in where else np.arange(axis.n)
                for axis in self.axes
            ]
            cells[np.ix_(*spans)] = True
        return cells

    def cells(self, frame: pd.DataFrame) -> np.ndarray:
        """Return each customer's cell, as a place in the flattened lattice."""
        places = [axis.classes[axis.domain.pieces(frame, axis.column)] for axis in self.axes]
        return np.ravel_multi_index(places, self.shape)

    def words(self, box: Box) -> str:
        """Say a box in words, leaving out the columns that don't matter."""
        spans = zip(self.axes, box, strict=True)
        return all_of({axis.column: axis.condition(s) for axis, s in spans if len(s) < axis.n})


def build_lattice(rules: tuple[Rule, ...], values: Mapping[str, Iterable[float]]) -> Lattice:
    """Cut the rules' columns into classes; refuse what is too large to be proven."""
    axes = tuple(_axis(rules, column, kind, values) for column, kind in kinds_of(rules).items())
    size = math.prod(axis.n for axis in axes)
    if size > MOST_CELLS:
        widest = sorted(axes, key=lambda axis: -axis.n)[:3]
        most = ", ".join(f"{axis.column} ({axis.n})" for axis in widest)
        raise StudyError(
            f"the rules tell {size:,} kinds of customer apart; most by {most}",
            f"up to {MOST_CELLS:,}, so that the proof stays exact",
            "Use fewer columns or fewer cut points",
        )
    return Lattice(axes, rules)


def boxes(cells: np.ndarray) -> list[Box]:
    """Cover the true cells by boxes that don't overlap, by as few as is simple.

    Equal slices along the first axis become one; each axis takes its turn at being the first.

    Examples
    --------
    >>> boxes(np.array([[True, True], [False, True]]))
    [((0,), (0, 1)), ((1,), (1,))]
    """
    turns = [np.moveaxis(cells, first, 0) for first in range(cells.ndim)]
    found = [[_turned(box, first) for box in _boxes(turn)] for first, turn in enumerate(turns)]
    return min(found, key=len)


def _boxes(cells: np.ndarray) -> list[Box]:
    if cells.ndim == 1:
        places = tuple(np.flatnonzero(cells).tolist())
        return [(places,)] if places else []
    same: dict[bytes, list[int]] = {}
    for place, part in enumerate(cells):
        if part.any():
            same.setdefault(part.tobytes(), []).append(place)
    return [(tuple(s), *rest) for s in same.values() for rest in _boxes(cells[s[0]])]


def _turned(box: Box, first: int) -> Box:
    moved, *rest = box
    return (*rest[:first], moved, *rest[first:])


def _axis(
    rules: tuple[Rule, ...],
    column: str,
    kind: str | None,
    values: Mapping[str, Iterable[float]],
) -> Axis:
    used = [where[column] for rule in rules for where in rule.alternatives if column in where]
    domain = _domain(used, kind, values.get(column))
    masks = np.array([domain.mask(condition) for condition in used])
    _, classes = np.unique(masks.T, axis=0, return_inverse=True)
    return Axis(column, domain, classes.ravel(), int(classes.max()) + 1)


def _domain(used: list[Condition], kind: str | None, values: Iterable[float] | None) -> Domain:
    if values is not None:
        return Listed(np.array(sorted(values), dtype="float64"))
    if kind == "number":
        ends = {end for each in used for part in each.intervals for end in (part.low, part.high)}
        return Numbers(np.array(sorted(end for end in ends if math.isfinite(end))))
    levels = dict.fromkeys(level for each in used for level in each.levels)
    return Levels(tuple(sorted(levels)), kind)
