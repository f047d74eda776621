"""What is wrong with a file or a setting is said with the file, the setting and the next step."""

import zipfile

import pandas as pd
import pytest
import yaml

import segkit
from segkit.cli import main
from segkit.errors import DataError, StudyError
from segkit.personas.messages import load_messages
from segkit.personas.numbertext import format_value
from segkit.sources.counts import counted
from tests.conftest import study_of
from tests.sources.test_bad_input import COLUMNS, orders
from tests.sources.test_sources_read import cells, load, study
from tests.sources.test_traits import read, table


@pytest.fixture
def written(tmp_path):
    """Write a study whose orders lie in the given file, and return its folder."""

    def write(orders_file="orders.csv", content=b"", **keys):
        (tmp_path / orders_file).write_bytes(content or orders().to_csv(index=False).encode())
        tables = {"transactions": {"file": orders_file, "columns": COLUMNS}}
        stated = {"title": "T", "decision": "D", "as_of": "2024-06-01", "tables": tables}
        text = yaml.safe_dump(stated | {"bases": ["recency_days", "n_orders"]} | keys)
        (tmp_path / "study.yaml").write_text(text, encoding="utf-8")
        return tmp_path

    return write


def test_dates_that_cannot_be_read_ask_for_their_format():
    tables = {"transactions": {"file": "-", "columns": COLUMNS}}
    frame = orders().assign(when="31/12/2023")
    with pytest.raises(DataError, match=r"'99/99/9999' \(40\)\. Say how .* `date_format` of this"):
        segkit.load_tables(study_of(COLUMNS, tables=tables), transactions=frame)


def test_a_trait_s_dates_ask_for_their_format():
    trait = {"kind": "date", "basis": "behavioural"}
    with pytest.raises(DataError, match=r"date_format 'ISO8601' of the trait says.*its `date_format`"):
        read(table(x=["2013-01-01", *["31/12/2013"] * 29]), trait)


def test_a_study_s_errors_name_the_file(written):
    wrong = {"attractiveness": [{"metric": "n_orders", "weigth": 1}]}
    with pytest.raises(StudyError, match=r"^study\.yaml: targets\.attractiveness\.0 holds .*'weight'"):
        segkit.load_study(written(targets=wrong))
    with pytest.raises(StudyError, match=r"^study\.yaml holds an unknown word 'as_off'"):
        segkit.load_study(written(as_off="x"))


def test_messages_errors_name_the_file(tmp_path):
    path = tmp_path / "messages.yaml"
    for text, said in {
        "segments: {a: {offer: 5}}": r"^messages\.yaml: segments\.a\.offer is 5",
        "segments: {a: {needs: [{text: hi}]}}": r"^messages\.yaml: segments\.a\.needs\.0 has no",
        "segmnts: {}": r"^messages\.yaml holds an unknown word",
    }.items():
        path.write_text(text, encoding="utf-8")
        with pytest.raises(StudyError, match=said):
            load_messages(path)


def workbook(path, name="[Content_Types].xml"):
    with zipfile.ZipFile(path, "w") as book:
        book.writestr(name, "<x/>" * 200)
    return path.read_bytes()


@pytest.mark.parametrize("kind", ["xlsx", "xls", "zip", "cut"])
def test_a_workbook_is_called_one_and_told_how_to_be_saved(written, tmp_path, capsys, project, kind):
    book = workbook(tmp_path / "book.xlsx")
    content, file, said = {
        "xlsx": (book, "orders.csv", "orders.csv is an Excel workbook. Accepted: CSV, also gzipped"),
        "xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "orders.xls", "of the old form"),
        "zip": (workbook(tmp_path / "a.zip", "orders.csv"), "orders.csv", "is a zip archive.*Unpack"),
        "cut": (book[:60], "orders.xlsx", "orders.xlsx is an Excel workbook"),
    }[kind]
    folder = written(file, content)
    with pytest.raises(DataError, match=said):
        segkit.load_tables(segkit.load_study(folder))
    assert main(["new", "mine", str(folder / file)]) == 2
    assert "Excel" in (err := capsys.readouterr().err) or "zip archive" in err


def test_rfm_says_which_columns_it_needs():
    frame = pd.DataFrame({"recency_days": [1.0, 2.0], "orders": [1, 2], "spent": [1.0, 2.0]})
    with pytest.raises(DataError, match=r"no column 'n_orders' or 'revenue'.*'recency_days', the"):
        segkit.fit_segments(frame, rules="rfm")
    named = segkit.rfm_rules(frame, frequency="orders", monetary="spent")
    assert segkit.fit_segments(frame, rules=named).k == 2


def test_a_study_of_rfm_without_orders_is_refused():
    number = {"kind": "number", "basis": "behavioural", "from": "crm"}
    with pytest.raises(StudyError, match="nor traits called recency_days, n_orders"):
        study({"revenue": number}, segments="rfm")


@pytest.mark.parametrize(
    ("currency", "shown"), [("EUR", "EUR 1,200.00"), ("CHF ", "CHF 1,200.00"), ("$", "$1,200.00")]
)
def test_money_is_written_the_same_in_check_and_report(make_study, currency, shown):
    study = make_study(COLUMNS, currency=currency)
    tables = segkit.load_tables(study, transactions=orders().assign(paid="30.00"))
    assert f"{shown} in sales" in tables.reading
    assert f"{shown} in sales" in counted(tables.quality.kept, study.words, study.currency)
    assert format_value(1200, "cents", study.currency) == shown


def test_a_source_of_which_nothing_is_used_is_said():
    trait = {"own": {"kind": "number", "basis": "behavioural", "from": "crm"}}
    notices = load(trait, {"own": cells(rest="5")}).quality.notices
    assert [one for one in notices if one.startswith("no column of")] == [
        "no column of survey ('s.csv') is used: it only says which customers are in it (`traits` say "
        "what its columns mean)"
    ]


def test_a_customer_table_that_only_describes_is_used(make_study):
    tables = {"customers": {"file": "crm.csv", "columns": {"customer_id": "id"}}}
    people = pd.DataFrame({"id": [f"c{row}" for row in range(10)], "plan": "a"})
    said = {
        described: any(
            one.startswith("no column of customers")
            for one in segkit.load_tables(
                study_of(COLUMNS, tables={"transactions": {"file": "-", "columns": COLUMNS}} | tables,
                         descriptors=list(described)),
                transactions=orders(), customers=people,
            ).quality.notices
        )
        for described in [("plan",), ()]
    }  # fmt: skip
    assert said == {("plan",): False, (): True}
