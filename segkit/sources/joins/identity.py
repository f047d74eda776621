"""Whether one person has several ids, or one id several people: counted, never shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.errors import DataError
from segkit.sources.check import is_filled
from segkit.sources.joins.rows import OBSERVED, Source
from segkit.sources.values import as_moment
from segkit.study import Study

SEVERAL_IDS, TWO_PEOPLE = "one person under several ids", "one id with two people"
MARKS = ("email", "phone", "name", "birth_date")
MIN_PHONE_DIGITS = 7
COLUMNS = ["problem", "by", "values", "customers"]
SUSPECT_COLUMNS = ["problem", "by", "group", "customer_id"]


@ibis.udf.scalar.builtin
def strip_accents(text: dt.string) -> dt.string:
    """DuckDB's: e for é."""


@dataclass(frozen=True, eq=False)
class Identity:
    """Likely identity problems.

    Attributes
    ----------
    counts : pandas.DataFrame
        One row per problem and what it was found by: `problem`, `by`, `values` (shared e-mail
        addresses and the like; missing for one id with two people) and `customers` (ids concerned).
    suspects : pandas.DataFrame
        The ids concerned: `problem`, `by`, `group` (ids with one number share a value), `customer_id`.
        Private.
    """

    counts: pd.DataFrame
    suspects: pd.DataFrame


def find_identity_problems(con: Backend, sources: Sequence[Source], study: Study) -> Identity:
    """Find likely duplicate people, and ids that two people share.

    Parameters
    ----------
    con : ibis.backends.duckdb.Backend
    sources : sequence of Source
        Those whose columns map `email`, `phone`, `name` or `birth_date` are compared.
    study : Study

    Returns
    -------
    Identity

    Raises
    ------
    DataError
        Too many birth dates of a source can't be read.

    Notes
    -----
    E-mail addresses are compared without regard to case; phone numbers by their digits, without zeros
    in front, from 7 digits on; names without regard to case, accents, punctuation and the order of
    their words, and only together with a birth date. A phone number with and without its country's
    code is two numbers. Two birth dates of one id are two people, whenever they were noted; two e-mail
    addresses are so only when they were noted on one day, since people get new ones.
    """
    marked = [source for source in sources if set(MARKS) & set(source.spec.columns)]
    none = Identity(pd.DataFrame(columns=COLUMNS), pd.DataFrame(columns=SUSPECT_COLUMNS))
    if not marked:
        return none
    for source in marked:
        _refuse_birth_dates(source, study)
    parts = [_marks(source, study) for source in marked]
    people = con.create_table("people", ibis.union(*parts), temp=True)
    mapped = {name for source in marked for name in source.spec.columns} & set(MARKS)
    shared, two = _shared(people, mapped), _two(people, mapped)
    suspects = [_several_ids(by, table) for by, table in shared.items()]
    suspects += [_two_people(by, table) for by, table in two.items()]
    if not suspects:  # a name alone is compared to nothing
        return none
    listed = pd.concat(suspects, ignore_index=True)
    return Identity(_counts(listed, list(shared), list(two)), listed)


def _marks(source: Source, study: Study) -> ibis.Table:
    """A source's marks of a person, in one form each."""
    rows, mapped = source.rows, source.spec.mapped

    def text(mark: str) -> Any:
        names = mapped.get(mark)
        if names is None:
            return ibis.null("string")
        return ibis.literal(" ").join([rows[name].cast("string").fill_null("") for name in names])

    email = text("email").strip().lower()
    digits = text("phone").re_replace(r"[^0-9]", "").re_replace(r"^0+", "")
    words = strip_accents(text("name").lower()).re_replace(r"[^\p{L}0-9]+", " ").strip()
    born = mapped.get("birth_date")
    return rows.select(
        "customer_id",
        day=rows[OBSERVED].date(),
        email=_where(email, email.contains("@")),
        phone=_where(digits, digits.length() >= MIN_PHONE_DIGITS),
        name=_where(ibis.literal(" ").join(words.split(" ").sort()), words != ""),
        birth_date=ibis.null("date")
        if born is None
        else as_moment(rows[born[0]], source.spec, study.timezone).date(),
    )


def _where(value: Any, fits: Any) -> Any:
    return fits.ifelse(value, ibis.null("string"))


def _refuse_birth_dates(source: Source, study: Study) -> None:
    if "birth_date" not in source.spec.columns:
        return
    column = str(source.spec.columns["birth_date"])
    given = source.rows.filter(is_filled(source.rows[column]).fill_null(False))
    read = as_moment(given[column], source.spec, study.timezone)
    row = given.agg(n=given.count(), unread=read.isnull().sum().fill_null(0)).execute().iloc[0]
    if row["n"] and row["unread"] / row["n"] > study.rules["max_unreadable_share"]:
        raise DataError(
            f"{source.where}: {row['unread']:,} of {row['n']:,} values of '{column}' can't be read as "
            "birth dates",
            f"dates as date_format '{source.spec.date_format}' says",
            f"Correct sources.{source.name} in study.yaml, or take birth_date out of its columns",
        )


def _shared(people: ibis.Table, mapped: set[str]) -> dict[str, ibis.Table]:
    """What ids share -> customer_id and the shared value."""
    keys = {f"same {word}": mark for word, mark in (("e-mail", "email"), ("phone", "phone"))}
    found = {
        by: people.select("customer_id", key=people[mark])
        for by, mark in keys.items()
        if mark in mapped
    }
    if {"name", "birth_date"} <= mapped:
        names = people.filter(people.name.notnull()).select("customer_id", "name").distinct()
        born = people.filter(people.birth_date.notnull()).select("customer_id", "birth_date").distinct()
        both = names.inner_join(born, "customer_id")
        key = both.name.concat("|", both.birth_date.cast("string"))
        found["same name and birth date"] = both.select("customer_id", key=key)
    return found


def _two(people: ibis.Table, mapped: set[str]) -> dict[str, ibis.Table]:
    """What contradicts itself -> the ids of which it does."""
    found = {}
    if "birth_date" in mapped:
        born = people.group_by("customer_id").agg(n=people.birth_date.nunique())
        found["birth dates differ"] = born.filter(born.n > 1).select("customer_id")
    if "email" in mapped:
        dated = people.filter(people.day.notnull())
        mails = dated.group_by(["customer_id", "day"]).agg(n=dated.email.nunique())
        found["e-mail addresses of one day differ"] = (
            mails.filter(mails.n > 1).select("customer_id").distinct()
        )
    return found


def _several_ids(by: str, marks: ibis.Table) -> pd.DataFrame:
    marks = marks.filter(marks.key.notnull()).distinct()
    times = marks.group_by("key").agg(n=marks.count())
    found = marks.semi_join(times.filter(times.n > 1), "key").order_by(["key", "customer_id"]).execute()
    codes = pd.Series(pd.factorize(found["key"])[0], dtype="int64")
    return found.assign(problem=SEVERAL_IDS, by=by, group=codes)[SUSPECT_COLUMNS]


def _two_people(by: str, ids: ibis.Table) -> pd.DataFrame:
    found = ids.order_by("customer_id").execute()
    return found.assign(problem=TWO_PEOPLE, by=by, group=range(len(found)))[SUSPECT_COLUMNS]


def _counts(listed: pd.DataFrame, shared: Sequence[str], two: Sequence[str]) -> pd.DataFrame:
    rows = []
    for problem, by_all in ((SEVERAL_IDS, shared), (TWO_PEOPLE, two)):
        of_problem = listed[listed["problem"] == problem]
        for by in by_all:
            here = of_problem[of_problem["by"] == by]
            n_values = here["group"].nunique() if problem == SEVERAL_IDS else None
            rows.append((problem, by, n_values, here["customer_id"].nunique()))
        if len(by_all) > 1:
            rows.append((problem, "any of these", None, of_problem["customer_id"].nunique()))
    return pd.DataFrame(rows, columns=COLUMNS).astype({"values": "Int64", "customers": "int64"})
