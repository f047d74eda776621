"""Segments that keep who they are from one run to the next."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from segkit.errors import ParameterError
from segkit.segments.keys import segment_profiles, trait_table
from segkit.segments.model import NOISE_KEY
from segkit.segments.segmentation import Segmentation
from segkit.segments.stability import overlap
from segkit.shown import Shown, as_table

Named = TypeVar("Named")
SAME = 0.5
"""Jaccard overlap from which a segment counts as the same."""
MOVED = 0.5
"""Standard deviations by which a trait may move before the segment's name is refused."""
SHARED = 0.5
"""Share of customers that must be in both runs for their overlap to decide."""


@dataclass(frozen=True, eq=False, repr=False)
class Match(Shown):
    """Which segment of one run is which of another.

    Attributes
    ----------
    table : pandas.DataFrame, one row per segment of the later run
        `segment_key` (in the later run), `previous_key` (missing for a new one), `jaccard` (overlap
        with it, 0 to 1), `status` ("same", "changed" or "new"),
        `moved` (the trait that moved most, in standard deviations of the earlier run).
    retired : tuple of str
        Keys of the earlier run that no segment continues.
    by : {"customers", "rule"}
        Overlap of the customers in both runs; or, where too few are, of where the earlier run's
        frozen rule and the later run put the later customers.
    """

    table: pd.DataFrame
    retired: tuple[str, ...]
    by: str

    @property
    def reading(self) -> str:
        """What was found again, what is new and what is gone."""
        count = self.table["status"].value_counts()
        told = [f"{count.get('same', 0)} segments continue"]
        if count.get("changed"):
            told.append(f"{count['changed']} continue with a changed profile and need a new name")
        told.append(f"{count.get('new', 0)} are new")
        told.append(f"{len(self.retired)} are retired")
        how = {"customers": "the customers of both runs", "rule": "the earlier run's rule"}[self.by]
        return f"{', '.join(told)}; matched by {how}."

    def names(self, previous: Mapping[str, Named]) -> dict[str, Named]:
        """Names of the earlier run, by later key, for the segments whose profile still bears them.

        Parameters
        ----------
        previous : dict of str to Any
            Name by earlier key.
        """
        same = self.table[self.table["status"] == "same"]
        pairs = zip(same["segment_key"], same["previous_key"], strict=True)
        return {key: previous[old] for key, old in pairs if old in previous}

    def _repr_html_(self) -> str:
        return as_table(self.table, index=False)


def match_segments(before: Segmentation, after: Segmentation, frame: pd.DataFrame) -> Match:
    """Match the segments of a refit to those of an earlier run.

    Parameters
    ----------
    before : Segmentation
        The earlier run, as `load_segments` reads it.
    after : Segmentation
    frame : pandas.DataFrame
        The bases that `after` was cut from.

    Returns
    -------
    Match

    Raises
    ------
    ParameterError
        The frame isn't that of the later run.

    Notes
    -----
    One to one, by the largest total Jaccard overlap (Kuhn 1955). Where at least half of the later
    customers are in the earlier run, on those; else on where the earlier run's frozen rule puts the
    later customers. That is better than the distance of centres: it is in the same unit, knows how
    wide a segment is, and works for methods without centres.

    A matched segment whose profile has moved by more than half a standard deviation in any trait
    keeps its key, but not its name. It must have moved both in itself and beside all customers:
    where another segment leaves, or everyone spends more, this one is still who it was.

    Frames whose index is a plain row number share no customers: row 7 of two exports is nobody.
    """
    if not after.labels.index.equals(frame.index):
        raise ParameterError("the frame is not that of the later run", "the bases it was cut from")
    old, by = _earlier(before, after, frame)
    known = old.notna() & after.labels.notna()
    left, old_keys = _codes(old[known])
    right, new_keys = _codes(after.labels[known])
    both = np.zeros((len(old_keys), len(new_keys)))
    seen = overlap(left, right) if len(left) else both[:0, :0]
    both[: seen.shape[0], : seen.shape[1]] = seen
    moves = _moves(before, after, frame)
    rows, continued = [], set()
    places = dict(zip(*reversed(linear_sum_assignment(both, maximize=True)), strict=True))
    for place, key in enumerate(new_keys):
        origin = places.get(place)
        jaccard = both[origin, place] if origin is not None else 0.0
        previous = old_keys[origin] if origin is not None and jaccard >= SAME else None
        continued.add(previous)
        rows.append(_row(str(key), previous, jaccard, moves))
    retired = tuple(str(key) for key in old_keys if key not in continued)
    return Match(pd.DataFrame(rows), retired, by)


def _codes(labels: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Place of each customer's segment among the keys, -1 for noise, which is no segment."""
    keys = labels.cat.categories.drop(NOISE_KEY, errors="ignore")
    return keys.get_indexer(labels.astype("object")), keys


def keep_keys(after: Segmentation, before: Segmentation, frame: pd.DataFrame) -> Segmentation:
    """Give the segments that are found again the keys of the earlier run."""
    if after.method == "rules":  # a rule's name says who is in it, whoever was before
        return after
    match = match_segments(before, after, frame)
    again = match.table.dropna(subset="previous_key")
    renamed = dict(zip(again["segment_key"], again["previous_key"], strict=True))
    taken = set(renamed.values())
    renamed |= {key: f"{key}-new" for key in after.model.keys if key in taken and key not in renamed}
    model = after.model
    keys = tuple(renamed.get(key, key) for key in model.keys)
    stability = after.stability.rename(index=renamed)
    labels = after.labels.cat.rename_categories(renamed)
    confused = after.confused.rename(index=renamed, columns=renamed)
    profiles = getattr(model, "profiles", None)
    changed: dict[str, Any] = {"keys": keys}
    if profiles is not None:
        changed["profiles"] = profiles.rename(index=renamed)
    kept: dict[str, Any] = {"labels": labels, "stability": stability, "confused": confused}
    return replace(after, model=replace(model, **changed), **kept)


def _earlier(before: Segmentation, after: Segmentation, frame: pd.DataFrame) -> tuple[pd.Series, str]:
    """Where each later customer was, or would have been, in the earlier run."""
    here, there = after.labels.index, before.labels.index
    if not (_is_row_number(here) or _is_row_number(there)) and here.isin(there).mean() >= SHARED:
        return before.labels.reindex(after.labels.index), "customers"
    return before.assign(frame)["segment_key"], "rule"


def _is_row_number(index: pd.Index) -> bool:
    return index.name is None and index.equals(pd.RangeIndex(len(index)))


def _moves(before: Segmentation, after: Segmentation, frame: pd.DataFrame) -> Any:
    """Earlier profiles, and the later ones against all earlier and against all later customers."""
    model = before.model
    if getattr(model, "profiles", None) is None or not set(model.columns) <= set(frame.columns):
        return None
    traits = trait_table(model.space, model.space.coded(frame))
    codes, keys = after.labels.cat.codes.to_numpy(), list(after.labels.cat.categories)
    still = segment_profiles(traits, codes, len(keys), model.overall).set_axis(keys, axis=0)
    drift = (traits.mean() - model.overall.loc["mean"]) / model.overall.loc["spread"]
    return model.profiles, still, still - drift


def _row(key: str, previous: Any, jaccard: float, moves: Any) -> dict[str, Any]:
    moved, status = "", "new" if previous is None else "same"
    if previous is not None and moves is not None and previous in moves[0].index:
        still, beside = (later.loc[key] - moves[0].loc[previous] for later in moves[1:])
        step = still.where(still.abs() < beside.abs(), beside)
        trait = str(step.abs().idxmax())
        if abs(step[trait]) > MOVED:
            moved, status = f"{trait.replace(chr(9), ' is ')} {step[trait]:+.1f}", "changed"
    return {
        "segment_key": key,
        "previous_key": None if previous is None else str(previous),
        "jaccard": jaccard,
        "status": status,
        "moved": moved,
    }
