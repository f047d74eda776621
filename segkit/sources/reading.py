"""Reading a study's tables one after the other, with the record of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources import people, transactions
from segkit.sources.behaviour.dated import check_dated
from segkit.sources.behaviour.read import CONTRACTS, customers_of
from segkit.sources.bridge import bridge
from segkit.sources.check import UNDER, Check, refuse_malformed
from segkit.sources.consent import Consent, check_consent, gather_consent
from segkit.sources.counts import refuse_no_customer, refuse_nothing_kept, totals_of
from segkit.sources.files import Raw, read_raw
from segkit.sources.filldown import fill_down
from segkit.sources.guard import Guard, key_notices, open_guard
from segkit.sources.joins.findings import findings_of
from segkit.sources.joins.join import Joined, join_sources
from segkit.sources.joins.rows import check_source, source_of
from segkit.sources.prepared import prepare
from segkit.sources.printable import require
from segkit.sources.quality import KEPT, MALFORMED, account, no_traits
from segkit.sources.traits import read_traits
from segkit.sources.unused import unused
from segkit.sources.weights import weight_marks, weight_notice, with_weights
from segkit.study import Study
from segkit.study.tables import TableSpec

_JOIN_KEY = "segkit_join_key"


@dataclass
class Reading:
    """Reads the tables one after the other, and gathers the record of it.

    Attributes
    ----------
    study : Study
    con : ibis.backends.duckdb.Backend
    frames : dict of str to pandas.DataFrame
        Stand-ins for files.
    records : list of pandas.DataFrame
        What became of each table's lines.
    notices : list of str
    set_aside, malformed, inputs
        As in `Tables`.
    traits, trait_record : pandas.DataFrame
    guard : Guard
        Who may be used; asked for each table.
    files : dict of str to Raw
        What was read of each table's files, before anything is made of it.
    """

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
    guard: Guard = field(default_factory=Guard)
    files: dict[str, Raw] = field(default_factory=dict)

    def permit(self) -> Consent | None:
        """Learn who may be used; read before any other table."""
        self.guard = open_guard(self.study)
        self.notices += key_notices(self.study, self.guard)
        if "consent" not in self.study.tables:
            return None
        check = check_consent(self.con, self.raw("consent"), self.study)
        consent = gather_consent(check, self.study)
        self._file("consent", check)
        self.set_aside["consent"] = self.set_aside["consent"].limit(0)
        self.notices += consent.notices
        self.guard = replace(self.guard, purpose=consent.purpose, standing=consent.standing.to_dict())
        return consent

    def transactions(self) -> tuple[ibis.Table, ibis.Table, dict[str, float], dict[str, float]]:
        """Order lines and returns, with what was read and kept in all."""
        raw = self.raw("transactions")
        check = transactions.check_transactions(self.con, raw, self.study)
        self.notices += check.raw.notices[len(raw.notices) :]
        self.notices += transactions.notices(check, self.study)
        read = totals_of(check.raw.table.select(**check.columns))
        read["lines"] += len(raw.malformed) + raw.n_again
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
        """The customer table's own columns; its traits are read besides."""
        if "customers" not in self.study.tables:
            return None
        check, customers = self._customer_rows(lines)
        if lines is not None:
            self.notices += people.coverage(customers, lines, self.study.words)
        if self.study.traits or self.study.scales:
            made = prepare(self.con, check.kept(), self.study)
            self.notices += made.notices
            self.inputs |= made.inputs
            self.traits, self.trait_record = read_traits(made.table, self.study, made.spec)
        self.notices += unused(self.study, customers.columns)
        return customers

    def joined(self, lines: ibis.Table | None) -> Joined:
        """The customer table and the sources, joined by customer id; their traits are read besides."""
        sources, own = [], None
        if "customers" in self.study.tables:
            check, own = self._customer_rows(lines)
            sources.append(source_of("customers", check, self.study))
        for name in sorted(self.study.sources):
            check = check_source(self.con, self.raw(name), name, self.study)
            self._file(name, check)
            sources.append(source_of(name, check, self.study))
        joined = join_sources(self.con, sources, self.study, own=own, lines=lines)
        self.traits, self.trait_record = joined.traits, joined.record
        self.inputs |= joined.inputs
        self.notices += [*findings_of(joined.profile), *joined.profile.notices]
        self.notices += unused(self.study, () if own is None else own.columns)
        return joined

    def _customer_rows(self, lines: ibis.Table | None) -> tuple[Check, pd.DataFrame]:
        raw = self.raw("customers")
        spec, said = weight_marks(raw, self.study)
        self.notices += said
        if lines is None:
            refuse_malformed(raw)
        weight = self.study.weight
        check = people.check_customers(self.con, raw, spec, weight=weight)
        kept = with_weights(check, self.study, spec) if weight else check.kept()
        customers = kept.order_by("customer_id").execute().set_index("customer_id")
        self._file("customers", check)
        if lines is None and customers.empty:
            refuse_no_customer(check)
        if "customer_id" not in spec.columns:
            self.notices.append(people.unnamed_rows(check, self.study.words))
        if weight and len(customers):
            self.notices.append(weight_notice(customers[weight], self.study))
        return check, customers

    def rows(self) -> tuple[dict[str, float], dict[str, float]]:
        """Rows of all tables about customers, read and kept."""
        record = pd.concat(self.records)
        record = record[record["table"].isin(list(self.study.about_customers))]
        kept = record.loc[record["rule"] == KEPT, "lines"]
        return {"lines": int(record["lines"].sum())}, {"lines": int(kept.sum())}

    def event_totals(
        self, events: Mapping[str, ibis.Table]
    ) -> tuple[dict[str, float], dict[str, float]]:
        """Rows of all event tables that were read, and those kept, with the customers they make."""
        records = pd.concat([one for one in self.records if one["table"].isin(list(events)).all()])
        kept = int(records.loc[records["rule"] == KEPT, "lines"].sum())
        customers = len(customers_of(events, self.study.as_of))
        return {"lines": int(records["lines"].sum())}, {"customers": customers, "lines": kept}

    def events(self, name: str) -> ibis.Table:
        """A table of dated events."""
        check, notices = check_dated(self.con, self.raw(name), name, self.study, CONTRACTS[name])
        self.notices += notices
        events = self.con.create_table(f"events_{name}", check.kept(), temp=True)
        self._file(name, check)
        return events

    def raw(self, name: str) -> Raw:
        """A table under the file's own names, before any line of it is checked."""
        spec = self.study.every_table[name]
        raw = self.guard.masking(fill_down(self.con, f"raw_{name}", self._read(name), spec))
        self.notices += raw.notices
        self.inputs[name], self.malformed[name] = raw.sha256, raw.malformed
        raw = raw if spec.join is None else self._joined(name, raw, spec, spec.join)
        raw = raw if spec.via is None else self._bridged(raw, spec, spec.via["source"])
        return self.guard.over(self.con, raw, spec)

    def _with_category(self, lines: ibis.Table) -> ibis.Table:
        check = people.check_products(self.con, self.raw("products"), self.study.tables["products"])
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

    def _read(self, name: str) -> Raw:
        """A table's files, read once: others may be led to their customers by it."""
        if name not in self.files:
            spec, frame = self.study.every_table[name], self.frames.get(name)
            self.files[name] = read_raw(self.con, name, spec, self.study.folder, frame)
        return self.files[name]

    def _bridged(self, raw: Raw, spec: TableSpec, source: str) -> Raw:
        """Put the ids of a table about customers for the addresses by which this one names them."""
        made = bridge(self.con, raw, spec, self._read(source), self.study.every_table[source])
        self.notices += made.notices[len(raw.notices) :]
        return made

    def _joined(self, name: str, raw: Raw, spec: TableSpec, join: Mapping[str, str]) -> Raw:
        """Add a second file's columns by a shared key, which must be unique there."""
        second_name, key = f"{name}_join", join["by"]
        alone = replace(spec, file=join["file"], skip_lines=0, extra_header_rows=0, footer=0)
        second = self.guard.masking(read_raw(self.con, second_name, alone, self.study.folder))
        self.inputs[second_name] = second.sha256
        for side in (raw, second):
            require([key], side.table.columns, side.where, "`join`")
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
        self.records.append(account(name, n_lines, kept, {MALFORMED: n_malformed}))

    def _file(self, name: str, check: Check) -> None:
        """Record what became of each line, and keep the set-aside ones as they came."""
        self.records.append(check.record(name))
        self.set_aside[name] = self.con.create_table(f"set_aside_{name}", check.set_aside(), temp=True)
