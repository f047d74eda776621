import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

import segkit
from segkit.segments.clustering.mixture import mixture_bic, mixture_cut
from segkit.segments.evidence.choose import USABLE
from segkit.segments.evidence.ellipses import (
    BALANCED,
    BULGE,
    GAIN,
    LUMPY,
    PARTED,
    STEADY_APART,
    VALLEY,
    Ellipses,
    _merged,
    find_ellipses,
)
from segkit.segments.evidence.reference import fit_reference
from segkit.segments.evidence.valley import Valley
from segkit.segments.space import fit_space
from tests.conftest import make_groups
from tests.segments.made import QUICK, customers


def found(X, most=5):
    space, coded = fit_space(customers(X).rename(columns="x{}".format))
    reference = fit_reference(space, coded, 0)
    tested = reference.points(reference.joined)
    return find_ellipses(reference, mixture_bic(tested, list(range(2, most + 1)), 0), 0)


@pytest.fixture(scope="module")
def unequal():
    """Three groups of 75, 18 and 7 % of customers, and their truth."""
    rng = np.random.default_rng(0)
    truth = np.repeat([0, 1, 2], [300, 72, 28])
    centres = np.array([[0, 0, 0], [3, 4, 3], [-3, 4, -3]])
    return centres[truth] + rng.normal(size=(400, 3)), truth


def test_groups_of_unequal_size_are_found(unequal):
    ellipses = found(unequal[0])
    assert ellipses.k == 3
    assert ellipses.smallest_share == pytest.approx(0.07, abs=0.01)
    assert ellipses.is_natural(min_share=0.05)
    assert not ellipses.is_natural(min_share=0.10)


def test_one_normal_cloud_has_none():
    assert found(np.random.default_rng(0).normal(size=(300, 3))) is None


@pytest.mark.parametrize(
    ("z", "left"),
    [([3, 3, 3], 4), ([BULGE - 1, 3, 3], 3), ([BULGE - 1, 3, BULGE - 1], 2), ([BULGE - 1] * 3, 1)],
)
def test_groups_that_customers_bulge_between_count_as_one(z, left):
    chain = np.array([[0, 1], [1, 2], [2, 3]])
    assert _merged(Valley(chain, np.array(z), 0.0, np.zeros((4, 2))), 4) == left


@pytest.mark.parametrize(
    ("changed", "natural"),
    [
        ({}, True),
        ({"gain": GAIN - 0.01}, False),
        ({"z": LUMPY - 0.1}, False),
        ({"z": LUMPY - 1, "valley": 1.0}, True),
        ({"valley": VALLEY - 0.1}, False),
        ({"stability": USABLE - 0.05}, False),
        ({"stability": USABLE - 0.05, "valley": 0.0}, True),
        ({"stability": USABLE - 0.05, "valley": 0.5, "smallest_share": 0.2}, False),
        ({"stability": STEADY_APART - 0.01, "valley": 9.0}, False),
        ({"smallest_share": 0.01}, False),
    ],
)
def test_natural_groups_are_separate_steady_and_large_enough(changed, natural):
    clear = {"gain": GAIN, "z": LUMPY, "valley": VALLEY, "stability": 0.9, "smallest_share": 0.1}
    assert Ellipses(3, 3, **clear | changed).is_natural(0.05) == natural


def test_groups_of_like_size_must_be_parted():
    clear = {"gain": 1.0, "z": 9.0, "stability": 0.9, "smallest_share": BALANCED / 3}
    assert Ellipses(3, 3, valley=PARTED, **clear).is_natural(0.05)
    assert not Ellipses(3, 3, valley=PARTED - 0.1, **clear).is_natural(0.05)


def test_three_shares_beside_another_column_are_one_cloud():
    rng = np.random.default_rng([4, 200, 3])
    shares = rng.dirichlet(np.ones(3), 200)[:, :2] * 5
    ellipses = found(np.column_stack([shares, rng.normal(size=200)]), most=8)
    assert ellipses.is_lumpier
    assert not ellipses.is_natural(min_share=0.05)


def test_more_than_five_groups_must_be_clearly_apart():
    clear = {"gain": 1.0, "z": 9.0, "stability": 0.9, "smallest_share": 0.1}
    assert Ellipses(5, 5, valley=0.9, **clear).is_natural(0.05)
    assert not Ellipses(6, 6, valley=0.9, **clear).is_natural(0.05)


def test_a_bent_cloud_gains_but_its_groups_are_not_natural():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    X[:, 1] += 0.5 * X[:, 0] ** 2
    ellipses = found(X, most=8)
    assert ellipses.z > LUMPY
    assert not ellipses.is_natural(min_share=0.05)


def test_small_groups_beside_a_large_one_are_not_taken_for_one():
    """Coarse starts cut the large group in two instead; EM does not come back from there."""
    rng, steps = np.random.default_rng(6), np.zeros((3, 5))
    for group in (1, 2):
        step = rng.normal(size=5)
        steps[group] = 5 * step / np.linalg.norm(step)
    truth = np.repeat([0, 1, 2], [375, 90, 35])
    frame = customers(np.cumsum(steps, axis=0)[truth] + rng.normal(size=(500, 5)))
    space, coded = fit_space(frame.rename(columns="x{}".format))
    X = space.of_codes(coded)
    assert np.sort(np.bincount(mixture_cut(X, 3, 0))) == pytest.approx([35, 90, 375], abs=3)


def test_unequal_groups_are_natural_and_followed(unequal):
    frame = customers(unequal[0]).rename(columns="x{}".format)
    segments = segkit.fit_segments(frame, **QUICK)
    assert (segments.structure.verdict, segments.k) == ("natural", 3)
    assert adjusted_rand_score(unequal[1], segments.labels) > 0.9


def test_a_number_far_beyond_those_compared_still_gets_a_reading():
    structure = segkit.assess_structure(make_groups(200, 5)[0], k=9, **QUICK | {"k_max": 3})
    assert structure.runner_up in structure.by_k.index
    assert structure.reading
