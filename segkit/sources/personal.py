"""Columns that likely hold personal data: found by their content and their names, never shown.

A finding is a reason to look, not a proof: a column without one can still be personal.
"""

import ipaddress
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pandas as pd

from segkit.errors import DataError
from segkit.sources.birthdates import why_births
from segkit.sources.names import plain_name
from segkit.sources.places import is_full_postcode, is_point
from segkit.study.sense.made import looks_like_coordinates

MOST_LOOKED_AT = 10_000
"""Values of a column that are looked at, evenly spread over it."""


@dataclass(frozen=True)
class Personal:
    """A column that likely holds personal data.

    Attributes
    ----------
    column : str
    kind : str
        "e-mail addresses", "phone numbers", "payment cards", "bank accounts", "national ids",
        "IP addresses", "street addresses", "full postcodes", "coordinates", "birth dates" or "person
        names".
    share : float
        Of the filled values that were looked at, how many have that form, 0 to 1.
    why : str
        In words; holds no value.
    """

    column: str
    kind: str
    share: float
    why: str


@dataclass(frozen=True)
class _Kind:
    name: str
    fits: Callable[[str], bool]
    least: float
    """Share of values from which content alone decides; random digits pass some checks by chance."""
    named: re.Pattern[str]


def find_personal(data: pd.DataFrame) -> tuple[Personal, ...]:
    """Find the columns of a table that likely hold personal data.

    Parameters
    ----------
    data : pandas.DataFrame
        Every column is looked at: up to 10,000 values of it, evenly spread.

    Returns
    -------
    tuple of Personal
        At most one per column, in the table's order.

    Notes
    -----
    Payment cards pass the Luhn check and have an issuer's length and prefix; bank accounts are IBANs
    that pass mod 97; national ids have the form of US, UK, Spanish, French or Italian ones. Digits
    alone are no phone number, unless the column says so. A column of yes and no or of counts is never
    personal by its name alone ("accepts_email", "email").

    Examples
    --------
    >>> people = pd.DataFrame({"contact": ["ana@example.com", "bo@example.org"], "plan": ["a", "b"]})
    >>> [(found.column, found.kind, found.share) for found in find_personal(people)]
    [('contact', 'e-mail addresses', 1.0)]
    """
    found = (_look(str(name), data[name]) for name in data.columns)
    return tuple(finding for finding in found if finding)


def refuse_personal(data: pd.DataFrame, names: Iterable[str]) -> None:
    """Refuse columns that likely hold personal data as bases or descriptors.

    Parameters
    ----------
    data : pandas.DataFrame
    names : iterable of str
        The columns that were chosen.

    Raises
    ------
    DataError
        Names the columns and the kind; never a value.
    """
    found = find_personal(data[[name for name in names if name in data]])
    if found:
        listed = "; ".join(f"'{one.column}' likely holds {one.kind}: {one.why}" for one in found)
        raise DataError(
            listed,
            "traits that many customers share",
            f"Take {', '.join(one.column for one in found)} out of bases and descriptors; a column may "
            "still be the id that joins tables: ids are never shown",
        )


def _look(column: str, values: pd.Series) -> Personal | None:
    if looks_like_coordinates(column) and values.notna().any():
        return Personal(column, "coordinates", 1.0, "it is named so")
    if why := why_births(column, values):
        return Personal(column, "birth dates", 1.0, why)
    times = _texts(values).value_counts()
    if times.empty:
        return None
    named = plain_name(column)
    for kind in KINDS:
        share = _share(times, kind.fits)
        if share >= kind.least:
            return Personal(column, kind.name, share, f"{_percent(share)} of its values look like it")
        if kind.named.fullmatch(named) and not _is_flag(times.index):
            return Personal(column, kind.name, share, "it is named so")
    return _person_names(column, times)


def _share(times: pd.Series, fits: Callable[[str], bool]) -> float:
    """How many of a column's values fit, each asked once."""
    return float(sum(n for text, n in times.items() if fits(text)) / times.sum())


def _texts(values: pd.Series) -> pd.Series:
    """Filled values as text, evenly spread over the column where there are many."""
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return pd.Series([], dtype="str")
    filled = values.dropna()
    step = max(1, -(-len(filled) // MOST_LOOKED_AT))
    if pd.api.types.is_float_dtype(filled):
        filled = filled[filled % 1 == 0].astype("int64") if (filled % 1 == 0).all() else filled[:0]
    texts = filled.iloc[::step].astype("str").str.strip()
    return texts[texts != ""]


def _percent(share: float) -> str:
    return f"{share:.0%}" if share > 0.005 else "under 1%"


def _is_flag(texts: Iterable[str]) -> bool:
    """Whether a column only says yes and no, or counts."""
    return all(_FLAG.fullmatch(text.lower()) for text in texts)


def _person_names(column: str, times: pd.Series) -> Personal | None:
    """By the column's name, or since most values are capitalised words that hardly come twice."""
    named = plain_name(column)
    share = _share(times, lambda text: FULL_NAME.fullmatch(text) is not None)
    bare = named in {"name", "customer", "contact", "owner", "client", "kunde", "ansprechpartner"}
    shaped = share >= 0.8 and times.sum() >= 20 and len(times) > 0.5 * times.sum()
    if _NAMED_PERSON.fullmatch(named) and not _is_flag(times.index):
        return Personal(column, "person names", share, "it is named so")
    if (bare and share >= 0.5) or (shaped and not _NAMED_OTHER.search(named)):
        why = f"{_percent(share)} of its values look like first and last names"
        return Personal(column, "person names", share, why)
    return None


def _is_email(text: str) -> bool:
    return "@" in text and _EMAIL.search(text) is not None


def _is_phone(text: str) -> bool:
    if text.isdigit() and not text.startswith("00"):
        return False
    digits = re.sub(r"\D", "", text)
    if not 7 <= len(digits) <= 15 or not _PHONE.fullmatch(text) or _NO_PHONE.fullmatch(text):
        return False
    return (
        text.startswith(("+", "'+", "00", "(")) or len(re.findall(r"\d[ ().\-/]+(?=[(\d])", text)) >= 2
    )


def _is_card(text: str) -> bool:
    if not 13 <= len(text) <= 23:
        return False
    digits = re.sub(r"[ -]", "", text)
    return bool(_CARD.fullmatch(digits)) and _luhn(digits)


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (2 - (place % 2 == 0)) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _is_iban(text: str) -> bool:
    if not (text[:2].isalpha() and text[2:4].isdigit()):
        return False
    plain = re.sub(r"[ -]", "", text).upper()
    if not re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", plain):
        return False
    return int("".join(str(int(sign, 36)) for sign in plain[4:] + plain[:4])) % 97 == 1


def _is_national_id(text: str) -> bool:
    if not 8 <= len(text) <= 25:
        return False
    plain = text.upper().replace(" ", "")
    if re.fullmatch(r"\d{8}[A-Z]", plain):  # Spain's letter is the number's rest
        return plain[8] == "TRWAGMYFPDXBNJZSQVHLCKE"[int(plain[:8]) % 23]
    if re.fullmatch(r"[12]\d{14}", plain):  # so is the end of France's
        return 97 - int(plain[:13]) % 97 == int(plain[13:])
    return any(
        shape.fullmatch(form) for shape, form in zip(_NATIONAL, (text, plain, plain), strict=True)
    )


def _is_address(text: str) -> bool:
    if text.isdigit() or not any(map(str.isdigit, text)):
        return False
    return any(shape.search(text) for shape in _STREETS)


def _is_ip(text: str) -> bool:
    if "." not in text and text.count(":") < 2:
        return False
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _named(*words: str) -> re.Pattern[str]:
    return re.compile(rf"(\w+_)?({'|'.join(words)})(_\d)?")


_FLAG = re.compile(r"yes|no|y|n|true|false|ja|nein|(un)?subscribed|-?\d{1,6}(\.\d+)?")
_EMAIL = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)*\.[A-Za-z]{2,}")
_PHONE = re.compile(r"'?\+?[\d(][\d ().\-/]*\d")
_NO_PHONE = re.compile(
    r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}.*|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}.*|\d{1,3}([ .]\d{3})+|\d+\.\d+"
    r"|\d{1,3}(\.\d{1,3}){3}|\d{3}-\d{2}-\d{4}|\d{4}([ -]\d{4}){2,3}"
)
_CARD = re.compile(
    r"4\d{12}(\d{3}){0,2}|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6\d{15}|3[068]\d{12}|35\d{14}"
)
_NATIONAL = (
    re.compile(r"(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}"),
    re.compile(r"[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]\d{6}[A-D]"),
    re.compile(r"[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]"),
)
_NEVER = re.compile(r"(?!)")
_STREETS = (
    re.compile(
        r"\b\d{1,5}[a-z]?,? (\w+\.? ){0,3}"
        r"(street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|place|terrace|square)\b",
        re.IGNORECASE,
    ),
    re.compile(r"(stra(ß|ss)e|str\.|\w(weg|platz|allee|gasse|straat|gatan)) ?\d{1,4}\b", re.IGNORECASE),
    re.compile(r"\b\d{1,4}( bis| ter)?,? (rue|boulevard|chemin|impasse|allée|quai) ", re.IGNORECASE),
    re.compile(r"\b(calle|avenida|via|viale|rua|piazza) .+\d{1,4}\b", re.IGNORECASE),
)
FULL_NAME = re.compile(
    r"[^\W\d_][\w'’-]+( [^\W\d_]\.?)?( (van|von|de|da|der|la|le|di))*( [A-ZÀ-Þ][\w'’-]+){1,2}"
)
_NAMED_PERSON = _named(
    "(first|last|given|family|full|middle|sur|maiden|person|contact|billing|shipping|card|card_holder)_?name",
    "fname", "lname", "vorname", "nachname", "familienname", "prenom", "nom_de_famille", "apellidos?",
    "(contact|account|company|deal)_owner",
)  # fmt: skip
_NAMED_OTHER = re.compile(
    r"company|firma|account|product|produkt|item|title|campaign|city|stadt|country|land|region|state|"
    r"category|industry|brand|job|role|street|segment|page|list|audience|department|store|shop|plan"
)
_EMAIL_NAMES = _named("e_?mail", "e_?mail_address(es)?", "e_?mail_adresse")
_IBAN_NAMES = _named("iban", "account_?number", "kontonummer", "bank_account")
_NATIONAL_NAMES = _named(
    "ssn", "social_security(_number)?", "national_?id", "passport(_?(no|number))?", "tax_?id",
    "nino", "dni", "steuer_?id", "codice_fiscale",
)  # fmt: skip
_CARD_NAMES = _named("(credit_?)?card_?(no|number|nr)", "pan", "kartennummer")
_IP_NAMES = _named("ip", "ip_?addr(ess)?")
_PHONE_NAMES = _named(
    "(tele)?phone", "(tele)?phone_?(no|nr|number)", "mobile(_phone|_number)?", "telefon(nummer)?",
    "handy", "fax", "cell(_phone)?", "whatsapp",
)  # fmt: skip
_STREET_NAMES = _named(
    "street", "address_?(line_?)?[1-3]?", "street_address", "adresse", "strasse", "straße"
)
KINDS = (
    _Kind("e-mail addresses", _is_email, 0.01, _EMAIL_NAMES),
    _Kind("bank accounts", _is_iban, 0.05, _IBAN_NAMES),
    _Kind("national ids", _is_national_id, 0.3, _NATIONAL_NAMES),
    _Kind("payment cards", _is_card, 0.3, _CARD_NAMES),
    _Kind("IP addresses", _is_ip, 0.2, _IP_NAMES),
    _Kind("phone numbers", _is_phone, 0.2, _PHONE_NAMES),
    _Kind("street addresses", _is_address, 0.2, _STREET_NAMES),
    _Kind("full postcodes", is_full_postcode, 0.2, _NEVER),
    _Kind("coordinates", is_point, 0.2, _NEVER),
)
