import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError
from segkit.features.dictionary import DAYPARTS
from tests.conftest import ORDER_COLUMNS, make_transactions, study_of

AS_OF = "2024-06-01"


def features_of(orders, *, as_of=AS_OF, **keys):
    study = study_of(ORDER_COLUMNS, **keys)
    return segkit.build_features(segkit.load_tables(study, transactions=orders), as_of=as_of)


@pytest.fixture(scope="module")
def orders():
    return make_transactions()


@pytest.fixture(scope="module")
def with_returns(orders):
    back = orders.iloc[::17].assign(count=-1, order=lambda frame: frame["order"] + "-r")
    return pd.concat([orders, back], ignore_index=True)


def naive(orders, as_of=AS_OF):
    """Every feature again, customer by customer, in plain pandas."""
    orders = orders.assign(amount=orders["count"] * orders["price"])
    orders = orders[orders["when"] < as_of]
    sold, back = orders[orders["amount"] > 0], orders[orders["amount"] < 0]
    first = sold["when"].min().normalize()
    middle = first + (pd.Timestamp(as_of) - first) / 2
    top = sold.groupby("kind")["amount"].sum().sort_values(ascending=False).index
    rows = {}
    for customer, own in sold.groupby("customer"):
        baskets = own.groupby("order").agg(when=("when", "min"), amount=("amount", "sum"))
        baskets = baskets.sort_values("when")
        days = baskets["when"].dt.normalize()
        gaps = days.diff().dt.days.dropna()
        hours = baskets["when"].dt.hour
        revenue, n = own["amount"].sum(), len(baskets)
        recent = baskets.loc[baskets["when"] >= middle, "amount"].sum()
        returned = back[back["customer"] == customer]
        rows[customer] = {
            "recency_days": (pd.Timestamp(as_of) - days.max()).days,
            "tenure_days": (pd.Timestamp(as_of) - days.min()).days,
            "n_orders": n,
            "revenue": revenue,
            "mean_order_value": revenue / n,
            "n_lines": len(own),
            "mean_lines_per_order": len(own) / n,
            "n_items": own["count"].sum(),
            "mean_items_per_order": own["count"].sum() / n,
            "mean_gap_days": gaps.mean(),
            "sd_gap_days": gaps.std(),
            "n_products": own["product"].nunique(),
            "n_categories": own["kind"].nunique(),
            "n_returns": returned["order"].nunique(),
            "returned_share": -returned["amount"].sum() / revenue,
            "discount_share": own["saved"].sum() / (revenue + own["saved"].sum()),
            "weekend_share": (days.dt.day_of_week >= 5).mean(),
            "trend": (2 * recent - revenue) / revenue,
        }
        for part, (start, end) in DAYPARTS.items():
            inside = (
                (hours >= start) & (hours < end) if start < end else (hours >= start) | (hours < end)
            )
            rows[customer][f"{part}_share"] = inside.mean()
        for kind in top:
            spent = own.loc[own["kind"] == kind, "amount"].sum()
            rows[customer][f"{kind}_share"] = spent / revenue
    return pd.DataFrame.from_dict(rows, orient="index").astype("float64")


def test_every_feature_equals_its_naive_rederivation(with_returns):
    built = features_of(with_returns).frame.astype("float64")
    expected = naive(with_returns)
    assert set(built.columns) == set(expected.columns)
    pd.testing.assert_frame_equal(
        built, expected[built.columns], check_names=False, rtol=1e-9, atol=1e-9
    )


def test_hand_counted_customers(shop):
    frame = segkit.build_features(shop, as_of=AS_OF).frame
    assert frame.loc["ana", ["recency_days", "n_orders", "revenue"]].tolist() == [10, 2, 26.0]
    assert frame.loc["bo", ["recency_days", "n_orders", "revenue"]].tolist() == [31, 1, 12.0]
    assert frame.loc["bo", ["n_returns", "returned_share"]].tolist() == [1, 4 / 12]
    assert frame.at["ana", "mean_gap_days"] == 20
    assert np.isnan(frame.at["bo", "mean_gap_days"])


def test_nothing_on_or_after_as_of_is_seen(with_returns):
    early = with_returns[with_returns["when"] < "2024-04-01"]
    whole = features_of(with_returns, as_of="2024-04-01").frame
    pd.testing.assert_frame_equal(whole, features_of(early, as_of="2024-04-01").frame)


def test_as_of_is_exclusive(shop):
    assert list(segkit.build_features(shop, as_of="2024-05-02").frame.index) == ["bo"]


def test_the_order_of_rows_does_not_matter(with_returns):
    shuffled = with_returns.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(
        features_of(with_returns).frame, features_of(shuffled).frame, check_exact=True
    )


def test_another_currency_scales_money_only(orders):
    dearer = orders.assign(price=orders["price"] * 100, saved=orders["saved"] * 100)
    before, after = features_of(orders), features_of(dearer)
    money = before.dictionary.index[before.dictionary["unit"] == "money"]
    pd.testing.assert_frame_equal(after.frame[money], before.frame[money] * 100)
    rest = before.frame.columns.difference(money)
    pd.testing.assert_frame_equal(after.frame[rest], before.frame[rest])


def test_at_least_18_features_each_in_the_dictionary(demo_features):
    assert demo_features.frame.shape == (2469, 29)
    assert list(demo_features.dictionary.index) == list(demo_features.frame.columns)
    assert (demo_features.dictionary.drop(columns=["low", "high"]) != "").all(axis=None)
    assert not demo_features.dictionary.map(lambda text: "{" in text).any(axis=None)


def test_what_the_data_cannot_give_is_named_with_its_reason(demo_features):
    assert demo_features.left_out["n_items"] == "the lines have no quantity"
    assert "n_items" in demo_features.reading


def test_dates_without_hours_give_no_daypart(orders):
    dated = features_of(orders.assign(when=orders["when"].dt.normalize()))
    assert dated.left_out["evening_share"] == "the dates hold no time of day"


def test_dayparts_are_local_time():
    lines = pd.DataFrame(
        [("a", "1", "2024-01-10 01:30:00", "5.0"), ("b", "2", "2024-01-10 14:00:00", "5.0")],
        columns=["c", "o", "t", "m"],
    )
    mapping = {"customer_id": "c", "order_id": "o", "order_date": "t", "amount": "m"}
    study = study_of(
        mapping,
        timezone="America/New_York",
        tables={"transactions": {"file": "x", "timezone": "UTC", "columns": mapping}},
    )
    tables = segkit.load_tables(study, transactions=lines)
    frame = segkit.build_features(tables, as_of=AS_OF).frame
    assert frame.loc["a", ["evening_share", "recency_days"]].tolist() == [1, 144]
    assert frame.at["b", "morning_share"] == 1


def test_lines_without_an_order_id_are_one_order_a_day(orders):
    mapping = {ours: theirs for ours, theirs in ORDER_COLUMNS.items() if ours != "order_id"}
    tables = segkit.load_tables(study_of(mapping), transactions=orders)
    frame = segkit.build_features(tables, as_of=AS_OF).frame
    days = orders.groupby("customer")["when"].apply(lambda when: when.dt.normalize().nunique())
    assert frame["n_orders"].tolist() == days.tolist()


def test_a_later_as_of_than_the_tables_is_refused(shop):
    with pytest.raises(DataError, match="hold nothing from 2024-06-01 on"):
        segkit.build_features(shop, as_of="2024-07-01")


def test_a_base_that_is_missing_for_some_is_refused_with_counts(orders):
    one_time = pd.concat([orders, orders.tail(1).assign(customer="once", order="once-1")])
    features = features_of(one_time, bases=["recency_days", "mean_gap_days"])
    with pytest.raises(StudyError, match="'mean_gap_days' is missing for 1 of 61 customers"):
        features.bases  # noqa: B018


def test_an_unknown_base_names_its_neighbour(orders):
    with pytest.raises(StudyError, match="Did you mean 'recency_days'"):
        features_of(orders, bases=["recency_day"]).bases  # noqa: B018


def test_categories_in_any_script_get_a_column(orders):
    renamed = orders.assign(kind=orders["kind"].map(lambda kind: {"cat0": "飲料"}.get(kind, kind)))
    assert "飲料_share" in features_of(renamed).frame


@pytest.mark.parametrize(
    ("column", "kind"), [("contact", "e-mail addresses"), ("Phone", "phone numbers")]
)
def test_a_descriptor_that_is_personal_data_is_refused_without_a_value(orders, column, kind):
    names = orders["customer"].unique()
    people = pd.DataFrame(
        {"id": names, "contact": names + "@example.com", "Phone": "call 0170 5550123"}
    )
    study = study_of(
        ORDER_COLUMNS,
        tables={"customers": {"file": "-", "columns": {"customer_id": "id"}}},
        descriptors=[column],
    )
    tables = segkit.load_tables(study, transactions=orders, customers=people)
    features = segkit.build_features(tables, as_of=AS_OF)
    with pytest.raises(DataError, match=rf"'{column}' likely holds {kind}.*descriptors") as refused:
        _ = features.descriptive
    assert "example.com" not in str(refused.value)
    assert "5550123" not in str(refused.value)
