"""Odd values: counted by the rule that finds them, never pointed out one by one."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.exploration.kinds import FEW_VALUES, Column
from segkit.exploration.small import ENOUGH

COLUMNS = ["column", "rule", "customers", "why"]
FENCE = 3.0
"""Interquartile ranges beyond a quartile from which a value is far out (Tukey's outer fence)."""
SKEWED = 1.0
FEW = 0.01
HALF = 0.5
DEFAULT_DAYS = ("1900-01-01", "1970-01-01", "1899-12-30", "9999-12-31")
DECLARED = ("not plausible", "can't be read", "on or after as_of", "born after as_of")
CODES = {-1.0, -9.0, -99.0, -999.0, -9999.0}


def odd_values(column: Column, as_of: str = "") -> list[dict[str, Any]]:
    """Find a column's odd values.

    Parameters
    ----------
    column : Column
    as_of : str
        Dates on or after it are odd; empty to look away.

    Returns
    -------
    list of dict
        `column`, `rule`, `customers` (how many) and `why` it is odd. A limit that is named comes
        from the quartiles; a value is named only where 10 or more have it.

    Notes
    -----
    A value that half of all have is set aside first: the others are held against each other. Skewed
    numbers from 0 up are fenced on a log scale, since a long tail is their usual form.

    References
    ----------
    Tukey 1977, Exploratory Data Analysis: fences at 3 interquartile ranges.
    """
    filled = column.values.dropna()
    if column.kind == "date":
        found = _odd_dates(filled, as_of)
    elif column.kind == "number" and column.distinct > FEW_VALUES and len(filled) >= ENOUGH:
        found = _odd_numbers(filled)
    elif column.kind == "category":
        found = _spelt_twice(filled)
    else:
        return []
    return [
        {"column": column.name, "rule": rule, "customers": n, "why": why} for rule, n, why in found if n
    ]


Found = Iterator[tuple[str, int, str]]


def _odd_numbers(filled: pd.Series) -> Found:
    values = filled.to_numpy(dtype="float64")
    code = _codes(values)
    if code is not None:
        n = int((values == code).sum())
        what = f"the value {code:g}" if n >= MIN_CELL else "one digit repeated, or minus 1, 9 or 99"
        yield what, n, "far from all others and written like a code for no answer"
        values = values[values != code]
    below = values < 0
    if 0 < below.mean() <= FEW:
        yield "below 0", int(below.sum()), f"{1 - below.mean():.1%} are 0 or more"
    distinct, counts = np.unique(values, return_counts=True)
    if counts.max() < HALF * len(values):
        yield from _fenced(values)
        return
    common = distinct[counts.argmax()]
    others = values[values != common]
    if len(others) >= ENOUGH and len(distinct) > FEW_VALUES:
        for rule, n, why in _fenced(others):
            yield rule, n, f"{why}, those with {common:g} aside"


def _fenced(values: np.ndarray) -> Found:
    """Values beyond the outer fences, on a log scale where they are skewed."""
    is_log = bool((values >= 0).all()) and _skew(values) > SKEWED
    scaled = np.log1p(values) if is_log else values
    first, third = np.quantile(scaled, [0.25, 0.75])
    width = FENCE * (third - first)
    if width <= 0:
        return
    high, low = third + width, first - width
    top, bottom = (float(np.expm1(one)) if is_log else float(one) for one in (high, low))
    why = f"far {{}} the rest{' on a log scale' if is_log else ''}"
    yield f"above {_round(top)}", int((scaled > high).sum()), why.format("above")
    yield f"below {_round(bottom)}", int((scaled < low).sum()), why.format("below")


def _codes(values: np.ndarray) -> float | None:
    """A value at an end that is written like a code, far from the value next to it."""
    distinct = np.unique(values)
    spread = distinct[-2] - distinct[1]
    for code, beside in ((distinct[-1], distinct[-2]), (distinct[0], distinct[1])):
        if _is_code(float(code)) and abs(code - beside) > 0.25 * max(spread, 1):
            return float(code)
        if float(code) in CODES and beside >= 0:
            return float(code)
    return None


def _is_code(value: float) -> bool:
    digits = f"{abs(value):.0f}"
    return value % 1 == 0 and len(digits) >= 3 and len(set(digits)) == 1 and digits[0] != "0"


def _skew(values: np.ndarray) -> float:
    low, middle, high = np.quantile(values, [0.05, 0.5, 0.95])
    below = middle - low
    return (
        float("inf") if below <= 0 < high - middle else float((high - middle) / max(below, 1e-12) - 1)
    )


def _round(value: float) -> str:
    """A limit to three digits, so that it is no customer's own value."""
    return f"{float(f'{value:.3g}'):,.10g}"


def _odd_dates(filled: pd.Series, as_of: str) -> Found:
    days = filled.dt.strftime("%Y-%m-%d")
    is_default = days.isin(DEFAULT_DAYS)
    yield "a default day", int(is_default.sum()), f"one of {', '.join(DEFAULT_DAYS)}"
    if as_of:
        late = filled >= pd.Timestamp(as_of)
        yield f"on or after {as_of}", int(late.sum()), "after the reference date"
    early = (filled < pd.Timestamp("1900-01-01")) & ~is_default
    yield "before 1900", int(early.sum()), "no customer's date"


def _spelt_twice(filled: pd.Series) -> Found:
    """Levels that differ in case or blanks alone: customers in all but the commonest spelling."""
    times = filled.astype("str").value_counts()
    plain = times.index.str.casefold().str.replace(r"\s+", " ", regex=True)
    groups = times.groupby(plain)
    again = groups.sum()[groups.size() > 1] - groups.max()[groups.size() > 1]
    yield (
        "another spelling",
        int(again.sum()),
        "the level differs from a commoner one in case or blanks",
    )


def declared_odd(reasons: pd.DataFrame) -> list[dict[str, Any]]:
    """Values that the study itself doesn't believe, and which are missing for that."""
    why = "study.yaml doesn't believe it; it counts as missing"
    odd = reasons[reasons["reason"].str.startswith(DECLARED)]
    return [
        {"column": row.column, "rule": row.reason, "customers": row.customers, "why": why}
        for row in odd.itertuples()
    ]


def odd_table(found: list[dict[str, Any]]) -> pd.DataFrame:
    """All odd values as a table, most customers first within a column."""
    return pd.DataFrame(found, columns=COLUMNS).astype({"customers": "int64"})
