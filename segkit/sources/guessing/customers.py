"""A table about customers -> the traits, scales and choices of a first study; guessed once."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import pandas as pd

from segkit.protected import looks_protected
from segkit.sources.basis import basis_of
from segkit.sources.exports.export import Export
from segkit.sources.guessing.battery import Battery, find_batteries, find_chosen, find_worded
from segkit.sources.guessing.column import Told, as_size, tell_column
from segkit.sources.guessing.guessed import Guessed, free_name, known_of, label_for
from segkit.sources.guessing.options import Question, find_questions
from segkit.sources.guessing.persons import is_person_id, looks_like_id
from segkit.sources.guessing.seen import Guess, Seen
from segkit.sources.guessing.trials import note_outcomes
from segkit.sources.guessing.weights import is_named_weight, weight_notation
from segkit.sources.guessing.words import short_name
from segkit.sources.names import plain_name
from segkit.sources.personal import find_personal
from segkit.sources.values import text_of
from segkit.study.sense.made import looks_like_coordinates
from segkit.study.traits import day_after

_OUTCOME = re.compile(
    r"y|target|label|outcome|respon(se|ded)|convert(ed)?|conversion|churn(ed)?|exited|attrited"
    r"|purchased?|bought|revenue|deposit"
)
_OF_POSTS = re.compile(
    r"reach|impression|like|comment|share|interaction|engage|consum|click|view|reaction|repl(y|ies)"
)
MOSTLY = 0.5
"""Share of rows that repeat an id from which rows are likely no customers."""


def texts_of(seen: Seen) -> pd.DataFrame:
    """A table's cells as trimmed texts, blank where there is none."""
    cells = {name: text_of(seen.table[name]).fill_null("") for name in seen.table.columns}
    return seen.table.select(**cells).execute()


def settle_id(seen: Seen, frame: pd.DataFrame) -> None:
    """Take the id by its name, where it tells each row from the others; else each row counts."""
    columns, needs = seen.columns, seen.guess.needs
    given = columns.pop("customer_id", None)
    needs[:] = [need for need in needs if not need.startswith("customer_id")]
    seen.guess.said = {name: why for name, why in seen.guess.said.items() if name != given}
    named = [name for name in frame if name != given and (looks_like_id(name) or is_person_id(name))]
    for column in ([given] if given in frame else []) + named:
        filled = frame[column][frame[column] != ""]
        if len(filled) >= 0.5 * len(frame) and filled.is_unique:
            columns["customer_id"] = column
            seen.guess.said[column] = "tells each row from the others: customer_id"
            return
        seen.guess.said[column] = "comes on several rows or on few: each row counts as one instead"
        if filled.duplicated().mean() > MOSTLY:
            needs.append(
                f"customer_id: '{column}' comes on several rows, and each row counts as one; where "
                "rows are orders or visits, make it anew and say so: --transactions FILE, --web FILE"
            )


def guess_customers(
    seen: Seen,
    frame: pd.DataFrame,
    export: Export | None,
    written: date,
    row: str,
    mapped: Sequence[str] = (),
) -> Guessed:
    """Guess what the columns of a table about customers say; nothing is chosen as a base yet.

    Parameters
    ----------
    seen : Seen
        Its id is settled.
    frame : pandas.DataFrame
        The table's texts; see `texts_of`.
    export : Export, optional
        What the file is, where it is known.
    written : datetime.date
        Day on which the file was written, for a table without dates.
    row : str
        What a row is, as far as names tell.
    mapped : sequence of str
        Columns that are mapped to something else and are no traits.
    """
    guessed = Guessed(row=row)
    ids = [str(seen.columns[name]) for name in ("customer_id",) if name in seen.columns]
    rest = _leave_out(frame.drop(columns=[*ids, *mapped]), export, guessed, seen.guess)
    batteries = find_batteries(rest)
    rest = _take_scales(rest, batteries, guessed)
    worded = find_worded(rest)
    rest = _take_questions(rest, guessed)
    notation = {key: seen.guess.spec.get(key, "") for key in ("decimal", "thousands")}
    told = {name: _told(name, rest[name], export, notation) for name in rest}
    told, opinions = _with_batteries(told, rest, batteries, worded)
    is_survey = bool(export and export.kind == "survey") or bool(batteries or worded or opinions)
    if is_survey and row == "customer":
        guessed.row = "respondent"
    for choice in guessed.choices.values():
        choice["basis"] = basis_of(str(choice.pop("asked")), guessed.row)
    _take_columns(told, guessed, export)
    seen.guess.needs += note_outcomes(frame, guessed)
    _date_it(frame, told, export, guessed, written)
    index = pd.Index(frame[ids[0]]) if ids else frame.index
    guessed.known = known_of(frame, guessed).set_axis(index)
    return guessed


def _leave_out(
    own: pd.DataFrame, export: Export | None, guessed: Guessed, guess: Guess
) -> pd.DataFrame:
    """Take out what the tool wrote, what is personal, and the weights."""
    tools = {name.casefold() for name in export.tools} if export else set()
    left = {name: "it speaks of the export, not of the customer" for name in own if
            str(name).casefold() in tools}  # fmt: skip
    hinted = {name.casefold() for name in export.traits} if export else set()
    for one in find_personal(own.drop(columns=list(left)).replace("", None)):
        is_used = one.kind in {"full postcodes", "birth dates"}  # as areas, as ages
        if not is_used and one.column.casefold() not in hinted:
            left.setdefault(one.column, f"likely {one.kind}")
    for name in own:
        if name in left:
            continue
        if looks_like_coordinates(name):
            left[name] = "coordinates name a home; kind: distance_km can use them"
        elif not guessed.weight and is_named_weight(name):
            notation = weight_notation(name, own, guess.spec)
            if notation is not None:
                guessed.weight = name
                guess.spec |= notation
                guess.said |= {key: f"'{mark}' as in '{name}'" for key, mark in notation.items()}
            else:
                left[name] = "it is named like a weight, and its values don't read as weights"
                guess.needs.append(
                    f"weight: is '{name}' a weight? Then state it; if it is a trait, add it to traits"
                )
    guessed.left_out |= left
    return own.drop(columns=[*left, *([guessed.weight] if guessed.weight else [])])


def _take_scales(rest: pd.DataFrame, batteries: Sequence[Battery], guessed: Guessed) -> pd.DataFrame:
    """Batteries whose mean says something; one that is all a survey asks is taken by its items."""
    scales = [battery for battery in batteries if battery.is_scale]
    alone = len(batteries) == 1 and len(batteries[0].items) > 3
    taken: list[str] = []
    for battery in [] if alone else scales:
        name = free_name(battery.stem, guessed)
        guessed.scales[name] = _scale(battery)
        against = ", ".join(battery.reverse)
        turned = f"; the answers to {against} run against the others" if against else ""
        guessed.why[name] = f"a guess: one stem, one range{turned}; read the questions"
        taken += battery.items
    return rest.drop(columns=taken)


def _scale(battery: Battery) -> dict[str, Any]:
    optional = {"reverse": list(battery.reverse), "missing": list(battery.missing)}
    return {"items": list(battery.items), "range": list(battery.range)} | {
        key: value for key, value in optional.items() if value
    }


def _with_batteries(
    told: Mapping[str, Told],
    rest: pd.DataFrame,
    batteries: Sequence[Battery],
    worded: Mapping[str, list[str]],
) -> tuple[dict[str, Told], list[str]]:
    """Questions of a battery that makes no scale stand alone, as what people think."""
    told = dict(told)
    for battery in batteries:
        low, high = battery.range
        for item in battery.items:
            if item in told:
                told[item] = Told(
                    "number",
                    f"one of {len(battery.items)} questions answered from {low} to {high}",
                    {"plausible": [low, high]}
                    | ({"missing": list(battery.missing)} if battery.missing else {}),
                    basis="psychographic",
                    of_battery=True,
                )
    for name, levels in worded.items():
        if name in told and told[name].kind == "ordered":
            spec = {**told[name].spec, "levels": levels}
            told[name] = replace(told[name], spec=spec, of_battery=bool(told[name].basis))
    ordered = any("levels" in one.spec for one in told.values())
    opinions = [name for name in find_chosen(rest) if ordered]
    for name in opinions:
        why = "one of several questions of yes and no, side by side"
        told[name] = replace(told[name], why=why, basis="psychographic", of_battery=True)
    return told, opinions


def _take_questions(rest: pd.DataFrame, guessed: Guessed) -> pd.DataFrame:
    taken: list[str] = []
    for question in find_questions(rest):
        name = free_name(question.name, guessed)
        guessed.choices[name] = _choice(question)
        guessed.why[name] = "several answers; the options' cells are filled or blank"
        if question.separator:
            guessed.why[name] = f"several answers in one cell, parted by {question.separator}"
        taken += list(question.columns.values()) or [question.column]
    return rest.drop(columns=taken)


def _choice(question: Question) -> dict[str, Any]:
    shared = {"basis": "", "asked": question.name}
    if question.columns:
        options = {short_name(one): column for one, column in question.columns.items()}
        return {**shared, "columns": options}
    options = {short_name(one): one for one in question.options}
    cell = {"column": question.column, "separator": question.separator}
    return {**shared, **cell, "options": options}


def _told(name: str, values: pd.Series, export: Export | None, notation: Mapping[str, str]) -> Told:
    """A known export's word for a column, where its values bear it out; else a guess."""
    decimal, thousands = notation["decimal"] or ".", notation["thousands"]
    told = tell_column(name, values, decimal=decimal, thousands=thousands)
    hint = _hint(name, export)
    if not hint or not told.kind:
        return told
    codes = {"missing": told.spec["missing"]} if "missing" in told.spec else {}
    levels = [str(level).casefold() for level in hint.get("levels", [])]
    fits = not levels or {text.casefold() for text in values.unique() if text} <= set(levels)
    numeric = hint.get("kind") == "amount" and told.kind in {"amount", "number"}
    if hint.get("kind") in {told.kind, None} or numeric or (levels and fits):
        own = {key: value for key, value in hint.items() if key not in {"kind", "basis", "label"}}
        kind = hint.get("kind", told.kind)
        spec = told.spec if kind == told.kind else codes
        return Told(kind, f"as {export.name if export else ''} has it", {**spec, **own}, told.latest)
    return told


def _hint(name: str, export: Export | None) -> Mapping[str, Any]:
    known = {column.casefold(): hint for column, hint in export.traits.items()} if export else {}
    return known.get(name.casefold(), {})


def _take_columns(told: Mapping[str, Told], guessed: Guessed, export: Export | None) -> None:
    for column, one in told.items():
        if not one.kind:
            guessed.left_out[column] = one.why
            continue
        if guessed.row == "company" and not _hint(column, export):
            one = as_size(column, one)
        is_birth = one.kind == "birth_date"
        name = free_name("age" if is_birth else column, guessed)
        row = "customer" if one.kind == "date" else guessed.row
        basis = _hint(column, export).get("basis") or one.basis or basis_of(column, row)
        label = {} if is_birth else label_for(column, name)
        guessed.traits[name] = {"column": column, "kind": one.kind, "basis": basis, **label, **one.spec}
        guessed.why[name] = one.why
        guessed.items += [name] if one.of_battery else []
        if looks_protected(column) or looks_protected(name):
            guessed.protected.append(name)
            guessed.why[name] += "; protected, by its name"
        elif _is_outcome(plain_name(column), one.kind, guessed.row):
            guessed.outcomes.append(name)
            guessed.why[name] += "; an outcome, by its name"


def _is_outcome(name: str, kind: str, row: str) -> bool:
    """Whether a column says what came of something: of a post, what people did with it."""
    if row == "post":
        return kind == "number" and bool(_OF_POSTS.search(name))
    return kind == "yes_no" and bool(_OUTCOME.fullmatch(name))


def _date_it(
    frame: pd.DataFrame,
    told: Mapping[str, Told],
    export: Export | None,
    guessed: Guessed,
    written: date,
) -> None:
    """The day after the last date in the table, else the day on which the file was written."""
    known = list(export.dated) if export else []
    latest = {
        name: one.latest for name, one in told.items() if one.latest and not looks_protected(name)
    }
    for name in frame:
        if str(name) in known and name not in told:
            latest[str(name)] = tell_column(str(name), frame[name]).latest
    found = {name: day for name, day in latest.items() if day}
    if found:
        column = max(found, key=lambda name: found[name])
        guessed.as_of = day_after(found[column])
        guessed.as_of_why = f"exclusive; the day after the last '{column}'"
    else:
        guessed.as_of = written.isoformat()
        guessed.as_of_why = "a guess: the table holds no date, the file was written on that day"
