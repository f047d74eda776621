"""`segkit new`: a first study.yaml for a user's own files, commented, to be read once."""

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

from segkit.errors import StudyError
from segkit.events import EVENTS
from segkit.schema import UNDECIDED
from segkit.sources.behaviour.guess import event_bases, guess_events, merged
from segkit.sources.exports.recognise import Recognised
from segkit.sources.exports.tell import Told, keyed, tell_files
from segkit.sources.guess import describing, guess_table, guess_transactions
from segkit.sources.guessing.customers import Guessed, guess_customers
from segkit.sources.guessing.rows import row_words, rows_aside
from segkit.sources.guessing.text import customers_text, on_a_line, table_text
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
    if not {"transactions", *EVENTS} & set(told.paths):
        return _new_of_customers(name, folder, told)
    paths, known, looked = told.paths, told.known, told.looked
    guesses: dict[str, Guess] = {}
    orders = None
    if "transactions" in paths:
        orders = guess_transactions(
            paths["transactions"], known.get("transactions"), looked.get("transactions")
        )
        guesses["transactions"] = orders.guess
    descriptors: list[str] = []
    protected: list[str] = []
    if "products" in paths:
        guesses["products"] = guess_table(
            paths["products"], ["product_id", "category"], looked=looked.get("products")
        ).guess
    events = guess_events(paths, known)
    if "customers" in paths:
        people = _people(told, [orders] if orders else list(events.values()))
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


def _people(told: Told, others: Sequence[Seen]) -> Seen:
    """The customer table, keyed as the other tables are."""
    by_email = any(seen.guess.spec.get("ids") == "email" for seen in others)
    return guess_table(
        told.paths["customers"],
        ["customer_id"],
        keyed(told.known.get("customers"), by_email=by_email),
        told.looked.get("customers"),
    )


def _new_of_customers(name: str, folder: Path, told: Told) -> str:
    """A study of one table with a row per customer, respondent, company or session."""
    path, known = told.paths["customers"], told.known.get("customers")
    seen = guess_table(path, ["customer_id"], _by_respondent(known), told.looked.get("customers"))
    if known and known.export.rows_aside:
        seen.guess.spec["set_aside"] = rows_aside(known, seen)
    guessed = guess_customers(
        seen, known.export if known else None, date.fromtimestamp(path.stat().st_mtime)
    )
    folder.mkdir(parents=True, exist_ok=True)
    seen.guess.spec["file"] = os.path.relpath(seen.guess.spec["file"], folder)
    words = row_words(known, name, list(seen.table.columns))
    (folder / "study.yaml").write_text(
        customers_text(name, seen.guess, guessed, words), encoding="utf-8"
    )
    return "\n".join([*told.said, _summary_of_customers(name, seen.guess, guessed)])


def _summary_of_customers(name: str, guess: Guess, guessed: Guessed) -> str:
    lines = [f"data/{name}/study.yaml is written. Guessed:"]
    lines += [f"  customers: {what} {why}" for what, why in guess.said.items()]
    for part in (guessed.traits, guessed.scales, guessed.choices):
        lines += [
            f"  {key}: {spec.get('kind', 'scale' if 'items' in spec else 'choices')}, "
            f"{spec.get('basis', 'psychographic')}: {guessed.why[key]}"
            for key, spec in part.items()
        ]
    lines += [f"  '{column}' is left out: {why}" for column, why in guessed.left_out.items()]
    lines += [f"  as_of {guessed.as_of}: {guessed.as_of_why}"]
    said = f"  weight '{guessed.weight}': sizes and profiles are weighted by it"
    lines += [said] if guessed.weight else []
    lines += ["`title` and `decision` are printed on the report: put your own."]
    lines += [f"Then: segkit check {name}, and segkit run {name}"]
    return "\n".join(lines)


def _by_respondent(known: Recognised | None) -> Recognised | None:
    """A survey alone is keyed by the tool's own id: each answer is one respondent."""
    if known is None or not known.export.respondent:
        return known
    columns = {"customer_id": (known.export.respondent,)}
    return replace(known, export=replace(known.export, columns=columns))


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
    tables = "\n".join(table_text(table, guess) for table, guess in guesses.items())
    rules = "".join(f"  {key}: {on_a_line(value)}\n" for key, value in main.rules.items())
    return f"""\
# yaml-language-server: $schema=../../segkit/study.schema.json
# Written by `segkit new`: everything here was guessed from the files. Read it once, correct what is
# wrong, then `segkit check {name}`.
title: Which customers of {title} should get which offer?
decision: {UNDECIDED}
made_for: the marketing team

as_of: {on_a_line(main.as_of)} # exclusive; the day after the last {last}
currency: {on_a_line(main.currency)} # printed before amounts, such as $ or EUR

tables:
{tables}
rules: # every line that a rule sets aside is counted and kept in the private folder
{rules}  duplicates: keep # set_aside: lines equal in every column to an earlier one

# what forms the segments; `segkit check` and notebook 02 list what else the data can give
bases: {on_a_line(list(bases))}
descriptors: {on_a_line(list(descriptors))}
protected: {on_a_line(list(protected))} # never a base
"""
