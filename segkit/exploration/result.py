"""What was found in the data before anything is made of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from segkit.disclosure import said
from segkit.errors import ParameterError, nearest
from segkit.exploration.page import page_of
from segkit.exploration.spread import Spread
from segkit.exploration.strips import percent
from segkit.exploration.usable import CAN, by_basis
from segkit.plain import one_of
from segkit.shown import Shown

PARTS = ("completeness", "outliers", "distributions", "relations", "sources", "personal", "usable")
CLEAR = 0.7
"""Strength from which two columns say much the same."""


@dataclass(frozen=True, eq=False, repr=False)
class Part(Shown):
    """One part of an exploration, as a notebook shows it."""

    said: str
    html: Markup

    @property
    def reading(self) -> str:
        """What it says, in a sentence or two with numbers."""
        return self.said

    def _repr_html_(self) -> str:
        return str(self.html)


@dataclass(frozen=True, eq=False, repr=False)
class Exploration(Shown):
    """Everything that is worth knowing of a table before segmenting it, and no customer in it.

    Attributes
    ----------
    n : int
        Customers.
    customers : str
        What they are called.
    completeness : pandas.DataFrame
        By column `customers` with a value and their `share`; least complete first.
    missing : pandas.DataFrame
        `column`, `reason`, `customers`: with those who have a value they add up to all, for every
        column.
    outliers : pandas.DataFrame
        `column`, `rule`, `customers` and `why`; never which customer.
    distributions : pandas.DataFrame
        `column`, `item` (a percentile, a level, a month), `value` and `customers`; nothing below 10
        customers, no percentile below 100.
    relations : pandas.DataFrame
        Each two columns, strongest first: `one`, `other`, `strength`, `measure`.
    sources : pandas.DataFrame
        `source`, `customers`, `share`, `newest_days`; empty for a lone frame.
    personal : pandas.DataFrame
        `column`, `kind`, `why` of columns that likely hold personal data; none of their values.
    usable : pandas.DataFrame
        By column what it is, its basis, whether it can form segments, and why not.
    notices : tuple of str
        Odd things about the rows.
    spreads : dict of str to Spread
        What the pictures are drawn from.
    months : pandas.Series
        Number of orders by month; empty without orders.
    joined : dict of str to object
        The study's profile and consent, where it has them.
    """

    n: int
    customers: str
    completeness: pd.DataFrame
    missing: pd.DataFrame
    outliers: pd.DataFrame
    distributions: pd.DataFrame
    relations: pd.DataFrame
    sources: pd.DataFrame
    personal: pd.DataFrame
    usable: pd.DataFrame
    notices: tuple[str, ...]
    spreads: Mapping[str, Spread]
    months: pd.Series
    joined: Mapping[str, Any]

    @property
    def bases(self) -> pd.DataFrame:
        """Columns per basis that can form segments, only describe them, or can't do either."""
        return by_basis(self.usable)

    def label(self, column: str) -> str:
        """What a column is called."""
        return str(self.usable.at[column, "label"])

    @property
    def readings(self) -> dict[str, str]:
        """What each part says, in a sentence or two with numbers."""
        return {
            "completeness": self._completeness(),
            "outliers": self._outliers(),
            "distributions": f"{len(self.spreads):,} columns, each as its kind.",
            "relations": self._relations(),
            "sources": self._sources(),
            "personal": self._personal(),
            "usable": self._usable(),
        }

    @property
    def reading(self) -> str:
        """What the data hold, what is odd in them, and what they can segment by."""
        said_of = self.readings
        parts = ("completeness", "outliers", "relations", "sources", "personal", "usable")
        return " ".join(said_of[part] for part in parts if said_of[part])

    def part(self, name: str) -> Part:
        """One part alone, for a cell of a notebook.

        Parameters
        ----------
        name : str
            completeness, outliers, distributions, relations, sources, personal or usable.
        """
        if name not in PARTS:
            raise ParameterError(f"part is '{name}'", fix=nearest(name, PARTS))
        return Part(self.readings[name], page_of(self, (name,)))

    def plot(self, ax: Any = None) -> Any:
        """Draw for how many customers each column has a value, least complete first."""
        from segkit import figures

        share = self.completeness["share"].rename(index=self.label)
        return figures.known_shares(share, label=self.customers, ax=ax)

    def _repr_html_(self) -> str:
        return str(page_of(self, PARTS))

    def _completeness(self) -> str:
        lacking = self.completeness[self.completeness["share"] < 1]
        whole = len(self.completeness) - len(lacking)
        least = ", ".join(
            f"{self.label(name)} {percent(share)}" for name, share in lacking["share"].head(3).items()
        )
        start = (
            f"{self.n:,} {self.customers} and {len(self.completeness):,} columns, "
            f"{whole:,} of them complete"
        )
        return f"{start}; least known: {least}." if least else f"{start}."

    def _outliers(self) -> str:
        if self.outliers.empty:
            return "No odd value by any of the rules."
        most = self.outliers.loc[self.outliers["customers"].idxmax()]
        n = self.outliers["column"].nunique()
        return (
            f"{n:,} {'column holds' if n == 1 else 'columns hold'} odd values, most of them "
            f"{self.label(most['column'])}: {said(int(most['customers']))} {most['rule']}."
        )

    def _relations(self) -> str:
        if self.relations.empty:
            return ""
        first = self.relations.iloc[0]
        n_clear = int((self.relations["strength"].abs() >= CLEAR).sum())
        pairs = "1 pair of columns says" if n_clear == 1 else f"{n_clear:,} pairs of columns say"
        return (
            f"{pairs} much the same (strength {CLEAR:.2f} or more); the "
            f"strongest are {self.label(first['one'])} and {self.label(first['other'])} "
            f"({first['strength']:.2f})."
        )

    def _sources(self) -> str:
        many = self.sources if len(self.sources) > 1 else self.sources[:0]
        own = "; ".join(
            f"{row.source} {row.share:.0%} of {self.customers}" for row in many.itertuples()
        )
        told = [str(getattr(found, "reading", "")) for found in self.joined.values()]
        return " ".join(part for part in ((f"By source: {own}." if own else ""), *told) if part)

    def _personal(self) -> str:
        if self.personal.empty:
            return "No column looks like personal data."
        named = ", ".join(f"'{row.column}' ({row.kind})" for row in self.personal.itertuples())
        return f"Likely personal data, not shown: {named}."

    def _usable(self) -> str:
        can = self.bases[CAN]
        have = ", ".join(f"{basis} {n}" for basis, n in can[can > 0].items())
        none = [basis for basis in can.index[can == 0] if basis != "not known"]
        lack = f" No {one_of(none)} column can." if none else ""
        return f"Columns that can form segments: {have or 'none'}.{lack}"
