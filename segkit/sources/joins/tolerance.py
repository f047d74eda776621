"""Numbers of one customer that differ by rounding alone: one value, not a conflict."""

from collections.abc import Callable, Mapping
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

KEY = ["customer_id", "attribute"]
"""What there is one value of."""


def alike(
    con: Backend,
    ranked: ibis.Table,
    tolerances: Mapping[str, float],
    score: Callable[[ibis.Table], Any],
) -> ibis.Table:
    """Give numbers within the tolerance of each other the value of the best of them.

    Parameters
    ----------
    con : ibis.backends.duckdb.Backend
    ranked : ibis.Table
        Values with customer_id, attribute and value, as text.
    tolerances : dict of str to float
        Attribute -> largest difference to the next number, as a share of the larger one, 0 to 1.
    score : callable
        A table -> what orders its values, the best with the highest.

    Returns
    -------
    ibis.Table
        The same rows with `alike`: whether this customer's values of the attribute were made one.
    """
    unchanged = ranked.mutate(alike=ibis.literal(False))
    rows = ranked.filter(ranked.attribute.isin(list(tolerances)))
    times = rows.group_by(KEY).agg(n=rows.value.nunique())
    differing = _kept(con, times.filter(times.n > 1).drop("n"))
    if not differing.count().execute():
        return unchanged
    numbers = _numbers(con, ranked.semi_join(differing, KEY), tolerances)
    best = ibis.window(
        group_by=[*KEY, "group"],
        order_by=[score(numbers).desc(), numbers.number, numbers.value],
    )
    made = _kept(con, numbers.mutate(best=numbers.value.first().over(best)))
    moved = (made.best != made.value).cast("int64").max().over(ibis.window(group_by=KEY)) > 0
    made = made.mutate(alike=moved, value=made.best).select(unchanged.columns)
    return _kept(con, unchanged.anti_join(differing, KEY).union(made))


def _numbers(con: Backend, rows: ibis.Table, tolerances: Mapping[str, float]) -> ibis.Table:
    """The values as numbers, each with the group of neighbours that it belongs to."""
    limits = pd.DataFrame({"attribute": list(tolerances), "tolerance": list(tolerances.values())})
    limits = limits.astype({"attribute": "str", "tolerance": "float64"})
    wide = rows.inner_join(con.create_table(_name(), limits, temp=True), "attribute")
    numbers = _kept(con, wide.mutate(number=wide.value.cast("float64")))
    upward = ibis.window(group_by=KEY, order_by=[numbers.number, numbers.value])
    numbers = _kept(con, numbers.mutate(before=numbers.number.lag().over(upward)))
    size = ibis.greatest(numbers.number.abs(), numbers.before.abs())
    apart = (numbers.number - numbers.before > numbers.tolerance * size).fill_null(False)
    numbers = _kept(con, numbers.mutate(apart=apart.cast("int64")))
    running = ibis.cumulative_window(group_by=KEY, order_by=[numbers.number, numbers.value])
    return _kept(con, numbers.mutate(group=numbers.apart.sum().over(running)))


def _kept(con: Backend, table: ibis.Table) -> ibis.Table:
    return con.create_table(_name(), table, temp=True)


def _name() -> str:
    return ibis.util.gen_name("tolerance")
