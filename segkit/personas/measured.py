"""Sizes, effects and levels of segments, as tables."""

from collections.abc import Callable, Collection, Mapping
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL, in_tens, is_dominated
from segkit.personas.effects import Range
from segkit.personas.measures import NO_RANGE, Measures
from segkit.personas.smallcells import MIN_ROUNDED, made_by_few, shares_in_tens, tell_of_few

EFFECT_COLUMNS = [
    "statistic", "value", "low", "high", "overall", "delta", "delta_low", "delta_high", "smd", "n",
]  # fmt: skip
LEVEL_COLUMNS = ["share", "overall", "difference", "low", "high", "n"]


def sizes_of(labels: pd.Series, revenue: pd.Series | None, measures: Measures) -> pd.DataFrame:
    """How many customers are in each segment, and what share; see `Profile.sizes`."""
    rows = {}
    for key in labels.cat.categories:
        inside = (labels == key).to_numpy()
        share = measures.share(inside)
        rows[key] = {"customers": int(inside.sum())} | _named("share", share)
        sample = measures.among(inside).sample()
        rows[key] |= sample._asdict() if sample else {}
        if revenue is not None:
            part = measures.part_of_total(revenue.to_numpy(), inside)
            rows[key] |= _named("revenue_share", part)
    sizes = pd.DataFrame.from_dict(rows, orient="index").rename_axis("segment_key")
    if revenue is None:
        most = "share" if measures.columns else "customers"
        return sizes.sort_values(most, ascending=False, kind="stable")
    sizes = sizes.sort_values("revenue_share", ascending=False, kind="stable")
    amounts = pd.Series(measures.scaled(revenue.to_numpy()), index=revenue.index)
    sizes.loc[_dominated(labels, amounts, sizes), list(_named("revenue_share", NO_RANGE))] = np.nan
    return sizes


def _dominated(labels: pd.Series, revenue: pd.Series, sizes: pd.DataFrame) -> pd.Series:
    """Segments whose money is one customer's or two's; with one such, the next smallest as well."""
    amounts = {key: revenue[(labels == key).to_numpy()].dropna().to_numpy() for key in sizes.index}
    hidden = pd.Series({key: is_dominated(values) for key, values in amounts.items()})
    if hidden.sum() == 1 and len(hidden) > 1:
        hidden[sizes.loc[~hidden, "revenue_share"].idxmin()] = True
    return hidden


def _named(name: str, figure: Range) -> dict[str, float]:
    return {name: figure.value, f"{name}_low": figure.low, f"{name}_high": figure.high}


class _Column(NamedTuple):
    """One number of all customers who have it."""

    has: np.ndarray
    values: np.ndarray
    measures: Measures
    statistic: str
    typical: Callable[[Measures, np.ndarray], Range]
    overall: float
    hidden: Collection[str] = ()
    """Segments in which it would tell of a few."""


def effects_of(
    numeric: pd.DataFrame, labels: pd.Series, known: pd.DataFrame, measures: Measures
) -> pd.DataFrame:
    """Each number here, among all and against the rest; see `Profile.effects`."""
    numbers, rounded = shares_in_tens(numeric, labels, known["of"])
    columns = {
        name: _guarded(_column(column, known.loc[name], measures), labels, name in rounded)
        for name, column in numbers.items()
    }
    rows = {
        (key, name): _effect(column, key, (labels == key).to_numpy()[column.has])
        for key in labels.cat.categories
        for name, column in columns.items()
    }
    index = pd.MultiIndex.from_tuples(rows, names=["segment_key", "variable"])
    names = [*EFFECT_COLUMNS, *measures.columns]
    return pd.DataFrame(list(rows.values()), index=index, columns=names)


def _column(column: pd.Series, about: pd.Series, measures: Measures) -> _Column:
    """The statistic that stands for a column, and how it and its range are computed."""
    has = column.notna().to_numpy()
    values, known = column.to_numpy(dtype="float64")[has], measures.among(has)
    if about["kind"] in {"yes_no", "level"}:
        return _Column(has, values, known, "mean", _share, _share(known, values).value)
    if about["unit"] != "share":
        middle = _median(known, values).value
        if middle != 0 or about["levels"]:
            return _Column(has, values, known, "median", _median, middle)
    return _Column(has, values, known, "mean", _mean, _mean(known, values).value)


def _guarded(column: _Column, labels: pd.Series, is_in_tens: bool) -> _Column:
    """The column with the segments in which it is kept back."""
    own = labels[column.has]
    if is_in_tens:
        few = own.value_counts() < MIN_ROUNDED
    elif column.statistic == "mean":
        few = made_by_few(column.values, own)
    else:
        return column
    overall = np.nan if few.all() else column.overall
    return column._replace(hidden=frozenset(few.index[few]), overall=overall)


def _share(by: Measures, held: np.ndarray) -> Range:
    return by.share(held)


def _median(by: Measures, numbers: np.ndarray) -> Range:
    return by.median(numbers)


def _mean(by: Measures, numbers: np.ndarray) -> Range:
    return by.mean(numbers)


def _effect(column: _Column, key: str, inside: np.ndarray) -> tuple[Any, ...]:
    n, here = int(inside.sum()), column.measures.among(inside)
    if n < MIN_CELL or key in column.hidden:
        known = {"statistic": column.statistic, "overall": column.overall, "n": n}
        return tuple(known.get(name, np.nan) for name in [*EFFECT_COLUMNS, *here.columns])
    value = column.typical(here, column.values[inside])
    delta = column.measures.delta(column.values, inside)
    smd = column.measures.standardised(column.values, inside)
    return (column.statistic, *value, column.overall, *delta, smd, n, *(here.sample() or ()))


def levels_of(text: Mapping[str, pd.Series], labels: pd.Series, measures: Measures) -> pd.DataFrame:
    """Each level of the text descriptors here, among all and against the rest; `Profile.levels`."""
    rows = {}
    for name, column in text.items():
        known = column.notna()
        of_known, level_of = measures.among(known.to_numpy()), column[known].astype(str)
        groups = labels[known].to_numpy()
        is_in_tens = tell_of_few(pd.crosstab(level_of.to_numpy(), groups))
        for level in sorted(level_of.unique()):
            has = (level_of == level).to_numpy()
            told = in_tens(has, groups) if is_in_tens else has
            for key in labels.cat.categories:
                if not _is_small(has, inside := groups == key):
                    rows[key, name, level] = _level(told, inside, of_known)
    index = pd.MultiIndex.from_tuples(rows, names=["segment_key", "variable", "level"])
    columns = [*LEVEL_COLUMNS, *measures.columns]
    return pd.DataFrame(list(rows.values()), index=index, columns=columns)


def _is_small(has: np.ndarray, inside: np.ndarray) -> bool:
    cells = (has & inside, has & ~inside, inside & ~has)
    return bool(min(cell.sum() for cell in cells) < MIN_CELL)


def _level(has: np.ndarray, inside: np.ndarray, measures: Measures) -> tuple[float, ...]:
    here, overall = measures.among(inside), measures.share(has).value
    share = here.share(has[inside]).value
    return (share, overall, *measures.gap(has, inside), int(inside.sum()), *(here.sample() or ()))
