import re
from pathlib import Path

import pytest
import yaml

import segkit
from segkit.cli import _parser
from segkit.personas.messages import read_messages

DOCS = Path(__file__).resolve().parent.parent / "docs"
TEXT = (DOCS / "study.md").read_text("utf-8")
BLOCKS = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_of_a_study_loads(block):
    frame = {"title": "T", "decision": "D", "as_of": "2026-01-01"}
    assert segkit.load_study(frame | yaml.safe_load(block)).bases


def test_there_is_an_example_for_each_key_that_the_readme_names():
    assert len(BLOCKS) >= 9
    named = {
        "sources", "profile", "web", "emails", "consent", "pseudonyms", "targets", "segments",
        "weight", "scales", "choices", "decimal", "currency", "encoding",
        "activities", "social", "bands",
    }  # fmt: skip
    assert all(f"{key}:" in "".join(BLOCKS) for key in named)
    assert all(f"kind: {kind}," in "".join(BLOCKS) for kind in ("birth_date", "distance_km"))


def test_the_example_of_messages_reads_with_each_kind_of_evidence():
    (block,) = re.findall(r"```yaml messages.yaml\n(.*?)```", TEXT, re.DOTALL)
    (segment,) = read_messages(yaml.safe_load(block)).segments.values()
    evidence = [note.evidence for note in segment.sourced if note.evidence]
    assert any(one.facts for one in evidence)
    assert any(one.is_qualitative for one in evidence)
    assert any(one.is_assumption for one in evidence)


def test_the_table_of_commands_names_every_command_and_option_and_no_other():
    table = TEXT.partition("## The commands")[2]
    (verbs,) = [one.choices for one in _parser()._actions if isinstance(one.choices, dict)]
    options = {word for verb in verbs.values() for one in verb._actions for word in one.option_strings}
    assert set(re.findall(r"^\| `segkit (\w+)", table, re.MULTILINE)) == set(verbs)
    assert set(re.findall(r"(?<=`|\s)--?[a-z][a-z-]*", table)) == options - {"-h"}
