"""An amount of money as every page, message and table shows it."""


def money_text(amount: float, currency: str = "", *, decimals: int = 2) -> str:
    """An amount with the study's currency before it: a code stands apart, a sign doesn't.

    Parameters
    ----------
    amount : float
    currency : str
        As the study states it: "$", "EUR", or nothing.
    decimals : int

    Examples
    --------
    >>> money_text(1234.5, "$"), money_text(1234.5, "EUR", decimals=0), money_text(-5, "£")
    ('$1,234.50', 'EUR 1,234', '-£5.00')
    >>> money_text(5, "CHF "), money_text(5, "kr."), money_text(5)
    ('CHF 5.00', 'kr. 5.00', '5.00')
    """
    mark, size = currency.strip(), f"{abs(amount):,.{decimals}f}"
    minus = "-" if amount < 0 and size.strip("0.,") else ""
    apart = " " if mark and (mark[-1].isalpha() or mark[-1] == ".") else ""
    return f"{minus}{mark}{apart}{size}"
