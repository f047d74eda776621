"""An executed report notebook -> one HTML file: no script, no request, nothing but its sections.

nbconvert isn't used here: the page shows sections, not cells, and picks them from the outputs by
their MIME type, which takes a loop instead of a template that has to undo nbconvert's own.
"""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from segkit.errors import RunError, SegkitError
from segkit.plain import ANSI, visible
from segkit.reporting.rendering import style, templates
from segkit.reporting.sections import FRAGMENT
from segkit.sources.values import shape_of
from segkit.study import project_root

SECTION = re.compile(r'<section id="([\w-]+)" data-nav="([^"]*)"')
PRINT_MARK = (
    '@page{@bottom-left{content:"segkit %s";font:8pt sans-serif}'
    '@bottom-right{content:counter(page)" of "counter(pages);font:8pt sans-serif}}'
)
"""What stands at the foot of each printed page; the report itself may be torn from its folder."""
VALUE = re.compile(
    r"'[^'\n]*'|\"[^\"\n]*\"|\([^()\n]*\)|\[[^\[\]\n]*\]|\S*@\S*|\S*\d{4}\S*|(?<=: )[^:\n]+$"
)
"""What a foreign message may quote: in quotes or brackets, with an @, many digits, or at its end."""
MESSAGE = re.compile(r"^(\w+(?:Error|Exception|Warning)): (.*)$", re.MULTILINE)


def report_page(
    notebook: NotebookNode,
    *,
    title: str,
    run_line: str,
    mark: str = "",
    pages: Sequence[tuple[str, str]] = (),
) -> str:
    """Put the sections that a report notebook shows onto one page.

    Parameters
    ----------
    notebook : NotebookNode
        Executed.
    title : str
        The page's title.
    run_line : str
        The one line that differs between two runs of the same inputs.
    mark : str
        Of letters and digits, printed on every page of paper.
    pages : sequence of (str, str)
        Address and title of the analysts' pages beside this one.
    """
    fragments = [Markup(html) for html in _fragments(notebook)]
    if not fragments:
        raise RunError("the report notebook shows no section", "cells that end in `report.<section>`")
    page = templates().get_template("page.html")
    html = page.render(
        title=title,
        style=Markup(style()),
        print_mark=Markup(PRINT_MARK % re.sub(r"\W", "", mark)),
        contents=[found for html in fragments for found in SECTION.findall(html)],
        fragments=fragments,
        run_line=run_line,
        pages=pages,
    )
    return visible(html)


def failed_page(notebook: str, failure: Any, report: str = "") -> str:
    """The page of a failed run: the cause first, then the cell and its traceback.

    Parameters
    ----------
    notebook : str
        Its name.
    failure : papermill.PapermillExecutionError
    report : str
        Address of the last good report, where there is one.
    """
    return visible(
        templates()
        .get_template("failed.html")
        .render(
            notebook=notebook,
            cell=failure.exec_count,
            cause=cause_of(failure),
            source=failure.source,
            traceback=_without_folders(_without_values(failure)),
            style=Markup(style()),
            report=report,
        )
    )


def cause_of(failure: Any) -> str:
    """What went wrong, in one line: a message of segkit's own as it is, another without its values.

    Parameters
    ----------
    failure : papermill.PapermillExecutionError
    """
    return f"{failure.ename}: {_said(failure.ename, failure.evalue)}"


def _said(name: str, message: str) -> str:
    """Libraries quote the values they stumble over; segkit's own errors never do."""
    ours: list[type[SegkitError]] = [SegkitError, *SegkitError.__subclasses__()]
    if name in {one.__name__ for one in ours}:
        return message
    return VALUE.sub(lambda found: shape_of(found.group()), message)


def _without_values(failure: Any) -> str:
    """The traceback, with the form of what foreign messages quote: also of the causes behind it."""
    text = ANSI.sub("", "\n".join(failure.traceback))
    text = text.replace(failure.evalue, _said(failure.ename, failure.evalue))
    return MESSAGE.sub(lambda found: f"{found[1]}: {_said(found[1], found[2])}", text)


def refused_page(error: RunError, report: str = "") -> str:
    """The page of a run whose report the lint refuses: what it found."""
    page = templates().get_template("failed.html")
    return visible(
        page.render(
            notebook="report", cell=None, cause=error.arrived, source="", traceback=str(error),
            style=Markup(style()), report=report,
        )
    )  # fmt: skip


def _without_folders(text: str) -> str:
    """Paths as seen from the project and from the environment, not from this machine."""
    package = Path(__file__).resolve().parents[2]
    for folder in (sys.prefix, sys.base_prefix, package, project_root(), Path.home()):
        text = text.replace(f"{folder}/", "")
    return text


def _fragments(notebook: NotebookNode) -> list[str]:
    return [
        "".join(output["data"][FRAGMENT])
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("data", {}).get(FRAGMENT)
    ]
