"""Rows of a survey that are no answers, and the weights of those that are."""

from typing import Any

import ibis

from segkit.errors import DataError, nearest
from segkit.sources.files import Raw
from segkit.sources.values import as_number
from segkit.study import Study
from segkit.tablespec import TableSpec


def rows_aside(table: ibis.Table, raw: Raw, spec: TableSpec) -> dict[str, Any]:
    """Rows that the study sets aside by what a column says: previews, unfinished answers.

    Returns
    -------
    dict of str to ibis.Value
        Reason -> the rows that it fits; texts are compared whatever their case.

    Raises
    ------
    DataError
        There is no such column.
    """
    rules: dict[str, Any] = {}
    for reason, by_column in (spec.set_aside or {}).items():
        for column, values in by_column.items():
            require(raw, column, "set_aside")
            told = table[column].cast("string").strip().lower().fill_null("")
            rules[reason] = told.isin([str(value).strip().lower() for value in values])
    return rules


def weight_notice(customers: ibis.Table, study: Study) -> str:
    """Say what the survey's weights would change, and that they aren't used.

    Notes
    -----
    The design effect is Kish's: n times the sum of squared weights over the square of their sum.

    Raises
    ------
    DataError
        There is no such column, or it holds something else than numbers from 0.

    References
    ----------
    Kish, L. (1965). Survey Sampling.
    """
    if study.weight not in customers.columns:
        known = [column for column in customers.columns if column != "customer_id"]
        raise DataError(
            f"the customer table has no column '{study.weight}', which `weight` names",
            fix=nearest(study.weight, known),
        )
    number = as_number(customers[study.weight], study.tables["customers"])
    weights = customers.select(weight=number)["weight"].execute().astype("float64")
    n_bad = int((weights.isna() | (weights < 0)).sum())
    if n_bad or not weights.sum():
        raise DataError(
            f"`weight` names '{study.weight}', and {n_bad:,} of its {len(weights):,} values are blank, "
            "negative or no numbers",
            "a number from 0 for every row, and not 0 for all",
        )
    effect = len(weights) * float((weights**2).sum()) / float(weights.sum()) ** 2
    words = study.words["customers"]
    return (
        f"'{study.weight}' holds weights from {weights.min():g} to {weights.max():g}; they are not "
        f"used: each of the {len(weights):,} {words} counts once, in segments and in shares. Weighted, "
        f"they would say as much as {len(weights) / effect:,.0f} unweighted ones (design effect "
        f"{effect:.2f})"
    )


def require(raw: Raw, column: str, where: str) -> None:
    """Refuse a rule about a column that the table doesn't have."""
    if column not in raw.table.columns:
        raise DataError(
            f"{raw.where} has no column '{column}', which `{where}` names",
            fix=nearest(column, raw.table.columns),
        )
