"""Claims of rank: who is called the largest, or put first, is so by the facts."""

import math
import re
from collections.abc import Iterator, Mapping
from itertools import pairwise

from segkit.personas.facts import Fact, owner_of
from segkit.reporting.lint.finding import Finding
from segkit.reporting.lint.tree import Node

HIGH = frozenset({"largest", "most", "highest", "biggest", "strongest", "greatest", "longest"})
LOW = frozenset({"smallest", "least", "lowest", "fewest", "weakest", "shortest"})
FIRST = "first"
"""Of all targets that no knock-out rules out; elsewhere it is no word of rank."""
RANK = re.compile(
    rf"(?<!\bat )\b({'|'.join(sorted(HIGH | LOW))})\b|\b(come|stay|rank)s? {FIRST}\b", re.IGNORECASE
)
TOLD = frozenset({"data-from", "data-name", "data-fact", "data-says", "data-rank"})
SLACK = 1e-9


def check_ranks(page: Node, facts: Mapping[str, Fact], names: Mapping[str, str]) -> Iterator[Finding]:
    """Yield claims of rank that the facts don't bear out, and those that name no fact.

    A word of rank stands in a node with `data-rank` (what it ranks by: a fact's id), a table that is
    said to be in an order has `data-order` (the metric, most first).
    """
    body = (page.find("body") or [page])[0]
    for node in body.holding("data-rank"):
        yield from _claimed(node, facts, names)
    for table in body.holding("data-order"):
        yield from _ordered(table, facts)
    for chart in body.find("svg"):
        yield from _described(chart, facts)
    for node, text in body.own_texts():
        around = {name for one in node.above() for name in one.attributes}
        word = RANK.search(text)
        is_caption = node.around("data-order") is not None and any(
            one.tag == "caption" for one in node.above()
        )
        if word and not around & TOLD and not is_caption:
            yield Finding("rank without a fact", text.strip())


def _claimed(node: Node, facts: Mapping[str, Fact], names: Mapping[str, str]) -> Iterator[Finding]:
    word, identity = node.text.lower(), node.attributes["data-rank"]
    fact = facts.get(identity)
    owner = owner_of(identity, names)
    metric = identity.removeprefix(f"{owner}/")
    is_known = word in HIGH | LOW or (word == FIRST and metric.startswith("targets/"))
    if fact is None or not is_known:
        yield Finding("rank without a fact", f"{node.text!r} by {identity}")
        return
    yield from _spoken_of(node, identity, names)
    if owner == "all":  # by what it is: the share of the smallest segment
        if not identity.rpartition("/")[2].startswith(word):
            yield Finding("rank without a fact", f"{node.text!r} by {identity}")
        return
    others = _rivals(node, owner, metric, facts, names)
    if word in LOW and None in others:
        yield Finding("wrong rank", f"{identity} is called {word}, and others are withheld")
    known = [other for other in others if other is not None]
    sign = -1 if word in LOW else 1
    ahead = max((sign * other for other in known), default=sign * fact.value)
    own = sign * _size(fact, metric)
    if ahead > own + SLACK * max(abs(own), 1):
        yield Finding("wrong rank", f"{identity} is {fact.text}, not the {word}")


def _spoken_of(node: Node, identity: str, names: Mapping[str, str]) -> Iterator[Finding]:
    """The sentence holds a figure of the same trait, and speaks of the one that is ranked."""
    sentence = next((one for one in node.above() if "data-computed" in one.attributes), node)
    told = [_split(one.attributes["data-fact"], names) for one in sentence.holding("data-fact")]
    named = {one.attributes["data-name"] for one in sentence.holding("data-name")}
    owner, about = _split(identity, names)
    if about not in {trait for _, trait in told} or owner not in named | {who for who, _ in told}:
        yield Finding("rank without a fact", f"{node.text!r} by {identity}, which is not there")


def _split(identity: str, names: Mapping[str, str]) -> tuple[str, str]:
    """Whom a fact is about, and which trait of theirs."""
    owner = owner_of(identity, names)
    return owner, identity.removeprefix(f"{owner}/").rpartition("/")[0]


def _size(fact: Fact, metric: str) -> float:
    """What a figure is ranked by; an effect as it is printed: of two alike either is the most."""
    return round(abs(fact.value), 2) if metric.endswith("/delta") else fact.value


def _rivals(
    node: Node, owner: str, metric: str, facts: Mapping[str, Fact], names: Mapping[str, str]
) -> list[float | None]:
    """What the claim is held against: other traits on the card, other moves, other segments."""
    root = list(node.above())[-1]
    if metric.endswith("/delta"):
        ids = {
            one.attributes.get("data-says") or one.attributes.get("data-fact", "")
            for card in root.find("article")
            if card.attributes.get("data-segment") == owner
            for table in card.find("table")
            for one in table.walk()
        }
        return [_size(facts[one], one) for one in ids if one.endswith("/delta") and one in facts]
    if ">" in owner and owner not in names:
        moves = (name.split("/", 1) for name in facts if ">" in name)
        pairs = [(pair, rest) for pair, rest in moves if rest == metric and _is_move(pair, names)]
        return [facts[f"{pair}/{rest}"].value for pair, rest in pairs]
    out = {row.attributes["data-segment"] for row in root.holding("data-out")}
    if metric.startswith("targets/"):
        if owner in out:
            return [math.inf]
        names = {key: name for key, name in names.items() if key not in out}
    found = [facts.get(f"{key}/{metric}") for key in names]
    return [None if fact is None else fact.value for fact in found]


def _is_move(pair: str, names: Mapping[str, str]) -> bool:
    """From one segment to another that isn't its continuation."""
    then, _, now = pair.partition(">")
    return then not in {now, "new"} and now in names


def _described(chart: Node, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """What a chart's description calls the largest is the largest of its numbers."""
    said = " ".join(one.text for one in chart.find("desc"))
    shown = [facts[one.attributes["data-fact"]] for one in chart.holding("data-fact")
             if one.attributes["data-fact"] in facts]  # fmt: skip
    if RANK.search(said) and shown:
        top = max(shown, key=lambda fact: abs(fact.value))
        if top.text not in said:
            yield Finding("wrong rank", f"the chart's largest number is {top.text}: {said}")


def _ordered(table: Node, facts: Mapping[str, Fact]) -> Iterator[Finding]:
    """Rows, or columns where rows are of no segment, from the highest to the lowest; those out last."""
    metric = table.attributes["data-order"]
    rows = [row for row in table.find("tr") if "data-segment" in row.attributes]
    heads = rows or [one for head in table.find("thead") for one in head.holding("data-name")]
    keys = [one.attributes.get("data-segment") or one.attributes["data-name"] for one in heads]
    is_out = ["data-out" in one.attributes for one in heads]
    if is_out != sorted(is_out):
        yield Finding("wrong order", f"{metric}: one that is out stands before one that is not")
    shown = [f"{key}/{metric}" for key, out in zip(keys, is_out, strict=True) if not out]
    values = [facts[one].value for one in shown if one in facts]
    for before, after in pairwise(values):
        if after > before + SLACK * max(abs(after), 1):
            yield Finding("wrong order", f"{metric}: {after:g} stands below {before:g}")
