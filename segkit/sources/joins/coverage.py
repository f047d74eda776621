"""Who is in which source, and whether the sources' ids speak of the same customers at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.joins.rows import Source
from segkit.sources.printable import quoted
from segkit.sources.values import common_shapes

ORDERS = "transactions"


def customer_ids(con: Backend, sources: Sequence[Source], lines: ibis.Table | None) -> ibis.Table:
    """Which customer is in which table: customer_id, table, each pair once."""
    parts = [
        source.rows.select("customer_id", table=ibis.literal(source.name)).distinct()
        for source in sources
    ]
    if lines is not None:
        parts.append(lines.select("customer_id", table=ibis.literal(ORDERS)).distinct())
    ids = ibis.union(*parts)
    return con.create_table("who_is_where", ids, temp=True)


def combinations(ids: ibis.Table) -> pd.DataFrame:
    """Count the customers of each combination of tables.

    Returns
    -------
    pandas.DataFrame
        A column per table, true where it knows these customers, then `n_customers` and `share`; most
        customers first. Every customer is in one row.
    """
    names = sorted(ids.select("table").distinct().execute()["table"])
    flags = {name: (ids["table"] == name).any() for name in names}
    wide = ids.group_by("customer_id").agg(**flags)
    found = wide.group_by(names).agg(n_customers=wide.count()).execute()
    found = found.sort_values(["n_customers", *names], ascending=False, ignore_index=True)
    return found.assign(share=found["n_customers"] / found["n_customers"].sum())


def orphans(found: pd.DataFrame) -> pd.DataFrame:
    """Per table its customers, and those that no other table knows.

    Returns
    -------
    pandas.DataFrame
        Indexed by table: `customers`, `only_here`.
    """
    names = table_names(found)
    alone = found[found[names].sum(axis=1) == 1]
    rows = {
        name: {
            "customers": int(found.loc[found[name], "n_customers"].sum()),
            "only_here": int(alone.loc[alone[name], "n_customers"].sum()),
        }
        for name in names
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("table")


def table_names(found: pd.DataFrame) -> list[str]:
    """The tables of a coverage."""
    return [name for name in found if name not in {"n_customers", "share"}]


@dataclass(frozen=True)
class Unmatched:
    """Ids of a table that no other table has.

    Attributes
    ----------
    table : str
    n_alike : int
        Those that differ from another table's id in form only: case, zeros in front, punctuation or
        a ".0" at the end.
    """

    table: str
    n_alike: int


def unmatched_ids(con: Backend, ids: ibis.Table) -> list[Unmatched]:
    """Which tables hold ids that differ from another table's in form only, most first."""
    times = ids.group_by("customer_id").agg(n=ids.count())
    alone = ids.semi_join(times.filter(times.n == 1), "customer_id")
    alike = con.create_table("ids_alike", ids.mutate(alike=_alike(ids.customer_id)), temp=True)
    lone = alike.semi_join(alone, ["customer_id", "table"])
    other = alike.view()
    pairs = lone.inner_join(
        other, [lone.alike == other.alike, lone["table"] != other["table"]], rname="{name}_other"
    )
    found = pairs.select("customer_id", "table").distinct()
    counts = found.group_by("table").agg(n=found.count()).order_by([ibis.desc("n"), "table"]).execute()
    return [Unmatched(row.table, int(row.n)) for row in counts.itertuples()]


def _alike(ids: Any) -> Any:
    """An id without what a form adds to it."""
    plain = ids.lower().re_replace(r"\.0+$", "").re_replace(r"[^\p{L}0-9]", "")
    return plain.re_replace(r"^([^0-9]*)0+([0-9])", r"\1\2")


def refuse_strangers(ids: ibis.Table, found: pd.DataFrame, where: Mapping[str, str]) -> None:
    """Refuse a source that shares no customer with any other table: its ids must be others.

    Parameters
    ----------
    ids : ibis.Table
        From `customer_ids`.
    found : pandas.DataFrame
        From `combinations`.
    where : dict of str to str
        Source -> what to call its file.
    """
    names = table_names(found)
    alone = orphans(found)
    for name in names:
        if len(names) > 1 and alone.at[name, "customers"] == alone.at[name, "only_here"]:
            forms = ", ".join(f"{table} {_forms(ids, table)}" for table in names)
            raise DataError(
                f"{where.get(name, name)}: none of its {alone.at[name, 'customers']:,} customer ids is "
                "in any other table",
                f"ids that the tables share; they look so: {forms}",
                f"Map another column of {name} as customer_id, or export the ids that the others have",
            )


def _forms(ids: ibis.Table, table: str) -> str:
    """Commonest forms of a table's ids, without their content."""
    return quoted(common_shapes(ids.filter(ids["table"] == table), "customer_id", most=2))
