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
from segkit.sources.check import UNDER, Check, refuse_malformed
from segkit.sources.counts import counted, quiet_end, refuse_nothing_kept, totals_of
from segkit.sources.engine import connect
from segkit.sources.files import Raw, read_raw
from segkit.sources.filldown import fill_down
from segkit.sources.quality import READ, Quality, account, no_traits
from segkit.sources.traits import read_traits
from segkit.study import Study, TableSpec, load_study

EVENTS = ("campaigns", "coupons")
_JOIN_KEY = "segkit_join_key"


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
    lines: ibis.Table | None
    returns: ibis.Table | None
    customers: pd.DataFrame | None
    traits: pd.DataFrame | None
    events: Mapping[str, ibis.Table]
    quality: Quality
    set_aside: Mapping[str, ibis.Table]
    malformed: Mapping[str, pd.DataFrame]
    inputs: Mapping[str, str]

    @property
    def main(self) -> str:
        """The table whose lines or rows make the customers: "transactions", else "customers"."""
        return "customers" if self.lines is None else "transactions"

    @property
    def reading(self) -> str:
        """What was read, kept and set aside, in one paragraph."""
        words, read, kept = self.study.words, self.quality.read, self.quality.kept
        aside = self.quality.set_aside
        aside = aside[aside["table"] == self.main]
        why = ", ".join(f"{row.rule} {row.lines:,}" for row in aside.itertuples()) or "none"
        what = "rows" if self.lines is None else "lines"
        return (
            f"Read: {counted(read, words, self.study.currency)}. "
            f"Kept: {counted(kept, words, self.study.currency)}. "
            f"Set aside: {read['lines'] - kept['lines']:,} {what} ({why})."
        )

    def plot(self, ax: Any = None) -> Any:
        """Draw the orders of each month; without orders, how many customers have each trait."""
        from segkit import figures

        if self.lines is None:
            read = self.quality.traits[self.quality.traits["outcome"] == READ]
            share = read.set_index("trait")["customers"] / self.quality.kept["customers"]
            return figures.known_shares(share, label=self.study.words["customers"], ax=ax)
        month = self.lines.order_date.truncate("M")
        months = self.lines.group_by(month=month).agg(orders=self.lines.order_id.nunique())
        months = months.order_by("month").execute().set_index("month")["orders"]
        return figures.orders_over_time(months, label=self.study.words["orders"], ax=ax)

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
    reading = _Reading(study, connect(), frames)
    lines, returns, read, kept = reading.transactions() if study.has_orders else (None, None, {}, {})
    customers = reading.customers(lines)
    if customers is not None and lines is None:
        read, kept = reading.rows(), {"customers": len(customers), "lines": len(customers)}
    events = {name: reading.events(name) for name in EVENTS if name in study.tables}
    reading.notices += quiet_end(lines, study) if lines is not None else []
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
    traits: pd.DataFrame | None = None
    trait_record: pd.DataFrame = field(default_factory=no_traits)

    def transactions(self) -> tuple[ibis.Table, ibis.Table, dict[str, float], dict[str, float]]:
        raw = self._raw("transactions")
        check = transactions.check_transactions(self.con, raw, self.study)
        self.notices += transactions.notices(check, self.study)
        read = totals_of(check.raw.table.select(**check.columns))
        read["lines"] += len(raw.malformed)
        kept, returns = check.kept(), check.under(transactions.RETURN_RULES)
        returns = returns.filter(returns.order_date < ibis.timestamp(self.study.as_of))
        if "products" in self.study.tables:
            kept = self._with_category(kept)
        lines = self.con.create_table("lines", kept, temp=True)
        returns = self.con.create_table("returns", returns, temp=True)
        self._file("transactions", check)
        refuse_nothing_kept(lines, check, self.study)
        return lines, returns, read, totals_of(lines)

    def customers(self, lines: ibis.Table | None) -> pd.DataFrame | None:
        if "customers" not in self.study.tables:
            return None
        spec = self.study.tables["customers"]
        raw = self._raw("customers")
        if lines is None:
            refuse_malformed(raw)
        check = people.check_customers(self.con, raw, spec)
        customers = check.kept().order_by("customer_id").execute().set_index("customer_id")
        self._file("customers", check)
        if lines is None and customers.empty:
            raise DataError(f"no row of {raw.where} has a customer id", "one row or more with an id")
        if "customer_id" not in spec.columns:
            self.notices.append(people.unnamed_rows(check, self.study.words))
        if lines is not None:
            self.notices += people.coverage(customers, lines, self.study.words)
        if self.study.traits or self.study.scales:
            self.traits, self.trait_record = read_traits(check.kept(), self.study)
        return customers

    def rows(self) -> dict[str, float]:
        """Rows of the customer table that were read."""
        record = next(record for record in self.records if record["table"].eq("customers").all())
        return {"lines": int(record["lines"].sum())}

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


def _check_zones(study: Study) -> None:
    for zone in {study.timezone, *(spec.timezone or "UTC" for spec in study.tables.values())}:
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            raise StudyError(f"timezone is '{zone}'", "an IANA name such as Europe/Berlin") from None
