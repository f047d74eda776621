"""The same data through R: the numbers must agree where both mean the same."""

import os
import shutil
import subprocess

import numpy as np
import pytest

import segkit
from benchmarks.peers import BEST_KNOWN, clusterboot, fast_food, peer_frames, sum_of_squares

pytestmark = pytest.mark.slow


def has_fpc():
    call = ["Rscript", "--vanilla", "-e", "library(fpc)"]
    found = shutil.which("Rscript") and not subprocess.run(call, capture_output=True).returncode
    return bool(found)


@pytest.fixture(scope="module")
def peers():
    if not has_fpc():
        (pytest.fail if "CI" in os.environ else pytest.skip)("Rscript with the package fpc is missing")
    return peer_frames()


@pytest.mark.parametrize("name", ["iris", "faithful"])
@pytest.mark.parametrize("k", [2, 3])
def test_segment_stability_agrees_with_clusterboot(peers, name, k):
    ours = segkit.fit_segments(peers[name], k, n_boot=100, n_blobs=3, k_max=3).stability["jaccard"]
    theirs = clusterboot(peers[name], k)
    np.testing.assert_allclose(sorted(ours), sorted(theirs), atol=0.05)


def test_the_fast_food_survey_reaches_the_best_known_sum_of_squares(shared_data):
    survey = fast_food(shared_data)
    for seed in (0, 7, 13):
        settings = {"n_boot": 2, "n_blobs": 2, "k_max": 4, "random_state": seed}
        segments = segkit.fit_segments(survey, 4, **settings)
        assert sum_of_squares(survey, segments.labels) == pytest.approx(BEST_KNOWN, abs=0.05)
