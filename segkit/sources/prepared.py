"""What a trait's texts stand for - amounts, entries of a lookup table - joined to the customers."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError, nearest
from segkit.sources.amounts import looks_like_date, read_range
from segkit.sources.countries import KNOWN_AS, plain_country
from segkit.sources.files import read_raw
from segkit.study import Study
from segkit.tablespec import TableSpec
from segkit.traits import TraitSpec

_KEY = "segkit__key"
_CURRENCIES = re.compile(r"[$€£¥]|\b(?:USD|EUR|GBP|CHF|JPY|CAD|AUD)\b", re.IGNORECASE)
_CODES = {"$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY"}


@dataclass
class Prepared:
    """The customers with what their texts stand for.

    Attributes
    ----------
    table : ibis.Table
        The customers; per text that was looked up further columns, named by `joined`.
    notices : list of str
        Odd things that were counted and left as they are.
    inputs : dict of str to str
        SHA-256 of the lookup tables.
    """

    table: ibis.Table
    notices: list[str] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)


def joined(what: str, name: str) -> str:
    """Name of a joined column: `low`, `high`, `dated` or `country` of a column, `entry` of a trait."""
    return f"segkit__{what}_{name}"


def prepare(con: Backend, customers: ibis.Table, study: Study) -> Prepared:
    """Join what amounts and looked-up texts stand for.

    Parameters
    ----------
    con : ibis DuckDB backend
    customers : ibis.Table
        Kept rows: customer_id and the file's own columns.
    study : Study

    Raises
    ------
    DataError
        A lookup table lacks a column, or says two things of one key.
    """
    made = Prepared(customers)
    for column in dict.fromkeys(_amount_columns(study.traits)):
        if column in customers.columns:
            _join_amounts(con, made, column, study.tables["customers"].decimal)
    for column in dict.fromkeys(t.column for t in study.traits.values() if t.kind == "country"):
        if column in customers.columns:
            _join_countries(con, made, column)
    for name, trait in study.traits.items():
        if trait.lookup and trait.column in customers.columns:
            _join_lookup(con, made, name, trait, study)
    return made


def _amount_columns(traits: Mapping[str, TraitSpec]) -> Iterable[str]:
    for trait in traits.values():
        if trait.kind in {"amount", "growth"}:
            yield from trait.sources


def _join_amounts(con: Backend, made: Prepared, column: str, decimal: str) -> None:
    text, counts = _distinct(made.table, column)
    ranges = [read_range(one, decimal=decimal) for one in counts["text"]]
    read = pd.DataFrame(
        {
            _KEY: counts["text"].astype("object"),
            joined("low", column): [low for low, _ in ranges],
            joined("high", column): [high for _, high in ranges],
            joined("dated", column): [looks_like_date(one) for one in counts["text"]],
        }
    )
    _join(con, made, text, read.astype({joined("dated", column): bool}))
    made.notices += _currencies(column, counts)


def _join_countries(con: Backend, made: Prepared, column: str) -> None:
    text, counts = _distinct(made.table, column)
    names = [KNOWN_AS.get(plain_country(one)) for one in counts["text"]]
    entries = pd.DataFrame({_KEY: counts["text"], joined("country", column): pd.Series(names)})
    _join(con, made, text, entries.dropna())


def _distinct(table: ibis.Table, column: str) -> tuple[Any, pd.DataFrame]:
    """A column's texts, and how often each comes; a number's whole values without their point."""
    text: Any = table[column].cast("string").strip()
    if table[column].type().is_floating():
        text = text.re_replace(r"\.0$", "")
    filled = table.select(text=text)
    filled = filled.filter(filled.text.notnull() & (filled.text != ""))
    return text, filled.group_by("text").agg(n=filled.count()).order_by("text").execute()


def _join(con: Backend, made: Prepared, text: Any, entries: pd.DataFrame) -> None:
    entries = entries.astype({_KEY: "str"})
    right = con.create_table(ibis.util.gen_name("entries"), entries, temp=True)
    wide = made.table.mutate(**{f"{_KEY}_own": text})
    both = wide.left_join(right, wide[f"{_KEY}_own"] == right[_KEY])
    both = both.drop(_KEY, f"{_KEY}_own")
    made.table = con.create_table(ibis.util.gen_name("prepared"), both, temp=True)


def _currencies(column: str, counts: pd.DataFrame) -> list[str]:
    """Say that amounts in several currencies aren't converted."""
    found: dict[str, int] = {}
    for text, n in zip(counts["text"], counts["n"], strict=True):
        for mark in {_CODES.get(mark, mark.upper()) for mark in _CURRENCIES.findall(text)}:
            found[mark] = found.get(mark, 0) + int(n)
    if len(found) < 2:
        return []
    listed = ", ".join(f"{mark} {n:,}" for mark, n in sorted(found.items()))
    return [f"'{column}' holds amounts in {len(found)} currencies ({listed}); they are not converted"]


def _join_lookup(con: Backend, made: Prepared, name: str, trait: TraitSpec, study: Study) -> None:
    """The entry of each key; keys are compared as text, whatever their case."""
    asked = dict(trait.lookup or {})
    spec = TableSpec(file=asked["file"], columns={})
    raw = read_raw(con, f"lookup_{name}", spec, study.folder)
    for column in (asked["key"], asked["value"]):
        if column not in raw.table.columns:
            raise DataError(
                f"the lookup table {raw.where} of '{name}' has no column '{column}'",
                fix=nearest(column, raw.table.columns),
            )
    made.inputs[f"lookup_{name}"] = raw.sha256
    key, value = (raw.table[asked[side]].cast("string").strip() for side in ("key", "value"))
    entries = raw.table.select(**{_KEY: key.lower(), joined("entry", name): value}).distinct()
    entries = entries.filter(entries[_KEY].notnull() & (entries[_KEY] != "")).execute()
    n_twice = int(entries[_KEY].duplicated().sum())
    if n_twice:
        raise DataError(
            f"the lookup table {raw.where} of '{name}' says two things of {n_twice:,} keys",
            "one value for each key",
        )
    text: Any = made.table[trait.column].cast("string").strip().lower()
    _join(con, made, text, entries)
