"""What a row of a customer table is, and which rows are none."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from segkit.protected import looks_protected
from segkit.sources.exports.export import as_named
from segkit.sources.exports.recognise import Recognised
from segkit.sources.guessing.seen import Seen
from segkit.sources.names import plain_name

ROWS: Mapping[str, str] = {
    "customer": "customers", "respondent": "respondents", "company": "companies",
    "session": "sessions", "post": "posts",
}  # fmt: skip
"""What a row may be -> several of them."""
_CALLED = (
    ("company", ("company", "account_name", "employees", "industry", "headcount")),
    ("respondent", ("respondent", "response_id", "survey", "q1", "umfrage")),
    ("session", ("session", "bounce", "visitor", "page_views", "pageviews")),
    ("post", ("post", "likes", "impressions")),
)
_OF_A_PERSON = re.compile(
    r"(first|last|full|given|sur|family)_?name|vorname|nachname|salutation|job_title"
)


def rows_aside(known: Recognised, seen: Seen) -> dict[str, Any]:
    """Rules of a known export for the columns that this file has, as the file writes them."""
    rules = {}
    for reason, by_column in known.export.rows_aside.items():
        for column, values in by_column.items():
            for name in as_named([column], seen.table.columns):
                rules[reason] = {name: values}
    return rules


def row_of(known: Recognised | None, name: str, columns: Sequence[str]) -> str:
    """What a row is: by the export, else by the names of the study and its columns.

    Examples
    --------
    >>> row_of(None, "leads", ["Industry", "Employees"]), row_of(None, "crm", ["Industry", "Gender"])
    ('company', 'customer')
    """
    if known and known.export.kind == "survey":
        return "respondent"
    if known and "its customers are companies" in known.export.words:
        return "company"
    is_of_people = bool(known) or any(
        looks_protected(one) or _OF_A_PERSON.fullmatch(plain_name(one)) for one in columns
    )
    speaking = "_".join(map(plain_name, [name, *columns]))
    for row, words in _CALLED:
        if any(f"_{word}" in f"_{speaking}" for word in words) and not (
            row == "company" and is_of_people
        ):
            return row
    return "customer"
