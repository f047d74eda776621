"""What `segkit.explore` finds in planted tables, and that it shows no customer."""

import re
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, ParameterError
from segkit.exploration.result import PARTS
from segkit.sources.quality import READ
from tests.conftest import make_transactions, study_of

N = 400


@pytest.fixture(scope="module")
def people():
    """400 customers whose every oddity is planted and counted below."""
    rng = np.random.default_rng(0)
    spend = np.exp(rng.normal(3, 1, N)).round(2)
    income = rng.normal(40_000, 9_000, N).round()
    income[:12] = 666_666
    income[12:15] = -5
    frame = pd.DataFrame(
        {
            "member_id": [f"M{number:05d}" for number in rng.permutation(N)],
            "contact": [f"person{number}@example.org" for number in range(N)],
            "spend": spend,
            "spend_again": spend * 1.19,
            "income": income,
            "city": np.where(np.arange(N) < 300, "Lyon", "Graz"),
            "rare_city": ["Oslo"] * 3 + ["Bonn"] * 6 + ["Rome"] * 191 + ["Paris"] * 200,
            "plan": ["Basic", "basic "] * 20 + ["Pro"] * 360,
            "gender": ["f", "m"] * 200,
            "club": ["yes", "no"] * 200,
            "opened": pd.Timestamp("2024-01-31") + pd.to_timedelta(rng.integers(0, 90, N), unit="D"),
            "half_known": np.where(np.arange(N) < 240, np.nan, rng.normal(size=N)),
            "only": "x",
            "nothing": None,
            "remark": [f"note {number} that someone wrote down here" for number in range(N)],
            "zip": [f"0{number}" for number in 1000 + rng.integers(0, 60, N)],
            "employees": rng.choice(["1-10", "11-50", "51-200"], N),
        }
    )
    frame.loc[390:, "opened"] = pd.Timestamp("2025-03-01")
    frame.loc[:4, "club"] = ["", "n/a", None, " ", "NULL"]
    return frame


@pytest.fixture(scope="module")
def found(people):
    return segkit.explore(people, as_of="2025-01-01")


def odd(found, column):
    own = found.outliers[found.outliers["column"] == column]
    return own.set_index("rule")["customers"].to_dict()


def test_each_column_gets_the_verdict_that_it_deserves(found):
    why = found.usable[["verdict", "why"]].apply(tuple, axis=1).to_dict()
    assert why == {
        "member_id": ("can't", "an id: hardly two have the same value"),
        "contact": ("can't", "likely holds e-mail addresses"),
        "spend": ("can", ""),
        "spend_again": ("only describes", "says the same as spend, which would count twice"),
        "income": ("can", ""),
        "city": ("can", ""),
        "rare_city": ("can", ""),
        "plan": ("can", ""),
        "gender": ("only describes", "protected: audited, never a base"),
        "club": ("can", ""),
        "opened": ("can", "as days before as_of"),
        "half_known": ("only describes", "missing for 60.0%"),
        "only": ("can't", "constant: the same for everyone"),
        "nothing": ("can't", "no value at all"),
        "remark": ("can't", "free text"),
        "zip": ("only describes", "60 levels: too many to tell segments apart"),
        "employees": ("can", ""),
    }


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ([f"{1 + n % 28:02d}.{1 + n % 12:02d}.2024" for n in range(200)], "dates that aren't ISO"),
        ([f"{1 + n % 28}/{1 + n % 12}/2024 10:30" for n in range(200)], "dates that aren't ISO"),
        ([f"{n},{100 + n}" for n in range(1, 201)], "numbers with marks"),
        ([f"{n / 10:.1f} Million" for n in range(200)], "numbers with marks"),
    ],
)
def test_dates_and_numbers_in_other_forms_are_recognised_and_not_guessed(texts, why):
    found = segkit.explore(pd.DataFrame({"x": texts}))
    assert found.usable.loc["x", "verdict"] == "can't"
    assert why in found.usable.loc["x", "why"]


def test_a_basis_is_told_by_the_name_or_not_at_all(found):
    basis = found.usable["basis"]
    assert basis["city"] == "geographic"
    assert basis["employees"] == "firmographic"
    assert basis["half_known"] == "not known"
    assert found.usable.loc["city", "basis_from"] == "its name"
    assert found.bases.loc["psychographic"].sum() == 0
    assert found.bases.to_numpy().sum() == len(basis)


def test_missing_values_add_up_to_the_customers_under_their_reasons(found):
    reasons = found.missing.groupby("column")["customers"].sum()
    total = found.completeness["customers"].add(reasons, fill_value=0)
    assert (total == N).all()
    club = found.missing[found.missing["column"] == "club"].set_index("reason")["customers"]
    assert club.to_dict() == {"blank": 3, "written as null, n/a or the like": 2}


def test_odd_values_are_counted_under_the_rule_that_finds_them(found):
    assert odd(found, "income") == {"the value 666666": 12, "below 0": 3}
    assert odd(found, "opened") == {"on or after 2025-01-01": 10}
    assert odd(found, "plan") == {"another spelling": 20}
    assert not odd(found, "half_known")


def test_a_code_that_few_have_is_not_named():
    values = np.append(np.random.default_rng(0).normal(50, 5, 500), [999, 999])
    found = segkit.explore(pd.DataFrame({"score": values}))
    assert odd(found, "score") == {"one digit repeated, or minus 1, 9 or 99": 2}
    assert "999" not in found._repr_html_()


def test_a_long_tail_is_no_outlier_and_one_far_beyond_it_is():
    tail = np.exp(np.random.default_rng(0).normal(3, 1, 1_000))
    assert segkit.explore(pd.DataFrame({"spend": tail})).outliers.empty
    far = segkit.explore(pd.DataFrame({"spend": np.append(tail, [1e7] * 11)}))
    assert far.outliers["customers"].tolist() == [11]
    assert far.outliers["why"].tolist() == ["far above the rest on a log scale"]


def test_numbers_that_most_share_are_fenced_among_the_others():
    values = np.zeros(1_000)
    values[:300] = np.random.default_rng(0).normal(50, 5, 300)
    assert segkit.explore(pd.DataFrame({"fee": values})).outliers.empty
    values[:10] = 4_000
    assert segkit.explore(pd.DataFrame({"fee": values})).outliers["customers"].tolist() == [10]


def test_no_level_below_10_is_named_and_none_can_be_told_from_the_total(found):
    levels = found.distributions[found.distributions["column"] == "rare_city"]
    assert levels.set_index("item")["customers"].to_dict() == {"Paris": 200, "Other": 200}
    customers = found.distributions["customers"].dropna()
    assert (customers >= 10).all()
    html = found._repr_html_()
    assert not re.search("Oslo|Bonn", html)


def test_a_level_of_the_data_that_is_called_other_is_not_the_merged_ones():
    frame = pd.DataFrame({"x": ["Other"] * 50 + ["Main"] * 60 + list("abcdefghij") * 2})
    levels = segkit.explore(frame).distributions.set_index("item")["customers"]
    assert levels.to_dict() == {"Main": 60, "Other": 50, "All other levels": 20}


def test_a_table_of_few_customers_has_no_percentiles():
    found = segkit.explore(pd.DataFrame({"x": np.arange(50) ** 1.5, "y": [1.25] * 3 + [None] * 47}))
    assert found.distributions["item"].tolist() == ["median"]
    assert "percentiles from 100 customers on" in found._repr_html_()


def test_values_that_fewer_than_10_share_are_not_shown_even_where_there_are_few():
    """None of the numbers, levels or months of 100 customers is common enough to be named."""
    numbers = np.arange(100) // 9.0
    days = pd.Timestamp("2020-01-15") + pd.to_timedelta(31 * (np.arange(100) // 4), unit="D")
    frame = pd.DataFrame({"n": numbers, "level": [f"level {n:.0f}" for n in numbers], "day": days})
    found = segkit.explore(frame)
    assert found.distributions["column"].unique().tolist() == ["n"]
    html = found.part("distributions")._repr_html_()
    assert "12 levels, none that 10 or more have" in html
    assert "25 days, none that 10 or more have" in html
    assert "level 3" not in html


def test_no_value_of_a_customer_is_shown(people, found):
    text = found._repr_html_() + repr(found) + found.reading + found.distributions.to_string()
    for column in ("member_id", "contact", "remark"):
        assert not any(value in text for value in people[column])
    for extreme in (people["spend"].min(), people["spend"].max()):
        assert f"{extreme:.5g}" not in text
    assert "contact" in text


def test_the_page_is_static_and_every_part_is_there(found):
    html = found._repr_html_()
    assert not re.search(r"<script|https?:|src=|url\(|@import|onclick", html)
    for part in PARTS:
        assert found.part(part)._repr_html_()
        assert repr(found.part(part)).startswith("Part: ")
    with pytest.raises(ParameterError, match=r"part is 'outlier'.*'outliers'"):
        found.part("outlier")


class Balance(HTMLParser):
    """Every element that is opened is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_hostile_names_and_levels_are_only_text():
    bad = "<script>alert(1)</script>"
    frame = pd.DataFrame({bad: ["<b>one</b>", "two & three"] * 60, '"><i>': np.arange(120) / 7})
    html = segkit.explore(frame, customers="<u>people</u>")._repr_html_()
    parser = Balance()
    parser.feed(html)
    assert not parser.open
    assert not re.search("<script|<b>one|<i>|<u>", html)


def test_relations_and_repeats(found):
    first = found.relations.iloc[0]
    assert {first["one"], first["other"]} == {"spend", "spend_again"}
    assert first["strength"] == 1
    assert found.relations["strength"].abs().is_monotonic_decreasing


def test_the_order_of_rows_does_not_matter_where_all_are_looked_at(people, found):
    shuffled = people.sample(frac=1, random_state=1)
    again = segkit.explore(shuffled, as_of="2025-01-01")
    pd.testing.assert_frame_equal(again.usable, found.usable)
    pd.testing.assert_frame_equal(again.outliers, found.outliers)
    pd.testing.assert_frame_equal(again.distributions, found.distributions)


def test_the_input_is_not_changed(people):
    before = people.copy()
    segkit.explore(people)
    pd.testing.assert_frame_equal(people, before)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (pd.DataFrame(), "the frame has no rows"),
        (pd.DataFrame({"a": []}), "the frame has no rows"),
        (pd.DataFrame(index=[1]), "the frame has no columns. Accepted: one column or more"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "column 'a' is there twice"),
        ([1, 2], "data is a list"),
    ],
)
def test_what_can_t_be_explored_is_refused(data, said):
    with pytest.raises(DataError, match=said):
        segkit.explore(data)


def test_copies_and_ids_that_come_twice_are_said():
    frame = pd.DataFrame({"a": [1, 1, 2], "b": ["x", "x", "y"]}, index=["c1", "c1", "c2"])
    assert segkit.explore(frame).notices == (
        "1 of 3 rows equal an earlier one in every column",
        "1 rows have an index that an earlier row has",
    )


def test_values_of_any_type_are_explored():
    frame = pd.DataFrame(
        {
            "lists": [[1, 2], [3]] * 60, "mixed": [1, "x", None] * 40, "endless": [np.inf, 1.5, 2] * 40,
            "level": pd.Categorical(["a", "b"] * 60), "whole": pd.array([1, None, 3] * 40, "Int64"),
        }
    )  # fmt: skip
    found = segkit.explore(frame)
    assert found.usable["kind"].to_dict() == {
        "lists": "category", "mixed": "category", "endless": "number", "level": "category",
        "whole": "number",
    }  # fmt: skip
    missing = found.missing.set_index(["column", "reason"])["customers"].to_dict()
    assert missing == {
        ("mixed", "blank"): 40, ("endless", "not a finite number"): 40, ("whole", "blank"): 40
    }  # fmt: skip


def test_plot_shows_the_least_complete_first(found):
    ax = found.plot()
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels[0] == "nothing"
    assert "share of customers" in ax.get_xlabel()


@pytest.fixture(scope="module")
def shop():
    """Orders of 60 customers, 50 of whom the customer table knows, with an undeclared column."""
    orders = make_transactions(60)
    names = sorted(orders["customer"].unique())
    crm = pd.DataFrame(
        {
            "customer": names[:50], "region": ["north", "south"] * 25,
            "phone": ["+49 170 5550123"] * 50,
            "score": ["3"] * 30 + ["4"] * 15 + ["99"] * 3 + [""] * 2,
        }
    )  # fmt: skip
    columns = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "price"}
    study = study_of(
        columns,
        tables={"customers": {"file": "crm.csv", "columns": {"customer_id": "customer"}}},
        traits={"score": {"kind": "number", "basis": "psychographic", "plausible": [1, 5]}},
    )
    return segkit.load_tables(study, transactions=orders, customers=crm)


def test_a_study_s_columns_are_explored_with_what_it_says(shop):
    found = segkit.explore(shop)
    usable = found.usable
    assert usable.loc["recency_days", "why"] == "a base of this study"
    assert usable.loc["score", ["basis", "basis_from"]].tolist() == ["psychographic", "the study"]
    assert usable.loc["region", "why"] == "once study.yaml says what it means"
    assert usable.loc["phone", "why"] == "likely holds phone numbers"
    score = found.missing[found.missing["column"] == "score"].set_index("reason")["customers"]
    assert score.to_dict() == {
        "not in the customer table": 10, "not plausible (outside 1 to 5)": 3, "blank": 2
    }  # fmt: skip
    assert odd(found, "score") == {"not plausible (outside 1 to 5)": 3}
    assert found.sources.set_index("source")["customers"].to_dict() == {
        "orders": 60, "customer table": 50
    }  # fmt: skip
    assert "5550123" not in found._repr_html_()
    assert found.months.sum() == shop.quality.kept["orders"]


def test_profile_and_consent_are_shown_where_a_study_has_them(shop):
    class Profile:
        reading = "Profile: 60 customers in 2 sources."

        def _repr_html_(self):
            return "<p>coverage of the profile</p>"

    class WithProfile(type(shop)):
        profile = Profile()

    found = segkit.explore(WithProfile(**vars(shop)))
    assert "coverage of the profile" in found.part("sources")._repr_html_()
    assert "Profile: 60 customers in 2 sources." in found.reading
    assert found.sources.empty


def test_a_study_of_a_customer_table_alone(make_study):
    crm = pd.DataFrame({"age": [str(20 + n % 50) for n in range(200)], "q1": ["1", "5"] * 100})
    content = {
        "tables": {"customers": {"file": "crm.csv", "columns": {}}}, "bases": ["liking"],
        "traits": {"liking": {"column": "q1", "kind": "number", "basis": "psychographic"}},
        "title": "T", "decision": "D", "as_of": "2024-06-01",
    }  # fmt: skip
    tables = segkit.load_tables(segkit.load_study(content), customers=crm)
    found = segkit.explore(tables)
    assert found.n == 200
    assert found.usable["verdict"].to_dict() == {"liking": "can", "age": "only describes"}
    assert found.months.empty
    read = tables.quality.traits
    assert (
        read[read["outcome"] == READ]["customers"].sum()
        == found.completeness.loc["liking", "customers"]
    )
