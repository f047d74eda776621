"""Raw values -> ids, moments and numbers; what can't be read becomes null, never a guess."""

from typing import Any

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanValue, NumericValue, StringValue, TimestampValue, Value

from segkit.study import TableSpec

MONEY = "decimal(18, 4)"
"""Exact, so that a sum doesn't depend on the order of the lines."""

FLOAT_ID = r"^-?[0-9]+\.0+$"
NO_ID = ("", "nan", "none", "null", "n/a", "<na>")
_UTC: Any = dt.Timestamp("UTC")
NUMBER = r"^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$"
ISO_DATE = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"


@ibis.udf.scalar.builtin
def try_strptime(text: str, pattern: str) -> dt.timestamp:
    """DuckDB's: null where the text doesn't fit the pattern."""


@ibis.udf.scalar.builtin(name="timezone")
def _clock_in(zone: str, moment: _UTC) -> dt.timestamp:
    """DuckDB's: the wall clock that a zone shows at a moment."""


@ibis.udf.scalar.builtin(name="timezone")
def _moment_of(zone: str, clock: dt.timestamp) -> _UTC:
    """DuckDB's: the moment at which a zone's wall clock shows this."""


def as_id(value: Value, spec: TableSpec) -> StringValue:
    """Text without blanks around it; null when there is no id."""
    if value.type().is_integer():
        return value.cast("string")
    text: Any = value.cast("string").strip()
    if spec.ids == "from_float":
        text = text.re_replace(r"\.0+$", "")
    missing = text.isnull() | text.lower().isin(NO_ID)
    return missing.ifelse(ibis.null("string"), text)


def looks_like_float_id(value: Value) -> BooleanValue:
    """Whether an id went through a column of floats on its way here ("12346.0")."""
    return value.cast("string").strip().re_search(FLOAT_ID)


def as_moment(value: Value, spec: TableSpec, zone: str) -> TimestampValue:
    """A local wall-clock time in the study's zone; null when the stated format doesn't fit."""
    kind = value.type()
    if kind.is_timestamp() and kind.timezone is not None:
        return _clock_in(zone, value)
    if kind.is_timestamp() or kind.is_date():
        clock = value.cast("timestamp")
    else:
        clock = _parsed(value.cast("string").strip(), spec.date_format)
    return clock if spec.timezone in {None, zone} else _clock_in(zone, _moment_of(spec.timezone, clock))


def _parsed(text: Any, date_format: str) -> Any:
    if date_format != "ISO8601":
        return try_strptime(text, date_format)
    iso = text.re_search(ISO_DATE)
    return iso.ifelse(text, ibis.null("string")).try_cast("timestamp")


def as_number(value: Value, spec: TableSpec) -> NumericValue:
    """A finite number; null for blanks, infinities and text that isn't one in the stated notation."""
    if isinstance(value, NumericValue):
        number: Any = value.cast("float64")
    else:
        text: Any = value.cast("string").strip()
        if spec.thousands:
            text = text.replace(spec.thousands, "")
        if spec.decimal == ",":
            text = text.re_search(r"\.").ifelse(ibis.null("string"), text.replace(",", "."))
        number = text.re_search(NUMBER).ifelse(text, ibis.null("string")).try_cast("float64")
    return (number.isnan() | number.isinf()).ifelse(ibis.null("float64"), number)


def as_money(number: Any) -> NumericValue:
    """Exact to a ten-thousandth; null beyond 10^14."""
    return number.try_cast(MONEY)


def shape(value: Value) -> StringValue:
    """The form of a text without its content: "9999-99-99", "aaa 99"; safe to print."""
    text: Any = value.cast("string")
    return text.re_replace(r"[0-9]", "9").re_replace(r"[A-Za-z]", "a").re_replace(r"[^ -~]", "?")
