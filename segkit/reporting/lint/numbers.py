"""The number guarantee: every figure on a page is a fact's, and stands where that fact belongs."""

import math
import re
from collections.abc import Iterator, Mapping

from segkit.disclosure import base_shown
from segkit.personas.cards import said
from segkit.personas.facts import NO_BREAK, OF_THE_SEGMENT, Fact, owner_of
from segkit.reporting.lint.finding import Finding
from segkit.reporting.lint.tree import Node

SOURCES = frozenset({"study", "segkit", "check", "analyst"})
"""Whose words a text may be other than computed: study.yaml and its data, the library's own fixed
texts and constants, the notes of the data check, an analyst."""
PROSE = frozenset({"p", "li", "dd"})
BANNED = (
    "because", "drives", "causes", "wants", "loves", "cares", "prefers", "feels", "likely", "tends",
    "he", "she", "his", "her",
)  # fmt: skip
SENTENCE = re.compile(r"(?<=[.!?])\s+")
DIRECTION = re.compile(r"\b(slightly|clearly|much) (higher|lower)\b")
WEIGHTED = re.compile(r"\bweighted\b", re.IGNORECASE)
MARK = "\N{OBJECT REPLACEMENT CHARACTER}"


def check_numbers(page: Node, facts: Mapping[str, Fact], names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what breaks the number guarantee, rule by rule."""
    body = (page.find("body") or [page])[0]
    for node in body.holding("data-fact"):
        yield from _tagged(node, facts)
        yield from _placed(node, names)
        yield from _weighted(node, facts)
    yield from _bare_digits(body)
    for node in body.holding("data-from"):
        if node.attributes["data-from"] not in SOURCES:
            yield Finding("unknown source of a text", node.attributes["data-from"])
    for node in body.holding("data-computed"):
        yield from _sentences(node)
    yield from _unmarked_prose(body)
    for node in body.holding("data-name"):
        key = node.attributes["data-name"]
        if names.get(key) != node.text:
            yield Finding("wrong segment name", f"{node.text!r} stands for {key!r}")
        owner = node.around("data-segment") or key
        if node.tag != "b" and owner != key:
            yield Finding("a row of another segment", f"{key} within {owner}")
    for node in body.holding("data-says"):
        yield from _direction(node, facts, names)


def check_bases(facts: Mapping[str, Fact], names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield figures whose base tells of the few of a segment who lack a value."""
    for fact in facts.values():
        size = facts.get(f"{owner_of(fact.id, names)}/size/customers")
        if size is None or size.is_withheld or not fact.base.startswith(OF_THE_SEGMENT):
            continue
        told = [fact.n, *([int(fact.value)] if fact.id.endswith("/known") else [])]
        if any(base_shown(n, int(size.value)) != n for n in told):
            yield Finding("a base that tells of a few", f"{fact.id} rests on {max(told)}")


def _tagged(node: Node, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Id, value and text of one tagged node against the fact."""
    identity, text = node.attributes["data-fact"], node.text.replace(NO_BREAK, "")
    fact = facts.get(identity)
    if fact is None:
        yield Finding("unknown fact", identity)
        return
    if text not in {fact.text, fact.with_range}:
        yield Finding("changed number", f"{identity} prints {text!r}, not {fact.text!r}")
    value = node.attributes.get("value")
    if value is not None and not math.isclose(float(value), fact.value, rel_tol=1e-8, abs_tol=1e-12):
        yield Finding("changed value", f"{identity} holds {value}, not {fact.value:.10g}")


def _weighted(node: Node, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Where a number is weighted, its section says so."""
    fact = facts.get(node.attributes["data-fact"])
    if fact is None or not fact.is_weighted:
        return
    section = next((around for around in node.above() if around.tag == "section"), node)
    if not WEIGHTED.search(section.text):
        yield Finding("weighted and not said so", fact.id)


def owners_of(identity: str, names: Mapping[str, str]) -> set[str]:
    """Segments that a fact is about, from its id: one, two for those who moved, or "all"."""
    owner = owner_of(identity, names)
    return {owner} if owner in names else set(owner.split(">"))


def _placed(node: Node, names: Mapping[str, str]) -> Iterator[Finding]:
    """A segment's number may stand only where that segment is spoken of."""
    owners = owners_of(node.attributes["data-fact"], names)
    if owners == {"all"}:
        return
    spoken = {n.attributes["data-segment"] for n in node.above() if "data-segment" in n.attributes}
    sentence = next((n for n in node.above() if "data-computed" in n.attributes), None)
    if sentence is not None:
        named = {n.attributes["data-name"] for n in sentence.holding("data-name")}
        spoken = named or spoken
    if not owners & spoken:
        where = ", ".join(sorted(spoken)) or "no segment"
        yield Finding("another segment's number", f"{node.attributes['data-fact']} beside {where}")


def _bare_digits(body: Node) -> Iterator[Finding]:
    for node, text in body.own_texts():
        if not any(character.isdigit() for character in text):
            continue
        attributes = {name for around in node.above() for name in around.attributes}
        if not attributes & {"data-fact", "data-from", "data-name"}:
            yield Finding("bare digit", text.strip())


def _sentences(block: Node) -> Iterator[Finding]:
    """As many numbers as the template has slots, at least one in each sentence, no banned word."""
    numbers = block.holding("data-fact")
    if len(numbers) != int(block.attributes["data-computed"] or 0):
        yield Finding("removed slot", block.text.strip())
    for sentence in filter(str.strip, SENTENCE.split(_marked(block))):
        if MARK not in sentence:
            yield Finding("sentence without a number", sentence.strip())
        banned = set(re.findall(r"[a-z]+", sentence.lower())) & set(BANNED)
        if banned:
            yield Finding("banned word", f"{sorted(banned)[0]!r} in {sentence.strip()!r}")


def _marked(node: Node) -> str:
    """Text with a mark for each number, without the names and words that others chose."""
    parts = []
    for part in node.children:
        if isinstance(part, str):
            parts.append(part)
        elif "data-fact" in part.attributes:
            parts.append(MARK)
        elif not {"data-name", "data-from", "data-says"} & set(part.attributes):
            parts.append(_marked(part))
    return "".join(parts)


def _unmarked_prose(body: Node) -> Iterator[Finding]:
    """Prose is computed, marked as somebody's words, or labels beside at least one number."""
    for node, text in body.own_texts():
        around = {name for one in node.above() for name in one.attributes}
        if around & {"data-from", "data-name", "data-fact", "data-says"}:
            continue
        if DIRECTION.search(text):
            yield Finding("direction without a fact", text.strip())
        block = next((one for one in node.above() if one.tag in PROSE), None)
        if block is None or "data-computed" in around or not re.search(r"\w", text):
            continue
        if not block.holding("data-fact"):
            yield Finding("untagged sentence", text.strip())


def _direction(node: Node, facts: Mapping[str, Fact], names: Mapping[str, str]) -> Iterator[Finding]:
    fact = facts.get(node.attributes["data-says"])
    if fact is None:
        yield Finding("unknown fact", node.attributes["data-says"])
    elif node.text != said(fact):
        yield Finding("wrong direction", f"{fact.id} is {fact.text}: {said(fact)!r}, not {node.text!r}")
    yield from _placed(Node("says", {"data-fact": node.attributes["data-says"]}, node.parent), names)
