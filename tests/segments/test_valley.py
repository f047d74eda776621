import numpy as np
import pytest

from segkit.segments.clustering.mixture import mixture_cut
from segkit.segments.evidence.valley import find_valleys, neighbours, rise
from tests.conftest import make_groups

CLOUDS = {
    "normal": lambda rng: rng.normal(size=(300, 3)),
    "uniform": lambda rng: rng.uniform(size=(300, 3)),
    "laplace": lambda rng: rng.laplace(size=(300, 3)),
    "dirichlet": lambda rng: rng.dirichlet([1.0, 1, 1, 1], 300)[:, :3],
    "long": lambda rng: rng.normal(size=(300, 3)) * [5, 1, 1],
}


@pytest.mark.parametrize("k", [2, 3, 4])
def test_groups_far_apart_have_valleys_between_them(k):
    X = make_groups(300, k, distance=5)[0].to_numpy()
    assert find_valleys(X, k, 0).pooled > 2


@pytest.mark.parametrize("k", [2, 3])
@pytest.mark.parametrize("cloud", CLOUDS)
def test_one_cloud_has_none(cloud, k):
    assert find_valleys(CLOUDS[cloud](np.random.default_rng(0)), k, 0).pooled < 0.5


def test_a_small_group_beside_a_large_one_is_seen():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2)) + 6 * (np.arange(400) < 50)[:, None] * [1, 0]
    assert find_valleys(X, 2, 0).pooled > 2


def test_long_groups_are_seen_along_a_cut_that_follows_them():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(300, 2)) * [6, 1] + np.arange(300)[:, None] % 2 * [0, 6]
    assert find_valleys(X, 2, 0, cut=mixture_cut).pooled > 2


def test_the_same_seed_finds_the_same_valleys():
    X = make_groups(200)[0].to_numpy()
    one, other = find_valleys(X, 3, 1), find_valleys(X, 3, 1)
    np.testing.assert_array_equal(one.z, other.z)


def test_pooled_is_the_mean_over_neighbours_times_the_root_of_their_number():
    valley = find_valleys(make_groups(200)[0].to_numpy(), 3, 0)
    assert valley.pooled == pytest.approx(valley.z.mean() * 2**0.5)
    assert valley.pairs.tolist() == [[0, 1], [0, 2], [1, 2]]


@pytest.mark.parametrize(
    ("centres", "pairs"),
    [
        ([[0.0], [1.0]], [[0, 1]]),
        ([[0.0], [1.0], [2.5]], [[0, 1], [1, 2]]),
        ([[0.0, 0], [1, 0], [0, 1], [0.9, 0.9]], [[0, 1], [0, 2], [0, 3], [1, 3], [2, 3]]),
        ([[0.0, 0], [4, 0], [2, 3]], [[0, 1], [0, 2], [1, 2]]),
    ],
)
def test_only_groups_with_none_between_are_neighbours(centres, pairs):
    assert neighbours(np.array(centres)).tolist() == pairs


BULGE = np.linspace(-1, 1, 400) ** 3
VALLEY = np.sign(np.linspace(-1, 1, 400)) * (1 - np.abs(np.linspace(-1, 1, 400)) ** 3)


@pytest.mark.parametrize(
    ("places", "low", "high"),
    [
        (VALLEY, 3, 4),
        (BULGE, -4, -3),
        (np.linspace(-1, 1, 400), -0.5, 0.5),  # flat
        (np.linspace(0, 1, 401)[1:] ** 0.5 * 2 - 1, -4, 0),  # only rises
        (np.linspace(-1, 1, 9), 0, 0),  # too few to say
        (np.array([]), 0, 0),
        (np.repeat([-1.0, 1.0], 50), 3.99, 4),  # as deep as it gets
    ],
)
def test_the_density_rises_to_both_ends_only_at_a_valley(places, low, high):
    assert low <= rise(places) <= high


def test_left_and_right_count_alike():
    places = VALLEY[:320]
    assert rise(places) == pytest.approx(rise(-places))


def test_more_customers_make_the_same_valley_clearer():
    few = VALLEY[::8] * 0.9
    assert 0 < rise(few) < rise(np.repeat(few, 3))
