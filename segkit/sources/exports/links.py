"""Who was sent which campaign, where a second file says when: two files that are one table."""

import re
from dataclasses import replace

import pandas as pd

from segkit.sources.exports.told import File, Told
from segkit.sources.guessing.fit import Fit
from segkit.sources.guessing.happened import date_column, person_column
from segkit.sources.guessing.kinds import sample_of
from segkit.sources.names import plain_name

_CAMPAIGN = re.compile(r"(campaign|mailing|newsletter)(_?(id|no|nr|number|key|code))?")
MOST_COLUMNS = 3


def join_links(told: Told) -> None:
    """Take lists of who was in which campaign out of the tables about customers.

    Parameters
    ----------
    told : Told
        Such a list becomes `tables.campaigns`, joined to the file with the campaigns' dates; without
        one it is left out and said.
    """
    for link in [file for file in told.people if not file.known and not file.is_named]:
        assert link.looked is not None
        frame = sample_of(link.looked)
        by = _campaign_of(frame)
        if not by or "campaigns" in told.tables:
            continue
        told.people.remove(link)
        told.said = [line for line in told.said if not line.startswith(f"{link.path.name} is ")]
        calendar, when = _calendar(told, by)
        if calendar is None:
            told.said.append(
                f"{link.path.name} is left out: it says who was in a campaign and not when"
            )
            continue
        (told.people if calendar in told.people else told.unknown).remove(calendar)
        told.said = [line for line in told.said if not line.startswith(f"{calendar.path.name} is ")]
        fit = Fit(
            "campaigns",
            {"customer_id": person_column(frame), "event_date": when},
            {"join": {"file": str(calendar.path.resolve()), "by": by}},
            said={by: f"joins it to {calendar.path.name}, which says when"},
        )
        told.tables["campaigns"] = replace(link, kind="campaigns", fit=fit, beside=calendar.looked)
        told.said.append(
            f"{link.path.name} and {calendar.path.name} together say who was sent what when"
        )


def _campaign_of(frame: pd.DataFrame) -> str:
    """The column that names the campaign in a list of people and campaigns without a date."""
    who = person_column(frame)
    named = [str(name) for name in frame if _CAMPAIGN.fullmatch(plain_name(str(name)))]
    is_link = who and named and not date_column(frame) and len(frame.columns) <= MOST_COLUMNS
    return named[0] if is_link and frame[who].duplicated().any() else ""


def _calendar(told: Told, by: str) -> tuple[File | None, str]:
    """The file with one row per campaign and a date, with the date's column."""
    for file in [*told.people, *told.unknown]:
        if file.looked and by in file.looked.table.columns:
            frame = sample_of(file.looked)
            when = date_column(frame)
            if when and frame[by].is_unique:
                return file, when
    return None, ""
