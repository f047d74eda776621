"""Event tables of known exports, as `segkit new` writes them into a study."""

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pandas as pd

from segkit.events import EVENTS, words_of
from segkit.schema import OPEN
from segkit.sources.behaviour.dated import meant
from segkit.sources.exports.recognise import Recognised
from segkit.sources.guess import guess_table
from segkit.sources.seen import Seen
from segkit.sources.values import as_moment
from segkit.tablespec import table_spec

COUNTED = {"open": "n_email_opens", "click": "n_email_clicks", "sent": "n_emails_sent"}
"""Action -> a feature that everyone has."""


def guess_events(paths: Mapping[str, Path], known: Mapping[str, Recognised]) -> dict[str, Seen]:
    """Read the event tables among some files; a known export says how."""
    found = {}
    for name in EVENTS:
        if name in paths:
            seen = guess_table(paths[name], [], known[name])
            spec = table_spec(seen.guess.spec)
            moment = as_moment(seen.table[seen.columns["event_date"]], spec, "UTC")
            last = seen.table.agg(last=moment.max()).execute().iloc[0, 0]
            seen.as_of = OPEN if pd.isna(last) else (last.date() + timedelta(days=1)).isoformat()
            found[name] = seen
    return found


def merged(events: Mapping[str, Seen]) -> Seen:
    """What the study as a whole takes from its events: the day after the last of them."""
    first = next(iter(events.values()))
    return Seen(first.table, first.guess, as_of=max(seen.as_of for seen in events.values()))


def event_bases(events: Mapping[str, Seen]) -> list[str]:
    """Counts, which nobody lacks: of visits and pages, and of what became of e-mails."""
    bases = ["n_visits", "n_pages"] if "web" in events else []
    if "emails" not in events:
        return bases
    seen = events["emails"]
    words = words_of("emails", table_spec(seen.guess.spec), "actions")
    action = meant(seen.text(seen.columns["action"]), words)
    there = set(seen.table.select(action=action).distinct().execute()["action"])
    return bases + [feature for action, feature in COUNTED.items() if action in there]
