"""Five sources with known truth: every conflict, duplicate, orphan and stale value is counted."""

from collections import Counter

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.sources.joins.coverage import table_names
from segkit.sources.store import load_saved_tables, save_tables
from tests.sources import five
from tests.sources.five import MEMBERS, content_of, customer, load_five, make_five


@pytest.fixture(scope="module")
def tables():
    return load_five()


@pytest.fixture(scope="module")
def profile(tables):
    return tables.profile


def conflicts(profile, attribute) -> dict:
    row = profile.conflicts.loc[attribute]
    return {name: int(n) for name, n in row.drop("stated").items() if n and name != "customers"}


# --- who is where


def test_every_combination_of_tables_is_counted(profile):
    everyone = set().union(*MEMBERS.values())
    truth = Counter(
        tuple(name for name in sorted(MEMBERS) if person in MEMBERS[name]) for person in everyone
    )
    names = table_names(profile.coverage)
    assert names == sorted(MEMBERS)
    found = {
        tuple(name for name in names if row[name]): row["n_customers"]
        for _, row in profile.coverage.iterrows()
    }
    assert found == truth
    assert profile.n_customers == len(everyone) == 415


def test_every_orphan_is_counted(profile):
    truth = {"crm": 6, "social": 8, "survey": 4, "transactions": 5, "web": 2}
    assert profile.orphans["only_here"].to_dict() == truth
    assert profile.orphans["customers"].to_dict() == {name: len(of) for name, of in MEMBERS.items()}
    assert profile.without_source == 5


# --- conflicts


def test_every_conflict_is_found_and_settled_by_the_rule_that_decides(profile):
    assert conflicts(profile, "city") == {
        "conflicting": 32, "newest": 20, "most_trusted": 12, "older_rows": 15
    }  # fmt: skip
    assert conflicts(profile, "income") == {"conflicting": 9, "most_trusted": 9, "older_rows": 15}
    assert conflicts(profile, "language") == {
        "conflicting": 15, "most_frequent": 7, "newest": 5, "ties": 3
    }  # fmt: skip
    assert conflicts(profile, "plan") == {"conflicting": 5, "ties": 5}
    assert conflicts(profile, "device") == {"conflicting": 4, "ties": 4, "older_rows": 20}
    assert conflicts(profile, "followers") == conflicts(profile, "stage") == {}


def test_the_value_that_the_rule_asks_for_is_taken(tables):
    values = tables.traits
    for person in five.MOVED:
        assert values.at[customer(person), "city"] == five.other_city(person)
    for person in five.SAME_DAY:
        assert values.at[customer(person), "city"] == five.city(person)
    for person in five.OTHER_INCOME:
        assert values.at[customer(person), "income"] == five.income(person) + 5_000
    for person in five.ANSWERED_TWICE:
        assert values.loc[customer(person), ["city", "income"]].tolist() == [
            five.city(person), five.income(person)
        ]  # fmt: skip
    assert set(values.loc[map(customer, [*five.OUTVOTED, *five.NEWER_WINS]), "language"]) == {"de"}
    assert set(values.loc[map(customer, five.MIXED_DEVICE), "device"]) == {"phone"}


def test_what_no_rule_decides_has_no_value_and_is_counted(tables):
    assert tables.traits.loc[map(customer, five.NO_RULE), "language"].isna().all()
    assert tables.traits.loc[map(customer, five.TIED_DEVICE), "device"].isna().all()
    record = tables.quality.traits.set_index(["trait", "outcome"])["customers"]
    assert record["language", "sources differ, and no rule decides (tie)"] == 3
    assert record["language", "not in crm, social, web"] == 4
    assert record["language", "read"] == len(tables.traits) - 7 == 403


def test_one_who_disagrees_with_nobody_is_no_conflict(profile):
    agreed = profile.explain(customer(250)).set_index("attribute")
    assert agreed.loc["city", ["value", "rule", "source"]].tolist() == [
        five.city(250), "sources agree", "survey"
    ]  # fmt: skip


# --- age


def test_every_stale_value_is_counted_by_the_source_it_comes_from(profile):
    ages = profile.freshness.set_index(["attribute", "source"])
    stale = ages["stale"]
    assert stale[stale > 0].to_dict() == {
        ("city", "crm"): 25, ("income", "crm"): 25, ("language", "crm"): 25,
        ("city", "survey"): 4, ("income", "survey"): 4, ("stage", "survey"): 4,
    }  # fmt: skip
    assert ages.loc[("stage", "survey"), "stale_share"] == pytest.approx(4 / 204)
    assert ages.loc[("stage", "survey"), "age_p50_days"] == 73
    assert ages.loc[("city", "crm"), "warning"] == "12% older than 365 days"
    assert set(ages.loc[ages["dated"] == 0, "warning"]) == {"no dates: age unknown"}


def test_ages_by_hand():
    day = ["2024-05-31", "2024-05-22", "2024-03-03"]
    crm = {"id": ["a", "b", "c"], "at": day, "city": ["Bonn"] * 3}
    row = two(crm=crm, profile={"stale_after_days": 30}).profile.freshness.iloc[0]
    assert row[["age_p50_days", "age_p95_days", "stale"]].tolist() == pytest.approx([10, 82, 1])


# --- identity


def test_every_duplicate_person_and_shared_id_is_counted(profile):
    found = profile.identity.set_index(["problem", "by"])
    several, people = "one person under several ids", "one id with two people"
    assert found["customers"].to_dict() == {
        (several, "same e-mail"): 12, (several, "same phone"): 8,
        (several, "same name and birth date"): 6, (several, "any of these"): 26,
        (people, "birth dates differ"): 4, (people, "e-mail addresses of one day differ"): 3,
        (people, "any of these"): 7,
    }  # fmt: skip
    assert found.loc[(several, "same e-mail"), "values"] == 6


def test_the_suspects_are_listed_for_private_use(profile):
    by = profile.suspects[profile.suspects["by"] == "same name and birth date"]
    pairs = {tuple(sorted(ids)) for _, ids in by.groupby("group")["customer_id"]}
    assert pairs == {(customer(one), customer(two)) for one, two in five.SAME_NAME}


def test_a_new_address_on_another_day_is_no_second_person():
    crm = {"id": ["a", "a", "b"], "at": ["2024-01-01", "2024-02-01", "2024-01-01"],
           "city": ["Bonn"] * 3, "mail": ["a@x.example", "new@x.example", "b@x.example"]}  # fmt: skip
    columns = {"customer_id": "id", "observed_at": "at", "email": "mail"}
    counts = two(crm=crm, crm_columns=columns).profile.identity
    assert counts["customers"].tolist() == [0, 0]


def test_names_without_a_birth_date_are_compared_to_nothing():
    crm = {"id": ["a", "b"], "at": ["2024-01-01"] * 2, "city": ["Bonn"] * 2, "who": ["Ana"] * 2}
    columns = {"customer_id": "id", "observed_at": "at", "name": "who"}
    assert two(crm=crm, crm_columns=columns).profile.identity.empty


# --- the account


def test_every_row_of_every_source_is_kept_or_set_aside(tables):
    frames = make_five()
    totals = tables.quality.totals
    for name, frame in frames.items():
        aside = tables.set_aside[name].count().execute() + len(tables.malformed[name])
        assert totals.loc[name].tolist() == [len(frame), len(frame) - aside, aside]
    rules = tables.quality.set_aside.set_index(["table", "rule"])["lines"].to_dict()
    assert rules == {
        ("crm", "on or after as_of"): 11, ("crm", "no date"): 2, ("survey", "duplicate"): 6,
        ("web", "no customer id"): 3,
    }  # fmt: skip
    kept = totals["kept"]
    rows = tables.profile.outcomes.groupby(["attribute", "source"])["rows"].sum()
    assert all(n == kept[source] for (_, source), n in rows.items())


def test_nothing_known_on_or_after_as_of_is_used(tables):
    assert "Later" not in set(tables.traits["city"])
    assert "Later" not in tables.profile.explain(customer(five.LATER[0])).to_string()


def test_neither_the_order_of_rows_nor_of_sources_nor_of_traits_matters(tables):
    frames = {name: frame.sample(frac=1, random_state=7) for name, frame in make_five().items()}
    again = load_five(
        dict(reversed(frames.items())),
        sources=dict(reversed(five.SOURCES.items())),
        traits={
            name: {**trait, "column": dict(reversed(trait["column"].items()))}
            if isinstance(trait.get("column"), dict)
            else trait
            for name, trait in five.TRAITS.items()
        },
    )
    pd.testing.assert_frame_equal(again.traits, tables.traits)
    for name in ("coverage", "conflicts", "freshness", "identity", "outcomes", "suspects"):
        pd.testing.assert_frame_equal(getattr(again.profile, name), getattr(tables.profile, name))
    assert again.profile.reading == tables.profile.reading
    for person in (100, 120, 140, 352, 61, 380, 90, 150):
        one, two = (of.profile.explain(customer(person)).to_string() for of in (again, tables))
        assert one == two


# --- one customer, and nobody


def test_a_customer_s_values_say_where_they_come_from(profile):
    found = profile.explain(customer(150)).set_index("attribute")
    city = found.loc["city"]
    assert (city["value"], city["source"], city["rule"]) == (five.city(150), "survey", "newest row")
    assert city["observed_at"] == pd.Timestamp("2024-03-20")
    assert city["other_values"] == "Elsewhere (survey 2022-01-01)"
    tie = profile.explain(customer(380)).set_index("attribute").loc["language"]
    assert pd.isna(tie["value"])
    assert (tie["rule"], tie["other_values"]) == ("tie", "de (social); fr (web)")
    assert found.loc["followers", "rule"] == "in none of its sources"


def test_consent_is_shown_where_it_is_recorded(profile):
    class Consent:
        def of(self, customer_id):
            assert customer_id == customer(150)
            row = ("analytics", "email", "given", "2024-01-02")
            return pd.DataFrame([row], columns=["purpose", "channel", "status", "date"])

    found = profile.with_consent(Consent()).explain(customer(150))
    assert set(found["consent"]) == {"analytics email given 2024-01-02"}
    assert set(profile.explain(customer(150))["consent"]) == {"not recorded"}


def test_an_unknown_id_is_refused_without_repeating_it(profile):
    with pytest.raises(DataError, match="no table knows this customer's id") as refused:
        profile.explain("secret-id")
    assert "secret" not in str(refused.value)


def test_nothing_of_a_customer_is_shown(tables, profile):
    explained = profile.explain(customer(150))
    shown = repr(profile) + profile._repr_html_() + tables._repr_html_() + profile.reading
    shown += repr(explained) + explained._repr_html_()
    for private in ("c0", "example.com", "+49", "Méier", "Elsewhere", "Bonn", "g0", "0030"):
        assert private not in shown
    assert "7 of 7" in repr(profile.explain(customer(250)))


def test_the_profile_is_read_in_one_paragraph(profile):
    said = profile.reading
    for part in (
        "415 customers are in 5 tables (crm, social, survey, transactions, web), 100 of them in all.",
        "25 are in one table only (crm 6, social 8, survey 4, transactions 5, web 2).",
        "5 customers with orders are in no source.",
        "65 values of 5 attributes contradict each other (25 decided by the newest, 21 decided by the "
        "most trusted source, 7 decided by what most sources say, 12 ties, which stay without a value)",
        "87 values in use are older than their limit",
        "Values without a date, so of unknown age: social, web.",
        "26 ids share a person's marks with another",
        "7 ids look like two people each.",
    ):
        assert part in said
    assert "<h4>Who is in which table</h4>" in profile._repr_html_()


# --- through the house


def test_a_profile_comes_back_from_its_folder(tables, tmp_path):
    save_tables(tables, tmp_path)
    again = load_saved_tables(tables.study, tmp_path)
    assert again.profile.reading == tables.profile.reading
    assert again.profile._repr_html_() == tables.profile._repr_html_()
    one, two = (of.profile.explain(customer(100)).to_string() for of in (again, tables))
    assert one == two
    pd.testing.assert_frame_equal(again.traits, tables.traits)


def test_features_take_buyers_with_what_the_sources_say_of_them(tables):
    features = segkit.build_features(tables, as_of=five.AS_OF)
    assert len(features.frame) == len(five.ORDERS)
    assert features.frame.at[customer(100), "city"] == five.other_city(100)
    assert features.frame.loc["g0", ["city", "income"]].isna().all()
    assert (
        "350 of 355 customers have every base; 5 left out: income missing under 10." in features.reading
    )


def test_without_orders_everyone_in_a_source_is_a_customer():
    frames = make_five()
    del frames["transactions"]
    content = content_of(bases=["income", "language"], descriptors=["city"])
    del content["tables"]
    tables = segkit.load_tables(segkit.load_study(content), **frames)
    everyone = set().union(*(MEMBERS[name] for name in frames))
    assert set(tables.customers.index) == {customer(person) for person in everyone}
    assert tables.quality.kept == {"customers": len(everyone), "lines": 386 + 219 + 1022 + 198}
    assert tables.main == "web"
    assert "Set aside: 22 rows (on or after as_of 11, duplicate 6, no customer id 3, no date 2)." in (
        tables.reading
    )
    features = segkit.build_features(tables, as_of=five.AS_OF)
    assert len(features.frame) == len(everyone)


# --- small sources


def two(*, crm, web=None, crm_columns=None, profile=None, traits=None, **keys):
    """Two sources: a dated one, and another with the same ids."""
    crm = pd.DataFrame(crm)
    web = pd.DataFrame(web or {"id": crm["id"].drop_duplicates(), "visits": "3"})
    columns = crm_columns or {"customer_id": "id", "observed_at": "at"}
    content = {
        "title": "T", "decision": "D", "as_of": "2024-06-01",
        "sources": {
            "crm": {"file": "-", "columns": columns},
            "web": {"file": "-", "columns": {"customer_id": "id"}},
        },
        "profile": profile or {},
        "traits": {"city": {"from": "crm", "kind": "category", "basis": "geographic"}} | (traits or {}),
        "bases": ["city"],
    }  # fmt: skip
    return segkit.load_tables(segkit.load_study(content | keys), crm=crm, web=web)


def test_the_newest_row_that_has_a_value_counts():
    crm = {"id": ["a", "a", "b"], "at": ["2024-01-01", "2024-02-01", "2024-01-01"],
           "city": ["Bonn", "", "Kiel"]}  # fmt: skip
    tables = two(crm=crm)
    assert tables.traits["city"].tolist() == ["Bonn", "Kiel"]
    assert tables.profile.outcomes.set_index("outcome")["rows"].to_dict() == {"read": 2, "blank": 1}


def test_two_rows_of_one_moment_that_differ_are_a_tie_of_one_source():
    crm = {"id": ["a", "a", "b"], "at": ["2024-01-01"] * 3, "city": ["Bonn", "Kiel", "Graz"]}
    tables = two(crm=crm)
    assert tables.traits["city"].isna().tolist() == [True, False]
    assert conflicts(tables.profile, "city") == {"conflicting": 1, "ties": 1}


def test_numbers_that_are_equal_however_written_are_no_conflict():
    trait = {"column": {"crm": "n", "web": "n"}, "kind": "number", "basis": "behavioural"}
    crm = {"id": ["a", "b"], "at": ["2024-01-01"] * 2, "city": ["Bonn"] * 2, "n": ["1.50", "-0"]}
    web = {"id": ["a", "b"], "n": ["1.5", "0.0"]}
    tables = two(crm=crm, web=web, traits={"n": trait})
    assert conflicts(tables.profile, "n") == {}
    assert tables.traits["n"].tolist() == [1.5, 0]


def test_the_customer_table_is_one_of_the_sources():
    crm = pd.DataFrame({"id": ["a", "b", "c"], "city": ["Bonn", "Kiel", ""], "area": ["n", "s", "s"]})
    web = pd.DataFrame({"id": ["b", "c", "d"], "place": ["Graz", "Linz", "Bern"]})
    content = {
        "title": "T", "decision": "D", "as_of": "2024-06-01",
        "tables": {"customers": {"file": "-", "columns": {"customer_id": "id"}}},
        "sources": {"web": {"file": "-", "columns": {"customer_id": "id"}}},
        "profile": {"trust": ["web", "customers"]},
        "traits": {
            "city": {"column": {"customers": "city", "web": "place"}, "kind": "category",
                     "basis": "geographic"},
            "area": {"kind": "category", "basis": "geographic"},
        },
        "bases": ["city"],
    }  # fmt: skip
    tables = segkit.load_tables(segkit.load_study(content), customers=crm, web=web)
    assert tables.traits["city"].tolist() == ["Bonn", "Graz", "Linz", "Bern"]
    assert tables.traits["area"].tolist()[:3] == ["n", "s", "s"]
    assert tables.main == "customers"
    assert tables.profile.explain("c").set_index("attribute").at["city", "source"] == "web"


def test_a_source_may_say_nothing_but_who_is_there():
    crm = {"id": ["a", "b"], "at": ["2024-01-01"] * 2, "city": ["Bonn", "Kiel"]}
    tables = two(crm=crm)
    assert tables.profile.orphans["customers"].to_dict() == {"crm": 2, "web": 2}
    none = load_five(traits={}, descriptors=[], bases=["recency_days", "n_orders"])
    assert none.profile.n_customers == 415
    assert none.profile.explain(customer(1)).empty
    assert segkit.build_features(none, as_of=five.AS_OF).frame.shape[0] == 355


def test_scales_are_read_from_the_source_that_holds_their_items():
    web = {"id": ["a", "b"], "q1": ["1", "5"], "q2": ["2", "4"]}
    crm = {"id": ["a", "b"], "at": ["2024-01-01"] * 2, "city": ["Bonn", "Kiel"]}
    scale = {"items": ["q1", "q2"], "range": [1, 5], "label": "Ease", "from": "web"}
    tables = two(crm=crm, web=web, scales={"ease": scale}, bases=["ease"])
    features = segkit.build_features(tables, as_of="2024-06-01")
    assert features.frame["ease"].tolist() == [1.5, 4.5]


def test_a_study_without_sources_has_no_profile(shop):
    assert shop.profile is None


def test_amounts_are_read_and_rows_set_aside_in_any_source():
    crm = {"id": ["a", "b", "c"], "at": ["2024-01-01"] * 3, "city": ["Bonn", "Kiel", "Graz"],
           "size": ["51-200", "36", "10k+"], "state": ["live", "live", "test"]}  # fmt: skip
    trait = {
        "from": "crm",
        "column": "size",
        "kind": "amount",
        "basis": "firmographic",
        "bands": [10, 50],
    }
    columns = {"customer_id": "id", "observed_at": "at"}
    spec = {"file": "-", "columns": columns, "set_aside": {"a test": {"state": ["test"]}}}
    web = {"file": "-", "columns": {"customer_id": "id"}}
    tables = two(crm=crm, traits={"size": trait}, sources={"crm": spec, "web": web})
    assert tables.traits["size"].astype(object).tolist()[:2] == ["over 50", "over 10 to 50"]
    rules = tables.quality.set_aside.set_index(["table", "rule"])["lines"].to_dict()
    assert rules == {("crm", "a test"): 1}
