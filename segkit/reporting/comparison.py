"""Metric by segment: the table that lets two segments be compared, with the markers in it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import pandas as pd

from segkit.personas.cards import Marker, said
from segkit.personas.effects import WORDS
from segkit.personas.segmentfacts import badge
from segkit.personas.writer import HALF, trait_marker
from segkit.reporting.workspace import Run

MOST_ROWS = 14
CLEAR, STRONG = WORDS[1][0], WORDS[2][0]
"""|Cliff's delta| from which a cell is marked, and marked twice."""


@dataclass(frozen=True)
class Cell:
    """One segment's typical value of one trait.

    Attributes
    ----------
    key : str
    marker : Marker
    mark : {"", "up", "up2", "down", "down2"}
        Direction and weight of a clear difference, never on fewer than 100 customers.
    """

    key: str
    marker: Marker
    mark: str


def compare_rows(run: Run) -> list[tuple[str, Marker, list[Cell]]]:
    """Label, any segment's marker (for the value of all) and a cell per segment, by row.

    The traits that formed the segments come first, then the others that set one apart clearly; each
    by how much it differs over the segments, the most first. Last come the study's outcomes, however
    little they differ: they are what the decision is about.
    """
    profile, outcomes = run.profile, run.study.outcomes
    rows = []
    for variable in _variables(profile.effects, int(profile.sizes["customers"].sum()), outcomes):
        cells = [_cell(run, key, variable) for key in profile.keys]
        label = str(profile.dictionary.at[variable, "label"])
        label += " (outcome)" if variable in outcomes else ""
        rows.append((label, cells[0].marker, cells))
    return rows


def explained(run: Run, rows: Sequence[tuple[str, Marker, list[Cell]]]) -> pd.DataFrame:
    """What each trait that the page shows means: those that formed the segments, then the others.

    Rows of the features' dictionary, with `is_base`; what a card says of its segment counts as shown.
    """
    cards, dictionary = run.personas.cards, run.features.dictionary
    shown = {first.label for _, first, _ in rows} | {
        marker.label
        for card in cards
        for marker in [*card.markers, *card.same, *card.rhythm, *card.described]
    }
    levels = {
        fact.id.removeprefix(f"{card.key}/").partition("=")[0]
        for card in cards
        for line in card.levels
        for fact in line.facts.values()
    }
    is_base = dictionary.index.isin(run.study.bases)
    is_shown = is_base | dictionary["label"].isin(shown) | dictionary.index.isin(levels)
    told = dictionary.assign(is_base=is_base)[is_shown]
    return told.sort_values("is_base", ascending=False, kind="stable")


def _variables(effects: pd.DataFrame, customers: int, outcomes: Collection[str]) -> list[str]:
    strength = effects["delta"].abs().unstack("segment_key")
    order = pd.DataFrame(
        {
            "is_base": effects["is_base"].groupby(level="variable").first(),
            "mean": strength.mean(axis=1),
            "most": strength.max(axis=1),
            "known": effects["n"].groupby(level="variable").sum() / customers,
        }
    )
    last = [name for name in outcomes if name in order.index]
    order = order[order["is_base"] | (order["most"].ge(CLEAR) & order["known"].ge(HALF))].drop(
        last, errors="ignore"
    )
    order = order.sort_values(["is_base", "mean"], ascending=[False, False], kind="stable")
    return [*map(str, order.index[: max(MOST_ROWS - len(last), 0)]), *last]


def _cell(run: Run, key: str, variable: str) -> Cell:
    study = run.study
    marker = trait_marker(run.profile, key, variable, currency=study.currency, words=study.words)
    return Cell(key, marker, _mark(marker))


def _mark(marker: Marker) -> str:
    delta = marker.delta
    words = said(delta) if not delta.is_withheld else ""
    if badge(delta.carries) not in {"solid", "fair"} or not words.startswith(("clearly", "much")):
        return ""
    return ("up" if delta.value > 0 else "down") + ("2" if abs(delta.value) >= STRONG else "")
