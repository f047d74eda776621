"""Arithmetic that gives a row the same result to the last bit, alone or among a million.

Matrix products of the BLAS sum in an order that depends on the number of rows. Here every step works
element by element, so that assigning a customer today and in next month's batch can't differ.
"""

import numpy as np


def product(X: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Matrix product of shape (n_rows, n_out), summed column by column.

    Examples
    --------
    >>> product(np.array([[1.0, 2.0]]), np.array([[3.0], [4.0]])).tolist()
    [[11.0]]
    """
    total = np.zeros((len(X), weights.shape[1]))
    for column, weight in zip(X.T, weights, strict=True):
        total += column[:, None] * weight
    return total


def squared_distances(X: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """Squared Euclidean distance of every row to every centre, shape (n_rows, n_centres)."""
    total, step = np.zeros((len(centres), len(X))), np.empty((len(centres), len(X)))
    for column, centre in zip(np.ascontiguousarray(X.T), centres.T, strict=True):
        np.subtract(column, centre[:, None], out=step)
        total += np.square(step, out=step)
    return total.T
