"""No share of a profile tells of one to nine customers, nor do all of them together."""

import numpy as np
import pandas as pd
import pytest

import segkit

SIZES = {"a": 300, "b": 120, "c": 60, "d": 24}
COMPLAINED = {"a": 3, "b": 40, "c": 32, "d": 8}
NO_EMAIL = {"a": 4, "b": 0, "c": 20, "d": 0}
CODED = {"a": 250, "b": 115, "c": 30, "d": 12}
RETURNED = {"a": 5, "b": 50, "c": 0, "d": 20}


@pytest.fixture(scope="module")
def customers():
    """Four groups apart by their score; in each, few have some of the other traits."""
    group = pd.Series(np.repeat(list(SIZES), list(SIZES.values())))
    place = group.groupby(group).cumcount()
    frame = pd.DataFrame(
        {
            "score": group.map({"a": 0, "b": 20, "c": 40, "d": 60})
            + np.random.default_rng(3).normal(size=len(group)),
            "complained": place < group.map(COMPLAINED),
            "has_email": place >= group.map(NO_EMAIL),
            "coded": (place < group.map(CODED)).astype("float64"),
            "returned": np.where(place < group.map(RETURNED), 7.0, 0.0),
            "often": place % 2 == 0,
            "region": np.where(place % 30 == 0, "isle", np.where(place % 3 == 0, "north", "south")),
        }
    )
    return frame.set_axis([f"customer {row:03d}" for row in range(len(frame))])


@pytest.fixture(scope="module")
def profile(customers):
    bases = customers[["score"]]
    segments = segkit.fit_segments(bases, 4, n_boot=10, n_starts=5)
    return segkit.profile_segments(segments, bases, customers.drop(columns="score"))


@pytest.fixture(scope="module")
def key(profile, customers):
    """The segment that each group became."""
    group = pd.Series(np.repeat(list(SIZES), list(SIZES.values())), customers.index)
    return profile.segments.labels.astype("object").groupby(group).first()


@pytest.mark.parametrize(
    ("trait", "told"),
    [("complained", {"a": 0, "b": 40, "c": 30}), ("has_email", {"a": 300, "b": 120, "c": 40}),
     ("coded", {"a": 250, "b": 120, "c": 30})],
)  # fmt: skip
def test_shares_that_few_have_are_told_in_tens(profile, key, trait, told):
    effects = profile.effects.xs(trait, level="variable")
    for group, count in told.items():
        row = effects.loc[key[group]]
        if row["statistic"] == "mean":
            assert row["value"] * row["n"] == pytest.approx(count)
        assert np.isfinite(row["delta"])
    assert np.isnan(effects.at[key["d"], "delta"])
    assert effects["overall"].notna().all()


def test_shares_that_many_have_are_told_as_they_are(profile, key):
    often = profile.effects.xs("often", level="variable")
    assert (often.loc[key[list(SIZES)], "value"] == 0.5).all()


def test_a_mean_that_few_make_is_kept_back_with_the_next(profile, key):
    returned = profile.effects.xs("returned", level="variable")
    assert returned.loc[key[["a", "d"]], ["value", "low", "high", "delta", "smd"]].isna().all(axis=None)
    assert returned.at[key["b"], "value"] == pytest.approx(50 * 7 / 120)
    assert returned.at[key["c"], "value"] == 0


def test_levels_that_few_have_are_kept_back_and_the_others_told_in_tens(profile, customers):
    counts = pd.crosstab(customers["region"], profile.segments.labels)
    told = profile.levels.xs("region", level="variable")
    assert not told.empty
    for (key, level), row in told.iterrows():
        assert counts.at[level, key] >= 10
        assert row["share"] * row["n"] == pytest.approx(round(counts.at[level, key], -1))
