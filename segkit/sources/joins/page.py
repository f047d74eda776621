"""A profile as a page of small tables: counts only."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import pandas as pd
from markupsafe import Markup

from segkit.shown import as_table, as_text
from segkit.sources.joins.coverage import table_names

if TYPE_CHECKING:
    from segkit.sources.joins.profile import CustomerProfile

HEADS: Mapping[str, str] = {
    "n_customers": "customers",
    "only_here": "in no other table",
    "stated": "decides first",
    "most_trusted": "most trusted",
    "most_frequent": "most frequent",
    "older_rows": "own rows differ",
    "alike": "differ by rounding",
    "age_p50_days": "age P50, days",
    "age_p95_days": "age P95, days",
    "stale_after_days": "stale after, days",
    "stale_share": "stale, share",
    "by": "found by",
    "values": "shared values",
}
"""Column -> what a reader is shown."""


def page_of(profile: "CustomerProfile") -> str:
    """The profile's reading, then who is where, conflicts, ages and identity, as HTML."""
    parts = {
        "Who is in which table": profile.coverage,
        "Customers that no other table knows": profile.orphans.reset_index(),
        "Where values contradict each other, and what decided": profile.conflicts.reset_index(),
        "Age of the values in use": profile.freshness,
        "One person with several ids, one id with two people": profile.identity,
    }
    marks = table_names(profile.coverage)
    tables = "".join(
        f"<h4>{title}</h4>{_table(frame, marks)}" for title, frame in parts.items() if len(frame)
    )
    return as_text(profile.reading) + Markup(tables)


def _table(frame: pd.DataFrame, marks: list[str]) -> str:
    shown = pd.DataFrame({name: frame[name].map(_cell(name)) for name in frame})
    html = shown.rename(columns=lambda name: name if name in marks else HEADS.get(name, name))
    return as_table(html, index=False)


def _cell(column: str) -> Any:
    def text(value: Any) -> str:
        if isinstance(value, str):
            return value.replace("_", " ") if column == "stated" else value
        if isinstance(value, bool):
            return "yes" if value else ""
        if pd.isna(value):
            return ""
        return f"{value:.1%}" if column.endswith("share") else f"{value:,.0f}"

    return text
