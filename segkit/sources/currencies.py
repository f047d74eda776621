"""Currencies as files write them: which a text names, and the refusal to add up several."""

import re
from collections.abc import Iterable, Mapping

from segkit.errors import DataError

SIGNS: Mapping[str, str] = {
    "US$": "USD", "AU$": "AUD", "CA$": "CAD", "NZ$": "NZD", "HK$": "HKD", "A$": "AUD", "C$": "CAD",
    "R$": "BRL", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "₹": "INR", "₽": "RUB", "₺": "TRY",
    "₩": "KRW", "₪": "ILS", "฿": "THB", "₫": "VND", "₴": "UAH", "ZŁ": "PLN", "KČ": "CZK", "KR": "kr",
    "FR": "CHF",
}  # fmt: skip
"""A sign in capitals -> the code it is counted under; kr is one of three currencies."""
SHARED: Mapping[str, tuple[str, ...]] = {
    "USD": ("$",), "CAD": ("$",), "AUD": ("$",), "NZD": ("$",), "HKD": ("$",), "SGD": ("$",),
    "MXN": ("$",), "CLP": ("$",), "COP": ("$",), "TWD": ("$",),
    "SEK": ("KR",), "NOK": ("KR",), "DKK": ("KR",), "ISK": ("KR",),
}  # fmt: skip
"""Code -> the signs that it has in common with other currencies."""
CODES = (
    "AED", "AUD", "BGN", "BRL", "CAD", "CHF", "CLP", "CNY", "COP", "CZK", "DKK", "EGP", "EUR", "GBP",
    "HKD", "HUF", "IDR", "ILS", "INR", "ISK", "JPY", "KES", "KRW", "MAD", "MXN", "MYR", "NGN", "NOK",
    "NZD", "PEN", "PHP", "PKR", "PLN", "QAR", "RON", "RSD", "RUB", "SAR", "SEK", "SGD", "THB", "TRY",
    "TWD", "UAH", "USD", "VND", "ZAR",
)  # fmt: skip
_LETTERED = ("ZŁ", "KČ", "KR", "FR")
_MARKED = sorted((sign for sign in SIGNS if sign not in _LETTERED), key=len, reverse=True)
CURRENCY = "|".join([*map(re.escape, _MARKED), *CODES, *(rf"{sign}\.?" for sign in _LETTERED)])
"""A sign or a code, whatever its case, as a pattern for whole words beside an amount."""
CURRENCY_IN_TEXT = (
    rf"(?i:{'|'.join(map(re.escape, _MARKED))}"
    rf"|(?<![^\W\d_])(?:{'|'.join((*CODES, *_LETTERED))})(?![^\W\d_])\.?)"
)
"""The same among other words."""
_FOUND = re.compile(CURRENCY_IN_TEXT)
Named = Mapping[str, int]
"""What names a currency, as the file writes it -> how many values do."""


def code_of(sign: str) -> str:
    """The code that a sign or a code is counted under.

    Examples
    --------
    >>> code_of("€"), code_of("eur"), code_of("Fr."), code_of("$")
    ('EUR', 'EUR', 'CHF', 'USD')
    """
    plain = sign.strip().rstrip(".").upper()
    return SIGNS.get(plain, plain)


def meant_by(signs: Iterable[str]) -> set[str]:
    """The currencies that all of some signs and codes may stand for; none where they are several.

    Examples
    --------
    >>> sorted(meant_by(["kr", "SEK"])), sorted(meant_by(["$", "CAD", "USD"]))
    (['SEK'], [])
    """
    may = []
    for sign in signs:
        plain = sign.strip().rstrip(".").upper()
        shared = {code for code, theirs in SHARED.items() if plain in theirs}
        may.append(shared or {code_of(sign)})
    return set.intersection(*may) if may else set()


def named_in(text: str) -> set[str]:
    """The signs and codes that stand in a text among other words.

    Examples
    --------
    >>> sorted(named_in("$10M - $50M")), sorted(named_in("36,9 Mio. EUR")), named_in("europe 5")
    (['$'], ['EUR'], set())
    """
    return {found[0].upper().rstrip(".") for found in _FOUND.finditer(text)}


def mixed_notices(where: str, by_column: Mapping[str, Named], rule: str, stated: str = "") -> list[str]:
    """Refuse columns of money that name more than one currency, or say that they do.

    Parameters
    ----------
    where : str
        Their table, as a message calls it.
    by_column : dict of str to dict of str to int
        Column -> what its values name.
    rule : {"refuse", "keep"}
        The study's `rules.mixed_currencies`.
    stated : str
        The study's currency, where the amounts are printed with it; empty where it states none.

    Raises
    ------
    DataError
        Under "refuse", with the signs and their counts.
    """
    signs = {sign for named in by_column.values() for sign in named}
    stated = stated.strip()
    if not signs or meant_by([*signs, stated] if stated else signs):
        return []
    told = "; ".join(f"'{column}': {said(named)}" for column, named in by_column.items() if named)
    if meant_by(signs):  # the amounts agree, and the study says something else
        arrived = f"{where} has amounts in {told}, and the study's `currency` is {stated}"
        fix = "State the currency that they are in, or convert them before they are read"
    else:
        arrived, fix = f"{where} mixes currencies in {told}", "Convert them before they are read"
    if rule == "keep":
        return [f"{arrived}; they are not converted, as the study wants it"]
    raise DataError(
        arrived,
        "amounts in one currency: segkit converts none",
        f"{fix}; or let them stand as they are, a dollar for a euro: "
        "`rules: {mixed_currencies: keep}`",
    )


def said(named: Named) -> str:
    """Signs with their counts, most first."""
    ordered = sorted(named.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{sign} {n:,}" for sign, n in ordered)


def currency_notices(where: str, column: str, named: Named, n_given: int, stated: str) -> list[str]:
    """Say what a column's amounts are in where the study doesn't.

    Parameters
    ----------
    named : dict of str to int
        What names the currency, all of one.
    n_given : int
        Values of the column.
    stated : str
        The study's currency.
    """
    if not named:
        return []
    meant, n_without = meant_by(named), n_given - sum(named.values())
    meant = meant & meant_by([stated]) or meant if stated.strip() else meant
    code = " or ".join(sorted(meant)) if len(meant) < 3 else next(iter(named)).lower()
    found = []
    if n_without > 0:
        found.append(
            f"{where}: {n_without:,} of {n_given:,} values of '{column}' name no "
            f"currency; they are taken for {code} like the others"
        )
    if not stated.strip():
        found.append(f"{where}: '{column}' is in {code}, and the study states none (`currency`)")
    return found
