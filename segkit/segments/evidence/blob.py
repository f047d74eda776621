"""The one-blob reference: data with the same margins and correlations, and no lumps."""

from dataclasses import dataclass
from math import factorial

import numpy as np
from numpy.polynomial.hermite_e import hermeval
from scipy.stats import norm, rankdata
from sklearn.isotonic import isotonic_regression

from segkit.segments.kinds import ATOM, FEW_LEVELS

TERMS = 25
GRID = 2_000
LATENT = np.linspace(-0.999, 0.999, 401)


@dataclass(frozen=True, eq=False)
class Blob:
    """A single cloud that looks like the data in every way but lumps.

    A Gaussian copula: the latent correlations are those that give the observed correlations of
    normal scores once the latent values are cut and tied like the columns. Each margin is the
    closest one with a single mode; columns with few different values are cut at the observed rates.

    Attributes
    ----------
    root : ndarray of shape (n_columns, n_columns)
        Square root of the latent correlation matrix.
    margins : tuple of ndarray
        Per column its values at evenly spaced ranks.
    places : ndarray of shape (n_columns,), optional
        Where every row ranks the columns: the places that it gives, in order. A blob's rows are
        ranked likewise, as people rank things that they like more or less (Thurstone 1927).
    """

    root: np.ndarray
    margins: tuple[np.ndarray, ...]
    places: np.ndarray | None = None

    def draw(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """Draw n rows."""
        ranks = norm.cdf(rng.normal(size=(n, len(self.root))) @ self.root.T)
        drawn = np.column_stack(
            [_at(margin, rank) for margin, rank in zip(self.margins, ranks.T, strict=True)]
        )
        if self.places is None:
            return drawn
        either = rng.random(drawn.shape)  # decides between things put at one place
        order = np.lexsort((either, drawn), axis=1)
        return self.places[np.argsort(order, axis=1)]


def fit_blob(X: np.ndarray, rng: np.random.Generator, stepped: np.ndarray | None = None) -> Blob:
    """Learn the one-blob reference of some rows.

    Parameters
    ----------
    X : ndarray of shape (n_rows, n_columns)
    rng : numpy.random.Generator
        For the jitter inside the steps of counts.
    stepped : ndarray of bool, shape (n_columns,), optional
        Columns to be drawn at their observed rates, whatever the number of their values.
    """
    steps = np.zeros(X.shape[1], dtype=bool) if stepped is None else stepped
    margins = tuple(_margin(column, rng, step) for column, step in zip(X.T, steps, strict=True))
    values, vectors = np.linalg.eigh(_latent_correlation(X))
    root = vectors * np.sqrt(np.clip(values, 1e-9, None))
    return Blob(root / np.linalg.norm(root, axis=1, keepdims=True), margins, _places(X))


def _places(X: np.ndarray) -> np.ndarray | None:
    """The places that every row gives to the columns; None where they don't all give the same."""
    ordered = np.sort(X, axis=1)
    is_ranking = X.shape[1] > 2 and np.allclose(ordered, ordered[0]) and np.ptp(ordered[0]) > 0
    return ordered[0] if is_ranking else None


def _at(margin: np.ndarray, rank: np.ndarray) -> np.ndarray:
    return margin[np.minimum((rank * len(margin)).astype(int), len(margin) - 1)]


def _margin(column: np.ndarray, rng: np.random.Generator, stepped: bool) -> np.ndarray:
    """Quantile function of the closest margin with one mode, on a grid of ranks."""
    levels, counts = np.unique(column, return_counts=True)
    n_ranks = max(GRID, len(column))
    is_kept = (counts >= ATOM * len(column)) | stepped | (len(levels) <= FEW_LEVELS)
    if (~is_kept).sum() == 1:  # a single light value has no neighbour to be smoothed with
        is_kept[:] = True
    places = np.round(np.cumsum(counts) / len(column) * n_ranks).astype(int)
    kept = np.repeat(levels, np.diff(places, prepend=0) * is_kept)
    rest = column[~np.isin(column, levels[is_kept])]
    if not len(rest) or len(kept) == n_ranks:
        return kept
    smooth = one_mode(_jittered(rest, rng), n_ranks - len(kept))
    if len(levels) < len(column) / 2:
        smooth = _nearest(levels, smooth)
    return np.sort(np.concatenate([smooth, kept]))


def _nearest(levels: np.ndarray, values: np.ndarray) -> np.ndarray:
    return levels[np.searchsorted((levels[1:] + levels[:-1]) / 2, values)]


def _jittered(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Spread tied values over the step to their neighbours."""
    levels, position = np.unique(values, return_inverse=True)
    if len(levels) == len(values):
        return values
    middle = (levels[1:] + levels[:-1]) / 2
    low = np.r_[2 * levels[0] - middle[0], middle]
    high = np.r_[middle, 2 * levels[-1] - middle[-1]]
    return rng.uniform(low[position], high[position])


def one_mode(values: np.ndarray, n_ranks: int) -> np.ndarray:
    """Quantiles of the closest distribution with a single mode.

    The density of equally filled bins is made to rise to a mode and to fall from it, by isotonic
    regression on either side, for the mode with the highest likelihood; inside a bin that kept its
    density the data's own quantiles stay, inside another it is even (or a gap would stay a gap).
    """
    ordered = np.sort(values)
    n_bins = int(np.clip(2 * len(values) ** (1 / 3), 4, 40))
    edges = np.unique(np.quantile(ordered, np.linspace(0, 1, n_bins + 1)))
    counts = np.histogram(ordered, edges)[0]
    widths = np.diff(edges)
    density = counts / widths
    smooth = _one_mode_density(density, widths)
    cumulative = np.r_[0, np.cumsum(smooth * widths)] / (smooth * widths).sum()
    ranks = (np.arange(n_ranks) + 0.5) / n_ranks
    place = np.interp(ranks, cumulative, np.arange(len(edges)))
    bins = np.minimum(place.astype(int), len(counts) - 1)
    even = edges[bins] + (place - bins) * widths[bins]
    is_kept = np.isclose(smooth, density)[bins]
    return np.where(is_kept, _inside(ordered, edges, counts, place, bins), even)


def _inside(
    ordered: np.ndarray, edges: np.ndarray, counts: np.ndarray, place: np.ndarray, bins: np.ndarray
) -> np.ndarray:
    """The data's own quantile at a fractional place among the bins."""
    own = np.r_[0, np.cumsum(counts)]
    rank = (own[bins] + (place - bins) * counts[bins]) / len(ordered)
    return np.clip(np.quantile(ordered, np.clip(rank, 0, 1)), edges[bins], edges[bins + 1])


def _one_mode_density(density: np.ndarray, widths: np.ndarray) -> np.ndarray:
    def up(d: np.ndarray, w: np.ndarray) -> np.ndarray:
        return isotonic_regression(d, sample_weight=w) if len(d) else d

    best, best_fit = -np.inf, density
    for mode in range(len(density) + 1):
        fit = np.r_[
            up(density[:mode], widths[:mode]), up(density[mode:][::-1], widths[mode:][::-1])[::-1]
        ]
        likelihood = (density * widths * np.log(np.maximum(fit, 1e-300))).sum()
        if likelihood > best:
            best, best_fit = likelihood, fit
    return best_fit


def _latent_correlation(X: np.ndarray) -> np.ndarray:
    """Latent correlation that gives the observed one after cutting and tying.

    The covariance of two functions of correlated normals is a power series in their correlation,
    with the functions' Hermite coefficients (Mehler 1866); it is inverted on a grid.
    """
    scores = norm.ppf((np.apply_along_axis(rankdata, 0, X) - 0.5) / len(X))
    scores = (scores - scores.mean(axis=0)) / scores.std(axis=0)
    observed = scores.T @ scores / len(X)
    coefficients = np.array([_hermite(column) for column in scores.T])
    n_columns = len(coefficients)
    latent = np.eye(n_columns)
    powers = LATENT[:, None] ** np.arange(1, TERMS + 1)
    for i in range(n_columns):
        for j in range(i):
            curve = powers @ (coefficients[i] * coefficients[j])
            latent[i, j] = latent[j, i] = np.interp(
                observed[i, j], np.maximum.accumulate(curve), LATENT
            )
    return latent


def _hermite(scores: np.ndarray) -> np.ndarray:
    """Hermite coefficients, times the root of the factorial, of a column as made of its latent."""
    n = len(scores)
    u = (np.arange(GRID) + 0.5) / GRID
    z = norm.ppf(u)
    value = np.sort(scores)[np.minimum((u * n).astype(int), n - 1)]
    value = (value - value.mean()) / value.std()
    terms = np.eye(TERMS + 1)
    scale = [np.sqrt(float(factorial(m))) for m in range(TERMS + 1)]
    return np.array([(value * hermeval(z, terms[m])).mean() / scale[m] for m in range(1, TERMS + 1)])
