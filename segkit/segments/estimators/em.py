"""Expectation and maximisation for latent classes."""

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Rows:
    """Indicators of shape (n_indicators, n_rows), and the overall shares of levels.

    A sample keeps the shares of all rows, so that a level that it lacks gets no share of 0.
    """

    indicators: np.ndarray
    overall: np.ndarray
    n_numeric: int

    def __len__(self) -> int:
        return self.indicators.shape[1]

    def __getitem__(self, rows: np.ndarray) -> "Rows":
        return replace(self, indicators=self.indicators[:, rows])

    @property
    def n_levels(self) -> int:
        """Indicators that are levels; the others are numbers and their squares."""
        return len(self.overall)


@dataclass(frozen=True)
class Classes:
    """Parameters of k latent classes."""

    weights: np.ndarray
    shares: np.ndarray
    means: np.ndarray
    variances: np.ndarray

    def at(self, order: np.ndarray) -> "Classes":
        """Put the classes in another order."""
        return Classes(
            self.weights[order], self.shares[order], self.means[order], self.variances[order]
        )

    def linear(self) -> tuple[np.ndarray, np.ndarray]:
        """Slopes (k, n_indicators) and offsets (k,) that give log densities from indicators."""
        slopes = [np.log(self.shares), self.means / self.variances, -0.5 / self.variances]
        constant = self.means**2 / self.variances + np.log(2 * np.pi * self.variances)
        return np.hstack(slopes), np.log(self.weights) - 0.5 * constant.sum(axis=1)

    def log_prior(self, overall: np.ndarray) -> float:
        """Weight of the made-up rows; `overall` are the shares of levels in all rows."""
        k = len(self.weights)
        spread = np.log(self.variances) + k**-2.0 / self.variances
        shares = (np.log(self.shares) * overall).sum()
        return float(np.log(self.weights).mean() + shares - 0.5 * spread.sum())


@dataclass(frozen=True)
class Run:
    """Where EM has come to from one start."""

    classes: Classes
    bound: float
    n_iter: int
    converged: bool


def run_em(rows: Rows, classes: Classes, max_iter: int, tol: float) -> Run:
    """Take turns until the bound rises by less than tol."""
    bound, member = expected(rows, classes)
    n_iter, converged = 0, False
    while not converged and n_iter < max_iter:
        classes = maximised(rows, member)
        before, (bound, member) = bound, expected(rows, classes)
        n_iter, converged = n_iter + 1, bound - before < tol
    return Run(classes, bound, n_iter, converged)


def expected(rows: Rows, classes: Classes) -> tuple[float, np.ndarray]:
    """Bound per row, and probabilities of membership of shape (k, n_rows)."""
    slopes, offsets = classes.linear()
    likelihood, member = normalised(slopes @ rows.indicators + offsets[:, None])
    return float(likelihood.mean()) + classes.log_prior(rows.overall) / len(rows), member


def maximised(rows: Rows, member: np.ndarray) -> Classes:
    """Classes that fit the memberships best, with one made-up row in each."""
    k, sizes = len(member), member.sum(axis=1)
    levels, sums, squares = np.split(
        member @ rows.indicators.T, [rows.n_levels, rows.n_levels + rows.n_numeric], axis=1
    )
    filled = np.maximum(sizes, np.finfo("float64").tiny)[:, None]
    means = sums / filled
    scatter = np.maximum(squares - filled * means**2, 0)
    return Classes(
        weights=(sizes + 1 / k) / (len(rows) + 1),
        shares=(levels + rows.overall) / (filled + 1),
        means=means,
        variances=(scatter + k**-2.0) / (filled + 1),
    )


def normalised(joint: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Log of the sum over classes of exp(joint), and its parts as shares; classes come first."""
    largest = joint.max(axis=0)
    parts = np.exp(joint - largest)
    total = parts.sum(axis=0)
    return largest + np.log(total), parts / total


def drawn_classes(rows: Rows, k: int, rng: np.random.RandomState) -> Classes:
    """Classes around k rows: the more alike a row is, the more it belongs."""
    n_levels, n_numbers = rows.n_levels, rows.n_levels + rows.n_numeric
    chosen = rows.indicators[:n_numbers, rng.choice(len(rows), k, replace=False)].T
    offsets = -0.5 * (chosen[:, n_levels:] ** 2).sum(axis=1)
    return maximised(rows, normalised(chosen @ rows.indicators[:n_numbers] + offsets[:, None])[1])
