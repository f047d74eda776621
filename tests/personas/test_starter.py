"""The messages.yaml that `segkit messages` starts from."""

import re

import pytest
import yaml

import segkit
from segkit.personas.messages import load_messages, read_messages
from segkit.personas.starter import _quoted, compared, starter
from segkit.personas.writer import CardWriter
from segkit.study.defaults import WORDS
from tests.personas.test_cards import personas, profile, shoppers

__all__ = ["personas", "profile", "shoppers"]


@pytest.fixture
def written(personas, profile, tmp_path):
    writers = {key: CardWriter(profile, key, "$", WORDS) for key in profile.keys}
    path = tmp_path / "messages.yaml"
    path.write_text(starter(personas, writers, "2024-06-01"), "utf-8")
    return path


def test_a_starter_is_read_back_and_says_nothing(written, profile, shoppers):
    messages = load_messages(written)
    assert list(messages.segments) == profile.keys
    described = segkit.describe_segments(profile, shoppers, messages=messages, n_boot=0)
    assert all(card.notes.is_empty for card in described.cards)
    assert described.checks == []


def test_every_figure_of_a_starter_may_be_relied_on_and_has_not_moved(written, profile, shoppers):
    content = yaml.safe_load(written.read_text("utf-8"))
    for spec in content["segments"].values():
        facts = list(spec["written"]["facts"])
        assert "revenue/median" in facts
        spec["proof_points"] = [{"text": "So it is", "evidence": {"facts": facts}}]
    messages = read_messages({**content, "strict": True})
    cards = segkit.describe_segments(profile, shoppers, messages=messages, n_boot=0).cards
    assert all(card.notes.groups["Proof points"][0].rests_on for card in cards)


def test_what_is_to_be_filled_in_is_seen_at_once_below_a_few_figures(written, personas):
    for card in personas.cards:
        lines = written.read_text("utf-8").split(f"\n  {card.key}:")[1].splitlines()
        assert "    # name: a name of your own instead of the automatic one" in lines[:10]
        assert lines.index("    written:") < 26
        figures = "\n".join(lines[:8])
        assert f"size/share: {card.share.with_range}".replace("\u2060", "") in figures
        for marker in card.markers:
            assert f"all {marker.overall.text}" in figures


def test_a_starter_of_some_segments_holds_only_those(personas, profile):
    writers = {key: CardWriter(profile, key, "$", WORDS) for key in profile.keys}
    text = starter(personas, writers, "2024-06-01", profile.keys[1:])
    assert list(yaml.safe_load(text)["segments"]) == profile.keys[1:]


def test_what_is_missing_and_what_is_gone_are_told_apart(personas, profile):
    messages = read_messages({"segments": {profile.keys[0]: {}, "gone-0000": {}}})
    assert compared(messages, personas) == (profile.keys[1:], ["gone-0000"])


@pytest.mark.parametrize("key", ["No", "null", "<b>飲料</b>: #1", 'say "hi"\n', "😀", "plain-key_1"])
def test_any_key_is_read_back(key):
    assert yaml.safe_load(f"{_quoted(key)}: 1") == {key: 1}


def test_a_starter_s_comments_name_what_a_report_prints(written, personas):
    text = written.read_text("utf-8")
    for card in personas.cards:
        assert re.search(rf"{re.escape(card.key)}\S*: # {re.escape(card.auto_name)}", text)
