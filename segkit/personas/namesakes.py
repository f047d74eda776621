"""Segments of the same name, told apart by what differs most between them.

A qualifier that contradicts the name it follows never appears: of two "Recent big spenders" the one
that spends more becomes "Top recent big spenders"; the other is never "lower spend", nor "less often"
where its card says that it buys more often than all others.
"""

from collections.abc import Iterable, Mapping
from string import ascii_uppercase

from segkit.personas.names import ENTER, ROLE_OF, Name, Namer, Part
from segkit.personas.phrases import compared
from segkit.personas.signs import Sign


def told_apart(namer: Namer, names: Mapping[str, Name]) -> dict[str, Name]:
    """Give namesakes a word of their own; no two names are alike afterwards.

    Parameters
    ----------
    namer : Namer
    names : dict of str to Name
        By segment key; the result doesn't depend on its order.
    """
    told = dict(names)
    for text in sorted(_twice(names)):
        alike = sorted(key for key in names if names[key].text == text)
        told |= _qualified(namer, {key: names[key] for key in alike})
    return _lettered(namer, told)


def _twice(names: Mapping[str, Name]) -> set[str]:
    texts = [name.text for name in names.values()]
    return {text for text in texts if texts.count(text) > 1}


def _qualified(namer: Namer, names: Mapping[str, Name]) -> dict[str, Name]:
    """The strongest differences first, each word once."""
    offers = sorted(
        (-abs(sign.delta), key, part)
        for key, name in names.items()
        for sign, part in _offers(namer, key, name, list(names))
    )
    told: dict[str, Name] = {}
    for _, key, part in offers:
        if key not in told and part.word not in {name.parts[-1].word for name in told.values()}:
            told[key] = namer.composed((*names[key].parts, part))
    return {**names, **told}


def _offers(namer: Namer, key: str, name: Name, alike: list[str]) -> Iterable[tuple[Sign, Part]]:
    """What would tell one segment from its namesakes without contradicting its name."""
    said = {ROLE_OF.get(part.about, part.about): part.side for part in name.parts}
    for sign in namer.signs.between(key, alike):
        is_trait = sign.role == "" and sign.is_base
        side = said.get(sign.role) or said.get(sign.variable)
        if not sign.is_clear(ENTER) or side not in {None, sign.side}:
            continue
        if namer.is_contradicted(key, sign):
            continue
        if side and sign.role == "monetary" and sign.side > 0:
            yield sign, Part("top", sign.variable, 1, namer.lexicon.top)
        elif sign.variable in said:  # it says so already, of both
            continue
        elif is_trait:
            about = namer.signs.dictionary.loc[sign.variable]
            word = compared(about, sign.delta, namer.lexicon)
            yield sign, Part("apart", sign.variable, sign.side, word)
        elif word := namer.qualifier(sign):
            yield sign, Part("apart", sign.variable, sign.side, word)


def _lettered(namer: Namer, names: Mapping[str, Name]) -> dict[str, Name]:
    """A letter for those that nothing tells apart."""
    told = dict(names)
    for text in sorted(_twice(names)):
        alike = sorted(key for key in names if names[key].text == text)
        for key, letter in zip(alike, _letters(), strict=False):
            part = Part("letter", "", 0, letter)
            told[key] = Name(f"{names[key].text} {letter}", (*names[key].parts, part))
    return told


def _letters() -> Iterable[str]:
    yield from ascii_uppercase
    yield from (first + second for first in ascii_uppercase for second in ascii_uppercase)
