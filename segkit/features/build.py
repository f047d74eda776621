"""Tables -> one row per customer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError, StudyError, nearest
from segkit.features.dictionary import (
    DAYPARTS,
    STANDARD,
    Feature,
    as_columns,
    category_features,
    daypart_features,
    describe,
    event_features,
)
from segkit.features.totals import customer_totals
from segkit.shown import Shown
from segkit.sources.personal import refuse_personal
from segkit.sources.tables import Tables
from segkit.study import Study

WHY_NOT = {
    "n_items": "the lines have no quantity",
    "n_products": "the lines have no product id",
    "n_categories": "the lines have no category",
    "n_stores": "the lines have no store id",
    "n_returns": "no line was set aside as a cancellation or return",
    "discount": "the lines have no discount",
} | {f"n_{part}": "the dates hold no time of day" for part in DAYPARTS}


@dataclass(frozen=True, eq=False, repr=False)
class Features(Shown):
    """One row per customer before a reference date.

    Attributes
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_features)
        Indexed by customer_id, sorted by it. Missing where a feature's base is empty.
    dictionary : pandas.DataFrame
        One row per feature: label, unit, role, basis, meaning, base.
    descriptors : pandas.DataFrame or None
        The customer table's columns for the same customers; missing where it doesn't know them.
    left_out : dict of str to str
        Features that the data can't give, and why.
    as_of : str
        Reference date, exclusive.
    window : tuple of str
        Days of the first and the last order counted.
    study : Study
    """

    frame: pd.DataFrame
    dictionary: pd.DataFrame
    descriptors: pd.DataFrame | None
    left_out: Mapping[str, str]
    as_of: str
    window: tuple[str, str]
    study: Study

    @property
    def bases(self) -> pd.DataFrame:
        """The features that form the segments, as the study states them.

        Raises
        ------
        StudyError
            A base is no feature, is protected, or is missing for some customers.
        """
        return self.select(self.study.bases)

    @property
    def descriptive(self) -> pd.DataFrame:
        """What only describes the segments; protected attributes are left out.

        Raises
        ------
        DataError
            A descriptor likely holds personal data.
        """
        names = list(self.study.descriptors)
        columns = self.frame if self.descriptors is None else self.frame.join(self.descriptors)
        _refuse_unknown(names, columns, "descriptors")
        refuse_personal(columns, names)
        return columns[names]

    def select(self, names: Sequence[str]) -> pd.DataFrame:
        """Some features for every customer; refuses one that is missing for any of them."""
        _refuse_unknown(names, self.frame, "bases")
        refuse_personal(self.frame, names)
        chosen = self.frame[list(names)]
        missing = chosen.isna().sum()
        for name, n_missing in missing[missing > 0].items():
            raise StudyError(
                f"the base '{name}' is missing for {n_missing:,} of {len(chosen):,} customers",
                f"a base that every customer has; this one has {self.dictionary.at[name, 'base']}",
                "Take it out of `bases`; it can still describe the segments as a descriptor",
            )
        return chosen

    @property
    def reading(self) -> str:
        """What was built and what the data can't give, in one paragraph."""
        why = "; ".join(f"{name} ({reason})" for name, reason in self.left_out.items())
        missing = f"The data can't give {len(self.left_out)}: {why}." if why else ""
        return (
            f"{self.frame.shape[1]} features for {len(self.frame):,} "
            f"{self.study.words['customers']}, {self.window[0]} to {self.window[1]}, as of "
            f"{self.as_of}. {missing}"
        )

    def _repr_html_(self) -> str:
        spread = self.frame.quantile([0.05, 0.5, 0.95]).T.set_axis(["P5", "median", "P95"], axis=1)
        shown = self.dictionary[["label", "unit", "meaning", "base"]].join(spread)
        return shown.to_html(float_format="{:,.2f}".format, border=0)


def build_features(tables: Tables, *, as_of: str) -> Features:
    """Turn checked tables into one row per customer.

    Parameters
    ----------
    tables : Tables
    as_of : str
        YYYY-MM-DD, exclusive: nothing on or after it is seen. At most the study's own date, after
        which the tables hold nothing.

    Returns
    -------
    Features
        `.frame` has one row per customer with an order before `as_of`, sorted by customer_id.

    Raises
    ------
    DataError
        No order lies before `as_of`, or `as_of` lies after the tables' own.

    Notes
    -----
    All expressions run in the tables' engine; only the finished frame becomes pandas. A day is a
    calendar day in the study's time zone. Orders on one day have a gap of 0 days.

    Examples
    --------
    >>> import segkit
    >>> tables = segkit.load_tables("complete_journey")
    >>> features = segkit.build_features(tables, as_of="2017-10-01")
    >>> features.frame.shape
    (2446, 29)
    """
    lines = _lines_before(tables, as_of)
    first, last = _window(lines)
    middle = first + (pd.Timestamp(as_of) - first) / 2
    categories = _top_categories(lines, tables.study)
    definitions = [
        *STANDARD,
        *daypart_features(),
        *category_features(categories, tables.study.categories.get("names")),
        *event_features(tables.events),
    ]
    totals = customer_totals(
        lines,
        _returns_before(tables, as_of),
        {name: _before(table, "event_date", as_of) for name, table in tables.events.items()},
        middle=ibis.timestamp(middle.isoformat()),
        categories=categories,
        with_hours=_has_hours(lines),
    )
    built = [feature for feature in definitions if feature.needs in totals.columns]
    frame = _execute(built, totals, as_of)
    return Features(
        frame=frame,
        dictionary=describe(built, dict(tables.study.words)),
        descriptors=None if tables.customers is None else tables.customers.reindex(frame.index),
        left_out={f.name: WHY_NOT[f.needs] for f in definitions if f not in built},
        as_of=as_of,
        window=(f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}"),
        study=tables.study,
    )


def _before(table: ibis.Table, column: str, as_of: str) -> ibis.Table:
    return table.filter(table[column] < ibis.timestamp(as_of))


def _lines_before(tables: Tables, as_of: str) -> ibis.Table:
    limit = tables.study.as_of
    if date.fromisoformat(as_of) > date.fromisoformat(limit):
        raise DataError(
            f"as_of is {as_of}, and the tables hold nothing from {limit} on",
            fix="Load them with a later date: study.with_choices(as_of=...)",
        )
    return _before(tables.lines, "order_date", as_of)


def _returns_before(tables: Tables, as_of: str) -> ibis.Table | None:
    returns = _before(tables.returns, "order_date", as_of)
    return returns if returns.count().execute() else None


def _window(lines: ibis.Table) -> tuple[pd.Timestamp, pd.Timestamp]:
    row = lines.agg(first=lines.order_date.min(), last=lines.order_date.max()).execute().iloc[0]
    if pd.isna(row["first"]):
        raise DataError("no order lies before as_of", "a date after the first order")
    return row["first"].normalize(), row["last"]


def _top_categories(lines: ibis.Table, study: Study) -> list[str]:
    """Categories by revenue, largest first; ties by name."""
    if "category" not in lines.columns:
        return []
    chosen: dict[str, Any] = {"top": 8, "leave_out": []} | dict(study.categories)
    named = lines.filter(lines.category.notnull() & (lines.category != ""))
    named = named.filter(~named.category.isin([*chosen["leave_out"], ""]))
    ranked = named.group_by("category").agg(amount=named.amount.sum())
    ranked = ranked.order_by([ibis.desc("amount"), "category"]).limit(int(chosen["top"]))
    return list(ranked.execute()["category"])


def _has_hours(lines: ibis.Table) -> bool:
    at_midnight = lines.order_date == lines.order_date.truncate("D")
    return not bool(at_midnight.all().execute())


def _execute(built: list[Feature], totals: ibis.Table, as_of: str) -> pd.DataFrame:
    day = ibis.date(as_of)
    columns = totals.select("customer_id", **as_columns(built, totals, day))
    frame = columns.order_by("customer_id").execute().set_index("customer_id")
    return frame.astype({name: "float64" for name in frame if frame[name].dtype.kind != "i"})


def _refuse_unknown(names: Sequence[str], columns: pd.DataFrame, where: str) -> None:
    unknown = [name for name in names if name not in columns]
    if unknown:
        raise StudyError(
            f"{where} names '{unknown[0]}', which is no feature of this study",
            fix=nearest(unknown[0], columns.columns),
        )
