"""Scores by quantile cut points: learnt once, frozen, ties never split."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.segments.rules import sqltext
from segkit.segments.rules.conditions import column_values

SCORES = ("r", "f", "m")
MEAN = "fm"


def learnt_cuts(frame: pd.DataFrame, columns: Mapping[str, str], bins: int) -> pd.DataFrame:
    """Per score from 2 on, the least good value that earns it.

    Parameters
    ----------
    frame : pandas.DataFrame
    columns : dict of str to str
        Score (r, f, m) -> column.
    bins : int
        The best score.

    Returns
    -------
    pandas.DataFrame of shape (3, bins - 1)
        In the columns' units; missing where no value can earn the score.

    Raises
    ------
    DataError
        A column is absent or isn't numeric, or misses a value.
    """
    _require(frame, columns)
    cuts = {
        name: _sign(name) * _cuts(_sign(name) * _finite(frame, column), bins)
        for name, column in columns.items()
    }
    return pd.DataFrame(cuts, index=range(2, bins + 1)).T


def _require(frame: pd.DataFrame, columns: Mapping[str, str]) -> None:
    """Refuse a frame that lacks one of the three columns, and say which they are."""
    absent = [column for column in columns.values() if column not in frame]
    if absent:
        close = nearest(absent[0], map(str, frame.columns))
        meant = f"{close} " if close.startswith("Did you mean") else ""
        recency, frequency, monetary = columns.values()
        raise DataError(
            f"the frame has no column {' or '.join(map(repr, absent))}",
            f"for rfm, days since the last order as '{recency}', the number of orders as "
            f"'{frequency}' and money as '{monetary}'",
            f"{meant}Rename yours, or name them in `segkit.rfm_rules(frame, recency, ...)`",
        )


def scored(frame: pd.DataFrame, columns: Mapping[str, str], cut_points: pd.DataFrame) -> pd.DataFrame:
    """Score customers from 1 to the best score; see `RfmGrid.scores`."""
    scores = {}
    for name, column in columns.items():
        worth = _sign(name) * _finite(frame, column)
        cuts = _sign(name) * cut_points.loc[name].to_numpy()
        scores[name] = 1 + (worth[:, None] >= cuts).sum(axis=1)
    return pd.DataFrame(scores, index=frame.index)


def with_mean(scores: pd.DataFrame) -> pd.DataFrame:
    """Add `fm`, the mean of f and m: rounded down, so that it is earned whole."""
    return scores.assign(**{MEAN: (scores["f"] + scores["m"]) // 2})


def scores_sql(table: str, key: str, columns: Mapping[str, str], cut_points: pd.DataFrame) -> str:
    """Select the key and the scores, all NULL where one of the three columns is."""
    kinds: dict[str, str | None] = dict.fromkeys(columns.values(), "number")
    unknown = " OR ".join(f"{sqltext.quoted(column)} IS NULL" for column in kinds)
    scores = [_score_sql(name, columns[name], unknown, cut_points.loc[name]) for name in SCORES]
    source = sqltext.derived([sqltext.quoted(key), *scores], sqltext.typed(table, key, kinds))
    names = [sqltext.quoted(name) for name in (key, *SCORES)]
    mean = f'CAST(FLOOR(("f" + "m") / 2.0) AS INTEGER) AS {sqltext.quoted(MEAN)}'
    return sqltext.derived([*names, mean], source)


def _score_sql(name: str, column: str, unknown: str, cuts: pd.Series) -> str:
    column, sign = sqltext.quoted(column), ">=" if _sign(name) > 0 else "<="
    whens = [
        f" WHEN {column} {sign} {sqltext.number(float(cut))} THEN {score}"
        for score, cut in reversed(list(cuts.items()))
        if not math.isnan(cut)
    ]
    return f"CASE WHEN {unknown} THEN NULL{''.join(whens)} ELSE 1 END AS {sqltext.quoted(name)}"


def _sign(name: str) -> int:
    """Few days since the last order are good, much of the rest is."""
    return -1 if name == "r" else 1


def _finite(frame: pd.DataFrame, column: str) -> np.ndarray:
    values = np.asarray(column_values(frame, column, "number"))
    odd = int((~np.isfinite(values)).sum())
    if odd or not len(values):
        raise DataError(
            f"'{column}' is missing or infinite for {odd:,} of {len(values):,} customers",
            "a finite number for each, and at least one customer",
            "Take out who never ordered: they have no recency",
        )
    return values


def _cuts(worth: np.ndarray, bins: int) -> np.ndarray:
    """Per score from 2 on, the least worth that earns it."""
    values, counts = np.unique(worth, return_counts=True)
    if len(values) == 1:
        middle = (bins + 1) // 2
        return np.repeat([values[0], np.nan], [middle - 1, bins - middle])
    below = counts.cumsum()[:-1]
    aims = len(worth) * np.arange(1, bins) / bins
    return values[1:][np.abs(below[:, None] - aims).argmin(axis=0)]
