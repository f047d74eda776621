"""The numbers of a user's file, read as `segkit check` reads them, and what it would ask about them."""

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from segkit.errors import DataError
from segkit.sources.currencies import mixed_notices
from segkit.sources.guessing.guessed import Guessed
from segkit.sources.guessing.seen import Seen
from segkit.sources.money import money_of, number_of, settle_columns
from segkit.sources.parts import named_files
from segkit.sources.prepared import amount_marks, signs_of, text_counts
from segkit.sources.values import common_shapes
from segkit.study.defaults import RULES
from segkit.study.schema import OPEN
from segkit.study.tables import ORDER_MONEY, TableSpec, table_spec
from segkit.study.traits import NUMBERS

MOST_READ = 0.95
"""Share of a column's values that must be numbers for it to hold any."""
_MONEY = ("amount", "unit_price", "discount", *ORDER_MONEY)


def settle_orders(seen: Seen) -> None:
    """State the notation of order lines, and say which mapped columns hold no numbers."""
    money = _mapped(seen, _MONEY)
    read: dict[str, Callable[..., Any]] = dict.fromkeys(_mapped(seen, ["quantity"]), number_of)
    read |= dict.fromkeys(money, money_of)
    spec = table_spec(seen.guess.spec)
    given = (seen.table, _name(seen), spec, read, money)
    settled = _asked(seen, partial(settle_columns, *given, currency=seen.currency))
    if settled is None:
        return
    own, _ = settled
    _state(seen, own, read)
    for column, reader in read.items():
        _note_unread(seen, column, reader(seen.table, column, own))


def ask_numbers(seen: Seen, columns: Iterable[str]) -> None:
    """Ask about columns of numbers that can be read two ways."""
    spec = table_spec(seen.guess.spec)
    for column in columns:
        _asked(seen, partial(settle_columns, seen.table, _name(seen), spec, [column]))


def ask_traits(seen: Seen, guessed: Guessed) -> None:
    """Ask about traits that can be read two ways, or that mix currencies."""
    kinds = {str(trait["column"]): trait["kind"] for trait in guessed.traits.values()}
    ask_numbers(seen, [column for column, kind in kinds.items() if kind in NUMBERS])
    spec, limit = table_spec(seen.guess.spec), RULES["max_unreadable_share"]
    for column in [column for column, kind in kinds.items() if kind == "amount"]:
        counts = text_counts(seen.table, column)
        _asked(seen, partial(amount_marks, column, counts, spec, _name(seen), limit))
        named = {column: signs_of(counts)}
        _asked(seen, partial(mixed_notices, _name(seen), named, RULES["mixed_currencies"]))


def _asked(seen: Seen, read: Callable[[], Any]) -> Any:
    """What is read; what `segkit check` would refuse is put among what a person has to settle."""
    try:
        return read()
    except DataError as error:
        seen.guess.needs.append(f"{error.arrived}. {error.fix}")
        return None


def _name(seen: Seen) -> str:
    return named_files([Path(file).name for file in table_spec(seen.guess.spec).files])


def _mapped(seen: Seen, names: Iterable[str]) -> list[str]:
    given = [seen.columns.get(ours, OPEN) for ours in names]
    return [column for column in given if isinstance(column, str) and column != OPEN]


def _state(seen: Seen, settled: TableSpec, read: dict[str, Callable[..., Any]]) -> None:
    """One notation for the table, where it reads every column as the column's own does."""
    found = set(settled.marks.values()) - {(".", "")}
    if len(found) != 1:
        return
    decimal, thousands = found.pop()
    options = {"decimal": decimal} | ({"thousands": thousands} if thousands else {})
    whole = table_spec({**seen.guess.spec, **options})
    for column, reader in read.items():
        own, stated = reader(seen.table, column, settled), reader(seen.table, column, whole)
        if seen.table.filter(~own.identical_to(stated)).count().execute():
            return
    by = next(name for name, marks in settled.marks.items() if marks == (decimal, thousands))
    seen.guess.spec |= options
    seen.guess.said["decimal"] = f"'{decimal}' as in '{by}'"


def _note_unread(seen: Seen, column: str, number: Any) -> None:
    """Say that a column holds no numbers, with the commonest form of its values."""
    ours = next(ours for ours, theirs in seen.columns.items() if theirs == column)
    given = seen.text(column).fill_null("") != ""
    unread = seen.table.filter(given & number.isnull())
    n_given, n_unread = (int(one.count().execute()) for one in (seen.table.filter(given), unread))
    if n_given and n_unread > (1 - MOST_READ) * n_given:
        seen.guess.needs.append(
            f"{ours}: {n_unread:,} of {n_given:,} values of '{column}' are no numbers as they "
            f"stand; most have the form '{next(iter(common_shapes(unread, column, most=1)))}'"
        )
