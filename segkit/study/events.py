"""What a study says of its event tables: what their words mean, and how their rows are counted.

Web visits, e-mails, activities and engagement are tables of dated rows per customer, like campaigns
and coupons. Each kind has a contract: its columns, its own options, and what contradicts itself.
"""

from collections.abc import Mapping
from typing import Any

from segkit.study.tables import TableSpec

EVENTS = ("campaigns", "coupons", "web", "emails", "activities", "social")
SESSION_GAP_MINUTES = 30.0
"""Longest pause within a visit, where the study states none: the usual one of web analytics."""
MOBILE = ("mobile", "mobile phone", "phone", "smartphone", "iphone", "android")
EMAIL_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "sent": ("sent", "send"),
    "delivered": ("delivered",),
    "open": ("open", "opened"),
    "click": ("click", "clicked"),
    "bounce": ("bounce", "bounced"),
    "unsubscribe": ("unsubscribe", "unsubscribed"),
}
SOCIAL_ACTIONS: Mapping[str, tuple[str, ...]] = {
    "likes": ("like", "liked", "likes"),
    "comments": ("comment", "commented", "comments"),
    "shares": ("share", "shared", "shares"),
}
OPTIONS: Mapping[str, tuple[str, ...]] = {
    "web": ("session_gap_minutes", "steps", "page_views", "mobile"),
    "emails": ("actions",),
    "activities": ("types",),
    "social": ("actions", "sentiment_range"),
}
"""Table -> what study.yaml may say of it beside where it is and how it is read."""
DEFAULTS: Mapping[tuple[str, str], Mapping[str, tuple[str, ...]] | tuple[str, ...]] = {
    ("emails", "actions"): EMAIL_ACTIONS,
    ("social", "actions"): SOCIAL_ACTIONS,
    ("web", "mobile"): MOBILE,
}
OF_SESSIONS = ("pages", "duration_seconds", "bounce")
"""Columns that a table has with one row per visit, and an event log has not."""
COUNTS = ("likes", "comments", "shares")


def is_of_sessions(spec: TableSpec) -> bool:
    """Whether a web table has one row per visit, by the columns that are mapped."""
    return any(name in spec.columns for name in OF_SESSIONS)


def is_of_counts(spec: TableSpec) -> bool:
    """Whether a social table holds counts instead of one action a row."""
    return "action" not in spec.columns


def words_of(name: str, spec: TableSpec, option: str) -> dict[str, list[str]]:
    """A word of segkit's or of the study's own -> the file's words for it, in lower case; ordered.

    Examples
    --------
    >>> words_of("activities", TableSpec("", {}, means={"types": {"calls": ["Phone"]}}), "types")
    {'calls': ['phone']}
    >>> words_of("web", TableSpec("", {}, means={"steps": ["basket"]}), "steps")
    {'basket': ['basket']}
    """
    given = spec.means.get(option, DEFAULTS.get((name, option), {}))
    if not isinstance(given, Mapping):
        given = {word: [word] for word in given}
    return {str(word): _lowered(texts) for word, texts in given.items()}


def _lowered(texts: Any) -> list[str]:
    several = texts if isinstance(texts, list | tuple) else [texts]
    return list(dict.fromkeys(str(text).strip().lower() for text in several))
