import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import entropy
from sklearn.metrics import adjusted_rand_score, jaccard_score

from segkit.segments.clustering.methods import METHODS
from segkit.segments.space import fit_space
from segkit.segments.stability import (
    Resamples,
    agreement,
    confused,
    flow,
    matched,
    overlap,
    pairwise_adjusted_rand,
    reading,
    segment_jaccard,
    summary,
)


@pytest.fixture
def cuts():
    """Five cuts of 200 customers into four; the second is the first under other numbers."""
    cuts = np.random.default_rng(0).integers(0, 4, (5, 200))
    cuts[1] = (cuts[0] + 1) % 4
    return cuts


@pytest.fixture
def noisy(cuts):
    """The same with noise among them, and one that is all noise."""
    noisy = np.where(np.random.default_rng(1).random(cuts.shape) < 0.2, -1, cuts)
    noisy[4] = -1
    return noisy


def sets(labels, k):
    return [set(np.flatnonzero(labels == one)) for one in range(k)]


def naive_jaccard(left, right):
    return len(left & right) / len(left | right) if left | right else 0


@pytest.mark.parametrize("kind", ["cuts", "noisy"])
def test_pairwise_adjusted_rand_equals_scikit_learn(kind, request):
    labels = request.getfixturevalue(kind)
    theirs = [adjusted_rand_score(*pair) for pair in itertools.combinations(labels, 2)]
    np.testing.assert_allclose(pairwise_adjusted_rand(labels), theirs, atol=1e-6)


def test_the_numbers_of_clusters_do_not_matter(cuts):
    renumbered = np.array([3, 1, 0, 2])[cuts]
    ours, again = pairwise_adjusted_rand(cuts), pairwise_adjusted_rand(renumbered)
    np.testing.assert_allclose(ours, again)
    assert ours[0] == 1


def test_a_single_cluster_twice_is_the_same_cut():
    assert pairwise_adjusted_rand(np.zeros((2, 50), dtype="int64")).tolist() == [1.0]


@pytest.mark.parametrize("kind", ["cuts", "noisy"])
def test_overlap_equals_a_naive_jaccard(kind, request):
    left, right = request.getfixturevalue(kind)[[0, 2]]
    naive = [[naive_jaccard(one, other) for other in sets(right, 4)] for one in sets(left, 4)]
    np.testing.assert_allclose(overlap(left, right), naive)
    assert overlap(left, right)[1, 2] == jaccard_score(left == 1, right == 2)


def test_overlap_with_nothing_but_noise_is_nought(noisy):
    assert overlap(noisy[0], noisy[4]).max() == 0


@pytest.mark.parametrize("kind", ["cuts", "noisy"])
def test_slsw_equals_a_naive_computation_on_all_customers(kind, request):
    labels = request.getfixturevalue(kind)
    naive = [
        [max(naive_jaccard(one, other) for other in sets(refit, 4)) for one in sets(labels[0], 4)]
        for refit in labels
    ]
    np.testing.assert_allclose(segment_jaccard(labels[0], labels), naive)


def test_jaccard_equals_a_naive_computation_on_the_distinct_rows_drawn(cuts):
    drawn = np.random.default_rng(2).integers(0, 200, (5, 200))
    naive = []
    for rows, refit in zip(drawn, cuts, strict=True):
        kept = set(rows)
        segments, clusters = sets(cuts[0], 4), sets(refit, 4)
        naive.append(
            [max(naive_jaccard(one & kept, other & kept) for other in clusters) for one in segments]
        )
    np.testing.assert_allclose(segment_jaccard(cuts[0], cuts, drawn), naive)


def test_a_segments_stability_does_not_depend_on_numbers(cuts):
    renumbered = np.array([2, 3, 1, 0])[cuts]
    ours = segment_jaccard(cuts[0], cuts)
    np.testing.assert_allclose(segment_jaccard(cuts[0], renumbered), ours)
    np.testing.assert_allclose(segment_jaccard(renumbered[0], cuts)[:, [2, 3, 1, 0]], ours)


def naive_match(labels, refit, k):
    """The renumbering with the largest total overlap, by trying them all."""
    both = overlap(labels, refit, k)
    tries = itertools.permutations(range(k))
    return max(tries, key=lambda names: sum(both[name, one] for one, name in enumerate(names)))


def test_clusters_of_refits_get_the_number_of_the_segment_they_match_best(cuts):
    for refit, names in zip(cuts, matched(cuts[0], cuts, 4), strict=True):
        assert names.tolist() == [*naive_match(cuts[0], refit, 4), -1]


def test_a_cluster_too_many_matches_none():
    names = matched(np.array([0, 0, 0, 1, 1, 1]), np.array([[0, 0, 1, 2, 2, 2]]), 2)[0]
    assert names.tolist() == [0, 2, 1, -1]


def test_a_cluster_that_no_compared_customer_is_in_has_a_place_all_the_same():
    names = matched(np.array([0, 1, 2]), np.array([[0, 1, 1]]), 3)[0]
    assert len(names) == 4
    assert agreement(np.array([2]), [np.array([2])], [names]).tolist() == [0.0]


@pytest.mark.parametrize("kind", ["cuts", "noisy"])
def test_agreement_equals_a_naive_count(kind, request):
    cuts = request.getfixturevalue(kind)
    names = matched(cuts[0], cuts, 4)
    naive = np.zeros(200)
    for refit, renamed in zip(cuts, names, strict=True):
        for customer in range(200):
            naive[customer] += renamed[refit[customer]] == cuts[0, customer]
    np.testing.assert_array_equal(agreement(cuts[0], cuts, names), naive / 5)


@pytest.fixture
def flows(cuts):
    return flow({3: cuts[0] % 3, 4: cuts[0], 5: cuts[2]})


def test_flow_counts_who_goes_where(cuts, flows):
    row = flows[(flows["k"] == 4) & (flows["segment"] == 2) & (flows["next_segment"] == 1)].iloc[0]
    both = ((cuts[0] == 2) & (cuts[2] == 1)).sum()
    assert row["customers"] == both
    assert row["share"] == pytest.approx(both / (cuts[2] == 1).sum())


def test_flow_loses_no_customer(flows):
    assert flows.groupby("k")["customers"].sum().tolist() == [200, 200]


def test_slsa_is_one_minus_the_entropy_of_a_segments_origins(cuts, flows):
    for segment, rows in flows[flows["k"] == 4].groupby("next_segment"):
        shares = pd.Series(cuts[0][cuts[2] == segment]).value_counts(normalize=True)
        assert rows["slsa"].unique() == pytest.approx(1 - entropy(shares) / np.log(4))


def test_slsa_is_one_for_a_segment_that_stays_and_nought_for_one_made_of_all():
    before = np.repeat([0, 1], 50)
    stays, halves = before, np.tile([0, 1], 50)
    assert flow({2: before, 3: stays})["slsa"].tolist() == [1, 1]
    assert flow({2: before, 3: halves})["slsa"].tolist() == pytest.approx([0] * 4)


def test_the_flow_of_a_single_number_is_empty():
    assert flow({2: np.array([0, 1])}).empty


@pytest.mark.parametrize(
    ("jaccard", "word"),
    [(1, "highly stable"), (0.846, "highly stable"), (0.844, "stable"), (0.6, "partly stable"),
     (0.59, "unstable"), (0, "unstable")],
)  # fmt: skip
def test_a_stability_is_put_in_words(jaccard, word):
    assert reading(jaccard) == word


def test_a_summary_holds_mean_and_percentiles_per_segment():
    jaccard = np.random.default_rng(0).random((40, 2))
    table = summary(jaccard, jaccard / 2, ["a", "b"])
    assert table["jaccard"].tolist() == pytest.approx(jaccard.mean(axis=0).tolist())
    assert table["low"].tolist() == pytest.approx(np.percentile(jaccard, 5, axis=0).tolist())
    assert table["high"].tolist() == pytest.approx(np.percentile(jaccard, 95, axis=0).tolist())
    assert table["slsw"].tolist() == pytest.approx((jaccard / 2).mean(axis=0).tolist())


def test_the_same_samples_serve_every_number(segments):
    resamples = segments.structure.resamples
    assert resamples.drawn.shape == (10, 240)
    assert {k: len(fits) for k, fits in resamples.fits.items()} == {2: 10, 3: 10, 4: 10}
    assert list(resamples.only(3).fits) == [3]


def test_more_clusters_than_a_byte_counts_keep_their_numbers():
    X = np.arange(300.0)[:, None]
    resamples = Resamples(METHODS["kmeans"], np.zeros((1, 300)), {200: [{"centres": X[:200]}]})
    assert resamples.labels(X, 200)[0, [127, 128, 199]].tolist() == [127, 128, 199]


def test_a_refit_is_of_its_own_sample(groups, segments):
    space, coded = fit_space(groups[0])
    resamples = segments.structure.resamples
    for rows, learnt in zip(resamples.drawn, resamples.fits[3], strict=True):
        X = space.of_codes(coded)[rows]
        nearest = ((X[:, None] - learnt["centres"]) ** 2).sum(axis=2).argmin(axis=1)
        means = [X[nearest == one].mean(axis=0) for one in range(3)]
        np.testing.assert_allclose(learnt["centres"], means, atol=1e-6)


def test_a_cut_is_as_stable_as_every_two_refits_are_alike(groups, segments):
    structure = segments.structure
    X = structure.space.transform(groups[0])
    refits = structure.resamples.labels(X, 4)
    theirs = [adjusted_rand_score(*pair) for pair in itertools.combinations(refits, 2)]
    np.testing.assert_allclose(pairwise_adjusted_rand(refits), theirs, atol=1e-6)
    assert structure.by_k.at[4, "stability"] == pytest.approx(np.mean(theirs))


def test_whom_segments_are_confused_with_is_counted_by_hand():
    labels = np.array([0, 0, 1, 1, -1])
    refits = [np.array([0, 0, 1, 1, 0]), np.array([1, 0, 0, 0, -1])]
    names = [np.array([0, 1, -1]), np.array([1, 0, -1])]
    found = confused(labels, refits, names, ["a", "b"])
    assert found.loc["a"].to_list() == [0.5 + 0.25, 0.25]
    assert found.loc["b"].to_list() == [0.0, 1.0]


def test_who_stays_where_they_are_is_the_confidence(segments):
    stayed = pd.Series(np.diag(segments.confused), index=segments.confused.index)
    confidence = segments.confidence.groupby(segments.labels, observed=True).mean()
    assert stayed.to_dict() == pytest.approx(confidence.to_dict())


def test_the_nearest_segment_is_the_one_that_takes_most_of_the_others(segments):
    key, other, third = segments.confused.index
    table = segments.confused.copy()
    table.loc[key] = [0.8, 0.05, 0.15]
    assert replace(segments, confused=table).nearest(key) == (third, 0.15)
    table.loc[key] = [1.0, 0.0, 0.0]
    assert replace(segments, confused=table).nearest(key) is None
    assert replace(segments, confused=pd.DataFrame()).nearest(other) is None
