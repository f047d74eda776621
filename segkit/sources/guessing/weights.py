"""Which column of a survey is its weight: by its name, and by values that average near 1."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segkit.sources.names import plain_name

_WEIGHT = re.compile(r"(survey_|sample_)?(weight|weights|wt|wgt|gewicht|weighting)")


def is_named_weight(name: str) -> bool:
    """Whether a column's name is that of a weight.

    Examples
    --------
    >>> is_named_weight("Survey weight"), is_named_weight("parcel_weight")
    (True, False)
    """
    return bool(_WEIGHT.fullmatch(plain_name(name)))


def weight_notation(name: str, frame: pd.DataFrame, spec: Mapping[str, Any]) -> dict[str, str] | None:
    """What the table has to state for a column to be read as weights; None where it holds none.

    Notes
    -----
    Blanks count for nothing. Without a stated notation a decimal comma is taken where no other column
    holds a decimal point.
    """
    filled = frame[name][frame[name] != ""]
    if _are_weights(filled, spec.get("decimal", "."), spec.get("thousands", "")):
        return {}
    pointed = frame.apply(lambda texts: texts.str.fullmatch(r"[+-]?\d+\.\d+").any()).any()
    if "decimal" in spec or pointed or not _are_weights(filled, ",", ""):
        return None
    return {"decimal": ","}


def _are_weights(filled: pd.Series, decimal: str, thousands: str) -> bool:
    """Whether all are numbers from 0 on that average near 1."""
    plain = filled.str.replace(thousands, "", regex=False) if thousands else filled
    numbers = pd.to_numeric(plain.str.replace(decimal, ".", regex=False), errors="coerce")
    return bool(numbers.notna().all() and (numbers >= 0).all() and 0.8 <= numbers.mean() <= 1.25)
