import numpy as np
import pandas as pd
import pytest

from segkit.segments.keys import overall, segment_keys, segment_profiles, trait_table
from segkit.segments.space import fit_space
from tests.segments.made import customers, make_mixed


@pytest.fixture(scope="module")
def profiles():
    """Of the three planted groups of numbers and categories."""
    frame, truth = make_mixed()
    space = fit_space(frame)[0]
    traits = trait_table(space, space.coded(frame))
    return segment_profiles(traits, truth, 3, overall(traits))


def test_a_profile_of_a_number_is_its_mean_in_standard_deviations(profiles):
    frame, truth = make_mixed()
    age = (frame["age"] - frame["age"].mean()) / frame["age"].std(ddof=0)
    np.testing.assert_allclose(profiles["age"], age.groupby(truth).mean(), atol=1e-9)


def test_a_profile_of_a_level_is_its_share_in_standard_deviations(profiles):
    frame, truth = make_mixed()
    city = (frame["area"] == "city") * 1.0
    naive = (city.groupby(truth).mean() - city.mean()) / city.std(ddof=0)
    np.testing.assert_allclose(profiles["area\tcity"], naive, atol=1e-9)


def test_a_key_says_what_is_strongest(profiles):
    words = [key.rsplit("-", 1)[0] for key in segment_keys(profiles)]
    for word, (_, row) in zip(words, profiles.iterrows(), strict=True):
        name, _, level = row.abs().idxmax().partition("\t")
        side = "high" if row.abs().idxmax() == row.idxmax() else "low"
        assert word == (f"{name}-{level}" if level else f"{side}-{name}")


@pytest.mark.parametrize(
    ("traits", "word"),
    [
        ({"Revenue (EUR)": 2.0, "age": 1.0}, "high-revenue-eur"),
        ({"revenue": 1.0, "age": -1.5}, "low-age"),
        ({"area\tNew York": 1.2, "age": 1.0}, "area-new-york"),
        ({"area\tcity": -1.2, "age": 1.0}, "area-not-city"),
    ],
)
def test_keys_are_words_that_a_file_name_can_hold(traits, word):
    key = segment_keys(pd.DataFrame([traits]))[0]
    assert key.rsplit("-", 1)[0] == word
    assert len(key.rsplit("-", 1)[1]) == 4


def test_keys_of_alike_segments_differ():
    alike = pd.DataFrame({"spend": [1.0, 1.2, -2.2], "age": [0.1, 0.0, 0.0]})
    keys = segment_keys(alike)
    assert len(set(keys)) == 3
    assert [key.rsplit("-", 1)[0] for key in keys] == ["high-spend", "high-spend", "low-spend"]


def test_the_last_digits_of_a_profile_do_not_change_its_key(profiles):
    assert segment_keys(profiles + 1e-9) == segment_keys(profiles)


def test_a_base_that_never_varies_tells_segments_apart_as_nothing():
    frame = customers({"spend": np.arange(30.0), "age": np.arange(30.0)})
    space = fit_space(frame)[0]
    same = trait_table(space, space.coded(frame.assign(age=5.0)))
    profile = segment_profiles(same, np.arange(30) % 2, 2, overall(same))
    assert profile["age"].tolist() == [0, 0]
