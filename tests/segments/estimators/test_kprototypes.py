import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import estimator_checks_generator

from segkit.errors import DataError, ParameterError
from segkit.segments.estimators import prototype_search
from segkit.segments.estimators.codes import encode
from segkit.segments.estimators.kprototypes import KPrototypes

CHECKS = [
    check for _, check in estimator_checks_generator(KPrototypes()) if "array_api" not in str(check)
]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_kprototypes_is_a_scikit_learn_estimator(check):
    check(KPrototypes())


def make_mixed(n=600, spread=6.0, keep=0.9, seed=0):
    """Three groups in two numbers and two categories: codes 10, 20, 30 and 1 to 4; and their truth."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, n, p=[0.5, 0.3, 0.2])
    numbers = spread * np.array([[0, 0], [1, 0], [0, 1]])[truth] + rng.normal(size=(n, 2))
    usual = np.array([[10, 1], [20, 2], [30, 3]])[truth]
    other = np.c_[rng.choice([10, 20, 30], n), rng.integers(1, 5, n)]
    codes = np.where(rng.random((n, 2)) < keep, usual, other)
    return np.c_[numbers[:, 0], codes[:, 0], numbers[:, 1], codes[:, 1]], truth


@pytest.fixture(scope="module")
def mixed():
    return make_mixed()


@pytest.fixture(scope="module")
def groups(mixed):
    return KPrototypes(3, categorical=[1, 3], random_state=0).fit(mixed[0])


def naive_costs(X, groups):
    """Row by row and column by column, what the docstring says."""
    return np.array(
        [
            [
                sum((row[[0, 2]] - mean) ** 2)
                + groups.gamma_
                * sum(code != usual for code, usual in zip(row[[1, 3]], mode, strict=True))
                for mean, mode in zip(groups.cluster_centers_, groups.modes_, strict=True)
            ]
            for row in X
        ]
    )


def commonest(column):
    codes, counts = np.unique(column, return_counts=True)
    return codes[counts.argmax()]


def test_cost_and_labels_equal_a_naive_computation(mixed, groups):
    costs = naive_costs(mixed[0], groups)
    np.testing.assert_array_equal(groups.labels_, costs.argmin(axis=1))
    assert groups.cost_ == pytest.approx(costs.min(axis=1).sum(), rel=1e-12)


def test_prototypes_are_the_means_and_modes_of_their_rows(mixed, groups):
    for cluster in range(3):
        members = mixed[0][groups.labels_ == cluster]
        np.testing.assert_allclose(groups.cluster_centers_[cluster], members[:, [0, 2]].mean(axis=0))
        assert groups.modes_[cluster].tolist() == [commonest(members[:, 1]), commonest(members[:, 3])]


def test_planted_groups_are_found_largest_first(mixed, groups):
    assert adjusted_rand_score(mixed[1], groups.labels_) > 0.97
    assert groups.modes_.tolist() == [[10, 1], [20, 2], [30, 3]]
    assert (np.diff(np.bincount(groups.labels_)) <= 0).all()


def test_gamma_is_half_the_mean_standard_deviation(mixed, groups):
    assert groups.gamma_ == pytest.approx(mixed[0][:, [0, 2]].std(axis=0).mean() / 2)
    assert KPrototypes(2, categorical=[1], gamma=0.3).fit(mixed[0]).gamma_ == 0.3


def test_no_row_can_change_its_cluster_and_lower_the_cost():
    X, _ = make_mixed(60, spread=1.0, keep=0.5)
    groups = KPrototypes(3, categorical=[1, 3], random_state=0).fit(X)
    for row in range(60):
        for cluster in range(3):
            labels = groups.labels_.copy()
            labels[row] = cluster
            assert partition_cost(X, labels, groups.gamma_) >= groups.cost_ * (1 - 1e-9)


def partition_cost(X, labels, gamma):
    parts = [X[labels == cluster] for cluster in np.unique(labels)]
    return sum(
        ((part[:, [0, 2]] - part[:, [0, 2]].mean(axis=0)) ** 2).sum()
        + gamma * sum((part[:, place] != commonest(part[:, place])).sum() for place in (1, 3))
        for part in parts
    )


def test_without_categories_it_is_at_least_as_good_as_kmeans():
    X, _ = make_mixed(500, spread=2.0)
    ours = KPrototypes(5, random_state=0).fit(X[:, [0, 2]])
    theirs = KMeans(5, n_init=10, random_state=0, tol=0).fit(X[:, [0, 2]])
    assert ours.cost_ <= theirs.inertia_ * (1 + 1e-9)
    assert ours.modes_.shape == (5, 0)


def test_without_numbers_it_counts_differing_categories(mixed):
    codes = mixed[0][:, [1, 3]]
    groups = KPrototypes(3, categorical=[0, 1], random_state=0).fit(codes)
    assert groups.gamma_ == 1
    assert groups.cost_ == (codes != groups.modes_[groups.labels_]).sum()


def test_many_rows_go_by_way_of_a_sample_and_lose_nothing(monkeypatch):
    X, _ = make_mixed(1_500, spread=2.0, keep=0.6)
    estimator = KPrototypes(3, categorical=[1, 3], random_state=0)
    whole = estimator.fit(X).cost_
    monkeypatch.setattr(prototype_search, "ROUGH_ROWS", 300)
    assert estimator.fit(X).cost_ <= whole * (1 + 1e-6)


def test_the_same_seed_gives_the_same_answer(mixed, groups):
    again = KPrototypes(3, categorical=[1, 3], random_state=0).fit(mixed[0])
    np.testing.assert_array_equal(again.labels_, groups.labels_)
    assert again.cost_ == groups.cost_


def test_a_row_gets_the_same_cluster_in_any_order_and_alone(mixed, groups):
    order = np.random.default_rng(1).permutation(len(mixed[0]))
    np.testing.assert_array_equal(groups.predict(mixed[0][order]), groups.labels_[order])
    alone = [groups.predict(row[None])[0] for row in mixed[0][:50]]
    np.testing.assert_array_equal(alone, groups.labels_[:50])


def test_moved_numbers_and_renamed_codes_give_the_same_groups(mixed, groups):
    moved = mixed[0] * [1, 7, 1, 1] + [1e6, 3, -1e6, 0]
    again = KPrototypes(3, categorical=[1, 3], random_state=0).fit(moved)
    np.testing.assert_array_equal(again.labels_, groups.labels_)


def test_an_unseen_code_differs_from_every_mode(mixed, groups):
    rows = mixed[0][:20].copy()
    rows[:, 1] = 99
    distances = ((rows[:, None, [0, 2]] - groups.cluster_centers_) ** 2).sum(axis=2)
    by_the_others = distances + groups.gamma_ * (rows[:, [3]] != groups.modes_[:, 1])
    np.testing.assert_array_equal(groups.predict(rows), by_the_others.argmin(axis=1))


def test_encode_tells_known_from_unseen():
    codes = np.array([[5.0, 1.0], [6.0, 0.0], [9.0, 1.0]])
    assert encode(codes, [np.array([5.0, 9.0]), np.array([1.0])]).tolist() == [[0, 0], [-1, -1], [1, 0]]


def test_the_gain_of_a_transfer_equals_clustering_anew():
    X, _ = make_mixed(40, spread=1.0, keep=0.5)
    codes = np.column_stack([np.unique(X[:, place], return_inverse=True)[1] for place in (1, 3)])
    levels = [np.arange(3), np.arange(4)]
    rows = prototype_search.columns_of(X[:, [0, 2]], codes, levels, 0.7)
    found = prototype_search._settled(rows, X[:3, [0, 2]], codes[:3], 50)
    target, gain = prototype_search._transfers(rows, found)
    for row in range(40):
        moved = found.labels.copy()
        moved[row] = target[row]
        means, _ = prototype_search._prototypes(rows, moved, 3)
        after = ((X[:, [0, 2]] - means[moved]) ** 2).sum() + 0.7 * (codes != found.modes[moved]).sum()
        assert gain[row] == pytest.approx(found.cost - after, abs=1e-9)


def test_empty_clusters_get_the_rows_that_lie_worst():
    labels, costs = np.array([0, 0, 2, 2, 2]), np.array([1.0, 5.0, 9.0, 2.0, 3.0])
    assert prototype_search._refilled(labels, costs, 5).tolist() == [0, 3, 1, 2, 4]
    assert prototype_search._refilled(labels, costs, 4).tolist() == [0, 3, 1, 2, 2]


def test_more_clusters_than_different_rows_leave_some_empty():
    X = np.array([[0.0, 1], [0.0, 1], [0.0, 1], [4.0, 2]])
    groups = KPrototypes(3, categorical=[1], random_state=0).fit(X)
    assert groups.cost_ == 0
    assert len(set(groups.labels_)) == 2


@pytest.mark.parametrize(
    ("parameters", "error", "said"),
    [
        ({"n_clusters": 601}, DataError, "601 groups of n_samples=600"),
        ({"n_clusters": 0}, DataError, "0 groups"),
        ({"categorical": [4]}, ParameterError, r"categorical is \[4\].*0 to 3"),
        ({"categorical": [1, 1]}, ParameterError, "different positions"),
        ({"categorical": [-1]}, ParameterError, r"categorical is \[-1\]"),
        ({"gamma": -1}, ParameterError, "gamma is -1"),
        ({"n_init": 0}, ParameterError, "n_init is 0"),
        ({"max_iter": 0}, ParameterError, "max_iter is 0"),
    ],
)
def test_parameters_that_make_no_sense_are_refused(mixed, parameters, error, said):
    with pytest.raises(error, match=said):
        KPrototypes(**{"n_clusters": 3, **parameters}).fit(mixed[0])


def test_inputs_stay_as_they_were(mixed):
    before = mixed[0].copy()
    KPrototypes(2, categorical=[1], n_init=1).fit(mixed[0]).predict(mixed[0])
    np.testing.assert_array_equal(mixed[0], before)
