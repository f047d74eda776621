import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError
from segkit.segments.kinds import check_frame, column_kind, is_smooth, missing
from tests.conftest import make_groups


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pd.Series([1, 2]), "number"),
        (pd.Series([1.5, np.nan]), "number"),
        (pd.Series([1, None], dtype="Int64"), "number"),
        (pd.Series([True, False]), "number"),
        (pd.Series([True, None], dtype="boolean"), "number"),
        (pd.Series(["city", "village"]), "category"),
        (pd.Series(["city", None], dtype="object"), "category"),
        (pd.Series(["city", "village"], dtype="category"), "category"),
        (pd.Series(pd.Categorical(["low"], ["low", "high"], ordered=True)), "ordinal"),
    ],
)
def test_a_column_is_taken_for_what_it_is(column, kind):
    assert column_kind(column) == kind


@pytest.mark.parametrize("values", [["2024-05-01"], ["2024-05-01T10:00"]])
def test_dates_are_refused_with_the_way_out(values):
    with pytest.raises(DataError, match=r"'since' is datetime.*Turn dates into days"):
        column_kind(pd.Series(pd.to_datetime(values), name="since"))


def test_durations_are_refused():
    with pytest.raises(DataError, match="'gap' is timedelta"):
        column_kind(pd.Series(pd.to_timedelta([1, 2], unit="D"), name="gap"))


@pytest.mark.parametrize(
    ("column", "where"),
    [
        (pd.Series([1.0, np.nan, np.inf, -np.inf]), [False, True, True, True]),
        (pd.Series([1, None], dtype="Int64"), [False, True]),
        (pd.Series([True, None], dtype="boolean"), [False, True]),
        (pd.Series(["a", None]), [False, True]),
        (pd.Series(pd.Categorical(["low", None], ["low"], ordered=True)), [False, True]),
    ],
)
def test_what_has_no_usable_value_counts_as_missing(column, where):
    assert missing(column).tolist() == where


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda frame: frame.head(1), "there are 1 customers"),
        (lambda frame: frame.head(19), "there are 19 customers. Accepted: 20 or more"),
        (lambda frame: frame[[]], "the frame has no columns"),
        (lambda frame: frame.assign(first=np.nan), "'first' is missing or infinite for 60 of 60"),
        (lambda frame: frame.assign(first=np.inf), "missing or infinite for 60 of 60"),
        (lambda frame: frame.assign(first=7.0), "'first' has the same value for all 60"),
        (lambda frame: frame.assign(first="x"), "'first' has the same value for all 60"),
        (lambda frame: frame.assign(first=frame.index), "'first' has 60 different texts.*id"),
        (lambda frame: pd.concat([frame, frame], axis=1), "two columns 'first'"),
        (lambda frame: frame.set_axis([0, "second"], axis=1), "a base is named 0.*Rename"),
    ],
)
def test_frames_that_cannot_be_cut_are_refused(change, said):
    with pytest.raises(DataError, match=said):
        check_frame(change(make_groups(60)[0]))


def test_what_is_no_frame_is_refused():
    with pytest.raises(ParameterError, match=r"frame is a ndarray.*DataFrame of the bases"):
        check_frame(np.eye(30))


def test_a_frame_of_every_kind_is_accepted():
    check_frame(
        pd.DataFrame(
            {
                "spend": np.arange(30.0),
                "is_member": [True, False] * 15,
                "area": ["city", "village", "suburb"] * 10,
                "rating": pd.Categorical(["low", "high"] * 15, ["low", "high"], ordered=True),
            }
        )
    )


@pytest.mark.parametrize(
    ("column", "answer"),
    [
        (np.linspace(0, 1, 50), True),
        (np.arange(50) % 12, False),  # few values
        (np.r_[np.zeros(10), np.linspace(1, 2, 90)], False),  # one heavy value
    ],
)
def test_a_smooth_column_has_many_values_and_none_heavy(column, answer):
    assert is_smooth(column) == answer
