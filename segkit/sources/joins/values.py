"""What each source says of each customer: one long table of values, each read or with a reason."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.sources.joins.rows import OBSERVED, OURS, Source
from segkit.sources.prepared import Prepared, prepare, refuse_mixed
from segkit.sources.printable import require
from segkit.sources.quality import READ
from segkit.sources.traits import is_text, read_column, refuse_unreadable
from segkit.study import Study
from segkit.study.origins import Origin, origin_of, scale_source
from segkit.study.scales import item_traits
from segkit.study.traits import TraitSpec


@dataclass(frozen=True)
class Wanted:
    """An attribute of the profile: a trait, or an item of a scale.

    Attributes
    ----------
    trait : TraitSpec
    origin : Origin
    """

    trait: TraitSpec
    origin: Origin


def wanted_of(study: Study) -> dict[str, Wanted]:
    """Every attribute that a study reads about customers, by name."""
    tolerance = study.profile.tolerance_of
    wanted = {
        name: Wanted(trait, replace(origin_of(trait, study), tolerance=tolerance(name)))
        for name, trait in study.traits.items()
    }
    for scale in study.scales.values():
        source = scale_source(scale.source, study)
        for name, item in item_traits({"": scale}).items():
            origin = Origin({source: item.column}, tolerance=tolerance(name))
            wanted[name] = Wanted(item, origin)
    return wanted


def tolerances_of(wanted: Mapping[str, Wanted]) -> dict[str, float]:
    """Attributes that are numbers -> by how much, as a share, their values may differ and agree."""
    return {
        name: one.origin.tolerance
        for name, one in wanted.items()
        if not is_text(one.trait) and one.trait.kind not in {"yes_no", "chosen"}
    }


def prepare_sources(
    con: Backend, sources: Sequence[Source], wanted: Mapping[str, Wanted], study: Study
) -> dict[str, Prepared]:
    """Each source's rows with what its texts stand for, by its name.

    Raises
    ------
    DataError
        A source lacks a column, or an amount is in one currency here and in another there; see also
        `prepare`.
    """
    made = {}
    for source in sources:
        here = _traits_in(source, wanted)
        known = [column for column in source.rows.columns if column not in OURS]
        for name, trait in here.items():
            require(trait.sources, known, source.where, f"the trait '{name}'")
        made[source.name] = prepare(con, source.rows, study, here, source.spec, source.where)
    for name, one in wanted.items():
        columns = one.origin.columns if len(one.origin.columns) > 1 else {}
        named = {
            f"{column}' of '{source}": made[source].signs.get(column, {})
            for source, column in columns.items()
        }
        mixed = refuse_mixed(f"the trait '{name}'", named, one.trait, study)
        made[sources[-1].name].notices += mixed
    return made


def _traits_in(source: Source, wanted: Mapping[str, Wanted]) -> dict[str, TraitSpec]:
    return {
        name: replace(one.trait, column=one.origin.columns[source.name])
        for name, one in wanted.items()
        if source.name in one.origin.columns
    }


def read_values(
    con: Backend,
    sources: Sequence[Source],
    wanted: Mapping[str, Wanted],
    study: Study,
    made: Mapping[str, Prepared],
) -> tuple[ibis.Table, pd.DataFrame]:
    """Read every attribute in every source that has it.

    Parameters
    ----------
    con : ibis.backends.duckdb.Backend
    sources : sequence of Source
    wanted : dict of str to Wanted
    study : Study
    made : dict of str to Prepared
        From `prepare_sources`.

    Returns
    -------
    ibis.Table
        One row per kept row and attribute: customer_id, attribute, source, observed_at, value (as
        text; null where there is none) and why ("read", or the reason why there is none).
    pandas.DataFrame
        One row per attribute, source and outcome: `attribute`, `source`, `outcome`, `rows`. The rows
        of an attribute in a source add up to the source's kept rows.

    Raises
    ------
    DataError
        Too many values of an attribute can't be read in a source.
    """
    parts = [
        _of_one(made[source.name], source, name, trait, study)
        for source in sources
        for name, trait in _traits_in(source, wanted).items()
    ]
    if not parts:
        none = pd.DataFrame({"attribute": [], "source": [], "outcome": [], "rows": []})
        return con.create_table("said", schema=_SCHEMA, temp=True), none
    said = con.create_table("said", ibis.union(*parts), temp=True)
    outcomes = _counted(said)
    for source in sources:
        for name, one in wanted.items():
            if source.name in one.origin.columns:
                counts = _of(outcomes, name, source.name)
                refuse_unreadable(name, one.trait, counts, source.spec, study, source.name)
    return said, outcomes


_SCHEMA = ibis.schema(
    {
        "customer_id": "string", "attribute": "string", "source": "string",
        "observed_at": "timestamp", "value": "string", "why": "string",
    }
)  # fmt: skip


def _of_one(made: Prepared, source: Source, name: str, trait: TraitSpec, study: Study) -> ibis.Table:
    rows = made.table
    read = read_column(rows, name, trait, made.spec, study)
    return rows.select(
        "customer_id",
        attribute=ibis.literal(name),
        source=ibis.literal(source.name),
        observed_at=rows[OBSERVED],
        value=_text(read.usable),
        why=read.why,
    )


def _text(value: Any) -> Any:
    """As text that is equal where the values are: 0.0 and -0.0 are one number."""
    return (value + 0.0).cast("string") if value.type().is_numeric() else value.cast("string")


def _counted(said: ibis.Table) -> pd.DataFrame:
    keys = ["attribute", "source", "why"]
    counts = said.group_by(keys).agg(rows=said.count()).execute()
    counts["unread"] = counts["why"] != READ
    counts = counts.sort_values(["attribute", "source", "unread", "why"], ignore_index=True)
    return counts.drop(columns="unread").rename(columns={"why": "outcome"})


def _of(outcomes: pd.DataFrame, attribute: str, source: str) -> pd.Series:
    here = outcomes[(outcomes["attribute"] == attribute) & (outcomes["source"] == source)]
    return here.set_index("outcome")["rows"]
