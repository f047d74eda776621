"""Traits as features: alone, and beside orders."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError
from tests.conftest import ORDER_COLUMNS, make_transactions, study_of

AS_OF = "2024-06-01"
TRAITS = {
    "income": {"kind": "number", "basis": "demographic", "unit": "money"},
    "area": {"kind": "category", "basis": "geographic"},
    "visits": {"kind": "ordered", "basis": "behavioural", "levels": ["rare", "often"]},
    "age": {"kind": "birth_year", "basis": "demographic", "column": "born"},
    "left": {"kind": "yes_no", "basis": "behavioural"},
}


def people(n=60) -> pd.DataFrame:
    rng = np.random.default_rng(0)
    return pd.DataFrame(
        {
            "id": [f"c-{row:03d}" for row in range(n)],
            "income": rng.integers(10, 90, n) * 1000,
            "area": rng.choice(["city", "country"], n),
            "visits": rng.choice(["rare", "often"], n),
            "born": rng.integers(1950, 2000, n),
            "left": rng.choice(["yes", "no"], n),
        }
    )


CUSTOMERS = {"customers": {"file": "crm.csv", "columns": {"customer_id": "id"}}}


def alone(frame, **keys):
    content = {
        "title": "T", "decision": "D", "as_of": AS_OF, "tables": CUSTOMERS, "traits": TRAITS,
        "bases": ["income", "area"], "outcomes": ["left"],
    } | keys  # fmt: skip
    tables = segkit.load_tables(segkit.load_study(content), customers=frame)
    return segkit.build_features(tables, as_of=AS_OF)


def test_traits_are_features_with_their_basis():
    features = alone(people())
    assert list(features.frame) == ["income", "area", "visits"]
    assert features.dictionary["basis"].to_dict()["area"] == "geographic"
    assert features.frame["visits"].cat.ordered
    assert features.window is None


def test_protected_traits_and_outcomes_only_describe():
    features = alone(people(), descriptors=["left", "visits"])
    assert list(features.descriptive) == ["left", "visits"]
    assert features.descriptors["age"].notna().all()
    assert "age" not in features.frame
    with pytest.raises(StudyError, match="looks like a protected attribute"):
        alone(people(), bases=["age"])


def test_traits_and_orders_join_and_the_orders_decide_who_counts():
    orders, crm = make_transactions(), people(80)
    study = study_of(
        ORDER_COLUMNS, tables=CUSTOMERS, traits=TRAITS, bases=["n_orders", "income", "area"]
    )
    tables = segkit.load_tables(study, transactions=orders, customers=crm)
    features = segkit.build_features(tables, as_of=AS_OF)
    assert len(features.bases) == 60
    assert any("20 customers of the customer table have no order" in n for n in tables.quality.notices)
    assert features.frame.loc["c-005", "income"] == crm.set_index("id").at["c-005", "income"]
    assert features.dictionary.loc[["n_orders", "area"], "basis"].tolist() == [
        "behavioural", "geographic"
    ]  # fmt: skip


def test_a_trait_named_like_a_feature_of_the_orders_is_refused():
    traits = {"revenue": {**TRAITS["income"], "column": "income"}}
    study = study_of(ORDER_COLUMNS, tables=CUSTOMERS, traits=traits)
    tables = segkit.load_tables(study, transactions=make_transactions(), customers=people())
    with pytest.raises(StudyError, match="the trait 'revenue' is named like a feature"):
        segkit.build_features(tables, as_of=AS_OF)


def lacking():
    frame = people()
    frame["income"] = frame["income"].astype("float64")
    frame.loc[:2, "income"] = np.nan
    frame.loc[2:3, "area"] = None
    return frame


def test_a_base_that_some_lack_is_refused_and_names_the_way_out():
    with pytest.raises(StudyError, match=r"'income' is missing for 3 of 60 .*leave_out"):
        alone(lacking()).bases  # noqa: B018


def test_who_lacks_a_base_is_left_out_and_counted_when_the_study_says_so():
    features = alone(lacking(), missing_bases="leave_out")
    assert len(features.bases) == 56
    left_out = "4 left out: income missing under 10, area missing under 10."
    said = f"56 of 60 customers have every base; {left_out}"
    assert features.coverage == said
    assert said in features.reading


def test_another_reference_date_than_the_traits_were_read_for_is_refused():
    features = alone(people())
    tables = segkit.load_tables(features.study, customers=people())
    with pytest.raises(DataError, match="the traits were read as of 2024-06-01"):
        segkit.build_features(tables, as_of="2024-01-01")


def test_features_of_every_kind_come_back_from_their_folder(tmp_path):
    from segkit.features.store import load_features, save_features

    features = alone(people())
    save_features(features, tmp_path)
    again = load_features(features.study, tmp_path)
    pd.testing.assert_frame_equal(again.frame, features.frame)
    pd.testing.assert_frame_equal(again.dictionary, features.dictionary)
    assert again.window is None


def test_tables_without_orders_come_back_from_their_folder(tmp_path):
    from segkit.sources.store import load_saved_tables, save_tables

    tables = segkit.load_tables(alone(people()).study, customers=people())
    save_tables(tables, tmp_path)
    again = load_saved_tables(tables.study, tmp_path)
    assert again.lines is None
    pd.testing.assert_frame_equal(again.traits, tables.traits)
    assert again.reading == tables.reading


def test_nothing_of_a_customer_is_shown():
    features = alone(people())
    text = repr(features) + features._repr_html_()
    assert "c-0" not in text


def test_traits_beside_orders_are_not_looked_back_from_another_date():
    study = study_of(ORDER_COLUMNS, tables=CUSTOMERS, traits=TRAITS)
    tables = segkit.load_tables(study, transactions=make_transactions(), customers=people())
    with pytest.raises(DataError, match="the traits were read as of 2024-06-01"):
        segkit.build_features(tables, as_of="2024-05-01")


def test_a_column_of_the_customer_table_may_be_named_like_a_feature():
    study = study_of(ORDER_COLUMNS, tables=CUSTOMERS)
    crm = people().assign(revenue="much")
    tables = segkit.load_tables(study, transactions=make_transactions(), customers=crm)
    features = segkit.build_features(tables, as_of=AS_OF)
    assert features.frame["revenue"].dtype == "float64"


def test_pictures_name_what_they_show():
    features = alone(people(), bases=["income", "area", "visits"])
    figure = features.plot()
    assert [ax.get_xlabel() for ax in figure.axes] == ["Income", "Area", "Visits"]
    tables = segkit.load_tables(features.study, customers=people())
    assert tables.plot().get_xlabel() == "share of customers with a value"


def test_check_says_what_is_kept_unread_and_left_out(tmp_path, monkeypatch, capsys):
    import yaml

    from segkit.cli import main

    monkeypatch.chdir(tmp_path)
    lacking().to_csv("crm.csv", index=False)
    content = {
        "title": "T", "decision": "D", "as_of": AS_OF, "tables": CUSTOMERS, "traits": TRAITS,
        "bases": ["income", "area"], "missing_bases": "leave_out",
    }  # fmt: skip
    (tmp_path / "study.yaml").write_text(yaml.safe_dump(content), "utf-8")
    assert main(["check", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert "kept: 60 customers" in said
    assert "note: 56 of 60 customers have every base" in said
    assert "bases: 2 for 56 customers" in said


def test_weights_stand_beside_the_features_and_are_none_of_them():
    features = alone(people().assign(w=np.arange(60) + 0.5), weight="w")
    assert features.weights.tolist() == (np.arange(60) + 0.5).tolist()
    assert features.weights.index.equals(features.frame.index)
    assert "w" not in features.dictionary.index
    assert alone(people()).weights is None


def test_a_buyer_without_a_weight_is_refused_and_counted():
    study = study_of(ORDER_COLUMNS, tables=CUSTOMERS, weight="w")
    orders, known = make_transactions(), people().assign(w=2.0)
    whole = segkit.load_tables(study, transactions=orders, customers=known)
    assert (segkit.build_features(whole, as_of=AS_OF).weights == 2).all()
    lacking = known.assign(w=known["w"].where(known.index != 0, 0.0))[:-1]
    tables = segkit.load_tables(study, transactions=orders, customers=lacking)
    with pytest.raises(DataError, match="2 of 60 customers have no weight: no row"):
        segkit.build_features(tables, as_of=AS_OF)
