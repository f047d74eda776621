"""The right to be forgotten: a customer out of everything that a study's runs have left."""

import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from segkit.errors import DataError
from segkit.rights.carried import drop_words, outlives
from segkit.rights.erase import Eraser
from segkit.rights.held import customers_of, runs, source_rows
from segkit.rights.sought import Sought, normal_id, sought
from segkit.shown import Shown
from segkit.sources.engine import connect
from segkit.sources.erasures import FILE, Erasures, open_erasures
from segkit.sources.guard import run_keys
from segkit.sources.reading import Reading
from segkit.study import Study, load_study

UNKNOWN = "nobody with this id is in the study's tables, runs or audiences"


@dataclass(frozen=True, eq=False, repr=False)
class Erased(Shown):
    """What an erasure changed.

    Attributes
    ----------
    study : Study
    files, rows : int
        Files changed or removed; rows and cells that went.
    removed : tuple of str
        What could only be removed whole, from the study's folder on.
    before : str
        Day of an earlier erasure of the same customer; empty when this is the first.
    on_request : bool
        Else for lack of consent, which the consent table goes on telling.
    """

    study: Study
    files: int
    rows: int
    removed: tuple[str, ...] = ()
    before: str = ""
    on_request: bool = True

    @property
    def reading(self) -> str:
        """What was done, and what is left for others to do."""
        sources = ", ".join(
            Path(file).name for spec in self.study.every_table.values() for file in spec.files
        )
        whole = f" Removed whole, to be made anew: {', '.join(self.removed)}." if self.removed else ""
        if self.before and not self.files:
            return (
                f"Already erased on {self.before}: nothing of this customer was left to erase, and "
                f"later runs go on leaving them out. The sources ({sources}) aren't touched; their "
                "owner must clean them."
            )
        again = f" again, after {self.before}" if self.before else ""
        done = f"Erased{again}: {self.rows:,} rows and cells in {self.files:,} files.{whole}"
        if not self.on_request:
            return f"For lack of consent. {done}"
        return (
            f"{done} Recorded in {FILE}, without the id; later runs leave this customer out. Not "
            f"touched: the sources ({sources}), which their owner must clean, and reports, which hold "
            "aggregates only."
        )


def forget(study: Study | str | Path, customer_id: str, *, asked_by: str = "") -> Erased:
    """Erase a customer from everything that a study's runs have left, and leave them out from now on.

    Parameters
    ----------
    study : Study, str or pathlib.Path
        A loaded study, or what `load_study` takes.
    customer_id : str
        As in the study's sources, not a pseudonym.
    asked_by : str, optional
        Who asked, for the record; not the id.

    Returns
    -------
    Erased

    Raises
    ------
    DataError
        Nobody has this id; the study's rows have none; erasures are recorded under another key.
    StudyError
        The key for pseudonyms is missing.

    Notes
    -----
    Features, tables, segments, lines set aside and audiences of all runs are searched. Rows go,
    other customers' cells that speak of the customer are blanked. A run made under another key for
    pseudonyms is removed whole, since nobody can be found in it; so are segments whose model holds
    single customers' values. Each file is written beside and put into place; done twice, it changes
    nothing more. Model centres, counts and reports stay: they are aggregates.
    """
    study = study if isinstance(study, Study) else load_study(study)
    one = normal_id(study, customer_id)
    if one.casefold() in asked_by.casefold():
        raise DataError("asked_by holds the id", "who asked, without the id: the record never holds it")
    erasures = open_erasures(study)
    wanted = _wanted(study, one, erasures)
    record = erasures.record_of(one)
    if record is None and not _is_known(study, one, wanted):
        raise DataError(UNKNOWN, fix="Is it whole, and written as in the study's tables?")
    strange = _strange_runs(study, erasures)
    for run in strange:
        shutil.rmtree(run)
    eraser = Eraser(wanted).under(study.processed).under(study.folder / "audiences")
    dropped = drop_words(study) if record is None or eraser.n_files or strange else []
    gone = (*strange, *eraser.removed, *dropped)
    removed = tuple(str(path.relative_to(study.folder)) for path in gone)
    counts = {"files": eraser.n_files + len(strange), "rows": eraser.n_rows}
    if record is None or any(counts.values()):
        erasures.add(one, date=f"{datetime.now(UTC):%Y-%m-%d}", asked_by=asked_by, **counts)
    before = "" if record is None else str(record.get("date", ""))
    return Erased(study, counts["files"], counts["rows"], removed, before)


def erase_withdrawn(study: Study) -> Erased | None:
    """Erase from earlier runs everyone without consent today; None without a consent table.

    `run_study` does so before anything else, so that a withdrawal reaches what earlier runs left.
    """
    if "consent" not in study.tables:
        return None
    reading = Reading(study, connect(), {})
    reading.permit()
    folders = [*runs(study), study.folder / "audiences"]
    held = set().union(*(customers_of(run) for run in runs(study)))
    barred = {name for name in held if reading.guard.rule_for(name) is not None}
    leaving = barred | _withdrawn(reading)
    wanted = sought(study, leaving)
    eraser = Eraser(wanted)
    for folder in folders:
        eraser.under(folder)
    dropped = drop_words(study) if eraser.n_files or (leaving and outlives(study)) else []
    removed = tuple(str(path.relative_to(study.folder)) for path in (*eraser.removed, *dropped))
    return Erased(study, eraser.n_files, eraser.n_rows, removed, on_request=False)


def _withdrawn(reading: Reading) -> set[str]:
    standing = reading.guard.standing or {}
    return {name for name, status in standing.items() if status != "granted"}


def _wanted(study: Study, one: str, erasures: Erasures) -> Sought:
    """The id, and the pseudonym that it has now."""
    pseudonyms = erasures.pseudonyms
    return sought(study, [one] if pseudonyms is None else [one, pseudonyms.of(one)])


def _is_known(study: Study, one: str, wanted: Sought) -> bool:
    looked = Eraser(wanted, only_look=True).under(study.processed).under(study.folder / "audiences")
    return bool(looked.n_files) or bool(source_rows(study, one))


def _strange_runs(study: Study, erasures: Erasures) -> list[Path]:
    """Runs whose pseudonyms were made with another key: nobody can be found in them."""
    ours = "" if erasures.pseudonyms is None else erasures.pseudonyms.fingerprint
    return [study.processed / name for name, key in run_keys(study).items() if key not in {"", ours}]
