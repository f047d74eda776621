"""Words of a file's own that may stand in study.yaml: said of many customers, and of no person."""

from collections.abc import Collection

import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.sources.personal import find_personal


def common_words(values: pd.Series, who: pd.Series, known: Collection[str]) -> tuple[list[str], int]:
    """The words of a column beyond those that are known.

    Parameters
    ----------
    values, who : pandas.Series of str
        Word and customer of each row, blank where there is none.
    known : collection of str

    Returns
    -------
    list of str
        Words of 10 customers or more that tell no personal data, the commonest first.
    int
        How many others there are; they aren't named anywhere.

    Examples
    --------
    >>> words = pd.Series(["Gift"] * 10 + ["ana@example.com"] * 10 + ["Wedding of the Meiers", "Call"])
    >>> common_words(words, pd.Series([f"c{row}" for row in range(22)]), ["Call"])
    (['Gift'], 2)
    """
    own = (values != "") & ~values.isin(list(known))
    customers = who[own & (who != "")].groupby(values).nunique()
    order = [str(word) for word in values[own].value_counts().index]
    common = [word for word in order if customers.get(word, 0) >= MIN_CELL and not _is_personal(word)]
    return common, len(order) - len(common)


def _is_personal(word: str) -> bool:
    return bool(find_personal(pd.DataFrame({"type": [word]})))
