"""What a trait's texts stand for - amounts, entries of a lookup table - joined to the customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.amounts import looks_like_date, number_forms, read_range
from segkit.sources.choices import choice_notices
from segkit.sources.countries import KNOWN_AS, plain_country
from segkit.sources.currencies import Named, mixed_notices, named_in
from segkit.sources.files import read_raw
from segkit.sources.money import settle_columns
from segkit.sources.notation import marked, settled_for
from segkit.sources.printable import require
from segkit.sources.values import text_of
from segkit.study import Study
from segkit.study.scales import item_traits
from segkit.study.tables import TableSpec
from segkit.study.traits import NUMBERS, TraitSpec

_KEY = "segkit__key"
CUSTOMERS = "the customer table"


@dataclass
class Prepared:
    """The customers with what their texts stand for.

    Attributes
    ----------
    table : ibis.Table
        The customers; per text that was looked up further columns, named by `joined`.
    spec : TableSpec
        The table's, with the marks that its columns of numbers settle.
    notices : list of str
        Odd things that were counted and left as they are.
    inputs : dict of str to str
        SHA-256 of the lookup tables.
    signs : dict of str to dict of str to int
        Column of amounts -> which currencies its texts name, and how many of them do.
    """

    table: ibis.Table
    spec: TableSpec
    notices: list[str] = field(default_factory=list)
    inputs: dict[str, str] = field(default_factory=dict)
    signs: dict[str, Named] = field(default_factory=dict)


def joined(what: str, name: str) -> str:
    """Name of a joined column: `low`, `high`, `dated` or `country` of a column, `entry` of a trait."""
    return f"segkit__{what}_{name}"


def prepare(
    con: Backend,
    customers: ibis.Table,
    study: Study,
    traits: Mapping[str, TraitSpec] | None = None,
    spec: TableSpec | None = None,
    where: str = CUSTOMERS,
) -> Prepared:
    """Join what amounts and looked-up texts stand for.

    Parameters
    ----------
    con : ibis DuckDB backend
    customers : ibis.Table
        Kept rows: customer_id and the file's own columns.
    study : Study
    traits : dict of str to TraitSpec, optional
        Those that are read in this table; by default all of the study's, and its survey items.
    spec : TableSpec, optional
        The table's; by default the customer table's.
    where : str
        What to call the table in a message.

    Raises
    ------
    DataError
        A lookup table lacks a column, or says two things of one key; a column of numbers can be read
        two ways; one of amounts mixes currencies.
    """
    made = Prepared(customers, spec or study.tables["customers"])
    traits = {**study.traits, **item_traits(study.scales)} if traits is None else traits
    _settle_numbers(made, traits, study, where)
    _take_amounts(con, made, traits, study, where)
    for column in dict.fromkeys(t.column for t in traits.values() if t.kind == "country"):
        if column in customers.columns:
            _join_countries(con, made, column)
    for name, trait in traits.items():
        if trait.lookup and trait.column in customers.columns:
            _join_lookup(con, made, name, trait, study)
    chosen = choice_notices(customers, traits)
    made.notices += chosen if where == CUSTOMERS else [f"{where}: {text}" for text in chosen]
    return made


def _settle_numbers(made: Prepared, traits: Mapping[str, TraitSpec], study: Study, where: str) -> None:
    """Settle the marks of the columns of numbers."""
    numbers = [one.column for one in traits.values() if one.kind in NUMBERS and not one.lookup]
    places = [one.origin for one in traits.values() if one.kind == "distance_km"]
    coordinates = [column for pair in places for column in pair]
    made.spec, said = settle_columns(
        made.table, where, made.spec, numbers, below_1000=coordinates, rules=study.rules
    )
    made.notices += said


def _take_amounts(
    con: Backend, made: Prepared, traits: Mapping[str, TraitSpec], study: Study, where: str
) -> None:
    """Join the ranges of the columns of amounts, in one currency as the study's rules have it."""
    of_money = [trait for trait in traits.values() if trait.kind in {"amount", "growth"}]
    columns = dict.fromkeys(column for trait in of_money for column in trait.sources)
    there = [column for column in columns if column in made.table.columns]
    amounts = {column: text_counts(made.table, column) for column in there}
    made.signs = {column: signs_of(counts) for column, counts in amounts.items()}
    for trait in of_money:  # both ends of a growth among them
        named = {column: made.signs[column] for column in trait.sources if column in made.signs}
        mixed = refuse_mixed(where, named, trait, study)
        made.notices += [one for one in mixed if one not in made.notices]
    for column, counts in amounts.items():
        _join_amounts(con, made, column, counts, study, where)


def refuse_mixed(where: str, named: Mapping[str, Named], trait: TraitSpec, study: Study) -> list[str]:
    """Refuse a trait whose columns name several currencies, or not the one it is printed with."""
    stated = study.currency if trait.unit == "money" else ""
    return mixed_notices(where, named, study.rules["mixed_currencies"], stated)


def signs_of(counts: pd.DataFrame) -> dict[str, int]:
    """Which signs and codes a column's texts name, and how many of its values do."""
    named: dict[str, int] = {}
    for text, n in zip(counts["text"], counts["n"].astype(int), strict=True):
        for sign in named_in(text):
            named[sign] = named.get(sign, 0) + n
    return named


def _join_amounts(
    con: Backend, made: Prepared, column: str, counts: pd.DataFrame, study: Study, where: str
) -> None:
    decimal, sure = ".", True
    if made.table[column].type().is_string():
        limit = study.rules["max_unreadable_share"]
        made.spec, said = amount_marks(column, counts, made.spec, where, limit)
        made.notices += said
        decimal = marked(made.spec, column).decimal
        sure = bool(made.spec.stated) or column in made.spec.marks  # that it parts a fraction
    ranges = [read_range(one, decimal=decimal, sure=sure) for one in counts["text"]]
    read = pd.DataFrame(
        {
            _KEY: counts["text"].astype("object"),
            joined("low", column): [low for low, _ in ranges],
            joined("high", column): [high for _, high in ranges],
            joined("dated", column): [looks_like_date(one) for one in counts["text"]],
        }
    )
    _join(con, made, text_of(made.table[column]), read.astype({joined("dated", column): bool}))


def amount_marks(
    column: str, counts: pd.DataFrame, spec: TableSpec, where: str, limit: float
) -> tuple[TableSpec, list[str]]:
    """The table's spec with the marks of a column of amounts, and what to say of them.

    Raises
    ------
    DataError
        The amounts can be read two ways.
    """
    pairs = zip(counts["text"], counts["n"].astype(int), strict=True)
    return settled_for(column, number_forms(pairs), spec, where, limit, default=".")


def _join_countries(con: Backend, made: Prepared, column: str) -> None:
    counts = text_counts(made.table, column)
    names = [KNOWN_AS.get(plain_country(one)) for one in counts["text"]]
    entries = pd.DataFrame({_KEY: counts["text"], joined("country", column): pd.Series(names)})
    _join(con, made, text_of(made.table[column]), entries.dropna())


def text_counts(table: ibis.Table, column: str) -> pd.DataFrame:
    """A column's texts, and how often each comes."""
    filled = table.select(text=text_of(table[column]))
    filled = filled.filter(filled.text.notnull() & (filled.text != ""))
    return filled.group_by("text").agg(n=filled.count()).order_by("text").execute()


def _join(con: Backend, made: Prepared, text: Any, entries: pd.DataFrame) -> None:
    entries = entries.astype({_KEY: "str"})
    right = con.create_table(ibis.util.gen_name("entries"), entries, temp=True)
    wide = made.table.mutate(**{f"{_KEY}_own": text})
    both = wide.left_join(right, wide[f"{_KEY}_own"] == right[_KEY])
    both = both.drop(_KEY, f"{_KEY}_own")
    made.table = con.create_table(ibis.util.gen_name("prepared"), both, temp=True)


def _join_lookup(con: Backend, made: Prepared, name: str, trait: TraitSpec, study: Study) -> None:
    """The entry of each key; keys are compared as text, whatever their case."""
    asked = dict(trait.lookup or {})
    spec = TableSpec(file=asked["file"], columns={})
    raw = read_raw(con, f"lookup_{name}", spec, study.folder)
    where = f"the lookup table {raw.where} of '{name}'"
    require([asked["key"], asked["value"]], raw.table.columns, where, "`lookup`")
    made.inputs[f"lookup_{name}"] = raw.sha256
    key, value = (raw.table[asked[side]].cast("string").strip() for side in ("key", "value"))
    entries = raw.table.select(**{_KEY: key.lower(), joined("entry", name): value}).distinct()
    entries = entries.filter(entries[_KEY].notnull() & (entries[_KEY] != "")).execute()
    n_twice = int(entries[_KEY].duplicated().sum())
    if n_twice:
        raise DataError(
            f"{where} says two things of {n_twice:,} keys",
            "one value for each key",
        )
    text: Any = made.table[trait.column].cast("string").strip().lower()
    _join(con, made, text, entries)
