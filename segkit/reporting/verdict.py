"""The verdict on the structure in sentences, each with the facts it rests on."""

from collections.abc import Callable, Iterator

from segkit.personas.facts import Fact, Rank, Sentence
from segkit.segments.evidence.choose import USABLE
from segkit.segments.evidence.structure import Structure

HEADLINES = {
    "rules": "Drawn by rules.",
    "natural": "Separate groups.",
    "reproducible": "A usable cut, not a discovery.",
    "constructive": "You are choosing the lines.",
}


KINDS = {
    "rules": "Drawn by rules",
    "natural": "Separate groups",
    "reproducible": "A usable cut",
    "constructive": "Chosen lines",
}
CROWDED = -2.0
"""A valley below it is a bulge."""


def kind(structure: Structure) -> str:
    """Two words on what the segments are."""
    return KINDS["rules" if structure.reason == "rules" else structure.verdict]


def headline(structure: Structure) -> str:
    """Three words on what the segments are."""
    return HEADLINES["rules" if structure.reason == "rules" else structure.verdict]


def verdict_sentences(
    structure: Structure, customers: str, fact: Callable[..., Fact], k_facts: dict[str, Fact]
) -> Iterator[Sentence]:
    """What the segments are, why so many, and which other number was close.

    Parameters
    ----------
    structure : Structure
    customers : str
        What they are called.
    fact : callable
        Makes a fact about all customers: name, value, unit.
    k_facts : dict of str to Fact
        The row of `by_k` for the number in the report.
    """
    names = {"customers": customers}
    facts = k_facts | {"k": fact("k", structure.k, "segments")}
    if structure.reason == "rules":
        yield Sentence(
            "The {k} segments are drawn by rules; whether the {customers} form groups of their own "
            "was not asked.",
            {"k": facts["k"]},
            names,
        )
        return
    yield from _kind(structure, names, facts, fact)
    yield from _why(structure, names, fact)
    yield _other(structure, fact)


def _kind(
    structure: Structure, names: dict[str, str], facts: dict[str, Fact], fact: Callable[..., Fact]
) -> Iterator[Sentence]:
    one = {"one": fact("stability/most", 1, "count")}
    cloud = "; those of one cloud without groups by {null}" if "null" in facts else ""
    if structure.ellipses is not None:
        found = structure.ellipses
        facts |= {"stability": fact("mixture/stability", found.stability, "score")}
        facts |= {
            "z": fact("mixture/z", found.z, "score"),
            "valley": fact("mixture/valley", found.valley, "score"),
        }
        yield Sentence(
            "A mixture finds {k} separate groups that k-means can't cut (z {z}), and nowhere are the "
            "{customers} crowded between two of them (valley {valley}).",
            facts,
            names,
        )
    elif structure.verdict == "natural":
        yield Sentence(
            "The {customers} form {k} groups: {delta} tighter than one cloud without groups would be, "
            "and nowhere crowded between two of them.",
            facts,
            names,
        )
    said = {
        "natural": "Cut anew on other samples, the groups come back",
        "reproducible": "Cut anew on other samples, the segments come back",
        "constructive": "Cut anew on other samples, the segments change: they come back",
    }[structure.verdict]
    yield Sentence(f"{said} by {{stability}} of {{one}}{cloud}.", facts | one, names)
    if structure.verdict != "natural":
        yield from _missing(structure, names, facts, fact)


def _missing(
    structure: Structure, names: dict[str, str], facts: dict[str, Fact], fact: Callable[..., Fact]
) -> Iterator[Sentence]:
    """Which conditions of separate groups fail."""
    row, lacking = structure.by_k.loc[structure.k], structure.lacking
    is_loose = bool(lacking & {"tighter", "over_all"})
    if is_loose or "parted" in lacking:
        tight = "{delta} tighter" if row.delta > 0 else "no tighter ({delta})"
        said = f"They are not shown to be groups: {tight} than one cloud without groups would be"
        if "parted" in lacking:
            crowd = "crowd" if row.valley < CROWDED else "don't thin out"
            said += f", {'and' if is_loose else 'but'} the {{customers}} {crowd} between neighbours"
        yield Sentence(f"{said}.", facts, names)
    if "steadier" in lacking:
        yield Sentence(
            "That is no sign of groups: a cut of one cloud, which has none, comes back better still, "
            "{null} against {stability}.",
            facts,
            names,
        )
    elif lacking == {"steady"}:
        yield Sentence(
            "They are not shown to be groups: a cut into such comes back by {usable} or more.",
            {"usable": fact("limit/stability", USABLE, "score")},
        )


def _why(structure: Structure, names: dict[str, str], fact: Callable[..., Fact]) -> Iterator[Sentence]:
    facts = {
        "most": fact("k/most", int(structure.by_k.index.max()), "segments"),
        "share": fact("limit/share", structure.min_share, "share"),
        "usable": fact("limit/stability", USABLE, "score"),
        "k": fact("k", structure.k, "segments"),
    }
    said = {
        "fixed": "The number {k} was fixed beforehand.",
        "natural": "Of up to {most} segments, {k} is what the separate groups call for.",
        "usable": "Of up to {most} segments, {k} is the finest cut that comes back about as well as "
        "the best: {usable} or more, each segment {share} or more.",
        "none usable": "No number up to {most} is as steady as {usable} with segments of {share}.",
    }[structure.reason]
    yield Sentence(said, facts, names)


def _other(structure: Structure, fact: Callable[..., Fact]) -> Sentence:
    if structure.runner_up is None:
        return Sentence("No number but {k} was compared.", {"k": fact("k", structure.k, "segments")})
    row, k = structure.by_k.loc[structure.runner_up], structure.runner_up
    share = fact(f"k={k}/smallest_share", row.smallest_share, "share")
    return Sentence(
        "The other number worth a look is {k}: it comes back by {stability}, its {smallest} segment "
        "holds {share}.",
        {
            "k": fact("k/other", k, "segments"),
            "stability": fact(f"k={k}/stability", row.stability, "score"),
            "share": share,
        },
        {"smallest": Rank("smallest", share)},
    )
