"""What kind of column is each base, and can segments be formed from these at all?"""

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError

MIN_CUSTOMERS = 20
FEW_LEVELS = 12
"""A column with at most so many different values comes in steps."""
ATOM = 0.05
"""A value that so large a share of the rows have stands for itself: "never bought"."""
MANY_LEVELS = 50
"""A text column with more different values than this is an id or free text, not a category."""


def column_kind(column: pd.Series) -> str:
    """Return "number", "ordinal" (an ordered categorical) or "category" (text, or unordered).

    A yes/no column counts as a number, 0 or 1.

    Examples
    --------
    >>> column_kind(pd.Series(["city", "country"])), column_kind(pd.Series([True, False]))
    ('category', 'number')
    """
    if isinstance(column.dtype, pd.CategoricalDtype):
        return "ordinal" if column.dtype.ordered else "category"
    if pd.api.types.is_bool_dtype(column) or pd.api.types.is_numeric_dtype(column):
        return "number"
    if pd.api.types.is_string_dtype(column) or column.dtype == object:
        return "category"
    raise DataError(
        f"the base '{column.name}' is {column.dtype}",
        "numbers, yes/no, text or pandas categories",
        "Turn dates into days before the reference date",
    )


def check_frame(frame: pd.DataFrame) -> None:
    """Refuse a frame from which no segments can be formed."""
    if not isinstance(frame, pd.DataFrame):
        raise ParameterError(f"frame is a {type(frame).__name__}", "a pandas DataFrame of the bases")
    odd = [name for name in frame.columns if not isinstance(name, str)]
    if odd:
        raise DataError(f"a base is named {odd[0]!r}", "names that are text", "Rename the columns")
    if not frame.columns.is_unique:
        twice = frame.columns[frame.columns.duplicated()][0]
        raise DataError(f"there are two columns '{twice}'", "every base once")
    if not len(frame.columns):
        raise DataError("the frame has no columns", "one base or more")
    if len(frame) < MIN_CUSTOMERS:
        raise DataError(f"there are {len(frame):,} customers", f"{MIN_CUSTOMERS} or more")
    for name in frame:
        _check_column(frame[name], len(frame))


def _check_column(column: pd.Series, n: int) -> None:
    kind = column_kind(column)
    odd = int(missing(column).sum())
    if odd:
        raise DataError(
            f"the base '{column.name}' is missing or infinite for {odd:,} of {n:,} customers",
            "a value for every customer",
            "Take it out of the bases, or take out those customers and say so",
        )
    n_levels = column.nunique()
    if n_levels == 1:
        raise DataError(
            f"the base '{column.name}' has the same value for all {n:,} customers",
            fix="Take it out of the bases: it can't tell customers apart",
        )
    if kind == "category" and n_levels > MANY_LEVELS:
        raise DataError(
            f"the base '{column.name}' has {n_levels:,} different texts",
            f"a category of at most {MANY_LEVELS}, or a number",
            "Is it an id or a number stored as text? Convert it, group it, or take it out",
        )


def is_smooth(column: np.ndarray) -> bool:
    """Say whether a column has many values and no heavy one."""
    counts = np.unique(column, return_counts=True)[1]
    return len(counts) > FEW_LEVELS and bool(counts.max() < ATOM * len(column))


def missing(column: pd.Series) -> np.ndarray:
    """Say where a column has no usable value."""
    if column_kind(column) != "number":
        return column.isna().to_numpy()
    return ~np.isfinite(column.to_numpy(dtype="float64", na_value=np.nan))
