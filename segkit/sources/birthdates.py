"""Dates of birth: told by a column's name, or by dates that are spread as people's births are."""

import re

import pandas as pd

from segkit.sources.names import plain_name

_NAMED = re.compile(
    r"(\w+_)?(birth_?da(te|y)|date_?of_?birth|dob|birth|born(_on)?|geburtsdatum|geburtstag|geb_?datum"
    r"|geboren(_am)?|date_(de_)?naissance|fecha_(de_)?nacimiento|data_(di_)?nascita|geboortedatum)(_\d)?"
)
_OTHER = re.compile(
    r"found|gegr|establish|incorporat|since|built|release|publish|contract|join|member|start|hire|open"
    r"|order|purchase|visit|creat|updat"
)
_EXACT = re.compile(
    r"(?P<first>\d{4})([-/.])\d{1,2}\2\d{1,2}([ T].*)?"
    r"|\d{1,2}([-/.])\d{1,2}\4(?P<last>\d{4}|\d\d)([ T].*)?"
    r"|(?P<packed>(19|20)\d\d)(0[1-9]|1[0-2])([0-2]\d|3[01])"
)
LEAST_SHARE, LEAST_DATES, LEAST_YEARS, LAST_YEAR = 0.8, 20, 25, 2015
"""Of a column whose name says nothing: share and number of dates, years between them, and the last."""


def why_births(column: str, values: pd.Series) -> str:
    """Why a column likely holds exact dates of birth; empty when it doesn't. Years alone are none.

    Examples
    --------
    >>> why_births("dob", pd.Series(["1985-04-12", "12.04.1985"]))
    'it is named so'
    >>> why_births("dob", pd.Series(["1985", "1990"])), why_births("paid", pd.Series(["1985-04-12"]))
    ('', '')
    """
    filled = values.dropna()
    if pd.api.types.is_datetime64_any_dtype(filled):
        filled = filled.dt.strftime("%Y-%m-%d")
    texts = filled.astype("str").str.strip()
    texts = texts[texts != ""]
    name = plain_name(column)
    is_named = _NAMED.fullmatch(name) is not None
    if texts.empty or (not is_named and (_OTHER.search(name) or len(texts) < LEAST_DATES)):
        return ""
    parts = texts.iloc[:: max(1, len(texts) // 1_000)].str.extract(_EXACT)
    years = parts["first"].fillna(parts["last"]).fillna(parts["packed"])
    share = float(years.notna().mean())
    if is_named:
        return "it is named so" if share >= 0.5 else ""
    years = pd.to_numeric(years[years.str.len() == 4])
    if share < LEAST_SHARE or len(years) < LEAST_DATES:
        return ""
    early, late = years.quantile(0.05), years.quantile(0.95)
    births = early >= 1900 and late <= LAST_YEAR and late - early >= LEAST_YEARS
    return "its dates are spread over the years as births are" if births else ""
