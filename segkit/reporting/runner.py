"""Run a study's notebooks into a report: whole, or not at all."""

import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

# jsonschema, which nbformat imports, spends four seconds on a grammar for a format (IRIs) that no
# notebook has; it does without when the grammar's package can't be imported.
sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]

import nbformat
import papermill
from jupyter_client.manager import KernelManager
from papermill.exceptions import PapermillExecutionError

from segkit.errors import ParameterError, RunError
from segkit.reporting.page import cause_of, failed_page
from segkit.reporting.parameters import Parameter, check_parameters, read_parameters
from segkit.reporting.publish import REPORT, Folders, last_good, point_latest, publish
from segkit.reporting.stored import stored
from segkit.reporting.workspace import open_run
from segkit.rights.carried import drop_unfinished
from segkit.rights.forget import erase_withdrawn
from segkit.study import Study, load_study, project_root

NOTEBOOKS = ("01_explore", "02_features", "03_segment", "04_personas", "report")
RUNNERS_OWN = frozenset({"study", "as_of", "run"})
CELL_SECONDS = 3_600
KERNEL = "python3"


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
                name: _execute(name, known[name], choices, loaded.words, folders, kernel, progress)
                for name in NOTEBOOKS
            }
        publish(run, folders, given, started, seconds, withdrawn)
    finally:
        shutil.rmtree(folders.working, ignore_errors=True)
        if not folders.target.exists():
            shutil.rmtree(folders.private, ignore_errors=True)
    point_latest(folders.target)
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


def _prepare(study: Study, name: str) -> Folders:
    drop_unfinished(study)
    study.reports.mkdir(parents=True, exist_ok=True)
    for left in study.reports.glob(".working-*"):
        if not _is_alive(int(left.name.rpartition("-")[2])):
            shutil.rmtree(left)
            shutil.rmtree(study.processed / left.name.removeprefix(".working-"), ignore_errors=True)
    working = study.reports / f".working-{name}"
    working.mkdir()
    return Folders(working, study.reports / name, study.processed / name)


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
    words: Mapping[str, str],
    folders: Folders,
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
        page.write_text(failed_page(name, failure, last_good(page.parent)), encoding="utf-8")
        raise RunError(
            f"{name} failed: {cause_of(failure)}",
            fix=f"{page} says where; the last good report is untouched",
        ) from None
    nbformat.write(stored(executed, str(choices["study"]), words), output)
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
