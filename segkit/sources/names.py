"""Columns told by their names: which of segkit's columns they are; and product codes that are fees."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

PATTERNS: Mapping[str, Sequence[str]] = {
    "customer_id": (
        r"(customer|client|cust|user|member|household|account|kunden?|buyer|shopper)_?(id|no|nr|number|nummer|key|code)",
        r"(customer|client|kunde|household|member)",
    ),
    "order_id": (
        r"(order|invoice|basket|transaction|receipt|bestell|bestellung|ticket|bill)_?(id|no|nr|number|nummer|name)",
        r"(invoice|order|receipt|basket|transaction)",
    ),
    "order_date": (
        r"(order|invoice|transaction|purchase|bestell|sale)_?(date|datum|time|timestamp|datetime|at)",
        r"(created|processed|paid|ordered|purchased)_?(at|on)",
        r"(date|datum|timestamp|datetime|day)",
    ),
    "product_id": (
        r"(product|item|stock|article|artikel|variant)_?(id|no|nr|code|number|nummer|sku)",
        r"(lineitem_)?sku|upc|ean|gtin",
    ),
    "quantity": (r"(lineitem_)?(quantity|qty|menge|anzahl|units|items)", r"(number|num|no|n)_?of_\w+"),
    "unit_price": (r"(unit|item|einzel|lineitem|piece)_?(price|preis|cost)", r"price|preis"),
    "amount": (
        r"(line|sales|order|dollar|net|gross|total)_?(amount|value|total|sales|revenue|price|betrag)",
        r"amount|revenue|sales|total|value|spend|spent|paid|betrag|umsatz",
    ),
    "discount": (r"(\w+_)?(discount|disc|rabatt)(_\w+)?",),
    "category": (
        r"(product_)?(category|kategorie|department|warengruppe)(_name)?",
        r"product_(type|group)",
    ),
    "store_id": (r"(store|shop|branch|filiale|outlet)(_?(id|no|nr|number|code|name))?",),
}

_FEE = re.compile(
    r"post(age)?|porto|versand(kosten)?|ship(ping|ment)?|freight|carriage|dotcom|dot|delivery|lieferung"
    r"|\w*fees?|\w*charges?|\w*gebuehr(en)?|\w*geb_hr(en)?|manual|adjust(ment)?s?|discount|rabatt|tip"
)


def is_fee(code: str) -> bool:
    """Whether a product's code is called like postage, a fee or a correction, or is one letter.

    Examples
    --------
    >>> [is_fee(code) for code in ("POST", "AMAZONFEE", "Bank charges", "M", "GIFT-L")]
    [True, True, True, True, False]
    """
    plain = plain_name(code)
    return len(plain) < 2 or any(_FEE.fullmatch(word) for word in [plain, *plain.split("_")])


def match_columns(columns: Sequence[str], wanted: Sequence[str]) -> dict[str, Any]:
    """segkit's name -> the file's column whose name fits best; each column is used once."""
    plain = {column: plain_name(column) for column in columns}
    found: dict[str, Any] = {}
    for rank in range(3):
        for ours in wanted:
            pattern = PATTERNS[ours][rank] if rank < len(PATTERNS[ours]) else None
            free = [column for column in columns if column not in found.values()]
            fits = [column for column in free if pattern and re.fullmatch(pattern, plain[column])]
            if fits and ours not in found:
                found[ours] = fits[0]
    return {name: found[name] for name in wanted if name in found}


def plain_name(name: str) -> str:
    """A column's name in lower case with underscores: "CustomerID" and "customer id" are one."""
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")
