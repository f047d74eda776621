import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.segments.fit import fit_segments
from segkit.segments.nested import fit_within
from tests.conftest import make_groups
from tests.segments.made import LEAST


@pytest.fixture(scope="module")
def shops():
    """Customers of three shops: two with three groups each, one with 40 customers."""
    frame = make_groups(280)[0]
    frame["visits"] = np.random.default_rng(0).normal(size=280)
    shop = pd.Series(np.repeat(["north", "south", "east"], [120, 120, 40]), index=frame.index)
    return frame, shop


@pytest.fixture(scope="module")
def nested(shops):
    return fit_within(*shops, k=3, **LEAST)


def test_each_group_gets_a_cut_of_its_own(shops, nested):
    frame, shop = shops
    for name in ("north", "south"):
        rows = shop == name
        alone = fit_segments(frame[rows], 3, **LEAST)
        assert nested.parts[name].model.keys == alone.model.keys
        expected = f"{name} / " + alone.labels.astype("object")
        pd.testing.assert_series_equal(
            nested.labels[rows].astype("object"), expected, check_names=False
        )


def test_a_small_group_is_left_whole_and_it_is_said_why(nested):
    row = nested.table.loc["east"]
    assert (row["customers"], row["segments"]) == (40, 1)
    assert row["left_whole"] == "fewer than 100 customers"
    assert (nested.labels == "east").sum() == 40


def test_the_table_tells_each_groups_evidence(nested):
    assert nested.table["customers"].sum() == 280
    assert nested.table.loc["north", "segments"] == 3
    assert nested.table.loc["north", "verdict"] == nested.parts["north"].structure.verdict
    assert "2 of 3 groups are cut further, into 6 segments" in nested.reading


def test_everyone_is_in_one_segment(nested):
    assert nested.labels.notna().all()
    assert nested.labels.nunique() == 7


def test_assigning_the_fitted_customers_returns_their_segments(shops, nested):
    assigned = nested.assign(*shops)
    assert assigned.columns.tolist() == ["segment_key", "confidence", "note"]
    np.testing.assert_array_equal(assigned["segment_key"], nested.labels.astype("object"))
    assert (assigned.loc[shops[1] == "east", "confidence"] == 1).all()


def test_one_customer_at_a_time_is_assigned_as_all_at_once(shops, nested):
    frame, shop = shops[0].iloc[::40], shops[1].iloc[::40]
    one_by_one = pd.concat([nested.assign(frame.iloc[[row]], shop) for row in range(len(frame))])
    pd.testing.assert_frame_equal(one_by_one, nested.assign(frame, shop))


def test_a_group_never_seen_gives_no_key(shops, nested):
    frame, shop = shops[0].head(3), shops[1].head(3).to_list()
    assigned = nested.assign(frame, pd.Series([shop[0], "west", None], index=frame.index))
    assert assigned["segment_key"].isna().tolist() == [False, True, True]
    assert assigned["note"].tolist() == ["", "group never seen", "group never seen"]


def test_a_missing_base_is_told_within_a_group(shops, nested):
    odd = shops[0].head(1).assign(first=np.nan)
    assigned = nested.assign(odd, shops[1])
    assert assigned["note"].item() == "missing: first"
    assert assigned["segment_key"].isna().all()


def test_segments_of_a_broader_cut_can_be_cut_further(shops):
    frame = shops[0].head(240)
    broad = fit_segments(frame, 2, **LEAST)
    nested = fit_within(frame, broad.labels, smallest=50, k=2, **LEAST)
    assert set(nested.parts) == set(broad.model.keys)
    assert nested.labels.str.split(" / ").str[0].eq(broad.labels.astype("object")).all()


def test_only_natural_leaves_a_cloud_whole():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.normal(size=(120, 3)), columns=["age", "spend", "visits"])
    nested = fit_within(frame, pd.Series("all", index=frame.index), only_natural=True, **LEAST)
    assert nested.parts == {}
    assert nested.table.loc["all", "left_whole"].startswith("no separate groups (")


def test_a_base_that_never_varies_in_a_group_is_left_out_there(shops):
    frame, shop = shops[0].copy(), shops[1]
    frame.loc[shop == "north", "visits"] = 1.0
    nested = fit_within(frame, shop.replace("east", "south"), k=3, **LEAST)
    assert nested.parts["north"].model.columns == ("first", "second")
    assert nested.parts["south"].model.columns == ("first", "second", "visits")


def test_a_group_in_which_nothing_varies_is_left_whole(shops):
    same = shops[0].assign(first=1.0, second=2.0, visits=3.0)
    nested = fit_within(same, shops[1], **LEAST)
    assert (nested.table.loc[["north", "south"], "left_whole"] == "no base differs").all()


def test_customers_without_a_group_are_refused_with_their_number(shops):
    frame, shop = shops
    with pytest.raises(DataError, match="40 of 280 customers are in no group"):
        fit_within(frame, shop[shop != "east"])


def test_a_nested_cut_shows_its_table_and_no_customer(shops, nested):
    shown = repr(nested) + nested._repr_html_()
    assert not any(customer in shown for customer in shops[0].index)
