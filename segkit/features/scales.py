"""Scores of survey scales, and how far the items of each speak of one thing."""

import numpy as np
import pandas as pd

from segkit.study.scales import ScaleSpec

LEAST_ALPHA = 0.6
"""Below this a scale's items hardly speak of one thing."""
COLUMNS = ["label", "items", "alpha", "scored", "without", "warning"]


def keyed(answers: pd.DataFrame, scale: ScaleSpec) -> pd.DataFrame:
    """The items of a scale, those keyed the other way round turned: low + high - answer."""
    items = answers[scale.items].astype("float64")
    low, high = scale.range
    return items.assign(**{name: low + high - items[name] for name in scale.reverse})


def score(answers: pd.DataFrame, scale: ScaleSpec) -> pd.Series:
    """Mean of the answered items; missing where fewer than `min_answered` of them are.

    Examples
    --------
    >>> answers = pd.DataFrame({"a": [1, 6, None], "b": [6, 6, 2]})
    >>> score(answers, ScaleSpec(["a", "b"], [1, 6], "Calm", reverse=["b"])).tolist()
    [1.0, 3.5, nan]
    """
    items = keyed(answers, scale)
    enough = items.notna().mean(axis=1) >= scale.min_answered - 1e-9
    return items.mean(axis=1).where(enough)


def cronbach_alpha(items: pd.DataFrame) -> float:
    """Cronbach's raw alpha of items keyed the same way.

    Parameters
    ----------
    items : pandas.DataFrame
        An answer per customer and item; missing where there is none.

    Returns
    -------
    float
        1 where all items say the same, 0 where they have nothing in common, below it where they
        speak against each other; missing for fewer than two items that vary.

    Notes
    -----
    From covariances over the customers who answered both items of a pair, as psych::alpha in R.

    References
    ----------
    Cronbach 1951, Coefficient alpha and the internal structure of tests.
    """
    covariance = items.cov().to_numpy()
    n, total = len(covariance), covariance.sum()
    if n < 2 or not np.isfinite(total) or total <= 0:
        return float("nan")
    return float(n / (n - 1) * (1 - np.trace(covariance) / total))


def reliability(answers: pd.DataFrame | None, scales: dict[str, ScaleSpec]) -> pd.DataFrame:
    """Return one row per scale: label, items, alpha, customers scored and without, warning."""
    rows = {name: _row(answers, scale) for name, scale in scales.items() if answers is not None}
    return pd.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).rename_axis("name")


def _row(answers: pd.DataFrame, scale: ScaleSpec) -> list[object]:
    alpha, scored = cronbach_alpha(keyed(answers, scale)), score(answers, scale).notna()
    warning = ""
    if not alpha >= LEAST_ALPHA:
        warning = f"alpha {alpha:.2f} is below {LEAST_ALPHA:.2f}: its items hardly speak of one thing"
    return [scale.label, len(scale.items), alpha, int(scored.sum()), int((~scored).sum()), warning]
