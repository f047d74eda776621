"""Is there structure, and into how many segments does it repay to cut?"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import silhouette_score
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from segkit.errors import DataError
from segkit.segments.stability import Resamples, fit_kmeans, global_stability, resample
from segkit.segments.transform import Unskew
from segkit.shown import Shown

USABLE = 0.75
"""Stability from which a number of segments may be put forward."""
LEVEL, PEAK = 0.05, 0.10
"""How far below the steadiest number a finer one may lie: anywhere, and where the curve peaks."""
REPRODUCIBLE = 0.70
MIN_CUSTOMERS = 20
SILHOUETTE_ROWS = 3_000
NOT_TESTED = "Whether the customers form separate lumps has not been tested here."


@dataclass(frozen=True, eq=False, repr=False)
class Structure(Shown):
    """What can be said about segments before any is made.

    Attributes
    ----------
    verdict : {"reproducible", "constructive"}
        Reproducible: resampling gives the same cut again (stability at least .70). Constructive:
        the analyst draws the lines. Natural, the third word of Dolnicar & Leisch (2010), would mean
        separate lumps; that is not tested yet, so it is never claimed.
    k : int
        Number of segments put forward.
    runner_up : int or None
        The steadiest other number.
    by_k : pandas.DataFrame, one row per k
        `stability` (mean adjusted Rand index between refits, 1 the same, 0 chance), `low` and `high`
        (5th and 95th percentile over pairs of refits), `smallest_share` (smallest segment as a share
        of customers), `silhouette` (-1 to 1; on at most 3,000 rows), `within_share` (within-segment
        over total sum of squares, 0 to 1).
    columns : tuple of str
    n_customers, n_boot, n_starts, random_state : int
    min_share : float
    is_fixed : bool
        The number was asked for, not put forward.
    scaling : sklearn Pipeline
        The frozen transform and scale.
    """

    verdict: str
    k: int
    runner_up: int | None
    by_k: pd.DataFrame
    columns: tuple[str, ...]
    n_customers: int
    n_boot: int
    n_starts: int
    random_state: int
    min_share: float
    is_fixed: bool
    scaling: Pipeline
    resamples: Resamples | None = field(repr=False, default=None)

    @property
    def reading(self) -> str:
        """The verdict in plain words, with the numbers it rests on."""
        row = self.by_k.loc[self.k]
        kind = {
            "reproducible": f"Cut into {self.k}, the customers fall into much the same segments again "
            f"when the sample changes (stability {row.stability:.2f} of 1).",
            "constructive": f"A cut into {self.k} changes with the sample (stability "
            f"{row.stability:.2f} of 1): you are drawing the lines yourself.",
        }[self.verdict]
        return " ".join([kind, self._why(row), self._other(), NOT_TESTED])

    def _why(self, row: Any) -> str:
        share = f"{self.min_share:.0%}"
        if self.is_fixed:
            return "The number was fixed beforehand."
        if row.stability >= USABLE and row.smallest_share >= self.min_share:
            return (
                f"Of the numbers up to {self.by_k.index.max()} it is the largest that is nearly as "
                f"steady as the steadiest (within {LEVEL:.2f}, or {PEAK:.2f} at a peak of the curve), "
                f"at least {USABLE:.2f}, with every segment at {share} of customers or more."
            )
        return f"No number up to {self.by_k.index.max()} reaches {USABLE:.2f} with segments of {share}."

    def _other(self) -> str:
        if self.runner_up is None:
            return "No other number was compared."
        stability = self.by_k.at[self.runner_up, "stability"]
        return f"The steadiest other number is {self.runner_up} ({stability:.2f})."

    def plot(self, ax: Any = None) -> Any:
        """Draw stability over the number of segments; see `segkit.figures.stability_curve`."""
        from segkit import figures

        return figures.stability_curve(self.by_k, k=self.k, usable=USABLE, ax=ax)

    def _repr_html_(self) -> str:
        table = self.by_k.to_html(float_format="{:.2f}".format, border=0)
        return f"<p><b>{self.verdict.capitalize()}.</b> {self.reading}</p>{table}"


def assess_structure(
    frame: pd.DataFrame,
    *,
    k: int | None = None,
    k_max: int = 8,
    min_share: float = 0.05,
    n_boot: int = 50,
    n_starts: int = 20,
    random_state: int = 0,
) -> Structure:
    """Say how far a cut into segments comes back when the sample of customers changes.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_columns)
        The bases: numeric, without missing values.
    k : int, optional
        Fix the number of segments; the others are still compared.
    k_max : int, default 8
        Largest number of segments compared.
    min_share : float, default 0.05
        Smallest segment worth acting on, as a share of customers.
    n_boot : int, default 50
        Bootstrap refits per k; every pair of them is compared (Dolnicar & Leisch 2010).
    n_starts : int, default 20
        Starts of each k-means.
    random_state : int, default 0
        Same seed, same answer; the order of rows and columns doesn't matter.

    Returns
    -------
    Structure

    Raises
    ------
    DataError
        A column isn't numeric, has missing or infinite values or the same value everywhere; or
        there are fewer than 20 customers.

    Notes
    -----
    The number put forward is the largest whose stability is at least .75, with every segment at
    `min_share` or more, and that is nearly as steady as the steadiest (within .05) or a peak of the
    curve (no less steady than one segment fewer or more) within .10 of it; if there is none, the
    steadiest number. The steadiest alone would nearly always be 2, "buys a lot, buys little": true
    and of no use. Stability can't tell separate lumps
    from one long cloud that is always cut at the same place (von Luxburg 2010), so this verdict
    stops at "reproducible".

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat([[0, 0], [6, 0], [0, 6]], 60, axis=0)
    >>> frame = pd.DataFrame(groups + rng.normal(size=groups.shape), columns=["a", "b"])
    >>> assess_structure(frame, k_max=4, n_boot=10).k
    3
    """
    check_frame(frame)
    scaling, X = scaled(frame)
    ks = _compared(X, k, k_max)
    resamples = resample(X, ks, n_boot=n_boot, n_starts=n_starts, random_state=random_state)
    by_k = pd.DataFrame(
        [_measures(X, number, resamples, n_starts, random_state) for number in ks],
        index=pd.Index(ks, name="k"),
    )
    chosen = k or _finest_usable(by_k, min_share)
    return Structure(
        verdict="reproducible" if by_k.at[chosen, "stability"] >= REPRODUCIBLE else "constructive",
        k=chosen,
        runner_up=_runner_up(by_k, chosen, min_share),
        by_k=by_k,
        columns=tuple(sorted(frame.columns)),
        n_customers=len(frame),
        n_boot=n_boot,
        n_starts=n_starts,
        random_state=random_state,
        min_share=min_share,
        is_fixed=k is not None,
        scaling=scaling,
        resamples=resamples,
    )


def check_frame(frame: pd.DataFrame) -> None:
    """Refuse a frame from which no segments can be formed."""
    if len(frame) < MIN_CUSTOMERS:
        raise DataError(f"there are {len(frame):,} customers", f"{MIN_CUSTOMERS} or more")
    for name, column in frame.items():
        if not pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column):
            raise DataError(f"the base '{name}' is {column.dtype}", "numbers")
        values = column.to_numpy(dtype="float64", na_value=np.nan)
        odd = int((~np.isfinite(values)).sum())
        if odd:
            raise DataError(
                f"the base '{name}' is missing or infinite for {odd:,} of {len(frame):,} customers",
                "a finite number for every customer",
                "Take it out of the bases, or take out those customers and say so",
            )
        if values.min() == values.max():
            raise DataError(
                f"the base '{name}' has the same value for all {len(frame):,} customers",
                fix="Take it out of the bases: it can't tell customers apart",
            )


def scaled(frame: pd.DataFrame) -> tuple[Pipeline, np.ndarray]:
    """Fit the transform and scale; return it with the scaled rows in an order of their own.

    Rows are sorted by their values and columns by name, so that a fit with a seed doesn't depend
    on the order in which customers or columns arrive.
    """
    ordered = frame[sorted(frame.columns)].to_numpy(dtype="float64")
    ordered = ordered[np.lexsort(ordered.T)]
    scaling = make_pipeline(Unskew(), StandardScaler())
    return scaling, scaling.fit_transform(ordered)


def _compared(X: np.ndarray, k: int | None, k_max: int) -> list[int]:
    most = len(np.unique(X, axis=0))
    if k is not None and not 2 <= k <= most:
        raise DataError(f"k is {k}", f"2 to {most:,}, the number of customers who differ")
    return sorted({*range(2, min(k_max, most) + 1), *([k] if k else [])})


def _measures(
    X: np.ndarray, k: int, resamples: Resamples, n_starts: int, seed: int
) -> dict[str, float]:
    fit = fit_kmeans(X, k, n_starts, seed)
    pairs = global_stability(X, resamples, k)
    low, high = np.quantile(pairs, [0.05, 0.95])
    step = max(1, len(X) // SILHOUETTE_ROWS)
    with threadpool_limits(1):
        silhouette = silhouette_score(X[::step], fit.labels_[::step])
    return {
        "stability": pairs.mean(),
        "low": low,
        "high": high,
        "smallest_share": np.bincount(fit.labels_, minlength=k).min() / len(X),
        "silhouette": silhouette,
        "within_share": fit.inertia_ / ((X - X.mean(axis=0)) ** 2).sum(),
    }


def _finest_usable(by_k: pd.DataFrame, min_share: float) -> int:
    large_enough = by_k[by_k["smallest_share"] >= min_share]
    stability = by_k["stability"]
    is_peak = (stability >= stability.shift(1, fill_value=0)) & (stability >= stability.shift(-1))
    behind = large_enough["stability"].max() - large_enough["stability"]
    near = (behind <= LEVEL) | (is_peak[large_enough.index] & (behind <= PEAK))
    usable = large_enough[near & (large_enough["stability"] >= USABLE)]
    if len(usable):
        return int(usable.index.max())
    return int((large_enough if len(large_enough) else by_k)["stability"].idxmax())


def _runner_up(by_k: pd.DataFrame, chosen: int, min_share: float) -> int | None:
    others = by_k.drop(index=chosen)
    large_enough = others[others["smallest_share"] >= min_share]
    others = large_enough if len(large_enough) else others
    return int(others["stability"].idxmax()) if len(others) else None
