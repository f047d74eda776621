"""What a study says of the columns of its customer table."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from segkit.errors import StudyError

OTHER = "Other"
"""The level of a category that isn't one of its top ones."""
YES = ("yes", "true", "1", "y")
NO = ("no", "false", "0", "n")
PAIRS = ("growth", "distance_km")
"""Kinds made of two columns, which `from` names; of all others it names the sources."""
AGES = ("birth_year", "birth_date")
"""Kinds that become an age."""
DATES = ("date", "birth_date")
"""Kinds that a file holds as dates."""
NUMBERS = ("number", "birth_year")
"""Kinds that a file holds as numbers."""
UNITS = {
    "yes_no": "share",
    "chosen": "share",
    "growth": "ratio",
    "birth_year": "years",
    "birth_date": "years",
    "date": "days",
    "distance_km": "km",
}


@dataclass(frozen=True)
class TraitSpec:
    """One column of the customer table that says something about a customer.

    Attributes
    ----------
    kind : str
        "number", "yes_no", "ordered", "category"; "date" becomes days before as_of, "birth_year" and
        "birth_date" age in years; the rest is in `segkit.sources.made`: "amount", "growth", "chosen",
        "country", "postcode_area", "distance_km".
    basis : str
        demographic, psychographic, behavioural, geographic or firmographic.
    column : str
        Name in the file; by default the trait's own.
    label, unit : str
        What a report calls it, and what is counted.
    levels : list, or dict of str to str or number, optional
        Texts that are accepted, in order for `ordered`; or text -> its name, or its number.
    yes, no : list of str, optional
        Texts that mean yes and no, whatever their case.
    missing : list, or dict of str to str
        Codes that mean no answer; with a mapping, why.
    plausible : list of two numbers, optional
        Lowest and highest value that is believed, on the finished trait (an age, not a year).
    date_format : str, optional
        When it isn't the table's.
    role : str
        As in the feature dictionary, when the trait is one of those: recency, monetary, ...
    names : list of two str, optional
        What a segment low, and one high in it is called.
    columns : dict of str to str
        Source -> its column, where the study says so for each; `column` then lists them.
    trust : tuple of str
        Its sources, most trusted first; empty where the study has no word on it.
    conflict : {"", "newest", "most_trusted", "most_frequent"}
        What decides where sources differ; by default as `profile.conflict` says.
    stale_after_days : int, optional
        Older values are warned of; by default as `profile.stale_after_days` says.
    origin : list of str
        The two columns that it is made of (`from` in study.yaml): earlier and later amount, or
        latitude and longitude.
    to : list of two numbers, optional
        Latitude and longitude of the point that a distance is measured to.
    bands : list of numbers, or str, optional
        Upper ends of an amount's or an age's bands, or "employees" or "revenue" for the usual ones.
    top : int, optional
        How many of a category's levels stay, the commonest; the rest is `OTHER`.
    area : str or int, optional
        Country whose postcodes these are, or how many leading characters stay.
    lookup : dict, optional
        `file`, `key` and `value`: a table that says what a value stands for.
    among : list of str
        All columns of a question whose options have a column each.
    option, separator : str
        An option of a question whose options stand in one cell, and what parts them there.
    blank : {"", "missing", "none"}
        What a blank answer to a question of several answers says; by default that it is missing.
    """

    kind: str
    basis: str
    column: str
    label: str
    unit: str = ""
    levels: list[str] | Mapping[str, Any] | None = None
    yes: list[str] = field(default_factory=lambda: list(YES))
    no: list[str] = field(default_factory=lambda: list(NO))
    missing: Mapping[str, str] = field(default_factory=dict)
    plausible: list[float] | None = None
    date_format: str | None = None
    role: str = ""
    names: list[str] | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    trust: tuple[str, ...] = ()
    conflict: str = ""
    stale_after_days: int | None = None
    origin: list[str] = field(default_factory=list)
    to: list[float] | None = None
    bands: list[float] | str | None = None
    top: int | None = None
    area: str | int | None = None
    lookup: Mapping[str, str] | None = None
    among: list[str] = field(default_factory=list)
    option: str = ""
    separator: str = ""
    blank: str = ""

    @property
    def shown(self) -> str:
        """Its column, or its columns with their sources, quoted."""
        if len(self.columns) < 2:
            return f"'{self.told}'"
        names = [*self.trust, *sorted(set(self.columns) - set(self.trust))]
        return ", ".join(f"'{self.columns[name]}' of {name}" for name in names)

    @property
    def sources(self) -> list[str]:
        """The columns of the file that it is read from."""
        return [*dict.fromkeys([*(self.origin or [self.column]), *self.among])]

    @property
    def told(self) -> str:
        """Its column or columns, to stand between quotes."""
        return "', '".join(self.origin or [self.column])

    @property
    def numbers(self) -> dict[str, float] | None:
        """Text -> number, where the levels stand for numbers."""
        if not isinstance(self.levels, Mapping):
            return None
        values = list(self.levels.values())
        is_number = all(isinstance(value, int | float) for value in values)
        return {text: float(value) for text, value in self.levels.items()} if is_number else None

    @property
    def named(self) -> dict[str, str] | None:
        """Text -> level, in order, where the levels are texts."""
        if self.levels is None or self.numbers is not None:
            return None
        if isinstance(self.levels, Mapping):
            return {text: str(value) for text, value in self.levels.items()}
        return {str(text): str(text) for text in self.levels}


def trait_spec(name: str, given: Mapping[str, Any]) -> TraitSpec:
    """A trait as the study states it, with what it leaves open filled in from its name and kind."""
    stated: dict[str, Any] = {
        "column": name,
        "label": label_of(name),
        "unit": UNITS.get(given["kind"], ""),
    }
    stated |= {**given, "missing": codes_of(given.get("missing", {}))}
    if stated["kind"] in PAIRS and "from" in stated:
        given_from = stated.pop("from")
        stated["origin"] = [given_from] if isinstance(given_from, str) else given_from
    if "source" in stated:
        stated["from"] = _source_of_pair(name, stated)
    for side in ("yes", "no"):
        if side in given:
            stated[side] = [text for given_one in given[side] for text in written(given_one)]
    sources = _sources(stated)
    return TraitSpec(**{**stated, **sources})


def _source_of_pair(name: str, stated: dict[str, Any]) -> Any:
    """The source of a trait whose `from` names columns."""
    if stated["kind"] not in PAIRS:
        raise StudyError(
            f"traits.{name} is of kind {stated['kind']} and has source",
            f"source for {' and '.join(PAIRS)}, whose `from` names columns",
            "Name the source as `from`",
        )
    return stated.pop("source")


def choice_traits(name: str, given: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The yes/no traits that a question of several answers stands for, as study.yaml would state them.

    Parameters
    ----------
    name : str
        Of the question; its options become `name_option`.
    given : dict
        `basis`, and `columns` (option -> its column), or `column`, `separator` and `options` (option
        -> its text in the cell); `missing` where codes mean no answer; `blank` where a blank says
        that none was chosen.

    Examples
    --------
    >>> list(choice_traits("drinks", {"basis": "behavioural", "columns": {"tea": "Q1: Tea"}}))
    ['drinks_tea']
    """
    stated = ("basis", "missing", "blank", "from")
    shared = {"kind": "chosen"} | {key: given[key] for key in stated if key in given}
    if "columns" in given:
        among = list(given["columns"].values())
        own = {one: {"column": text, "among": among} for one, text in given["columns"].items()}
    else:
        cell = {"column": given["column"], "separator": given["separator"]}
        own = {one: {**cell, "option": str(text)} for one, text in given["options"].items()}
    label = given.get("label", label_of(name))
    return {
        f"{name}_{one}": {**shared, "label": f"{label}: {one.replace('_', ' ')}", **of_it}
        for one, of_it in own.items()
    }


def _sources(stated: dict[str, Any]) -> dict[str, Any]:
    """From which columns of which sources a trait comes, and in which order of trust."""
    given = stated.pop("from", ())
    trust = (given,) if isinstance(given, str) else tuple(given)
    column = stated["column"]
    if isinstance(column, str):
        return {"columns": dict.fromkeys(trust, column), "trust": trust}
    listed = " and ".join(sorted({str(name) for name in column.values()}))
    return {"columns": dict(column), "column": listed, "trust": trust}


def last_day(as_of: str) -> date:
    """The last day that counts: as_of is exclusive."""
    return date.fromisoformat(as_of) - timedelta(days=1)


def day_after(day: str) -> str:
    """The earliest as_of for which a day counts.

    Examples
    --------
    >>> day_after("2024-02-29"), last_day(day_after("2024-02-29")).isoformat()
    ('2024-03-01', '2024-02-29')
    """
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def written(given: Any) -> tuple[str, ...]:
    """A word of the file; YAML takes a bare Yes or TRUE for true: every word for it is meant."""
    if isinstance(given, bool):
        return YES if given else NO
    return (str(given),)


def label_of(name: str) -> str:
    """A name as a report writes it, where the study states no label."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]


def codes_of(given: Any) -> dict[str, str]:
    """Codes that mean no answer, each with the reason."""
    if isinstance(given, Mapping):
        return {str(code): str(reason) for code, reason in given.items()}
    return {str(code): f"no answer ({code})" for code in given}
