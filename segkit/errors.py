"""What can go wrong, each worded as: what arrived, what is accepted, what to do."""

from collections.abc import Iterable
from difflib import get_close_matches


class SegkitError(ValueError):
    """Something that segkit was given can't be used as it is.

    Parameters
    ----------
    arrived : str
        What was found, quoted. Never an id, a contact or a customer's value.
    accepted : str, optional
        What would have been fine.
    fix : str, optional
        The next thing to do.
    """

    def __init__(self, arrived: str, accepted: str = "", fix: str = "") -> None:
        self.arrived, self.accepted, self.fix = arrived, accepted, fix
        accepts = f"Accepted: {accepted}" if accepted else ""
        super().__init__(" ".join(_ended(part) for part in (arrived, accepts, fix) if part))


class StudyError(SegkitError):
    """The study folder or its study.yaml is missing, malformed or contradicts itself."""

    def said_of(self, file: str) -> "StudyError":
        """The same, which names the file where it doesn't yet."""
        named = file in self.arrived
        return StudyError(self.arrived if named else f"{file}: {self.arrived}", self.accepted, self.fix)


class DataError(SegkitError):
    """A table can't be read, lacks a column or holds values that no rule can set aside."""


class ParameterError(SegkitError):
    """A parameter of a run or a notebook is unknown or has the wrong type."""


class RunError(SegkitError):
    """A run failed in one of its notebooks; the last good report is untouched."""


def _ended(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else f"{text}."


def nearest(word: str, known: Iterable[str]) -> str:
    """Say which known word is closest to `word`, as a hint, or list them all.

    Examples
    --------
    >>> nearest("colums", ["columns", "file"])
    "Did you mean 'columns'?"
    >>> nearest("zzz", ["columns", "file"])
    'Known: columns, file.'
    """
    known = [str(name) for name in known]
    if not known:
        return ""
    folded = {name.casefold(): name for name in known}
    close = get_close_matches(word.casefold(), folded, n=1, cutoff=0.5)
    return f"Did you mean '{folded[close[0]]}'?" if close else f"Known: {', '.join(known)}."
