"""Surveys: which rows are answers, which options were chosen, and what is refused."""

import pytest

import segkit
from segkit.errors import DataError, StudyError
from tests.sources.test_traits import N, cells, read, study, table

DRINKS = {"basis": "behavioural", "columns": {"tea": "Q1: Tea", "milk": "Q1: Milk"}}
READS = {
    "basis": "psychographic", "column": "Q5", "separator": ",",
    "options": {"news": "News", "sport": "Sport, live"},
}  # fmt: skip


def asked(frame, **keys):
    tables = segkit.load_tables(study(**keys), customers=frame)
    outcomes = tables.quality.traits.groupby("trait", sort=False)
    return tables, {name: part.set_index("outcome")["customers"].to_dict() for name, part in outcomes}


def drinks(tea, milk):
    return {"Q1: Tea": cells(*tea, rest="Tea"), "Q1: Milk": cells(*milk, rest="")}


def survey_rows(rows, **keys):
    spec = {"file": "s.csv", "columns": {"customer_id": "id"}, "set_aside": rows, **keys}
    return {"customers": spec}


def test_an_option_with_a_column_is_chosen_where_its_cell_is_filled():
    frame = table(**drinks(["Tea", "", "", "0"], ["Milk", "Milk", "", "1"]))
    tables, outcomes = asked(frame, choices={"drinks": DRINKS})
    assert tables.traits["drinks_tea"].iloc[:2].tolist() == [1, 0]
    assert tables.traits["drinks_milk"].iloc[:2].tolist() == [1, 1]
    assert tables.traits["drinks_tea"].iloc[3] == 0
    assert outcomes["drinks_tea"] == outcomes["drinks_milk"] == {"read": N - 1, "blank": 1}


def test_options_in_one_cell_are_told_apart_even_with_the_separator_in_them():
    frame = table(Q5=cells("News,Sport, live", "sport,live", "News , Other: chess", "", rest="News"))
    tables, outcomes = asked(frame, choices={"reads": READS})
    assert tables.traits["reads_news"].iloc[:3].tolist() == [1, 0, 1]
    assert tables.traits["reads_sport"].iloc[:3].tolist() == [1, 1, 0]
    assert outcomes["reads_sport"] == {"read": N - 1, "blank": 1}
    said = "1 answers in 'Q5' hold something that is none of its 2 options; it is not read"
    assert said in tables.quality.notices


def test_a_code_for_no_answer_is_no_wrong_option():
    coded = {**READS, "missing": {"-99": "refused", "NA": "not asked"}}
    frame = table(Q5=cells("News", "chess", " NA ", rest="-99"))
    tables, outcomes = asked(frame, choices={"reads": coded})
    assert outcomes["reads_news"] == {"read": 2, "refused": N - 3, "not asked": 1}
    assert any(one.startswith("1 answers in 'Q5' hold something") for one in tables.quality.notices)


def test_blank_answers_are_missing_unless_the_study_says_that_none_was_chosen():
    frame = table(**drinks(["Tea", "", ""], ["", "", "Milk"]), Q5=cells("", "Sport, live", rest="News"))
    as_missing, outcomes = asked(frame, choices={"drinks": DRINKS, "reads": READS})
    assert (outcomes["drinks_tea"]["blank"], outcomes["reads_news"]["blank"]) == (1, 1)
    assert (
        "1 rows leave 'Q1: Tea' and its 1 other options blank: their answers are missing; if a blank "
        "means that none was chosen, the question's `blank: none` says so" in as_missing.quality.notices
    )
    asked_so = {"drinks": {**DRINKS, "blank": "none"}, "reads": {**READS, "blank": "none"}}
    as_none, outcomes = asked(frame, choices=asked_so)
    assert all(outcomes[name] == {"read": N} for name in outcomes)
    assert as_none.traits["drinks_tea"].iloc[:3].tolist() == [1, 0, 0]
    assert as_none.traits["reads_sport"].iloc[:3].tolist() == [0, 1, 0]
    said = "1 rows leave 'Q5' blank: they count as none chosen (`blank: none`)"
    assert said in as_none.quality.notices


def test_a_code_for_no_answer_stays_missing_beside_blanks_that_are_none():
    given = {**READS, "blank": "none", "missing": ["-99"]}
    _, outcomes = asked(table(Q5=cells("", "-99", rest="News")), choices={"reads": given})
    assert outcomes["reads_news"] == {"read": N - 1, "no answer (-99)": 1}


def test_codes_for_no_answer_are_no_choice():
    given = {**READS, "missing": {"-99": "don't know"}}
    _, outcomes = asked(table(Q5=cells("-99", rest="News")), choices={"reads": given})
    assert outcomes["reads_news"] == {"read": N - 1, "don't know": 1}


def test_options_are_traits_that_form_segments():
    made = study(choices={"drinks": DRINKS}, bases=["drinks_tea", "drinks_milk"])
    frame = table(**drinks(["Tea", ""], ["", "Milk"]))
    features = segkit.build_features(segkit.load_tables(made, customers=frame), as_of="2014-07-01")
    tea = features.dictionary.loc["drinks_tea"]
    assert (tea["kind"], tea["label"]) == ("yes_no", "Drinks: tea")
    assert features.bases.shape == (N, 2)


def test_previews_and_unfinished_answers_are_set_aside_under_their_reason():
    done = cells("True", "True", "False", "FALSE", rest="True")
    frame = table(status=cells("Survey Preview", "Spam"), done=done)
    rows = {"preview": {"status": ["Survey Preview", "spam"]}, "unfinished": {"done": [False, "0"]}}
    tables, _ = asked(frame, tables=survey_rows(rows))
    assert tables.quality.lines.set_index("rule")["lines"].to_dict() == {
        "kept": N - 4, "preview": 2, "unfinished": 2,
    }  # fmt: skip
    assert "Set aside: 4 rows (preview 2, unfinished 2)" in tables.reading


def test_rows_without_an_id_can_be_set_aside_too():
    spec = survey_rows({"preview": {"status": ["1"]}}, columns={})
    tables, _ = asked(table(status=cells("1", "1", rest="0")), tables=spec)
    assert tables.quality.kept["customers"] == N - 2


def test_weights_are_read_and_said_with_their_design_effect():
    """Weights 3 and 1 in equal parts: 1 + variance 1 / mean 2 squared = 1.25."""
    frame = table(w=["3", "1"] * (N // 2))
    tables, _ = asked(frame, weight="w")
    assert tables.customers["w"].tolist() == [3.0, 1.0] * (N // 2)
    said = " ".join(tables.quality.notices)
    assert "'w' holds weights from 1 to 3: sizes and profiles are weighted" in said
    assert "say as much as 24 unweighted ones would (design effect 1.25)" in said
    assert "above" not in said
    weights = segkit.build_features(tables, as_of="2014-07-01").weights
    assert weights.loc[["c00", "c01"]].tolist() == [3.0, 1.0]


def test_uneven_weights_are_warned_of_and_extreme_ones_counted():
    """29 of 1 and one of 30: n sum(w^2) / sum(w)^2 = 30 * 929 / 59^2 = 8.01; 30 / 59 = 51 %."""
    tables, _ = asked(table(w=cells("30")), weight="w")
    said = " ".join(tables.quality.notices)
    assert "(design effect 8.01); above 2 the weights cost more than half" in said
    assert "Weights above 10 times the median: 1, with 51% of all weight; they are used" in said


def test_who_stands_for_nobody_is_set_aside_and_counted():
    frame = table(w=cells("", "0", "NA", "0,0", ".", rest="2,5"))
    spec = survey_rows({"preview": {"income": ["1001"]}}, decimal=",")
    tables, _ = asked(frame, weight="w", tables=spec)
    assert tables.quality.lines.set_index("rule")["lines"].to_dict() == {
        "kept": N - 5, "preview": 1, "no weight": 3, "weight of 0": 1,
    }  # fmt: skip
    assert (tables.customers["w"] == 2.5).all()


def test_weights_without_ids_are_read_as_well():
    tables, _ = asked(
        table(w=cells("")), weight="w", tables={"customers": {"file": "s.csv", "columns": {}}}
    )
    assert tables.quality.kept["customers"] == N - 1


def test_weights_with_a_decimal_comma_are_read_and_said():
    tables, _ = asked(table(w=cells("0,75", "0,0", rest="1,25")), weight="w")
    assert tables.quality.lines.set_index("rule")["lines"]["weight of 0"] == 1
    assert any("'w' holds weights from 0.75 to 1.25" in one for one in tables.quality.notices)
    assert any("'w' is read with decimal ','" in one for one in tables.quality.notices)


def test_a_weight_is_no_column_to_explore():
    tables, _ = asked(table(w=cells("2", "3")), weight="w")
    assert "w" not in segkit.explore(tables).completeness.index


def test_item_non_response_is_counted_by_item():
    scales = {"s": {"items": ["a", "b"], "range": [1, 5], "missing": {"9": "don't know"}}}
    _, outcomes = asked(table(a=cells("", "9", "6", rest="4"), b=cells(rest="3")), scales=scales)
    assert outcomes["a"] == {
        "read": N - 3, "blank": 1, "don't know": 1, "not plausible (outside 1 to 5)": 1
    }  # fmt: skip
    assert outcomes["b"] == {"read": N}


AGREE = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
WORDED = {"items": ["a", "b"], "levels": AGREE, "reverse": ["b"]}


def scored(frame, scale):
    """The scores of one scale, and what became of its items."""
    made = study(scales={"s": scale}, bases=["income"], descriptors=["s"])
    tables = segkit.load_tables(made, customers=frame)
    features = segkit.build_features(tables, as_of="2014-07-01")
    outcomes = tables.quality.traits.groupby("trait", sort=False)
    return features.frame["s"], {n: p.set_index("outcome")["customers"].to_dict() for n, p in outcomes}


def test_answers_in_words_score_as_their_numbers_do():
    """Agree (4) and, turned, Disagree (6 - 2 = 4) are 4; Strongly agree and Strongly disagree 5."""
    turned = cells("Strongly disagree", rest="Disagree")
    worded = table(a=cells("Strongly agree", rest="Agree"), b=turned)
    numbered = table(a=cells("5", rest="4"), b=cells("1", rest="2"))
    words, _ = scored(worded, WORDED)
    numbers, _ = scored(numbered, {"items": ["a", "b"], "range": [1, 5], "reverse": ["b"]})
    assert words.tolist() == numbers.tolist() == [5.0, *[4.0] * (N - 1)]


def test_a_misspelt_answer_is_set_aside_and_counted():
    frame = table(a=cells("Agre", rest="Agree"), b=cells(rest="Neutral"))
    scores, outcomes = scored(frame, WORDED)
    assert outcomes["a"] == {"read": N - 1, "can't be read": 1}
    assert scores.isna().sum() == 1


def test_words_and_numbers_may_stand_in_one_column():
    ends = {"Not at all": 0, "Very": 10}
    frame = table(a=cells("Not at all", "7", "11", rest="Very"), b=cells(rest="5"))
    scores, outcomes = scored(frame, {"items": ["a", "b"], "levels": ends, "min_answered": 1})
    assert scores.iloc[:2].tolist() == [2.5, 6.0]
    assert outcomes["a"] == {"read": N - 1, "not plausible (outside 0 to 10)": 1}


def test_too_many_misspelt_answers_are_refused_with_the_levels():
    frame = table(a=cells("agre", "agre", "agre", rest="Agree"), b=cells(rest="Neutral"))
    with pytest.raises(DataError, match=r"3 of 30 values of 'a' can't be read.*'Strongly agree'"):
        scored(frame, WORDED)


def test_single_answers_keep_their_order_and_their_don_t_know():
    trait = {
        "kind": "ordered", "basis": "psychographic", "levels": ["Disagree", "Neutral", "Agree"],
        "missing": {"Don't know": "don't know"},
    }  # fmt: skip
    values, outcomes = read(table(x=cells("Don't know", "Disagree", rest="Agree")), trait)
    assert values.cat.ordered
    assert outcomes == {"read": N - 1, "don't know": 1}


BAD_TABLES = [
    ({"choices": {"drinks": DRINKS}}, {"Q1: Tea": cells()}, "no column 'Q1: Milk', which the trait"),
    ({"choices": {"drinks": DRINKS}}, drinks([""] * N, [""]),
     "'drinks_tea' has no value at all: blank"),
    ({"choices": {"reads": READS}}, {}, "no column 'Q5', which the trait 'reads_news' names"),
    ({"choices": {"reads": READS}}, {"Q5": cells(rest="1;2")},
     "30 of 30 answers in 'Q5' hold none of its 2 options.*separator"),
    ({"weight": "wt"}, {"w": cells()}, "no column 'wt', which `weight` names.*'w'"),
    ({"weight": "w"}, {"w": cells("", "-1", "x")}, "2 of its 29 values are negative or no finite"),
    ({"weight": "w"}, {"w": cells("inf")}, "1 of its 30 values are .* finite numbers: 'aaa'"),
    ({"weight": "w"}, {"w": cells(rest="0")}, r"can be kept: weight of 0 \(30\)"),
    ({"tables": survey_rows({"preview": {"Status": ["x"]}})}, {"status": cells()},
     "no column 'Status', which `set_aside` names.*'status'"),
    ({"tables": survey_rows({"preview": {"status": [1]}})}, {"status": cells()},
     "no row of .* can be kept: preview"),
    ({"scales": {"s": {"items": ["a", "b"], "range": [1, 5]}}}, {"a": cells()}, "no column 'b'"),
    ({"scales": {"s": {"items": ["a", "b"], "range": [1, 5]}}},
     {"a": cells(), "b": cells(rest="Agree")}, "'b' has no value at all: can't be read 30"),
    ({"scales": {"s": {"items": ["a", "b"], "range": [1, 5]}}},
     {"a": cells(), "b": cells(rest="7")}, r"not plausible \(outside 1 to 5\) 30"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "columns", "said"), BAD_TABLES)
def test_a_survey_that_is_not_what_it_says_is_refused(keys, columns, said):
    with pytest.raises(DataError, match=said):
        asked(table(**columns), **keys)


ORDERS = {
    "transactions": {
        "file": "o.csv",
        "columns": {"customer_id": "c", "order_id": "o", "order_date": "d", "amount": "a"},
    }
}
BAD_STUDIES = [
    ({"choices": {"q": {"basis": "behavioural"}}}, "choices.q"),
    ({"choices": {"q": {**READS, "columns": {"a": "b"}}}}, "choices.q"),
    ({"choices": {"q": {"columns": {"a": "b"}}}}, "choices.q lacks basis"),
    ({"choices": {"in": {"basis": "behavioural", "columns": {"come": "c"}}},
      "traits": {"in_come": {"kind": "number", "basis": "demographic"}}},
     "'in_come' is both a trait and an option of 'in'"),
    ({"scales": {"s": {"items": ["a", "b"]}}}, "scales.s lacks range"),
    ({"scales": {"s": {**WORDED, "range": [1, 7]}}},
     r"scales.s.levels go from 1 to 5, and its range is \[1, 7\]"),
    ({"scales": {"s": {**WORDED, "levels": ["Agree"]}}}, "scales.s.levels"),
    ({"choices": {"q": {**READS, "blank": "zero"}}}, "choices.q.blank is 'zero'"),
    ({"traits": {"x": {"kind": "number", "basis": "demographic", "blank": "none"}}},
     "traits.x is a number and has blank"),
    ({"weight": "income"}, "'income' is both a trait and the weight"),
    ({"weight": "a", "scales": {"s": {"items": ["a", "b"], "range": [1, 5]}}},
     "'a' is both an item of a scale and the weight"),
    ({"weight": "id"}, "'id' is both an id and the weight"),
    ({"weight": "w", "bases": ["w"]}, "bases names 'w', which is no trait"),
    ({"weight": "w", "descriptors": ["w"]}, "'w' is both among the descriptors and the weight"),
    ({"weight": "w", "protected": ["w"]}, "'w' is both among the protected and the weight"),
    ({"weight": "w", "traits": {}, "bases": ["n_orders"], "tables": ORDERS},
     "weight names 'w', and there is no customer table"),
    ({"tables": survey_rows({"preview": {}})}, "set_aside.preview"),
    ({"tables": survey_rows({"preview": {"status": []}})}, "set_aside.preview.status"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "said"), BAD_STUDIES)
def test_a_survey_study_that_contradicts_itself_is_refused(keys, said):
    with pytest.raises(StudyError, match=said):
        study(**keys)
