"""Contradictions in what a study says of consent and pseudonyms, each refused with what to do."""

from segkit.errors import StudyError
from segkit.study.permission import PURPOSES
from segkit.study.spec import Study


def check_permission(study: Study) -> None:
    """Refuse a study whose consent table, purpose or pseudonyms can't work."""
    if "consent" in study.tables and study.consent is None:
        raise StudyError(
            "tables.consent is given, and the study doesn't say for which purpose it runs",
            f"`consent: {{purpose: ...}}` with {', '.join(PURPOSES)}",
        )
    if study.consent is not None and "consent" not in study.tables:
        raise StudyError(
            f"consent names the purpose {study.consent.purpose}, and there is no consent table",
            "tables.consent, which says who agreed",
            "Add the table, or take `consent:` out: the study's owner then vouches for the right to "
            "use the data",
        )
    if "consent" in study.tables:
        _check_columns(set(study.tables["consent"].columns))
    needs_id = "pseudonyms" if study.pseudonyms else "consent" if study.consent else ""
    people = study.tables.get("customers")
    if needs_id and people is not None and "customer_id" not in people.columns:
        raise StudyError(
            f"{needs_id} is given, and tables.customers.columns maps no customer_id",
            "an id that says whose a row is",
        )


def _check_columns(given: set[str]) -> None:
    per_purpose = sorted(given & set(PURPOSES))
    long = sorted(given & {"purpose", "status"})
    if per_purpose and long:
        raise StudyError(
            f"tables.consent.columns maps both {long[0]} and {per_purpose[0]}",
            "purpose and status, or a column per purpose",
        )
    if not per_purpose and len(long) < 2:
        missing = sorted({"purpose", "status"} - set(long))
        raise StudyError(
            f"tables.consent.columns lacks {' and '.join(missing)}",
            f"purpose and status, or a column per purpose ({', '.join(PURPOSES)})",
        )
