"""The data dictionary has a section for every study, and in it every column that the study names."""

import re

import pandas as pd
import pytest

import segkit
from segkit.features.dictionary import STANDARD
from segkit.sources.public.datasets import CARRIED, DATASETS
from tests.conftest import ROOT

README = (ROOT / "data" / "README.md").read_text(encoding="utf-8")
STUDIES = sorted(path.parent.name for path in ROOT.glob("data/*/study.yaml"))


def section(name):
    """The text under a study's heading."""
    parts = re.split(r"^## (.+)$", README, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True)).get(name, "")


def named_columns(study):
    """Every name of a file's column that a study states."""
    for spec in study.tables.values():
        for given in spec.columns.values():
            yield from given if isinstance(given, list) else [given]
        if spec.join:
            yield spec.join["by"]
    yield from (trait.column for trait in study.traits.values())
    for scale in study.scales.values():
        yield from scale.items
    if study.has_orders:
        built = {feature.name for feature in STANDARD} | {f"n_{table}" for table in study.tables}
        yield from {*study.descriptors, *study.protected} - built - {*study.traits, *study.scales}


@pytest.mark.parametrize("name", STUDIES)
def test_every_column_that_a_study_names_is_explained_in_its_section(name):
    bold = set(re.findall(r"\*\*`([^`]+)`\*\*", section(name)))
    assert set(named_columns(segkit.load_study(ROOT / "data" / name))) <= bold


@pytest.mark.parametrize("name", STUDIES)
def test_a_section_says_terms_quirks_and_how_to_get_it(name):
    text = " ".join(section(name).split())
    for part in ("*Quirks and treatment.*", "*Terms.*", "*Get it:*"):
        assert part in text
    if name in CARRIED:
        assert CARRIED[name] in text
    else:
        assert f"`segkit fetch {name}`" in text
        assert f"{DATASETS[name].rows:,} rows" in text


def test_the_dictionary_is_in_the_project_and_the_data_are_not():
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8")
    assert "/data/*/*" in ignored
    assert "!/data/README.md" in ignored


@pytest.mark.parametrize("name", [name for name in STUDIES if name in DATASETS])
def test_every_column_of_the_file_is_in_the_dictionary(name, shared_data):
    known = DATASETS[name]
    header = pd.read_csv(
        shared_data / name / known.file, sep=known.delimiter or r"\s+", nrows=0, encoding="utf-8-sig"
    ).columns
    assert set(header) <= set(re.findall(r"`([^`]+)`", section(name)))
