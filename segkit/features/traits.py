"""Traits of the customer table and scores of its scales, as features with their dictionary."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from segkit.disclosure import said, withheld
from segkit.features.scales import reliability, score
from segkit.sources.made import MADE
from segkit.sources.quality import READ
from segkit.sources.tables import Tables
from segkit.study import Study
from segkit.study.scales import ScaleSpec
from segkit.study.traits import AGES, OTHER, TraitSpec, last_day

HELD_AS = {
    **dict.fromkeys((*AGES, "amount", "growth", "distance_km"), "number"),
    **dict.fromkeys(("country", "postcode_area"), "category"),
    "chosen": "yes_no",
}
SINCE = "Days since "
DICTIONARY = ["label", "unit", "role", "basis", "meaning", "base", "kind", "low", "high"]


@dataclass(frozen=True, eq=False)
class TraitFeatures:
    """What the customer table gives.

    Attributes
    ----------
    frame : pandas.DataFrame
        Traits and scores that may form segments and enter names.
    descriptors : pandas.DataFrame
        The table's own columns, then protected traits and outcomes, read.
    dictionary : pandas.DataFrame
        Of both; see `Features.dictionary`.
    scales : pandas.DataFrame
        See `reliability`.
    """

    frame: pd.DataFrame
    descriptors: pd.DataFrame
    dictionary: pd.DataFrame
    scales: pd.DataFrame


def trait_features(tables: Tables, customers: pd.Index) -> TraitFeatures:
    """Turn a study's traits and scales into features.

    Parameters
    ----------
    tables : Tables
    customers : pandas.Index
        Those for whom to give them; missing where the table doesn't know one.
    """
    study, raw = tables.study, tables.customers
    values = pd.DataFrame(index=customers)
    if tables.traits is not None:
        values = tables.traits.reindex(customers)
    scores = {name: score(values, scale) for name, scale in study.scales.items()}
    every = values[list(study.traits)].assign(**scores)
    own = pd.DataFrame(index=customers) if raw is None else raw.reindex(customers)
    shielded = [name for name in every if name in study.shielded]
    free = every.drop(columns=shielded)
    scales = reliability(tables.traits, dict(study.scales))
    return TraitFeatures(
        frame=free,
        descriptors=own.drop(columns=list(every), errors="ignore").join(every[shielded]),
        dictionary=_dictionary(tables, scales).reindex([*free, *shielded]),
        scales=scales,
    )


def _dictionary(tables: Tables, scales: pd.DataFrame) -> pd.DataFrame:
    study = tables.study
    rows = {name: _trait_row(name, trait, tables) for name, trait in study.traits.items()}
    rows |= {
        name: _scale_row(scale, scales.loc[name], study.words["customers"])
        for name, scale in study.scales.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index", columns=DICTIONARY).rename_axis("name")


def _trait_row(name: str, trait: TraitSpec, tables: Tables) -> dict[str, Any]:
    of_trait = tables.quality.traits[tables.quality.traits["trait"] == name]
    unread = of_trait[of_trait["outcome"] != READ]
    customers = tables.study.words["customers"]
    why = _without(unread.set_index("outcome")["customers"])
    return _row(
        replace(trait, label=_dated(trait.label)) if trait.kind == "date" else trait,
        unit=trait.unit,
        role=trait.role,
        meaning=_meaning(trait, tables.study),
        base=f"{customers} with a value ({why})" if why else f"all {customers}",
        kind=_kind(trait),
    )


def _without(counts: pd.Series) -> str:
    """Why how many have no value; what would tell of a few, as their sum is known, is taken together.

    Examples
    --------
    >>> _without(pd.Series({"blank": 24, "a filler": 1})), _without(pd.Series({"blank": 3}))
    ('blank or a filler 25', 'blank under 10')
    """
    hidden = withheld(counts)
    parts = [f"{reason} {said(n)}" for reason, n in counts[~hidden].items()]
    if hidden.any():
        parts.append(f"{' or '.join(counts.index[hidden])} {said(int(counts[hidden].sum()))}")
    return ", ".join(parts)


def _scale_row(scale: ScaleSpec, found: pd.Series, customers: str) -> dict[str, Any]:
    low, high = scale.range
    turned = f", {len(scale.reverse)} of them reverse-keyed" if scale.reverse else ""
    return _row(
        scale,
        unit="points",
        role="",
        meaning=f"mean of {len(scale.items)} items from {low:g} to {high:g}{turned}; alpha "
        f"{found['alpha']:.2f}",
        base=f"{customers} who answered {scale.min_answered:.0%} of the items or more "
        f"({said(int(found['without']))} did not)",
        kind="number",
    )


def _row(spec: TraitSpec | ScaleSpec, **own: str) -> dict[str, Any]:
    low, high = spec.names or ("", "")
    return {"label": spec.label, "basis": spec.basis, "low": low, "high": high, **own}


def _dated(label: str) -> str:
    """What a date is called once it is a number of days.

    Examples
    --------
    >>> _dated("Last contacted"), _dated("Days as a customer")
    ('Days since last contacted', 'Days as a customer')
    """
    return label if "day" in label.lower() else f"{SINCE}{label[:1].lower()}{label[1:]}"


def _kind(trait: TraitSpec) -> str:
    """As the feature table holds it: levels with a number are numbers, bands are ordered."""
    if trait.bands:
        return "ordered"
    return "number" if trait.numbers is not None else HELD_AS.get(trait.kind, trait.kind)


def _meaning(trait: TraitSpec, study: Study) -> str:
    column = trait.shown
    in_bands = ", in bands" if trait.bands else ""
    if trait.kind == "date":
        return f"days from {column} to the reference date"
    if trait.kind == "birth_year":
        return f"{last_day(study.as_of).year} less {column}{in_bands}"
    if trait.kind == "birth_date":
        return f"age in whole years before the reference date, by {column}{in_bands}"
    if trait.named is not None and trait.kind == "ordered":
        return f"{column}: {' < '.join(dict.fromkeys(trait.named.values()))}"
    if trait.kind in MADE:
        return _meaning_of_made(trait)
    if trait.lookup:
        return f"what {Path(trait.lookup['file']).name} says of {column}"
    if trait.top:
        return f"{column}, its {trait.top} commonest levels; the rest is {OTHER}"
    said = {"yes_no": f"whether {column} is a yes", "category": f"{column}, as it came"}
    return said.get(trait.kind, f"{column}, as a number")


def _meaning_of_made(trait: TraitSpec) -> str:
    """What a trait of a made kind says, with the rule that it is made by."""
    column, (first, second) = f"'{trait.column}'", (trait.origin or ["", ""])
    low = trait.to or [0.0, 0.0]
    kept = trait.area if isinstance(trait.area, str) else f"first {trait.area} characters"
    option = f"'{trait.option}' is among the answers in {column}" if trait.separator else ""
    if trait.bands:
        return f"the band that holds all of {column}"
    return {
        "amount": f"{column}; the middle of a range, the lower end of an open one",
        "growth": f"('{second}' - '{first}') / '{first}'",
        "distance_km": f"kilometres to {low[0]:g}, {low[1]:g} as the crow flies, whole ones",
        "chosen": option or f"whether {column} was chosen",
        "postcode_area": f"area of {column} ({kept}), no exact place",
        "country": f"{column}, by its ISO 3166 name",
    }[trait.kind]
