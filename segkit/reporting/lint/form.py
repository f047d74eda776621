"""What a page must have for a screen reader, a printer and a reader without a network."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from segkit.plain import HIDDEN
from segkit.reporting.lint.finding import Finding
from segkit.reporting.lint.tree import Node

NUMBER = re.compile(r"(?:[+−]|(?<!\w)-)?<?\d[\d.,]*%?")
PLACEHOLDERS = ("no description", "image", "chart", "figure", "untitled", "alt text")
LONGEST_SECRET = re.compile(r"\b[0-9a-f]{64}\b")
ADDRESS = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
OUTSIDE = re.compile(r"^(?:[a-z]+:)?//|^(?:https?|ftp|javascript|file|mailto):", re.IGNORECASE)


LANDMARKS = ("main", "nav")


def check_form(page: Node, landmarks: Sequence[str] = LANDMARKS) -> Iterator[Finding]:
    """Yield what makes a page less than self-contained, reachable and readable by everyone."""
    yield from _frame(page, landmarks)
    yield from _outline(page)
    yield from _links(page)
    yield from _safe(page)
    yield from _tables(page)
    yield from _charts(page)


def _frame(page: Node, landmarks: Sequence[str]) -> Iterator[Finding]:
    html = page.find("html")
    if not html or not html[0].attributes.get("lang"):
        yield Finding("no language", "html[lang]")
    titles = [node for node in page.find("title") if node.parent and node.parent.tag == "head"]
    if not titles or not titles[0].text.strip():
        yield Finding("no title", "head > title")
    for tag in landmarks:
        if len(page.find(tag)) != 1:
            yield Finding("landmark", f"{len(page.find(tag))} of {tag}, not one")
    policy = [n for n in page.find("meta") if "http-equiv" in n.attributes]
    if not policy or "default-src 'none'" not in policy[0].attributes.get("content", ""):
        yield Finding("no content security policy", "meta[http-equiv]")


def _outline(page: Node) -> Iterator[Finding]:
    headings = [node for node in page.walk() if re.fullmatch("h[1-6]", node.tag)]
    levels = [int(node.tag[1]) for node in headings]
    if levels.count(1) != 1:
        yield Finding("headings", f"{levels.count(1)} of h1, not one")
    for before, after in pairwise(levels):
        if after - before > 1:
            yield Finding("headings", f"h{before} is followed by h{after}")
    for node in headings:
        if not node.text.strip():
            yield Finding("empty heading", node.tag)


def _links(page: Node) -> Iterator[Finding]:
    ids = Counter(node.attributes["id"] for node in page.holding("id"))
    for name, count in ids.items():
        if count > 1:
            yield Finding("id used twice", name)
    for link in page.find("a"):
        target = link.attributes.get("href", "")
        if target.startswith("#") and target[1:] not in ids:
            yield Finding("link to nowhere", target)
        if not link.text.strip():
            yield Finding("empty link", target)


def _safe(page: Node) -> Iterator[Finding]:
    for node in page.walk():
        if node.tag in {"script", "iframe", "object", "embed", "form", "link", "base"}:
            yield Finding("forbidden element", node.tag)
        for name, value in node.attributes.items():
            if name.startswith("on"):
                yield Finding("script in an attribute", f"{node.tag}[{name}]")
            if name in {"href", "src", "xlink:href", "action"} and OUTSIDE.match(value.strip()):
                yield Finding("link to the outside", value)
    text = " ".join(piece for _, piece in page.own_texts())
    if LONGEST_SECRET.search(text):
        yield Finding("a hash in the text", LONGEST_SECRET.search(text)[0][:8])  # type: ignore[index]
    if HIDDEN.search(text):
        yield Finding("a hidden character in the text", repr(HIDDEN.search(text)[0]))  # type: ignore[index]
    if ADDRESS.search(text):
        yield Finding("an e-mail address in the text", "not shown here")


def _tables(page: Node) -> Iterator[Finding]:
    for table in page.find("table"):
        if not table.find("caption") or not table.find("caption")[0].text.strip():
            yield Finding("table without caption", table.text.strip()[:40])
        for head in table.find("th"):
            if head.attributes.get("scope") not in {"col", "row"}:
                yield Finding("table head without scope", head.text.strip())
    for node in page.walk():
        if node.attributes.get("role") == "region" and not node.attributes.get("aria-label"):
            yield Finding("region without a name", node.tag)


def _charts(page: Node) -> Iterator[Finding]:
    titles: Counter[str] = Counter()
    said: Counter[str] = Counter()
    words = " ".join(node.text for node in [*page.holding("data-from"), *page.holding("data-name")])
    for chart in page.find("svg"):
        if chart.attributes.get("aria-hidden") == "true":
            continue
        title, desc = (" ".join(n.text for n in chart.find(tag)) for tag in ("title", "desc"))
        titles[title] += 1
        said[desc] += 1
        if not title.strip() or title.strip().lower() in PLACEHOLDERS:
            yield Finding("chart without a title", title)
        if not any(character.isdigit() for character in desc):
            yield Finding("chart described without a number", title)
        shown = {node.text for node in chart.holding("data-fact")}
        for number in (found.rstrip(".,") for found in NUMBER.findall(desc)):
            if not any(one.endswith(number) for one in shown) and number not in words:
                yield Finding("number only in a description", f"{number} of {title!r}")
    for image in page.find("img"):
        alt = image.attributes.get("alt", "").strip()
        if not alt or alt.lower() in PLACEHOLDERS:
            yield Finding("image without a text", alt)
    for text, count in (titles + said).items():
        if count > 1:
            yield Finding("two charts with one text", text)
