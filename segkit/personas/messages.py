"""messages.yaml: what people say of the segments, read and checked."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import fastjsonschema
import yaml

from segkit.errors import StudyError, nearest
from segkit.personas.notes import Channel, Evidence, Messages, Note, Quote, SegmentNotes
from segkit.study.schema import plain, worded

FACT = re.compile(r"\{fact:([^{}]+)\}")
"""A number within a text: {fact:id}, where the segment's own key may be left out."""
FILE = "messages.yaml"
JOINERS = "\u200c\u200d"
EVIDENCE = "facts: [ids], study: {type, n, date, link}, or assumption: true"


def load_messages(path: str | Path) -> Messages:
    """Read and check what people say of a study's segments.

    Parameters
    ----------
    path : str or pathlib.Path
        A messages.yaml; `segkit messages STUDY` writes one to start from.

    Returns
    -------
    Messages
        Held against a run's segments and figures by `describe_segments`.

    Raises
    ------
    StudyError
        An unknown word (the nearest is named), a note without evidence, a benefit that answers no
        pain, a number that is no `{fact:id}`, a quote without consent, an invisible character.
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError(f"there is no file '{path.name}'", fix="`segkit messages STUDY` writes one")
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_OnceLoader)
    except (yaml.YAMLError, ValueError) as error:
        raise StudyError(f"{path.name} is not YAML: {error}") from None
    try:
        return read_messages(content)
    except StudyError as error:
        raise error.said_of(path.name) from None


def read_messages(content: Any) -> Messages:
    """Check the content of a messages.yaml, as `load_messages` does."""
    given = _without_blanks(plain(content))
    try:
        _validator()(given)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _refused(error) from None
    segments = {key: _segment(key, spec or {}) for key, spec in given["segments"].items()}
    retired = tuple(given.get("retired", {}))
    return Messages(segments, retired, given.get("strict", False))


class _OnceLoader(yaml.SafeLoader):
    """YAML in which no key comes twice: of two notes one would be lost without a word."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                line = key.start_mark.line + 1
                raise StudyError(f"{FILE} has '{key.value}' twice, again in line {line}", "each once")
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _without_blanks(value: Any) -> Any:
    """A word with nothing behind it isn't given."""
    if isinstance(value, Mapping):
        return {key: _without_blanks(item) for key, item in value.items() if item is not None}
    return [_without_blanks(item) for item in value] if isinstance(value, list) else value


@cache
def _validator() -> Callable[[Any], object]:
    text = files("segkit.personas").joinpath("messages.schema.json").read_text(encoding="utf-8")
    validator: Callable[[Any], object] = fastjsonschema.compile(json.loads(text))
    return validator


def _refused(error: fastjsonschema.JsonSchemaValueException) -> StudyError:
    where = ".".join(error.path[1:]) or FILE
    if error.rule == "required" and "evidence" in error.rule_definition and _lacks(error, "evidence"):
        return StudyError(f"{where} has no evidence", EVIDENCE, "Say what it rests on")
    return worded(error, where)


def _lacks(error: fastjsonschema.JsonSchemaValueException, name: str) -> bool:
    strange = set(error.value) - set(error.definition["properties"])
    return not strange and name not in error.value


def _segment(key: str, spec: Mapping[str, Any]) -> SegmentNotes:
    where, written, tone = f"segments.{key}", spec.get("written", {}), spec.get("tone", {})
    notes = SegmentNotes(
        written_by=written.get("by", ""),
        written_on=written.get("date", ""),
        written_facts=_seen(where, written.get("facts", {})),
        needs=_notes(f"{where}.needs", spec.get("needs", [])),
        pains=_notes(f"{where}.pains", spec.get("pains", [])),
        benefits=tuple(Note(**benefit) for benefit in spec.get("benefits", [])),
        proof_points=_notes(f"{where}.proof_points", spec.get("proof_points", [])),
        tone_do=tuple(tone.get("do", ())),
        tone_avoid=tuple(tone.get("avoid", ())),
        channels=tuple(Channel(**channel) for channel in spec.get("channels", [])),
        do_not_use_for=tuple(spec.get("do_not_use_for", ())),
        quote=_quote(where, spec.get("quote")),
        **{name: spec[name] for name in SINGLE if name in spec},
    )
    _check_pains(where, notes)
    _check_texts(where, notes, spec)
    return notes


def _seen(where: str, facts: Mapping[str, list[float]]) -> dict[str, tuple[float, ...]]:
    for name, figures in facts.items():
        if len(figures) == 2:
            arrived = f"{where}.written.facts.{name} is {figures}"
            raise StudyError(arrived, "[value], or [value, low, high]")
    return {name: tuple(figures) for name, figures in facts.items()}


SINGLE = ("name", "offer", "offer_terms", "action", "owner", "kpi", "review_date")


def _notes(where: str, specs: list[Mapping[str, Any]]) -> tuple[Note, ...]:
    return tuple(
        Note(**{**spec, "evidence": _evidence(f"{where}.{place}", spec["evidence"])})
        for place, spec in enumerate(specs)
    )


def _evidence(where: str, spec: Mapping[str, Any]) -> Evidence:
    if len(spec) != 1:
        arrived = f"{where}.evidence holds {' and '.join(spec) or 'nothing'}"
        raise StudyError(arrived, f"one of {EVIDENCE}")
    return Evidence(tuple(spec.get("facts", ())), spec.get("study"))


def _quote(where: str, spec: Mapping[str, Any] | None) -> Quote | None:
    if spec is None:
        return None
    if not spec["consent"]:
        raise StudyError(
            f"{where}.quote has consent: false", "a quote whose speaker agreed to it", "Take it out"
        )
    return Quote(spec["text"], spec["source"])


def _check_pains(where: str, notes: SegmentNotes) -> None:
    ids = [pain.id for pain in notes.pains]
    twice = sorted({name for name in ids if ids.count(name) > 1})
    if twice:
        raise StudyError(f"{where}.pains has the id '{twice[0]}' twice", "each once")
    for benefit in notes.benefits:
        if benefit.answers not in ids:
            hint = nearest(benefit.answers, ids) or "Write the pain first"
            raise StudyError(
                f"{where}.benefits answers '{benefit.answers}', which is no pain of it", fix=hint
            )


def _check_texts(where: str, notes: SegmentNotes, spec: Mapping[str, Any]) -> None:
    for text in notes.claims:
        bare = next((sign for sign in FACT.sub("", text) if sign.isnumeric()), None)
        if bare:
            raise StudyError(
                f"{where} has a bare number in '{_cut(text)}'",
                "{fact:id}, or the number within a study, timing or offer_terms",
                "Put the figure's id; the starter file lists them",
            )
    if FACT.search(notes.name):
        raise StudyError(f"{where}.name is '{_cut(notes.name)}'", "a name without {fact:id}")
    for text in _texts(spec):
        strange = next((sign for sign in text if _is_invisible(sign)), None)
        if strange:
            raise StudyError(
                f"{where} holds the invisible character U+{ord(strange):04X}", "visible ones"
            )
    for day in _dates(notes):
        _check_date(where, day)


def _texts(spec: Any) -> list[str]:
    """Every text, however deep."""
    if isinstance(spec, str):
        return [spec]
    parts = spec.values() if isinstance(spec, Mapping) else spec if isinstance(spec, list) else []
    return [text for part in parts for text in _texts(part)]


def _is_invisible(sign: str) -> bool:
    """Marks that hide or turn text; not what scripts and emoji are joined by."""
    kind = unicodedata.category(sign)
    return (kind in {"Cf", "Cc"} and sign not in JOINERS + "\n\t") or kind == "Cs"


def _dates(notes: SegmentNotes) -> list[str]:
    studies = [note.evidence.study for note in notes.sourced if note.evidence and note.evidence.study]
    days = [str(study["date"]) for study in studies]
    return [day for day in [*days, notes.written_on, notes.review_date] if day]


def _check_date(where: str, text: str) -> None:
    try:
        date.fromisoformat(text)
    except ValueError:
        raise StudyError(f"{where} has the date '{text}'", "a calendar date, YYYY-MM-DD") from None


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
