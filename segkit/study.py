"""A study: what is decided, from which tables, by which rules.

A study is a folder `data/<name>/` with a `study.yaml`; its raw tables are read, never written.
What a run makes of them goes to `data/<name>/processed/` (private) and `reports/<name>/` (aggregates).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from segkit.defaults import PARAMETERS, RULES, WORDS
from segkit.errors import StudyError, nearest
from segkit.events import EVENTS
from segkit.permission import ConsentSpec, consent_spec
from segkit.protected import looks_protected
from segkit.scalespec import ScaleSpec, scale_spec
from segkit.schema import check_parameters, checked
from segkit.sense import check_sense
from segkit.sourcespec import ProfileSpec
from segkit.strictyaml import read_yaml
from segkit.tablespec import TableSpec, table_spec
from segkit.targetspec import TargetSpec, target_spec
from segkit.traits import TraitSpec, choice_traits, trait_spec


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
        columns = set(self.tables["transactions"].columns) if self.has_orders else set()
        return "amount" in columns or {"quantity", "unit_price"} <= columns

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
        text = self.as_of if not as_of else _checked_date(as_of)
        return replace(self, as_of=text, parameters={**self.parameters, **given})


def load_study(study: str | Path | Mapping[str, Any]) -> Study:
    """Read and check a study.

    Parameters
    ----------
    study : str, pathlib.Path or dict
        A name under `data/`, a folder that holds a study.yaml, or the content of one.

    Returns
    -------
    Study

    Raises
    ------
    StudyError
        No such folder, no study.yaml, or a content that the schema refuses; an unknown key is
        named with its nearest known neighbour.

    Examples
    --------
    >>> import segkit
    >>> segkit.load_study("complete_journey").as_of
    '2018-01-01'
    """
    if isinstance(study, Mapping):
        return _build("study", Path.cwd() / "data" / "study", study)
    folder = find_study(study)
    content = _read(folder / "study.yaml")
    try:
        return _build(folder.name, folder, content)
    except StudyError as error:
        raise error.said_of("study.yaml") from None


def project_root() -> Path:
    """Return the folder that holds `data/`, `notebooks/` and `reports/`.

    The nearest folder from the current one upwards that holds both `data` and `notebooks`, else the
    checkout that the package lies in.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "data").is_dir() and (folder / "notebooks").is_dir():
            return folder
    return Path(__file__).resolve().parent.parent


def find_study(study: str | Path) -> Path:
    """Return the folder of a study given by name or by path."""
    given = Path(study).expanduser()
    folder = given if given.is_dir() else project_root() / "data" / given
    if (folder / "study.yaml").is_file():
        return folder.resolve()
    known = sorted(path.parent.name for path in (project_root() / "data").glob("*/study.yaml"))
    if folder.is_dir():
        raise StudyError(f"the folder '{study}' holds no study.yaml", fix="`segkit new` writes one")
    raise StudyError(
        f"there is no study '{study}'",
        "a name under data/ or a folder with a study.yaml",
        f"{nearest(str(study), known)} `segkit new NAME --transactions FILE` makes one".strip(),
    )


def _read(path: Path) -> Mapping[str, Any]:
    try:
        content = read_yaml(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, ValueError) as error:  # PyYAML lets a 30th of February through as such
        raise StudyError(f"{path.name} is not YAML: {error}") from None
    if not isinstance(content, dict):
        raise StudyError(f"{path.name} holds {type(content).__name__}", "a mapping of keys")
    return content


def _build(name: str, folder: Path, content: Mapping[str, Any]) -> Study:
    content = _with_choices(checked(content))
    given = {key: tuple(value) for key, value in content.items() if isinstance(value, list)}
    study = Study(
        **{**content, **given}
        | {
            "name": name,
            "folder": folder,
            "as_of": _checked_date(content["as_of"]),
            "review_by": _checked_date(content.get("review_by", ""), "review_by"),
            "tables": {key: table_spec(spec) for key, spec in content.get("tables", {}).items()},
            "sources": {key: table_spec(spec) for key, spec in content.get("sources", {}).items()},
            "profile": ProfileSpec(**content.get("profile", {})),
            "traits": {key: trait_spec(key, spec) for key, spec in content.get("traits", {}).items()},
            "scales": {key: scale_spec(key, spec) for key, spec in content.get("scales", {}).items()},
            "consent": consent_spec(content["consent"]) if "consent" in content else None,
            "targets": target_spec(content["targets"]) if "targets" in content else None,
            "rules": {**RULES, **content.get("rules", {})},
            "parameters": {**PARAMETERS, **content.get("parameters", {})},
            "words": {**WORDS, **content.get("words", {})},
        }
    )
    check_sense(study)
    return study


def _with_choices(content: dict[str, Any]) -> dict[str, Any]:
    """Questions of several answers as the traits that they stand for."""
    traits = dict(content.get("traits", {}))
    for name, choice in content.get("choices", {}).items():
        made = choice_traits(name, choice)
        twice = sorted(set(made) & set(traits))
        if twice:
            said = f"'{twice[0]}' is both a trait and an option of '{name}'"
            raise StudyError(said, "one of the two")
        traits |= made
    plain = {key: value for key, value in content.items() if key != "choices"}
    return {**plain, "traits": traits} if traits else plain


def _checked_date(text: str, key: str = "as_of") -> str:
    if not text and key != "as_of":
        return ""
    try:
        return date.fromisoformat(str(text)).isoformat()
    except ValueError:
        raise StudyError(f"{key} is '{text}'", "a calendar date, YYYY-MM-DD") from None
