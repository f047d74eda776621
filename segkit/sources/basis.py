"""What a column can be a basis of, by its name; a study's own word always comes before it."""

import re

from segkit.sources.names import plain_name

BASES = ("demographic", "psychographic", "behavioural", "geographic", "firmographic")
NOT_KNOWN = "not known"
MOST_MISSING = 0.3
"""Share of customers without a value above which a column only describes."""
_WORDS = {
    "firmographic": r"compan(y|ies)|firm|firma|industr(y|ies)|sector|sic|sic_code|naics|employees?|"
    r"number_of_employees|staff|staff_size|company_size|headcount|workforce|mitarbeiter|turnover|"
    r"annual_revenue|company_revenue|branche|legal_form|founded|year_founded|parent_account|"
    r"account_type|account_rating|vertical",
    "geographic": r"country|countries|region|state|province|county|city|town|zip(code)?|postal|"
    r"post_?code|plz|lat(itude)?|lon(gitude)?|lng|urban|rural|climate|territory|land|ort|stadt|"
    r"bundesland|district|location|distance",
    "demographic": r"age|gender|sex|marital|married|education|bildung|income|einkommen|salary|job|"
    r"job_title|title|salutation|occupation|profession|beruf|kids?|kidhome|teens?|teenhome|"
    r"child(ren)?|household|family|birth|dob|born|language|nationality|ethnicity|religion|"
    r"home_?owner(ship)?|student|retired|school|degree",
    "psychographic": r"attitudes?|interests?|opinions?|value_statement|lifestyle|personality|motiv\w+|"
    r"satisf\w+|satisfied|nps|likert|agree\w*|trust|prefer\w*|like|liking|importan(ce|t)|perception|"
    r"sentiment|loyalty_score|happy|feel|believe|enjoy|q\d+[a-z]?|item_?\d+",
    "behavioural": r"orders?|purchases?|spend|spent|revenue|umsatz|sales|amount|visits?|sessions?|"
    r"pages?|clicks?|opens?|opened|sends?|bounce|recency|frequency|monetary|tenure|last|first|days|"
    r"basket|balance|loan|contact|campaigns?|channel|device|browser|coupons?|discounts?|returns?|"
    r"subscri\w+|usage|logins?|downloads?|churn\w*|response|accepted\w*|complain\w*|deals?|products?",
}
_PATTERNS = {basis: re.compile(words) for basis, words in _WORDS.items()}
_OF_COMPANIES = re.compile(r"(.*_)?(revenue|umsatz|sales|size|growth|type|ownership|rating|funding)")


def basis_by_name(name: str) -> str:
    """The basis that a name speaks of; empty where it speaks of none, or of several.

    Notes
    -----
    The longest words that speak decide: "annual_revenue" is one word, of a company.

    Examples
    --------
    >>> [basis_by_name(name) for name in ("PostCode", "n_orders", "annual_income", "x7")]
    ['geographic', 'behavioural', 'demographic', '']
    >>> [basis_by_name(name) for name in ("revenue", "Annual Revenue", "household_orders")]
    ['behavioural', 'firmographic', '']
    """
    words = plain_name(name).split("_")
    for length in range(len(words), 0, -1):
        spoken = ["_".join(words[at : at + length]) for at in range(len(words) - length + 1)]
        found = [basis for basis, fits in _PATTERNS.items() if any(map(fits.fullmatch, spoken))]
        if found:
            return found[0] if len(found) == 1 else ""
    return ""


def basis_of(name: str, row: str) -> str:
    """The basis that a column most likely speaks of, by its name and by what a row is.

    Parameters
    ----------
    name : str
    row : str
        "customer", "respondent", "company", "session" or "post".

    Examples
    --------
    >>> basis_of("Revenue", "company"), basis_of("Revenue", "customer")
    ('firmographic', 'behavioural')
    >>> basis_of("yummy", "respondent"), basis_of("like", "post")
    ('psychographic', 'behavioural')
    """
    if row == "company" and _OF_COMPANIES.fullmatch(plain_name(name)):
        return "firmographic"
    found = basis_by_name(name)
    if row in {"session", "post"} and found in {"", "psychographic", "demographic"}:
        return "behavioural"
    return found or ("psychographic" if row == "respondent" else "behavioural")
