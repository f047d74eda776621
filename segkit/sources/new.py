"""`segkit new`: a first study.yaml for a user's own files, commented, to be read once."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from segkit.errors import StudyError
from segkit.sources.behaviour.guess import event_bases, guess_events, merged
from segkit.sources.exports.tell import keyed, tell_files
from segkit.sources.guess import describing, guess_table, guess_transactions
from segkit.sources.seen import Guess, Seen
from segkit.study import project_root


def new_study(name: str, files: Mapping[str, Path], unnamed: Sequence[Path] = ()) -> str:
    """Write data/<name>/study.yaml for a user's own files.

    Parameters
    ----------
    name : str
        Of the new folder; must not exist.
    files : dict of str to pathlib.Path
        "transactions", "products" and "customers", as far as the user says which is which.
    unnamed : sequence of pathlib.Path
        Files to be told by their headers, else by the names of their columns.

    Returns
    -------
    str
        What was guessed and what is needed, to be printed.

    Raises
    ------
    StudyError
        The name is taken or no folder name, two files are of one kind, or none holds what
        customers bought.
    DataError
        A file can't be read at all, or can't be told.
    """
    if not re.fullmatch(r"[\w-]+", name):
        raise StudyError(f"'{name}' is no name for a study", "letters, digits, - and _")
    folder = project_root() / "data" / name
    if (folder / "study.yaml").exists():
        raise StudyError(
            f"data/{name} holds a study already", fix="Choose another name, or edit that one"
        )
    told = tell_files(files, unnamed)
    paths, known = told.paths, told.known
    guesses: dict[str, Guess] = {}
    orders = None
    if "transactions" in paths:
        orders = guess_transactions(paths["transactions"], known.get("transactions"))
        guesses["transactions"] = orders.guess
    descriptors: list[str] = []
    protected: list[str] = []
    if "products" in paths:
        guesses["products"] = guess_table(paths["products"], ["product_id", "category"]).guess
    events = guess_events(paths, known)
    if "customers" in paths:
        others = [orders] if orders else list(events.values())
        by_email = any(seen.guess.spec.get("ids") == "email" for seen in others)
        people = guess_table(
            paths["customers"], ["customer_id"], keyed(known.get("customers"), by_email=by_email)
        )
        guesses["customers"] = people.guess
        descriptors, protected = describing(people)
    guesses |= {table: seen.guess for table, seen in events.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for guess in guesses.values():
        guess.spec["file"] = os.path.relpath(guess.spec["file"], folder)
    bases = _order_bases(orders) if orders else event_bases(events)
    text = _study_text(name, guesses, orders or merged(events), bases, descriptors, protected)
    (folder / "study.yaml").write_text(text, encoding="utf-8")
    return "\n".join([*told.said, _summary(name, guesses)])


def _summary(name: str, guesses: Mapping[str, Guess]) -> str:
    lines = [f"data/{name}/study.yaml is written. Guessed:"]
    for table, guess in guesses.items():
        lines += [f"  {table}: {what} {why}" for what, why in guess.said.items()]
    needs = [f"  {table}: {need}" for table, guess in guesses.items() for need in guess.needs]
    lines += ["To be settled by you, in that file:", *needs] if needs else ["Nothing more is needed."]
    lines += ["`title` and `decision` are printed on the report: put your own."]
    lines += [f"Then: segkit check {name}, and segkit run {name}"]
    return "\n".join(lines)


def _order_bases(orders: Seen) -> list[str]:
    bases = ["recency_days", "n_orders", "mean_order_value"]
    return bases + (["discount_share"] if "discount" in orders.columns else [])


def _study_text(
    name: str,
    guesses: Mapping[str, Guess],
    main: Seen,
    bases: Sequence[str],
    descriptors: Sequence[str],
    protected: Sequence[str],
) -> str:
    title = name.replace("_", " ").replace("-", " ")
    last = "order" if "transactions" in guesses else "event"
    tables = "\n".join(_table_text(table, guess) for table, guess in guesses.items())
    rules = "".join(f"  {key}: {_yaml(value)}\n" for key, value in main.rules.items())
    return f"""\
# yaml-language-server: $schema=../../segkit/study.schema.json
# Written by `segkit new`: everything here was guessed from the files. Read it once, correct what is
# wrong, then `segkit check {name}`.
title: Which customers of {title} should get which offer?
decision: Say here who decides what with the answer.
made_for: the marketing team

as_of: {_yaml(main.as_of)} # exclusive; the day after the last {last}
currency: {_yaml(main.currency)} # printed before amounts, such as $ or EUR

tables:
{tables}
rules: # every line that a rule sets aside is counted and kept in the private folder
{rules}  duplicates: keep # set_aside: lines equal in every column to an earlier one

# what forms the segments; `segkit check` and notebook 02 list what else the data can give
bases: {_yaml(list(bases))}
descriptors: {_yaml(list(descriptors))}
protected: {_yaml(list(protected))} # never a base
"""


def _table_text(table: str, guess: Guess) -> str:
    options = {key: value for key, value in guess.spec.items() if key != "columns"}
    lines = [f"  {table}:"]
    lines += [f"    {key}: {_yaml(value)}{_why(guess, key)}" for key, value in options.items()]
    lines.append("    columns:")
    for ours, theirs in guess.spec["columns"].items():
        lines.append(f"      {ours}: {_yaml(theirs)}")
    lines += [f"      # to be settled: {need}" for need in guess.needs]
    return "\n".join(lines)


def _why(guess: Guess, key: str) -> str:
    return f" # {guess.said[key]}" if key in guess.said else ""


def _yaml(value: Any) -> str:
    """A value on one line of YAML."""
    text = yaml.safe_dump(value, default_flow_style=True, allow_unicode=True, width=10_000)
    return str(text).removesuffix("\n").removesuffix("\n...")
