"""Files with the same columns that are one table, such as an export a month."""

from dataclasses import replace
from pathlib import Path

from segkit.sources.exports.told import File, Told, unlike, with_piece
from segkit.sources.guessing.keys import candidates_of, is_named_id
from segkit.sources.guessing.kinds import fitting
from segkit.sources.guessing.table import look
from segkit.sources.parts import named_files

Ids = dict[str, frozenset[str]]
"""Column that is named like a customer's id -> its values."""


def put_pieces(told: Told) -> None:
    """Look at the files of one table together; and take pieces of one list of customers for that."""
    people: list[File] = []
    ids: dict[Path, Ids] = {}
    for file in told.people:
        place = next((at for at, one in enumerate(people) if _is_piece(one, file, ids)), None)
        if place is None:
            people.append(file)
        else:
            people[place] = with_piece(people[place], file)
    told.people = [_looked_at(told, file) for file in people]
    told.tables = {kind: _looked_at(told, file) for kind, file in told.tables.items()}


def _looked_at(told: Told, file: File) -> File:
    if not file.others:
        return file
    looked = look(file.path, file.known, file.others)
    fit = file.fit if file.known else fitting(looked).get(file.kind, file.fit)
    names = named_files([path.name for path in file.paths])
    told.said.append(f"{names} have the same columns: one table, {file.kind}")
    return replace(file, looked=looked, fit=fit)


def _is_piece(first: File, other: File, read: dict[Path, Ids]) -> bool:
    """Whether a table has the columns of another, and no customer of any of its files."""
    if unlike(first, other):
        return False
    for file in (first, other):
        if file.path not in read:
            read[file.path] = _ids(file)
    return all(_share_none(read[path], read[other.path]) for path in first.paths)


def _share_none(here: Ids, there: Ids) -> bool:
    """Whether two tables have columns of ids, and no id in common."""
    return bool(here) and all(ids.isdisjoint(there.get(name, ())) for name, ids in here.items())


def _ids(file: File) -> Ids:
    """The values of each column of a table about customers that is named like a customer's id."""
    table = (file.looked or look(file.path, file.known)).table
    return candidates_of(table, filter(is_named_id, table.columns), distinct=True)
