"""Columns and words of a table of dated events: visits, e-mails, activities, engagement; guessed."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.sources.guessing.column import date_of
from segkit.sources.guessing.eventwords import (
    COLUMNS,
    CONTACTS,
    EMAILS,
    EPOCHS,
    PAGE_VIEWS,
    SOCIAL,
    STEPS,
)
from segkit.sources.guessing.fit import Fit
from segkit.sources.guessing.ownwords import common_words
from segkit.sources.guessing.persons import is_date, is_person, looks_like_id
from segkit.sources.guessing.words import short_name
from segkit.sources.names import plain_name
from segkit.sources.notation import OTHER
from segkit.sources.printable import quoted
from segkit.sources.values import number_pattern
from segkit.study.defaults import RULES
from segkit.study.events import EMAIL_ACTIONS, OF_SESSIONS, SOCIAL_ACTIONS
from segkit.study.traits import NO, YES

MOST_WORDS = 40
MOSTLY, HALF = 0.8, 0.5
_A_NUMBER = re.compile("|".join(number_pattern(mark, other) for mark, other in OTHER.items()))
"""In some notation: which, the column's own values settle."""
_ANSWERED = r"(sent|send|delivered|open|opened|click|clicked|bounced?)(_?(at|on|date|time))?"


def fit_events(frame: pd.DataFrame) -> list[Fit]:
    """The kinds of event table that a table of texts fits: none where nothing tells, or no id repeats.

    Examples
    --------
    >>> rows = pd.DataFrame({"contact": ["a", "a"], "at": ["2026-01-01", "2026-01-02"],
    ...                      "what": ["Opened", "Clicked"]})
    >>> [(fit.kind, fit.columns["action"]) for fit in fit_events(rows)]
    [('emails', 'what')]
    """
    who, when = person_column(frame), date_column(frame)
    if not who or not when or not _repeats(frame[who]):
        return []
    shared = {"customer_id": who, "event_date": when}
    rest = frame.drop(columns=[who, when])
    finders = (_emails, _social, _web, partial(_activities, who=frame[who]))
    found = [fit for finder in finders if (fit := finder(rest, shared))]
    by_word = [fit for fit in found if fit.kind in {"emails", "social"}]
    return by_word or found or _counted(rest, shared)


def person_column(frame: pd.DataFrame) -> str:
    """The column with a person's id: by its name, the fullest; empty where there is none."""
    filled = (frame != "").mean()
    named = [str(name) for name in frame if is_person(str(name)) and filled[name] > 0.3]
    plain = [str(name) for name in frame if plain_name(str(name)) == "id" and _repeats(frame[name])]
    return next(iter([*_first_ids(named), *plain]), "")


def _first_ids(names: Sequence[str]) -> list[str]:
    """Ids before addresses: an address may be shared, or change."""
    return sorted(names, key=lambda name: not looks_like_id(name) and "mail" in plain_name(name))


def date_column(frame: pd.DataFrame) -> str:
    """The column that says when: by its name and its values; empty where there is none."""
    named = [str(name) for name in frame if is_date(str(name))]
    return next((name for name in named if epoch_of(frame[name]) or date_of(frame[name])), "")


def epoch_of(values: pd.Series) -> str:
    """The date_format of whole numbers that count from 1970 on; empty for anything else."""
    filled = values[values != ""].astype("str")
    fits = (name for name, form in EPOCHS.items() if filled.str.fullmatch(form).mean() > 0.99)
    return next(fits, "")


def _repeats(values: pd.Series) -> bool:
    filled = values[values != ""]
    return bool(filled.nunique() < len(filled))


def _named(frame: pd.DataFrame, ours: str) -> list[str]:
    fits = re.compile(COLUMNS[ours])
    return [str(name) for name in frame if fits.fullmatch(plain_name(str(name)))]


def _words(values: pd.Series) -> pd.Series:
    """How often each of a column's texts comes; empty for a column of many."""
    counts = values[values != ""].value_counts()
    return counts if 1 <= len(counts) <= MOST_WORDS else counts.head(0)


def _meanings(words: pd.Series, known: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
    """segkit's word -> the file's, for those that mean something, in the order of what is known."""
    found: dict[str, list[str]] = {}
    for text in map(str, words.index):
        plain = re.sub(r"^(e-?mail|mail)[ _.:-]+", "", text.strip().lower())
        spoken = {plain, plain.replace("_", " "), re.sub(r"(_|[ ])?(event|action)$", "", plain)}
        ours = next((ours for ours, texts in known.items() if spoken & set(texts)), "")
        if ours:
            found.setdefault(ours, []).append(text)
    return {ours: found[ours] for ours in known if ours in found}


def _share(words: pd.Series, meanings: Mapping[str, list[str]]) -> float:
    told = [text for texts in meanings.values() for text in texts]
    return float(words.loc[told].sum() / words.sum()) if len(words) else 0.0


def _by_words(
    rest: pd.DataFrame, known: Mapping[str, Sequence[str]], least: float
) -> tuple[str, dict[str, list[str]]] | None:
    """The column whose texts are mostly known words, with what they mean."""
    best = max(
        ((_share(words, meant), name, meant) for name in map(str, rest)
         for words in [_words(rest[name])] for meant in [_meanings(words, known)] if meant),
        key=lambda one: one[0], default=None,
    )  # fmt: skip
    return (best[1], best[2]) if best and best[0] >= least else None


def _own_words(
    meant: Mapping[str, list[str]], known: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """What has to be stated: nothing, where the file's words are segkit's own."""
    own = all(text.lower() in known.get(ours, ()) for ours, texts in meant.items() for text in texts)
    return {} if own else dict(meant)


def _emails(rest: pd.DataFrame, shared: Mapping[str, str]) -> Fit | None:
    told = _by_words(rest, EMAILS, MOSTLY)
    if told is None or not {"open", "click"} & set(told[1]):
        return None
    column, meant = told
    columns = {**shared, "action": column}
    campaign = [name for name in _named(rest, "campaign") if name != column]
    columns |= {"campaign": campaign[0]} if campaign else {}
    own = _own_words(meant, EMAIL_ACTIONS)
    fit = Fit(
        "emails", columns, {"actions": own} if own else {}, f"'{column}' says what became of e-mails"
    )
    fit.needs.extend(_unknown(rest[column], meant))
    return fit


def _unknown(values: pd.Series, meant: Mapping[str, list[str]]) -> list[str]:
    """What to say of words that mean nothing to segkit, where so many would be refused."""
    words = _words(values)
    share = 1 - _share(words, meant)
    n_unknown = len(words) - sum(map(len, meant.values()))
    if share <= RULES["max_unreadable_share"]:
        return []
    return [
        f"actions: {n_unknown} of the words in '{values.name}', on {share:.0%} of the rows, mean "
        "nothing to segkit; say what they mean, or take those rows out"
    ]


def _social(rest: pd.DataFrame, shared: Mapping[str, str]) -> Fit | None:
    told = _by_words(rest, SOCIAL, MOSTLY)
    counts = {ours: _numbers(rest, ours) for ours in ("likes", "comments", "shares", "reach")}
    columns: dict[str, str] = dict(shared)
    stated: dict[str, Any] = {}
    if told:
        columns["action"] = told[0]
        own = _own_words(told[1], SOCIAL_ACTIONS)
        stated = {"actions": own} if own else {}
        why = f"'{told[0]}' says what people did with posts"
    elif sum(bool(counts[ours]) for ours in ("likes", "comments", "shares")) > 1:
        columns |= {ours: name for ours, name in counts.items() if name}
        why = "it counts likes, comments or shares per customer"
    else:
        return None
    mood = _numbers(rest, "sentiment")
    fit = Fit("social", columns, stated, why)
    fit.needs.extend(_unknown(rest[told[0]], told[1]) if told else [])
    if mood:
        low, high = _range_of(rest[mood])
        columns["sentiment"], stated["sentiment_range"] = mood, [low, high]
        fit.said["sentiment_range"] = f"{low} to {high}, the narrowest usual one that holds '{mood}'"
    return fit


def _range_of(values: pd.Series) -> tuple[int, int]:
    numbers = pd.to_numeric(values.str.replace(",", "."), errors="coerce").dropna()
    usual = ((-1, 1), (0, 1), (1, 5), (0, 10), (-100, 100), (0, 100))
    fits = [(low, high) for low, high in usual if numbers.between(low, high).all()]
    if numbers.ge(0).all():
        fits = [one for one in fits if one != (-1, 1)] or fits
    return fits[0] if fits else (int(numbers.min()), int(numbers.max()) + 1)


def _numbers(rest: pd.DataFrame, ours: str) -> str:
    """The column of that name that holds numbers; empty where there is none."""
    for name in _named(rest, ours):
        filled = rest[name][rest[name] != ""]
        if len(filled) and filled.map(lambda text: bool(_A_NUMBER.search(str(text)))).mean() > 0.95:
            return name
    return ""


def _web(rest: pd.DataFrame, shared: Mapping[str, str]) -> Fit | None:
    of_visit = {ours: _numbers(rest, ours) for ours in OF_SESSIONS if ours != "bounce"}
    of_visit["bounce"] = next((name for name in _named(rest, "bounce") if _is_flag(rest[name])), "")
    of_visit = {ours: name for ours, name in of_visit.items() if name}
    left = rest.drop(columns=list(of_visit.values()))
    first = {
        ours: next(iter(_named(left, ours)), "") for ours in ("page", "session_id", "agent", "is_bot")
    }
    if first["page"] and not of_visit and not _is_text(left[first["page"]]):
        first["page"] = ""
    said = {ours: next((name for name in _named(left, ours) if len(_words(left[name]))), "")
            for ours in ("step", "channel", "device")}  # fmt: skip
    hints = [name for name in (first["session_id"], first["agent"], said["device"]) if name]
    steps = _meanings(_words(left[said["step"]]), STEPS) if said["step"] else {}
    views = _meanings(_words(left[said["step"]]), {"page": PAGE_VIEWS}) if said["step"] else {}
    columns = {**shared, **{ours: name for ours, name in {**first, **said}.items() if name}}
    if of_visit and (len(of_visit) > 1 or hints):
        columns.pop("page", None)
        columns.pop("session_id", None)
        return Fit("web", columns | of_visit, {"steps": steps} if steps else {},
                   f"one row per visit, by {quoted(of_visit.values())}")  # fmt: skip
    if first["page"] or (hints and said["step"]) or len(steps) + bool(views) > 1:
        stated: dict[str, Any] = {"steps": steps} if steps else {}
        stated |= {"page_views": views["page"]} if views else {}
        by = first["page"] or said["step"]
        return Fit("web", columns, stated, f"a log of what visitors did, by '{by}'")
    return None


def _is_text(values: pd.Series) -> bool:
    return not pd.to_numeric(values[values != ""], errors="coerce").notna().mean() > HALF


def _is_flag(values: pd.Series) -> bool:
    texts = {text.lower() for text in values[values != ""].unique()}
    return bool(texts) and texts <= {*YES, *NO}


def _activities(rest: pd.DataFrame, shared: Mapping[str, str], who: pd.Series) -> Fit | None:
    told = _by_words(rest, CONTACTS, HALF)
    if told is None or len(told[1]) < 2:
        return None
    column, meant = told
    known = {text for texts in meant.values() for text in texts}
    common, n_rare = common_words(rest[column], who, known)
    types = dict(meant)
    for text in common:
        types[short_name(text)] = [*types.get(short_name(text), []), text]
    fit = Fit("activities", {**shared, "type": column}, {"types": types},
              f"'{column}' says how there was contact")  # fmt: skip
    if n_rare:
        fit.needs.append(
            f"types: {n_rare} of the words in '{column}' are left out, since they come with fewer than "
            f"{MIN_CELL} customers or may be personal; say what they mean, if they matter"
        )
    return fit


def _counted(rest: pd.DataFrame, shared: Mapping[str, str]) -> list[Fit]:
    """Campaigns received and coupons redeemed: dated rows that are only counted."""
    coupon, campaign = _named(rest, "coupon"), _named(rest, "campaign")
    if coupon:
        return [Fit("coupons", dict(shared), {}, f"'{coupon[0]}' names what was redeemed")]
    few = len(rest.columns) <= 4
    return [Fit("campaigns", dict(shared), {}, f"'{campaign[0]}' names what was sent")] if (
        campaign and few) else []  # fmt: skip


def answers_beside(frame: pd.DataFrame) -> list[str]:
    """Columns of a table with one row per e-mail and a column for each answer, which isn't read."""
    fits: Callable[[str], object] = re.compile(_ANSWERED).fullmatch
    found = [str(name) for name in frame if fits(plain_name(str(name)))]
    return (
        found
        if len(found) > 1 and any("open" in name.lower() or "click" in name.lower() for name in found)
        else []
    )
