import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError
from segkit.features.scales import cronbach_alpha, keyed, reliability, score
from segkit.study.scales import ScaleSpec

CALM = ScaleSpec(["a", "b", "c"], [1, 6], "Calm", reverse=["b"], min_answered=0.6)


def test_reversed_items_are_turned_within_the_range():
    answers = pd.DataFrame({"a": [1], "b": [2], "c": [6]})
    assert keyed(answers, CALM).iloc[0].tolist() == [1, 5, 6]


def test_a_score_needs_enough_answers():
    answers = pd.DataFrame({"a": [2, 2], "b": [6, np.nan], "c": [np.nan, np.nan]})
    assert score(answers, CALM).iloc[0] == 1.5
    assert score(answers, CALM).isna().tolist() == [False, True]


def test_alpha_is_1_for_equal_items_and_about_0_for_unrelated_ones():
    rng = np.random.default_rng(0)
    one = pd.Series(rng.normal(size=2000))
    assert cronbach_alpha(pd.DataFrame({"a": one, "b": one})) == pytest.approx(1)
    unrelated = pd.DataFrame(rng.normal(size=(2000, 4)))
    assert abs(cronbach_alpha(unrelated)) < 0.1


def test_alpha_of_one_item_or_of_constant_items_is_no_number():
    assert np.isnan(cronbach_alpha(pd.DataFrame({"a": [1.0, 2.0]})))
    assert np.isnan(cronbach_alpha(pd.DataFrame({"a": [1.0, 1.0], "b": [2.0, 2.0]})))


def test_a_scale_whose_items_speak_of_different_things_is_warned_of():
    answers = pd.DataFrame(np.random.default_rng(1).integers(1, 7, (500, 3)), columns=list("abc"))
    row = reliability(answers, {"calm": CALM}).loc["calm"]
    assert "is below 0.60" in row["warning"]
    assert row["items"] == 3


def test_answers_outside_the_range_are_counted_and_no_answers():
    rng = np.random.default_rng(2)
    answers = pd.DataFrame(rng.integers(1, 7, (40, 3)), columns=list("abc"))
    answers.loc[0, "a"], answers.loc[1, "b"] = 99, 7
    content = {
        "title": "T", "decision": "D", "as_of": "2024-01-01", "bases": ["calm"],
        "tables": {"customers": {"file": "x.csv", "columns": {}}},
        "scales": {"calm": {"items": ["a", "b", "c"], "range": [1, 6], "min_answered": 0.6,
                            "missing": {99: "don't know"}}},
    }  # fmt: skip
    tables = segkit.load_tables(segkit.load_study(content), customers=answers)
    unread = tables.quality.unread.set_index(["trait", "outcome"])["customers"].to_dict()
    assert unread == {("a", "don't know"): 1, ("b", "not plausible (outside 1 to 6)"): 1}
    features = segkit.build_features(tables, as_of="2024-01-01")
    assert features.frame["calm"].notna().all()
    assert features.frame["calm"].iloc[0] == answers.loc[0, ["b", "c"]].mean()


def test_a_scale_whose_item_is_no_column_is_refused():
    content = {
        "title": "T", "decision": "D", "as_of": "2024-01-01", "bases": ["calm"],
        "tables": {"customers": {"file": "x.csv", "columns": {}}},
        "scales": {"calm": {"items": ["a1", "a2"], "range": [1, 6]}},
    }  # fmt: skip
    frame = pd.DataFrame({"a1": [1] * 20, "b2": [1] * 20})
    with pytest.raises(DataError, match="has no column 'a2'"):
        segkit.load_tables(segkit.load_study(content), customers=frame)
