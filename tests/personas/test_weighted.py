"""Profiles, names and cards of a survey with weights: of the population, on the respondents."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.personas.facts import fact_table
from segkit.personas.signs import Resampler, signs_of
from segkit.personas.writer import CardWriter

N = 240
QUICK = {"n_boot": 10, "k_max": 3}
WORDS = {"customer": "respondent", "customers": "respondents", "order": "order", "orders": "orders"}


@pytest.fixture(scope="module")
def survey():
    """Two planted groups of 160 and 80; each of the smaller one stands for four times as many."""
    rng = np.random.default_rng(0)
    small = np.arange(N) % 3 == 0
    frame = pd.DataFrame(
        {
            "spend": np.where(small, 90, 20) + rng.normal(0, 4, N),
            "visits": np.where(small, 2, 9) + rng.integers(0, 3, N),
            "likes": pd.Series(np.arange(N) % 4 == 0, dtype="float64"),
            "region": np.where(np.arange(N) % 2, "north", "south"),
        }
    ).set_index(pd.Index([f"r{row:03d}" for row in range(N)], name="customer_id"))
    weights = pd.Series(np.where(small, 4.0, 1.0) * np.where(np.arange(N) % 4, 1, 2), frame.index)
    return frame, weights.rename("w")


@pytest.fixture(scope="module")
def segments(survey):
    return segkit.fit_segments(survey[0][["spend", "visits"]], 2, **QUICK)


@pytest.fixture(scope="module")
def profile(survey, segments):
    return segkit.profile_segments(segments, survey[0], weights=survey[1])


def test_sizes_and_values_are_counted_by_weight(survey, segments, profile):
    frame, weights = survey
    w, labels = weights * N / weights.sum(), segments.labels.astype("object")
    inside = {key: w[labels == key] for key in profile.keys}
    for key, own in inside.items():
        row = profile.sizes.loc[key]
        assert row["customers"] == len(own)
        assert row["weighted_n"] == pytest.approx(own.sum())
        assert row["share"] == pytest.approx(own.sum() / N)
        assert row["effective_n"] == pytest.approx(own.sum() ** 2 / (own**2).sum())
        assert row["share_low"] < row["share"] < row["share_high"]
        likes = profile.effects.loc[(key, "likes")]
        assert likes["value"] == pytest.approx(np.average(frame.loc[own.index, "likes"], weights=own))
        assert likes["overall"] == pytest.approx(np.average(frame["likes"], weights=w))
        north = profile.levels.loc[(key, "region", "north")]
        is_north = frame["region"] == "north"
        assert north["share"] == pytest.approx(own[is_north].sum() / own.sum())
    assert profile.keys == sorted(inside, key=lambda key: -inside[key].sum())
    assert profile.sample.effective_n == pytest.approx(w.sum() ** 2 / (w**2).sum())


def test_the_segments_and_who_is_assigned_need_no_weight(survey, segments, profile):
    frame, _ = survey
    plain = segkit.profile_segments(segments, frame)
    assert plain.weights is None
    assert plain.sample is None
    assert "effective_n" not in plain.sizes
    assert "effective_n" not in plain.effects
    assert plain.keys != profile.keys
    assert (plain.sizes["customers"] == profile.sizes["customers"].loc[plain.keys]).all()
    assigned = segments.assign(frame[["spend", "visits"]].iloc[:5])
    assert (assigned["segment_key"] == segments.labels.iloc[:5]).all()


def test_what_is_withheld_goes_by_respondents(survey, segments):
    """Nine with a value are too few, however heavy; of ten who weigh one each, all ten are shown."""
    frame, weights = survey
    key = segments.labels.cat.categories[0]
    own = frame.index[segments.labels == key]
    few = frame.assign(few=np.nan)
    few.loc[own[:9], "few"] = 1.5
    few.loc[frame.index[segments.labels != key], "few"] = 1.0
    heavy = weights.where(~weights.index.isin(own[:9]), 1000.0)
    effects = segkit.profile_segments(segments, few, weights=heavy).effects
    assert np.isnan(effects.at[(key, "few"), "value"])
    assert np.isnan(effects.at[(key, "few"), "effective_n"])


def test_a_card_carries_as_much_as_the_effective_number_does(survey, segments):
    """80 respondents of whom one is as heavy as all others: fair becomes size only."""
    frame, weights = survey
    key = segments.labels.value_counts().idxmin()
    own = frame.index[segments.labels == key]
    lopsided = weights.copy()
    lopsided[own[0]] = 20 * weights[own].sum()
    cards = {}
    for name, given in (("even", weights), ("lopsided", lopsided)):
        profile = segkit.profile_segments(segments, frame, weights=given)
        cards[name] = CardWriter(profile, key, "", WORDS).card("Few")
    assert [cards[name].badge for name in ("even", "lopsided")] == ["thin", "size only"]
    assert cards["lopsided"].customers.value == len(own)
    assert cards["lopsided"].markers == []
    said = "Few: weighted, as much as fewer than 30 respondents"
    assert cards["lopsided"].lead.text.startswith(said)


def test_every_weighted_fact_has_both_bases(survey, profile):
    personas = segkit.describe_segments(profile, survey[0], words=WORDS, n_boot=5)
    assert ", weighted." in personas.cards[1].lead.text
    assert "of all, weighted" in personas.reading
    facts = {fact["id"]: fact for fact in fact_table(personas.facts)}
    share = facts[f"{profile.keys[0]}/size/share"]
    assert (share["n"], share["base"]) == (N, "all respondents")
    assert share["weighted_n"] == pytest.approx(N)
    assert 0 < share["effective_n"] < N
    counted = facts[f"{profile.keys[0]}/size/customers"]
    assert counted["value"] == profile.sizes["customers"].iloc[0]
    assert "effective_n" not in counted
    stable = facts[f"{profile.keys[0]}/stability/jaccard"]
    assert "effective_n" not in stable


def test_names_are_resampled_with_the_weights(survey, profile):
    """Each drawn as often as it is there: a resample of all measures what the profile does."""
    signs = signs_of(profile, survey[0])
    drawn = Resampler(signs).drawn(np.arange(N))
    for key in signs.keys:
        for was, now in zip(signs.signs[key], drawn.signs[key], strict=True):
            assert now.delta == pytest.approx(was.delta)
        spend = next(one for one in drawn.between(key, signs.keys) if one.variable == "spend")
        assert spend.delta == pytest.approx(profile.effects.at[(key, "spend"), "delta"])


@pytest.mark.parametrize("bad", [0, -2, np.nan, np.inf])
def test_a_segmented_customer_without_a_weight_is_refused(survey, segments, bad):
    frame, weights = survey
    worse = weights.copy()
    worse.iloc[3] = bad
    with pytest.raises(DataError, match="1 of 240 customers have no weight above 0"):
        segkit.profile_segments(segments, frame, weights=worse)
    with pytest.raises(DataError, match="240 of 240"):
        segkit.profile_segments(segments, frame, weights=weights.rename(str.upper))


def test_a_weight_that_is_a_column_of_the_frame_is_refused(survey, segments):
    frame, weights = survey
    with pytest.raises(DataError, match=r"'w' is the weight and a column.*drop"):
        segkit.profile_segments(segments, frame.assign(w=weights), weights=weights)


def test_money_of_one_heavy_customer_is_withheld(survey, segments):
    frame, weights = survey
    key = segments.labels.cat.categories[0]
    heavy = weights.copy()
    heavy[frame.index[segments.labels == key][0]] = 3 * weights.sum()
    rich = frame.assign(revenue=10.0)
    assert segkit.profile_segments(segments, rich, weights=weights).sizes["revenue_share"].notna().all()
    sizes = segkit.profile_segments(segments, rich, weights=heavy).sizes
    assert np.isnan(sizes.at[key, "revenue_share"])
