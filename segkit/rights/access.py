"""The right of access: everything that a study holds on one customer."""

import json
import os
from pathlib import Path
from typing import Any

from segkit.errors import DataError
from segkit.rights.erase import Eraser
from segkit.rights.forget import UNKNOWN
from segkit.rights.held import ASSIGNED, customers_of, malformed_lines, row_of, runs, source_rows
from segkit.rights.sought import normal_id, sought
from segkit.sources.engine import connect
from segkit.sources.erasures import open_erasures
from segkit.sources.reading import Reading
from segkit.sources.tables import Tables, load_tables
from segkit.study import Study, load_study

LAST_RUN = {
    "traits": "tables/traits.parquet",
    "features": "features/features.parquet",
    "descriptors": "features/descriptors.parquet",
    "segment": ASSIGNED,
}


def access(study: Study | str | Path, customer_id: str) -> dict[str, Any]:
    """Gather all that a study holds on one customer. Private: give it to that person only.

    Parameters
    ----------
    study : Study, str or pathlib.Path
        A loaded study, or what `load_study` takes.
    customer_id : str
        As in the study's sources.

    Returns
    -------
    dict
        `source_rows` per table as read, `malformed_lines` that speak of them, `consent`, `last_run`
        (traits, features, descriptors and segment of the last good run), `provenance` where the
        tables explain themselves, `runs` and `audiences` that hold them, `erased` (the record).

    Raises
    ------
    DataError
        Nobody has this id, or the study's rows have none.
    """
    study = study if isinstance(study, Study) else load_study(study)
    one = normal_id(study, customer_id)
    erasures = open_erasures(study)
    pseudonyms = erasures.pseudonyms
    name = one if pseudonyms is None else pseudonyms.of(one)
    wanted = sought(study, [one, name])
    held: dict[str, Any] = {
        "source_rows": source_rows(study, one),
        "malformed_lines": malformed_lines(study, wanted),
        "consent": _consent(study, name),
        "last_run": _last_run(study, name),
        "runs": [run.name for run in runs(study) if name in customers_of(run)],
        "audiences": _audiences(study, Eraser(wanted, only_look=True)),
    }
    record = erasures.record_of(one)
    if record is None and not any(held.values()):
        raise DataError(UNKNOWN, fix="Is it whole, and written as in the study's tables?")
    about = {"study": study.name, "title": study.title, "decision": study.decision, "customer_id": one}
    known = {} if pseudonyms is None else {"pseudonym": name}
    erased = None if record is None else {key: record.get(key) for key in ("date", "asked_by")}
    return {**about, **known, "erased": erased, **held, "provenance": _provenance(study, name)}


def write_access(held: dict[str, Any], path: Path) -> None:
    """Write what `access` gathered to a file that only its owner can read."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        path.chmod(0o600)
        stream.write(as_json(held) + "\n")


def as_json(held: dict[str, Any]) -> str:
    """As text: dates as ISO 8601, what is missing as null."""
    return json.dumps(held, indent=1, ensure_ascii=False, default=str)


def _consent(study: Study, name: str) -> list[dict[str, Any]]:
    consent = Reading(study, connect(), {}).permit()
    if consent is None:
        return []
    rows = consent.of(name)
    return list(rows.astype("object").where(rows.notna(), None).to_dict("records"))


def _last_run(study: Study, name: str) -> dict[str, Any]:
    """What the last good run made of them; empty when there was none, or it doesn't hold them."""
    latest = study.reports / "latest"
    if not latest.exists():
        return {}
    run = study.processed / latest.resolve().name
    found = {what: row_of(run / path, name) for what, path in LAST_RUN.items()}
    return {"run": run.name, **found} if any(found.values()) else {}


def _audiences(study: Study, looking: Eraser) -> list[str]:
    looking.under(study.folder / "audiences")
    return sorted(str(path.relative_to(study.folder)) for path in {*looking.rows, *looking.removed})


def _provenance(study: Study, name: str) -> Any:
    """Where each value came from, as far as the tables can say so."""
    if "profile" not in Tables.__dataclass_fields__:
        return None
    profile = getattr(load_tables(study), "profile", None)
    if profile is None:
        return None
    explained = profile.explain(name)
    return explained.to_dict("records") if hasattr(explained, "to_dict") else explained
