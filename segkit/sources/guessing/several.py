"""Several tables about the same customers -> one set of traits that says which table each is from."""

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd

from segkit.sources.guessing.guessed import Guessed, options_of
from segkit.sources.guessing.words import short_name
from segkit.study.sources import TAKEN

_OF_FEATURES = re.compile(
    r"n_\w+|\w+_share|revenue|trend|(recency|tenure|(mean|sd)_gap)_days|mean_\w+|days_since_\w+"
    r"|pages_per_visit"
)
"""Names that features of orders or events may have, and a trait beside them may not."""


_LISTS = ("items", "protected", "outcomes")
"""Of names, in what was guessed."""
OF_ONE_TABLE = "a weight is of one table's rows, and can't be used where tables are joined"


def source_name(stem: str, taken: Mapping[str, object]) -> str:
    """A source's name from its file's: of letters, digits and underscores, and not taken.

    Examples
    --------
    >>> source_name("CRM export 2024", {}), source_name("events", {}), source_name("crm", {"crm": 1})
    ('crm_export_2024', 'events_table', 'crm_2')
    """
    plain = re.sub(r"[^a-z0-9]+", "_", short_name(stem.split(".")[0])).strip("_") or "source"
    plain = plain if plain.isidentifier() else f"table_{plain}"
    if plain in TAKEN or plain.endswith(("_join", "_malformed")):
        plain += "_table"
    name, number = plain, 2
    while name in taken:
        name, number = f"{plain}_{number}", number + 1
    return name


def apart_from_features(guessed: Guessed, prefix: str) -> Guessed:
    """Rename what is called like a feature of orders or events."""
    alike = [name for name in guessed.names if _OF_FEATURES.fullmatch(name)]
    return _renamed(guessed, {name: f"{prefix}_{name}" for name in alike})


def merged(parts: Mapping[str, Guessed]) -> tuple[Guessed, list[str]]:
    """Put together what several tables say.

    Parameters
    ----------
    parts : dict of str to Guessed
        Source -> what its columns say.

    Returns
    -------
    Guessed
        Each trait says from which source it is; what two tables call alike and say in the same way is
        one trait of both.
    list of str
        Traits of several sources, between which a rule decides.
    """
    whole, shared = Guessed(), []
    for source, part in parts.items():
        own = _renamed(part, _clashes(whole, part, source))
        for name, trait in own.traits.items():
            if name in whole.traits:
                whole.traits[name] = _both(whole.traits[name], source, trait)
                shared += [name] if name not in shared else []
            else:
                whole.traits[name] = {"column": trait["column"], "from": source} | trait
        whole.scales |= {name: {**spec, "from": source} for name, spec in own.scales.items()}
        whole.choices |= {name: {**spec, "from": source} for name, spec in own.choices.items()}
        whole.why = own.why | whole.why
        whole.left_out |= {f"{source}: {column}": why for column, why in own.left_out.items()}
        for ours in _LISTS:
            getattr(whole, ours).extend(
                one for one in getattr(own, ours) if one not in getattr(whole, ours)
            )
        if own.weight:
            whole.left_out[f"{source}: {own.weight}"] = OF_ONE_TABLE
        _join_known(whole, own)
    rows = [part.row for part in parts.values()]
    whole.row = "company" if "company" in rows else rows[0] if len(set(rows)) == 1 else "customer"
    _date(whole, parts)
    return whole, shared


def _clashes(whole: Guessed, part: Guessed, source: str) -> dict[str, str]:
    """What has a name that an earlier table gave to something else."""
    taken = [name for name in part.names if name in whole.names]
    return {name: f"{name}_{source}" for name in taken if not _is_same(name, whole, part)}


def _is_same(name: str, whole: Guessed, part: Guessed) -> bool:
    if name not in whole.traits or name not in part.traits:
        return False
    first, second = ({key: value for key, value in trait.items() if key not in _OWN}
                     for trait in (whole.traits[name], part.traits[name]))  # fmt: skip
    return first == second


_OWN = ("column", "from", "basis", "missing")
"""What may differ between two tables that say the same."""


def _both(first: dict[str, Any], source: str, second: Mapping[str, Any]) -> dict[str, Any]:
    columns = first["column"]
    columns = columns if isinstance(columns, dict) else {first["from"]: columns}
    missing = list(dict.fromkeys([*first.get("missing", []), *second.get("missing", [])]))
    rest = {key: value for key, value in first.items() if key not in {"column", "from", "missing"}}
    both = {"column": {**columns, source: second["column"]}} | rest
    return both | ({"missing": missing} if missing else {})


def _renamed(part: Guessed, names: Mapping[str, str]) -> Guessed:
    if not names:
        return part

    def named(entries: dict[str, Any]) -> dict[str, Any]:
        return {names.get(name, name): value for name, value in entries.items()}

    options = {
        f"{name}_{one}": f"{names[name]}_{one}"
        for name, choice in part.choices.items()
        if name in names
        for one in options_of(choice)
    }
    part.traits, part.scales, part.choices = map(named, (part.traits, part.scales, part.choices))
    part.why = named(part.why)
    part.known = part.known.rename(columns={**names, **options})
    for ours in _LISTS:
        setattr(part, ours, [names.get(one, one) for one in getattr(part, ours)])
    return part


def _join_known(whole: Guessed, own: Guessed) -> None:
    """Who has what, over the customers of all tables; a customer with several rows counts once."""
    ours = own.known.groupby(level=0).any()
    ours = ours[ours.index != ""]
    index = whole.known.index.union(ours.index)
    before = whole.known.reindex(index, fill_value=False)
    here = ours.reindex(index, fill_value=False)
    both = [name for name in here if name in before]
    before[both] = before[both] | here[both]
    whole.known = pd.concat([before, here.drop(columns=both)], axis=1)


def _date(whole: Guessed, parts: Mapping[str, Guessed]) -> None:
    """The latest date that any table holds; else the latest day on which one was written."""
    dated = {source: part for source, part in parts.items() if not part.as_of_why.startswith("a guess")}
    among = dated or parts
    source = max(among, key=lambda name: among[name].as_of)
    whole.as_of = among[source].as_of
    why = among[source].as_of_why
    whole.as_of_why = f"{why} of {source}" if dated else why
