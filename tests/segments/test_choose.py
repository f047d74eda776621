import numpy as np
import pandas as pd
import pytest

from segkit.segments.evidence.choose import (
    CLEAR_VALLEY,
    DELTA,
    REPRODUCIBLE,
    USABLE,
    VALLEY,
    P,
    Z,
    blob_warnings,
    choose_k,
    finest_usable,
    is_lumpier,
    is_natural,
    runner_up,
    size_warnings,
    spike_warnings,
    valley_limits,
    verdict_of,
)

CLEAR = {
    "z": 8.0, "delta": 0.3, "stability": 0.9, "null_stability": 0.5, "valley": 3.0,
    "valley_limit": VALLEY, "smallest_share": 0.2, "bic": 100.0,
}  # fmt: skip


def table(**columns):
    """Evidence for k = 2, 3, ...: clear groups at each, unless said otherwise."""
    length = max(len(values) for values in columns.values())
    by_k = pd.DataFrame([CLEAR] * length, index=range(2, length + 2))
    return by_k.assign(**columns)


@pytest.mark.parametrize(
    ("stability", "k", "reason"),
    [
        ([0.93, 0.91, 0.89, 0.73], 4, "usable"),  # the finest that is nearly as steady as the best
        ([0.88, 0.58, 0.73, 0.79, 0.70], 5, "usable"),  # a peak of its own
        ([0.60, 1.00, 0.84, 0.82], 3, "usable"),  # one clear answer, and finer cuts of it
        ([0.90, 0.50, 0.60, 0.70], 2, "usable"),  # the end of the curve is no peak
        ([0.50, 0.55, 0.40, 0.30], 3, "none usable"),  # the steadiest
    ],
)
def test_the_number_put_forward_is_fine_and_steady(stability, k, reason):
    assert finest_usable(table(stability=stability), min_share=0.05) == (k, reason)


def test_a_number_with_too_small_a_segment_is_not_put_forward():
    by_k = table(stability=[0.9, 0.9], smallest_share=[0.2, 0.01])
    assert finest_usable(by_k, min_share=0.05) == (2, "usable")


def test_where_every_number_has_too_small_a_segment_the_steadiest_is_left():
    by_k = table(stability=[0.7, 0.9], smallest_share=[0.02, 0.01])
    assert finest_usable(by_k, min_share=0.05) == (3, "none usable")


@pytest.mark.parametrize(
    "weak",
    [
        {"z": Z - 0.1},
        {"delta": DELTA - 0.01},
        {"stability": USABLE - 0.01},
        {"null_stability": 0.91},
        {"valley": VALLEY - 0.1},
        {"z": np.nan},
    ],
)
def test_separate_groups_need_everything_at_once(weak):
    by_k = table(z=[8.0, 8.0])
    assert is_natural(by_k, 0.025).all()
    assert not is_natural(by_k.assign(**weak), 0.025).any()
    assert not is_natural(by_k, P + 0.01).any()


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        ({}, "natural"),
        ({"valley": VALLEY - 0.1}, "reproducible"),
        ({"stability": REPRODUCIBLE - 0.01}, "constructive"),
    ],
)
def test_the_verdict_is_about_the_cut_put_forward(change, verdict):
    by_k = table(z=[8.0, 8.0])
    by_k.loc[3, list(change)] = list(change.values())
    assert verdict_of(by_k, 3, 0.025) == verdict
    assert verdict_of(by_k, 2, 0.025) == "natural"


def test_of_natural_cuts_the_one_that_a_mixture_takes_is_put_forward():
    by_k = table(valley=[9.0, 1.0, 1.0])
    assert choose_k(by_k, 0.025, 0.05, likeliest=3) == (3, "natural")


def test_else_the_one_at_which_bic_is_lowest_whatever_its_valleys():
    by_k = table(valley=[9.0, VALLEY - 1, 2.0], bic=[300.0, 100.0, 200.0])
    assert choose_k(by_k, 0.025, 0.05, likeliest=3) == (4, "natural")
    assert choose_k(by_k, 0.025, 0.05) == (4, "natural")


def test_and_the_tightest_of_the_steady_where_answers_come_in_steps():
    in_steps = table(bic=[np.nan] * 4, stability=[0.8, 0.99, 0.96, 0.9])
    assert choose_k(in_steps.assign(delta=[0.9, 0.3, 0.4, 0.5]), 0.025, 0.05) == (4, "natural")
    assert choose_k(in_steps.assign(delta=[0.9, 0.4, 0.4, 0.5]), 0.025, 0.05) == (3, "natural")


def test_a_natural_cut_with_a_tiny_segment_is_not_put_forward():
    by_k = table(smallest_share=[0.3, 0.01])
    assert choose_k(by_k, 0.025, 0.05, likeliest=3) == (2, "natural")


def test_a_valley_below_its_limit_is_none():
    by_k = table(valley=[0.5, 0.9])
    assert choose_k(by_k, 0.025, 0.05)[1] == "natural"
    limited = by_k.assign(valley_limit=[0.6, 1.0])
    assert choose_k(limited, 0.025, 0.05)[1] == "usable"
    assert verdict_of(limited, 2, 0.025) == "reproducible"


def test_more_than_five_groups_must_be_clearly_apart():
    assert valley_limits([2, 5, 6], 300, must_be_clear=False).tolist() == [VALLEY, VALLEY, CLEAR_VALLEY]
    assert (valley_limits([2, 6], 300, must_be_clear=True) == CLEAR_VALLEY).all()


def test_the_more_customers_are_looked_at_the_clearer_a_valley_must_be():
    few, more, many = (valley_limits([2], n, must_be_clear=False)[0] for n in (500, 1_000, 2_000))
    assert few == VALLEY < more < many < CLEAR_VALLEY


def test_without_separate_groups_the_number_is_chosen_for_use():
    assert choose_k(table(stability=[0.9, 0.88]), 0.5, 0.05) == (3, "usable")


@pytest.mark.parametrize(
    ("z", "p", "answer"), [([0, Z], P, True), ([0, Z - 0.1], P, False), ([0, Z], P + 0.01, False)]
)
def test_customers_are_lumpier_than_one_blob_at_any_number(z, p, answer):
    assert is_lumpier(table(z=z), p) == answer


def test_too_few_references_are_warned_of():
    assert not blob_warnings(19)
    assert "n_blobs 18" in blob_warnings(18)[0]


def test_the_runner_up_is_the_mixtures_number():
    by_k = table(stability=[0.95, 0.9, 0.8])
    assert runner_up(by_k, 3, 0.05, likely=(4, 4)) == 4
    assert runner_up(by_k, 4, 0.05, likely=(4, 3)) == 3


@pytest.mark.parametrize("likely", [(), (4,), (9, 4)])
def test_the_runner_up_is_else_the_steadiest_other(likely):
    by_k = table(stability=[0.95, 0.9, 0.8])
    assert runner_up(by_k, 4, 0.05, likely) == 2


def test_the_runner_up_has_no_tiny_segment_if_that_can_be():
    by_k = table(stability=[0.9, 0.8, 0.99], smallest_share=[0.3, 0.3, 0.01])
    assert runner_up(by_k, 2, 0.05) == 3
    assert runner_up(by_k.drop(index=3), 2, 0.05) == 4


def test_a_single_number_has_no_runner_up():
    assert runner_up(table(z=[1.0]), 2, 0.05) is None


def test_a_value_that_many_share_is_a_segment_by_rule():
    spend = np.r_[np.zeros(40), np.arange(1.0, 61)]
    frame = pd.DataFrame({"spend": spend, "age": np.arange(100), "answer": np.arange(100) % 2})
    assert len(spike_warnings(frame)) == 1
    assert (
        "In spend 40% of customers have the same value, 0: a segment by rule"
        in spike_warnings(frame)[0]
    )


@pytest.mark.parametrize(
    ("share", "weakest", "n", "said"),
    [
        (0.2, 0.9, 1_000, []),
        (0.04, 0.9, 1_000, ["smallest of 4 segments holds 4.0% of customers, below the 5%"]),
        (0.06, 0.9, 400, ["smallest of 4 segments holds 24 customers, fewer than 30"]),
        (0.2, 0.4, 1_000, ["one of the 4 segments dissolves .* by 0.40"]),
        (0.2, 0.9, 200, ["Few customers: 200 for 3 bases; below 70"]),
        (0.04, 0.4, 200, ["holds 4.0%", "dissolves", "Few customers"]),
    ],
)
def test_a_cut_too_fine_for_its_customers_is_warned_of(share, weakest, n, said):
    row = pd.Series({"smallest_share": share, "weakest": weakest})
    warnings = size_warnings(row, 4, n, 3, min_share=0.05, min_size=30)
    assert len(warnings) == len(said)
    for warning, words in zip(warnings, said, strict=True):
        assert pd.Series([warning]).str.contains(words).all()
