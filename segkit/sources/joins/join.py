"""All tables about customers -> one profile, one row of traits per customer, and the record of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.sources.joins.coverage import (
    combinations,
    customer_ids,
    refuse_strangers,
    unmatched_ids,
)
from segkit.sources.joins.freshness import measure_freshness
from segkit.sources.joins.identity import find_identity_problems
from segkit.sources.joins.profile import CustomerProfile
from segkit.sources.joins.rows import Source
from segkit.sources.joins.settle import TIE, count_conflicts, settle_values
from segkit.sources.joins.values import Wanted, prepare_sources, read_values, wanted_of
from segkit.sources.quality import READ, account_traits
from segkit.sources.traits import is_text, refuse_no_value, typed
from segkit.study import Study


@dataclass(frozen=True, eq=False)
class Joined:
    """What the sources give.

    Attributes
    ----------
    customers : pandas.DataFrame
        The customer table's own columns for all customers of all sources, sorted by customer_id;
        missing where the customer table doesn't know one.
    traits : pandas.DataFrame
        The study's traits and survey items for the same customers.
    record : pandas.DataFrame
        See `Quality.traits`.
    profile : CustomerProfile
    inputs : dict of str to str
        SHA-256 of lookup tables.
    """

    customers: pd.DataFrame
    traits: pd.DataFrame
    record: pd.DataFrame
    profile: CustomerProfile
    inputs: Mapping[str, str] = field(default_factory=dict)


def join_sources(
    con: Backend,
    sources: list[Source],
    study: Study,
    *,
    own: pd.DataFrame | None = None,
    lines: ibis.Table | None = None,
) -> Joined:
    """Join the sources of a study by customer id.

    Parameters
    ----------
    con : ibis.backends.duckdb.Backend
    sources : list of Source
        The customer table among them, if there is one.
    study : Study
    own : pandas.DataFrame, optional
        The customer table's own columns, indexed by customer_id.
    lines : ibis.Table, optional
        Kept order lines.

    Returns
    -------
    Joined

    Raises
    ------
    DataError
        A source shares no customer with any other table; a column is missing; too many values of a
        trait can't be read, or it has none at all.
    """
    sources = sorted(sources, key=lambda source: source.name)
    wanted = wanted_of(study)
    ids = customer_ids(con, sources, lines)
    covered = combinations(ids)
    refuse_strangers(ids, covered, {source.name: source.where for source in sources})
    made = prepare_sources(con, sources, wanted, study)
    said, outcomes = read_values(con, sources, wanted, study, made)
    chosen = settle_values(con, said, sources, wanted)
    index = _everyone(sources)
    identity = find_identity_problems(con, sources, study)
    profile = CustomerProfile(
        as_of=study.as_of,
        coverage=covered,
        conflicts=count_conflicts(chosen, wanted),
        freshness=measure_freshness(chosen, wanted, study),
        identity=identity.counts,
        outcomes=outcomes,
        notices=(*_notices(con, ids), *(text for one in made.values() for text in one.notices)),
        chosen=chosen,
        said=said,
        ids=ids,
        words=study.words,
        suspects=identity.suspects,
    )
    own = pd.DataFrame(index=index) if own is None else own.reindex(index)
    record = _record(said, chosen, wanted, len(index))
    inputs = {name: sha for one in made.values() for name, sha in one.inputs.items()}
    return Joined(own, _wide(chosen, wanted, index), record, profile, inputs)


def _everyone(sources: list[Source]) -> pd.Index:
    ids = [source.rows.select("customer_id").distinct() for source in sources]
    every = ibis.union(*ids).distinct().order_by("customer_id")
    return pd.Index(every.execute()["customer_id"], name="customer_id")


def _wide(chosen: ibis.Table, wanted: Mapping[str, Wanted], index: pd.Index) -> pd.DataFrame:
    """One row per customer, a column per attribute."""
    if not wanted:
        return pd.DataFrame(index=index)
    values: dict[str, Any] = {}
    for name, one in wanted.items():
        value = chosen.value.max(where=chosen.attribute == name)
        values[name] = value if is_text(one.trait) else value.cast("float64")
    frame = (
        chosen.group_by("customer_id").agg(**values).execute().set_index("customer_id").reindex(index)
    )
    return pd.DataFrame(
        {name: typed(frame[name], one.trait) for name, one in wanted.items()}, index=index
    )


def _record(
    said: ibis.Table, chosen: ibis.Table, wanted: Mapping[str, Wanted], n_customers: int
) -> pd.DataFrame:
    """Per attribute how many customers have a value, and why the others have none."""
    key = ["customer_id", "attribute"]
    used = chosen.mutate(outcome=chosen.value.isnull().ifelse(_UNSETTLED, READ)).select(*key, "outcome")
    unread = said.anti_join(chosen, key)
    told = unread.why.min(where=unread.why != "blank")
    unread = unread.group_by(key).agg(outcome=ibis.coalesce(told, ibis.literal("blank")))
    every = used.union(unread)
    counts = every.group_by(["attribute", "outcome"]).agg(customers=every.count()).execute()
    counts = counts.rename(columns={"attribute": "trait"})
    rest = []
    for name, one in wanted.items():
        n_known = int(counts.loc[counts["trait"] == name, "customers"].sum())
        where = ", ".join(sorted(one.origin.columns))
        rest += [(name, f"not in {where}", n_customers - n_known)] * (n_known < n_customers)
    counts = pd.concat([counts, pd.DataFrame(rest, columns=["trait", "outcome", "customers"])])
    place = {name: position for position, name in enumerate(wanted)}
    counts = counts.sort_values("trait", key=lambda names: names.map(place), kind="stable")
    record = account_traits(counts.reset_index(drop=True), n_customers)
    for name, one in wanted.items():
        of_one = record[record["trait"] == name].set_index("outcome")["customers"]
        refuse_no_value(name, one.trait, of_one)
    return record


_UNSETTLED = f"sources differ, and no rule decides ({TIE})"


def _notices(con: Backend, ids: ibis.Table) -> Iterator[str]:
    for found in unmatched_ids(con, ids):
        yield (
            f"customer ids of {found.table} that equal another table's but for case, zeros in front, "
            f"punctuation or '.0': {found.n_alike:,}; likely the same customers, they are left apart"
        )
