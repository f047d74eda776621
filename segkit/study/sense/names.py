"""Names that must be some of a study's own."""

from collections.abc import Collection, Iterable

from segkit.errors import StudyError, nearest


def require_known(where: str, given: Iterable[str], known: Collection[str], what: str) -> None:
    """Refuse a name that is none of those known, with the nearest that is.

    Examples
    --------
    >>> require_known("outcomes", ["chrun"], ["churn"], "no trait")
    Traceback (most recent call last):
    segkit.errors.StudyError: outcomes names 'chrun', which is no trait. Did you mean 'churn'?
    """
    for name in given:
        if name not in known:
            raise StudyError(f"{where} names '{name}', which is {what}", fix=nearest(name, known))
