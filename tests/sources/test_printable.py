"""Names of columns that may be a customer's values are shown by their form only."""

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.sources.csvfile import looks_like_values
from segkit.sources.printable import printable
from tests.conftest import study_of

ORDERS = {"customer_id": "who", "order_date": "when", "amount": "paid"}


@pytest.mark.parametrize(
    "name",
    [
        "Order Date", "Customer ID", "First Name", "Billing Street", "Year_Birth", "2023", "Q1",
        "Postal Code", "Lineitem quantity", "Total Net Sales", "e_mail", "Phone 1", "Age (years)",
    ],
)  # fmt: skip
def test_a_name_of_a_column_is_shown(name):
    assert printable(name) == name
    assert not looks_like_values([name, "customer"])


@pytest.mark.parametrize(
    ("value", "form"),
    [
        ("ana.meier@example.com", "aaa.aaaaa@aaaaaaa.aaa"), ("+49 170 5550123", "+99 999 9999999"),
        ("4111 1111 1111 1111", "9999 9999 9999 9999"), ("12 High Street", "99 aaaa aaaaaa"),
        ("Ana Meier", "aaa aaaaa"), ("Hauptstraße 5", "aaaaaaaaa?a 9"),
        ("DE89370400440532013000", "aa99999999999999999999"),
    ],
)  # fmt: skip
def test_what_may_be_a_customer_s_value_is_not(value, form):
    assert printable(value) == form
    assert looks_like_values([value, "customer"]) == (value != "Ana Meier")


def test_a_list_of_known_columns_shows_no_person():
    frame = pd.DataFrame({"Ana Meier": ["x"], "on": ["2024-05-02"], "paid": ["1"]})
    with pytest.raises(DataError, match="Known: aaa aaaaa, on, paid") as refused:
        segkit.load_tables(study_of(ORDERS), transactions=frame)
    assert "Ana" not in str(refused.value)


def test_a_category_that_hardly_anyone_buys_gets_no_feature():
    """Of 40 customers each buys tea; one buys what is named like a person, for most money of all."""
    lines = pd.DataFrame(
        {"who": [f"c{n}" for n in range(40)], "when": "2024-05-02", "paid": "5.00", "kind": "tea"}
    )
    lines.loc[40] = ["c1", "2024-05-02", "9000.00", "Ana Meier"]
    study = study_of(ORDERS | {"category": "kind"})
    tables = segkit.load_tables(study, transactions=lines)
    features = segkit.build_features(tables, as_of="2024-06-01")
    assert [name for name in features.frame if name.endswith("_share")] == [
        "weekend_share",
        "tea_share",
    ]
