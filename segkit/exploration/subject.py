"""What is explored: customers in rows, with what the study says of each column."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from segkit.errors import DataError
from segkit.features.build import build_features
from segkit.features.table import Features
from segkit.protected import looks_protected
from segkit.sources.tables import Tables
from segkit.study.origins import origin_of

ABOUT = ["label", "unit", "basis", "standing", "of"]
REASONS = ["column", "reason", "customers"]


@dataclass(frozen=True, eq=False)
class Subject:
    """One row per customer, whatever it came from.

    Attributes
    ----------
    frame : pandas.DataFrame
    about : pandas.DataFrame
        By column: label, unit, basis (empty where nobody says), standing ("base", "protected",
        "outcome", "item", "undeclared" or empty) and, of an item, its scale.
    reasons : pandas.DataFrame
        `column`, `reason`, `customers`: why values are missing, where the tables know.
    customers : str
        What they are called.
    as_of : str
        Empty where there is none.
    """

    frame: pd.DataFrame
    about: pd.DataFrame
    reasons: pd.DataFrame
    customers: str
    as_of: str


def subject_of_frame(frame: pd.DataFrame, *, customers: str, as_of: str) -> Subject:
    """Any customer-level frame; only the columns' names say what they are.

    Raises
    ------
    DataError
        It has no row or no column, or two columns of one name.
    """
    for what, n in zip(("row", "column"), frame.shape, strict=True):
        if not n:
            raise DataError(f"the frame has no {what}s", f"one {what} or more")
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise DataError(f"the column '{twice[0]}' is there twice", "a name of its own for each column")
    frame = frame.rename(columns=str)
    rows = [_row(name, standing=_standing_by_name(name)) for name in frame]
    about = pd.DataFrame(rows, index=frame.columns, columns=ABOUT)
    return Subject(frame, about, pd.DataFrame(columns=REASONS), customers, as_of)


def subject_of_tables(tables: Tables) -> Subject:
    """A study's customers: what their orders say, their traits, and the table's other columns."""
    study = tables.study
    features = build_features(tables, as_of=study.as_of)
    own = _undeclared(tables, features)
    frame = features.frame.join([_shielded(features), _items(tables).reindex(features.frame.index)])
    frame = frame.join(own.drop(columns=frame.columns, errors="ignore"))
    about = pd.DataFrame(
        [_about(name, tables, features) for name in frame], index=frame.columns, columns=ABOUT
    )
    return Subject(
        frame, about, _reasons(tables, features, frame), study.words["customers"], study.as_of
    )


def _row(
    label: str, unit: str = "", basis: str = "", standing: str = "", of: str = ""
) -> dict[str, str]:
    return {"label": label, "unit": unit, "basis": basis, "standing": standing, "of": of}


def _standing_by_name(name: str) -> str:
    return "protected" if looks_protected(name) else ""


def _shielded(features: Features) -> pd.DataFrame:
    described = pd.DataFrame(index=features.frame.index)
    if features.descriptors is None:
        return described
    names = [name for name in features.dictionary.index if name in features.descriptors]
    return features.descriptors[[name for name in names if name not in features.frame]]


def _items(tables: Tables) -> pd.DataFrame:
    if tables.traits is None:
        return pd.DataFrame()
    return tables.traits[[item for item in tables.study.items if item not in tables.study.traits]]


def _undeclared(tables: Tables, features: Features) -> pd.DataFrame:
    """Columns of the customer table of which the study says nothing."""
    index = features.frame.index
    if tables.customers is None:
        return pd.DataFrame(index=index)
    traits = tables.study.traits.values()
    behind = {trait.columns.get("customers", trait.column) for trait in traits}
    behind |= {*tables.study.items, tables.study.weight}
    return tables.customers.reindex(index).drop(columns=list(behind), errors="ignore")


def _about(name: str, tables: Tables, features: Features) -> dict[str, str]:
    study = tables.study
    for scale in study.scales.values():
        if name in scale.items and name not in study.traits:
            return _row(name, "points", scale.basis, "item", scale.label)
    if name not in features.dictionary.index:
        is_shielded = name in study.protected or _standing_by_name(name)
        return _row(name, standing="protected" if is_shielded else "undeclared")
    known = features.dictionary.loc[name]
    standing = "base" if name in study.bases else ""
    if name in study.shielded:
        standing = "outcome" if name in study.outcomes else "protected"
    return _row(str(known["label"]), str(known["unit"]), str(known["basis"]), standing)


def _reasons(tables: Tables, features: Features, frame: pd.DataFrame) -> pd.DataFrame:
    """Why values are missing: as the traits' record has it, or since a feature has no base."""
    table = f"not in the {tables.study.words['customer']} table"
    stranger = "in no source" if tables.study.sources else table
    told = tables.quality.unread.set_axis(REASONS, axis=1).groupby("column", sort=False)
    told = {name: rows.to_dict("records") for name, rows in told}
    rows = []
    for name, n_missing in frame.isna().sum().items():
        outside, own = _outside(str(name), tables, frame), told.get(name, [])
        rows += _counted(str(name), stranger, outside)
        if sum(row["customers"] for row in own) == n_missing - outside:
            rows += own
        else:
            rows += _counted(str(name), _why(str(name), tables, features), int(n_missing) - outside)
    return pd.DataFrame(rows, columns=REASONS)


def _outside(name: str, tables: Tables, frame: pd.DataFrame) -> int:
    """Customers with orders whom the customer table doesn't know, for a column that is from it."""
    if tables.customers is None or tables.lines is None or name in tables.study.scales:
        return 0
    from_table = name in tables.customers or name in tables.study.traits
    return int((~frame.index.isin(tables.customers.index)).sum()) if from_table else 0


def _why(name: str, tables: Tables, features: Features) -> str:
    if name in features.dictionary.index and name not in tables.study.traits:
        return f"only {features.dictionary.at[name, 'base']}"
    if tables.study.sources and name in tables.study.traits:
        origin = origin_of(tables.study.traits[name], tables.study)
        return f"no value in {', '.join(sorted(origin.columns))}"
    return "blank"


def _counted(name: str, why: str, n: int) -> list[dict[str, object]]:
    return [{"column": name, "reason": why, "customers": n}] if n > 0 else []


def completeness_record(n: int, filled: Mapping[str, int]) -> pd.DataFrame:
    """By column the customers with a value, and their share; least complete first."""
    record = pd.DataFrame({"customers": pd.Series(dict(filled), dtype="int64")}).rename_axis("column")
    record["share"] = record["customers"] / n
    return record.sort_values(["share", "column"], kind="stable")
