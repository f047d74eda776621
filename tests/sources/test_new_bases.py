"""Which bases `segkit new` proposes, and by which names and answers it tells what a column says."""

import pandas as pd
import pytest

from segkit.sources.basis import basis_by_name, basis_of
from segkit.sources.guessing.battery import find_batteries, find_chosen, find_worded
from tests.sources import users

# --- what is proposed as a base


def test_a_company_list_is_segmented_by_what_companies_are(new, features):
    study, _ = new(list=users.companies())
    assert study["words"]["customers"] == "companies"
    assert study["bases"] == ["industry", "employees", "revenue"]
    assert {study["traits"][name]["basis"] for name in study["bases"]} == {"firmographic"}
    assert study["traits"]["employees"]["bands"] == "employees"
    features("80 companies")


def likert(words, n=60):
    frame = users.survey(ids=[f"r{row}" for row in range(n)]).drop(columns=["taken"])
    names = [
        "I love to try new things",
        "Price matters most to me",
        "Brands tell quality",
        "I plan ahead",
    ]
    numbers = frame[["quality_1", "quality_2", "price_1", "price_2"]].astype(int)
    answers = {
        name: [words[one - 1] for one in numbers.iloc[:, place]] for place, name in enumerate(names)
    }
    return pd.DataFrame({"Age": [str(20 + row % 50) for row in range(n)], **answers,
                         "Income": [str(20_000 + 100 * row) for row in range(n)]})  # fmt: skip


AGREE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]


@pytest.mark.parametrize(("words", "kind"), [(AGREE, "ordered"), (["1", "2", "3", "4", "5"], "number")])
def test_questions_of_agreement_are_psychographic_bases(new, features, words, kind):
    study, _ = new(answers=likert(words))
    assert study["bases"] == [
        "i_love_to_try_new_things", "price_matters_most_to_me", "brands_tell_quality", "i_plan_ahead"
    ]  # fmt: skip
    bases = [study["traits"][name] for name in study["bases"]]
    assert {(one["kind"], one["basis"]) for one in bases} == {(kind, "psychographic")}
    assert study["words"]["customers"] == "respondents"
    assert "age" in study["protected"]
    features("60 respondents")


def test_one_battery_alone_is_segmented_by_its_questions(new, features):
    frame = users.survey()[["respondent", "quality_1", "quality_2", "quality_3"]]
    frame["quality_4"] = frame["quality_1"]
    study, _ = new(answers=frame)
    assert study["bases"] == ["quality_1", "quality_2", "quality_3", "quality_4"]
    assert "scales" not in study
    features("50 respondents")


def test_items_that_measure_different_things_make_no_scale():
    frame = users.survey()
    items = pd.DataFrame({f"q{place}": frame[name] for place, name in enumerate(
        ["quality_1", "price_1", "quality_3", "price_2"])})  # fmt: skip
    (mixed,) = find_batteries(items.sample(frac=1, random_state=0).apply(lambda one: one.sample(
        frac=1, random_state=len(one) + int(one.name[1:])).to_numpy()))  # fmt: skip
    assert not mixed.is_scale
    (whole,) = find_batteries(frame[["quality_1", "quality_2", "quality_3"]])
    assert whole.is_scale


@pytest.mark.parametrize(
    "names",
    [
        ["orders_1", "orders_2", "orders_3"],  # counts, not opinions
        ["children", "visits", "orders", "returns"],  # side by side, but speaking of behaviour
        ["a", "b", "c"],  # too few side by side
    ],
)
def test_numbers_in_steps_are_no_battery_where_their_names_say_otherwise(names):
    answers = users.survey()[["quality_1", "quality_2", "price_1", "price_2"]]
    frame = answers.iloc[:, : len(names)].set_axis(names, axis=1)
    assert find_batteries(frame) == []


def test_answers_of_one_order_share_their_levels():
    frame = pd.DataFrame({"a": ["Agree", "Neutral", "Disagree"],
                          "b": ["Agree", "Neutral", "Strongly agree"],
                          "c": ["Agree", "Disagree", "Neutral"], "d": ["x", "y", "z"]})  # fmt: skip
    levels = ["Disagree", "Neutral", "Agree", "Strongly agree"]
    assert find_worded(frame) == {"a": levels, "b": levels, "c": levels}


def test_boxes_of_yes_and_no_are_opinions_only_in_a_row_and_by_words():
    answers = {name: ["Yes", "No"] for name in ("yummy", "fast", "cheap", "tasty", "healthy")}
    assert find_chosen(pd.DataFrame(answers)) == list(answers)
    assert find_chosen(pd.DataFrame(answers).drop(columns="fast")) == []
    assert find_chosen(pd.DataFrame({name: ["1", "0"] for name in answers})) == []
    accepted = {f"accepted_offer_{number}": ["Yes", "No"] for number in range(6)}
    assert find_chosen(pd.DataFrame(accepted)) == []


def test_what_came_after_is_no_base(new):
    crm = users.crm().assign(converted=["yes", "no"] * 30)
    study, out = new(crm=crm)
    assert study["outcomes"] == ["converted"]
    assert "converted" not in study["bases"]
    assert "an outcome, by its name" in out


def in_a_test(arms):
    """Customers of a test, with what was known before and what came of it."""
    rows = len(users.crm())
    return users.crm().assign(
        arm=[arms[row % len(arms)] for row in range(rows)],
        past_orders=[str(row % 9) for row in range(rows)],
        visit=[str(row % 2) for row in range(rows)],
        spend=[f"{row % 7}.50" for row in range(rows)],
    )


@pytest.mark.parametrize("arms", [["Mens E-Mail", "No E-Mail", "Womens E-Mail"], ["A", "Control"]])
def test_what_came_of_a_test_is_no_base(new, arms):
    study, out = new(crm=in_a_test(arms).rename(columns={"arm": "group"}))
    assert set(study["outcomes"]) == {"group", "visit", "spend"}
    assert not {"group", "visit", "spend"} & set(study["bases"])
    assert "past_orders" in study["bases"]
    asked = out.split("To be settled by you")[1]
    assert "'group' says who got what in a test, and visit, spend may say what came of it" in asked


def test_a_test_is_told_by_the_name_of_its_column_too(new):
    study, _ = new(crm=in_a_test(["0", "1"]).rename(columns={"arm": "treatment"}))
    assert set(study["outcomes"]) == {"treatment", "visit", "spend"}


def test_a_wish_for_no_contact_is_no_test(new):
    study, _ = new(crm=in_a_test(["Phone", "E-Mail", "No contact"]).rename(columns={"arm": "wish"}))
    assert "outcomes" not in study
    assert {"visit", "spend"} <= set(study["bases"])


def test_one_word_list_tells_the_basis():
    assert basis_by_name("Industry") == basis_of("Industry", "customer") == "firmographic"
    assert basis_of("Industry sector", "respondent") == "firmographic"
    assert basis_of("x7", "respondent") == "psychographic"
    assert basis_of("x7", "customer") == "behavioural"
