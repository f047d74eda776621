import itertools
import json

import duckdb
import numpy as np
import pandas as pd
import pytest
import yaml

from segkit.errors import DataError, ParameterError, StudyError
from segkit.segments.rules.lattice import boxes
from segkit.segments.rules.ruleset import RuleSet, rule_set
from segkit.segments.rules.sqltext import number

YOUNG_URBAN = """
- {name: Young urban women, where: {gender: female, age: {from: 25, to: 35}, area: [city, suburb]}}
- {name: Everyone else, otherwise: true}
"""
AGES = [
    {"name": "Young", "where": {"age": {"below": 30}}},
    {"name": "Middle", "where": {"age": {"from": 30, "to": 50}}},
    {"name": "Old", "any": [{"age": {"above": 50}}, {"age": {"missing": True}}]},
]


@pytest.fixture
def people():
    """Ana and Bea are young urban women; Cy is a man, Di too old, Eve rural, Flo's age is missing."""
    rows = [
        ("ana", "female", 25, "city"),
        ("bea", "female", 35, "suburb"),
        ("cy", "male", 30, "city"),
        ("di", "female", 36, "city"),
        ("eve", "female", 30, "village"),
        ("flo", "female", np.nan, "city"),
    ]
    columns = ["customer_id", "gender", "age", "area"]
    return pd.DataFrame(rows, columns=columns).set_index("customer_id")


def by_duckdb(rules, frame):
    with duckdb.connect() as connection:
        connection.register("customers", frame.rename_axis("customer_id").reset_index())
        found = connection.sql(rules.to_sql("customers")).df().set_index("customer_id")
    return found["segment_key"].reindex(frame.index).tolist()


def naive_holds(condition, value):
    if isinstance(condition, dict) and "missing" in condition:
        return condition["missing"] == pd.isna(value)
    if pd.isna(value):
        return False
    if isinstance(condition, dict):
        ends = {"from": "__ge__", "above": "__gt__", "to": "__le__", "below": "__lt__"}
        return all(getattr(float(value), ends[end])(edge) for end, edge in condition.items())
    return value in (condition if isinstance(condition, list) else [condition])


def naive_hits(rules, row):
    def takes(rule):
        alternatives = rule.get("any", [rule.get("where")])
        return any(all(naive_holds(c, row[n]) for n, c in where.items()) for where in alternatives)

    hits = [rule["name"] for rule in rules if "otherwise" not in rule and takes(rule)]
    return hits or [rule["name"] for rule in rules if "otherwise" in rule]


def random_condition(rng, column):
    if rng.random() < 0.1:
        return {"missing": bool(rng.random() < 0.5)}
    if column == "area":
        return rng.choice(["city", "l'île", 'the "sticks"'], rng.integers(1, 4), replace=False).tolist()
    if column == "member":
        return bool(rng.random() < 0.5)
    low, high = sorted(rng.choice(5, 2, replace=False).tolist())
    ends = {str(rng.choice(["from", "above"])): low, str(rng.choice(["to", "below"])): high}
    kept = list(ends)[: rng.integers(1, 3)]
    return [low, high] if rng.random() < 0.3 else {end: ends[end] for end in kept}


def random_rules(rng):
    def where():
        columns = rng.choice(["age", "area", "member"], rng.integers(1, 4), replace=False)
        return {column: random_condition(rng, column) for column in columns.tolist()}

    rules = [{"name": f"'{i}'", "any": [where() for _ in range(rng.integers(1, 3))]} for i in range(2)]
    return [*rules, {"name": "rest", "otherwise": True}] if rng.random() < 0.5 else rules


def everyone():
    """Every kind of customer that `random_rules` can tell apart, and some that they can't."""
    ages = [None, -np.inf, *np.arange(-0.5, 5, 0.5), np.inf]
    areas = [None, "city", "l'île", 'the "sticks"', "elsewhere"]
    every = list(itertools.product(ages, areas, [None, True, False]))
    frame = pd.DataFrame(every, columns=["age", "area", "member"]).astype({"age": float})
    return frame.set_index(pd.Index([f"c{i}" for i in range(len(frame))], name="customer_id"))


def test_the_example_of_study_yaml_puts_everyone_where_a_reader_would(people):
    labels = rule_set(yaml.safe_load(YOUNG_URBAN)).labels(people)
    assert labels[labels == "Young urban women"].index.tolist() == ["ana", "bea"]
    assert list(labels.cat.categories) == ["Young urban women", "Everyone else"]


def test_rules_are_said_in_words():
    table = rule_set(yaml.safe_load(YOUNG_URBAN)).table
    assert table["rule"].tolist() == [
        "gender is female; age from 25 to 35; area is city or suburb",
        "everyone else",
    ]


def test_exclusive_and_exhaustive_rules_are_proven():
    proof = rule_set(AGES).proof()
    assert proof.is_proven
    assert proof.n_kinds == 4
    assert proof.reading == (
        "Each of the 4 kinds of customer that the rules can tell apart falls under exactly one rule."
    )


def test_an_overlap_is_listed_with_its_region_and_customers(people):
    rules = rule_set([AGES[0], {"name": "Urban", "where": {"area": "city"}}])
    overlaps = rules.proof(people).overlaps
    assert overlaps.to_dict("records") == [
        {"rules": "Young + Urban", "region": "age below 30; area is city", "customers": 1}
    ]


def test_a_gap_is_listed_with_its_region_and_customers(people):
    rules = rule_set([AGES[0], {"name": "Old", "where": {"age": {"above": 35}}}])
    gaps = rules.proof(people).gaps
    assert gaps.to_dict("records") == [{"region": "age from 30 to 35 or missing", "customers": 4}]


def test_neighbouring_whole_numbers_leave_a_gap_between_them():
    rules = [{"name": "a", "where": {"age": {"to": 35}}}, {"name": "b", "where": {"age": {"from": 36}}}]
    assert rule_set(rules).proof().gaps["region"].tolist() == ["age above 35 and below 36 or missing"]


def test_a_shared_end_is_an_overlap_of_one_number():
    rules = [{"name": "a", "where": {"age": {"to": 35}}}, {"name": "b", "where": {"age": {"from": 35}}}]
    assert rule_set(rules).proof().overlaps["region"].tolist() == ["age is 35"]


def test_counts_are_left_open_without_a_frame():
    proof = rule_set(AGES[:2]).proof()
    assert proof.gaps["customers"].isna().all()
    assert "customers)" not in proof.reading


def test_true_and_false_are_all_there_is_besides_missing():
    rules = [{"name": "a", "where": {"member": True}}, {"name": "b", "where": {"member": False}}]
    assert rule_set(rules).proof().gaps["region"].tolist() == ["member is missing"]


def test_listed_values_narrow_the_proof_to_them():
    rules = [{"name": "a", "where": {"r": [1, 2]}}, {"name": "b", "where": {"r": {"from": 3}}}]
    assert not rule_set(rules).proof().is_proven
    assert rule_set(rules, values={"r": range(1, 6)}).proof().is_proven


@pytest.mark.parametrize("seed", range(40))
def test_overlaps_and_gaps_are_those_found_by_asking_every_kind_of_customer(seed):
    rules, frame = random_rules(np.random.default_rng(seed)), everyone()
    hits = [naive_hits(rules, row) for row in frame.to_dict("records")]
    proof = rule_set(rules).proof(frame)
    assert proof.is_exhaustive == all(hits)
    assert proof.is_exclusive == all(len(names) <= 1 for names in hits)
    assert proof.gaps["customers"].sum() == sum(not names for names in hits)
    naive = pd.Series([" + ".join(names) for names in hits if len(names) > 1], dtype=str)
    ours = proof.overlaps.groupby("rules")["customers"].sum().to_dict()
    assert ours == naive.value_counts().to_dict()


@pytest.mark.parametrize("seed", range(40))
def test_labels_and_sql_are_those_of_asking_row_by_row(seed):
    alternatives = random_rules(np.random.default_rng(seed))[0]["any"]
    given = [{"name": 'It\'s "in"', "any": alternatives}, {"name": "out", "otherwise": True}]
    rules, frame = rule_set(given), everyone()
    naive = [naive_hits(given, row)[0] for row in frame.to_dict("records")]
    assert rules.labels(frame).tolist() == naive
    assert by_duckdb(rules, frame) == naive


def test_rules_without_a_remainder_are_the_same_in_sql(people):
    rules = rule_set(AGES)
    assert rules.labels(people).tolist() == by_duckdb(rules, people)
    assert "ELSE" not in rules.to_sql("customers")


def test_sql_takes_nan_for_missing():
    old = [{"name": "Old", "where": {"age": {"above": 50}}}, {"name": "Rest", "otherwise": True}]
    with duckdb.connect() as connection:
        connection.sql("CREATE TABLE crm AS SELECT 1 AS customer_id, CAST('NaN' AS DOUBLE) AS age")
        found = connection.sql(rule_set(old).to_sql("main.crm")).fetchall()
    assert found == [(1, "Rest")]


@pytest.mark.parametrize("dtype", ["Int64", "float32", "object", "category"])
def test_every_way_to_hold_a_number_gives_the_same_labels(people, dtype):
    held = people.assign(age=people["age"].astype("Int64").astype(dtype))
    assert rule_set(AGES).labels(held).equals(rule_set(AGES).labels(people))


def test_numbers_in_sql_are_the_very_same_doubles():
    values = np.random.default_rng(0).normal(size=500) * 10.0 ** np.arange(-250, 250)
    values = [*values.tolist(), 0.1, 1 / 3, 2.0**53, 1e15, 123456.789]
    asked = ", ".join(f"CAST({number(value)} AS DOUBLE)" for value in values)
    with duckdb.connect() as connection:
        assert list(connection.sql(f"SELECT {asked}").fetchall()[0]) == values


def test_unproven_rules_label_no_one_and_give_no_sql(people):
    rules = rule_set(
        [
            {"name": "Urban", "where": {"area": ["city", "suburb"]}},
            {"name": "Women", "where": {"gender": "female", "area": ["city", "village"]}},
        ]
    )
    with pytest.raises(
        StudyError, match=r"1 overlap with 3 of 6 customers and 2 gaps with 0 of 6"
    ) as error:
        rules.labels(people)
    assert "Overlap of Urban + Women: area is city; gender is female (3 customers)" in str(error.value)
    assert not any(customer in str(error.value).split() for customer in people.index)
    with pytest.raises(StudyError, match=r"1 overlap and"):
        rules.to_sql("customers")


def test_rules_are_refused_even_where_no_customer_overlaps(people):
    rules = rule_set([*AGES, {"name": "Ghosts", "where": {"age": {"above": 150}}}])
    with pytest.raises(StudyError, match=r"Old \+ Ghosts: age above 150 \(0 customers\)"):
        rules.labels(people)


def test_the_order_of_rules_and_of_customers_changes_no_label(people):
    labels = rule_set(AGES).labels(people)
    again = rule_set(AGES[::-1]).labels(people[::-1])
    assert again.astype(str).reindex(people.index).equals(labels.astype(str))


def test_the_order_of_rules_changes_no_overlap():
    rules = [AGES[0], {"name": "Urban", "where": {"area": "city"}}]
    forth, back = rule_set(rules).proof(), rule_set(rules[::-1]).proof()
    assert forth.overlaps["region"].equals(back.overlaps["region"])
    assert forth.gaps.equals(back.gaps)


def test_rules_come_back_from_json(people):
    rules = rule_set([*AGES[:2], {"name": "Rest", "otherwise": True}], values={"r": [1, 2]})
    saved = json.loads(json.dumps(rules.to_dict()))
    again = RuleSet.from_dict(saved)
    assert again.to_dict() == rules.to_dict()
    assert again.labels(people).equals(rules.labels(people))


@pytest.mark.parametrize("seed", range(10))
def test_random_rules_come_back_as_they_were(seed):
    rules = rule_set(random_rules(np.random.default_rng(seed)))
    again = RuleSet.from_dict(rules.to_dict())
    assert again.table.equals(rules.table)
    assert again.proof().gaps.equals(rules.proof().gaps)


def test_rules_of_another_format_are_refused():
    with pytest.raises(StudyError, match="format 7"):
        RuleSet.from_dict({"format": 7})


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"name": "a", "were": {}}, r"'were'.*Did you mean 'where'"),
        ({"name": "a", "where": {"age": {"form": 5}}}, r"age holds an unknown word 'form'.*'from'"),
        ({"name": "a"}, "has no condition"),
        ({"name": "a", "where": {"age": 1}, "otherwise": True}, "has where and otherwise"),
        ({"name": 5, "where": {"age": 1}}, "has the name 5"),
        ({"name": "a", "where": {}}, "otherwise: true"),
        ({"name": "a", "any": {"age": 1}}, "a list of mappings"),
        ({"name": "a", "otherwise": "yes"}, "otherwise is 'yes'"),
        ({"name": "a", "where": {"age": {"from": 35, "to": 25}}}, "takes in no number"),
        ({"name": "a", "where": {"age": {"from": 35, "below": 35}}}, "takes in no number"),
        ({"name": "a", "where": {"age": {"from": 1, "above": 2}}}, "both from and above"),
        ({"name": "a", "where": {"age": {"from": "2024-01-01"}}}, "age.from is '2024-01-01'"),
        ({"name": "a", "where": {"age": {"below": float("inf")}}}, "age.below is inf"),
        (
            {"name": "a", "where": {"age": {"below": 5, "missing": True}}},
            "give `any:` two alternatives",
        ),
        ({"name": "a", "where": {"age": {"missing": 1}}}, "true or false, by itself"),
        ({"name": "a", "where": {"age": {}}}, "age is empty"),
        ({"name": "a", "where": {"age": []}}, r"age is \[\]"),
        ({"name": "a", "where": {"age": [1, "x"]}}, "One kind of value per list"),
        ({"name": "a", "where": {"age": None}}, "age is None"),
        ({"name": "a", "where": {3: 1}}, "names a column 3"),
        ({"name": "all", "where": {"age": 3}}, "as figures of all customers are"),
        ("a", "rule 1 of segments is 'a'"),
    ],
)
def test_a_malformed_rule_is_refused_with_what_is_wrong(rule, said):
    with pytest.raises(StudyError, match=said):
        rule_set([rule])


@pytest.mark.parametrize(
    ("rules", "said"),
    [
        ([], "segments is"),
        ({"name": "a"}, "a list of rules"),
        ([AGES[0], AGES[0]], "two segments are called 'Young'"),
        ([{"name": "a", "otherwise": True}], "'a' is the only rule"),
        ([{"name": "a", "otherwise": True}, AGES[0]], "as the last rule"),
        ([{"name": n, "otherwise": True} for n in "ab"], "'a' and 'b'"),
        ([AGES[0], {"name": "a", "where": {"age": "30"}}], "'age' with numbers and with text"),
    ],
)
def test_rules_that_contradict_each_other_in_form_are_refused(rules, said):
    with pytest.raises(StudyError, match=said):
        rule_set(rules)


def test_norway_is_told_to_use_quotes():
    rules = yaml.safe_load("[{name: North, where: {country: [se, no]}}]")
    with pytest.raises(StudyError, match=r"\['se', False\].*quote text"):
        rule_set(rules)


def test_listed_values_and_rules_have_to_agree():
    with pytest.raises(StudyError, match=r"asks for r 6"):
        rule_set([{"name": "a", "where": {"r": 6}}], values={"r": range(1, 6)})
    with pytest.raises(StudyError, match="'r' holds numbers"):
        rule_set([{"name": "a", "where": {"r": "6"}}], values={"r": range(1, 6)})
    rules = rule_set([{"name": "a", "where": {"r": {"from": 1}}}], values={"r": range(1, 6)})
    with pytest.raises(DataError, match="'r' is something else for 1 of 2"):
        rules.labels(pd.DataFrame({"r": [1, 0]}))


def test_a_missing_column_is_named_with_its_nearest(people):
    with pytest.raises(DataError, match=r"no column 'age'.*Did you mean 'aged'"):
        rule_set(AGES).labels(people.rename(columns={"age": "aged"}))
    twice = pd.concat([people, people["age"]], axis=1)
    with pytest.raises(DataError, match="has 2 columns 'age'"):
        rule_set(AGES).labels(twice)


@pytest.mark.parametrize(
    ("values", "holds"),
    [(["25", "30"], "text"), ([True, False], "true or false"), ([1j, 2j], "complex128")],
)
def test_a_column_of_another_kind_is_refused(values, holds):
    with pytest.raises(DataError, match=rf"'age' holds {holds}.*Accepted: numbers"):
        rule_set(AGES).labels(pd.DataFrame({"age": values}))


def test_a_column_of_nothing_but_missing_values_is_fine():
    assert rule_set(AGES).labels(pd.DataFrame({"age": [None, None]})).tolist() == ["Old", "Old"]
    assert rule_set(AGES).labels(pd.DataFrame({"age": []})).empty


def test_too_many_kinds_of_customer_are_refused():
    where = {f"x{i}": {"from": 1, "to": 2} for i in range(21)}
    with pytest.raises(StudyError, match=r"tell 2,097,152 kinds of customer apart.*Use fewer"):
        rule_set([{"name": "a", "where": where}])


def test_names_that_sql_cannot_tell_apart_are_refused():
    rules = rule_set(AGES)
    with pytest.raises(ParameterError, match="both 'Age' and 'age'"):
        rules.to_sql("customers", key="Age")


@pytest.mark.parametrize("seed", range(10))
def test_boxes_cover_each_true_cell_once(seed):
    cells = np.random.default_rng(seed).random((3, 4, 2)) < 0.6
    covered = np.zeros(cells.shape, dtype=int)
    for box in boxes(cells):
        covered[np.ix_(*box)] += 1
    assert (covered == cells).all()


def test_results_show_themselves_in_words_and_as_html(people):
    rules = rule_set([{"name": "<b>", "where": {"age": {"from": 30}}}])
    assert "They can't be used yet: 1 gap." in repr(rules)
    assert "<b>" not in rules._repr_html_()
    assert "age below 30 or missing" in rules.proof(people)._repr_html_()
    assert "1 gap with 2 of 6 customers" in repr(rules.proof(people))


def test_many_overlaps_are_counted_and_the_largest_quoted():
    rules = rule_set([{"name": f"r{i}", "where": {"age": {"from": i}}} for i in range(9)])
    assert len(rules.proof().overlaps) == 8
    assert "3 more are in `proof(frame)`." in rules.proof().reading


def test_inputs_stay_as_they_were(people):
    before = people.copy()
    given = yaml.safe_load(YOUNG_URBAN)
    rule_set(given).labels(people)
    pd.testing.assert_frame_equal(people, before)
    assert given == yaml.safe_load(YOUNG_URBAN)


def test_rules_on_real_customers_are_the_same_row_by_row_and_in_sql(shared_data):
    path = shared_data / "customer_personality" / "marketing_campaign.csv"
    frame = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype={"ID": str}).set_index("ID")
    given = [
        {"name": "Unknown income", "where": {"Income": {"missing": True}}},
        {
            "name": "Well-off couples",
            "where": {"Income": {"from": 60_000}, "Marital_Status": ["Married"]},
        },
        {"name": "Others", "otherwise": True},
    ]
    rules = rule_set(given)
    naive = [naive_hits(given, row)[0] for row in frame.to_dict("records")]
    assert rules.labels(frame).tolist() == naive == by_duckdb(rules, frame)
    assert naive.count("Unknown income") == 24
