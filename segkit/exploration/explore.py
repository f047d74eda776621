"""Look at customer data before segmenting it."""

from collections.abc import Iterable
from typing import Any

import pandas as pd

from segkit.errors import DataError
from segkit.exploration.coverage import COLUMNS, orders_by_month, source_coverage
from segkit.exploration.kinds import Column, tell
from segkit.exploration.odd import declared_odd, odd_table, odd_values
from segkit.exploration.pairs import repeats, strongest_pairs
from segkit.exploration.result import Exploration
from segkit.exploration.spread import Spread, spread, spread_table
from segkit.exploration.subject import (
    REASONS,
    Subject,
    completeness_record,
    subject_of_frame,
    subject_of_tables,
)
from segkit.exploration.usable import usable
from segkit.sources.personal import Personal, find_personal
from segkit.sources.tables import Tables

ROWS_OF_NUMBERS = 2_000
JOINED = ("profile", "consent")


def explore(
    data: pd.DataFrame | Tables, *, as_of: str = "", customers: str = "customers"
) -> Exploration:
    """Say what customer data hold, what is odd in them, and what they can segment by.

    Parameters
    ----------
    data : pandas.DataFrame of shape (n_customers, n_columns), or Tables
        One row per customer; or a study's tables, of whose customers the order features, the traits
        and all other columns of the customer table are explored.
    as_of : str, optional
        For a frame: YYYY-MM-DD; dates on or after it are odd. A study has its own.
    customers : str, default "customers"
        For a frame: what a row is. A study has its own words.

    Returns
    -------
    Exploration
        Completeness with reasons, outliers by rule, distributions, relations, sources, likely
        personal data, and by basis which columns can form segments. Shows no customer: no group
        below 10, no percentile below 100, no value of a column that likely holds personal data.

    Raises
    ------
    DataError
        No row, no column, or two columns of one name.

    Notes
    -----
    Relations are measured on at most 4,000 rows, evenly spread; all else on every row.

    Examples
    --------
    >>> import segkit
    >>> people = pd.DataFrame({"spend": [n / 3 for n in range(200)], "plan": ["a", "b"] * 100})
    >>> segkit.explore(people).usable["verdict"].to_dict()
    {'spend': 'can', 'plan': 'can'}
    """
    if isinstance(data, Tables):
        subject = subject_of_tables(data)
        return _explored(subject, data.quality.notices, data)
    if not isinstance(data, pd.DataFrame):
        raise DataError(f"data is a {type(data).__name__}", "a DataFrame or a study's Tables")
    subject = subject_of_frame(data, customers=customers, as_of=as_of)
    return _explored(subject, _row_notices(subject), None)


def _explored(subject: Subject, notices: Iterable[str], tables: Tables | None) -> Exploration:
    columns = {str(name): tell(subject.frame[name]) for name in subject.frame}
    found = _personal(subject.frame)
    personal = {one.column: one.kind for one in found}
    open_ones = [one for name, one in columns.items() if name not in personal]
    spreads = {name: _shown(one, personal) for name, one in columns.items()}
    odd = [row for one in open_ones for row in odd_values(one, subject.as_of)]
    odd += declared_odd(subject.reasons)
    same = repeats(open_ones)
    return Exploration(
        n=len(subject.frame),
        customers=subject.customers,
        completeness=completeness_record(
            len(subject.frame), {name: one.filled for name, one in columns.items()}
        ),
        missing=_missing(subject, columns),
        outliers=odd_table(odd),
        distributions=spread_table(spreads),
        relations=strongest_pairs(open_ones),
        sources=_sources(tables, subject),
        personal=pd.DataFrame(
            [(one.column, one.kind, one.why) for one in found], columns=["column", "kind", "why"]
        ),
        usable=usable(subject, columns, personal, same),
        notices=tuple(notices),
        spreads=spreads,
        months=pd.Series(dtype="int64") if tables is None else orders_by_month(tables),
        joined=_joined(tables),
    )


def _personal(frame: pd.DataFrame) -> list[Personal]:
    """Likely personal columns, in the frame's order; of numbers fewer rows tell enough."""
    is_number = frame.dtypes.map(pd.api.types.is_numeric_dtype)
    numbers = frame.loc[:, is_number].iloc[:: max(1, len(frame) // ROWS_OF_NUMBERS)]
    found = (*find_personal(frame.loc[:, ~is_number]), *find_personal(numbers))
    place = {str(name): at for at, name in enumerate(frame)}
    return sorted(found, key=lambda one: place[one.column])


def _shown(column: Column, personal: dict[str, str]) -> Spread:
    if column.name in personal:
        return Spread({}, note=f"likely {personal[column.name]}: not shown")
    return spread(column)


def _missing(subject: Subject, columns: dict[str, Column]) -> pd.DataFrame:
    """Reasons for every missing value: the tables' own, then what the column itself tells."""
    rows: list[dict[str, Any]] = []
    told = dict(list(subject.reasons.groupby("column", sort=False)))
    for name, column in columns.items():
        lacking = len(subject.frame) - column.filled
        own = told[name].to_dict("records") if name in told else []
        rest = lacking - sum(row["customers"] for row in own)
        if not own:
            own = [{"column": name, "reason": why, "customers": n} for why, n in column.blanks.items()]
            rest = lacking - sum(row["customers"] for row in own)
        if rest:
            own.append({"column": name, "reason": "can't be read as the rest", "customers": rest})
        rows += own
    return pd.DataFrame(rows, columns=REASONS).astype({"customers": "int64"})


def _sources(tables: Tables | None, subject: Subject) -> pd.DataFrame:
    """Coverage by source, unless the study's profile tells it."""
    if tables is None or "profile" in _joined(tables):
        return pd.DataFrame(columns=COLUMNS)
    return source_coverage(tables, subject.frame.index)


def _joined(tables: Tables | None) -> dict[str, Any]:
    found = {name: getattr(tables, name, None) for name in JOINED}
    return {name: result for name, result in found.items() if hasattr(result, "_repr_html_")}


def _row_notices(subject: Subject) -> list[str]:
    """Rows that repeat an earlier one, and ids that come twice."""
    frame, notices = subject.frame, []
    n_copies = int(frame.astype("str").duplicated().sum())
    if n_copies:
        notices.append(f"{n_copies:,} of {len(frame):,} rows equal an earlier one in every column")
    n_twice = int(frame.index.duplicated().sum())
    if n_twice:
        notices.append(f"{n_twice:,} rows have an index that an earlier row has")
    return notices
