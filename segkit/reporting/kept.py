"""What a run keeps of its facts and names, for the page's lint and for the run after it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from segkit.features.table import Features
from segkit.personas.agreement import as_records
from segkit.personas.cards import Personas
from segkit.personas.facts import Fact, fact_table
from segkit.plain import visible

NAMES = "names.json"


@runtime_checkable
class HasFacts(Protocol):
    """A result that rests on facts: personas, a report."""

    @property
    def facts(self) -> Mapping[str, Fact]:
        """Every number by its id."""

    @property
    def names(self) -> Any:
        """Segment name by key."""


def write_facts(result: HasFacts, folder: Path, features: Features) -> None:
    """Write every fact with the period that it covers, and what each segment is called on the page."""
    keys = map(str, result.names.keys())
    table = fact_table(result.facts, keys, window=features.window, as_of=features.as_of)
    facts = json.dumps(table, indent=1, ensure_ascii=False)
    names = json.dumps({str(key): str(name) for key, name in result.names.items()}, ensure_ascii=False)
    (folder / "facts.json").write_text(visible(facts), encoding="utf-8")
    (folder / NAMES).write_text(visible(names), encoding="utf-8")


def write_names(personas: Personas, language: str, folder: Path) -> None:
    """Write the automatic names with what they rest on; the next run keeps those that still hold."""
    names = json.dumps(as_records(personas.automatic, language), indent=1)
    (folder / NAMES).write_text(names, encoding="utf-8")
