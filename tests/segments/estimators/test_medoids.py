from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import estimator_checks_generator

from segkit.errors import DataError, ParameterError
from segkit.segments.estimators import medoids
from segkit.segments.estimators.medoids import GowerMedoids
from tests.segments.estimators.test_kprototypes import make_mixed

CHECKS = [
    check for _, check in estimator_checks_generator(GowerMedoids()) if "array_api" not in str(check)
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_gower_medoids_is_a_scikit_learn_estimator(check):
    check(GowerMedoids())


@pytest.fixture(scope="module")
def mixed():
    return make_mixed(300)


@pytest.fixture(scope="module")
def groups(mixed):
    return GowerMedoids(3, categorical=[1, 3], random_state=0).fit(mixed[0])


def naive_gower(X, others, ranges, numbers=(0, 2)):
    """One pair and one column after the other."""
    distances = np.zeros((len(X), len(others)))
    for i, row in enumerate(X):
        for j, other in enumerate(others):
            for place in range(X.shape[1]):
                if place in numbers:
                    share = abs(row[place] - other[place]) / ranges[numbers.index(place)]
                    distances[i, j] += min(share, 1) / X.shape[1]
                else:
                    distances[i, j] += (row[place] != other[place]) / X.shape[1]
    return distances


def test_distances_equal_a_naive_computation(mixed, groups):
    rows = mixed[0][:80]
    columns = groups._columns(rows)
    expected = naive_gower(rows, rows, groups.ranges_)
    np.testing.assert_allclose(medoids._gower(*columns, *columns), expected, atol=1e-6)


def test_rows_outside_the_fitted_range_differ_by_one_at_most(mixed, groups):
    far = mixed[0][:6] * [1e9, 1, -1e9, 1]
    expected = naive_gower(far, groups.medoids_, groups.ranges_)
    np.testing.assert_allclose(groups._distances(far), expected, atol=1e-6)
    assert expected.max() <= 1


def test_labels_and_inertia_equal_a_naive_computation(mixed, groups):
    expected = naive_gower(mixed[0], groups.medoids_, groups.ranges_)
    np.testing.assert_array_equal(groups.labels_, expected.argmin(axis=1))
    assert groups.inertia_ == pytest.approx(expected.min(axis=1).sum(), rel=1e-6)


def test_medoids_are_rows_of_the_data(mixed, groups):
    np.testing.assert_array_equal(groups.medoids_, mixed[0][groups.medoid_indices_])
    assert groups.labels_[groups.medoid_indices_].tolist() == [0, 1, 2]


def test_planted_groups_are_found_largest_first(mixed, groups):
    assert adjusted_rand_score(mixed[1], groups.labels_) > 0.97
    assert (np.diff(np.bincount(groups.labels_)) <= 0).all()


@pytest.mark.parametrize("seed", range(5))
def test_no_other_choice_of_medoids_is_better(seed):
    X = make_mixed(25, spread=1.0, keep=0.5, seed=seed)[0]
    groups = GowerMedoids(3, categorical=[1, 3], random_state=0).fit(X)
    distances = naive_gower(X, X, groups.ranges_)
    least = min(distances[list(chosen)].min(axis=0).sum() for chosen in combinations(range(25), 3))
    assert groups.inertia_ == pytest.approx(least, rel=1e-6)


@pytest.mark.parametrize("start", [[0, 1, 2], [10, 20, 30], [7, 7, 40], [49, 3, 12]])
def test_the_best_swap_equals_trying_every_one(start):
    X = make_mixed(50, spread=1.0, keep=0.5)[0]
    groups = GowerMedoids(3, categorical=[1, 3]).fit(X)
    distances = medoids._gower(*groups._columns(X), *groups._columns(X))
    start = np.array(start)
    totals = np.array(
        [[swapped_total(distances, start, row, at) for at in range(3)] for row in range(50)]
    )
    found = medoids._best_swap(distances, *medoids._nearby(distances, start))
    assert totals[found] == pytest.approx(totals.min(), rel=1e-6)


def swapped_total(distances, start, row, at):
    changed = start.copy()
    changed[at] = row
    return distances[changed].min(axis=0).sum()


def test_one_medoid_is_the_most_central_row(mixed):
    groups = GowerMedoids(1, categorical=[1, 3]).fit(mixed[0])
    distances = naive_gower(mixed[0][:300], mixed[0], groups.ranges_)
    assert groups.inertia_ == pytest.approx(distances.sum(axis=1).min(), rel=1e-6)


def test_as_many_medoids_as_rows_cost_nothing(mixed):
    groups = GowerMedoids(10, categorical=[1, 3]).fit(mixed[0][:10])
    assert groups.inertia_ == 0
    assert sorted(groups.medoid_indices_) == list(range(10))


def test_rows_that_are_all_the_same_are_no_error():
    groups = GowerMedoids(2, categorical=[1], random_state=0).fit(np.ones((6, 2)))
    assert groups.inertia_ == 0
    assert groups.predict([[1.0, 5.0], [2.0, 1.0]]).tolist() == [0, 0]


def test_units_do_not_matter(mixed, groups):
    moved = mixed[0] * [100, 7, 0.01, 1] + [5, 3, -5, 0]
    again = GowerMedoids(3, categorical=[1, 3], random_state=0).fit(moved)
    np.testing.assert_array_equal(again.labels_, groups.labels_)


def test_the_same_seed_gives_the_same_answer(mixed, groups):
    again = GowerMedoids(3, categorical=[1, 3], random_state=0).fit(mixed[0])
    np.testing.assert_array_equal(again.medoid_indices_, groups.medoid_indices_)


def test_shuffled_rows_give_the_same_medoids(mixed, groups):
    order = np.random.default_rng(1).permutation(len(mixed[0]))
    again = GowerMedoids(3, categorical=[1, 3], random_state=0).fit(mixed[0][order])
    np.testing.assert_array_equal(again.medoids_, groups.medoids_)
    np.testing.assert_array_equal(groups.predict(mixed[0][order]), groups.labels_[order])


def test_a_row_alone_gets_the_medoid_that_it_gets_among_others(mixed, groups):
    alone = [groups.predict(row[None])[0] for row in mixed[0]]
    np.testing.assert_array_equal(alone, groups.labels_)


def test_an_unseen_code_differs_from_every_medoid(mixed, groups):
    rows = mixed[0][:20].copy()
    rows[:, 1] = 99
    expected = naive_gower(rows, groups.medoids_, groups.ranges_)
    np.testing.assert_array_equal(groups.predict(rows), expected.argmin(axis=1))


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ({"max_rows": 200}, DataError, "there are 300 rows.*at most max_rows=200.*Fit on a sample"),
        ({"n_clusters": 301}, DataError, "301 groups of n_samples=300"),
        ({"categorical": [9]}, ParameterError, r"categorical is \[9\].*0 to 3"),
    ],
)
def test_what_cannot_be_grouped_is_refused(mixed, parameters, error, said):
    with pytest.raises(error, match=said):
        GowerMedoids(**{"n_clusters": 3, **parameters}).fit(mixed[0])


def test_inputs_stay_as_they_were(mixed):
    before = mixed[0].copy()
    GowerMedoids(2, categorical=[1]).fit(mixed[0]).predict(mixed[0])
    np.testing.assert_array_equal(mixed[0], before)
