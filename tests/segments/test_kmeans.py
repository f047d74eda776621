import numpy as np
import pytest

from segkit.segments.clustering.kmeans import QUICK_ROWS, best_kmeans, quick_kmeans

N = QUICK_ROWS + 1_000


@pytest.fixture(scope="module")
def overlapping():
    rng = np.random.default_rng(0)
    return rng.normal(size=(4, 3))[np.arange(N) % 4] * 3 + rng.normal(size=(N, 3))


def test_a_quick_refit_ends_where_a_careful_fit_does(overlapping):
    quick, best = quick_kmeans(overlapping, 4, 20, 1), best_kmeans(overlapping, 4, 20, 1)
    assert quick.inertia_ == pytest.approx(best.inertia_, rel=1e-4)


def test_a_quick_refit_leaves_its_rows_as_they_are(overlapping):
    before = overlapping.copy()
    quick_kmeans(overlapping, 4, 4, 0)
    np.testing.assert_array_equal(overlapping, before)


def test_one_seed_gives_one_quick_refit(overlapping):
    one, again = (quick_kmeans(overlapping, 4, 6, 3).cluster_centers_ for _ in range(2))
    np.testing.assert_array_equal(one, again)
