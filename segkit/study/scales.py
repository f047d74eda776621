"""What a study says of the scales that it makes of survey items."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkit.study.traits import TraitSpec, codes_of, label_of


@dataclass(frozen=True)
class ScaleSpec:
    """A score made of several survey items.

    Attributes
    ----------
    items, reverse : list of str
        Columns, and those of them that are keyed the other way round.
    range : list of two numbers
        Lowest and highest answer; others are no answers and counted.
    label, basis, names
        As for a trait.
    min_answered : float
        Share of the items that must be answered for a score, 0 to 1.
    missing : dict of str to str
        Codes that mean no answer, and why.
    levels : dict of str to float
        Answer in words -> its number; numbers are read beside them.
    source : str
        The source that holds the items; by default the customer table, or the only source.
    """

    items: list[str]
    range: list[float]
    label: str
    reverse: list[str] = field(default_factory=list)
    basis: str = "psychographic"
    min_answered: float = 0.8
    missing: Mapping[str, str] = field(default_factory=dict)
    names: list[str] | None = None
    levels: Mapping[str, float] = field(default_factory=dict)
    source: str = ""


def scale_spec(name: str, given: Mapping[str, Any]) -> ScaleSpec:
    """A scale as the study states it; answers in words, lowest first, count from its lowest number.

    Examples
    --------
    >>> spec = scale_spec("calm", {"items": ["a", "b"], "levels": ["No", "Partly", "Yes"]})
    >>> spec.range, spec.levels
    ([1, 3], {'No': 1.0, 'Partly': 2.0, 'Yes': 3.0})
    """
    stated: dict[str, Any] = {"label": label_of(name)} | {
        **given,
        "missing": codes_of(given.get("missing", {})),
    }
    source, levels = stated.pop("from", ""), stated.get("levels", {})
    if not isinstance(levels, Mapping):
        low = stated.setdefault("range", [1, len(levels)])[0]
        levels = {text: low + place for place, text in enumerate(levels)}
    stated["levels"] = {str(text): float(number) for text, number in levels.items()}
    ends = [min(stated["levels"].values()), max(stated["levels"].values())] if levels else []
    stated.setdefault("range", ends)
    return ScaleSpec(source=source, **stated)


def item_traits(scales: Mapping[str, ScaleSpec]) -> dict[str, TraitSpec]:
    """The items of all scales as traits: numbers within the scale's range, or the words for them."""
    return {
        item: TraitSpec(
            "number",
            scale.basis,
            item,
            item,
            missing=scale.missing,
            plausible=scale.range,
            levels=scale.levels or None,
        )
        for scale in scales.values()
        for item in scale.items
    }
