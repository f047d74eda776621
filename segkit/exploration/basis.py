"""The basis that a column's name speaks of; a study's own word always comes before it."""

import re

from segkit.sources.names import plain_name

BASES = ("demographic", "psychographic", "behavioural", "geographic", "firmographic")
NOT_KNOWN = "not known"
_WORDS = {
    "firmographic": r"compan(y|ies)|firm|industry|sector|sic|naics|employees|headcount|workforce|"
    r"turnover|branche|legal_form|founded|parent_account|account_type|vertical",
    "geographic": r"country|countries|region|state|province|county|city|town|zip(code)?|postal|"
    r"post_?code|plz|lat(itude)?|lon(gitude)?|lng|urban|rural|climate|territory|land|ort|distance",
    "demographic": r"age|gender|sex|marital|married|education|income|salary|job|occupation|"
    r"profession|kids?|kidhome|teens?|teenhome|child(ren)?|household|family|birth|dob|born|language|"
    r"nationality|ethnicity|religion|home_?owner(ship)?|student|retired",
    "psychographic": r"attitude|interest|opinion|value_statement|lifestyle|personality|motiv\w+|"
    r"satisf\w+|nps|likert|agree\w*|trust|prefer\w*|like|liking|importance|perception|sentiment|"
    r"loyalty_score|q\d+[a-z]?|item_?\d+",
    "behavioural": r"orders?|purchases?|spend|spent|revenue|sales|amount|visits?|sessions?|pages?|"
    r"clicks?|opens?|opened|sends?|bounce|recency|frequency|monetary|tenure|last|first|days|"
    r"basket|balance|loan|contact|campaigns?|channel|device|browser|coupons?|discounts?|returns?|"
    r"subscri\w+|usage|logins?|downloads?|churn\w*|response|accepted\w*|complain\w*|deals?|products?",
}
_PATTERNS = {basis: re.compile(words) for basis, words in _WORDS.items()}


def basis_by_name(name: str) -> str:
    """The basis that a name speaks of; empty where it speaks of none, or of several.

    Examples
    --------
    >>> [basis_by_name(name) for name in ("PostCode", "n_orders", "annual_income", "x7")]
    ['geographic', 'behavioural', 'demographic', '']
    """
    plain = plain_name(name)
    words = [plain, *plain.split("_")]
    found = [basis for basis, words_of in _PATTERNS.items() if any(map(words_of.fullmatch, words))]
    return found[0] if len(found) == 1 else ""
