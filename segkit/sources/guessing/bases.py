"""Which traits are proposed to form segments, and which only describe them."""

from segkit.sources.basis import MOST_MISSING
from segkit.sources.guessing.guessed import Guessed

MOST_BASES = 10
MOST_ITEMS = 30
"""A battery's questions belong together: as bases they come whole, up to so many."""
_FORMS_SEGMENTS = ("psychographic", "behavioural", "firmographic", "demographic", "geographic")
_OF_COMPANIES = ("firmographic", "behavioural", "psychographic", "geographic", "demographic")
_KINDS = frozenset({"number", "yes_no", "ordered", "amount", "date"})


def choose_bases(guessed: Guessed, behaviour: list[str] | None = None) -> None:
    """Choose the bases and descriptors of a study, into what was guessed.

    Parameters
    ----------
    guessed : Guessed
    behaviour : list of str, optional
        Features of orders or events, which form the segments where there are some: traits describe.

    Notes
    -----
    Scales, options and the questions of a battery come first; then traits of the basis that says most
    of people, one basis after the other until there are two. What was asked forms segments of those who
    answered, however few, where nothing else would. Of a company list what companies are
    comes first, categories such as the industry among it; of posts, what they are.
    """
    lack = {name: 1 - float(share) for name, share in guessed.known.mean().items()}
    barred = {*guessed.protected, *guessed.outcomes}
    enough = {name for name, share in lack.items() if share <= MOST_MISSING and name not in barred}
    chosen = list(behaviour or [])
    if not behaviour:
        asked = [*guessed.scales, *guessed.options, *guessed.items]
        asked = [name for name in asked if name not in barred]
        chosen = [name for name in asked if name in enough][:MOST_ITEMS]
        for basis in _OF_COMPANIES if guessed.row == "company" else _FORMS_SEGMENTS:
            if len(chosen) < 2:
                able = [name for name in _able(guessed, basis) if name in enough]
                chosen += [name for name in able if name not in chosen][: MOST_BASES - len(chosen)]
        if len(chosen) < 2 and asked:
            chosen = asked[:MOST_ITEMS]
        rest = [name for name in guessed.known if name not in barred]
        guessed.bases = chosen or sorted(rest, key=lambda name: lack[name])[:1]
    else:
        guessed.bases = chosen
    every = [*guessed.scales, *guessed.options, *guessed.traits]
    taken = {*guessed.bases, *guessed.protected}
    guessed.descriptors = [name for name in every if name not in taken]
    guessed.lacking = any(lack.get(name, 0) > 0 for name in guessed.bases)


def _able(guessed: Guessed, basis: str) -> list[str]:
    """Traits of one basis that can form segments."""
    by_category = guessed.row == "post" or (guessed.row == "company" and basis == "firmographic")
    kinds = _KINDS | ({"category"} if by_category else frozenset())
    return [
        name
        for name, trait in guessed.traits.items()
        if trait["basis"] == basis and trait["kind"] in kinds
    ]
