"""Which number of segments to put forward, of what kind they are, and what to be warned of."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from segkit.segments.kinds import FEW_LEVELS

USABLE = 0.75
"""Stability from which a number of segments may be put forward."""
LEVEL, PEAK = 0.05, 0.10
"""How far below the steadiest number a finer one may lie: anywhere, and where the curve peaks."""
REPRODUCIBLE = 0.70
P, Z, DELTA, VALLEY = 0.05, 3.0, 0.04, -0.3
"""What separate groups must show; see `assess_structure`."""
CLEAR_VALLEY, FEW_GROUPS = 1.5, 5
DOUBLED, FEW_ROWS = 0.5, 500
"""The valley's limit where level is not enough; see `valley_limits`."""
FEWEST_BLOBS = 19
"""With fewer one-blob references the p-value can't reach .05."""
ROWS_PER_VARIABLE = 70
SPIKE = 0.3


def valley_limits(ks: Sequence[int], n_rows: int, *, must_be_clear: bool) -> np.ndarray:
    """Valley from which a cut into each k counts for separate groups.

    Between separate groups the evidence grows with the customers looked at, while level borders stay
    at 0, whatever their number: from 500 on the limit rises with each doubling, which a slanted box
    doesn't follow.

    A clear one for more than five groups: so many can tile a box with level borders. So can three or
    four a triangle or a tetrahedron, the shares of three or four parts: up to three dimensions it
    must be clear too, and where many customers share one value of a number, beside which there is
    always a gap.

    Examples
    --------
    >>> valley_limits([2, 5, 6], 500, must_be_clear=False).tolist()
    [-0.3, -0.3, 1.5]
    >>> valley_limits([2, 6], 2_000, must_be_clear=False).tolist()
    [0.7, 2.5]
    """
    clear = must_be_clear | (np.asarray(ks) > FEW_GROUPS)
    more = DOUBLED * np.log2(max(n_rows, FEW_ROWS) / FEW_ROWS)
    return np.where(clear, CLEAR_VALLEY, VALLEY) + more


def conditions(by_k: pd.DataFrame, p: float) -> pd.DataFrame:
    """Say for each k which conditions of separate groups its cut meets.

    Parameters
    ----------
    by_k : pandas.DataFrame
    p : float

    Returns
    -------
    pandas.DataFrame of bool
        `tighter` (than one blob), `over_all` (over all numbers tried together), `parted` (customers
        don't bulge between), `steady`, `steadier` (comes back at least as well as one blob's cut).
    """
    return pd.DataFrame(
        {
            "tighter": (by_k["z"] >= Z) & (by_k["delta"] >= DELTA),
            "over_all": p <= P,
            "parted": by_k["valley"] >= by_k["valley_limit"],
            "steady": by_k["stability"] >= USABLE,
            "steadier": ~(by_k["stability"] < by_k["null_stability"]),
        },
        index=by_k.index,
    )


def is_natural(by_k: pd.DataFrame, p: float) -> pd.Series:
    """Say for each k whether its cut meets every condition of separate groups."""
    return conditions(by_k, p).all(axis=1)


def verdict_of(by_k: pd.DataFrame, k: int, p: float) -> str:
    """Return the kind of segments that a cut into k gives."""
    if is_natural(by_k, p)[k]:
        return "natural"
    return "reproducible" if by_k.at[k, "stability"] >= REPRODUCIBLE else "constructive"


def choose_k(
    by_k: pd.DataFrame,
    p: float,
    min_share: float,
    likeliest: int | None = None,
) -> tuple[int, str]:
    """Return the number to put forward, and why.

    Separate groups have a number of their own: among the cuts that meet every condition, the one
    that a normal mixture takes too (`likeliest`), else the one at which its BIC is lowest. (The
    clearest valleys lie between two heaps of groups: of 111 planted sets they told the number in 75,
    BIC in 92.) Where answers come in steps that says nothing: of those nearly as steady as the
    steadiest (within .05), the one that is tightest beside one blob. Without separate groups the
    number is chosen for use: see `finest_usable`.
    """
    large_enough = by_k["smallest_share"] >= min_share
    natural = by_k[is_natural(by_k, p) & large_enough]
    if len(natural):
        if by_k["bic"].isna().all():
            behind = natural["stability"].max() - natural["stability"]
            return int(natural.loc[behind <= LEVEL, "delta"].idxmax()), "natural"
        if likeliest is not None and likeliest in natural.index:
            return likeliest, "natural"
        return int(natural["bic"].idxmin()), "natural"
    return finest_usable(by_k, min_share)


def is_lumpier(by_k: pd.DataFrame, p: float) -> bool:
    """Say whether the customers are tighter than one blob at any number."""
    return bool(p <= P and by_k["z"].max() >= Z)


def finest_usable(by_k: pd.DataFrame, min_share: float) -> tuple[int, str]:
    """Return the finest number that is nearly as steady as the steadiest, else the steadiest."""
    large_enough = by_k[by_k["smallest_share"] >= min_share]
    stability = by_k["stability"]
    is_peak = (stability >= stability.shift(1, fill_value=0)) & (stability >= stability.shift(-1))
    behind = large_enough["stability"].max() - large_enough["stability"]
    near = (behind <= LEVEL) | (is_peak[large_enough.index] & (behind <= PEAK))
    usable = large_enough[near & (large_enough["stability"] >= USABLE)]
    if len(usable):
        return int(usable.index.max()), "usable"
    return int((large_enough if len(large_enough) else by_k)["stability"].idxmax()), "none usable"


def runner_up(
    by_k: pd.DataFrame, chosen: int, min_share: float, likely: Sequence[int] = ()
) -> int | None:
    """Return the second number worth a look.

    Where the data is lumpier than one blob, that is the number of separate groups by k-means where a
    mixture's is put forward, then that of a normal mixture (`likely`, the likeliest first), which sees
    small groups that k-means overlooks; else the steadiest other.
    """
    others = by_k.drop(index=chosen)
    if not len(others):
        return None
    for number in likely:
        if number in others.index:
            return number
    large_enough = others[others["smallest_share"] >= min_share]
    others = large_enough if len(large_enough) else others
    return int(others["stability"].idxmax())


def spike_warnings(numbers: pd.DataFrame) -> list[str]:
    """Say where so many customers share one value that they are a segment by themselves."""
    warnings = []
    for name, column in numbers.items():
        counts = column.value_counts()
        share = counts.iloc[0] / len(column)
        if len(counts) > FEW_LEVELS and share >= SPIKE:
            warnings.append(
                f"In {name} {share:.0%} of customers have the same value, {counts.index[0]:g}: a "
                "segment by rule. Before a decision rests on it, look for groups among the others."
            )
    return warnings


def blob_warnings(n_blobs: int) -> list[str]:
    """Say that too few references were drawn for a verdict of natural."""
    if n_blobs >= FEWEST_BLOBS:
        return []
    return [
        f"Few references: with n_blobs {n_blobs} separate groups can't be shown, whatever the "
        f"customers; {FEWEST_BLOBS} or more can show them."
    ]


def size_warnings(
    row: pd.Series, k: int, n_customers: int, n_columns: int, min_share: float, min_size: int
) -> list[str]:
    """Say in plain words where a cut is too fine for its customers."""
    warnings = []
    smallest = round(row["smallest_share"] * n_customers)
    if row["smallest_share"] < min_share:
        warnings.append(
            f"Too fine: the smallest of {k} segments holds {row['smallest_share']:.1%} of customers, "
            f"below the {min_share:.0%} that a segment should have."
        )
    elif smallest < min_size:
        warnings.append(
            f"Too fine: the smallest of {k} segments holds {smallest:,} customers, fewer than "
            f"{min_size:,}."
        )
    if row["weakest"] < 0.5:
        warnings.append(
            f"Too fine: one of the {k} segments dissolves when the sample changes (it overlaps its "
            f"best match by {row['weakest']:.2f} of 1)."
        )
    if n_customers < ROWS_PER_VARIABLE * n_columns:
        warnings.append(
            f"Few customers: {n_customers:,} for {n_columns} bases; below {ROWS_PER_VARIABLE} for "
            "each, segments are often an accident of the sample. Use fewer bases."
        )
    return warnings
