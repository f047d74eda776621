"""Event tables, as `segkit new` writes them into a study."""

from collections.abc import Mapping

from segkit.errors import DataError
from segkit.sources.behaviour.dated import meant
from segkit.sources.behaviour.read import CONTRACTS
from segkit.sources.exports.told import File
from segkit.sources.guessing.fit import Fit
from segkit.sources.guessing.happened import epoch_of
from segkit.sources.guessing.numbers import ask_numbers
from segkit.sources.guessing.seen import Seen, share_filled
from segkit.sources.guessing.table import day_after_last, guess_dates, guess_ids, guess_table
from segkit.sources.values import as_moment
from segkit.study.events import COUNTS, is_of_counts, is_of_sessions, words_of
from segkit.study.tables import table_spec

COUNTED = {"open": "n_email_opens", "click": "n_email_clicks", "sent": "n_emails_sent"}
"""Action -> a feature that everyone has."""
MOST_TYPES = 5


def event_table(file: File) -> Seen:
    """How a file of events is read: a known export says it, else its names and words do.

    Raises
    ------
    DataError
        Neither does.
    """
    seen = guess_table(file.path, [], file.known, file.looked)
    if file.known is None:
        if file.fit is None:
            raise DataError(
                f"nothing in {file.path.name} tells which of its columns make it {file.kind}",
                "a column with each customer's id, one with a date, and what happened",
                "Name its columns as docs/study.md does under 'What customers did'",
            )
        _put(seen, file.fit)
    counts = [one for one in CONTRACTS[file.kind].numbers if one in seen.columns]
    ask_numbers(seen, [str(seen.columns[one]) for one in counts])
    if file.beside is None:
        _date(seen)
    else:
        dated = Seen(file.beside.table, seen.guess)
        _date(dated)
        seen.as_of = dated.as_of
    return seen


def _put(seen: Seen, fit: Fit) -> None:
    seen.columns.update(fit.columns)
    seen.guess.spec |= fit.stated
    seen.guess.said |= {theirs: f"is {ours}" for ours, theirs in fit.columns.items()}
    words = [key for key in fit.stated if key != "join"]
    seen.guess.said |= dict.fromkeys(words, "guessed from the words in the file") | fit.said
    seen.guess.needs += fit.needs
    guess_ids(seen)


def _date(seen: Seen) -> None:
    column = seen.columns["event_date"]
    counted = epoch_of(seen.table.select(text=seen.text(column)).limit(1000).execute()["text"])
    if counted:
        seen.guess.spec["date_format"] = counted
    if "date_format" not in seen.guess.spec:
        guess_dates(seen, column)
        return
    moment = as_moment(seen.table[column], table_spec(seen.guess.spec), "UTC")
    seen.as_of = day_after_last(moment, seen)


def event_bases(events: Mapping[str, Seen]) -> list[str]:
    """Counts, which nobody lacks: of visits and pages, of what became of e-mails, of contacts."""
    bases: list[str] = []
    for name, seen in events.items():
        spec = table_spec(seen.guess.spec)
        if name == "web":
            has_pages = not is_of_sessions(spec) or "pages" in spec.columns
            bases += ["n_visits", *(["n_pages"] if has_pages else [])]
        elif name == "emails":
            there = _actions(seen, name)
            bases += [feature for action, feature in COUNTED.items() if action in there]
        elif name == "activities":
            types = list(words_of("activities", spec, "types"))[:MOST_TYPES]
            bases += [f"n_{one}" for one in types] if len(types) > 1 else ["n_activities"]
        elif name == "social":
            kinds = _always_counted(seen) if is_of_counts(spec) else _actions(seen, name)
            bases += [f"n_{one}" for one in COUNTS if one in kinds] or ["n_engagements"]
        else:
            bases.append(f"n_{name}")
    return bases


def _always_counted(seen: Seen) -> list[str]:
    """Counts that no row leaves blank."""
    there = {one: seen.columns[one] for one in COUNTS if one in seen.columns}
    return [one for one, column in there.items() if share_filled(seen.table, column) == 1]


def _actions(seen: Seen, name: str) -> list[str]:
    """segkit's words for what the rows say."""
    words = words_of(name, table_spec(seen.guess.spec), "actions")
    action = meant(seen.text(seen.columns["action"]), words)
    return list(seen.table.select(action=action).distinct().execute()["action"].dropna())
