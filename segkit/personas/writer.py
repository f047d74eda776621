"""Writes the cards: picks what to say of each segment, and the facts that say it."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit.personas.cards import Card, Marker, Personas
from segkit.personas.facts import Fact, Sentence
from segkit.personas.names import ENTER, apart, automatic_names
from segkit.personas.profile import MIN_CELL, Profile
from segkit.segments.segmentation import UNSURE
from segkit.study import WORDS

SAME = 0.15
MAX_MARKERS, MAX_SAME, MAX_BUYS, MAX_LEVELS = 5, 2, 3, 3


def describe_segments(
    profile: Profile,
    frame: pd.DataFrame,
    *,
    currency: str = "",
    words: Mapping[str, str] = WORDS,
    names: Mapping[str, str] | None = None,
) -> Personas:
    """Name the segments and write a card for each.

    Parameters
    ----------
    profile : Profile
    frame : pandas.DataFrame
        The numeric columns that the profile was made from, before any names.
    currency : str
        Printed before money.
    words : dict
        What customers and orders are called.
    names : dict of str to str, optional
        Name by segment key, such as `Match.names` keeps from an earlier run; other segments get one
        from their profile. Segments drawn by rules bear their rule's name.

    Returns
    -------
    Personas
        Every sentence holds at least one `Fact`; nothing is said that no number supports.
    """
    given = {key: key for key in profile.keys if profile.segments.method == "rules"}
    called = automatic_names(profile, frame.loc[profile.segments.labels.index])
    called.update(pd.Series(given | dict(names or {}), dtype="object"))
    cards = [_Writer(profile, key, currency, words).card(called[key]) for key in profile.keys]
    facts = {fact.id: fact for card in cards for fact in card.facts}
    return Personas(called, cards, facts, profile)


def badge(n: int) -> str:
    """How much a number of customers can carry.

    Examples
    --------
    >>> badge(500), badge(50)
    ('solid', 'thin')
    """
    limits = {300: "solid", 100: "fair", 30: "thin", MIN_CELL: "size only", 0: "suppressed"}
    return next(said for limit, said in limits.items() if n >= limit)


@dataclass(frozen=True)
class _Writer:
    """Writes one segment's card."""

    profile: Profile
    key: str
    currency: str
    words: Mapping[str, str]

    def card(self, name: str) -> Card:
        sizes = self.profile.sizes.loc[self.key]
        n, total = int(sizes["customers"]), int(self.profile.sizes["customers"].sum())
        stability = self.profile.segments.stability.loc[self.key]
        confidence = self.profile.segments.confidence[self.profile.segments.labels == self.key]
        markers = self.markers()
        return Card(
            key=self.key,
            name=name,
            customers=self.fact("size/customers", n, self.words["customers"], total, "all"),
            share=self.fact(
                "size/share",
                sizes["share"],
                "share",
                total,
                "all",
                sizes["share_low"],
                sizes["share_high"],
            ),
            revenue_share=self.revenue_share(sizes, total),
            lead=self.lead(markers, n),
            markers=markers,
            same=self.same(),
            buys=self.buys(),
            described=self.described(),
            levels=self.levels(),
            unsure=self.fact("confidence/unsure", float((confidence < UNSURE).mean()), "share", n),
            stability=self.fact(
                "stability/jaccard",
                stability["jaccard"],
                "score",
                n,
                "",
                stability["low"],
                stability["high"],
            ),
            stability_word=self.stability_word(stability["reading"]),
            badge=badge(n),
        )

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
    ) -> Fact:
        of = f"{base or 'the segment'}'s {self.words['customers']}"
        of = f"all {self.words['customers']}" if base == "all" else of
        return Fact(
            f"{owner or self.key}/{name}", float(value), unit, int(n), of, low, high, self.currency
        )

    def revenue_share(self, sizes: pd.Series, total: int) -> Fact | None:
        if "revenue_share" not in sizes:
            return None
        low, high = sizes["revenue_share_low"], sizes["revenue_share_high"]
        return self.fact("revenue/share", sizes["revenue_share"], "share", total, "all", low, high)

    def marker(self, variable: str) -> Marker:
        row, known = (
            self.profile.effects.loc[(self.key, variable)],
            self.profile.dictionary.loc[variable],
        )
        kind = row["statistic"]
        n, everyone = int(row["n"]), len(self.profile.segments.labels)
        return Marker(
            label=str(known["label"]),
            here=self.fact(
                f"{variable}/{kind}", row["value"], known["unit"], n, "", row["low"], row["high"]
            ),
            overall=self.fact(
                f"{variable}/{kind}", row["overall"], known["unit"], everyone, "all", owner="all"
            ),
            delta=self.fact(
                f"{variable}/delta", row["delta"], "score", n, "", row["delta_low"], row["delta_high"]
            ),
        )

    def ranked(self) -> pd.DataFrame:
        """Effects that can be shown, strongest first."""
        effects = self.profile.effects.loc[self.key].dropna(subset=["delta"])
        effects = effects.join(self.profile.dictionary[["role", "unit"]])
        return effects.sort_values("delta", key=lambda delta: -delta.abs(), kind="stable")

    def markers(self) -> list[Marker]:
        if badge(int(self.profile.sizes.at[self.key, "customers"])) in {"size only", "suppressed"}:
            return []
        effects = self.ranked()
        clear = apart(effects).drop(index=list(self.profile.described), errors="ignore")
        spoken = clear[clear["role"] != ""].drop_duplicates("role")
        chosen = spoken if len(spoken) else clear
        return [self.marker(name) for name in chosen.index[:MAX_MARKERS]]

    def described(self) -> list[Marker]:
        effects = self.ranked()
        named = effects.loc[effects.index.intersection(list(self.profile.described))]
        return [self.marker(name) for name in apart(named, SAME).index]

    def same(self) -> list[Marker]:
        effects = self.ranked()
        alike = effects[effects["delta_low"].gt(-ENTER) & effects["delta_high"].lt(ENTER)]
        alike = alike[alike["delta"].abs() < SAME].iloc[::-1].drop_duplicates("role")
        markers = [self.marker(name) for name in alike.index]
        return [marker for marker in markers if marker.here.text == marker.overall.text][:MAX_SAME]

    def lead(self, markers: list[Marker], n: int) -> Sentence:
        if not markers:
            count = self.fact("size/customers", n, self.words["customers"], n)
            return Sentence(
                "No trait of these {n} {customers} differs clearly from the others'.",
                {"n": count},
                {"customers": self.words["customers"]},
            )
        slots: list[str] = []
        facts: dict[str, Fact] = {}
        names = {"customers": self.words["customers"]}
        for letter, marker in zip("ab", markers, strict=False):
            slots.append(f"{{name_{letter}}} {{here_{letter}}} (all {{customers}}: {{all_{letter}}})")
            facts |= {f"here_{letter}": marker.here, f"all_{letter}": marker.overall}
            names[f"name_{letter}"] = marker.label if letter == "a" else _lowered(marker.label)
        return Sentence("; ".join(slots) + ".", facts, names)

    def buys(self) -> list[tuple[str, Fact]]:
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
        if self.key not in self.profile.levels.index.get_level_values("segment_key"):
            return []
        levels = self.profile.levels.loc[self.key]
        clear = levels[levels["low"] * levels["high"] > 0]
        clear = clear.sort_values("difference", key=lambda gap: -gap.abs(), kind="stable")
        return [
            self.level(variable, level, row)
            for (variable, level), row in clear.head(MAX_LEVELS).iterrows()
        ]

    def level(self, variable: str, level: str, row: pd.Series) -> Sentence:
        name, n = f"{variable}={level}", int(row["n"])
        known = f"known {variable}"
        facts = {
            "here": self.fact(f"{name}/share", row["share"], "share", n, known),
            "all": self.fact(f"{name}/share", row["overall"], "share", n, known, owner="all"),
            "known": self.fact(f"{variable}/known", n, self.words["customers"], n),
        }
        names = {"variable": variable.replace("_", " "), "level": level}
        return Sentence("{variable} {level}: {here} of {known} known, all {all}", facts, names)


def _lowered(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
