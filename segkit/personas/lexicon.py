"""The words that segments are named with, one YAML file per language."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml

from segkit.errors import StudyError, nearest

LANGUAGE = "en"
Sides = Mapping[str, str]
"""A word for `low` and one for `high`, or for one of them."""


@dataclass(frozen=True)
class Lexicon:
    """One language's words for names.

    Attributes
    ----------
    longest : int
        Characters of a state with its noun, and of a name given by hand.
    lower_labels : bool
        Whether a label's first letter is small within a name.
    states, nouns, qualifiers : dict of str to dict
        Role -> word for a low and for a high one.
    beside_visits : dict of str to str
        Shorter words for when customers were last seen, beside a noun of visits.
    not_overdue, one_time, buyers, small, typical, top : str
    traits, compared : dict of str to str
        A trait of its own, against all others and beside namesakes.
    claims : dict of str to dict
        Role -> words that say low, and that say high, in a name given by hand.
    pejorative : list of str
        Words that no name, and no note, should hold.
    filling : list of str
        Words that a long label can do without.
    """

    longest: int
    lower_labels: bool
    states: Mapping[str, Sides]
    nouns: Mapping[str, Sides]
    qualifiers: Mapping[str, Sides]
    beside_visits: Sides
    not_overdue: str
    one_time: str
    buyers: str
    small: str
    typical: str
    top: str
    traits: Mapping[str, str]
    compared: Mapping[str, str]
    claims: Mapping[str, Mapping[str, list[str]]]
    pejorative: list[str]
    filling: list[str]

    def lowered(self, label: str) -> str:
        """A label within a name; abbreviations and names in capitals stay."""
        return lowered(label) if self.lower_labels else label


@cache
def load_lexicon(language: str = LANGUAGE) -> Lexicon:
    """Read one language's words.

    Parameters
    ----------
    language : str
        "en" or "de": the name of a file in `segkit/personas/words/`.

    Raises
    ------
    StudyError
        There is no such language; the nearest is named.

    Examples
    --------
    >>> load_lexicon("de").nouns["frequency"]["high"]
    'Vielkäufer'
    """
    if language not in languages():
        raise StudyError(f"language is '{language}'", fix=nearest(language, languages()))
    path = files("segkit.personas").joinpath(f"words/{language}.yaml")
    return Lexicon(**yaml.safe_load(path.read_text(encoding="utf-8")))


def languages() -> list[str]:
    """Languages that names can be given in."""
    folder = files("segkit.personas").joinpath("words")
    return sorted(file.name.removesuffix(".yaml") for file in folder.iterdir())


def lowered(label: str) -> str:
    """A label within a sentence; abbreviations and names in capitals stay.

    Examples
    --------
    >>> lowered("Web visits"), lowered("GDP")
    ('web visits', 'GDP')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label
