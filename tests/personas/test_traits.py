"""Segments of bases of every kind: effects of levels, names, drivers, cards."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.disclosure import in_tens
from segkit.personas.columns import small_merged
from segkit.personas.drivers import between_share, by_basis
from segkit.personas.effects import cliffs_delta
from segkit.personas.phrases import compared, joined, said_of

QUICK = {"n_boot": 10, "k_max": 3}
WORDS = {"customer": "post", "customers": "posts", "order": "order", "orders": "orders"}


@pytest.fixture(scope="module")
def mixed():
    """Two planted kinds: rich city dwellers who come often, poor country dwellers who rarely do."""
    rng = np.random.default_rng(0)
    truth = np.arange(300) % 2
    often = pd.Categorical.from_codes(truth + rng.integers(0, 2, 300), ["rare", "some", "often"], True)
    frame = pd.DataFrame(
        {
            "income": truth * 50 + rng.normal(50, 5, 300),
            "area": np.where(truth, "city", "country"),
            "visits": often,
            "likes": np.where(rng.random(300) < 0.1, 1 - truth, truth).astype("float64"),
        },
        index=pd.Index([f"r{row:03d}" for row in range(300)], name="customer_id"),
    )
    frame.loc[frame.index[:6], "area"] = "sea"
    return frame


DICTIONARY = pd.DataFrame(
    {
        "label": ["Income", "Area", "Visits", "Likes it"],
        "unit": ["money", "", "", "share"],
        "role": "",
        "basis": ["demographic", "geographic", "behavioural", "psychographic"],
        "kind": ["number", "category", "ordered", "yes_no"],
        "low": "",
        "high": "",
    },
    index=["income", "area", "visits", "likes"],
)


@pytest.fixture(scope="module")
def profile(mixed):
    segments = segkit.fit_segments(mixed, 2, **QUICK)
    return segkit.profile_segments(segments, mixed, dictionary=DICTIONARY)


@pytest.fixture(scope="module")
def personas(profile, mixed):
    return segkit.describe_segments(profile, mixed, words=WORDS)


def test_levels_of_a_base_have_effects_that_are_differences_in_share(profile, mixed):
    inside = (profile.segments.labels == profile.keys[0]).to_numpy()
    city = in_tens((mixed["area"] == "city").to_numpy(), inside)
    row = profile.effects.loc[(profile.keys[0], "area=city")]
    assert row["delta"] == pytest.approx(city[inside].mean() - city[~inside].mean())
    assert row["value"] == pytest.approx(city[inside].mean())
    assert row["is_base"]
    assert "Area: city" in profile.matrix.index


def test_levels_of_fewer_than_ten_are_not_shown(profile):
    assert not any("sea" in label for label in profile.matrix.index)


def test_ordered_levels_are_compared_by_rank_and_printed_by_name(profile, personas, mixed):
    codes = mixed["visits"].cat.codes.to_numpy(dtype="float64")
    inside = (profile.segments.labels == profile.keys[0]).to_numpy()
    row = profile.effects.loc[(profile.keys[0], "visits")]
    assert row["delta"] == pytest.approx(cliffs_delta(codes, inside).value)
    texts = {fact.text for name, fact in personas.facts.items() if "/visits/median" in name}
    assert texts <= {"rare", "some", "often"}
    assert texts


def test_shares_have_a_range_within_0_and_1(profile):
    shares = profile.effects.loc[(slice(None), ["likes", "area=city"]), ["low", "high"]]
    assert shares.to_numpy().min() >= 0
    assert shares.to_numpy().max() <= 1


def test_segments_without_numbers_have_a_matrix_a_picture_and_names(mixed):
    text = mixed[["area"]].assign(tone=np.where(mixed["likes"] > 0, "warm", "cold"))
    profile = segkit.profile_segments(segkit.fit_segments(text, 2, **QUICK), text)
    assert profile.plot().get_xlabel()
    names = segkit.describe_segments(profile, text).names
    assert names.is_unique
    assert all(name.split()[0] in {"Mostly", "More", "Less"} for name in names)


def test_names_come_from_traits_and_are_short(personas):
    assert personas.names.is_unique
    assert all(len(name.split()) <= 6 for name in personas.names)
    assert not any("customers" in name or "buyers" in name for name in personas.names)


def test_cards_speak_of_posts(personas):
    for card in personas.cards:
        assert "posts" in card.lead.text
        assert "customers" not in card.lead.text


def test_protected_descriptors_enter_no_name(mixed):
    bases = mixed[["income", "likes"]]
    age = pd.DataFrame({"age": np.arange(300) % 2 * 40.0 + 20}, index=mixed.index)
    profile = segkit.profile_segments(segkit.fit_segments(bases, 2, **QUICK), bases, age)
    names = segkit.describe_segments(profile, bases).names
    assert not any("age" in name.lower().split() for name in names)


def test_drivers_add_up_and_name_the_basis_that_was_planted():
    labels = pd.Series(np.repeat(["a", "b"], 50))
    rng = np.random.default_rng(1)
    frame = pd.DataFrame({"x": np.repeat([0.0, 9.0], 50) + rng.normal(size=100)})
    frame["noise"], frame["town"] = rng.normal(size=100), rng.choice(["n", "s"], 100)
    between = pd.Series({name: between_share(frame[name], labels) for name in frame})
    basis = pd.Series({"x": "behavioural", "noise": "demographic", "town": "geographic"})
    table = by_basis(between, basis)
    assert table.index[0] == "behavioural"
    assert table["share"].sum() == pytest.approx(1)
    assert table.loc["behavioural", "share"] > 0.9


def test_the_profile_says_which_basis_drives_the_segments(profile):
    assert set(profile.by_basis.index) == set(DICTIONARY["basis"])
    assert "Of what differs between them" in profile.reading


def about(kind, label="Yummy", unit="share", low="", high="", levels=()):
    return pd.Series(
        {"kind": kind, "label": label, "unit": unit, "low": low, "high": high, "levels": levels}
    )


@pytest.mark.parametrize(
    ("trait", "delta", "value", "said"),
    [
        (about("number", "Income", "money"), 0.5, 9, "high income"),
        (about("number", "Web visits", "visits"), -0.5, 9, "few web visits"),
        (about("number", "GDP", ""), 0.5, 9, "high GDP"),
        (about("number", low="Introverted", high="Extraverted"), -0.5, 9, "introverted"),
        (about("yes_no"), 0.5, 0.9, "mostly yummy"),
        (about("yes_no"), -0.5, 0.6, "less often yummy"),
        (about("level", "Area: city", levels=("city",)), 0.5, 0.9, "mostly city"),
        (about("level", "Area: city", levels=("city",)), -0.3, 0.1, "less often city"),
        (about("level", "Area: city", levels=("city",)), -0.5, 0.1, "mostly not city"),
        (about("number", "Children", "children"), 0.5, 1.0, "more children"),
        (about("number", "Children", "children"), 0.5, 3.0, "many children"),
        (about("level", "Job: unknown", levels=("unknown",)), 0.5, 0.9, "mostly job unknown"),
        (about("level", "Region code: 3", levels=("3",)), 0.5, 0.2, "more often region code 3"),
    ],
)
def test_a_trait_in_words(trait, delta, value, said):
    assert said_of(trait, delta, value) == said


def test_namesakes_are_compared():
    assert compared(about("number", "Income", "money"), -0.5) == "lower income"
    assert compared(about("number", "Calls", "calls"), 0.5) == "more calls"
    assert compared(about("yes_no"), 0.5) == "more often yummy"


def test_what_is_there_comes_before_what_is_not():
    assert joined(["mostly not cheap", "mostly expensive"]) == "mostly expensive, not cheap"


@pytest.fixture(scope="module")
def scattered(mixed):
    """Three small areas of 7 each, one of the segments' bases, and towns of which three are small."""
    frame = mixed.copy()
    for place, area in enumerate(["isle", "dune", "moor"]):
        frame.loc[frame.index[6 + 14 * place : 20 + 14 * place : 2], "area"] = area
    towns, rows = pd.Series("Roe", index=frame.index), np.arange(100, 300)
    small = [*rows[::2][:31], *rows[1::2][:11]]  # of one kind more than of the other
    towns.iloc[small] = np.tile(["Aa", "Bo", "Cy", "Di", "Ed", "Fy"], 7)
    return frame, pd.DataFrame({"town": towns})


def test_small_levels_are_one_with_its_count_and_give_nobody_away(scattered):
    frame, towns = scattered
    segments = segkit.fit_segments(frame, 2, **QUICK)
    found = segkit.profile_segments(segments, frame, towns, dictionary=DICTIONARY)
    assert found.dictionary.at["area=Other", "label"] == "Area: Other (27 in 4 levels)"
    assert not {"area=sea", "area=isle", "area=dune", "area=moor"} & set(found.dictionary.index)
    assert found.others == {"town": "Other (42 in 6 levels)"}
    known = found.levels.reset_index()
    assert set(known["level"]) <= {"Roe", "Other"}
    counts = known[known["level"] == "Other"].eval("share * n").round()
    assert sorted(counts) == [11, 31]
    told = segkit.describe_segments(found, frame, words=WORDS)
    said = " ".join(line.text for card in told.cards for line in card.levels)
    assert "Town Other (42 in 6 levels): " in said
    assert not any("other" in name.lower() for name in told.names)


def test_small_levels_that_are_fewer_than_ten_or_all_there_are_stay_unsaid(mixed):
    text, said = small_merged(mixed["area"])  # six by the sea
    assert (said, set(text)) == ("", {"city", "country", "sea"})
    assert small_merged(pd.Series([f"text {row}" for row in range(50)]))[1] == ""
    own = pd.Series(["Other"] * 20 + ["a"] * 5 + ["b"] * 6 + [None])
    assert small_merged(own)[1] == "All other levels (11 in 2 levels)"
