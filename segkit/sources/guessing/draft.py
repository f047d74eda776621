"""All that a first study.yaml states, before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from segkit.sources.guessing.guessed import Guessed
from segkit.sources.guessing.seen import Guess
from segkit.study.schema import OPEN


@dataclass
class Draft:
    """A first study.

    Attributes
    ----------
    name : str
    tables, sources : dict of str to Guess
    guessed : Guessed
        What the tables about customers say, with the bases of the study.
    as_of, as_of_why : str
    currency : str
    words : dict of str to str
    rules : dict
        Of the orders.
    consent : dict
        What `consent:` states; empty for a study without a consent table.
    profile : dict
        What `profile:` states; empty for a study without sources.
    shared : list of str
        Traits of several sources.
    needs : list of str
        What a person has to decide, of no single table.
    observed : str
        Last day on which a row of a source was known, YYYY-MM-DD; empty where no date says.
    unused : dict of str to list of str
        Table -> columns that nothing is read from.
    """

    name: str
    tables: dict[str, Guess] = field(default_factory=dict)
    sources: dict[str, Guess] = field(default_factory=dict)
    guessed: Guessed = field(default_factory=Guessed)
    as_of: str = OPEN
    as_of_why: str = ""
    currency: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    rules: dict[str, Any] = field(default_factory=dict)
    consent: dict[str, Any] = field(default_factory=dict)
    profile: dict[str, Any] = field(default_factory=dict)
    shared: list[str] = field(default_factory=list)
    needs: list[str] = field(default_factory=list)
    observed: str = ""
    unused: dict[str, list[str]] = field(default_factory=dict)

    @property
    def guesses(self) -> dict[str, Guess]:
        """Of all files, by table or source."""
        return {**self.tables, **self.sources}

    @property
    def is_of_behaviour(self) -> bool:
        """Whether orders or events say what customers did."""
        return bool(set(self.tables) - {"customers", "products", "consent"})
