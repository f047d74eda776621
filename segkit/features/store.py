"""A feature table in a private folder."""

import json
from pathlib import Path

import pandas as pd

from segkit.features.table import Features
from segkit.study import Study


def save_features(features: Features, folder: Path) -> None:
    """Write the feature table as Parquet and what describes it as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    features.frame.to_parquet(folder / "features.parquet")
    if features.descriptors is not None:
        features.descriptors.to_parquet(folder / "descriptors.parquet")
    about = {
        "dictionary": features.dictionary.reset_index().to_dict("list"),
        "left_out": dict(features.left_out),
        "as_of": features.as_of,
        "window": None if features.window is None else list(features.window),
        "scales": features.scales.reset_index().to_dict("list"),
    }
    (folder / "features.json").write_text(json.dumps(about, indent=1), encoding="utf-8")


def load_features(study: Study, folder: Path) -> Features:
    """Read what `save_features` wrote."""
    about = json.loads((folder / "features.json").read_text(encoding="utf-8"))
    descriptors = folder / "descriptors.parquet"
    window = about["window"]
    return Features(
        frame=pd.read_parquet(folder / "features.parquet"),
        dictionary=pd.DataFrame(about["dictionary"]).set_index("name"),
        descriptors=pd.read_parquet(descriptors) if descriptors.is_file() else None,
        scales=pd.DataFrame(about["scales"]).set_index("name"),
        left_out=about["left_out"],
        as_of=about["as_of"],
        window=None if window is None else (window[0], window[1]),
        study=study,
    )
