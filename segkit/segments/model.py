"""What assigns a customer to a segment: everything frozen, nothing that runs code."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.segments.clustering.assignment import Learnt
from segkit.segments.clustering.methods import NOISE, Method
from segkit.segments.space import Space
from segkit.segments.stability import agreement

CHUNK_ROWS = 50_000
NOISE_KEY = "noise"
"""Key of the customers whom a method puts into no group."""


@dataclass(frozen=True, eq=False)
class Model:
    """A frozen rule that assigns customers.

    Attributes
    ----------
    keys : tuple of str
        Segment keys, largest segment first.
    method : Method
    space : Space
        Frozen transform, scale, levels and ranges.
    learnt : dict of str to ndarray
        What the method learnt: centres, cut points, probabilities.
    order : ndarray of int, shape (k,)
        Place in `keys` of each cluster of the method.
    refits : list of dict of str to ndarray
        What each bootstrap refit learnt.
    refit_order : list of ndarray of int
        Place in `keys` of each cluster of each refit; see `segkit.segments.stability.matched`.
    profiles : pandas.DataFrame, one row per key
        What each segment is like; see `segkit.segments.keys.segment_profiles`.
    overall : pandas.DataFrame, rows "mean" and "spread"
        What all customers of the fit were like; see `segkit.segments.keys.overall`.
    has_noise : bool
    """

    keys: tuple[str, ...]
    method: Method
    space: Space
    learnt: Learnt
    order: np.ndarray
    refits: Sequence[Learnt]
    refit_order: Sequence[np.ndarray]
    profiles: pd.DataFrame
    overall: pd.DataFrame
    has_noise: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The bases."""
        return self.space.columns

    @property
    def categories(self) -> list[str]:
        """Keys, and the key of noise where there is some."""
        return [*self.keys, NOISE_KEY] if self.has_noise else list(self.keys)

    def assign(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Assign customers; see `Segmentation.assign`."""
        notes = self.space.notes(frame)
        codes, confidence = np.full(len(frame), NOISE), np.full(len(frame), np.nan)
        places = np.flatnonzero(~self.space.lacks_a_base(frame))
        for start in range(0, len(places), CHUNK_ROWS):
            rows = places[start : start + CHUNK_ROWS]
            codes[rows], confidence[rows] = self._place(frame.iloc[rows])
        keys = pd.Categorical.from_codes(codes, categories=self.categories)
        return pd.DataFrame(
            {"segment_key": keys, "confidence": confidence, "note": notes}, index=frame.index
        )

    def _place(self, frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        X = self.space.transform(frame)
        labels = self.clusters(X)
        refits = (self.method.rule(X, learnt) for learnt in self.refits)
        confidence = agreement(labels, refits, self.refit_order)
        return np.where(labels == NOISE, len(self.keys), labels), confidence

    def clusters(self, X: np.ndarray) -> np.ndarray:
        """Place in `keys` of each row of the space, -1 for noise."""
        return np.append(self.order, NOISE)[self.method.rule(X, self.learnt)]
