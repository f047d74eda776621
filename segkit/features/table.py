"""The feature table: one row per customer, with its dictionary."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from segkit.disclosure import said
from segkit.errors import StudyError, nearest
from segkit.features.relations import relations
from segkit.shown import Shown, as_table
from segkit.sources.personal import refuse_personal
from segkit.sources.printable import listed
from segkit.study import Study


@dataclass(frozen=True, eq=False, repr=False)
class Features(Shown):
    """One row per customer before a reference date.

    Attributes
    ----------
    frame : pandas.DataFrame of shape (n_customers, n_features)
        Indexed by customer_id, sorted by it. Missing where a feature's base is empty.
    dictionary : pandas.DataFrame
        One row per feature: label, unit, role, basis, meaning, base, kind, low, high (what a
        segment low, and one high in it is called, where the study says so). Then the traits that
        only describe.
    descriptors : pandas.DataFrame or None
        The customer table's columns for the same customers, protected traits and outcomes among
        them; missing where it doesn't know them.
    scales : pandas.DataFrame
        One row per scale; see `segkit.features.scales.reliability`.
    left_out : dict of str to str
        Features that the data can't give, and why.
    as_of : str
        Reference date, exclusive.
    window : tuple of str or None
        Days of the first and the last order counted.
    study : Study
    """

    frame: pd.DataFrame
    dictionary: pd.DataFrame
    descriptors: pd.DataFrame | None
    scales: pd.DataFrame
    left_out: Mapping[str, str]
    as_of: str
    window: tuple[str, str] | None
    study: Study

    @property
    def bases(self) -> pd.DataFrame:
        """The features that form the segments, as the study states them.

        Raises
        ------
        StudyError
            A base is no feature, is protected, or is missing for some customers.
        """
        return self.select(self.study.bases)

    @property
    def weights(self) -> pd.Series | None:
        """For how many people each customer stands; None where the study has no weights."""
        if not self.study.weight or self.descriptors is None:
            return None
        return self.descriptors[self.study.weight].astype("float64")

    @property
    def lacking(self) -> pd.Series:
        """Customers who lack a base, by base; who lacks two counts for both."""
        lacking = self.frame.reindex(columns=list(self.study.bases)).isna().sum()
        return lacking[lacking > 0].sort_values(ascending=False, kind="stable")

    @property
    def coverage(self) -> str:
        """How many customers have every base, where the study leaves out those who don't."""
        lacking, n = self.lacking, len(self.frame)
        if lacking.empty or self.study.missing_bases != "leave_out":
            return ""
        n_whole = int(self.frame[list(self.study.bases)].notna().all(axis=1).sum())
        why = ", ".join(f"{name} missing {said(int(count))}" for name, count in lacking.items())
        return (
            f"{n_whole:,} of {n:,} {self.study.words['customers']} have every base; "
            f"{n - n_whole:,} left out: {why}."
        )

    @property
    def descriptive(self) -> pd.DataFrame:
        """What only describes the segments; protected attributes are left out.

        Raises
        ------
        DataError
            A descriptor likely holds personal data.
        """
        names = list(self.study.descriptors)
        columns = self.frame
        if self.descriptors is not None:
            columns = self.frame.join(
                self.descriptors.drop(columns=self.frame.columns, errors="ignore")
            )
        self._refuse_unknown(names, columns, "descriptors")
        refuse_personal(columns, names)
        return columns[names]

    def select(self, names: Sequence[str]) -> pd.DataFrame:
        """Some features for every customer.

        One that is missing for any of them is refused, or those customers are left out when the
        study says `missing_bases: leave_out`.
        """
        self._refuse_unknown(names, self.frame, "bases")
        refuse_personal(self.frame, names)
        chosen = self.frame[list(names)]
        if self.study.missing_bases == "leave_out":
            return chosen.dropna()
        missing = chosen.isna().sum()
        for name, n_missing in missing[missing > 0].items():
            raise StudyError(
                f"the base '{name}' is missing for {n_missing:,} of {len(chosen):,} customers",
                f"a base that every customer has; this one has {self.dictionary.at[name, 'base']}",
                "Take it out of `bases`; it can still describe the segments as a descriptor. Or leave "
                "those customers out: `missing_bases: leave_out`",
            )
        return chosen

    def _refuse_unknown(self, names: Sequence[str], columns: pd.DataFrame, where: str) -> None:
        for name in names:
            if name in columns:
                continue
            if name in self.left_out:
                raise StudyError(
                    f"{where} names '{name}', which the data can't give: {self.left_out[name]}",
                    fix=f"Take it out of {where}, or see to what it needs",
                )
            raise StudyError(
                f"{where} names '{name}', which is no feature of this study",
                fix=nearest(name, listed(columns.columns)),
            )

    @property
    def relations(self) -> pd.DataFrame:
        """How far each two bases say the same; see `segkit.features.relations.relations`."""
        return relations(self.bases)

    @property
    def reading(self) -> str:
        """What was built and what the data can't give, in one paragraph."""
        why = "; ".join(f"{name} ({reason})" for name, reason in self.left_out.items())
        missing = f"The data can't give {len(self.left_out)}: {why}." if why else ""
        period = "" if self.window is None else f", {self.window[0]} to {self.window[1]}"
        said = (
            f"{self.frame.shape[1]} features for {len(self.frame):,} "
            f"{self.study.words['customers']}{period}, as of {self.as_of}."
        )
        weak = self.scales[self.scales["warning"] != ""]
        warned = " ".join(f"{row.label}: {row.warning}." for row in weak.itertuples())
        return " ".join(part for part in (said, self.coverage, warned, missing) if part)

    def plot(self) -> Any:
        """Draw how the bases are spread; see `segkit.figures.distributions`."""
        from segkit import figures

        return figures.distributions(self.bases, self.dictionary["label"])

    def _repr_html_(self) -> str:
        numbers = self.frame.select_dtypes("number")
        spread = numbers.quantile([0.05, 0.5, 0.95]).T.set_axis(["P5", "median", "P95"], axis=1)
        shown = self.dictionary[["label", "unit", "basis", "meaning", "base"]].join(spread)
        return as_table(shown) + (as_table(self.scales) if len(self.scales) else "")
