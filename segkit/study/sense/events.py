"""Contradictions in what a study says of its event tables, each refused with what to do."""

from segkit.errors import StudyError
from segkit.study.events import COUNTS, OF_SESSIONS, OPTIONS, is_of_counts, is_of_sessions, words_of
from segkit.study.spec import Study
from segkit.study.tables import TableSpec


def check_event_tables(study: Study) -> None:
    """Refuse event tables that contradict themselves."""
    for name, spec in study.tables.items():
        _refuse_foreign_options(name, spec)
        for option in ("actions", "types", "steps"):
            _refuse_two_meanings(name, spec, option)
    checks = {"web": _check_web, "activities": _check_activities, "social": _check_social}
    for name, check in checks.items():
        if name in study.tables:
            check(study.tables[name])


def _refuse_foreign_options(name: str, spec: TableSpec) -> None:
    for option in spec.means:
        if option not in OPTIONS.get(name, ()):
            owners = " or ".join(f"tables.{table}" for table, own in OPTIONS.items() if option in own)
            raise StudyError(f"tables.{name}.{option} is given", f"{option} under {owners}")


def _refuse_two_meanings(name: str, spec: TableSpec, option: str) -> None:
    meaning: dict[str, str] = {}
    for word, texts in words_of(name, spec, option).items():
        for text in texts:
            if meaning.setdefault(text, word) != word:
                raise StudyError(
                    f"tables.{name}.{option}: '{text}' means both {meaning[text]} and {word}",
                    "one meaning for each of the file's words, whatever its case",
                )


def _check_web(spec: TableSpec) -> None:
    columns = spec.columns
    if is_of_sessions(spec):
        of_visit = next(column for column in OF_SESSIONS if column in columns)
        of_event = [name for name in ("page", "session_id") if name in columns]
        of_event += [name for name in ("session_gap_minutes", "page_views") if name in spec.means]
        if of_event:
            raise StudyError(
                f"tables.web has '{of_visit}', which says that a row is a visit, and '{of_event[0]}', "
                "which says that it is one event of a visit",
                "a log of events, or one row per visit",
                "Take one of the two out",
            )
    if "session_id" in columns and "session_gap_minutes" in spec.means:
        raise StudyError(
            "tables.web states both a session_id and session_gap_minutes",
            "visits told apart by the file's own session id, or by a pause",
            "Take one of the two out",
        )
    if spec.means.get("steps") and not {"step", "page"} & set(columns):
        raise StudyError(
            "tables.web names steps, and its columns map no step and no page to find them in",
            "step: the column that holds them",
        )
    if spec.means.get("page_views") and "step" not in columns:
        raise StudyError(
            "tables.web states page_views, and its columns map no step to find them in",
            "step: the column that says what a row is",
        )
    if "mobile" in spec.means and "device" not in columns:
        raise StudyError("tables.web states mobile, and its columns map no device", "device: a column")


def _check_activities(spec: TableSpec) -> None:
    if "type" in spec.columns and not spec.means.get("types"):
        raise StudyError(
            "tables.activities maps a type, and names none",
            "types: a name for each kind that counts, with the file's words: {calls: [Call, Phone]}",
        )
    if "types" in spec.means and "type" not in spec.columns:
        raise StudyError("tables.activities names types, and its columns map no type", "type: a column")


def _check_social(spec: TableSpec) -> None:
    counts = [name for name in (*COUNTS, "reach") if name in spec.columns]
    if "customer_id" not in spec.columns:
        raise StudyError(
            "tables.social maps no customer_id",
            "what single customers did, one row each time or one row of counts",
            "Posts of a page are no customers: make them the rows of a study of their own, as "
            "`tables.customers` with `words: {customer: post, customers: posts}`",
        )
    if counts and not is_of_counts(spec):
        raise StudyError(
            f"tables.social maps both an action, one a row, and '{counts[0]}', a count",
            "an action, or counts",
            "Take one of the two out",
        )
    if is_of_counts(spec) and not set(counts) & set(COUNTS):
        raise StudyError(
            "tables.social maps nothing that customers did",
            f"action, or one or more of the counts {', '.join(COUNTS)}",
        )
    if is_of_counts(spec) and "actions" in spec.means:
        raise StudyError("tables.social states actions, and its columns map no action", "counts alone")
    _check_sentiment(spec)


def _check_sentiment(spec: TableSpec) -> None:
    limits = spec.means.get("sentiment_range")
    if ("sentiment" in spec.columns) != (limits is not None):
        raise StudyError(
            "tables.social has only one of a sentiment column and a sentiment_range",
            "both, or neither: sentiment_range: [lowest, highest], as the tool that gave it says",
        )
    if limits is not None and limits[0] >= limits[1]:
        raise StudyError(f"tables.social.sentiment_range is {limits}", "[lowest, highest]")
