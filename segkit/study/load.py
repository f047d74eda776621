"""study.yaml -> a study that makes sense, or what is wrong with it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from segkit.errors import StudyError, nearest
from segkit.study.defaults import PARAMETERS, RULES, WORDS
from segkit.study.permission import consent_spec
from segkit.study.scales import scale_spec
from segkit.study.schema import checked
from segkit.study.sense.check import check_sense
from segkit.study.sources import ProfileSpec
from segkit.study.spec import Study, checked_date
from segkit.study.strictyaml import read_yaml
from segkit.study.tables import table_spec
from segkit.study.targets import target_spec
from segkit.study.traits import choice_traits, trait_spec


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
    return Path(__file__).resolve().parents[2]


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
            "as_of": checked_date(content["as_of"]),
            "review_by": checked_date(content.get("review_by", ""), "review_by"),
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
