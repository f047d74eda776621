"""What one column of a customer table says, guessed from its values and its name."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from segkit.sources.amounts import EMPLOYEE_EDGES, looks_like_date, read_range
from segkit.sources.birthdates import why_births
from segkit.sources.countries import KNOWN_AS, plain_country
from segkit.sources.guessing.table import DATE_FORMATS
from segkit.sources.guessing.words import NO_ANSWER, ODD_CODES, in_order, is_opinion, order_of
from segkit.sources.names import plain_name
from segkit.sources.values import ISO_DATE, ISO_OFFSET, number_pattern
from segkit.study.traits import NO, YES

FEW, MANY = 20, 200
MOST_UNREAD = 0.02
"""A kind must read all but this share of a column's filled values."""
_CODE_NAME = re.compile(
    r"(.*_)?(code|type|region|category|segment|group|class|browser|systems?|channel|gender|sex)s?"
)
_ID_NAME = re.compile(r"(.*_)?(id|no|nr|number|key|nummer)")
_STAFF_NAME = re.compile(r".*(employee|staff|headcount|size|mitarbeiter|people)")
_HOME_NAME = re.compile(r"(household|family|home|basket|hh)_")
_POST_NAME = re.compile(r"(.*_)?(zip|zip_code|postal_?code|post_?code|plz|postleitzahl)")
_BIRTH_NAME = re.compile(r".*(birth|born|geburt).*")

_AS_AGE: Mapping[str, Any] = {
    "kind": "birth_date", "why": "age in whole years; the dates themselves are never shown",
    "latest": "", "basis": "demographic",
}  # fmt: skip


@dataclass(frozen=True)
class Told:
    """What was guessed of a column.

    Attributes
    ----------
    kind : str
        Of the trait; empty for a column that is left out.
    why : str
        In words; holds no value that one person alone gave.
    spec : dict
        What study.yaml states besides.
    latest : str
        Last day that a date column holds, YYYY-MM-DD.
    basis : str
        What its answers speak of, whatever its name; empty where they don't tell.
    of_battery : bool
        Whether it is one question of several that are answered alike.
    """

    kind: str
    why: str
    spec: Mapping[str, Any] = field(default_factory=dict)
    latest: str = ""
    basis: str = ""
    of_battery: bool = False


def tell_column(name: str, values: pd.Series, *, decimal: str = ".", thousands: str = "") -> Told:
    """Guess one column.

    Parameters
    ----------
    name : str
    values : pandas.Series
        Trimmed texts, blank or missing where there is none.
    decimal, thousands : str
        The table's notation.
    """
    filled = values[values.notna() & (values != "")].astype("str")
    if filled.empty:
        return Told("", "it is empty")
    codes = sorted({text for text in filled.unique() if text.casefold() in NO_ANSWER})
    counts = filled.value_counts()
    said = counts.drop(codes)
    missing = {"missing": codes} if codes else {}
    if len(said) < 2:
        return Told("", "it says the same of everyone who has a value")
    if _POST_NAME.fullmatch(plain_name(name)) and _share(said, re.compile(r"\d").search) > 0.9:
        return _postcode(said)
    for guess in (_yes_no, _ordered, _number, _date, _amount):
        told = guess(plain_name(name), said, number_pattern(decimal, thousands))
        if told and told.kind == "date" and why_births(name, filled):
            told = replace(told, **_AS_AGE, spec={"plausible": [0, 110], **told.spec})
        if told:
            return replace(told, spec={**told.spec, **missing})
    return _texts(plain_name(name), said, codes)


def as_size(name: str, told: Told) -> Told:
    """Employees and revenue of a company in the usual bands; anything else as it was told.

    Examples
    --------
    >>> as_size("Employees", Told("number", "numbers")).spec
    {'bands': 'employees'}
    """
    plain = plain_name(name)
    if told.kind == "number" and re.fullmatch(r"(.*_)?(employees|staff|headcount|mitarbeiter)", plain):
        return replace(
            told, kind="amount", why="sizes, in the usual bands", spec=_banded("employees", told)
        )
    is_money = re.fullmatch(r"(.*_)?(revenue|turnover|umsatz)(_(usd|eur|gbp))?", plain)
    if told.kind in {"number", "amount"} and is_money and "growth" not in plain:
        return replace(
            told, kind="amount", why="revenue, in the usual bands", spec=_banded("revenue", told)
        )
    return told


def _banded(bands: str, told: Told) -> dict[str, Any]:
    return {"bands": bands} | {key: told.spec[key] for key in ("missing",) if key in told.spec}


def date_of(values: pd.Series) -> Told | None:
    """How a column's dates are read, also where all are one day; None where they are no dates."""
    filled = values[values.notna() & (values != "")].astype("str")
    return _date("", filled.value_counts(), "") if len(filled) else None


def _share(said: pd.Series, fits: Any) -> float:
    return float(said[[bool(fits(text)) for text in said.index]].sum() / said.sum())


def _yes_no(_: str, said: pd.Series, __: str) -> Told | None:
    words = {text.casefold() for text in said.index}
    both = words & set(YES) and words & set(NO)
    return Told("yes_no", "yes and no only") if both and words <= {*YES, *NO} else None


def _ordered(_: str, said: pd.Series, __: str) -> Told | None:
    levels = in_order(list(said.index))
    if not levels:
        return None
    basis = "psychographic" if is_opinion(order_of(levels)) else ""
    return Told("ordered", "answers whose order is known", {"levels": levels}, basis=basis)


def _number(name: str, said: pd.Series, pattern: str) -> Told | None:
    if _share(said, re.compile(pattern).search) < 1 - MOST_UNREAD:
        return _number_with_texts(said, pattern)
    numbers = pd.to_numeric(pd.Series(said.index), errors="coerce").dropna()
    whole = bool((numbers % 1 == 0).all()) and len(numbers) == len(said)
    if _BIRTH_NAME.fullmatch(name) and numbers.between(1850, 2100).mean() > 0.9:
        return Told("birth_year", "years of birth", {"plausible": [0, 110]})
    if whole and len(said) <= FEW and _CODE_NAME.fullmatch(name):
        return Told("category", f"{len(said)} codes, by its name")
    if len(said) > FEW and said.max() == 1 and _ID_NAME.fullmatch(name):
        return Told("", "it is an id")
    odd = [code for code in ODD_CODES if code in said.index and _lies_apart(float(code), numbers)]
    why = f"numbers; is {' or '.join(odd)} a code for no answer? then `missing: [{', '.join(odd)}]`"
    return Told("number", why if odd else "numbers")


def _number_with_texts(said: pd.Series, pattern: str) -> Told | None:
    """Numbers of which a few carry a text, as the ends of a scale do: "I love it!+5"."""
    texts = [str(text) for text in said.index if not re.search(pattern, str(text))]
    ends = {text: re.search(r"\D([+-]?\d+)$", text) for text in texts}
    if len(texts) > 3 or len(said) < len(texts) + 3 or not all(ends.values()):
        return None
    levels = {text: int(end[1]) for text, end in ends.items() if end}
    return Told("number", "numbers, of which some carry a text", {"levels": levels})


def _lies_apart(code: float, numbers: pd.Series) -> bool:
    others = numbers[numbers != code]
    if code < 0:
        return bool((others >= 0).all())
    return bool(len(others) and code > 1 + 2 * others.max())


def _date(_: str, said: pd.Series, __: str) -> Told | None:
    if _share(said, re.compile(r"\d").search) < 1:
        return None
    texts = pd.Series(said.index)
    if _share(said, re.compile(f"{ISO_DATE}|{ISO_OFFSET}").search) > 1 - MOST_UNREAD:
        return Told("date", "dates", latest=str(texts.str[:10].max()))
    for date_format in (*DATE_FORMATS, "%m/%d/%Y %I:%M:%S %p", "%m/%d/%y"):
        read = pd.to_datetime(texts, format=date_format, errors="coerce")
        if said[read.notna().to_numpy()].sum() >= (1 - MOST_UNREAD) * said.sum():
            why = f"dates that {date_format} reads"
            return Told("date", why, {"date_format": date_format}, f"{read.max():%Y-%m-%d}")
    return None


def _amount(name: str, said: pd.Series, _: str) -> Told | None:
    read = {text: read_range(str(text)) for text in said.index}
    whole = [low == low for low, _ in read.values()]
    fits = [is_one or looks_like_date(str(text)) for text, is_one in zip(read, whole, strict=True)]
    if said[whole].sum() < 0.5 * said.sum() or said[fits].sum() < (1 - MOST_UNREAD) * said.sum():
        return None
    if not _STAFF_NAME.fullmatch(name) or _HOME_NAME.match(name):
        return Told("amount", "amounts; a range counts as its middle")
    ends = [high for low, high in read.values() if low < high < float("inf")]
    usual = sum(high in EMPLOYEE_EDGES for high in ends) >= 0.9 * len(ends)
    spec = {"bands": "employees"} if usual else {}
    return Told("amount", "sizes, in the usual bands" if usual else "sizes", spec)


def _postcode(said: pd.Series) -> Told:
    shapes = {
        "GB": r"[A-Za-z]{1,2}\d[A-Za-z\d]? ?\d[A-Za-z]{2}",
        "NL": r"\d{4} ?[A-Za-z]{2}",
        "CA": r"[A-Za-z]\d[A-Za-z][ -]?\d[A-Za-z]\d",
    }
    for country, shape in shapes.items():
        if _share(said, re.compile(shape).fullmatch) > 1 - MOST_UNREAD:
            return Told("postcode_area", f"postcodes of {country}: the area stays", {"area": country})
    return Told("postcode_area", "postcodes: two leading characters stay", {"area": 2})


def _texts(name: str, said: pd.Series, codes: list[str]) -> Told:
    if re.search(r"country|land$|nation", name) and _share(said, _is_country) > 1 - MOST_UNREAD:
        return Told("country", "countries", {"missing": codes} if codes else {})
    levels = len(said) + len(codes)
    unsure = f"; does {' or '.join(codes)} mean no answer? then `missing: {codes}`" if codes else ""
    if levels <= FEW and said.sum() > 2 * levels:
        return Told("category", f"{levels} levels{unsure}")
    short = float(pd.Series(said.index).str.len().median()) <= 40
    if levels <= MANY and said.sum() >= 5 * levels and short:
        return Told("category", f"{levels} levels, of which the commonest 8 stay{unsure}", {"top": 8})
    return Told("", f"it holds {levels:,} different texts: names or free text")


def _is_country(text: str) -> bool:
    return plain_country(text) in KNOWN_AS
