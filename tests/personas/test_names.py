"""Names: eligible traits, collisions, hysteresis, agreement, languages."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import StudyError
from segkit.personas import agreement
from segkit.personas.effects import Range, cliffs_delta
from segkit.personas.lexicon import languages, load_lexicon
from segkit.personas.lints import contradictions, pejoratives
from segkit.personas.names import Name, Namer, Part
from segkit.personas.namesakes import told_apart
from segkit.personas.signs import Resampler, Sign, Signs, State, signs_of

ROLES = {
    "recency_days": "recency", "revenue": "monetary", "n_orders": "frequency",
    "mean_order_value": "basket", "fuel_share": "category", "discount_share": "discount",
}  # fmt: skip
ENGLISH = load_lexicon()


def dictionary(roles=ROLES):
    rows = {
        name: {"label": name.replace("_", " ").capitalize(), "role": role, "unit": "", "of": name,
               "kind": "number", "low": "", "high": "", "levels": ()}
        for name, role in roles.items()
    }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index")


def signs_from(frame, codes, keys, roles=ROLES):
    """The signs of any frame, measured one by one."""
    signs = {}
    for place, key in enumerate(keys):
        inside = codes == place
        signs[key] = [
            Sign(name, role, name, True, *cliffs_delta(frame[name].to_numpy(), inside),
                 float(frame[name][inside].mean()), int(inside.sum()))
            for name, role in roles.items()
        ]  # fmt: skip
    states = {key: State(int((codes == at).sum()), True, True, 0.0) for at, key in enumerate(keys)}
    return Signs(list(keys), signs, states, dictionary(roles), frame, codes)


def sign(variable, delta, *, low=None, high=None, n=100, is_base=True, role=None):
    low, high = delta - 0.05 if low is None else low, delta + 0.05 if high is None else high
    role = ROLES.get(variable, "") if role is None else role
    return Sign(variable, role, variable, is_base, delta, low, high, 1.0, n)


def namer(language="en", *, state=None, roles=ROLES, **signs):
    """A namer of segments known by their signs alone."""
    keys = list(signs)
    state = state or State(100, True, True, 0.0)
    frame = pd.DataFrame({name: np.zeros(len(keys)) for name in roles})
    held = Signs(
        keys, signs, dict.fromkeys(keys, state), dictionary(roles), frame, np.arange(len(keys))
    )
    return Namer(held, load_lexicon(language), "customers")


BIG_RECENT = [sign("recency_days", -0.5), sign("revenue", 0.5)]


def test_a_state_and_a_noun_make_a_name():
    assert namer(a=BIG_RECENT).name("a").text == "Recent big spenders"
    assert namer("de", a=BIG_RECENT).name("a").text == "Aktuelle umsatzstarke Käufer"


@pytest.mark.parametrize(
    "unclear",
    [sign("revenue", 0.32), sign("revenue", 0.5, low=-0.01), sign("revenue", 0.5, n=29)],
)
def test_a_trait_below_the_limit_unsure_or_of_few_enters_no_name(unclear):
    assert namer(a=[unclear]).name("a").text == "Typical customers"
    assert namer(a=[sign("revenue", 0.33)]).name("a").text == "Big spenders"


@pytest.mark.parametrize("low", [-0.01, 0.01])
def test_a_lead_needs_a_range_without_zero(low):
    named = namer(a=[sign("revenue", 0.4), sign("fuel_share", 0.6, low=low)]).name("a")
    assert named.text == ("Big spenders, more fuel" if low > 0 else "Big spenders")


def test_a_lead_alone_is_better_than_typical():
    assert namer(a=[sign("fuel_share", 0.6)]).name("a").text == "Buyers, more fuel"


@pytest.mark.parametrize(("delta", "text"), [(0.6, "Buyers, more fuel"), (0.4, "Typical customers")])
def test_who_differs_much_in_no_base_but_in_what_they_buy_is_not_called_typical(delta, text):
    noise = sign("revenue", 0.1)
    assert namer(a=[noise, sign("fuel_share", delta, is_base=False)]).name("a").text == text


def test_fewer_than_30_customers_are_a_small_group():
    few = State(29, True, True, 0.0)
    assert namer(state=few, a=BIG_RECENT).name("a").text == "Small group"


def test_lapsed_needs_an_overdue_order_and_one_time_four_in_five():
    lapsed = [sign("recency_days", 0.5)]
    assert namer(a=lapsed).name("a").text == "Lapsed buyers"
    kept = State(100, False, True, 0.0)
    assert namer(state=kept, a=lapsed).name("a").text == "Less recent buyers"
    assert namer(state=State(100, True, True, 0.8), a=lapsed).name("a").text == "Lapsed one-time buyers"
    assert namer(state=State(100, True, True, 0.79), a=lapsed).name("a").text == "Lapsed buyers"


def two_big(seed=0, more=3.0):
    """Two recent, big-spending kinds of which one spends `more` times as much, and a light one."""
    rng = np.random.default_rng(seed)
    codes = np.repeat([0, 1, 2], [100, 100, 400])
    frame = pd.DataFrame({name: rng.normal(size=600) for name in ROLES})
    frame["revenue"] += np.choose(codes, [20 * more, 20, 0])
    frame["recency_days"] += np.choose(codes, [0, 0, 9])
    return frame, codes


def test_of_two_big_spenders_one_is_top_and_none_spends_less():
    frame, codes = two_big()
    names = agreement.settled(Namer(signs_from(frame, codes, "abc"), ENGLISH, "customers"), {})
    assert names["a"].text == "Top recent big spenders"
    assert names["b"].text == "Recent big spenders"


def test_no_word_beside_a_namesake_contradicts_what_its_card_says_against_all_others():
    """Both buy more often than the rest, one of them less often than the other."""
    frame, codes = two_big(more=1.0)
    frame["n_orders"] += np.choose(codes, [30, 15, 0])
    names = agreement.settled(Namer(signs_from(frame, codes, "abc"), ENGLISH, "customers"), {})
    assert names["a"].text == "Recent big spenders, more often"
    assert names["b"].text == "Recent big spenders"
    frame["n_orders"] = np.choose(codes, [0, -15, 0]) + frame["mean_order_value"]
    names = agreement.settled(Namer(signs_from(frame, codes, "abc"), ENGLISH, "customers"), {})
    assert names["b"].text == "Recent big spenders, less often"


@pytest.mark.parametrize(("first", "text"), [(0.9, "Mostly first-time"), (0.4, "Mostly not returning")])
def test_of_a_category_a_name_says_what_is_there_rather_than_what_is_not(first, text):
    levels = {"visitor=first-time": (first, 0.95), "visitor=returning": (-0.95, 0.02)}
    signs = [
        Sign(name, "", "visitor", True, delta, delta - 0.02, delta + 0.02, share, 100)
        for name, (delta, share) in levels.items()
    ]
    named = namer(roles=dict.fromkeys(levels, ""), a=signs)
    told = named.signs.dictionary
    told["kind"], told["of"] = "level", "visitor"
    told["label"] = [f"Visitor: {name.partition('=')[2]}" for name in levels]
    told["levels"] = [(name.partition("=")[2],) for name in levels]
    assert named.name("a").text == text


@pytest.mark.parametrize("seed", range(12))
def test_names_are_never_alike_never_contradict_themselves_and_ignore_the_order(seed):
    rng = np.random.default_rng(seed)
    k = int(rng.integers(2, 9))
    codes = rng.integers(0, k, 900)
    shifts = rng.normal(scale=2, size=(k, len(ROLES))) * rng.integers(0, 2, (k, len(ROLES)))
    frame = pd.DataFrame(rng.normal(size=(900, len(ROLES))) + shifts[codes], columns=list(ROLES))
    keys = [f"key-{place}" for place in range(k)]
    names = agreement.settled(Namer(signs_from(frame, codes, keys), ENGLISH, "customers"), {})
    texts = [name.text for name in names.values()]
    assert len({text.casefold() for text in texts}) == k
    for name in names.values():
        sides = {}
        for part in name.parts:
            role = ROLES.get(part.about, part.about)
            assert sides.setdefault(role, part.side) == part.side, name.text
    order, rows = rng.permutation(k), rng.permutation(900)
    moved = signs_from(
        frame.iloc[rows], np.argsort(order)[codes[rows]], [keys[place] for place in order]
    )
    again = agreement.settled(Namer(moved, ENGLISH, "customers"), {})
    assert {key: name.text for key, name in again.items()} == {
        key: name.text for key, name in names.items()
    }


def test_segments_that_nothing_tells_apart_get_a_letter():
    same = {"a": Name("Typical customers", ()), "b": Name("Typical customers", ())}
    told = told_apart(namer_of_noise(), same)
    assert [name.text for name in told.values()] == ["Typical customers A", "Typical customers B"]


@pytest.mark.parametrize(("delta", "kept"), [(0.29, True), (0.25, True), (0.24, False), (-0.4, False)])
def test_a_name_is_left_at_another_limit_than_it_is_entered(delta, kept):
    last = namer(a=[sign("revenue", 0.4)]).name("a")
    now = agreement.settled(namer(a=[sign("revenue", delta, low=delta - 0.01)]), {"a": last})
    assert (now["a"].text == "Big spenders") is kept
    without = agreement.settled(namer(a=[sign("revenue", delta, low=delta - 0.01)]), {})
    assert without["a"].text != "Big spenders"


def test_last_run_s_name_stays_while_it_is_true_though_more_could_be_said():
    last = namer(a=[sign("revenue", 0.4)]).name("a")
    assert agreement.settled(namer(a=BIG_RECENT), {"a": last})["a"].text == "Big spenders"


def test_a_comparative_goes_when_the_namesake_has_gone():
    last = Name("Top big spenders", (Part("noun", "monetary", 1, "big spenders"),
                                     Part("top", "revenue", 1, "Top {name}")))  # fmt: skip
    now = agreement.settled(namer(a=[sign("revenue", 0.5)]), {"a": last})
    assert now["a"].text == "Big spenders"


def test_a_kept_name_never_makes_two_alike():
    frame, codes = two_big()
    signs = signs_from(frame, codes, "abc")
    last = {"b": Name("Recent big spenders", Namer(signs, ENGLISH, "customers").name("b").parts)}
    names = agreement.settled(Namer(signs, ENGLISH, "customers"), last)
    assert len({name.text for name in names.values()}) == 3


def test_names_of_the_last_run_survive_being_stored_but_not_a_change_of_language():
    named = {"a": namer(a=BIG_RECENT).name("a")}
    records = agreement.as_records(named, "en")
    assert agreement.from_records(records, "en") == named
    assert agreement.from_records(records, "de") == {}


def test_a_resample_measures_what_its_rows_would():
    frame, codes = two_big()
    signs = signs_from(frame, codes, "abc")
    rows = np.random.default_rng(4).integers(0, 600, 600)
    drawn = Resampler(signs).drawn(rows)
    plain = signs_from(frame.iloc[rows], codes[rows], "abc")
    for key in "abc":
        for ours, naive in zip(drawn.signs[key], plain.signs[key], strict=True):
            assert ours.delta == pytest.approx(naive.delta)
            assert ours.value == pytest.approx(naive.value)
        assert drawn.states[key].customers == plain.states[key].customers


RECENT_BIG = (
    Part("state", "recency", -1, "Recent"), Part("noun", "monetary", 1, "big spenders")
)  # fmt: skip


def agreed(namer, names):
    return agreement.shortened(namer, names, agreement._drawn(namer, 60))


def namer_of_noise():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({name: rng.normal(size=400) for name in ROLES})
    return Namer(signs_from(frame, np.arange(400) % 2, "ab"), ENGLISH, "customers")


def shaky(lift):
    """A segment whose recency is clear, and whose spending is more or less so."""
    rng = np.random.default_rng(3)
    codes = np.repeat([0, 1], [80, 240])
    frame = pd.DataFrame({name: rng.normal(size=320) for name in ROLES})
    frame["recency_days"] -= 4 * (codes == 0)
    frame["revenue"] += lift * (codes == 0)
    return Namer(signs_from(frame, codes, "ab"), ENGLISH, "customers")


def test_a_name_that_resamples_do_not_agree_on_is_printed_shorter():
    unsure = shaky(0.65)
    told = agreed(unsure, {"a": Namer.composed(unsure, RECENT_BIG)})
    assert told["a"].text == "Recent buyers"
    assert told["a"].agreement == 1.0


def test_a_sure_name_is_printed_whole():
    sure = shaky(3.0)
    told = agreed(sure, agreement.settled(sure, {}))
    assert (told["a"].text, told["a"].agreement) == ("Recent big spenders", 1.0)


def test_agreement_is_the_same_for_a_new_name_and_a_kept_one():
    unsure = shaky(0.85)
    first = agreed(unsure, agreement.settled(unsure, {}))
    again = agreed(unsure, agreement.settled(unsure, first))
    assert again == first
    assert 0.8 < first["a"].agreement < 1


def test_a_shorter_name_is_not_taken_from_another_segment():
    unsure = shaky(0.65)
    names = {"a": Namer.composed(unsure, RECENT_BIG), "b": Name("Recent buyers", ())}
    told = agreed(unsure, names)
    assert told["a"].text != "Recent buyers"


def test_typical_and_lettered_names_have_an_agreement_of_their_own():
    dull = namer_of_noise()
    names = told_apart(dull, {key: dull.name(key) for key in "ab"})
    told = agreed(dull, names)
    assert [name.text for name in told.values()] == ["Typical customers A", "Typical customers B"]
    assert all(name.agreement > 0.9 for name in told.values())


def test_the_demo_s_signs_are_those_of_its_profile(demo_features):
    segments = segkit.fit_segments(demo_features.bases, k=5, k_max=5, n_boot=10)
    profile = segkit.profile_segments(
        segments, demo_features.frame, dictionary=demo_features.dictionary
    )
    signs = signs_of(profile, demo_features.frame)
    key = profile.keys[0]
    for one in signs.signs[key]:
        assert one.delta == profile.effects.at[(key, one.variable), "delta"]
    names = segkit.describe_segments(profile, demo_features.frame, language="de").names
    assert names.is_unique
    assert any("Käufer" in name or "käufer" in name for name in names)


def test_an_unknown_language_names_the_known_ones():
    with pytest.raises(StudyError, match="language is 'fr'"):
        load_lexicon("fr")


@pytest.mark.parametrize("language", languages())
def test_every_language_says_the_same_things(language):
    words = load_lexicon(language)
    for name in ("states", "nouns", "qualifiers", "claims"):
        ours, theirs = getattr(words, name), getattr(ENGLISH, name)
        assert {role: set(sides) for role, sides in ours.items()} == {
            role: set(sides) for role, sides in theirs.items()
        }
    assert set(words.traits) == set(ENGLISH.traits)
    assert set(words.compared) == set(ENGLISH.compared)


@pytest.mark.parametrize("language", languages())
def test_no_state_with_a_noun_is_too_long_or_pejorative_or_against_itself(language):
    words = load_lexicon(language)
    ordering = {role: sides for role, sides in words.states.items() if role != "last_seen"}
    states = [word for sides in ordering.values() for word in sides.values()]
    nouns = [(role, side, word) for role, sides in words.nouns.items() for side, word in sides.items()]
    for state in [*states, words.not_overdue]:
        for role, side, noun in nouns:
            name = f"{state} {noun}"
            assert len(name) <= words.longest, name
            assert pejoratives(name, words) == []
            right = Range(0.5, 0.4, 0.6) if side == "high" else Range(-0.5, -0.6, -0.4)
            assert contradictions(name, {role: [right]}, words) == []


SEEN = {"days_since_visit": "last_seen", "n_visits": "visits"}


@pytest.mark.parametrize("language", languages())
def test_no_name_of_a_state_with_a_noun_is_too_long_whenever_they_were_last_seen(language):
    words = load_lexicon(language)
    roles = SEEN | {name: role for name, role in ROLES.items() if role in words.nouns}
    for seen in (-0.5, 0.5):
        for noun, delta in [(name, delta) for name in roles for delta in (-0.6, 0.6)][2:]:
            both = [
                sign("days_since_visit", seen, role="last_seen"),
                sign(noun, delta, role=roles[noun]),
            ]
            named = namer(language, roles=roles, a=both).name("a")
            assert len(named.text) <= words.longest, named.text
            assert any(part.slot == "noun" for part in named.parts)


def test_beside_visits_recent_means_the_visit_and_beside_orders_nothing_is_claimed_of_them():
    seen = sign("days_since_visit", 0.5, role="last_seen")
    visits = namer(roles=SEEN, a=[seen, sign("n_visits", -0.5, role="visits")]).name("a")
    assert visits.text == "Less recent occasional visitors"
    baskets = sign("mean_order_value", -0.5)
    assert namer(roles=ROLES | SEEN, a=[seen, baskets]).name("a").text == "Small-basket buyers"


QUESTION = "How satisfied are you with the delivery of your last order from us?"


@pytest.mark.parametrize(
    ("label", "kind", "delta", "text"),
    [
        ("Days since last contacted", "date", -0.5, "Recently contacted"),
        ("Days since last contacted", "date", 0.5, "Long not contacted"),
        ("Days since first order", "date", -0.5, "Recent first order"),
        ("Days since first order", "date", 0.5, "Long-ago first order"),
        (QUESTION, "number", 0.5, "High satisfied delivery last…"),
        (QUESTION, "yes_no", 0.5, "Mostly satisfied delivery last…"),
        ("x" * 80, "number", -0.5, f"Low {'x' * 25}…"),
        ("Income", "number", 0.5, "High income"),
    ],
)
def test_dates_and_whole_questions_make_names_that_can_be_read(label, kind, delta, text):
    held = namer(roles={"a": ""}, one=[sign("a", delta, role="")])
    held.signs.dictionary.loc["a", ["label", "kind"]] = [label, kind]
    assert held.name("one").text == text


def test_of_two_long_traits_the_stronger_is_the_name():
    two = [sign("a", 0.6, role=""), sign("b", 0.5, role="")]
    held = namer(roles={"a": "", "b": ""}, one=two)
    assert held.name("one").text == "High A, high B"
    held.signs.dictionary["label"] = [QUESTION, "Would you recommend our brand to friends or family?"]
    assert held.name("one").text == "High satisfied delivery last…"


@pytest.mark.parametrize(
    ("name", "role", "delta", "wrong"),
    [
        ("Big spenders", "monetary", -0.4, ["big spenders"]),
        ("Big spenders", "monetary", 0.4, []),
        ("Lapsed regulars", "recency", -0.4, ["lapsed"]),
        ("BIG-BASKET friends", "monetary", -0.4, []),
        ("BIG-BASKET friends", "basket", -0.4, ["big-basket"]),
        ("Newsletter readers", "tenure", 0.4, []),
    ],
)
def test_a_name_whose_word_disagrees_with_the_figures_is_found(name, role, delta, wrong):
    effects = {role: [Range(delta, delta - 0.1, delta + 0.1)]}
    assert [word for word, _ in contradictions(name, effects, ENGLISH)] == wrong


def test_a_word_is_no_contradiction_where_the_range_includes_zero():
    assert contradictions("Big spenders", {"monetary": [Range(-0.1, -0.3, 0.1)]}, ENGLISH) == []
