import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.personas.facts import Fact, Sentence
from segkit.personas.numbertext import format_value
from segkit.personas.writer import is_seen, trait_marker
from tests.conftest import make_groups

QUICK = {"n_boot": 10, "k_max": 4}


@pytest.fixture(scope="module")
def shoppers():
    """Three planted kinds: recent and big, lapsed and light, and recent, light and of more fuel."""
    groups, truth = make_groups(360)
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(index=groups.index)
    frame["recency_days"] = np.choose(truth, [5, 90, 6]) + rng.integers(0, 5, 360)
    frame["revenue"] = np.choose(truth, [900, 100, 100]) + rng.normal(0, 15, 360)
    frame["n_orders"] = 10 + rng.integers(0, 3, 360)
    frame["fuel_share"] = np.choose(truth, [0.1, 0.1, 0.7]) + rng.random(360) / 10
    frame["noise"] = rng.normal(size=360)
    return frame


DICTIONARY = pd.DataFrame(
    {
        "label": ["Days since last order", "Revenue", "Orders", "Fuel share", "Noise"],
        "unit": ["days", "money", "orders", "share", "points"],
        "role": ["recency", "monetary", "frequency", "category", "breadth"],
    },
    index=["recency_days", "revenue", "n_orders", "fuel_share", "noise"],
)


@pytest.fixture(scope="module")
def profile(shoppers):
    bases = shoppers[["recency_days", "revenue", "fuel_share"]]
    segments = segkit.fit_segments(bases, **QUICK)
    colour = pd.Series(np.where(shoppers["fuel_share"] > 0.5, "red", "blue"), index=shoppers.index)
    colour[shoppers.index[:9]] = "rare"
    town = pd.DataFrame({"colour": colour})
    return segkit.profile_segments(segments, shoppers, town, dictionary=DICTIONARY)


@pytest.fixture(scope="module")
def personas(profile, shoppers):
    return segkit.describe_segments(profile, shoppers, currency="$")


def test_names_say_what_sets_segments_apart(personas):
    assert sorted(personas.names) == [
        "Lapsed light spenders",
        "Light spenders, more fuel",
        "Recent big spenders",
    ]


def test_who_keeps_the_usual_gap_is_not_called_lapsed(profile, shoppers):
    slow = shoppers.assign(mean_gap_days=60.0)
    assert "Less recent light spenders" in list(segkit.describe_segments(profile, slow).names)
    quick = shoppers.assign(mean_gap_days=7.0)
    assert "Lapsed light spenders" in list(segkit.describe_segments(profile, quick).names)


def test_cards_come_in_order_of_revenue(personas, profile):
    shares = profile.sizes["revenue_share"]
    assert shares.is_monotonic_decreasing
    assert shares.sum() == pytest.approx(1)
    assert personas.cards[0].name == "Recent big spenders"


def test_names_do_not_depend_on_the_order_of_rows(profile, shoppers):
    shuffled = shoppers.sample(frac=1, random_state=2)
    segments = segkit.fit_segments(shuffled[list(profile.segments.model.columns)], **QUICK)
    again = segkit.profile_segments(segments, shuffled, dictionary=DICTIONARY)
    names = segkit.describe_segments(again, shuffled).names
    assert sorted(names) == sorted(segkit.describe_segments(profile, shoppers).names)
    assert set(names.index) == set(profile.keys)


def test_no_two_segments_share_a_name(shoppers):
    segments = segkit.fit_segments(shoppers[["revenue"]], 4, **QUICK)
    profile = segkit.profile_segments(segments, shoppers, dictionary=DICTIONARY)
    names = segkit.describe_segments(profile, shoppers).names
    assert names.is_unique
    assert len(names) == 4


def test_a_frame_without_roles_is_named_by_its_strongest_base(shoppers):
    bases = shoppers[["recency_days", "fuel_share"]]
    profile = segkit.profile_segments(segkit.fit_segments(bases, **QUICK), bases)
    assert "High fuel_share" in list(segkit.describe_segments(profile, bases).names)


def test_noise_sets_nobody_apart(personas):
    for card in personas.cards:
        assert "Noise" not in [marker.label for marker in card.markers]


def test_every_sentence_rests_on_a_number(personas):
    for card in personas.cards:
        for sentence in [card.lead, *card.levels]:
            assert re.search(r"\d", sentence.text)
            assert {fact.id for fact in sentence.facts.values()} <= set(personas.facts)


def test_marker_words_have_the_sign_of_their_effect(personas):
    for card in personas.cards:
        for marker in card.markers:
            assert marker.word.endswith("higher" if marker.delta.value > 0 else "lower")
            assert marker.delta.low * marker.delta.high > 0


@pytest.mark.parametrize(
    ("figure", "unit", "text"),
    [
        ((6.8, 6.0, 7.75), "money", "$6.80 ($6.00–$7.75)"),
        ((9.5, 8.25, 11.5), "money", "$9.50 ($8.25–$11.50)"),
        ((2472.98, 2314.98, 2730.2), "money", "$2,470 ($2,310–$2,730)"),
        ((68.0, 60.0, 77.0), "money", "$68 ($60–$77)"),
        ((419.0, 9.5, 446.2), "money", "$419 ($10–$446)"),
        ((5.0, 4.8, 5.0), "points", "5.0 (4.8–5.0)"),
        ((0.001, -0.004, 0.006), "children", "<0.1"),
        ((-2.0, -3.0, -1.0), "points", "−2 (−3 to −1)"),
        ((0.002, 0.001, 0.003), "share", "<1%"),
        ((0.012, 0.008, 1.2), "ratio", "1% (1–120%)"),
    ],
)
def test_a_range_is_printed_as_finely_as_its_number_and_never_as_minus_zero(figure, unit, text):
    value, low, high = figure
    assert Fact("a/b/c", value, unit, 90, "", low, high, "$").with_range == text


def test_a_level_is_told_of_where_its_difference_is_sure_and_seen(profile, shoppers):
    rng, labels = np.random.default_rng(0), profile.segments.labels
    here = (labels == profile.keys[0]).to_numpy()
    share = {"far": np.where(here, 0.7, 0.2), "chance": np.where(here, 0.5, 0.5)}
    text = pd.DataFrame(
        {
            name: np.where(rng.random(len(shoppers)) < part, "yes", "no")
            for name, part in [*share.items(), *((f"noise{n}", 0.4) for n in range(40))]
        },
        index=shoppers.index,
    )
    told = segkit.profile_segments(profile.segments, shoppers, text, dictionary=DICTIONARY)
    cards = segkit.describe_segments(told, shoppers, n_boot=0).cards
    found = {fact.split("/")[1] for card in cards for line in card.levels for fact in
             (one.id for one in line.facts.values())}  # fmt: skip
    assert {"far=yes", "far=no"} <= found
    assert {name.split("=")[0] for name in found} == {"far"}


def test_a_descriptor_that_prints_like_that_of_all_is_not_told(profile, shoppers):
    place = np.arange(len(shoppers)) % 10
    low = profile.segments.labels.eq(profile.keys[0]).to_numpy() & (place < 4)
    visits = pd.Series(
        pd.Categorical(np.where(low, "rarely", "weekly"), ["rarely", "weekly"], ordered=True)
    )
    given = pd.DataFrame({"visits": visits.set_axis(shoppers.index)})
    told = segkit.profile_segments(profile.segments, shoppers, given, dictionary=DICTIONARY)
    assert told.effects.at[(profile.keys[0], "visits"), "delta"] < -0.3
    cards = segkit.describe_segments(told, shoppers, n_boot=0).cards
    assert [marker.label for card in cards for marker in card.described] == []


def card_of(profile, shoppers, text=None, **columns):
    """The card of the segment of big spenders, with some columns more."""
    frame = shoppers.assign(**columns)
    roles = {"more_days": "recency", "part": "", "rare": ""}
    more = pd.DataFrame({"label": roles, "unit": "share", "role": roles})
    more["label"] = more.index
    told = segkit.profile_segments(
        profile.segments, frame, text, dictionary=pd.concat([DICTIONARY, more])
    )
    cards = segkit.describe_segments(told, frame, n_boot=0).cards
    return next(card for card in cards if card.name == "Recent big spenders"), told


@pytest.mark.parametrize(("known", "is_told"), [(0.6, True), (0.4, False)])
def test_a_trait_sets_a_segment_apart_only_where_half_of_it_has_a_value(
    profile, shoppers, known, is_told
):
    part = shoppers["revenue"].where(np.arange(len(shoppers)) % 10 < 10 * known)
    card, _ = card_of(profile, shoppers, part=part)
    assert ("part" in {marker.label for marker in card.markers}) == is_told


def test_of_one_role_what_formed_segments_stands_for_it_where_it_reads_alike(profile, shoppers):
    """The copy tells the segments a little better; both are "much" lower."""
    here = profile.segments.labels.map(lambda key: "revenue" in key).astype(float)
    copy = shoppers["recency_days"] - 40 * here.reindex(shoppers.index)
    card, told = card_of(profile, shoppers, more_days=copy)
    strength = told.effects.loc[card.key, "delta"].abs().round(2)
    assert strength["more_days"] > strength["recency_days"] > 0.47
    labels = [marker.label for marker in card.markers]
    assert "Days since last order" in labels
    assert "more_days" not in labels


def test_a_thin_segment_is_told_in_figures_without_words_of_comparison(shoppers):
    few = shoppers.iloc[:180]
    segments = segkit.fit_segments(few[["recency_days", "revenue", "fuel_share"]], 3, **QUICK)
    told = segkit.profile_segments(segments, few, dictionary=DICTIONARY)
    for card in segkit.describe_segments(told, few, currency="$", n_boot=0).cards:
        assert card.badge == "thin"
        assert re.fullmatch(r"[\w ]+: \S+ \(all customers: \S+\); .*\.", card.lead.text)
        assert not re.search("higher|lower|fewer", card.lead.text)


def test_an_index_is_on_the_card_and_not_in_its_one_line(profile, shoppers):
    trend = np.where(shoppers["revenue"] > 500, 0.5, -0.5) + np.arange(len(shoppers)) / 1e4
    known = DICTIONARY.copy()
    known.loc["noise", ["label", "unit", "role"]] = ["Trend", "index", "trend"]
    told = segkit.profile_segments(profile.segments, shoppers.assign(noise=trend), dictionary=known)
    cards = segkit.describe_segments(told, shoppers.assign(noise=trend), n_boot=0).cards
    card = next(card for card in cards if card.name == "Recent big spenders")
    assert "Trend" in [marker.label for marker in card.markers]
    assert "trend" not in card.lead.text.lower()


def test_what_prints_like_that_of_all_sets_nobody_apart(profile, shoppers):
    here = profile.segments.labels.eq("x").reindex(shoppers.index)
    assert not here.any()
    place = np.arange(len(shoppers)) % 10
    big = shoppers["revenue"].gt(500).to_numpy()
    few = pd.Series(np.where(big, 1, np.where(place < 4, 2, 1)), index=shoppers.index)
    card, told = card_of(profile, shoppers, noise=few)
    assert told.effects.at[(card.key, "noise"), "delta"] < -0.33
    assert "Noise" not in {marker.label for marker in card.markers}


def test_what_nearly_nobody_has_is_not_called_no_different(profile, shoppers):
    for step, is_told in ((5, True), (40, False)):
        rare = pd.Series(np.arange(len(shoppers)) // 3 % step == 0, index=shoppers.index)
        card, _ = card_of(profile, shoppers, rare=rare)
        assert ("rare" in {marker.label for marker in card.same}) == is_told


@pytest.mark.parametrize(("others", "is_told"), [(0.05, True), (0.14, False)])
def test_a_yes_that_is_twice_as_common_describes_a_segment_though_its_effect_is_small(
    profile, shoppers, others, is_told
):
    big = shoppers["revenue"].gt(500).to_numpy()
    part = np.arange(len(shoppers)) // 3 / 120
    yes = pd.DataFrame({"bought": np.where(big, part < 0.17, part < others)}, shoppers.index)
    card, told = card_of(profile, shoppers, yes)
    assert 0 < told.effects.at[(card.key, "bought"), "delta"] < 0.15
    assert ("bought" in {marker.label for marker in card.described}) == is_told


def test_a_share_of_two_instead_of_one_in_a_hundred_is_no_difference_to_act_on():
    gap, overall = pd.Series([0.02, 0.05, 0.05, 0.2]), pd.Series([0.02, 0.02, 0.2, 0.9])
    assert is_seen(gap, overall).tolist() == [False, True, False, True]


def test_levels_of_fewer_than_ten_customers_are_not_shown(profile):
    assert "rare" not in profile.levels.index.get_level_values("level")


def test_effects_on_fewer_than_ten_customers_are_missing(profile, shoppers):
    few = shoppers.assign(noise=shoppers["noise"].where(np.arange(len(shoppers)) < 12))
    effects = segkit.profile_segments(profile.segments, few, dictionary=DICTIONARY).effects
    assert effects.xs("noise", level="variable")["delta"].isna().all()


def test_facts_hold_value_base_and_count(personas):
    for fact in personas.facts.values():
        assert fact.n > 0
        assert fact.base


@pytest.mark.parametrize("template", ["Nothing here.", "{n} of 5 came.", "{n} {other} came."])
def test_a_sentence_without_a_number_behind_it_cannot_be_made(template):
    fact = Fact("all/n", 3, "customers", 3, "all customers")
    facts = {} if template == "Nothing here." else {"n": fact}
    with pytest.raises(ValueError, match=r"number|fills"):
        Sentence(template, facts)


def test_names_are_escaped_and_numbers_tagged():
    fact = Fact("all/n", 3, "customers", 3, "all customers")
    html = Sentence("{who}: {n}.", {"n": fact}, {"who": "<script>"}).__html__()
    said = '&lt;script&gt;: <data value="3" data-fact="all/n">3</data>.'
    assert html == f'<span data-computed="1">{said}</span>'


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.314, "share", "31%"),
        (0.001, "share", "<1%"),
        (0.0, "share", "0%"),
        (1234.5, "money", "$1,230"),
        (4596039.58, "money", "$4,600,000"),
        (12.345, "money", "$12"),
        (2.345, "money", "$2.35"),
        (4596039.58, "cents", "$4,596,039.58"),
        (12.0, "days", "12"),
        (7.75, "days", "7.8"),
        (float("nan"), "days", "n/a"),
        (-0.004, "effect", "0.00"),
        (-0.004, "score", "0.00"),
        (-0.006, "effect", "−0.01"),
    ],
)
def test_numbers_are_rounded_for_a_reader(value, unit, text):
    assert format_value(value, unit, "$") == text


def test_results_never_print_customers(profile, personas, shoppers):
    for result in (profile, personas, profile.segments, profile.segments.structure):
        text = repr(result) + result._repr_html_()
        assert not any(customer in text for customer in shoppers.index)


def test_without_money_no_column_speaks_of_revenue(personas, profile, shoppers):
    assert ">revenue</th>" in personas._repr_html_()
    frame = shoppers.drop(columns="revenue")
    known = DICTIONARY.drop(index="revenue")
    segments = segkit.fit_segments(frame[["recency_days", "fuel_share"]], 2, **QUICK)
    told = segkit.describe_segments(
        segkit.profile_segments(segments, frame, dictionary=known), frame, n_boot=0
    )
    assert ">revenue</th>" not in told._repr_html_()


def test_what_more_comes_to_is_on_the_card_that_says_it(personas):
    card = next(card for card in personas.cards if card.name == "Light spenders, more fuel")
    ((word, marker),) = card.named
    assert word == "more fuel"
    assert marker.here.value > marker.overall.value
    assert marker.here in card.facts


def test_the_buying_rhythm_is_the_median_of_those_who_came_again(profile, shoppers):
    gaps = pd.Series(np.arange(len(shoppers)) % 20 + 1.0, index=shoppers.index)
    gaps[shoppers.index[::3][:40]] = np.nan  # ordered once
    frame = shoppers.assign(mean_gap_days=gaps)
    told = segkit.profile_segments(profile.segments, frame, dictionary=DICTIONARY)
    for card in segkit.describe_segments(told, frame, n_boot=0).cards:
        known = gaps[profile.segments.labels == card.key].dropna()
        shown = [*card.rhythm, *card.markers, *card.same]
        gap = next(marker for marker in shown if "/mean_gap_days/" in marker.here.id)
        assert gap.here.value == known.median()
        assert gap.here.low <= gap.here.value <= gap.here.high
        once = int((profile.segments.labels == card.key).sum()) - len(known)
        assert (gap.here.n, gap.known.text) == (len(known), str(len(known)))
        assert card.with_gap == (gap.known if once else None)
        twice = [one for one in shown if [one.label for one in shown].count(one.label) > 1]
        assert twice == [] or {one.label for one in twice} == {gap.label}


def test_the_few_who_came_once_are_not_told_of(profile, shoppers):
    gaps = pd.Series(5.0, index=shoppers.index)
    for key in profile.keys:
        gaps[profile.segments.labels.index[profile.segments.labels == key][:3]] = np.nan
    frame = shoppers.assign(mean_gap_days=gaps)
    told = segkit.profile_segments(profile.segments, frame, dictionary=DICTIONARY)
    cards = segkit.describe_segments(told, frame, n_boot=0).cards
    assert cards
    assert all(card.with_gap is None for card in cards)
    for card in cards:
        gap, size = trait_marker(told, card.key, "mean_gap_days"), int(card.customers.value)
        assert (gap.here.n, gap.delta.n, gap.known.text) == (size - 9, size - 9, f"{size - 9}+")


def test_without_orders_there_is_no_rhythm(personas):
    assert not any(card.rhythm or card.with_gap for card in personas.cards)


def test_a_card_names_whom_the_segment_is_confused_with(profile, shoppers):
    segments = profile.segments
    table = segments.confused.copy()
    table.iloc[0] = [0.7, 0.1, 0.2]
    mixed = replace(profile, segments=replace(segments, confused=table))
    told = segkit.describe_segments(mixed, shoppers, n_boot=0)
    key, other = table.index[0], table.index[2]
    card = next(card for card in told.cards if card.key == key)
    own, nearest = told.names[key], told.names[other]
    said = f"Nearest to {own}: {nearest}; refits put 20% of these customers there."
    assert card.nearest.text == said
    assert f"{key}/nearest/{other}" in told.facts
