"""Tables -> one row per customer."""

from datetime import date
from typing import Any, NamedTuple

import ibis
import pandas as pd

from segkit.errors import DataError, StudyError
from segkit.features.behaviour.part import Part
from segkit.features.behaviour.parts import event_parts, event_window
from segkit.features.dictionary import (
    DAYPARTS,
    STANDARD,
    TREND_OF_ORDERS,
    Feature,
    as_columns,
    category_features,
    daypart_features,
    describe,
)
from segkit.features.table import Features
from segkit.features.totals import customer_totals, joined
from segkit.features.traits import trait_features
from segkit.labels import with_short_labels
from segkit.sources.behaviour.read import customers_of
from segkit.sources.printable import quoted
from segkit.sources.tables import Tables
from segkit.sources.values import has_hours
from segkit.study import Study

LEAST_BUYERS = 10
"""Customers who buy in a category that gets a feature; a tenth of all where there are few."""
WHY_NOT = {
    "amount": "the lines say nothing of money",
    "returned_amount": "no line was set aside as a cancellation or return",
    "n_items": "the lines have no quantity",
    "n_products": "the lines have no product id",
    "n_categories": "the lines have no category",
    "n_stores": "the lines have no store id",
    "n_returns": "no line was set aside as a cancellation or return",
    "discount": "the lines have no discount",
} | {f"n_{part}": "the dates hold no time of day" for part in DAYPARTS}


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
        `.frame` has one row per customer with an order before `as_of`, sorted by customer_id;
        without transactions, one row per customer of the customer table; without one, one row per
        customer with an event. A customer without events has counts of 0 and no shares.

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
    _check_date_of_traits(tables, as_of)
    counted = _of_events(tables, as_of) if tables.lines is None else _of_orders(tables, as_of)
    traits = trait_features(tables, counted.frame.index)
    _refuse_clash(counted.frame, traits.dictionary.index)
    _refuse_weightless(traits.descriptors, tables.study)
    dictionary = traits.dictionary
    if counted.features:
        told = describe(counted.features, dict(tables.study.words))
        dictionary = pd.concat([told, dictionary])
    return Features(
        frame=counted.frame.join(traits.frame),
        dictionary=with_short_labels(dictionary),
        descriptors=None if tables.customers is None else traits.descriptors,
        scales=traits.scales,
        left_out=counted.left_out,
        as_of=as_of,
        window=counted.window,
        study=tables.study,
    )


class _Counted(NamedTuple):
    """What orders and events say of each customer."""

    frame: pd.DataFrame
    features: list[Feature]
    left_out: dict[str, str]
    window: tuple[str, str] | None


def _of_orders(tables: Tables, as_of: str) -> _Counted:
    """Of everyone with an order before `as_of`."""
    lines = _before(tables.lines, "order_date", _checked(as_of, tables.study))
    first, last = _window(lines)
    middle = first + (pd.Timestamp(as_of) - first) / 2
    categories = _top_categories(lines, tables.study)
    parts = event_parts(tables, as_of)
    has_money = tables.study.has_money
    names = tables.study.categories.get("names")
    definitions = [
        *(feature for feature in STANDARD if has_money or feature.name != TREND_OF_ORDERS.name),
        *([] if has_money else [TREND_OF_ORDERS]),
        *daypart_features(),
        *category_features(categories, names, has_money=has_money),
        *_features_of(parts),
    ]
    totals = customer_totals(
        lines,
        _returns_before(tables, as_of),
        [part.totals for part in parts],
        middle=ibis.timestamp(middle.isoformat()),
        categories=categories,
        with_hours=has_hours(lines.order_date),
    )
    built = [feature for feature in definitions if feature.needs in totals.columns]
    not_built = {f.name: WHY_NOT[f.needs] for f in definitions if f not in built}
    frame, window = _execute(built, totals, as_of), (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    return _Counted(frame, built, not_built | _left_out(parts), window)


def _of_events(tables: Tables, as_of: str) -> _Counted:
    """Of everyone in the customer table; where there is none, of everyone with an event."""
    customers = _without_orders(tables, as_of)
    parts = event_parts(tables, as_of)
    if not parts:
        return _Counted(pd.DataFrame(index=customers), [], {}, None)
    _checked(as_of, tables.study)
    built = _features_of(parts)
    totals = joined(_listed(customers), [part.totals for part in parts])
    frame, window = _execute(built, totals, as_of), event_window(tables.events, as_of)
    return _Counted(frame, built, _left_out(parts), window)


def _without_orders(tables: Tables, as_of: str) -> pd.Index:
    if tables.study.only_events:
        return customers_of(tables.events, _checked(as_of, tables.study))
    assert tables.customers is not None
    return tables.customers.index


def _features_of(parts: list[Part]) -> list[Feature]:
    return [feature for part in parts for feature in part.features]


def _before(table: ibis.Table, column: str, as_of: str) -> ibis.Table:
    return table.filter(table[column] < ibis.timestamp(as_of))


def _check_date_of_traits(tables: Tables, as_of: str) -> None:
    """Traits are as of the study's date; nobody knows what they were on another."""
    if tables.traits is not None and as_of != tables.study.as_of:
        raise DataError(
            f"as_of is {as_of}, and the traits were read as of {tables.study.as_of}",
            fix="Load the tables again: study.with_choices(as_of=...)",
        )


def _refuse_namesakes(built: list[Feature]) -> None:
    """Categories, channels, steps and kinds of activity have names of the user's."""
    names = [feature.name for feature in built]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        labels = quoted(feature.label for feature in built if feature.name == twice)
        raise StudyError(
            f"two features would be called '{twice}': {labels}",
            "names of categories, types, steps and actions that differ",
            "Rename one of them in study.yaml, or leave it out",
        )


def _refuse_clash(frame: pd.DataFrame, traits: pd.Index) -> None:
    clash = sorted(set(frame) & set(traits))
    if clash:
        raise StudyError(
            f"the trait '{clash[0]}' is named like a feature of the orders or events", "a new name"
        )


def _refuse_weightless(descriptors: pd.DataFrame, study: Study) -> None:
    """Who is known from orders or another source only stands for nobody knows how many."""
    n_without = int(descriptors[study.weight].isna().sum()) if study.weight else 0
    if n_without:
        raise DataError(
            f"{n_without:,} of {len(descriptors):,} {study.words['customers']} have no weight: no row "
            "of the customer table with a weight above 0",
            "a weight for everyone who is segmented, or a study without `weight`",
            "Add them to the customer table, or take them out of the other tables",
        )


def _listed(customers: pd.Index) -> ibis.Table:
    """The customers as a table of the engine."""
    return ibis.memtable(pd.DataFrame({"customer_id": customers.astype("str")}))


def _left_out(parts: list[Part]) -> dict[str, str]:
    return {name: why for part in parts for name, why in part.left_out.items()}


def _checked(as_of: str, study: Study) -> str:
    if date.fromisoformat(as_of) > date.fromisoformat(study.as_of):
        raise DataError(
            f"as_of is {as_of}, and the tables hold nothing from {study.as_of} on",
            fix="Load them with a later date: study.with_choices(as_of=...)",
        )
    return as_of


def _returns_before(tables: Tables, as_of: str) -> ibis.Table | None:
    assert tables.returns is not None
    returns = _before(tables.returns, "order_date", as_of)
    return returns if returns.count().execute() else None


def _window(lines: ibis.Table) -> tuple[pd.Timestamp, pd.Timestamp]:
    row = lines.agg(first=lines.order_date.min(), last=lines.order_date.max()).execute().iloc[0]
    if pd.isna(row["first"]):
        raise DataError("no order lies before as_of", "a date after the first order")
    return row["first"].normalize(), row["last"]


def _top_categories(lines: ibis.Table, study: Study) -> list[str]:
    """Categories by revenue, without money by lines, largest first; ties by name.

    One that hardly any customer buys gets no feature: its name is shown, and may be about a person.
    """
    if "category" not in lines.columns:
        return []
    chosen: dict[str, Any] = {"top": 8, "leave_out": []} | dict(study.categories)
    named = lines.filter(lines.category.notnull() & (lines.category != ""))
    named = named.filter(~named.category.isin([*chosen["leave_out"], ""]))
    least = min(LEAST_BUYERS, max(1, int(lines.customer_id.nunique().execute()) // LEAST_BUYERS))
    size = named.amount.sum() if "amount" in named.columns else named.count()
    ranked = named.group_by("category").agg(size=size, buyers=named.customer_id.nunique())
    ranked = ranked.filter(ranked.buyers >= least)
    ranked = ranked.order_by([ibis.desc("size"), "category"]).limit(int(chosen["top"]))
    return list(ranked.execute()["category"])


def _execute(built: list[Feature], totals: ibis.Table, as_of: str) -> pd.DataFrame:
    _refuse_namesakes(built)
    day = ibis.date(as_of)
    columns = totals.select("customer_id", **as_columns(built, totals, day))
    frame = columns.order_by("customer_id").execute().set_index("customer_id")
    return frame.astype({name: "float64" for name in frame if frame[name].dtype.kind != "i"})
