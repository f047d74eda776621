"""Made customers whose groups are known, and settings that keep the tests quick."""

import numpy as np
import pandas as pd

QUICK = {"n_boot": 10, "n_blobs": 19, "k_max": 4}
LEAST = {"n_boot": 2, "n_blobs": 2, "k_max": 3, "n_starts": 3}
"""For fits whose evidence isn't looked at."""


def customers(columns) -> pd.DataFrame:
    """A frame with customer ids."""
    frame = pd.DataFrame(columns)
    return frame.set_axis(pd.Index([f"c{row:04d}" for row in range(len(frame))], name="customer_id"))


def shuffled(frame, seed=1):
    """The same customers, rows and columns in another order."""
    mixed_up = frame.sample(frac=1, random_state=seed)
    return mixed_up.sample(frac=1, axis=1, random_state=seed)


def make_mixed(n=240, seed=0):
    """Three groups in two numbers and two categories, and their truth."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 3
    usual = rng.random((n, 2)) < 0.9
    areas, plans = np.array(["city", "suburb", "village"]), np.array(["basic", "plus", "pro"])
    other = rng.integers(0, 3, (n, 2))
    frame = customers(
        {
            "age": 40 + 10 * np.array([0, 2, 4])[truth] + 5 * rng.normal(size=n),
            "area": np.where(usual[:, 0], areas[truth], areas[other[:, 0]]),
            "plan": np.where(usual[:, 1], plans[truth], plans[other[:, 1]]),
            "spend": np.array([20, 60, 20])[truth] + 8 * rng.normal(size=n),
        }
    )
    return frame, truth


def make_long(n=300, seed=0):
    """Two parallel groups, six times as long as wide, aslant to both bases; and their truth."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 2
    along, across = 6 * rng.normal(size=n), 6 * truth + rng.normal(size=n)
    frame = {"spend": along + across, "visits": along - across, "age": rng.normal(size=n)}
    return customers(frame), truth


def make_answers(n=240, seed=0):
    """Three groups of people, each with two of six questions that they answer yes, and their truth."""
    rng = np.random.default_rng(seed)
    truth = np.arange(n) % 3
    chance = np.where(np.arange(6) % 3 == truth[:, None], 0.95, 0.05)
    answers = (rng.random((n, 6)) < chance).astype("int64")
    return customers({f"q{number}": column for number, column in enumerate(answers.T)}), truth
