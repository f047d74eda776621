"""The scan finds planted personal data of each kind, spares what only looks so, and shows no value."""

import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.sources.personal import find_personal, refuse_personal

ONE_EACH = {
    "e-mail addresses": "ana.meier+shop@example.co.uk",
    "phone numbers": "+49 170 5550123",
    "payment cards": "4111 1111 1111 1111",
    "bank accounts": "DE89 3704 0044 0532 0130 00",
    "national ids": "123-45-6789",
    "IP addresses": "203.0.113.7",
    "street addresses": "12 Upper High Street",
}


def kinds(**columns):
    return {one.column: one.kind for one in find_personal(pd.DataFrame(columns))}


@pytest.mark.parametrize(("kind", "value"), ONE_EACH.items())
def test_each_kind_is_found_under_a_neutral_name(kind, value):
    assert kinds(x=[value] * 5) == {"x": kind}


@pytest.mark.parametrize(("kind", "value"), ONE_EACH.items())
def test_no_value_is_in_the_result_nor_in_the_refusal(kind, value):
    frame = pd.DataFrame({"x": [value] * 5})
    assert value not in repr(find_personal(frame))
    with pytest.raises(
        DataError, match=rf"'x' likely holds {kind}: 100% .* out of bases and"
    ) as refused:
        refuse_personal(frame, ["x"])
    assert value not in str(refused.value)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("phone numbers", ["(555) 010-1234", "0033 1 70 18 99 00", "030/901 820 10", "'+33610826417"]),
        ("payment cards", ["5500005555555559", "378282246310005", "6011-1111-1111-1117"]),
        ("bank accounts", ["GB82WEST12345698765432", "FR14 2004 1010 0505 0001 3M02 606"]),
        ("national ids", ["12345678Z", "AB 12 34 56 C", "RSSMRA85T10A562S", "255081416802538"]),
        ("IP addresses", ["2001:db8::1", "198.51.100.23"]),
        ("street addresses", ["Hauptstraße 5", "Am Lindenweg 12", "13 rue de Berri", "Calle Mayor 4"]),
    ],
)  # fmt: skip
def test_other_forms_of_a_kind_are_found(kind, values):
    for value in values:
        assert kinds(x=[value] * 3) == {"x": kind}, value


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Email", "e-mail addresses"), ("billing_email", "e-mail addresses"),
        ("E-Mail-Adresse", "e-mail addresses"), ("Phone Number", "phone numbers"),
        ("OPTIN_IP", "IP addresses"), ("Card number", "payment cards"), ("FirstName", "person names"),
        ("Nachname", "person names"), ("Billing Name", "person names"), ("IBAN", "bank accounts"),
        ("Contact owner", "person names"), ("Billing Address1", "street addresses"),
    ],
)  # fmt: skip
def test_a_column_is_found_by_its_name_too(name, kind):
    assert kinds(**{name: ["a1", "b2", "c3"]}) == {name: kind}


def test_names_are_found_by_their_form_where_most_differ():
    names = [f"{first} {last}" for first in ("Ana", "Bo", "Cy", "Di", "Eva") for last in
             ("Meier", "O'Neil", "van der Berg", "Smith-Jones", "Ünal")]  # fmt: skip
    assert kinds(who=names, name=names) == {"who": "person names", "name": "person names"}


def test_the_share_is_that_of_filled_values():
    found = find_personal(
        pd.DataFrame({"note": ["write to bo@example.com", "", None, "call", "later"]})
    )
    assert found[0].share == pytest.approx(1 / 3)
    assert found[0].why == "33% of its values look like it"


@pytest.mark.parametrize(
    "values",
    [
        [f"{number}" for number in range(1_000_000, 1_000_050)],
        ["2024-05-02", "2024-05-03 10:00:00", "02.05.2024", "05/02/2024"],
        ["51-200", "1000-5000", "1,001-5,000", "10,001+"],
        ["1.234.567", "12 345 678", "36.9", "1234567.89"],
        ["North", "South", "New York", "Los Angeles"],
        ["Marketing Manager", "Sales Lead"] * 30,
        ["yes", "no"],
        [True, False],
        [1.5, 2.5, 3.25],
        [None, None],
    ],
)
def test_what_only_looks_like_personal_data_is_spared(values):
    assert kinds(x=values) == {}


@pytest.mark.parametrize(
    "name", ["accepts_email", "email_opens", "Company name", "product_name", "ship_mode", "description"]
)
def test_a_name_that_only_holds_the_word_is_spared(name):
    assert kinds(**{name: ["yes", "no", "yes"]}) == {}


def test_counts_are_spared_whatever_they_are_called():
    assert kinds(email=[3, 0, 12], n_emails=[1, 2, 3], mobile=[10.0, 12.0, 7.0]) == {}


def test_random_ids_are_no_cards_accounts_or_phones():
    rng = np.random.default_rng(0)
    for digits in (8, 10, 11, 13, 15, 16):
        ids = [str(number) for number in rng.integers(10 ** (digits - 1), 10**digits, 2_000)]
        assert kinds(x=ids) == {}, digits


def test_integers_are_looked_at_as_they_are_written():
    assert kinds(x=[4111111111111111] * 3) == {"x": "payment cards"}
    assert kinds(x=[4111111111111111.0, None]) == {"x": "payment cards"}


def test_planted_values_are_found_in_a_long_column():
    values = ["none"] * 100_000
    values[::50] = ["ana@example.com"] * 2_000
    assert kinds(x=values) == {"x": "e-mail addresses"}


def test_columns_that_are_not_chosen_may_stay():
    frame = pd.DataFrame({"Email": ["ana@example.com"], "region": ["north"]})
    refuse_personal(frame, ["region", "absent"])


def test_the_scan_does_not_depend_on_the_order_of_the_rows():
    frame = pd.DataFrame({"x": ["ana@example.com"] * 3 + ["none"] * 7, "y": list("abcdefghij")})
    assert find_personal(frame) == find_personal(frame.iloc[::-1])


BIRTHS = [f"{1950 + row % 50}-{1 + row % 12:02d}-{1 + row % 28:02d}" for row in range(60)]


@pytest.mark.parametrize("name", ["birth_date", "DateOfBirth", "dob", "Geburtsdatum", "birthday"])
@pytest.mark.parametrize("value", ["1985-04-12", "12.4.1985", "4/12/85", "19850412", "1985-04-12 5:00"])
def test_a_date_of_birth_is_found_by_its_name(name, value):
    assert kinds(**{name: [value] * 3}) == {name: "birth dates"}


def test_a_date_of_birth_is_found_in_dates_and_by_its_spread():
    assert kinds(dob=pd.to_datetime(["1985-04-12", None])) == {"dob": "birth dates"}
    assert kinds(field_7=BIRTHS) == {"field_7": "birth dates"}
    assert kinds(field_7=pd.to_datetime(BIRTHS)) == {"field_7": "birth dates"}


def test_other_dates_and_years_are_no_dates_of_birth():
    lately = [f"20{15 + row % 10}-03-01" for row in range(60)]
    assert not kinds(birth_year=["1985"] * 30, dob=["1985"] * 30, birth_rate=["1.5"] * 30)
    assert not kinds(signed=lately, founded_on=BIRTHS, last_order=BIRTHS)
    assert not kinds(birth_date=[12_345.0, 9_876.0])


def test_a_date_of_birth_is_no_base():
    with pytest.raises(DataError, match="'dob' likely holds birth dates: it is named so"):
        refuse_personal(pd.DataFrame({"dob": ["1985-04-12"]}), ["dob"])
