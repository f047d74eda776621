"""Made populations for measuring verdicts: one lump of many shapes, and planted groups.

Each maker takes a random generator, rows and columns, and returns a frame in natural units.
"""

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy.stats import norm

Maker = Callable[[np.random.Generator, int, int], pd.DataFrame]


def _frame(X: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(X, columns=[f"x{number:02d}" for number in range(X.shape[1])])


def _correlation(rng: np.random.Generator, d: int) -> np.ndarray:
    """One common factor with random loadings, some of them negative."""
    loadings = rng.uniform(0.3, 0.9, d) * rng.choice([-1, 1], d, p=[0.3, 0.7])
    R = np.outer(loadings, loadings)
    np.fill_diagonal(R, 1.0)
    return R


def _correlated(rng: np.random.Generator, n: int, d: int) -> np.ndarray:
    return rng.multivariate_normal(np.zeros(d), _correlation(rng, d), n)


def isotropic(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.normal(size=(n, d)))


def correlated(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(_correlated(rng, n, d))


def uniform(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.uniform(size=(n, d)))


def ball(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    X = rng.normal(size=(n, d))
    return _frame(X / np.linalg.norm(X, axis=1, keepdims=True) * rng.uniform(size=(n, 1)) ** (1 / d))


def simplex(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.dirichlet(np.ones(d + 1), n)[:, :d])


def gamma(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.gamma(rng.uniform(0.7, 4, d), size=(n, d)))


def gamma_copula(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    from scipy.stats import gamma as distribution

    U = norm.cdf(_correlated(rng, n, d))
    return _frame(distribution.ppf(U, rng.uniform(0.7, 4, d)))


def log_normal(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(np.exp(_correlated(rng, n, d) * rng.uniform(0.5, 1.5, d)))


def rfm(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Days since the last order, orders, revenue: all driven by one buying rate."""
    rate = rng.gamma(1.2, 4, n)
    orders = 1 + rng.poisson(rate)
    recency = np.minimum(rng.exponential(365 / (rate + 1)), 365)
    revenue = orders * rng.lognormal(3, 0.7, n)
    more = rng.lognormal(0, 0.5, (n, max(d - 3, 0))) * orders[:, None] ** 0.5
    return _frame(np.column_stack([recency.round(), orders, revenue, more])[:, : max(d, 2)])


def heavy_tails(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Multivariate t with 3 to 6 degrees of freedom."""
    df = rng.uniform(3, 6)
    return _frame(_correlated(rng, n, d) / np.sqrt(rng.chisquare(df, (n, 1)) / df))


def independent_t(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.standard_t(rng.uniform(3, 6), (n, d)))


def laplace(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.laplace(size=(n, d)))


def laplace_mixed(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Laplace sources, linearly mixed."""
    root = np.linalg.cholesky(_correlation(rng, d) + 1e-9 * np.eye(d))
    return _frame(rng.laplace(size=(n, d)) @ root.T)


def laplace_elliptical(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(_correlated(rng, n, d) * np.sqrt(rng.exponential(1, (n, 1))))


def counts(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Poisson counts around one activity level."""
    activity = rng.gamma(rng.uniform(0.8, 3), 1, (n, 1))
    return _frame(rng.poisson(activity * rng.uniform(0.5, 6, d)).astype(float))


def independent_counts(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.negative_binomial(rng.uniform(0.7, 3), 0.3, (n, d)).astype(float))


def shares(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Category shares that sum to one."""
    return _frame(rng.dirichlet(rng.uniform(0.6, 4, max(d, 3)), n))


def even_shares(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.dirichlet(np.full(max(d, 3), rng.uniform(1, 6)), n))


def counted_shares(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Shares of a limited number of baskets, so with zeros."""
    d = max(d, 3)
    weights = rng.dirichlet(np.full(d, rng.uniform(1, 4)), n)
    drawn = np.array(
        [rng.multinomial(size, p) for size, p in zip(5 + rng.poisson(30, n), weights, strict=True)]
    )
    return _frame(drawn / drawn.sum(axis=1, keepdims=True))


def binary(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame((_correlated(rng, n, d) > rng.normal(0, 0.7, d)).astype(float))


def independent_binary(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame((rng.uniform(size=(n, d)) < rng.uniform(0.15, 0.85, d)).astype(float))


def ticked(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Options ticked by a coin's flip; who ticked none gave no answer and is missing."""
    frame = independent_binary(rng, n, max(d, 3))
    return frame[frame.any(axis=1)].reset_index(drop=True)


def rasch(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Yes and no answers by one logistic factor."""
    logit = 1.5 * rng.normal(size=(n, 1)) - rng.normal(size=d)
    return _frame((rng.uniform(size=(n, d)) < 1 / (1 + np.exp(-logit))).astype(float))


def likert(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    latent = _correlated(rng, n, d) + rng.normal(0, 0.5, d)
    return _frame(np.digitize(latent, [-1.5, -0.5, 0.5, 1.5]).astype(float) + 1)


def response_style(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Likert answers where some people like the ends and some the middle."""
    stretch = rng.lognormal(0, 0.4, (n, 1))
    return _frame(np.digitize(_correlated(rng, n, d) * stretch, [-1.5, -0.5, 0.5, 1.5]) + 1.0)


def heaped_ages(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Ages that half of the people round to fives, beside correlated numbers."""
    X = _correlated(rng, n, max(d, 2))
    age = np.clip((45 + 14 * X[:, 0]).round(), 18, 95)
    heaped = rng.uniform(size=n) < 0.5
    X[:, 0] = np.where(heaped, 5 * np.round(age / 5), age)
    return _frame(X)


def zero_inflated(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Spend in categories: some never bought, the rest log-normal."""
    Z = _correlated(rng, n, d)
    never = norm.cdf(Z) < rng.uniform(0.1, 0.5, d)
    return _frame(np.where(never, 0.0, np.exp(3 + 0.8 * Z)))


def pareto(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.pareto(rng.uniform(2, 4), (n, d)) + 1)


def t_copula(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Normal margins whose extremes come together."""
    from scipy.stats import t

    T = _correlated(rng, n, d) / np.sqrt(rng.chisquare(4, (n, 1)) / 4)
    return _frame(norm.ppf(np.clip(t.cdf(T, 4), 1e-6, 1 - 1e-6)))


def banana(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """One bent cloud."""
    X = rng.normal(size=(n, d))
    X[:, 1] = 0.6 * X[:, 1] + rng.uniform(0.1, 0.4) * (X[:, 0] ** 2 - 1)
    return _frame(X)


def beta(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    return _frame(rng.beta(rng.uniform(1, 4, d), rng.uniform(1, 4, d), (n, d)))


def funnel(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Spread that depends on the first column."""
    X = rng.normal(size=(n, d))
    X[:, 1:] *= np.exp(0.5 * X[:, :1])
    return _frame(X)


def slanted_box(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """A box with unequal sides that doesn't stand on the columns."""
    turned = np.linalg.qr(rng.normal(size=(d, d)))[0]
    return _frame(rng.uniform(-1, 1, (n, d)) * rng.uniform(0.3, 1, d) @ turned)


def shared_uniform(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Uniform columns with a uniform part in common."""
    return _frame(rng.uniform(size=(n, d)) + rng.uniform(size=(n, 1)))


def shares_beside(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Shares of three parts beside other numbers."""
    X = rng.normal(size=(n, max(d, 3)))
    X[:, :2] = 5 * rng.dirichlet(np.ones(3), n)[:, :2]
    return _frame(X)


def capped(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Correlated numbers whose upper end is cut off."""
    X = _correlated(rng, n, d)
    return _frame(np.minimum(X, np.quantile(X, rng.uniform(0.75, 0.95), axis=0)))


def ring(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """One cloud with a hole in it."""
    X = 0.3 * rng.normal(size=(n, d))
    angle, radius = rng.uniform(0, 2 * np.pi, n), 1 + 0.12 * rng.normal(size=n)
    X[:, 0], X[:, 1] = radius * np.cos(angle), radius * np.sin(angle)
    return _frame(X)


def rankings(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Things that all put in order, some liked more than others (Thurstone)."""
    liked = rng.normal(0, 0.7, max(d, 3)) + rng.normal(size=(n, max(d, 3)))
    return _frame(np.argsort(np.argsort(liked, axis=1), axis=1) + 1.0)


def mixed(rng: np.random.Generator, n: int, d: int) -> pd.DataFrame:
    """Numbers and categories cut from one latent cloud."""
    d = max(d, 4)
    Z = _correlated(rng, n, d)
    frame = _frame(Z)
    for name in frame.columns[::2]:
        frame[name] = pd.cut(frame[name], [-np.inf, -0.7, 0.4, np.inf], labels=["a", "b", "c"]).astype(
            "str"
        )
    return frame


STRUCTURELESS: dict[str, Maker] = {
    maker.__name__: maker
    for maker in (
        isotropic, correlated, uniform, ball, simplex, gamma, gamma_copula, log_normal, rfm,
        heavy_tails, independent_t, laplace, laplace_mixed, laplace_elliptical, counts,
        independent_counts, shares, even_shares, counted_shares, binary, independent_binary, ticked,
        rasch, likert, response_style, heaped_ages, zero_inflated, pareto, t_copula, banana, beta,
        funnel, slanted_box, shared_uniform, shares_beside, capped, ring, rankings,
        mixed,
    )
}  # fmt: skip


def planted(
    rng: np.random.Generator, n: int, d: int, k: int, apart: float, weights: list[float] | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Round groups of unit spread, the nearest two of any group `apart` standard deviations apart."""
    centres = _centres(rng, d, k, apart)
    sizes = np.full(k, n // k) if weights is None else np.round(np.array(weights) * n).astype(int)
    sizes[0] += n - sizes.sum()
    labels = np.repeat(np.arange(k), sizes)
    return _frame(centres[labels] + rng.normal(size=(n, d))), labels


def _centres(rng: np.random.Generator, d: int, k: int, apart: float) -> np.ndarray:
    """Centres grown one by one, each exactly `apart` from its nearest neighbour."""
    centres = [np.zeros(d)]
    while len(centres) < k:
        step = rng.normal(size=d)
        new = centres[rng.integers(len(centres))] + apart * step / np.linalg.norm(step)
        if all(np.linalg.norm(new - old) >= apart * (1 - 1e-9) for old in centres):
            centres.append(new)
    return np.array(centres)


def equidistant(
    rng: np.random.Generator, n: int, d: int, k: int, apart: float, weights: list[float] | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Round groups of unit spread, every two of them `apart` standard deviations apart."""
    centres = np.zeros((k, max(d, k)))
    centres[np.arange(k), np.arange(k)] = apart / np.sqrt(2)
    turn = np.linalg.qr(rng.normal(size=(max(d, k), max(d, k))))[0]
    sizes = np.full(k, n // k) if weights is None else np.round(np.array(weights) * n).astype(int)
    sizes[0] += n - sizes.sum()
    labels = np.repeat(np.arange(k), sizes)
    X = centres[labels] @ turn + rng.normal(size=(n, max(d, k)))
    return _frame(X), labels


def along_bases(
    rng: np.random.Generator, n: int, d: int, k: int, apart: float, weights: list[float] | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Round groups, each but the first `apart` from it along a base of its own: bases are skewed."""
    centres = np.zeros((k, max(d, k - 1)))
    centres[np.arange(1, k), np.arange(k - 1)] = apart
    sizes = np.full(k, n // k) if weights is None else np.round(np.array(weights) * n).astype(int)
    sizes[0] += n - sizes.sum()
    labels = np.repeat(np.arange(k), sizes)
    return _frame(centres[labels] + rng.normal(size=(n, centres.shape[1]))), labels


def elongated(
    rng: np.random.Generator, n: int, d: int, k: int, apart: float = 6.0, length: float = 6.0
) -> tuple[pd.DataFrame, np.ndarray]:
    """Parallel groups, `length` times as long as wide, side by side."""
    labels = np.repeat(np.arange(k), n // k + 1)[:n]
    X = rng.normal(size=(n, d))
    X[:, 0] *= length
    X[:, 1] += apart * labels
    return _frame(X), labels
