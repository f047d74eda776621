"""What a study says of the right to use its data: for which purpose, and under which names."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkit.errors import StudyError
from segkit.study.traits import written

PURPOSES = ("analytics", "personalisation", "advertising")
STATUSES: Mapping[str, tuple[str, ...]] = {
    "granted": (
        "granted", "grant", "given", "yes", "y", "true", "1", "opted in", "opt-in", "opt in", "in",
        "subscribed",
    ),
    "withdrawn": (
        "withdrawn", "revoked", "no", "n", "false", "0", "opted out", "opt-out", "opt out", "out",
        "unsubscribed", "objected",
    ),
    "refused": (
        "refused", "denied", "declined", "rejected", "never given", "not given", "not granted",
        "never granted", "no consent",
    ),
    "unknown": ("unknown", "pending", "not asked", "n/a", "nan", "none", "null"),
}  # fmt: skip
"""Words for a status, whatever their case; a study adds its own."""
_SPELT: Mapping[str, tuple[str, ...]] = {"personalisation": ("personalization",)}


@dataclass(frozen=True)
class ConsentSpec:
    """For which purpose a study runs, and how its consent table speaks.

    Attributes
    ----------
    purpose : {"analytics", "personalisation", "advertising"}
        Customers without consent for it are left out.
    channel : str
        Where consent is asked by channel, the one that counts; empty: all that were asked.
    statuses, purposes : dict of str to str
        The file's word, in lower case -> segkit's.
    """

    purpose: str
    channel: str = ""
    statuses: Mapping[str, str] = field(default_factory=dict)
    purposes: Mapping[str, str] = field(default_factory=dict)


def consent_spec(given: Mapping[str, Any]) -> ConsentSpec:
    """The study's `consent:`, its own words added to those that segkit knows.

    Examples
    --------
    >>> spec = consent_spec({"purpose": "analytics", "statuses": {"granted": ["Ja"]}})
    >>> spec.statuses["ja"], spec.statuses["opted out"]
    ('granted', 'withdrawn')
    """
    purposes = {name: (name, *_SPELT.get(name, ())) for name in PURPOSES}
    return ConsentSpec(
        purpose=given["purpose"],
        channel=str(given.get("channel", "")).strip().lower(),
        statuses=_by_word("consent.statuses", STATUSES, given.get("statuses", {})),
        purposes=_by_word("consent.purposes", purposes, given.get("purposes", {})),
    )


def _by_word(
    where: str, known: Mapping[str, tuple[str, ...]], given: Mapping[str, Any]
) -> dict[str, str]:
    own: dict[str, str] = {}
    for meaning, words in given.items():
        for word in (text.strip().lower() for one in words for text in written(one)):
            if own.setdefault(word, meaning) != meaning:
                raise StudyError(
                    f"{where}: '{word}' means both {own[word]} and {meaning}", "one meaning a word"
                )
    return {word: meaning for meaning, words in known.items() for word in words} | own
