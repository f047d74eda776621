"""The record that accounts for every line: kept, or set aside under a named rule."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd
from markupsafe import Markup

from segkit.shown import NO_FORMULA, Shown, as_table

KEPT, READ = "kept", "read"
MALFORMED, AGAIN = "malformed line", "in an earlier file too"


@dataclass(frozen=True, eq=False, repr=False)
class Quality(Shown):
    """What was read, what was kept, what was set aside and why.

    Attributes
    ----------
    lines : pandas.DataFrame
        One row per table and outcome: `table`, `rule` ("kept" or the rule that set lines aside),
        `lines`, `amount` (money on those lines as far as it can be read; missing for tables
        without money). kept + set aside = read, always.
    read, kept : dict
        Of the transactions: `customers`, `orders`, `lines`, `amount`; without any, of the customer
        table: `lines` and, of those kept, `customers`.
    notices : tuple of str
        Odd things that were counted and left as they are.
    traits : pandas.DataFrame
        One row per trait and outcome: `trait`, `outcome` ("read", or why there is no value) and
        `customers`. Read + not read = all kept customers, for every trait.
    """

    lines: pd.DataFrame
    read: Mapping[str, float]
    kept: Mapping[str, float]
    notices: tuple[str, ...]
    traits: pd.DataFrame = field(default_factory=lambda: no_traits())

    @property
    def unread(self) -> pd.DataFrame:
        """The trait values that are missing, with the reason, most first within a trait."""
        return self.traits[self.traits["outcome"] != READ].reset_index(drop=True)

    @property
    def totals(self) -> pd.DataFrame:
        """Lines read, kept and set aside, one row per table."""
        is_kept = self.lines["rule"] == KEPT
        by_table = self.lines.assign(kept=self.lines["lines"].where(is_kept, 0)).groupby(
            "table", sort=False
        )
        totals = by_table.agg(read=("lines", "sum"), kept=("kept", "sum"))
        return totals.assign(set_aside=totals["read"] - totals["kept"])

    @property
    def set_aside(self) -> pd.DataFrame:
        """The rules that set lines aside, most lines first."""
        aside = self.lines[self.lines["rule"] != KEPT]
        return aside.sort_values(["lines", "rule"], ascending=[False, True], ignore_index=True)

    @property
    def reading(self) -> str:
        """Lines read, kept and set aside, table by table."""
        return "; ".join(
            f"{name} {row.read:,} lines read, {row.kept:,} kept, {row.set_aside:,} set aside"
            for name, row in self.totals.iterrows()
        )

    def _repr_html_(self) -> str:
        notes = Markup("").join(Markup("<li>{}</li>").format(notice) for notice in self.notices)
        tables = as_table(self.lines, index=False)
        if len(self.traits):
            tables += as_table(self.unread, index=False)
        return tables + (Markup('<ul class="{}">{}</ul>').format(NO_FORMULA, notes) if notes else "")


def no_traits() -> pd.DataFrame:
    """The record of a study without traits."""
    return pd.DataFrame({"trait": [], "outcome": [], "customers": []}).astype(
        {"trait": "object", "outcome": "object", "customers": "int64"}
    )


def account_traits(counts: pd.DataFrame, n_customers: int) -> pd.DataFrame:
    """Order the outcomes of all traits and prove that each trait's add up to the customers."""
    sums = counts.groupby("trait", sort=False)["customers"].sum()
    wrong = sums[sums != n_customers]
    if len(wrong):
        raise AssertionError(f"{wrong.index[0]}: {wrong.iloc[0]:,} values of {n_customers:,} customers")
    place = {name: position for position, name in enumerate(sums.index)}
    keys = counts.assign(
        place=counts["trait"].map(place), unread=counts["outcome"] != READ, most=-counts["customers"]
    )
    ordered = keys.sort_values(["place", "unread", "most", "outcome"]).index
    return counts.loc[ordered].reset_index(drop=True)


def account(table: str, n_records: int, rows: pd.DataFrame, beside: Mapping[str, int]) -> pd.DataFrame:
    """Put one table's outcomes into rows and prove that they add up.

    Parameters
    ----------
    table : str
    n_records : int
        Records counted in the source.
    rows : pandas.DataFrame
        `rule` (missing for kept lines), `lines` and, where there is money, `amount`.
    beside : dict of str to int
        Rule -> lines that are not among the records: malformed ones, those of an earlier file.
    """
    record = rows.assign(table=table, rule=rows["rule"].fillna(KEPT))
    for rule, n_lines in beside.items():
        if n_lines:
            more = pd.DataFrame([{"table": table, "rule": rule, "lines": n_lines}])
            record = pd.concat([record, more], ignore_index=True)
    n_read = n_records + sum(beside.values())
    record = record.reindex(columns=["table", "rule", "lines", "amount"])
    record = record.sort_values(
        "rule", key=lambda rule: rule.ne(KEPT), kind="stable", ignore_index=True
    )
    record = record.astype({"lines": "int64", "amount": "float64"})
    if record["lines"].sum() != n_read:
        raise AssertionError(f"{table}: {record['lines'].sum():,} lines accounted for of {n_read:,}")
    return record
