"""Files with the same columns that are one table, such as an export a month."""

from dataclasses import replace

from segkit.sources.exports.told import File, Told, unlike, with_piece
from segkit.sources.guess import look
from segkit.sources.guessing.keys import candidates_of, is_named_id
from segkit.sources.guessing.kinds import fitting
from segkit.sources.parts import named_files


def put_pieces(told: Told) -> None:
    """Look at the files of one table together; and take pieces of one list of customers for that."""
    people: list[File] = []
    for file in told.people:
        place = next((at for at, one in enumerate(people) if _is_piece(one, file)), None)
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
    names = named_files([path.name for path in (file.path, *file.others)])
    told.said.append(f"{names} have the same columns: one table, {file.kind}")
    return replace(file, looked=looked, fit=fit)


def _is_piece(first: File, other: File) -> bool:
    """Whether two tables about customers have the same columns and no customer in common."""
    if unlike(first, other):
        return False
    here, there = _ids(first), _ids(other)
    return bool(here) and all(ids.isdisjoint(there.get(name, ())) for name, ids in here.items())


def _ids(file: File) -> dict[str, frozenset[str]]:
    """The values of each column of a table about customers that is named like a customer's id."""
    table = (file.looked or look(file.path, file.known)).table
    return candidates_of(table, filter(is_named_id, table.columns), distinct=True)
