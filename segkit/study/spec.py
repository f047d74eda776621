"""A study: what is decided, from which tables, by which rules.

A study is a folder `data/<name>/` with a `study.yaml`; its raw tables are read, never written.
What a run makes of them goes to `data/<name>/processed/` (private) and `reports/<name>/` (aggregates).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from segkit.errors import StudyError
from segkit.protected import looks_protected
from segkit.study.defaults import PARAMETERS, RULES, WORDS
from segkit.study.events import EVENTS
from segkit.study.permission import ConsentSpec
from segkit.study.scales import ScaleSpec
from segkit.study.schema import check_parameters
from segkit.study.sources import ProfileSpec
from segkit.study.tables import TableSpec, has_money
from segkit.study.targets import TargetSpec
from segkit.study.traits import TraitSpec


@dataclass(frozen=True)
class Study:
    """One segmentation question with its data, as study.yaml states it.

    Attributes
    ----------
    name : str
        The folder's name.
    folder : pathlib.Path
    title, decision, made_for : str
        The question, who decides what with the answer, and who reads the report.
    owner, review_by : str
        Who answers for the segments, and the date by which they are looked at again.
    out_of_scope : tuple of str
        What the segments may not be used for, beside what no segment may be used for.
    as_of : str
        Reference date, YYYY-MM-DD, exclusive: only what happened before it counts.
    tables : dict of str to TableSpec
    sources : dict of str to TableSpec
        Further tables about customers; with `tables.customers` they make one profile of each.
    profile : ProfileSpec
        How they do.
    bases, descriptors, protected : tuple of str
        What forms the segments, what only describes them, what is audited and never a base.
    outcomes : tuple of str
        Traits that happen after, or because of, what is decided: never a base, may describe.
    protected_bases : dict of str to str
        Protected attributes that form segments after all, each with the reason.
    traits : dict of str to TraitSpec
        What columns of the customer table say.
    scales : dict of str to ScaleSpec
        Scores made of survey items.
    missing_bases : {"refuse", "leave_out"}
        What becomes of customers who lack a base.
    consent : ConsentSpec, optional
        For which purpose the study runs; with it, customers without consent are left out.
    pseudonyms : dict of str to str, optional
        `key_file` or `key_env`: where the key is under which ids become pseudonyms.
    weight : str
        Column of the customer table with the survey's weights: sizes and profiles are of the
        population that they stand for; segments are found on the respondents as they are.
    segments : "rfm" or tuple of dict, optional
        Segments drawn by rules; see `segkit.rule_set`.
    rules, categories, parameters, words : dict
    currency, timezone : str
    language : str
        Of the segments' automatic names; the report's own sentences are English.
    targets : TargetSpec or None
        By what the segments to go for are chosen.
    """

    name: str
    folder: Path
    title: str
    decision: str
    as_of: str
    tables: Mapping[str, TableSpec]
    bases: tuple[str, ...]
    sources: Mapping[str, TableSpec] = field(default_factory=dict)
    profile: ProfileSpec = field(default_factory=ProfileSpec)
    descriptors: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()
    outcomes: tuple[str, ...] = ()
    protected_bases: Mapping[str, str] = field(default_factory=dict)
    traits: Mapping[str, TraitSpec] = field(default_factory=dict)
    scales: Mapping[str, ScaleSpec] = field(default_factory=dict)
    missing_bases: str = "refuse"
    weight: str = ""
    made_for: str = ""
    owner: str = ""
    review_by: str = ""
    out_of_scope: tuple[str, ...] = ()
    currency: str = ""
    language: str = "en"
    targets: TargetSpec | None = None
    timezone: str = "UTC"
    consent: ConsentSpec | None = None
    pseudonyms: Mapping[str, str] | None = None
    segments: str | tuple[Mapping[str, Any], ...] | None = None
    rules: Mapping[str, Any] = field(default_factory=lambda: dict(RULES))
    categories: Mapping[str, Any] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=lambda: dict(PARAMETERS))
    words: Mapping[str, str] = field(default_factory=lambda: dict(WORDS))

    @property
    def processed(self) -> Path:
        """Private, untracked folder of customer-level results."""
        return self.folder / "processed"

    @property
    def kept(self) -> Path:
        """Untracked folder of what carries keys and names on, without a customer in it."""
        return self.folder / "kept"

    @property
    def reports(self) -> Path:
        """Folder of the study's runs: aggregates only."""
        return self.folder.parent.parent / "reports" / self.name

    @property
    def has_orders(self) -> bool:
        """Whether there are transactions; else the customer table says who the customers are."""
        return "transactions" in self.tables

    @property
    def has_money(self) -> bool:
        """Whether the order lines say what they cost; without it nothing in the study is money."""
        return self.has_orders and has_money(self.tables["transactions"].columns)

    @property
    def about_customers(self) -> dict[str, TableSpec]:
        """The customer table and the sources, by name."""
        customers = {name: spec for name, spec in self.tables.items() if name == "customers"}
        return {**customers, **self.sources}

    @property
    def every_table(self) -> dict[str, TableSpec]:
        """Tables and sources, by name."""
        return {**self.tables, **self.sources}

    @property
    def items(self) -> list[str]:
        """Survey items of all scales, each once."""
        return [*dict.fromkeys(item for scale in self.scales.values() for item in scale.items)]

    @property
    def events(self) -> tuple[str, ...]:
        """The event tables, in the order in which they are read."""
        return tuple(name for name in EVENTS if name in self.tables)

    @property
    def only_events(self) -> bool:
        """Whether there are neither orders nor a customer table: customers are who has an event."""
        return not self.has_orders and not self.about_customers

    @property
    def shielded(self) -> frozenset[str]:
        """Traits that form no segment and enter no name: protected ones and outcomes."""
        by_name = {
            name
            for name, trait in self.traits.items()
            if looks_protected(name) or looks_protected(trait.column)
        }
        by_name |= {name for name in self.scales if looks_protected(name)}
        return frozenset({*self.protected, *by_name} - set(self.protected_bases) | {*self.outcomes})

    def with_choices(self, *, as_of: str | None = None, **parameters: Any) -> "Study":
        """Return the study with another reference date or other parameters.

        Parameters
        ----------
        as_of : str, optional
            YYYY-MM-DD; empty or None keeps the study's own.
        **parameters
            Any of the study's parameters; None keeps the study's own.
        """
        given = {name: value for name, value in parameters.items() if value is not None}
        check_parameters(given)
        text = self.as_of if not as_of else checked_date(as_of)
        return replace(self, as_of=text, parameters={**self.parameters, **given})


def checked_date(text: str, key: str = "as_of") -> str:
    """A calendar date as YYYY-MM-DD; only as_of may not be empty."""
    if not text and key != "as_of":
        return ""
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise StudyError(f"{key} is '{text}'", "a calendar date, YYYY-MM-DD") from None
