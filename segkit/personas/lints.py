"""What names and notes written by hand are held against: the data, and each other."""

import re
from collections.abc import Mapping

from segkit.personas.effects import Range
from segkit.personas.lexicon import Lexicon

SIDES = {"low": -1, "high": 1}


def contradictions(
    name: str, effects: Mapping[str, list[Range]], lexicon: Lexicon
) -> list[tuple[str, str]]:
    """Words of a name whose sign disagrees with the data.

    Parameters
    ----------
    name : str
    effects : dict of str to list of Range
        Role -> Cliff's delta of each of the segment's traits in it, against the rest.
    lexicon : Lexicon

    Returns
    -------
    list of (str, str)
        The words for which every clear effect of their role has the other sign, with the role.

    Examples
    --------
    >>> from segkit.personas.lexicon import load_lexicon
    >>> contradictions("Big spenders", {"monetary": [Range(-0.5, -0.6, -0.4)]}, load_lexicon())
    [('big spenders', 'monetary')]
    """
    wrong = []
    for word, role, side in _claimed(name, lexicon):
        clear = [one.value for one in effects.get(role, []) if one.low * one.high > 0]
        if clear and all(value * SIDES[side] < 0 for value in clear):
            wrong.append((word, role))
    return wrong


def _claimed(name: str, lexicon: Lexicon) -> list[tuple[str, str, str]]:
    """Words that say something of the data, longest first: "big-basket" isn't "big"."""
    words = [
        (word, role, side)
        for role, sides in lexicon.claims.items()
        for side, said in sides.items()
        for word in said
    ]
    left, found = name.casefold(), []
    for word, role, side in sorted(words, key=lambda entry: (-len(entry[0]), entry)):
        pattern = rf"(?<![\w-]){re.escape(word)}(?![\w-])"
        if re.search(pattern, left):
            found.append((word, role, side))
            left = re.sub(pattern, " ", left)
    return found


def pejoratives(text: str, lexicon: Lexicon) -> list[str]:
    """Words that speak ill of people.

    Examples
    --------
    >>> from segkit.personas.lexicon import load_lexicon
    >>> pejoratives("Our worst zombies", load_lexicon())
    ['worst', 'zombies']
    """
    return [
        word for word in lexicon.pejorative if re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE)
    ]
