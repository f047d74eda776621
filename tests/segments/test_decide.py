import pytest

from segkit.segments.evidence.decide import decide
from segkit.segments.evidence.ellipses import Ellipses
from tests.segments.test_choose import table

P = 0.02


def groups(k, **changed):
    """Groups of a mixture that meet every condition, unless said otherwise."""
    clear = {"gain": 0.5, "z": 9.0, "valley": 3.0, "stability": 0.9, "smallest_share": 0.2}
    return Ellipses(k=k, k_unmerged=k, **{**clear, **changed})


def decided(by_k, found, **settings):
    return decide(by_k, P, found, 0.05, **settings)


def test_groups_that_kmeans_cuts_too_need_no_mixture():
    given = decided(table(stability=[0.9, 0.9, 0.9]), groups(3))
    assert (given.k, given.reason, given.verdict, given.ellipses) == (3, "natural", "natural", None)


@pytest.mark.parametrize("z", [[8.0, 8.0, 8.0], [0.0, 0.0, 0.0]])
def test_a_mixtures_groups_hold_where_kmeans_sees_another_number_or_none(z):
    given = decided(table(z=z, valley=[9.0, 1.0, -5.0]), groups(4, valley=-1.0, smallest_share=0.1))
    assert (given.k, given.reason, given.verdict) == (4, "natural", "natural")
    assert given.ellipses.k == 4


def test_a_mixture_that_is_not_natural_decides_nothing_but_the_other_number():
    given = decided(table(valley=[3.0, 2.0, -5.0]), groups(4, stability=0.5))
    assert (given.k, given.verdict, given.runner_up, given.ellipses) == (2, "natural", 4, None)


def test_beside_a_mixtures_number_the_one_of_kmeans_own_groups_is_worth_a_look():
    by_k = table(stability=[0.99, 0.9, 0.9, 0.3], bic=[300.0, 100.0, 200.0, 90.0])
    given = decided(by_k, groups(5, valley=-1.0, smallest_share=0.06))
    assert (given.k, given.verdict, given.runner_up) == (5, "natural", 3)


def test_without_a_mixture_the_cut_decides():
    given = decided(table(z=[0.0, 0.0], stability=[0.72, 0.5]), None)
    assert (given.k, given.reason, given.verdict) == (2, "none usable", "reproducible")


def test_a_fixed_number_is_judged_as_it_is():
    by_k = table(z=[0.0, 0.0, 0.0], stability=[0.9, 0.9, 0.3])
    assert decided(by_k, groups(3), fixed=3).verdict == "natural"
    given = decided(by_k, groups(3), fixed=4)
    assert (given.k, given.reason, given.verdict) == (4, "fixed", "constructive")
    assert (given.runner_up, given.ellipses) == (3, None)
