"""Column names that can be shown: a file without a header has a customer's values for names."""

import re
from collections.abc import Iterable

from segkit.errors import DataError, nearest
from segkit.sources.personal import FULL_NAME, KINDS
from segkit.sources.values import shape_of

_STREET = re.compile(
    r"\d{1,5}[a-z]? [\w ]*(street|road|avenue|lane|boulevard)"
    r"|[\w ]*(stra(ß|ss)e|weg|platz|allee) \d{1,4}",
    re.IGNORECASE,
)
_NAMING_WORDS = """
account active address age amount annual area average avg band base basis birth brand brutto
business campaign category channel city click clicks code comment comments company contact count
country coupon created currency customer data date day days deal department description device
discount domain education email employees end event fax field first fulfillment full gender goal
group hour id income index industry item items job key kind language last lead level lifetime line
location loyalty mail mailing marital media member method mobile month name net next notes number
offer open opened opens opt order orders owner page paid payment phone plan points post postal
posts price primary product products province purchase purchases quantity question rate rating
reach reason recent record reference refund region response revenue sale sales score segment sent
service session sessions shipping site size sku source spend spent stage start state status store
street subscriber subtotal tag tags tax telephone ticket time title total type unit units updated
user users value vendor view views visit visits website week year yearly years zip
"""
_NAMING = frozenset(_NAMING_WORDS.split())
"""Words of column names; two capitalised words without one of them may be a person."""


def looks_like_a_value(name: str) -> bool:
    """Whether a column's name has the form of a contact, a card, an address or the like.

    Examples
    --------
    >>> [looks_like_a_value(name) for name in ("Order Date", "2023", "+49 170 5550123", "5 High Road")]
    [False, False, True, True]
    """
    text = name.strip()
    kinds = (kind for kind in KINDS if kind.name != "street addresses")
    return any(kind.fits(text) for kind in kinds) or _STREET.fullmatch(text) is not None


def printable(name: str) -> str:
    """A column's name, or only its form where it may be a customer's value.

    Examples
    --------
    >>> printable("Order Date"), printable("Ana Meier")
    ('Order Date', 'aaa aaaaa')
    """
    words = set(re.findall(r"[a-z]+", name.lower()))
    may_be_someone = FULL_NAME.fullmatch(name.strip()) is not None and not words & _NAMING
    return shape_of(name) if may_be_someone or looks_like_a_value(name) else name


def quoted(names: Iterable[str]) -> str:
    """Names that a message holds against each other, each in quotation marks.

    Examples
    --------
    >>> print(quoted(["visit", "step"]))
    'visit' and 'step'
    """
    return " and ".join(f"'{name}'" for name in names)


def listed(names: Iterable[str]) -> list[str]:
    """The names of columns as a message may list them."""
    return [printable(str(name)) for name in names]


def require(wanted: Iterable[str], there: Iterable[str], where: str, named_by: str) -> None:
    """Refuse columns that a table doesn't have, with the nearest that it has.

    Parameters
    ----------
    wanted, there : iterable of str
        Columns that the study names, and those of the table.
    where : str
        What to call the table.
    named_by : str
        What of the study names them.

    Examples
    --------
    >>> require(["Mial"], ["Mail", "Id"], "crm.csv", "`via`")
    Traceback (most recent call last):
    segkit.errors.DataError: crm.csv has no column 'Mial', which `via` names. Did you mean 'Mail'?
    """
    there = list(there)
    for column in wanted:
        if column not in there:
            raise DataError(
                f"{where} has no column '{column}', which {named_by} names",
                fix=nearest(column, listed(there)),
            )
