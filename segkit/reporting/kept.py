"""What a run keeps of its facts, names and keys, for the page's lint and for the run after it."""

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from segkit.disclosure import MIN_CELL
from segkit.features.store import load_features
from segkit.features.table import Features
from segkit.personas.agreement import as_records
from segkit.personas.cards import Personas
from segkit.personas.facts import Fact, fact_table
from segkit.plain import visible
from segkit.rights.carried import UNFINISHED
from segkit.segments.segmentation import Segmentation
from segkit.segments.store import holds_customers, load_segments, save_segments
from segkit.study import Study

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


def keep_identity(study: Study, private: Path) -> None:
    """Keep what the next run needs to give segments the same keys and names, beside processed/.

    processed/ holds customers, and may be deleted for it. What is kept here holds none: the frozen
    rule, and what the names rest on. Methods that learn values of single customers keep nothing, nor
    does a rule with a word that fewer than `MIN_CELL` customers share; and rules need nothing: their
    names are their keys.

    Parameters
    ----------
    study : Study
    private : pathlib.Path
        The run's folder under processed/.
    """
    segments = load_segments(private / "segments")
    needless = segments.method == "rules"
    if needless or holds_customers(private / "segments") or _has_rare_word(segments, study, private):
        shutil.rmtree(study.kept, ignore_errors=True)
        return
    nobody = {"labels": segments.labels.iloc[:0], "confidence": segments.confidence.iloc[:0]}
    fresh = Path(tempfile.mkdtemp(prefix=UNFINISHED, dir=study.folder))
    try:
        save_segments(replace(segments, **nobody), fresh / "segments")
        shutil.copyfile(private / "names" / NAMES, fresh / NAMES)
        shutil.rmtree(study.kept, ignore_errors=True)
        os.replace(fresh, study.kept)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _has_rare_word(segments: Segmentation, study: Study, private: Path) -> bool:
    """Whether the rule holds a category's level that only a few customers have."""
    columns = list(segments.model.space.levels)
    frame = load_features(study, private / "features").frame[columns]
    counts = [frame[column].value_counts() for column in columns]
    return any(one.between(1, MIN_CELL - 1).any() for one in counts)
