"""An executed notebook as a page in the report's look: prose and results first, code folded away."""

import html
import re
from collections.abc import Iterator, Sequence

import mistune
from markupsafe import Markup
from nbformat import NotebookNode

from segkit.plain import ANSI, visible
from segkit.reporting.lint.tree import VOID, Node, parse
from segkit.reporting.rendering import style, templates

KEPT = frozenset(
    {
        "table", "thead", "tbody", "tfoot", "tr", "th", "td", "caption", "p", "ul", "ol", "li", "dl",
        "dt", "dd", "div", "span", "b", "i", "em", "strong", "code", "pre", "br", "h2", "h3", "h4",
        "small", "sup", "sub", "hr",
    }
)  # fmt: skip
"""Elements of a result that the page shows; of others only the text, of style and script nothing."""
DROPPED = frozenset({"style", "script", "template", "title", "head"})
ATTRIBUTES = frozenset({"colspan", "rowspan", "scope"})
MARKDOWN = mistune.create_markdown(escape=True, plugins=["table", "strikethrough"])
PARTS = re.compile(r"(?<=[.?])\s")


def analyst_page(
    notebook: NotebookNode, *, name: str, pages: Sequence[tuple[str, str]], run_line: str
) -> str:
    """Turn an executed notebook into a page without script or request.

    Parameters
    ----------
    notebook : NotebookNode
    name : str
        Its file's name, without the ending.
    pages : sequence of (str, str)
        Address and title of all analysts' pages, this one among them.
    run_line : str
        The line that differs between two runs.

    Notes
    -----
    Markdown and HTML in results are rebuilt from a short list of elements; a script, a link or a
    picture in them ends as text or not at all.
    """
    cells = [cell for cell in notebook.cells if cell.source.strip()]
    title, _, rest = cells[0].source.partition("\n")
    blocks = [Markup(_markdown(rest))] if rest.strip() else []
    above = title
    for place, cell in enumerate(cells[1:], start=1):
        if cell.cell_type == "markdown":
            blocks.append(Markup(_markdown(cell.source)))
            above = cell.source
        elif cell.cell_type == "code":
            blocks.append(_code(cell.source))
            blocks += _results(cell, f"{name}, step {place}", above)
    page = templates().get_template("analyst.html")
    return visible(
        page.render(
            title=title_of(notebook), blocks=blocks, pages=pages, here=address_of(name),
            run_line=run_line, style=Markup(style()),
        )
    )  # fmt: skip


def address_of(name: str) -> str:
    """File name of a notebook's page: of 01_explore 01.html."""
    return f"{name[:2]}.html"


def title_of(notebook: NotebookNode) -> str:
    """The question at the top of a notebook."""
    return str(notebook.cells[0].source.partition("\n")[0].lstrip("# "))


def _markdown(text: str) -> str:
    return _rebuilt(str(MARKDOWN(text)))


def _code(source: str) -> Markup:
    return Markup("<details><summary>Code</summary><pre>{}</pre></details>").format(source)


def _results(cell: NotebookNode, where: str, above: str) -> Iterator[Markup]:
    for place, output in enumerate(cell.get("outputs", [])):
        data = output.get("data", {})
        if "image/png" in data:
            yield _picture(data["image/png"], f"{where}.{place + 1}", above)
        elif "text/html" in data:
            label = f"Result of {where}.{place + 1}"
            yield Markup(
                '<div class="scroll result" tabindex="0" role="region" aria-label="{}">{}</div>'
            ).format(label, Markup(_rebuilt("".join(data["text/html"]))))
        elif "text/markdown" in data:
            yield Markup('<div class="result">{}</div>').format(
                Markup(_markdown("".join(data["text/markdown"])))
            )
        elif text := ANSI.sub("", "".join(data.get("text/plain", output.get("text", "")))):
            yield Markup(
                '<div class="scroll result" tabindex="0" role="region" aria-label="{}">'
                "<pre>{}</pre></div>"
            ).format(f"Output of {where}.{place + 1}", text)


def _picture(encoded: str, where: str, above: str) -> Markup:
    """A chart, described by the prose that introduces it."""
    prose = re.sub(r"^#+ .*$", "", above, flags=re.MULTILINE).strip() or above.lstrip("# ")
    said = PARTS.split(re.sub(r"[*_`]", "", prose))[0]
    return Markup(
        '<figure class="result"><img alt="Chart in {}: {}" src="data:image/png;base64,{}"></figure>'
    ).format(where, said, "".join(encoded.split()))


def _rebuilt(text: str) -> str:
    """HTML made anew from the elements that are kept, with heads of tables that say what they head."""
    return "".join(_part(part) for part in parse(text).children)


def _part(part: Node | str) -> str:
    if isinstance(part, str):
        return html.escape(part)
    if part.tag in DROPPED:
        return ""
    inner = "".join(_part(child) for child in part.children)
    if part.tag not in KEPT:
        return inner
    kept = {name: value for name, value in part.attributes.items() if name in ATTRIBUTES}
    if part.tag == "th":
        kept["scope"] = "col" if any(node.tag == "thead" for node in part.above()) else "row"
    tag, said = part.tag, "".join(f' {name}="{html.escape(value)}"' for name, value in kept.items())
    if tag == "th" and not inner.strip():
        tag, said = "td", ""
    return f"<{tag}{said}>" if tag in VOID else f"<{tag}{said}>{inner}</{tag}>"
