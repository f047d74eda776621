"""The tables of a study, checked: every line kept or set aside under a named rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError, StudyError, nearest
from segkit.shown import Shown
from segkit.sources import people, transactions
from segkit.sources.check import UNDER, Check
from segkit.sources.files import Raw, read_raw
from segkit.sources.filldown import fill_down
from segkit.sources.quality import Quality, account
from segkit.study import Study, TableSpec, load_study

EVENTS = ("campaigns", "coupons")
_JOIN_KEY = "segkit_join_key"
MAX_QUIET_DAYS = 31


@dataclass(frozen=True, eq=False, repr=False)
class Tables(Shown):
    """Checked tables, ready for features.

    Attributes
    ----------
    study : Study
    lines : ibis.Table
        Kept order lines: customer_id, order_id, order_date, amount and, where the study maps them,
        product_id, category, store_id, quantity, unit_price, discount.
    returns : ibis.Table
        Cancelled and returned lines, same columns; they count as returns, never as sales.
    customers : pandas.DataFrame or None
        The customer table's own columns, indexed by customer_id.
    events : dict of str to ibis.Table
        customer_id and event_date of campaigns received and coupons redeemed.
    quality : Quality
        What was kept, what was set aside, and why.
    set_aside : dict of str to ibis.Table
        Per table the lines that were set aside, as they came, with their `rule`. Private.
    malformed : dict of str to pandas.DataFrame
        Lines that are no record at all, with their number in the file. Private.
    inputs : dict of str to str
        SHA-256 of each table's content.
    """

    study: Study
    lines: ibis.Table
    returns: ibis.Table
    customers: pd.DataFrame | None
    events: Mapping[str, ibis.Table]
    quality: Quality
    set_aside: Mapping[str, ibis.Table]
    malformed: Mapping[str, pd.DataFrame]
    inputs: Mapping[str, str]

    @property
    def reading(self) -> str:
        """What was read, kept and set aside, in one paragraph."""
        words, read, kept = self.study.words, self.quality.read, self.quality.kept
        aside = self.quality.set_aside.query("table == 'transactions'")
        why = ", ".join(f"{row.rule} {row.lines:,}" for row in aside.itertuples()) or "none"
        return (
            f"Read: {_counts(read, words, self.study.currency)}. "
            f"Kept: {_counts(kept, words, self.study.currency)}. "
            f"Set aside: {read['lines'] - kept['lines']:,} lines ({why})."
        )

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
    unknown = sorted(set(frames) - set(study.tables))
    if unknown:
        raise DataError(f"the study has no table '{unknown[0]}'", fix=nearest(unknown[0], study.tables))
    _check_zones(study)
    reading = _Reading(study, ibis.duckdb.connect(), frames)
    lines, returns, read, kept = reading.transactions()
    customers = reading.customers(lines)
    events = {name: reading.events(name) for name in EVENTS if name in study.tables}
    reading.notices += _quiet_end(lines, study)
    records = pd.concat(reading.records, ignore_index=True)
    return Tables(
        study=study,
        lines=lines,
        returns=returns,
        customers=customers,
        events=events,
        quality=Quality(records, read, kept, tuple(reading.notices)),
        set_aside=reading.set_aside,
        malformed=reading.malformed,
        inputs=reading.inputs,
    )


@dataclass
class _Reading:
    """Reads the tables one after the other, and gathers the record of it."""

    study: Study
    con: Backend
    frames: Mapping[str, pd.DataFrame]
    records: list[pd.DataFrame] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    set_aside: dict[str, ibis.Table] = field(default_factory=dict)
    malformed: dict[str, pd.DataFrame] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)

    def transactions(self) -> tuple[ibis.Table, ibis.Table, dict[str, float], dict[str, float]]:
        raw = self._raw("transactions")
        check = transactions.check_transactions(self.con, raw, self.study)
        self.notices += transactions.notices(check, self.study)
        read = _totals(check.raw.table.select(**check.columns))
        read["lines"] += len(raw.malformed)
        kept, returns = check.kept(), check.under(transactions.RETURN_RULES)
        returns = returns.filter(returns.order_date < ibis.timestamp(self.study.as_of))
        if "products" in self.study.tables:
            kept = self._with_category(kept)
        lines = self.con.create_table("lines", kept, temp=True)
        returns = self.con.create_table("returns", returns, temp=True)
        self._file("transactions", check)
        _refuse_nothing_kept(lines, check, self.study)
        return lines, returns, read, _totals(lines)

    def customers(self, lines: ibis.Table) -> pd.DataFrame | None:
        if "customers" not in self.study.tables:
            return None
        check = people.check_customers(self.con, self._raw("customers"), self.study.tables["customers"])
        customers = check.kept().order_by("customer_id").execute().set_index("customer_id")
        self._file("customers", check)
        self.notices += people.coverage(customers, lines, self.study.words)
        return customers

    def events(self, name: str) -> ibis.Table:
        check = people.check_events(self.con, self._raw(name), name, self.study)
        events = self.con.create_table(f"events_{name}", check.kept(), temp=True)
        self._file(name, check)
        return events

    def _with_category(self, lines: ibis.Table) -> ibis.Table:
        check = people.check_products(self.con, self._raw("products"), self.study.tables["products"])
        products = self.con.create_table("product_categories", check.kept(), temp=True)
        self._file("products", check)
        unlisted = lines.anti_join(products, "product_id").count().execute()
        if unlisted:
            self.notices.append(
                f"{unlisted:,} kept lines name a product that the product table doesn't list; they "
                "count in every figure, under no category"
            )
        own = [column for column in lines.columns if column != "category"]
        lines = lines.select(*own)
        return lines.left_join(products, "product_id").select(*own, "category")

    def _raw(self, name: str) -> Raw:
        spec = self.study.tables[name]
        raw = read_raw(self.con, name, spec, self.study.folder, self.frames.get(name))
        raw = fill_down(self.con, f"raw_{name}", raw, spec)
        self.notices += raw.notices
        self.inputs[name], self.malformed[name] = raw.sha256, raw.malformed
        return raw if spec.join is None else self._joined(name, raw, spec, spec.join)

    def _joined(self, name: str, raw: Raw, spec: TableSpec, join: Mapping[str, str]) -> Raw:
        """Add a second file's columns by a shared key, which must be unique there."""
        second_name, key = f"{name}_join", join["by"]
        alone = replace(spec, file=join["file"], skip_lines=0, extra_header_rows=0, footer=0)
        second = read_raw(self.con, second_name, alone, self.study.folder)
        self.inputs[second_name] = second.sha256
        for side in (raw, second):
            if key not in side.table.columns:
                raise DataError(f"{side.where} has no column '{key}' to join on")
        self._record_join(second_name, second)
        keyed = second.table.filter(second.table[key].notnull())
        if keyed[key].nunique().execute() < keyed.count().execute():
            raise DataError(f"{second.where} has more than one line for a '{key}'", "one line each")
        new = [column for column in keyed.columns if column not in raw.table.columns]
        added = keyed.select(*new, **{_JOIN_KEY: keyed[key].cast("string")})
        joined = raw.table.left_join(added, raw.table[key].cast("string") == added[_JOIN_KEY])
        joined = joined.drop(_JOIN_KEY)
        return replace(raw, table=self.con.create_table(f"{name}_joined", joined, temp=True))

    def _record_join(self, name: str, second: Raw) -> None:
        self.malformed[name] = second.malformed
        none = second.table.limit(0).mutate(**{UNDER: ibis.null("string")})
        self.set_aside[name] = self.con.create_table(f"set_aside_{name}", none, temp=True)
        n_lines, n_malformed = int(second.table.count().execute()), len(second.malformed)
        kept = pd.DataFrame({"rule": [None], "lines": [n_lines]})
        self.records.append(account(name, n_lines + n_malformed, kept, n_malformed))

    def _file(self, name: str, check: Check) -> None:
        """Record what became of each line, and keep the set-aside ones as they came."""
        self.records.append(check.record(name))
        self.set_aside[name] = self.con.create_table(f"set_aside_{name}", check.set_aside(), temp=True)


def _totals(lines: ibis.Table) -> dict[str, float]:
    measures: dict[str, Any] = {
        "customers": lines.customer_id.nunique(),
        "lines": lines.count(),
        "amount": lines.amount.sum().cast("float64").fill_null(0.0),
    }
    row = lines.agg(**measures).execute().iloc[0]
    # an order is a customer's: two shops' order 1 are two orders
    orders = lines.filter(lines.order_id.notnull()).select("customer_id", "order_id").distinct()
    return {
        "customers": int(row["customers"]),
        "orders": int(orders.count().execute()),
        "lines": int(row["lines"]),
        "amount": float(row["amount"]),
    }


def _counts(counts: Mapping[str, float], words: Mapping[str, str], currency: str) -> str:
    return (
        f"{counts['customers']:,} {words['customers']}, {counts['orders']:,} {words['orders']} and "
        f"{currency}{counts['amount']:,.2f} in sales on {counts['lines']:,} lines"
    )


def _quiet_end(lines: ibis.Table, study: Study) -> list[str]:
    """Say when the data end long before the reference date: everyone then looks away for as long."""
    days = (pd.Timestamp(study.as_of) - lines.order_date.max().execute()).days
    if days <= MAX_QUIET_DAYS:
        return []
    return [f"the last {study.words['order']} lies {days:,} days before as_of {study.as_of}"]


def _refuse_nothing_kept(lines: ibis.Table, check: Check, study: Study) -> None:
    if lines.count().execute():
        return
    record = check.record("transactions")
    aside = record[record["rule"] != "kept"].sort_values("lines", ascending=False)
    why = ", ".join(f"{row.rule} ({row.lines:,})" for row in aside.itertuples())
    first = check.columns["order_date"].min().execute()
    before = "" if pd.isna(first) else f"; the first order is of {first:%Y-%m-%d}"
    raise DataError(
        f"no line of {check.raw.where} can be kept: {why}",
        f"at least one order before as_of {study.as_of}{before}",
    )


def _check_zones(study: Study) -> None:
    for zone in {study.timezone, *(spec.timezone or "UTC" for spec in study.tables.values())}:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise StudyError(f"timezone is '{zone}'", "an IANA name such as Europe/Berlin") from None
