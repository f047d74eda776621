"""Run a study's notebooks into a report: whole, or not at all."""

import json
import logging
import os
import platform
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

# jsonschema, which nbformat imports, spends four seconds on a grammar for a format (IRIs) that no
# notebook has; it does without when the grammar's package can't be imported.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
import papermill
from jupyter_client.manager import KernelManager
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from segkit.errors import ParameterError, RunError
from segkit.reporting.analyst import analyst_page, title_of
from segkit.reporting.briefs import brief_pages
from segkit.reporting.lint.page import read_facts, require_clean
from segkit.reporting.page import cause_of, failed_page, refused_page, report_page
from segkit.reporting.parameters import Parameter, check_parameters, read_parameters
from segkit.reporting.rendering import style, templates
from segkit.reporting.workspace import NAMES, Run, open_run
from segkit.rights.forget import Erased, erase_withdrawn
from segkit.study import Study, load_study, project_root

NOTEBOOKS = ("01_explore", "02_features", "03_segment", "04_personas", "report")
REPORT = "report.html"
RUNNERS_OWN = frozenset({"study", "as_of", "run"})
CELL_SECONDS = 3_600
KERNEL = "python3"
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
class _Folders:
    """Where a run works, and where its result goes."""

    working: Path
    target: Path
    private: Path


def run_study(
    study: str | Path,
    *,
    as_of: str | None = None,
    parameters: Mapping[str, Any] | None = None,
    progress: bool = True,
) -> Path:
    """Run a study's notebooks, one after the other, into a segment report.

    Parameters
    ----------
    study : str or pathlib.Path
        A name under data/, or a path.
    as_of : str, optional
        Another reference date than the study's, YYYY-MM-DD.
    parameters : dict, optional
        Values for the notebooks' parameters, by name.
    progress : bool, default True
        Show a bar per notebook on the terminal.

    Returns
    -------
    pathlib.Path
        The report: reports/<study>/<run>/report.html, which `latest` now points to.

    Raises
    ------
    ParameterError
        A parameter that no notebook has, or of a wrong type; nothing has run then.
    RunError
        A notebook failed. `reports/<study>/<notebook>.failed.html` says why; the last good report
        is untouched.

    Notes
    -----
    Where the study has a consent table, whoever has no consent today is first erased from what
    earlier runs left. The run works in a hidden folder beside its target and is renamed into place
    when every notebook has passed, so that an interrupted or killed run leaves no half of a report.
    """
    given = dict(parameters or {})
    loaded = load_study(study).with_choices(as_of=as_of)
    known = {name: notebook_parameters(name) for name in NOTEBOOKS}
    refuse_unknown(given, known)
    started = datetime.now(UTC)
    loaded.with_choices(**{name: value for name, value in given.items() if name in loaded.parameters})
    withdrawn = erase_withdrawn(loaded)
    run = open_run(loaded, run=f"{started:%Y-%m-%dT%H%M%S}-{os.getpid()}")
    folders = _prepare(loaded, run.name)
    choices = given | {"study": str(study), "as_of": loaded.as_of, "run": run.name}
    try:
        with _kernel() as kernel:
            seconds = {
                name: _execute(name, known[name], choices, folders, kernel, progress)
                for name in NOTEBOOKS
            }
        _finish(run, folders, given, started, seconds, withdrawn)
    finally:
        shutil.rmtree(folders.working, ignore_errors=True)
        if not folders.target.exists():
            shutil.rmtree(folders.private, ignore_errors=True)
    _point_latest(folders.target)
    return folders.target / REPORT


def notebook_parameters(name: str) -> dict[str, Parameter]:
    """Parameters of one of segkit's notebooks, from its cell tagged `parameters`."""
    notebook = nbformat.read(_notebook(name), as_version=4)
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            return read_parameters(cell.source)
    raise ParameterError(f"the notebook {name} has no cell tagged 'parameters'")


def refuse_unknown(given: Mapping[str, Any], known: Mapping[str, Mapping[str, Parameter]]) -> None:
    """Refuse parameters that no notebook has, or that only the runner may set."""
    own = sorted(RUNNERS_OWN & set(given))
    if own:
        raise ParameterError(f"'{own[0]}' is not set with -p", fix="Use the command's own options")
    every = {name: one for of_notebook in known.values() for name, one in of_notebook.items()}
    check_parameters(given, {name: one for name, one in every.items() if name not in RUNNERS_OWN})


def _notebook(name: str) -> Path:
    path = project_root() / "notebooks" / f"{name}.ipynb"
    if not path.is_file():
        raise RunError(f"there is no notebook {name}.ipynb", "segkit's notebooks/ beside data/")
    return path


def _prepare(study: Study, name: str) -> _Folders:
    study.reports.mkdir(parents=True, exist_ok=True)
    for left in study.reports.glob(".working-*"):
        if not _is_alive(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left)
            shutil.rmtree(study.processed / left.name.removeprefix(".working-"), ignore_errors=True)
    working = study.reports / f".working-{name}"
    working.mkdir()
    return _Folders(working, study.reports / name, study.processed / name)


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _execute(
    name: str,
    known: Mapping[str, Parameter],
    choices: Mapping[str, Any],
    folders: _Folders,
    kernel: KernelManager,
    progress: bool,
) -> float:
    """Run one notebook; return the seconds it took."""
    # parameters are checked here; papermill can't read `int | None` and would warn of it as unknown
    logging.getLogger("papermill").setLevel(logging.ERROR)
    started, output = time.perf_counter(), folders.working / f"{name}.ipynb"
    try:
        _forget(kernel)
        executed = papermill.execute_notebook(
            str(_notebook(name)),
            str(output),
            {key: value for key, value in choices.items() if key in known},
            kernel_name=KERNEL,
            km=kernel,
            execution_timeout=CELL_SECONDS,
            progress_bar={"desc": f"{name:<12}", "unit": "cell"} if progress else False,
        )
    except PapermillExecutionError as failure:
        page = folders.working.parent / f"{name}.failed.html"
        page.write_text(failed_page(name, failure, _last_good(page.parent)), encoding="utf-8")
        raise RunError(
            f"{name} failed: {cause_of(failure)}",
            fix=f"{page} says where; the last good report is untouched",
        ) from None
    nbformat.write(_without_traces(executed, str(choices["study"])), output)
    (folders.working.parent / f"{name}.failed.html").unlink(missing_ok=True)
    return round(time.perf_counter() - started, 1)


@contextmanager
def _kernel() -> Iterator[KernelManager]:
    """One kernel for all notebooks of a run: starting and importing five times costs more than most.

    It talks over IPC, since papermill warns of TCP, and draws no progress bars into the notebooks.
    """
    kernel = KernelManager(kernel_name=KERNEL, transport="ipc")
    kernel.start_kernel(env={**os.environ, "SEGKIT_QUIET": "1"})
    try:
        yield kernel
    finally:
        kernel.shutdown_kernel(now=True)


def _forget(kernel: KernelManager) -> None:
    """Empty the kernel's namespace and history, so that no notebook leans on the one before."""
    client = kernel.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        reset = "get_ipython().reset(new_session=True)"
        client.execute_interactive(reset, silent=True, store_history=False, timeout=60)
    finally:
        client.stop_channels()


def _last_good(reports: Path) -> str:
    """Address of the last good report, seen from its folder."""
    return f"latest/{REPORT}" if (reports / "latest" / REPORT).is_file() else ""


def _without_traces(notebook: NotebookNode, study: str) -> NotebookNode:
    """Drop papermill's paths and clock times, and the folders above the study."""
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(json.dumps(study), json.dumps(Path(study).name))
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
    return notebook


def _finish(
    run: Run,
    folders: _Folders,
    given: Mapping[str, Any],
    started: datetime,
    seconds: dict[str, float],
    withdrawn: Erased | None,
) -> None:
    """Write the page and the run's record, then put the folder into place."""
    study = run.study
    notebook = nbformat.read(folders.working / "report.ipynb", as_version=4)
    line = f"Run of {started:%Y-%m-%d %H:%M} UTC, {sum(seconds.values()):.0f} seconds."
    facts = (folders.private / "facts" / "facts.json").read_text(encoding="utf-8")
    names = json.loads((folders.private / "facts" / NAMES).read_text(encoding="utf-8"))
    mark = run.fingerprint[:12]
    pages = _write_analyst_pages(folders.working, line)
    page = report_page(notebook, title=study.title, run_line=line, mark=mark, pages=pages)
    try:
        require_clean(page, read_facts(facts), names)
    except RunError as error:
        failed = study.reports / "report.failed.html"
        failed.write_text(refused_page(error, _last_good(study.reports)), encoding="utf-8")
        raise
    (folders.working / REPORT).write_text(page, encoding="utf-8")
    _write_briefs(notebook, folders.working / "briefs")
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


def _write_briefs(notebook: NotebookNode, folder: Path) -> None:
    folder.mkdir()
    pages = brief_pages(notebook, templates=templates(), style=style())
    for name, page in pages.items():
        (folder / f"{name}.html").write_text(page, encoding="utf-8")


def _write_analyst_pages(folder: Path, run_line: str) -> list[tuple[str, str]]:
    """Write every notebook but the report's as a page; return their addresses and titles."""
    names = [name for name in NOTEBOOKS if name != "report"]
    notebooks = {name: nbformat.read(folder / f"{name}.ipynb", as_version=4) for name in names}
    pages = [(f"{name[:2]}.html", title_of(notebook)) for name, notebook in notebooks.items()]
    for (address, _), (name, notebook) in zip(pages, notebooks.items(), strict=True):
        html = analyst_page(notebook, name=name, pages=pages, run_line=run_line)
        (folder / address).write_text(html, encoding="utf-8")
    return pages


def _point_latest(target: Path) -> None:
    """Let `latest` point to a run, in one step."""
    fresh = target.parent / f".latest-{os.getpid()}"
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.name, target_is_directory=True)
    os.replace(fresh, target.parent / "latest")
