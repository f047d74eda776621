"""A CRM's activities: calls, meetings, tickets."""

from typing import Any

import ibis

from segkit.sources.behaviour.dated import Contract, meant, text_of
from segkit.sources.check import Values
from segkit.study.events import words_of
from segkit.study.tables import TableSpec


def _parsed(table: ibis.Table, spec: TableSpec) -> dict[str, Any]:
    if "type" not in spec.columns:
        return {}
    return {"type": meant(text_of(table, "type", spec), words_of("activities", spec, "types"))}


def _columns(read: Values, _: TableSpec) -> Values:
    return {"type": read["type"]} if "type" in read else {}


def _notices(kept: ibis.Table, spec: TableSpec, where: str) -> list[str]:
    if "type" not in spec.columns:
        return []
    found = []
    counts = kept.group_by("type").agg(n=kept.count()).execute()
    n_other = int(counts.loc[counts["type"].isna(), "n"].sum())
    if n_other:
        found.append(
            f"{where}: {n_other:,} activities are of a kind that `types` doesn't name; they count only "
            "in the number of all"
        )
    lacking = [
        name for name in words_of("activities", spec, "types") if name not in set(counts["type"])
    ]
    if lacking:
        found.append(f"{where}: no row is one of the {', '.join(lacking)}")
    return found


ACTIVITIES = Contract(_parsed, _columns, notices=_notices)
