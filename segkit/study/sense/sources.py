"""Contradictions between sources, and traits from them, each refused with what to do."""

from collections.abc import Mapping, Sequence

from segkit.errors import StudyError
from segkit.study.origins import only_source, origin_of, scale_source
from segkit.study.sense.names import require_known
from segkit.study.sources import MOST_TRUSTED, TAKEN
from segkit.study.spec import Study
from segkit.study.traits import PAIRS, TraitSpec

_NO_SOURCE = "no source of this study"


def check_sources(study: Study) -> None:
    """Refuse sources, and traits from them, that contradict each other."""
    known = list(study.about_customers)
    for name in study.sources:
        _check_name(name)
    if study.sources and "customers" in study.tables:
        _require_id(study)
    for name, spec in study.about_customers.items():
        _check_mapped_once(name, spec.mapped)
    for name, spec in study.every_table.items():
        _check_via(name, spec.via, study)
    _check_profile(study, known)
    for name, trait in study.traits.items():
        _check_origin(f"traits.{name}", trait, study, known)
    for name, scale in study.scales.items():
        given = [scale.source] if scale.source else []
        require_known(f"scales.{name}.from", given, known, _NO_SOURCE)
        if not scale_source(scale.source, study):
            raise _unclear(f"scales.{name}", "from", known)


def _check_name(name: str) -> None:
    if name in TAKEN or not name.isidentifier() or name.endswith(("_join", "_malformed")):
        raise StudyError(
            f"a source is called '{name}'",
            "a name of letters, digits and underscores that no other table has",
            "Give it another name, such as crm or survey",
        )


def _require_id(study: Study) -> None:
    if "customer_id" not in study.tables["customers"].columns:
        raise StudyError(
            "tables.customers.columns maps no customer_id, and there are sources",
            "an id by which the sources and the customers find each other",
        )


def _check_mapped_once(name: str, columns: Mapping[str, list[str]]) -> None:
    """One column can't be the id and something else: what joins tables says nothing about people."""
    mapped: dict[str, str] = {}
    for ours, given in columns.items():
        for column in given:
            if column in mapped:
                raise StudyError(
                    f"{name}.columns maps '{column}' twice, as {mapped[column]} and as {ours}",
                    "one meaning for each column",
                    "Take one of the two out",
                )
            mapped[column] = ours


def _check_via(name: str, via: Mapping[str, str] | None, study: Study) -> None:
    """A table that names customers in another way is led to their ids by one that holds both."""
    if via is None:
        return
    source = via["source"]
    able = [
        one
        for one, spec in study.about_customers.items()
        if one != name and "customer_id" in spec.columns and spec.via is None
    ]
    if source not in able or "customer_id" not in study.every_table[name].columns:
        raise StudyError(
            f"{name}.via names '{source}'",
            f"for a table that maps a customer_id, a table about customers with ids of its own: "
            f"{', '.join(able) or 'there is none'}",
        )


def _check_profile(study: Study, known: Sequence[str]) -> None:
    profile = study.profile
    require_known("profile.trust", profile.trust, known, _NO_SOURCE)
    for key in ("several_rows", "stale_after_days"):
        given = getattr(profile, key)
        if isinstance(given, Mapping):
            require_known(f"profile.{key}", given, known, _NO_SOURCE)
    if isinstance(profile.tolerance, Mapping):
        attributes = [*study.traits, *study.items]
        require_known("profile.tolerance", profile.tolerance, attributes, "no trait")
    if profile.conflict == MOST_TRUSTED and not profile.trust:
        raise StudyError(
            "profile.conflict is 'most_trusted', and no order of trust is stated",
            "profile.trust: [most trusted, ..., least trusted]",
        )


def _check_origin(where: str, trait: TraitSpec, study: Study, known: Sequence[str]) -> None:
    require_known(f"{where}.from", trait.trust, known, _NO_SOURCE)
    require_known(f"{where}.column", trait.columns, known, _NO_SOURCE)
    strange = [source for source in trait.trust if source not in trait.columns]
    if strange:
        raise StudyError(
            f"{where}.from names '{strange[0]}', for which {where}.column has no column",
            f"its sources: {', '.join(trait.columns)}",
        )
    if trait.kind in PAIRS and trait.origin and len(trait.origin) != 2:
        raise StudyError(f"{where}.from is {trait.origin}", "[column, column]")
    if not trait.columns and not only_source(study) and known:
        raise _unclear(where, "source" if trait.kind in PAIRS else "from", known)
    for source, own in origin_of(trait, study).columns.items():
        for column in trait.origin or [own]:
            _refuse_contact(where, source, column, study)
    if trait.conflict == MOST_TRUSTED and not trait.trust and not study.profile.trust:
        raise StudyError(
            f"{where}.conflict is 'most_trusted', and no order of trust is stated",
            "from: [most trusted, ..., least trusted], or the same for all as profile.trust",
        )


def _refuse_contact(where: str, source: str, column: str, study: Study) -> None:
    """What tells people apart describes nobody."""
    mapped = study.about_customers[source].mapped if source else {}
    for ours in ("customer_id", "email", "phone", "name"):
        if column in mapped.get(ours, ()):
            raise StudyError(
                f"{where} reads '{column}', which {source}.columns maps as {ours}",
                "traits that many customers share; ids and contacts only tell people apart",
                "Take the trait out",
            )


def _unclear(where: str, key: str, known: Sequence[str]) -> StudyError:
    return StudyError(
        f"{where} doesn't say from which source it comes, and there are {', '.join(known)}",
        f"{key}: one of them, or more with the most trusted first",
    )
