"""Customers whom a rule wasn't made from, and the figures that are measured on them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.stats import binomtest
from sklearn.metrics import f1_score

from segkit.disclosure import MIN_CELL
from segkit.errors import DataError, ParameterError
from segkit.segments.rules.conditions import Condition
from segkit.segments.rules.form import Where, all_of, any_of
from segkit.segments.rules.surrogate import Leaf

NO_RULE = "no rule"


def aligned(labels: pd.Series, frame: pd.DataFrame) -> pd.Series:
    """Return the segment keys as text in the order of the frame; refuse what doesn't fit."""
    if not isinstance(labels, pd.Series):
        raise ParameterError(f"labels is a {type(labels).__name__}", "a pandas Series of segment keys")
    if not labels.index.equals(frame.index):
        if not (labels.index.is_unique and frame.index.is_unique):
            raise DataError("labels and frame differ in their index", "one row per customer in both")
        alone = len(labels.index.symmetric_difference(frame.index))
        if alone:
            raise DataError(
                f"{alone:,} customers are in one of labels and frame only", "the same customers in both"
            )
        labels = labels.reindex(frame.index)
    without = int(labels.isna().sum())
    if without:
        raise DataError(
            f"{without:,} of {len(labels):,} customers have no segment",
            "a segment key for each",
            "Take those customers out of both tables, or give them a segment of their own",
        )
    keys = labels.astype(object).map(str)
    if keys.nunique() < 2:
        raise DataError(f"there are {keys.nunique()} segments", "2 or more")
    return keys


def held_out(keys: np.ndarray, share: float, seed: int) -> np.ndarray:
    """Draw the given share of each segment; True is held out.

    Raises
    ------
    DataError
        Fewer than 10 customers would be held out, or fewer than 10 left.
    """
    rng, is_test = np.random.default_rng(seed), np.zeros(len(keys), dtype=bool)
    for key in np.unique(keys):
        members = rng.permutation(np.flatnonzero(keys == key))
        is_test[members[: round(share * len(members))]] = True
    fewer = min(int(is_test.sum()), int((~is_test).sum()))
    if fewer < MIN_CELL:
        raise DataError(
            f"of {len(keys):,} customers a share of {share} would leave {fewer} on one side",
            f"{MIN_CELL} or more to make rules from and {MIN_CELL} or more to measure them on",
        )
    return is_test


def scores(named: np.ndarray, truth: np.ndarray, largest: str) -> dict[str, float]:
    """Fidelity with its Wilson range, macro-F1 and the baseline, each 0 to 1."""
    right, n = int((named == truth).sum()), len(truth)
    ends = binomtest(right, n).proportion_ci(method="wilson")
    return {
        "fidelity": right / n,
        "fidelity_low": float(ends.low),
        "fidelity_high": float(ends.high),
        "macro_f1": float(f1_score(truth, named, average="macro", zero_division=0)),
        "baseline": float((truth == largest).mean()),
    }


def tables(
    paths: Sequence[Leaf],
    caught: Sequence[np.ndarray],
    truth: np.ndarray,
    order: Sequence[str],
    with_missing: Iterable[str],
) -> dict[str, pd.DataFrame]:
    """One row per segment (`rules`) and one per leaf (`leaves`), with their figures.

    Parameters
    ----------
    paths : sequence of Leaf
    caught : sequence of ndarray of bool of shape (n_test,)
        Whom each leaf takes in.
    truth : ndarray of str of shape (n_test,)
    order : sequence of str
        Segment keys in the order of the rows.
    with_missing : iterable of str
        Columns for which the words mention missing values.
    """
    shown, told = [_told(path.where, set(with_missing)) for path in paths], []
    leaves = []
    for key in order:
        of_key = [place for place, path in enumerate(paths) if path.segment_key == key]
        leaves += [(key, all_of(shown[place]), caught[place]) for place in of_key]
        inside = np.any([caught[place] for place in of_key] or [truth != truth], axis=0)
        told.append((key, any_of(shown[place] for place in of_key) if of_key else NO_RULE, inside))
    return {"rules": _figures(told, truth), "leaves": _figures(leaves, truth)}


def _figures(rows: Iterable[tuple[str, str, np.ndarray]], truth: np.ndarray) -> pd.DataFrame:
    table = []
    for key, rule, inside in rows:
        members, both = truth == key, int((inside & (truth == key)).sum())
        shares = [both / max(int(group.sum()), 1) for group in (members, inside)]
        if min(members.sum(), inside.sum()) < MIN_CELL:
            shares = [np.nan, np.nan]
        table.append((key, rule, int(inside.sum()), *shares))
    return pd.DataFrame(table, columns=["segment_key", "rule", "customers", "coverage", "precision"])


def _told(where: Where, with_missing: set[str]) -> Mapping[str, Condition]:
    """The conditions without "or missing" for columns that miss nothing."""
    told = {}
    for name, condition in where.items():
        silent = replace(condition, missing=False)
        is_plain = name not in with_missing and not condition.others and not silent.is_empty
        told[name] = silent if is_plain else condition
    return told
