"""Customer tables alone: what is read in each column, and what is refused."""

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError

N = 30
NUMBER = {"kind": "number", "basis": "demographic"}


def table(**columns) -> pd.DataFrame:
    """Thirty customers with an id, an income and whatever else is given."""
    base = {"id": [f"c{row:02d}" for row in range(N)], "income": [str(1000 + row) for row in range(N)]}
    return pd.DataFrame(base | columns)


def study(traits=None, *, columns=None, **keys):
    content = {
        "title": "T",
        "decision": "D",
        "as_of": "2014-07-01",
        "tables": {
            "customers": {
                "file": "crm.csv",
                "columns": {"customer_id": "id"} if columns is None else columns,
            }
        },
        "traits": {"income": NUMBER} | (traits or {}),
        "bases": ["income"],
    }
    return segkit.load_study(content | keys)


def read(frame, trait, **keys):
    """The values of one trait, and why some have none."""
    tables = segkit.load_tables(study({"x": trait}, **keys), customers=frame)
    of_x = tables.quality.traits.query("trait == 'x'").set_index("outcome")["customers"]
    return tables.traits["x"], of_x.to_dict()


def cells(*first, rest="1"):
    return [*first, *[rest] * (N - len(first))]


def test_every_value_is_read_or_counted_under_its_reason():
    trait = {**NUMBER, "missing": [666666], "plausible": [0, 100]}
    values, outcomes = read(table(x=cells("666666", "", "500", "oops")), trait)
    assert outcomes == {
        "read": 26, "blank": 1, "can't be read": 1, "no answer (666666)": 1,
        "not plausible (outside 0 to 100)": 1,
    }  # fmt: skip
    assert values.isna().sum() == 4


def test_a_code_for_no_answer_is_found_however_the_number_is_written():
    frame = table(x=[666666.0, 99.0, *[1.0] * (N - 2)])
    _, outcomes = read(frame, {**NUMBER, "missing": {666666: "filler", 99: "don't know"}})
    assert outcomes == {"read": N - 2, "filler": 1, "don't know": 1}


def test_texts_at_the_ends_of_a_number_scale_are_numbers():
    trait = {**NUMBER, "levels": {"I love it!+5": 5, "I hate it!-5": -5}}
    values, _ = read(table(x=cells("I love it!+5", "I hate it!-5", "-3")), trait)
    assert values.iloc[:4].tolist() == [5, -5, -3, 1]


def test_a_year_of_birth_becomes_age_before_as_of():
    trait = {"kind": "birth_year", "basis": "demographic", "plausible": [16, 110]}
    values, outcomes = read(table(x=cells("1893", "1980", "2020", rest="1960")), trait)
    assert values.iloc[1] == 34
    assert outcomes["not plausible (outside 16 to 110)"] == 1
    assert outcomes["born after as_of"] == 1


def test_as_of_is_exclusive_for_ages():
    trait = {"kind": "birth_year", "basis": "demographic"}
    values, _ = read(table(x=cells(rest="1960")), trait, as_of="2014-01-01")
    assert set(values) == {53}


def test_a_date_of_birth_becomes_whole_years_before_as_of():
    trait = {"kind": "birth_date", "basis": "demographic", "plausible": [0, 110]}
    born = cells(
        "1980-06-30", "1980-07-01", "2015-01-01", "1900-01-01", "1980-02-29", rest="1960-01-01"
    )
    values, outcomes = read(table(x=born), trait, as_of="2014-07-01")
    assert values.iloc[[0, 1, 4]].tolist() == [34, 33, 34]
    assert (outcomes["born after as_of"], outcomes["not plausible (outside 0 to 110)"]) == (1, 1)


@pytest.mark.parametrize(
    ("kind", "born"),
    [
        ("birth_date", ["1989-07-02", "1989-06-30", "1900-01-01"]),
        ("birth_year", ["1990", "1989", "1900"]),
    ],
)
def test_an_age_may_be_told_by_its_band(kind, born):
    trait = {"kind": kind, "basis": "demographic", "bands": [24, 64], "plausible": [0, 110]}
    values, outcomes = read(
        table(x=cells(*born, rest="1940-01-01"[: len(born[0])])), trait, as_of="2014-07-01"
    )
    assert values.iloc[:2].tolist() == ["up to 24", "over 24 to 64"]
    assert values.iloc[3] == "over 64"
    assert outcomes["not plausible (outside 0 to 110)"] == 1


def test_a_date_becomes_days_before_as_of():
    trait = {"kind": "date", "basis": "behavioural", "date_format": "%d/%m/%Y"}
    values, outcomes = read(table(x=cells("30/06/2014", "01/07/2014", rest="01/06/2014")), trait)
    assert values.iloc[0] == 1
    assert outcomes["on or after as_of"] == 1


@pytest.mark.parametrize(("yes", "no"), [("Yes", "No"), ("TRUE", "FALSE"), ("1", "0")])
def test_yes_and_no_in_their_usual_forms(yes, no):
    values, _ = read(table(x=cells(yes, no, rest=yes)), {"kind": "yes_no", "basis": "behavioural"})
    assert values.iloc[:2].tolist() == [1, 0]


def test_a_bare_yes_in_yaml_means_the_word(tmp_path):
    table(x=cells("ja", "Yes", rest="no")).to_csv(tmp_path / "crm.csv", index=False)
    (tmp_path / "study.yaml").write_text(
        "title: T\ndecision: D\nas_of: 2014-07-01\nbases: [income]\n"
        "tables: { customers: { file: crm.csv, columns: { customer_id: id } } }\n"
        "traits:\n  income: { kind: number, basis: demographic }\n"
        "  x: { kind: yes_no, basis: demographic, yes: [Yes, ja], no: [No] }\n"
    )
    assert segkit.load_tables(tmp_path).traits["x"].sum() == 2


def test_ordered_levels_keep_their_order_and_unknown_can_be_a_level():
    trait = {"kind": "ordered", "basis": "behavioural", "levels": ["never", "unknown", "often"]}
    values, _ = read(table(x=cells("often", "unknown", rest="never")), trait)
    assert list(values.cat.categories) == ["never", "unknown", "often"]
    assert values.max() == "often"


def test_codes_get_their_names_and_stay_categories():
    trait = {"kind": "category", "basis": "demographic", "levels": {1: "male", 2: "female"}}
    frame = table(x=[1.0, 2.0, None, *[2.0] * (N - 3)])
    values, outcomes = read(frame, trait)
    assert values.iloc[:2].tolist() == ["male", "female"]
    assert outcomes == {"read": N - 1, "blank": 1}


def test_equal_rows_stay_where_there_is_no_id_and_go_where_there_is_one():
    frame = pd.concat([table(), table().head(3)], ignore_index=True)
    with_id = segkit.load_tables(study(), customers=frame)
    assert with_id.quality.kept["customers"] == N
    bare = study(columns={}, words={"customer": "visitor", "customers": "visitors"})
    without = segkit.load_tables(bare, customers=frame.drop(columns="id"))
    assert without.quality.kept["customers"] == N + 3
    notice = without.quality.notices[0]
    assert "rows are not known to be different visitors; 3 equal an earlier one" in notice


def test_the_order_of_rows_changes_no_record():
    frame = table(x=cells("a", "", "b", rest="a"))
    trait = {"kind": "category", "basis": "geographic"}
    assert read(frame, trait)[1] == read(frame.sample(frac=1, random_state=1), trait)[1]


def test_kept_and_set_aside_are_what_was_read():
    frame = pd.concat([table(), table().head(2).assign(id=None)], ignore_index=True)
    tables = segkit.load_tables(study(), customers=frame)
    assert tables.quality.totals.loc["customers"].to_dict() == {
        "read": N + 2, "kept": N, "set_aside": 2
    }  # fmt: skip
    assert "Set aside: 2 rows (no customer id 2)" in tables.reading


BAD_DATA = [
    ({"x": {**NUMBER, "column": "incom"}}, {}, "no column 'incom'.*trait 'x'.*'income'"),
    ({"x": NUMBER}, {"x": cells(rest="many")}, "'x' has no value at all: can't be read 30"),
    ({"x": NUMBER}, {"x": cells("a", "b", "c")}, "3 of 30 values of 'x' can't be read.*decimal"),
    (
        {"x": {"kind": "yes_no", "basis": "behavioural"}},
        {"x": cells("maybe", "maybe", "maybe")},
        "'x': 3 of 30 .*yes, true, 1, y for yes",
    ),
    (
        {"x": {"kind": "ordered", "basis": "behavioural", "levels": ["1", "2"]}},
        {"x": cells("3", "3", "3")},
        "can't be read. Accepted: '1', '2'",
    ),
    (
        {"x": {"kind": "date", "basis": "behavioural"}},
        {"x": cells("1/2/24", "1/2/24", "1/2/24", rest="2014-01-01")},
        "dates as date_format 'ISO8601' of the trait says",
    ),
]


@pytest.mark.parametrize(("traits", "columns", "said"), BAD_DATA)
def test_a_column_that_is_not_what_the_trait_says_is_refused(traits, columns, said):
    with pytest.raises(DataError, match=said):
        segkit.load_tables(study(traits), customers=table(**columns))


def test_a_table_without_any_id_is_refused():
    with pytest.raises(DataError, match=r"no row of .* has a customer id"):
        segkit.load_tables(study(), customers=table(id=[None] * N))


def test_two_rows_with_one_id_that_differ_are_refused():
    frame = pd.concat([table(), table().head(1).assign(income="9")])
    with pytest.raises(DataError, match="1 values of 'id' come on more than one line"):
        segkit.load_tables(study(), customers=frame)


def test_a_shared_path_without_the_variable_says_which_one_to_set(monkeypatch):
    spec = {"customers": {"file": "$SEGKIT_DATA/x.csv", "columns": {}}}
    monkeypatch.delenv("SEGKIT_DATA", raising=False)
    with pytest.raises(DataError, match="SEGKIT_DATA is not set"):
        segkit.load_tables(study(tables=spec))
    monkeypatch.setenv("SEGKIT_DATA", "/nowhere/at/all")
    with pytest.raises(DataError, match="names no folder that exists"):
        segkit.load_tables(study(tables=spec))


AGE = {"kind": "birth_year", "basis": "demographic"}
BAD_STUDIES = [
    ({"tables": {}}, "tables is"),
    ({"tables": {"products": {"file": "p", "columns": {"product_id": "p", "category": "c"}}}},
     "tables holds products. Accepted: transactions, or customers"),
    ({"bases": ["incme"]}, "bases names 'incme'.*Did you mean 'income'"),
    ({"outcomes": ["income"]}, "income is both a base and an outcome"),
    ({"outcomes": ["sales"]}, "outcomes names 'sales', which is no trait"),
    ({"traits": {"age": AGE}, "bases": ["age"]}, "the base 'age' looks like a protected attribute"),
    ({"traits": {"x": {**AGE, "column": "Year_Birth"}}, "bases": ["x"]}, "looks like a protected"),
    ({"protected": ["income"]}, "income is both a base and protected"),
    ({"protected_bases": {"age": "matters for cover"}}, "protected_bases names 'age'"),
    ({"traits": {"x": {"kind": "ordered", "basis": "demographic"}}, "bases": ["x"]}, "has no levels"),
    ({"traits": {"x": {**NUMBER, "plausible": [9, 1]}}, "bases": ["x"]}, r"plausible is \[9, 1\]"),
    ({"traits": {"x": {**NUMBER, "levels": ["a", "b"]}}, "bases": ["x"]}, "texts for a number"),
    ({"traits": {"x": {"kind": "yes_no", "basis": "demographic", "yes": ["0"]}}, "bases": ["x"]},
     "'0' means both yes and no"),
    ({"traits": {"x": {"kind": "colour", "basis": "demographic"}}}, "traits.x.kind is 'colour'"),
    ({"traits": {"x": {"kind": "number", "basis": "astral"}}}, "traits.x.basis is 'astral'"),
    ({"traits": {"x": {**NUMBER, "labl": "X"}}}, "unknown word 'labl'. Did you mean 'label'"),
    ({"scales": {"s": {"items": ["a", "b"], "range": [1, 6], "reverse": ["c"]}}},
     "scales.s.reverse names 'c'"),
    ({"missing_bases": "fill"}, "missing_bases is 'fill'. Accepted: refuse or leave_out"),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "said"), BAD_STUDIES)
def test_a_study_that_contradicts_itself_is_refused(keys, said):
    with pytest.raises(StudyError, match=said):
        study(**keys)


def test_a_customer_table_of_which_nothing_is_said_is_refused():
    content = {"title": "T", "decision": "D", "as_of": "2014-07-01", "bases": ["income"]}
    tables = {"customers": {"file": "crm.csv", "columns": {}}}
    with pytest.raises(StudyError, match="neither transactions nor traits"):
        segkit.load_study({**content, "tables": tables})


def test_a_protected_base_with_a_reason_is_taken():
    given = study({"age": AGE}, bases=["income", "age"], protected_bases={"age": "cover depends on it"})
    assert "age" not in given.shielded
    assert study({"age": AGE}).shielded == {"age"}
