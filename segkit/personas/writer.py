"""Writes the cards: picks what to say of each segment, and the facts that say it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit.defaults import WORDS
from segkit.disclosure import MIN_CELL
from segkit.personas.cards import Card, Marker
from segkit.personas.facts import Fact, SegmentName, Sentence
from segkit.personas.names import ENTER, apart
from segkit.personas.phrases import lowered, started
from segkit.personas.profile import Profile
from segkit.segments.segmentation import UNSURE

SAME = 0.15
BADGES = {300: "solid", 100: "fair", 30: "thin", MIN_CELL: "size only", 0: "suppressed"}
"""From how many customers on a segment's figures carry how much."""
MAX_BASES, MAX_MARKERS, MAX_SAME, MAX_BUYS, MAX_LEVELS = 7, 5, 2, 3, 3


def badge(n: int) -> str:
    """How much a number of customers can carry.

    Examples
    --------
    >>> badge(500), badge(50)
    ('solid', 'thin')
    """
    return next(said for limit, said in BADGES.items() if n >= limit)


def trait_marker(
    profile: Profile, key: str, variable: str, *, currency: str = "", words: Mapping[str, str] = WORDS
) -> Marker:
    """One trait of a segment beside the same trait of all customers, as facts."""
    return CardWriter(profile, key, currency, words).marker(variable)


@dataclass(frozen=True)
class CardWriter:
    """Writes one segment's card.

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

    def card(self, name: str) -> Card:
        """The whole card, under a name."""
        sizes = self.profile.sizes.loc[self.key]
        n, total = int(sizes["customers"]), int(self.profile.sizes["customers"].sum())
        stability = self.profile.segments.stability.loc[self.key]
        confidence = self.profile.segments.confidence[self.profile.segments.labels == self.key]
        markers = self.markers()
        return Card(
            key=self.key,
            name=name,
            customers=self.size("customers", sizes, self.words["customers"], total),
            share=self.size("share", sizes, "share", total),
            revenue_share=self.revenue_share(sizes, total),
            lead=self.lead(markers, n, name),
            markers=markers,
            same=self.same(),
            buys=self.buys(),
            described=self.described(),
            levels=self.levels(),
            unsure=self.fact("confidence/unsure", float((confidence < UNSURE).mean()), "share", n),
            stability=self.fact(
                "stability/jaccard",
                stability["jaccard"] if n >= MIN_CELL else float("nan"),
                "score",
                n,
                "",
                stability["low"],
                stability["high"],
            ),
            stability_word=self.stability_word(stability["reading"]),
            badge=badge(n),
        )

    def every_fact(self) -> dict[str, Fact]:
        """Every figure of the segment that may be shown, on its card or not."""
        if self.profile.sizes.at[self.key, "customers"] < MIN_CELL:
            return {}
        effects = self.profile.effects.loc[self.key].dropna(subset=["delta"])
        card = self.card("")
        shown = [fact for fact in card.facts if fact.n >= MIN_CELL]
        for marker in map(self.marker, effects.index):
            shown += [marker.here, marker.overall, marker.delta]
        if self.key in self.profile.levels.index.get_level_values("segment_key"):
            for (variable, level), row in self.profile.levels.loc[self.key].iterrows():
                shown += self.level(variable, level, row).facts.values()
        return {fact.id: fact for fact in shown if not fact.is_withheld}

    @property
    def is_withheld(self) -> bool:
        """Whether the number of customers is kept back."""
        return bool(self.profile.withheld[self.key])

    def size(self, name: str, sizes: pd.Series, unit: str, total: int) -> Fact:
        """A size with its range, unless it is kept back."""
        if self.is_withheld:
            return self.fact(f"size/{name}", float("nan"), unit, total, "all")
        low, high = sizes.get(f"{name}_low"), sizes.get(f"{name}_high")
        return self.fact(f"size/{name}", sizes[name], unit, total, "all", low, high)

    def stability_word(self, reading: str) -> str:
        """Where the analyst draws the lines, no segment is called stable."""
        drawn = self.profile.segments.structure.verdict == "constructive"
        return "lines drawn by you" if drawn else reading

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
    ) -> Fact:
        """A number about the segment, or about its owner."""
        if self.is_withheld and not base:  # the number itself would tell: so much is certain
            n = next(limit for limit in BADGES if n >= limit)
            value = value if n else float("nan")
        of = f"{base or 'the segment'}'s {self.words['customers']}"
        of = f"all {self.words['customers']}" if base == "all" else of
        name = f"{owner or self.key}/{name}"
        return Fact(name, float(value), unit, int(n), of, low, high, self.currency, levels)

    def revenue_share(self, sizes: pd.Series, total: int) -> Fact | None:
        """Share of revenue, where there is money."""
        if "revenue_share" not in sizes:
            return None
        if self.is_withheld:
            return self.fact("revenue/share", float("nan"), "share", total, "all")
        low, high = sizes["revenue_share_low"], sizes["revenue_share_high"]
        return self.fact("revenue/share", sizes["revenue_share"], "share", total, "all", low, high)

    def marker(self, variable: str) -> Marker:
        """One trait here, among all, and the difference from the rest."""
        row, known = (
            self.profile.effects.loc[(self.key, variable)],
            self.profile.dictionary.loc[variable],
        )
        kind = row["statistic"]
        n, everyone = int(row["n"]), len(self.profile.segments.labels)
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
            ),
            overall=self.fact(
                f"{variable}/{kind}",
                row["overall"],
                known["unit"],
                everyone,
                "all",
                owner="all",
                levels=levels,
            ),
            delta=self.fact(
                f"{variable}/delta", row["delta"], "effect", n, "", row["delta_low"], row["delta_high"]
            ),
        )

    def ranked(self) -> pd.DataFrame:
        """Effects that can be shown, strongest first."""
        effects = self.profile.effects.loc[self.key].dropna(subset=["delta"])
        effects = effects.join(self.profile.dictionary[["role", "unit", "of"]])
        # a trait speaks for itself; features of one role say much the same
        effects["kin"] = effects["role"].where(effects["role"] != "", effects["of"])
        return effects.sort_values("delta", key=lambda delta: -delta.abs(), kind="stable")

    def markers(self) -> list[Marker]:
        """Clear effects, one per role: of all that formed the segments, then of other traits."""
        if not self.carries_figures:
            return []
        effects = self.ranked()
        clear = apart(effects).drop(index=list(self.profile.described), errors="ignore")
        chosen = clear.drop_duplicates("kin")
        is_base = chosen["is_base"].astype(bool)
        bases, others = chosen.index[is_base][:MAX_BASES], chosen.index[~is_base]
        names = {*bases, *others[: max(MAX_MARKERS - len(bases), 0)]}
        return [self.marker(name) for name in chosen.index if name in names]

    @property
    def carries_figures(self) -> bool:
        """Whether there are customers enough for more than the segment's size."""
        return badge(int(self.profile.sizes.at[self.key, "customers"])) not in {
            "size only",
            "suppressed",
        }

    def described(self) -> list[Marker]:
        """Descriptors that differ at least slightly."""
        if not self.carries_figures:
            return []
        effects = self.ranked()
        named = effects.loc[effects.index.intersection(list(self.profile.described))]
        return [self.marker(name) for name in apart(named, SAME).index]

    def same(self) -> list[Marker]:
        """Traits in which the segment is like the rest."""
        if not self.carries_figures:
            return []
        effects = self.ranked()
        alike = effects[effects["delta_low"].gt(-ENTER) & effects["delta_high"].lt(ENTER)]
        alike = alike[alike["delta"].abs() < SAME].iloc[::-1].drop_duplicates("kin")
        markers = [self.marker(name) for name in alike.index]
        return [marker for marker in markers if marker.here.text == marker.overall.text][:MAX_SAME]

    def lead(self, markers: list[Marker], n: int, name: str) -> Sentence:
        """The segment in one line: its two strongest markers."""
        if badge(n) in {"thin", "size only", "suppressed"}:
            return self.too_few(n, name)
        if not markers:
            clear = self.fact("limit/clear", ENTER, "score", n, "all", owner="all")
            template = "No trait of {name} differs from the others' by {clear} or more."
            return Sentence(template, {"clear": clear}, {"name": SegmentName(name, self.key)})
        slots: list[str] = []
        facts: dict[str, Fact] = {}
        names = {"customers": self.words["customers"]}
        for letter, marker in zip("ab", markers, strict=False):
            slots.append(f"{{name_{letter}}} {{here_{letter}}} (all {{customers}}: {{all_{letter}}})")
            facts |= {f"here_{letter}": marker.here, f"all_{letter}": marker.overall}
            names[f"name_{letter}"] = marker.label if letter == "a" else lowered(marker.label)
        return Sentence("; ".join(slots) + ".", facts, names)

    def too_few(self, n: int, name: str) -> Sentence:
        """Below 100 customers nothing is compared in words, below 30 nothing but size is shown."""
        enough = 100 if n >= 30 else 30
        limit = self.fact(f"limit/below_{enough}", enough, "count", enough, "all", owner="all")
        said = "a comparison in words" if n >= 30 else "any figure but their number"
        said = said if n >= MIN_CELL else "any figure"
        template = f"{{name}} are fewer than {{enough}} {{customers}}: too few for {said}."
        names = {"name": SegmentName(name, self.key), "customers": self.words["customers"]}
        return Sentence(template, {"enough": limit}, names)

    def buys(self) -> list[tuple[str, Fact]]:
        """Categories that take a larger part of the spending here."""
        effects = self.ranked()
        shares = effects[(effects["role"] == "category") & (effects["n"] >= 30)]
        index = (shares["value"] / shares["overall"].where(shares["overall"] > 0)).dropna()
        above = index[(index >= 1.1) & (shares.loc[index.index, "delta_low"] > 0)]
        return [
            (
                self.profile.dictionary.at[name, "label"].removesuffix(" share"),
                self.fact(f"{name}/index", value, "times", int(shares.at[name, "n"])),
            )
            for name, value in above.sort_values(ascending=False).head(MAX_BUYS).items()
        ]

    def levels(self) -> list[Sentence]:
        """Levels of text descriptors whose share differs by more than chance."""
        known = self.profile.levels.index.get_level_values("segment_key")
        if self.key not in known or not self.carries_figures or self.is_withheld:
            return []
        levels = self.profile.levels.loc[self.key]
        clear = levels[levels["low"] * levels["high"] > 0]
        clear = clear.sort_values("difference", key=lambda gap: -gap.abs(), kind="stable")
        return [
            self.level(variable, level, row)
            for (variable, level), row in clear.head(MAX_LEVELS).iterrows()
        ]

    def level(self, variable: str, level: str, row: pd.Series) -> Sentence:
        """One level here and among all."""
        name, n = f"{variable}={level}", int(row["n"])
        known, label = f"known {variable}", self.profile.labels[variable]
        facts = {
            "here": self.fact(f"{name}/share", row["share"], "share", n, known),
            "all": self.fact(f"{name}/share", row["overall"], "share", n, known, owner="all"),
            "known": self.fact(f"{variable}/known", n, self.words["customers"], n),
        }
        other = self.profile.others.get(variable, "")
        said = other if other.partition(" (")[0] == level else level
        names = {"variable": started(label), "level": said}
        return Sentence("{variable} {level}: {here} of {known} known, all {all}", facts, names)
