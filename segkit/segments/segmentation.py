"""Customers in segments: the result of `fit_segments`."""

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from segkit.disclosure import withheld
from segkit.segments.evidence.structure import Structure
from segkit.segments.model import NOISE_KEY
from segkit.shown import Shown, as_table

UNSURE = 0.6
"""Membership confidence below which a customer counts as unsure."""


@dataclass(frozen=True, eq=False, repr=False)
class Segmentation(Shown):
    """Customers in segments.

    Attributes
    ----------
    labels : pandas.Series of shape (n_customers,)
        Segment key per customer; categories are ordered by size, largest first, then "noise" where
        the method leaves customers out.
    confidence : pandas.Series of shape (n_customers,)
        Share of bootstrap refits that put the customer into the same segment, 0 to 1.
    stability : pandas.DataFrame, one row per segment
        `jaccard` (mean overlap with its best match in the refits, 0 to 1), `low`, `high` (5th and
        95th percentile over refits), `slsw` (the same overlap over all customers, Dolnicar & Leisch
        2017), `reading` (from "unstable" to "highly stable").
    structure : Structure
        What was known before the cut; a stability is never shown without it.
    model : Model or RuleModel
        The frozen rule.
    method : str
    random_state : int
    confused : pandas.DataFrame, one row and one column per segment
        Share of all refits' placements of a segment's customers that lie in each segment; empty for
        rules, which aren't refitted.
    """

    labels: pd.Series
    confidence: pd.Series
    stability: pd.DataFrame
    structure: Structure
    model: Any = field(repr=False)
    method: str
    random_state: int
    confused: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def k(self) -> int:
        """Number of segments, noise not counted."""
        return len(self.labels.cat.categories.drop(NOISE_KEY, errors="ignore"))

    @property
    def sizes(self) -> pd.Series:
        """Customers per segment, largest first."""
        return self.labels.value_counts(sort=False).rename("customers").rename_axis("segment_key")

    @property
    def unsure(self) -> pd.Series:
        """Whether fewer than 60 % of the refits put a customer where he is."""
        return (self.confidence < UNSURE).rename("unsure")

    def assign(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Assign customers to these segments by the frozen rule.

        Parameters
        ----------
        frame : pandas.DataFrame
            The bases, under the same names; other columns are ignored.

        Returns
        -------
        pandas.DataFrame
            `segment_key`, `confidence` (0 to 1) and `note`, for the same index. A customer with a
            missing base, or an ordered level never seen, gets no key; a number outside the range seen
            counts as the nearest end of it; a category never seen counts as no level. The note says
            which.

        Raises
        ------
        DataError
            A base is absent or of another kind.
        """
        return self.model.assign(frame)

    def nearest(self, key: str) -> tuple[str, float] | None:
        """The other segment into which refits put most of a segment's customers, and which share.

        None where there are no refits, or none of them puts anyone elsewhere.
        """
        if key not in self.confused.index:
            return None
        others = self.confused.loc[key].drop(key)
        if not len(others) or others.max() <= 0:
            return None
        return str(others.idxmax()), float(others.max())

    @property
    def reading(self) -> str:
        """Sizes and stability in one paragraph."""
        share = self.sizes / self.sizes.sum()
        share = share[~withheld(self.sizes)]
        groups, jaccard = share.drop(NOISE_KEY, errors="ignore"), self.stability["jaccard"]
        text = f"{self.k} segments. "
        if len(groups):
            text = f"{self.k} segments of {groups.min():.0%} to {groups.max():.0%} of customers. "
        if NOISE_KEY in share:
            text += f"{share[NOISE_KEY]:.0%} belong to none (noise). "
        if self.method == "rules":
            return text + "Each customer falls under one rule; the lines are drawn, not found."
        return text + (
            f"Refitted on resamples, the shakiest overlaps its best match by {jaccard.min():.2f}, the "
            f"steadiest by {jaccard.max():.2f} (1 is the same). {self.unsure.mean():.0%} of "
            f"customers are unsure: fewer than {UNSURE:.0%} of the refits put them where they are."
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw each segment's size, but for those that are withheld; see `segkit.figures.sizes`."""
        from segkit import figures

        return figures.sizes(self.sizes.mask(withheld(self.sizes)), len(self.labels), ax=ax)

    def _repr_html_(self) -> str:
        share = (self.sizes / self.sizes.sum()).map("{:.2f}".format)
        hidden = withheld(self.sizes)
        shown = (
            pd.DataFrame({"customers": self.sizes, "share": share}).astype("object").mask(hidden, "")
        )
        every = self.stability.join(shown)
        return as_table(every[["customers", "share", "jaccard", "low", "high", "slsw", "reading"]])
