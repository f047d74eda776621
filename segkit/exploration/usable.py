"""What the data can and can't segment by, column by column, with the reason."""

from collections.abc import Mapping

import pandas as pd

from segkit.exploration.kinds import MOST_LEVELS, Column
from segkit.exploration.subject import Subject
from segkit.sources.basis import BASES, MOST_MISSING, NOT_KNOWN, basis_by_name

CAN, DESCRIBES, CANNOT = "can", "only describes", "can't"
ALIKE = 0.99
"""Share of one value from which nearly everyone is alike."""


def usable(
    subject: Subject,
    columns: Mapping[str, Column],
    personal: Mapping[str, str],
    same: Mapping[str, str],
) -> pd.DataFrame:
    """Say for each column whether segments can be formed of it.

    Parameters
    ----------
    subject : Subject
    columns : dict of str to Column
    personal : dict of str to str
        Column -> the kind of personal data that it likely holds.
    same : dict of str to str
        Column -> an earlier one that says the same.

    Returns
    -------
    pandas.DataFrame
        By column: `label`, `kind`, `basis`, `basis_from` ("the study", "its name" or empty),
        `verdict` ("can", "only describes" or "can't") and `why`.
    """
    rows = {}
    for name, column in columns.items():
        about = subject.about.loc[name]
        basis, told_by = _basis(name, str(about["basis"]))
        verdict, why = _verdict(column, subject, personal, same)
        rows[name] = {
            "label": about["label"], "kind": column.kind, "basis": basis, "basis_from": told_by,
            "verdict": verdict, "why": why,
        }  # fmt: skip
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("column")


def by_basis(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Columns per basis and verdict: all five bases, then those whose basis nobody says."""
    counts = pd.crosstab(verdicts["basis"], verdicts["verdict"])
    rows = [*BASES, *([NOT_KNOWN] if NOT_KNOWN in counts.index else [])]
    return counts.reindex(index=rows, columns=[CAN, DESCRIBES, CANNOT], fill_value=0).rename_axis(
        index="basis", columns=None
    )


def _basis(name: str, stated: str) -> tuple[str, str]:
    if stated:
        return stated, "the study"
    guessed = basis_by_name(name)
    return (guessed, "its name") if guessed else (NOT_KNOWN, "")


def _verdict(
    column: Column, subject: Subject, personal: Mapping[str, str], same: Mapping[str, str]
) -> tuple[str, str]:
    """The first reason that holds decides."""
    about = subject.about.loc[column.name]
    if column.name in personal:
        return CANNOT, f"likely holds {personal[column.name]}"
    if column.hint:
        return CANNOT, f"looks like {column.hint}"
    if column.kind in _NEVER:
        return CANNOT, _NEVER[column.kind]
    if column.common >= ALIKE:
        return CANNOT, f"nearly constant: {_just_below_one(column.common)} have the same value"
    standing = str(about["standing"])
    if standing in _STANDING:
        return _STANDING[standing]
    if standing == "item":
        return DESCRIBES, f"an item of the scale {about['of']}, which can"
    lacking = 1 - column.filled / len(subject.frame)
    if lacking > MOST_MISSING and standing != "base":
        return DESCRIBES, f"missing for {_just_below_one(lacking)}"
    if column.kind == "category" and column.distinct > MOST_LEVELS:
        return DESCRIBES, f"{column.distinct:,} levels: too many to tell segments apart"
    if column.name in same and standing != "base":
        label = subject.about.at[same[column.name], "label"]
        return DESCRIBES, f"says the same as {label}, which would count twice"
    return CAN, _how(column, standing)


_NEVER = {
    "empty": "no value at all",
    "constant": "constant: the same for everyone",
    "id": "an id: hardly two have the same value",
    "text": "free text",
}
_STANDING = {
    "protected": (DESCRIBES, "protected: audited, never a base"),
    "outcome": (DESCRIBES, "an outcome: segments cut along it would only repeat it"),
}


def _how(column: Column, standing: str) -> str:
    if standing == "base":
        return "a base of this study"
    if standing == "undeclared":
        return "once study.yaml says what it means"
    return "as days before as_of" if column.kind == "date" else ""


def _just_below_one(share: float) -> str:
    """A share that is not everyone is never rounded to 100 %."""
    return "over 99.9%" if 0.9995 <= share < 1 else f"{share:.1%}"
