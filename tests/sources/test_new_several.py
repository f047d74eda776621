"""`segkit new` on tables about the same customers: joined by shared ids, alone and beside orders."""

import pandas as pd

from segkit.sources.guessing.keys import find_keys
from tests.sources import published, users

# --- several tables about the same customers


def test_a_crm_and_a_survey_become_sources_of_one_profile(new, features):
    study, out = new(crm=users.crm(), survey=users.survey())
    assert "tables" not in study
    assert study["sources"]["crm"]["columns"] == {
        "customer_id": "Contact Nr", "observed_at": "Updated", "email": "E-Mail"
    }  # fmt: skip
    assert study["sources"]["survey"]["columns"] == {
        "customer_id": "respondent", "observed_at": "taken"
    }  # fmt: skip
    assert study["profile"] == {"conflict": "newest"}
    assert study["traits"]["city"]["column"] == {"crm": "City", "survey": "City"}
    assert study["traits"]["plan"]["from"] == "crm"
    assert study["scales"]["quality"] == {
        "items": ["quality_1", "quality_2", "quality_3"], "range": [1, 5], "reverse": ["quality_3"],
        "from": "survey",
    }  # fmt: skip
    assert study["bases"] == ["quality", "price"]
    assert study["as_of"] == "2026-04-29"
    assert "crm: Contact Nr is customer_id: 50 of its 60 ids are in the other tables" in out
    assert "where sources differ (city), the newest value counts" in out
    assert "  bases: quality, price\n" in out
    assert "Nothing more is needed" in out
    assert len(features("60 customers", "50 of 60 customers have every base").bases) == 50


def test_without_dates_the_order_of_trust_is_asked_for(new, features):
    undated = users.survey(dates=False)
    _, out = new(crm=users.crm().drop(columns="Updated"), survey=undated)
    assert "profile.trust: crm, survey both say city, and crm, survey doesn't say when" in out
    features("ties, which stay without a value")


def test_the_ids_are_found_by_what_they_share_not_by_their_names(new, features):
    survey = users.survey().rename(columns={"respondent": "Reference"})
    survey.insert(0, "respondent_id", [f"r{row}" for row in range(len(survey))])
    study, _ = new(crm=users.crm(), survey=survey)
    assert study["sources"]["survey"]["columns"]["customer_id"] == "Reference"
    features("60 customers")


def test_an_address_joins_where_no_other_id_does(new, features):
    survey = users.survey().assign(respondent=[users.mail(row).upper() for row in range(50)])
    study, _ = new(crm=users.crm(), survey=survey.rename(columns={"respondent": "Email"}))
    assert study["sources"]["crm"]["columns"]["customer_id"] == "E-Mail"
    assert study["sources"]["crm"]["ids"] == study["sources"]["survey"]["ids"] == "email"
    features("50 of them in all")


def test_a_column_that_is_no_id_by_its_name_is_asked_about(new):
    survey = users.survey().rename(columns={"respondent": "xref"})
    _, out = new(crm=users.crm(), survey=survey)
    assert "'xref' is no name of an id; do its values mean the same people?" in out


def test_answers_of_few_form_segments_where_nothing_else_would(new, features):
    crm = users.crm()[["Contact Nr", "City", "Income", "Updated"]]
    study, _ = new(crm=crm, survey=users.survey(ids=users.IDS[:30]))
    assert study["bases"] == ["quality", "price"]
    features("30 of 60 customers have every base; 30 left out")


def test_names_tell_duplicates_only_with_a_birth_date(new, features):
    crm = users.crm().assign(**{"First Name": "Ana", "Last Name": "Meier"})
    study, out = new(crm=crm, survey=users.survey())
    assert study["sources"]["crm"]["columns"]["name"] == ["First Name", "Last Name"]
    assert study["sources"]["crm"]["columns"]["birth_date"] == "Birth date"
    assert "Ana" not in out
    features("60 customers")


def test_several_rows_a_customer_are_settled_by_the_newest_or_by_most(new, features):
    answers = users.survey()
    twice = pd.concat([answers, answers.head(10).assign(taken="2025-01-01", City="Kiel")])
    study, _ = new(crm=users.crm(), survey=twice)
    assert "several_rows" not in study["profile"]
    features("60 customers")


def test_several_rows_without_a_date_count_by_what_most_say(new, features):
    answers = users.survey(dates=False)
    twice = pd.concat([answers, answers.head(10).assign(City="Kiel")])
    study, _ = new(crm=users.crm(), survey=twice)
    assert study["profile"]["several_rows"] == {"survey": "most_frequent"}
    features("60 customers")


def test_tables_that_share_no_id_are_refused(new):
    study, said = new(crm=users.crm(), survey=users.survey(ids=[f"X{row}" for row in range(50)]))
    assert study is None
    assert "holds ids that are also in" in said
    assert "make a study of each" in said


def test_three_tables_with_a_known_export_among_them(new, features):
    known = published.people(
        published.HEADERS["HUBSPOT_CONTACTS"], "Record ID", n=40,
        **{"Email": [users.mail(row) for row in range(40)], "Lifecycle Stage": ["lead", "customer"]},
    )  # fmt: skip
    other = pd.DataFrame({"email": [users.mail(row) for row in range(60)]})
    other["Visits"] = [str(row % 7) for row in range(60)]
    study, _ = new(hubspot=known, crm=users.crm(), shop=other)
    assert {name: spec["columns"]["customer_id"] for name, spec in study["sources"].items()} == {
        "hubspot": "Email", "crm": "E-Mail", "shop": "email"
    }  # fmt: skip
    assert study["traits"]["lifecycle_stage"]["from"] == "hubspot"
    features("60 customers")


def test_names_that_two_tables_give_to_different_things_are_told_apart(new):
    crm = users.crm().assign(Plan=[str(row % 9 * 1.5) for row in range(60)])
    survey = users.survey().assign(Plan=["yes", "no"] * 25)
    study, _ = new(crm=crm, survey=survey)
    assert study["traits"]["plan"]["kind"] == "number"
    assert study["traits"]["plan_survey"] == {
        "column": "Plan", "from": "survey", "kind": "yes_no", "basis": "behavioural"
    } or study["traits"]["plan_survey"]["from"] == "survey"  # fmt: skip


def test_a_question_of_several_answers_says_its_source(new, features):
    drinks = ["Tea;Milk", "Tea", "Milk", "Tea;Water", "Water"]
    survey = users.survey().assign(drinks=[drinks[row % 5] for row in range(50)])
    study, _ = new(crm=users.crm(), survey=survey)
    assert study["choices"]["drinks"]["from"] == "survey"
    assert "drinks_tea" in features("60 customers").frame


# --- beside orders


def test_a_survey_beside_orders_has_kinds_and_scales(new, features):
    study, _ = new(sales=users.orders(), survey=users.survey())
    assert study["tables"]["customers"]["columns"] == {"customer_id": "respondent"}
    assert set(study["scales"]) == {"quality", "price"}
    assert study["bases"] == ["recency_days", "n_orders", "mean_order_value"]
    assert study["descriptors"][:2] == ["quality", "price"]
    assert "quality" in features("50 of 60 customers with orders").descriptive


def test_a_crm_beside_orders_is_read_by_kind(new, features):
    crm = users.crm().assign(Income=[f"{20 + row},500 EUR" for row in range(60)])
    study, out = new(sales=users.orders(), crm=crm)
    kinds = {name: (trait["kind"], trait["basis"]) for name, trait in study["traits"].items()}
    assert kinds["income"] == ("amount", "demographic")
    assert kinds["city"] == ("category", "geographic")
    assert kinds["age"] == ("birth_date", "demographic")
    assert "age" in study["protected"]
    assert "'E-Mail' is left out: likely e-mail addresses" in out
    found = features("60 of 60 customers with orders").descriptive
    assert found["income"].mean() > 20_000
    assert "1950-05-01" not in out


def test_orders_that_say_nothing_of_money_make_a_study_without_it(new, features):
    study, out = new(sales=users.orders().drop(columns="Amount"))
    assert "amount" not in study["tables"]["transactions"]["columns"]
    assert "currency" not in study
    assert study["bases"] == ["recency_days", "n_orders"]
    assert "no column is money; map amount if one is" in out
    features("60 customers")


GERMAN = {"Customer": "Kundennummer", "Order Date": "Bestelldatum"}


def test_orders_without_money_are_told_by_what_was_ordered_when(new, features):
    frame = users.orders()[list(GERMAN)].rename(columns=GERMAN)
    study, _ = new(lines=frame.assign(Menge="2", Warengruppe="Brot"))
    columns = {"customer_id": "Kundennummer", "order_date": "Bestelldatum", "quantity": "Menge"}
    assert columns.items() <= study["tables"]["transactions"]["columns"].items()
    features("60 customers")


def test_ids_that_repeat_are_asked_about_where_nothing_says_what_a_row_is(new):
    frame = users.orders()[["Customer"]].assign(Size="3", Colour="red", Kind="a")
    frame.loc[::2, ["Size", "Colour", "Kind"]] = ["4", "blue", "b"]
    _, out = new(rows=frame)
    settle = out.partition("To be settled by you")[2]
    assert "customer_id: 'Customer' comes on several rows, and each" in settle
    assert "--transactions FILE" in settle


def test_a_question_is_called_as_it_was_asked(new):
    frame = pd.DataFrame({"Kundennummer": [f"K{row}" for row in range(60)]})
    for place, asked in enumerate(("Ich achte auf Qualität", "Before I buy, I compare", "Lead Status")):
        frame[asked] = [str(1 + (row + place) % 5) for row in range(60)]
    study, _ = new(answers=frame)
    labels = {name: trait.get("label") for name, trait in study["traits"].items()}
    assert labels == {
        "ich_achte_auf_qualität": "Ich achte auf Qualität",
        "before_i_buy_i_compare": "Before I buy, I compare",
        "lead_status": None,
    }


def test_a_weight_of_a_source_is_left_out_and_said(new, features):
    survey = users.survey().assign(weight=["0.5", "1.5"] * 25)
    study, out = new(crm=users.crm(), survey=survey)
    assert "weight" not in study
    assert "weight: 'weight' of survey is left out" in out
    features("60 customers")


def test_a_birth_year_beside_orders_is_an_age(new):
    crm = users.crm().assign(**{"Year of birth": [str(1950 + row) for row in range(60)]})
    study, _ = new(sales=users.orders(), crm=crm)
    assert study["traits"]["year_of_birth"]["kind"] == "birth_year"
    assert "year_of_birth" in study["protected"]


def test_a_trait_that_is_called_like_a_feature_gets_a_name_of_its_own(new, features):
    crm = users.crm().assign(revenue=[str(row) for row in range(60)])
    study, _ = new(sales=users.orders(), crm=crm)
    assert study["traits"]["crm_revenue"]["column"] == "revenue"
    features("60 customers")


def test_orders_a_crm_and_a_survey_are_joined(new, features):
    study, _ = new(sales=users.orders(), crm=users.crm(), survey=users.survey())
    assert set(study["tables"]) == {"transactions"}
    assert set(study["sources"]) == {"crm", "survey"}
    features("60 customers, 180 orders")


def test_answers_given_after_the_last_order_still_count(new, features):
    taken = [f"2026-08-{1 + row % 28:02d}" for row in range(50)]
    study, out = new(sales=users.orders(), crm=users.crm(), survey=users.survey().assign(taken=taken))
    assert study["as_of"] == "2026-08-29"
    assert "exclusive; the day after the last row of a source" in out
    assert features("60 customers, 180 orders").frame["quality"].notna().sum() == 50


def test_a_survey_tool_s_answers_that_find_no_order_are_left_out(new):
    study, out = new(sales=users.orders(), answers=published.EVERY["Typeform responses"])
    assert "customers" not in study["tables"]
    assert "answers.csv is left out: none of its columns holds the others' ids" in out


def test_keys_are_those_columns_that_share_most():
    crm = {"id": frozenset("abcd"), "email": frozenset("wxyz")}
    survey = {"nr": frozenset("1234"), "ref": frozenset("abc")}
    keys = find_keys({"crm": crm, "survey": survey})
    assert {name: (key.column, key.shared) for name, key in keys.items()} == {
        "crm": ("id", 3), "survey": ("ref", 3)
    }  # fmt: skip
    assert find_keys({"crm": crm, "survey": {"nr": frozenset("1234")}}) == {}
