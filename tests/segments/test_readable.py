import duckdb
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from sklearn.cluster import KMeans
from sklearn.preprocessing import StandardScaler

from segkit.errors import DataError, ParameterError
from segkit.segments.rules.heldout import held_out, scores
from segkit.segments.rules.readable import readable_rules
from segkit.segments.rules.surrogate import rounded_cut


def planted(n=600, *, seed=0, missing=0.0, noise=0.0):
    """Segments by rule: few orders "rare"; else by area: city "urban", the rest "rural"."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "n_orders": rng.integers(1, 40, n).astype(float),
            "revenue": rng.lognormal(3, 1, n),
            "area": rng.choice(["city", "the 'burbs", "village"], n),
            "is_member": rng.random(n) < 0.4,
        },
        index=pd.Index([f"c{i:04d}" for i in range(n)], name="customer_id"),
    )
    by_area = np.where(frame["area"] == "city", "it's urban", "rural")
    labels = np.where(frame["n_orders"] <= 10, "rare", by_area)
    labels = np.where(rng.random(n) < noise, "rare", labels)
    hidden = rng.random((n, 4)) < missing
    frame = frame.astype({"is_member": object}).mask(hidden) if missing else frame
    return pd.Series(labels, index=frame.index), frame


@pytest.fixture(scope="module")
def found():
    return readable_rules(*planted())


def by_duckdb(rules, frame):
    with duckdb.connect() as connection:
        connection.register("customers", frame.rename_axis("customer_id").reset_index())
        found = connection.sql(rules.to_sql("customers")).df().set_index("customer_id")
    return found["segment_key"].reindex(frame.index).tolist()


def test_planted_rules_are_read_back_word_for_word(found):
    rules = found.rules.set_index("segment_key")["rule"]
    assert rules.to_dict() == {
        "rare": "n_orders at most 10",
        "it's urban": "n_orders above 10; area is city",
        "rural": "n_orders above 10; area is not city",
    }


def test_rules_that_are_the_segments_are_faithful(found):
    assert found.fidelity == found.macro_f1 == 1
    assert found.is_faithful
    assert "Warning" not in found.reading
    assert found.rules[["coverage", "precision"]].eq(1).all(axis=None)


def test_segments_are_listed_largest_first(found):
    labels, _ = planted()
    assert found.rules["segment_key"].tolist() == labels.value_counts().index.tolist()


def test_figures_are_measured_on_customers_held_out(found):
    labels, frame = planted()
    assert (found.n_train, found.n_test) == (420, 180)
    assert found.rules["customers"].sum() == 180
    shuffled = pd.Series(np.random.default_rng(0).permutation(labels), labels.index)
    noise = readable_rules(shuffled, frame, max_depth=12, min_share=0)
    assert (noise.assign(frame).astype(str) == shuffled).mean() > noise.fidelity + 0.2


def test_each_segment_is_held_out_by_the_same_share():
    keys = np.repeat(["a", "b", "c"], [100, 20, 3])
    is_test = held_out(keys, 0.3, seed=0)
    assert [int(is_test[keys == key].sum()) for key in "abc"] == [30, 6, 1]


def test_scores_are_those_of_counting_by_hand():
    truth, named = np.repeat(["a", "b"], [6, 4]), np.array([*"aaaaab", *"bbaa"])
    ends = binomtest(7, 10).proportion_ci(method="wilson")
    assert scores(named, truth, "a") == pytest.approx(
        {
            "fidelity": 0.7,
            "fidelity_low": ends.low,
            "fidelity_high": ends.high,
            "macro_f1": (2 * 5 / (6 + 7) + 2 * 2 / (4 + 3)) / 2,
            "baseline": 0.6,
        }
    )


def test_coverage_and_precision_add_up_to_the_fidelity():
    found = readable_rules(*planted(noise=0.3, seed=2), test_share=0.5)
    rules = found.rules.set_index("segment_key")
    right = rules["precision"] * rules["customers"]
    assert right.sum() == pytest.approx(found.fidelity * found.n_test)
    assert (right / rules["coverage"]).sum() == pytest.approx(found.n_test)
    assert (right / rules["coverage"]).max() == pytest.approx(found.baseline * found.n_test)
    f1 = 2 / (1 / rules["coverage"] + 1 / rules["precision"])
    assert found.macro_f1 == pytest.approx(f1.mean())


def test_unfaithful_rules_come_with_a_warning():
    labels, frame = planted(noise=0.4)
    reading = readable_rules(labels, frame).reading
    assert "Warning: below 80% the rules are no stand-in for the segments" in reading
    assert "always naming the largest segment would be right for" in reading


def test_a_large_segment_does_not_hide_that_a_small_one_is_missed():
    _, frame = planted(n=1_000)
    odd = np.random.default_rng(0).random(1_000) < 0.08
    found = readable_rules(pd.Series(np.where(odd, "odd", "usual"), frame.index), frame)
    assert found.is_faithful
    assert "macro-F1 below 0.80" in found.reading
    assert "not clearly better than the baseline" in found.reading
    assert "No rule catches odd." in found.reading
    assert found.assign(frame).eq("usual").all()


def test_figures_on_few_customers_are_left_out():
    _, frame = planted(n=300)
    labels = pd.Series(np.where(frame["n_orders"] <= 1, "once", "more"), frame.index)
    found = readable_rules(labels, frame)
    row = found.rules.set_index("segment_key").loc["once"]
    assert 0 < row["customers"] < 10
    assert row[["coverage", "precision"]].isna().all()
    assert "Figures on fewer than 10 customers are left out (1 rule" in found.reading


@pytest.mark.parametrize("seed", range(8))
def test_sql_and_assign_are_the_same_rule(seed):
    labels, frame = planted(seed=seed, missing=0.1 * (seed % 2), noise=0.2)
    found = readable_rules(labels, frame, max_depth=5, random_state=seed)
    assert by_duckdb(found, frame) == found.assign(frame).tolist()
    new = planted(seed=seed + 50, missing=0.2)[1].replace({"area": {"village": "moon"}})
    assert by_duckdb(found, new) == found.assign(new).tolist()


@pytest.mark.parametrize("seed", range(8))
def test_each_customer_falls_into_exactly_one_leaf(seed):
    labels, frame = planted(seed=seed, missing=0.2, noise=0.3)
    found = readable_rules(labels, frame, max_depth=6, min_share=0.002)
    new = planted(seed=seed + 50, missing=0.5)[1]
    inside = np.array([path.holds(new, found.kinds) for path in found.paths])
    assert (inside.sum(axis=0) == 1).all()


def test_missing_values_that_tell_segments_apart_are_in_the_words():
    labels, frame = planted()
    hidden = frame["revenue"].mask(labels == "rare")
    is_rare = labels.where(labels == "rare", "other")
    rules = readable_rules(is_rare, frame.assign(revenue=hidden, n_orders=1)).rules
    assert rules["rule"].tolist() == ["revenue is known", "revenue is missing"]


@pytest.mark.parametrize("side", ["low", "high"])
def test_missing_numbers_go_to_the_side_where_they_belong(side):
    x = pd.Series(np.tile([*range(10), np.nan, np.nan], 30), name="x")
    labels = pd.Series(np.where(x.isna(), side, np.where(x <= 2, "low", "high")))
    found = readable_rules(labels, x.to_frame(), max_depth=1)
    assert found.fidelity == 1
    words = {"low": "x at most 2", "high": "x above 2"}
    words[side] += " or missing"
    assert found.rules.set_index("segment_key")["rule"].to_dict() == words


def test_missing_text_is_a_level_of_its_own():
    labels, frame = planted()
    area = frame["area"].mask(labels == "rare")
    rules = readable_rules(labels.where(labels == "rare", "other"), frame[[]].assign(area=area)).rules
    assert rules["rule"].tolist() == ["area is known", "area is missing"]


def test_true_and_false_are_said_as_such():
    _, frame = planted()
    labels = frame["is_member"].map({True: "in", False: "out"})
    rules = readable_rules(labels, frame[["is_member"]]).rules
    assert rules["rule"].tolist() == ["is_member is false", "is_member is true"]


def test_alternatives_of_a_segment_are_one_rule_with_its_leaves_beside_it():
    _, frame = planted()
    middle = frame["n_orders"].between(11, 30)
    found = readable_rules(pd.Series(np.where(middle, "some", "ends"), frame.index), frame)
    rules = found.rules.set_index("segment_key")
    assert rules.at["ends", "rule"] == "(n_orders at most 10) or (n_orders above 30)"
    assert rules.at["some", "rule"] == "n_orders above 10 and at most 30"
    assert found.leaves["segment_key"].tolist() == ["some", "ends", "ends"]


def test_the_order_of_rows_and_columns_changes_nothing():
    labels, frame = planted(noise=0.3, missing=0.1)
    found = readable_rules(labels, frame)
    shuffled = frame.sample(frac=1, random_state=1)[frame.columns[::-1]]
    again = readable_rules(labels.sample(frac=1, random_state=2), shuffled)
    assert again.reading == found.reading
    pd.testing.assert_frame_equal(again.rules, found.rules)
    assert again.to_sql("t") == found.to_sql("t")


def test_the_same_seed_gives_the_same_rules():
    labels, frame = planted(noise=0.3)
    first, again = (readable_rules(labels, frame, random_state=3) for _ in range(2))
    assert first.reading == again.reading
    assert first.reading != readable_rules(labels, frame, random_state=4).reading


@pytest.mark.parametrize("unit", [1e-9, 1e9, 2.0**60])
def test_the_unit_of_a_column_changes_no_assignment(unit):
    labels, frame = planted(noise=0.2)
    other = frame.assign(n_orders=frame["n_orders"] * unit)
    ours = readable_rules(labels, frame[["n_orders"]]).assign(frame)
    theirs = readable_rules(labels, other[["n_orders"]]).assign(other)
    assert theirs.astype(str).equals(ours.astype(str))


@pytest.mark.parametrize(
    ("low", "high", "cut"),
    [
        ([1, 37.2], [41.9, 60], 40),
        ([10], [11], 10),
        ([7], [8], 7),
        ([411], [412], 411),
        ([-8], [-7], -8),
        ([1.23], [1.24], 1.23),
        ([-0.5], [0.7], 0.1),
        ([99_999], [100_001], 100_000),
        ([20240101], [20240104], 20240102),
        ([0.1], [np.nextafter(0.1, 1)], 0.1),
    ],
)
def test_cut_points_have_as_few_digits_as_they_can(low, high, cut):
    rounded = rounded_cut(np.array(low, dtype=float), np.array(high, dtype=float))
    assert rounded == cut
    assert max(low) <= rounded < min(high)


def test_a_cut_point_of_more_digits_may_move_one_in_a_hundred():
    low, high = np.linspace(1, 12345.6, 500), np.linspace(12345.7, 30_000, 500)
    assert rounded_cut(low, high) == 12_350
    assert rounded_cut(low[-20:], np.full(20, 12345.7)) == 12_345.6


def test_words_sql_and_figures_go_by_the_rounded_cut_point():
    rng = np.random.default_rng(0)
    frame = pd.DataFrame({"revenue": rng.uniform(0, 30_000, 4_000)})
    labels = pd.Series(np.where(frame["revenue"] <= 12_345.6, "low", "high"))
    found = readable_rules(labels, frame, max_depth=1)
    (cut,) = {path.where["revenue"].intervals[0].low for path in found.paths} - {-np.inf}
    assert f"revenue above {cut:,.0f}" in found.rules["rule"].tolist()
    assert f'"revenue" <= {cut:.0f} ' in found.to_sql("t")
    assert (found.assign(frame) == "low").sum() == (frame["revenue"] <= cut).sum()


def test_rare_levels_are_not_asked_for():
    labels, frame = planted()
    found = readable_rules(labels, frame.assign(email=frame.index), min_share=0.02)
    assert found.unused == ("email",)
    assert "email" not in found.to_sql("t")


def test_labels_in_another_order_are_aligned_by_customer(found):
    labels, frame = planted()
    again = readable_rules(labels[::-1].astype("category"), frame)
    assert again.reading == found.reading


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda y, X: (y.head(500), X), "100 customers are in one of labels and frame only"),
        (lambda y, X: (y.mask(y == "rare"), X), r"\d+ of 600 customers have no segment"),
        (lambda y, X: (y.map(lambda _: "all"), X), "there are 1 segments"),
        (lambda y, X: (y, X.assign(day=pd.Timestamp("2024-01-01"))), "'day' is datetime64"),
        (lambda y, X: (y, X.assign(n_orders=np.inf)), "'n_orders' holds infinite"),
        (lambda y, X: (y, X.assign(n_orders=np.nan)[["n_orders"]]), "no column of the frame"),
        (lambda y, X: (y, X.rename(columns={"area": 3})), "a column is called 3"),
        (lambda y, X: (y.head(30), X.head(30)), "would leave 9 on one side"),
        (lambda y, X: (y.set_axis([1] * 600), X), "differ in their index"),
    ],
)
def test_tables_that_no_rule_can_be_made_of_are_refused(change, said):
    with pytest.raises(DataError, match=said):
        readable_rules(*change(*planted()))


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"max_depth": 0}, "max_depth is 0"),
        ({"min_share": 0.7}, "min_share is 0.7"),
        ({"test_share": 1.0}, "test_share is 1.0"),
    ],
)
def test_settings_out_of_range_are_refused(setting, said):
    with pytest.raises(ParameterError, match=said):
        readable_rules(*planted(), **setting)


def test_segments_that_are_no_series_are_refused():
    labels, frame = planted()
    with pytest.raises(ParameterError, match=r"labels is a list.*Series"):
        readable_rules(list(labels), frame)


def test_assign_names_a_missing_column_s_nearest(found):
    with pytest.raises(DataError, match=r"no column 'area'.*Did you mean 'areas'"):
        found.assign(planted()[1].rename(columns={"area": "areas"}))


def test_results_show_themselves_in_words_and_as_html(found):
    assert repr(found).startswith("ReadableRules: Rules on area, n_orders name the segment of 100%")
    assert "n_orders above 10; area is city" in found._repr_html_()


def test_inputs_stay_as_they_were():
    labels, frame = planted()
    before = labels.copy(), frame.copy()
    readable_rules(labels, frame).assign(frame)
    pd.testing.assert_series_equal(labels, before[0])
    pd.testing.assert_frame_equal(frame, before[1])


def test_clusters_of_real_customers_are_readable(shared_data):
    path = shared_data / "customer_personality" / "marketing_campaign.csv"
    raw = pd.read_csv(path, sep=";", encoding="utf-8-sig", dtype={"ID": str}).set_index("ID")
    frame = raw.drop(columns="Dt_Customer")
    bases = frame[["Income", "MntWines", "NumWebPurchases", "NumStorePurchases"]].dropna()
    clusters = KMeans(4, n_init=5, random_state=0).fit_predict(StandardScaler().fit_transform(bases))
    labels = pd.Series([f"s{cluster}" for cluster in clusters], bases.index)
    found = readable_rules(labels, frame.loc[bases.index])
    assert found.is_faithful
    assert found.fidelity_low > found.baseline
    assert by_duckdb(found, frame) == found.assign(frame).tolist()
