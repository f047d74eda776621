"""A gap in the customers that the segments run across."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.stats import norm
from sklearn.metrics.cluster import contingency_matrix

from segkit.segments.clustering.mixture import mixture_bic, mixture_cut
from segkit.segments.evidence.valley import Valley, find_valleys
from segkit.segments.kinds import is_smooth

GROUPS = (2, 3, 4)
MOST_GROUPS = 6
LEVEL = 0.001
PURE = 0.8
NAMED = 3


@dataclass(frozen=True, eq=False)
class Gap:
    """A direction in which the customers fall apart, and how far the segments follow it.

    Attributes
    ----------
    where : str
        The column, or the columns that weigh most in a mix of them.
    n_groups : int
        Groups on its sides.
    z : float
        Pooled evidence of valleys between them, in standard errors.
    purity : float
        Share of customers who are in the group that most of their segment is in, 0 to 1.
    """

    where: str
    n_groups: int
    z: float
    purity: float

    @property
    def reading(self) -> str:
        """The gap in plain words."""
        return (
            f"Along {self.where} the customers fall into {self.n_groups} groups with a gap between "
            f"them (z {self.z:.1f}), and k-means runs across it: only {self.purity:.0%} of customers "
            "are in the group that most of their segment is in. The groups are long rather than "
            'round; fit_segments(frame, method="gmm_tied") can follow them.'
        )


def unused_gap(
    X: np.ndarray, labels: np.ndarray, axes: tuple[str, ...], min_share: float, seed: int
) -> Gap | None:
    """Look for a gap that the segments don't use; return the clearest.

    Looked at are the single columns, and the groups of a normal mixture with as many of them as BIC
    takes. A column of few values is left out: between two answers there is always a gap. The level,
    .001, is shared by all that is looked at (Bonferroni).
    """
    smooth = [place for place, column in enumerate(X.T) if is_smooth(column)]
    if not smooth:
        return None
    looked_at = len(smooth) * len(GROUPS) + 1
    gaps = [
        Gap(where, int(valley.labels.max()) + 1, valley.pooled, _purity(labels, valley.labels))
        for where, valley in _candidates(X, smooth, axes, seed)
        if norm.sf(valley.pooled) * looked_at <= LEVEL
        and np.bincount(valley.labels).min() >= min_share * len(X)
    ]
    clearest = max(gaps, key=lambda gap: gap.z, default=None)
    return clearest if clearest is not None and clearest.purity < PURE else None


def _candidates(
    X: np.ndarray, smooth: list[int], axes: tuple[str, ...], seed: int
) -> Iterator[tuple[str, Valley]]:
    for place in smooth:
        column = X[:, [place]]
        for k in GROUPS:
            yield f"'{axes[place]}'", find_valleys(column, k, seed, n_repeats=1)
    several = X[:, smooth]
    bic = mixture_bic(several, list(range(1, MOST_GROUPS + 1)), seed)
    k = min(bic, key=lambda number: bic[number])
    if len(smooth) > 1 and k > 1:
        valley = find_valleys(several, k, seed, n_repeats=1, cut=mixture_cut)
        yield _named(several, valley.labels, [axes[place] for place in smooth]), valley


def _named(X: np.ndarray, groups: np.ndarray, axes: list[str]) -> str:
    """The columns in which the groups differ most, next to how much they vary within."""
    means = np.array([X[groups == group].mean(axis=0) for group in np.unique(groups)])
    within = (X - means[np.unique(groups, return_inverse=True)[1]]).std(axis=0)
    order = np.argsort(-means.std(axis=0) / (within + 1e-9))[:NAMED]
    return "a mix of " + ", ".join(f"'{axes[place]}'" for place in order)


def _purity(labels: np.ndarray, groups: np.ndarray) -> float:
    return float(contingency_matrix(labels, groups).max(axis=1).sum() / len(labels))
