"""Segments in a folder, as plain text and Parquet: a file from a stranger can't run code."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from segkit.errors import DataError
from segkit.segments.fit import Model, Segmentation
from segkit.segments.structure import Structure
from segkit.segments.transform import Unskew

FORMAT = 1
MODEL, ASSIGNMENTS = "model.json", "assignments.parquet"


def save_segments(segments: Segmentation, path: str | Path) -> Path:
    """Write segments to a folder.

    Parameters
    ----------
    segments : Segmentation
    path : str or pathlib.Path
        Folder; made when it doesn't exist. `model.json` holds the rule and no customer,
        `assignments.parquet` the customers: keep that one private.

    Returns
    -------
    pathlib.Path
    """
    folder = Path(path)
    folder.mkdir(parents=True, exist_ok=True)
    assigned = pd.DataFrame(
        {"segment_key": segments.labels.astype(str), "confidence": segments.confidence}
    )
    assigned.to_parquet(folder / ASSIGNMENTS)
    content = json.dumps(_content(segments), indent=1)
    (folder / MODEL).write_text(content + "\n", encoding="utf-8")
    return folder


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
        No such file, or not one that this version writes.
    """
    file = Path(path) / MODEL
    if not file.is_file():
        raise DataError(f"there is no {MODEL} in '{Path(path).name}'", "a folder of save_segments")
    try:
        saved = json.loads(file.read_text(encoding="utf-8"))
        if saved["format"] != FORMAT:
            raise DataError(f"{MODEL} has format {saved['format']}", f"format {FORMAT}")
        return _segmentation(saved, pd.read_parquet(file.parent / ASSIGNMENTS))
    except (json.JSONDecodeError, KeyError, TypeError) as error:
        raise DataError(f"{MODEL} is damaged: {error}", "a file of save_segments") from error


def _content(segments: Segmentation) -> dict[str, Any]:
    model, structure = segments.model, segments.structure
    unskew, scale = model.scaling[0], model.scaling[1]
    return {
        "format": FORMAT,
        "method": segments.method,
        "random_state": segments.random_state,
        "keys": list(model.keys),
        "columns": list(model.columns),
        "transforms": [
            {"method": method, "unit": float(unit), "lambda": float(power)}
            for method, unit, power in zip(unskew.methods_, unskew.units_, unskew.lambdas_, strict=True)
        ],
        "mean": scale.mean_.tolist(),
        "scale": scale.scale_.tolist(),
        "centres": model.centres.tolist(),
        "refits": model.refits.tolist(),
        "stability": segments.stability.reset_index().to_dict("list"),
        "structure": {
            "verdict": structure.verdict,
            "k": structure.k,
            "runner_up": structure.runner_up,
            "by_k": structure.by_k.reset_index().to_dict("list"),
            "n_customers": structure.n_customers,
            "n_boot": structure.n_boot,
            "n_starts": structure.n_starts,
            "min_share": structure.min_share,
            "is_fixed": structure.is_fixed,
        },
    }


def _segmentation(saved: dict[str, Any], assigned: pd.DataFrame) -> Segmentation:
    scaling, columns = _scaling(saved), tuple(saved["columns"])
    about = dict(saved["structure"])
    by_k = pd.DataFrame(about.pop("by_k")).set_index("k")
    structure = Structure(
        **about, by_k=by_k, columns=columns, random_state=saved["random_state"], scaling=scaling
    )
    keys = tuple(saved["keys"])
    labels = assigned["segment_key"].astype(pd.CategoricalDtype(list(keys)))
    return Segmentation(
        labels=labels,
        confidence=assigned["confidence"],
        stability=pd.DataFrame(saved["stability"]).set_index("segment_key"),
        structure=structure,
        model=Model(keys, columns, scaling, np.array(saved["centres"]), np.array(saved["refits"])),
        method=saved["method"],
        random_state=saved["random_state"],
    )


def _scaling(saved: dict[str, Any]) -> Pipeline:
    """The frozen transform and scale, without fitting anything."""
    width = len(saved["columns"])
    unskew, scale = Unskew(), StandardScaler()
    unskew.methods_ = [column["method"] for column in saved["transforms"]]
    unskew.units_ = np.array([column["unit"] for column in saved["transforms"]])
    unskew.lambdas_ = np.array([column["lambda"] for column in saved["transforms"]])
    scale.mean_, scale.scale_ = np.array(saved["mean"]), np.array(saved["scale"])
    scale.var_ = scale.scale_**2
    unskew.n_features_in_ = scale.n_features_in_ = width
    return make_pipeline(unskew, scale)
