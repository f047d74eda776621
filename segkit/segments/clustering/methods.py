"""The clustering methods behind `fit_segments`, each as three plain things: a space, a fit, a rule.

A fit returns named arrays and nothing else, so that every method is stored, refitted on resamples,
aligned and assigned by the same code.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.cluster import HDBSCAN, AgglomerativeClustering

from segkit.errors import ParameterError, nearest
from segkit.segments.clustering.assignment import (
    Learnt,
    likeliest_class,
    likeliest_group,
    nearest_centre,
    nearest_example,
    nearest_medoid,
    nearest_prototype,
)
from segkit.segments.clustering.kmeans import best_kmeans, quick_kmeans
from segkit.segments.clustering.mixture import fit_mixture, mixture_arrays
from segkit.segments.estimators.kprototypes import KPrototypes
from segkit.segments.estimators.latent_class import LatentClass
from segkit.segments.estimators.medoids import GowerMedoids
from segkit.segments.space import Space

Fit = Callable[[np.ndarray, int, int, int, Space], Learnt]
"""Matrix, number of segments, starts, seed and space -> what is learnt."""
Rule = Callable[[np.ndarray, Learnt], np.ndarray]
"""Matrix and what was learnt -> cluster of each row, -1 for noise."""

NOISE = -1
FEW_ANSWERS = 12
"""A number with at most so many different values is an answer to a latent class analysis."""
EXAMPLES, MANY = 2_000, 100_000
SMALLEST_GROUP = 0.02


@dataclass(frozen=True)
class Method:
    """One way to cut customers into segments.

    Attributes
    ----------
    name : str
    forms : tuple of str
        Forms of `Space` that it takes: the first for numbers alone, the last with categories.
    fit, rule : callable
    refit_rows : int
        Rows of a bootstrap sample at most.
    fit_rows : int or None
        Rows it is fitted on at most: above, a sample is fitted and the others are assigned.
    most_rows : int or None
        More rows are refused.
    finds_k : bool
        It finds the number of segments by itself.
    by_bic : bool
        Without a given k, the number is the one with the lowest BIC.
    best : callable, optional
        A more careful fit for the cut that is kept.
    """

    name: str
    forms: tuple[str, ...]
    fit: Fit
    rule: Rule
    refit_rows: int = 5_000
    fit_rows: int | None = None
    most_rows: int | None = None
    finds_k: bool = False
    by_bic: bool = False
    best: Fit | None = None

    def form(self, has_categories: bool) -> str:
        """Return the form of space for a frame."""
        if has_categories and self.forms == ("scaled",):
            raise ParameterError(
                f"method '{self.name}' is for numbers and the frame has categories",
                "famd, kprototypes, gower, latent_class, gmm, gmm_tied, ward or hdbscan",
            )
        return self.forms[-1] if has_categories else self.forms[0]


def _kmeans(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    centres = quick_kmeans(X, k, n_starts, seed).cluster_centers_
    return {"centres": centres.astype("float64")}


def _best_kmeans(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    return {"centres": best_kmeans(X, k, n_starts, seed).cluster_centers_}


def _gmm(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    return mixture_arrays(fit_mixture(X, k, seed))


def _gmm_tied(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    return mixture_arrays(fit_mixture(X, k, seed, ("tied",)))


def _ward(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    labels = AgglomerativeClustering(k, linkage="ward").fit_predict(X)
    return {"centres": np.array([X[labels == one].mean(axis=0) for one in range(k)])}


def _hdbscan(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    smallest = max(int(SMALLEST_GROUP * len(X)), 10)
    labels = HDBSCAN(min_cluster_size=smallest, copy=True).fit_predict(X)
    rows = np.random.default_rng(seed).permutation(len(X))[:EXAMPLES]
    return {"examples": X[rows], "example_labels": labels[rows].astype("float64")}


def _kprototypes(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    categorical = _categorical(X, space)
    fit = KPrototypes(k, categorical=categorical, n_init=n_starts, random_state=seed).fit(X)
    return {
        "centres": fit.cluster_centers_,
        "modes": fit.modes_,
        "gamma": np.array(fit.gamma_),
        "categorical": np.array(categorical),
    }


def _gower(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    categorical = _categorical(X, space)
    fit = GowerMedoids(k, categorical=categorical, random_state=seed).fit(X)
    return {
        "medoids": fit.medoids_,
        "ranges": fit.ranges_,
        "categorical": np.array(categorical),
    }


def _latent_class(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> Learnt:
    fit = fit_latent_class(X, k, n_starts, seed, space)
    learnt = {
        "weights": fit.weights_,
        "means": fit.means_,
        "variances": fit.variances_,
        "categorical": np.array(fit.categorical),
    }
    for place, (chances, levels) in enumerate(zip(fit.probabilities_, fit.levels_, strict=True)):
        learnt |= {f"chances{place}": chances, f"levels{place}": levels}
    return learnt


def fit_latent_class(X: np.ndarray, k: int, n_starts: int, seed: int, space: Space) -> LatentClass:
    """Fit latent classes: numbers of few values and categories as answers, other numbers as normal."""
    answers = [place for place, column in enumerate(X.T) if len(np.unique(column)) <= FEW_ANSWERS]
    categorical = sorted({*answers, *_categorical(X, space)})
    return LatentClass(k, categorical=categorical, n_init=n_starts, random_state=seed).fit(X)


def _categorical(X: np.ndarray, space: Space) -> list[int]:
    return list(range(len(space.numbers), X.shape[1]))


METHODS: dict[str, Method] = {
    method.name: method
    for method in (
        Method("kmeans", ("scaled",), _kmeans, nearest_centre, MANY, best=_best_kmeans),
        Method("famd", ("famd",), _kmeans, nearest_centre, MANY, best=_best_kmeans),
        Method("gmm", ("scaled", "famd"), _gmm, likeliest_group, 2_000, 20_000, by_bic=True),
        Method("gmm_tied", ("scaled", "famd"), _gmm_tied, likeliest_group, 2_000, 20_000, by_bic=True),
        Method("kprototypes", ("coded",), _kprototypes, nearest_prototype),
        Method("gower", ("coded",), _gower, nearest_medoid, 1_000, most_rows=5_000),
        Method("hdbscan", ("scaled", "famd"), _hdbscan, nearest_example, 2_000, 20_000, finds_k=True),
        Method("ward", ("scaled", "famd"), _ward, nearest_centre, 2_000, 5_000),
        Method("latent_class", ("coded",), _latent_class, likeliest_class, 2_000, 20_000, by_bic=True),
    )
}  # fmt: skip


def method_named(name: str) -> Method:
    """Return a method by its name."""
    if name not in METHODS:
        raise ParameterError(f"method is '{name}'", fix=nearest(name, [*METHODS, "rules"]))
    return METHODS[name]
