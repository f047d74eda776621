"""Items of a survey that belong together: one stem, one range, answers in steps."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

CODES = (8, 9, 88, 98, 99, 998, 999, -1, -9, -99)


@dataclass(frozen=True)
class Battery:
    """Items that may make a scale.

    Attributes
    ----------
    stem : str
    items, reverse : tuple of str
        Columns, and those that run against the others in these answers.
    range : tuple of int
        Lowest and highest answer.
    missing : tuple of int
        Answers that lie apart from the others: codes, most likely.
    """

    stem: str
    items: tuple[str, ...]
    reverse: tuple[str, ...]
    range: tuple[int, int]
    missing: tuple[int, ...] = ()


def find_batteries(frame: pd.DataFrame) -> list[Battery]:
    """Find the batteries of a table of texts.

    Notes
    -----
    Items share a stem before their number ("A1", "A2", ...; "Q3_1", "Q3_2", ...), hold whole numbers
    in 3 to 11 steps and one range. An item is taken for reverse-keyed where it loads on the first
    principal component against most others: a guess, since the questions aren't read.
    """
    stems: dict[str, list[str]] = {}
    for name in map(str, frame.columns):
        found = re.fullmatch(r"(.*?[^\W\d_].*?|[A-Za-z])[ _.-]?\d+", name)
        if found:
            stems.setdefault(found[1], []).append(name)
    batteries = [_battery(stem, frame[items]) for stem, items in stems.items() if len(items) > 2]
    return [battery for battery in batteries if battery]


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
    if not 3 <= len(steps) <= 11 or steps[0] < -5 or steps[-1] > 10:
        return None
    plain = numbers.where(~numbers.isin(codes))
    if (plain.max() - plain.min()).min() < 2:
        return None
    return Battery(stem, tuple(texts.columns), _reverse(plain), (steps[0], steps[-1]), codes)


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
