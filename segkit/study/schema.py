"""The schema of study.yaml, and what it refuses, worded."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import fastjsonschema

from segkit.errors import StudyError, nearest

OPEN = "?"
"""What `segkit new` writes where it couldn't guess."""
UNDECIDED = "Say here who decides what with the answer."
"""What `segkit new` writes for the decision, which no file holds."""


def checked(content: Mapping[str, Any]) -> dict[str, Any]:
    """A study.yaml's content as plain text, lists and numbers, after the schema's check."""
    given: dict[str, Any] = plain(content)
    _refuse_open(given)
    try:
        _validator()(given)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _worded(error) from None
    return given


def check_parameters(given: Mapping[str, Any]) -> None:
    """Refuse values that study.yaml's `parameters` couldn't hold."""
    try:
        _validator("parameters")(given)
    except fastjsonschema.JsonSchemaValueException as error:
        raise _worded(error, above="parameters") from None


def _refuse_open(content: Mapping[str, Any]) -> None:
    """Refuse what `segkit new` couldn't guess and left as a question mark."""
    left = sorted(_open_keys(content))
    if any(".columns." not in key for key in left):  # columns are named when the table is read
        raise StudyError(
            f"study.yaml leaves open: {', '.join(left)}", fix="Put an answer for each question mark"
        )


def _open_keys(content: Mapping[str, Any], above: str = "") -> Iterator[str]:
    for key, value in content.items():
        if isinstance(value, Mapping):
            yield from _open_keys(value, f"{above}{key}.")
        elif value == OPEN:
            yield f"{above}{key}"


def plain(value: Any) -> Any:
    """YAML's dates as text, so that one schema serves files and dicts."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {_key(key): plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def _key(key: Any) -> str:
    """A key as text; a file's keys are such already."""
    return {True: "yes", False: "no"}[key] if isinstance(key, bool) else str(key)


@cache
def _validator(part: str = "") -> Callable[[Mapping[str, Any]], object]:
    text = files("segkit.study").joinpath("study.schema.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    validator: Callable[[Mapping[str, Any]], object] = fastjsonschema.compile(
        schema["properties"][part] if part else schema
    )
    return validator


def _worded(error: fastjsonschema.JsonSchemaValueException, above: str = "") -> StudyError:
    where = ".".join([*([above] if above else []), *error.path[1:]]) or "study.yaml"
    return worded(error, where)


def worded(error: fastjsonschema.JsonSchemaValueException, where: str) -> StudyError:
    """What a schema refuses, as: where it is, what arrived, what is accepted."""
    if error.rule == "additionalProperties":
        known = list(error.definition["properties"])
        return _unknown_word(where, error.value, known)
    if error.rule == "propertyNames":
        return _unknown_word(where, error.value, error.rule_definition["enum"])
    if error.rule == "enum":
        return StudyError(f"{where} is '{error.value}'", " or ".join(map(str, error.rule_definition)))
    if error.rule == "required":
        known = list(error.definition.get("properties", {}))
        if error.definition.get("additionalProperties") is False and set(error.value) - set(known):
            return _unknown_word(where, error.value, known)
        missing = [name for name in error.rule_definition if name not in error.value]
        return StudyError(f"{where} lacks {', '.join(missing)}", fix="Add it")
    demand = error.message.removeprefix(f"{error.name} ")
    if where.startswith("pseudonyms"):  # someone may have put the key itself there
        return StudyError(f"{where} isn't what it should be: it {demand}")
    truth = next(_truths(error.value), None)
    if truth is not None:
        said = f"{where} {'is' if truth is error.value else 'holds'} {str(truth).lower()}"
        bare = "yes, on or true" if truth else "no, off or false"
        fix = f'Put a text in quotes: "{bare.split(",")[0]}"'
        return StudyError(f"{said}, for which YAML takes a bare {bare}: it {demand}", fix=fix)
    return StudyError(f"{where} is {error.value!r}: it {demand}")


def _truths(value: Any) -> Iterator[bool]:
    """The truth values in what arrived."""
    if isinstance(value, bool):
        yield value
    elif isinstance(value, Mapping | list):
        for one in value.values() if isinstance(value, Mapping) else value:
            yield from _truths(one)


def _unknown_word(where: str, given: Iterable[str], known: Iterable[str]) -> StudyError:
    unknown = next(key for key in given if key not in known)
    return StudyError(f"{where} holds an unknown word '{unknown}'", fix=nearest(unknown, known))
