"""A typical value that few are near is said to be one."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.personas.humps import PERCENTS, hollow
from segkit.reporting.charts import strip

N = 600


def ages(rng, n):
    age = (45 + 14 * rng.normal(size=n)).round()
    return np.where(rng.random(n) < 0.6, 5 * np.round(age / 5), age)


ONE = {
    "even": lambda rng, n: rng.uniform(size=n),
    "skewed": lambda rng, n: np.exp(rng.normal(size=n)),
    "heavy tails": lambda rng, n: rng.standard_t(3, n),
    "rounded ages": ages,
    "counts": lambda rng, n: rng.poisson(30, n).astype("float64"),
    "few answers": lambda rng, n: rng.choice([1.0, 5], n),
    "a heap": lambda rng, n: np.where(np.arange(n) % 2, 0, 5 + rng.normal(size=n)),
}


@pytest.mark.parametrize("form", ONE)
@pytest.mark.parametrize("n", [100, 1_000])
def test_one_mode_and_heaps_are_no_two_humps(form, n):
    found = [hollow(ONE[form](np.random.default_rng(seed), n)) for seed in range(20)]
    assert found == [None] * 20


def test_two_humps_are_found_between_them():
    rng = np.random.default_rng(1)
    for _ in range(10):
        values = rng.permutation(np.concatenate([rng.normal(0, 1, 600), rng.normal(4.5, 1, 400)]))
        assert 1 < hollow(values) < 3.5
    assert hollow(values[:90]) is None


@pytest.fixture(scope="module")
def shop():
    """Two kinds by what they spend; of the one, half come by day and half by night."""
    rng = np.random.default_rng(0)
    rich = np.arange(2 * N) % 2
    hour = np.where(np.arange(2 * N) % 4 == 1, 22, 10) * rich + 6 * (1 - rich)
    frame = pd.DataFrame({"spent": rich * 60 + rng.normal(100, 6, 2 * N)})
    return frame.assign(hour=hour + rng.normal(size=2 * N)).rename("person {:04d}".format)


@pytest.fixture(scope="module", params=[False, True], ids=["plain", "weighted"])
def profile(shop, request):
    weights = pd.Series(np.where(shop["hour"] > 20, 3.0, 1), shop.index) if request.param else None
    segments = segkit.fit_segments(shop[["spent"]], 2, n_boot=10, n_starts=5)
    return segkit.profile_segments(segments, shop[["spent"]], shop[["hour"]], weights=weights)


def test_the_share_below_and_the_place_are_measured(profile, shop):
    (key, name), row = next(iter(profile.humps.iterrows()))
    assert (len(profile.humps), name, row["n"]) == (1, "hour", N)
    assert 12 < row["cut"] < 20
    inside = (profile.segments.labels == key).to_numpy()
    is_below = (shop["hour"] < row["cut"])[inside]
    weights = 1 if profile.weights is None else profile.weights[inside]
    assert row["below"] == pytest.approx(np.average(is_below, weights=np.ones(N) * weights))
    assert row["below"] == pytest.approx(0.5 if profile.weights is None else 0.25, abs=0.02)
    assert row["below_low"] < row["below"] < row["below_high"]
    spread = row[list(PERCENTS)].to_numpy("float64")
    assert (np.diff(spread) > 0).all()
    assert ((spread < row["cut"]).mean() - row["below"]) == pytest.approx(0, abs=0.06)


def test_the_card_says_so_beside_the_trait(profile, shop):
    personas = segkit.describe_segments(profile, shop, n_boot=0)
    said = {card.key: card.humps for card in personas.cards if card.humps}
    assert list(said) == [profile.humps.index[0][0]]
    ((line, spread),) = next(iter(said.values()))
    below = "50%" if profile.weights is None else "25%"
    assert line.text.startswith(f"Hour has two humps: {below} are below ")
    assert {fact.id.split("/")[1] for fact in line.facts.values()} == {"hour"}
    assert set(line.facts.values()) <= set(personas.facts.values())
    assert strip(spread).count("<line") == len(PERCENTS)
