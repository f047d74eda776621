"""What else a source of several states: since when its values are known, and who looks alike in it."""

import re

import pandas as pd

from segkit.sources.exports.export import as_named
from segkit.sources.exports.recognise import Recognised
from segkit.sources.guessing.column import Told, date_of, tell_column
from segkit.sources.guessing.seen import Seen
from segkit.sources.names import plain_name
from segkit.sources.personal import find_personal

_OBSERVED = re.compile(
    r"(last_?)?(updated?|modified|changed|observed|recorded|submitted|submit|answered|completed|taken"
    r"|exported|survey|interview|response)(_?(at|on|date|time|datum|day))?|as_of|stand|date|timestamp|datum"
)
_BORN = re.compile(r".*(birth|born|geburt|dob).*")
_LEAST_DATED = 0.95
_CONTACTS = {"e-mail addresses": "email", "phone numbers": "phone", "person names": "name"}


def describe_source(seen: Seen, frame: pd.DataFrame, known: Recognised | None) -> tuple[list[str], str]:
    """Map the date of a source's rows and what tells people apart, into how it is read.

    Parameters
    ----------
    seen : Seen
        Its id is settled.
    frame : pandas.DataFrame
        The table's texts.
    known : Recognised, optional

    Returns
    -------
    list of str
        Columns that are mapped, and so are no traits.
    str
        Last day on which a row was known, YYYY-MM-DD; empty where no column says.
    """
    columns = {"customer_id": seen.columns["customer_id"]}
    seen.guess.spec["columns"] = columns
    dated, told = _observed(frame.drop(columns=[columns["customer_id"]]), known)
    if dated:
        columns["observed_at"] = dated
        seen.guess.said[dated] = "says since when a row's values are known: observed_at"
        if "date_format" in told.spec:
            seen.guess.spec["date_format"] = told.spec["date_format"]
    else:
        seen.guess.said["observed_at:"] = "no column says since when a row's values are known"
    _map_contacts(seen, frame.drop(columns=list(columns.values())))
    found = [name for name in ("email", "phone", "name") if name in columns]
    if found:
        seen.guess.said[f"{' and '.join(found)}:"] = (
            "only compared, to find duplicate people; never shown"
        )
    contacts = [columns[name] for name in found if name != "name"] + list(columns.get("name", []))
    return [*([dated] if dated else []), *contacts], told.latest


def _map_contacts(seen: Seen, rest: pd.DataFrame) -> None:
    """Addresses and numbers; names with a birth date, without which they are compared to nothing."""
    columns, own_format = seen.columns, seen.guess.spec.get("date_format")
    for name in map(str, rest):
        told = date_of(rest[name]) if _BORN.fullmatch(plain_name(name)) else None
        if told and told.spec.get("date_format") == own_format:
            columns.setdefault("birth_date", name)
    for one in find_personal(rest.replace("", None)):
        ours = _CONTACTS.get(one.kind, "")
        if ours == "name" and "birth_date" in columns:
            columns.setdefault(ours, []).append(one.column)
        elif ours and ours != "name":
            columns.setdefault(ours, one.column)
    if "name" not in columns:
        columns.pop("birth_date", None)


def _observed(frame: pd.DataFrame, known: Recognised | None) -> tuple[str, Told]:
    named = [str(name) for name in frame if _OBSERVED.fullmatch(plain_name(str(name)))]
    if known:
        answered = known.export.columns.get("answered", ())
        surveyed = known.export.dated if known.export.kind == "survey" else ()
        named = as_named([*answered, *surveyed], list(map(str, frame))) or named
    for name in named:
        told = tell_column(name, frame[name])
        if told.kind == "date" and (frame[name] != "").mean() >= _LEAST_DATED:
            return name, told
    return "", Told("", "")


def several_rows(seen: Seen, frame: pd.DataFrame) -> bool:
    """Whether customers have several rows in a source and no date says which holds."""
    ids = frame[seen.columns["customer_id"]]
    return "observed_at" not in seen.columns and not ids[ids != ""].is_unique
