"""Companies: messy sizes and revenues become bands and numbers, and planted segments come back."""

import pandas as pd
import pytest
import yaml
from sklearn.metrics import adjusted_rand_score

import segkit
from segkit.errors import DataError, StudyError
from tests.sources.companies import companies, study
from tests.sources.test_traits import N, cells, read, table
from tests.sources.test_traits import study as any_study

AMOUNT = {"kind": "amount", "basis": "firmographic"}
SIZE = {**AMOUNT, "bands": "employees"}


def both(earlier, later):
    """Two amounts of every company; the first few as given."""
    return {"before": cells(*earlier, rest="100"), "after": cells(*later, rest="150")}


def test_every_messy_form_of_a_size_finds_its_band():
    given = ["1-10", "11-50", "1,001-5,000", "10,001+", "5K", "36", "just me", "501 to 1,000 people"]
    values, outcomes = read(table(x=cells(*given, rest="51-200")), SIZE)
    assert values.iloc[:9].tolist() == [
        "up to 10", "over 10 to 50", "over 1,000 to 5,000", "over 10,000", "over 1,000 to 5,000",
        "over 10 to 50", "up to 10", "over 500 to 1,000", "over 50 to 200",
    ]  # fmt: skip
    assert outcomes == {"read": N}
    assert values.cat.ordered
    assert values.max() == "over 10,000"


def test_what_is_no_size_is_counted_under_its_own_reason():
    given = cells("10-Jan", "Nov-50", "", "n/a", "20-100", "many", rest="36")
    _, outcomes = read(table(x=given), {**SIZE, "missing": ["n/a"]})
    assert outcomes == {
        "read": 24, "like a date, as a spreadsheet writes 11-50": 2, "blank": 1, "no answer (n/a)": 1,
        "a range over more than one band": 1, "can't be read": 1,
    }  # fmt: skip


def test_a_revenue_without_bands_is_the_middle_of_its_range():
    given = ["$36.9 Million", "36,9 Mio. EUR", "$10M - $50M", "10,001+", "< 10", "5K"]
    values, _ = read(table(x=cells(*given)), AMOUNT, rules={"mixed_currencies": "keep"})
    assert values.iloc[:6].tolist() == [36.9e6, 36.9e6, 30e6, 10_001, 5, 5_000]


def test_a_german_table_s_points_part_thousands():
    spec = {"customers": {"file": "crm.csv", "columns": {"customer_id": "id"}, "decimal": ","}}
    values, _ = read(table(x=cells("1.001-5.000", "2,5 Mio")), AMOUNT, tables=spec)
    assert values.iloc[:2].tolist() == [3_000.5, 2.5e6]


def test_numbers_that_came_as_floats_are_read_as_they_are():
    values, outcomes = read(table(x=[12.0, None, 1.5, *[60.0] * (N - 3)]), AMOUNT)
    assert values.iloc[[0, 2]].tolist() == [12, 1.5]
    assert outcomes == {"read": N - 1, "blank": 1}


def test_own_bands_are_taken():
    values, _ = read(table(x=cells("7", "250", "99999")), {**AMOUNT, "bands": [9, 249]})
    assert values.iloc[:3].tolist() == ["up to 9", "over 249", "over 249"]


def test_growth_is_counted_by_hand():
    trait = {"kind": "growth", "basis": "firmographic", "from": ["before", "after"]}
    frame = table(**both(["2 Million", "", "0", "10-Jan", "50-100"], ["3M", "5", "5", "5", "150"]))
    values, outcomes = read(frame, trait)
    assert values.iloc[[0, 4, 5]].tolist() == [0.5, 1.0, 0.5]
    assert outcomes == {
        "read": 27, "blank": 1, "the earlier amount is 0": 1,
        "like a date, as a spreadsheet writes 11-50": 1,
    }  # fmt: skip


def test_a_growth_from_one_currency_to_another_is_refused():
    trait = {"kind": "growth", "basis": "firmographic", "from": ["before", "after"]}
    frame = table(before=cells(rest="10M EUR"), after=cells(rest="12M USD"))
    with pytest.raises(DataError, match=r"currencies in 'before': EUR \d+; 'after': USD \d+"):
        read(frame, trait)


def test_the_rest_of_an_industry_s_levels_is_other_and_ties_go_by_name():
    trait = {"kind": "category", "basis": "firmographic", "top": 2}
    given = cells("d", "d", "d", "d", "c", "c", "b", "b", "", rest="a")
    values, outcomes = read(table(x=given), trait)
    assert values.value_counts().to_dict() == {"a": 21, "d": 4, "Other": 4}
    assert outcomes == {"read": 29, "blank": 1}
    assert values.isna().sum() == 1


def test_amounts_in_two_currencies_stand_as_they_are_only_where_the_study_wants_it():
    frame = table(x=cells("$5 Million", "5 Mio. EUR", "€7"))
    with pytest.raises(DataError, match=r"mixes currencies in 'x': \$ 1, EUR 1, € 1.*: keep"):
        segkit.load_tables(any_study({"x": AMOUNT}), customers=frame)
    kept = any_study({"x": AMOUNT}, rules={"mixed_currencies": "keep"})
    assert (
        "the customer table mixes currencies in 'x': $ 1, EUR 1, € 1; they are not converted, as the "
        "study wants it" in segkit.load_tables(kept, customers=frame).quality.notices
    )


def test_amounts_below_0_are_read():
    given = ["-5", "$-1,200", "($12.30)", "(5 Million)"]
    assert read(table(x=cells(*given)), AMOUNT)[0].iloc[:4].tolist() == [-5, -1200, -12.3, -5e6]


def test_a_column_s_other_amounts_settle_a_lone_point():
    german = cells("61.135", "1.234,50", "500")
    english = cells("61.135", "36.9 Million", "500")
    assert read(table(x=german), AMOUNT)[0].iloc[0] == 61_135
    assert read(table(x=english), AMOUNT)[0].iloc[0] == 61.135
    many = cells("61.135", rest="36.9 Million")
    assert read(table(x=many), AMOUNT)[0].iloc[0] == 61.135


def test_the_dictionary_states_the_rules():
    frame, _ = companies(60)
    tables = segkit.load_tables(segkit.load_study(study()), customers=frame)
    shown = segkit.build_features(tables, as_of="2026-05-01").dictionary
    assert "the middle of a range, the lower end of an open one" in shown.loc["revenue", "meaning"]
    assert shown.loc["employees", "meaning"] == "the band that holds all of 'Number of Employees'"
    assert shown.loc["growth", "meaning"] == (
        "('Annual Revenue' - 'Revenue last year') / 'Revenue last year'"
    )
    assert shown.loc["industry", "meaning"] == "'Industry', its 4 commonest levels; the rest is Other"
    assert shown["kind"].to_dict() == {
        "employees": "ordered", "revenue": "number", "growth": "number", "industry": "category",
        "country": "category",
    }  # fmt: skip


@pytest.mark.parametrize("seed", [0, 2])
def test_planted_segments_come_back(seed):
    frame, truth = companies(400, seed)
    tables = segkit.load_tables(segkit.load_study(study()), customers=frame)
    features = segkit.build_features(tables, as_of="2026-05-01")
    segments = segkit.fit_segments(features.bases, n_boot=20, random_state=0)
    drawn = pd.Series(truth, index=frame["Record ID"]).loc[segments.labels.index]
    assert adjusted_rand_score(drawn, segments.labels) >= 0.9
    assert 0.9 * len(frame) < len(segments.labels) < len(frame)


@pytest.mark.slow
def test_a_whole_run_finds_the_planted_segments_too(project):
    frame, truth = companies(400)
    folder = project / "data" / "companies"
    folder.mkdir()
    frame.to_csv(folder / "companies.csv", index=False)
    (folder / "study.yaml").write_text(yaml.safe_dump(study(), sort_keys=False), encoding="utf-8")
    report = segkit.run_study("companies", parameters={"n_boot": 10})
    labels = pd.read_parquet(next((folder / "processed").rglob("assignments.parquet")))
    drawn = pd.Series(truth, index=frame["Record ID"]).loc[labels.index]
    assert adjusted_rand_score(drawn, labels.iloc[:, 0]) >= 0.9
    text = report.read_text(encoding="utf-8")
    assert "Firm 1" not in text
    assert "7000001" not in text


BAD_STUDIES = [
    ({**AMOUNT, "bands": [50, 10]}, r"bands is \[50, 10\]. Accepted: ascending upper ends"),
    ({**AMOUNT, "bands": "sizes"}, r"traits.x.bands is 'sizes'"),
    ({"kind": "number", "basis": "firmographic", "bands": "revenue"}, "a number and has bands"),
    ({"kind": "growth", "basis": "firmographic"}, r"growth and has no from. Accepted: from: \["),
    ({**AMOUNT, "from": ["a", "b"]}, "from names 'a', which is no source of this study"),
    ({**AMOUNT, "levels": ["1-10", "11-50"]}, "amount and has levels"),
    ({**AMOUNT, "top": 3}, "amount and has top"),
    ({**SIZE, "plausible": [0, 10]}, "plausible is given for a amount"),
    ({"kind": "category", "basis": "firmographic", "top": 0}, "traits.x.top is 0"),
]


@pytest.mark.parametrize(("trait", "said"), BAD_STUDIES)
def test_a_company_study_that_contradicts_itself_is_refused(trait, said):
    with pytest.raises(StudyError, match=said):
        any_study({"x": trait}, bases=["x"])


GROWTH = {"kind": "growth", "basis": "firmographic", "from": ["before", "after"]}
BAD_TABLES = [
    ({"x": {**SIZE, "column": "staf"}}, {"staff": cells()}, "no column 'staf'.*'staff'"),
    ({"x": GROWTH}, {"before": cells()}, "no column 'after', which the trait 'x' names"),
    ({"x": SIZE}, {"x": cells(rest="many")}, "'x' has no value at all: can't be read 30"),
    ({"x": SIZE}, {"x": cells(rest="")}, "'x' has no value at all: blank 30"),
    ({"x": SIZE}, {"x": cells(rest="10-Jan")}, "like a date, as a spreadsheet writes 11-50 30"),
    ({"x": SIZE}, {"x": cells(rest="20-100")}, "a range over more than one band 30"),
    ({"x": AMOUNT}, {"x": cells("n/a", "n/a", "n/a")}, "3 of 30 values of 'x' can't be read.*51-200"),
    ({"x": AMOUNT}, {"x": cells("500-1M", "9-7", "--5")}, "3 of 30 .*codes for no answer go under"),
    ({"x": GROWTH}, both(["?", "?"], ["1", "1"]), "2 of 30 values of 'before', 'after' can't be read"),
    ({"x": GROWTH}, both(["0"] * N, ["1"]), "the earlier amount is 0 30.*Look at the column 'before'"),
    ({"x": AMOUNT}, {"x": cells("1.234", "1.234")}, "'x' such as '99.999' .2. can be read two ways"),
]


@pytest.mark.parametrize(("traits", "columns", "said"), BAD_TABLES)
def test_a_company_table_that_is_not_what_it_says_is_refused(traits, columns, said):
    with pytest.raises(DataError, match=said):
        segkit.load_tables(any_study(traits), customers=table(**columns))
