"""How a study makes one profile per customer of several sources, and what contradicts itself in it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from segkit.errors import StudyError, nearest
from segkit.traits import PAIRS, TraitSpec

if TYPE_CHECKING:
    from segkit.study import Study

ROUNDING = 1e-9
"""By how much, as a share, numbers may differ that were only summed or written differently."""
NEWEST, MOST_TRUSTED, MOST_FREQUENT = "newest", "most_trusted", "most_frequent"
TAKEN = frozenset(
    {
        "any", "campaigns", "consent", "coupons", "customers", "events", "lines", "n_customers",
        "orders", "products", "profile", "quality", "returns", "share", "traits", "transactions",
    }
)  # fmt: skip
"""Words that a source can't be called, since a table or a file of a run is."""


@dataclass(frozen=True)
class ProfileSpec:
    """How the sources become one profile per customer.

    Attributes
    ----------
    trust : list of str
        Sources, most trusted first, for traits without a `from`; those that aren't named are trusted
        least, and one as much as the other.
    conflict : {"newest", "most_trusted", "most_frequent"}
        What decides where sources differ. What it leaves open the other two decide, in this order;
        what they leave open stays without a value.
    several_rows : str or dict of str to str
        Which of a customer's rows in one source counts: the newest before as_of, or what most say.
    stale_after_days : int or dict of str to int, optional
    tolerance : float or dict of str to float
        By how much, as a share of the larger one, two numbers may differ and still agree; for all
        attributes, or attribute -> share.
    """

    trust: Sequence[str] = ()
    conflict: str = NEWEST
    several_rows: str | Mapping[str, str] = NEWEST
    stale_after_days: int | Mapping[str, int] | None = None
    tolerance: float | Mapping[str, float] = ROUNDING

    def tolerance_of(self, attribute: str) -> float:
        """By how much, as a share, two values of an attribute may differ and still agree."""
        given = self.tolerance
        return given.get(attribute, ROUNDING) if isinstance(given, Mapping) else given

    def row_rule(self, source: str) -> str:
        """Which of a customer's rows in a source counts."""
        given = self.several_rows
        return given if isinstance(given, str) else given.get(source, NEWEST)

    def stale_after(self, source: str) -> int | None:
        """Days from which a source's values are called stale."""
        given = self.stale_after_days
        return given.get(source) if isinstance(given, Mapping) else given


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


def origin_of(trait: TraitSpec, study: "Study") -> Origin:
    """Where a trait of a study comes from."""
    columns = trait.columns or {_only_source(study): trait.column}
    order = list(trait.trust or study.profile.trust)
    rank = {source: order.index(source) if source in order else len(order) for source in columns}
    return Origin(columns, rank, trait.conflict or study.profile.conflict)


def scale_source(source: str, study: "Study") -> str:
    """The source that holds a scale's items."""
    return source or _only_source(study)


def _only_source(study: "Study") -> str:
    """The customer table, else the only source; empty where that isn't clear."""
    names = list(study.about_customers)
    return "customers" if "customers" in names else names[0] if len(names) == 1 else ""


def check_sources(study: "Study") -> None:
    """Refuse sources, and traits from them, that contradict each other."""
    known = list(study.about_customers)
    for name in study.sources:
        _check_name(name)
    if study.sources and "customers" in study.tables:
        _require_id(study)
    for name, spec in study.about_customers.items():
        _check_mapped_once(name, spec.columns)
    _check_profile(study, known)
    for name, trait in study.traits.items():
        _check_origin(f"traits.{name}", trait, study, known)
    for name, scale in study.scales.items():
        _require_known(f"scales.{name}.from", [scale.source] if scale.source else [], known)
        if not scale_source(scale.source, study):
            raise _unclear(f"scales.{name}", "from", known)


def _check_name(name: str) -> None:
    if name in TAKEN or not name.isidentifier() or name.endswith(("_join", "_malformed")):
        raise StudyError(
            f"a source is called '{name}'",
            "a name of letters, digits and underscores that no other table has",
            "Give it another name, such as crm or survey",
        )


def _require_id(study: "Study") -> None:
    if "customer_id" not in study.tables["customers"].columns:
        raise StudyError(
            "tables.customers.columns maps no customer_id, and there are sources",
            "an id by which the sources and the customers find each other",
        )


def _check_mapped_once(name: str, columns: Mapping[str, str | list[str]]) -> None:
    """One column can't be the id and something else: what joins tables says nothing about people."""
    mapped: dict[str, str] = {}
    for ours, given in columns.items():
        for column in [given] if isinstance(given, str) else given:
            if column in mapped:
                raise StudyError(
                    f"{name}.columns maps '{column}' twice, as {mapped[column]} and as {ours}",
                    "one meaning for each column",
                    "Take one of the two out",
                )
            mapped[column] = ours


def _check_profile(study: "Study", known: Sequence[str]) -> None:
    profile = study.profile
    _require_known("profile.trust", profile.trust, known)
    for key in ("several_rows", "stale_after_days"):
        given = getattr(profile, key)
        _require_known(f"profile.{key}", given if isinstance(given, Mapping) else (), known)
    if isinstance(profile.tolerance, Mapping):
        _require_attributes(profile.tolerance, study)
    if profile.conflict == MOST_TRUSTED and not profile.trust:
        raise StudyError(
            "profile.conflict is 'most_trusted', and no order of trust is stated",
            "profile.trust: [most trusted, ..., least trusted]",
        )


def _require_attributes(given: Mapping[str, float], study: "Study") -> None:
    known = [*study.traits, *(item for scale in study.scales.values() for item in scale.items)]
    for name in given:
        if name not in known:
            raise StudyError(
                f"profile.tolerance names '{name}', which is no trait", fix=nearest(name, known)
            )


def _check_origin(where: str, trait: TraitSpec, study: "Study", known: Sequence[str]) -> None:
    _require_known(f"{where}.from", trait.trust, known)
    _require_known(f"{where}.column", trait.columns, known)
    strange = [source for source in trait.trust if source not in trait.columns]
    if strange:
        raise StudyError(
            f"{where}.from names '{strange[0]}', for which {where}.column has no column",
            f"its sources: {', '.join(trait.columns)}",
        )
    if trait.kind in PAIRS and trait.origin and len(trait.origin) != 2:
        raise StudyError(f"{where}.from is {trait.origin}", "[column, column]")
    if not trait.columns and not _only_source(study) and known:
        raise _unclear(where, "source" if trait.kind in PAIRS else "from", known)
    for source, own in origin_of(trait, study).columns.items():
        for column in trait.origin or [own]:
            _refuse_contact(where, source, column, study)
    if trait.conflict == MOST_TRUSTED and not trait.trust and not study.profile.trust:
        raise StudyError(
            f"{where}.conflict is 'most_trusted', and no order of trust is stated",
            "from: [most trusted, ..., least trusted], or the same for all as profile.trust",
        )


def _refuse_contact(where: str, source: str, column: str, study: "Study") -> None:
    """What tells people apart describes nobody."""
    mapped = study.about_customers[source].columns if source else {}
    for ours in ("customer_id", "email", "phone", "name"):
        given = mapped.get(ours, ())
        if column in ([given] if isinstance(given, str) else given):
            raise StudyError(
                f"{where} reads '{column}', which {source}.columns maps as {ours}",
                "traits that many customers share; ids and contacts only tell people apart",
                "Take the trait out",
            )


def _require_known(
    where: str, given: Sequence[str] | Mapping[str, object], known: Sequence[str]
) -> None:
    for name in given:
        if name not in known:
            raise StudyError(
                f"{where} names '{name}', which is no source of this study", fix=nearest(name, known)
            )


def _unclear(where: str, key: str, known: Sequence[str]) -> StudyError:
    return StudyError(
        f"{where} doesn't say from which source it comes, and there are {', '.join(known)}",
        f"{key}: one of them, or more with the most trusted first",
    )
