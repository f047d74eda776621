"""The consent table -> who may be used for what, over which channel, since when."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError, nearest
from segkit.shown import Shown, as_table
from segkit.sources.check import (
    Check,
    Values,
    is_filled,
    refuse_misread,
    refuse_unreadable,
    settle,
    shapes,
)
from segkit.sources.files import Raw
from segkit.sources.personal import find_personal
from segkit.sources.values import as_id, as_moment
from segkit.study import Study
from segkit.study.permission import PURPOSES, STATUSES, ConsentSpec
from segkit.study.tables import TableSpec

HELD = ["customer_id", "purpose", "channel", "status", "date"]
ANY = "any"
"""What the counts call a consent that isn't for one channel."""
MOST_CHANNELS = 20
_WORST = {"granted": 0, "unknown": 1, "refused": 2, "withdrawn": 3}
_OUT = ("refused", "withdrawn")
"""What holds whatever its date: consent is asked when data is used."""
_FIRST, _LAST = pd.Timestamp("1900-01-01"), pd.Timestamp("2200-01-01")


@dataclass(frozen=True, eq=False, repr=False)
class Consent(Shown):
    """Who gave consent, for what and over which channel.

    Attributes
    ----------
    purpose, channel : str
        For which the study runs; no channel: all that were asked.
    counts : pandas.DataFrame, indexed by purpose and channel
        Customers whose consent is `granted`, `withdrawn` (after it was granted), `refused` (never
        granted) and `unknown`.
    held : pandas.DataFrame
        The row that holds for each customer, purpose and channel ("" for no one channel):
        customer_id, purpose, channel, status and date. Private. After a run's tables were saved,
        only of the customers in it.
    notices : tuple of str
    """

    purpose: str
    channel: str
    counts: pd.DataFrame
    held: pd.DataFrame = field(repr=False)
    notices: tuple[str, ...] = ()

    def of(self, customer_id: str) -> pd.DataFrame:
        """What one customer agreed to: purpose, channel, status and date. Private.

        Empty when they were never asked. Under pseudonyms, by pseudonym.
        """
        rows = self.held[self.held["customer_id"] == customer_id]
        return rows.drop(columns="customer_id").reset_index(drop=True)

    @property
    def standing(self) -> pd.Series:
        """Status of each customer who was asked, for the study's purpose and channel.

        One channel that was withdrawn or refused, or of which nothing is known, counts for all where
        the study names none.
        """
        rows = self.held[self.held["purpose"] == self.purpose]
        if self.channel:
            rows = rows[rows["channel"].isin([self.channel, ""])]
        worst = rows["status"].map(_WORST).groupby(rows["customer_id"]).max()
        return worst.map({rank: status for status, rank in _WORST.items()})

    @property
    def rule(self) -> str:
        """Who is in the study, in one sentence."""
        over = f" over {self.channel}" if self.channel else ""
        return (
            f"Only who gave consent for {self.purpose}{over} and hasn't withdrawn it; the others are "
            "left out and counted."
        )

    @property
    def reading(self) -> str:
        """How many customers gave consent for the study's purpose."""
        rows = self.counts.loc[self.counts.index.get_level_values("purpose") == self.purpose]
        over = ", ".join(
            f"{'' if channel == ANY else f'{channel}: '}{row.granted:,} granted, {row.withdrawn:,} "
            f"withdrawn{f', {row.refused:,} refused' if row.refused else ''}, {row.unknown:,} unknown"
            for (_, channel), row in zip(rows.index, rows.itertuples(), strict=True)
        )
        return f"Consent for {self.purpose}: {over}."

    def _repr_html_(self) -> str:
        return as_table(self.counts)


def check_consent(con: Backend, raw: Raw, study: Study) -> Check:
    """Read a consent table: a line per customer and purpose, or a column per purpose.

    Raises
    ------
    DataError
        A mapped column is missing, ids are floats, or more statuses or dates are unreadable than
        the study's `max_unreadable_share`.
    """
    spec, words = study.tables["consent"], _words(study)
    refuse_misread(raw, spec, "customer_id")
    parsed = {"customer_id": as_id(raw.table[str(spec.columns["customer_id"])], spec)}
    if "purpose" in spec.columns:
        parsed["purpose"] = _meaning(raw.table[str(spec.columns["purpose"])], words.purposes)
    if "channel" in spec.columns:
        parsed["channel"] = _folded(raw.table[str(spec.columns["channel"])]).fill_null("")
    for name in _status_columns(spec):
        parsed[name] = _meaning(raw.table[str(spec.columns[name])], words.statuses)
    if "date" in spec.columns:
        parsed["date"] = as_moment(raw.table[str(spec.columns["date"])], spec, study.timezone)
    check = settle(con, raw, parsed, lambda _, read: read, lambda table, read, _: _rules(table, read))
    _refuse_unread(check, spec, study)
    return check


def _rules(table: ibis.Table, read: Values) -> Values:
    rules = {"no customer id": read["customer_id"].isnull()}
    return rules | ({"another purpose": read["purpose"].isnull()} if "purpose" in read else {})


def _words(study: Study) -> ConsentSpec:
    assert study.consent is not None  # `check_sense` has seen to it
    return study.consent


def _status_columns(spec: TableSpec) -> list[str]:
    """What holds statuses: one column, or one per purpose."""
    return [name for name in ("status", *PURPOSES) if name in spec.columns]


def _folded(value: Any) -> Any:
    return value.cast("string").strip().lower().nullif("")


def _meaning(value: Any, words: Mapping[str, str]) -> Any:
    """segkit's word for the file's; null for one that it doesn't know."""
    text = _folded(value)
    return ibis.cases(*((text == word, meaning) for word, meaning in words.items()))


def _refuse_unread(check: Check, spec: TableSpec, study: Study) -> None:
    limit = study.rules["max_unreadable_share"]
    for name in _status_columns(spec):
        column = str(spec.columns[name])
        filled = is_filled(check.raw.table[column])
        unread = filled & check.read[name].isnull()
        sums = check.raw.table.agg(given=filled.sum(), unread=unread.sum()).fill_null(0)
        n_given, n_unread = (int(n) for n in sums.execute().iloc[0])
        if n_given and n_unread / n_given > limit:
            known = "; ".join(f"{status}: {', '.join(STATUSES[status][:6])}" for status in STATUSES)
            raise DataError(
                f"{check.raw.where}: {n_unread:,} of {n_given:,} values of '{column}' are no known "
                f"status; they have the form {shapes(check.raw, column, unread)}",
                known,
                "Add the file's own words under `consent: {statuses: {granted: [...], ...}}`",
            )
    if "date" in spec.columns:
        dates = {str(spec.columns["date"]): check.read["date"]}
        refuse_unreadable(check.raw, spec, dates, limit)


def gather_consent(check: Check, study: Study) -> Consent:
    """Settle which row holds for each customer, purpose and channel.

    Raises
    ------
    DataError
        No row is about the study's purpose or channel, or the channels are no channels.

    Notes
    -----
    The latest day before `as_of` holds; on one day a withdrawal beats a refusal, and both the rest.
    Both hold whatever their date, also on or after `as_of`: the right to use data is asked when it is
    used. A grant on or after `as_of`, or with an unreadable date, is no grant; one without a date is
    older than any other.
    """
    words, spec = _words(study), study.tables["consent"]
    rows = _long(check, spec)
    _check_channels(rows["channel"], check, study)
    if not rows["purpose"].eq(words.purpose).any():
        raise DataError(
            f"no line of {check.raw.where} is about {words.purpose}, for which the study runs",
            ", ".join(words.purposes),
            "Add the file's own words under `consent: {purposes: {...}}`",
        )
    known_channels = set(rows.loc[rows["purpose"] == words.purpose, "channel"])
    if words.channel and not known_channels & {words.channel, ""}:
        raise DataError(
            f"consent.channel is '{words.channel}', and no line of {check.raw.where} is about it",
            fix=nearest(words.channel, sorted(known_channels)),
        )
    return _held(rows, study, words)


def _long(check: Check, spec: TableSpec) -> pd.DataFrame:
    """One row per customer, purpose and channel, whether the date can be read beside it."""
    columns = dict(check.columns)
    table = check.raw.table
    unread = ibis.literal(False)
    if "date" in spec.columns:
        unread = is_filled(table[str(spec.columns["date"])]) & columns["date"].isnull()
    shared = {
        "customer_id": columns["customer_id"],
        "channel": columns.get("channel", ibis.literal("")),
        "date": columns.get("date", ibis.null("timestamp")),
        "unread": unread,
    }
    per_purpose = (
        [{"purpose": columns["purpose"], "status": columns["status"]}]
        if "purpose" in columns
        else [
            {"purpose": ibis.literal(name), "status": columns[name]}
            for name in PURPOSES
            if name in columns
        ]
    )
    kept = table.filter(check.rule.isnull())
    frames = [kept.select(**shared, **own).execute() for own in per_purpose]
    rows = pd.concat(frames, ignore_index=True)
    return rows.assign(
        status=rows["status"].astype("object").where(rows["status"].notna(), "unknown"),
        date=pd.to_datetime(rows["date"]),
    )


def _check_channels(channels: pd.Series, check: Check, study: Study) -> None:
    """Refuse a column that holds something else: channels are shown."""
    given = channels[channels != ""]
    column = study.tables["consent"].columns.get("channel")
    found = find_personal(pd.DataFrame({"channel": given}))
    if given.nunique() > MOST_CHANNELS or found:
        kind = f" and likely holds {found[0].kind}" if found else ""
        raise DataError(
            f"{check.raw.where}: '{column}' has {given.nunique():,} different values{kind}",
            f"a column of channels, at most {MOST_CHANNELS} of them",
            "Correct `channel` in this table's columns, or take it out",
        )


def _held(rows: pd.DataFrame, study: Study, words: ConsentSpec) -> Consent:
    as_of, is_out = pd.Timestamp(study.as_of), rows["status"].isin(_OUT)
    day = rows["date"].dt.normalize()
    late = day >= as_of
    no_grant = ~is_out & (late | rows["unread"])
    dated = "date" in study.tables["consent"].columns
    place = day.where(day.notna(), _FIRST + pd.Timedelta(days=1))
    place = place.where(~(is_out & day.isna() & dated), _LAST).where(~no_grant, _FIRST)
    status = rows["status"].where(~no_grant, "unknown")
    settled = rows.assign(status=status, day=place, worst=status.map(_WORST))
    keys = ["customer_id", "purpose", "channel"]
    n_late = {
        "withdrawals": int((late & (rows["status"] == "withdrawn")).sum()),
        "refusals": int((late & (rows["status"] == "refused")).sum()),
    }
    n_early = int((no_grant & (rows["status"] == "granted")).sum())
    n_contrary = int((settled.groupby([*keys, "day"])["status"].nunique() > 1).sum())
    held = settled.sort_values([*keys, "day", "worst"]).drop_duplicates(keys, keep="last")
    held = held[HELD].reset_index(drop=True)
    said = {
        f"{n_contrary:,} consents have different statuses on one day: a withdrawal holds, else a "
        "refusal": n_contrary,
        **{
            f"{n:,} {what} of consent are dated on or after as_of, and hold all the same": n
            for what, n in n_late.items()
        },
        f"{n_early:,} grants of consent are dated on or after as_of or can't be dated, and don't "
        "count": n_early,
    }
    notices = tuple(text for text, n in said.items() if n)
    return Consent(words.purpose, words.channel, _counts(held), held, notices)


def _counts(held: pd.DataFrame) -> pd.DataFrame:
    channel = held["channel"].where(held["channel"] != "", ANY)
    by = [held["purpose"], channel, held["status"]]
    counts = held.groupby(by).size().unstack("status", fill_value=0)
    return counts.reindex(columns=list(STATUSES), fill_value=0).astype("int64")
