"""Kinds of traits that are made of what a file holds, each with the reasons why a value is missing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import reduce
from itertools import pairwise
from operator import or_
from typing import Any

import ibis

from segkit.sources.amounts import EMPLOYEE_EDGES, REVENUE_EDGES, band_labels
from segkit.sources.choices import NONE, all_blank
from segkit.sources.money import number_of
from segkit.sources.prepared import joined
from segkit.sources.values import is_blank, text_of
from segkit.study.tables import TableSpec
from segkit.study.traits import TraitSpec

EARTH_KM = 6_371.0088
"""Mean radius (IUGG)."""
USUAL_BANDS = {"employees": EMPLOYEE_EDGES, "revenue": REVENUE_EDGES}
AREAS = {
    "GB": r"^([A-Z]{1,2})[0-9]",
    "IE": r"^([A-Z][0-9][0-9W])",
    "CA": r"^([A-Z])[0-9][A-Z]",
    "US": r"^([0-9]{3})[0-9]{2}",
    "NL": r"^([0-9]{2})[0-9]{2}",
    **dict.fromkeys(("DE", "FR", "IT", "ES"), r"^([0-9]{2})[0-9]{3}$"),
    **dict.fromkeys(("AT", "CH", "BE", "DK", "NO", "AU"), r"^([0-9]{2})[0-9]{2}$"),
    "SE": r"^([0-9]{2})[0-9]{3}$",
    "PL": r"^([0-9]{2})[0-9]{3}$",
}
"""Country -> the part of its postcodes that stays, each an area of many thousand homes."""

ACCEPTED = {
    "amount": "sizes and amounts such as 51-200, 10,001+, 36.9 Million, 5K",
    "growth": "two amounts, such as 36.9 Million",
    "distance_km": "latitude and longitude in degrees, such as 52.52 and 13.405",
    "postcode_area": "postcodes of the stated country, or longer than the characters that stay",
    "country": "countries by their ISO 3166 codes or English names",
    "chosen": "cells that hold an option, or are blank",
}
"""What a value of each kind may look like."""


@dataclass(frozen=True)
class Made:
    """A finished trait.

    Attributes
    ----------
    value : ibis.Value
        Null where it can't be read.
    blank : ibis.Value
        Whether there is nothing to read.
    before, after : dict of str to ibis.Value
        Reasons that are told before, and after "can't be read".
    """

    value: Any
    blank: Any
    before: Mapping[str, Any] = field(default_factory=dict)
    after: Mapping[str, Any] = field(default_factory=dict)


def bands_of(trait: TraitSpec) -> list[str]:
    """Names of the bands of an amount or an age, in order; none where it stays a number."""
    return band_labels(_edges(trait)) if trait.bands else []


def band_of(low: Any, high: Any, trait: TraitSpec) -> Any:
    """The band of a trait's bands that holds all of a range; null where none does."""
    edges = [float("-inf"), *_edges(trait), float("inf")]
    return ibis.cases(
        *(
            (_within(low, high, below, above), label)
            for (below, above), label in zip(pairwise(edges), bands_of(trait), strict=True)
        )
    )


def make(table: ibis.Table, trait: TraitSpec, spec: TableSpec) -> Made:
    """Make one trait.

    Parameters
    ----------
    table : ibis.Table
        Customers after `segkit.sources.prepared.prepare`.
    trait : TraitSpec
        Of a kind in `MADE`.
    spec : TableSpec
        The customer table's notation.

    Notes
    -----
    amount: the middle of a range, the lower end of an open one; with `bands`, the band that holds all
    of the range. growth: (later - earlier) / earlier. distance_km: great circle, whole kilometres.
    postcode_area: capitals without blanks, leading part. country: by its ISO codes and names.
    chosen: an option's cell is filled, or its text stands among the others of the cell; where nothing
    is, the answer is missing, or with `blank: none` not chosen.
    """
    return MADE[trait.kind](table, trait, spec)


def _amount(table: ibis.Table, trait: TraitSpec, _: TableSpec) -> Made:
    low, high = (table[joined(end, trait.column)] for end in ("low", "high"))
    before = {"like a date, as a spreadsheet writes 11-50": table[joined("dated", trait.column)]}
    blank = is_blank(table[trait.column])
    if not trait.bands:
        return Made(_middle(low, high), blank, before)
    band = band_of(low, high, trait)
    over = low.notnull() & ~low.isnan() & band.isnull()
    return Made(band, blank, before | {"a range over more than one band": over})


def _edges(trait: TraitSpec) -> list[float]:
    given = USUAL_BANDS[trait.bands] if isinstance(trait.bands, str) else trait.bands
    return [float(edge) for edge in given or ()]


def _within(low: Any, high: Any, below: float, above: float) -> Any:
    """A range may begin on the edge below it ("10-50"); a number on an edge lies under it."""
    starts: Any = (low > below) | ((low == below) & (low < high))
    return starts & (low <= above) & (high <= above) & ~low.isnan()


def _middle(low: Any, high: Any) -> Any:
    middle = high.isinf().ifelse(low, (low + high) / 2)
    return low.isnan().ifelse(ibis.null("float64"), middle)


def _growth(table: ibis.Table, trait: TraitSpec, _: TableSpec) -> Made:
    ends = [[table[joined(end, column)] for end in ("low", "high")] for column in trait.origin]
    earlier, later = (_middle(low, high) for low, high in ends)
    blank = reduce(or_, (is_blank(table[column]) for column in trait.origin))
    dated = reduce(or_, (table[joined("dated", column)].fill_null(False) for column in trait.origin))
    nothing = {"the earlier amount is 0": earlier == 0}
    value = (later - earlier) / earlier.nullif(0.0)
    return Made(value, blank, {"like a date, as a spreadsheet writes 11-50": dated} | nothing)


def _distance(table: ibis.Table, trait: TraitSpec, spec: TableSpec) -> Made:
    latitude, longitude = (number_of(table, column, spec) for column in trait.origin)
    to_lat, to_lon = trait.to or [0.0, 0.0]
    up, across = (latitude - to_lat).radians() / 2, (longitude - to_lon).radians() / 2
    half = up.sin() ** 2 + (
        latitude.radians().cos() * ibis.literal(to_lat).radians().cos() * across.sin() ** 2
    )
    # rounding may put antipodes above 1; a function such as least would take a missing for 1
    arc = 2 * (half > 1).ifelse(ibis.literal(1.0), half.sqrt()).asin()
    swapped = (latitude.abs() > 90) & (latitude.abs() <= 180) & (longitude.abs() <= 90)
    outside = (latitude.abs() > 90) | (longitude.abs() > 180)
    before = {
        "latitude and longitude swapped": swapped,
        "outside of the earth's coordinates": outside,
        "at 0, 0, which stands for nowhere": (latitude == 0) & (longitude == 0),
    }
    blank = reduce(or_, (is_blank(table[column]) for column in trait.origin))
    return Made(outside.ifelse(ibis.null("float64"), (EARTH_KM * arc).round()), blank, before)


def _postcode(table: ibis.Table, trait: TraitSpec, _: TableSpec) -> Made:
    raw = table[trait.column]
    code = text_of(raw).upper().re_replace(r"[^A-Z0-9]", "")
    if isinstance(trait.area, int):
        # a code no longer than what stays would be kept whole
        long = code.length() > trait.area
        area = long.ifelse(code.left(trait.area), ibis.null("string"))
    else:
        area = code.re_extract(AREAS[str(trait.area)], 1).nullif("")
    return Made(area, is_blank(raw))


def _country(table: ibis.Table, trait: TraitSpec, _: TableSpec) -> Made:
    return Made(table[joined("country", trait.column)], is_blank(table[trait.column]))


def _chosen(table: ibis.Table, trait: TraitSpec, _: TableSpec) -> Made:
    raw, counted = table[trait.column], ibis.literal(trait.blank != NONE)
    if not trait.separator:
        unanswered = all_blank(table, trait.among or [trait.column]) & counted
        said_no = text_of(raw).lower().isin(["0", "no", "false", "not selected", "unchecked"])
        picked = ~is_blank(raw) & ~said_no.fill_null(False)
        return Made(picked.cast("float64"), unanswered)
    mark = trait.separator
    both = rf"\s*{_escaped(mark)}\s*"
    cell = text_of(raw).fill_null("").lower().re_replace(both, mark)
    option = ibis.literal(trait.option.lower()).re_replace(both, mark)
    held = (ibis.literal(mark) + cell + mark).contains(ibis.literal(mark) + option + mark)
    return Made(held.cast("float64"), is_blank(raw) & counted)


def _escaped(mark: str) -> str:
    return "".join(f"[{sign}]" if sign in ".|*+?()" else sign for sign in mark)


MADE: Mapping[str, Callable[[ibis.Table, TraitSpec, TableSpec], Made]] = {
    "amount": _amount,
    "growth": _growth,
    "distance_km": _distance,
    "postcode_area": _postcode,
    "country": _country,
    "chosen": _chosen,
}
