"""The contract of each kind of event table, and whose events they are."""

from collections.abc import Mapping

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.sources.behaviour.activities import ACTIVITIES
from segkit.sources.behaviour.dated import PLAIN, Contract
from segkit.sources.behaviour.emails import EMAILS
from segkit.sources.behaviour.social import SOCIAL
from segkit.sources.behaviour.web import WEB
from segkit.study import Study

CONTRACTS: Mapping[str, Contract] = {
    "campaigns": PLAIN,
    "coupons": PLAIN,
    "web": WEB,
    "emails": EMAILS,
    "activities": ACTIVITIES,
    "social": SOCIAL,
}
"""Event table -> what it holds."""
SAID = {"web": "visits", "emails": "e-mails", "activities": "activities", "social": "engagement"}


def customers_of(events: Mapping[str, ibis.Table], as_of: str) -> pd.Index:
    """Who has an event before a date, sorted."""
    ids: set[str] = set()
    for table in events.values():
        ids |= _ids(table.filter(table.event_date < ibis.timestamp(as_of)))
    if not ids:
        raise DataError(f"no event lies before as_of {as_of}", "a date after the first event")
    return pd.Index(sorted(ids), name="customer_id", dtype="str")


def coverage(
    events: Mapping[str, ibis.Table],
    lines: ibis.Table | None,
    customers: pd.DataFrame | None,
    study: Study,
) -> list[str]:
    """Say how many of those with an event are customers of the study; the others don't count."""
    if study.only_events or not set(events) & set(SAID):
        return []
    if lines is not None:
        known = _ids(lines)
        where = f"have {study.words['orders']}"
    else:
        assert customers is not None
        known, where = set(customers.index), "are in the customer table"
    found = []
    for name, said in SAID.items():
        if name not in events:
            continue
        ids = _ids(events[name])
        n_other = len(ids - known)
        rest = f"; {said} of the other {n_other:,} are not counted" if n_other else ""
        found.append(f"{len(ids) - n_other:,} of {len(ids):,} ids with {said} {where}{rest}")
    return found


def _ids(table: ibis.Table) -> set[str]:
    return set(table.customer_id.as_table().distinct().execute()["customer_id"])
