"""The notebooks: short, told in prose, usable alone, and refusing what they don't know."""

import ast
import re
import subprocess
import sys

import nbformat
import pytest

from segkit.reporting.parameters import read_parameters
from segkit.reporting.runner import NOTEBOOKS
from tests.conftest import ROOT
from tests.notebook_hygiene import FOLDER, is_checked, strip, text_of

PATHS = [FOLDER / f"{name}.ipynb" for name in NOTEBOOKS]
each_notebook = pytest.mark.parametrize("path", PATHS, ids=NOTEBOOKS)


def read(path):
    return nbformat.read(path, as_version=4)


def code_of(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def prose_of(notebook):
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def test_every_notebook_is_run():
    assert sorted(FOLDER.glob("*.ipynb")) == sorted(PATHS)


@each_notebook
def test_notebooks_are_stored_clean(path):
    assert path.read_text(encoding="utf-8") == text_of(strip(read(path)))


@each_notebook
def test_a_parameters_cell_is_tagged_typed_and_commented(path):
    tagged = [cell for cell in read(path).cells if "parameters" in cell.metadata.get("tags", [])]
    assert len(tagged) == 1
    lines = tagged[0].source.splitlines()
    assert len(read_parameters(tagged[0].source)) == len(lines)
    assert all("  # " in line for line in lines)


@each_notebook
def test_notebooks_hold_no_logic(path):
    for cell in code_of(read(path)):
        assert len(cell.source.splitlines()) < 15
        nodes = ast.walk(ast.parse(cell.source))
        assert not [n for n in nodes if isinstance(n, ast.FunctionDef | ast.ClassDef | ast.For)]
        assert not re.search(r"\bprint\(|warnings\.|%pip|!pip|/home/|iloc", cell.source)


@each_notebook
def test_prose_leads_and_answers(path):
    notebook = read(path)
    kinds = "".join(cell.cell_type[0] for cell in notebook.cells)
    assert "ccc" not in kinds
    lines = sum(len(cell.source.splitlines()) for cell in code_of(notebook))
    assert len(prose_of(notebook).split()) >= 8 * lines
    assert notebook.cells[0].source.splitlines()[0].endswith("?")
    assert "## Takeaway" in prose_of(notebook)
    assert "could be wrong" in prose_of(notebook)


def test_checked_cells_have_an_output_to_check():
    checked = [cell for path in PATHS for cell in code_of(read(path)) if is_checked(cell)]
    assert len(checked) == 5
    assert all(cell.outputs for cell in checked)


@pytest.mark.slow
def test_nbval_finds_the_stored_outputs():
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--nbval-lax", "--nbval-current-env", "-p", "no:doctest",
         "--override-ini=addopts=", "-q", *map(str, PATHS)],
        cwd=ROOT, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]


def papermill(path, *arguments, cwd):
    return subprocess.run(
        [sys.executable, "-m", "papermill", str(path), "out.ipynb", "--no-progress-bar", *arguments],
        cwd=cwd, capture_output=True, text=True, timeout=600, check=False,
    )  # fmt: skip


@pytest.mark.slow
def test_03_runs_alone_by_plain_papermill_from_any_folder(tmp_path):
    done = papermill(
        PATHS[2], "-p", "study", "complete_journey", "-p", "n_boot", "10", "-p", "draw_map", "True",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    out = read(tmp_path / "out.ipynb")
    pictures = [o for cell in code_of(out) for o in cell.outputs if "image/png" in o.get("data", {})]
    assert len(pictures) == 4


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-p", "n_bots", "10"], "there is no parameter 'n_bots'. Did you mean 'n_boot'?"),
        (["-p", "k", "four"], "the parameter k is 'four', a str"),
    ],
)
def test_plain_papermill_refuses_what_the_notebook_does_not_know(tmp_path, arguments, said):
    done = papermill(PATHS[2], *arguments, cwd=tmp_path)
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.slow
@each_notebook
def test_each_notebook_runs_alone(path, tmp_path):
    """On a small study of its own, with no run folder left by another notebook."""
    from tests.reporting.conftest import make_project, make_shop, named_orders

    project = make_shop(make_project(tmp_path), named_orders())
    done = papermill(path, "-p", "study", "shop", cwd=project)
    assert done.returncode == 0, done.stderr[-3000:]
