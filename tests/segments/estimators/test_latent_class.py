from math import exp, log, pi

import numpy as np
import pytest
from scipy.stats import norm
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture
from sklearn.utils.estimator_checks import estimator_checks_generator

from segkit.errors import DataError, ParameterError
from segkit.segments.estimators import em, latent_class
from segkit.segments.estimators.latent_class import LatentClass
from tests.segments.estimators.test_kprototypes import make_mixed

CHECKS = [
    check for _, check in estimator_checks_generator(LatentClass()) if "array_api" not in str(check)
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_latent_class_is_a_scikit_learn_estimator(check):
    check(LatentClass())


@pytest.fixture(scope="module")
def mixed():
    return make_mixed()


@pytest.fixture(scope="module")
def classes(mixed):
    return LatentClass(3, categorical=[1, 3], random_state=0).fit(mixed[0])


def make_items(n=2000, seed=0):
    """Six yes/no items in classes of 70 and 30 %, which say yes with .85 and .2; and their truth."""
    rng = np.random.default_rng(seed)
    truth = (rng.random(n) < 0.3).astype(int)
    return (rng.random((n, 6)) < np.array([0.85, 0.2])[truth][:, None]).astype(float), truth


def naive_densities(X, classes):
    """Row by row and class by class, the density of numbers 0 and 2 and categories 1 and 3."""
    densities = np.zeros((len(X), len(classes.weights_)))
    for i, row in enumerate(X):
        for k, weight in enumerate(classes.weights_):
            density = weight
            for number, place in enumerate((0, 2)):
                mean, variance = classes.means_[k, number], classes.variances_[k, number]
                density *= (
                    exp(-((row[place] - mean) ** 2) / (2 * variance)) / (2 * pi * variance) ** 0.5
                )
            for item, place in enumerate((1, 3)):
                known = list(classes.levels_[item])
                if row[place] in known:
                    density *= classes.probabilities_[item][k, known.index(row[place])]
            densities[i, k] = density
    return densities


def test_probabilities_and_score_equal_a_naive_computation(mixed, classes):
    densities = naive_densities(mixed[0], classes)
    total = densities.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classes.predict_proba(mixed[0]), densities / total, atol=1e-12)
    np.testing.assert_array_equal(classes.labels_, densities.argmax(axis=1))
    assert classes.score(mixed[0]) == pytest.approx(np.log(total).mean(), rel=1e-12)


def test_one_round_equals_a_naive_round(mixed, classes):
    X = mixed[0]
    indicators = classes._indicators(X).T
    rows = em.Rows(indicators, indicators[:7].mean(axis=1), 2)
    member = np.random.default_rng(0).dirichlet(np.ones(3), len(X)).T
    found = em.maximised(rows, member)
    for k in range(3):
        size = sum(member[k])
        assert found.weights[k] == pytest.approx((size + 1 / 3) / (len(X) + 1))
        for level, code in enumerate(classes.levels_[0]):
            count = sum(share for share, row in zip(member[k], X, strict=True) if row[1] == code)
            overall = np.mean(X[:, 1] == code)
            assert found.shares[k, level] == pytest.approx((count + overall) / (size + 1))
        standard = (X[:, 2] - X[:, 2].mean()) / X[:, 2].std()
        mean = np.average(standard, weights=member[k])
        scatter = (member[k] * (standard - mean) ** 2).sum()
        assert found.means[k, 1] == pytest.approx(mean)
        assert found.variances[k, 1] == pytest.approx((scatter + 1 / 9) / (size + 1))


def test_a_round_never_lowers_the_bound(mixed, classes):
    indicators = classes._indicators(mixed[0]).T
    rows = em.Rows(indicators, indicators[:7].mean(axis=1), 2)
    for seed in range(10):
        current = em.drawn_classes(rows, 4, np.random.RandomState(seed))
        bounds = []
        for _ in range(60):
            bound, member = em.expected(rows, current)
            current = em.maximised(rows, member)
            bounds.append(bound)
        assert (np.diff(bounds) >= -1e-12).all()


def test_the_bound_is_the_log_likelihood_and_the_log_prior(mixed, classes):
    prior = sum(log(weight) for weight in classes.weights_) / 3
    for item, place in enumerate((1, 3)):
        overall = [np.mean(mixed[0][:, place] == code) for code in classes.levels_[item]]
        prior += (np.log(classes.probabilities_[item]) * overall).sum()
    spread = mixed[0][:, [0, 2]].var(axis=0)
    shares_of_variance = classes.variances_ / spread
    prior -= 0.5 * (np.log(shares_of_variance) + 1 / 9 / shares_of_variance).sum()
    standardised = classes.score(mixed[0]) + 0.5 * np.log(spread).sum()
    assert classes.lower_bound_ == pytest.approx(standardised + prior / len(mixed[0]), rel=1e-12)


def test_planted_groups_are_found_largest_first(mixed, classes):
    assert adjusted_rand_score(mixed[1], classes.labels_) > 0.97
    assert (np.diff(classes.weights_) <= 0).all()
    np.testing.assert_allclose(classes.weights_, [0.5, 0.3, 0.2], atol=0.06)
    np.testing.assert_allclose(classes.variances_, 1, atol=0.3)


def test_the_shares_of_answers_are_recovered():
    items, truth = make_items()
    classes = LatentClass(2, categorical="all", random_state=0).fit(items)
    np.testing.assert_allclose(classes.weights_, [0.7, 0.3], atol=0.03)
    yes = np.array([shares[:, 1] for shares in classes.probabilities_])
    np.testing.assert_allclose(yes, [[0.85, 0.2]] * 6, atol=0.06)
    assert np.mean(classes.labels_ == truth) > 0.95
    assert classes.converged_


def test_bic_finds_the_number_of_planted_classes():
    items, _ = make_items()
    bic = [LatentClass(k, categorical="all", random_state=0).fit(items).bic(items) for k in range(1, 5)]
    assert np.argmin(bic) == 1


def test_bic_counts_free_parameters(mixed, classes):
    """Three classes: 2 free weights, and in each 2 + 3 free shares, 2 means and 2 variances."""
    fit = -2 * len(mixed[0]) * classes.score(mixed[0])
    assert classes.bic(mixed[0]) == pytest.approx(fit + (2 + 3 * (2 + 3 + 4)) * log(len(mixed[0])))


def test_numbers_alone_give_nearly_a_gaussian_mixture():
    X = make_mixed(2000, spread=3.0)[0][:, [0, 2]]
    ours = LatentClass(3, random_state=0, tol=1e-9).fit(X)
    theirs = GaussianMixture(
        3, covariance_type="diag", n_init=5, tol=1e-9, max_iter=2000, random_state=0
    )
    assert ours.score(X) == pytest.approx(theirs.fit(X).score(X), abs=1e-4)
    assert ours.probabilities_ == []


def test_one_class_is_the_overall_shares(mixed):
    one = LatentClass(1, categorical=[1, 3]).fit(mixed[0])
    _, counts = np.unique(mixed[0][:, 1], return_counts=True)
    np.testing.assert_allclose(one.probabilities_[0][0], counts / 600)
    expected = norm.logpdf(mixed[0][:, 0], one.means_[0, 0], one.variances_[0, 0] ** 0.5).mean()
    numbers = LatentClass(1).fit(mixed[0][:, [0]])
    assert numbers.score(mixed[0][:, [0]]) == pytest.approx(expected)


def test_no_share_and_no_variance_is_0():
    X = np.array([[0, 0, 5.0]] * 8 + [[1, 1, 7.0]] * 8)
    classes = LatentClass(2, categorical=[0, 1], random_state=0).fit(X)
    assert all((shares > 0).all() for shares in classes.probabilities_)
    assert (classes.variances_ > 0).all()
    for shares in classes.probabilities_:
        np.testing.assert_allclose(shares.sum(axis=1), 1)


def test_a_level_that_the_sample_lacks_keeps_a_share(monkeypatch):
    X, _ = make_mixed(900)
    X[0, 1] = 77
    monkeypatch.setattr(latent_class, "ROUGH_ROWS", 100)
    classes = LatentClass(3, categorical=[1, 3], random_state=1).fit(X)
    assert (classes.probabilities_[0][:, -1] > 0).all()
    assert np.isfinite(classes.lower_bound_)


def test_an_unseen_code_says_nothing(mixed, classes):
    rows = mixed[0][:30].copy()
    rows[:, 1] = 99
    densities = naive_densities(rows, classes)
    expected = densities / densities.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(classes.predict_proba(rows), expected, atol=1e-12)
    items, _ = make_items(200)
    only_items = LatentClass(2, categorical="all", random_state=0).fit(items)
    np.testing.assert_allclose(only_items.predict_proba(np.full((1, 6), 9.0)), [only_items.weights_])


def test_the_same_seed_gives_the_same_answer(mixed, classes):
    again = LatentClass(3, categorical=[1, 3], random_state=0).fit(mixed[0])
    np.testing.assert_array_equal(again.means_, classes.means_)
    assert again.lower_bound_ == classes.lower_bound_


def test_a_row_gets_the_same_class_in_any_order_and_alone(mixed, classes):
    order = np.random.default_rng(1).permutation(len(mixed[0]))
    shuffled = classes.predict_proba(mixed[0][order])
    np.testing.assert_array_equal(shuffled, classes.predict_proba(mixed[0])[order])
    alone = [classes.predict_proba(row[None])[0] for row in mixed[0][:50]]
    np.testing.assert_array_equal(alone, classes.predict_proba(mixed[0])[:50])


def test_units_and_names_of_codes_do_not_matter(mixed, classes):
    moved = mixed[0] * [100, 7, 0.01, 1] + [5, 3, -5, 0]
    again = LatentClass(3, categorical=[1, 3], random_state=0).fit(moved)
    np.testing.assert_array_equal(again.labels_, classes.labels_)
    assert again.score(moved) == pytest.approx(classes.score(mixed[0]))


def test_a_run_that_is_cut_short_says_so():
    items, _ = make_items(400)
    with pytest.warns(ConvergenceWarning, match="max_iter=1;"):
        short = LatentClass(5, categorical="all", n_init=1, max_iter=1, tol=0, random_state=0).fit(
            items
        )
    assert not short.converged_
    assert short.n_iter_ == 1


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ({"n_components": 601}, DataError, "601 groups of n_samples=600"),
        ({"categorical": "some"}, ParameterError, "categorical is 'some'"),
        ({"categorical": [4]}, ParameterError, r"categorical is \[4\]"),
        ({"n_init": 0}, ParameterError, "n_init is 0"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(mixed, parameters, error, said):
    with pytest.raises(error, match=said):
        LatentClass(**parameters).fit(mixed[0])


def test_a_number_that_never_varies_is_refused_but_a_category_is_not(mixed):
    same = mixed[0].copy()
    same[:, [1, 2]] = 7
    with pytest.raises(DataError, match="column 2 is the same in all rows"):
        LatentClass(2, categorical=[1]).fit(same)
    LatentClass(2, categorical=[1, 2, 3], random_state=0).fit(same)


def test_inputs_stay_as_they_were(mixed):
    before = mixed[0].copy()
    LatentClass(2, categorical=[1]).fit(mixed[0]).predict_proba(mixed[0])
    np.testing.assert_array_equal(mixed[0], before)
