"""Names of columns that hold a person's id, an address, a date."""

import re

from segkit.sources.names import plain_name

_WHO = (
    r"(customer|client|cust|user|member|household|account|contact|visitor|subscriber|recipient|profile"
    r"|lead|reader|person|people|kunden?|buyer|shopper|email|user_pseudo|anonymous|respondent|company|guest)"
)
_PERSON = re.compile(rf"{_WHO}(_?(id|no|nr|number|nummer|key|code|uuid|hash))?|uid|who|who_id")
_ADDRESS = re.compile(r"(\w+_)?e_?mail(_?(address|adresse))?")
_ID = re.compile(
    r"(record|respondent|response|contact|company|session|visitor|lead|person|row|case|subject|account"
    r"|befragt(e|en|er)|teilnehmer|antwort|fall|lfd|laufende)?_?(id|no|nr|number|nummer|key|token)"
)
_DATE = re.compile(
    r"(\w+_)?(date|datum|time|timestamp|datetime|day|when|zeit|tag)|at|(\w+_)(at|on)"
    r"|(event|visit|session)_start|start(ed)?"
)


def is_person(name: str) -> bool:
    """Whether a column's name is that of a person's id or address.

    Examples
    --------
    >>> [is_person(name) for name in ("Visitor ID", "contact_email", "campaign_id", "contact_type")]
    [True, True, False, False]
    """
    plain = plain_name(name)
    return bool(_PERSON.fullmatch(plain) or _ADDRESS.fullmatch(plain))


def is_person_id(name: str) -> bool:
    """Whether a column's name is that of a person's id, and of no address.

    Examples
    --------
    >>> is_person_id("Respondent"), is_person_id("contact_email")
    (True, False)
    """
    plain = plain_name(name)
    return bool(_PERSON.fullmatch(plain)) and not _ADDRESS.fullmatch(plain)


def looks_like_id(name: str) -> bool:
    """Whether a column's name is that of a row's id."""
    return bool(_ID.fullmatch(plain_name(name)))


def is_date(name: str) -> bool:
    """Whether a column's name is that of a date.

    Examples
    --------
    >>> [is_date(name) for name in ("created_at", "EventTime", "status", "what")]
    [True, True, False, False]
    """
    return bool(_DATE.fullmatch(plain_name(name)))
