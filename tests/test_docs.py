import re
from pathlib import Path

import pytest
import yaml

import segkit

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCKS = re.findall(r"```yaml\n(.*?)```", (DOCS / "study.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("block", BLOCKS)
def test_every_example_of_a_study_loads(block):
    frame = {"title": "T", "decision": "D", "as_of": "2026-01-01"}
    assert segkit.load_study(frame | yaml.safe_load(block)).bases


def test_there_is_an_example_for_each_key_that_the_readme_names():
    assert len(BLOCKS) >= 9
    named = {
        "sources", "profile", "web", "emails", "consent", "pseudonyms", "targets", "segments",
        "weight", "scales", "choices", "decimal", "currency",
    }  # fmt: skip
    assert all(f"{key}:" in "".join(BLOCKS) for key in named)
