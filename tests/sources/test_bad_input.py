"""Bad input is either set aside and counted, or refused with what arrived and what to do."""

import csv
import gzip
import io
import re
from datetime import datetime
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, SegkitError, StudyError
from tests.conftest import study_of

COLUMNS = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"}
HEADER = "customer,order,when,paid\n"
LINE = "ana,o1,2024-05-02,5.00\n"
PRIVATE = ("ana.meier@example.com", "+49 170 5550123")


def orders(n=40, n_customers=10) -> pd.DataFrame:
    """Flawless order lines, all text: o0 of 1 May 2024 costs 10.50, o1 11.50, ..."""
    return pd.DataFrame(
        {
            "customer": [f"c{row % n_customers}" for row in range(n)],
            "order": [f"o{row}" for row in range(n)],
            "when": [f"2024-05-{1 + row % 28:02d}" for row in range(n)],
            "paid": [f"{10 + row}.50" for row in range(n)],
        }
    )


def orders_with(column, values, n=40) -> pd.DataFrame:
    """Flawless lines, but the first values of one column are these."""
    frame = orders(n)
    frame.loc[: len(values) - 1, column] = values
    return frame


def write(path, content):
    if isinstance(content, pd.DataFrame):
        content = content.to_csv(index=False)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


@pytest.fixture
def load(tmp_path):
    """Write order lines (and other tables) to files, load them and check the accounting."""

    def load_written(content, *, file="orders.csv", written=None, others=None, study=None, **spec):
        tables = {"transactions": {"columns": COLUMNS, **spec, "file": write(tmp_path / file, content)}}
        for name, (other, columns) in (others or {}).items():
            tables[name] = {"file": write(tmp_path / f"{name}.csv", other), "columns": columns}
        made = study_of(COLUMNS, tables=tables, folder=tmp_path, **(study or {}))
        loaded = segkit.load_tables(made)
        assert_accounted(loaded, written)
        return loaded

    return load_written


@pytest.fixture
def refusal(load):
    """The message with which loading is refused."""

    def message(content, **options) -> str:
        with pytest.raises(SegkitError) as refused:
            load(content, **options)
        return str(refused.value)

    return message


def load_frame(frame, columns=COLUMNS, **spec):
    study = study_of(columns, tables={"transactions": {"file": "-", "columns": columns, **spec}})
    loaded = segkit.load_tables(study, transactions=frame)
    assert_accounted(loaded, len(frame))
    return loaded


def assert_accounted(tables, written=None):
    """Every line read is kept or set aside, counted apart from the record's own sums."""
    for name, record in tables.quality.lines.groupby("table"):
        kept = record.loc[record["rule"] == "kept", "lines"].sum()
        aside = tables.set_aside[name].count().execute() + len(tables.malformed[name])
        assert record["lines"].sum() == kept + aside
    assert count(tables, "kept") == tables.lines.count().execute() == tables.quality.kept["lines"]
    if written is not None:
        assert tables.quality.totals.at["transactions", "read"] == written


def count(tables, rule, table="transactions") -> int:
    lines = tables.quality.lines
    return int(lines.loc[(lines["table"] == table) & (lines["rule"] == rule), "lines"].sum())


# --- columns and header


def test_a_missing_column_is_named_with_its_nearest_neighbour(refusal):
    message = refusal(orders().rename(columns={"customer": "customers"}))
    assert "orders.csv has no column 'customer'" in message
    assert "Did you mean 'customers'?" in message


def test_a_column_left_open_is_named_with_the_columns_there_are(refusal):
    message = refusal(orders(), columns=COLUMNS | {"amount": "?"})
    assert "is amount" in message
    assert "customer, order, when, paid" in message


def test_a_duplicate_header_is_refused(refusal):
    message = refusal("customer,order,when,paid,paid\nana,o1,2024-05-02,5.00,6.00\n")
    assert "more than one column named 'paid'" in message


def test_headers_that_differ_in_case_only_are_refused(refusal):
    assert "Paid" in refusal("customer,order,when,paid,Paid\nana,o1,2024-05-02,5.00,6.00\n")


def test_a_frame_with_a_column_twice_is_refused():
    frame = orders().set_axis(["customer", "order", "when", "when"], axis=1)
    with pytest.raises(DataError, match="more than one column named 'when'"):
        load_frame(frame)


def test_a_frame_whose_columns_differ_in_case_only_is_refused():
    with pytest.raises(DataError, match="Paid"):
        load_frame(orders().assign(Paid="1"))


def test_the_nameless_index_column_that_pandas_writes_is_no_obstacle(load):
    assert count(load(orders().to_csv(), written=40), "kept") == 40


def test_a_file_of_digits_without_header_is_refused(refusal):
    text = "1,10,2024-05-02,5.00\n2,11,2024-05-03,6.00\n"
    assert "Add `header: [name, name, ...]`" in refusal(text)


def test_a_file_of_text_without_header_is_refused_without_showing_a_value(refusal):
    message = refusal(orders().to_csv(index=False, header=False))
    assert "c0" not in message
    assert "header" in message


def test_stated_header_names_the_columns_of_a_file_without_one(load):
    tables = load(orders().to_csv(index=False, header=False), header=list(COLUMNS.values()), written=40)
    assert count(tables, "kept") == 40


def test_a_byte_order_mark_is_no_part_of_the_first_name_or_value(load):
    text = orders().to_csv(index=False)
    assert count(load("\ufeff" + text, written=40), "kept") == 40
    headless = "\ufeff" + text.split("\n", 1)[1]
    tables = load(headless, header=list(COLUMNS.values()), written=40)
    assert tables.quality.kept["customers"] == 10


# --- nothing, or hardly anything


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "orders.csv is empty"),
        (HEADER, "has a header and no lines"),
        (HEADER.strip(), "has a header and no lines"),
        ("\n" + HEADER + LINE, "starts with a blank line"),
    ],
)
def test_a_file_without_lines_is_refused(refusal, text, said):
    assert said in refusal(text)


def test_a_gzipped_empty_file_is_refused(refusal):
    assert refusal(gzip.compress(b""), file="orders.csv.gz")


def test_a_frame_without_rows_is_refused():
    with pytest.raises(DataError, match="has no rows"):
        load_frame(orders().head(0))


def test_a_parquet_file_without_rows_is_refused(refusal):
    assert "has no rows" in refusal(as_parquet(orders().head(0)), file="orders.parquet")


def test_a_missing_file_is_named(make_study, tmp_path):
    with pytest.raises(DataError, match=r"there is no file 'orders\.csv'.*relative to study\.yaml"):
        segkit.load_tables(make_study(COLUMNS, folder=tmp_path))


def test_a_missing_package_is_named(make_study, tmp_path):
    table = {"transactions": {"file": "package:no_such_package/a.csv", "columns": COLUMNS}}
    with pytest.raises(DataError, match="'no_such_package' is not installed"):
        segkit.load_tables(make_study(COLUMNS, tables=table, folder=tmp_path))


def test_one_customer_loads_and_is_too_few_for_segments(load):
    tables = load(orders(n_customers=1), written=40)
    assert tables.quality.kept["customers"] == 1
    bases = segkit.build_features(tables, as_of="2024-06-01").bases
    with pytest.raises(DataError, match="there are 1 customers"):
        segkit.assess_structure(bases)


def test_equal_amounts_load_and_are_refused_as_a_base(load):
    frame = orders(90, n_customers=30).assign(paid="10.00")
    tables = load(frame, written=90, study={"bases": ["recency_days", "mean_order_value"]})
    bases = segkit.build_features(tables, as_of="2024-06-01").bases
    with pytest.raises(DataError, match="'mean_order_value' has the same value for all 30"):
        segkit.assess_structure(bases)


# --- dates


def test_a_few_unreadable_dates_are_set_aside_and_counted(load):
    tables = load(orders_with("when", ["99/99/9999", "soon"]), written=40)
    assert count(tables, "unreadable date") == 2
    aside = tables.set_aside["transactions"].execute()
    assert set(aside["when"]) == {"99/99/9999", "soon"}


def test_many_unreadable_dates_are_refused_by_their_shape(refusal):
    message = refusal(orders_with("when", ["31/12/2023"] * 5))
    assert "5 of 40 values of 'when' can't be read" in message
    assert "'99/99/9999' (5)" in message
    assert "31/12/2023" not in message


def test_two_date_formats_half_and_half_are_refused(refusal):
    frame = orders()
    frame.loc[::2, "when"] = pd.to_datetime(frame.loc[::2, "when"]).dt.strftime("%d/%m/%Y")
    assert "'99/99/9999' (20)" in refusal(frame)
    assert "'9999-99-99' (20)" in refusal(frame, date_format="%d/%m/%Y")


def test_a_few_dates_in_another_format_are_counted(load):
    assert count(load(orders_with("when", ["03/05/2024"]), written=40), "unreadable date") == 1


@pytest.mark.parametrize(
    "impossible", ["2024-02-30", "2024-13-01", "0000-00-00", "2024-05-01 25:00", ""]
)
def test_a_day_that_no_calendar_has_is_unreadable(load, impossible):
    assert count(load(orders_with("when", [impossible]), written=40), "unreadable date") == 1


def test_the_limit_of_unreadable_dates_is_the_studys(load, refusal):
    frame = orders_with("when", ["soon"] * 5)
    assert count(load(frame, study={"rules": {"max_unreadable_share": 0.2}}), "unreadable date") == 5
    assert refusal(frame, study={"rules": {"max_unreadable_share": 0.1}})


def test_an_offset_in_the_date_leads_to_the_studys_clock(load):
    frame = orders().assign(when="2024-05-02 01:00:00 +0200")
    in_new_york = {"timezone": "America/New_York"}
    tables = load(frame, date_format="%Y-%m-%d %H:%M:%S %z", written=40, study=in_new_york)
    assert tables.lines.order_date.max().execute() == pd.Timestamp("2024-05-01 19:00")


def test_a_date_format_that_nothing_understands_is_refused(refusal):
    assert "date_format" in refusal(orders(), date_format="%Q/%Q")


# --- as_of


def test_as_of_before_the_first_order_is_refused_with_that_orders_day(refusal):
    message = refusal(orders(), study={"as_of": "2023-01-01"})
    assert "as_of 2023-01-01" in message
    assert "the first order is of 2024-05-01" in message


def test_as_of_on_the_day_of_an_order_leaves_that_day_out(load):
    tables = load(orders(), written=40, study={"as_of": "2024-05-28"})
    assert count(tables, "on or after as_of") == 1
    assert tables.lines.order_date.max().execute() == pd.Timestamp("2024-05-27")


def test_a_moment_before_midnight_is_before_as_of(load):
    frame = orders_with("when", ["2024-05-31 23:59:59", "2024-06-01 00:00:00"])
    assert count(load(frame, written=40), "on or after as_of") == 1


# --- ids


def test_float_ids_in_text_are_refused_without_showing_one(refusal):
    message = refusal(orders_with("customer", ["12346.0", "12347.0"]))
    assert "2 values of 'customer' look like '99999.0'" in message
    assert "`ids: from_float`" in message
    assert "12346" not in message


def test_float_ids_in_text_are_accepted_on_demand(load):
    tables = load(orders_with("customer", ["12346.0", "12346"]), ids="from_float", written=40)
    ids = tables.lines.execute()["customer_id"]
    assert (ids == "12346").sum() == 2


def test_a_float_column_of_ids_is_refused():
    with pytest.raises(DataError, match="39 values of 'customer' look like"):
        load_frame(orders().assign(customer=[np.nan, *np.arange(39.0)]))


def test_a_float_column_of_ids_is_accepted_on_demand():
    frame = orders().assign(customer=[np.nan, *np.arange(39.0)])
    tables = load_frame(frame, ids="from_float")
    assert count(tables, "no customer id") == 1
    assert set(tables.lines.execute()["customer_id"]) == {str(number) for number in range(39)}


def test_an_integer_column_of_ids_is_fine():
    tables = load_frame(orders().assign(customer=range(40)))
    assert tables.quality.kept["customers"] == 40


@pytest.mark.parametrize("ids", [{}, {"ids": "from_float"}])
def test_ids_in_powers_of_ten_have_lost_digits_and_are_refused(refusal, ids):
    assert "values of 'customer'" in refusal(orders().assign(customer="1.23457E+11"), **ids)


def test_float_order_ids_are_refused_too(refusal):
    assert "values of 'order' look like" in refusal(orders_with("order", ["7.0"]))


@pytest.mark.parametrize("blank", ["", "  ", "NaN", "None", "NULL", "n/a"])
def test_a_blank_id_is_no_customer(load, blank):
    assert count(load(orders_with("customer", [blank]), written=40), "no customer id") == 1


def test_a_frame_that_mixes_types_is_refused_by_its_column():
    frame = orders().astype({"customer": object})
    frame.loc[0, "customer"] = 7
    with pytest.raises(DataError, match="column 'customer' mixes types"):
        load_frame(frame)


# --- encodings


def with_umlauts() -> str:
    return orders().replace({"customer": {"c0": "Zoë", "c1": "Jörg"}}).to_csv(index=False)


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_another_encoding_is_refused_with_a_hint_and_accepted_when_stated(load, refusal, encoding):
    content = with_umlauts().encode(encoding)
    message = refusal(content)
    assert "orders.csv is not UTF-8" in message
    assert f"`encoding: {encoding}`" in message
    tables = load(content, encoding=encoding, written=40)
    assert {"Zoë", "Jörg"} < set(tables.lines.execute()["customer_id"])


def test_utf16_without_a_mark_is_refused(refusal):
    assert "utf-16" in refusal(orders().to_csv(index=False).encode("utf-16-le"))


def test_a_wrongly_stated_encoding_is_refused(refusal):
    assert "is not utf-16, which study.yaml states" in refusal(with_umlauts(), encoding="utf-16")


def test_an_unknown_encoding_is_refused(refusal):
    assert "encoding 'utf-9' is unknown" in refusal(orders(), encoding="utf-9")


def test_a_broken_last_character_is_refused(refusal):
    assert "is not UTF-8" in refusal((HEADER + LINE + "bo,o2,2024-05-05,Zoë").encode("cp1252"))


# --- the form of the file


def test_quoted_newlines_and_doubled_quotes_belong_to_one_line_each(load):
    frame = orders().assign(note='said "tea,\nplease"')
    tables = load(frame, written=40, columns=COLUMNS | {"product_id": "note"})
    assert count(tables, "kept") == 40
    assert set(tables.lines.execute()["product_id"]) == {'said "tea,\nplease"'}


@pytest.mark.parametrize("newline", ["\r\n", "\r"])
def test_other_line_ends_make_no_difference(load, newline):
    assert count(load(orders().to_csv(index=False, lineterminator=newline), written=40), "kept") == 40


def test_line_ends_of_two_kinds_make_no_difference(load):
    first, rest = orders().head(20), orders().tail(20)
    windows = first.to_csv(index=False, lineterminator="\r\n")
    assert count(load(windows + rest.to_csv(index=False, header=False), written=40), "kept") == 40


@pytest.mark.parametrize("broken", ["ana,o1,2024-05-02\n", "ana,o1,2024-05-02,5.00,extra\n"])
def test_a_line_with_another_number_of_fields_is_malformed(load, broken):
    tables = load(HEADER + LINE + broken + LINE, written=3)
    assert count(tables, "malformed line") == 1
    malformed = tables.malformed["transactions"]
    assert malformed["line"].tolist() == [3]
    assert malformed["text"].str.strip().tolist() == [broken.strip()]


def test_the_number_of_a_malformed_line_counts_the_lines_of_the_file(load):
    text = HEADER + 'ana,"o\n1",2024-05-02,5.00\n' + "broken\n" + LINE
    assert load(text, written=3).malformed["transactions"]["line"].tolist() == [4]


def test_a_file_of_malformed_lines_only_is_refused(refusal):
    message = refusal(HEADER + "ana,o1,2024-05-02,5,00\n" * 30)
    assert "malformed line" in message


def test_the_reading_counts_malformed_lines_among_those_set_aside(load):
    tables = load(HEADER + LINE + "broken\n", written=2)
    assert tables.quality.read["lines"] == 2
    assert "Set aside: 1 lines (malformed line 1)" in tables.reading


def test_lines_within_a_quote_that_never_closes_are_kept_as_they_came(load):
    swallowed = 'ana,"o1,2024-05-02,5.00\n' + LINE * 3
    malformed = load(HEADER + LINE * 3 + swallowed).malformed["transactions"]
    assert malformed["text"].str.strip().tolist() == [swallowed.strip()]


def test_a_quote_that_never_closes_hides_no_thousands_of_lines(refusal):
    assert "quote" in refusal(HEADER + LINE * 3 + 'ana,"o1,2024-05-02,5.00\n' + LINE * 5_000)


def test_a_wrong_delimiter_is_refused_with_the_one_to_state(load, refusal):
    text = orders().to_csv(index=False, sep=";")
    assert 'Add `delimiter: ";"`' in refusal(text)
    assert count(load(text, delimiter=";", written=40), "kept") == 40
    assert 'Add `delimiter: "\\t"`' in refusal(text.replace(";", "\t"))


@pytest.mark.parametrize("delimiter", ["||", "\\t", "tab"])
def test_a_delimiter_of_several_characters_is_refused(refusal, delimiter):
    assert "delimiter" in refusal(orders(), delimiter=delimiter)


def test_a_whitespace_delimited_file_is_read(load):
    text = "".join(
        f"  {'    '.join(fields)} \n" for fields in [list(COLUMNS.values()), *orders().to_numpy()]
    )
    assert count(load(text, delimiter="whitespace", written=40), "kept") == 40


@pytest.mark.parametrize("file", ["orders.csv", "orders", "orders.parquet", "orders[1].csv", "o'*.csv"])
def test_a_file_is_known_by_its_content_whatever_its_name(load, file):
    text = orders().to_csv(index=False).encode()
    assert count(load(text, file=file, written=40), "kept") == 40
    assert count(load(gzip.compress(text), file=file, written=40), "kept") == 40
    assert count(load(as_parquet(orders()), file=file, written=40), "kept") == 40


def test_a_file_named_like_a_pattern_is_that_file_only(load, tmp_path):
    write(tmp_path / "orders1.csv", orders(7))
    assert count(load(orders(), file="orders[1].csv", written=40), "kept") == 40


@pytest.mark.parametrize(
    "packed",
    [gzip.compress(HEADER.encode() * 99)[:-20], b"\x1f\x8bnonsense"],
    ids=["cut short", "no gzip"],
)
def test_a_damaged_gz_file_is_refused(refusal, packed):
    assert "orders.csv" in refusal(packed)


def test_a_damaged_parquet_file_is_refused(refusal):
    assert "orders.csv" in refusal(as_parquet(orders())[:-50])


def as_parquet(frame) -> bytes:
    stream = io.BytesIO()
    frame.to_parquet(stream, index=False)
    return stream.getvalue()


def test_parquet_types_are_used_as_they_are(load):
    frame = orders().astype({"paid": float}).assign(when=pd.Timestamp("2024-05-05 10:00"))
    tables = load(as_parquet(frame), file="orders.parquet", written=40)
    assert tables.quality.kept["amount"] == frame["paid"].sum()
    assert tables.lines.order_date.max().execute() == pd.Timestamp("2024-05-05 10:00")


# --- numbers


def test_a_few_decimal_commas_under_decimal_points_are_unreadable(load):
    tables = load(orders_with("paid", ["12,50", "8,00"]), written=40)
    assert count(tables, "unreadable number") == 2


def test_many_decimal_commas_under_stated_decimal_points_are_refused(refusal):
    message = refusal(orders().assign(paid="12,50"), decimal=".")
    assert "40 of 40 values of 'paid' can't be read" in message
    assert "decimal '.'" in message
    assert "'99,99' (40)" in message


def test_decimal_commas_and_thousands_points_are_read_when_stated(load):
    tables = load(orders().assign(paid="1.234,50"), decimal=",", thousands=".", written=40)
    assert tables.quality.kept["amount"] == 40 * 1234.50


def test_a_decimal_point_under_decimal_commas_is_unreadable(load):
    frame = orders().assign(paid="12,50")
    frame.loc[0, "paid"] = "12.50"
    assert count(load(frame, decimal=",", written=40), "unreadable number") == 1


@pytest.mark.parametrize(
    ("decimal", "thousands", "usual", "odd"),
    [(",", ".", "12,50", "12.50"), (".", ",", "12.50", "12,50"), (",", ".", "12,50", "1.2,50")],
)
def test_a_thousands_mark_out_of_its_place_is_unreadable(load, decimal, thousands, usual, odd):
    frame = orders().assign(paid=usual)
    frame.loc[0, "paid"] = odd
    tables = load(frame, decimal=decimal, thousands=thousands, written=40)
    assert count(tables, "unreadable number") == 1
    assert tables.quality.kept["amount"] == 39 * 12.5


def test_a_mark_that_is_both_decimal_and_thousands_is_refused(refusal):
    assert "thousands" in refusal(orders(), decimal=".", thousands=".")


@pytest.mark.parametrize(
    "odd", ["inf", "-inf", "NaN", "Infinity", "1e400", "1e300", "free", "", "0x1F", "1 2"]
)
def test_a_text_that_is_no_finite_number_is_unreadable(load, odd):
    assert count(load(orders_with("paid", [odd]), written=40), "unreadable number") == 1


@pytest.mark.parametrize("odd", [np.inf, -np.inf, np.nan])
def test_a_float_that_is_not_finite_is_unreadable(odd):
    tables = load_frame(orders().astype({"paid": float}).assign(paid=[odd, *[1.0] * 39]))
    assert count(tables, "unreadable number") == 1
    assert tables.quality.kept["amount"] == 39


def test_a_frame_full_of_infinities_is_refused():
    with pytest.raises(DataError, match="40 of 40 values of 'paid' can't be read"):
        load_frame(orders().assign(paid=np.inf))


def test_an_unreadable_price_is_set_aside_when_it_makes_the_amount(load):
    columns = {**COLUMNS, "quantity": "n", "unit_price": "paid"}
    del columns["amount"]
    tables = load(orders_with("paid", ["free"]).assign(n="2"), columns=columns, written=40)
    assert count(tables, "unreadable number") == 1


# --- customers


CUSTOMERS = pd.DataFrame({"id": [f"c{row}" for row in range(10)], "city": "Ulm"})


def with_customers(frame):
    return {"customers": (frame, {"customer_id": "id"})}


def test_exact_copies_of_a_customer_are_set_aside_and_counted(load):
    tables = load(orders(), others=with_customers(pd.concat([CUSTOMERS, CUSTOMERS.head(3)])))
    assert count(tables, "duplicate", "customers") == 3
    assert tables.customers.index.is_unique
    assert len(tables.customers) == count(tables, "kept", "customers") == 10


def test_contradicting_lines_of_a_customer_are_refused_without_showing_the_id(refusal):
    moved = CUSTOMERS.head(1).assign(city="Bonn")
    message = refusal(orders(), others=with_customers(pd.concat([CUSTOMERS, moved])))
    assert "1 values of 'id' come on more than one line" in message
    assert "c0" not in message


def test_a_customer_table_with_float_ids_is_refused(refusal):
    floats = CUSTOMERS.assign(id=[f"{row}.0" for row in range(10)])
    assert "customers.csv: 10 values of 'id' look like" in refusal(
        orders(), others=with_customers(floats)
    )


def test_customers_without_id_are_counted(load):
    blank = pd.DataFrame({"id": [""], "city": ["Ulm"]})
    tables = load(orders(), others=with_customers(pd.concat([CUSTOMERS, blank])))
    assert count(tables, "no customer id", "customers") == 1


def test_a_column_named_as_segkit_names_ids_does_not_replace_the_ids(load):
    tables = load(orders(), others=with_customers(CUSTOMERS.assign(customer_id="x")))
    assert tables.customers.index.tolist() == CUSTOMERS["id"].tolist()


def test_a_malformed_customer_is_counted(load):
    tables = load(orders(), others=with_customers(CUSTOMERS.to_csv(index=False) + "c11\n"))
    assert count(tables, "malformed line", "customers") == 1


def test_a_customer_table_of_malformed_lines_only_describes_nobody_and_says_so(load):
    tables = load(orders(), others=with_customers("id,city\nc1\nc2\n"))
    assert count(tables, "malformed line", "customers") == 2
    assert "0 of 10 customers with orders are in the customer table" in tables.quality.notices


# --- products


def load_products(load, products):
    frame = orders().assign(sku=[f"p{row % 4}" for row in range(40)])
    others = {"products": (products, {"product_id": "sku", "category": "kind"})}
    return load(frame, columns=COLUMNS | {"product_id": "sku"}, others=others)


PRODUCTS = pd.DataFrame({"sku": ["p0", "p1", "p2", "p3"], "kind": ["tea", "cup", "tea", "cup"]})


def test_exact_copies_of_a_product_multiply_no_line(load):
    tables = load_products(load, pd.concat([PRODUCTS, PRODUCTS, PRODUCTS]))
    assert count(tables, "kept") == 40
    assert count(tables, "duplicate", "products") == 8
    assert tables.quality.kept["amount"] == orders()["paid"].astype(float).sum()


def test_contradicting_lines_of_a_product_are_refused(load):
    twice = pd.concat([PRODUCTS, PRODUCTS.assign(kind="tea")])
    with pytest.raises(DataError, match=r"products\.csv: 2 values of 'sku' come on more than one line"):
        load_products(load, twice)


def test_a_product_that_the_table_lacks_is_kept_and_said(load):
    tables = load_products(load, PRODUCTS.head(3))
    assert count(tables, "kept") == 40
    assert "10 kept lines name a product" in tables.quality.notices[-1]


def test_products_for_lines_without_product_id_are_refused(refusal):
    others = {"products": (PRODUCTS, {"product_id": "sku", "category": "kind"})}
    assert "product_id" in refusal(orders(), others=others)


# --- campaigns


def load_campaigns(tmp_path, joined, **received):
    frame = pd.DataFrame({"who": ["c0", "c1"], "campaign": ["1", "2"], **received})
    spec = {
        "file": write(tmp_path / "campaigns.csv", frame),
        "columns": {"customer_id": "who", "event_date": "start"},
        "join": {"file": write(tmp_path / "descriptions.csv", joined), "by": "campaign"},
    }
    tables = {"transactions": {"file": write(tmp_path / "o.csv", orders()), "columns": COLUMNS}}
    loaded = segkit.load_tables(study_of(COLUMNS, tables=tables | {"campaigns": spec}))
    assert_accounted(loaded, 40)
    return loaded


DESCRIPTIONS = pd.DataFrame({"campaign": ["1", "2"], "start": ["2024-05-05", "2024-05-06"]})


def test_a_join_adds_columns_by_a_shared_key(tmp_path):
    tables = load_campaigns(tmp_path, DESCRIPTIONS)
    assert tables.events["campaigns"].count().execute() == 2


def test_a_join_whose_key_is_not_unique_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"descriptions\.csv has more than one line for a 'campaign'"):
        load_campaigns(tmp_path, pd.concat([DESCRIPTIONS, DESCRIPTIONS]))


def test_a_join_whose_key_is_missing_is_refused(tmp_path):
    with pytest.raises(DataError, match=r"descriptions\.csv has no column 'campaign'"):
        load_campaigns(tmp_path, DESCRIPTIONS.rename(columns={"campaign": "id"}))


def test_a_joined_line_without_key_is_not_called_a_repeated_one(tmp_path):
    blank = pd.DataFrame({"campaign": [""], "start": ["2024-05-07"]})
    tables = load_campaigns(tmp_path, pd.concat([DESCRIPTIONS, blank]))
    assert count(tables, "kept", "campaigns") == 2


def test_a_join_matches_text_with_numbers(tmp_path):
    joined = as_parquet(DESCRIPTIONS.astype({"campaign": int}))
    assert count(load_campaigns(tmp_path, joined), "kept", "campaigns") == 2


def test_malformed_lines_of_a_joined_file_are_kept(tmp_path):
    tables = load_campaigns(tmp_path, DESCRIPTIONS.to_csv(index=False) + "3\n")
    assert sum(len(lines) for lines in tables.malformed.values()) == 1


def test_a_campaign_that_the_joined_file_lacks_has_no_date(tmp_path):
    tables = load_campaigns(tmp_path, DESCRIPTIONS.head(1))
    assert count(tables, "unreadable date", "campaigns") == 1


# --- duplicates


def test_copies_of_a_line_are_kept_and_said(load):
    tables = load(pd.concat([orders(), orders().head(2)]), written=42)
    assert count(tables, "kept") == 42
    assert "2 lines are exact copies" in tables.quality.notices[0]


def test_copies_of_a_line_are_set_aside_on_demand(load):
    twice = pd.concat([orders(), orders().head(2)])
    tables = load(twice, written=42, study={"rules": {"duplicates": "set_aside"}})
    assert count(tables, "duplicate") == 2


# --- the study


def content(**keys):
    table = {"file": "orders.csv", "columns": dict(COLUMNS)}
    return {
        "title": "T", "decision": "D", "as_of": "2024-06-01", "tables": {"transactions": table},
        "bases": ["recency_days"],
    } | keys  # fmt: skip


def transactions(**keys):
    return content(tables={"transactions": {"file": "orders.csv", "columns": COLUMNS, **keys}})


@pytest.mark.parametrize(
    ("study", "where", "unknown", "meant"),
    [
        (content(titel="T"), "study.yaml", "titel", "title"),
        (content(tables={**content()["tables"], "costumers": {}}), "tables", "costumers", "customers"),
        (content(tables={"transaction": {}}), "tables", "transaction", "transactions"),
        (transactions(delimeter=";"), "tables.transactions", "delimeter", "delimiter"),
        (
            transactions(columns=COLUMNS | {"quantitiy": "n"}),
            "tables.transactions.columns", "quantitiy", "quantity",
        ),
        (
            transactions(join={"file": "a", "by": "b", "files": "c"}),
            "tables.transactions.join", "files", "file",
        ),
        (content(rules={"duplicate": "keep"}), "rules", "duplicate", "duplicates"),
        (content(categories={"leaveout": []}), "categories", "leaveout", "leave_out"),
        (content(parameters={"kmax": 4}), "parameters", "kmax", "k_max"),
        (content(words={"costumer": "client"}), "words", "costumer", "customer"),
    ],
)  # fmt: skip
def test_an_unknown_study_key_is_named_with_its_place_and_nearest_neighbour(
    study, where, unknown, meant
):
    with pytest.raises(StudyError) as refused:
        segkit.load_study(study)
    message = f"{where} holds an unknown word '{unknown}'. Did you mean '{meant}'?"
    assert str(refused.value) == message


@pytest.mark.parametrize(
    ("study", "said"),
    [
        ({key: value for key, value in content().items() if key != "bases"}, "study.yaml lacks bases"),
        (transactions(columns={"customer_id": "c", "amount": "a"}), "columns lacks order_date"),
        (
            transactions(columns={"customer_id": "c", "order_date": "d", "unit_price": "p"}),
            "maps unit_price, and not what a line cost",
        ),
        (
            transactions(columns={"customer_id": "c", "order_date": "d", "order_discount": "p"}),
            "maps order_discount, and not what a line cost",
        ),
        (transactions(ids="float"), "tables.transactions.ids is 'float'. Accepted: text or from_float"),
        (content(as_of="2024-02-30"), "as_of is '2024-02-30'"),
        (content(as_of="yesterday"), "as_of is 'yesterday'"),
        (content(bases=[]), "bases is []"),
        (content(tables=[]), "tables is []"),
        (content(parameters={"k": 1}), "parameters.k is 1"),
    ],
)
def test_a_study_that_says_too_little_or_nonsense_is_refused(study, said):
    with pytest.raises(StudyError, match=re.escape(said)):
        segkit.load_study(study)


@pytest.mark.parametrize("text", ["as_of: 2024-02-30", "title: [", "", "- 1", "a: b: c"])
def test_a_damaged_study_file_is_refused(tmp_path, text):
    (tmp_path / "study.yaml").write_text(text)
    with pytest.raises(StudyError):
        segkit.load_study(tmp_path)


def test_a_study_that_does_not_exist_is_refused_with_the_nearest_name(project):
    (project / "data" / "complete_journey").mkdir()
    (project / "data" / "complete_journey" / "study.yaml").touch()
    with pytest.raises(
        StudyError, match=r"no study 'complete_jorney'.*Did you mean 'complete_journey'\?"
    ):
        segkit.load_study("complete_jorney")


def test_without_any_study_the_hint_names_none(project):
    with pytest.raises(StudyError) as refused:
        segkit.load_study("shop")
    assert "`segkit new NAME" in str(refused.value)
    assert "Known: ;" not in str(refused.value)


def test_a_folder_without_study_file_is_refused(tmp_path):
    with pytest.raises(StudyError, match=r"holds no study\.yaml"):
        segkit.load_study(tmp_path)


def test_a_protected_attribute_is_never_a_base():
    with pytest.raises(StudyError, match="n_orders is both a base and protected"):
        segkit.load_study(content(bases=["n_orders"], protected=["n_orders", "age"]))


def test_a_frame_for_an_unknown_table_is_refused():
    with pytest.raises(DataError, match=r"no table 'transaction'.*Did you mean 'transactions'\?"):
        segkit.load_tables(segkit.load_study(content()), transaction=orders())


def test_an_unknown_time_zone_is_refused(refusal):
    assert "timezone is 'Europe/Berln'" in refusal(orders(), study={"timezone": "Europe/Berln"})


# --- bases


def bases_of(load, frame, names):
    return segkit.build_features(load(frame, study={"bases": names}), as_of="2024-06-01").bases


def test_an_unknown_base_is_named_with_its_nearest_neighbour(load):
    with pytest.raises(StudyError, match=r"bases names 'n_order'.*Did you mean 'n_orders'\?"):
        bases_of(load, orders(), ["n_order"])


def test_a_base_with_missing_values_says_for_how_many(load):
    frame = orders_with("customer", ["once", "only"])
    with pytest.raises(StudyError, match="'mean_gap_days' is missing for 2 of 12 customers"):
        bases_of(load, frame, ["recency_days", "mean_gap_days"])


# --- privacy


def private(frame, column) -> pd.DataFrame:
    """The column holds an e-mail address and a phone number, in turns."""
    return frame.assign(**{column: [PRIVATE[row % 2] for row in range(len(frame))]})


def float_like(frame) -> pd.DataFrame:
    frame = private(frame, "customer")
    frame.loc[0, "customer"] = "5550123.0"
    return frame


@pytest.mark.parametrize(
    ("content", "options"),
    [
        (private(orders(), "when"), {}),
        (private(orders(), "when"), {"date_format": "%d/%m/%Y"}),
        (private(orders(), "paid"), {}),
        (private(orders(), "customer"), {"columns": COLUMNS | {"order_date": "customer"}}),
        (private(orders(), "customer"), {"columns": COLUMNS | {"amount": "customer"}}),
        (private(orders(), "customer"), {"study": {"as_of": "2020-01-01"}}),
        (private(orders(), "customer"), {"columns": COLUMNS | {"amount": "total"}}),
        (float_like(orders()), {}),
        (private(orders(), "customer").to_csv(index=False, sep=";"), {}),
        (private(orders(), "customer").to_csv(index=False, header=False), {}),
        (private(orders(), "customer").to_csv(index=False, header=False, sep=";"), {}),
        (HEADER + f"{PRIVATE[0]},{PRIVATE[1]}\n" * 9, {}),
        ((HEADER + f"{PRIVATE[0]},Zoë,{PRIVATE[1]}\n").encode("cp1252"), {}),
        (private(orders(), "customer").to_csv(index=False).encode("utf-16"), {}),
        (
            orders(),
            {"others": with_customers(private(CUSTOMERS, "id").assign(city=[*"abcdefghij"]))},
        ),
    ],
)  # fmt: skip
def test_no_refusal_shows_an_address_or_a_phone_number(refusal, content, options):
    message = refusal(content, **options)
    assert not [value for value in (*PRIVATE, "ana.meier", "5550123") if value in message]


@pytest.mark.parametrize("column", ["customer", "when", "paid"])
def test_no_refusal_of_a_frame_shows_an_address(column):
    frame = orders().astype(object)
    frame[column] = [PRIVATE[0], *range(39)]
    with pytest.raises(SegkitError) as refused:
        load_frame(frame)
    assert "ana.meier" not in str(refused.value)


# --- everything at once


def messy_lines(rng) -> list[list[str]]:
    """Order lines with every fault there is, at most 3% of each unreadable kind."""
    n = int(rng.integers(150, 400))
    day = pd.Timestamp("2024-01-01") + pd.to_timedelta(rng.integers(0, 200, n), unit="D")
    customer = rng.choice(["ana", "bo", "Zoë", " cy ", "", "NaN"], n)
    paid = [f"{cents / 100:.{rng.integers(2, 5)}f}" for cents in rng.integers(-500, 9000, n)]
    note = rng.choice(["", "tea", 'a "cup"', "two\nlines", "tea, please", "o'neil", 'both\r\n"'], n)
    lines = [
        list(map(str, fields))
        for fields in zip(
            customer, rng.integers(0, 99, n), day.strftime("%Y-%m-%d"), paid, note, strict=True
        )
    ]
    for column, odd in [(2, ODD_DATES), (3, ODD_NUMBERS)]:
        for row in rng.choice(n, int(rng.integers(0, 1 + 3 * n // 100)), replace=False):
            lines[row][column] = str(rng.choice(odd))
    lines += [list(lines[row]) for row in rng.integers(0, n, 5)]
    for row in rng.choice(len(lines), int(rng.integers(0, 9)), replace=False):
        lines[row] = lines[row][:-1] if rng.random() < 0.5 else [*lines[row], "extra"]
    return lines


ODD_DATES = ["03/05/2024", "2024-02-30", "soon", "", "1714608000"]
ODD_NUMBERS = ["12,50", "inf", "-Infinity", "nan", "free", "", "1.2.3", "0", "0.00"]


def naive_amount(text, as_of) -> Decimal:
    """Sum of what a plain reading with the csv module would keep."""
    total = Decimal(0)
    for fields in list(csv.reader(io.StringIO(text, newline="")))[1:]:
        if len(fields) == 5 and fields[0].strip() not in {"", "NaN"} and is_kept(*fields[2:4], as_of):
            total += Decimal(fields[3])
    return total


def is_kept(when, paid, as_of) -> bool:
    try:
        amount = Decimal(paid)
        return datetime.strptime(when, "%Y-%m-%d") < as_of and amount.is_finite() and amount > 0
    except (ValueError, ArithmeticError):
        return False


@pytest.mark.parametrize("seed", range(30))
def test_every_line_of_a_messy_file_is_accounted_for(load, seed):
    lines, stream = messy_lines(np.random.default_rng(seed)), io.StringIO(newline="")
    csv.writer(stream, lineterminator="\n").writerows(
        [["customer", "order", "when", "paid", "note"], *lines]
    )
    tables = load(stream.getvalue(), written=len(lines), columns=COLUMNS | {"product_id": "note"})
    amount = tables.lines.amount.sum().execute()
    assert amount == naive_amount(stream.getvalue(), datetime(2024, 6, 1))
    assert count(tables, "malformed line") == sum(len(fields) != 5 for fields in lines)
