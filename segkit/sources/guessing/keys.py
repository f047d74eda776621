"""Which column of each table holds the ids by which they find each other, told by shared values."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis

from segkit.sources.guessing.persons import is_person, looks_like_id
from segkit.sources.names import plain_name
from segkit.sources.values import NO_ID

LEAST_SHARED = 0.05
"""Share of the smaller table's ids from which two columns speak of the same people."""
LEAST_DISTINCT = 0.9
"""Distinct values per row in a customer table's id column that isn't named like one."""


@dataclass(frozen=True)
class Key:
    """The id column of a table.

    Attributes
    ----------
    column : str
    shared : int
        How many of its ids the other tables hold; 0 where it was taken by its name.
    ids : int
    by_name : bool
        Whether its name is that of an id.
    """

    column: str
    shared: int
    ids: int
    by_name: bool

    @property
    def why(self) -> str:
        """In words."""
        if not self.shared:
            return "is customer_id, by its name"
        return f"is customer_id: {self.shared:,} of its {self.ids:,} ids are in the other tables"


@dataclass(frozen=True)
class Bridge(Key):
    """The column of a table that another one leads to the customers' ids.

    Attributes
    ----------
    source, there : str
        A table about customers, and its column with the same values.
    """

    source: str
    there: str


_OF_A_THING = re.compile(
    r"(campaign|mailing|product|item|article|sku|order|basket|invoice|receipt|transaction|store|shop"
    r"|coupon|voucher|session|visit|event|post|page|activity|ticket)_?(id|no|nr|number|key|code|upc)?"
)
"""Names of ids that aren't a customer's, whatever values they share with one."""
Candidates = Mapping[str, frozenset[str]]
"""Column -> its ids."""


def candidates_of(
    table: ibis.Table, columns: Iterable[str], *, distinct: bool
) -> dict[str, frozenset[str]]:
    """Columns that may hold a person's id, with their values as ids are compared.

    Parameters
    ----------
    table : ibis.Table
    columns : iterable of str
        Those to look at.
    distinct : bool
        Whether an id hardly comes twice, as in a customer table.
    """
    able = [name for name in columns if not _OF_A_THING.fullmatch(plain_name(name))]
    counts = {name: table[name].nunique() for name in able}
    if not counts:
        return {}
    rows = table.agg(segkit__rows=table.count(), **counts).execute().iloc[0]
    least = LEAST_DISTINCT * rows["segkit__rows"] if distinct else 0
    wanted = [name for name in able if is_named_id(name) or rows[name] >= least]
    return {name: ids for name in wanted if (ids := _ids(table, name))}


def _ids(table: ibis.Table, name: str) -> frozenset[str]:
    if table[name].type().is_floating() or table[name].type().is_temporal():
        return frozenset()
    text = table[name].cast("string").strip().re_replace(r"\.0+$", "")
    text = text.contains("@").ifelse(text.lower(), text)
    values = table.select(id=text).distinct().execute()["id"].dropna()
    return frozenset(str(one) for one in values if str(one).casefold() not in NO_ID)


def find_keys(tables: Mapping[str, Candidates]) -> dict[str, Key]:
    """Choose each table's id column so that the tables share most ids.

    Parameters
    ----------
    tables : dict of str to dict
        Table -> its candidates, the table that decides first: where it has one candidate, its ids are
        what the others are held against.

    Returns
    -------
    dict of str to Key
        Of the tables that share ids; one that shares none isn't in it.
    """
    names = [name for name, columns in tables.items() if columns]
    if not names:
        return {}
    start, column = _start(tables, names)
    pool = tables[start][column]
    chosen = {start: column}
    while True:
        open_ones = [name for name in names if name not in chosen]
        best = max(
            ((_shares(values, pool), is_named_id(own), -place, name, own)
             for name in open_ones
             for place, (own, values) in enumerate(tables[name].items())),
            default=None,
        )  # fmt: skip
        if best is None or best[0] < LEAST_SHARED:
            break
        chosen[best[3]] = best[4]
        pool |= tables[best[3]][best[4]]
    return {name: _key(name, chosen, tables) for name in chosen if len(chosen) > 1}


def best_bridge(
    columns: Candidates, leading: Mapping[tuple[str, str], frozenset[str]]
) -> Bridge | None:
    """The column that shares most values with one of a table about customers; None where none does.

    Parameters
    ----------
    columns : dict of str to frozenset of str
        Of the table that has none of the customers' ids.
    leading : dict of (str, str) to frozenset of str
        Table about customers and its column -> values.
    """
    pairs = [
        (_shares(values, ids), is_named_id(column), column, source, there)
        for column, values in columns.items()
        for (source, there), ids in leading.items()
    ]
    if not pairs or max(pairs)[0] < LEAST_SHARED:
        return None
    _, named, column, source, there = max(pairs)
    own, ids = columns[column], leading[source, there]
    return Bridge(column, len(own & ids), len(own), named, source, there)


def _start(tables: Mapping[str, Candidates], names: list[str]) -> tuple[str, str]:
    """The first table, with its column that shares most with any column of the others."""
    pairs = [
        (_shares(values, other), is_named_id(column), -place, name, column)
        for name in names
        for place, (column, values) in enumerate(tables[name].items())
        for second in names
        if second != name
        for other in tables[second].values()
        if name == names[0] or len(tables[names[0]]) > 1
    ]
    if not pairs:
        return names[0], next(iter(tables[names[0]]))
    best = max(pairs)
    return best[3], best[4]


def _shares(own: frozenset[str], other: frozenset[str]) -> float:
    return len(own & other) / min(len(own), len(other))


def is_named_id(column: str) -> bool:
    """Whether a column's name is that of a row's or a person's id."""
    return looks_like_id(column) or is_person(column)


def _key(name: str, chosen: Mapping[str, str], tables: Mapping[str, Candidates]) -> Key:
    own = tables[name][chosen[name]]
    others = frozenset().union(*(tables[one][column] for one, column in chosen.items() if one != name))
    return Key(chosen[name], len(own & others), len(own), is_named_id(chosen[name]))
