"""What kind of table a file fits, with its columns."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Fit:
    """A kind of table that a file fits.

    Attributes
    ----------
    kind : str
    columns : dict of str to str
        segkit's name -> the file's.
    stated : dict
        What its entry in study.yaml states besides.
    why : str
        By what it was told, in words.
    said : dict of str to str
        Column or option -> what was guessed of it.
    needs : list of str
        What a person has to decide.
    is_customers_too : bool
        Whether it may as well be a table about customers.
    """

    kind: str
    columns: dict[str, str]
    stated: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    said: dict[str, str] = field(default_factory=dict)
    needs: list[str] = field(default_factory=list)
    is_customers_too: bool = False
