"""`segkit new` guesses how files are to be read and says so; `segkit check` takes it from there."""

import numpy as np
import pandas as pd
import pytest
import yaml

from segkit.cli import main
from segkit.sources.guessing.words import short_name


def shop(n=120) -> pd.DataFrame:
    """Order lines as a shop exports them, under names that segkit knows; the last is of 29 April."""
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(np.arange(n), unit="D")
    return pd.DataFrame(
        {
            "Customer ID": [f"{1000 + row % 30}" for row in range(n)],
            "InvoiceNo": [f"{5000 + row}" for row in range(n)],
            "InvoiceDate": day.strftime("%Y-%m-%d"),
            "Amount": [f"{5 + row % 17}.50" for row in range(n)],
        }
    )


LAST = "2024-04-29"
AS_OF = "2024-04-30"


@pytest.fixture
def segkit(project, capsys):
    """Run the command; give its exit code and what it printed."""

    def run(*arguments):
        code = main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def new(segkit, project):
    """Make the study `mine` from order lines; give the transactions' entry and what was printed."""

    def made(frame, file="orders.csv", **options):
        content = frame if isinstance(frame, bytes) else frame.to_csv(index=False, **options).encode()
        (project / file).write_bytes(content)
        code, out, err = segkit("new", "mine", "--transactions", project / file)
        assert (code, err) == (0, "")
        return study_in(project)["tables"]["transactions"], out

    return made


def study_in(project):
    return yaml.safe_load((project / "data" / "mine" / "study.yaml").read_text(encoding="utf-8"))


def assert_ready(segkit, kept):
    code, out, err = segkit("check", "mine")
    assert (code, err) == (0, "")
    assert f"{kept:,} lines" in out
    assert "The study is ready: segkit run mine" in out


# --- the form of the file


def test_a_comma_file_needs_nothing_more(new, segkit, project):
    guessed, out = new(shop())
    assert guessed["columns"] == {
        "customer_id": "Customer ID",
        "order_id": "InvoiceNo",
        "order_date": "InvoiceDate",
        "amount": "Amount",
    }
    assert "Nothing more is needed" in out
    assert study_in(project)["as_of"] == AS_OF
    assert_ready(segkit, 120)


@pytest.mark.parametrize(("mark", "said"), [(";", ";"), ("\t", "tab"), ("|", "|")])
def test_another_delimiter_is_written_down_and_said(new, segkit, mark, said):
    guessed, out = new(shop(), sep=mark)
    assert guessed["delimiter"] == mark
    assert f"delimiter {said}" in out
    assert_ready(segkit, 120)


def test_a_whitespace_file_is_recognised(new, segkit):
    frame = shop().rename(columns={"Customer ID": "customer_id"})
    guessed, out = new(frame.to_string(index=False).encode() + b"\n")
    assert guessed["delimiter"] == "whitespace"
    assert "delimiter white space" in out
    assert_ready(segkit, 120)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_is_written_down_and_said(new, segkit, encoding):
    frame = shop().assign(Ort="Köln")
    guessed, out = new(frame.to_csv(index=False).encode(encoding))
    assert guessed["encoding"] == encoding
    assert f"{encoding}, since it is not UTF-8" in out
    assert_ready(segkit, 120)


def test_a_byte_order_mark_is_no_obstacle(new, segkit):
    guessed, _ = new(shop().to_csv(index=False).encode("utf-8-sig"))
    assert "encoding" not in guessed
    assert_ready(segkit, 120)


def test_a_gzipped_file_is_looked_into(new, segkit, project):
    shop().to_csv(project / "packed.gz", index=False, sep=";", compression="gzip")
    guessed, _ = new((project / "packed.gz").read_bytes(), file="orders.csv")
    assert guessed["delimiter"] == ";"
    assert_ready(segkit, 120)


def test_a_parquet_file_needs_no_form(new, segkit, project):
    typed = shop().assign(InvoiceDate=pd.to_datetime(shop()["InvoiceDate"])).astype({"Amount": float})
    typed.to_parquet(project / "typed", index=False)
    guessed, _ = new((project / "typed").read_bytes(), file="orders.parquet")
    assert set(guessed) == {"file", "columns"}
    assert study_in(project)["as_of"] == AS_OF
    assert_ready(segkit, 120)


def test_a_file_without_header_asks_for_the_names(new, segkit):
    digits = shop().replace({"InvoiceNo": "^", "InvoiceDate": "-"}, "", regex=True)
    guessed, out = new(digits, header=False)
    assert guessed["header"] == [f"column_{number}" for number in (1, 2, 3, 4)]
    assert "name the columns in `header`" in out
    assert segkit("check", "mine")[0] == 2


def test_a_line_without_its_last_newline_is_enough(new, segkit):
    guessed, _ = new(shop().to_csv(index=False, sep=";").strip().encode())
    assert guessed["delimiter"] == ";"
    assert_ready(segkit, 120)


@pytest.mark.parametrize("index_name", [None, "row"])
def test_the_index_that_pandas_writes_is_no_obstacle(new, segkit, index_name):
    new(shop().rename_axis(index_name).to_csv().encode())
    assert_ready(segkit, 120)


# --- notation


def test_decimal_commas_are_recognised(new, segkit, project):
    guessed, out = new(shop().assign(Amount="12,50"), sep=";")
    assert guessed["decimal"] == ","
    assert "thousands" not in guessed
    assert "decimal ',' as in 'Amount'" in out
    assert "1,500.00 in sales" in segkit("check", "mine")[1]


def test_thousands_points_come_with_decimal_commas(new, segkit):
    guessed, _ = new(shop().assign(Amount="1.234,50"), sep=";")
    assert (guessed["decimal"], guessed["thousands"]) == (",", ".")
    assert "148,140.00 in sales" in segkit("check", "mine")[1]


def test_thousands_commas_are_settled_by_the_points_behind_them(new, segkit):
    new(shop().assign(Amount="1,234.50"))
    assert "148,140.00 in sales" in segkit("check", "mine")[1]


def test_a_number_that_can_be_read_two_ways_waits_for_its_notation(new, segkit):
    new(shop().assign(Amount="61.135"))
    code, _, err = segkit("check", "mine")
    assert code == 2
    assert "'99.999' (120) can be read two ways" in err


@pytest.mark.parametrize("amount", ["61.135", "99,999", "€61.135"])
def test_what_check_would_refuse_to_read_is_asked_for(new, amount):
    _, out = new(shop().assign(Amount=amount))
    asked = out.split("To be settled by you")[1]
    assert "(120) can be read two ways" in asked
    assert 'Add `decimal: "' in asked
    assert "no numbers" not in out


def test_an_amount_with_its_currency_is_a_number(new, segkit):
    guessed, out = new(shop().assign(Amount="12,50 €"), sep=";")
    assert guessed["decimal"] == ","
    assert "no numbers" not in out
    assert "1,500.00 in sales" in segkit("check", "mine")[1]


def test_several_currencies_are_asked_about(new):
    _, out = new(shop().assign(Amount=["$5.50", "€6.50"] * 60))
    assert "mixes currencies in 'Amount'" in out.split("To be settled by you")[1]


def test_columns_in_two_notations_are_left_to_be_settled_apart(new, segkit):
    guessed, _ = new(shop().assign(Amount="12,50", Quantity="1.5"), sep=";")
    assert "decimal" not in guessed
    assert "1,500.00 in sales" in segkit("check", "mine")[1]


@pytest.mark.parametrize(
    "pattern",
    [
        "%Y/%m/%d",
        "%Y%m%d",
        "%d.%m.%Y",
        "%d/%m/%Y",
        "%m/%d/%Y",
        "%d-%m-%Y",
        "%m/%d/%Y %H:%M",
        "%d.%m.%Y %H:%M:%S",
    ],
)
def test_the_date_format_is_the_one_that_reads_the_dates(new, segkit, project, pattern):
    guessed, out = new(
        shop().assign(InvoiceDate=pd.to_datetime(shop()["InvoiceDate"]).dt.strftime(pattern))
    )
    assert guessed["date_format"] == pattern
    assert f"date_format {pattern}, which reads 100%" in out
    assert study_in(project)["as_of"] == AS_OF
    assert_ready(segkit, 120)


@pytest.mark.parametrize("rest", ["T10:30:00", " 10:30", " 10:30:00.123"])
def test_iso_times_need_no_format(new, segkit, project, rest):
    guessed, _ = new(shop().assign(InvoiceDate=shop()["InvoiceDate"] + rest))
    assert "date_format" not in guessed
    assert study_in(project)["as_of"] == AS_OF
    assert_ready(segkit, 120)


@pytest.mark.parametrize("offset", [" +0200", "+02:00", " -0500", "Z"])
def test_iso_times_with_an_offset_need_no_format(new, segkit, project, offset):
    guessed, _ = new(shop().assign(InvoiceDate=shop()["InvoiceDate"] + " 10:30:00" + offset))
    assert "date_format" not in guessed
    assert study_in(project)["as_of"] == AS_OF
    assert_ready(segkit, 120)


def test_a_column_of_dates_that_is_blank_throughout_is_said(new):
    _, out = new(shop().assign(InvoiceDate=""))
    assert "date_format: no format that segkit knows reads 'InvoiceDate'" in out


def test_days_and_months_that_can_be_swapped_are_said(new):
    frame = shop(12).assign(InvoiceDate=[f"{month:02d}/{month:02d}/2024" for month in range(1, 13)])
    _, out = new(frame)
    assert "%d/%m/%Y and %m/%d/%Y read 'InvoiceDate' equally well" in out
    assert "To be settled by you" in out


def test_dates_that_nothing_reads_are_said_and_refused(new, segkit):
    _, out = new(shop().assign(InvoiceDate="spring"))
    assert "date_format: no format that segkit knows reads 'InvoiceDate'" in out
    code, _, err = segkit("check", "mine")
    assert code == 2
    assert "leaves open: as_of" in err


def test_a_few_blank_dates_do_not_hide_the_format(new, segkit):
    dates = pd.to_datetime(shop()["InvoiceDate"]).dt.strftime("%d.%m.%Y")
    dates[:9] = ""
    guessed, _ = new(shop().assign(InvoiceDate=dates))
    assert guessed["date_format"] == "%d.%m.%Y"
    assert_ready(segkit, 111)


# --- ids and rules


def test_float_ids_are_taken_for_whole_numbers(new, segkit):
    guessed, out = new(shop().assign(**{"Customer ID": shop()["Customer ID"] + ".0"}))
    assert guessed["ids"] == "from_float"
    assert "'99999.0' is read as 99999" in out
    assert_ready(segkit, 120)


def test_float_order_ids_are_refused_by_check_with_the_option_to_add(new, segkit):
    new(shop().assign(InvoiceNo=shop()["InvoiceNo"] + ".0"))
    code, _, err = segkit("check", "mine")
    assert code == 2
    assert "120 values of 'InvoiceNo'" in err
    assert "`ids: from_float`" in err


def cancelled(share=10) -> pd.DataFrame:
    frame = shop().assign(Quantity="2")
    frame.loc[: share - 1, "InvoiceNo"] = "C" + frame["InvoiceNo"]
    frame.loc[: share - 1, "Quantity"] = "-2"
    return frame


def test_a_letter_before_negative_orders_only_marks_cancellations(new, segkit, project):
    _, out = new(cancelled())
    assert study_in(project)["rules"]["cancellation_prefix"] == "C"
    assert "start with C as cancellations" in out
    assert_ready(segkit, 110)


def test_a_letter_before_any_bought_order_marks_nothing(new, project):
    new(cancelled().assign(Quantity="2"))
    assert "cancellation_prefix" not in study_in(project)["rules"]


def test_product_codes_without_a_digit_are_to_be_looked_at(new, segkit, project):
    frame = shop().assign(StockCode=[f"{85000 + row}" for row in range(120)])
    frame.loc[:1, "StockCode"] = ["POST", "BANK CHARGES"]
    _, out = new(frame)
    assert study_in(project)["rules"]["non_products"] == ["BANK CHARGES", "POST"]
    assert "non_products: 2 product codes are called like postage" in out
    assert_ready(segkit, 118)


def test_a_product_whose_code_has_no_digit_stays_a_product_and_is_asked_about(new, segkit, project):
    frame = shop().assign(SKU=[f"TEA-{row % 9}" for row in range(120)])
    frame.loc[:4, "SKU"] = "GIFT-L"
    _, out = new(frame)
    assert "non_products" not in study_in(project)["rules"]
    assert "count as products: GIFT-L; list in rules.non_products those that are none" in out
    assert_ready(segkit, 120)


# --- money and other columns


def test_quantity_and_price_make_the_amount(new, segkit):
    guessed, out = new(shop().rename(columns={"Amount": "UnitPrice"}).assign(Quantity="2"))
    assert "amount" not in guessed["columns"]
    assert "Nothing more is needed" in out
    assert_ready(segkit, 120)


def test_a_price_alone_is_taken_for_the_amount_and_questioned(new, segkit):
    guessed, out = new(shop().rename(columns={"Amount": "Price"}))
    assert guessed["columns"]["amount"] == "Price"
    assert "'Price' is taken for what the line cost; is it?" in out
    assert_ready(segkit, 120)


@pytest.mark.parametrize(
    ("column", "ours"),
    [("Amount", "amount"), ("Customer ID", "customer_id"), ("InvoiceDate", "order_date")],
)
def test_a_column_that_is_not_found_is_asked_for_and_check_refuses(new, segkit, column, ours):
    _, out = new(shop().rename(columns={column: "zzz"}))
    assert f"{ours}: which of " in out
    code, out, err = segkit("check", "mine")
    assert (code, out) == (2, "")
    assert ours in err


def test_no_amount_is_named_by_check_with_the_columns_there_are(new, segkit):
    new(shop().rename(columns={"Amount": "zzz"}))
    _, _, err = segkit("check", "mine")
    assert "leaves open which column of orders.csv is amount" in err
    assert "Customer ID, InvoiceNo, InvoiceDate, zzz" in err


# --- other tables


@pytest.fixture
def people(project):
    frame = pd.DataFrame({"customer_id": [f"{1000 + row}" for row in range(30)]})
    frame["tier"] = np.where(np.arange(30) % 2, "gold", "plain")
    frame["age"] = np.where(np.arange(30) % 3, "18-40", "41+")
    frame["email"] = [f"someone{row}@example.com" for row in range(30)]
    frame["country"] = "DE"
    frame.to_csv(project / "people.csv", index=False)
    return project / "people.csv"


def test_columns_of_few_levels_describe_and_protected_ones_are_audited(segkit, project, people):
    shop().to_csv(project / "orders.csv", index=False)
    code, _, _ = segkit("new", "mine", "--transactions", project / "orders.csv", "--customers", people)
    study = study_in(project)
    assert (code, study["descriptors"], study["protected"]) == (0, ["tier"], ["age"])
    assert_ready(segkit, 120)


def test_no_customers_value_is_written_or_printed(segkit, project, people):
    shop().to_csv(project / "orders.csv", index=False)
    arguments = ("--transactions", project / "orders.csv", "--customers", people)
    printed = [str(segkit("new", "mine", *arguments)), str(segkit("check", "mine"))]
    text = (project / "data" / "mine" / "study.yaml").read_text()
    assert not [part for part in (*printed, text) if "someone" in part or "1007" in part]


@pytest.mark.parametrize("word", ["page", "package", "average_basket"])
def test_a_word_that_holds_another_is_not_protected(segkit, project, people, word):
    shop().to_csv(project / "orders.csv", index=False)
    pd.read_csv(people).rename(columns={"tier": word}).to_csv(people, index=False)
    segkit("new", "mine", "--transactions", project / "orders.csv", "--customers", people)
    assert word in study_in(project)["descriptors"]


@pytest.mark.parametrize(
    "word", ["Age", "age_group", "Gender", "sex", "maritalStatus", "birth_year", "Religion"]
)
def test_what_the_law_protects_is_audited(segkit, project, people, word):
    shop().to_csv(project / "orders.csv", index=False)
    pd.read_csv(people).rename(columns={"age": word}).to_csv(people, index=False)
    segkit("new", "mine", "--transactions", project / "orders.csv", "--customers", people)
    assert short_name(word) in study_in(project)["protected"]


def test_products_give_the_category(segkit, project):
    shop().assign(sku=[f"{row % 3}" for row in range(120)]).to_csv(project / "orders.csv", index=False)
    (project / "products.csv").write_text("SKU;Category\n0;tea\n1;cup\n2;tea\n")
    files = ("--transactions", project / "orders.csv", "--products", project / "products.csv")
    code, _, _ = segkit("new", "mine", *files)
    products = study_in(project)["tables"]["products"]
    assert (code, products["delimiter"]) == (0, ";")
    assert products["columns"] == {"product_id": "SKU", "category": "Category"}
    assert_ready(segkit, 120)


# --- refused


def test_an_existing_study_is_left_alone(new, segkit, project):
    new(shop())
    before = (project / "data" / "mine" / "study.yaml").read_text()
    code, out, err = segkit("new", "mine", "--transactions", project / "orders.csv")
    assert (code, out) == (2, "")
    assert "data/mine holds a study already" in err
    assert (project / "data" / "mine" / "study.yaml").read_text() == before


@pytest.mark.parametrize("name", ["", "my shop", "../mine", "a/b", ".", "mine\n"])
def test_a_name_that_is_no_folder_name_is_refused(segkit, project, name):
    shop().to_csv(project / "orders.csv", index=False)
    code, _, err = segkit("new", name, "--transactions", project / "orders.csv")
    assert code == 2
    assert "is no name for a study" in err
    assert not list((project / "data").iterdir())


@pytest.mark.parametrize(
    "content", [b"", b"Customer ID,InvoiceDate,Amount\n", b"PAR1 and no more", b"\x1f\x8b no"]
)
def test_a_file_without_lines_is_refused_and_leaves_nothing(segkit, project, content):
    (project / "orders.csv").write_bytes(content)
    code, _, err = segkit("new", "mine", "--transactions", project / "orders.csv")
    assert code == 2
    assert "orders.csv" in err
    assert not (project / "data" / "mine").exists()


def test_a_missing_file_is_named(segkit, project):
    code, _, err = segkit("new", "mine", "--transactions", "nowhere.csv")
    assert code == 2
    assert "there is no file 'nowhere.csv'" in err


def test_a_missing_customers_file_leaves_nothing_behind(segkit, project):
    shop().to_csv(project / "orders.csv", index=False)
    code, _, err = segkit("new", "mine", "--transactions", "orders.csv", "--customers", "nowhere.csv")
    assert code == 2
    assert "nowhere.csv" in err
    assert not (project / "data" / "mine").exists()


def test_an_unknown_study_is_refused_by_check(new, segkit):
    new(shop())
    code, _, err = segkit("check", "mime")
    assert code == 2
    assert "there is no study 'mime'" in err
    assert "Did you mean 'mine'?" in err
