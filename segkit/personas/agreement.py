"""Names that hold: kept from the last run where still true, and checked against resamples."""

from collections.abc import Iterable, Iterator, Mapping
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
    two. Nothing eligible: "Typical customers". A name of which not every word holds, at the lower
    limit, in 80 % of the resamples is printed shorter, where the shorter one is nobody else's.
    """
    signs = signs_of(profile, frame)
    namer = Namer(signs, load_lexicon(language), customers)
    names = settled(namer, last or {})
    if not n_boot:
        return names
    return shortened(namer, names, _drawn(namer, n_boot))


def settled(namer: Namer, last: Mapping[str, Name]) -> dict[str, Name]:
    """Names with those of the last run kept where every word still holds and no other has them."""
    fresh = {key: namer.name(key) for key in namer.signs.keys}
    kept = still_true(namer, fresh, last)
    mixed = told_apart(namer, {key: fresh[key] for key in fresh if key not in kept}) | kept
    texts = [name.text for name in mixed.values()]
    is_taken = len(set(texts)) < len(texts)
    chosen = told_apart(namer, fresh) if is_taken else mixed
    return {key: chosen[key] for key in namer.signs.keys}


def _drawn(namer: Namer, n_boot: int) -> Iterator[Namer]:
    """The namer, as resamples of the customers would have it."""
    resampler, rng = Resampler(namer.signs), np.random.default_rng(0)
    n = len(namer.signs.codes)
    for _ in range(n_boot):
        rows = np.sort(rng.integers(0, n, min(n, MOST_DRAWN)))
        yield replace(namer, signs=resampler.drawn(rows))


def shortened(namer: Namer, names: Mapping[str, Name], drawn: Iterable[Namer]) -> dict[str, Name]:
    """Each name with its agreement, or the longest shorter one that is agreed on.

    Agreement doesn't ask how a name came about, so that it is the same whether the name is new or kept.
    """
    held = _held(namer, names, drawn)
    taken = {name.text for name in names.values()}
    told = {}
    for key in sorted(names):
        others = taken - {names[key].text}
        forms = _forms(namer, names[key], held[key])
        free = [(form, share) for form, share in forms if form.text not in others] or forms[:1]
        agreed = [entry for entry in free if entry[1] >= AGREED]
        best, share = agreed[0] if agreed else max(free, key=lambda entry: entry[1])
        told[key] = replace(best, agreement=share)
        taken = others | {best.text}
    return {key: told[key] for key in names}


Held = Mapping[Part | None, list[bool]]
"""In which resamples a part holds; under None whether a name without parts is given."""


def _held(namer: Namer, names: Mapping[str, Name], drawn: Iterable[Namer]) -> dict[str, Held]:
    bases = {key: namer.composed(_without_beside(name.parts)).text for key, name in names.items()}
    held: dict[str, dict[Part | None, list[bool]]] = {
        key: {part: [] for part in names[key].parts or (None,)} for key in names
    }
    for draw in drawn:
        for key, name in names.items():
            namesakes = [one for one in names if bases[one] == bases[key]]
            if not name.parts:
                held[key][None].append(draw.name(key).text == name.text)
            for part in name.parts:
                is_letter = part.slot == "letter"
                held[key][part].append(is_letter or draw.holds(part, key, namesakes))
    return dict(held)


def _without_beside(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.slot not in BESIDE_NAMESAKES)


def _forms(namer: Namer, name: Name, held: Held) -> list[tuple[Name, float]]:
    """The name, then without the part that holds least often, and so on to one; each with its share."""
    parts, forms = name.parts, [(name, _share(name.parts, held))]
    while len(parts) > 1:
        loose = [part for part in parts if part.slot in BESIDE_NAMESAKES] or list(parts)
        weakest = min(loose, key=lambda part: sum(held[part]))
        parts = tuple(part for part in parts if part is not weakest)
        forms.append((namer.composed(parts), _share(parts, held)))
    return forms


def _share(parts: tuple[Part, ...], held: Held) -> float:
    """Share of resamples in which all of some parts hold."""
    return float(np.mean(np.all([held[part] for part in parts or (None,)], axis=0)))


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
