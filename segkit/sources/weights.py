"""The weights of a survey: read, set aside where somebody has none, and said."""

import ibis
import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.sources.check import Check, Values, shapes
from segkit.sources.files import Raw
from segkit.sources.money import number_of, settle_columns
from segkit.sources.printable import require
from segkit.sources.values import NO_ID, is_one_of
from segkit.study import Study
from segkit.study.tables import TableSpec

EXTREME = 10
"""Times the median from which a weight is called extreme."""
MUCH = 2
"""Design effect above which weighting costs more than half of what the sample could say."""

NONE = (*NO_ID, "na", ".")
"""How programs write that there is no weight."""


def weight_marks(raw: Raw, study: Study) -> tuple[TableSpec, list[str]]:
    """The customer table's spec with the marks that the weights settle, and what to say of them."""
    spec, column = study.tables["customers"], study.weight
    named = [column] if column else []
    return settle_columns(raw.table, raw.where, spec, named, rules=study.rules)


def weights_aside(table: ibis.Table, raw: Raw, spec: TableSpec, column: str) -> Values:
    """Rows that stand for nobody: without a weight, or with a weight of 0.

    Raises
    ------
    DataError
        There is no such column.
    """
    require([column], raw.table.columns, raw.where, "`weight`")
    is_zero = number_of(table, column, spec) == 0
    return {"no weight": is_one_of(table[column], NONE), "weight of 0": is_zero}


def with_weights(check: Check, study: Study, spec: TableSpec) -> ibis.Table:
    """The kept rows with their weights read as numbers.

    Raises
    ------
    DataError
        A weight is negative or no finite number: nobody knows for how many people that is.
    """
    column, kept = study.weight, check.kept()
    read = number_of(check.raw.table, column, spec)
    failed = check.rule.isnull() & (read.isnull() | (read < 0))
    n_failed, n = (int(one.execute()) for one in (failed.sum().fill_null(0), kept.count()))
    if n_failed:
        raise DataError(
            f"`weight` names '{column}', and {n_failed:,} of its {n:,} values are negative or no "
            f"finite numbers: {shapes(check.raw, column, failed)}",
            "numbers from 0; a row with a blank or with 0 is set aside and counted",
            "Correct them where the weights are made, or name another column",
        )
    return kept.mutate(**{column: number_of(kept, column, spec)})


def weight_notice(weights: pd.Series, study: Study) -> str:
    """Say what the weights are, what they are used for, and what they cost.

    Parameters
    ----------
    weights : pandas.Series of float
        Of the kept rows, above 0; its name is the column's.
    study : Study

    Notes
    -----
    The design effect is Kish's (1965): 1 + the squared coefficient of variation of the weights.
    """
    values, words = weights.to_numpy(dtype="float64"), study.words["customers"]
    effect = 1 + float(np.var(values) / values.mean() ** 2)
    said = (
        f"'{weights.name}' holds weights from {values.min():g} to {values.max():g}: sizes and profiles "
        f"are weighted, the segments are found on the {words} as they are. {len(values):,} {words} "
        f"say as much as {len(values) / effect:,.0f} unweighted ones would (design effect {effect:.2f})"
    )
    if effect > MUCH:
        said += (
            f"; above {MUCH} the weights cost more than half of what the sample could say: look at how "
            "they were made"
        )
    return f"{said}{_extreme(values)}"


def _extreme(values: np.ndarray) -> str:
    far = values > EXTREME * np.median(values)
    if not far.any():
        return ""
    return (
        f". Weights above {EXTREME} times the median: {int(far.sum()):,}, with "
        f"{values[far].sum() / values.sum():.0%} of all weight; they are used as they are: trim them "
        "where they are made, if at all"
    )
