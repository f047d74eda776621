import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import estimator_checks_generator

import segkit
from segkit.errors import DataError, ParameterError
from segkit.segments.stability import pairwise_adjusted_rand, segment_jaccard, summary
from segkit.segments.structure import _finest_usable, scaled
from segkit.segments.transform import Unskew
from tests.conftest import make_groups

QUICK = {"n_boot": 12, "k_max": 5}


# the array API check skips itself unless SCIPY_ARRAY_API is set, and Unskew doesn't claim that API
CHECKS = [check for _, check in estimator_checks_generator(Unskew()) if "array_api" not in str(check)]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.func.__name__)
def test_unskew_is_a_scikit_learn_estimator(check):
    check(Unskew())


@pytest.fixture(scope="module")
def groups():
    return make_groups()


@pytest.fixture(scope="module")
def segments(groups):
    return segkit.fit_segments(groups[0], **QUICK)


def test_planted_groups_are_found(groups, segments):
    assert segments.k == 3
    assert adjusted_rand_score(groups[1], segments.labels) > 0.97
    assert (segments.stability["jaccard"] > 0.9).all()


def test_unskew_does_not_depend_on_the_currency():
    revenue = np.random.default_rng(0).lognormal(3, 1.5, (500, 1))
    dollars, cents = Unskew().fit_transform(revenue), Unskew().fit_transform(revenue * 100)
    np.testing.assert_allclose(dollars, cents)


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


def test_pairwise_adjusted_rand_equals_scikit_learn():
    labels = np.random.default_rng(0).integers(0, 4, (5, 200)).astype(np.int8)
    labels[1] = labels[0]
    ours = pairwise_adjusted_rand(labels, 4)
    pairs = [(i, j) for i in range(5) for j in range(i + 1, 5)]
    theirs = [adjusted_rand_score(labels[i], labels[j]) for i, j in pairs]
    np.testing.assert_allclose(ours, theirs, atol=1e-6)


def test_jaccard_equals_a_naive_computation(groups, segments):
    _, X = scaled(groups[0])
    resamples = segments.structure.resamples
    labels = np.argmin(((X[:, None] - segments.model.centres) ** 2).sum(axis=2), axis=1)
    naive = []
    for drawn, centres in zip(resamples.drawn, resamples.centres[3], strict=True):
        rows = sorted(set(drawn))
        refit = np.argmin(((X[rows][:, None] - centres) ** 2).sum(axis=2), axis=1)
        best = [
            max(
                len({*np.flatnonzero(labels[rows] == a)} & {*np.flatnonzero(refit == b)})
                / len({*np.flatnonzero(labels[rows] == a)} | {*np.flatnonzero(refit == b)})
                for b in range(3)
            )
            for a in range(3)
        ]
        naive.append(best)
    ours = segment_jaccard(X, labels, resamples, 3)
    np.testing.assert_allclose(ours, naive)
    assert summary(ours, segments.model.keys)["jaccard"].to_list() == pytest.approx(
        np.mean(naive, axis=0).tolist()
    )


def test_the_same_seed_gives_the_same_answer(groups, segments):
    again = segkit.fit_segments(groups[0], **QUICK)
    pd.testing.assert_series_equal(again.labels, segments.labels)
    pd.testing.assert_series_equal(again.confidence, segments.confidence)
    pd.testing.assert_frame_equal(again.structure.by_k, segments.structure.by_k)


def test_shuffled_rows_and_columns_give_the_same_segments(groups, segments):
    shuffled = groups[0].sample(frac=1, random_state=1)[["second", "first"]]
    again = segkit.fit_segments(shuffled, **QUICK)
    assert again.labels.reindex(groups[0].index).equals(segments.labels)
    assert again.confidence.reindex(groups[0].index).equals(segments.confidence)


def test_keys_do_not_hang_on_cluster_numbers(groups, segments):
    assert [key.rsplit("-", 1)[0] for key in segments.model.keys] != ["0", "1", "2"]
    other = segkit.fit_segments(groups[0], 3, random_state=5, **QUICK)
    assert other.model.keys == segments.model.keys


def test_structure_never_claims_lumps_that_it_has_not_tested(segments):
    assert segments.structure.verdict == "reproducible"
    assert "has not been tested" in segments.structure.reading


def test_one_round_cloud_is_constructive():
    cloud = pd.DataFrame(np.random.default_rng(0).normal(size=(400, 5))).rename(columns=str)
    structure = segkit.assess_structure(cloud, **QUICK)
    assert structure.verdict == "constructive"
    assert "drawing the lines yourself" in structure.reading


def test_the_runner_up_is_named_with_its_stability(segments):
    structure = segments.structure
    stability = structure.by_k.at[structure.runner_up, "stability"]
    assert f"{structure.runner_up} ({stability:.2f})" in structure.reading
    assert structure.by_k["stability"].drop(structure.k).max() == stability


def test_k_can_be_fixed_and_is_still_compared(groups):
    segments = segkit.fit_segments(groups[0], 4, **QUICK)
    assert segments.k == 4
    assert list(segments.structure.by_k.index) == [2, 3, 4, 5]


def test_a_fixed_number_is_not_called_put_forward(groups):
    structure = segkit.assess_structure(groups[0], k=4, **QUICK)
    assert "The number was fixed beforehand." in structure.reading
    assert "The steadiest other number is 3" in structure.reading


def test_assigning_the_fitted_customers_returns_their_segments(groups, segments):
    assigned = segments.assign(groups[0])
    assert (assigned["segment_key"].astype(str) == segments.labels.astype(str)).all()
    one = segments.assign(groups[0].iloc[[7]])
    assert one.iloc[0].tolist() == assigned.iloc[7].tolist()


def test_saved_segments_assign_exactly_as_before(groups, segments, tmp_path):
    segkit.save_segments(segments, tmp_path)
    loaded = segkit.load_segments(tmp_path)
    pd.testing.assert_frame_equal(loaded.assign(groups[0]), segments.assign(groups[0]))
    pd.testing.assert_frame_equal(loaded.stability, segments.stability)
    pd.testing.assert_series_equal(loaded.labels, segments.labels)
    assert loaded.structure.reading == segments.structure.reading


def test_the_saved_rule_holds_no_customer(groups, segments, tmp_path):
    text = (segkit.save_segments(segments, tmp_path) / "model.json").read_text()
    assert not any(customer in text for customer in groups[0].index)


def test_a_damaged_file_is_refused(segments, tmp_path):
    path = segkit.save_segments(segments, tmp_path) / "model.json"
    content = json.loads(path.read_text())
    del content["centres"]
    path.write_text(json.dumps(content))
    with pytest.raises(DataError, match="damaged: 'centres'"):
        segkit.load_segments(tmp_path)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.head(1), "there are 1 customers"),
        (lambda frame: frame.assign(first=np.nan), "missing or infinite for 300 of 300"),
        (lambda frame: frame.assign(first=np.inf), "missing or infinite for 300 of 300"),
        (lambda frame: frame.assign(first=7.0), "'first' has the same value for all 300"),
        (lambda frame: frame.assign(first="x"), "the base 'first' is"),
    ],
)
def test_frames_that_cannot_be_cut_are_refused(groups, change, said):
    with pytest.raises(DataError, match=said):
        segkit.assess_structure(change(groups[0]), **QUICK)


def test_assign_refuses_what_it_cannot_place(groups, segments):
    with pytest.raises(DataError, match="no column 'second'"):
        segments.assign(groups[0][["first"]])
    with pytest.raises(DataError, match="1 of 300 customers have a missing"):
        segments.assign(groups[0].assign(first=[np.nan, *groups[0]["first"][1:]]))


def test_unknown_choices_are_refused_by_name(groups, segments):
    with pytest.raises(ParameterError, match=r"method is 'kmean'.*Did you mean 'kmeans'"):
        segkit.fit_segments(groups[0], method="kmean")
    with pytest.raises(ParameterError, match="the structure of this very frame"):
        segkit.fit_segments(groups[0].head(100), structure=segments.structure)
    with pytest.raises(DataError, match="k is 301"):
        segkit.assess_structure(groups[0], k=301)


def test_inputs_stay_as_they_were(groups):
    before = groups[0].copy()
    segkit.fit_segments(groups[0], 2, n_boot=10, k_max=2)
    pd.testing.assert_frame_equal(groups[0], before)


def test_pictures_label_their_axes(segments):
    assert segments.structure.plot().get_ylabel() == "stability (adjusted Rand index)"
    assert segments.plot().get_xlabel() == "customers"


@pytest.mark.parametrize(
    ("stability", "k"),
    [
        ([0.93, 0.91, 0.89, 0.73], 4),  # all steady: the finest that is nearly as steady as the best
        ([0.88, 0.58, 0.73, 0.79, 0.70], 5),  # a peak of its own
        ([0.60, 1.00, 0.84, 0.82], 3),  # one clear answer, and finer cuts of it
        ([0.90, 0.50, 0.60, 0.70], 2),  # the end of the curve is no peak
        ([0.50, 0.55, 0.40, 0.30], 3),  # nothing usable: the steadiest
    ],
)
def test_the_number_put_forward_is_fine_and_steady(stability, k):
    by_k = pd.DataFrame(
        {"stability": stability, "smallest_share": 0.1}, index=range(2, len(stability) + 2)
    )
    assert _finest_usable(by_k, min_share=0.05) == k


def test_a_number_with_too_small_a_segment_is_not_put_forward():
    by_k = pd.DataFrame({"stability": [0.9, 0.9], "smallest_share": [0.2, 0.01]}, index=[2, 3])
    assert _finest_usable(by_k, min_share=0.05) == 2
