"""Category codes in a numeric matrix: checked, split off, and counted from 0."""

from collections.abc import Sequence

import numpy as np

from segkit.errors import DataError, ParameterError


def check_enough_rows(X: np.ndarray, k: int) -> None:
    """Refuse to form more groups than there are rows."""
    if not 1 <= k <= len(X):
        raise DataError(f"{k} groups of n_samples={len(X)} are asked for", "1 to n_samples")


def check_at_least_one(**parameters: int) -> None:
    """Refuse parameters below 1."""
    for name, value in parameters.items():
        if value < 1:
            raise ParameterError(f"{name} is {value}", "1 or more")


def split_columns(X: np.ndarray, categorical: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Split X into its numbers and, at the positions `categorical`, its category codes."""
    wrong = [place for place in categorical if place not in range(X.shape[1])]
    if wrong or len(set(categorical)) < len(categorical):
        raise ParameterError(
            f"categorical is {list(categorical)}", f"different positions, 0 to {X.shape[1] - 1}"
        )
    places = np.array(categorical, dtype="int64")
    return np.delete(X, places, axis=1), X[:, places]


def learn_levels(codes: np.ndarray) -> list[np.ndarray]:
    """List the distinct codes of each column, in order."""
    return [np.unique(column) for column in codes.T]


def encode(codes: np.ndarray, levels: list[np.ndarray]) -> np.ndarray:
    """Put positions in `levels` for codes, -1 for a code that isn't among them.

    Examples
    --------
    >>> encode(np.array([[7.0], [5.0], [6.0]]), [np.array([5.0, 7.0])]).ravel().tolist()
    [1, 0, -1]
    """
    found = np.empty(codes.shape, dtype="int64")
    for place, known in enumerate(levels):
        at = np.searchsorted(known, codes[:, place]).clip(max=len(known) - 1)
        found[:, place] = np.where(known[at] == codes[:, place], at, -1)
    return found
