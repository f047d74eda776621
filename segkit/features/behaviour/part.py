"""What one event table gives: totals per customer, and the features made of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import ibis

from segkit.features.dictionary import Feature, column_ratio


@dataclass(frozen=True, eq=False)
class Part:
    """What one event table gives.

    Attributes
    ----------
    totals : ibis.Table
        customer_id and sums, of customers with an event.
    features : list of Feature
    left_out : dict of str to str
        Features that the table can't give, and why.
    """

    totals: ibis.Table
    features: list[Feature]
    left_out: Mapping[str, str] = field(default_factory=dict)


def count_of(name: str, label: str, unit: str, meaning: str, needs: str, **words: str) -> Feature:
    """A count: 0 for a customer without any event of the table."""
    return Feature(
        name, label, unit, words.pop("role", ""), meaning, "all {customers}",
        partial(_count, needs), needs=needs, **words,
    )  # fmt: skip


def sum_of(
    name: str, label: str, unit: str, meaning: str, needs: str, rows: str, **words: str
) -> Feature:
    """A sum: 0 for a customer without a row, missing for one whose rows don't give it."""
    return Feature(
        name, label, unit, words.pop("role", ""), meaning, words.pop("base", "all {customers}"),
        partial(_sum, needs, rows), needs=needs, **words,
    )  # fmt: skip


def ratio_of(
    name: str, label: str, unit: str, meaning: str, base: str, above: str, below: str, **words: str
) -> Feature:
    """One total over another: missing where there is nothing to divide by."""
    return Feature(
        name, label, unit, words.pop("role", ""), meaning, base, partial(column_ratio, above, below),
        needs=above, **words,
    )  # fmt: skip


def days_since(name: str, label: str, meaning: str, base: str, needs: str, **words: str) -> Feature:
    """Whole days from a last day to as_of: missing where there is none."""
    return Feature(
        name, label, "days", words.pop("role", ""), meaning, base, partial(_days, needs), needs=needs,
        **words,
    )  # fmt: skip


def _count(column: str, t: Any, _: Any) -> Any:
    """Customers without an event have none, not an unknown number."""
    return t[column].fill_null(0)


def _sum(column: str, rows: str, t: Any, _: Any) -> Any:
    return t[rows].isnull().ifelse(0, t[column])


def _days(column: str, t: Any, day: Any) -> Any:
    return day.delta(t[column], unit="day")
