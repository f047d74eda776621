"""Weighted figures: by hand, by repeated rows, by R's survey package, and how often ranges hold."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.personas.effects import Z95, cliffs_delta, wilson
from segkit.personas.facts import Fact, strength
from segkit.personas.measures import Measures, Sample, Weighted, scaled_weights

X = np.array([1, 2, 2, 5, 7, 8, 11, 12, 15, 20.0])
W = np.array([2, 1, 3, 1, 0.5, 2, 1, 4, 0.5, 1])
INSIDE = np.arange(10) < 5
HAS = np.array([1, 0, 1, 0, 0, 1, 1, 1, 0, 1.0])

FIGURES = {
    "mean": lambda by, x, inside: by.mean(x),
    "median": lambda by, x, inside: by.median(x),
    "delta": lambda by, x, inside: by.delta(x, inside),
    "standardised": lambda by, x, inside: [by.standardised(x, inside)],
    "share": lambda by, x, inside: by.share(x > 4),
    "gap": lambda by, x, inside: by.gap(x > 4, inside),
    "part of total": lambda by, x, inside: by.part_of_total(x, inside),
}


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
@pytest.mark.parametrize("n", [11, 40, 301])
def test_equal_weights_are_no_weights(figure, n):
    rng = np.random.default_rng(n)
    inside = rng.random(n) < 0.4
    for x in (rng.integers(0, 9, n).astype("float64"), rng.exponential(size=n) + 1):
        plain, equal = (figure(by, x, inside) for by in (Measures(), Weighted(np.full(n, 0.7))))
        np.testing.assert_allclose(equal, plain, atol=1e-12)


@pytest.mark.parametrize("figure", FIGURES.values(), ids=FIGURES)
def test_only_the_proportions_of_weights_count(figure):
    one, many = (figure(Weighted(W * factor), X, INSIDE) for factor in (1, 1234.5))
    np.testing.assert_allclose(one, many)


@pytest.mark.parametrize("name", ["mean", "median", "delta", "share", "gap", "part of total"])
def test_a_weight_of_3_is_a_customer_three_times(name):
    rng = np.random.default_rng(0)
    x, inside, times = rng.integers(0, 30, 80) * 1.0, rng.random(80) < 0.3, rng.integers(1, 6, 80)
    weighted = FIGURES[name](Weighted(times * 1.0), x, inside)
    repeated = FIGURES[name](Measures(), np.repeat(x, times), np.repeat(inside, times))
    assert weighted.value == pytest.approx(repeated.value)
    assert weighted.high - weighted.low > repeated.high - repeated.low


def test_figures_by_hand():
    """Weights 3 and 1: mean (3 * 10 + 20) / 4; residuals -2.5 and 7.5, each weighing 7.5."""
    by = Weighted(np.array([3.0, 1.0]))
    mean = by.mean(np.array([10.0, 20.0]))
    assert mean.value == 12.5
    assert (mean.high - mean.value) / Z95 == pytest.approx(np.sqrt(2 / 1 * (7.5**2 + 7.5**2) / 16))
    assert by.sample() == Sample(4, 16 / 10)
    share = by.share(np.array([True, False]))
    assert share == pytest.approx(wilson(0.75 * 1.6, 1.6))
    assert by.median(np.array([10.0, 20.0])).value == 10
    assert Weighted(np.ones(2)).median(np.array([10.0, 20.0])).value == 15


def test_figures_are_those_of_r_s_survey_package():
    """survey 4.1-1: svymean, svyquantile (qrule "school") and svyratio on svydesign(~1, weights)."""
    by = Weighted(W)
    mean, total = by.mean(X), by.part_of_total(X, INSIDE)
    assert mean.value == pytest.approx(7.5625)
    assert (mean.high - mean.value) / Z95 == pytest.approx(2.06711419)
    assert by.median(X).value == 8
    assert total.value == pytest.approx(0.152892562)
    assert (total.high - total.value) / Z95 == pytest.approx(0.0999514376)
    assert by.share(HAS).value == pytest.approx(0.8125)


def test_delta_counts_pairs_as_heavy_as_both_weights():
    rng = np.random.default_rng(3)
    x, inside, w = rng.integers(0, 8, 60) * 1.0, rng.random(60) < 0.4, rng.lognormal(size=60)
    signs = np.sign(x[inside][:, None] - x[~inside])
    pairs = w[inside][:, None] * w[~inside]
    assert Weighted(w).delta(x, inside).value == pytest.approx((signs * pairs).sum() / pairs.sum())


def test_ranges_hold_the_population_s_figures_19_times_in_20():
    """The higher the trait, the rarer in the sample: without weights the mean's range rarely holds."""
    rng = np.random.default_rng(5)
    values, group = rng.exponential(10, 20_000), rng.random(20_000) < 0.4
    values[group] += 2
    chance = 1 / (20 + values)
    true = [np.mean(values), np.median(values), cliffs_delta(values, group).value, np.mean(values > 10)]
    held, plain = np.zeros(4), 0
    for _ in range(400):
        rows = rng.choice(20_000, 300, p=chance / chance.sum())
        x, inside, by = values[rows], group[rows], Weighted(1 / chance[rows])
        ranges = [by.mean(x), by.median(x), by.delta(x, inside), by.share(x > 10)]
        held += [one.low <= figure <= one.high for one, figure in zip(ranges, true, strict=True)]
        plain += Measures().mean(x).low <= true[0] <= Measures().mean(x).high
    assert (held / 400 > 0.92).all()
    assert plain / 400 < 0.1


def test_nothing_is_said_of_nobody():
    nobody, none = Weighted(np.array([])), np.array([])
    assert np.isnan([*nobody.mean(none), *nobody.median(none), *nobody.share(none)]).all()
    assert np.isnan(Weighted(np.ones(3)).delta(np.arange(3.0), np.zeros(3, bool))).all()
    assert np.isnan(Weighted(np.ones(2)).standardised(np.arange(2.0), np.array([True, False])))


@pytest.mark.parametrize("bad", [0.0, -1.0, np.inf, np.nan])
def test_weights_that_stand_for_nobody_knows_how_many_are_refused(bad):
    with pytest.raises(DataError, match="1 of 3 customers have no weight above 0"):
        scaled_weights(pd.Series([1.0, bad, 2.0]), pd.RangeIndex(3))


def test_what_may_be_shown_goes_by_customers_and_what_is_said_by_the_effective_number():
    assert [strength(9, 4.0), strength(10, 4.0), strength(300, 99.9), strength(300, None)] == [
        9, 10, 99, 300,
    ]  # fmt: skip
    figure = Fact("a/size/share", 0.5, "share", 300, "all", sample=Sample(310.0, 99.9))
    assert figure.carries == 99
