import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import calinski_harabasz_score, davies_bouldin_score, silhouette_score
from sklearn.mixture import GaussianMixture

from segkit.segments.evidence.indices import indices
from tests.conftest import make_groups


@pytest.fixture(scope="module", name="X")
def customers_in_groups():
    return make_groups(150, distance=5)[0].to_numpy()


@pytest.fixture(scope="module")
def found(X):
    return {k: indices(X, k, 0) for k in (2, 3, 4)}


def test_the_fields_indices_equal_scikit_learns(X, found):
    labels = KMeans(3, n_init=10, random_state=0).fit(X).labels_
    assert found[3]["silhouette"] == pytest.approx(silhouette_score(X, labels))
    assert found[3]["calinski_harabasz"] == pytest.approx(calinski_harabasz_score(X, labels))
    assert found[3]["davies_bouldin"] == pytest.approx(davies_bouldin_score(X, labels))


def test_bic_is_that_of_a_mixture_of_one_shape(X, found):
    mixture = GaussianMixture(3, covariance_type="tied", n_init=5, random_state=0).fit(X)
    assert found[3]["bic"] == pytest.approx(mixture.bic(X), rel=0.01)


@pytest.mark.parametrize("index", ["silhouette", "calinski_harabasz", "prediction_strength", "gap"])
def test_planted_groups_stand_out(found, index):
    assert max(found, key=lambda k: found[k][index]) == 3


@pytest.mark.parametrize("index", ["davies_bouldin", "bic"])
def test_planted_groups_stand_out_where_lower_is_better(found, index):
    assert min(found, key=lambda k: found[k][index]) == 3


def test_one_half_predicts_the_other_where_there_are_groups(found):
    assert found[3]["prediction_strength"] > 0.9
    assert found[4]["prediction_strength"] < 0.8


def test_the_gap_equals_a_naive_one(X, found):
    rng = np.random.default_rng(9)

    def log_left(rows):
        return np.log(KMeans(3, n_init=5, random_state=0).fit(rows).inertia_)

    boxes = [rng.uniform(X.min(axis=0), X.max(axis=0), X.shape) for _ in range(30)]
    naive = np.mean([log_left(box) for box in boxes]) - log_left(X)
    assert found[3]["gap"] == pytest.approx(naive, abs=0.1)
