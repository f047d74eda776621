"""Customers with any kinds of bases -> points between which a distance means something."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.segments.estimators.famd import FAMD
from segkit.segments.estimators.unskew import Unskew
from segkit.segments.kinds import column_kind, missing

COMMON_SCALE = 12
"""Columns that all take the same few values, at most so many, keep their common scale."""


@dataclass(frozen=True, eq=False)
class Space:
    """How a frame of bases becomes a matrix: learnt once, then frozen.

    Attributes
    ----------
    form : {"scaled", "famd", "coded"}
        Scaled: numbers, straightened and standardised. FAMD: scores of numbers and categories
        together. Coded: scaled numbers, then the categories' codes.
    columns : tuple of str
        Numbers first, then categories, each in alphabetical order.
    kinds : tuple of {"number", "ordinal", "category"}
    levels : dict of str to tuple of str
        Of categories and ordinals; the place in the tuple is the code.
    low, high : ndarray of shape (n_numbers,)
        Range seen.
    unskew : Unskew
    mean, scale : ndarray of shape (n_numbers,)
    famd : FAMD or None

    Notes
    -----
    Policy for new customers, the same for every method. A number outside the range seen is moved to
    its nearer end; a category never seen counts as no level; both are told in `notes`. A missing
    value is never filled, nor is an ordered level never seen put into the order: that customer isn't
    assigned, and `notes` says why.
    """

    form: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    levels: Mapping[str, tuple[str, ...]]
    low: np.ndarray
    high: np.ndarray
    unskew: Unskew
    mean: np.ndarray
    scale: np.ndarray
    famd: FAMD | None = None

    @property
    def numbers(self) -> list[str]:
        """Columns that are numbers, or ordered levels counted from 0."""
        return [name for name, kind in zip(self.columns, self.kinds, strict=True) if kind != "category"]

    @property
    def categories(self) -> list[str]:
        """Columns that are categories."""
        return [name for name, kind in zip(self.columns, self.kinds, strict=True) if kind == "category"]

    @property
    def axes(self) -> tuple[str, ...]:
        """What the columns of the matrix are called."""
        if self.famd is None:
            return self.columns
        return tuple(f"component {1 + number}" for number in range(len(self.famd.components_)))

    def transform(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the matrix of shape (n_customers, n_axes); the frame holds no missing base."""
        return self.of_codes(self.coded(frame))

    def coded(self, frame: pd.DataFrame) -> np.ndarray:
        """Return the numbers in their own units, clipped to the range seen, then category codes."""
        self._check(frame)
        numbers = np.column_stack([self._numeric(frame[name]) for name in self.numbers] or [frame[[]]])
        codes = [self._codes(frame[name]).astype("float64") for name in self.categories]
        return np.column_stack([np.clip(numbers, self.low, self.high), *codes])

    def of_codes(self, coded: np.ndarray) -> np.ndarray:
        """Return the matrix for rows that `coded` made."""
        width = len(self.numbers)
        numbers = self.scaled(coded[:, :width])
        if self.form == "scaled":
            return numbers
        joined = np.column_stack([numbers, coded[:, width:]])
        return joined if self.famd is None else self.famd.transform(joined)

    def scaled(self, numbers: np.ndarray) -> np.ndarray:
        """Return the numbers, straightened and on one scale."""
        if not numbers.shape[1]:
            return numbers
        return (self.unskew.transform(numbers) - self.mean) / self.scale

    def notes(self, frame: pd.DataFrame) -> pd.Series:
        """Say what is odd about each customer's bases; empty where nothing is."""
        self._check(frame)
        notes = pd.Series("", index=frame.index, dtype="object")
        for name in sorted(self.columns):
            empty = missing(frame[name])
            unknown = self._is_unknown(frame[name]) & ~empty
            outside = self._is_outside(frame[name]) & ~empty & ~unknown
            for where, said in (
                (empty, "missing"),
                (unknown, "never seen"),
                (outside, "outside the range seen"),
            ):
                notes[where] = notes[where] + f"; {said}: {name}"
        return notes.str.removeprefix("; ")

    def lacks_a_base(self, frame: pd.DataFrame) -> np.ndarray:
        """Say which customers have no value in one of the bases, or none that has a place in it."""
        self._check(frame)
        odd = [self._is_unknown(frame[name]) for name in self.numbers]
        return np.any([*(missing(frame[name]) for name in self.columns), *odd], axis=0)

    def _is_unknown(self, column: pd.Series) -> np.ndarray:
        if column.name not in self.levels:
            return np.zeros(len(column), dtype=bool)
        return self._codes(column) < 0

    def _is_outside(self, column: pd.Series) -> np.ndarray:
        if column.name not in self.numbers:
            return np.zeros(len(column), dtype=bool)
        values, position = self._numeric(column), self.numbers.index(str(column.name))
        return (values < self.low[position]) | (values > self.high[position])

    def _numeric(self, column: pd.Series) -> np.ndarray:
        if column.name in self.levels:
            return self._codes(column).astype("float64")
        return column.to_numpy(dtype="float64", na_value=np.nan)

    def _codes(self, column: pd.Series) -> np.ndarray:
        return pd.Index(self.levels[str(column.name)]).get_indexer(column.astype("object").map(str))

    def _check(self, frame: pd.DataFrame) -> None:
        for name, kind in zip(self.columns, self.kinds, strict=True):
            if name not in frame:
                raise DataError(f"the frame has no column '{name}'", fix=nearest(name, frame.columns))
            if kind == "number" and column_kind(frame[name]) != "number":
                raise DataError(f"the base '{name}' is {frame[name].dtype}", "numbers, as in the fit")


def fit_space(frame: pd.DataFrame, form: str | None = None) -> tuple[Space, np.ndarray]:
    """Learn the space of some bases; return it with their coded rows in an order of their own.

    Parameters
    ----------
    frame : pandas.DataFrame
        Bases that `check_frame` accepts.
    form : str, optional
        By default "scaled" for numbers and "famd" where there are categories.

    Returns
    -------
    Space
    ndarray of shape (n_customers, n_columns)
        What `Space.of_codes` takes. Rows are sorted by their values and columns by name, so that a
        fit with a seed doesn't depend on the order in which customers or columns arrive.
    """
    kinds = {str(name): column_kind(frame[name]) for name in sorted(frame.columns)}
    numbers = [name for name, kind in kinds.items() if kind != "category"]
    categories = [name for name, kind in kinds.items() if kind == "category"]
    columns = (*numbers, *categories)
    plain: dict[str, Any] = {
        "columns": columns,
        "kinds": tuple(kinds[name] for name in columns),
        "levels": {name: _levels(frame[name]) for name in columns if kinds[name] != "number"},
    }
    whole = np.full(len(numbers), np.inf)
    raw = Space("coded", **plain, low=-whole, high=whole, unskew=Unskew(), mean=whole, scale=whole)
    coded = raw.coded(frame)
    coded = coded[np.lexsort(coded.T)]
    return _learn(coded, form or ("famd" if categories else "scaled"), plain, len(numbers)), coded


def bare_space(columns: tuple[str, ...]) -> Space:
    """Return a space that names its columns and has learnt nothing: rules measure no distances."""
    none = np.empty(0)
    kinds = ("number",) * len(columns)
    return Space("coded", columns, kinds, {}, none, none, Unskew(), none, none)


def _learn(coded: np.ndarray, form: str, plain: dict[str, Any], width: int) -> Space:
    numbers = coded[:, :width]
    keeps_scale = form == "scaled" and share_a_scale(numbers)
    unskew = Unskew(limit=np.inf) if keeps_scale else Unskew()
    mean, scale = np.zeros(width), np.ones(width)
    if width:
        straight = unskew.fit_transform(numbers)
        mean = straight.mean(axis=0)
        scale = scale if keeps_scale else straight.std(axis=0)
    low, high = (numbers.min(axis=0), numbers.max(axis=0)) if width else (mean, mean)
    space = Space(form, **plain, low=low, high=high, unskew=unskew, mean=mean, scale=scale)
    if form != "famd":
        return space
    famd = FAMD(categorical=list(range(width, coded.shape[1])))
    joined = Space(**{**vars(space), "form": "coded"}).of_codes(coded)
    return Space(**{**vars(space), "famd": famd.fit(joined)})


def share_a_scale(numbers: np.ndarray) -> bool:
    """Say whether all columns take the same few values: yes/no answers, or one rating scale.

    Such columns are measured in one unit already; dividing each by its spread would let the rarest
    answer weigh most (Dolnicar, Gruen & Leisch 2018).
    """
    values = np.unique(numbers)
    if len(values) > COMMON_SCALE or numbers.shape[1] < 2:
        return False
    ends = (numbers.min(axis=0), numbers.max(axis=0))
    return bool((ends[0] == values[0]).all() and (ends[1] == values[-1]).all())


def _levels(column: pd.Series) -> tuple[str, ...]:
    if column_kind(column) == "ordinal":
        return tuple(str(level) for level in column.cat.categories)
    return tuple(sorted(column.astype("object").map(str).unique()))
