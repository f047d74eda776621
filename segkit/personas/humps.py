"""Typical values that few are near: where one segment's distribution has two humps."""

import numpy as np
import pandas as pd
from scipy.ndimage import gaussian_filter1d

from segkit.personas.measures import Measures
from segkit.segments.kinds import is_smooth

FEWEST = 100
"""Customers of a segment below which nothing is said of the form of a distribution."""
DEEP, CLEAR, SIDE = 0.7, 4.0, 0.2
"""Density of the hollow, as a part of the lower hump's; how many standard errors it is below that;
and the share of customers on either side."""
PERCENTS = tuple(range(5, 100, 5))
GRID = 256


def hollow(values: np.ndarray) -> float | None:
    """Find where values are few between two humps.

    Parameters
    ----------
    values : ndarray of float, shape (n,)

    Returns
    -------
    float or None
        The emptiest place between the humps, in the values' unit; None where there are no two.

    Notes
    -----
    By a kernel density as wide as a normal distribution's is best drawn (Silverman 1986), so it
    smooths two humps rather too much than too little. Of 200 samples of 100, 300, 1,000 and 3,000
    values each of nine distributions with one mode (uniform, exponential, log-normal, t, ages of which
    most are rounded, ...) none was said to have two; of two normal humps four standard deviations
    apart every sample from 1,000 on, half of those of 300. What has few different values, or one that
    many share, is not looked at.

    References
    ----------
    Silverman 1986, Density Estimation for Statistics and Data Analysis.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> hollow(rng.normal(size=900)) is None
    True
    >>> 1 < hollow(np.concatenate([rng.normal(0, 1, 500), rng.normal(5, 1, 400)])) < 4
    True
    """
    if len(values) < FEWEST or not is_smooth(values):
        return None
    low, high = np.quantile(values, [0.01, 0.99])
    inner = np.clip(values, low, high)
    counts, edges = np.histogram(inner, GRID)
    step = edges[1] - edges[0]
    width = 1.06 * inner.std() * len(values) ** -0.2
    density = gaussian_filter1d(counts / (len(values) * step), width / step, mode="reflect")
    from_left = np.maximum.accumulate(density)
    from_right = np.maximum.accumulate(density[::-1])[::-1]
    hump = np.minimum(from_left, from_right)
    roughness = 1 / (2 * np.sqrt(np.pi))
    error = np.sqrt((hump + density) * roughness / (len(values) * width))
    place = int(np.argmax((hump - density) / error))
    cut = float(edges[place])
    is_deep = density[place] <= DEEP * hump[place]
    is_clear = hump[place] - density[place] >= CLEAR * error[place]
    has_sides = SIDE <= (values < cut).mean() <= 1 - SIDE
    return cut if is_deep and is_clear and has_sides else None


def humps_of(
    numeric: pd.DataFrame, labels: pd.Series, kinds: pd.Series, measures: Measures
) -> pd.DataFrame:
    """Two humps of a number in a segment; see `Profile.humps`."""
    names = ["cut", "below", "below_low", "below_high", *PERCENTS, "n"]
    rows = {
        (key, str(name)): row
        for name, column in numeric.loc[:, kinds.reindex(numeric.columns).eq("number")].items()
        for key in labels.cat.categories
        if (row := _humps(column.to_numpy("float64"), (labels == key).to_numpy(), measures))
    }
    index = pd.MultiIndex.from_tuples(rows, names=["segment_key", "variable"])
    return pd.DataFrame(list(rows.values()), index=index, columns=names)


def _humps(column: np.ndarray, inside: np.ndarray, measures: Measures) -> tuple[float, ...] | None:
    known = inside & ~np.isnan(column)
    values, own = column[known], measures.among(known)
    cut = hollow(values)
    if cut is None:
        return None
    order = np.argsort(values)
    reached = np.cumsum(own.scaled(np.ones(len(values)))[order])
    at = np.interp(np.array(PERCENTS) / 100, (reached - reached[0] / 2) / reached[-1], values[order])
    return (cut, *own.share(values < cut), *at, len(values))
