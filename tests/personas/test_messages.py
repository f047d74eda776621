"""messages.yaml: each rule refuses on its own, and what passes stands on the card."""

import copy
from dataclasses import replace

import pandas as pd
import pytest

import segkit
from segkit.errors import StudyError
from segkit.personas.cardnotes import MOVED, NoteText
from segkit.personas.facts import Fact
from segkit.personas.messages import load_messages, read_messages
from segkit.personas.noted import GONE, NOT_STORED
from tests.personas.test_cards import DICTIONARY, QUICK, shoppers

__all__ = ["shoppers"]


@pytest.fixture(scope="module")
def profile(shoppers):
    bases = shoppers[["recency_days", "revenue", "fuel_share"]]
    segments = segkit.fit_segments(bases, **QUICK)
    town = pd.DataFrame({"town": pd.Series("north", index=shoppers.index)})
    return segkit.profile_segments(segments, shoppers, town, dictionary=DICTIONARY)


@pytest.fixture(scope="module")
def key(profile):
    """The segment of recent big spenders."""
    return profile.keys[0]


@pytest.fixture(scope="module")
def figure(profile, shoppers, key):
    """Its typical revenue."""
    return segkit.describe_segments(profile, shoppers, n_boot=0).facts[f"{key}/revenue/median"]


@pytest.fixture
def notes(figure):
    """Notes that pass every check."""
    seen = [figure.value, figure.low, figure.high]
    return {
        "name": "Big weekly baskets",
        "written": {"by": "Ana Roe", "date": "2026-11-25", "facts": {"revenue/median": seen}},
        "needs": [{"text": "One trip a week", "evidence": {"assumption": True}}],
        "pains": [
            {"id": "queue", "text": "Queues at the till",
             "evidence": {"study": {"type": "interviews", "n": 12, "date": "2026-05-03"}}},
        ],
        "benefits": [{"text": "Pay while you walk", "answers": "queue"}],
        "proof_points": [
            {"text": "They spend {fact:revenue/median}", "evidence": {"facts": ["revenue/median"]}}
        ],
        "tone": {"do": ["brief"], "avoid": ["urgency"]},
        "channels": [{"channel": "app", "timing": "Fridays, 16:00"}],
        "offer": "A free delivery",
        "offer_terms": "once in 30 days",
        "action": "Invite to the app",
        "owner": "CRM",
        "kpi": "n_orders",
        "review_date": "2027-03-01",
        "do_not_use_for": ["prices per person"],
        "quote": {"text": "I hate waiting.", "source": "interview of May", "consent": True},
    }  # fmt: skip


@pytest.fixture
def said(profile, shoppers, key):
    """A function from notes on the first segment to its card."""

    def card(notes, **top):
        messages = read_messages({"segments": {key: notes}, **top})
        return segkit.describe_segments(profile, shoppers, messages=messages, n_boot=0).cards[0]

    return card


def test_what_is_said_stands_on_the_card(said, notes):
    card = said(notes)
    shown = card.notes
    assert (card.name, card.auto_name) == ("Big weekly baskets", "Recent big spenders")
    assert card.title == "Persona"
    assert (shown.by, shown.on) == ("Ana Roe", "2026-11-25")
    assert list(shown.groups) == ["Needs", "Pain points", "Benefits to stress", "Proof points"]
    assert shown.groups["Needs"][0].is_assumption
    assert shown.groups["Pain points"][0].evidence == "interviews, n 12, 2026-05-03"
    assert shown.groups["Benefits to stress"][0].answers.text == "Queues at the till"
    assert shown.lines["Offer"][-1] == "once in 30 days"
    assert shown.lines["Channels"] == ("app, Fridays, 16:00",)
    assert shown.kpi[0] == "Orders"
    assert {name: fact.value for name, fact in shown.counts.items()} == {
        "figures": 1, "studies": 1, "assumptions": 1,
    }  # fmt: skip
    assert shown.said_checks == []


def test_figures_in_a_text_are_tagged_and_are_facts_of_the_report(said, notes, figure):
    card = said(notes)
    text = card.notes.groups["Proof points"][0].text
    assert text.text == f"They spend {figure.text}"
    assert str(text.__html__()).startswith("They spend <data value=")
    assert figure in card.facts


@pytest.mark.parametrize("kind", ["survey", "experiment", "market research"])
def test_only_people_who_spoke_make_a_persona(said, notes, kind):
    notes["pains"][0]["evidence"]["study"]["type"] = kind
    assert said(notes).title == "Segment card"


def test_without_messages_nothing_is_noted(profile, shoppers):
    card = segkit.describe_segments(profile, shoppers, n_boot=0).cards[0]
    assert (card.notes, card.title) == (None, "Segment card")


def test_an_empty_segment_has_no_headings(said):
    shown = said({}).notes
    assert shown.is_empty
    assert (shown.groups, shown.lists, shown.lines) == ({}, {}, {})


def change(notes, path, value):
    """The notes with one thing changed; None takes it out."""
    changed = copy.deepcopy(notes)
    inner = changed
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changed


REFUSED = [
    (("pians",), [], "unknown word 'pians'. Did you mean 'pains'?"),
    (("needs", 0, "evidence"), None, "needs.0 has no evidence. Accepted: facts: [ids], study"),
    (("needs", 0, "evidence"), {}, "needs.0.evidence holds nothing. Accepted: one of facts"),
    (("needs", 0, "evidence"), {"assumption": True, "facts": ["x"]}, "holds assumption and facts"),
    (("needs", 0, "evidence"), {"assumption": False}, "evidence.assumption is 'False'"),
    (("needs", 0, "evidence"), {"asumption": True}, "Did you mean 'assumption'?"),
    (("pains", 0, "evidence", "study", "n"), None, "study lacks n"),
    (("pains", 0, "evidence", "study", "type"), "hunch", "study.type is 'hunch'. Accepted: interviews"),
    (("pains", 0, "evidence", "study", "date"), "2026-02-30", "has the date '2026-02-30'"),
    (("pains", 0, "id"), None, "pains.0 lacks id"),
    (("benefits", 0, "answers"), "queus", "which is no pain of it. Did you mean 'queue'?"),
    (("benefits", 0, "answers"), None, "benefits.0 lacks answers"),
    (("needs", 0, "text"), "Save 5 minutes", "a bare number in 'Save 5 minutes'"),
    (("tone", "do"), ["in ² words"], "a bare number in 'in ² words'"),
    (("name",), "Top 10", "a bare number in 'Top 10'"),
    (("name",), "They spend {fact:revenue/median}", "a name without {fact:id}"),
    (("offer",), "1 free coffee", "a bare number in '1 free coffee'"),
    (("action",), "turn \u202egnp.exe", "the invisible character U+202E"),
    (("owner",), "C\u200bRM", "the invisible character U+200B"),
    (("quote", "consent"), False, "quote has consent: false"),
    (("quote", "source"), None, "quote lacks source"),
    (("review_date",), "2027-3-1", "review_date is '2027-3-1'"),
    (("written", "facts", "revenue/median"), [1, 2], "Accepted: [value], or [value, low, high]"),
    (("proof_points", 0, "text"), "{fact:revenu/median}", "Did you mean 'revenue/median'?"),
    (("proof_points", 0, "evidence", "facts"), ["revenu/median"], "Did you mean 'revenue/median'?"),
    (("kpi",), "revenu_share", "Did you mean 'revenue_share'?"),
    (("kpi",), "n_ordres", "which this study doesn't compute. Did you mean 'n_orders'?"),
    (("channels", 0, "metric"), "n_ordres", "Did you mean 'n_orders'?"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "words"), REFUSED)
def test_each_rule_refuses_alone(said, notes, path, value, words):
    said(notes)
    with pytest.raises(StudyError) as refused:
        said(change(notes, path, value))
    assert words in str(refused.value)


def test_two_pains_of_one_id_are_refused(said, notes):
    with pytest.raises(StudyError, match="the id 'queue' twice"):
        said(change(notes, ("pains",), notes["pains"] * 2))


def test_a_figure_of_another_segment_is_refused(said, notes, profile):
    other = f"{profile.keys[1]}/revenue/median"
    with pytest.raises(StudyError, match="a figure of another segment"):
        said(change(notes, ("proof_points", 0, "text"), f"They spend {{fact:{other}}}"))


def test_whose_figure_it_is_goes_by_the_longest_key_that_fits(shoppers):
    rules = [
        {"name": "big", "where": {"revenue": {"from": 500}}},
        {"name": "big/new", "where": {"revenue": {"from": 100, "below": 500}}},
        {"name": "light", "otherwise": True},
    ]
    segments = segkit.fit_segments(shoppers[["revenue"]], rules=rules)
    profile = segkit.profile_segments(segments, shoppers, dictionary=DICTIONARY)

    def card_of(key, name):
        spec = {"proof_points": [{"text": f"{{fact:{name}}}", "evidence": {"assumption": True}}]}
        messages = read_messages({"segments": {key: spec}})
        cards = segkit.describe_segments(profile, shoppers, messages=messages, n_boot=0).cards
        return next(card for card in cards if card.key == key)

    for key, name in (
        ("big", "size/share"),
        ("big/new", "size/share"),
        ("big/new", "big/new/size/share"),
    ):
        assert card_of(key, name).notes.facts[0].id == f"{key}/size/share"
    for key, other in (("big", "big/new"), ("big/new", "big"), ("light", "big/new")):
        with pytest.raises(StudyError, match="a figure of another segment"):
            card_of(key, f"{other}/size/share")


def test_a_figure_of_all_customers_may_be_named(said, notes):
    card = said(change(notes, ("proof_points", 0, "text"), "All spend {fact:all/revenue/median}"))
    assert "all/revenue/median" in {fact.id for fact in card.facts}


def test_notes_on_a_segment_that_is_gone_are_said_and_stop_no_report(profile, shoppers, key):
    content = {"segments": {key[:-1]: {"name": "Gone"}}}
    personas = segkit.describe_segments(profile, shoppers, messages=read_messages(content), n_boot=0)
    assert personas.checks == [*personas.unplaced]
    assert f"writes about '{key[:-1]}', which is no segment of this run" in personas.checks[0]
    assert f"Did you mean '{key}'?" in personas.checks[0]
    assert "Gone" not in list(personas.names)
    strict = read_messages({**content, "strict": True})
    with pytest.raises(StudyError, match="no segment of this run"):
        segkit.describe_segments(profile, shoppers, messages=strict, n_boot=0)


def test_retired_segments_are_kept_and_not_shown(profile, shoppers):
    messages = read_messages({"segments": {}, "retired": {"gone-0000": {"name": "Gone"}}})
    assert messages.retired == ("gone-0000",)
    names = segkit.describe_segments(profile, shoppers, messages=messages, n_boot=0).names
    assert "Gone" not in list(names)


def test_a_name_that_another_segment_has_is_refused(profile, shoppers, key, said, notes):
    taken = segkit.describe_segments(profile, shoppers, n_boot=0).names.iloc[1]
    with pytest.raises(StudyError, match="are both called"):
        said(change(notes, ("name",), taken.upper()))


CHECKED = [
    (("name",), "Lapsed regulars", "the name says “lapsed”, and the figures say the opposite"),
    (("name",), "Big weekly baskets of all kinds and sorts", "longer than a column of a table"),
    (("name",), "Our whales", "the word “whales”"),
    (("tone", "do"), ["like to losers"], "the word “losers”"),
    (
        ("channels",),
        [{"channel": "fuel"}],
        "“fuel” is preferred, and used less here",
    ),
    (("channels",), [{"channel": "station", "metric": "fuel_share"}], "“station” is preferred"),
    (("written", "facts"), {}, NOT_STORED),
    (("written", "facts", "revenue/median"), [1.0, 0.5, 1.5], MOVED),
    (("written", "facts", "revenue/median"), [1.0], MOVED),
]


@pytest.mark.parametrize(("path", "value", "words"), CHECKED)
def test_what_should_be_checked_is_marked_or_in_strict_mode_refused(said, notes, path, value, words):
    changed = change(notes, path, value)
    checks = said(changed).notes.said_checks
    assert any(words in check for check in checks), checks
    with pytest.raises(StudyError, match="is strict"):
        said(changed, strict=True)


def test_strict_notes_without_a_check_pass(said, notes):
    assert said(notes, strict=True).notes.said_checks == []


def test_a_channel_that_is_used_as_much_is_not_marked(said, notes):
    assert said(change(notes, ("channels",), [{"channel": "orders"}])).notes.said_checks == []


def test_a_figure_that_is_gone_is_marked(said, notes):
    notes["written"]["facts"]["old/median"] = [3.0]
    notes["proof_points"][0]["evidence"]["facts"].append("old/median")
    assert said(notes).notes.groups["Proof points"][0].checks == (GONE,)


def test_a_figure_in_a_text_that_is_gone_is_not_guessed(said, notes):
    notes["written"]["facts"]["old/median"] = [3.0]
    notes["proof_points"][0]["text"] = "They spend {fact:old/median}"
    shown = said(notes).notes.groups["Proof points"][0]
    assert (shown.text.text, shown.checks) == ("They spend n/a", (GONE,))


def test_a_figure_within_its_old_interval_has_not_moved(said, notes, figure):
    moved = change(notes, ("written", "facts", "revenue/median"), [0.0, figure.value, figure.value])
    assert said(moved).notes.said_checks == []


def test_hostile_texts_are_escaped():
    fact = Fact("a/n", 3, "customers", 30, "all")
    text = NoteText(("<script>{{ 1 }}</script> ", fact)).__html__()
    assert text.startswith("&lt;script&gt;{{ 1 }}&lt;/script&gt; <data")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("segments: [", "is not YAML"),
        ("", "messages.yaml is None"),
        ("segments: {}\nsegmnets: {}", "Did you mean 'segments'?"),
        ("segments:\n  a: {}\n  a: {}\n", "has 'a' twice, again in line 3"),
        ("segments:\n  a: {name: x, name: y}\n", "has 'name' twice"),
    ],
)
def test_a_broken_file_is_refused(tmp_path, text, words):
    path = tmp_path / "messages.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(StudyError) as refused:
        load_messages(path)
    assert words in str(refused.value)


def test_a_file_that_is_not_there_and_blank_entries(tmp_path):
    with pytest.raises(StudyError, match="there is no file"):
        load_messages(tmp_path / "messages.yaml")
    path = tmp_path / "messages.yaml"
    path.write_text("segments:\n  a:\n    needs:\n    review_date: 2027-01-01\n", "utf-8")
    assert load_messages(path).segments["a"].review_date == "2027-01-01"


def test_messages_say_how_much_is_assumed(notes):
    messages = read_messages({"segments": {"a": notes}})
    assert messages.reading.startswith("3 notes on 1 segments, 1 of them assumptions")
    assert replace(messages, strict=True).strict


@pytest.mark.parametrize(
    ("as_of", "is_said"), [("2027-03-02", True), ("2027-03-01", False), ("", False)]
)
def test_a_review_date_that_has_passed_is_said_on_the_card(
    profile, shoppers, key, notes, as_of, is_said
):
    messages = read_messages({"segments": {key: notes}})
    told = segkit.describe_segments(profile, shoppers, messages=messages, n_boot=0, as_of=as_of)
    said = "check: to be reviewed by 1 Mar 2027, which has passed"
    assert (said in told.cards[0].notes.checks) == is_said
    assert any(said in check for check in told.checks) == is_said
