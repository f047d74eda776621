"""Numbers of a table in the notation that their column settles, and money with its currency."""

from collections.abc import Iterable, Mapping
from typing import Any

import ibis
from ibis.expr.types import NumericValue

from segkit.sources.currencies import CURRENCY, currency_notices, mixed_notices
from segkit.sources.notation import marked, settled_for
from segkit.sources.values import as_number
from segkit.study.defaults import RULES
from segkit.study.tables import TableSpec

_DIGITS = r"([0-9.,][0-9.,' ]*?)"
_MONEY = rf"(?i)^[(]?\s*[+-]?\s*(?:{CURRENCY})?\s*[+-]?\s*{_DIGITS}\s*(?:{CURRENCY})?\s*-?\s*[)]?$"
_NAMED = rf"(?i)({CURRENCY})"
_BLANKS = {"\u00a0": " ", "\u202f": " ", "\u2212": "-", "\u2019": "'"}
"""Blanks that don't break, a real minus sign, and the apostrophe that Swiss exports use."""


def number_of(table: ibis.Table, column: str, spec: TableSpec) -> NumericValue:
    """A column of finite numbers; null for what isn't one in the column's notation."""
    return as_number(table[column], marked(spec, column))


def money_of(table: ibis.Table, column: str, spec: TableSpec) -> NumericValue:
    """A column of amounts, with or without a currency's sign or code; null for what can't be read.

    Notes
    -----
    "-$5", "$-5", "5-" and "(5)" are one amount below 0; two such marks on one amount are none.
    """
    plain = number_of(table, column, spec)
    if not table[column].type().is_string():
        return plain
    text = _text(table[column])
    minus: Any = text.re_replace(r"[^(-]", "")
    closed = text.startswith("(") == text.endswith(")")
    size: Any = as_number(_digits(text), marked(spec, column))
    fine = closed & minus.isin(["", "-", "("])
    signed = (minus == "").ifelse(size, -size)
    return ibis.coalesce(plain, fine.ifelse(signed, ibis.null("float64")))


def settle_columns(
    table: ibis.Table,
    where: str,
    spec: TableSpec,
    numbers: Iterable[str],
    money: Iterable[str] = (),
    below_1000: Iterable[str] = (),
    *,
    rules: Mapping[str, Any] = RULES,
    currency: str = "",
) -> tuple[TableSpec, list[str]]:
    """Settle by which marks some columns of a table are read.

    Parameters
    ----------
    table : ibis.Table
    where : str
        What to call it in a message.
    spec : TableSpec
    numbers, money, below_1000 : iterable of str
        Its columns that hold numbers, those that hold amounts, and those whose numbers are below a
        thousand by what they are, such as coordinates.
    rules, currency : dict, str
        The study's, where there is one yet.

    Returns
    -------
    TableSpec
        With the `marks` of each column whose values, and not the study, say what they are.
    list of str
        What to tell the reader of them.

    Raises
    ------
    DataError
        A column can be read two ways, or the amounts are in several currencies.
    """
    limit, notices, named = rules["max_unreadable_share"], [], {}
    money = list(dict.fromkeys(money))
    given: dict[str, int] = {}
    small = list(below_1000)
    for column in dict.fromkeys([*money, *numbers, *small]):
        if column not in table.columns or not table[column].type().is_string():
            continue
        forms, signs = _forms(table, column)
        spec, said = settled_for(column, forms, spec, where, limit, below_1000=column in small)
        notices += said
        if column in money:
            named[column], given[column] = signs, sum(forms.values())
    mixed = mixed_notices(where, named, rules["mixed_currencies"], currency)
    for column, signs in ({} if mixed else named).items():
        notices += currency_notices(where, column, signs, given[column], currency)
    return spec, [*notices, *mixed]


def _forms(table: ibis.Table, column: str) -> tuple[dict[str, int], dict[str, int]]:
    """The forms of a column's numbers, and the currencies that they name, each with its count."""
    each = table.group_by(written=table[column]).agg(times=table.count())
    text = _text(each.written)
    digits = _digits(text)
    form = digits.re_replace("[0-9]", "9")
    form = digits.startswith("0").ifelse(ibis.literal("0") + form[1:], form)
    sign = text.re_extract(_NAMED, 1).upper()
    seen = each.select(form=form, sign=sign, times=each.times)
    seen = seen.filter(seen.form.notnull())
    counts = seen.group_by(["form", "sign"]).agg(n=seen.times.sum()).execute()
    by_sign = counts[counts["sign"] != ""].groupby("sign")["n"].sum()
    forms = counts.groupby("form")["n"].sum()
    return (
        {str(one): int(n) for one, n in forms.items()},
        {str(one): int(n) for one, n in by_sign.items()},
    )


def _text(value: Any) -> Any:
    text = value.cast("string")
    for odd, usual in _BLANKS.items():
        text = text.replace(odd, usual)
    return text.strip()


def _digits(text: Any) -> Any:
    """What stands between sign and currency; null where there is something else."""
    return text.re_extract(_MONEY, 1).strip().nullif("")
