"""Customers -> segments with stable keys, their stability, and a rule that assigns new customers."""

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline

from segkit.errors import DataError, ParameterError, nearest
from segkit.segments.stability import (
    agreement,
    aligned,
    fit_kmeans,
    nearest_centres,
    segment_jaccard,
    summary,
)
from segkit.segments.structure import Structure, assess_structure, check_frame, scaled
from segkit.shown import Shown

METHODS = ("kmeans",)
UNSURE = 0.6
"""Membership confidence below which a customer counts as unsure."""


@dataclass(frozen=True, eq=False, repr=False)
class Model:
    """What assigns a customer to a segment: frozen scale, centres, and the refits' centres.

    Attributes
    ----------
    keys : tuple of str
        Segment keys, largest segment first.
    columns : tuple of str
    scaling : sklearn Pipeline
    centres : ndarray of shape (k, n_columns)
        In the scaled space, in the order of `keys`.
    refits : ndarray of shape (n_boot, k, n_columns)
        Centres of the bootstrap refits, in the order of `keys`.
    """

    keys: tuple[str, ...]
    columns: tuple[str, ...]
    scaling: Pipeline
    centres: np.ndarray
    refits: np.ndarray

    def assign(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Assign customers; see `Segmentation.assign`."""
        for name in self.columns:
            if name not in frame:
                raise DataError(f"the frame has no column '{name}'", fix=nearest(name, frame.columns))
        values = frame[list(self.columns)].to_numpy(dtype="float64", na_value=np.nan)
        odd = int((~np.isfinite(values)).any(axis=1).sum())
        if odd:
            raise DataError(
                f"{odd:,} of {len(frame):,} customers have a missing or infinite base",
                "finite numbers in " + ", ".join(self.columns),
            )
        X = self.scaling.transform(values)
        labels = nearest_centres(X, self.centres[None])[0]
        keys = pd.Categorical.from_codes(labels, categories=list(self.keys))
        confidence = agreement(X, labels, self.refits)
        return pd.DataFrame({"segment_key": keys, "confidence": confidence}, index=frame.index)


@dataclass(frozen=True, eq=False, repr=False)
class Segmentation(Shown):
    """Customers in segments.

    Attributes
    ----------
    labels : pandas.Series of shape (n_customers,)
        Segment key per customer; categories are ordered by size, largest first.
    confidence : pandas.Series of shape (n_customers,)
        Share of bootstrap refits that put the customer into the same segment, 0 to 1.
    stability : pandas.DataFrame, one row per segment
        `jaccard` (mean overlap with its best match in the refits, 0 to 1), `low`, `high` (5th and
        95th percentile over refits), `reading` (from "unstable" to "highly stable").
    structure : Structure
        What was known before the cut; a stability is never shown without it.
    model : Model
    method : str
    random_state : int
    """

    labels: pd.Series
    confidence: pd.Series
    stability: pd.DataFrame
    structure: Structure
    model: Model = field(repr=False)
    method: str
    random_state: int

    @property
    def k(self) -> int:
        """Number of segments."""
        return len(self.model.keys)

    @property
    def sizes(self) -> pd.Series:
        """Customers per segment, largest first."""
        return self.labels.value_counts(sort=False).rename("customers").rename_axis("segment_key")

    def assign(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Assign customers to these segments by the frozen rule.

        Parameters
        ----------
        frame : pandas.DataFrame
            The bases, under the same names; other columns are ignored.

        Returns
        -------
        pandas.DataFrame
            `segment_key` and `confidence` (0 to 1), for the same index.

        Raises
        ------
        DataError
            A base is absent, missing or infinite.
        """
        return self.model.assign(frame)

    @property
    def reading(self) -> str:
        """Sizes and stability in one paragraph."""
        share, jaccard = self.sizes / self.sizes.sum(), self.stability["jaccard"]
        unsure = (self.confidence < UNSURE).mean()
        return (
            f"{self.k} segments of {share.min():.0%} to {share.max():.0%} of customers. Refitted on "
            f"resamples, the shakiest overlaps its best match by {jaccard.min():.2f}, the steadiest "
            f"by {jaccard.max():.2f} (1 is the same). {unsure:.0%} of customers are unsure: fewer "
            f"than {UNSURE:.0%} of the refits put them where they are."
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw each segment's size; see `segkit.figures.sizes`."""
        from segkit import figures

        return figures.sizes(self.sizes, ax=ax)

    def _repr_html_(self) -> str:
        share = self.sizes / self.sizes.sum()
        table = self.stability.assign(customers=self.sizes, share=share)
        shown = table[["customers", "share", "jaccard", "low", "high", "reading"]]
        return shown.to_html(float_format="{:.2f}".format, border=0)


def fit_segments(
    frame: pd.DataFrame,
    k: int | None = None,
    method: str = "kmeans",
    *,
    structure: Structure | None = None,
    random_state: int = 0,
    **settings: Any,
) -> Segmentation:
    """Cut customers into segments.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_columns)
        The bases: numeric, without missing values.
    k : int, optional
        Number of segments; by default the one that `structure` puts forward.
    method : {"kmeans"}
    structure : Structure, optional
        From `assess_structure` on the same frame; made here when it isn't given.
    random_state : int, default 0
    **settings
        For `assess_structure`: k_max, min_share, n_boot, n_starts.

    Returns
    -------
    Segmentation
        Keys and order depend on the customers, never on an algorithm's cluster numbers: largest
        segment first, the key made of its strongest base and a hash of its centre.

    Raises
    ------
    ParameterError
        The method is unknown, or k wasn't compared in `structure`.
    DataError
        As `assess_structure`.

    References
    ----------
    Stability of a segment: Hennig 2007.
    """
    if method not in METHODS:
        raise ParameterError(f"method is '{method}'", fix=nearest(method, METHODS))
    check_frame(frame)
    structure = structure or assess_structure(frame, k=k, random_state=random_state, **settings)
    _check_same(structure, frame)
    k = k or structure.k
    if structure.resamples is None:
        raise ParameterError("the structure was read from a file", "one made by assess_structure")
    if k not in structure.resamples.centres:
        raise ParameterError(f"k is {k}", f"one of {list(structure.resamples.centres)}")
    _, X = scaled(frame)
    fit = fit_kmeans(X, k, structure.n_starts, structure.random_state)
    rank = _by_size(fit.labels_, fit.cluster_centers_)
    centres, labels = fit.cluster_centers_[rank], np.argsort(rank)[fit.labels_]
    model = Model(
        keys=_keys(centres, structure.columns),
        columns=structure.columns,
        scaling=structure.scaling,
        centres=centres,
        refits=aligned(X, labels, structure.resamples.centres[k], k),
    )
    assigned = model.assign(frame)
    return Segmentation(
        labels=assigned["segment_key"],
        confidence=assigned["confidence"],
        stability=summary(segment_jaccard(X, labels, structure.resamples, k), model.keys),
        structure=structure,
        model=model,
        method=method,
        random_state=structure.random_state,
    )


def _check_same(structure: Structure, frame: pd.DataFrame) -> None:
    if structure.columns != tuple(sorted(frame.columns)) or structure.n_customers != len(frame):
        raise ParameterError(
            f"structure is of {structure.n_customers:,} customers by {', '.join(structure.columns)}",
            "the structure of this very frame",
        )


def _by_size(labels: np.ndarray, centres: np.ndarray) -> np.ndarray:
    sizes = np.bincount(labels, minlength=len(centres))
    return np.lexsort((*centres.T, -sizes))


def _keys(centres: np.ndarray, columns: tuple[str, ...]) -> tuple[str, ...]:
    """Strongest base and a hash of the centre: "high-fuel-share-1c9e"."""
    keys = []
    for centre in centres:
        strongest = int(np.abs(centre).argmax())
        side = "high" if centre[strongest] > 0 else "low"
        digest = hashlib.sha256(json.dumps((centre.round(3) + 0.0).tolist()).encode()).hexdigest()
        keys.append(f"{side}-{columns[strongest].replace('_', '-')}-{digest[:4]}")
    return tuple(keys)
