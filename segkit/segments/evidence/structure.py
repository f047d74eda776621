"""What can be said about segments before any is made: the verdict and the numbers behind it."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

import pandas as pd

from segkit.segments.evidence.choose import LEVEL, PEAK, USABLE, conditions
from segkit.segments.evidence.ellipses import Ellipses
from segkit.segments.evidence.gap import Gap
from segkit.segments.space import Space
from segkit.segments.stability import Resamples
from segkit.shown import Shown, as_table, as_text


@dataclass(frozen=True, eq=False, repr=False)
class Structure(Shown):
    """What can be said about segments before any is made.

    Attributes
    ----------
    verdict : {"natural", "reproducible", "constructive"}
        Natural: the customers form separate groups, lumpier than any single cloud with the same
        margins and correlations, with valleys between them. Reproducible: one cloud, but
        resampling gives the same cut again (stability at least .70). Constructive: the analyst
        draws the lines (Dolnicar & Leisch 2010).
    k : int
        Number of segments put forward.
    runner_up : int or None
        The second number worth a look.
    by_k : pandas.DataFrame, one row per k
        `stability` (mean adjusted Rand index between refits, 1 the same, 0 chance), `low` and `high`
        (5th and 95th percentile over pairs of refits), `null_stability` (what one blob would give),
        `z` and `delta` (how much tighter the segments are than the blob's, in standard deviations
        and as a share of the variation), `valley` (how clearly customers thin out between
        neighbouring segments, in standard errors; 0 flat, one cloud usually -1 to -5),
        `valley_limit` (from which that counts for separate groups),
        `smallest_share` (smallest segment as a share of customers), `weakest` (lowest Jaccard
        overlap of a segment with its best match in the refits), `silhouette`, `calinski_harabasz`,
        `davies_bouldin`, `prediction_strength`, `gap`, `bic` (see `evidence.indices`; on at
        most 2,000 customers), `within_share` (within-segment over total sum of squares).
    p : float
        Monte Carlo p-value of "one blob", over all k together.
    flow : pandas.DataFrame
        Where the segments of each k come from; see `segkit.segments.stability.flow`.
    ellipses : Ellipses or None
        Natural groups that a normal mixture follows and k-means doesn't; `fit_segments` then cuts by
        the mixture unless told otherwise.
    gap : Gap or None
        A gap that the segments run across.
    warnings : tuple of str
        Too fine, too coarse, too few customers: in plain words.
    columns : tuple of str
    n_customers, n_boot, n_starts, n_blobs, random_state : int
    min_share : float
    reason : {"fixed", "natural", "usable", "none usable", "rules"}
        Why this k.
    space : Space
        The frozen transform and scale.
    resamples : Resamples or None
        None when read from a file.
    """

    SHOWN: ClassVar[list[str]] = [
        "stability", "low", "high", "null_stability", "z", "delta", "valley", "valley_limit",
        "smallest_share", "weakest", "silhouette", "calinski_harabasz", "davies_bouldin",
        "prediction_strength", "gap", "bic",
    ]  # fmt: skip

    verdict: str
    k: int
    runner_up: int | None
    by_k: pd.DataFrame
    p: float
    flow: pd.DataFrame
    ellipses: Ellipses | None
    gap: Gap | None
    warnings: tuple[str, ...]
    columns: tuple[str, ...]
    n_customers: int
    n_boot: int
    n_starts: int
    n_blobs: int
    random_state: int
    min_share: float
    reason: str
    space: Space
    resamples: Resamples | None = field(repr=False, default=None)

    @property
    def method(self) -> str:
        """The method that suits what was seen: for `fit_segments(frame, method=...)`."""
        if self.gap is not None or self.ellipses is not None:
            return "gmm_tied"
        return "famd" if self.space.form == "famd" else "kmeans"

    @property
    def lacking(self) -> frozenset[str]:
        """Which conditions of separate groups the cut fails; see `evidence.choose.conditions`."""
        if self.verdict == "natural" or self.reason == "rules":
            return frozenset()
        met = conditions(self.by_k.loc[[self.k]], self.p).loc[self.k]
        return frozenset(met.index[~met.astype(bool)])

    @property
    def is_one_cloud(self) -> bool:
        """Whether they are no tighter than one cloud, or crowd between the segments, without a gap."""
        return self.gap is None and bool(self.lacking & {"tighter", "over_all", "parted"})

    @property
    def reading(self) -> str:
        """The verdict in plain words, with the numbers it rests on."""
        if self.reason == "rules":
            return (
                f"The {self.k} segments are drawn by rules, not found: whether the customers form "
                "groups of their own was not asked."
            )
        parts = [self._kind(), self._why(), self._other()]
        if self.gap is not None:
            parts.append(self.gap.reading)
        return " ".join([*parts, *self.warnings])

    def _kind(self) -> str:
        row = self.by_k.loc[self.k]
        blob = f"a single cloud of the same shape would give {row.null_stability:.2f}"
        if self.ellipses is not None:
            return (
                f"The customers form {self.k} separate groups of unequal size, which a normal mixture "
                f"follows and k-means doesn't. The mixture gains more than it would on one cloud with "
                f"the same margins and correlations (z {self.ellipses.z:.1f}), customers hardly crowd "
                f"between the groups (valley {self.ellipses.valley:.1f}), and the groups come back on "
                f"other samples (stability {self.ellipses.stability:.2f} of 1)."
            )
        if self.verdict == "natural":
            return (
                f"Cut into {self.k}, the customers form separate groups. They are tighter than one "
                f"cloud with the same margins and correlations (by {row.delta:.0%}, z {row.z:.1f}, "
                f"p {self.p:.3f}), they don't bulge between the groups (valley {row.valley:.1f}), and "
                f"the cut comes back on other samples (stability {row.stability:.2f} of 1; {blob})."
            )
        if self.verdict == "reproducible":
            return (
                f"Cut into {self.k}, the customers fall into much the same segments again when the "
                f"sample changes (stability {row.stability:.2f} of 1; {blob}), but they are not shown "
                f"to be separate groups: {self._missing(row)}. {self._lines()}"
            )
        return (
            f"A cut into {self.k} changes with the sample (stability {row.stability:.2f} of 1; "
            f"{blob}): you are drawing the lines yourself. {self._missing(row).capitalize()}."
        )

    def _missing(self, row: Any) -> str:
        """Which conditions of separate groups fail."""
        failed, lacking = [], self.lacking
        cloud = "than one cloud with the same margins and correlations"
        if "tighter" in lacking:
            failed.append(f"they are hardly tighter {cloud} (by {row.delta:.0%}, z {row.z:.1f})")
        elif "over_all" in lacking:
            failed.append(f"over all numbers tried they are no tighter {cloud} (p {self.p:.2f})")
        if "parted" in lacking:
            failed.append(
                f"customers don't thin out between neighbouring segments (valley {row.valley:.1f})"
            )
        if "steadier" in lacking:
            failed.append(
                "a cut of one cloud, which has no groups, comes back better still "
                f"({row.null_stability:.2f} against {row.stability:.2f})"
            )
        return " and ".join(failed) or (
            f"their cut is not steady enough ({row.stability:.2f}, below {USABLE:.2f})"
        )

    def _lines(self) -> str:
        """What a cut that comes back is, if no separate groups."""
        if not self.is_one_cloud:
            return "That the cut comes back is then no sign of groups: it is one of use."
        return "The lines are drawn through one cloud, always at much the same place."

    def _why(self) -> str:
        share, most = f"{self.min_share:.0%}", self.by_k.index.max()
        return {
            "fixed": "The number was fixed beforehand.",
            "natural": f"Of the numbers up to {most} it is the one that the separate groups call for.",
            "usable": f"Of the numbers up to {most} it is the largest that is nearly as steady as the "
            f"steadiest (within {LEVEL:.2f}, or {PEAK:.2f} at a peak of the curve), at least "
            f"{USABLE:.2f}, with every segment at {share} of customers or more: chosen for use, not "
            "discovered.",
            "none usable": f"No number up to {most} reaches {USABLE:.2f} with segments of {share}.",
        }[self.reason]

    def _other(self) -> str:
        if self.runner_up is None:
            return "No other number was compared."
        row = self.by_k.loc[self.runner_up]
        return (
            f"The other number worth a look is {self.runner_up} (stability {row.stability:.2f}, "
            f"smallest segment {row.smallest_share:.0%})."
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw stability over k beside a blob's; see `segkit.figures.stability_curve`."""
        from segkit import figures

        return figures.stability_curve(self.by_k, k=self.k, usable=USABLE, ax=ax)

    def plot_flow(self, ax: Any = None) -> Any:
        """Draw where the segments of each k come from; see `segkit.figures.segment_flow`."""
        from segkit import figures

        return figures.segment_flow(self.flow, ax=ax)

    def _repr_html_(self) -> str:
        said = as_text(self.reading, f"{self.verdict.capitalize()}.")
        return said + as_table(self.by_k[self.SHOWN])
