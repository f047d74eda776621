"""A raw table, what segkit reads in it, and the rule that sets a line aside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.files import Raw
from segkit.sources.printable import listed, require
from segkit.sources.quality import AGAIN, MALFORMED, account
from segkit.sources.values import common_shapes, looks_like_float_id, looks_rounded
from segkit.study.schema import OPEN
from segkit.study.tables import TableSpec

_STAGED = "segkit__"
UNDER = "set_aside_under"
"""Column of the set-aside lines that names the rule."""
MOST_MALFORMED = 0.5
DATE_FIX = (
    "Say how the dates are written as `date_format` of this table in study.yaml, such as "
    '"%d/%m/%Y" for 31/12/2024 or "%d.%m.%Y %H:%M" for 31.12.2024 18:30'
)

_RULE = f"{_STAGED}rule"
UNMATCHED = f"{_STAGED}unmatched"
"""Column of a bridged table: the rule under which a row is of no customer that can be told."""
BARRED = f"{_STAGED}barred"
"""Column of a guarded table: the rule under which a line's customer may not be used."""
Values = Mapping[str, Any]
"""Named ibis expressions on one table."""


@dataclass(frozen=True, eq=False)
class Check:
    """A checked table: computed once, beside the columns as they came.

    Attributes
    ----------
    raw : Raw
        Its table holds the columns as they came, what was read in them, and the rule.
    read : dict of str to ibis.Value
        What was read, null where it couldn't be.
    columns : dict of str to ibis.Value
        segkit's columns.
    """

    raw: Raw
    read: Values
    columns: Values

    @property
    def rule(self) -> Any:
        """The rule that sets a line aside; null for a line that is kept."""
        return self.raw.table[_RULE]

    def kept(self) -> ibis.Table:
        """Kept lines under segkit's column names."""
        return self.raw.table.filter(self.rule.isnull()).select(**self.columns)

    def under(self, rules: list[str]) -> ibis.Table:
        """Lines set aside under some of the rules, under segkit's column names."""
        return self.raw.table.filter(self.rule.isin(rules)).select(**self.columns)

    def set_aside(self) -> ibis.Table:
        """Lines set aside, as they came, with their rule; but for those that may not be kept at all."""
        aside = self.raw.table.filter(self.rule.notnull()).mutate(**{UNDER: self.rule})
        if BARRED in aside.columns:
            aside = aside.filter(aside[BARRED].isnull())
        return aside.select(UNDER, *as_it_came(self.raw.table))

    def record(self, name: str) -> pd.DataFrame:
        """Lines (and money) per outcome; see `Quality.lines`."""
        money = {"amount": self.columns["amount"]} if "amount" in self.columns else {}
        ruled = self.raw.table.select(rule=self.rule, **money)
        sums = {column: ruled[column].sum().cast("float64") for column in money}
        rows = ruled.group_by("rule").agg(lines=ruled.count(), **sums).order_by("rule").execute()
        beside = {MALFORMED: len(self.raw.malformed), AGAIN: self.raw.n_again}
        return account(name, int(self.raw.table.count().execute()), rows, beside)


def require_columns(raw: Raw, spec: TableSpec) -> None:
    """Refuse a mapping that names a column which the table doesn't have."""
    left_open = [name for name, column in spec.columns.items() if column == OPEN]
    if left_open:
        raise DataError(
            f"study.yaml leaves open which column of {raw.where} is {', '.join(left_open)}",
            ", ".join(listed(raw.table.columns)),
        )
    mapped = [column for names in spec.mapped.values() for column in names]
    require(mapped, raw.table.columns, raw.where, "study.yaml")


def settle(
    con: Backend,
    raw: Raw,
    parsed: Values,
    columns_of: Callable[[ibis.Table, Values], Values],
    rules_of: Callable[[ibis.Table, Values, Values], Values],
) -> Check:
    """Compute in one pass what was read and which rule, if any, sets each line aside.

    Parameters
    ----------
    parsed : dict of str to ibis.Value
        What is read, on the raw table.
    columns_of : callable
        (table, what was read) -> segkit's columns.
    rules_of : callable
        (table, what was read, segkit's columns) -> rule to lines it fits; the first that
        fits a line holds.
    """
    loose = raw.table.mutate(**{f"{_STAGED}{name}": value for name, value in parsed.items()})
    loosely = _staged(loose, parsed)
    rules = rules_of(loose, loosely, columns_of(loose, loosely))
    branches = [(fits.fill_null(False), ibis.literal(name)) for name, fits in rules.items()]
    told = [loose[one] for one in (UNMATCHED, BARRED) if one in loose.columns]
    branches = [*((rule.notnull(), rule) for rule in told), *branches]
    rule = ibis.cases(*branches, else_=ibis.null("string")) if branches else ibis.null("string")
    table = con.create_table(ibis.util.gen_name("staged"), loose.mutate(**{_RULE: rule}), temp=True)
    read = _staged(table, parsed)
    return Check(replace(raw, table=table), read, columns_of(table, read))


def _staged(table: ibis.Table, parsed: Values) -> Values:
    return {name: table[f"{_STAGED}{name}"] for name in parsed}


def as_it_came(table: ibis.Table) -> list[str]:
    """The columns of a staged table that were there before it was staged."""
    return [column for column in table.columns if not column.startswith(_STAGED)]


def copy_number(table: ibis.Table) -> Any:
    """0 for a line's first appearance, 1, 2, ... for its exact copies."""
    return ibis.row_number().over(ibis.window(group_by=as_it_came(table)))


def count_copies(table: ibis.Table) -> int:
    """How many lines are exact copies of an earlier one."""
    distinct = table.select(*as_it_came(table)).distinct().count()
    return int(table.count().execute()) - int(distinct.execute())


def refuse_float_ids(raw: Raw, spec: TableSpec, names: Sequence[str]) -> None:
    """Refuse ids such as "12346.0": as text they match nothing that holds 12346."""
    given = [str(spec.columns[name]) for name in names if name in spec.columns]
    given = [name for name in given if not raw.table[name].type().is_integer()]
    if not given:
        return
    _refuse_rounded_ids(raw, given)
    for column, n_float in _counts(raw, given, looks_like_float_id).items():
        if n_float and spec.ids != "from_float":
            raise DataError(
                f"{raw.where}: {n_float:,} values of '{column}' look like '99999.0': "
                "ids that went through a column of floats",
                "ids as text",
                "Export them again as text, or add `ids: from_float` to this table in study.yaml",
            )


def _refuse_rounded_ids(raw: Raw, given: list[str]) -> None:
    for column, n_rounded in _counts(raw, given, looks_rounded).items():
        if n_rounded:
            raise DataError(
                f"{raw.where}: {n_rounded:,} values of '{column}' look like '9.99999E+99': ids that a "
                "spreadsheet has rounded; their digits are lost",
                "ids as text",
                "Export them again without opening the file in a spreadsheet",
            )


def _counts(raw: Raw, columns: list[str], fits: Callable[[Any], Any]) -> dict[str, int]:
    """How many values of each column fit."""
    sums = {name: fits(raw.table[name]).sum().fill_null(0) for name in columns}
    return {str(name): int(n) for name, n in raw.table.agg(**sums).execute().iloc[0].items()}


def refuse_malformed(raw: Raw) -> None:
    """Refuse a table most of whose lines are no records: its delimiter or quotes must be wrong."""
    n_malformed = len(raw.malformed)
    n_lines = int(raw.table.count().execute()) + n_malformed
    if n_malformed / n_lines > MOST_MALFORMED:
        raise DataError(
            f"{raw.where}: {n_malformed:,} of {n_lines:,} lines are a malformed line: they have "
            "more or fewer fields than the header",
            "one delimiter between fields, and quotes around fields that hold it",
        )


def refuse_misread(raw: Raw, spec: TableSpec, *ids: str) -> None:
    """Refuse a table whose mapping, form or ids must be wrong, before a value of it is read."""
    require_columns(raw, spec)
    refuse_malformed(raw)
    refuse_float_ids(raw, spec, ids)


def refuse_unreadable(raw: Raw, spec: TableSpec, parsed: Mapping[str, Any], limit: float) -> None:
    """Refuse a table where so many values can't be read that its mapping must be wrong.

    Parameters
    ----------
    parsed : dict of str to ibis.Value
        Raw column -> what was read in it; null where it couldn't be read.
    limit : float
        Largest share of unreadable values, 0 to 1.
    """
    filled = {column: is_filled(raw.table[column]) for column in parsed}
    failed = {column: filled[column] & value.isnull() for column, value in parsed.items()}
    n_filled, n_failed = (
        raw.table.agg(**{name: is_so.sum().fill_null(0) for name, is_so in which.items()}).execute()
        for which in (filled, failed)
    )
    for column, value in parsed.items():
        given, unread = int(n_filled[column].iloc[0]), int(n_failed[column].iloc[0])
        if given and unread / given > limit:
            raise DataError(
                f"{raw.where}: {unread:,} of {given:,} values of '{column}' can't be read",
                f"{_stated(value, spec)}; here are {shapes(raw, column, failed[column])}",
                DATE_FIX if value.type().is_timestamp() else "Correct this table's entry in study.yaml",
            )


def is_filled(value: Any) -> Any:
    """Whether there is anything to read."""
    return value.strip() != "" if value.type().is_string() else value.notnull()


def _stated(value: Any, spec: TableSpec) -> str:
    if value.type().is_timestamp():
        return f"dates as date_format '{spec.date_format}' says"
    thousands = f" and thousands '{spec.thousands}'" if spec.thousands else ""
    return f"finite numbers with decimal '{spec.decimal}'{thousands}"


def shapes(raw: Raw, column: str, failed: Any) -> str:
    """Commonest forms of the unreadable values: safe to print, whatever the column holds."""
    common = common_shapes(raw.table.filter(failed), column, most=3)
    return ", ".join(f"'{form}' ({n:,})" for form, n in common.items())
