"""Numbers that differ by rounding alone are no conflict between sources."""

import pandas as pd
import pytest

import segkit
from segkit.errors import StudyError
from tests.sources.test_sources_read import IDS, N, cells, load, study

SPENT = {"spent": {"kind": "number", "basis": "behavioural", "from": ["crm", "survey"]}}


def both(crm, survey, **keys):
    """Two sources that say how much; the most trusted is crm."""
    return load(SPENT, {"spent": cells(*crm, rest="5")}, {"spent": cells(*survey, rest="5")}, **keys)


def counted(tables):
    row = tables.profile.conflicts.loc["spent"]
    return int(row["conflicting"]), int(row["alike"])


def test_what_was_summed_otherwise_agrees():
    tables = both([str(0.1 + 0.2), "100", "0"], ["0.3", "100.00000001", "-0.0"])
    assert counted(tables) == (0, 2)
    assert tables.traits["spent"].iloc[0] == 0.1 + 0.2


def test_more_than_rounding_is_a_conflict():
    assert counted(both(["100", "0"], ["100.001", "0.000000001"])) == (2, 0)


def test_a_stated_tolerance_is_a_share_of_the_larger_number():
    tables = both(["100", "-100", "99"], ["101", "-101", "101"], profile={"tolerance": 0.01})
    assert counted(tables) == (1, 2)
    own = both(["100"], ["101"], profile={"tolerance": {"spent": 0.02}, "trust": ["crm", "survey"]})
    assert counted(own) == (0, 1)
    assert own.traits["spent"].iloc[0] == 100
    explained = own.profile.explain("c00").set_index("attribute")
    assert explained.loc["spent", ["value", "rule", "source"]].tolist() == [
        "100.0", "sources agree within the tolerance", "crm"
    ]  # fmt: skip


def test_the_tolerance_is_no_longer_than_from_one_number_to_the_next():
    """Of 100, 100.5 and 102 the first two agree under 1 %; the third contradicts them."""
    given = {"crm": "100", "survey": "100.5", "web": "102"}
    sources = {name: {"file": f"{name}.csv", "columns": {"customer_id": "id"}} for name in given}
    trait = {"spent": {**SPENT["spent"], "from": list(given), "conflict": "most_frequent"}}
    frames = {
        name: pd.DataFrame({"id": IDS, "spent": cells(text, rest="5")}) for name, text in given.items()
    }
    made = study(trait, sources=sources, profile={"tolerance": 0.01})
    tables = segkit.load_tables(made, **frames)
    assert counted(tables) == (1, 0)
    assert tables.traits["spent"].iloc[0] == 100


def test_texts_have_no_tolerance():
    trait = {"spent": {**SPENT["spent"], "kind": "category"}}
    tables = load(trait, {"spent": cells("0.3", rest="5")}, {"spent": cells("0.30", rest="5")})
    assert counted(tables) == (1, 0)


def test_nobody_is_lost_where_values_are_made_one():
    many = [f"{100 + row}" for row in range(N)]
    tables = both(many, [f"{100 + row}.0000000001" for row in range(N)])
    assert counted(tables) == (0, N)
    assert tables.traits["spent"].tolist() == [100.0 + row for row in range(N)]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"spend": 0.1}, r"profile\.tolerance names 'spend', which is no trait.*'spent'"),
        (1, r"profile\.tolerance"),
        ({"spent": -0.1}, r"profile\.tolerance"),
    ],
)
def test_a_tolerance_that_makes_no_sense_is_refused(given, said):
    with pytest.raises(StudyError, match=said):
        study(SPENT, profile={"tolerance": given})
