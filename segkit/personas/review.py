"""Dates by which segments are looked at again, held against a day."""

from datetime import date

from segkit.personas.notes import Messages


def said_day(day: str) -> str:
    """A date as it is read.

    Examples
    --------
    >>> said_day("2018-04-01")
    '1 Apr 2018'
    """
    found = date.fromisoformat(day)
    return f"{found.day} {found:%b %Y}"


def is_passed(review: str, day: str) -> bool:
    """Whether a review was due before a day; never where no date is named.

    Examples
    --------
    >>> is_passed("2018-04-01", "2018-04-02"), is_passed("2018-04-01", "2018-04-01")
    (True, False)
    """
    return bool(review) and date.fromisoformat(review) < date.fromisoformat(day)


def passed_reviews(review_by: str, messages: Messages | None, day: str) -> list[str]:
    """Say which reviews were due before a day: the study's own, and those of single segments."""
    said = []
    if is_passed(review_by, day):
        said.append(
            f"review_by, {review_by}, has passed: look at the segments again, then set a new date"
        )
    for key, notes in (messages.segments if messages else {}).items():
        if is_passed(notes.review_date, day):
            said.append(f"messages.yaml: the review_date of '{key}', {notes.review_date}, has passed")
    return said
