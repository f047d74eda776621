import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.utils.estimator_checks import estimator_checks_generator

from segkit.segments.estimators.famd import FAMD

CHECKS = [check for _, check in estimator_checks_generator(FAMD()) if "array_api" not in str(check)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_famd_is_a_scikit_learn_estimator(check):
    check(FAMD())


@pytest.fixture
def rows():
    """Two numbers at 0 and 2, categories of three and four levels at 1 and 3, all related."""
    rng = np.random.default_rng(0)
    taste = rng.normal(size=200)
    areas = np.digitize(taste + rng.normal(size=200), [-0.5, 0.7]) * 10
    plans = np.digitize(taste - rng.normal(size=200), [-1, 0, 1])
    return np.c_[50 + 9 * taste + rng.normal(size=200), areas, rng.normal(size=200), plans]


def weighed(rows):
    """Standardised numbers, then every level's indicator over the root of its share."""
    numbers = rows[:, [0, 2]]
    parts = [(numbers - numbers.mean(axis=0)) / numbers.std(axis=0)]
    for column in rows[:, [1, 3]].T:
        for level in np.unique(column):
            one = (column == level) * 1.0
            parts.append(((one - one.mean()) / np.sqrt(one.mean()))[:, None])
    return np.hstack(parts)


def test_scores_are_a_pca_of_the_weighed_indicators(rows):
    ours = FAMD([1, 3], n_components=4).fit_transform(rows)
    theirs = PCA(4).fit_transform(weighed(rows))
    np.testing.assert_allclose(np.abs(ours), np.abs(theirs), atol=1e-8)


def test_eigenvalues_are_those_of_the_weighed_indicators(rows):
    naive = np.linalg.eigvalsh(np.cov(weighed(rows).T, bias=True))[::-1]
    np.testing.assert_allclose(FAMD([1, 3]).fit(rows).explained_variance_, naive, atol=1e-9)


def test_numbers_alone_give_a_pca_of_standardised_numbers(rows):
    numbers = rows[:, [0, 2]]
    standard = (numbers - numbers.mean(axis=0)) / numbers.std(axis=0)
    theirs = PCA(2).fit_transform(standard)
    np.testing.assert_allclose(np.abs(FAMD().fit_transform(numbers)), np.abs(theirs), atol=1e-8)


def test_a_category_weighs_one_less_than_its_levels_and_a_number_one(rows):
    assert FAMD([1, 3]).fit(rows).explained_variance_.sum() == pytest.approx(2 + (3 - 1) + (4 - 1))


def test_by_default_the_components_above_one_are_kept(rows):
    famd = FAMD([1, 3]).fit(rows)
    assert len(famd.components_) == max(2, (famd.explained_variance_ > 1).sum())


def test_at_least_two_components_are_kept():
    rng = np.random.default_rng(0)
    assert FAMD([1]).fit(np.c_[rng.normal(size=90), np.arange(90) % 2]).components_.shape == (2, 3)


def test_the_codes_themselves_do_not_matter(rows):
    renamed = rows.copy()
    renamed[:, 1] = 7 - renamed[:, 1] ** 2
    ours = FAMD([1, 3], n_components=3).fit_transform(rows)
    again = FAMD([1, 3], n_components=3).fit_transform(renamed)
    np.testing.assert_allclose(np.abs(ours), np.abs(again), atol=1e-8)


def test_a_code_never_seen_counts_as_no_level(rows):
    famd = FAMD([1, 3], n_components=3).fit(rows)
    number, area, other, _ = rows[0]
    indicators = np.r_[number, other, [area == 0, area == 10, area == 20], np.zeros(4)]
    naive = ((indicators - famd.mean_) / famd.scale_) @ famd.components_.T
    np.testing.assert_allclose(famd.transform([[number, area, other, 99]])[0], naive)


def test_rare_levels_share_one_indicator(rows):
    rows[:2, 1], rows[2:3, 1] = 70, 80
    famd = FAMD([1, 3]).fit(rows)
    assert famd.other_[0].tolist() == [70, 80]
    assert famd.components_.shape[1] == 2 + (3 + 1) + 4
    as_one = np.where(rows == 80, 70, rows)
    np.testing.assert_allclose(famd.transform(rows), famd.transform(as_one))


def test_a_number_that_never_varies_adds_nothing(rows):
    constant = np.c_[rows, np.full(200, 0.1)]
    ours = FAMD([1, 3], n_components=3).fit_transform(constant)
    np.testing.assert_allclose(
        np.abs(ours), np.abs(FAMD([1, 3], n_components=3).fit_transform(rows)), atol=1e-8
    )


def test_one_row_gets_the_same_bits_as_all(rows):
    famd = FAMD([1, 3]).fit(rows)
    one_by_one = np.vstack([famd.transform(row[None]) for row in rows[:50]])
    np.testing.assert_array_equal(one_by_one, famd.transform(rows)[:50])
