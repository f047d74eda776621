"""Which kind of table an unknown file is: all that it fits, so that a doubt can be said."""

import re
from collections.abc import Mapping

import pandas as pd

from segkit.sources.guessing.consents import fit_consent
from segkit.sources.guessing.customers import texts_of
from segkit.sources.guessing.fit import Fit
from segkit.sources.guessing.happened import answers_beside, fit_events, person_column
from segkit.sources.guessing.seen import Guess, Looked, Seen
from segkit.sources.guessing.table import LEAST_ROWS, likely_kind
from segkit.sources.names import PATTERNS, match_columns, plain_name

SAMPLE = 20_000
"""Rows that are looked at to tell what a file holds."""
WEAK_BESIDE_ORDERS = ("campaigns", "coupons", "activities", "social", "emails")
"""What a table that names orders or products is not, whatever else it holds."""


def sample_of(looked: Looked) -> pd.DataFrame:
    """The first rows of a file that was looked at, as texts."""
    return texts_of(Seen(looked.table.limit(SAMPLE), Guess({"columns": {}})))


def fitting(looked: Looked) -> dict[str, Fit]:
    """Every kind of table that a file fits.

    Parameters
    ----------
    looked : Looked

    Returns
    -------
    dict of str to Fit
        By kind, likeliest first; empty where nothing tells, several where a person has to say.

    Notes
    -----
    A consent table is nothing else, unless it has a trait or two. A table whose ids repeat is one of
    events where its words or columns say so, and one of orders where it has money, an order number or,
    where nothing else tells, what was ordered when: with both it fits two. A table with money, a date
    and one row per customer is no table of orders, unless that is all it has.
    """
    frame = sample_of(looked)
    consent = fit_consent(frame)
    if consent:
        doubt = {"customers": _plain("customers")} if consent.is_customers_too else {}
        return {"consent": consent, **doubt}
    fits = {fit.kind: fit for fit in fit_events(frame)}
    kind = likely_kind(looked.table)
    if kind == "transactions" and _is_one_row_each(looked, frame):
        kind = "customers"
    if kind == "transactions":
        weak = WEAK_BESIDE_ORDERS if _has_lines(looked) else ("campaigns", "coupons")
        fits = {one: fit for one, fit in fits.items() if one not in weak}
    if kind == "customers" and not fits and _says_what_was_ordered(looked, frame):
        kind = "transactions"
    if kind is None and person_column(frame):
        kind = "customers"
    if kind and (kind == "transactions" or not fits):
        fits[kind] = _plain(kind)
    return fits


def unread_form(looked: Looked) -> str:
    """Why a table that speaks of events isn't read as one; empty for any other."""
    frame = sample_of(looked)
    answers = answers_beside(frame)
    who = person_column(frame)
    if who and answers and bool((frame[who].value_counts() > 1).any()):
        return (
            f"it has a row per e-mail and a column for each answer ({', '.join(answers)}); segkit "
            "reads a row for each thing that happened, with its date and what it was"
        )
    return ""


def _plain(kind: str) -> Fit:
    return Fit(kind, {}, why="by its names")


def _found(looked: Looked) -> Mapping[str, str]:
    return match_columns(list(looked.table.columns), list(PATTERNS))


def _has_lines(looked: Looked) -> bool:
    """Whether a table names orders or products: nothing but orders does."""
    return bool({"order_id", "product_id"} & set(_found(looked)))


def _says_what_was_ordered(looked: Looked, frame: pd.DataFrame) -> bool:
    """Whether customers come on several rows, each dated as an order or saying what it was of."""
    found = _found(looked)
    if not {"customer_id", "order_date"} <= set(found) or frame[found["customer_id"]].is_unique:
        return False
    is_dated_so = bool(re.fullmatch(PATTERNS["order_date"][0], plain_name(found["order_date"])))
    return is_dated_so or bool({"product_id", "quantity"} & set(found))


def _is_one_row_each(looked: Looked, frame: pd.DataFrame) -> bool:
    """Whether each row is another customer, and there is more than a date and an amount."""
    found = _found(looked)
    ids = frame[found["customer_id"]]
    beside = len(frame.columns) - len(found)
    return len(ids) >= LEAST_ROWS and ids.is_unique and beside >= 2 and not _has_lines(looked)
