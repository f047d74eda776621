"""Who is in which source, and how old the newest record of each is."""

from typing import Any

import pandas as pd

from segkit.sources.counts import by_month
from segkit.sources.tables import Tables

COLUMNS = ["source", "customers", "share", "newest_days"]


def source_coverage(tables: Tables, index: pd.Index) -> pd.DataFrame:
    """Count the customers that each source knows.

    Parameters
    ----------
    tables : Tables
    index : pandas.Index
        The customers that are explored.

    Returns
    -------
    pandas.DataFrame
        `source`, `customers` of those explored, `share` of them, and `newest_days`: whole days from
        the source's newest record to as_of; missing where it has no dates.
    """
    rows: list[tuple[str, int, float]] = []
    if tables.lines is not None:
        rows.append(("orders", len(index), _age(tables, tables.lines.order_date)))
    if tables.customers is not None:
        n_known = int(index.isin(tables.customers.index).sum())
        rows.append((f"{tables.study.words['customer']} table", n_known, float("nan")))
    for name, events in tables.events.items():
        ids = pd.Index(events.select("customer_id").distinct().execute()["customer_id"])
        rows.append((name, int(index.isin(ids).sum()), _age(tables, events.event_date)))
    coverage = pd.DataFrame(rows, columns=["source", "customers", "newest_days"])
    coverage.insert(2, "share", coverage["customers"] / len(index))
    return coverage[COLUMNS]


def orders_by_month(tables: Tables) -> pd.Series:
    """Number of orders by month; empty without orders."""
    if tables.lines is None:
        return pd.Series(dtype="int64")
    months = by_month(tables.lines, tables.lines.order_date, tables.lines.order_id.nunique())
    return months.set_axis(months.index.strftime("%Y-%m"))


def _age(tables: Tables, moments: Any) -> float:
    newest = moments.max().execute()
    if pd.isna(newest):
        return float("nan")
    return float((pd.Timestamp(tables.study.as_of) - pd.Timestamp(newest).normalize()).days)
