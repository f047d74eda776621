"""A first study.yaml of a customer table alone, commented."""

from collections.abc import Mapping
from typing import Any

import yaml

from segkit.schema import UNDECIDED
from segkit.sources.guessing.customers import Guessed
from segkit.sources.seen import Guess

_TEMPLATE = """\
# yaml-language-server: $schema=../../segkit/study.schema.json
# Written by `segkit new`: everything here was guessed from the file, the basis of a trait from its
# column's name. Read it once, correct what is wrong, then `segkit check {name}`.
title: Which {customers} of {title} are alike, and how?
decision: {decision}
made_for: the marketing team

as_of: {as_of} # {as_of_why}
words: {words}
{weight}
tables:
{table}

# what the columns say; a reason why a value is missing is counted in the report
{parts}
# what forms the segments; what happens after, or because of, what you decide goes under `outcomes`
bases: {bases}
descriptors: {descriptors}
protected: {protected} # audited, never a base
{missing}{left_out}"""


def customers_text(name: str, guess: Guess, guessed: Guessed, words: Mapping[str, str]) -> str:
    """The content of study.yaml.

    Parameters
    ----------
    name : str
        Of the study.
    guess : Guess
        How the table is read.
    guessed : Guessed
        What its columns say.
    words : dict of str to str
        What a row of the table is called.
    """
    parts = ("traits", "scales", "choices")
    missing = "missing_bases: leave_out # who lacks a base is left out and counted\n"
    weight = f"weight: {on_a_line(guessed.weight)} # sizes and profiles are weighted\n"
    return _TEMPLATE.format(
        decision=UNDECIDED,
        name=name,
        title=name.replace("_", " ").replace("-", " "),
        customers=words["customers"],
        as_of=on_a_line(guessed.as_of),
        as_of_why=guessed.as_of_why,
        words=on_a_line(dict(words)),
        weight=weight if guessed.weight else "",
        table=table_text("customers", guess),
        parts="".join(_part(key, getattr(guessed, key), guessed) for key in parts),
        bases=on_a_line(guessed.bases),
        descriptors=on_a_line(guessed.descriptors),
        protected=on_a_line(guessed.protected),
        missing=missing if guessed.lacking else "",
        left_out=_left_out(guessed),
    )


def _part(key: str, entries: Mapping[str, Any], guessed: Guessed) -> str:
    if not entries:
        return ""
    lines = [f"  {on_a_line(name)}: {on_a_line(spec)} # {guessed.why[name]}\n" for name, spec in
             entries.items()]  # fmt: skip
    return f"{key}:\n{''.join(lines)}\n"


def _left_out(guessed: Guessed) -> str:
    if not guessed.left_out:
        return ""
    lines = [f"#   {on_a_line(column)}: {why}\n" for column, why in guessed.left_out.items()]
    return "\n# columns that are no traits:\n" + "".join(lines)


def table_text(table: str, guess: Guess) -> str:
    """One entry under `tables`, with a comment beside what was guessed."""
    options = {key: value for key, value in guess.spec.items() if key != "columns"}
    lines = [f"  {table}:"]
    lines += [f"    {key}: {on_a_line(value)}{_why(guess, key)}" for key, value in options.items()]
    columns = guess.spec["columns"].items()
    lines.append("    columns:" if columns else "    columns: {} # no id: each row counts as one")
    lines += [f"      {ours}: {on_a_line(theirs)}" for ours, theirs in columns]
    lines += [f"      # to be settled: {need}" for need in guess.needs]
    return "\n".join(lines)


def _why(guess: Guess, key: str) -> str:
    return f" # {guess.said[key]}" if key in guess.said else ""


def on_a_line(value: Any) -> str:
    """A value on one line of YAML."""
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=1_000_000, sort_keys=False
    )
    return str(text).removesuffix("\n").removesuffix("\n...")
