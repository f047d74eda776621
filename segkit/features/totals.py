"""Per-customer sums and counts, from which every feature is a short expression.

Sums are exact (decimals and whole numbers), so they don't depend on the order of the lines.
"""

from collections.abc import Sequence
from typing import Any

import ibis

from segkit.features.dictionary import DAYPARTS


def order_table(lines: ibis.Table) -> ibis.Table:
    """One row per order, with the days since the customer's previous one.

    Parameters
    ----------
    lines : ibis.Table
        customer_id, order_id, order_date and, optionally, amount, quantity and discount.
    """
    measures = {
        "order_date": lines.order_date.min(),
        "n_lines": lines.count(),
    }
    for name, column in {"amount": "amount", "n_items": "quantity", "discount": "discount"}.items():
        if column in lines.columns:
            measures[name] = lines[column].sum()
    orders = lines.group_by(["customer_id", "order_id"]).agg(**measures)
    orders = orders.mutate(day=orders.order_date.date())
    before = ibis.window(group_by=orders.customer_id, order_by=[orders.order_date, orders.order_id])
    return orders.mutate(gap_days=orders.day.delta(orders.day.lag().over(before), unit="day"))


def customer_totals(
    lines: ibis.Table,
    returns: ibis.Table | None,
    more: Sequence[ibis.Table],
    *,
    middle: Any,
    categories: Sequence[str],
    with_hours: bool,
) -> ibis.Table:
    """One row per customer with an order.

    Parameters
    ----------
    lines, returns : ibis.Table
        Only lines before the reference date.
    more : sequence of ibis.Table
        Further totals per customer: of visits, e-mails and the like.
    middle : ibis timestamp
        Parts the window into an earlier and a recent half.
    categories : sequence of str
        Those that get a sum of their own: of money, without any of lines.
    with_hours : bool
        Whether the order dates hold a time of day.
    """
    orders = order_table(lines)
    totals = orders.group_by("customer_id").agg(**_order_measures(orders, middle, with_hours))
    parts = [lines.group_by("customer_id").agg(**_line_measures(lines, categories))]
    if returns is not None:
        parts.append(_returned(returns))
    return joined(totals, [*parts, *more])


def joined(totals: ibis.Table, parts: Sequence[ibis.Table]) -> ibis.Table:
    """Add totals that some of the customers have."""
    for part in parts:
        totals = totals.left_join(part, "customer_id").drop("customer_id_right")
    return totals


def _order_measures(orders: ibis.Table, middle: Any, with_hours: bool) -> dict[str, Any]:
    recent = orders.order_date >= middle
    measures = {
        "first_day": orders.day.min(),
        "last_day": orders.day.max(),
        "n_orders": orders.count(),
        "n_lines": orders.n_lines.sum(),
        "gap_days": orders.gap_days.sum(),
        "gap_days_squared": (orders.gap_days * orders.gap_days).sum(),
        "n_gaps": orders.gap_days.count(),
        "n_weekend": (orders.day.day_of_week.index() >= 5).sum(),
    }
    if "amount" in orders.columns:
        measures["amount_recent"] = orders.amount.sum(where=recent).fill_null(0)
        measures["amount_earlier"] = orders.amount.sum(where=~recent).fill_null(0)
    else:
        measures |= {"n_recent": recent.sum(), "n_earlier": (~recent).sum()}
    for name in ("amount", "n_items", "discount"):
        if name in orders.columns:
            measures[name] = orders[name].sum()
    if with_hours:
        for part, (start, end) in DAYPARTS.items():
            measures[f"n_{part}"] = _within(orders.order_date.hour(), start, end).sum()
    return measures


def _within(hour: Any, start: int, end: int) -> Any:
    if start < end:
        return (hour >= start) & (hour < end)
    return (hour >= start) | (hour < end)


def _line_measures(lines: ibis.Table, categories: Sequence[str]) -> dict[str, Any]:
    distinct = {
        "n_products": "product_id",
        "n_categories": "category",
        "n_stores": "store_id",
    }
    measures: dict[str, Any] = {"n_all_lines": lines.count()}
    for name, column in distinct.items():
        if column in lines.columns:
            measures[name] = lines[column].nunique()
    for position, category in enumerate(categories):
        inside = lines.category == category
        counted = lines.amount.sum(where=inside) if "amount" in lines.columns else inside.sum()
        measures[f"category_{position}"] = counted.fill_null(0)
    return measures


def _returned(returns: ibis.Table) -> ibis.Table:
    measures = {"n_returns": returns.order_id.nunique()}
    if "amount" in returns.columns:
        returned = -returns.amount.sum(where=returns.amount < 0)
        measures["returned_amount"] = returned.fill_null(0)
    return returns.group_by("customer_id").agg(**measures)
