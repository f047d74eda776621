"""Visits -> what a customer does on the web."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import ibis
import pandas as pd

from segkit.disclosure import MIN_CELL
from segkit.errors import DataError
from segkit.features.behaviour.part import Part, count_of, days_since, ratio_of, sum_of
from segkit.features.behaviour.visits import visits_of
from segkit.features.dictionary import Feature, readable, slug
from segkit.sources.behaviour.web import has_hours
from segkit.sources.personal import find_personal
from segkit.study.events import SESSION_GAP_MINUTES, is_of_sessions, words_of
from segkit.study.tables import TableSpec

TOP_CHANNELS = 5
NEVER_SHOWN = ("web_step_", "web_mobile")
"""Totals that may be 0 because the table has no word for what they count."""
LASTING = "mean minutes from the first event of a visit to its last; 0 for a visit of one event"
NO_MINUTES = "the dates of the web table hold no time of day"


def web_part(rows: ibis.Table, spec: TableSpec) -> Part:
    """Turn checked web rows before as_of into totals per customer and their features."""
    minutes = float(spec.means.get("session_gap_minutes", SESSION_GAP_MINUTES))
    is_visit = is_of_sessions(spec)
    visits = _given_visits(rows) if is_visit else visits_of(rows, gap_minutes=minutes)
    if not is_visit and not has_hours(rows):
        visits = visits.drop("seconds")
    steps = list(words_of("web", spec, "steps"))
    channels = _top_channels(visits) if "channel" in visits.columns else {}
    totals = visits.group_by("customer_id").agg(**_measures(visits, steps, channels))
    lasting = "mean minutes that a visit lasts" if is_visit else LASTING
    every = [*_features(_visit_said(spec, minutes), lasting), *_steps(steps), *_channels(channels)]
    given = set(totals.columns)
    given -= _never_shown(totals, [name for name in given if name.startswith(NEVER_SHOWN)])
    built = [feature for feature in every if feature.needs in given]
    left_out = {f.name: _why_not(f.needs, spec) for f in every if f not in built}
    return Part(totals, built, left_out)


def _never_shown(totals: ibis.Table, names: Sequence[str]) -> set[str]:
    """Those that are 0 for all: what no visit shows isn't known not to happen."""
    if not names:
        return set()
    sums = totals.agg(**{name: totals[name].sum().fill_null(0) for name in names}).execute().iloc[0]
    return {name for name in names if not sums[name]}


def _given_visits(rows: ibis.Table) -> ibis.Table:
    """One row per visit as the file has it; a visit counts by the day on which it starts."""
    visits = rows.mutate(day=rows.event_date.date())
    if "duration_seconds" in rows.columns:
        visits = visits.rename(seconds="duration_seconds")
    if "bounced" not in rows.columns and "pages" in rows.columns:
        visits = visits.mutate(bounced=(visits.pages <= 1).cast("int64"))
    return visits


def _visit_said(spec: TableSpec, minutes: float) -> str:
    if is_of_sessions(spec):
        return "as the file has them"
    if "session_id" in spec.columns:
        return "by the file's session id"
    return f"a pause of more than {minutes:g} minutes starts a new one"


def _measures(
    visits: ibis.Table, steps: Sequence[str], channels: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    measures: dict[str, Any] = {"n_visits": visits.count(), "last_visit": visits.day.max()}
    for total, column in (
        ("pages", "pages"), ("seconds", "seconds"), ("bounced", "bounced"), ("mobile", "is_mobile")
    ):  # fmt: skip
        if column in visits.columns:
            measures[f"web_{total}"] = visits[column].sum()
            measures[f"web_with_{total}"] = visits[column].count()
    for place in range(len(steps)):
        measures[f"web_step_{place}"] = (visits.step_place >= place).fill_null(False).sum()
    if channels:
        measures["web_with_channel"] = visits.channel.count()
    for place, names in enumerate(channels.values()):
        measures[f"web_channel_{place}"] = visits.channel.isin(list(names)).fill_null(False).sum()
    return measures


def _top_channels(visits: ibis.Table) -> dict[str, list[str]]:
    """Column name -> the file's names of a channel, most visits first; ties by name.

    A name under which fewer than ten customers came is no channel: it could be one of them.
    """
    known = visits.filter(visits.channel.notnull())
    counts = known.group_by("channel").agg(n=known.count(), customers=known.customer_id.nunique())
    counts = counts.filter(counts.customers >= MIN_CELL)
    rows = counts.order_by([ibis.desc("n"), "channel"]).execute()
    names: dict[str, list[str]] = {}
    total: dict[str, int] = {}
    for row in rows.itertuples():
        names.setdefault(slug(row.channel), []).append(row.channel)
        total[slug(row.channel)] = total.get(slug(row.channel), 0) + row.n
    most = sorted(total, key=lambda name: (-total[name], name))[:TOP_CHANNELS]
    _refuse_personal([label for name in most for label in names[name]])
    return {name: names[name] for name in most}


def _refuse_personal(labels: Sequence[str]) -> None:
    """A channel's name is printed: one of a person would be too."""
    for label in labels:
        found = find_personal(pd.DataFrame({"channel": [label]}))
        if found:
            raise DataError(
                f"a channel of the web table likely holds {found[0].kind}",
                "names of channels, such as search or newsletter, which a report may print",
                "Map another column as tables.web.columns.channel, or none",
            )


def _features(visit_said: str, lasting: str) -> Iterator[Feature]:
    yield count_of(
        "n_visits", "Visits", "visits", f"number of visits to the site ({visit_said})", "n_visits",
        role="visits",
    )  # fmt: skip
    yield sum_of(
        "n_pages", "Pages seen", "pages", "number of pages seen on all visits", "web_pages", "n_visits",
        role="visits",
    )  # fmt: skip
    yield ratio_of(
        "pages_per_visit", "Pages per visit", "pages", "pages seen per visit", "visits", "web_pages",
        "web_with_pages", low="Few pages per visit", high="Many pages per visit",
    )  # fmt: skip
    yield Feature(
        "mean_visit_minutes", "Minutes per visit", "minutes", "", lasting, "visits with a duration",
        lambda t, _: t.web_seconds.cast("float64") / (t.web_with_seconds * 60.0).nullif(0.0),
        needs="web_seconds", low="Short visits", high="Long visits",
    )  # fmt: skip
    yield ratio_of(
        "bounce_share", "Bounced visits", "share", "share of visits that ended on their first page",
        "visits", "web_bounced", "web_with_bounced", low="Bouncing less", high="Bouncing more",
    )  # fmt: skip
    yield days_since(
        "days_since_visit", "Days since last visit", "days from the last visit to the reference date",
        "{customers} with a visit", "last_visit", role="last_seen",
    )  # fmt: skip
    yield ratio_of(
        "mobile_share", "Mobile visits", "share", "share of visits on a mobile phone",
        "visits with a known device", "web_mobile", "web_with_mobile",
        low="Less often on a phone", high="More often on a phone",
    )  # fmt: skip


def _steps(steps: Sequence[str]) -> Iterator[Feature]:
    for place, name in enumerate(steps):
        yield ratio_of(
            f"reached_{slug(name)}_share", f"Visits reaching {name}", "share",
            f"share of visits that reached the step '{name}' or a later one", "visits",
            f"web_step_{place}", "n_visits",
            low=f"Rarely reaching {name}", high=f"Often reaching {name}",
        )  # fmt: skip


def _channels(channels: Mapping[str, Sequence[str]]) -> Iterator[Feature]:
    for place, (name, given) in enumerate(channels.items()):
        said = readable(given[0])
        yield ratio_of(
            f"channel_{name}_share", f"Visits from {said}", "share",
            f"share of visits that came through the channel '{given[0]}'",
            "visits with a known channel", f"web_channel_{place}", "web_with_channel",
            low=f"Rarely from {said}", high=f"Often from {said}",
        )  # fmt: skip


def _why_not(needs: str, spec: TableSpec) -> str:
    if needs == "web_seconds" and not is_of_sessions(spec):
        return NO_MINUTES
    if needs.startswith("web_step_"):
        return "no visit of the web table shows the step or a later one"
    if needs == "web_mobile" and "device" in spec.columns:
        return "no device of the web table reads as a mobile phone"
    lacks = {
        "web_pages": "pages", "web_seconds": "duration", "web_mobile": "device",
        "web_bounced": "bounce and no pages",
    }  # fmt: skip
    return f"the web table maps no {lacks[needs]}"
