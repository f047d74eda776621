"""Notebooks are stored without outputs, but for cells whose output nbval checks: `make format`."""

from pathlib import Path

import nbformat
from nbformat import NotebookNode

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"
CHECKED = "nbval-check-output"
COUNT = 1
"""nbval takes a cell without a count for one that was never run, and refuses its outputs."""


def is_checked(cell: NotebookNode) -> bool:
    return CHECKED in cell.metadata.get("tags", [])


def strip(notebook: NotebookNode) -> NotebookNode:
    """Remove outputs and counts, except of checked cells, and what editors leave behind."""
    notebook.metadata = {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
    for cell in notebook.cells:
        cell.metadata = {"tags": cell.metadata["tags"]} if cell.metadata.get("tags") else {}
        if cell.cell_type == "code":
            cell.execution_count, cell.outputs = None, cell.outputs if is_checked(cell) else []
        if cell.get("outputs"):
            cell.execution_count = COUNT
            for output in cell.outputs:
                output.execution_count = COUNT
    return notebook


def text_of(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook, version=4) + "\n"


if __name__ == "__main__":
    for path in sorted(FOLDER.glob("*.ipynb")):
        path.write_text(text_of(strip(nbformat.read(path, as_version=4))), encoding="utf-8")
