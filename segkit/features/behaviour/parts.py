"""Event tables -> what each gives per customer, seen from a reference date."""

from collections.abc import Mapping

import ibis

from segkit.features.behaviour.activities import activities_part
from segkit.features.behaviour.emails import emails_part
from segkit.features.behaviour.part import Part, count_of
from segkit.features.behaviour.social import social_part
from segkit.features.behaviour.web import web_part
from segkit.sources.tables import Tables
from segkit.study.tables import TableSpec


def event_parts(tables: Tables, as_of: str) -> list[Part]:
    """What each event table of a study gives; nothing on or after `as_of` is seen."""
    return [
        _part(name, _before(table, as_of), tables.study.tables[name])
        for name, table in tables.events.items()
    ]


def event_window(events: Mapping[str, ibis.Table], as_of: str) -> tuple[str, str] | None:
    """Days of the first and the last event before `as_of`."""
    moments = []
    for table in events.values():
        rows = _before(table, as_of)
        row = rows.agg(first=rows.event_date.min(), last=rows.event_date.max()).execute().iloc[0]
        moments += [moment for moment in row if moment == moment]  # not NaT
    return (f"{min(moments):%Y-%m-%d}", f"{max(moments):%Y-%m-%d}") if moments else None


def _before(table: ibis.Table, as_of: str) -> ibis.Table:
    return table.filter(table.event_date < ibis.timestamp(as_of))


def _part(name: str, rows: ibis.Table, spec: TableSpec) -> Part:
    if name == "web":
        return web_part(rows, spec)
    if name == "emails":
        return emails_part(rows, has_campaign="campaign" in rows.columns)
    if name == "activities":
        return activities_part(rows, spec)
    if name == "social":
        return social_part(rows, spec)
    return _counted(name, rows)


LABELS = {"campaigns": "Campaigns received", "coupons": "Coupons redeemed"}


def _counted(name: str, rows: ibis.Table) -> Part:
    """Campaigns received, coupons redeemed: their number."""
    feature = count_of(
        f"n_{name}", LABELS[name], name, f"number of {name} before the reference date", f"n_{name}",
        role="campaign",
    )  # fmt: skip
    return Part(rows.group_by("customer_id").agg(**{f"n_{name}": rows.count()}), [feature])
