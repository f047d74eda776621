"""What the evidence comes to: the number put forward, why, of what kind, and the other number."""

from dataclasses import dataclass

import pandas as pd

from segkit.segments.evidence.choose import choose_k, is_lumpier, runner_up, verdict_of
from segkit.segments.evidence.ellipses import Ellipses


@dataclass(frozen=True)
class Decision:
    """The number of segments put forward.

    Attributes
    ----------
    k : int
    reason : {"natural", "usable", "none usable", "fixed"}
    verdict : {"natural", "reproducible", "constructive"}
    runner_up : int or None
        The other number worth a look.
    ellipses : Ellipses or None
        The mixture's groups, where the verdict rests on them and not on k-means' cut.
    """

    k: int
    reason: str
    verdict: str
    runner_up: int | None
    ellipses: Ellipses | None


def decide(
    by_k: pd.DataFrame,
    p: float,
    found: Ellipses | None,
    min_share: float,
    *,
    fixed: int | None = None,
) -> Decision:
    """Put a number forward: what k-means' cuts show, unless a mixture's groups show more.

    Parameters
    ----------
    by_k : pandas.DataFrame
        Evidence on each number; see `Structure.by_k`.
    p : float
        Of the largest z over all numbers.
    found : Ellipses or None
        A mixture's groups.
    min_share : float
        Smallest segment worth acting on, as a share of customers.
    fixed : int, optional
        The user's number.
    """
    likely = _likely(found, by_k, p)
    k, reason = choose_k(by_k, p, min_share, next(iter(likely), None))
    ellipses = found if found is not None and found.is_natural(min_share) else None
    if ellipses is not None:
        # where k-means cuts the same number of groups, its cut is the simpler one to speak of
        alike = (k, reason) == (ellipses.k, "natural")
        likely = likely if alike or reason != "natural" else (k, *likely)
        k, reason, ellipses = ellipses.k, "natural", None if alike else ellipses
    if fixed is not None:
        k, reason = fixed, "fixed"
        ellipses = ellipses if ellipses is not None and ellipses.k == fixed else None
    of_the_cut = verdict_of(by_k, k, p)
    return Decision(
        k=k,
        reason=reason,
        verdict="natural" if ellipses is not None else of_the_cut,
        runner_up=runner_up(by_k, k, min_share, likely),
        ellipses=ellipses,
    )


def _likely(found: Ellipses | None, by_k: pd.DataFrame, p: float) -> tuple[int, ...]:
    """Numbers of groups that a mixture speaks for, where there is more than one blob to see."""
    if found is None or not (found.is_lumpier or is_lumpier(by_k, p)):
        return ()
    return found.k, found.k_unmerged
