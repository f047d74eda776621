import json
from dataclasses import asdict

import numpy as np
import pytest

from segkit.segments.evidence.gap import unused_gap
from tests.conftest import make_groups
from tests.segments.made import make_answers, make_long

AXES = ("age", "spend", "visits")


@pytest.fixture(scope="module")
def aslant():
    """Two long groups, their truth, and a cut across both."""
    frame, truth = make_long()
    X = frame[list(AXES)].to_numpy()
    return X / X.std(axis=0), truth, (frame["spend"] + frame["visits"] > 0).to_numpy() * 1


@pytest.fixture(scope="module")
def gap(aslant):
    return unused_gap(aslant[0], aslant[2], AXES, 0.05, 0)


def test_a_gap_that_the_segments_run_across_is_found(gap):
    assert gap.n_groups == 2
    assert gap.z > 3
    assert "'spend'" in gap.where
    assert "'visits'" in gap.where


def test_purity_is_the_share_in_the_group_of_most_of_the_segment(aslant, gap):
    _, truth, across = aslant
    naive = sum(max(np.bincount(truth[across == side])) for side in (0, 1)) / len(truth)
    assert gap.purity == pytest.approx(naive, abs=0.02)


def test_a_gap_says_what_to_do(gap):
    assert f"only {gap.purity:.0%} of customers" in gap.reading
    assert 'method="gmm_tied"' in gap.reading


def test_a_gap_is_made_of_plain_values(gap):
    assert json.loads(json.dumps(asdict(gap))) == asdict(gap)


def test_a_gap_that_the_segments_use_is_no_news(aslant):
    X, truth, _ = aslant
    assert unused_gap(X, truth, AXES, 0.05, 0) is None


def test_one_column_with_a_gap_is_named_alone():
    rng = np.random.default_rng(0)
    X = np.c_[rng.normal(size=300), np.arange(300) % 2 * 8 + rng.normal(size=300)]
    gap = unused_gap(X, (X[:, 0] > 0) * 1, ("age", "spend"), 0.05, 0)
    assert gap.where in {"'spend'", "a mix of 'spend', 'age'"}


@pytest.mark.parametrize("seed", range(2))
def test_one_cloud_has_no_gap(seed):
    X = np.random.default_rng(seed).normal(size=(300, 3))
    assert unused_gap(X, (X[:, 0] > 0) * 1, AXES, 0.05, 0) is None


def test_groups_smaller_than_a_segment_may_be_are_no_gap():
    X = make_groups(300, 2, distance=10)[0].to_numpy()[np.r_[:300:2, 1:16:2]]
    across = (X[:, 1] > np.median(X[:, 1])) * 1
    assert unused_gap(X, across, ("first", "second"), 0.2, 0) is None


def test_answers_are_left_out_for_between_two_answers_there_is_always_a_gap():
    X = make_answers()[0].to_numpy(dtype="float64")
    assert unused_gap(X, X[:, 0].astype(int), tuple("abcdef"), 0.05, 0) is None
