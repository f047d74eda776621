"""The facts of one segment: its sizes, its traits and levels, each with what it rests on."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit.disclosure import MIN_CELL, base_shown
from segkit.personas.cards import Marker
from segkit.personas.facts import OF_THE_SEGMENT, Fact, strength
from segkit.personas.measures import Sample
from segkit.personas.numbertext import OR_MORE
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
        if base != "all" and (least := self.at_least(n)) < n:
            value = value if least else float("nan")
            n, sample = least, sample and self.sample_of(least)
        of = ("all " if base == "all" else OF_THE_SEGMENT) + self.words["customers"]
        name = f"{owner or self.key}/{name}"
        return Fact(name, float(value), unit, int(n), of, low, high, self.currency, levels, sample)

    def at_least(self, n: int) -> int:
        """What is said of how many customers a figure rests on: nothing that tells of a few others."""
        if self.is_withheld:
            return next(limit for limit in BADGES if n >= limit)
        return base_shown(n, int(self.profile.sizes.at[self.key, "customers"]))

    def of_all(self, n: int) -> int:
        """The same of a figure on all customers."""
        return base_shown(n, len(self.profile.segments.labels))

    def sample_of(self, n: int) -> Sample:
        """What so many of the segment's customers stand for, weighted; told from its size alone."""
        sizes = self.profile.sizes.loc[self.key]
        if self.is_withheld:
            return Sample(n, n)
        part = n / sizes["customers"]
        return Sample(float(sizes["weighted_n"] * part), float(sizes["effective_n"] * part))

    def size(self, name: str, column: str, unit: str, sample: Sample | None = None) -> Fact:
        """A column of the sizes, with its range, unless it is kept back."""
        sizes, total = self.profile.sizes.loc[self.key], int(self.profile.sizes["customers"].sum())
        figure = [sizes.get(f"{column}{end}") for end in ("", "_low", "_high")]
        value, low, high = (float("nan"), None, None) if self.is_withheld else figure
        return self.fact(name, value, unit, total, "all", low, high, sample=sample)

    def known(self, variable: str, n: int) -> Fact:
        """How many customers have a value."""
        least = self.at_least(n)
        unit = self.words["customers"] + (OR_MORE if least < n else "")
        return self.fact(f"{variable}/known", least, unit, least)

    def marker(self, variable: str) -> Marker:
        """One trait here, among all, and the difference from the rest."""
        row, known = (
            self.profile.effects.loc[(self.key, variable)],
            self.profile.dictionary.loc[variable],
        )
        kind = row["statistic"]
        n = int(row["n"])
        everyone = self.of_all(int(self.profile.effects["n"].xs(variable, level="variable").sum()))
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
            known=self.known(variable, n),
        )


def sample_in(row: pd.Series) -> Sample | None:
    """What a row of weighted figures rests on; None where they aren't."""
    if "effective_n" not in row:
        return None
    return Sample(float(row["weighted_n"]), float(row["effective_n"]))
