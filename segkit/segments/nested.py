"""Segments inside segments, or within a store, a region, a category."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segkit.errors import DataError
from segkit.segments.fit import fit_segments
from segkit.segments.segmentation import Segmentation
from segkit.shown import Shown, as_table

SMALLEST = 100
BETWEEN = " / "


@dataclass(frozen=True, eq=False, repr=False)
class NestedSegments(Shown):
    """A cut of its own within each group.

    Attributes
    ----------
    labels : pandas.Series of shape (n_customers,)
        "group / segment key"; a group that was left whole keeps its own name.
    parts : dict of str to Segmentation
        The cut of each group that was cut.
    table : pandas.DataFrame, one row per group
        `customers`, `segments` (1 where left whole), `verdict`, `stability` (of the cut put forward)
        and `left_whole` (why).
    """

    labels: pd.Series
    parts: Mapping[str, Segmentation]
    table: pd.DataFrame

    @property
    def reading(self) -> str:
        """How many groups were cut, and into how many."""
        cut = self.table[self.table["segments"] > 1]
        return (
            f"{len(cut)} of {len(self.table)} groups are cut further, into {cut['segments'].sum()} "
            f"segments in all; natural in {(cut['verdict'] == 'natural').sum()} of them."
        )

    def assign(self, frame: pd.DataFrame, within: pd.Series) -> pd.DataFrame:
        """Assign customers whose group is known, each by the frozen rule of his group.

        Returns
        -------
        pandas.DataFrame
            As `Segmentation.assign`; a group never seen gives no key and says so in the note.
        """
        keys = pd.Series(pd.NA, index=frame.index, dtype="object")
        found = pd.DataFrame({"segment_key": keys, "confidence": float("nan"), "note": ""})
        found["note"] = found["note"].astype("object")
        groups = within.reindex(frame.index).astype("object")
        for group, rows in groups.groupby(groups, dropna=False).groups.items():
            name = str(group)
            if name in self.parts:
                part = self.parts[name].assign(frame.loc[rows])
                part["segment_key"] = name + BETWEEN + part["segment_key"].astype("object")
                found.loc[rows] = part.astype({"segment_key": "object"})
            elif name in self.table.index:
                found.loc[rows, ["segment_key", "confidence"]] = [name, 1.0]
            else:
                found.loc[rows, "note"] = "group never seen"
        return found

    def _repr_html_(self) -> str:
        return as_table(self.table)


def fit_within(
    frame: pd.DataFrame,
    within: pd.Series,
    *,
    smallest: int = SMALLEST,
    only_natural: bool = False,
    **settings: Any,
) -> NestedSegments:
    """Cut customers into segments within each group.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_columns)
    within : pandas.Series
        Group of each customer: a store, a region, a category, or `Segmentation.labels` of a
        broader cut, whose segments are then cut further.
    smallest : int, default 100
        A group of fewer customers is left whole.
    only_natural : bool, default False
        Leave a group whole unless it falls into separate groups.
    **settings
        For `fit_segments`.

    Returns
    -------
    NestedSegments

    Raises
    ------
    DataError
        A customer's group isn't given.
    """
    groups = within.reindex(frame.index)
    unknown = int(groups.isna().sum())
    if unknown:
        raise DataError(f"{unknown:,} of {len(frame):,} customers are in no group", "a group for each")
    labels, parts, rows = groups.astype(str).astype("object"), {}, {}
    for group, places in labels.groupby(labels).groups.items():
        name = str(group)
        part, why = _cut(frame.loc[places], smallest, only_natural, settings)
        rows[name] = _row(len(places), part, why)
        if part is not None:
            parts[name] = part
            labels.loc[places] = name + BETWEEN + part.labels.astype("object")
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("group")
    return NestedSegments(labels.astype("category").rename("segment_key"), parts, table)


def _cut(
    frame: pd.DataFrame, smallest: int, only_natural: bool, settings: Mapping[str, Any]
) -> tuple[Segmentation | None, str]:
    if len(frame) < smallest:
        return None, f"fewer than {smallest:,} customers"
    varies = frame.loc[:, frame.nunique() > 1]
    if not varies.shape[1]:
        return None, "no base differs"
    part = fit_segments(varies, **settings)
    if only_natural and part.structure.verdict != "natural":
        return None, f"no separate groups ({part.structure.verdict})"
    return part, ""


def _row(customers: int, part: Segmentation | None, why: str) -> dict[str, Any]:
    if part is None:
        cut: dict[str, Any] = {"segments": 1, "verdict": "", "stability": float("nan")}
    else:
        structure = part.structure
        stability = structure.by_k["stability"].get(part.k, float("nan"))
        cut = {"segments": part.k, "verdict": structure.verdict, "stability": stability}
    return {"customers": customers, **cut, "left_whole": why}
