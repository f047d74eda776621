"""A user's files -> the draft of a first study: read, joined by shared ids, with bases proposed."""

import os
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import pandas as pd

from segkit.errors import DataError
from segkit.sources.exports.recognise import Recognised
from segkit.sources.exports.told import File, Told
from segkit.sources.guessing.bases import choose_bases
from segkit.sources.guessing.consents import says_consent
from segkit.sources.guessing.customers import guess_customers, texts_of
from segkit.sources.guessing.draft import Draft
from segkit.sources.guessing.events import event_bases, event_table
from segkit.sources.guessing.guessed import Guessed
from segkit.sources.guessing.joining import is_plain, join
from segkit.sources.guessing.numbers import ask_traits, settle_orders
from segkit.sources.guessing.rows import ROWS, row_of, rows_aside
from segkit.sources.guessing.seen import Seen
from segkit.sources.guessing.several import OF_ONE_TABLE, apart_from_features, merged, source_name
from segkit.sources.guessing.sources import describe_source, several_rows
from segkit.sources.guessing.table import (
    guess_dates,
    guess_ids,
    guess_table,
    guess_transactions,
)
from segkit.sources.guessing.unused import unused_of
from segkit.study.events import EVENTS
from segkit.study.schema import OPEN
from segkit.study.tables import has_money
from segkit.study.traits import DATES, day_after


def assemble(name: str, told: Told) -> Draft:
    """Read a user's files and guess a study of them.

    Parameters
    ----------
    name : str
        Of the study.
    told : Told
        Which file is which; what happens to a survey that can't be joined is added to `said`.

    Raises
    ------
    StudyError
        Tables about customers share no id.
    DataError
        A file can't be read, or says nothing of customers.
    """
    draft = Draft(name)
    seen = _tables(told)
    people = _people(told, seen)
    join(told, seen, people)
    _put(draft, seen, people, told)
    behaviour = _behaviour(seen)
    _say_people(draft, people, alone=not behaviour)
    _date(draft, seen)
    choose_bases(draft.guessed, behaviour)
    if "transactions" in seen:  # then events describe segments of buyers
        draft.guessed.descriptors = [*_of_events(seen), *draft.guessed.descriptors]
    return draft


def relative(draft: Draft, folder: Path) -> None:
    """Name the files as seen from the study's folder."""
    for guess in draft.guesses.values():
        for spec in (guess.spec, guess.spec.get("join", {})):
            if isinstance(spec.get("file"), list):
                spec["file"] = [os.path.relpath(one, folder) for one in spec["file"]]
            elif "file" in spec:
                spec["file"] = os.path.relpath(spec["file"], folder)


def _tables(told: Told) -> dict[str, Seen]:
    """Every table but those about customers."""
    seen: dict[str, Seen] = {}
    for kind, file in told.tables.items():
        if kind == "transactions":
            seen[kind] = guess_transactions(file.path, file.known, file.looked)
            settle_orders(seen[kind])
        elif kind == "products":
            seen[kind] = guess_table(file.path, ["product_id", "category"], file.known, file.looked)
        elif kind == "consent":
            seen[kind] = _consent(file)
        else:
            seen[kind] = event_table(file)
    order = ["transactions", "products", "consent", *EVENTS]
    return {kind: seen[kind] for kind in order if kind in seen}


def _consent(file: File) -> Seen:
    if file.fit is None:
        raise DataError(
            f"{file.path.name} is no consent table that segkit can tell",
            "a customer's id, a purpose and a status, or a column for each purpose",
        )
    seen = guess_table(file.path, [], None, file.looked)
    seen.columns.update(file.fit.columns)
    seen.guess.said |= {
        theirs: f"is {ours}" for ours, theirs in file.fit.columns.items() if theirs != OPEN
    }
    seen.guess.said |= file.fit.said
    seen.guess.needs += file.fit.needs
    if "date" in seen.columns:
        guess_dates(seen, seen.columns["date"])
    guess_ids(seen)
    return seen


def _people(told: Told, seen: dict[str, Seen]) -> dict[str, tuple[File, Seen]]:
    """Tables about customers, by the names that they would have as sources."""
    people: dict[str, tuple[File, Seen]] = {}
    for file in told.people:
        known = _by_respondent(file.known)
        name = source_name(file.path.name, {**people, **seen})
        people[name] = (file, guess_table(file.path, ["customer_id"], known, file.looked))
    return people


def _by_respondent(known: Recognised | None) -> Recognised | None:
    """A survey alone is keyed by the tool's own id: each answer is one respondent."""
    if known is None or not known.export.respondent:
        return known
    columns = {"customer_id": (known.export.respondent,)}
    return replace(known, export=replace(known.export, columns=columns))


def _put(draft: Draft, seen: dict[str, Seen], people: dict[str, tuple[File, Seen]], told: Told) -> None:
    """The tables, with what isn't used of them, and what they state for the study as a whole."""
    draft.tables = {name: table.guess for name, table in seen.items()}
    draft.unused = {
        name: unused
        for name, table in seen.items()
        if told.tables[name].known is None and (unused := unused_of(table))
    }
    if "transactions" in seen:
        draft.currency, draft.rules = seen["transactions"].currency, seen["transactions"].rules
    if "consent" in seen:
        fit = told.tables["consent"].fit
        draft.consent = dict(fit.stated) if fit else {}
    plain = is_plain(people)
    for name, (file, table) in people.items():
        if file.known and file.known.export.rows_aside:
            table.guess.spec["set_aside"] = rows_aside(file.known, table)
        if plain:
            draft.tables["customers"] = table.guess
        else:
            draft.sources[name] = table.guess


def _say_people(draft: Draft, people: dict[str, tuple[File, Seen]], *, alone: bool) -> None:
    """What the tables about customers say."""
    parts: dict[str, Guessed] = {}
    twice: list[str] = []
    for name, (file, table) in people.items():
        frame = texts_of(table)
        mapped: list[str] = []
        if draft.sources:
            mapped, last = describe_source(table, frame, file.known)
            draft.observed = max(draft.observed, last)
            twice += [name] if several_rows(table, frame) else []
        if "consent" not in draft.tables:
            _say_asked(table, frame)
        part = _part(draft.name, file, table, frame, mapped)
        parts[name] = part if alone else apart_from_features(part, name)
        _settle_formats(table, part)
        ask_traits(table, part)
    if draft.sources:
        _merge(draft, parts, twice)
    elif parts:
        (draft.guessed,) = parts.values()
    if alone and not draft.guessed.says_something:
        _refuse_silent(draft.guessed)
    row = draft.guessed.row if alone or draft.guessed.row == "company" else "customer"
    if alone or row != "customer":
        draft.words = {"customer": row, "customers": ROWS[row]}


def _part(study: str, file: File, table: Seen, frame: pd.DataFrame, mapped: list[str]) -> Guessed:
    """What one table about customers says."""
    row = row_of(file.known, study, list(table.table.columns))
    export = file.known.export if file.known else None
    written = date.fromtimestamp(max(path.stat().st_mtime for path in file.paths))
    return guess_customers(table, frame, export, written, row, mapped)


def _merge(draft: Draft, parts: Mapping[str, Guessed], twice: list[str]) -> None:
    """What all sources say together, and what decides where they differ."""
    draft.needs += [
        f"weight: '{part.weight}' of {name} is left out, since {OF_ONE_TABLE}; make a study of "
        "that table alone if sizes are to be weighted"
        for name, part in parts.items()
        if part.weight
    ]
    draft.guessed, draft.shared = merged(parts)
    draft.profile = {"conflict": "newest"}
    draft.profile |= {"several_rows": dict.fromkeys(twice, "most_frequent")} if twice else {}
    _say_shared(draft)


def _settle_formats(seen: Seen, part: Guessed) -> None:
    """A trait's dates are read as the table's are, unless it says otherwise."""
    if "date_format" in seen.guess.spec:
        for trait in part.traits.values():
            if trait["kind"] in DATES:
                trait.setdefault("date_format", "ISO8601")


def _say_asked(seen: Seen, frame: pd.DataFrame) -> None:
    asked = says_consent(frame)
    if asked:
        seen.guess.said[f"{', '.join(asked)}:"] = (
            "who agreed to something, as it seems; nobody is left out by it until the study names the "
            "file as `tables.consent` too"
        )


def _say_shared(draft: Draft) -> None:
    undated = [
        name for name, guess in draft.sources.items() if "observed_at" not in guess.spec["columns"]
    ]
    if draft.shared and undated:
        draft.needs.append(
            f"profile.trust: {', '.join(draft.sources)} both say {', '.join(draft.shared)}, and "
            f"{', '.join(undated)} doesn't say when; name the one to trust first, else customers for "
            "whom they differ may stay without a value"
        )


def _refuse_silent(guessed: Guessed) -> None:
    raise DataError(
        "no column says something that customers share",
        "a column with numbers, yes and no, or up to 20 texts that come again",
        "; ".join(f"'{name}': {why}" for name, why in list(guessed.left_out.items())[:5]),
    )


def _behaviour(seen: dict[str, Seen]) -> list[str]:
    """Features of orders, else of events, that form the segments."""
    if "transactions" in seen:
        columns = seen["transactions"].columns
        money = ["mean_order_value"] if has_money(columns) else []
        discount = ["discount_share"] if "discount" in columns else []
        return ["recency_days", "n_orders", *money, *discount]
    return _of_events(seen)


def _of_events(seen: dict[str, Seen]) -> list[str]:
    return event_bases({name: seen[name] for name in EVENTS if name in seen})


def _date(draft: Draft, seen: dict[str, Seen]) -> None:
    """The day after the last of what happened, was asked or was known: later things wouldn't count."""
    last = {"transactions": "order", "consent": "consent"}
    days = {
        name: (table.as_of, last.get(name, "event"))
        for name, table in seen.items()
        if name != "products" and (name != "consent" or table.as_of != OPEN)
    }
    if draft.observed:
        days["profile"] = (day_after(draft.observed), "row of a source")
    is_of_file = draft.guessed.as_of_why.startswith("a guess")
    if not days or (not set(days) - {"consent", "profile"} and not is_of_file):
        days["customers"] = (draft.guessed.as_of, "")
    if days.get("transactions", ("", ""))[0] == OPEN:
        days = {"transactions": days["transactions"]}
    readable = {name: day for name, (day, _) in days.items() if day != OPEN}
    name = max(readable, key=lambda one: readable[one], default=next(iter(days)))
    draft.as_of, what = days[name]
    where = f" in {name}" if len(days) > 1 and name in seen else ""
    draft.as_of_why = f"exclusive; the day after the last {what}{where}"
    if name == "customers":
        draft.as_of_why = draft.guessed.as_of_why
