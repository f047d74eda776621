"""The run folder: where one notebook leaves its result for the next."""

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from segkit import __version__
from segkit.errors import DataError, ParameterError
from segkit.features.build import build_features
from segkit.features.store import load_features, save_features
from segkit.features.table import Features
from segkit.personas.agreement import from_records
from segkit.personas.cards import Personas
from segkit.personas.describe import describe_segments
from segkit.personas.messages import FILE as MESSAGES
from segkit.personas.messages import load_messages
from segkit.personas.names import Name
from segkit.personas.profile import Profile, profile_segments
from segkit.personas.targets import Targets, choose_targets
from segkit.reporting.kept import NAMES, HasFacts, write_facts, write_names
from segkit.reporting.parameters import refuse_unknown_injected
from segkit.segments.evidence.assess import assess_structure
from segkit.segments.evidence.structure import Structure
from segkit.segments.fit import fit_segments
from segkit.segments.identity import Match, match_segments
from segkit.segments.segmentation import Segmentation
from segkit.segments.store import load_segments, save_segments
from segkit.shown import Shown
from segkit.sources.files import hash_inputs
from segkit.sources.guard import permitted
from segkit.sources.store import load_saved_tables, save_tables
from segkit.sources.tables import Tables, load_tables
from segkit.study import Study, load_study

STAMP = "stamp.json"


@dataclass(frozen=True, eq=False, repr=False)
class Run(Shown):
    """A study with the choices of one run, and the results that its notebooks share.

    A result that an earlier notebook left in the run's folder is taken from there when it was made
    from the same inputs, reference date, study.yaml and version; else it is made anew.

    Attributes
    ----------
    study : Study
        With the run's reference date and parameters.
    name : str
        Folder under data/<study>/processed/. Private: it holds customers.
    inputs : dict of str to str
        SHA-256 of each file that the study names.
    fingerprint : str
        SHA-256 of the inputs, the study and segkit's version.
    """

    study: Study
    name: str
    inputs: Mapping[str, str]
    fingerprint: str

    @property
    def reading(self) -> str:
        """Study, reference date and run."""
        return f"study {self.study.name} as of {self.study.as_of}, run {self.name}"

    @property
    def folder(self) -> Path:
        """The run's private folder."""
        return self.study.processed / self.name

    @property
    def settings(self) -> dict[str, Any]:
        """What `assess_structure` needs of the study's parameters."""
        return {name: value for name, value in self.study.parameters.items() if name != "method"}

    def keep(self, result: Any) -> Any:
        """Leave a result for the next notebook, and return it."""
        if isinstance(result, Tables):
            self._write("tables", lambda folder: save_tables(result, folder))
        elif isinstance(result, Features):
            self._write("features", lambda folder: save_features(result, folder))
        elif isinstance(result, Segmentation):
            self._write("segments", lambda folder: save_segments(result, folder))
        elif isinstance(result, HasFacts):
            self._write("facts", lambda folder: write_facts(result, folder, self.features))
            if isinstance(result, Personas):
                language = self.study.language
                self._write("names", lambda folder: write_names(result, language, folder))
        else:
            raise ParameterError(
                f"a {type(result).__name__} can't be kept",
                "Tables, Features, Segmentation, Personas or Report",
            )
        return result

    @cached_property
    def tables(self) -> Tables:
        """Checked tables: those that 01 left, or loaded now."""
        if folder := self._left("tables"):
            return load_saved_tables(self.study, folder)
        return self.keep(load_tables(self.study))

    @cached_property
    def features(self) -> Features:
        """The feature table: that which 02 left, or built now."""
        if folder := self._left("features"):
            return load_features(self.study, folder)
        return self.keep(build_features(self.tables, as_of=self.study.as_of))

    @property
    def has_segments(self) -> bool:
        """Whether an earlier notebook left segments of the same inputs and study."""
        return self._left("segments") is not None

    @cached_property
    def segments(self) -> Segmentation:
        """The segments: those that 03 left, or made now."""
        if folder := self._left("segments"):
            return load_segments(folder)
        return self.keep(self.cut())

    def cut(self, structure: Structure | None = None) -> Segmentation:
        """Cut the customers as the study says: by its rules, or by its method.

        Segments that the last good run had keep their keys.

        Parameters
        ----------
        structure : Structure, optional
            From `assess_structure` on the bases; made now when it isn't given.
        """
        features, study = self.features, self.study
        if study.segments is not None:
            more = features.descriptive.drop(columns=features.frame.columns, errors="ignore")
            return fit_segments(features.frame.join(more), rules=study.segments)
        structure = structure or assess_structure(features.bases, **self.settings)
        return fit_segments(
            features.bases,
            study.parameters["k"],
            study.parameters["method"],
            structure=structure,
            previous=self.previous,
        )

    @cached_property
    def previous(self) -> Segmentation | None:
        """The segments of the last good run, if it had the same bases and they can be read.

        Where its folder under processed/ is gone, what was kept of them without the customers.
        """
        name = (self.study.reports / "latest").resolve().name
        folder = self.study.processed / name / "segments"
        if name == self.name:
            return None
        if not (folder / STAMP).is_file():
            folder = self.study.kept / "segments"
            if not folder.is_dir():
                return None
        try:
            last = load_segments(folder)
        except DataError:  # of an older version, or changed: there is nothing to carry on
            return None
        same = set(last.model.columns) == set(self.features.bases.columns)
        return last if same and last.method != "rules" else None

    @cached_property
    def match(self) -> Match | None:
        """Which of these segments continue which of the last good run."""
        if self.previous is None or self.segments.method == "rules":
            return None
        return match_segments(self.previous, self.segments, self.features.bases)

    @cached_property
    def profile(self) -> Profile:
        """What sets the segments apart."""
        features = self.features
        return profile_segments(
            self.segments,
            features.frame,
            features.descriptive,
            dictionary=features.dictionary,
            weights=features.weights,
        )

    @cached_property
    def personas(self) -> Personas:
        """Named segments with their cards."""
        return describe_segments(self.profile, self.features.frame, **self.wording)

    @cached_property
    def targets(self) -> Targets | None:
        """The segments as candidates, where the study says by what they are chosen."""
        spec, study = self.study.targets, self.study
        if spec is None:
            return None
        words = dict(study.words)
        return choose_targets(self.personas, spec, currency=study.currency, words=words)

    @cached_property
    def unsaid(self) -> Personas:
        """The segments without what people say of them."""
        wording = {**self.wording, "messages": None}
        return describe_segments(self.profile, self.features.frame, **wording)

    @property
    def messages_file(self) -> Path:
        """Where people say what they know of the segments."""
        return self.study.folder / MESSAGES

    @property
    def wording(self) -> dict[str, Any]:
        """What `describe_segments` needs of the study, its messages.yaml and the last run."""
        study = self.study
        messages = load_messages(self.messages_file) if self.messages_file.is_file() else None
        return {
            "messages": messages,
            "currency": study.currency,
            "words": study.words,
            "language": study.language,
            "last": self.last_names,
            "as_of": study.as_of,
        }

    @cached_property
    def last_names(self) -> dict[str, Name]:
        """Automatic names of the last good run, by the key that each segment has now."""
        path = (self.study.reports / "latest").resolve().name
        file = self.study.processed / path / "names" / NAMES
        file = file if file.is_file() else self.study.kept / NAMES
        if self.match is None or not file.is_file():
            return {}
        records = json.loads(file.read_text(encoding="utf-8"))
        return self.match.names(from_records(records, self.study.language))

    def _left(self, step: str) -> Path | None:
        folder = self.folder / step
        stamp = folder / STAMP
        if not stamp.is_file():
            return None
        same = json.loads(stamp.read_text(encoding="utf-8"))["fingerprint"] == self.fingerprint
        return folder if same else None

    def _write(self, step: str, write: Callable[[Path], Any]) -> None:
        """Write a step's folder whole or not at all, readable by its owner only."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = Path(tempfile.mkdtemp(prefix=f".{step}-", dir=self.folder))
        try:
            write(fresh)
            (fresh / STAMP).write_text(json.dumps({"fingerprint": self.fingerprint}), encoding="utf-8")
            shutil.rmtree(self.folder / step, ignore_errors=True)
            os.replace(fresh, self.folder / step)
        finally:
            shutil.rmtree(fresh, ignore_errors=True)


def open_run(
    study: str | Path | Study, *, as_of: str | None = None, run: str = "draft", **parameters: Any
) -> Run:
    """Open a study for one run.

    Parameters
    ----------
    study : str, pathlib.Path or Study
        A name under data/, or a path.
    as_of : str, optional
        Another reference date than the study's, YYYY-MM-DD.
    run : str, default "draft"
        Name of the folder that the notebooks of one run share.
    **parameters
        Other values for the study's parameters; None keeps the study's.

    Returns
    -------
    Run

    Raises
    ------
    ParameterError
        papermill injected a parameter that the notebook doesn't have, or one of a wrong type.
    """
    refuse_unknown_injected()
    given = study if isinstance(study, Study) else load_study(study)
    dated = given.with_choices(as_of=as_of)
    inputs = hash_inputs(dated)
    return Run(dated.with_choices(**parameters), run, inputs, _fingerprint(dated, inputs))


def _fingerprint(study: Study, inputs: Mapping[str, str]) -> str:
    """Of everything that decides a result but the choices made for one notebook."""
    content = {name: value for name, value in asdict(study).items() if name != "folder"}
    content |= {"inputs": inputs, "version": __version__, "permitted": permitted(study)}
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()
