"""Contradictions in a study that a schema can't see, each refused with what to do."""

import re

from segkit.errors import StudyError
from segkit.protected import protected_kind
from segkit.study.events import EVENTS
from segkit.study.sense.events import check_event_tables
from segkit.study.sense.made import check_made
from segkit.study.sense.names import require_known
from segkit.study.sense.permission import check_permission
from segkit.study.sense.sources import check_sources
from segkit.study.spec import Study
from segkit.study.tables import ORDER_MONEY, TableSpec
from segkit.study.traits import AGES, TraitSpec

TEXTUAL = frozenset({"yes_no", "category", "chosen", "country", "postcode_area"})
RFM = ("recency_days", "n_orders", "revenue")
DATE_CODES = {f"%{code}" for code in "aAbBdfHIjmMpSyYzZ%"} | {f"%-{code}" for code in "dHIjmMSy"}


def check_sense(study: Study) -> None:
    """Refuse a study that contradicts itself."""
    _check_tables(study)
    _check_weight(study)
    check_permission(study)
    _check_bases(study)
    _check_rules(study)
    for name, spec in study.tables.items():
        _check_notation(f"tables.{name}", spec)
    check_event_tables(study)
    for name, spec in study.sources.items():
        _check_notation(f"sources.{name}", spec)
    _check_traits(study)
    check_sources(study)
    if study.has_orders:
        _check_lines(study)


def _check_tables(study: Study) -> None:
    if study.has_orders:
        return
    if not study.every_table:
        raise StudyError("study.yaml lacks tables", "`tables:`, `sources:` or both", "Add them")
    if not study.about_customers and not study.events:
        raise StudyError(
            f"tables holds {', '.join(study.tables) or 'nothing'}",
            f"transactions, or customers, or events ({', '.join(EVENTS)})",
            "Name the file with one line per order line, per customer or per event",
        )
    if "products" in study.tables:
        raise StudyError(
            "tables.products is given without tables.transactions",
            "products beside transactions, which say who bought them",
        )
    if study.events:  # what they give is known when they are read
        _check_found_by_id(study)
        return
    if not study.traits and not study.scales:
        raise StudyError(
            "the study has neither transactions nor traits nor events",
            "`traits:` or `scales:` that say what the customer table's columns mean",
        )
    known = [*study.traits, *study.scales]
    require_known("bases", study.bases, known, "no trait or scale of this study")


def _check_bases(study: Study) -> None:
    outcomes = sorted(set(study.bases) & set(study.outcomes))
    if outcomes:
        raise StudyError(
            f"{', '.join(outcomes)} is both a base and an outcome",
            "an outcome as a descriptor: segments cut along it would only repeat it",
            "Take it out of one of the two lists",
        )
    both = sorted(set(study.bases) & set(study.protected) - set(study.protected_bases))
    if both:
        raise StudyError(
            f"{', '.join(both)} is both a base and protected",
            "protected attributes are audited and never form segments",
            "Take it out of one of the two lists, or say why it may under `protected_bases`",
        )
    speaking = sorted(set(study.bases) & study.shielded)
    if speaking:
        raise StudyError(
            f"the base '{speaking[0]}' looks like a protected attribute{_kind(study, speaking[0])}",
            "bases that aren't age, gender, marital status or the like",
            f"Take it out of bases, or say why it may: `protected_bases: {{{speaking[0]}: reason}}`",
        )
    for name in study.protected_bases:
        if name not in study.bases:
            raise StudyError(f"protected_bases names '{name}', which is no base", fix="Take it out")


def _kind(study: Study, name: str) -> str:
    column = study.traits[name].column if name in study.traits else name
    kind = protected_kind(name) or protected_kind(column)
    return f" ({kind})" if kind else ""


def _check_lines(study: Study) -> None:
    columns = study.tables["transactions"].columns
    if "products" in study.tables and "product_id" not in columns:
        raise StudyError(
            "tables.products is given, but tables.transactions.columns maps no product_id",
            fix="Map it, or take the products out",
        )
    of_money = [name for name in ("unit_price", "discount", *ORDER_MONEY) if name in columns]
    if of_money and not study.has_money:
        raise StudyError(
            f"tables.transactions.columns maps {of_money[0]}, and not what a line cost",
            "amount, or quantity and unit_price; or none of all these, for orders without money",
            "Name the column that holds what a line cost",
        )
    of_orders = [name for name in ORDER_MONEY if name in columns]
    if of_orders and "order_id" not in columns:
        raise StudyError(
            f"tables.transactions.columns maps {of_orders[0]} and no order_id",
            "an order_id: an order's money is spread over its lines",
        )
    _check_found_by_id(study)


def _check_found_by_id(study: Study) -> None:
    if "customers" in study.tables and "customer_id" not in study.tables["customers"].columns:
        others = "transactions" if study.has_orders else " and ".join(study.events)
        what = "orders" if study.has_orders else "events"
        raise StudyError(
            f"tables.customers.columns maps no customer_id, and there are {others}",
            f"an id by which {what} and customers find each other",
        )


def _check_rules(study: Study) -> None:
    """Rules are read where they are used; here, only that none looks at what is protected."""
    absent = [name for name in RFM if name not in study.traits]
    if study.segments == "rfm" and not study.has_money and absent:
        raise StudyError(
            "segments is rfm, and there are neither orders with money nor traits called "
            f"{', '.join(absent)}",
            f"tables.transactions, or traits {', '.join(RFM)}",
        )
    rules = study.segments if isinstance(study.segments, tuple) else ()
    wheres = [where for rule in rules for where in (rule.get("where", {}), *rule.get("any", ()))]
    protected = study.shielded - set(study.outcomes)
    looked_at = sorted({name for where in wheres for name in where} & protected)
    if looked_at:
        raise StudyError(
            f"a rule under segments looks at {', '.join(looked_at)}, which is protected",
            "rules on attributes that aren't protected",
            "Take it out of the rule, or out of protected if it may decide what a customer gets",
        )


def _check_notation(where: str, spec: TableSpec) -> None:
    if spec.delimiter != "whitespace" and len(spec.delimiter) != 1:
        raise StudyError(
            f"{where}.delimiter is '{spec.delimiter}'",
            'one character, or whitespace; a tab is "\\t" in double quotes',
        )
    if spec.header and spec.extra_header_rows:
        raise StudyError(
            f"{where} has a header of its own and extra_header_rows: {spec.extra_header_rows}",
            "a file without header rows, or one whose first header row holds the names",
        )
    if spec.decimal == spec.thousands:
        raise StudyError(f"{where}: decimal and thousands are both '{spec.decimal}'", "two marks")
    _check_date_format(where, spec.date_format)


def _check_date_format(where: str, text: str) -> None:
    unknown = [code for code in re.findall(r"%-?.?", text) if code not in DATE_CODES]
    if unknown:
        raise StudyError(
            f"{where}.date_format holds '{unknown[0]}'", "ISO8601, or strptime codes such as %d/%m/%Y"
        )


def _check_traits(study: Study) -> None:
    declared = {**study.traits, **study.scales}
    if declared and not study.about_customers:
        raise StudyError(
            f"traits names '{next(iter(declared))}', and there is no customer table",
            "tables.customers, or sources: traits are columns of them",
        )
    twice = sorted(set(study.traits) & set(study.scales))
    if twice:
        raise StudyError(f"'{twice[0]}' is both a trait and a scale", "one of the two")
    require_known("outcomes", study.outcomes, declared, "no trait")
    for name, trait in study.traits.items():
        _check_trait(f"traits.{name}", trait)
    for name, scale in study.scales.items():
        require_known(f"scales.{name}.reverse", scale.reverse, scale.items, "none of its items")
        _check_answers(f"scales.{name}", list(scale.levels.values()), scale.range)


def _check_weight(study: Study) -> None:
    """A weight is a column of the customer table, and nothing else."""
    if not study.weight:
        return
    if "customers" not in study.tables:
        raise StudyError(
            f"weight names '{study.weight}', and there is no customer table",
            "tables.customers, with a column that holds the weights",
        )
    used: dict[str, set[str]] = {
        "a trait": {*study.traits, *study.scales},
        "an item of a scale": {*study.items},
        "an id": set(map(str, study.tables["customers"].columns.values())),
    }
    for trait in study.traits.values():
        used["a trait"] |= set(trait.sources if not trait.columns else ())
        used["a trait"] |= {trait.columns.get("customers", "")}
    for name in ("bases", "descriptors", "protected", "outcomes"):
        used[f"among the {name}"] = set(getattr(study, name))
    for what, columns in used.items():
        if study.weight in columns:
            raise StudyError(
                f"'{study.weight}' is both {what} and the weight",
                "one of the two: a weight says for how many people somebody stands, not who they are",
            )


def _check_trait(where: str, trait: TraitSpec) -> None:
    if trait.kind == "ordered" and trait.levels is None:
        raise StudyError(f"{where} is ordered and has no levels", "levels: [lowest, ..., highest]")
    if trait.kind == "number" and trait.levels is not None and trait.numbers is None:
        raise StudyError(f"{where}.levels holds texts for a number", "text: number, text: number")
    if trait.kind == "category" and trait.numbers is not None:
        raise StudyError(f"{where}.levels holds numbers for a category", "names, or kind: ordered")
    if trait.kind in {"yes_no", "date", *AGES} and trait.levels is not None:
        raise StudyError(f"{where} is of kind {trait.kind} and has levels", "no levels for this kind")
    check_made(where, trait)
    if trait.plausible is not None:
        if trait.kind in TEXTUAL or trait.named is not None or (trait.bands and trait.kind not in AGES):
            raise StudyError(f"{where}.plausible is given for a {trait.kind}", "a kind with numbers")
        _check_limits(f"{where}.plausible", trait.plausible)
    both = sorted({text.casefold() for text in trait.yes} & {text.casefold() for text in trait.no})
    if both:
        raise StudyError(f"{where}: '{both[0]}' means both yes and no", "one meaning for each text")
    if trait.date_format is not None:
        _check_date_format(where, trait.date_format)


def _check_limits(where: str, limits: list[float]) -> None:
    if limits[0] >= limits[1]:
        raise StudyError(f"{where} is {limits}", "[lowest, highest]")


def _check_answers(where: str, numbers: list[float], limits: list[float]) -> None:
    if not limits:
        raise StudyError(f"{where} lacks range", "range: [lowest, highest], or levels: [lowest, ...]")
    _check_limits(f"{where}.range", limits)
    if numbers and [min(numbers), max(numbers)] != limits:
        raise StudyError(
            f"{where}.levels go from {min(numbers):g} to {max(numbers):g}, and its range is {limits}",
            "a level for each whole number of the range, lowest first; or text: number",
        )
