"""The proof that rules fit together, or where they overlap and leave gaps, with counts."""

from dataclasses import dataclass
from typing import Any

import pandas as pd
from markupsafe import Markup

from segkit.shown import Shown, as_table, as_text

LISTED = 5
"""So many overlaps and gaps are quoted in an error or a reading; the tables hold them all."""


@dataclass(frozen=True, eq=False, repr=False)
class Proof(Shown):
    """Whether some rules put every possible customer into exactly one segment.

    Attributes
    ----------
    overlaps : pandas.DataFrame
        One row per region that two or more rules take in: `rules` ("A + B"), `region` in words and
        `customers`. The regions don't overlap, so a customer is counted in one row at most.
    gaps : pandas.DataFrame
        One row per region that no rule takes in: `region`, `customers`.
    n_kinds : int
        Kinds of customer that the rules can tell apart; each was looked at.
    n_customers : int or None
        Rows of the frame; without one `customers` is missing.
    """

    overlaps: pd.DataFrame
    gaps: pd.DataFrame
    n_kinds: int
    n_customers: int | None = None

    @property
    def is_exclusive(self) -> bool:
        """No possible customer falls under two rules."""
        return self.overlaps.empty

    @property
    def is_exhaustive(self) -> bool:
        """No possible customer falls under no rule."""
        return self.gaps.empty

    @property
    def is_proven(self) -> bool:
        """Every possible customer falls under exactly one rule."""
        return self.is_exclusive and self.is_exhaustive

    @property
    def reading(self) -> str:
        """The verdict, with the largest overlaps and gaps."""
        if self.is_proven:
            return (
                f"Each of the {self.n_kinds:,} kinds of customer that the rules can tell apart falls "
                "under exactly one rule."
            )
        clashes = [
            f"Overlap of {row.rules}: {row.region}{self._count(row)}"
            for row in self.overlaps.head(LISTED).itertuples()
        ]
        holes = [f"Gap: {row.region}{self._count(row)}" for row in self.gaps.head(LISTED).itertuples()]
        return f"{self._totals}. {'. '.join(clashes + holes)}.{self._more}"

    @property
    def _totals(self) -> str:
        parts = [(self.overlaps, "overlap", "overlaps"), (self.gaps, "gap", "gaps")]
        return " and ".join(self._total(*part) for part in parts if len(part[0]))

    def _total(self, table: pd.DataFrame, one: str, many: str) -> str:
        words = f"{len(table):,} {one if len(table) == 1 else many}"
        if self.n_customers is None:
            return words
        return f"{words} with {table['customers'].sum():,} of {self.n_customers:,} customers"

    def _count(self, row: Any) -> str:
        return "" if self.n_customers is None else f" ({row.customers:,} customers)"

    @property
    def _more(self) -> str:
        left = max(len(self.overlaps) - LISTED, 0) + max(len(self.gaps) - LISTED, 0)
        return f" {left:,} more are in `proof(frame)`." if left else ""

    def _repr_html_(self) -> str:
        parts = [] if self.is_proven else [self.overlaps, self.gaps]
        return as_text(self.reading) + Markup("").join(as_table(part, index=False) for part in parts)
