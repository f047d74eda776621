import numpy as np
import pandas as pd
import pytest
from sklearn.cluster import KMeans

from segkit.segments.evidence.reference import TEST_ROWS, fit_reference, lumpiness, steadiness
from segkit.segments.space import fit_space
from tests.conftest import make_groups
from tests.segments.made import customers, make_answers, make_mixed


def reference_of(frame, seed=0):
    return fit_reference(*fit_space(frame), seed)


def lumps_of(frame, ks=(2, 3), n_blobs=19):
    return lumpiness(reference_of(frame), list(ks), n_blobs=n_blobs, seed=0, bar=False)


@pytest.mark.parametrize("make", [make_groups, make_mixed, make_answers])
def test_planted_groups_are_tighter_than_one_blob(make):
    lumps = lumps_of(make(240)[0])
    assert lumps.by_k["z"].max() > 4
    assert lumps.by_k["delta"].max() > 0.1
    assert lumps.p == pytest.approx(1 / 20)


@pytest.mark.parametrize(
    "cloud",
    [
        lambda rng: rng.normal(size=(240, 3)),
        lambda rng: rng.multivariate_normal([0, 0], [[1, 0.8], [0.8, 1]], 240),
        lambda rng: rng.integers(0, 2, (240, 4)),
        lambda rng: rng.poisson(3, (240, 3)),
    ],
)
def test_one_cloud_is_not_tighter_than_itself(cloud):
    frame = pd.DataFrame(cloud(np.random.default_rng(0))).rename(columns=str)
    lumps = lumps_of(frame)
    assert lumps.p > 0.05
    assert lumps.by_k["z"].abs().max() < 3


def test_z_and_delta_equal_a_naive_computation():
    reference = reference_of(make_groups(120)[0])
    found = lumpiness(reference, [2], n_blobs=19, seed=0, bar=False).by_k.loc[2]
    rng = np.random.default_rng(5)
    sets = [reference.points(reference.blob.draw(rng, 120)) for _ in range(200)]
    logs = [np.log(KMeans(2, n_init=5, random_state=0).fit(X).inertia_ / (X**2).sum()) for X in sets]
    X = reference.points(reference.joined)
    seen = np.log(KMeans(2, n_init=5, random_state=0).fit(X).inertia_ / (X**2).sum())
    assert found["delta"] == pytest.approx(1 - np.exp(seen - np.mean(logs)), abs=0.02)
    assert found["z"] == pytest.approx((np.mean(logs) - seen) / np.std(logs), rel=0.5)


def test_as_many_segments_as_different_answers_prove_nothing():
    answers = customers({"a": np.arange(200) % 2, "b": np.arange(200) // 2 % 2})
    lumps = lumps_of(answers, (2, 3, 4))
    assert lumps.by_k.at[4, "z"] == pytest.approx(0, abs=0.1)
    assert lumps.p > 0.05


def test_at_most_two_thousand_customers_are_tested():
    reference = reference_of(customers({"a": np.random.default_rng(0).normal(size=2_500)}))
    assert len(reference.rows) == len(set(reference.rows)) == TEST_ROWS


@pytest.mark.parametrize("frame", [make_groups(120)[0], make_mixed(120)[0]])
def test_blobs_are_scaled_as_the_customers_are(frame):
    reference = reference_of(frame)
    seen = reference.points(reference.joined)
    blob = reference.points(reference.blob.draw(np.random.default_rng(0), len(seen)))
    assert blob.shape == seen.shape
    np.testing.assert_allclose(blob.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(seen.mean(axis=0), 0, atol=1e-9)


@pytest.mark.parametrize("rates", [[0.1, 0.5, 0.9], [0.5, 0.5, 0.5]])
def test_answers_keep_their_common_scale_in_blobs_too(rates):
    answers = (np.random.default_rng(0).random((200, 3)) < rates).astype("int64")
    reference = reference_of(customers(answers).rename(columns="q{}".format))
    blob = reference.points(reference.blob.draw(np.random.default_rng(0), 200))
    np.testing.assert_allclose(np.ptp(reference.points(reference.joined), axis=0), 1)
    np.testing.assert_allclose(np.ptp(blob, axis=0), 1)


def test_a_base_that_is_the_same_inside_a_segment_is_left_out():
    space, coded = fit_space(make_answers()[0])
    same = coded[coded[:, 0] == 1]
    reference = fit_reference(space, same, 0)
    assert reference.joined.shape[1] == 5
    assert np.isfinite(reference.points(reference.joined)).all()


def test_levels_are_put_in_the_order_of_what_they_have_in_common():
    taste = np.random.default_rng(0).normal(size=300)
    area = np.array(["b", "c", "a"])[np.digitize(taste, [-0.5, 0.5])]
    reference = reference_of(customers({"spend": taste, "area": area}))
    spend = pd.Series(reference.joined[:, 0]).groupby(reference.joined[:, 1]).mean()
    assert spend.is_monotonic_increasing or spend.is_monotonic_decreasing


def test_the_same_seed_gives_the_same_lumps_and_another_much_the_same():
    reference = reference_of(make_groups(120)[0])
    runs = [lumpiness(reference, [2, 3], n_blobs=9, seed=seed, bar=False) for seed in (0, 0, 1)]
    pd.testing.assert_frame_equal(runs[0].by_k, runs[1].by_k)
    np.testing.assert_allclose(runs[0].by_k["delta"], runs[2].by_k["delta"], atol=0.05)


def test_separate_groups_come_back_and_clouds_do_not():
    cloud = np.random.default_rng(0).normal(size=(200, 4))
    groups = make_groups(200)[0].to_numpy()
    assert steadiness(groups, [3], np.random.default_rng(0), 0)[0] > 0.95
    assert steadiness(cloud, [3], np.random.default_rng(0), 0)[0] < 0.7
