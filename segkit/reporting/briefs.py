"""A page per segment that a copywriter can take away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from nbformat import NotebookNode

from segkit.features.dictionary import slug
from segkit.personas.cards import Card
from segkit.plain import visible
from segkit.reporting.rendering import in_notebook, render, style
from segkit.reporting.workspace import Run

BRIEFS = "application/vnd.segkit.briefs+json"
"""MIME type of briefs by file name, which the runner picks up."""


@dataclass(frozen=True)
class Briefs:
    """A message brief per segment.

    Attributes
    ----------
    pages : dict of str to str
        File name without its ending -> the brief as an HTML fragment.
    """

    pages: Mapping[str, str]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, Any]:
        shown = "".join(
            f"<details><summary>{name}</summary>{page}</details>" for name, page in self.pages.items()
        )
        plain = f"{len(self.pages)} message briefs"
        return {BRIEFS: dict(self.pages), "text/html": in_notebook(shown), "text/plain": plain}


def brief_names(cards: list[Card]) -> dict[str, str]:
    """File name of each segment's brief, by key: safe on any disk, no two alike.

    Examples
    --------
    >>> from types import SimpleNamespace as Card
    >>> brief_names([Card(key="high-fuel-1c9e"), Card(key="A/B"), Card(key="a b")])
    {'high-fuel-1c9e': 'high-fuel-1c9e', 'A/B': 'a-b', 'a b': 'a-b-2'}
    """
    names: dict[str, str] = {}
    for card in cards:
        plain = slug(card.key).replace("_", "-")[:60]
        name, place = plain, 1
        while name in names.values():
            place += 1
            name = f"{plain}-{place}"
        names[card.key] = name
    return names


def brief_fragments(run: Run) -> dict[str, str]:
    """Each segment's brief, by file name."""
    words = run.study.words
    names = brief_names(run.personas.cards)
    return {
        names[card.key]: render(
            "brief",
            card=card,
            notes=card.notes,
            study=run.study,
            words=words,
            structure=run.segments.structure,
        )
        for card in run.personas.cards
    }


def brief_pages(notebook: NotebookNode) -> dict[str, str]:
    """The briefs that an executed report notebook shows, each as a page of its own."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    shown = [entry for output in outputs for entry in output.get("data", {}).get(BRIEFS, {}).items()]
    return {
        name: visible(
            render(
                "brief_page", title=f"Message brief, {name}", style=Markup(style()), brief=Markup(html)
            )
        )
        for name, html in shown
    }
