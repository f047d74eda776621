import numpy as np
import pytest
from scipy.stats import skew, spearmanr

from segkit.segments.evidence.blob import fit_blob, one_mode

N = 600


def correlated(n=N, rho=0.6, seed=0):
    """Three normal columns; the third runs against the others."""
    R = np.array([[1, rho, -rho], [rho, 1, -rho], [-rho, -rho, 1]])
    return np.random.default_rng(seed).multivariate_normal(np.zeros(3), R, n)


def drawn(X, n=4_000, **settings):
    return fit_blob(X, np.random.default_rng(1), **settings).draw(np.random.default_rng(2), n)


COLUMNS = {
    "normal": lambda Z: Z,
    "log-normal": np.exp,
    "yes or no": lambda Z: (Z > 0.5) * 1.0,
    "ratings": lambda Z: np.digitize(Z, [-1.5, -0.5, 0.5, 1.5]) * 1.0,
    "counts": lambda Z: np.floor(np.exp(1.5 + 0.8 * Z)),
    "never bought": lambda Z: np.where(Z < -0.3, 0, np.exp(Z)),
    "one of each": lambda Z: np.c_[Z[:, 0], Z[:, 1] > 0, np.floor(np.exp(1 + Z[:, 2]))],
}


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_blob_has_the_same_correlations(kind):
    X = COLUMNS[kind](correlated())
    np.testing.assert_allclose(spearmanr(drawn(X))[0], spearmanr(X)[0], atol=0.1)


@pytest.mark.parametrize("kind", COLUMNS)
def test_a_blob_has_the_same_quantiles_where_there_is_one_mode(kind):
    X = COLUMNS[kind](correlated())
    ranks = np.linspace(0.05, 0.95, 19)
    apart = np.quantile(drawn(X), ranks, axis=0) - np.quantile(X, ranks, axis=0)
    assert (np.abs(apart).mean(axis=0) < 0.15 * X.std(axis=0)).all()


def test_discrete_rates_are_kept():
    X = np.random.default_rng(0).choice([1.0, 2.0, 5.0], (N, 1), p=[0.7, 0.1, 0.2])
    shares = [(drawn(X, 20_000) == value).mean() for value in (1, 2, 5)]
    assert shares == pytest.approx([(value == X).mean() for value in (1, 2, 5)], abs=0.015)


def test_those_who_never_bought_stay_as_many():
    X = COLUMNS["never bought"](correlated())
    np.testing.assert_allclose((drawn(X) == 0).mean(axis=0), (X == 0).mean(axis=0), atol=0.03)


def test_many_levels_are_drawn_at_their_rates_when_that_is_asked_for():
    X = np.random.default_rng(0).integers(0, 30, (N, 1)).astype("float64")
    X[X > 5] += 20  # a hole that smoothing would fill
    found = drawn(X, stepped=np.array([True]))
    assert set(np.unique(found)) <= set(np.unique(X))
    assert (found > 5).mean() == pytest.approx((X > 5).mean(), abs=0.03)


def test_counts_stay_counts():
    X = np.random.default_rng(0).poisson(30, (N, 1)).astype("float64")
    assert set(np.unique(drawn(X))) <= set(np.unique(X))


def test_two_modes_become_one():
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(0, 1, (N // 2, 1)), rng.normal(8, 1, (N // 2, 1))]
    assert ((X > 3) & (X < 5)).mean() < 0.01
    left, _, between, _, right = np.histogram(drawn(X, 40_000), [-1, 1, 3, 5, 7, 9])[0]
    assert between > 0.8 * min(left, right)


def test_one_mode_keeps_what_has_one_already():
    values = np.random.default_rng(0).normal(size=N)
    ours = one_mode(values, 1_000)
    assert (np.diff(ours) >= 0).all()
    naive = np.quantile(values, (np.arange(1_000) + 0.5) / 1_000)
    assert np.abs(ours - naive).mean() < 0.05
    assert abs(skew(ours)) < 0.4


def test_answers_cut_from_normals_give_back_the_latent_correlation():
    root = fit_blob((correlated(4_000) > 0) * 1.0, np.random.default_rng(0)).root
    np.testing.assert_allclose((root @ root.T)[0], [1, 0.6, -0.6], atol=0.06)


def test_columns_that_say_the_same_stay_together():
    column = np.random.default_rng(0).normal(size=N)
    found = drawn(np.c_[column, column, -column])
    assert spearmanr(found)[0][0, 1:].round(2).tolist() == [1.0, -1.0]


@pytest.mark.parametrize("light", [1, 10])
def test_one_rare_value_among_heavy_ones_is_drawn_too(light):
    X = np.r_[np.repeat(np.arange(13.0), 40), np.full(light, 13.0)][:, None]
    assert (drawn(X, 20_000) == 13).mean() == pytest.approx(light / len(X), abs=0.01)


def test_the_same_seed_draws_the_same_blob():
    X = COLUMNS["one of each"](correlated())
    np.testing.assert_array_equal(drawn(X), drawn(X))
