"""Keys for segments: made of what a segment is, never of an algorithm's cluster number."""

import hashlib
import json
import re

import numpy as np
import pandas as pd

from segkit.segments.space import Space


def trait_table(space: Space, coded: np.ndarray) -> pd.DataFrame:
    """Return each customer's traits: the numbers on the frozen scale, and a 0/1 for every level."""
    width = len(space.numbers)
    traits = dict(zip(space.numbers, space.scaled(coded[:, :width]).T, strict=True))
    for place, name in enumerate(space.categories, start=width):
        for code, level in enumerate(space.levels[name]):
            traits[f"{name}\t{level}"] = (coded[:, place] == code).astype("float64")
    return pd.DataFrame(traits)


def overall(traits: pd.DataFrame) -> pd.DataFrame:
    """Return mean and spread of all customers' traits: what a segment is like is told against them."""
    return pd.DataFrame({"mean": traits.mean(), "spread": traits.std(ddof=0).replace(0, 1)}).T


def segment_profiles(
    traits: pd.DataFrame, labels: np.ndarray, k: int, against: pd.DataFrame
) -> pd.DataFrame:
    """Return what each segment is like: one row per segment, one column per trait.

    Distance of the segment's mean from that of `against` in its standard deviations (`overall`): of
    a number, or of the share of a level.
    """
    means = [traits[labels == one].mean() for one in range(k)]
    return pd.DataFrame(means).sub(against.loc["mean"]).div(against.loc["spread"])


def segment_keys(profiles: pd.DataFrame) -> tuple[str, ...]:
    """Strongest trait and a hash of all of them: "high-fuel-share-1c9e", "area-city-07aa"."""
    for length in (4, 8, 16):
        keys = tuple(_key(row, length) for _, row in profiles.iterrows())
        if len(set(keys)) == len(keys):
            break
    return keys


def _key(profile: pd.Series, length: int) -> str:
    strongest = profile.abs().idxmax()
    name, _, level = str(strongest).partition("\t")
    side = "high" if profile[strongest] > 0 else "low"
    word = f"{name}-{'' if side == 'high' else 'not-'}{level}" if level else f"{side}-{name}"
    values = (profile.to_numpy().round(3) + 0.0).tolist()
    digest = hashlib.sha256(json.dumps(values).encode()).hexdigest()[:length]
    return f"{re.sub(r'[^a-z0-9]+', '-', word.lower()).strip('-')}-{digest}"
