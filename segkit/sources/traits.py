"""Columns of the customer table -> traits, every value read or counted under the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError, nearest
from segkit.sources.made import ACCEPTED, MADE, bands_of, make
from segkit.sources.prepared import joined
from segkit.sources.printable import listed
from segkit.sources.quality import READ, account_traits
from segkit.sources.values import as_moment, as_number
from segkit.study import Study
from segkit.tablespec import TableSpec
from segkit.traits import OTHER, ScaleSpec, TraitSpec, last_day

_WHY = "__why"
TEXTS = frozenset({"category", "ordered", "country", "postcode_area"})
"""Kinds whose values are texts."""


@dataclass(frozen=True)
class _Read:
    """What is read in one column, and why a value can't be used."""

    value: Any
    reasons: Mapping[str, Any]


def read_traits(customers: ibis.Table, study: Study) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all traits and survey items of a study.

    Parameters
    ----------
    customers : ibis.Table
        Kept rows: customer_id and the file's own columns.
    study : Study

    Returns
    -------
    pandas.DataFrame
        One row per customer, sorted by customer_id: a column per trait, then one per survey item.
        Ordered traits are ordered categoricals, categories text, all else numbers; missing where
        there is no value, never filled.
    pandas.DataFrame
        See `Quality.traits`.

    Raises
    ------
    DataError
        The table lacks a column; a trait has a share of unreadable values above
        `rules.max_unreadable_share`, or no value at all.
    """
    wanted = dict(study.traits) | _items(study.scales)
    if not wanted:
        return pd.DataFrame(), account_traits(
            pd.DataFrame(columns=["trait", "outcome", "customers"]), 0
        )
    _require(customers, wanted)
    spec = study.tables["customers"]
    columns = {}
    for name, trait in wanted.items():
        read = _read(customers, name, trait, spec, study)
        why = ibis.cases(*((is_so, reason) for reason, is_so in read.reasons.items()), else_=READ)
        columns[name] = (why == READ).ifelse(read.value, ibis.null(read.value.type()))
        columns[f"{name}{_WHY}"] = why
    frame = customers.select("customer_id", **columns).order_by("customer_id").execute()
    frame = frame.set_index("customer_id")
    counts = pd.concat([_counted(name, frame[f"{name}{_WHY}"]) for name in wanted])
    record = account_traits(counts.reset_index(drop=True), len(frame))
    for name, trait in wanted.items():
        _refuse_unread(name, trait, record, study)
    values = {name: _typed(frame[name], trait) for name, trait in wanted.items()}
    return pd.DataFrame(values, index=frame.index), record


def _items(scales: Mapping[str, ScaleSpec]) -> dict[str, TraitSpec]:
    """The items of all scales as traits: numbers within the scale's range."""
    return {
        item: TraitSpec("number", scale.basis, item, item, missing=scale.missing, plausible=scale.range)
        for scale in scales.values()
        for item in scale.items
    }


def _require(customers: ibis.Table, wanted: Mapping[str, TraitSpec]) -> None:
    for name, trait in wanted.items():
        missing = [column for column in trait.sources if column not in customers.columns]
        if missing:
            known = [column for column in customers.columns if column != "customer_id"]
            raise DataError(
                f"the customer table has no column '{missing[0]}', which the trait '{name}' names",
                fix=nearest(missing[0], listed(known)),
            )


def _read(customers: ibis.Table, name: str, trait: TraitSpec, spec: TableSpec, study: Study) -> _Read:
    if trait.kind in MADE:
        return _read_made(customers, trait, spec)
    raw, text = _as_text(customers[trait.column])
    blank = raw.isnull() | text.lower().isin(["", "nan", "null", "<na>"])
    reasons = {"blank": blank.fill_null(True)}
    if trait.lookup:
        raw, text = _as_text(customers[joined("entry", name)])
        reasons["not in the lookup table"] = raw.isnull()
    number = as_number(raw, spec) if trait.kind in {"number", "birth_year"} else None
    for code, reason in trait.missing.items():
        is_code = text == code
        if number is not None and _is_number(code):
            is_code |= number == float(code)
        reasons[reason] = reasons.get(reason, ibis.literal(False)) | is_code.fill_null(False)
    value, more = _value(raw, text, number, trait, spec, study)
    return _Read(value, reasons | _last_reasons(value, more, trait))


def _read_made(customers: ibis.Table, trait: TraitSpec, spec: TableSpec) -> _Read:
    made = make(customers, trait, spec)
    reasons = {"blank": made.blank}
    for code, reason in trait.missing.items():
        told = [_as_text(customers[column])[1] == code for column in trait.origin or [trait.column]]
        is_code = reduce(or_, told).fill_null(False)
        reasons[reason] = reasons.get(reason, ibis.literal(False)) | is_code
    reasons |= {reason: is_so.fill_null(False) for reason, is_so in made.before.items()}
    return _Read(made.value, reasons | _last_reasons(made.value, made.after, trait))


def _as_text(raw: Any) -> tuple[Any, Any]:
    text = raw.cast("string").strip()
    if raw.type().is_floating():  # whole codes that share a column with blanks
        text = text.re_replace(r"\.0$", "")
    return raw, text


def _last_reasons(value: Any, more: Mapping[str, Any], trait: TraitSpec) -> dict[str, Any]:
    reasons = {"can't be read": value.isnull()}
    reasons |= {reason: is_so.fill_null(False) for reason, is_so in more.items()}
    if trait.plausible is not None:
        low, high = trait.plausible
        reasons[f"not plausible (outside {low:g} to {high:g})"] = ~value.between(low, high)
    return reasons


def _value(
    raw: Any, text: Any, number: Any, trait: TraitSpec, spec: TableSpec, study: Study
) -> tuple[Any, dict[str, Any]]:
    """The finished trait, and reasons of its kind against it."""
    if trait.numbers is not None:
        known = ibis.cases(*((text == given, value) for given, value in trait.numbers.items()))
        return (known if number is None else ibis.coalesce(known.cast("float64"), number)), {}
    if trait.named is not None:
        return ibis.cases(*((text == given, level) for given, level in trait.named.items())), {}
    if trait.kind == "yes_no":
        yes, no = ([word.casefold() for word in words] for words in (trait.yes, trait.no))
        return ibis.cases((text.lower().isin(yes), 1.0), (text.lower().isin(no), 0.0)), {}
    if trait.kind == "date":
        stated = spec if trait.date_format is None else _dated(spec, trait.date_format)
        moment = as_moment(raw, stated, study.timezone)
        days = ibis.date(study.as_of).delta(moment.date(), unit="day").cast("float64")
        return days, {"on or after as_of": moment >= ibis.timestamp(study.as_of)}
    if trait.kind == "birth_year":
        year = last_day(study.as_of).year
        return year - number, {"born after as_of": number > year}
    return (text if number is None else number), {}


def _dated(spec: TableSpec, date_format: str) -> TableSpec:
    return TableSpec(**{**vars(spec), "date_format": date_format})


def _is_number(code: str) -> bool:
    try:
        float(code)
    except ValueError:
        return False
    return True


def _counted(name: str, why: pd.Series) -> pd.DataFrame:
    counts = why.value_counts()
    return pd.DataFrame({"trait": name, "outcome": counts.index, "customers": counts.to_numpy()})


def _refuse_unread(name: str, trait: TraitSpec, record: pd.DataFrame, study: Study) -> None:
    counts = record[record["trait"] == name].set_index("outcome")["customers"]
    given = int(counts.sum() - counts.get("blank", 0))
    if not counts.get(READ, 0):
        why = ", ".join(f"{reason} {n:,}" for reason, n in counts.items())
        raise DataError(
            f"the trait '{name}' has no value at all: {why}",
            "one value or more",
            f"Look at the column '{trait.told}', and the trait's entry in study.yaml",
        )
    unread, limit = int(counts.get("can't be read", 0)), study.rules["max_unreadable_share"]
    if given and unread / given > limit:
        raise DataError(
            f"the trait '{name}': {unread:,} of {given:,} values of '{trait.told}' can't be read",
            _accepted(trait, study),
            "Correct the trait's entry in study.yaml; codes for no answer go under `missing`",
        )


def _accepted(trait: TraitSpec, study: Study) -> str:
    levels = trait.named or trait.numbers
    if levels is not None:
        also = " or numbers" if trait.kind == "number" else ""
        return ", ".join(f"'{text}'" for text in levels) + also
    if trait.kind == "yes_no":
        return f"{', '.join(trait.yes)} for yes and {', '.join(trait.no)} for no"
    spec = study.tables["customers"]
    if trait.kind in MADE:
        return ACCEPTED[trait.kind]
    if trait.kind == "date":
        return f"dates as '{trait.date_format or spec.date_format}' says"
    return f"numbers with decimal '{spec.decimal}'"


def _typed(column: pd.Series, trait: TraitSpec) -> pd.Series:
    if trait.bands:
        return column.astype(pd.CategoricalDtype(bands_of(trait), ordered=True))
    if trait.named is not None and trait.kind == "ordered":
        levels = list(dict.fromkeys(trait.named.values()))
        return column.astype(pd.CategoricalDtype(levels, ordered=True))
    if trait.kind in TEXTS and trait.numbers is None:
        texts = column.astype("object").where(column.notna(), None).astype("str")
        return texts if trait.top is None else _top(texts, trait.top)
    return column.astype("float64")


def _top(texts: pd.Series, n: int) -> pd.Series:
    """The commonest levels, ties by name; every other one is `OTHER`."""
    counts = texts.value_counts().rename_axis("level").reset_index(name="n")
    kept = counts.sort_values(["n", "level"], ascending=[False, True])["level"].head(n)
    return texts.where(texts.isin(kept) | texts.isna(), OTHER)
