import numpy as np
import pytest
from sklearn.preprocessing import PowerTransformer
from sklearn.utils.estimator_checks import estimator_checks_generator

from segkit.segments.estimators.unskew import Unskew

# the array API check skips itself unless SCIPY_ARRAY_API is set, and Unskew doesn't claim that API
CHECKS = [check for _, check in estimator_checks_generator(Unskew()) if "array_api" not in str(check)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_unskew_is_a_scikit_learn_estimator(check):
    check(Unskew())


@pytest.fixture
def revenue():
    return np.random.default_rng(0).lognormal(3, 1.5, (500, 1))


@pytest.mark.parametrize(
    ("values", "method"),
    [
        (np.linspace(0, 1, 50), "none"),
        (np.r_[np.zeros(45), np.full(5, 0.9)], "root"),
        (np.r_[np.ones(45), np.full(5, 900.0)], "log"),
        (np.r_[np.full(45, -1.0), np.full(5, 900.0)], "yeo-johnson"),
    ],
)
def test_each_kind_of_column_gets_its_transform(values, method):
    assert Unskew().fit(values[:, None]).methods_ == [method]


@pytest.mark.parametrize("rate", [0.01, 100.0, 1e6])
def test_unskew_does_not_depend_on_the_currency(revenue, rate):
    np.testing.assert_allclose(
        Unskew().fit_transform(revenue), Unskew().fit_transform(revenue * rate), atol=1e-9
    )


def test_a_skewed_amount_is_measured_in_its_tenth_percentile(revenue):
    unit = np.quantile(revenue, 0.1)
    np.testing.assert_allclose(Unskew().fit_transform(revenue), np.log(1 + revenue / unit))


def test_the_unit_is_taken_above_zero(revenue):
    with_zeros = np.r_[revenue, np.zeros((400, 1))]
    assert Unskew().fit(with_zeros).units_ == pytest.approx(np.quantile(revenue, 0.1))


def test_a_skewed_share_gets_its_root():
    share = np.random.default_rng(0).beta(0.5, 8, (300, 1))
    np.testing.assert_allclose(Unskew().fit_transform(share), np.sqrt(share))


def test_a_skewed_balance_equals_yeo_johnson_of_scikit_learn(revenue):
    balance = revenue - 20
    theirs = PowerTransformer(standardize=False).fit_transform(balance)
    np.testing.assert_allclose(Unskew().fit_transform(balance), theirs)


def test_what_is_learnt_is_frozen(revenue):
    unskew = Unskew().fit(revenue)
    np.testing.assert_array_equal(unskew.transform(revenue * 5)[:3], unskew.transform(revenue[:3] * 5))


def test_the_order_of_values_is_kept(revenue):
    for values in (revenue, revenue - 20, revenue / revenue.max()):
        straight = Unskew().fit_transform(values)
        np.testing.assert_array_equal(np.argsort(straight[:, 0]), np.argsort(values[:, 0]))


@pytest.mark.parametrize("shift", [0, 20])
def test_one_row_is_straightened_to_the_same_bits_as_all(revenue, shift):
    unskew = Unskew().fit(revenue - shift)
    one_by_one = np.vstack([unskew.transform(row[None]) for row in (revenue - shift)[:100]])
    np.testing.assert_array_equal(one_by_one, unskew.transform(revenue - shift)[:100])


def test_a_column_skewed_by_unequal_groups_is_left_alone():
    rng = np.random.default_rng(0)
    column = np.repeat([0.0, 5.0], [460, 40]) + rng.normal(size=500)
    assert Unskew().fit(column[:, None]).methods_ == ["none"]


@pytest.mark.parametrize("seed", range(5))
def test_a_tail_is_straightened_whatever_mixture_could_follow_it(seed):
    rng = np.random.default_rng(seed)
    tails = np.column_stack([rng.gamma(0.8, size=500), rng.pareto(3, 500), rng.lognormal(0, 1, 500)])
    assert "none" not in Unskew().fit(tails).methods_
