"""The verdict in words: whichever condition of separate groups fails is named."""

from dataclasses import replace

import pytest

import segkit
from segkit.personas.facts import Fact
from segkit.reporting.rendering import render
from segkit.reporting.verdict import verdict_sentences
from segkit.segments.evidence.gap import Gap
from tests.conftest import make_groups


@pytest.fixture(scope="module")
def natural():
    structure = segkit.assess_structure(make_groups(240)[0], k_max=4, n_boot=10, n_starts=3)
    assert structure.verdict == "natural"
    return structure


def failing(structure, **figures):
    """The same structure with other figures of the cut, and no longer natural for that."""
    by_k = structure.by_k.copy()
    by_k.loc[structure.k, list(figures)] = list(figures.values())
    return replace(structure, by_k=by_k, verdict="reproducible", reason="usable")


def told(structure):
    row = structure.by_k.loc[structure.k]

    def fact(name, value, unit):
        return Fact(f"all/{name}", float(value), unit, 240, "customers")

    known = {
        name: fact(name, row[name], "score") for name in ("stability", "delta", "z", "valley")
    } | {"null": fact("null", row["null_stability"], "score")}  # fmt: skip
    return " ".join(s.text for s in verdict_sentences(structure, "guests", fact, known))


def test_only_a_cloud_that_comes_back_as_well_speaks_against_groups(natural):
    found = failing(natural, stability=0.91, null_stability=0.94)
    assert found.lacking == {"steadier"}
    said = "a cut of one cloud, which has no groups, comes back better still (0.94 against 0.91)"
    assert said in found.reading
    assert "drawn through one cloud" not in found.reading
    assert "which has none, comes back better still, 0.94 against 0.91." in told(found)
    warned = render(
        "in_short", sentences=[], headline="", structure=found, words={"customers": "guests"}
    )
    assert "no sign that they are there" in warned
    assert "form one cloud" not in warned


def test_where_there_is_a_gap_nothing_speaks_of_one_cloud_without_gaps(natural):
    gap = Gap("'recency_days'", n_groups=5, z=5.8, purity=0.76)
    found = replace(failing(natural, delta=0.01, valley=0.1), gap=gap)
    assert gap.reading in found.reading
    assert "one cloud, always" not in found.reading
    warned = render(
        "in_short", sentences=[], headline="", structure=found, words={"customers": "guests"}
    )
    assert "there is a gap between the guests that they don't follow" in warned
    assert "without gaps" not in warned


@pytest.mark.parametrize(
    ("figures", "lacking", "said"),
    [
        (
            {"delta": 0.01},
            "tighter",
            "not shown to be groups: 0.01 tighter than one cloud without groups would be.",
        ),
        ({"delta": -0.01}, "tighter", "no tighter (−0.01) than one cloud"),
        ({"valley": -3.0}, "parted", "but the guests crowd between neighbours."),
        ({"stability": 0.72, "null_stability": 0.3}, "steady", "comes back by 0.75 or more"),
    ],
)
def test_every_other_condition_is_named_too(natural, figures, lacking, said):
    found = failing(natural, **figures)
    assert found.lacking == {lacking}
    assert said in told(found)
    assert found.is_one_cloud == (lacking != "steady")


def test_natural_groups_lack_nothing(natural):
    assert natural.lacking == frozenset()
    assert "not shown" not in natural.reading
