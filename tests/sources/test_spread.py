"""An order's own discount and refund: on its lines, to the cent, or refused."""

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError


def lines(*rows):
    """Rows of order, quantity, price, order's discount, order's refund; all of one customer a day."""
    frame = pd.DataFrame(rows, columns=["order", "count", "price", "off", "back"])
    return frame.assign(customer="ana", day="2026-04-01").astype(str)


def study(**more):
    columns = {
        "customer_id": "customer", "order_date": "day", "order_id": "order", "quantity": "count",
        "unit_price": "price", "order_discount": "off", "order_refund": "back", **more,
    }  # fmt: skip
    kept = {ours: theirs for ours, theirs in columns.items() if theirs}
    return segkit.load_study(
        {
            "title": "T", "decision": "D", "as_of": "2026-05-01", "bases": ["revenue"],
            "tables": {"transactions": {"file": "orders.csv", "columns": kept}},
        }
    )  # fmt: skip


def read(frame, **more):
    tables = segkit.load_tables(study(**more), transactions=frame)
    kept = tables.lines.order_by(["order_id", "unit_price"]).execute()
    return tables, kept


def test_a_discount_then_a_refund_are_spread_by_what_each_line_cost():
    """Lines of 10 and 30: a discount of 4 takes 1 and 3, a refund of 12 then 3 and 9."""
    tables, kept = read(lines(("o1", 1, 10, 4, 12), ("o1", 2, 15, 4, 12), ("o2", 1, 7, 0, 0)))
    assert kept["amount"].astype(float).tolist() == [6.0, 18.0, 7.0]
    assert kept["discount"].astype(float).tolist() == [1.0, 3.0, 0.0]
    assert tables.quality.kept["amount"] == 31.0
    said = "'off' of 1 orders, 4.00 in all, is taken off their lines in proportion to what each cost"
    assert said in tables.quality.notices


def test_what_is_more_than_the_lines_cost_is_left_out_and_said():
    """40 in lines, 30 off, 15 back of which 10 are left: 5 of shipping have no line."""
    tables, kept = read(lines(("o1", 1, 10, 30, 15), ("o1", 1, 30, 30, 15), ("o2", 1, 7, "", "")))
    assert kept["amount"].astype(float).tolist() == [7.0]
    aside = tables.quality.lines.set_index("rule")["lines"].to_dict()
    assert aside == {"kept": 1, "nothing left after refund or discount": 2}
    assert any("'back' of 1 orders, 15.00 in all" in one and "5.00 more than they cost" in one
               for one in tables.quality.notices)  # fmt: skip


def test_a_returned_line_gets_no_part_of_the_discount():
    _, kept = read(lines(("o1", 1, 10, 2, 0), ("o1", -1, 5, 2, 0)))
    assert kept["amount"].astype(float).tolist() == [8.0]


def test_it_may_stand_on_any_one_line_of_the_order_and_their_order_doesn_t_matter():
    frame = lines(("o1", 1, 10, "", ""), ("o1", 3, 10, 4, ""), ("o2", 1, 5, "", 1))
    _, kept = read(frame)
    _, turned = read(frame.iloc[::-1].reset_index(drop=True))
    assert kept["amount"].astype(float).tolist() == [9.0, 27.0, 4.0]
    assert sorted(turned["amount"]) == sorted(kept["amount"])


def test_without_either_nothing_changes():
    frame = lines(("o1", 1, 10, 4, 12), ("o1", 2, 15, 4, 12))
    tables, kept = read(frame, order_discount=None, order_refund=None)
    assert tables.quality.kept["amount"] == 40.0
    assert "discount" not in kept


def test_two_discounts_of_one_order_are_refused():
    with pytest.raises(DataError, match=r"1 orders have more than one 'off'.*map it as discount"):
        read(lines(("o1", 1, 10, 4, 0), ("o1", 1, 10, 5, 0)))


def test_a_discount_that_can_t_be_read_is_refused():
    with pytest.raises(DataError, match=r"2 of 2 values of 'off' can't be read"):
        read(lines(("o1", 1, 10, "four", 0), ("o1", 1, 10, "four", 0)))


def test_a_column_that_isn_t_there_is_named():
    with pytest.raises(DataError, match=r"no column 'of', which study\.yaml names"):
        read(lines(("o1", 1, 10, 4, 0)), order_discount="of")


def test_an_order_s_money_needs_an_order_id():
    with pytest.raises(StudyError, match="maps order_discount and no order_id"):
        study(order_id=None)
