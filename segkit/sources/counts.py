"""What a study's tables hold, counted and put into words."""

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.moneytext import money_text
from segkit.sources.check import Check
from segkit.study import Study

MAX_QUIET_DAYS = 31


def totals_of(lines: ibis.Table) -> dict[str, float]:
    """Customers, orders, lines and, where they say it, money of some order lines."""
    measures: dict[str, Any] = {
        "customers": lines.customer_id.nunique(),
        "lines": lines.count(),
    }
    if "amount" in lines.columns:
        measures["amount"] = lines.amount.sum().cast("float64").fill_null(0.0)
    row = lines.agg(**measures).execute().iloc[0]
    # an order is a customer's: two shops' order 1 are two orders
    orders = lines.filter(lines.order_id.notnull()).select("customer_id", "order_id").distinct()
    return {
        "customers": int(row["customers"]),
        "orders": int(orders.count().execute()),
        "lines": int(row["lines"]),
        **({"amount": float(row["amount"])} if "amount" in row else {}),
    }


def counted(counts: Mapping[str, float], words: Mapping[str, str], currency: str) -> str:
    """The totals in words; those of a customer table are rows."""
    if "customers" not in counts:
        return f"{counts['lines']:,} rows"
    customers = f"{counts['customers']:,} {words['customers']}"
    if "orders" not in counts:
        return customers
    orders, lines = f"{counts['orders']:,} {words['orders']}", f"{counts['lines']:,} lines"
    if "amount" not in counts:
        return f"{customers} and {orders} on {lines}"
    return f"{customers}, {orders} and {money_text(counts['amount'], currency)} in sales on {lines}"


def by_month(table: ibis.Table, dates: Any, counted: Any) -> pd.Series:
    """What is counted of a table, by the first day of each month of its dates."""
    months = table.group_by(month=dates.truncate("M")).agg(n=counted).order_by("month")
    return months.execute().set_index("month")["n"]


def quiet_end(dates: Iterable[Any], what: str, as_of: str) -> list[str]:
    """Say when the data end long before the reference date: everyone then looks away for as long."""
    last = max(filter(pd.notna, (one.max().execute() for one in dates)))
    days = (pd.Timestamp(as_of) - last).days
    return [f"the last {what} lies {days:,} days before as_of {as_of}"] if days > MAX_QUIET_DAYS else []


def rules_said(record: pd.DataFrame) -> str:
    """Each rule of a record with its lines."""
    return ", ".join(f"{row.rule} ({row.lines:,})" for row in record.itertuples())


def refuse_no_customer(check: Check) -> None:
    """Refuse a customer table of which no row is kept, and say which rules took them."""
    record = check.record("customers")
    if set(record["rule"]) == {"no customer id"}:
        raise DataError(f"no row of {check.raw.where} has a customer id", "one row or more with an id")
    raise DataError(
        f"no row of {check.raw.where} can be kept: {rules_said(record)}", "one row or more of use"
    )


def refuse_nothing_kept(lines: ibis.Table, check: Check, study: Study) -> None:
    """Refuse lines of which none is kept, and say which rules took them."""
    if lines.count().execute():
        return
    record = check.record("transactions")
    aside = record[record["rule"] != "kept"].sort_values("lines", ascending=False)
    first = check.columns["order_date"].min().execute()
    before = "" if pd.isna(first) else f"; the first order is of {first:%Y-%m-%d}"
    raise DataError(
        f"no line of {check.raw.where} can be kept: {rules_said(aside)}",
        f"at least one order before as_of {study.as_of}{before}",
    )
