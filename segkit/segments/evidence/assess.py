"""Is there structure, and into how many segments does it repay to cut?"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from joblib import delayed

from segkit.errors import DataError, ParameterError
from segkit.segments.clustering.kmeans import fit_kmeans, one_thread
from segkit.segments.clustering.methods import METHODS
from segkit.segments.evidence.choose import (
    FEWEST_BLOBS,
    blob_warnings,
    size_warnings,
    spike_warnings,
    valley_limits,
)
from segkit.segments.evidence.decide import decide
from segkit.segments.evidence.ellipses import Ellipses, find_ellipses
from segkit.segments.evidence.gap import Gap, unused_gap
from segkit.segments.evidence.indices import indices
from segkit.segments.evidence.inside import look_inside
from segkit.segments.evidence.reference import (
    TEST_ROWS,
    Reference,
    fit_reference,
    lumpiness,
)
from segkit.segments.evidence.structure import Structure
from segkit.segments.evidence.valley import find_valleys
from segkit.segments.kinds import check_frame
from segkit.segments.space import fit_space
from segkit.segments.stability import (
    COMPARED_ROWS,
    Resamples,
    flow,
    pairwise_adjusted_rand,
    resample,
    segment_jaccard,
    side_by_side,
)


def assess_structure(
    frame: pd.DataFrame,
    *,
    k: int | None = None,
    k_max: int = 8,
    min_share: float = 0.05,
    min_size: int = 30,
    n_boot: int = 50,
    n_starts: int = 20,
    n_blobs: int = 39,
    random_state: int = 0,
) -> Structure:
    """Say whether there are segments, how many to cut, and how sure one can be.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_columns)
        The bases, without missing values: numbers, yes/no, ordered categories, text.
    k : int, optional
        Fix the number of segments; the others are still compared.
    k_max : int, default 8
        Largest number of segments compared.
    min_share : float, default 0.05
        Smallest segment worth acting on, as a share of customers.
    min_size : int, default 30
        Smallest segment worth acting on, in customers.
    n_boot : int, default 50
        Bootstrap refits per k; every pair of them is compared (Dolnicar & Leisch 2010).
    n_starts : int, default 20
        Starts of each k-means. Fewer starts read as less stability.
    n_blobs : int, default 39
        One-blob data sets that the customers are held against; 39 allow a p-value of .025. Fewer
        than 19 can't show separate groups, and the structure's warnings say so.
    random_state : int, default 0
        Same seed, same answer; the order of rows and columns doesn't matter.

    Returns
    -------
    Structure

    Raises
    ------
    DataError
        A base is missing somewhere, infinite, the same everywhere, or text with too many different
        values; or there are fewer than 20 customers.

    Notes
    -----
    *Natural* needs five things at once, at the number put forward: the largest z over all k is
    among the highest 5 % of the blobs' (p), z is at least 3, the variation within segments at least
    4 % below the blobs' (delta), stability at least .75 and no less than a blob's, and customers do
    not bulge between neighbouring segments (valley at least -0.3 for 500 customers, rising to 0.7 for
    2,000; 1.8 more for more than five groups, in up to three dimensions and where three customers in
    ten share one value of a number: `evidence.choose.valley_limits` says why). Each earns its place: p
    and z alone find lumps in category shares and counts that have none, delta keeps the significant
    but trivial out, and the valley is blind where answers come in steps. The blob is a normal copula
    with the data's correlations, each margin replaced by the closest one with a single mode;
    where the bases are places in a ranking, its rows are ranked too.
    `benchmarks/verdicts.py` measures how often the verdict is wrong. One shape deceives it: a
    cloud so bent that its arms have a hollow between them, like an S, can pass for groups.

    Groups that k-means can't cut, small ones beside large ones, get a second hearing: the groups of a
    normal mixture are natural when they gain more over one normal cloud than they would on the blobs
    (by .10 in BIC a customer and by 2.5 standard deviations, to which a valley adds), come back
    (stability at least .75; .65 beside a small one, where customers rather thin out) and hardly bulge
    between each other (valley at least -2; 0.1 where they are of like size); see `Ellipses`. Where both
    find groups but another number of them, the mixture's is put forward.

    Two groups that only yes/no answers tell apart look like one strong common trait, of which some
    have much and others little: no answer can tell the two, and the verdict is reproducible at most.

    Without separate groups a number is a choice: the largest whose stability is at least .75, with
    every segment at `min_share` or more, and that is nearly as steady as the steadiest (within .05)
    or a peak of the curve within .10 of it; if there is none, the steadiest. The steadiest alone
    would nearly always be 2, "buys a lot, buys little": true and of no use.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat([[0, 0], [6, 0], [0, 6]], 60, axis=0)
    >>> frame = pd.DataFrame(groups + rng.normal(size=groups.shape), columns=["a", "b"])
    >>> structure = assess_structure(frame, k_max=4, n_boot=10)
    >>> structure.verdict, structure.k
    ('natural', 3)
    """
    check_settings(k=k, k_max=k_max, n_boot=n_boot, n_blobs=n_blobs)
    check_frame(frame)
    space, coded = fit_space(frame)
    X = space.of_codes(coded)
    ks = _compared(X, k, k_max)
    method = METHODS[space.form if space.form == "famd" else "kmeans"]
    resamples = resample(
        X, method, space, ks, n_boot=n_boot, n_starts=n_starts, random_state=random_state
    )
    reference = fit_reference(space, coded, random_state)
    lumps = lumpiness(reference, ks, n_blobs=n_blobs, seed=random_state)
    labels = _cuts(X, ks, n_starts, random_state)
    spikes = spike_warnings(frame.select_dtypes("number"))
    witnesses = _witnesses(reference, ks, random_state, has_spikes=bool(spikes))
    by_k = lumps.by_k.join(_steadiness(X, resamples, labels)).join(witnesses)
    found = _ellipses(reference, by_k, n_blobs, random_state)
    decided = decide(by_k, lumps.p, found, min_share, fixed=k)
    cut = labels[decided.k]
    warnings = [
        *size_warnings(by_k.loc[decided.k], decided.k, len(frame), frame.shape[1], min_share, min_size),
        *spikes,
        *blob_warnings(n_blobs),
        *look_inside(coded, cut, space, random_state),
    ]
    return Structure(
        verdict=decided.verdict,
        k=decided.k,
        runner_up=decided.runner_up,
        by_k=by_k,
        p=lumps.p,
        flow=flow(labels),
        gap=_gap(reference, cut, min_share, random_state),
        ellipses=decided.ellipses,
        warnings=tuple(warnings),
        columns=space.columns,
        n_customers=len(frame),
        n_boot=n_boot,
        n_starts=n_starts,
        n_blobs=n_blobs,
        random_state=random_state,
        min_share=min_share,
        reason=decided.reason,
        space=space,
        resamples=resamples,
    )


def check_settings(**settings: Any) -> None:
    """Refuse settings that allow no comparison; None is left to the default."""
    for name, value in settings.items():
        if value is not None and not (isinstance(value, int | np.integer) and value >= 2):
            raise ParameterError(f"{name} is {value!r}", "a whole number, 2 or more")


def _compared(X: np.ndarray, k: int | None, k_max: int) -> list[int]:
    most = min(len(np.unique(X, axis=0)), min(len(X), TEST_ROWS) // 2)
    if k is not None and k > most:
        raise DataError(
            f"k is {k}",
            f"2 to {most:,}: no more than there are customers who differ, and than half of the tested",
        )
    return sorted({*range(2, min(k_max, most) + 1), *([k] if k else [])})


def _cuts(X: np.ndarray, ks: Sequence[int], n_starts: int, seed: int) -> dict[int, np.ndarray]:
    """Label all customers by each k; clusters are in the order of those they come from."""
    cuts: dict[int, np.ndarray] = {}
    before = X[:, 0]
    with one_thread():
        for k in ks:
            labels = fit_kmeans(X, k, n_starts, seed).labels_
            origin = [before[labels == one].mean() for one in range(k)]
            before = cuts[k] = np.argsort(np.argsort(origin))[labels]
    return cuts


def _steadiness(X: np.ndarray, resamples: Resamples, labels: dict[int, np.ndarray]) -> pd.DataFrame:
    total = ((X - X.mean(axis=0)) ** 2).sum()
    step = max(1, len(X) // COMPARED_ROWS)
    rows = {}
    for k, cut in labels.items():
        refits = resamples.labels(X[::step], k)
        pairs = pairwise_adjusted_rand(refits)
        centres = np.array([X[cut == one].mean(axis=0) for one in range(k)])
        rows[k] = {
            "stability": pairs.mean(),
            "low": np.quantile(pairs, 0.05),
            "high": np.quantile(pairs, 0.95),
            "smallest_share": np.bincount(cut, minlength=k).min() / len(X),
            "weakest": segment_jaccard(cut[::step], refits).mean(axis=0).min(),
            "within_share": ((X - centres[cut]) ** 2).sum() / total,
        }
    return pd.DataFrame.from_dict(rows, orient="index")


def _witnesses(reference: Reference, ks: Sequence[int], seed: int, *, has_spikes: bool) -> pd.DataFrame:
    """Valleys with their limits, and the other indices, on the tested rows."""
    X = reference.tested
    calls = (delayed(_witness)(X, k, seed) for k in ks)
    rows = side_by_side(calls, len(ks), "valleys between segments")
    found = pd.DataFrame(dict(zip(ks, rows, strict=True))).T
    if not reference.is_smooth:
        found["bic"] = np.nan  # says nothing of answers in steps
    clear = has_spikes or reference.is_flat
    found["valley_limit"] = valley_limits(ks, len(X), must_be_clear=clear)
    return found


def _witness(X: np.ndarray, k: int, seed: int) -> dict[str, float]:
    with one_thread():
        return {"valley": find_valleys(X, k, seed).pooled} | indices(X, k, seed)


def _ellipses(reference: Reference, by_k: pd.DataFrame, n_blobs: int, seed: int) -> Ellipses | None:
    """Look for groups that k-means can't cut, where columns are smooth and blobs are enough."""
    if n_blobs < FEWEST_BLOBS or by_k["bic"].isna().any():
        return None
    return find_ellipses(reference, by_k["bic"].to_dict(), seed)


def _gap(reference: Reference, labels: np.ndarray, min_share: float, seed: int) -> Gap | None:
    numbers = reference.points(reference.joined[:, : reference.n_numbers])
    with one_thread():
        return unused_gap(numbers, labels[reference.rows], reference.names, min_share, seed)
