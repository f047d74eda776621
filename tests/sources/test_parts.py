"""Several files of one table, such as an export a month: put together, and no line counted twice."""

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.sources.files import hash_inputs

MAPPED = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"}


def month(number, n=20, first=0):
    """Order lines of one month, with ids of their own."""
    return pd.DataFrame(
        {
            "customer": [f"c{row % 7}" for row in range(n)],
            "order": [f"o{number}-{first + row}" for row in range(n)],
            "when": [f"2024-0{number}-{1 + row % 28:02d}" for row in range(n)],
            "paid": [f"{10 + row}.50" for row in range(n)],
        }
    )


@pytest.fixture
def study_of(tmp_path):
    """Write files and give the study of the table that they are."""

    def made(files, given=None, table="transactions", columns=MAPPED, **keys):
        for name, frame in files.items():
            frame.to_csv(tmp_path / name, index=False)
        content = {
            "title": "T", "decision": "D", "as_of": "2024-06-01", "bases": ["recency_days", "n_orders"],
            "tables": {table: {"file": list(files) if given is None else given, "columns": columns}},
        }  # fmt: skip
        (tmp_path / "study.yaml").write_text(str(content | keys), encoding="utf-8")
        return segkit.load_study(tmp_path)

    return made


def lines(tables, rule):
    record = tables.quality.lines
    return int(record.loc[record["rule"] == rule, "lines"].sum())


def note(tables, part):
    return next((one for one in tables.quality.notices if part in one), "")


@pytest.mark.parametrize("given", [None, "m*.csv", ["m1.csv", "m[2-3].csv"]])
def test_files_are_listed_or_named_by_a_pattern(study_of, given):
    study = study_of({f"m{number}.csv": month(number) for number in (1, 2, 3)}, given)
    tables = segkit.load_tables(study)
    assert tables.lines.count().execute() == 60
    assert "m1.csv and 2 other files: lines read: m1.csv 20, m2.csv 20, m3.csv 20" in note(
        tables, "lines read"
    )
    assert tables.inputs["transactions"] == hash_inputs(study)["transactions"]


def test_columns_may_stand_in_another_order(study_of):
    study = study_of({"a.csv": month(1), "b.csv": month(2)[["paid", "when", "order", "customer"]]})
    assert segkit.load_tables(study).quality.kept["amount"] == 2 * month(1)["paid"].astype(float).sum()


def test_what_an_earlier_file_holds_too_is_set_aside_and_counted(study_of):
    overlap = pd.concat([month(1).tail(5), month(2)])
    tables = segkit.load_tables(study_of({"a.csv": month(1), "b.csv": overlap}))
    assert (lines(tables, "kept"), lines(tables, "in an earlier file too")) == (40, 5)
    assert tables.quality.read["lines"] == 45
    assert "5 lines are also in an earlier file; they are set aside" in note(tables, "earlier file")


def test_equal_lines_within_a_file_stay_as_often_as_one_file_holds_them(study_of):
    twice = pd.concat([month(1), month(1).head(1)])
    thrice = pd.concat([month(1).head(1)] * 3)
    tables = segkit.load_tables(study_of({"a.csv": twice, "b.csv": thrice}))
    assert (lines(tables, "kept"), lines(tables, "in an earlier file too")) == (22, 2)


def test_the_files_order_does_not_matter_to_what_is_kept(study_of):
    files = {"a.csv": month(1), "b.csv": pd.concat([month(1).tail(5), month(2)])}
    there, back = (segkit.load_tables(study_of(files, given)).quality.kept
                   for given in (["a.csv", "b.csv"], ["b.csv", "a.csv"]))  # fmt: skip
    assert there == back


def test_an_order_that_was_changed_after_the_first_export_is_said(study_of):
    changed = month(1).head(1).assign(paid="99.00")
    tables = segkit.load_tables(study_of({"a.csv": month(1), "b.csv": pd.concat([changed, month(2)])}))
    assert lines(tables, "kept") == 41
    assert "1 orders have lines in several files that differ" in note(tables, "differ")


EVENTS = {"customer_id": "who", "event_date": "at", "page": "page"}


def log(day, clock=" 10:15:00", n=12):
    rows = {"who": [f"c{row % 4}" for row in range(n)], "at": f"2024-01-{day}{clock}", "page": "/"}
    return pd.DataFrame(rows).assign(page=[f"/{row}" for row in range(n)])


@pytest.mark.parametrize(("clock", "kept", "again"), [(" 10:15:00", 24, 3), ("", 27, 0)])
def test_equal_events_are_one_only_where_a_time_of_day_tells_them_apart(study_of, clock, kept, again):
    files = {"a.csv": log(10, clock), "b.csv": pd.concat([log(10, clock).head(3), log(11, clock)])}
    study = study_of(files, table="web", columns=EVENTS, bases=["n_visits"])
    tables = segkit.load_tables(study)
    assert (lines(tables, "kept"), lines(tables, "in an earlier file too")) == (kept, again)
    said = "set aside" if again else "kept, since neither an id nor a time of day tells"
    assert note(tables, f"3 lines are also in an earlier file; they are {said}")


def test_a_customer_table_in_pieces_is_one(study_of):
    people = pd.DataFrame({"id": [f"c{row}" for row in range(40)], "visits": range(40)})
    trait = {"visits": {"kind": "number", "basis": "behavioural"}}
    files = {"a.csv": people.head(25), "b.csv": people.tail(20)}
    study = study_of(
        files, table="customers", columns={"customer_id": "id"}, traits=trait, bases=["visits"]
    )
    tables = segkit.load_tables(study)
    assert (len(tables.customers), lines(tables, "in an earlier file too")) == (40, 5)


def test_other_columns_are_refused_by_name(study_of):
    study = study_of({"a.csv": month(1), "b.csv": month(2).rename(columns={"paid": "Paid (EUR)"})})
    with pytest.raises(DataError, match=r"b\.csv lacks 'paid' and has 'Paid \(EUR\)', other than a"):
        segkit.load_tables(study)


def test_other_types_are_refused(study_of, tmp_path):
    study = study_of({"a.csv": month(1)}, ["a.csv", "b.parquet"])
    month(2).astype({"paid": float}).to_parquet(tmp_path / "b.parquet")
    with pytest.raises(DataError, match=r"'paid' holds string in a\.csv and float64 in b\.parquet"):
        segkit.load_tables(study)


def test_one_file_twice_is_refused(study_of):
    with pytest.raises(DataError, match=r"b\.csv and a\.csv are the same file, byte by byte"):
        segkit.load_tables(study_of({"a.csv": month(1), "b.csv": month(1)}))
    with pytest.raises(DataError, match=r"a\.csv is named twice"):
        segkit.load_tables(study_of({"a.csv": month(1)}, ["a.csv", "*.csv"]))
    with pytest.raises(DataError, match=r"a\.csv is named twice"):
        segkit.load_tables(study_of({"a.csv": month(1)}, ["a.csv", "a.csv"]))


def test_a_pattern_that_fits_nothing_is_refused(study_of):
    with pytest.raises(DataError, match=r"no file fits 'm_\*\.csv'"):
        segkit.load_tables(study_of({"a.csv": month(1)}, "m_*.csv"))


def test_a_malformed_line_names_its_file(study_of, tmp_path):
    study = study_of({"a.csv": month(1), "b.csv": month(2)})
    with (tmp_path / "b.csv").open("a", encoding="utf-8") as out:
        out.write("c1,o9\n")
    tables = segkit.load_tables(study)
    assert tables.malformed["transactions"][["line", "file"]].values.tolist() == [[22, "b.csv"]]
    assert lines(tables, "malformed line") == 1
