"""What kind a column is, told by its content alone, and its values as that kind."""

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segkit.sources.names import plain_name

FEW_VALUES = 12
"""A number with at most so many different values is shown value by value."""
MOST_LEVELS = 30
"""A text with more levels than this is no category to segment by."""
SURE = 0.99
"""Share of the filled values that must have a form for the column to have it."""
FEWEST_IDS = 20
OWN_VALUE = 0.95
WRITTEN_BLANKS = ("nan", "null", "<na>", "n/a", "#n/a")
NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
PADDED = r"0\d+"
ISO_DAY = r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?"
OTHER_DATE = r"\d{1,4}[/. -](\d{1,2}|[A-Za-z]{3,9})[/. ,-]+\d{1,4}([ T,].*)?"
MARKED_NUMBER = r"[$€£¥]?\s?[-+]?\d[\d.,' ]*\s?([$€£¥%]|EUR|USD|GBP|[KkMm]|[MB]illion)?"
YES_NO = {"yes": 1.0, "no": 0.0, "true": 1.0, "false": 0.0, "y": 1.0, "n": 0.0}
_ID = re.compile(r"(\w+_)?(id|ids|uuid|guid|key|code|number|no|nr|num|index)")


@dataclass(frozen=True, eq=False)
class Column:
    """One column as its kind.

    Attributes
    ----------
    name : str
    kind : str
        "number", "yes_no", "ordered", "category", "date", "id", "text" (free text), "constant" or
        "empty".
    values : pandas.Series
        Floats, ordered categories, texts or moments; missing where there is no value.
    distinct : int
        Different values.
    common : float
        Share of the filled values that are the commonest one, 0 to 1.
    blanks : dict of str to int
        Why there is no value, as far as the column itself tells, and how often.
    hint : str
        What texts look like that weren't read as such.
    """

    name: str
    kind: str
    values: pd.Series
    distinct: int
    common: float
    blanks: dict[str, int]
    hint: str = ""

    @property
    def filled(self) -> int:
        """Customers with a value."""
        return int(self.values.notna().sum())


def tell(values: pd.Series) -> Column:
    """Tell a column's kind from its values.

    Parameters
    ----------
    values : pandas.Series
        As it came. Texts that hold plain numbers, ISO days or yes and no are read as such; digits
        that start with a zero (postcodes) stay text, and so does every other form of date: 03/04 is
        never guessed.

    Returns
    -------
    Column

    Examples
    --------
    >>> [tell(pd.Series(one)).kind for one in ([1.5, 2, 7], ["yes", "no"], ["01067", "80331"])]
    ['number', 'yes_no', 'category']
    """
    name = str(values.name)
    read, blanks = _read(values)
    counts = read.value_counts()
    common = float(counts.iloc[0] / counts.sum()) if len(counts) else 0.0
    kind = _kind(name, read, counts)
    hint = _hint(counts) if kind in {"category", "id"} and len(counts) > MOST_LEVELS else ""
    blanks = {why: n for why, n in blanks.items() if n}
    return Column(name, kind, read, len(counts), common, blanks, hint)


def _read(values: pd.Series) -> tuple[pd.Series, dict[str, int]]:
    """Values in the type that they speak, and what is missing."""
    n_blank = int(values.isna().sum())
    if isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered:
        return values.cat.remove_unused_categories(), {"blank": n_blank}
    if pd.api.types.is_datetime64_any_dtype(values):
        return _naive(values), {"blank": n_blank}
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_numeric_dtype(values):
        numbers = values.astype("float64")
        endless = np.isinf(numbers)
        return numbers.mask(endless), {"blank": n_blank, "not a finite number": int(endless.sum())}
    codes, levels = pd.factorize(values.astype("str").where(values.notna()))
    texts = pd.Series(levels).astype("str").str.strip()
    empty, written = (texts == ""), texts.str.lower().isin(WRITTEN_BLANKS)
    times = np.bincount(codes[codes >= 0], minlength=len(texts))
    known = _spoken(texts[~(empty | written)], times[~(empty | written)])
    return known.reindex(codes).set_axis(values.index).rename(values.name), {
        "blank": n_blank + int(times[empty].sum()),
        "written as null, n/a or the like": int(times[written].sum()),
    }


def _spoken(texts: pd.Series, times: np.ndarray) -> pd.Series:
    """Different texts as the numbers, days, or yes and no that they hold."""
    total = max(int(times.sum()), 1)

    def share(is_so: pd.Series) -> float:
        return float(times[is_so.to_numpy(dtype=bool)].sum() / total)

    if texts.empty:
        return texts
    if share(texts.str.fullmatch(NUMBER)) >= SURE and not texts.str.fullmatch(PADDED).any():
        return pd.to_numeric(texts, errors="coerce").astype("float64")
    if share(texts.str.fullmatch(ISO_DAY)) >= SURE:
        return _naive(pd.to_datetime(texts, format="ISO8601", errors="coerce", utc=True))
    words = set(texts.str.lower())
    if len(words) == 2 and words <= set(YES_NO):
        return texts.str.lower().map(YES_NO).astype("float64")
    return texts


def _hint(counts: pd.Series) -> str:
    """Whether texts look like dates or numbers in a form that must be stated first."""
    if pd.api.types.is_numeric_dtype(counts.index):
        return ""
    texts = pd.Series(counts.index[:1_000]).astype("str")
    if texts.str.fullmatch(OTHER_DATE).mean() >= SURE:
        return "dates that aren't ISO: say their date_format"
    if texts.str.fullmatch(MARKED_NUMBER).mean() >= SURE and not texts.str.isdigit().any():
        return "numbers with marks or a currency: say decimal and thousands; kind: amount reads it"
    return ""


def _naive(moments: pd.Series) -> pd.Series:
    return moments if moments.dt.tz is None else moments.dt.tz_convert("UTC").dt.tz_localize(None)


def _kind(name: str, read: pd.Series, counts: pd.Series) -> str:
    if counts.empty:
        return "empty"
    if len(counts) == 1:
        return "constant"
    if pd.api.types.is_datetime64_any_dtype(read):
        return "date"
    if isinstance(read.dtype, pd.CategoricalDtype):
        return "ordered"
    is_own = counts.sum() >= FEWEST_IDS and len(counts) >= OWN_VALUE * counts.sum()
    if pd.api.types.is_numeric_dtype(read):
        if set(counts.index) <= {0.0, 1.0}:
            return "yes_no"
        return "id" if is_own and _numbers_the_rows(name, counts) else "number"
    n_words = pd.Series(counts.index[:1_000]).astype("str").str.count(" ").mean() + 1
    if len(counts) > MOST_LEVELS and n_words >= 4:
        return "text"
    return "id" if is_own else "category"


def _numbers_the_rows(name: str, counts: pd.Series) -> bool:
    """Whole numbers that hardly come twice, and are named like an id or leave few gaps."""
    numbers = counts.index.to_numpy(dtype="float64")
    if (numbers % 1).any():
        return False
    span = numbers.max() - numbers.min() + 1
    return _ID.fullmatch(plain_name(name)) is not None or span <= 1.5 * len(numbers)
