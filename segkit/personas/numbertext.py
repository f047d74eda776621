"""Numbers as a report prints them: rounded as a reader needs them, never as 0.0 or -0."""

import pandas as pd

from segkit.moneytext import money_text

OR_MORE = " or more"
"""Ends the unit of a count that is kept vague: "191+"."""


def is_small(value: float, unit: str) -> bool:
    """Whether a number is so small that its decimals say something."""
    return abs(value) < (10 if unit == "money" else 20)


def is_fine(value: float, unit: str) -> bool:
    """Whether a small number has decimals to show."""
    return is_small(value, unit) and value != round(value)


def format_value(value: float, unit: str, currency: str = "", *, fine: bool | None = None) -> str:
    """A number in its unit, rounded as a reader needs it.

    Parameters
    ----------
    value : float
    unit, currency : str
        As a `Fact` has them.
    fine : bool, optional
        Whether decimals are shown of money and counts; by default where the number has some.

    Notes
    -----
    Money, which is estimated, has two or three digits that say something; sums to the cent have the
    unit "cents".

    Examples
    --------
    >>> format_value(0.314, "share"), format_value(0.004, "share"), format_value(1234.5, "money", "$")
    ('31%', '<1%', '$1,230')
    >>> format_value(2.345, "money", "EUR"), format_value(3.0, "days"), format_value(0.8134, "score")
    ('EUR 2.35', '3', '0.81')
    >>> format_value(-0.314, "effect"), format_value(68.3, "money", "$"), format_value(0.04, "visits")
    ('−0.31', '$68', '<0.1')
    """
    if pd.isna(value):
        return "n/a"
    return _plain_value(value, unit, currency, fine).replace("-", "−")


def _plain_value(value: float, unit: str, currency: str, fine: bool | None) -> str:
    if unit in {"share", "ratio"}:
        if -0.005 < value < 0.005 and value != 0:
            return "<1%" if value > 0 else "0%"
        return f"{value:.0%}"
    if unit in {"effect", "score", "index"}:
        is_zero = abs(value) < 0.005
        return "0.00" if is_zero else f"{value:+.2f}" if unit == "effect" else f"{value:.2f}"
    fine = is_fine(value, unit) if fine is None else fine
    if unit == "cents":
        return money_text(value, currency)
    if unit.endswith(OR_MORE):
        return f"{value:,.0f}+"
    if unit == "money":
        rough = value if abs(value) < 1000 else float(f"{value:.3g}")
        return money_text(rough, currency, decimals=2 if fine and abs(value) < 100 else 0)
    if not fine or value == 0:
        return f"{value:,.0f}"
    if abs(value) < 0.05:
        return "<0.1" if value > 0 else "0"
    return f"{value:,.1f}"
