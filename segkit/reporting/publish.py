"""A finished run -> its report, briefs and analyst pages, put into place whole or not at all."""

import json
import os
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat

from segkit.errors import RunError
from segkit.personas.review import is_passed, said_day
from segkit.reporting.analyst import address_of, analyst_page, title_of
from segkit.reporting.briefs import brief_pages
from segkit.reporting.kept import NAMES, keep_identity
from segkit.reporting.lint.page import read_facts, require_clean
from segkit.reporting.page import refused_page, report_page
from segkit.reporting.workspace import Run
from segkit.rights.forget import Erased

REPORT = "report.html"
PACKAGES = (
    "segkit",
    "pandas",
    "numpy",
    "scipy",
    "scikit-learn",
    "duckdb",
    "ibis-framework",
    "papermill",
)


@dataclass(frozen=True)
class Folders:
    """Where a run works, and where its result goes.

    Attributes
    ----------
    working, target, private : pathlib.Path
        Hidden beside the target; the run's reports; its customer-level results.
    """

    working: Path
    target: Path
    private: Path


def last_good(reports: Path) -> str:
    """Address of the last good report, seen from its folder."""
    return f"latest/{REPORT}" if (reports / "latest" / REPORT).is_file() else ""


def publish(
    run: Run,
    folders: Folders,
    given: Mapping[str, Any],
    started: datetime,
    seconds: dict[str, float],
    withdrawn: Erased | None,
) -> None:
    """Write the page and the run's record, then put the folder into place."""
    study = run.study
    notebook = nbformat.read(folders.working / "report.ipynb", as_version=4)
    line = f"Run of {started:%Y-%m-%d %H:%M} UTC, {sum(seconds.values()):.0f} seconds."
    if is_passed(study.review_by, f"{started:%Y-%m-%d}"):
        line += f" The segments were to be reviewed by {said_day(study.review_by)}."
    facts = (folders.private / "facts" / "facts.json").read_text(encoding="utf-8")
    names = json.loads((folders.private / "facts" / NAMES).read_text(encoding="utf-8"))
    mark = run.fingerprint[:12]
    pages = _write_analyst_pages(folders.working, line)
    page = report_page(notebook, title=study.title, run_line=line, mark=mark, pages=pages)
    briefs = brief_pages(notebook)
    try:
        require_clean(page, read_facts(facts), names)
        for brief in briefs.values():
            require_clean(brief, read_facts(facts), names, what="brief", landmarks=("main",))
    except RunError as error:
        failed = study.reports / "report.failed.html"
        failed.write_text(refused_page(error, last_good(study.reports)), encoding="utf-8")
        raise
    (folders.working / REPORT).write_text(page, encoding="utf-8")
    _write_briefs(briefs, folders.working / "briefs")
    (folders.working / "facts.json").write_text(facts, encoding="utf-8")
    record = {
        "study": study.name,
        "run": run.name,
        "as_of": study.as_of,
        "parameters": {**study.parameters, **given},
        "inputs_sha256": run.inputs,
        "fingerprint": run.fingerprint,
        "segments": names,
        "versions": {"python": platform.python_version()} | {name: version(name) for name in PACKAGES},
        "started": f"{started:%Y-%m-%dT%H:%M:%SZ}",
        "seconds": seconds,
    }
    if withdrawn is not None:
        record["erased_without_consent"] = {"files": withdrawn.files, "rows": withdrawn.rows}
    (folders.working / "run.json").write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    os.replace(folders.working, folders.target)
    keep_identity(study, folders.private)


def _write_briefs(pages: Mapping[str, str], folder: Path) -> None:
    folder.mkdir()
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")


def _write_analyst_pages(folder: Path, run_line: str) -> list[tuple[str, str]]:
    """Write every notebook but the report's as a page; return their addresses and titles."""
    files = [file for file in sorted(folder.glob("*.ipynb")) if file.stem != "report"]
    notebooks = {file.stem: nbformat.read(file, as_version=4) for file in files}
    pages = [(address_of(name), title_of(notebook)) for name, notebook in notebooks.items()]
    for (address, _), (name, notebook) in zip(pages, notebooks.items(), strict=True):
        html = analyst_page(notebook, name=name, pages=pages, run_line=run_line)
        (folder / address).write_text(html, encoding="utf-8")
    return pages


def point_latest(target: Path) -> None:
    """Let `latest` point to a run, in one step."""
    fresh = target.parent / f".latest-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.name, target_is_directory=True)
    os.replace(fresh, target.parent / "latest")
