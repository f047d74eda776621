"""What segkit knows about an export: the columns that tell it, and how it is read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Names = tuple[str, ...]

NAMED: Mapping[str, str] = {
    "transactions": "order lines, where you say it yourself",
    "products": "products with their category",
    "customers": "one row per customer",
    "consent": "who agreed to what",
    "web": "visits: a log of events, or one row per visit",
    "emails": "what became of e-mails",
    "activities": "calls, meetings, tickets",
    "social": "what customers did with posts",
    "campaigns": "who was sent which campaign when",
    "coupons": "who redeemed a coupon when",
}
"""Tables of a study, which a user can name for `segkit new`, once or more, with what they hold."""
TABLES: Mapping[str, str] = {**{kind: kind for kind in NAMED}, "survey": "customers"}
"""Kind of an export -> the table of a study that it is read as."""
KINDS: Mapping[str, str] = {
    "transactions": "what customers bought",
    "products": "products with their category",
    "customers": "one line per customer",
    "survey": "answers to a survey, one line per respondent",
    "web": "what visitors did, one line per event",
    "emails": "what became of e-mails, one line per event",
    "activities": "calls, meetings, tickets, one line each",
    "social": "what customers did with posts, one line each or a line of counts",
    "campaigns": "who was sent which campaign when",
    "coupons": "who redeemed a coupon when",
    "consent": "who agreed to what",
    "web report": "sums over visitors, one line per page, channel or day: no customers",
    "posts": "one line per post or day: no customers",
    "campaign report": "one line per campaign: no customers",
}


@dataclass(frozen=True)
class Export:
    """One export of one tool.

    Attributes
    ----------
    name : str
        What to call it: the tool and what it exports.
    kind : str
        One of `KINDS`.
    told_by : tuple of str
        Columns that together tell it; "a|b" is either. Case doesn't matter.
    not_with : tuple of str
        Columns that tell another export.
    columns : dict of str to tuple of str
        segkit's name -> the file's, best first.
    required : tuple of str
        segkit's names without which it can't be read.
    email : tuple of str
        Columns with an address, to join with tables whose key is one.
    key, key_like : str
        A column and a pattern that its cells fit in records only: tells further header rows.
    comment : str
        Pattern of a line on top that tells it where the column names can't.
    footer : str
        Pattern of a closing line; empty where it has none.
    once_an_order : tuple of str
        Columns that are filled on an order's first line only, by `order_id`.
    status, sales : tuple of str
        Columns that may hold an order's status, and its words for a sale.
    currency : tuple of str
    left_out : dict of str to str
        Columns of money that aren't taken into account, and what that means.
    utc : bool
        Whether its times are in UTC.
    stated : dict
        Further entries of its table in study.yaml: a date format, what its words mean.
    traits : dict of str to dict
        Column -> what is known of it as a trait: `kind`, `basis`, `bands`, `levels`, `top`.
    tools : tuple of str
        Columns that the tool writes about itself: no traits.
    dated : tuple of str
        Columns that say when a row was written.
    rows_aside : dict of str to dict
        Reason -> {column: values}: rows that are no records of a customer.
    respondent : str
        The tool's own id of a row, where nothing names the customer.
    words : tuple of str
        What its user has to know.
    """

    name: str
    kind: str
    told_by: Names
    not_with: Names = ()
    columns: Mapping[str, Names] = field(default_factory=dict)
    required: Names = ()
    email: Names = ()
    key: str = ""
    key_like: str = ""
    comment: str = ""
    footer: str = ""
    once_an_order: Names = ()
    status: Names = ()
    sales: Names = ()
    currency: Names = ()
    left_out: Mapping[str, str] = field(default_factory=dict)
    utc: bool = False
    stated: Mapping[str, Any] = field(default_factory=dict)
    traits: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tools: Names = ()
    dated: Names = ()
    rows_aside: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)
    respondent: str = ""
    words: Names = ()

    def fits(self, names: Sequence[str]) -> bool:
        """Whether some column names tell this export."""
        there = {name.casefold() for name in names}
        tells = all(
            any(either.casefold() in there for either in one.split("|")) for one in self.told_by
        )
        return bool(self.told_by) and tells and not there & {name.casefold() for name in self.not_with}

    def lacks(self, names: Sequence[str]) -> list[str]:
        """Columns that it can't be read without and that aren't among some names."""
        there = {name.casefold() for name in names}
        return [
            self.columns[ours][0]
            for ours in self.required
            if not any(theirs.casefold() in there for theirs in self.columns[ours])
        ]


def as_named(wanted: Sequence[str], names: Sequence[str]) -> list[str]:
    """Those of some wanted columns that a file has, as the file writes them."""
    there = {name.casefold(): name for name in names}
    return [there[name.casefold()] for name in wanted if name.casefold() in there]
