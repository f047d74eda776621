import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

import segkit
from segkit.errors import DataError, ParameterError
from segkit.segments.fit import fit_segments
from segkit.segments.space import fit_space
from tests.conftest import make_groups
from tests.segments.made import LEAST, customers, make_answers, shuffled


def test_planted_groups_are_found(groups, segments):
    assert segments.k == 3
    assert adjusted_rand_score(groups[1], segments.labels) > 0.97
    assert (segments.stability["jaccard"] > 0.9).all()
    assert (segments.stability["reading"] == "highly stable").all()


def test_numbers_are_cut_by_kmeans_and_a_mixed_frame_by_famd(segments, mixed_segments, mixed):
    assert (segments.method, mixed_segments.method) == ("kmeans", "famd")
    assert adjusted_rand_score(mixed[1], mixed_segments.labels) > 0.9


def test_long_groups_are_reached_by_the_method_that_is_proposed(long_groups, long_structure):
    frame, truth = long_groups
    proposed = fit_segments(frame, method=long_structure.method, structure=long_structure)
    usual = fit_segments(frame, 2, "kmeans", structure=long_structure)
    assert adjusted_rand_score(truth, usual.labels) < 0.5
    assert adjusted_rand_score(truth, proposed.labels) > 0.9


def test_segments_are_ordered_by_size(segments):
    assert segments.sizes.is_monotonic_decreasing
    assert segments.sizes.index.tolist() == list(segments.model.keys)
    assert segments.sizes.sum() == 240


def test_labels_and_confidence_are_per_customer(groups, segments):
    for column in (segments.labels, segments.confidence):
        assert column.index.equals(groups[0].index)
    assert segments.labels.notna().all()
    assert segments.confidence.between(0, 1).all()
    assert segments.unsure.equals((segments.confidence < 0.6).rename("unsure"))


def test_stability_is_the_mean_overlap_with_the_best_match_in_the_refits(groups, segments):
    space, coded = fit_space(groups[0])
    X, model = space.of_codes(coded), segments.model
    labels, overlaps = model.clusters(X), {"jaccard": [], "slsw": []}
    for drawn, learnt in zip(segments.structure.resamples.drawn, model.refits, strict=True):
        refit = ((X[:, None] - learnt["centres"]) ** 2).sum(axis=2).argmin(axis=1)
        for name, rows in (("jaccard", np.unique(drawn)), ("slsw", np.arange(len(X)))):
            ours, theirs = np.eye(3)[labels[rows]], np.eye(3)[refit[rows]]
            both = ours.T @ theirs
            overlaps[name].append(
                (both / (ours.sum(axis=0)[:, None] + theirs.sum(axis=0) - both)).max(axis=1)
            )
    for name, values in overlaps.items():
        np.testing.assert_allclose(segments.stability[name], np.mean(values, axis=0))


def test_the_same_seed_gives_the_same_segments(groups, segments):
    again = fit_segments(groups[0], structure=segments.structure)
    pd.testing.assert_series_equal(again.labels, segments.labels)
    pd.testing.assert_series_equal(again.confidence, segments.confidence)
    pd.testing.assert_frame_equal(again.stability, segments.stability)


def test_ten_seeds_and_shuffles_agree_on_separated_groups():
    frame = make_groups(120)[0]
    runs = [fit_segments(shuffled(frame, seed), 3, random_state=seed, **LEAST) for seed in range(10)]
    labels = [run.labels.astype("object").reindex(frame.index) for run in runs]
    assert all((one == labels[0]).mean() >= 0.99 for one in labels)
    assert len({run.model.keys for run in runs}) == 1


def test_keys_are_words_and_not_cluster_numbers(segments):
    for key in segments.model.keys:
        assert key.split("-")[0] in {"high", "low"}
        assert key.split("-")[1] in {"first", "second"}


def test_groups_of_answers_are_found_by_latent_classes():
    answers, truth = make_answers(240)
    segments = fit_segments(answers, method="latent_class", **LEAST | {"k_max": 4})
    assert segments.k == 3
    assert adjusted_rand_score(truth, segments.labels) > 0.9


def test_ordered_answers_and_yes_or_no_go_together():
    frame, truth = make_groups(240)
    mixed = frame.assign(
        second=pd.qcut(frame["second"], 6, labels=list("abcdef")), first=frame["first"] > 0
    )
    assert adjusted_rand_score(truth, fit_segments(mixed, 3, **LEAST).labels) > 0.5


def test_the_number_may_differ_from_the_one_put_forward(groups, segments):
    assert fit_segments(groups[0], 4, structure=segments.structure).k == 4


def test_a_mixture_takes_the_number_with_the_lowest_bic(groups, segments):
    assert fit_segments(groups[0], method="gmm", structure=segments.structure).k == 3


@pytest.mark.parametrize("k", [0, 1, 2.5, "kmeans"])
def test_what_is_no_number_of_segments_is_refused(groups, segments, k):
    with pytest.raises(ParameterError, match=rf"k is {k!r}\. Accepted: a whole number, 2 or more"):
        fit_segments(groups[0], k, structure=segments.structure)


def test_a_number_that_was_not_compared_is_refused(groups, segments):
    with pytest.raises(ParameterError, match=r"k is 7.*one of \[2, 3, 4\]"):
        fit_segments(groups[0], 7, structure=segments.structure)


def test_settings_beside_a_structure_are_refused(groups, segments):
    with pytest.raises(ParameterError, match=r"k_max, n_boot given beside a structure"):
        fit_segments(groups[0], structure=segments.structure, k_max=5, n_boot=10)


@pytest.mark.parametrize(
    "change",
    [
        lambda frame: frame.head(100),
        lambda frame: frame.rename(columns={"first": "other"}),
        lambda frame: frame.assign(third=1.0 * np.arange(240)),
    ],
)
def test_the_structure_of_another_frame_is_refused(groups, segments, change):
    with pytest.raises(ParameterError, match=r"240 customers by first, second.*this very frame"):
        fit_segments(change(groups[0]), structure=segments.structure)


def test_more_segments_than_the_method_can_fill_are_refused():
    rng = np.random.default_rng(0)
    answers = customers({f"q{number}": rng.integers(0, 2, 200) for number in range(3)})
    with pytest.raises(DataError, match=r"'latent_class' finds customers for \d of 6 segments"):
        fit_segments(answers, 6, "latent_class", **LEAST)


def test_inputs_stay_as_they_were(mixed, mixed_segments):
    before = mixed[0].copy()
    fit_segments(mixed[0], structure=mixed_segments.structure)
    pd.testing.assert_frame_equal(mixed[0], before)


def test_customers_need_no_names_of_their_own(groups):
    nameless = groups[0].set_axis(["same"] * 240)
    segments = fit_segments(nameless, 3, **LEAST)
    assert adjusted_rand_score(groups[1], segments.labels) > 0.97
    assert segments.assign(nameless)["note"].eq("").all()


def test_nobody_is_assigned_where_there_is_nobody(groups, segments):
    assigned = segments.assign(groups[0].head(0))
    assert assigned.columns.tolist() == ["segment_key", "confidence", "note"]
    assert assigned.empty


def test_assigning_names_the_base_that_is_absent(groups, segments):
    with pytest.raises(DataError, match="no column 'second'"):
        segments.assign(groups[0][["first"]])


def test_a_segmentation_shows_shares_and_no_customer(groups, segments):
    shown = repr(segments) + segments._repr_html_()
    assert "3 segments of 3" in shown
    assert all(key in shown for key in segments.model.keys)
    assert not any(customer in shown for customer in groups[0].index)


def test_the_reading_tells_the_unsure(segments):
    assert f"{segments.unsure.mean():.0%} of customers are unsure" in segments.reading


def test_pictures_label_their_axes(segments):
    assert segments.plot().get_xlabel() == "customers"


def test_rules_are_segments_too(groups):
    rules = [{"name": "Low", "where": {"first": {"below": 0}}}, {"name": "High", "otherwise": True}]
    segments = segkit.fit_segments(groups[0], rules=rules)
    assert segments.sizes["Low"] == (groups[0]["first"] < 0).sum()
    assert segments.structure.verdict == "constructive"
    assert "drawn by rules" in segments.structure.reading
