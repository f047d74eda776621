"""The tables of a study, checked: every line kept or set aside under a named rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis
import pandas as pd

from segkit.errors import DataError, StudyError, nearest
from segkit.shown import Shown
from segkit.sources.behaviour.read import coverage
from segkit.sources.consent import Consent
from segkit.sources.counts import by_month, counted, quiet_end
from segkit.sources.engine import connect
from segkit.sources.joins.profile import CustomerProfile
from segkit.sources.quality import READ, Quality
from segkit.sources.reading import Reading
from segkit.study import Study, load_study


@dataclass(frozen=True, eq=False, repr=False)
class Tables(Shown):
    """Checked tables, ready for features.

    Attributes
    ----------
    study : Study
    lines : ibis.Table or None
        Kept order lines: customer_id, order_id, order_date, amount and, where the study maps them,
        product_id, category, store_id, quantity, unit_price, discount.
    returns : ibis.Table or None
        Cancelled and returned lines, same columns; they count as returns, never as sales.
    customers : pandas.DataFrame or None
        The customer table's own columns, indexed by customer_id; without an id in the file, by the
        number of the row.
    traits : pandas.DataFrame or None
        The study's traits and survey items, read, for the same customers.
    events : dict of str to ibis.Table
        Of each event table customer_id, event_date, moment (in UTC) and what its contract reads.
    quality : Quality
        What was kept, what was set aside, and why.
    set_aside : dict of str to ibis.Table
        Per table the lines that were set aside, as they came, with their `rule`. Private. Lines of
        who may not be used (no consent, erased) are counted and not kept here either.
    malformed : dict of str to pandas.DataFrame
        Lines that are no record at all, with their number in the file. Private. Only their form
        where a study has consent, pseudonyms or erasures: whose they are can't be told.
    inputs : dict of str to str
        SHA-256 of each table's content.
    consent : Consent or None
        Who agreed to what; None when the study has no consent table.
    joined : CustomerProfile or None
        What several sources say of each customer; `profile` shows it with their consent.
    """

    study: Study
    lines: ibis.Table | None
    returns: ibis.Table | None
    customers: pd.DataFrame | None
    traits: pd.DataFrame | None
    events: Mapping[str, ibis.Table]
    quality: Quality
    set_aside: Mapping[str, ibis.Table]
    malformed: Mapping[str, pd.DataFrame]
    inputs: Mapping[str, str]
    consent: Consent | None = None
    joined: CustomerProfile | None = None

    @property
    def profile(self) -> CustomerProfile | None:
        """What several sources say of each customer; None for a study without `sources:`."""
        return None if self.joined is None else self.joined.with_consent(self.consent)

    @property
    def main(self) -> str:
        """The table that makes the customers.

        "transactions", else "customers", else the source with the most rows, else the first of events.
        """
        if self.study.only_events:
            return self.study.events[0]
        if self.lines is not None:
            return "transactions"
        if "customers" in self.study.tables:
            return "customers"
        kept = self.quality.totals["kept"].loc[sorted(self.study.sources)]
        return str(kept.idxmax())

    @property
    def reading(self) -> str:
        """What was read, kept and set aside, in one paragraph."""
        words, read, kept = self.study.words, self.quality.read, self.quality.kept
        aside = self.quality.set_aside
        aside = aside[aside["table"].isin(self._making_customers())]
        aside = aside.groupby("rule", sort=False, as_index=False)["lines"].sum()
        why = ", ".join(f"{row.rule} {row.lines:,}" for row in aside.itertuples()) or "none"
        what = "rows" if self.lines is None else "lines"
        return (
            f"Read: {counted(read, words, self.study.currency)}. "
            f"Kept: {counted(kept, words, self.study.currency)}. "
            f"Set aside: {read['lines'] - kept['lines']:,} {what} ({why})."
        )

    def _making_customers(self) -> list[str]:
        """The tables whose rows are counted as read, kept and set aside."""
        if self.study.only_events:
            return list(self.study.events)
        return [self.main] if self.lines is not None else list(self.study.about_customers)

    def plot(self, ax: Any = None) -> Any:
        """Draw the orders of each month; without orders, how many customers have each trait."""
        from segkit import figures

        if self.lines is not None:
            months = by_month(self.lines, self.lines.order_date, self.lines.order_id.nunique())
            return figures.orders_over_time(months, label=self.study.words["orders"], ax=ax)
        if len(self.quality.traits):
            read = self.quality.traits[self.quality.traits["outcome"] == READ]
            share = read.set_index("trait")["customers"] / self.quality.kept["customers"]
            return figures.known_shares(share, label=self.study.words["customers"], ax=ax)
        name = self.study.events[0]
        months = by_month(self.events[name], self.events[name].event_date, self.events[name].count())
        return figures.orders_over_time(months, label=name, ax=ax)

    def _repr_html_(self) -> str:
        return self.quality._repr_html_()


def load_tables(study: Study | str, **frames: pd.DataFrame) -> Tables:
    """Read and check a study's tables.

    Parameters
    ----------
    study : Study or str
        A loaded study, or what `load_study` takes.
    **frames : pandas.DataFrame
        Frames that stand in for files, by table name: `transactions=orders`.

    Returns
    -------
    Tables
        `.quality` says what was kept, what was set aside and under which rule.

    Raises
    ------
    DataError
        A file or column is missing, a file isn't what study.yaml says it is, or so many dates or
        numbers can't be read (`rules.max_unreadable_share`) that the mapping must be wrong.

    Notes
    -----
    Ids are text. A line gets the first rule that fits it. Where the lines have no order id, all
    lines of a customer on one day are one order.

    Examples
    --------
    >>> import segkit
    >>> tables = segkit.load_tables("complete_journey")
    >>> tables.quality.totals.loc["transactions"].to_dict()
    {'read': 1469307, 'kept': 1458061, 'set_aside': 11246}
    """
    study = study if isinstance(study, Study) else load_study(study)
    specs = study.every_table
    unknown = sorted(set(frames) - set(specs))
    if unknown:
        raise DataError(f"the study has no table '{unknown[0]}'", fix=nearest(unknown[0], specs))
    _check_zones(study)
    reading = Reading(study, connect(), frames)
    consent = reading.permit()
    lines, returns, read, kept = reading.transactions() if study.has_orders else (None, None, {}, {})
    joined = reading.joined(lines) if study.sources else None
    customers = reading.customers(lines) if joined is None else joined.customers
    if customers is not None and lines is None:
        read, kept = reading.rows()
        kept = {"customers": len(customers), **kept}
    events = {name: reading.events(name) for name in study.events}
    if study.only_events:
        read, kept = reading.event_totals(events)
    reading.notices += coverage(events, lines, customers, study)
    if lines is not None:
        reading.notices += quiet_end([lines.order_date], study.words["order"], study.as_of)
    elif study.only_events:
        dates = [table.event_date for table in events.values()]
        reading.notices += quiet_end(dates, "event", study.as_of)
    records = pd.concat(reading.records, ignore_index=True)
    return Tables(
        study=study,
        lines=lines,
        returns=returns,
        customers=customers,
        traits=reading.traits,
        events=events,
        quality=Quality(records, read, kept, tuple(reading.notices), reading.trait_record),
        set_aside=reading.set_aside,
        malformed=reading.malformed,
        inputs=reading.inputs,
        consent=consent,
        joined=None if joined is None else joined.profile,
    )


def _check_zones(study: Study) -> None:
    for zone in {study.timezone, *(spec.timezone or "UTC" for spec in study.every_table.values())}:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise StudyError(f"timezone is '{zone}'", "an IANA name such as Europe/Berlin") from None
