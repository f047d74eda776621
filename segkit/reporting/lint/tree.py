"""A finished page as a tree of nodes, parsed with nothing but the standard library."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
    ]
)
SILENT = frozenset({"style", "script", "title", "desc"})
"""Elements whose text is no part of what a page says in its flow."""


@dataclass(eq=False)
class Node:
    """An element with its attributes, its parent and what it holds."""

    tag: str
    attributes: dict[str, str]
    parent: Node | None = None
    children: list[Node | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text inside, in order."""
        return "".join(part if isinstance(part, str) else part.text for part in self.children)

    def walk(self) -> Iterator[Node]:
        """The element and every element inside, in document order."""
        yield self
        for part in self.children:
            if isinstance(part, Node):
                yield from part.walk()

    def above(self) -> Iterator[Node]:
        """The element and every element around it, innermost first."""
        node: Node | None = self
        while node is not None:
            yield node
            node = node.parent

    def find(self, tag: str) -> list[Node]:
        """Every element of a kind inside."""
        return [node for node in self.walk() if node.tag == tag]

    def holding(self, attribute: str) -> list[Node]:
        """Every element inside that bears an attribute."""
        return [node for node in self.walk() if attribute in node.attributes]

    def around(self, attribute: str) -> str | None:
        """The attribute's value here, or on the nearest element around that bears it."""
        return next((n.attributes[attribute] for n in self.above() if attribute in n.attributes), None)

    def own_texts(self) -> Iterator[tuple[Node, str]]:
        """Every piece of text in the flow, with the element that it stands in."""
        for part in self.children:
            if isinstance(part, str):
                yield self, part
            elif part.tag not in SILENT:
                yield from part.own_texts()


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("#page", {})
        self.at = self.root

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, {name: value or "" for name, value in attrs}, self.at)
        self.at.children.append(node)
        if tag not in VOID:
            self.at = node

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.at.children.append(Node(tag, {name: value or "" for name, value in attrs}, self.at))

    def handle_endtag(self, tag: str) -> None:
        for node in self.at.above():
            if node.tag == tag and node.parent is not None:
                self.at = node.parent
                return

    def handle_data(self, data: str) -> None:
        self.at.children.append(data)


def parse(html: str) -> Node:
    """Parse a page.

    Examples
    --------
    >>> parse("<p>31% <b>came</b></p>").find("b")[0].text
    'came'
    """
    builder = _Builder()
    builder.feed(html)
    builder.close()
    return builder.root
