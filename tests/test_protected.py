"""Protected attributes are told by their names, and form no segment without a reason."""

import pytest

import segkit
from segkit.errors import StudyError
from segkit.protected import protected_kind


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("age", ["age", "Age (years)", "dateOfBirth", "birthdate", "DOB", "Geburtsdatum", "âge"]),
        ("gender", ["gender", "SEX", "is_female", "Geschlecht"]),
        ("marital status", ["MaritalStatus", "is_married", "Familienstand"]),
        ("health", ["health_status", "Has a disability", "HIV_positive", "isPregnant", "santé"]),
        ("religion", ["religion", "Religious affiliation", "church_tax", "is_muslim", "Konfession"]),
        ("ethnicity", ["ethnicity", "EthnicGroup", "race", "nationality", "Staatsangehörigkeit"]),
        ("sexual orientation", ["sexual_orientation", "Sexuality", "is_gay", "LGBTQ"]),
        ("politics", ["political_views", "PartyAffiliation", "party_member", "Partei"]),
        ("union membership", ["union", "trade_union_member", "LabourUnion", "Gewerkschaft"]),
    ],
)  # fmt: skip
def test_each_kind_is_told_by_its_name(kind, names):
    assert {name: protected_kind(name) for name in names} == dict.fromkeys(names, kind)


@pytest.mark.parametrize(
    "name",
    [
        "page_views", "healthy", "credit_union", "party_size", "third_party", "average_basket", "stage",
        "sextant", "trace_id", "screen_orientation", "region", "origin", "teenage_range", "message",
        "western_union", "embrace", "votes", "income",
    ],
)  # fmt: skip
def test_what_only_sounds_so_is_spared(name):
    assert protected_kind(name) == ""


def study_on(name, **keys):
    return segkit.load_study(
        {
            "title": "T", "decision": "D", "as_of": "2024-06-01", "bases": ["plain"],
            "tables": {"customers": {"file": "crm.csv", "columns": {"customer_id": "id"}}},
            "traits": {"plain": {"kind": "category", "basis": "demographic", "column": name}},
        }
        | keys
    )  # fmt: skip


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("religion", "religion"), ("ethnic_group", "ethnicity"), ("union_member", "union membership"),
        ("health", "health"), ("sexual_orientation", "sexual orientation"), ("politics", "politics"),
    ],
)  # fmt: skip
def test_a_base_under_a_harmless_name_is_told_by_its_column(column, kind):
    with pytest.raises(StudyError) as refused:
        study_on(column)
    assert f"the base 'plain' looks like a protected attribute ({kind})" in str(refused.value)
    assert "`protected_bases: {plain: reason}`" in str(refused.value)
    reason = {"plain": "asked for by the equality office"}
    assert study_on(column, protected_bases=reason).protected_bases == reason


def test_a_rule_may_not_look_at_one_either():
    rules = [{"name": "A", "where": {"plain": "x"}}, {"name": "B", "otherwise": True}]
    with pytest.raises(StudyError, match="a rule under segments looks at plain, which is protected"):
        study_on("religion", bases=["free"], traits={
            "plain": {"kind": "category", "basis": "demographic", "column": "religion"},
            "free": {"kind": "number", "basis": "behavioural"},
        }, segments=rules)  # fmt: skip
