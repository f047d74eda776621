"""Customers -> segments with stable keys, their stability, and a rule that assigns new customers."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError, ParameterError
from segkit.segments.clustering.kmeans import one_thread
from segkit.segments.clustering.methods import METHODS, NOISE, Method, fit_latent_class, method_named
from segkit.segments.clustering.mixture import mixture_bic
from segkit.segments.evidence.assess import assess_structure, check_settings
from segkit.segments.evidence.structure import Structure
from segkit.segments.identity import keep_keys
from segkit.segments.keys import overall, segment_keys, segment_profiles, trait_table
from segkit.segments.kinds import check_frame, column_kind
from segkit.segments.model import NOISE_KEY, Model
from segkit.segments.rules.ruled import fit_rules
from segkit.segments.segmentation import Segmentation
from segkit.segments.space import Space, fit_space
from segkit.segments.stability import (
    COMPARED_ROWS,
    Resamples,
    confused,
    matched,
    resample,
    segment_jaccard,
    summary,
)

BIC_ROWS, BIC_STARTS = 2_000, 5


def fit_segments(
    frame: pd.DataFrame,
    k: int | None = None,
    method: str | None = None,
    *,
    structure: Structure | None = None,
    rules: Any = None,
    previous: Segmentation | None = None,
    random_state: int = 0,
    **settings: Any,
) -> Segmentation:
    """Cut customers into segments.

    Parameters
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_columns)
        The bases, without missing values: numbers, yes/no, ordered categories, text.
    k : int, optional
        Number of segments. By default the one that `structure` puts forward; for mixtures on numbers
        and for `latent_class` the one with the lowest BIC; `hdbscan` finds it.
    method : str, optional
        "kmeans" (default for numbers, unless only a mixture follows their natural groups), "famd"
        (k-means on scores that weigh numbers and categories alike; default where there are
        categories), "gmm" (groups of any direction and length), "gmm_tied" (all of one shape; what
        `structure` proposes, for that is what it has tested), "kprototypes", "gower" (medoids, at
        most 5,000 customers), "hdbscan" (dense groups, the rest is noise and kept as such), "ward",
        "latent_class" (survey answers), "rules".
    structure : Structure, optional
        From `assess_structure` on the same frame; made here when it isn't given.
    rules : RuleSet, RfmGrid, list of dict or "rfm", optional
        For method "rules"; see `rule_set` and `rfm_rules`.
    previous : Segmentation, optional
        The last run's segments: those found again keep their key; see `match_segments`.
    random_state : int, default 0
    **settings
        For `assess_structure`: k_max, min_share, n_boot, n_starts, ... A given structure has its
        own, and its own seed.

    Returns
    -------
    Segmentation
        Keys and order depend on the customers, never on an algorithm's cluster numbers: largest
        segment first, the key made of its strongest trait and a hash of what it is like.

    Raises
    ------
    ParameterError
        The method is unknown or not for this frame, or k wasn't compared in `structure`.
    DataError
        As `assess_structure`; more customers than the method can take; rules that overlap or
        leave gaps.

    References
    ----------
    Stability of a segment: Hennig 2007; Dolnicar & Leisch 2017.

    Examples
    --------
    >>> import numpy as np, pandas as pd
    >>> rng = np.random.default_rng(0)
    >>> groups = np.repeat([[0, 0], [6, 0], [0, 6]], 60, axis=0)
    >>> frame = pd.DataFrame(groups + rng.normal(size=groups.shape), columns=["a", "b"])
    >>> fit_segments(frame, 3, n_boot=10, k_max=4).sizes.to_list()
    [61, 60, 59]
    """
    if method == "rules" or rules is not None:
        found = fit_rules(frame, rules, method)
        return found if previous is None else keep_keys(found, previous, frame)
    check_settings(k=k)
    check_frame(frame)
    _check_decided(structure, settings)
    chosen = None if method is None else method_named(method)
    if chosen is not None:
        _check_suits(chosen, frame)
    structure = structure or assess_structure(frame, k=k, random_state=random_state, **settings)
    _check_same(structure, frame)
    if chosen is None:
        chosen = METHODS[_suited(structure, k)]
    space, coded = _space(frame, structure, chosen)
    X = space.of_codes(coded)
    k = k or _number(X, chosen, structure, space)
    learnt = _fitted(X, k, chosen, structure, space)
    resamples = _refits(X, k, chosen, structure, space)
    found = _segmentation(frame, coded, X, learnt, resamples, k, structure, space)
    return found if previous is None else keep_keys(found, previous, frame)


def _check_decided(structure: Structure | None, settings: Mapping[str, Any]) -> None:
    if structure is not None and settings:
        raise ParameterError(
            f"{', '.join(settings)} given beside a structure, which was made with settings of its own",
            "one of the two",
            "Give the settings to assess_structure",
        )


def _check_suits(method: Method, frame: pd.DataFrame) -> None:
    """Refuse a frame that the method can't take, before anything is computed."""
    method.form(any(column_kind(frame[name]) == "category" for name in frame))
    if method.most_rows is not None and len(frame) > method.most_rows:
        raise DataError(
            f"method '{method.name}' was given {len(frame):,} customers",
            f"at most {method.most_rows:,}",
            "Use famd or kprototypes, or fit a sample and assign the others",
        )


def _suited(structure: Structure, k: int | None) -> str:
    """The mixture where only that follows the natural groups, else k-means."""
    if structure.ellipses is not None and k in {None, structure.k}:
        return "gmm_tied"
    return "famd" if structure.space.form == "famd" else "kmeans"


def _space(frame: pd.DataFrame, structure: Structure, method: Method) -> tuple[Space, np.ndarray]:
    form = method.form(bool(structure.space.categories))
    space, coded = fit_space(frame, form)
    return (structure.space if structure.space.form == form else space), coded


def _number(X: np.ndarray, method: Method, structure: Structure, space: Space) -> int:
    if not method.by_bic or space.form == "famd" or structure.ellipses is not None:
        return structure.k
    ks, seed = [int(k) for k in structure.by_k.index], structure.random_state
    sample = X[:: max(1, len(X) // BIC_ROWS)]
    if method.name != "latent_class":
        bic = mixture_bic(sample, ks, seed)
    else:
        with one_thread():
            fits = {k: fit_latent_class(sample, k, BIC_STARTS, seed, space) for k in ks}
            bic = {k: float(fit.bic(sample)) for k, fit in fits.items()}
    return min(bic, key=lambda k: bic[k])


def _fitted(X: np.ndarray, k: int, method: Method, structure: Structure, space: Space) -> Any:
    seed = structure.random_state
    if method.fit_rows is not None and len(X) > method.fit_rows:
        rows = np.random.default_rng(seed).choice(len(X), method.fit_rows, replace=False)
        X = X[np.sort(rows)]
    with one_thread():
        learnt = (method.best or method.fit)(X, k, structure.n_starts, seed, space)
    _check_filled(method.rule(X, learnt), k, method)
    return learnt


def _check_filled(labels: np.ndarray, k: int, method: Method) -> None:
    """Refuse a fit that leaves a segment without customers, or all customers in none."""
    n_filled = len(np.unique(labels[labels != NOISE]))
    if not n_filled:
        raise DataError(
            f"{method.name} calls all {len(labels):,} customers noise",
            fix="There is no dense group to find here; use a method that cuts a cloud",
        )
    if not method.finds_k and n_filled < k:
        raise DataError(
            f"method '{method.name}' finds customers for {n_filled} of {k} segments",
            f"k of at most {n_filled} on this frame",
        )


def _refits(X: np.ndarray, k: int, method: Method, structure: Structure, space: Space) -> Resamples:
    """The structure's own refits where it made them, else new ones."""
    made = structure.resamples
    if made is not None and made.method is method:
        if k not in made.fits:
            raise ParameterError(f"k is {k}", f"one of {list(made.fits)}")
        return made.only(k)
    if made is None and method.name in {"kmeans", "famd"}:
        raise ParameterError("the structure was read from a file", "one made by assess_structure")
    return resample(
        X,
        method,
        space,
        [k],
        n_boot=structure.n_boot,
        n_starts=min(structure.n_starts, 5),
        random_state=structure.random_state,
    )


def _segmentation(
    frame: pd.DataFrame,
    coded: np.ndarray,
    X: np.ndarray,
    learnt: Any,
    resamples: Resamples,
    k: int,
    structure: Structure,
    space: Space,
) -> Segmentation:
    method = resamples.method
    raw = method.rule(X, learnt)
    n_found = int(raw.max()) + 1
    traits = trait_table(space, coded)
    everyone = overall(traits)
    profiles = segment_profiles(traits, raw, n_found, everyone)
    order = _by_size(raw, profiles.to_numpy())
    place = np.argsort(order)
    labels = np.append(place, NOISE)[raw]
    step = max(1, len(X) // COMPARED_ROWS)
    refits = resamples.labels(X[::step], k)
    keys = segment_keys(profiles.iloc[order])
    names = matched(labels[::step], refits, n_found)
    model = Model(
        keys=keys,
        method=method,
        space=space,
        learnt=learnt,
        order=place,
        refits=resamples.fits[k],
        refit_order=names,
        profiles=profiles.iloc[order].set_axis(list(keys), axis=0),
        overall=everyone,
        has_noise=bool((raw == NOISE).any()),
    )
    assigned = model.assign(frame)
    return Segmentation(
        labels=assigned["segment_key"],
        confidence=assigned["confidence"],
        stability=_stability(X, labels, resamples, k, model, refits, step),
        structure=structure,
        model=model,
        method=method.name,
        random_state=structure.random_state,
        confused=confused(labels[::step], refits, names, keys),
    )


def _stability(
    X: np.ndarray,
    labels: np.ndarray,
    resamples: Resamples,
    k: int,
    model: Model,
    refits: np.ndarray,
    step: int,
) -> pd.DataFrame:
    """Per segment, and of the noise where there is some."""
    whole = resamples.labels(X, k) if step > 1 else refits
    jaccard = segment_jaccard(labels, whole, resamples.drawn)
    slsw = segment_jaccard(labels[::step], refits)
    table = summary(jaccard, slsw, model.keys)
    if not model.has_noise:
        return table
    noise = segment_jaccard((labels[::step] != NOISE) * 1, (refits != NOISE) * 1)[:, [0]]
    return pd.concat([table, summary(noise, noise, [NOISE_KEY])])


def _check_same(structure: Structure, frame: pd.DataFrame) -> None:
    same = set(structure.columns) == {str(name) for name in frame.columns}
    if not same or structure.n_customers != len(frame):
        raise ParameterError(
            f"structure is of {structure.n_customers:,} customers by {', '.join(structure.columns)}",
            "the structure of this very frame",
        )


def _by_size(labels: np.ndarray, profiles: np.ndarray) -> np.ndarray:
    sizes = np.bincount(labels[labels != NOISE], minlength=len(profiles))
    return np.lexsort((*profiles.T, -sizes))
