import numpy as np
import pandas as pd
import pytest

from segkit.features.relations import relations


def test_between_numbers_it_is_spearman(demo_features):
    bases = demo_features.bases
    expected = bases.corr(method="spearman").round(2)
    pd.testing.assert_frame_equal(relations(bases), expected, check_names=False)


def test_columns_that_say_the_same_reach_1_whatever_their_kinds():
    rng = np.random.default_rng(0)
    town = pd.Series(rng.choice(["a", "b", "c"], 300))
    order = pd.Categorical(town, ["a", "b", "c"], ordered=True)
    frame = pd.DataFrame({"town": town, "again": town.map(str.upper), "order": order})
    assert relations(frame).to_numpy() == pytest.approx(1)


def test_columns_that_have_nothing_in_common_stay_near_0():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        {
            "x": rng.normal(size=3000),
            "t": rng.choice(list("ab"), 3000),
            "u": rng.choice(list("cd"), 3000),
        }
    )
    table = relations(frame)
    assert table.where(~np.eye(3, dtype=bool)).abs().max(axis=None) < 0.06


def test_gaps_count_only_among_rows_that_have_both():
    rng = np.random.default_rng(2)
    town = pd.Series(rng.choice(["a", "b", "c"], 900), dtype="object")
    spend = town.map({"a": 1.0, "b": 2.0, "c": 3.0}) + rng.normal(0, 0.5, 900)
    frame = pd.DataFrame({"town": town, "spend": spend, "again": spend**3, "same": town})
    frame.loc[:600, "town"] = None
    frame.loc[300:700, "again"] = np.nan
    table = relations(frame)
    assert table.loc["spend", "again"] == 1
    assert table.loc["town", "same"] == 1
    whole = relations(frame.dropna(subset="town").reset_index(drop=True)[["town", "spend"]])
    assert table.loc["town", "spend"] == whole.loc["town", "spend"]
