import numpy as np
import pytest

from segkit.segments.clustering.line import ROWS, evenly_ranked, line_bic


@pytest.mark.parametrize("k", [1, 2, 3])
def test_bic_takes_the_planted_number_of_groups(k):
    rng = np.random.default_rng(0)
    assert line_bic(6.0 * (np.arange(300) % k) + rng.normal(size=300))[0] == k


def test_bic_is_in_the_units_of_the_values():
    values = np.random.default_rng(0).normal(size=200)
    assert line_bic(values * 10)[1] - line_bic(values)[1] == pytest.approx(2 * 200 * np.log(10))


def test_few_values_stand_for_many_in_any_order():
    values = np.random.default_rng(0).gamma(2, size=3 * ROWS)
    few = evenly_ranked(values)
    assert len(few) == ROWS
    assert np.median(few) == pytest.approx(np.median(values), rel=0.01)
    np.testing.assert_array_equal(few, evenly_ranked(values[::-1]))
