"""Raw values -> ids, moments and numbers; what can't be read becomes null, never a guess."""

import re
from collections.abc import Iterable
from typing import Any

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanValue, NumericValue, StringValue, TimestampValue, Value

from segkit.study.tables import TableSpec

MONEY = "decimal(18, 4)"
"""Exact, so that a sum doesn't depend on the order of the lines."""

FLOAT_ID = r"^-?[0-9]+\.0+$"
ROUNDED_ID = r"^-?[0-9]\.[0-9]+[eE]\+?[0-9]+$"
EPOCH = {"epoch_seconds": 1_000_000, "epoch_milliseconds": 1_000, "epoch_microseconds": 1}
"""A date_format for whole numbers counted from 1970 on, moments in UTC -> microseconds in one."""
LAST_MICROSECOND = 4_102_444_800_000_000
"""Of 2099: a larger number is none counted so."""
NO_ID = ("", "nan", "none", "null", "n/a", "<na>")
ISO_DATE = r"^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?$"
ISO_OFFSET = r"^\d{4}-\d{2}-\d{2}[ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)? ?(Z|[+-]\d{2}(:?\d{2})?)$"
_UTC: Any = dt.Timestamp("UTC")


@ibis.udf.scalar.builtin
def try_strptime(text: str, pattern: str) -> dt.timestamp:
    """DuckDB's: null where the text doesn't fit the pattern."""


@ibis.udf.scalar.builtin(name="try_strptime")
def _try_strptime_with_offset(text: str, pattern: str) -> _UTC:
    """DuckDB's again: a moment, where the pattern holds %z."""


@ibis.udf.scalar.builtin(name="timezone")
def _clock_in(zone: str, moment: _UTC) -> dt.timestamp:
    """DuckDB's: the wall clock that a zone shows at a moment."""


@ibis.udf.scalar.builtin(name="timezone")
def _moment_of(zone: str, clock: dt.timestamp) -> _UTC:
    """DuckDB's: the moment at which a zone's wall clock shows this."""


@ibis.udf.scalar.builtin(name="make_timestamp")
def _make_timestamp(microseconds: int) -> dt.timestamp:
    """DuckDB's: the wall clock in UTC so long after 1970 began."""


def text_of(raw: Any) -> Any:
    """A cell as text; of whole numbers that share a column with blanks, without their point."""
    text = raw.cast("string").strip()
    return text.re_replace(r"\.0$", "") if raw.type().is_floating() else text


def is_blank(raw: Any) -> Any:
    """Whether a cell holds nothing."""
    told = raw.cast("string").strip().lower().isin(["", "nan", "null", "<na>"])
    return (raw.isnull() | told).fill_null(True)


def is_one_of(raw: Any, words: Iterable[Any]) -> Any:
    """Whether a cell holds one of some words, whatever their case; a blank is the empty word."""
    told = raw.cast("string").strip().lower().fill_null("")
    return told.isin([str(word).strip().lower() for word in words])


def as_id(value: Value, spec: TableSpec) -> StringValue:
    """Text without blanks around it; null when there is no id."""
    if value.type().is_integer():
        return value.cast("string")
    text: Any = value.cast("string").strip()
    if spec.ids == "from_float":
        text = text.re_replace(r"\.0+$", "")
    if spec.ids == "email":
        text = text.contains("@").ifelse(text.lower(), text)
    missing = text.isnull() | text.lower().isin(NO_ID)
    return missing.ifelse(ibis.null("string"), text)


def looks_like_float_id(value: Value) -> BooleanValue:
    """Whether an id went through a column of floats on its way here ("12346.0")."""
    return value.cast("string").strip().re_search(FLOAT_ID)


def looks_rounded(value: Value) -> BooleanValue:
    """Whether an id lost digits in a spreadsheet ("1.23457E+11")."""
    return value.cast("string").strip().re_search(ROUNDED_ID)


def as_moment(value: Value, spec: TableSpec, zone: str) -> TimestampValue:
    """A local wall-clock time in the study's zone; null when the stated format doesn't fit.

    A time with an offset of its own is a moment, whatever zone the table states.
    """
    kind = value.type()
    if spec.date_format in EPOCH and not kind.is_timestamp():
        return _clock_in(zone, _moment_of("UTC", _counted(value, EPOCH[spec.date_format])))
    if kind.is_timestamp() and kind.timezone is not None:
        return _clock_in(zone, value)
    if kind.is_timestamp() or kind.is_date():
        return _to_zone(value.cast("timestamp"), spec, zone)
    text: Any = value.cast("string").strip()
    if "%z" in spec.date_format:
        return _clock_in(zone, _try_strptime_with_offset(text, spec.date_format))
    if spec.date_format != "ISO8601":
        return _to_zone(try_strptime(text, spec.date_format), spec, zone)
    clock = _where(text, ISO_DATE).try_cast("timestamp")
    # the engine reads no offset after a blank, as in Shopify's "2026-05-14 11:23:45 +0100"
    moment = _where(text, ISO_OFFSET).re_replace(r" ([+-][0-9:]+|Z)$", r"\1").try_cast(_UTC)
    return ibis.coalesce(_to_zone(clock, spec, zone), _clock_in(zone, moment))


def _counted(value: Any, microseconds: int) -> Any:
    number = value.cast("string").strip().try_cast("int64")
    is_moment = number.between(0, LAST_MICROSECOND // microseconds)
    return _make_timestamp(is_moment.ifelse(number * microseconds, ibis.null("int64")))


def _to_zone(clock: Any, spec: TableSpec, zone: str) -> Any:
    stated = spec.timezone
    return clock if stated in {None, zone} else _clock_in(zone, _moment_of(stated, clock))


def _where(text: Any, pattern: str) -> Any:
    return text.re_search(pattern).ifelse(text, ibis.null("string"))


def number_pattern(decimal: str = ".", thousands: str = "") -> str:
    """What a number looks like in a notation; thousands marks only where they belong.

    Examples
    --------
    >>> german = number_pattern(",", ".")
    >>> bool(re.search(german, "1.234,50")), bool(re.search(german, "12.50"))
    (True, False)
    """
    mark, group = re.escape(decimal), re.escape(thousands)
    whole = rf"([0-9]+|[0-9]{{1,3}}({group}[0-9]{{3}})+)" if thousands else "[0-9]+"
    return rf"^[+-]?({whole}({mark}[0-9]*)?|{mark}[0-9]+)([eE][+-]?[0-9]+)?$"


def as_number(value: Value, spec: TableSpec) -> NumericValue:
    """A finite number; null for blanks, infinities and text that isn't one in the stated notation."""
    if isinstance(value, NumericValue):
        number: Any = value.cast("float64")
    else:
        text = _where(value.cast("string").strip(), number_pattern(spec.decimal, spec.thousands))
        if spec.thousands:
            text = text.replace(spec.thousands, "")
        number = text.replace(spec.decimal, ".").try_cast("float64")
    return (number.isnan() | number.isinf()).ifelse(ibis.null("float64"), number)


def as_money(number: Any) -> NumericValue:
    """Exact to a ten-thousandth; null beyond 10^14."""
    return number.try_cast(MONEY)


def shape_of(text: str) -> str:
    """The form of one text; see `shape`.

    Examples
    --------
    >>> shape_of("Ana Meier, 12.5 €")
    'aaa aaaaa, 99.9 ?'
    """
    text = re.sub("[A-Za-z]", "a", re.sub("[0-9]", "9", text))
    return re.sub("[^ -~]", "?", text)


def shape(value: Value) -> StringValue:
    """The form of a text without its content: "9999-99-99", "aaa 99"; safe to print."""
    text: Any = value.cast("string")
    return text.re_replace(r"[0-9]", "9").re_replace(r"[A-Za-z]", "a").re_replace(r"[^ -~]", "?")


def common_shapes(table: ibis.Table, column: str, most: int) -> dict[str, int]:
    """The commonest forms of a column's values, each with how many have it."""
    forms = table.select(shape=shape(table[column]))
    counts = forms.group_by("shape").agg(n=forms.count())
    common = counts.order_by([ibis.desc("n"), "shape"]).limit(most).execute()
    return dict(zip(common["shape"], common["n"].astype(int), strict=True))


def has_hours(dates: Any) -> bool:
    """Whether any date of a column has a time of day."""
    at_midnight = dates == dates.truncate("D")
    return not bool(at_midnight.all().fill_null(True).execute())
