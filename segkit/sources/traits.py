"""Columns of the customer table -> traits, every value read or counted under the reason why not."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import reduce
from operator import or_
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.sources.made import ACCEPTED, MADE, band_of, bands_of, make
from segkit.sources.notation import marked
from segkit.sources.prepared import joined
from segkit.sources.printable import require
from segkit.sources.quality import READ, account_traits
from segkit.sources.values import as_moment, as_number, is_blank, text_of
from segkit.study import Study
from segkit.study.scales import item_traits
from segkit.study.tables import TableSpec
from segkit.study.traits import AGES, DATES, NUMBERS, OTHER, TraitSpec, last_day

_WHY = "__why"
TEXTS = frozenset({"category", "ordered", "country", "postcode_area"})
"""Kinds whose values are texts."""


@dataclass(frozen=True)
class ReadColumn:
    """What is read in one column, and why a value can't be used."""

    value: Any
    reasons: Mapping[str, Any]

    @property
    def why(self) -> Any:
        """That it is read, or the first reason why not."""
        return ibis.cases(*((is_so, reason) for reason, is_so in self.reasons.items()), else_=READ)

    @property
    def usable(self) -> Any:
        """The value where there is no reason against it."""
        return (self.why == READ).ifelse(self.value, ibis.null(self.value.type()))


def read_traits(
    customers: ibis.Table, study: Study, spec: TableSpec | None = None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Read all traits and survey items of a study.

    Parameters
    ----------
    customers : ibis.Table
        Kept rows: customer_id and the file's own columns.
    study : Study
    spec : TableSpec, optional
        The customer table's, with the marks that its columns settle.

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
    wanted = dict(study.traits) | item_traits(study.scales)
    if not wanted:
        return pd.DataFrame(), account_traits(
            pd.DataFrame(columns=["trait", "outcome", "customers"]), 0
        )
    known = [column for column in customers.columns if column != "customer_id"]
    for name, trait in wanted.items():
        require(trait.sources, known, "the customer table", f"the trait '{name}'")
    spec = spec or study.tables["customers"]
    columns = {}
    for name, trait in wanted.items():
        read = read_column(customers, name, trait, spec, study)
        columns[name], columns[f"{name}{_WHY}"] = read.usable, read.why
    frame = customers.select("customer_id", **columns).order_by("customer_id").execute()
    frame = frame.set_index("customer_id")
    counts = pd.concat([_counted(name, frame[f"{name}{_WHY}"]) for name in wanted])
    record = account_traits(counts.reset_index(drop=True), len(frame))
    for name, trait in wanted.items():
        _refuse_unread(name, trait, record, study)
    values = {name: typed(frame[name], trait) for name, trait in wanted.items()}
    return pd.DataFrame(values, index=frame.index), record


def read_column(
    customers: ibis.Table, name: str, trait: TraitSpec, spec: TableSpec, study: Study
) -> ReadColumn:
    """Read a trait in the table that has its column: values, each with the reasons against it."""
    if trait.kind in MADE:
        return _read_made(customers, trait, spec)
    raw = customers[trait.column]
    reasons = {"blank": is_blank(raw)}
    if trait.lookup:
        raw = customers[joined("entry", name)]
        reasons["not in the lookup table"] = raw.isnull()
    text = text_of(raw)
    noted = spec if trait.lookup else marked(spec, trait.column)
    number = as_number(raw, noted) if trait.kind in NUMBERS else None
    for code, reason in trait.missing.items():
        is_code = text == code
        if number is not None and _is_number(code):
            is_code |= number == float(code)
        reasons[reason] = reasons.get(reason, ibis.literal(False)) | is_code.fill_null(False)
    value, more = _value(raw, text, number, trait, spec, study)
    return ReadColumn(value, reasons | _last_reasons(value, more, trait))


def _read_made(customers: ibis.Table, trait: TraitSpec, spec: TableSpec) -> ReadColumn:
    made = make(customers, trait, spec)
    reasons = {"blank": made.blank}
    for code, reason in trait.missing.items():
        told = [text_of(customers[column]) == code for column in trait.origin or [trait.column]]
        is_code = reduce(or_, told).fill_null(False)
        reasons[reason] = reasons.get(reason, ibis.literal(False)) | is_code
    reasons |= {reason: is_so.fill_null(False) for reason, is_so in made.before.items()}
    return ReadColumn(made.value, reasons | _last_reasons(made.value, made.after, trait))


def _last_reasons(value: Any, more: Mapping[str, Any], trait: TraitSpec) -> dict[str, Any]:
    reasons = {"can't be read": value.isnull()}
    reasons |= {reason: is_so.fill_null(False) for reason, is_so in more.items()}
    if trait.plausible is not None and not trait.bands:
        reasons |= _not_plausible(value, trait.plausible)
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
        moment = _moment(raw, trait, spec, study)
        days = ibis.date(study.as_of).delta(moment.date(), unit="day").cast("float64")
        return days, {"on or after as_of": moment >= ibis.timestamp(study.as_of)}
    if trait.kind in AGES:
        age = _age(raw, number, trait, spec, study)
        odd = {"born after as_of": age < 0}
        if not trait.bands:
            return age, odd
        if trait.plausible is not None:
            odd |= _not_plausible(age, trait.plausible)
        return band_of(age, age, trait), odd
    return (text if number is None else number), {}


def _age(raw: Any, number: Any, trait: TraitSpec, spec: TableSpec, study: Study) -> Any:
    """Whole years before as_of; of a year of birth, as of the end of the last year begun."""
    last = last_day(study.as_of)
    if number is not None:
        return last.year - number
    born = _moment(raw, trait, spec, study)
    passed = born.month() * 100 + born.day() <= last.month * 100 + last.day
    return (last.year - born.year() - passed.ifelse(0, 1)).cast("float64")


def _not_plausible(value: Any, limits: list[float]) -> dict[str, Any]:
    """The reason against values outside of some limits."""
    low, high = limits
    return {f"not plausible (outside {low:g} to {high:g})": ~value.between(low, high)}


def _moment(raw: Any, trait: TraitSpec, spec: TableSpec, study: Study) -> Any:
    stated = replace(spec, date_format=trait.date_format or spec.date_format)
    return as_moment(raw, stated, study.timezone)


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
    refuse_no_value(name, trait, counts)
    refuse_unreadable(name, trait, counts, study.tables["customers"], study)


def refuse_no_value(name: str, trait: TraitSpec, counts: pd.Series) -> None:
    """Refuse a trait of which no customer has a value.

    Parameters
    ----------
    counts : pandas.Series
        Customers by outcome.
    """
    if not counts.get(READ, 0):
        why = ", ".join(f"{reason} {n:,}" for reason, n in counts.items())
        raise DataError(
            f"the trait '{name}' has no value at all: {why}",
            "one value or more",
            f"Look at the column '{trait.told}', and the trait's entry in study.yaml",
        )


def refuse_unreadable(
    name: str, trait: TraitSpec, counts: pd.Series, spec: TableSpec, study: Study, where: str = ""
) -> None:
    """Refuse a trait so many of whose values can't be read that its entry must be wrong.

    Parameters
    ----------
    counts : pandas.Series
        Values by outcome.
    where : str, optional
        The source, where there are several.
    """
    given = int(counts.sum() - counts.get("blank", 0))
    unread, limit = int(counts.get("can't be read", 0)), study.rules["max_unreadable_share"]
    if given and unread / given > limit:
        column = trait.columns.get(where, trait.told)
        raise DataError(
            f"the trait '{name}': {unread:,} of {given:,} values of '{column}'"
            f"{f' in {where}' if where else ''} can't be read",
            _accepted(trait, spec),
            f"Correct the trait's entry in study.yaml{_date_fix(trait)}; codes for no answer go under "
            "`missing`",
        )


def _date_fix(trait: TraitSpec) -> str:
    return ', its `date_format` such as "%d/%m/%Y"' if trait.kind in DATES else ""


def _accepted(trait: TraitSpec, spec: TableSpec) -> str:
    levels = trait.named or trait.numbers
    if levels is not None:
        also = " or numbers" if trait.kind == "number" else ""
        return ", ".join(f"'{text}'" for text in levels) + also
    if trait.kind == "yes_no":
        return f"{', '.join(trait.yes)} for yes and {', '.join(trait.no)} for no"
    if trait.kind in MADE:
        return ACCEPTED[trait.kind]
    if trait.kind in DATES:
        return f"dates as date_format '{trait.date_format or spec.date_format}' of the trait says"
    return f"numbers with decimal '{spec.decimal}'; `kind: amount` also reads currencies and units"


def is_text(trait: TraitSpec) -> bool:
    """Whether a trait's values are texts: levels, bands, places."""
    return bool(trait.bands) or (trait.kind in TEXTS and trait.numbers is None)


def typed(column: pd.Series, trait: TraitSpec) -> pd.Series:
    """A trait's values in the type of its kind."""
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
