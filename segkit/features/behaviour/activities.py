"""Calls, meetings, tickets -> how much contact there is with a customer."""

from collections.abc import Iterator, Sequence
from typing import Any

import ibis

from segkit.features.behaviour.part import Part, count_of, days_since
from segkit.features.dictionary import Feature, slug
from segkit.study.events import words_of
from segkit.study.tables import TableSpec


def activities_part(rows: ibis.Table, spec: TableSpec) -> Part:
    """Turn checked activities before as_of into totals per customer and their features."""
    types = list(words_of("activities", spec, "types"))
    measures: dict[str, Any] = {
        "n_activities": rows.count(),
        "last_activity": rows.event_date.max().date(),
    }
    for place, name in enumerate(types):
        measures[f"activities_{place}"] = (rows.type == name).fill_null(False).sum()
    return Part(rows.group_by("customer_id").agg(**measures), list(_features(types)))


def _features(types: Sequence[str]) -> Iterator[Feature]:
    yield count_of(
        "n_activities", "Contacts", "contacts", "number of calls, meetings, tickets and the like",
        "n_activities", low="Little contact", high="Much contact",
    )  # fmt: skip
    for place, name in enumerate(types):
        yield count_of(
            f"n_{slug(name)}", name[:1].upper() + name[1:], name, f"number of activities of the kind "
            f"'{name}'", f"activities_{place}",
        )  # fmt: skip
    yield days_since(
        "days_since_activity", "Days since last contact",
        "days from the last activity to the reference date",
        "{customers} with an activity", "last_activity",
        low="Contact recently", high="Contact long ago",
    )  # fmt: skip
