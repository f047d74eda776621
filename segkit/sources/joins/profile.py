"""One profile per customer: where every value comes from, how old it is, and what contradicts it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import ibis
import pandas as pd

from segkit.errors import DataError
from segkit.shown import Shown
from segkit.sources.joins.coverage import ORDERS, orphans
from segkit.sources.joins.explained import Explained
from segkit.sources.joins.findings import findings_of
from segkit.sources.joins.page import page_of
from segkit.sources.quality import READ

EXPLAINED = ["attribute", "value", "source", "observed_at", "rule", "other_values"]


@dataclass(frozen=True, eq=False, repr=False)
class CustomerProfile(Shown):
    """What several sources say of each customer, joined by customer id.

    Attributes
    ----------
    as_of : str
        Reference date, YYYY-MM-DD, exclusive.
    coverage : pandas.DataFrame
        A column per table, true where it knows these customers, then `n_customers` and `share`: one
        row per combination. Orders are the table "transactions".
    conflicts : pandas.DataFrame
        Per attribute how many customers have a value, how many of them more than one, and which rule
        decided; see `count_conflicts`.
    freshness : pandas.DataFrame
        Per attribute and source the age of the values in use; see `measure_freshness`.
    identity : pandas.DataFrame
        Likely duplicate people, and ids that look like two people; see `Identity.counts`.
    outcomes : pandas.DataFrame
        One row per attribute, source and outcome ("read", or why there is no value): `rows`.
    notices : tuple of str
        Odd things that were counted and left as they are.
    chosen, said, ids : ibis.Table
        The value in use of each customer and attribute, all that the sources say, and which customer
        is in which table. Private.
    suspects : pandas.DataFrame
        The ids behind `identity`. Private.
    words : dict of str to str
        The study's.
    consent : object, optional
        Something with `.of(customer_id)`: a table of purpose, channel, status and date.
    """

    as_of: str
    coverage: pd.DataFrame
    conflicts: pd.DataFrame
    freshness: pd.DataFrame
    identity: pd.DataFrame
    outcomes: pd.DataFrame
    notices: tuple[str, ...]
    chosen: ibis.Table
    said: ibis.Table
    ids: ibis.Table
    suspects: pd.DataFrame
    words: Mapping[str, str]
    consent: Any = None

    def with_consent(self, consent: Any) -> "CustomerProfile":
        """The same profile, which `explain` shows with each customer's consent."""
        return replace(self, consent=consent)

    @property
    def orphans(self) -> pd.DataFrame:
        """Per table `customers`, and `only_here`: those that no other table knows."""
        return orphans(self.coverage)

    @property
    def n_customers(self) -> int:
        """Customers of all tables."""
        return int(self.coverage["n_customers"].sum())

    @property
    def without_source(self) -> int:
        """Customers with orders who are in no source."""
        alone = self.orphans
        return int(alone.at[ORDERS, "only_here"]) if ORDERS in alone.index else 0

    @property
    def reading(self) -> str:
        """Coverage, conflicts, age and identity, in one paragraph."""
        return " ".join(f"{finding[:1].upper()}{finding[1:]}." for finding in findings_of(self))

    def knows(self, customer_id: str) -> bool:
        """Whether some table has a customer."""
        return bool(self.ids.filter(self.ids.customer_id == customer_id).count().execute())

    def explain(self, customer_id: str) -> Explained:
        """Say where each value of one customer comes from. Private: never show it in a report.

        Parameters
        ----------
        customer_id : str

        Returns
        -------
        Explained
            A DataFrame with one row per attribute: `attribute`, `value` (as text; missing where there
            is none), `source`, `observed_at`, `rule` (what decided, or why there is no value),
            `other_values` (what else was said, by whom and when) and `consent`. It prints as a count;
            `.to_string()` shows it.

        Raises
        ------
        DataError
            No table knows the id. The message doesn't repeat it.
        """
        said = self.said.filter(self.said.customer_id == customer_id).execute()
        chosen = self.chosen.filter(self.chosen.customer_id == customer_id).execute()
        if not self.knows(customer_id):
            raise DataError(
                f"no table knows this {self.words['customer']}'s id",
                "an id of the study's tables, as text",
            )
        chosen = chosen.set_index("attribute")
        consent = _consent_of(self.consent, customer_id)
        rows = [
            _explained(name, said[said["attribute"] == name], chosen) for name in self.conflicts.index
        ]
        return Explained(pd.DataFrame(rows, columns=EXPLAINED).assign(consent=consent))

    def _repr_html_(self) -> str:
        return page_of(self)


def _explained(name: str, said: pd.DataFrame, chosen: pd.DataFrame) -> dict[str, Any]:
    read = said[said["why"] == READ]
    if name not in chosen.index:
        why = sorted(set(said["why"]), key=lambda reason: (reason == "blank", reason))
        rule = why[0] if why else "in none of its sources"
        return _row(name, None, None, None, rule, "")
    use = chosen.loc[name]
    other = read[read["value"] != use["value"]] if use["value"] is not None else read
    return _row(name, use["value"], use["source"], use["observed_at"], use["rule"], _listed(other))


def _row(name: str, *values: Any) -> dict[str, Any]:
    return dict(zip(EXPLAINED, (name, *values), strict=True))


def _listed(other: pd.DataFrame) -> str:
    """Values with who said so and when, newest first."""
    rows = other.sort_values(["observed_at", "source", "value"], ascending=[False, True, True])
    days = rows["observed_at"].dt.strftime(" %Y-%m-%d").fillna("")
    texts = rows["value"] + " (" + rows["source"] + days + ")"
    return "; ".join(dict.fromkeys(texts))


def _consent_of(consent: Any, customer_id: str) -> str:
    if consent is None:
        return "not recorded"
    given = consent.of(customer_id)
    if given is None or not len(given):
        return "none on record"
    return "; ".join(" ".join(filter(None, map(_text, row))) for row in given.itertuples(index=False))


def _text(value: Any) -> str:
    if pd.isna(value):
        return ""
    return f"{value:%Y-%m-%d}" if hasattr(value, "strftime") else str(value)
