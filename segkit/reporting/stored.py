"""An executed notebook as it is stored: in the study's words, harmless, no trace of the machine."""

import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from segkit.plain import visible, worded

PARAGRAPH = re.compile(r"<p\b[^>]*>.*?</p>", re.DOTALL)


def stored(notebook: NotebookNode, study: str, words: Mapping[str, str]) -> NotebookNode:
    """Make an executed notebook fit to be kept and mailed.

    Parameters
    ----------
    notebook : NotebookNode
        Changed in place.
    study : str
        As the runner was given it; of a path only the last folder stays.
    words : dict of str to str
        What customers are called: prose and the readings of results say so, code and tables don't
        change.

    Returns
    -------
    NotebookNode
        Without papermill's paths and clock times; characters that nobody sees are made visible.
    """
    notebook.metadata.pop("papermill", None)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.source = cell.source.replace(json.dumps(study), json.dumps(Path(study).name))
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if cell.cell_type == "markdown":
            cell.source = worded(cell.source, words)
        for output in cell.get("outputs", []):
            _tell(output, words)
    return notebook


def _tell(output: NotebookNode, words: Mapping[str, str]) -> None:
    if "text" in output:
        output["text"] = visible("".join(output["text"]))
    data = output.get("data", {})
    is_section = any(
        mime.startswith("application/vnd.segkit") for mime in data
    )  # the report's own, in the study's words already
    for mime, content in data.items():
        data[mime] = _everywhere(content, visible)
        if mime == "text/markdown":
            data[mime] = worded(data[mime], words)
        elif mime == "text/html" and not is_section:
            data[mime] = PARAGRAPH.sub(lambda found: worded(found.group(), words), data[mime])


def _everywhere(content: Any, told: Callable[[str], str]) -> Any:
    """Every text in what a result shows: one, several lines, or a mapping of them."""
    if isinstance(content, str):
        return told(content)
    if isinstance(content, list):
        return told("".join(map(str, content)))
    if isinstance(content, dict):
        return {told(str(name)): _everywhere(part, told) for name, part in content.items()}
    return content
