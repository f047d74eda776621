"""Web visits: a log of events, or one row per visit."""

from typing import Any

import ibis

from segkit.sources.behaviour.dated import Contract, meant, text_of
from segkit.sources.check import Values, is_filled
from segkit.sources.values import as_id, has_hours
from segkit.study.events import MOBILE, is_of_sessions, words_of
from segkit.study.tables import TableSpec
from segkit.study.traits import NO, YES

BOT = r"bot([^a-z]|$)|(^|[^a-z])spider|crawl|slurp|headless"
"""Words by which a user agent, or a device, says that it is no person."""
PHONE = "cubot"
"""A make of phones that sounds like one."""
SECONDS = "decimal(18, 3)"
"""Exact, so that a sum doesn't depend on the order of the rows."""


def _parsed(table: ibis.Table, spec: TableSpec) -> dict[str, Any]:
    given = {name: text_of(table, name, spec) for name in ("page", "step", "channel", "device")
             if name in spec.columns}  # fmt: skip
    parsed: dict[str, Any] = {}
    if "session_id" in spec.columns:
        parsed["session_id"] = as_id(table[str(spec.columns["session_id"])], spec)
    if "channel" in given:
        parsed["channel"] = given["channel"]
    if "device" in given:
        words = list(words_of("web", spec, "mobile")) if "mobile" in spec.means else list(MOBILE)
        known = given["device"].lower().isin([word.lower() for word in words])
        parsed["is_mobile"] = known.cast("int64")
    steps = words_of("web", spec, "steps")
    if steps:
        named = meant(given.get("step", given.get("page")), steps)
        places = [(named == name, ibis.literal(place)) for place, name in enumerate(steps)]
        parsed["step_place"] = ibis.cases(*places, else_=ibis.null("int64")).cast("int64")
    if "bounce" in spec.columns:
        text = text_of(table, "bounce", spec).lower().re_replace(r"\.0$", "")
        parsed["bounced"] = ibis.cases((text.isin(YES), 1), (text.isin(NO), 0)).cast("int64")
    if not is_of_sessions(spec):
        parsed["is_page"] = _is_page(given, spec)
    return parsed


def _is_page(given: dict[str, Any], spec: TableSpec) -> Any:
    """A row shows a page by its step where `page_views` says so, else by its page, else always."""
    if "page_views" in spec.means:
        words = [word.strip().lower() for word in spec.means["page_views"]]
        seen = given["step"].lower().isin(words).fill_null(False)
    else:
        seen = given["page"].notnull() if "page" in given else ibis.literal(True)
    return seen.cast("int64")


def _columns(read: Values, _: TableSpec) -> Values:
    columns = {
        name: read[name]
        for name in ("session_id", "channel", "is_mobile", "step_place", "bounced", "is_page")
        if name in read
    }
    if "duration_seconds" in read:
        columns["duration_seconds"] = read["duration_seconds"].try_cast(SECONDS)
    return columns


def _rules(table: ibis.Table, read: Values, spec: TableSpec) -> Values:
    rules: dict[str, Any] = {}
    if "bounced" in read:
        given = is_filled(table[str(spec.columns["bounce"])]).fill_null(False)
        rules["unreadable bounce"] = given & read["bounced"].isnull()
    if "session_id" in read:
        rules["no session id"] = read["session_id"].isnull()
    says_bot = ibis.literal(False)
    for name in ("agent", "device"):
        if name in spec.columns:
            text = text_of(table, name, spec).lower().replace(PHONE, "")
            says_bot |= text.re_search(BOT).fill_null(False)
    if "is_bot" in spec.columns:
        says_bot |= text_of(table, "is_bot", spec).lower().isin(YES).fill_null(False)
    return rules | {"bot": says_bot}


def _notices(kept: ibis.Table, spec: TableSpec, where: str) -> list[str]:
    found, steps = [], list(words_of("web", spec, "steps"))
    if steps:
        there = kept.step_place.as_table().distinct().execute()["step_place"].dropna()
        lacking = [name for place, name in enumerate(steps) if place not in set(there)]
        if lacking:
            found.append(f"{where}: no row shows the step {', '.join(lacking)}")
    if "is_mobile" in kept.columns and not kept.is_mobile.sum().fill_null(0).execute():
        found.append(
            f"{where}: no device reads as a mobile phone; `mobile` of this table names the words for it"
        )
    if not is_of_sessions(spec) and "session_id" not in spec.columns and not has_hours(kept.event_date):
        found.append(
            f"{where}: the dates hold no time of day, so all that a customer did on one day "
            "is one visit"
        )
    return found


WEB = Contract(_parsed, _columns, _rules, ("pages", "duration_seconds"), _notices)
