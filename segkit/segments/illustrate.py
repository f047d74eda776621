"""A map of the customers: a picture to talk over, never evidence of segments."""

import warnings
from typing import Any

import numpy as np
import pandas as pd

from segkit.segments.segmentation import Segmentation
from segkit.segments.space import fit_space


def map_customers(
    segments: Segmentation,
    frame: pd.DataFrame,
    names: pd.Series | None = None,
    *,
    n_rows: int = 1_500,
    random_state: int = 0,
    ax: Any = None,
) -> Any:
    """Draw a UMAP map of a sample of customers, coloured by segment.

    Parameters
    ----------
    segments : Segmentation
    frame : pandas.DataFrame
        The bases they were cut from.
    names : pandas.Series, optional
        Name by segment key.
    n_rows : int, default 1,500
        Customers drawn at most, a random sample.
    random_state : int, default 0
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes

    Notes
    -----
    UMAP (McInnes, Healy & Melville 2018) shows islands in data without any, so islands here prove
    nothing; `assess_structure` is the evidence.
    """
    import umap

    from segkit import figures

    drawn = frame.loc[segments.labels.index]
    drawn = drawn.sample(min(n_rows, len(drawn)), random_state=random_state).sort_index()
    space = getattr(segments.model, "space", None) or fit_space(frame)[0]  # rules have none
    X = space.transform(drawn)
    with warnings.catch_warnings():
        # said on every seeded fit: with a seed UMAP uses one thread, which is what a seed is for
        warnings.filterwarnings("ignore", message="n_jobs value", category=UserWarning)
        points = umap.UMAP(random_state=random_state).fit_transform(X)
    keys = segments.labels[drawn.index].astype(str)
    shown = keys if names is None else keys.map(names)
    return figures.customer_map(np.asarray(points), list(shown), ax=ax)
