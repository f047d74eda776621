"""Sizes and revenues as CRMs hold them ("51-200", "36.9 Million") -> ranges and ordered bands."""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

import numpy as np

from segkit.sources.currencies import CURRENCY_IN_TEXT
from segkit.sources.notation import joined_forms

EMPLOYEE_EDGES = (10, 50, 200, 500, 1_000, 5_000, 10_000)
"""Upper ends of the size bands that LinkedIn and most CRMs use, in people."""
REVENUE_EDGES = (1e6, 1e7, 5e7, 1e8, 5e8, 1e9, 1e10)
"""Upper ends of common revenue bands, in the amounts' own currency a year."""

_SCALES = {
    1e3: ("k", "thousand", "tsd", "tausend"),
    1e6: ("m", "mm", "mn", "mio", "mil", "mill", "million", "millions", "millionen"),
    1e9: ("b", "bn", "bln", "billion", "billions", "mrd", "milliarde", "milliarden"),
}
_SCALE = {word: scale for scale, words in _SCALES.items() for word in words}
_ALONE = frozenset(
    {"self-employed", "self employed", "just me", "myself only", "sole trader", "freelancer"}
)
_NOISE = re.compile(
    rf"{CURRENCY_IN_TEXT}|\bus\b"
    r"|\b(employees?|people|persons?|staff|ppl|mitarbeiter(innen)?|beschäftigte)\b"
    r"|\b(per year|p\.a\.|a year)|/ ?(yr|year)\b"
)
_AT_LEAST = re.compile(
    r"^(>=?|≥|over|more than|above|at least|from|über|mehr als|mindestens|ab)\s*(?P<end>.+)$"
    r"|^(?P<start>.+?)\s*(\+|or more|and more|and above|and over|plus|und mehr|oder mehr)$"
)
_AT_MOST = re.compile(
    r"^(<=?|≤|under|less than|below|up to|at most|fewer than|unter|weniger als|bis( zu)?|höchstens)"
    r"\s*(?P<end>.+)$"
)
_BETWEEN = re.compile(
    r"^(between\s+)?(?P<low>\S.*?)\s*(-|–|—|\bto\b|\bbis\b|\band\b)\s*(?P<high>\S.*)$"
)
_BELOW_0 = re.compile(r"^[-−]\s?(?P<size>[^-].*)$|^\((?P<closed>[^-].*)\)$")
_NUMBER = re.compile(r"^(?P<digits>\d[\d.,' \u00a0\u202f]*?)\s*(?P<scale>[a-zß]+)?\.?$")
_DIGITS = re.compile(r"\d(?:[\d.,' \u00a0\u202f]*\d)?")
_DATE_LIKE = re.compile(
    r"^(\d{1,4}[-. ])?(jan|feb|mar|mär|apr|may|mai|jun|jul|aug|sep|oct|okt|nov|dec|dez)"
    r"[a-z]*\.?[-. ]?\d{0,4}$"
)
Range = tuple[float, float]
_UNREAD: Range = (np.nan, np.nan)


def band_labels(edges: Sequence[float]) -> list[str]:
    """Names of the bands that some upper ends make.

    Examples
    --------
    >>> band_labels([10, 50])
    ['up to 10', 'over 10 to 50', 'over 50']
    """
    shown = [f"{edge:,.0f}" for edge in edges]
    between = [f"over {low} to {high}" for low, high in pairwise(shown)]
    return [f"up to {shown[0]}", *between, f"over {shown[-1]}"]


def read_range(text: str, *, decimal: str = ".", sure: bool = False) -> Range:
    """Read one size or revenue as a range; (nan, nan) where it can't be read: nothing is guessed.

    Parameters
    ----------
    text : str
        Currency marks, which are not converted, and words such as "employees" are passed over.
    decimal : {".", ","}
        What a lone mark before three digits is not: "1,001" is 1001 under ".", "1.001" under ",".
    sure : bool
        Whether the mark is known to part a fraction: "1.234" is then one and a bit. Else it is read
        with a scale ("1.234 Million") only, since it may be a thousand or a fraction.

    Examples
    --------
    >>> read_range("€2,5 Mio."), read_range("< 10"), read_range("10k+"), read_range("10-50M")
    ((2500000.0, 2500000.0), (0.0, 10.0), (10000.0, inf), (10000000.0, 50000000.0))
    """
    plain = _plain(text)
    if plain in _ALONE:
        return (1.0, 1.0)

    def number(part: str) -> float:
        return _number(part, decimal, sure=sure)

    if found := _AT_MOST.match(plain):
        return _made(0.0, number(found["end"]))
    if found := _AT_LEAST.match(plain):
        return _made(number(found["end"] or found["start"]), np.inf)
    below = _BELOW_0.match(plain)
    one = -number(below["size"] or below["closed"]) if below else number(plain)
    return _between(plain, number) if np.isnan(one) else (one, one)


def number_forms(texts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The forms of the numbers in some texts, each text given with how often it comes."""
    return joined_forms((one, n) for text, n in texts for one in _DIGITS.findall(_plain(text)))


def looks_like_date(text: str) -> bool:
    """Whether a text is what a spreadsheet makes of a range such as "11-50".

    Examples
    --------
    >>> looks_like_date("10-Jan"), looks_like_date("Nov-50"), looks_like_date("11-50")
    (True, True, False)
    """
    return bool(_DATE_LIKE.match(_plain(text)))


def _plain(text: str) -> str:
    without = _NOISE.sub(" ", text.strip().lower())
    return re.sub(r"\s+", " ", without).strip()


def _between(plain: str, number: Callable[[str], float]) -> Range:
    found = _BETWEEN.match(plain)
    if not found:
        return _UNREAD
    low, high = number(found["low"]), number(found["high"])
    scale = _scale_of(found["high"])
    if scale > 1 and _scale_of(found["low"]) == 1:
        # "10-50M" speaks of millions on both sides; "500-1M" may or may not
        low = low * scale if low * scale <= high else np.nan
    return _made(low, high)


def _made(low: float, high: float) -> Range:
    return (low, high) if low <= high else _UNREAD


def _scale_of(text: str) -> float:
    found = _NUMBER.match(text.strip())
    return _SCALE.get(found["scale"] or "", 1.0) if found else 1.0


def _number(text: str, decimal: str, *, sure: bool = False) -> float:
    found = _NUMBER.match(text.strip())
    if not found or (found["scale"] and found["scale"] not in _SCALE):
        return np.nan
    scale = _SCALE.get(found["scale"] or "", 1.0)
    digits = re.sub(r"(?<=\d)[' \u00a0\u202f](?=\d{3}(\D|$))", "", found["digits"].strip())
    value = _settled(digits, decimal, sure=sure or scale > 1)
    return float(f"{value * scale:.12g}")  # 36.9 * 1e6 is not 36900000.000000004


def _settled(digits: str, decimal: str, *, sure: bool) -> float:
    """A number whose marks say which of them parts the fraction."""
    other = "," if decimal == "." else "."
    group, point = re.escape(other), re.escape(decimal)
    if re.fullmatch(rf"\d{{1,3}}{point}\d{{3}}", digits) and not sure:
        return np.nan
    if re.fullmatch(rf"(\d+|\d{{1,3}}({group}\d{{3}})+)({point}\d+)?", digits):
        return float(digits.replace(other, "").replace(decimal, "."))
    # the other notation, where it can be nothing else: "2,5", "1.234.567", "1.234,50"
    if re.fullmatch(rf"(\d+|\d{{1,3}}({point}\d{{3}})+)({group}\d+)?", digits):
        return float(digits.replace(decimal, "").replace(other, "."))
    return np.nan
