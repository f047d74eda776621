"""The page of a failed run: segkit's own messages whole, foreign ones without the values they quote."""

import pytest
from papermill.exceptions import PapermillExecutionError

from segkit.reporting.page import cause_of, failed_page

VALUES = ("ana.meier@example.com", "Ana Meier", "4111111111111111", "+49 170 5550123")


def failure(name, message, *, behind=""):
    lines = [f"\x1b[0;31m{name}\x1b[0m Traceback (most recent call last)", "---> 1 fails()", behind]
    return PapermillExecutionError(
        cell_index=3, exec_count=4, source="fails()", ename=name, evalue=message,
        traceback=[*lines, f"{name}: {message}"],
    )  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("KeyError", "'{}'"),
        ("ValueError", "could not convert string to float: '{}'"),
        ("ValueError", "could not convert string to float: {}"),
        ("TypeError", "Cannot setitem on a Categorical with a new category ({})"),
        ("KeyError", "\"['{}'] not in index\""),
        ("ConversionException", 'Could not convert string "{}" to INT32\n\nLINE 1: x'),
    ],
)
def test_a_foreign_error_shows_no_value(name, message, value):
    failed = failure(name, message.format(value), behind=f"ValueError: invalid literal: '{value}'")
    page = failed_page("02_features", failed)
    assert value not in page
    assert value not in cause_of(failed)
    assert cause_of(failed).startswith(f"{name}: ")
    assert "fails()" in page


def test_what_can_be_told_is_told():
    failed = failure("ValueError", "could not convert string to float: 'Ana 12'")
    assert cause_of(failed) == "ValueError: could not convert string to float: 'aaa 99'"


def test_an_error_of_segkit_s_own_is_whole():
    message = "orders.csv has no column 'customer'. Did you mean 'customers'?"
    assert cause_of(failure("DataError", message)) == f"DataError: {message}"
    assert "Did you mean &#39;customers&#39;?" in failed_page("x", failure("DataError", message))
