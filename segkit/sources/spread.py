"""An order's own discount and refund -> its lines, in proportion to what they cost."""

from dataclasses import replace
from typing import Any

import ibis
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.files import Raw
from segkit.sources.money import money_of, number_of
from segkit.study.tables import ORDER_MONEY, TableSpec


def spread_over(name: str) -> str:
    """The column that holds each line's part."""
    return f"segkit__part_of_{name}"


def spread(con: Backend, raw: Raw, spec: TableSpec) -> Raw:
    """Give each line its part of what its order has once.

    Parameters
    ----------
    con : ibis DuckDB backend
    raw : Raw
    spec : TableSpec
        `columns` may map `order_discount` and `order_refund`, each on one line of its order or the
        same on all.

    Returns
    -------
    Raw
        Same lines; its notices say how much was spread, and what was more than the lines cost.

    Raises
    ------
    DataError
        An order has two discounts, or two refunds.

    Notes
    -----
    A line's part is the order's amount times what the line cost over what all lines of the order
    cost. Lines that cost nothing, or came back, get none. What a refund holds beyond that, such as
    shipping, has no line and is left out. A refund has no date here: it counts on the order's day.
    """
    wanted = [name for name in ORDER_MONEY if spec.columns.get(name) in raw.table.columns]
    if not wanted or spec.columns.get("order_id") not in raw.table.columns:
        return raw
    order = raw.table[str(spec.columns["order_id"])].cast("string").strip().nullif("")
    cost = _cost(raw.table, spec)
    given = {
        f"segkit__{name}": money_of(raw.table, str(spec.columns[name]), spec).abs() for name in wanted
    }
    table = raw.table.mutate(segkit__order=order, segkit__cost=cost, **given)
    whole = ibis.window(group_by=table["segkit__order"])
    _refuse_two(raw, table, spec, wanted, whole)
    left: Any = table["segkit__cost"].sum().over(whole)
    total, parts = left, {}
    for name in wanted:
        once = table[f"segkit__{name}"].max().over(whole).fill_null(0.0)
        used = ibis.least(once, left).fill_null(0.0)
        # a part is exact to a hundredth of a cent, as amounts are
        part = (used * table["segkit__cost"] / total.nullif(0.0)).round(4).fill_null(0.0)
        parts[spread_over(name)] = table["segkit__order"].notnull().ifelse(part, 0.0)
        left -= used
    made = con.create_table(ibis.util.gen_name("spread"), table.mutate(**parts), temp=True)
    notices = [_said(made, name, str(spec.columns[name])) for name in wanted]
    return replace(raw, table=made, notices=(*raw.notices, *[notice for notice in notices if notice]))


def _cost(table: ibis.Table, spec: TableSpec) -> Any:
    """What a line cost, as far as it is above 0."""
    named = {name: str(column) for name, column in spec.columns.items()}
    if "amount" in named:
        cost = money_of(table, named["amount"], spec)
    else:
        cost = number_of(table, named["quantity"], spec) * money_of(table, named["unit_price"], spec)
    return (cost > 0).ifelse(cost, 0.0).fill_null(0.0)


def _refuse_two(raw: Raw, table: ibis.Table, spec: TableSpec, wanted: list[str], whole: Any) -> None:
    for name in wanted:
        value = table[f"segkit__{name}"]
        differ = table["segkit__order"].notnull() & (value.min().over(whole) < value.max().over(whole))
        orders = table.mutate(differ=differ).filter(lambda t: t.differ)["segkit__order"].nunique()
        n_orders = int(orders.execute())
        if n_orders:
            raise DataError(
                f"{raw.where}: {n_orders:,} orders have more than one '{spec.columns[name]}'",
                f"one for each order, since it is mapped as {name}",
                "If it is the line's own, map it as discount, or take it out",
            )


def _said(table: ibis.Table, name: str, column: str) -> str:
    value = f"segkit__{name}"
    orders = table.filter(table["segkit__order"].notnull() & (table[value] > 0))
    by_order = orders.group_by("segkit__order").agg(once=orders[value].max())
    row = by_order.agg(n=by_order.count(), money=by_order.once.sum().fill_null(0)).execute().iloc[0]
    spent = float(table[spread_over(name)].sum().execute())
    if not row["n"]:
        return ""
    beyond = float(row["money"]) - spent
    more = f"; {beyond:,.2f} more than they cost is left out" if beyond >= 0.01 else ""
    return (
        f"'{column}' of {int(row['n']):,} orders, {float(row['money']):,.2f} in all, is taken off "
        f"their lines in proportion to what each cost{more}"
    )
