"""What sets each segment apart: effects against all other customers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.disclosure import MIN_CELL, is_dominated, withheld
from segkit.errors import DataError
from segkit.personas.columns import numeric_view, small_merged
from segkit.personas.drivers import between_share, by_basis
from segkit.personas.effects import (
    Range,
    cliffs_delta,
    difference_of_shares,
    mean_range,
    median_range,
    share_of_total,
    standardised_difference,
    wilson,
)
from segkit.segments.segmentation import Segmentation
from segkit.shown import Shown

MOST_LEVELS = 3
"""Of a category, the matrix shows so many levels: those that differ most."""
NO_RANGE = Range(np.nan, np.nan, np.nan)
NUMERIC_COLUMNS = [
    "statistic", "value", "low", "high", "overall", "delta", "delta_low", "delta_high", "smd", "n",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Profile(Shown):
    """How segments differ.

    Attributes
    ----------
    sizes : pandas.DataFrame, one row per segment
        `customers`, `share` with `share_low`, `share_high` (Wilson); with a revenue column also
        `revenue_share` with its range over customers. Most revenue first, else most customers. The
        revenue share is missing where one customer makes up more than half of it, or two more than
        three quarters, and where it would give such a one away.
    effects : pandas.DataFrame, indexed by segment_key and variable
        For every number, ordered category and level of a category that forms segments: `value` with
        `low` and `high` (`statistic` says which: the median; the mean for shares, and where the
        median of all customers is 0), `overall` for all customers, `delta` (Cliff's delta against
        the rest, -1 to 1) with its 95 % range, `smd` (standardised mean difference), `n` customers
        with a value, `is_base`. Missing where fewer than 10 customers have a value.
    levels : pandas.DataFrame, indexed by segment_key, variable and level
        For every text descriptor: `share` here, `overall`, `difference` from the rest with its
        range (Newcombe), `n`. Levels of fewer than 10 customers are merged; what is still below 10
        in a segment or outside is suppressed.
    dictionary : pandas.DataFrame
        What each row of `effects` is; see `segkit.personas.columns.numeric_view`.
    labels : dict of str to str
        What the text descriptors are called.
    others : dict of str to str
        What the merged levels of a text descriptor are called, with how many they are.
    between : pandas.Series
        Share of each base's variation that lies between the segments, 0 to 1.
    described : tuple of str
        Rows of `effects` that were given as descriptors.
    segments : Segmentation
    """

    sizes: pd.DataFrame
    effects: pd.DataFrame
    levels: pd.DataFrame
    dictionary: pd.DataFrame
    labels: Mapping[str, str]
    others: Mapping[str, str]
    between: pd.Series
    described: tuple[str, ...]
    segments: Segmentation = field(repr=False)

    @property
    def keys(self) -> list[str]:
        """Segment keys in the order of `sizes`."""
        return list(self.sizes.index)

    @property
    def withheld(self) -> pd.Series:
        """Whether a report keeps a segment's size back: under 10 customers, or it tells of them."""
        return withheld(self.sizes["customers"])

    @property
    def shown_sizes(self) -> pd.DataFrame:
        """`sizes` as others may see them: small segments, and what gives them away, are left blank."""
        return self.sizes.round(3).astype("object").mask(self.withheld, "")

    @property
    def matrix(self) -> pd.DataFrame:
        """Cliff's delta of the bases, one row per base and one column per segment.

        Of a category the three levels that differ most, each with its difference in share.
        """
        table = self.effects.loc[self.effects["is_base"], "delta"].unstack("segment_key")
        return table.loc[self.drawn, self.keys].rename(index=self.dictionary["label"])

    @property
    def drawn(self) -> list[str]:
        """Variables of `matrix`, those that differ most over the segments first."""
        table = self.effects.loc[self.effects["is_base"], "delta"].unstack("segment_key")
        strength = table.abs().mean(axis=1).sort_values(ascending=False)
        most = table.abs().max(axis=1).sort_values(ascending=False, kind="stable")
        place = most.groupby(self.dictionary.loc[most.index, "of"]).cumcount()
        return [str(name) for name in strength.index if place[name] < MOST_LEVELS]

    @property
    def by_basis(self) -> pd.DataFrame:
        """Which bases of segmentation drive the segments; see `segkit.personas.drivers.by_basis`."""
        basis = self.dictionary.drop_duplicates("of").set_index("of")["basis"]
        return by_basis(self.between, basis)

    @property
    def reading(self) -> str:
        """The base that tells the segments apart most, and the one that does so least."""
        strength = self.matrix.abs().mean(axis=1)
        said = (
            f"{len(self.sizes)} segments differ most in {strength.index[0]} (mean size of Cliff's "
            f"delta {strength.iloc[0]:.2f}) and least in {strength.index[-1]} "
            f"({strength.iloc[-1]:.2f})."
        )
        drivers = self.by_basis
        if len(drivers) < 2:
            return said
        shares = ", ".join(f"{row.share:.0%} {basis}" for basis, row in drivers.iterrows())
        return f"{said} Of what differs between them {shares}."

    def plot(self, ax: Any = None) -> Any:
        """Draw the effects of the bases, a panel per segment; see `segkit.figures.effects`."""
        from segkit import figures

        return figures.effects(self.matrix, ax=ax)

    def _repr_html_(self) -> str:
        sizes = self.shown_sizes.to_html(float_format="{:.2f}".format, border=0)
        return sizes + self.matrix.to_html(float_format="{:+.2f}".format, border=0)


def profile_segments(
    segments: Segmentation,
    frame: pd.DataFrame,
    descriptors: pd.DataFrame | None = None,
    *,
    dictionary: pd.DataFrame | None = None,
) -> Profile:
    """Measure what sets each segment apart from all other customers.

    Parameters
    ----------
    segments : Segmentation
    frame : pandas.DataFrame
        Columns for the same customers, numbers, ordered categories or text: bases and others. A
        column `revenue` gives the segments' shares of revenue.
    descriptors : pandas.DataFrame, optional
        More columns that only describe.
    dictionary : pandas.DataFrame, optional
        `label`, `unit`, `role`, ... by column, as `Features.dictionary`.

    Returns
    -------
    Profile

    Raises
    ------
    DataError
        The frame doesn't hold the segments' customers.

    Notes
    -----
    No p-value is computed: on the bases it would be invalid (the segments were cut along them; Gao,
    Bien & Witten 2022).
    """
    labels = segments.labels
    if not labels.index.isin(frame.index).all():
        raise DataError("the frame lacks customers of the segments", "the frame they were cut from")
    frame = frame.loc[labels.index]
    new = frame.iloc[:, :0] if descriptors is None else descriptors
    columns = frame.join(new.drop(columns=frame.columns, errors="ignore"))
    bases = [name for name in segments.model.columns if name in columns]
    numeric, known, text = numeric_view(columns, bases, dictionary)
    told = {str(name): small_merged(column) for name, column in text.items()}
    sizes = _sizes(labels, numeric.get("revenue") if _is_money(known) else None)
    is_base = known["of"].isin(bases).to_numpy()
    return Profile(
        sizes=sizes,
        effects=_effects(numeric, labels, known).assign(is_base=np.tile(is_base, len(sizes))),
        levels=_levels({name: merged for name, (merged, _) in told.items()}, labels),
        dictionary=known,
        labels=_labels(text, dictionary),
        others={name: other for name, (_, other) in told.items() if other},
        between=pd.Series(
            {name: between_share(columns[name], labels) for name in bases}, dtype="float64"
        ),
        described=tuple(known.index[known["of"].isin(new.columns)]),
        segments=segments,
    )


def _is_money(known: pd.DataFrame) -> bool:
    return "revenue" in known.index and known.at["revenue", "unit"] in {"", "money"}


def _labels(text: pd.DataFrame, dictionary: pd.DataFrame | None) -> dict[str, str]:
    named = {} if dictionary is None else dictionary["label"].to_dict()
    return {str(name): str(named.get(name, str(name).replace("_", " "))) for name in text}


def _sizes(labels: pd.Series, revenue: pd.Series | None) -> pd.DataFrame:
    rows = {}
    for key in labels.cat.categories:
        inside = (labels == key).to_numpy()
        share = wilson(inside.sum(), len(labels))
        rows[key] = {"customers": int(inside.sum())} | _named("share", share)
        if revenue is not None:
            rows[key] |= _named("revenue_share", share_of_total(revenue.to_numpy(), inside))
    sizes = pd.DataFrame.from_dict(rows, orient="index").rename_axis("segment_key")
    if revenue is None:
        return sizes.sort_values("customers", ascending=False, kind="stable")
    sizes = sizes.sort_values("revenue_share", ascending=False, kind="stable")
    sizes.loc[_dominated(labels, revenue, sizes), list(_named("revenue_share", NO_RANGE))] = np.nan
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


def _effects(numeric: pd.DataFrame, labels: pd.Series, known: pd.DataFrame) -> pd.DataFrame:
    rows = {}
    for key in labels.cat.categories:
        for name, column in numeric.items():
            has = column.notna().to_numpy()
            values = column.to_numpy(dtype="float64")[has]
            inside = (labels == key).to_numpy()[has]
            statistic, typical = _typical(values, known.loc[name])
            rows[key, name] = _effect(values, inside, statistic, typical)
    index = pd.MultiIndex.from_tuples(rows, names=["segment_key", "variable"])
    return pd.DataFrame(list(rows.values()), index=index, columns=NUMERIC_COLUMNS)


def _typical(values: np.ndarray, about: pd.Series) -> tuple[str, Callable[[np.ndarray], Range]]:
    """The statistic that stands for a column, and how it and its range are computed."""
    if about["kind"] in {"yes_no", "level"}:
        return "mean", lambda inside: wilson(inside.sum(), len(inside))
    if about["unit"] == "share" or (len(values) and np.median(values) == 0 and not about["levels"]):
        return "mean", mean_range
    return "median", median_range


def _effect(
    values: np.ndarray,
    inside: np.ndarray,
    statistic: str,
    typical: Callable[[np.ndarray], Range],
) -> tuple[Any, ...]:
    n = int(inside.sum())
    if n < MIN_CELL:
        return (np.nan,) * (len(NUMERIC_COLUMNS) - 1) + (n,)
    delta = cliffs_delta(values, inside)
    smd = standardised_difference(values, inside)
    return (statistic, *typical(values[inside]), typical(values).value, *delta, smd, n)


def _levels(text: Mapping[str, pd.Series], labels: pd.Series) -> pd.DataFrame:
    names = ["share", "overall", "difference", "low", "high", "n"]
    rows = {}
    for name, column in text.items():
        known = column.notna()
        for level in sorted(column[known].astype(str).unique()):
            has = (column[known].astype(str) == level).to_numpy()
            for key in labels.cat.categories:
                inside = (labels[known] == key).to_numpy()
                rows[key, name, level] = _level(has, inside)
    index = pd.MultiIndex.from_tuples(rows, names=["segment_key", "variable", "level"])
    return pd.DataFrame(list(rows.values()), index=index, columns=names).dropna()


def _level(has: np.ndarray, inside: np.ndarray) -> tuple[float, ...]:
    n, count, elsewhere = int(inside.sum()), int((has & inside).sum()), int((has & ~inside).sum())
    if min(count, elsewhere, n - count) < MIN_CELL:
        return (np.nan,) * 6
    gap = difference_of_shares(count, n, elsewhere, len(inside) - n)
    return (count / n, float(has.mean()), *gap, n)
