"""Segments in a folder, as text, plain arrays and Parquet: a file from a stranger can't run code."""

import hashlib
import json
import os
import zipfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import DataError
from segkit.segments.clustering.methods import METHODS
from segkit.segments.estimators.famd import FAMD
from segkit.segments.estimators.unskew import Unskew
from segkit.segments.evidence.ellipses import Ellipses
from segkit.segments.evidence.gap import Gap
from segkit.segments.evidence.structure import Structure
from segkit.segments.model import Model
from segkit.segments.rules.rfm import RfmGrid
from segkit.segments.rules.ruled import RuleModel
from segkit.segments.rules.ruleset import RuleSet
from segkit.segments.segmentation import Segmentation
from segkit.segments.space import Space, bare_space

FORMAT = 4
MODEL, ARRAYS, ASSIGNMENTS = "model.json", "arrays.npz", "assignments.parquet"
PLAIN = (
    "verdict", "k", "runner_up", "p", "warnings", "columns", "n_customers", "n_boot", "n_starts",
    "n_blobs", "random_state", "min_share", "reason",
)  # fmt: skip
FAMD_ARRAYS = ("components_", "mean_", "scale_", "explained_variance_")

Arrays = dict[str, np.ndarray]


def save_segments(segments: Segmentation, path: str | Path) -> Path:
    """Write segments to a folder.

    Parameters
    ----------
    segments : Segmentation
    path : str or pathlib.Path
        Folder; made when it doesn't exist. Keep it private: `assignments.parquet` holds the
        customers, and what `gower` and `hdbscan` learn are values of some of them.

    Returns
    -------
    pathlib.Path

    Notes
    -----
    `model.json` holds the SHA-256 of the other files and of itself. That tells an edited or damaged
    file from a good one; it is no signature, for who can write the folder can write a new sum.
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    assigned = {"segment_key": segments.labels.astype("object"), "confidence": segments.confidence}
    pd.DataFrame(assigned).to_parquet(folder / ASSIGNMENTS)
    content, arrays = _content(segments)
    np.savez(folder / ARRAYS, allow_pickle=False, **arrays)
    content["sums"] = {name: _sum((folder / name).read_bytes()) for name in (ARRAYS, ASSIGNMENTS)}
    content["sums"][MODEL] = _sum(_text(content).encode())
    (folder / MODEL).write_text(_text(content) + "\n", encoding="utf-8")
    return folder


def holds_customers(folder: Path) -> bool:
    """Whether saved segments hold values of single customers, whose they are not being told."""
    saved = json.loads((folder / MODEL).read_text(encoding="utf-8"))
    return saved.get("method") in {"gower", "hdbscan"}


def seal_assignments(folder: Path, fresh: Path) -> None:
    """Put other assignments in place of saved ones, and their sum into the model.

    The model goes first: interrupted in between, the folder is refused until this is done again.
    """
    saved = json.loads((folder / MODEL).read_text(encoding="utf-8"))
    sums = {ARRAYS: saved["sums"][ARRAYS], ASSIGNMENTS: _sum(fresh.read_bytes())}
    content = {**saved, "sums": sums}
    content["sums"] = {**sums, MODEL: _sum(_text(content).encode())}
    beside = folder / f".{MODEL}{fresh.suffix}"
    beside.write_text(_text(content) + "\n", encoding="utf-8")
    os.replace(beside, folder / MODEL)
    os.replace(fresh, folder / ASSIGNMENTS)


def load_segments(path: str | Path) -> Segmentation:
    """Read segments that `save_segments` wrote.

    Parameters
    ----------
    path : str or pathlib.Path

    Returns
    -------
    Segmentation
        Assigns exactly as the saved one did; its structure can't be cut anew.

    Raises
    ------
    DataError
        No such file, one that this version doesn't write, or one that was changed since.
    """
    folder = Path(path)
    saved = _checked(folder)
    try:
        with np.load(folder / ARRAYS, allow_pickle=False) as file:
            arrays = dict(file.items())
        return _segmentation(saved, arrays, pd.read_parquet(folder / ASSIGNMENTS))
    except (KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{MODEL} is damaged: {error}", "a folder of save_segments") from error


def _checked(folder: Path) -> dict[str, Any]:
    """Read the model after comparing every file with its sum."""
    for name in (MODEL, ARRAYS, ASSIGNMENTS):
        if not (folder / name).is_file():
            raise DataError(f"there is no {name} in '{folder.name}'", "a folder of save_segments")
    try:
        saved = json.loads((folder / MODEL).read_text(encoding="utf-8"))
        form, sums = saved["format"], dict(saved["sums"])
        own = sums.pop(MODEL)
    except (KeyError, TypeError, ValueError) as error:  # also no JSON, or no UTF-8
        raise DataError(f"{MODEL} is damaged: {error}", "a folder of save_segments") from error
    if form != FORMAT:
        raise DataError(f"{MODEL} has format {form}", f"format {FORMAT}", "Fit the segments anew")
    found = {name: _sum((folder / name).read_bytes()) for name in (ARRAYS, ASSIGNMENTS)}
    if found != sums or _sum(_text({**saved, "sums": sums}).encode()) != own:
        raise DataError(
            f"the files in '{folder.name}' were changed after they were saved",
            "an untouched folder of save_segments",
            "Restore it, or fit the segments anew",
        )
    return saved


def _sum(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _text(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, sort_keys=True, default=lambda number: number.item())


def _content(segments: Segmentation) -> tuple[dict[str, Any], Arrays]:
    structure, model = segments.structure, segments.model
    content: dict[str, Any] = {
        "format": FORMAT,
        "method": segments.method,
        "random_state": segments.random_state,
        "labels": [str(key) for key in segments.labels.cat.categories],
        "keys": list(model.keys),
        "stability": _table(segments.stability),
        "confused": _table(segments.confused),
        "structure": {name: getattr(structure, name) for name in PLAIN}
        | {
            "by_k": _table(structure.by_k),
            "flow": _table(structure.flow),
            "gap": None if structure.gap is None else asdict(structure.gap),
            "ellipses": None if structure.ellipses is None else asdict(structure.ellipses),
        },
    }
    if isinstance(model, RuleModel):
        kind = "rfm" if isinstance(model.rules, RfmGrid) else "rules"
        return content | {"rules": {"kind": kind, "content": model.rules.to_dict()}}, {}
    arrays = {f"learnt/{name}": value for name, value in model.learnt.items()}
    for number, (learnt, order) in enumerate(zip(model.refits, model.refit_order, strict=True)):
        arrays |= {f"refit/{number}/{name}": value for name, value in learnt.items()}
        arrays[f"refit_order/{number}"] = order
    arrays["order"] = model.order
    content |= {"has_noise": model.has_noise, "n_refits": len(model.refits)}
    content["profiles"], content["overall"] = _table(model.profiles), _table(model.overall)
    content["space"] = _space_content(model.space, arrays, "space")
    content["structure"]["space"] = _space_content(structure.space, arrays, "structure_space")
    return content, arrays


def _table(table: pd.DataFrame) -> dict[str, Any]:
    return table.astype("object").where(table.notna(), None).to_dict("split") | {
        "name": table.index.name
    }


def _read_table(saved: Mapping[str, Any]) -> pd.DataFrame:
    index = pd.Index(saved["index"], name=saved["name"])
    table = pd.DataFrame(saved["data"], index=index, columns=saved["columns"])
    return table.apply(lambda column: column if column.name == "reading" else column.astype("float64"))


def _space_content(space: Space, arrays: Arrays, name: str) -> dict[str, Any]:
    for part in ("low", "high", "mean", "scale"):
        arrays[f"{name}/{part}"] = getattr(space, part)
    unskew = space.unskew
    fitted = hasattr(unskew, "methods_")
    if fitted:
        arrays[f"{name}/units"], arrays[f"{name}/powers"] = unskew.units_, unskew.lambdas_
    content: dict[str, Any] = {
        "form": space.form,
        "columns": list(space.columns),
        "kinds": list(space.kinds),
        "levels": {column: list(levels) for column, levels in space.levels.items()},
        "methods": unskew.methods_ if fitted else None,
        "famd": None,
    }
    if space.famd is not None:
        for part in FAMD_ARRAYS:
            arrays[f"{name}/famd/{part}"] = getattr(space.famd, part)
        for place, (levels, rare) in enumerate(zip(space.famd.levels_, space.famd.other_, strict=True)):
            arrays[f"{name}/famd/levels{place}"] = levels
            arrays[f"{name}/famd/other{place}"] = rare
        content["famd"] = {"categorical": [*space.famd.categorical]}
    return content


def _space(saved: Mapping[str, Any], arrays: Arrays, name: str) -> Space:
    """The frozen space, without fitting anything."""
    width = len(arrays[f"{name}/mean"])
    unskew, famd = Unskew(), None
    if saved["methods"] is not None:
        unskew.methods_, unskew.n_features_in_ = saved["methods"], width
        unskew.units_, unskew.lambdas_ = arrays[f"{name}/units"], arrays[f"{name}/powers"]
    if saved["famd"] is not None:
        famd = FAMD(categorical=saved["famd"]["categorical"])
        for part in FAMD_ARRAYS:
            setattr(famd, part, arrays[f"{name}/famd/{part}"])
        places = range(len(famd.categorical))
        famd.levels_ = [arrays[f"{name}/famd/levels{place}"] for place in places]
        famd.other_ = [arrays[f"{name}/famd/other{place}"] for place in places]
        famd.n_features_in_ = len(saved["columns"])
    return Space(
        form=saved["form"],
        columns=tuple(saved["columns"]),
        kinds=tuple(saved["kinds"]),
        levels={column: tuple(levels) for column, levels in saved["levels"].items()},
        unskew=unskew,
        famd=famd,
        **{part: arrays[f"{name}/{part}"] for part in ("low", "high", "mean", "scale")},
    )


def _segmentation(saved: dict[str, Any], arrays: Arrays, assigned: pd.DataFrame) -> Segmentation:
    model = _rule_model(saved) if "rules" in saved else _model(saved, arrays)
    labels = assigned["segment_key"].astype(pd.CategoricalDtype(saved["labels"]))
    return Segmentation(
        labels=labels,
        confidence=assigned["confidence"],
        stability=_read_table(saved["stability"]),
        structure=_structure(saved["structure"], arrays, model),
        model=model,
        method=saved["method"],
        random_state=saved["random_state"],
        confused=_read_table(saved["confused"]) if "confused" in saved else pd.DataFrame(),
    )


def _structure(saved: Mapping[str, Any], arrays: Arrays, model: Any) -> Structure:
    plain = {name: saved[name] for name in PLAIN}
    plain |= {"warnings": tuple(saved["warnings"]), "columns": tuple(saved["columns"])}
    if isinstance(model, RuleModel):
        space = bare_space(plain["columns"])
    else:
        space = _space(saved["space"], arrays, "structure_space")
    return Structure(
        **plain,
        by_k=_read_table(saved["by_k"]),
        flow=_read_table(saved["flow"]),
        gap=None if saved["gap"] is None else Gap(**saved["gap"]),
        ellipses=None if saved["ellipses"] is None else Ellipses(**saved["ellipses"]),
        space=space,
    )


def _rule_model(saved: Mapping[str, Any]) -> RuleModel:
    made = RfmGrid if saved["rules"]["kind"] == "rfm" else RuleSet
    return RuleModel(tuple(saved["keys"]), made.from_dict(saved["rules"]["content"]))


def _model(saved: Mapping[str, Any], arrays: Arrays) -> Model:
    refits = range(saved["n_refits"])
    return Model(
        keys=tuple(saved["keys"]),
        method=METHODS[saved["method"]],
        space=_space(saved["space"], arrays, "space"),
        learnt=_part(arrays, "learnt/"),
        order=arrays["order"],
        refits=[_part(arrays, f"refit/{number}/") for number in refits],
        refit_order=[arrays[f"refit_order/{number}"] for number in refits],
        profiles=_read_table(saved["profiles"]),
        overall=_read_table(saved["overall"]),
        has_noise=saved["has_noise"],
    )


def _part(arrays: Arrays, prefix: str) -> Arrays:
    return {name[len(prefix) :]: value for name, value in arrays.items() if name.startswith(prefix)}
