import itertools

import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.mixture import GaussianMixture

import segkit
from segkit.errors import DataError, ParameterError
from segkit.segments.clustering.assignment import (
    likeliest_class,
    likeliest_group,
    nearest_centre,
    nearest_example,
    nearest_medoid,
    nearest_prototype,
)
from segkit.segments.clustering.exact import product, squared_distances
from segkit.segments.clustering.kmeans import START_ROWS, fit_kmeans
from segkit.segments.clustering.methods import METHODS, fit_latent_class, method_named
from segkit.segments.clustering.mixture import fit_mixture, mixture_arrays, mixture_bic
from segkit.segments.estimators.kprototypes import KPrototypes
from segkit.segments.estimators.medoids import GowerMedoids
from segkit.segments.space import fit_space
from tests.conftest import make_groups
from tests.segments.made import LEAST, customers, make_answers, make_long, make_mixed, shuffled


@pytest.fixture(scope="module")
def rows():
    """Eleven columns of 300 rows."""
    return np.random.default_rng(0).normal(size=(300, 11))


@pytest.fixture(scope="module")
def coded(mixed):
    """The mixed customers' scaled numbers and category codes, and their space."""
    space = fit_space(mixed[0], "coded")[0]
    return space.transform(mixed[0]), space


@pytest.fixture(scope="module")
def dense():
    """Two dense groups in a thin cloud."""
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(0, 0.3, (90, 2)), rng.normal(4, 0.3, (60, 2)), rng.uniform(-6, 10, (90, 2))]
    return customers({"spend": X[:, 0], "visits": X[:, 1]})


# every method


def test_every_method_finds_planted_groups(of_numbers, groups):
    found = of_numbers.labels[of_numbers.labels != "noise"]
    assert of_numbers.k == 3
    assert len(found) > 0.85 * len(groups[1])
    truth = pd.Series(groups[1], index=groups[0].index)[found.index]
    assert adjusted_rand_score(truth, found) > 0.95


def test_every_method_finds_groups_in_numbers_and_categories(of_both, mixed):
    if of_both.method == "hdbscan":  # few levels make dense groups of their own
        assert of_both.k >= 3
        return
    assert of_both.k == 3
    assert adjusted_rand_score(mixed[1], of_both.labels) > 0.8


def test_assigning_the_fitted_customers_returns_their_segments(of_numbers, groups):
    assigned = of_numbers.assign(groups[0])
    pd.testing.assert_series_equal(assigned["segment_key"], of_numbers.labels)
    pd.testing.assert_series_equal(assigned["confidence"], of_numbers.confidence)
    assert (assigned["note"] == "").all()


def check_one_by_one(segments, frame):
    one_by_one = pd.concat([segments.assign(frame.iloc[[row]]) for row in range(len(frame))])
    pd.testing.assert_frame_equal(one_by_one, segments.assign(frame), check_exact=True)


def test_one_customer_at_a_time_is_assigned_as_all_at_once(of_numbers, groups):
    check_one_by_one(of_numbers, groups[0].iloc[::12])


def test_one_mixed_customer_at_a_time_is_assigned_as_all_at_once(of_both, mixed):
    check_one_by_one(of_both, mixed[0].iloc[::12])


def check_shuffled(segments, frame):
    again = segkit.fit_segments(shuffled(frame), 3, segments.method, structure=segments.structure)
    assert again.model.keys == segments.model.keys
    pd.testing.assert_series_equal(again.labels.reindex(frame.index), segments.labels)
    pd.testing.assert_series_equal(again.confidence.reindex(frame.index), segments.confidence)


def test_the_order_of_customers_and_bases_does_not_matter(of_numbers, groups):
    check_shuffled(of_numbers, groups[0])


def test_the_order_of_mixed_customers_does_not_matter(of_both, mixed):
    check_shuffled(of_both, mixed[0])


def test_new_customers_follow_one_policy(of_both, mixed):
    odd = mixed[0].head(4).copy()
    odd["age"] = [900.0, np.nan, 30.0, 30.0]
    odd["area"] = ["city", "city", "island", None]
    assigned = of_both.assign(odd)
    assert assigned["note"].tolist() == [
        "outside the range seen: age", "missing: age", "never seen: area", "missing: area",
    ]  # fmt: skip
    assert assigned["segment_key"].isna().tolist() == [False, True, False, True]
    assert assigned["confidence"].isna().tolist() == [False, True, False, True]


def test_far_outside_is_the_nearer_end(of_numbers, groups):
    ends = groups[0].head(2).assign(first=[groups[0]["first"].min(), groups[0]["first"].max()])
    far = ends.assign(first=[-1e9, 1e9])
    ours, theirs = of_numbers.assign(far), of_numbers.assign(ends)
    pd.testing.assert_frame_equal(ours.drop(columns="note"), theirs.drop(columns="note"))


def test_confidence_is_the_share_of_refits_that_agree(of_numbers, groups):
    if of_numbers.method == "hdbscan":  # its refits find numbers of their own
        assert of_numbers.confidence.between(0, 1).all()
        return
    model = of_numbers.model
    X = model.space.transform(groups[0])
    labels, votes = model.clusters(X), np.zeros(len(X))
    for learnt in model.refits:
        refit = model.method.rule(X, learnt)
        tries = [np.array(names)[refit] for names in itertools.permutations(range(3))]
        votes += max(tries, key=lambda names: sum(_jaccards(labels, names))) == labels
    np.testing.assert_array_equal(of_numbers.confidence, votes / len(model.refits))


def _jaccards(left, right):
    return [
        ((left == one) & (right == one)).sum() / ((left == one) | (right == one)).sum()
        for one in range(3)
    ]


def test_many_customers_are_assigned_in_parts_as_at_once(of_both, mixed, monkeypatch):
    at_once = of_both.assign(mixed[0])
    monkeypatch.setattr("segkit.segments.model.CHUNK_ROWS", 50)
    pd.testing.assert_frame_equal(of_both.assign(mixed[0]), at_once, check_exact=True)


# which method for what


@pytest.mark.parametrize("frame", [make_mixed(60)[0], make_mixed(60)[0][["area", "plan"]]])
def test_a_method_for_numbers_names_its_alternatives(frame):
    with pytest.raises(ParameterError, match=r"'kmeans' is for numbers.*famd, kprototypes, gower"):
        segkit.fit_segments(frame, method="kmeans")


def test_an_unknown_method_is_refused_by_name():
    with pytest.raises(ParameterError, match=r"method is 'kmean'. Did you mean 'kmeans'\?$"):
        method_named("kmean")


def test_gower_refuses_more_customers_than_it_can_take():
    many = make_groups(5_001)[0]
    with pytest.raises(DataError, match=r"5,001 customers.*at most 5,000.*famd or kprototypes"):
        segkit.fit_segments(many, 3, "gower")


def test_every_method_is_told_in_the_refusal():
    with pytest.raises(ParameterError) as refused:
        method_named("zzz")
    assert all(name in str(refused.value) for name in [*METHODS, "rules"])


# noise


def test_noise_is_kept_and_counted(dense):
    segments = segkit.fit_segments(dense, method="hdbscan", **LEAST)
    assert segments.k == 2
    assert segments.sizes["noise"] == (segments.labels == "noise").sum() > 20
    assert segments.sizes.sum() == len(dense)
    assert "noise" in segments.stability.index
    assert "belong to none (noise)" in segments.reading


def test_noise_is_what_hdbscan_calls_noise(dense):
    space, coded = fit_space(dense)
    X = space.of_codes(coded)
    theirs = HDBSCAN(min_cluster_size=10, copy=True).fit_predict(X)
    ours = segkit.fit_segments(dense, method="hdbscan", **LEAST).model.clusters(X)
    np.testing.assert_array_equal(ours == -1, theirs == -1)
    assert adjusted_rand_score(theirs, ours) == 1


def test_a_cloud_that_is_nothing_but_noise_is_refused():
    cloud = pd.DataFrame(np.random.default_rng(0).normal(size=(120, 3))).rename(columns="x{}".format)
    with pytest.raises(DataError, match="hdbscan calls all 120 customers noise"):
        segkit.fit_segments(cloud, method="hdbscan", **LEAST)


def test_a_refit_may_be_nothing_but_noise():
    rows = np.random.default_rng(0).normal(size=(60, 3))
    learnt = METHODS["hdbscan"].fit(rows, 3, 1, 0, None)
    assert (METHODS["hdbscan"].rule(rows, learnt) == -1).all()


def test_nearest_example_equals_a_naive_search(rows):
    labels = np.arange(200) % 4 - 1
    learnt = {"examples": rows[:200], "example_labels": labels.astype("float64")}
    nearest = ((rows[200:, None] - rows[:200]) ** 2).sum(axis=2).argmin(axis=1)
    np.testing.assert_array_equal(nearest_example(rows[200:], learnt), labels[nearest])


# the rules, against the estimators they were learnt by


def test_nearest_centre_equals_kmeans(rows):
    kmeans = KMeans(4, n_init=1, random_state=0).fit(rows)
    ours = nearest_centre(rows, {"centres": kmeans.cluster_centers_})
    np.testing.assert_array_equal(ours, kmeans.predict(rows))


@pytest.mark.parametrize("shape", ["tied", "full"])
def test_likeliest_group_equals_gaussian_mixture(rows, shape):
    mixture = GaussianMixture(3, covariance_type=shape, random_state=0).fit(rows)
    ours = likeliest_group(rows, mixture_arrays(mixture))
    np.testing.assert_array_equal(ours, mixture.predict(rows))


def test_nearest_prototype_equals_kprototypes(coded):
    X, space = coded
    learnt = METHODS["kprototypes"].fit(X, 3, 2, 0, space)
    theirs = KPrototypes(3, categorical=[2, 3], n_init=2, random_state=0).fit(X)
    new = np.where(np.arange(len(X))[:, None] % 5 == [9, 9, 0, 1], -1, X)  # codes never seen
    np.testing.assert_array_equal(nearest_prototype(new, learnt), theirs.predict(new))


def test_nearest_medoid_equals_a_naive_gower(coded):
    X, space = coded
    learnt = METHODS["gower"].fit(X, 3, 1, 0, space)
    spread = np.ptp(X[:, :2], axis=0)
    X = X * np.where(np.arange(len(X))[:, None] % 3, 1, [50, 1, 1, 1])  # far outside the range
    naive = [
        [
            sum(np.minimum(np.abs(row[:2] - medoid[:2]) / spread, 1)) + sum(row[2:] != medoid[2:])
            for medoid in learnt["medoids"]
        ]
        for row in X
    ]
    np.testing.assert_array_equal(nearest_medoid(X, learnt), np.argmin(naive, axis=1))


def test_nearest_medoid_equals_gower_medoids(coded):
    X, space = coded
    learnt = METHODS["gower"].fit(X, 3, 1, 0, space)
    theirs = GowerMedoids(3, categorical=[2, 3], random_state=0).fit(X)
    np.testing.assert_array_equal(nearest_medoid(X, learnt), theirs.predict(X))


def wide_and_narrow(n):
    """A narrow group inside a wide one, and their truth."""
    truth = np.arange(n) % 2
    spread = np.array([0.5, 4])[truth][:, None]
    return customers(spread * np.random.default_rng(0).normal(size=(n, 2))).rename(columns=str), truth


@pytest.mark.parametrize("make", [make_mixed, make_answers, make_groups, wide_and_narrow])
def test_likeliest_class_equals_latent_class(make):
    frame = make(240)[0]
    space = fit_space(frame, "coded")[0]
    X = space.transform(frame)
    learnt = METHODS["latent_class"].fit(X, 3, 2, 0, space)
    theirs = fit_latent_class(X, 3, 2, 0, space)
    np.testing.assert_array_equal(likeliest_class(X, learnt), theirs.predict(X))


def test_ward_puts_customers_to_the_nearest_of_its_groups(groups):
    X = fit_space(groups[0])[0].transform(groups[0])
    learnt = METHODS["ward"].fit(X, 3, 1, 0, None)
    theirs = AgglomerativeClustering(3).fit_predict(X)
    assert adjusted_rand_score(nearest_centre(X, learnt), theirs) > 0.95


# arithmetic


@pytest.mark.parametrize("width", [1, 2, 7, 8, 11])
def test_a_row_has_the_same_bits_alone_and_among_others(rows, width):
    X, weights = rows[:, :width], np.random.default_rng(1).normal(size=(width, 5))
    for one, many in [(product, weights), (squared_distances, weights.T)]:
        alone = np.vstack([one(row[None], many) for row in X])
        np.testing.assert_array_equal(alone, one(X, many))


def test_products_and_distances_equal_numpys(rows):
    weights = np.random.default_rng(1).normal(size=(11, 4))
    np.testing.assert_allclose(product(rows, weights), rows @ weights)
    naive = ((rows[:, None] - weights.T) ** 2).sum(axis=2)
    np.testing.assert_allclose(squared_distances(rows, weights.T), naive)


def test_kmeans_is_as_good_as_scikit_learns():
    X = np.random.default_rng(0).normal(size=(400, 4))
    theirs = KMeans(5, n_init=20, random_state=0).fit(X).inertia_
    assert fit_kmeans(X, 5, 20, 0).inertia_ <= theirs * 1.002


def test_kmeans_on_many_rows_is_as_good_from_few_starts():
    X = make_groups(START_ROWS + 2_000, 4)[0].to_numpy()
    theirs = KMeans(4, n_init=5, random_state=0).fit(X).inertia_
    assert fit_kmeans(X, 4, 5, 0).inertia_ <= theirs * 1.0001


def test_a_mixture_follows_long_groups():
    frame, truth = make_long()
    X = fit_space(frame)[0].transform(frame)
    assert adjusted_rand_score(truth, fit_mixture(X, 2, 0).predict(X)) > 0.95
    bic = mixture_bic(X, [1, 2, 3], 0)
    assert min(bic, key=bic.get) == 2


def test_a_mixture_is_as_likely_as_scikit_learns():
    X = make_groups(200, distance=3)[0].to_numpy()
    theirs = GaussianMixture(3, covariance_type="tied", n_init=10, random_state=0).fit(X)
    ours = fit_mixture(X, 3, 0, ("tied",))
    assert ours.bic(X) <= theirs.bic(X) + 0.1
