"""What a reader of the page is told: the outcomes, what was left out and why, what each trait means."""

import re
from html import unescape

import numpy as np
import pandas as pd
import pytest

from tests.reporting.made import PEOPLE, TRAITS, made_report, orders_of, page_of, subjects

BOUGHT = {"kind": "yes_no", "basis": "behavioural", "label": "Bought after all"}
AGE = {"column": "years", "kind": "number", "basis": "demographic", "label": "Age", "unit": "years"}


def plain(html):
    """What a section says, tags taken off."""
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Three planted groups that buy alike, 24 of whom have no answer to one question, one a code."""
    people = subjects(3)
    rng = np.random.default_rng(0)
    people["bought"] = np.where(rng.permutation(len(people)) % 5 == 0, "yes", "no")
    people["years"] = rng.integers(18, 80, len(people)).astype(str)
    people.loc[people.index[:72:3], "years"] = ""
    people.loc[1, "years"] = "999"
    keys = {
        "traits": TRAITS | {"bought": BOUGHT, "age": AGE | {"missing": {999: "a filler"}}},
        "bases": PEOPLE["bases"], "descriptors": ["region", "bought", "age"], "outcomes": ["bought"],
    }  # fmt: skip
    return made_report(tmp_path_factory.mktemp("people"), customers=people, **keys)


def test_outcomes_are_compared_however_little_they_differ(report):
    compared = report.compare.html.partition("<details>")[0]
    rows = re.findall(r'<th scope="row">(.*?)</th>', compared)
    assert rows[-1] == "Bought after all (outcome)"
    assert report.run.profile.effects.xs("bought", level="variable")["delta"].abs().max() < 0.15


def test_a_reason_of_a_few_cannot_be_told_from_the_others(report):
    """24 without an answer and 25 without a value would tell that the filler is one customer's."""
    said = "customers with a value (blank or a filler 25)"
    assert report.run.features.dictionary.at["age", "base"] == said
    told = plain(report.about.html)
    assert "Age blank withheld Age a filler withheld" in told


def test_the_page_says_what_traits_mean_that_formed_no_segment(report):
    meanings = plain(report.compare.html.partition('id="traits"')[2])
    assert "Bought after all behavioural whether 'bought' is a yes all customers no" in meanings


def test_without_notes_the_cards_say_where_actions_come_from(report):
    assert "What to offer whom isn't in these data" in plain(report.segment_cards.html)
    briefs = " ".join(plain(page) for page in report.briefs.pages.values())
    assert "it is unsure whether they belong here" in briefs


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """Orders of which some are without a customer, and a few without a price; who is married."""
    orders = orders_of(240)
    orders = orders[orders["customer"] > "person-00007"].reset_index(drop=True)
    orders.loc[orders.index[:40], "customer"] = ""
    orders.loc[orders.index[50:53], "price"] = 0
    folder = tmp_path_factory.mktemp("shop")
    people = pd.DataFrame({"customer": sorted({*orders["customer"]} - {""})})
    people["marital_status"] = np.where(people.index // 2 % 2 == 0, "married", "single")
    keys = {"bases": ["n_orders", "mean_order_value"], "protected": ["marital_status"]}
    return made_report(folder, orders=orders, customers=people, currency="$", **keys)


def test_a_protected_column_without_a_label_is_named_in_words(shop):
    assert "Marital status 0." in plain(shop.about.html)


def test_the_rule_that_sets_most_aside_is_named_in_short(shop):
    said = plain(shop.in_short.html)
    assert re.search(
        r"Of [\d,]+ lines read, 43 are set aside, 40 of them under the rule “no customer id”", said
    )


def test_a_name_that_is_no_noun_needs_no_verb(shop):
    assert re.search(r"\S: \d+% of revenue from \d+% of customers", shop.reading)


def test_what_the_lines_cannot_give_has_its_label_and_days_go_to_the_reference_date(shop):
    said = plain(shop.about.html)
    assert "Different stores: the lines have no store id" in said
    assert "n_stores" not in said
    assert "days from the last order to the reference date" in plain(shop.compare.html)
    assert "as_of" not in said


def test_a_range_of_one_number_is_one_number(report):
    overlap = plain(report.about.html).partition("Segments overlap their refits by ")[2]
    shown = {f"{value:.2f}" for value in report.run.segments.stability["jaccard"]}
    assert len(shown) == 1
    assert overlap.startswith(f"{shown.pop()} ;")


def test_the_page_says_where_a_typical_value_lies_between_two_humps(tmp_path):
    people = subjects(2, 900)
    rng = np.random.default_rng(0)
    first, place = np.arange(len(people)) < 900, np.arange(len(people)) % 2
    people["years"] = (np.where(first, 30 + 40 * place, 20) + rng.normal(0, 4, len(people))).round(1)
    people["pays"] = rng.random(len(people)) < np.where(first, 0.3, 0.003)
    keys = {
        "traits": TRAITS | {"age": AGE, "pays": {"kind": "yes_no", "basis": "behavioural"}},
        "bases": PEOPLE["bases"], "descriptors": ["age", "pays"],
    }  # fmt: skip
    made = made_report(tmp_path, customers=people, **keys)
    html, _, findings = page_of(made)
    assert not findings
    said = re.findall(r"Age has two humps: (\d+)% are below (\d+) , the others above", plain(html))
    assert [(40 < int(share) < 60, 40 < int(cut) < 60) for share, cut in said] == [(True, True)]
