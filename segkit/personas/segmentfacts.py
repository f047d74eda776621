"""The facts of one segment: its sizes, its traits and levels, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.personas.cards import Marker
from segkit.personas.facts import Fact, strength
from segkit.personas.measures import Sample
from segkit.personas.profile import Profile

BADGES = {300: "solid", 100: "fair", 30: "thin", MIN_CELL: "size only", 0: "suppressed"}
"""From how many customers on a segment's figures carry how much."""


def badge(n: int) -> str:
    """How much a number of customers can carry.

    Examples
    --------
    >>> badge(500), badge(50)
    ('solid', 'thin')
    """
    return next(said for limit, said in BADGES.items() if n >= limit)


@dataclass(frozen=True)
class SegmentFacts:
    """Every number of one segment.

    Attributes
    ----------
    profile : Profile
    key, currency : str
    words : dict of str to str
        What customers and orders are called.
    """

    profile: Profile
    key: str
    currency: str
    words: Mapping[str, str]

    @property
    def is_withheld(self) -> bool:
        """Whether the number of customers is kept back."""
        return bool(self.profile.withheld[self.key])

    @property
    def strength(self) -> int:
        """How many unweighted customers the segment's say as much as."""
        sizes = self.profile.sizes.loc[self.key]
        return strength(int(sizes["customers"]), sizes.get("effective_n"))

    @property
    def carries_figures(self) -> bool:
        """Whether there are customers enough for more than the segment's size."""
        return badge(self.strength) not in {"size only", "suppressed"}

    def fact(
        self,
        name: str,
        value: float,
        unit: str,
        n: int,
        base: str = "",
        low: float | None = None,
        high: float | None = None,
        owner: str = "",
        levels: tuple[str, ...] = (),
        sample: Sample | None = None,
    ) -> Fact:
        """A number about the segment, or about its owner."""
        if self.is_withheld and not base:  # the number itself would tell: so much is certain
            n = next(limit for limit in BADGES if n >= limit)
            value = value if n else float("nan")
            sample = sample and Sample(n, n)
        of = f"{base or 'the segment'}'s {self.words['customers']}"
        of = f"all {self.words['customers']}" if base == "all" else of
        name = f"{owner or self.key}/{name}"
        return Fact(name, float(value), unit, int(n), of, low, high, self.currency, levels, sample)

    def size(
        self, name: str, sizes: pd.Series, unit: str, total: int, sample: Sample | None = None
    ) -> Fact:
        """A size with its range, unless it is kept back."""
        if self.is_withheld:
            return self.fact(f"size/{name}", float("nan"), unit, total, "all")
        low, high = sizes.get(f"{name}_low"), sizes.get(f"{name}_high")
        return self.fact(f"size/{name}", sizes[name], unit, total, "all", low, high, sample=sample)

    def revenue_share(self, sizes: pd.Series, total: int) -> Fact | None:
        """Share of revenue, where there is money."""
        if "revenue_share" not in sizes:
            return None
        if self.is_withheld:
            return self.fact("revenue/share", float("nan"), "share", total, "all")
        low, high = sizes["revenue_share_low"], sizes["revenue_share_high"]
        share, sample = sizes["revenue_share"], self.profile.sample
        return self.fact("revenue/share", share, "share", total, "all", low, high, sample=sample)

    def marker(self, variable: str) -> Marker:
        """One trait here, among all, and the difference from the rest."""
        row, known = (
            self.profile.effects.loc[(self.key, variable)],
            self.profile.dictionary.loc[variable],
        )
        kind = row["statistic"]
        n = int(row["n"])
        everyone = int(self.profile.effects["n"].xs(variable, level="variable").sum())
        levels = known["levels"] if known["kind"] == "ordered" else ()
        return Marker(
            label=str(known["label"]),
            here=self.fact(
                f"{variable}/{kind}",
                row["value"],
                known["unit"],
                n,
                "",
                row["low"],
                row["high"],
                levels=levels,
                sample=sample_in(row),
            ),
            overall=self.fact(
                f"{variable}/{kind}",
                row["overall"],
                known["unit"],
                everyone,
                "all",
                owner="all",
                levels=levels,
                sample=self.profile.sample,
            ),
            delta=self.fact(
                f"{variable}/delta",
                row["delta"],
                "effect",
                n,
                "",
                row["delta_low"],
                row["delta_high"],
                sample=sample_in(row),
            ),
        )


def sample_in(row: pd.Series) -> Sample | None:
    """What a row of weighted figures rests on; None where they aren't."""
    if "effective_n" not in row:
        return None
    return Sample(float(row["weighted_n"]), float(row["effective_n"]))
