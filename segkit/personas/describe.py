"""Profile and notes -> named segments with a card each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pandas as pd

from segkit.errors import StudyError, nearest
from segkit.personas.agreement import automatic_names
from segkit.personas.cards import Card, Personas
from segkit.personas.facts import Fact
from segkit.personas.lexicon import LANGUAGE, Lexicon, load_lexicon
from segkit.personas.messages import FILE
from segkit.personas.names import Name
from segkit.personas.noted import Noted
from segkit.personas.notes import Messages
from segkit.personas.profile import Profile
from segkit.personas.rhythm import written
from segkit.personas.writer import CardWriter
from segkit.study.defaults import WORDS

OF_ONE_TRAIT = frozenset({"lead", "apart", "trait"})
"""Parts of a name that speak of one trait."""


def describe_segments(
    profile: Profile,
    frame: pd.DataFrame,
    *,
    messages: Messages | None = None,
    currency: str = "",
    words: Mapping[str, str] = WORDS,
    names: Mapping[str, str] | None = None,
    language: str = LANGUAGE,
    last: Mapping[str, Name] | None = None,
    n_boot: int = 100,
    as_of: str = "",
) -> Personas:
    """Name the segments and write a card for each.

    Parameters
    ----------
    profile : Profile
    frame : pandas.DataFrame
        The columns that the profile was made from.
    messages : Messages, optional
        What people say of the segments; see `load_messages`.
    currency : str
        Printed before money.
    words : dict
        What customers and orders are called.
    names : dict of str to str, optional
        Name by segment key; other segments get one from their profile. Segments drawn by rules bear
        their rule's name, and a name in `messages` comes before all.
    language : str
        Of the automatic names, "en" or "de"; everything else stays English.
    last : dict of str to Name, optional
        Automatic names of the last run by the key that the segment has now, as `Match.names` keeps
        them: each is kept as long as every word of it holds.
    n_boot : int
        Resamples that say how sure a name is; 0 asks none.
    as_of : str
        Day, YYYY-MM-DD, against which the notes' review dates are held; empty: none is.

    Returns
    -------
    Personas
        Every sentence holds at least one `Fact`; nothing is said that no number supports.

    Raises
    ------
    StudyError
        The messages name a figure or KPI that this run doesn't have, or give two segments one name;
        or they are strict and something in them should be checked. Notes on a segment that this run
        doesn't have are such a thing: a refit may retire a segment, and the report goes on.
    """
    frame = frame.loc[profile.segments.labels.index]
    automatic = automatic_names(
        profile, frame, customers=words["customers"], language=language, last=last, n_boot=n_boot
    )
    given = {key: key for key in profile.keys if profile.segments.method == "rules"}
    given |= dict(names or {}) | _names_of(messages, profile.keys)
    called = pd.Series({key: given.get(key, automatic[key].text) for key in profile.keys})
    _refuse_twice(called)
    writers = {key: CardWriter(profile, key, currency, words) for key in profile.keys}
    cards = [
        _named(written(writers[key], called), automatic[key], n_boot, writers[key])
        for key in profile.keys
    ]
    if messages is not None:
        lexicon = load_lexicon(language)
        cards = [_noted(card, writers[card.key], messages, lexicon, as_of) for card in cards]
    facts = {fact.id: fact for card in cards for fact in card.facts}
    called = called.astype("object").rename_axis("segment_key").rename("name")
    unplaced = _unplaced(messages, profile.keys)
    personas = Personas(called, cards, facts, profile, automatic, unplaced)
    _refuse_if_strict(personas, messages)
    return personas


def _names_of(messages: Messages | None, keys: Sequence[str]) -> dict[str, str]:
    """Names given by hand."""
    notes = messages.segments.items() if messages else ()
    return {key: one.name for key, one in notes if one.name and key in keys}


def _unplaced(messages: Messages | None, keys: Sequence[str]) -> tuple[str, ...]:
    """Say which notes stand on no card: their segment is gone since, or its key is misspelt."""
    return tuple(
        f"{FILE} writes about '{key}', which is no segment of this run; its notes are not shown. "
        f"{nearest(key, keys)} Or move it under `retired:`."
        for key in (messages.segments if messages else ())
        if key not in keys
    )


def _refuse_twice(called: pd.Series) -> None:
    folded = called.str.casefold()
    if folded.duplicated().any():
        name = called[folded.duplicated()].iloc[0]
        keys = " and ".join(called.index[folded == name.casefold()])
        raise StudyError(f"{keys} are both called '{name}'", "a name of its own for each segment")


def _named(card: Card, name: Name, n_boot: int, writer: CardWriter) -> Card:
    """The card with its automatic name, in how many resamples that came out, and what it rests on."""
    parts = [part for part in name.parts if part.slot in OF_ONE_TRAIT]
    named = tuple((part.word, writer.marker(part.about)) for part in parts)
    agreement = None
    if name.agreement is not None:
        fact = (f"{card.key}/name/agreement", name.agreement, "share", n_boot, "resamples")
        agreement = Fact(*fact)
    return replace(card, auto_name=name.text, agreement=agreement, named=named)


def _noted(card: Card, writer: CardWriter, messages: Messages, lexicon: Lexicon, as_of: str) -> Card:
    if card.key not in messages.segments:
        return card
    noted = Noted(messages.segments[card.key], writer, card, lexicon, as_of)
    return replace(card, notes=noted.shown())


def _refuse_if_strict(personas: Personas, messages: Messages | None) -> None:
    if messages is not None and messages.strict and personas.checks:
        raise StudyError(
            f"{FILE} is strict, and {len(personas.checks)} things in it should be checked: "
            + "; ".join(personas.checks),
            "notes without a check",
            "Change them, or set strict: false to have them marked on the cards",
        )
