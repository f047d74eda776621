"""What a row of a customer table is, and which rows are none."""

from collections.abc import Sequence
from typing import Any

from segkit.sources.exports.export import as_named
from segkit.sources.exports.recognise import Recognised
from segkit.sources.names import plain_name
from segkit.sources.seen import Seen

_CALLED = (
    ("company", "companies", ("company", "account_name", "employees", "industry", "headcount")),
    ("respondent", "respondents", ("respondent", "response_id", "survey", "q1", "umfrage")),
    ("session", "sessions", ("session", "bounce", "visitor", "page_views", "pageviews")),
    ("post", "posts", ("post", "likes", "impressions")),
)


def rows_aside(known: Recognised, seen: Seen) -> dict[str, Any]:
    """Rules of a known export for the columns that this file has, as the file writes them."""
    rules = {}
    for reason, by_column in known.export.rows_aside.items():
        for column, values in by_column.items():
            for name in as_named([column], seen.table.columns):
                rules[reason] = {name: values}
    return rules


def row_words(known: Recognised | None, name: str, columns: Sequence[str]) -> dict[str, str]:
    """What a reader calls a row: by the export, else by the names of the study and its columns."""
    if known and known.export.kind == "survey":
        return {"customer": "respondent", "customers": "respondents"}
    if known and "its customers are companies" in known.export.words:
        return {"customer": "company", "customers": "companies"}
    speaking = "_".join(map(plain_name, [name, *columns]))
    for one, many, words in _CALLED:
        if any(f"_{word}" in f"_{speaking}" for word in words):
            return {"customer": one, "customers": many}
    return {"customer": "customer", "customers": "customers"}
