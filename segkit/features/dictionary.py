"""What every feature is: its name, unit, role, meaning and expression, in one place.

An expression reads the per-customer totals of `segkit.features.totals` and stays inside what every
engine of ibis can do: no median, no quantile, no mode.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import ibis
import pandas as pd

DAYPARTS = {"morning": (5, 11), "afternoon": (11, 17), "evening": (17, 22), "night": (22, 5)}
"""Daypart -> first hour and first hour after it, on the local clock."""

Expression = Callable[[Any, Any], Any]


@dataclass(frozen=True)
class Feature:
    """One column of the feature table.

    Attributes
    ----------
    name : str
        With its unit in it where it has one: `recency_days`.
    label : str
        What a report calls it; `{order}` and the like become the study's words.
    unit : str
        "days", "money", "share" (0 to 1), "index" (-1 to 1) or what is counted.
    role : str
        What it can say in a segment's name: recency, tenure, frequency, monetary, basket, rhythm,
        breadth, returns, discount, daypart, trend, category, campaign, visits, last_seen; empty for
        what speaks for itself.
    meaning : str
    base : str
        What it is computed over; where that is empty the feature is missing.
    expression : callable
        (totals, as_of day) -> ibis expression.
    needs : str
        Column of the totals without which it can't be computed.
    low, high : str
        What a segment low, and one high in it is called.
    """

    name: str
    label: str
    unit: str
    role: str
    meaning: str
    base: str
    expression: Expression
    needs: str = "n_orders"
    low: str = ""
    high: str = ""


def _ratio(above: Any, below: Any) -> Any:
    """Null, not infinite, where there is nothing to divide by."""
    return above.cast("float64") / below.cast("float64").nullif(0.0)


def _column_ratio(above: str, below: str, t: Any, _: Any) -> Any:
    return _ratio(t[above], t[below])


def _sd_gap(t: Any, _: Any) -> Any:
    """From whole-day sums, so that it is exact and doesn't depend on the order of the rows."""
    n, total = t.n_gaps.cast("float64"), t.gap_days.cast("float64")
    spread = t.gap_days_squared.cast("float64") - total * total / n.nullif(0.0)
    return (spread / (n - 1).nullif(0.0)).sqrt()


STANDARD = (
    Feature(
        "recency_days", "Days since last {order}", "days", "recency",
        "days from the last {order} to the reference date", "all {orders}",
        lambda t, day: day.delta(t.last_day, unit="day"),
    ),
    Feature(
        "tenure_days", "Days since first {order}", "days", "tenure",
        "days from the first {order} to the reference date", "all {orders}",
        lambda t, day: day.delta(t.first_day, unit="day"),
    ),
    Feature(
        "n_orders", "{Orders}", "{orders}", "frequency", "number of {orders}", "all {orders}",
        lambda t, _: t.n_orders,
    ),
    Feature(
        "revenue", "Revenue", "money", "monetary", "money paid for all lines kept", "all {orders}",
        lambda t, _: t.amount.cast("float64"), needs="amount",
    ),
    Feature(
        "mean_order_value", "{Order} value", "money", "basket", "revenue per {order}", "all {orders}",
        lambda t, _: _ratio(t.amount, t.n_orders), needs="amount",
    ),
    Feature(
        "n_lines", "Lines bought", "lines", "breadth", "number of lines on all {orders}",
        "all {orders}",
        lambda t, _: t.n_lines,
    ),
    Feature(
        "mean_lines_per_order", "Lines per {order}", "lines", "basket", "lines per {order}",
        "all {orders}",
        lambda t, _: _ratio(t.n_lines, t.n_orders),
    ),
    Feature(
        "n_items", "Items bought", "items", "breadth", "sum of quantities", "all {orders}",
        lambda t, _: t.n_items, needs="n_items",
    ),
    Feature(
        "mean_items_per_order", "Items per {order}", "items", "basket", "quantities per {order}",
        "all {orders}",
        lambda t, _: _ratio(t.n_items, t.n_orders), needs="n_items",
    ),
    Feature(
        "mean_gap_days", "Mean days between {orders}", "days", "rhythm",
        "mean number of days between one {order} and the next", "{customers} with 2 or more {orders}",
        lambda t, _: _ratio(t.gap_days, t.n_gaps),
    ),
    Feature(
        "sd_gap_days", "Spread of days between {orders}", "days", "rhythm",
        "standard deviation of the days between one {order} and the next",
        "{customers} with 3 or more {orders}",
        _sd_gap,
    ),
    Feature(
        "n_products", "Different products", "products", "breadth", "number of distinct products",
        "lines with a product id",
        lambda t, _: t.n_products, needs="n_products",
    ),
    Feature(
        "n_categories", "Different categories", "categories", "breadth",
        "number of distinct categories", "lines with a category",
        lambda t, _: t.n_categories, needs="n_categories",
    ),
    Feature(
        "n_stores", "Different stores", "stores", "channel", "number of distinct stores",
        "lines with a store id",
        lambda t, _: t.n_stores, needs="n_stores",
    ),
    Feature(
        "n_returns", "Returns", "returns", "returns", "number of cancelled or returned {orders}",
        "set-aside lines under cancellation or return",
        lambda t, _: t.n_returns.fill_null(0), needs="n_returns",
    ),
    Feature(
        "returned_share", "Returned share of revenue", "ratio", "returns",
        "money returned over revenue; above 1 where what came back was bought before the data begin",
        "revenue",
        lambda t, _: _ratio(t.returned_amount.fill_null(0), t.amount), needs="returned_amount",
    ),
    Feature(
        "discount_share", "Discount share", "share", "discount",
        "discounts over revenue before discounts", "revenue before discounts",
        lambda t, _: _ratio(t.discount, t.amount + t.discount), needs="discount",
    ),
    Feature(
        "weekend_share", "Weekend {orders}", "share", "daypart",
        "share of {orders} on Saturday or Sunday", "all {orders}",
        lambda t, _: _ratio(t.n_weekend, t.n_orders),
    ),
    Feature(
        "trend", "Trend of revenue", "index", "trend",
        "(recent - earlier) / (recent + earlier) revenue, the two halves of the data window",
        "all {orders}",
        lambda t, _: _ratio(t.amount_recent - t.amount_earlier, t.amount), needs="amount_recent",
    ),
)  # fmt: skip


TREND_OF_ORDERS = Feature(
    "trend", "Trend of {orders}", "index", "trend",
    "(recent - earlier) / (recent + earlier) {orders}, the two halves of the data window",
    "all {orders}",
    lambda t, _: _ratio(t.n_recent - t.n_earlier, t.n_orders), needs="n_recent",
)  # fmt: skip
"""In place of the trend of revenue, where the lines say nothing of money."""


def daypart_features() -> Iterable[Feature]:
    """Share of orders in each part of the day; for data with a time of day."""
    for part, (start, end) in DAYPARTS.items():
        yield Feature(
            f"{part}_share", f"{part.capitalize()} {{orders}}", "share", "daypart",
            f"share of {{orders}} from {start:02d}:00 to {end:02d}:00, local time", "all {orders}",
            partial(_column_ratio, f"n_{part}", "n_orders"), needs=f"n_{part}",
        )  # fmt: skip


def category_features(
    categories: Iterable[str], names: Mapping[str, str] | None = None, *, has_money: bool = True
) -> Iterable[Feature]:
    """Share of revenue, without money of lines, in each of some categories, by the study's names."""
    whole, spent = ("amount", "revenue spent") if has_money else ("n_lines", "lines")
    for position, category in enumerate(categories):
        column, label = f"category_{position}", (names or {}).get(category, readable(category))
        yield Feature(
            f"{slug(category)}_share", f"{label} share", "share", "category",
            f"share of {spent} in the category '{category}'", spent.removesuffix(" spent"),
            partial(_column_ratio, column, whole), needs=column,
        )  # fmt: skip


def slug(text: str) -> str:
    """A column name from any text, in any script.

    Examples
    --------
    >>> slug("MEAT-PCKGD"), slug("Käse & Wein")
    ('meat_pckgd', 'käse_wein')
    """
    return re.sub(r"\W+", "_", text.casefold()).strip("_") or "unnamed"


def readable(text: str) -> str:
    """A category as a report prints it: shouted names are lowered.

    Examples
    --------
    >>> readable("DRUG GM"), readable("iPhone cases")
    ('Drug gm', 'iPhone cases')
    """
    return text.capitalize() if text.isupper() else text


def describe(features: Iterable[Feature], words: dict[str, str]) -> pd.DataFrame:
    """Return the dictionary of some features in a study's words, one row each."""
    every = words | {name.capitalize(): word.capitalize() for name, word in words.items()}
    rows = [
        {
            "name": feature.name,
            "label": feature.label.format(**every),
            "unit": feature.unit.format(**every),
            "role": feature.role,
            "basis": "behavioural",
            "meaning": feature.meaning.format(**every),
            "base": feature.base.format(**every),
            "kind": "number",
            "low": feature.low,
            "high": feature.high,
        }
        for feature in features
    ]
    return pd.DataFrame(rows).set_index("name")


def as_columns(features: Iterable[Feature], totals: ibis.Table, day: Any) -> dict[str, Any]:
    """The features as named expressions on the totals."""
    return {feature.name: feature.expression(totals, day) for feature in features}
