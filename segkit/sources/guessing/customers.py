"""A customer table alone -> the traits, scales and choices of a first study; guessed once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pandas as pd

from segkit.errors import DataError
from segkit.protected import looks_protected
from segkit.sources.exports.export import Export
from segkit.sources.guessing.battery import Battery, find_batteries
from segkit.sources.guessing.column import Told, tell_column
from segkit.sources.guessing.options import Question, find_questions
from segkit.sources.guessing.words import basis_of, short_name
from segkit.sources.names import plain_name
from segkit.sources.personal import find_personal
from segkit.sources.seen import Seen
from segkit.traitsense import looks_like_coordinates

MOST_BASES = 10
MOST_MISSING = 0.3
"""A base that more customers than this lack isn't suggested."""
_WEIGHT = re.compile(r"(survey_|sample_)?(weight|weights|wt|wgt|gewicht|weighting)")
_FORMS_SEGMENTS = ("psychographic", "behavioural", "firmographic", "demographic", "geographic")
_ID = re.compile(
    r"(record|respondent|response|contact|company|session|visitor|lead|person|row|case|subject|account)?"
    r"_?(id|no|nr|number|key|token)"
)


@dataclass
class Guessed:
    """What a customer table's columns seem to say.

    Attributes
    ----------
    traits, scales, choices : dict of str to dict
        As study.yaml states them.
    why : dict of str to str
        Trait, scale or choice -> the comment beside it.
    left_out : dict of str to str
        Column -> why it is no trait.
    protected, bases, descriptors : list of str
    weight : str
    as_of, as_of_why : str
    lacking : bool
        Whether some customers lack a base.
    """

    traits: dict[str, dict[str, Any]] = field(default_factory=dict)
    scales: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    protected: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    descriptors: list[str] = field(default_factory=list)
    weight: str = ""
    as_of: str = ""
    as_of_why: str = ""
    lacking: bool = False


def guess_customers(seen: Seen, export: Export | None, written: date) -> Guessed:
    """Guess what the columns of a customer table say.

    Parameters
    ----------
    seen : Seen
    export : Export, optional
        What the file is, where it is known.
    written : datetime.date
        Day on which the file was written, for a table without dates.

    Raises
    ------
    DataError
        No column can be a trait.
    """
    table = seen.table
    frame = table.select(**{name: _as_text(table[name]) for name in table.columns}).execute()
    guessed = Guessed()
    _settle_id(seen, frame)
    own = frame.drop(columns=[seen.columns["customer_id"]] if "customer_id" in seen.columns else [])
    rest = _leave_out(own, export, guessed)
    is_survey = export is not None and export.kind == "survey"
    rest = _take_batteries(rest, guessed)
    rest = _take_questions(rest, guessed, is_survey=is_survey)
    notation = {key: seen.guess.spec.get(key, "") for key in ("decimal", "thousands")}
    told = {name: _told(name, rest[name], export, notation) for name in rest}
    _take_columns(told, guessed, export, is_survey=is_survey)
    _date_it(frame, told, export, guessed, written)
    if not guessed.traits and not guessed.scales and not guessed.choices:
        raise DataError(
            "no column says something that customers share",
            "a column with numbers, yes and no, or up to 20 texts that come again",
            "; ".join(f"'{name}': {why}" for name, why in list(guessed.left_out.items())[:5]),
        )
    _choose_bases(rest, guessed)
    return guessed


def _as_text(value: Any) -> Any:
    text = value.cast("string").strip().fill_null("")
    return text.re_replace(r"\.0$", "") if value.type().is_floating() else text


def _settle_id(seen: Seen, frame: pd.DataFrame) -> None:
    """Take the id by its name, where it tells each row from the others; else each row counts."""
    columns, needs = seen.columns, seen.guess.needs
    given = columns.pop("customer_id", None)
    needs[:] = [need for need in needs if not need.startswith("customer_id")]
    seen.guess.said = {name: why for name, why in seen.guess.said.items() if name != given}
    named = [name for name in frame if name != given and _ID.fullmatch(plain_name(name))]
    for column in ([given] if given in frame else []) + named:
        filled = frame[column][frame[column] != ""]
        if len(filled) >= 0.5 * len(frame) and filled.is_unique:
            columns["customer_id"] = column
            seen.guess.said[column] = "tells each row from the others: customer_id"
            return
        seen.guess.said[column] = "comes on several rows or on few: each row counts as one instead"


def _leave_out(own: pd.DataFrame, export: Export | None, guessed: Guessed) -> pd.DataFrame:
    """Take out what the tool wrote, what is personal, and the weights."""
    tools = {name.casefold() for name in export.tools} if export else set()
    left = {name: "it speaks of the export, not of the customer" for name in own if
            str(name).casefold() in tools}  # fmt: skip
    hinted = {name.casefold() for name in export.traits} if export else set()
    for one in find_personal(own.drop(columns=list(left)).replace("", None)):
        is_area = one.kind == "full postcodes"
        if not is_area and one.column.casefold() not in hinted:
            left.setdefault(one.column, f"likely {one.kind}")
    for name in own:
        if name in left:
            continue
        if looks_like_coordinates(name):
            left[name] = "coordinates name a home; kind: distance_km can use them"
        elif _WEIGHT.fullmatch(plain_name(name)) and _are_weights(own[name]):
            guessed.weight = name
    guessed.left_out |= left
    return own.drop(columns=[*left, *([guessed.weight] if guessed.weight else [])])


def _are_weights(texts: pd.Series) -> bool:
    numbers = pd.to_numeric(texts, errors="coerce")
    return bool(numbers.notna().all() and (numbers >= 0).all() and 0.8 <= numbers.mean() <= 1.25)


def _take_batteries(rest: pd.DataFrame, guessed: Guessed) -> pd.DataFrame:
    taken: list[str] = []
    for battery in find_batteries(rest):
        name = _free(battery.stem, guessed)
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


def _take_questions(rest: pd.DataFrame, guessed: Guessed, *, is_survey: bool) -> pd.DataFrame:
    taken: list[str] = []
    for question in find_questions(rest):
        name = _free(question.name, guessed)
        guessed.choices[name] = _choice(question, basis_of(question.name, is_survey=is_survey))
        guessed.why[name] = "several answers; the options' cells are filled or blank"
        if question.separator:
            guessed.why[name] = f"several answers in one cell, parted by {question.separator}"
        taken += list(question.columns.values()) or [question.column]
    return rest.drop(columns=taken)


def _choice(question: Question, basis: str) -> dict[str, Any]:
    if question.columns:
        options = {short_name(one): column for one, column in question.columns.items()}
        return {"basis": basis, "columns": options}
    options = {short_name(one): one for one in question.options}
    return {
        "basis": basis, "column": question.column, "separator": question.separator, "options": options
    }  # fmt: skip


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


def _take_columns(
    told: Mapping[str, Told], guessed: Guessed, export: Export | None, *, is_survey: bool
) -> None:
    for column, one in told.items():
        if not one.kind:
            guessed.left_out[column] = one.why
            continue
        name = _free(column, guessed)
        basis = _hint(column, export).get("basis") or basis_of(column, is_survey=is_survey)
        guessed.traits[name] = {"column": column, "kind": one.kind, "basis": basis, **one.spec}
        guessed.why[name] = one.why
        if looks_protected(column) or looks_protected(name):
            guessed.protected.append(name)
            guessed.why[name] += "; protected, by its name"


def _date_it(
    frame: pd.DataFrame,
    told: Mapping[str, Told],
    export: Export | None,
    guessed: Guessed,
    written: date,
) -> None:
    """The day after the last date in the table, else the day on which the file was written."""
    known = list(export.dated) if export else []
    latest = {name: one.latest for name, one in told.items() if one.latest}
    for name in frame:
        if str(name) in known and name not in told:
            latest[str(name)] = tell_column(str(name), frame[name]).latest
    found = {name: day for name, day in latest.items() if day}
    if found:
        column = max(found, key=lambda name: found[name])
        guessed.as_of = (date.fromisoformat(found[column]) + timedelta(days=1)).isoformat()
        guessed.as_of_why = f"exclusive; the day after the last '{column}'"
    else:
        guessed.as_of = written.isoformat()
        guessed.as_of_why = "a guess: the table holds no date, the file was written on that day"


def _choose_bases(rest: pd.DataFrame, guessed: Guessed) -> None:
    """Traits of the basis that says most of people and that most of them have; the rest describes."""
    options = [f"{name}_{one}" for name, choice in guessed.choices.items() for one in _options(choice)]
    share = {name: _missing(rest, trait) for name, trait in guessed.traits.items()}
    kinds = {"number", "yes_no", "ordered", "amount", "date"}
    able = [
        name
        for name, trait in guessed.traits.items()
        if trait["kind"] in kinds and share[name] <= MOST_MISSING and name not in guessed.protected
    ]
    by_basis = [[name for name in able if guessed.traits[name]["basis"] == basis] for basis in
                _FORMS_SEGMENTS]  # fmt: skip
    chosen = [*guessed.scales, *options][:MOST_BASES]
    for names in by_basis:
        if len(chosen) < 2:
            chosen += names[: MOST_BASES - len(chosen)]
    categories = [name for name in guessed.traits if name not in {*guessed.protected, *chosen}]
    guessed.bases = chosen or categories[:1]
    every = [*guessed.scales, *options, *guessed.traits]
    guessed.descriptors = [name for name in every if name not in {*guessed.bases, *guessed.protected}]
    guessed.lacking = bool(guessed.scales or options) or any(share.get(name) for name in guessed.bases)


def _options(choice: Mapping[str, Any]) -> Mapping[str, str]:
    options: Mapping[str, str] = choice.get("columns") or choice["options"]
    return options


def _missing(rest: pd.DataFrame, trait: Mapping[str, Any]) -> float:
    texts = rest[trait["column"]]
    return float((texts.eq("") | texts.isin(trait.get("missing", []))).mean())


def _free(text: str, guessed: Guessed) -> str:
    name, number = short_name(text), 2
    taken = {*guessed.traits, *guessed.scales, *guessed.choices}
    while name in taken:
        name, number = f"{short_name(text)}_{number}", number + 1
    return name
