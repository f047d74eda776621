"""What a segment's name can rest on: effects, usual gaps, first orders; as they are, or resampled."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from segkit.personas.columns import is_merged, numeric_view
from segkit.personas.measures import Measures, Weighted
from segkit.personas.profile import Profile

MIN_NAMED = 30
"""A trait enters a name only where so many customers have a value."""
OVERDUE_GAPS = 2
"""Lapsed: the last order is this many of the segment's own usual gaps ago, or more."""
NEW_DAYS = 90


class Sign(NamedTuple):
    """One trait of a segment against all others."""

    variable: str
    role: str
    of: str
    is_base: bool
    delta: float
    low: float
    high: float
    value: float
    n: int

    def is_clear(self, least: float) -> bool:
        """Whether it is of some size, its range excludes zero, and enough customers have it."""
        return abs(self.delta) >= least and self.low * self.high > 0 and self.n >= MIN_NAMED

    @property
    def side(self) -> int:
        """1 above the others, -1 below them."""
        return 1 if self.delta > 0 else -1


class State(NamedTuple):
    """What a name needs to know of a segment besides its effects."""

    customers: int
    is_overdue: bool
    is_new: bool
    once: float


@dataclass(frozen=True, eq=False)
class Signs:
    """Effects and states of every segment.

    Attributes
    ----------
    keys : list of str
    signs : dict of str to list of Sign
        Per segment, in the dictionary's order.
    states : dict of str to State
    dictionary : pandas.DataFrame
        As `Profile.dictionary`.
    frame : pandas.DataFrame
        Numbers per customer; after resampling, each row as often as it was drawn.
    codes : ndarray of int
        Place of each customer's segment among the keys.
    weights : ndarray of float, optional
        For how many people each customer stands.
    """

    keys: list[str]
    signs: Mapping[str, list[Sign]]
    states: Mapping[str, State]
    dictionary: pd.DataFrame
    frame: pd.DataFrame
    codes: np.ndarray
    weights: np.ndarray | None = None

    @property
    def has_orders(self) -> bool:
        """Whether customers are known by their orders."""
        return "n_orders" in self.frame

    def strongest(self, key: str, role: str, least: float) -> Sign | None:
        """The clearest sign of a role, if one is clear."""
        clear = [sign for sign in self.signs[key] if sign.role == role and sign.is_clear(least)]
        return max(clear, key=lambda sign: abs(sign.delta), default=None)

    def between(self, key: str, namesakes: Sequence[str], about: str = "") -> list[Sign]:
        """Signs of one segment against others of the same name: all that are known, or one."""
        chosen = np.isin(self.codes, [self.keys.index(one) for one in namesakes])
        inside = self.codes[chosen] == self.keys.index(key)
        measures = Measures() if self.weights is None else Weighted(self.weights[chosen])
        found = []
        for sign in self.signs[key]:
            if about not in {"", sign.variable}:
                continue
            values = self.frame[sign.variable].to_numpy()[chosen]
            if not np.isnan(values).any():
                delta = measures.delta(values, inside)
                found.append(
                    sign._replace(
                        delta=delta.value, low=delta.low, high=delta.high, n=int(inside.sum())
                    )
                )
        return found


def signs_of(profile: Profile, frame: pd.DataFrame) -> Signs:
    """Gather the signs of a profile's segments.

    Parameters
    ----------
    profile : Profile
    frame : pandas.DataFrame
        The columns that the profile was made from.
    """
    numbers = numeric_view(frame, profile.segments.model.columns)[0]
    labels = profile.segments.labels
    numbers = numbers.loc[labels.index]
    known = profile.dictionary
    measured = [name for name in numbers if name in known.index and not is_merged(known.loc[name])]
    keys = profile.keys
    codes = pd.Categorical(labels.astype("object"), categories=keys).codes
    signs = {key: [_sign(profile, key, name) for name in measured] for key in keys}
    states, weights = _states(keys, numbers, codes), profile.weights
    scaled = None if weights is None else weights.to_numpy()
    return Signs(keys, signs, states, profile.dictionary, numbers, codes, scaled)


def _sign(profile: Profile, key: str, name: str) -> Sign:
    row, known = profile.effects.loc[(key, name)], profile.dictionary.loc[name]
    effect = (row["delta"], row["delta_low"], row["delta_high"], row["value"], int(row["n"]))
    return Sign(name, str(known["role"]), str(known["of"]), bool(row["is_base"]), *effect)


def _states(keys: list[str], frame: pd.DataFrame, codes: np.ndarray) -> dict[str, State]:
    return {key: _state(frame[codes == place]) for place, key in enumerate(keys)}


def _state(inside: pd.DataFrame) -> State:
    """Overdue: the typical customer here has stayed away longer than is usual here."""
    overdue, is_new, once = True, True, 0.0
    if "mean_gap_days" in inside and "recency_days" in inside:
        usual = inside["mean_gap_days"].median()
        overdue = pd.isna(usual) or inside["recency_days"].median() >= OVERDUE_GAPS * usual
    if "tenure_days" in inside:
        is_new = inside["tenure_days"].median() < NEW_DAYS
    if "n_orders" in inside:
        once = float((inside["n_orders"] == 1).mean())
    return State(len(inside), bool(overdue), bool(is_new), once)


@dataclass(frozen=True, eq=False)
class Resampler:
    """Draws customers again, and measures the signs anew.

    Every column is coded once by the places of its values in order: a resample then only counts, so
    that a hundred resamples cost seconds.

    Attributes
    ----------
    signs : Signs
    """

    signs: Signs

    @cached_property
    def coded(self) -> dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """Per column: which rows are known, the place of each value, and the values in order."""
        coded = {}
        for sign in self.signs.signs[self.signs.keys[0]]:
            values = self.signs.frame[sign.variable].to_numpy(dtype="float64")
            known = ~np.isnan(values)
            ordered, places = np.unique(values[known], return_inverse=True)
            coded[sign.variable] = (known, places, ordered)
        return coded

    def drawn(self, rows: np.ndarray) -> Signs:
        """The signs of some rows, each as often as it is named."""
        signs = self.signs
        weights = np.bincount(rows, minlength=len(signs.codes)).astype("float64")
        drawn = None
        if signs.weights is not None:
            weights, drawn = weights * signs.weights, signs.weights[rows]
        measured = {name: self._effects(name, weights) for name in self.coded}
        fresh = {
            key: [_moved(sign, measured[sign.variable], place) for sign in signs.signs[key]]
            for place, key in enumerate(signs.keys)
        }
        frame, codes = signs.frame.iloc[rows], signs.codes[rows]
        states = _states(signs.keys, frame, codes)
        return Signs(signs.keys, fresh, states, signs.dictionary, frame, codes, drawn)

    def _effects(self, name: Any, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Cliff's delta against the rest and the mean, per segment, from weighted counts."""
        known, places, ordered = self.coded[name]
        k = len(self.signs.keys)
        cells = self.signs.codes[known].astype("int64") * len(ordered) + places
        counts = np.bincount(cells, weights=weights[known], minlength=k * len(ordered))
        counts = counts.reshape(k, len(ordered))
        rest = counts.sum(axis=0) - counts
        below = np.cumsum(rest, axis=1) - rest
        inside, outside = counts.sum(axis=1), rest.sum(axis=1)
        with np.errstate(invalid="ignore", divide="ignore"):
            auc = (counts * (below + rest / 2)).sum(axis=1) / (inside * outside)
            return 2 * auc - 1, counts @ ordered / inside


def _moved(sign: Sign, measured: tuple[np.ndarray, np.ndarray], place: int) -> Sign:
    """The sign as measured anew, with a range as wide as it was."""
    delta, mean = measured[0][place], measured[1][place]
    low, high = delta - (sign.delta - sign.low), delta + (sign.high - sign.delta)
    return sign._replace(delta=delta, low=low, high=high, value=mean)
