"""A consent table, told by its purposes and statuses; whose word it is, a person decides."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from segkit.sources.guessing.fit import Fit
from segkit.sources.guessing.happened import date_column, person_column
from segkit.sources.guessing.persons import is_person
from segkit.sources.names import plain_name
from segkit.sources.printable import quoted
from segkit.study.permission import PURPOSES, STATUSES
from segkit.study.schema import OPEN

_PURPOSES: Mapping[str, str] = {
    "analytics": r"analytics?|analysis|statistics?|statistik|analyse|profiling|measurement",
    "personalisation": r"personali[sz](ation|ed)|personalisierung|recommendations?|preferences?",
    "advertising": r"advertising|ads?|marketing|werbung|newsletter|promotions?|direct_marketing",
}
_STATUS = re.compile(
    r"status|granted|consent(ed|_status|_given)?|given|value|decision|opt(ed)?_?in|allowed|permission|einwilligung"
)
_ASKED = re.compile(
    r"(\w+_)?(consents?|consented|opt_?in|opted_in|permission|granted|einwilligung)(_\w+)?"
)
_CHANNEL = re.compile(r"(consent_)?(channel|medium|kanal)")
_WORDS: Mapping[str, tuple[str, ...]] = {
    "granted": ("ja", "oui", "si", "sí", "accepted", "accept", "agreed", "allowed", "consented",
                "active",
                "opted_in", "opt_in", "double opt-in", "confirmed"),
    "withdrawn": ("nein", "non", "opted_out", "opt_out", "inactive", "revoke", "withdrew", "objection"),
    "refused": ("reject", "disallowed", "refuse", "deny", "decline", "abgelehnt"),
    "unknown": ("unbekannt", "not set", "unset", "no answer", "open"),
}  # fmt: skip
"""Words for a status that a study has to state, since `STATUSES` doesn't know them."""
_KNOWN = {word for words in (STATUSES, _WORDS) for texts in words.values() for word in texts}
MOSTLY = 0.8
MOST_BESIDE = 2
"""Further columns that a consent table may have; with more it is a customer table."""


def fit_consent(frame: pd.DataFrame) -> Fit | None:
    """The consent table that a table of texts is; None where it is none.

    Notes
    -----
    A line per customer and purpose has a column of purposes and one of statuses; else each purpose
    has a column of its own. Columns that hold statuses and name no purpose, such as one per channel,
    tell a consent table too, whose purpose a person has to state.

    Examples
    --------
    >>> rows = pd.DataFrame({"customer_id": ["a", "b"], "purpose": ["analytics", "marketing"],
    ...                      "granted": ["yes", "no"]})
    >>> fit_consent(rows).columns["status"]
    'granted'
    """
    who = person_column(frame) or ("id" if "id" in frame else "")
    if not who:
        return None
    when = date_column(frame)
    rest = frame.drop(columns=[name for name in (who, when) if name])
    shared = {"customer_id": who} | ({"date": when} if when else {})
    return _long(rest, shared) or _wide(rest, shared)


def says_consent(frame: pd.DataFrame) -> list[str]:
    """Columns of a customer table that speak of consent, which a study of it has to look at."""
    return [
        str(name) for name in frame if _ASKED.fullmatch(plain_name(str(name))) and _status(frame[name])
    ]


def _long(rest: pd.DataFrame, shared: Mapping[str, str]) -> Fit | None:
    purposes = {name: _purposes(rest[name]) for name in map(str, rest)}
    purposes = {name: told for name, told in purposes.items() if told}
    named = {name: told for name, told in purposes.items() if "purpose" in plain_name(name)}
    for name, told in (named or purposes).items():
        others = rest.drop(columns=[name])
        statuses = [one for one in map(str, others) if _status(others[one])]
        best = [one for one in statuses if _STATUS.fullmatch(plain_name(one))] or statuses
        if best and len(others.columns) <= MOST_BESIDE + 3:
            columns = {**shared, "purpose": name, "status": best[0]} | _channel(others, best[0])
            why = f"'{name}' names purposes, and '{best[0]}' says who agreed"
            return _fit(columns, told, [rest[best[0]]], why)
    return None


def _wide(rest: pd.DataFrame, shared: Mapping[str, str]) -> Fit | None:
    statuses = [str(name) for name in rest if _status(rest[name])]
    per_purpose = {ours: [name for name in statuses if _names_purpose(name, ours)] for ours in PURPOSES}
    found = {ours: names[0] for ours, names in per_purpose.items() if names}
    asked = [name for name in statuses if _ASKED.fullmatch(plain_name(name))]
    channel = _channel(rest, "")
    mapped = {*statuses, *channel.values()}
    beside = [name for name in map(str, rest) if name not in mapped and not is_person(name)]
    if len(beside) > MOST_BESIDE:
        return None
    if found and (len(found) > 1 or asked):
        why = f"{quoted(found.values())} say who agreed"
        fit = _fit({**shared, **found, **channel}, {}, [rest[name] for name in found.values()], why)
        extra = [name for name in asked if name not in found.values()]
        if extra:
            fit.said[f"{', '.join(extra)}"] = "is not used: its name tells no purpose of its own"
        return replace(fit, is_customers_too=bool(beside))
    if asked and not beside:
        fit = _fit({**shared, "analytics": OPEN, **channel}, {}, [rest[name] for name in asked],
                   f"{quoted(asked)} say who agreed")  # fmt: skip
        fit.needs.append(
            f"analytics (or personalisation, or advertising): which of {', '.join(asked)} says that a "
            "customer agreed to it? No name tells a purpose"
        )
        return fit
    return None


def _names_purpose(name: str, ours: str) -> bool:
    words = re.sub(
        r"_?(consents?|consented|opt_?in|permission|granted|status|agreed)_?", "", plain_name(name)
    )
    return bool(re.fullmatch(_PURPOSES[ours], words)) and (
        ours != "advertising" or words != "newsletter"
    )


def _purposes(values: pd.Series) -> dict[str, list[str]]:
    """segkit's purpose -> the file's words, where most of a column are such."""
    counts = values[values != ""].value_counts()
    found: dict[str, list[str]] = {}
    for text in map(str, counts.index[:40]):
        ours = [one for one in PURPOSES if re.fullmatch(_PURPOSES[one], plain_name(text))]
        if ours:
            found.setdefault(ours[0], []).append(text)
    told = [text for texts in found.values() for text in texts]
    few = len(counts) <= 20 and len(counts)
    return found if few and counts.loc[told].sum() >= 0.5 * counts.sum() else {}


def _status(values: pd.Series) -> bool:
    """Whether a column holds statuses of consent."""
    counts = values[values != ""].str.lower().value_counts()
    told = [text for text in counts.index if text in _KNOWN]
    return 1 <= len(counts) <= 10 and bool(counts.loc[told].sum() >= MOSTLY * counts.sum())


def _channel(rest: pd.DataFrame, status: str) -> dict[str, str]:
    named = [str(name) for name in rest if _CHANNEL.fullmatch(plain_name(str(name))) and name != status]
    return {"channel": named[0]} if named else {}


def _fit(
    columns: dict[str, str], purposes: Mapping[str, list[str]], statuses: list[pd.Series], why: str
) -> Fit:
    """With the words that a study has to state, and the purpose for which it would run."""
    there = [ours for ours in PURPOSES if ours in {*purposes, *columns}]
    means: dict[str, Any] = {"purpose": there[0]}
    foreign = {
        ours: texts for ours, texts in purposes.items() if [text.lower() for text in texts] != [ours]
    }
    means |= {"purposes": foreign} if foreign else {}
    own = {text for values in statuses for text in values[values != ""].unique()}
    stated = {ours: sorted(text for text in own if text.lower() in _WORDS[ours]) for ours in _WORDS}
    stated = {ours: texts for ours, texts in stated.items() if texts}
    means |= {"statuses": stated} if stated else {}
    fit = Fit("consent", columns, means, why)
    n_unknown = len({text for text in own if text.lower() not in _KNOWN})
    if n_unknown:
        fit.needs.append(
            f"consent.statuses: {n_unknown} of the file's words for a status mean nothing to segkit"
        )
    if means["purpose"] != "analytics":
        fit.needs.append(
            f"consent.purpose: it is {means['purpose']}, since the table names no consent to "
            "analytics; do segments fall under what customers agreed to?"
        )
    return fit
