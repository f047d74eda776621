"""Texts that say exactly where somebody lives, without being an address."""

import re

_FULL_POSTCODE = re.compile(
    r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|[A-Z]\d[\dW] ?[A-Z\d]{4}|\d{4} ?[A-Z]{2}"
    r"|[A-Z]\d[A-Z][ -]?\d[A-Z]\d|\d{5}-\d{4}"
)
_POINT = re.compile(r"[(\[]?-?\d{1,3}\.\d{3,}\s*[,; ]\s*-?\d{1,3}\.\d{3,}[)\]]?")


def is_full_postcode(text: str) -> bool:
    """Whether a text is a postcode of a street or a house: British, Irish, Dutch, Canadian, US +4.

    Examples
    --------
    >>> is_full_postcode("SW1A 1AA"), is_full_postcode("94103-1234"), is_full_postcode("10115")
    (True, True, False)
    """
    return len(text) <= 10 and _FULL_POSTCODE.fullmatch(text.upper()) is not None


def is_point(text: str) -> bool:
    """Whether a text is a latitude and a longitude of three decimals or more.

    Examples
    --------
    >>> is_point("52.5200, 13.4050"), is_point("52.5, 13.4")
    (True, False)
    """
    return _POINT.fullmatch(text) is not None
