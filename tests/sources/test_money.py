"""Money as exports write it: read with its sign, never added up over currencies, never guessed."""

import pytest

import segkit
from segkit.errors import DataError
from segkit.sources.currencies import code_of, named_in
from segkit.sources.notation import form_of, tell
from tests.sources.test_bad_input import count, load_frame, orders, orders_with

PLAIN = [f"{10 + row}.50" for row in range(40)]


def paid(*first, rest="10.50", **spec):
    """Order lines of which the first cost so much, loaded from text."""
    return load_frame(orders().assign(paid=[*first, *[rest] * (40 - len(first))]), **spec)


def amounts(tables) -> list[float]:
    """What the kept lines and those that came back cost, in the file's order."""
    lines = tables.lines.union(tables.returns).select("order_id", "amount").execute()
    number = lines["order_id"].str[1:].astype(int)
    return lines["amount"].astype(float).groupby(number).first().sort_index().tolist()


def notice(tables, part):
    return next((one for one in tables.quality.notices if part in one), "")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("$1,234.50", 1234.5), ("$ 5", 5), ("$5.00", 5), ("-$5", -5), ("$-5.25", -5.25),
        ("($12.30)", -12.3), ("(12.30)", -12.3), ("-12.30", -12.3), ("12.30-", -12.3),
        ("US$ 7.10", 7.1), ("usd 12.00", 12), ("12.00USD", 12), ("\u2212$3.50", -3.5),
        ("$\u00a01,000,000.25", 1_000_000.25),
    ],
)  # fmt: skip
def test_an_amount_is_read_with_its_sign(text, value):
    tables = paid(text, rest="$10.50")
    assert amounts(tables)[0] == value
    assert count(tables, "unreadable number") == 0


@pytest.mark.parametrize(
    ("text", "value"),
    [("1.234,50 €", 1234.5), ("EUR 12,00", 12), ("€5", 5), ("-1.234.567,89 EUR", -1_234_567.89),
     ("1 234,50 €", 1234.5)],
)  # fmt: skip
def test_a_german_amount_is_read_where_the_column_is_german(text, value):
    group = " " if " 2" in text else "."
    tables = paid(text, rest=f"1{group}010,50 €")
    assert amounts(tables)[:2] == [value, 1010.5]
    assert f"decimal ',' and thousands '{group}'" in notice(tables, "can be read in no other way")


def test_swiss_and_scandinavian_amounts_are_read():
    assert amounts(paid("CHF 1’234.50", rest="Fr. 10.50"))[0] == 1234.5
    assert amounts(paid("1 234,50 kr", rest="10,50 kr."))[0] == 1234.5


@pytest.mark.parametrize(
    "odd", ["(-5)", "--5", "(5", "5)", "$", "$$5", "5 $ 5", "$5x", "-(5)", "XXX 5"]
)
def test_what_is_no_amount_is_unreadable(odd):
    assert count(paid(odd), "unreadable number") == 1


def test_prices_and_discounts_are_money_too_and_quantities_are_not():
    frame = orders().assign(paid="$10.00", count="2", saved="(1.00)")
    columns = {
        "customer_id": "customer", "order_id": "order", "order_date": "when", "unit_price": "paid",
        "quantity": "count", "order_discount": "saved",
    }  # fmt: skip
    assert load_frame(frame, columns).quality.kept["amount"] == 40 * (2 * 10 - 1)
    with pytest.raises(DataError, match="40 of 40 values of 'count' can't be read"):
        load_frame(frame.assign(count="$2"), columns)


def test_a_column_of_several_currencies_is_refused_with_their_counts():
    with pytest.raises(DataError, match=r"'paid': \$ 38, EUR 1, € 1\. Accepted: .*in one currency"):
        paid("€5.00", "EUR 6.00", rest="$10.50")


def test_several_columns_in_different_currencies_are_refused():
    columns = {"customer_id": "customer", "order_id": "order", "order_date": "when"}
    frame = orders().assign(paid="$10.50", saved="£1.00")
    with pytest.raises(DataError, match=r"'paid': \$ 40; 'saved': £ 40"):
        load_frame(frame, {**columns, "amount": "paid", "discount": "saved"})


def test_several_currencies_stand_where_the_study_wants_it(make_study):
    columns = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"}
    study = make_study(columns, rules={"mixed_currencies": "keep"})
    tables = segkit.load_tables(study, transactions=orders_with("paid", ["€5.00", "$6.00"]))
    assert "mixes currencies in 'paid': $ 1, € 1; they are not converted" in notice(tables, "mixes")


def test_a_sign_and_its_code_are_one_currency():
    assert code_of("€") == code_of("eur") == "EUR"
    assert count(paid("USD 5", rest="$10.50"), "kept") == 40


def test_amounts_without_a_sign_among_others_are_said():
    tables = paid("5.00", "6.00", rest="$10.50")
    assert "2 of 40 values of 'paid' name no currency" in notice(tables, "name no currency")


def pounds(make_study, **study):
    columns = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"}
    frame = orders().assign(paid="£10.50")
    return segkit.load_tables(make_study(columns, **study), transactions=frame)


def test_a_currency_that_is_not_the_study_s_is_refused(make_study):
    with pytest.raises(DataError, match=r"amounts in 'paid': £ 40, and the study's `currency` is \$"):
        pounds(make_study, currency="$")
    kept = pounds(make_study, currency="$", rules={"mixed_currencies": "keep"})
    assert notice(kept, "they are not converted")


@pytest.mark.parametrize("stated", ["£", "GBP ", ""])
def test_a_currency_that_the_study_does_not_state_is_said(make_study, stated):
    said = notice(pounds(make_study, currency=stated), "is in GBP, and the study states none")
    assert bool(said) == (stated == "")


@pytest.mark.parametrize(("stated", "sign"), [("CAD", "$"), ("SEK", "kr "), ("AUD", "$")])
def test_the_study_says_which_currency_a_shared_sign_is(make_study, stated, sign):
    columns = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"}
    study = make_study(columns, currency=stated)
    tables = segkit.load_tables(study, transactions=orders().assign(paid=f"{sign}10.50"))
    assert notice(tables, "nothing is converted") == ""


@pytest.mark.parametrize("doubtful", ["61.135", "1,234", "-$61.135", "950.000"])
def test_a_column_that_can_be_read_two_ways_is_refused(doubtful):
    with pytest.raises(DataError, match=r"can be read two ways.*no value settles it.*`decimal: "):
        paid(doubtful, rest="500")


def test_a_number_between_1_000_and_the_doubtful_ones_settles_nothing():
    with pytest.raises(DataError, match=r"'99\.999' \(1\) can be read two ways"):
        paid("61.135", rest="1500")


@pytest.mark.parametrize(
    ("other", "value"),
    [("12.5", 61.135), ("0.375", 61.135), ("1234.567", 61.135), ("1,234.50", 61.135),
     ("7.1234", 61.135), ("12,5", 61_135), ("1.234,50", 61_135), ("1.234.567", 61_135)],
)  # fmt: skip
def test_one_clear_value_settles_a_doubtful_one(other, value):
    tables = paid("61.135", other, rest="500")
    assert amounts(tables)[0] == value
    assert bool(notice(tables, "can be read in no other way")) == (value > 1000 or "," in other)


def test_few_clear_values_that_settle_many_are_said():
    tables = paid("12.5", rest="61.135")
    assert "decimal '.', since 1 of its values can be read" in notice(tables, "in no other way")


def test_what_the_study_states_settles_it():
    assert amounts(paid("61.135", rest="500", decimal="."))[0] == 61.135
    assert amounts(paid("61.135", rest="500", decimal=","))[0] == 61_135
    assert amounts(paid("61,135", rest="500", thousands=","))[0] == 61_135


def test_clear_values_of_both_kinds_settle_nothing_unless_one_is_rare():
    with pytest.raises(DataError, match=r"1 with decimal '\.' and 1 with decimal ','"):
        paid("61.135", "12.50", "12,50", rest="500")
    tables = paid("61.135", "12,50", rest="10.50")
    assert (amounts(tables)[0], count(tables, "unreadable number")) == (61.135, 1)


def test_a_column_of_plain_numbers_says_nothing_of_its_notation():
    assert not notice(paid(rest="10.50"), "paid")


def test_the_form_of_a_number_keeps_a_zero_in_front():
    assert [form_of(text) for text in ("0.375", "61.135", "1,234.5")] == ["0.999", "99.999", "9,999.9"]
    assert tell({"0.999": 2}).n_doubtful == 0


def test_currencies_are_told_among_other_words():
    assert named_in("Europe 5, 7 EUR/yr") == {"EUR"}
    assert named_in("A$5 or NZ$6") == {"A$", "NZ$"}
