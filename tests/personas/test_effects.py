import numpy as np
import pandas as pd
import pytest

from segkit.personas.effects import (
    cliffs_delta,
    difference_of_shares,
    mean_range,
    median_range,
    share_of_total,
    standardised_difference,
    wilson,
    word,
)


def test_cliffs_delta_counts_pairs():
    rng = np.random.default_rng(0)
    values, inside = rng.integers(0, 8, 60).astype(float), rng.random(60) < 0.4
    pairs = [np.sign(a - b) for a in values[inside] for b in values[~inside]]
    assert cliffs_delta(values, inside).value == pytest.approx(np.mean(pairs))


def test_the_range_of_cliffs_delta_agrees_with_a_bootstrap():
    rng = np.random.default_rng(1)
    values = np.r_[rng.exponential(1.6, 120), rng.exponential(1.0, 300)]
    inside = np.arange(420) < 120
    drawn = []
    for _ in range(600):
        rows = np.r_[rng.integers(0, 120, 120), rng.integers(120, 420, 300)]
        drawn.append(cliffs_delta(values[rows], inside).value)
    ours = cliffs_delta(values, inside)
    np.testing.assert_allclose([ours.low, ours.high], np.quantile(drawn, [0.025, 0.975]), atol=0.03)


def test_wilson_matches_the_published_example():
    share = wilson(10, 100)
    assert (round(share.low, 4), round(share.high, 4)) == (0.0552, 0.1744)


def test_difference_of_shares_matches_newcombe_1998():
    gap = difference_of_shares(56, 70, 48, 80)
    assert [round(figure, 4) for figure in gap] == [0.2, 0.0524, 0.3339]


def test_share_of_total_agrees_with_a_bootstrap():
    rng = np.random.default_rng(2)
    revenue, inside = rng.lognormal(3, 1, 800), np.arange(800) < 200
    drawn = []
    for _ in range(600):
        rows = rng.integers(0, 800, 800)
        drawn.append(revenue[rows][inside[rows]].sum() / revenue[rows].sum())
    ours = share_of_total(revenue, inside)
    np.testing.assert_allclose([ours.low, ours.high], np.quantile(drawn, [0.025, 0.975]), atol=0.01)


def test_ranges_hold_their_figure():
    values = np.random.default_rng(3).exponential(size=101)
    for figure in (median_range(values), mean_range(values)):
        assert figure.low < figure.value < figure.high
    assert median_range(values).value == np.median(values)


def test_standardised_difference_of_equal_groups_is_zero():
    values = np.tile([1.0, 2.0, 3.0], 4)
    assert standardised_difference(values, np.arange(12) < 6) == pytest.approx(0)


@pytest.mark.parametrize(
    ("delta", "said"),
    [(0.0, "about the same"), (0.15, "slightly"), (-0.33, "clearly"), (0.47, "much"), (-1.0, "much")],
)
def test_words_follow_the_size_of_the_effect(delta, said):
    assert word(delta) == said


def test_nobody_inside_gives_no_effect():
    assert pd.isna(cliffs_delta(np.ones(5), np.zeros(5, dtype=bool)).value)
