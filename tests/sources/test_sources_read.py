"""Tables beside each other are read as one alone is: pairs, notices and notations of each source."""

import re

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError

N = 20
IDS = [f"c{row:02d}" for row in range(N)]
GROWTH = {"kind": "growth", "basis": "firmographic", "from": ["before", "after"], "source": "crm"}


def study(traits, **keys):
    source = {"columns": {"customer_id": "id"}}
    content = {
        "title": "T", "decision": "D", "as_of": "2024-06-01",
        "sources": {"crm": {"file": "crm.csv", **source}, "survey": {"file": "s.csv", **source}},
        "traits": traits, "bases": [next(iter(traits))],
    }  # fmt: skip
    return segkit.load_study(content | keys)


def load(traits, crm=None, survey=None, **keys):
    frames = {"crm": crm or {}, "survey": survey or {}}
    made = {name: pd.DataFrame({"id": IDS, "own": "1", **given}) for name, given in frames.items()}
    return segkit.load_tables(study(traits, **keys), **made)


def cells(*first, rest):
    return [*first, *[rest] * (N - len(first))]


def test_a_growth_names_its_source():
    crm = {"before": cells(rest="100"), "after": cells("200", rest="150")}
    tables = load({"rise": GROWTH}, crm)
    assert tables.traits["rise"].tolist() == [1.0, *[0.5] * (N - 1)]


def test_a_distance_names_its_source():
    away = {
        "kind": "distance_km", "basis": "geographic", "from": ["lat", "lon"], "to": [52.52, 13.405],
        "source": "survey",
    }  # fmt: skip
    tables = load({"away": away}, survey={"lat": cells(rest="48.137"), "lon": cells(rest="11.575")})
    assert tables.traits["away"].tolist() == [504.0] * N


def test_a_pair_without_a_source_among_several_is_refused_with_the_key():
    with pytest.raises(StudyError, match=r"traits\.rise doesn't say .*Accepted: source: one of them"):
        study({"rise": {key: value for key, value in GROWTH.items() if key != "source"}})


def test_a_pair_of_contacts_is_refused():
    sources = {"crm": {"file": "c.csv", "columns": {"customer_id": "id", "phone": "before"}}}
    with pytest.raises(StudyError, match=r"'before', which crm.columns maps as phone"):
        study({"rise": GROWTH}, sources=sources)


def test_a_source_that_is_none_of_the_study_s_or_not_of_a_pair_is_refused():
    with pytest.raises(StudyError, match=r"names 'cmr', which is no source.*'crm'"):
        study({"rise": {**GROWTH, "source": "cmr"}})
    number = {"kind": "number", "basis": "firmographic", "source": "crm"}
    with pytest.raises(StudyError, match=r"of kind number and has source.*Name the source as `from`"):
        study({"size": number})


def test_what_is_said_of_a_source_s_values_names_the_source():
    traits = {
        "spent": {"kind": "amount", "basis": "behavioural", "from": "crm"},
        "tea": {"kind": "chosen", "basis": "behavioural", "from": "survey", "column": "Tea"},
    }
    crm = {"spent": cells("61.135", rest="1.234,50 €")}
    tables = load(traits, crm, {"Tea": cells("", rest="Tea")})
    assert tables.traits["spent"].iloc[:2].tolist() == [61_135, 1234.5]
    notices = "; ".join(tables.quality.notices)
    assert "'crm': 'spent' is read with decimal ',' and thousands '.'" in notices
    assert "'survey': 1 rows leave 'Tea' blank: their answers are missing" in notices


def test_a_source_s_numbers_that_can_be_read_two_ways_are_refused():
    spent = {"spent": {"kind": "number", "basis": "behavioural", "from": "crm"}}
    with pytest.raises(DataError, match=r"'crm': values of 'spent' such as .* can be read two ways"):
        load(spent, {"spent": cells(rest="61.135")})


def test_a_source_s_currencies_are_not_mixed():
    spent = {"spent": {"kind": "amount", "basis": "behavioural", "from": "crm"}}
    with pytest.raises(DataError, match=r"'crm' mixes currencies in 'spent': £ 19, \$ 1"):
        load(spent, {"spent": cells("$5", rest="£5")})


def test_a_trait_s_currencies_are_compared_over_its_sources():
    spent = {"spent": {"kind": "amount", "basis": "behavioural", "from": ["crm", "survey"]}}
    crm, survey = {"spent": cells(rest="$5")}, {"spent": cells(rest="£5")}
    said = r"trait 'spent' mixes currencies in 'spent' of 'crm': \$ \d+; 'spent' of 'survey': £ \d+"
    with pytest.raises(DataError, match=said):
        load(spent, crm, survey)
    kept = load(spent, crm, survey, rules={"mixed_currencies": "keep"})
    assert re.search(said, "; ".join(kept.quality.notices))


def test_a_trait_printed_as_money_is_in_the_study_s_currency():
    spent = {"spent": {"kind": "amount", "basis": "behavioural", "from": "crm", "unit": "money"}}
    with pytest.raises(DataError, match=r"in 'spent': £ \d+, and the study's `currency` is \$"):
        load(spent, {"spent": cells(rest="£5")}, currency="$")
    plain = {"spent": {**spent["spent"], "unit": "pounds"}}
    assert load(plain, {"spent": cells(rest="£5")}, currency="$").traits["spent"].eq(5).all()


def test_each_source_has_its_own_notation():
    spent = {"spent": {"kind": "number", "basis": "behavioural", "from": ["crm", "survey"]}}
    crm, survey = {"spent": cells(rest="1.234,50")}, {"spent": cells(rest="1,234.50")}
    tables = load(spent, crm, survey)
    assert tables.traits["spent"].tolist() == [1234.5] * N
    assert not tables.profile.conflicts["conflicting"].any()


def test_the_lookup_table_of_a_source_s_trait_is_among_the_inputs(tmp_path):
    pd.DataFrame({"code": ["1"], "what": ["one"]}).to_csv(tmp_path / "codes.csv", index=False)
    lookup = {"file": str(tmp_path / "codes.csv"), "key": "code", "value": "what"}
    trait = {"kind": "category", "basis": "behavioural", "from": "crm", "column": "own"}
    tables = load({"x": {**trait, "lookup": lookup}})
    assert "lookup_x" in tables.inputs
