"""What the columns of a table about customers seem to say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from segkit.sources.guessing.words import short_name
from segkit.study.traits import label_of

LONGEST_LABEL = 80
_LEAST_ANSWERED = 0.8


@dataclass
class Guessed:
    """What the columns of a table about customers seem to say.

    Attributes
    ----------
    traits, scales, choices : dict of str to dict
        As study.yaml states them.
    why : dict of str to str
        Trait, scale or choice -> the comment beside it.
    left_out : dict of str to str
        Column -> why it is no trait.
    items : list of str
        Traits that are questions of one battery.
    protected, outcomes, bases, descriptors : list of str
    weight : str
    row : str
        What a row is: "customer", "respondent", "company", "session" or "post".
    as_of, as_of_why : str
    lacking : bool
        Whether some customers lack a base.
    known : pandas.DataFrame
        Of bool: which customers have which trait, scale or option. Private.
    """

    traits: dict[str, dict[str, Any]] = field(default_factory=dict)
    scales: dict[str, dict[str, Any]] = field(default_factory=dict)
    choices: dict[str, dict[str, Any]] = field(default_factory=dict)
    why: dict[str, str] = field(default_factory=dict)
    left_out: dict[str, str] = field(default_factory=dict)
    items: list[str] = field(default_factory=list)
    protected: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    bases: list[str] = field(default_factory=list)
    descriptors: list[str] = field(default_factory=list)
    weight: str = ""
    row: str = "customer"
    as_of: str = ""
    as_of_why: str = ""
    lacking: bool = False
    known: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def says_something(self) -> bool:
        """Whether any column is a trait."""
        return bool(self.names)

    @property
    def names(self) -> list[str]:
        """Of its traits, scales and choices."""
        return [*self.traits, *self.scales, *self.choices]

    @property
    def options(self) -> list[str]:
        """Traits that the options of the choices stand for."""
        return [f"{name}_{one}" for name, choice in self.choices.items() for one in options_of(choice)]


def known_of(frame: pd.DataFrame, guessed: Guessed) -> pd.DataFrame:
    """Which rows have which trait, scale or option."""
    filled = frame != ""
    known = {
        name: filled[trait["column"]] & ~frame[trait["column"]].isin(_codes(trait))
        for name, trait in guessed.traits.items()
    }
    for name, scale in guessed.scales.items():
        said = filled[scale["items"]] & ~frame[scale["items"]].isin(_codes(scale))
        known[name] = said.mean(axis=1) >= _LEAST_ANSWERED
    for name, choice in guessed.choices.items():
        columns = list(choice["columns"].values()) if "columns" in choice else [choice["column"]]
        any_said = filled[columns].any(axis=1)
        known |= {f"{name}_{one}": any_said for one in options_of(choice)}
    return pd.DataFrame(known, index=frame.index)


def _codes(spec: Mapping[str, Any]) -> list[str]:
    return [str(code) for code in spec.get("missing", [])]


def options_of(choice: Mapping[str, Any]) -> Mapping[str, str]:
    """Option -> its column, or its text in the cell."""
    options: Mapping[str, str] = choice.get("columns") or choice["options"]
    return options


def free_name(text: str, guessed: Guessed) -> str:
    """A name for what a column says that nothing else has yet."""
    name, number = short_name(text), 2
    while name in guessed.names:
        name, number = f"{short_name(text)}_{number}", number + 1
    return name


def label_for(column: str, name: str) -> dict[str, str]:
    """A header of words as it stands, where its trait's name would spoil them: "I", German nouns.

    Examples
    --------
    >>> label_for("I buy what I know", "i_buy_what_i_know"), label_for("Lead Status", "lead_status")
    ({'label': 'I buy what I know'}, {})
    """
    label = " ".join(column.split()).rstrip("?:. ")
    words = re.findall(r"\w+", label)
    is_titled = all(word[:1].isupper() for word in words) and "_".join(words).casefold() == name
    fits = len(words) > 1 and len(label) <= LONGEST_LABEL and not re.search(r"_|[a-z][A-Z]", label)
    return {"label": label} if fits and not is_titled and label != label_of(name) else {}
