"""Items of a survey that belong together: one stem or side by side, one range, answers in steps."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.sources.basis import basis_by_name
from segkit.sources.guessing.words import NO_ANSWER, order_of

CODES = (8, 9, 88, 98, 99, 998, 999, -1, -9, -99)
LEAST_ALPHA = 0.5
"""Cronbach's alpha below which a mean of the items says nothing."""
LEAST_IN_A_ROW, LEAST_CHOSEN = 4, 5
_LIKERT_ENDS = ((1, 4), (1, 5), (1, 6), (1, 7), (1, 9), (1, 10), (1, 11))


@dataclass(frozen=True)
class Battery:
    """Items that may make a scale.

    Attributes
    ----------
    stem : str
        Empty where the items share no stem: they stand side by side.
    items, reverse : tuple of str
        Columns, and those that run against the others in these answers.
    range : tuple of int
        Lowest and highest answer.
    missing : tuple of int
        Answers that lie apart from the others: codes, most likely.
    alpha : float
        Cronbach's, once the reversed items are turned; missing where too few answered all.
    """

    stem: str
    items: tuple[str, ...]
    reverse: tuple[str, ...]
    range: tuple[int, int]
    missing: tuple[int, ...] = ()
    alpha: float = float("nan")

    @property
    def is_scale(self) -> bool:
        """Whether a mean of the items says something."""
        return bool(self.stem) and not self.alpha < LEAST_ALPHA


def find_batteries(frame: pd.DataFrame) -> list[Battery]:
    """Find the batteries of a table of texts.

    Notes
    -----
    Items share a stem before their number ("A1", "A2", ...; "Q3_1", "Q3_2", ...) that speaks of
    nothing but opinions, hold whole numbers in 3 to 11 steps and one range. Without a stem, four
    columns or more side by side are one where all run from 1 to the same end and no name speaks of
    anything else. An item is taken for reverse-keyed where it loads on the first principal component
    against most others: a guess, since the questions
    aren't read.
    """
    stems: dict[str, list[str]] = {}
    for name in map(str, frame.columns):
        found = re.fullmatch(r"(.*?[^\W\d_].*?|[A-Za-z])[ _.-]?\d+", name)
        if found and _is_opinion(found[1]):
            stems.setdefault(found[1], []).append(name)
    batteries = [_battery(stem, frame[items]) for stem, items in stems.items() if len(items) > 2]
    with_stem = [battery for battery in batteries if battery]
    taken = [item for battery in with_stem for item in battery.items]
    return [*with_stem, *_side_by_side(frame.drop(columns=taken))]


def find_worded(frame: pd.DataFrame) -> dict[str, list[str]]:
    """Questions whose answers are words of one order -> the levels of all of them, lowest first.

    Notes
    -----
    Three or more next to each other, with the same order: what one of them never got, its neighbours
    may have got.
    """
    orders = {str(name): order_of(_answers(frame[name])) for name in frame}
    found: dict[str, list[str]] = {}
    for names in _runs(list(orders), lambda name: orders[name]):
        if len(names) > 2:
            texts = {text.casefold(): text for name in names for text in _answers(frame[name])}
            known = [level for level in orders[names[0]].split(" | ") if level in texts]
            found |= {name: [texts[level] for level in known] for name in names}
    return found


def find_chosen(frame: pd.DataFrame) -> list[str]:
    """Columns of yes and no in words, five or more side by side, whose names speak of nothing else."""

    def form(name: str) -> str:
        texts = {text.casefold() for text in _answers(frame[name])}
        return "yes" if texts == {"yes", "no"} and _is_opinion(name) else ""

    return [
        name
        for names in _runs([str(name) for name in frame], form)
        if len(names) >= LEAST_CHOSEN
        for name in names
    ]


def _answers(values: pd.Series) -> list[str]:
    filled = values[values.notna() & (values != "")].unique()
    return [str(text) for text in filled if str(text).casefold() not in NO_ANSWER]


def _is_opinion(name: str) -> bool:
    return basis_by_name(name) in {"", "psychographic"}


def _runs(names: Sequence[str], form: Callable[[str], object]) -> Iterator[list[str]]:
    """Names next to each other that have one form; those without a form part them."""
    run: list[str] = []
    last: object = ""
    for name in names:
        own = form(name)
        if run and own != last:
            yield run
            run = []
        run, last = ([*run, name] if own else []), own
    if run:
        yield run


def _side_by_side(frame: pd.DataFrame) -> Iterator[Battery]:
    found = {str(name): _battery("", frame[[name]]) for name in frame if _is_opinion(str(name))}

    def form(name: str) -> object:
        one = found.get(name)
        return one.range if one and one.range in _LIKERT_ENDS else ""

    for names in _runs([str(name) for name in frame], form):
        whole = _battery("", frame[names]) if len(names) >= LEAST_IN_A_ROW else None
        if whole:
            yield whole


def _battery(stem: str, texts: pd.DataFrame) -> Battery | None:
    filled = texts.where(texts != "")
    numbers = filled.apply(pd.to_numeric, errors="coerce")
    if numbers.isna().to_numpy().sum() != filled.isna().to_numpy().sum():
        return None
    answers = sorted({float(one) for one in np.unique(numbers.to_numpy(dtype=float)) if one == one})
    if any(one % 1 for one in answers) or not answers:
        return None
    codes = _codes(answers)
    steps = [int(one) for one in answers if one not in codes]
    if not 3 <= len(steps) <= 11 or steps[0] < -5 or steps[-1] > 11:
        return None
    plain = numbers.where(~numbers.isin(codes))
    if (plain.max() - plain.min()).min() < 2:
        return None
    reverse, ends = _reverse(plain), (steps[0], steps[-1])
    return Battery(stem, tuple(texts.columns), reverse, ends, codes, _alpha(plain, reverse))


def _codes(answers: list[float]) -> tuple[int, ...]:
    """Known codes that don't follow on the other answers."""
    plain = [one for one in answers if one not in CODES or _follows(one, answers)]
    return tuple(int(one) for one in answers if one not in plain)


def _follows(one: float, answers: list[float]) -> bool:
    return one - 1 in answers or (one + 1 in answers and one < 0)


def _reverse(plain: pd.DataFrame) -> tuple[str, ...]:
    """Items that load against most others on the first principal component."""
    correlations = plain.corr().fillna(0.0).to_numpy()
    if len(plain.dropna()) < 20:
        return ()
    _, vectors = np.linalg.eigh(correlations)
    first = vectors[:, -1]
    against = first < 0 if (first > 0).sum() * 2 >= len(first) else first > 0
    return tuple(name for name, turned in zip(plain.columns, against, strict=True) if turned)


def _alpha(plain: pd.DataFrame, reverse: Sequence[str]) -> float:
    """Cronbach's alpha of those who answered every item; missing for fewer than 20."""
    whole = plain.dropna()
    if len(whole) < 20 or plain.shape[1] < 2:
        return float("nan")
    signs = pd.Series(1.0, index=plain.columns)
    signs[list(reverse)] = -1.0
    turned, n_items = whole * signs, plain.shape[1]
    total = float(turned.sum(axis=1).var())
    return n_items / (n_items - 1) * (1 - float(turned.var().sum()) / total) if total else float("nan")
