"""Targets: scores by hand, knock-outs, and how far the order depends on the weights."""

import re

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import StudyError
from segkit.personas.cards import Personas
from segkit.personas.messages import read_messages
from segkit.personas.ranking import Score, sensitivity
from segkit.personas.targets import choose_targets
from segkit.reporting.evaluation import evaluation_plot
from segkit.study.targets import Criterion, target_spec
from tests.conftest import study_of
from tests.personas.test_cards import DICTIONARY, QUICK, shoppers

__all__ = ["shoppers"]
COLUMNS = {"customer_id": "c", "order_date": "d", "amount": "a"}


@pytest.fixture(scope="module")
def personas(shoppers) -> Personas:
    bases = shoppers[["recency_days", "revenue", "fuel_share"]]
    segments = segkit.fit_segments(bases, **QUICK)
    consent = pd.Series(np.arange(len(shoppers)) % 4 == 0, index=shoppers.index, name="consent")
    few = pd.Series(np.where(np.arange(len(shoppers)) < 12, 1.0, np.nan), shoppers.index, name="few")
    frame = shoppers.join([consent, few])
    profile = segkit.profile_segments(segments, frame, dictionary=DICTIONARY)
    return segkit.describe_segments(profile, frame, n_boot=0)


def chosen(personas, **spec):
    return choose_targets(personas, target_spec(spec))


def by_key(targets):
    return {row.card.key: row for row in targets.rows}


def test_a_score_is_the_weighted_mean_of_points_computed_by_hand(personas):
    targets = chosen(
        personas,
        attractiveness=[
            {"metric": "revenue_share", "weight": 3},
            {"metric": "recency_days", "weight": 1, "direction": "low"},
        ],
    )
    effects = personas.profile.effects["delta"]
    shares = personas.profile.sizes["revenue_share"]
    for key, row in by_key(targets).items():
        size, recent = shares[key] / shares.max(), (1 - effects[key, "recency_days"]) / 2
        assert row.attractive.value == pytest.approx(100 * (3 * size + recent) / 4)
    points = [row.attractive.value for row in targets.rows]
    assert points == sorted(points, reverse=True)
    assert targets.rows[0].card.name == "Recent big spenders"


def test_low_is_high_turned_round(personas):
    for metric in ("revenue", "share", "stability"):
        high, low = (
            by_key(
                chosen(personas, attractiveness=[{"metric": metric, "weight": 1, "direction": side}])
            )
            for side in ("high", "low")
        )
        for key in high:
            assert high[key].attractive.value + low[key].attractive.value == pytest.approx(100)


KNOCK_OUTS = [
    ({"min_customers": 121}, "Customers: 120, at least 121"),
    ({"min_share": 0.4}, "Share of all: 33%, at least 40%"),
    ({"min_stability": 1.01}, "Stability: "),
    ({"min_distinctness": 1.01}, "Distinctness (difference from the rest): "),
    ({"min_reachable": {"metric": "consent", "share": 0.5}}, "Reachable (consent): 25%, at least 50%"),
]
NO_SHARE = {"metric": "revenue", "share": 0.1}
REVENUE = [{"metric": "revenue", "weight": 1}]


@pytest.mark.parametrize(("limit", "said"), KNOCK_OUTS)
def test_each_knock_out_rules_out_alone_and_says_why(personas, limit, said):
    targets = chosen(personas, attractiveness=REVENUE, knock_out=limit)
    assert targets.ranked == []
    for row in targets.rows:
        assert len(row.failed) == 1
        assert said in row.failed[0].text
    assert targets.sentences[0].text == "0 of 3 segments pass every knock-out."


@pytest.mark.parametrize("limit", [{"min_customers": 120}, {"min_stability": 0.0}, {"min_share": 0.3}])
def test_who_reaches_the_limit_passes(personas, limit):
    targets = chosen(personas, attractiveness=REVENUE, knock_out=limit)
    assert len(targets.ranked) == 3


def test_a_range_that_includes_the_limit_is_said(personas):
    rows = chosen(personas, attractiveness=REVENUE, knock_out={"min_share": 0.32}).rows
    assert all(row.close and not row.failed for row in rows)
    rows = chosen(personas, attractiveness=REVENUE, knock_out={"min_share": 0.1}).rows
    assert not any(row.close for row in rows)


def test_a_segment_that_fails_is_not_first_however_attractive(personas):
    spec = {"attractiveness": [{"metric": "revenue", "weight": 1}]}
    best = chosen(personas, **spec).rows[0].card.key
    fuel = next(row for row in chosen(personas, **spec).rows if "fuel" in row.card.name)
    limit = {"min_reachable": {"metric": "fuel_share", "share": 0.5}}
    rows = chosen(personas, **spec, knock_out=limit).rows
    assert rows[0].card.key == fuel.card.key
    assert best in [row.card.key for row in rows if row.failed]


def test_a_trait_known_of_few_rules_out(personas):
    targets = chosen(personas, attractiveness=[{"metric": "few", "weight": 1}])
    assert targets.ranked == []
    assert targets.rows[0].failed[0].text == "few is known of fewer than 10 customers."
    assert targets.rows[0].attractive is None
    assert "NaN" not in evaluation_plot(targets)


@pytest.mark.parametrize(
    ("spec", "words"),
    [
        ({"attractiveness": [{"metric": "revenu", "weight": 1}]}, "Did you mean 'revenue'?"),
        ({"attractiveness": REVENUE, "knock_out": {"min_reachable": NO_SHARE}}, "which is no share"),
        ({"attractiveness": REVENUE * 2}, "names 'revenue' twice"),
    ],
)  # fmt: skip
def test_a_criterion_that_cannot_be_is_refused(personas, spec, words):
    with pytest.raises(StudyError) as refused:
        chosen(personas, **spec)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("targets", "words"),
    [
        ({}, "targets lacks attractiveness"),
        ({"attractiveness": []}, "targets.attractiveness is []"),
        ({"attractiveness": [{"metric": "revenue", "weight": 0}]}, "weight is 0"),
        ({"attractiveness": [{"metric": "revenue", "weight": 1, "direction": "up"}]}, "high or low"),
        ({"attractiveness": REVENUE, "knock_out": {"min_size": 3}}, "unknown word 'min_size'"),
        ({"attractivness": REVENUE}, "Did you mean 'attractiveness'?"),
    ],
)
def test_study_yaml_refuses_other_words(targets, words):
    with pytest.raises(StudyError) as refused:
        study_of(COLUMNS, targets=targets)
    assert words in str(refused.value)


def test_a_study_s_targets_are_read():
    study = study_of(COLUMNS, targets={"goal": "Grow", "attractiveness": REVENUE})
    assert study.targets.attractiveness == (Criterion("revenue", 1),)
    assert study_of(COLUMNS).targets is None


def scores(*points):
    return [Score(Criterion(f"m{at}", 1.0), "", None, one) for at, one in enumerate(points)]


def test_sensitivity_counts_the_combinations_of_weights():
    """Two equal weights, a = (1, 0) against b = (0, .9): a holds where w1 >= .9 w2."""
    same, first, n = sensitivity([scores(1.0, 0.0), scores(0.0, 0.9)])
    assert n == 9
    pairs = [(one, two) for one in (0.75, 1, 1.25) for two in (0.75, 1, 1.25)]
    held = np.mean([one >= 0.9 * two for one, two in pairs])
    assert (same, first) == (pytest.approx(held), pytest.approx(held))


def test_one_criterion_depends_on_no_weight():
    assert sensitivity([scores(0.9), scores(0.1)]) == (1.0, 1.0, 3)


@pytest.fixture(scope="module")
def with_a_few(shoppers):
    """Segments drawn by rules, one of them of 8 customers."""
    marked = shoppers.assign(kind=np.where(np.arange(len(shoppers)) < 8, 1.0, 0.0))
    rules = [{"name": "No", "where": {"kind": {"from": 1}}}, {"name": "Yes", "otherwise": True}]
    profile = segkit.profile_segments(
        segkit.fit_segments(marked, rules=rules), marked, dictionary=DICTIONARY
    )
    return profile, marked


def test_a_segment_of_eight_shows_no_figure_in_notes_and_targets(with_a_few):
    profile, marked = with_a_few
    notes = {
        "kpi": "customers",
        "written": {"date": "2024-06-01", "facts": {"revenue/median": [1.0]}},
        "needs": [{"text": "{fact:revenue/median}", "evidence": {"assumption": True}}],
    }
    messages = read_messages({"segments": {"No": notes}})
    personas = segkit.describe_segments(profile, marked, messages=messages, n_boot=5)
    few = next(card for card in personas.cards if card.key == "No")
    assert few.auto_name == "Small group"
    assert few.notes.kpi is None
    assert few.notes.groups["Needs"][0].text.text == "n/a"
    row = by_key(chosen(personas, attractiveness=REVENUE))["No"]
    assert (row.attractive, bool(row.failed)) == (None, True)


def test_every_number_of_the_targets_is_a_fact_with_a_base(personas):
    targets = chosen(
        personas,
        attractiveness=REVENUE,
        competitiveness=[{"metric": "stability", "weight": 2}],
        knock_out={"min_share": 0.3},
    )
    assert all(fact.n > 0 and fact.base for fact in targets.facts.values())
    assert [weight.value for _, weight, _ in targets.weights] == [1, 2]
    for line in targets.sentences:
        assert {fact.id for fact in line.facts.values()} <= set(targets.facts)


@pytest.mark.parametrize("second", [[], [{"metric": "stability", "weight": 1}]])
def test_the_plot_names_every_segment_and_says_its_points(personas, second):
    targets = chosen(personas, attractiveness=REVENUE, competitiveness=second)
    svg = evaluation_plot(targets)
    for row in targets.rows:
        assert row.card.name in svg
        assert row.attractive.text in re.search("<desc.*?</desc>", svg)[0]
    assert svg.count("<circle") == 3
    assert ("competitiveness" in svg) is bool(second)
