"""Which source, and which column of it, a trait or a scale of a study comes from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from segkit.study.sources import NEWEST, ROUNDING
from segkit.study.spec import Study
from segkit.study.traits import TraitSpec


@dataclass(frozen=True)
class Origin:
    """Where a trait comes from, and what decides where its sources differ.

    Attributes
    ----------
    columns : dict of str to str
        Source -> column.
    rank : dict of str to int
        Source -> place in the order of trust, 0 first.
    conflict : str
    tolerance : float
        By how much, as a share, two numbers may differ and still agree.
    """

    columns: Mapping[str, str]
    rank: Mapping[str, int] = field(default_factory=dict)
    conflict: str = NEWEST
    tolerance: float = ROUNDING


def origin_of(trait: TraitSpec, study: Study) -> Origin:
    """Where a trait of a study comes from."""
    columns = trait.columns or {only_source(study): trait.column}
    order = list(trait.trust or study.profile.trust)
    rank = {source: order.index(source) if source in order else len(order) for source in columns}
    return Origin(columns, rank, trait.conflict or study.profile.conflict)


def scale_source(source: str, study: Study) -> str:
    """The source that holds a scale's items."""
    return source or only_source(study)


def only_source(study: Study) -> str:
    """The customer table, else the only source; empty where that isn't clear."""
    names = list(study.about_customers)
    return "customers" if "customers" in names else names[0] if len(names) == 1 else ""
