import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import ParameterError
from segkit.segments.fit import fit_segments
from segkit.segments.identity import match_segments
from tests.conftest import make_groups
from tests.segments.made import LEAST, customers

FOUR = LEAST | {"k_max": 4}


@pytest.fixture(scope="module")
def four():
    """Four separate groups and their truth."""
    return make_groups(240, 4, distance=8)


@pytest.fixture(scope="module")
def before(four):
    return fit_segments(four[0], 4, **FOUR)


@pytest.fixture(scope="module")
def fewer(four):
    """The customers without the first group, cut into three."""
    frame = four[0][four[1] != 0]
    return fit_segments(frame, 3, **FOUR), frame


def later(frame, seed=1):
    """Other customers of the same kind."""
    moved = frame + 0.2 * np.random.default_rng(seed).normal(size=frame.shape)
    return moved.set_axis([f"new-{name}" for name in frame.index])


def key_of(segments, truth, group):
    """The key that most of a planted group has."""
    return segments.labels[np.asarray(truth) == group].mode().item()


def test_a_refit_on_the_same_customers_is_the_same_run(four, before):
    match = match_segments(before, fit_segments(four[0], 4, random_state=3, **FOUR), four[0])
    assert match.table["segment_key"].tolist() == match.table["previous_key"].tolist()
    assert (match.table["jaccard"] == 1).all()
    assert (match.table["status"] == "same").all()
    assert (match.retired, match.by) == ((), "customers")


def test_jaccard_is_the_overlap_of_the_customers_in_both_runs(four, before, fewer):
    after, frame = fewer
    for row in match_segments(before, after, frame).table.itertuples():
        now = set(after.labels.index[after.labels == row.segment_key])
        then = set(before.labels.index[before.labels == row.previous_key]) & set(frame.index)
        assert row.jaccard == pytest.approx(len(now & then) / len(now | then))


def test_a_removed_group_is_retired(four, before, fewer):
    match = match_segments(before, *fewer)
    assert match.retired == (key_of(before, four[1], 0),)
    assert "new" not in match.table["status"].tolist()
    assert "1 are retired; matched by the customers of both runs" in match.reading


def test_an_added_group_is_new(four, before, fewer):
    match = match_segments(fewer[0], before, four[0])
    new = match.table[match.table["status"] == "new"]
    assert new["segment_key"].tolist() == [key_of(before, four[1], 0)]
    assert new["previous_key"].isna().all()
    assert match.retired == ()


def test_a_removed_group_is_retired_among_other_customers(four, before):
    frame = later(four[0][four[1] != 0])
    match = match_segments(before, fit_segments(frame, 3, **FOUR), frame)
    assert match.by == "rule"
    assert match.retired == (key_of(before, four[1], 0),)
    assert match.table["previous_key"].notna().all()


def test_an_added_group_is_new_among_other_customers(four, fewer):
    frame = later(four[0])
    after = fit_segments(frame, 4, **FOUR)
    match = match_segments(fewer[0], after, frame)
    assert match.by == "rule"
    new = match.table.loc[match.table["status"] == "new", "segment_key"].tolist()
    assert new == [key_of(after, four[1], 0)]


def test_segments_found_again_keep_their_keys(four, before):
    frame = later(four[0])
    after = fit_segments(frame, 4, previous=before, **FOUR)
    assert set(after.model.keys) == set(before.model.keys)
    for group in range(4):
        assert key_of(after, four[1], group) == key_of(before, four[1], group)


def test_kept_keys_are_kept_everywhere(four, before):
    frame = later(four[0])
    after = fit_segments(frame, 4, previous=before, **FOUR)
    assert list(after.labels.cat.categories) == list(after.stability.index) == list(after.model.keys)
    assert list(after.confused.index) == list(after.confused.columns) == list(after.model.keys)
    assert list(after.model.profiles.index) == list(after.model.keys)
    pd.testing.assert_series_equal(after.assign(frame)["segment_key"], after.labels)


def test_a_new_segment_gets_a_key_of_its_own(four, before, fewer):
    after = fit_segments(four[0], 4, previous=fewer[0], **FOUR)
    assert len(set(after.model.keys)) == 4
    assert set(fewer[0].model.keys) < set(after.model.keys)


def test_names_go_on_with_a_profile_that_still_bears_them(four, before):
    names = {key: f"Name of {key}" for key in before.model.keys}
    match = match_segments(before, fit_segments(four[0], 4, **FOUR), four[0])
    assert match.names(names) == names


def test_a_changed_profile_keeps_its_key_and_loses_its_name(four, before):
    grown = four[0].copy()
    strays = four[1] == 0
    grown.loc[strays, "second"] += 40
    after = fit_segments(grown, 4, **FOUR)
    match = match_segments(before, after, grown)
    moved = match.table.set_index("segment_key").loc[key_of(after, four[1], 0)]
    assert (moved["status"], moved["jaccard"]) == ("changed", 1)
    assert moved["moved"].startswith("second +")
    names = dict.fromkeys(before.model.keys, "x")
    assert moved.name not in match.names(names)
    assert "need a new name" in match.reading


def test_segments_that_stay_are_not_changed_by_one_that_leaves(four, before, fewer):
    match = match_segments(before, *fewer)
    assert match.table["status"].tolist() == ["same"] * 3


def test_segments_are_not_changed_where_everyone_moves(four, before):
    dearer = later(four[0]).assign(second=lambda frame: frame["second"] + 0.8 * frame["second"].std())
    match = match_segments(before, fit_segments(dearer, 4, **FOUR), dearer)
    assert "changed" not in match.table["status"].tolist()


def test_a_row_number_is_no_customer_id(four, before):
    frame = four[0].reset_index(drop=True)
    backwards = frame[::-1].reset_index(drop=True)
    first, second = (fit_segments(one, 4, **FOUR) for one in (frame, backwards))
    match = match_segments(first, second, backwards)
    assert match.by == "rule"
    assert match.table["status"].tolist() == ["same"] * 4


def test_noise_is_no_segment_that_could_be_found_again():
    rng = np.random.default_rng(0)
    X = np.r_[rng.normal(0, 0.3, (80, 2)), rng.normal(4, 0.3, (60, 2)), rng.uniform(-6, 10, (60, 2))]
    frame = customers({"spend": X[:, 0], "visits": X[:, 1]})
    dense = fit_segments(frame, method="hdbscan", **LEAST)
    match = match_segments(dense, dense, frame)
    assert "noise" not in [*match.table["segment_key"], *match.retired]
    cut = fit_segments(frame, 3, previous=dense, **LEAST)
    assert "noise" not in cut.model.keys
    assert cut.k == 3


def test_rules_keep_their_names_whoever_was_before(four, before):
    rules = [{"name": "Low", "where": {"first": {"below": 0}}}, {"name": "High", "otherwise": True}]
    drawn = segkit.fit_segments(four[0], rules=rules, previous=before)
    assert set(drawn.model.keys) == {"Low", "High"}
    assert drawn.assign(four[0])["segment_key"].notna().all()


def test_keys_never_double_when_customers_change_places(four, before):
    frame, truth = four
    ids = frame.index.to_numpy().copy()
    ids[truth == 0], ids[truth == 1] = ids[truth == 1], [f"new-{name}" for name in ids[truth == 1]]
    after = fit_segments(frame.set_axis(ids), 4, previous=before, **FOUR)
    assert key_of(after, truth, 0) == key_of(before, truth, 1)
    assert key_of(after, truth, 1) == key_of(before, truth, 1) + "-new"


def test_the_frame_must_be_that_of_the_later_run(four, before, fewer):
    with pytest.raises(ParameterError, match=r"not that of the later run.*it was cut from"):
        match_segments(before, fewer[0], four[0])


def test_a_match_shows_keys_and_no_customer(four, before, fewer):
    match = match_segments(before, *fewer)
    shown = repr(match) + match._repr_html_()
    assert match.retired[0] not in match._repr_html_()
    assert not any(customer in shown for customer in four[0].index)
