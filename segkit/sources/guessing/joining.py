"""By which ids a user's files find each other: told by the ids that they share."""

from collections.abc import Mapping

from segkit.errors import StudyError
from segkit.sources.exports.told import File, Told
from segkit.sources.guessing.customers import settle_id, texts_of
from segkit.sources.guessing.keys import Bridge, Candidates, Key, best_bridge, candidates_of, find_keys
from segkit.sources.guessing.persons import is_person
from segkit.sources.guessing.seen import Seen
from segkit.sources.guessing.table import guess_ids
from segkit.study.schema import OPEN


def join(told: Told, seen: dict[str, Seen], people: dict[str, tuple[File, Seen]]) -> None:
    """Settle by which column each table finds the others.

    Parameters
    ----------
    told : Told
        What can't be joined, and may be left out, is added to `said`.
    seen : dict of str to Seen
        Every table but those about customers.
    people : dict of str to (File, Seen)
        Tables about customers; what is left out is taken from it.

    Raises
    ------
    StudyError
        Tables about customers share no id.
    """
    joinable = {name: table for name, table in seen.items() if name != "products"}
    if not joinable and len(people) == 1:
        ((_, only),) = people.values()
        settle_id(only, texts_of(only))
        return
    candidates = {name: _candidates(table, told.tables[name]) for name, table in joinable.items()}
    about = {
        name: candidates_of(table.table, table.table.columns, distinct=True)
        for name, (_, table) in people.items()
    }
    first = {name: candidates[name] for name in ("transactions",) if name in candidates}
    keys = find_keys({**first, **about, **candidates})
    bridges = _bridges(keys, about, candidates)
    found = {**keys, **bridges}
    _key_people(told, people, found, alone=not joinable)
    for name, table in joinable.items():
        if name != "transactions" and name in found:
            _key(table, found[name])
        elif name != "transactions" and keys:
            table.guess.needs.append(_NO_ID)
    plain = is_plain(people)
    for name, key in bridges.items():
        guess = (people[name][1] if name in people else seen[name]).guess
        for part in (guess.spec, guess.said):
            part.pop("ids", None)
        guess.spec["via"] = {"source": "customers" if plain else key.source, "column": key.there}
        guess.said["via"] = f"'{key.there}' of {guess.spec['via']['source']} leads to its customers"


_NO_ID = "customer_id: none of its ids is in the other tables"


def _key_people(
    told: Told, people: dict[str, tuple[File, Seen]], found: Mapping[str, Key], *, alone: bool
) -> None:
    """Settle the ids of the tables about customers, and leave out or refuse those without one."""
    for name, (file, table) in list(people.items()):
        if name in found:
            _key(table, found[name])
        elif (file.is_survey or file.among_others) and not (alone and len(people) == 1):
            told.said.append(f"{file.path.name} is left out: none of its columns holds the others' ids")
            del people[name]
        elif len(people) > 1:
            raise _strangers(name, people)
        elif table.columns.get("customer_id", OPEN) != OPEN:
            table.guess.needs.append(_NO_ID)


def _bridges(
    keys: Mapping[str, Key], about: Mapping[str, Candidates], others: Mapping[str, Candidates]
) -> dict[str, Bridge]:
    """How tables that share no id with the rest are led to it: by another column of one that does."""
    leading = {
        (source, column): ids
        for source, columns in about.items()
        if source in keys
        for column, ids in columns.items()
        if column != keys[source].column
    }
    lost = {name: columns for name, columns in {**about, **others}.items() if name not in keys}
    found = {name: best_bridge(columns, leading) for name, columns in lost.items()}
    return {name: one for name, one in found.items() if one is not None}


def _candidates(seen: Seen, file: File) -> dict[str, frozenset[str]]:
    given = seen.columns.get("customer_id", OPEN)
    if given == OPEN:
        return {}
    columns = [str(given)]
    if file.kind != "transactions":
        email = file.known.export.email if file.known else ()
        columns += [
            name for name in seen.table.columns if name in email or (not file.known and is_person(name))
        ]
    return candidates_of(seen.table, dict.fromkeys(columns), distinct=False)


def _key(seen: Seen, key: Key) -> None:
    before = seen.columns.get("customer_id")
    guess = seen.guess
    guess.said.pop(str(before), None)
    guess.spec.pop("ids", None)
    guess.spec["columns"] = {"customer_id": key.column} | {
        ours: theirs for ours, theirs in seen.columns.items() if ours != "customer_id"
    }
    guess.needs[:] = [need for need in guess.needs if not need.startswith("customer_id")]
    guess.said[key.column] = key.why
    guess_ids(seen)
    if not key.by_name:
        guess.needs.append(
            f"customer_id: '{key.column}' is no name of an id; do its values mean the same people?"
        )


def _strangers(name: str, people: dict[str, tuple[File, Seen]]) -> StudyError:
    others = ", ".join(file.path.name for other, (file, _) in people.items() if other != name)
    return StudyError(
        f"no column of {people[name][0].path.name} holds ids that are also in {others}",
        "tables about the same customers, with one id in all of them",
        "Add the id, or make a study of each: segkit new NAME FILE",
    )


def is_plain(people: dict[str, tuple[File, Seen]]) -> bool:
    """Whether there is one table about customers with a row each, so that it needs no profile."""
    if len(people) != 1:
        return False
    ((_, only),) = people.values()
    column = only.columns.get("customer_id", OPEN)
    if column == OPEN:
        return True
    text = only.text(column)
    rows = only.table.select(id=text).filter(text.fill_null("") != "")
    sums = rows.agg(n=rows.count(), distinct=rows.id.nunique()).execute().iloc[0]
    return bool(sums["n"] == sums["distinct"]) or bool(_copies(only))


def _copies(seen: Seen) -> bool:
    """Whether a table has a row per customer once exact copies are set aside."""
    rows = seen.table.distinct()
    return bool(rows[seen.columns["customer_id"]].nunique().execute() == rows.count().execute())
