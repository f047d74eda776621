"""Writes the cards: picks what to say of each segment, and the facts that say it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from segkit.disclosure import MIN_CELL
from segkit.personas.cards import Card, Marker
from segkit.personas.effects import WORDS as EFFECT_WORDS
from segkit.personas.effects import Z95
from segkit.personas.facts import Fact, SegmentName, Sentence
from segkit.personas.names import ENTER, apart
from segkit.personas.phrases import lowered, started
from segkit.personas.profile import Profile
from segkit.personas.segmentfacts import BADGES, SegmentFacts, badge, sample_in
from segkit.segments.segmentation import UNSURE
from segkit.study.defaults import WORDS

SAME = 0.15
HALF, SEEN = 0.5, 0.03
"""A share differs visibly by half of all customers' or more, if these are three in a hundred; and a
trait speaks for a segment of which half or more have a value."""
COMMON = 0.05
"""Shares nearer to none or to all than this are everywhere the same: to say so tells nothing."""
MAX_BASES, MAX_MARKERS, MAX_SAME, MAX_BUYS, MAX_LEVELS = 7, 5, 2, 3, 3


def trait_marker(
    profile: Profile, key: str, variable: str, *, currency: str = "", words: Mapping[str, str] = WORDS
) -> Marker:
    """One trait of a segment beside the same trait of all customers, as facts."""
    return CardWriter(profile, key, currency, words).marker(variable)


@dataclass(frozen=True)
class CardWriter(SegmentFacts):
    """Writes one segment's card."""

    def card(self, name: str) -> Card:
        """The whole card, under a name."""
        sizes, customers = self.profile.sizes.loc[self.key], self.words["customers"]
        n, sample = int(sizes["customers"]), self.profile.sample
        stability = self.profile.segments.stability.loc[self.key]
        confidence = self.profile.segments.confidence[self.profile.segments.labels == self.key]
        markers = self.markers()
        return Card(
            key=self.key,
            name=name,
            customers=self.size("size/customers", "customers", customers),
            share=self.size("size/share", "share", "share", sample),
            revenue_share=self.size("revenue/share", "revenue_share", "share", sample)
            if "revenue_share" in sizes
            else None,
            lead=self.lead(markers, name),
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
            badge=badge(self.strength),
            effective=sample and self.size("size/effective_n", "effective_n", customers),
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

    def stability_word(self, reading: str) -> str:
        """Where the analyst draws the lines, no segment is called stable."""
        drawn = self.profile.segments.structure.verdict == "constructive"
        return "lines drawn by you" if drawn else reading

    def ranked(self) -> pd.DataFrame:
        """Effects that can be shown, strongest first."""
        effects = self.profile.effects.loc[self.key].dropna(subset=["delta"])
        effects = effects.join(self.profile.dictionary[["role", "unit", "of", "kind"]])
        # a trait speaks for itself; features of one role say much the same
        effects["kin"] = effects["role"].where(effects["role"] != "", effects["of"])
        effects["shown"] = effects["delta"].abs().round(2)  # of two that print alike, what formed them
        return effects.sort_values(["shown", "is_base"], ascending=False, kind="stable")

    def markers(self) -> list[Marker]:
        """Clear effects, one per role: of all that formed the segments, then of other traits."""
        if not self.carries_figures:
            return []
        effects = self.ranked()
        clear = apart(effects).drop(index=list(self.profile.described), errors="ignore")
        size = self.profile.sizes.at[self.key, "customers"]
        clear = clear[clear["n"] >= HALF * size]  # a figure on the fewer says little of a segment
        chosen = clear[clear.index.isin(_of_kin(clear))]
        is_base = chosen["is_base"].astype(bool)
        bases, others = chosen.index[is_base][:MAX_BASES], chosen.index[~is_base]
        names = {*bases, *others[: max(MAX_MARKERS - len(bases), 0)]}
        markers = [self.marker(name) for name in chosen.index if name in names]
        return [marker for marker in markers if marker.here.text != marker.overall.text]

    def described(self) -> list[Marker]:
        """Descriptors that differ at least slightly."""
        if not self.carries_figures:
            return []
        effects = self.ranked()
        named = effects.loc[effects.index.intersection(list(self.profile.described))]
        named = apart(named, 0.0)
        told = named["kind"].eq("yes_no") & is_seen(named["delta"], named["overall"])
        told |= named["delta"].abs().ge(SAME)
        markers = [self.marker(name) for name in named.index[told]]
        return [marker for marker in markers if marker.here.text != marker.overall.text]

    def same(self) -> list[Marker]:
        """Traits in which the segment is like the rest."""
        if not self.carries_figures:
            return []
        effects = self.ranked()
        alike = effects[effects["delta_low"].gt(-ENTER) & effects["delta_high"].lt(ENTER)]
        alike = alike[alike["delta"].abs() < SAME].iloc[::-1].drop_duplicates("kin")
        rare = alike["overall"].lt(COMMON) | alike["overall"].gt(1 - COMMON)
        alike = alike[~(rare & alike["unit"].eq("share"))]
        markers = [self.marker(name) for name in alike.index]
        return [marker for marker in markers if marker.here.text == marker.overall.text][:MAX_SAME]

    def lead(self, markers: list[Marker], name: str) -> Sentence:
        """The segment in one line: its two strongest markers."""
        if not self.carries_figures:
            return self.too_few(self.strength, name)
        if not markers:
            n = int(self.profile.sizes.at[self.key, "customers"])
            clear = self.fact("limit/clear", ENTER, "score", n, "all", owner="all")
            template = "No trait of {name} differs from the others' by {clear} or more."
            return Sentence(template, {"clear": clear}, {"name": SegmentName(name, self.key)})
        slots: list[str] = []
        facts: dict[str, Fact] = {}
        names = {"customers": self.words["customers"]}
        plain = [marker for marker in markers if marker.here.unit != "index"]  # the others need a table
        for letter, marker in zip("ab", plain or markers, strict=False):
            slots.append(f"{{name_{letter}}}: {{here_{letter}}} (all {{customers}}: {{all_{letter}}})")
            facts |= {f"here_{letter}": marker.here, f"all_{letter}": marker.overall}
            names[f"name_{letter}"] = marker.label if letter == "a" else lowered(marker.label)
        weighted = ", weighted" if self.profile.sample else ""
        return Sentence("; ".join(slots) + f"{weighted}.", facts, names)

    def too_few(self, n: int, name: str) -> Sentence:
        """Below 30 customers nothing but size is shown."""
        enough = next(limit for limit, said in BADGES.items() if said == "thin")
        limit = self.fact(f"limit/below_{enough}", enough, "count", enough, "all", owner="all")
        said = "any figure but their number" if n >= MIN_CELL else "any figure"
        is_few = self.profile.sizes.at[self.key, "customers"] < enough
        weighted = "" if is_few else "weighted, as much as "
        template = f"{{name}}: {weighted}fewer than {{enough}} {{customers}}, too few for {said}."
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
                self.index(name, value, shares.loc[name]),
            )
            for name, value in above.sort_values(ascending=False).head(MAX_BUYS).items()
        ]

    def index(self, name: str, value: float, row: pd.Series) -> Fact:
        """How many times the share of all a category's share is here."""
        return self.fact(f"{name}/index", value, "times", int(row["n"]), sample=sample_in(row))

    def levels(self) -> list[Sentence]:
        """Levels of text descriptors whose share differs by more than chance, and visibly.

        Each range is widened for as many levels as there are on the page (Bonferroni).
        """
        known = self.profile.levels.index.get_level_values("segment_key")
        if self.key not in known or not self.carries_figures or self.is_withheld:
            return []
        levels = self.profile.levels.loc[self.key]
        reach = float(norm.ppf(1 - 0.025 / len(self.profile.levels))) / Z95
        gap, low, high = levels["difference"], levels["low"], levels["high"]
        is_sure = (gap - reach * (gap - low)) * (gap + reach * (high - gap)) > 0
        clear = levels[is_sure & is_seen(gap, levels["overall"])]
        clear = clear.sort_values("difference", key=lambda gap: -gap.abs(), kind="stable")
        return [
            self.level(variable, level, row)
            for (variable, level), row in clear.head(MAX_LEVELS).iterrows()
        ]

    def level(self, variable: str, level: str, row: pd.Series) -> Sentence:
        """One level here and among all."""
        name, n = f"{variable}={level}", int(row["n"])
        everyone = self.of_all(int(self.profile.levels["n"].xs((variable, level), level=(1, 2)).sum()))
        label, all_of_them = self.profile.labels[variable], ("share", everyone, "all")
        here, overall, sample = row["share"], row["overall"], self.profile.sample
        facts = {
            "here": self.fact(f"{name}/share", here, "share", n, sample=sample_in(row)),
            "all": self.fact(f"{name}/share", overall, *all_of_them, owner="all", sample=sample),
            "known": self.known(variable, n),
        }
        other = self.profile.others.get(variable, "")
        said = other if other.partition(" (")[0] == level else level
        names = {"variable": started(label), "level": said}
        weighted = " weighted," if sample else ""
        template = f"{{variable}} {{level}}: {{here}}{weighted} of {{known}} known, all {{all}}"
        return Sentence(template, facts, names)


def is_seen(gap: pd.Series, overall: pd.Series) -> pd.Series:
    """Whether a share differs so much from the others' that a reader can do something with it."""
    size = gap.abs()
    return size.ge(SAME) | (size.ge(HALF * overall) & size.ge(SEEN))


def _of_kin(effects: pd.DataFrame) -> pd.Index:
    """One of each kin: of effects in the same word what formed segments, a level that is there, ..."""
    there = effects["kind"].eq("level") & effects["delta"].gt(0)
    word = np.digitize(effects["shown"], [limit for limit, _ in EFFECT_WORDS])
    ranked = effects.assign(word=word, there=there)
    ranked = ranked.sort_values(["word", "is_base", "there", "shown"], ascending=False, kind="stable")
    return ranked.drop_duplicates("kin").index
