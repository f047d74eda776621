"""A condition on one column: which values it takes in, in words, as SQL and on a frame."""

import math
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.plain import one_of
from segkit.segments.rules import sqltext

KINDS = {"number": "numbers", "text": "text", "truth": "true or false"}
INFERRED = {
    "string": "text",
    "boolean": "truth",
    **dict.fromkeys(("integer", "floating", "mixed-integer-float", "decimal"), "number"),
}
GROUPED_FROM = 10_000
"""Numbers from here on are written with thousands separators; years aren't."""


@dataclass(frozen=True)
class Interval:
    """Numbers between two ends, each open (exclusive) or not.

    Examples
    --------
    >>> Interval(25, 35).words, Interval(low=35, low_open=True).words, Interval(3, 3).words
    ('from 25 to 35', 'above 35', 'is 3')
    """

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def is_point(self) -> bool:
        """One number only."""
        return self.low == self.high

    @property
    def is_empty(self) -> bool:
        """No number at all."""
        is_open = self.low_open or self.high_open
        return self.low > self.high or (self.is_point and is_open)

    @property
    def words(self) -> str:
        """Say it as it follows a column's name."""
        if self.is_point:
            return f"is {plain(self.low)}"
        low = f"{'above' if self.low_open else 'from'} {plain(self.low)}"
        high = f"{'below' if self.high_open else 'at most'} {plain(self.high)}"
        if math.isinf(self.low):
            return "is known" if math.isinf(self.high) else high
        if math.isinf(self.high):
            return low
        is_closed = not (self.low_open or self.high_open)
        return f"{low} to {plain(self.high)}" if is_closed else f"{low} and {high}"

    def sql(self, column: str) -> str:
        """Say it as SQL on an already quoted column."""
        ends = [] if math.isinf(self.low) else [(">" if self.low_open else ">=", self.low)]
        ends += [] if math.isinf(self.high) else [("<" if self.high_open else "<=", self.high)]
        parts = [f"{column} {sign} {sqltext.number(end)}" for sign, end in ends]
        return " AND ".join(parts) or f"{column} IS NOT NULL"

    def holds(self, values: np.ndarray) -> np.ndarray:
        """Tell which numbers lie inside; NaN doesn't."""
        above = values > self.low if self.low_open else values >= self.low
        below = values < self.high if self.high_open else values <= self.high
        return above & below

    def narrowed(self, other: "Interval") -> "Interval":
        """What lies in both."""
        low, low_open = max((self.low, self.low_open), (other.low, other.low_open))
        high, high_closed = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low, high, low_open, not high_closed)


@dataclass(frozen=True)
class Condition:
    """The values of one column that are taken in.

    Attributes
    ----------
    intervals : tuple of Interval
        For numbers; apart from each other and in order.
    levels : tuple of str or of bool
        For text, or for true and false.
    others : bool
        The known values outside `levels`, instead of those inside.
    missing : bool
        Also where the value is missing.
    """

    intervals: tuple[Interval, ...] = ()
    levels: tuple[str | bool, ...] = ()
    others: bool = False
    missing: bool = False

    @property
    def kind(self) -> str | None:
        """What the column has to hold; None where any kind will do."""
        if self.intervals:
            return "number"
        if self.levels:
            return "truth" if isinstance(self.levels[0], bool) else "text"
        return None

    @property
    def is_empty(self) -> bool:
        """Nothing is taken in."""
        return not (self.intervals or self.levels or self.others or self.missing)

    def words(self, column: str) -> str:
        """Say it in words, exactly.

        Examples
        --------
        >>> Condition(levels=("city", "suburb"), missing=True).words("area")
        'area is city or suburb or missing'
        >>> Condition(levels=("city",), others=True, missing=True).words("area")
        'area is not city'
        >>> Condition(intervals=(Interval(high=25, high_open=True), Interval(low=35))).words("age")
        'age below 25 or from 35'
        """
        if self.others:
            return f"{column} {self._words_of_others()}"
        points = [plain(part.low) for part in self.intervals if part.is_point]
        named = points or [_level(level) for level in self.levels]
        stretches = [part.words for part in self.intervals if not part.is_point]
        parts = stretches + ([f"is {one_of(named)}"] if named else [])
        missing = [("missing" if parts else "is missing")] if self.missing else []
        return f"{column} {' or '.join([*parts, *missing])}"

    def _words_of_others(self) -> str:
        if not self.levels:
            return "is known"
        names = [_level(level) for level in self.levels]
        denied = f"not {names[0]}" if len(names) == 1 else f"none of {', '.join(names)}"
        return f"is {denied}" if self.missing else f"is known and {denied}"

    def sql(self, column: str) -> str:
        """Say it as SQL on the column as `sqltext.typed` selects it.

        Examples
        --------
        >>> print(Condition(levels=("city",), others=True, missing=True).sql("area"))
        ("area" IS NULL OR "area" <> 'city')
        """
        name = sqltext.quoted(column)
        points = [sqltext.number(part.low) for part in self.intervals if part.is_point]
        levels = [sqltext.truth(v) if isinstance(v, bool) else sqltext.text(v) for v in self.levels]
        parts = [f"{name} IS NULL"] if self.missing else []
        parts += [part.sql(name) for part in self.intervals if not part.is_point]
        if points or levels:
            parts.append(sqltext.among(name, points or levels, self.others))
        elif self.others:
            parts.append(f"{name} IS NOT NULL")
        return sqltext.either(parts or ["FALSE"])

    def holds(self, values: np.ndarray | pd.Series) -> np.ndarray:
        """Tell which values are taken in; `values` as `column_values` returns them."""
        is_missing = np.asarray(pd.isna(values))
        if self.intervals:
            inside = np.any([part.holds(np.asarray(values)) for part in self.intervals], axis=0)
        elif self.levels:
            inside = np.asarray(pd.Series(values).isin(self.levels)) ^ self.others
        else:
            inside = np.full(len(values), self.others)
        return (inside & ~is_missing) | (is_missing & self.missing)

    def narrowed(self, other: "Condition") -> "Condition":
        """What both take in."""
        missing = self.missing and other.missing
        if self.intervals and other.intervals:
            both = [one.narrowed(two) for one, two in product(self.intervals, other.intervals)]
            return Condition(tuple(part for part in both if not part.is_empty), missing=missing)
        if self.intervals or other.intervals:
            with_numbers, rest = (self, other) if self.intervals else (other, self)
            return Condition(with_numbers.intervals if rest.others else (), missing=missing)
        levels, others = _both_levels(self, other)
        return Condition(levels=levels, others=others, missing=missing)


def _both_levels(one: Condition, two: Condition) -> tuple[tuple[str | bool, ...], bool]:
    if one.others and two.others:
        return tuple(dict.fromkeys((*one.levels, *two.levels))), True
    if one.others or two.others:
        denied, named = (one, two) if one.others else (two, one)
        return tuple(level for level in named.levels if level not in denied.levels), False
    return tuple(level for level in one.levels if level in two.levels), False


def plain(value: float) -> str:
    """A number as a reader writes it, with every digit.

    Examples
    --------
    >>> plain(2024.0), plain(40000.0), plain(0.25)
    ('2024', '40,000', '0.25')
    """
    exact = int(value) if float(value).is_integer() else float(value)
    return f"{exact:,}" if abs(value) >= GROUPED_FROM else str(exact)


def _level(level: str | bool) -> str:
    return str(level).lower() if isinstance(level, bool) else level


def column_values(frame: pd.DataFrame, column: str, kind: str | None) -> np.ndarray | pd.Series:
    """Return a column in the kind that a rule compares it with.

    Parameters
    ----------
    frame : pandas.DataFrame
    column : str
    kind : {"number", "text", "truth"} or None

    Returns
    -------
    numpy.ndarray of float64 (NaN where missing), or pandas.Series
        Of length n_customers.

    Raises
    ------
    DataError
        The column is absent, there twice, or of another kind.
    """
    found = int((frame.columns == column).sum())
    if found != 1:
        arrived = f"the frame has {found or 'no'} column{'s'[: found > 1]} '{column}'"
        raise DataError(arrived, fix="" if found else nearest(column, frame.columns))
    values = frame[column]
    actual = kind_of(values)
    if kind is not None and actual not in (kind, None):
        raise DataError(
            f"the column '{column}' holds {KINDS.get(str(actual), str(values.dtype))}",
            f"{KINDS[kind]}, which the rules compare it with",
            "Change the rule or convert the column; in YAML, text that looks like a number or like "
            "yes or no needs quotes",
        )
    if kind != "number":
        return values
    if actual is None:
        return np.full(len(values), np.nan)
    return values.to_numpy("float64", na_value=np.nan)


def kind_of(values: pd.Series) -> str | None:
    """Tell "number", "text", "truth" and "other" apart; None for a column without any value."""
    if values.isna().all():
        return None
    held: Any = values.cat.categories if isinstance(values.dtype, pd.CategoricalDtype) else values
    if pd.api.types.is_numeric_dtype(held) and not pd.api.types.is_bool_dtype(held):
        return "other" if pd.api.types.is_complex_dtype(held) else "number"
    return INFERRED.get(pd.api.types.infer_dtype(held, skipna=True), "other")
