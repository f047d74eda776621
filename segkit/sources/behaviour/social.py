"""Engagement on social media, per customer: one action a row, or a row of counts."""

from typing import Any

import ibis

from segkit.sources.behaviour.dated import Contract, meant, text_of
from segkit.sources.check import Values, is_filled
from segkit.study.events import COUNTS, is_of_counts, words_of
from segkit.study.tables import TableSpec

SENTIMENT = "decimal(18, 6)"
"""Exact, so that a mean doesn't depend on the order of the rows."""


def _parsed(table: ibis.Table, spec: TableSpec) -> dict[str, Any]:
    if is_of_counts(spec):
        parsed: dict[str, Any] = {}
    else:
        parsed = {"action": meant(text_of(table, "action", spec), words_of("social", spec, "actions"))}
    if "sentiment" in spec.columns:
        parsed["has_sentiment"] = is_filled(table[str(spec.columns["sentiment"])]).fill_null(False)
    return parsed


def _columns(read: Values, spec: TableSpec) -> Values:
    columns = {"action": read["action"]} if "action" in read else {}
    columns |= {name: read[name].round().cast("int64") for name in _counts(spec)}
    if "sentiment" in read:
        low, high = spec.means["sentiment_range"]
        believed = read["sentiment"].between(low, high).fill_null(False)
        exact = read["sentiment"].try_cast(SENTIMENT)
        columns["sentiment"] = believed.ifelse(exact, ibis.null(SENTIMENT))
        columns["is_odd_sentiment"] = read["has_sentiment"] & ~believed
    return columns


def _counts(spec: TableSpec) -> list[str]:
    return [name for name in (*COUNTS, "reach") if name in spec.columns]


def _rules(_: ibis.Table, read: Values, spec: TableSpec) -> Values:
    if not is_of_counts(spec):
        return {"unknown action": read["action"].isnull()}
    counts = _counts(spec)
    broken, unknown = ibis.literal(False), ibis.literal(True)
    for name in counts:
        broken |= (read[name] != read[name].round()).fill_null(False)
        unknown &= read[name].isnull()
    return {"no whole number": broken, "no count": unknown}


def _notices(kept: ibis.Table, spec: TableSpec, where: str) -> list[str]:
    found = []
    if "is_odd_sentiment" in kept.columns:
        n_odd = int(kept.is_odd_sentiment.cast("int64").sum().fill_null(0).execute())
        low, high = spec.means["sentiment_range"]
        if n_odd:
            found.append(
                f"{where}: {n_odd:,} sentiments are no number from {low:g} to {high:g}; those rows "
                "count as engagement, without a sentiment"
            )
    for name in _counts(spec):
        n_blank = int(kept[name].isnull().sum().fill_null(0).execute())
        if n_blank:
            found.append(f"{where}: {n_blank:,} rows leave {name} blank; nothing is put in its place")
    return found


SOCIAL = Contract(_parsed, _columns, _rules, (*COUNTS, "reach", "sentiment"), _notices, "action")
