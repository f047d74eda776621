import itertools
import json

import duckdb
import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError, ParameterError, StudyError
from segkit.segments.rules.rfm import CELLS, RfmGrid, rfm_rules
from segkit.segments.rules.ruleset import rule_set

ALL_125 = pd.DataFrame(list(itertools.product(range(1, 6), repeat=3)), columns=["r", "f", "m"])
BY_R = [
    {"name": "Lately", "where": {"r": {"from": 3}}},
    {"name": "Long ago", "where": {"r": {"below": 3}}},
]


@pytest.fixture
def frame():
    """Ten customers with recency 1 to 10 days, seven of them with one order, revenue 10 to 100."""
    return pd.DataFrame(
        {
            "recency_days": range(1, 11),
            "n_orders": [1, 1, 1, 1, 1, 1, 1, 2, 3, 9],
            "revenue": np.arange(10.0, 101.0, 10.0),
        },
        index=pd.Index([f"c{i}" for i in range(10)], name="customer_id"),
    )


def customers(n=400, *, seed=0):
    rng = np.random.default_rng(seed)
    orders = rng.geometric(0.4, n)
    return pd.DataFrame(
        {
            "recency_days": rng.integers(0, 200, n),
            "n_orders": orders,
            "revenue": (orders * rng.lognormal(3, 1, n)).round(2),
        },
        index=pd.Index([f"c{i}" for i in range(n)], name="customer_id"),
    )


def by_duckdb(grid, frame):
    with duckdb.connect() as connection:
        connection.register("customers", frame.reset_index())
        found = connection.sql(grid.to_sql("customers")).df().set_index("customer_id")
    return found["segment_key"].reindex(frame.index)


def with_mean(codes):
    return codes.assign(fm=(codes["f"] + codes["m"]) // 2)


def naive_cell(r, f, m):
    fm = (f + m) // 2
    if fm >= 4:
        left = "Can't lose them" if fm == 5 else "At risk"
        return {5: "Champions", 4: "Loyal", 3: "Loyal"}.get(r, left)
    if r >= 4 and fm >= 2:
        return "Potential loyalists"
    if r <= 2 and fm == 3:
        return "At risk"
    low = {5: "New customers", 4: "Promising", 3: "About to sleep", 2: "Hibernating", 1: "Lost"}
    return "Need attention" if fm == 3 else low[r]


def test_every_one_of_the_125_codes_lies_in_exactly_one_cell():
    holds = [ALL_125.apply(lambda code, w=cell["where"]: in_cell(code, w), axis=1) for cell in CELLS]
    assert (np.sum(holds, axis=0) == 1).all()
    assert all(cell.any() for cell in holds)


def in_cell(code, where):
    scores = {"r": code["r"], "fm": (code["f"] + code["m"]) // 2}
    return all(scores[name] in np.atleast_1d(asked) for name, asked in where.items())


def test_the_125_codes_have_the_names_of_the_documented_table(frame):
    labels = rfm_rules(frame).rules.labels(with_mean(ALL_125))
    assert labels.tolist() == [naive_cell(*code) for code in ALL_125.to_numpy().tolist()]


def test_the_cells_are_proven_by_the_proof_of_all_rules(frame):
    grid = rfm_rules(frame)
    assert grid.proof().is_proven
    assert grid.proof(frame).n_customers == 10


def test_five_is_always_best(frame):
    scores = rfm_rules(frame).scores(frame)
    assert scores["r"].tolist() == [5, 5, 4, 4, 3, 3, 2, 2, 1, 1]
    assert scores["m"].tolist() == [1, 1, 2, 2, 3, 3, 4, 4, 5, 5]


def test_ties_stay_together_and_the_emptied_scores_are_named(frame):
    grid = rfm_rules(frame)
    assert grid.scores(frame)["f"].tolist() == [1, 1, 1, 1, 1, 1, 1, 4, 5, 5]
    assert grid.empty_scores == {"r": [], "f": [2, 3], "m": []}
    assert "Ties leave these scores without a customer: frequency 2 or 3." in grid.reading


def test_cut_points_are_the_value_that_just_earns_the_score(frame):
    cuts = rfm_rules(frame).cut_points
    assert cuts.loc["r"].tolist() == [8, 6, 4, 2]
    assert cuts.loc["f"].tolist() == [2, 2, 2, 3]
    assert cuts.loc["m"].tolist() == [30, 50, 70, 90]


def test_customers_who_all_have_one_value_get_the_middle_score(frame):
    grid = rfm_rules(frame.assign(n_orders=1))
    assert grid.scores(frame.assign(n_orders=1))["f"].eq(3).all()
    assert "frequency 1, 2, 4 or 5" in grid.reading
    assert grid.scores(frame.head(1).assign(n_orders=0))["f"].tolist() == [1]


@pytest.mark.parametrize("seed", range(5))
def test_each_cut_is_the_one_nearest_to_its_fifth(seed):
    frame = customers(seed=seed)
    scores = rfm_rules(frame).scores(frame)["f"]
    values = frame["n_orders"].sort_values().unique()[1:]
    for fifth in range(1, 5):
        below = min(abs((frame["n_orders"] < v).sum() - 80 * fifth) for v in values)
        assert abs((scores <= fifth).sum() - 80 * fifth) == below


@pytest.mark.parametrize("seed", range(5))
def test_equal_values_have_equal_scores(seed):
    frame = customers(seed=seed)
    scores = rfm_rules(frame).scores(frame)
    assert (scores["f"].groupby(frame["n_orders"]).nunique() == 1).all()
    assert (scores["r"].groupby(frame["recency_days"]).nunique() == 1).all()


def test_without_ties_the_scores_are_fifths():
    frame = customers().assign(revenue=np.random.default_rng(1).permutation(400) / 7)
    grid = rfm_rules(frame)
    assert grid.sizes.loc["m"].tolist() == [80] * 5
    ranks = frame["revenue"].rank(method="first")
    assert grid.scores(frame)["m"].equals(np.ceil(ranks / 80).astype("int64").rename("m"))


def test_cut_points_stay_when_next_month_s_customers_are_scored(frame):
    grid = rfm_rules(frame)
    richer = frame.assign(revenue=frame["revenue"] + 1_000)
    assert grid.scores(richer)["m"].eq(5).all()
    assert grid.scores(frame.tail(1)).equals(grid.scores(frame).tail(1))


def test_neither_row_order_nor_currency_changes_a_label():
    frame = customers()
    labels = rfm_rules(frame).labels(frame)
    other = frame.sample(frac=1, random_state=0).assign(revenue=lambda f: f["revenue"] * 4)
    assert rfm_rules(other).labels(other).reindex(frame.index).equals(labels)


@pytest.mark.parametrize("seed", range(5))
def test_sql_gives_the_same_labels(seed):
    frame = customers(seed=seed)
    grid = rfm_rules(frame)
    new = customers(seed=seed + 100)
    assert by_duckdb(grid, new).tolist() == grid.labels(new).tolist()


def test_sql_scores_only_whom_the_labels_would(frame):
    cells = [{"name": "Top", "where": {"r": 5}}, {"name": "Rest", "otherwise": True}]
    grid = rfm_rules(frame, cells=cells)
    found = by_duckdb(grid, frame.assign(revenue=frame["revenue"].mask(frame["revenue"] < 30)))
    assert found.isna().tolist() == [True] * 2 + [False] * 8
    assert found.iloc[2:].eq("Rest").all()


def test_sql_knows_scores_that_no_value_can_earn(frame):
    alike = frame.assign(n_orders=1)
    grid = rfm_rules(alike)
    assert by_duckdb(grid, alike).tolist() == grid.labels(alike).tolist()


def test_own_cells_are_proven_too(frame):
    grid = rfm_rules(frame, cells=BY_R)
    assert grid.labels(frame).tolist() == ["Lately"] * 6 + ["Long ago"] * 4
    assert rfm_rules(frame, bins=3, cells=BY_R).sizes.shape == (3, 3)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (BY_R[:1], r"1 gap.*Gap: r is 1 or 2"),
        ([*BY_R, {"name": "x", "where": {"f": 5}}], "Overlap of Lately . x"),
        ([{"name": "x", "where": {"recency": 5}}], r"ask for 'recency'.*Known: r, f, m, fm"),
        ([{"name": "x", "where": {"f": 5, "fm": 5}}], "use either it or them"),
        ([{"name": "x", "where": {"f": 6}}], "asks for f 6"),
    ],
)
def test_own_cells_that_do_not_fit_together_are_refused(frame, cells, said):
    with pytest.raises(StudyError, match=said):
        rfm_rules(frame, cells=cells)


def test_default_cells_need_five_bins(frame):
    with pytest.raises(ParameterError, match=r"bins is 4.*5, or 2 or more with your own cells"):
        rfm_rules(frame, bins=4)
    with pytest.raises(ParameterError, match="bins is 1"):
        rfm_rules(frame, bins=1, cells=BY_R)


def test_customers_who_cannot_be_scored_are_refused(frame):
    with pytest.raises(DataError, match=r"'recency_days' is missing or infinite for 1 of 10"):
        rfm_rules(frame.assign(recency_days=[None, *range(9)]))
    with pytest.raises(DataError, match=r"no column 'n_orders'.*Did you mean 'orders'"):
        rfm_rules(frame.rename(columns={"n_orders": "orders"}))
    with pytest.raises(DataError, match="0 of 0"):
        rfm_rules(frame.head(0))


def test_a_key_named_like_a_score_is_refused(frame):
    with pytest.raises(ParameterError, match="key is 'M'"):
        rfm_rules(frame).to_sql("customers", key="M")


def test_a_saved_grid_labels_exactly_as_before(frame):
    grid = rfm_rules(frame.assign(n_orders=1))
    again = RfmGrid.from_dict(json.loads(json.dumps(grid.to_dict())))
    assert again.labels(frame).equals(grid.labels(frame))
    assert again.to_sql("t") == grid.to_sql("t")
    assert again.reading == grid.reading
    with pytest.raises(StudyError, match="format 0"):
        RfmGrid.from_dict({"format": 0})


def test_a_saved_grid_holds_no_customer(frame):
    text = json.dumps(rfm_rules(frame).to_dict())
    assert not any(customer in text for customer in frame.index)


def test_the_cells_are_never_called_natural(frame):
    grid = rfm_rules(frame)
    assert "constructive" in grid.reading
    assert "natural" not in grid.reading
    assert "Can&#39;t" not in grid.reading
    assert "Champions" in grid._repr_html_()


def test_a_rule_set_of_the_cells_is_proven_by_itself():
    assert rule_set(CELLS, values={"r": range(1, 6), "fm": range(1, 6)}).proof().is_proven
    assert rule_set(CELLS).proof().gaps["region"].str.contains("missing").any()


def test_inputs_stay_as_they_were(frame):
    before = frame.copy()
    rfm_rules(frame).labels(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_cdnow_s_one_time_buyers_share_one_score(shared_data):
    names = ["customer_id", "date", "cds", "revenue"]
    path = shared_data / "cdnow" / "CDNOW_master.txt.gz"
    orders = pd.read_csv(path, sep=r"\s+", header=0, names=names, dtype={"customer_id": str})
    days = (pd.Timestamp("1998-07-01") - pd.to_datetime(orders["date"].astype(str))).dt.days
    by_customer = orders.assign(days=days).groupby("customer_id")
    frame = by_customer.agg(
        recency_days=("days", "min"), n_orders=("date", "nunique"), revenue=("revenue", "sum")
    )
    grid = rfm_rules(frame)
    assert grid.empty_scores["f"] == [2]
    assert grid.sizes.loc["f"].tolist()[:2] == [(frame["n_orders"] == 1).sum(), 0]
    assert by_duckdb(grid, frame).tolist() == grid.labels(frame).tolist()
