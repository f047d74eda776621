"""Names that hold: kept from the last run where still true, and checked against resamples."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from segkit.personas.lexicon import LANGUAGE, load_lexicon
from segkit.personas.names import Name, Namer, Part, still_true
from segkit.personas.namesakes import told_apart
from segkit.personas.profile import Profile
from segkit.personas.signs import Resampler, signs_of

AGREED = 0.8
"""Share of resamples from which a name is printed whole."""
MOST_DRAWN = 20_000
"""Customers that a resample draws at most: fewer than there are make a name look less sure."""
BESIDE_NAMESAKES = frozenset({"apart", "top", "letter"})
"""Parts that mean nothing without the rest of the name: they go first."""


def automatic_names(
    profile: Profile,
    frame: pd.DataFrame,
    *,
    customers: str = "customers",
    language: str = LANGUAGE,
    last: Mapping[str, Name] | None = None,
    n_boot: int = 100,
) -> dict[str, Name]:
    """Name each segment from its own effects.

    Parameters
    ----------
    profile : Profile
    frame : pandas.DataFrame
        The columns that the profile was made from.
    customers : str
        What customers are called.
    language : str
        Of the names; see `segkit.personas.lexicon.languages`.
    last : dict of str to Name, optional
        Names of the last run by segment key, of those that continue.
    n_boot : int
        Resamples of customers, over which names are compared.

    Returns
    -------
    dict of str to Name
        By segment key, no two alike, at most four words before a qualifier.

    Notes
    -----
    A trait enters a name when Cliff's delta against the rest is at least .33 in size, its range
    excludes zero and 30 customers have a value; it leaves the name of the last run below .25.
    "Lapsed" also needs a last order two of the segment's own usual gaps ago, else it is "Less
    recent". Protected attributes never enter, and of columns without a role only bases do, at most
    two. Nothing eligible: "Typical customers". A name that fewer than 80 % of the resamples give is
    printed shorter, where the shorter one is nobody else's.
    """
    signs = signs_of(profile, frame)
    namer = Namer(signs, load_lexicon(language), customers)
    names = settled(namer, last or {})
    if not n_boot:
        return names
    drawn = list(_drawn_names(namer, last or {}, n_boot))
    return _shortened(namer, names, drawn)


def settled(namer: Namer, last: Mapping[str, Name]) -> dict[str, Name]:
    """Names with those of the last run kept where every word still holds and no other has them."""
    fresh = {key: namer.name(key) for key in namer.signs.keys}
    kept = still_true(namer, fresh, last)
    mixed = told_apart(namer, {key: fresh[key] for key in fresh if key not in kept}) | kept
    texts = [name.text for name in mixed.values()]
    is_taken = len(set(texts)) < len(texts)
    chosen = told_apart(namer, fresh) if is_taken else mixed
    return {key: chosen[key] for key in namer.signs.keys}


def _drawn_names(namer: Namer, last: Mapping[str, Name], n_boot: int) -> Iterator[dict[str, Name]]:
    """The names that resamples of the customers would give."""
    resampler, rng = Resampler(namer.signs), np.random.default_rng(0)
    n = len(namer.signs.codes)
    for _ in range(n_boot):
        rows = np.sort(rng.integers(0, n, min(n, MOST_DRAWN)))
        yield settled(replace(namer, signs=resampler.drawn(rows)), last)


def _shortened(
    namer: Namer, names: Mapping[str, Name], drawn: list[dict[str, Name]]
) -> dict[str, Name]:
    """Each name with its agreement, or the longest shorter one that is agreed on."""
    taken = {name.text for name in names.values()}
    told = {}
    for key in sorted(names):
        others = taken - {names[key].text}
        mine = [draw[key] for draw in drawn]
        free = [one for one in _forms(namer, names[key], mine) if one.text not in others]
        shares = [_agreement(one, names[key], mine) for one in free]
        agreed = next((at for at, share in enumerate(shares) if share >= AGREED), None)
        best = int(np.argmax(shares)) if agreed is None else agreed
        told[key] = replace(free[best], agreement=shares[best])
        taken = others | {told[key].text}
    return {key: told[key] for key in names}


def _forms(namer: Namer, name: Name, drawn: list[Name]) -> list[Name]:
    """The name, then without the part that resamples agree on least, and so on to one part."""
    forms, parts = [name], name.parts
    while len(parts) > 1:
        loose = [part for part in parts if part.slot in BESIDE_NAMESAKES] or list(parts)
        weakest = min(loose, key=lambda part: sum(part.claim in one.claims for one in drawn))
        parts = tuple(part for part in parts if part is not weakest)
        forms.append(namer.composed(parts))
    return forms


def _agreement(form: Name, whole: Name, drawn: list[Name]) -> float:
    """Share of resamples that give the name; of a shorter form, those that say all it says."""
    if form is whole:
        return float(np.mean([one.text == whole.text for one in drawn]))
    return float(np.mean([form.claims <= one.claims for one in drawn]))


def as_records(names: Mapping[str, Name], language: str) -> dict[str, object]:
    """Names as plain data, to be kept for the next run."""
    told = {
        key: {"text": name.text, "parts": [list(part) for part in name.parts]}
        for key, name in names.items()
    }
    return {"language": language, "names": told}


def from_records(records: Mapping[str, object], language: str) -> dict[str, Name]:
    """Names of an earlier run; none where they were in another language."""
    told = records["names"] if records["language"] == language else {}
    assert isinstance(told, dict)
    return {
        key: Name(one["text"], tuple(Part(*part) for part in one["parts"])) for key, one in told.items()
    }
