"""A first study.yaml, commented."""

from collections.abc import Mapping
from typing import Any

import yaml

from segkit.sources.guessing.draft import Draft
from segkit.sources.guessing.guessed import Guessed
from segkit.sources.guessing.seen import Guess
from segkit.study.schema import UNDECIDED
from segkit.study.tables import has_money

_HEAD = """\
# yaml-language-server: $schema=../../segkit/study/study.schema.json
# Written by `segkit new`: everything here was guessed from the files{basis}.
# Read it once, correct what is wrong, then `segkit check {name}`.
title: {title}
decision: {decision}
made_for: the marketing team

as_of: {as_of} # {as_of_why}
"""
_BASIS = ", the basis of a trait from its\n# column's name"
_FOOT = """
# what forms the segments; what happens after, or because of, what you decide goes under `outcomes`
bases: {bases}
descriptors: {descriptors}
protected: {protected} # audited, never a base
"""
_NEWEST = (
    "where sources differ the newest value counts; what dates leave open, the most trusted "
    "source's (state `trust: [first, second]`), then what most say; a tie stays without a value"
)


def study_text(draft: Draft) -> str:
    """The content of study.yaml.

    Parameters
    ----------
    draft : Draft
        Its files are relative to the study's folder.
    """
    guessed = draft.guessed
    parts = [
        _head(draft),
        _currency(draft),
        _stated("words", dict(draft.words)),
        _stated("weight", guessed.weight, "sizes and profiles are weighted by it"),
        _tables("tables", draft.tables),
        _tables("sources", draft.sources),
        _stated("profile", draft.profile, _NEWEST),
        _consent(draft.consent),
        _rules(draft),
        _traits(guessed),
        _FOOT.format(
            bases=on_a_line(guessed.bases),
            descriptors=on_a_line(guessed.descriptors),
            protected=on_a_line(guessed.protected),
        ),
        _stated("outcomes", guessed.outcomes, "by their names; they may describe"),
        _stated(
            "missing_bases",
            "leave_out" if guessed.lacking else "",
            "who lacks a base is left out and counted",
        ),
        _left_out(guessed),
    ]
    return "".join(parts)


def _head(draft: Draft) -> str:
    name = draft.name.replace("_", " ").replace("-", " ")
    title = f"Which customers of {name} should get which offer?"
    if not draft.is_of_behaviour:
        title = f"Which {draft.words['customers']} of {name} are alike, and how?"
    return _HEAD.format(
        basis=_BASIS if draft.guessed.says_something else "",
        name=draft.name,
        title=title,
        decision=UNDECIDED,
        as_of=on_a_line(draft.as_of),
        as_of_why=draft.as_of_why,
    )


def _line(key: str, value: Any, why: str = "") -> str:
    return f"{key}: {on_a_line(value)}{f' # {why}' if why else ''}\n"


def _stated(key: str, value: Any, why: str = "") -> str:
    """A line, where there is something to state."""
    return _line(key, value, why) if value else ""


def _currency(draft: Draft) -> str:
    orders = draft.tables.get("transactions")
    if orders is None or not has_money(orders.spec["columns"]):
        return ""
    return _line("currency", draft.currency, "printed before amounts, such as $ or EUR")


def _tables(key: str, guesses: Mapping[str, Guess]) -> str:
    if not guesses:
        return ""
    return f"\n{key}:\n" + "".join(f"{_table(name, guess)}\n" for name, guess in guesses.items())


def _table(table: str, guess: Guess) -> str:
    """One entry under `tables`, with a comment beside what was guessed."""
    options = {key: value for key, value in guess.spec.items() if key != "columns"}
    lines = [f"  {table}:"]
    lines += [f"    {key}: {on_a_line(value)}{_why(guess, key)}" for key, value in options.items()]
    columns = guess.spec["columns"].items()
    lines.append("    columns:" if columns else "    columns: {} # no id: each row counts as one")
    lines += [f"      {ours}: {on_a_line(theirs)}" for ours, theirs in columns]
    lines += [f"      # to be settled: {need}" for need in guess.needs]
    return "\n".join(lines)


def _consent(consent: Mapping[str, Any]) -> str:
    if not consent:
        return ""
    why = "who never agreed to it, or has withdrawn, is left out and counted"
    return f"\n{_line('consent', dict(consent), why)}"


def _rules(draft: Draft) -> str:
    if "transactions" not in draft.tables:
        return ""
    rules = "".join(f"  {key}: {on_a_line(value)}\n" for key, value in draft.rules.items())
    return (
        "\nrules: # every line that a rule sets aside is counted and kept in the private folder\n"
        f"{rules}  duplicates: keep # set_aside: lines equal in every column to an earlier one\n"
    )


def _traits(guessed: Guessed) -> str:
    if not guessed.says_something:
        return ""
    parts = "".join(
        _part(key, getattr(guessed, key), guessed) for key in ("traits", "scales", "choices")
    )
    return (
        f"\n# what the columns say; a reason why a value is missing is counted in the report\n{parts}"
    )


def _part(key: str, entries: Mapping[str, Any], guessed: Guessed) -> str:
    if not entries:
        return ""
    lines = [f"  {on_a_line(name)}: {on_a_line(spec)} # {guessed.why[name]}\n" for name, spec in
             entries.items()]  # fmt: skip
    return f"{key}:\n{''.join(lines)}"


def _left_out(guessed: Guessed) -> str:
    if not guessed.left_out:
        return ""
    lines = [f"#   {on_a_line(column)}: {why}\n" for column, why in guessed.left_out.items()]
    return "\n# columns that are no traits:\n" + "".join(lines)


def _why(guess: Guess, key: str) -> str:
    return f" # {guess.said[key]}" if key in guess.said else ""


def on_a_line(value: Any) -> str:
    """A value on one line of YAML."""
    text = yaml.safe_dump(
        value, default_flow_style=True, allow_unicode=True, width=1_000_000, sort_keys=False
    )
    return str(text).removesuffix("\n").removesuffix("\n...")
