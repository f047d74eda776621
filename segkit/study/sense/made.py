"""Contradictions in a trait that is made of what a file holds, each refused with what to do."""

import re
from collections.abc import Mapping
from itertools import pairwise

from segkit.errors import StudyError
from segkit.study.traits import AGES, TraitSpec

NEEDS: Mapping[str, tuple[str, ...]] = {
    "growth": ("origin",),
    "distance_km": ("origin", "to"),
    "postcode_area": ("area",),
}
"""Kind -> what it can't do without."""
BELONGS: Mapping[str, tuple[str, ...]] = {
    "origin": ("growth", "distance_km"),
    "to": ("distance_km",),
    "bands": ("amount", *AGES),
    "top": ("category", "country", "postcode_area"),
    "area": ("postcode_area",),
    "lookup": ("category", "ordered", "number", "yes_no"),
    "among": ("chosen",),
    "option": ("chosen",),
    "separator": ("chosen",),
    "blank": ("chosen",),
    "levels": ("number", "ordered", "category", "yes_no", "date", *AGES),
}
"""What is stated -> the kinds that it means something for."""
WRITTEN = {"origin": "from"}
FORMS = {
    "origin": "from: [column, column]",
    "to": "to: [latitude, longitude]",
    "area": "area: DE (a country), or area: 2 (leading characters that stay)",
}
POSTCODES = (
    "AT", "AU", "BE", "CA", "CH", "DE", "DK", "ES", "FR", "GB", "IE", "IT", "NL", "NO", "PL", "SE",
    "US",
)  # fmt: skip
COORDINATES = frozenset(
    {"lat", "latitude", "lon", "lng", "longitude", "coordinate", "coordinates", "breitengrad"}
    | {"längengrad", "laengengrad", "geolocation", "geopoint"}
)
"""Words in the names of columns that hold an exact place."""


def looks_like_coordinates(name: str) -> bool:
    """Whether a column's name speaks of an exact place.

    Examples
    --------
    >>> [looks_like_coordinates(name) for name in ("home_lat", "LocationLongitude", "platform")]
    [True, True, False]
    """
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold()
    return not COORDINATES.isdisjoint(re.findall(r"[^\W\d_]+", words))


def check_made(where: str, trait: TraitSpec) -> None:
    """Refuse a trait that lacks what its kind needs, or states what its kind can't use.

    Parameters
    ----------
    where : str
        Its place in study.yaml.
    trait : TraitSpec

    Raises
    ------
    StudyError
    """
    for part in NEEDS.get(trait.kind, ()):
        if not getattr(trait, part):
            raise StudyError(f"{where} is a {trait.kind} and has no {_written(part)}", FORMS[part])
    for part, kinds in BELONGS.items():
        if getattr(trait, part) and trait.kind not in kinds:
            raise StudyError(
                f"{where} is a {trait.kind} and has {_written(part)}",
                f"{_written(part)} for {', '.join(kinds)} only",
            )
    if bool(trait.option) != bool(trait.separator):
        raise StudyError(f"{where} has an option or a separator", "both or neither")
    _check_place(where, trait)
    _check_bands(where, trait)


def _check_place(where: str, trait: TraitSpec) -> None:
    if isinstance(trait.area, str) and trait.area not in POSTCODES:
        raise StudyError(
            f"{where}.area is '{trait.area}'",
            f"{', '.join(POSTCODES)}, or how many leading characters stay, 1 to 4",
        )
    if trait.to and not (-90 <= trait.to[0] <= 90 and -180 <= trait.to[1] <= 180):
        raise StudyError(f"{where}.to is {trait.to}", "[latitude, longitude] in degrees")
    exact = [column for column in trait.sources if looks_like_coordinates(column)]
    if exact and trait.kind != "distance_km":
        raise StudyError(
            f"{where} reads '{exact[0]}', which looks like the coordinates of a home",
            "kind: distance_km, from: [latitude, longitude], to: [a point of yours]",
            "Coordinates themselves are no traits: they name one home",
        )


def _check_bands(where: str, trait: TraitSpec) -> None:
    if trait.kind in AGES and isinstance(trait.bands, str):
        raise StudyError(
            f"{where}.bands is '{trait.bands}'", "upper ends in years, such as [24, 44, 64]"
        )
    if isinstance(trait.bands, list) and any(low >= high for low, high in pairwise(trait.bands)):
        raise StudyError(f"{where}.bands is {trait.bands}", "ascending upper ends, each once")


def _written(part: str) -> str:
    return WRITTEN.get(part, part)
