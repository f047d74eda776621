"""The report of a survey with weights: where a number is weighted it says so, or its lint fails."""

import json
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
import yaml

from segkit.personas.numbertext import format_value
from segkit.reporting.lint.page import check_page, read_facts
from tests.reporting.made import PEOPLE, made_report, page_of, subjects
from tests.reporting.test_brief_lint import briefs_of, found
from tests.reporting.test_movement import people, run_of
from tests.reporting.test_odd_studies import told

WORDS = {"customer": "respondent", "customers": "respondents"}
EACH = 130


def asked() -> pd.DataFrame:
    """Three planted groups of 130; the first stands for four times as many, three rows for nobody."""
    frame = subjects(3, EACH, seed=3)
    weights = np.where(np.arange(len(frame)) < EACH, 4.0, 1.0) * np.tile([1, 1.5], len(frame) // 2)
    frame["w"] = [f"{weight:g}" for weight in weights]
    frame.loc[[1, EACH, 2 * EACH], "w"] = ["", "0", "NA"]
    return frame


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    folder = tmp_path_factory.mktemp("survey") / "survey"
    return made_report(folder, customers=asked(), weight="w", words=WORDS, **PEOPLE)


@pytest.fixture(scope="module")
def page(report):
    return page_of(report)


def test_the_page_passes_the_lint_and_says_what_is_weighted(report, page):
    html, _, found = page
    assert [str(one) for one in found] == []
    text = told(html)
    assert "Share, weighted" in text
    assert "of all, weighted" in text
    assert "typical values, weighted" in text
    n_effective = format_value(report.run.profile.sample.effective_n, "count")
    assert f"they say as much as {n_effective} unweighted respondents would" in text
    assert text.count("design effect") == 1
    assert "no weight" in text
    assert "weight of 0" in text


def test_the_share_is_that_of_the_population_and_the_base_that_of_respondents(report, page):
    frame = asked()
    weights = pd.to_numeric(frame["w"], errors="coerce").fillna(0)
    true = weights[:EACH].sum() / weights.sum()
    facts = {fact["id"]: fact for fact in json.loads(page[1])}
    first = report.cards[0]
    share = facts[f"{first.key}/size/share"]
    assert share["value"] == pytest.approx(true)
    assert share["n"] == len(frame) - 3
    assert share["weighted_n"] == pytest.approx(len(frame) - 3)
    kept = weights[weights > 0]
    assert share["effective_n"] == pytest.approx(kept.sum() ** 2 / (kept**2).sum())
    assert first.customers.value == EACH - 1
    assert f"{first.customers.text} respondents, {first.effective.text} effective" in told(page[0])


def test_a_weight_is_no_trait_and_forms_no_segment(report, page):
    assert "w" not in report.run.profile.dictionary.index
    assert "w" not in report.run.features.frame
    assert "w" not in report.run.segments.model.columns
    assert not [identity for identity in report.facts if re.search(r"/w[/=]", identity)]


def faults(html, page, report):
    return {one.rule for one in check_page(html, read_facts(page[1]), report.names)}


def test_swapped_and_unweighted_numbers_fail_the_lint(report, page):
    """As does a section from which the word is taken."""
    first, second = (card.share.html(card.share.with_range) for card in report.cards[:2])
    assert first in page[0]
    assert faults(page[0].replace(first, second, 1), page, report) == {"another segment's number"}
    plain = report.cards[0].share.text
    unweighted = f"{(EACH - 1) / (3 * EACH - 3):.0%}"
    assert plain != unweighted
    worse = page[0].replace(f">{plain}</data>", f">{unweighted}</data>")
    assert "changed number" in faults(worse, page, report)
    for section in ("short", "glance", "effects", "cards", "compare"):
        part = re.search(rf'<section id="{section}".*?</section>', page[0], re.DOTALL).group()
        silent = page[0].replace(part, re.sub(r"\b[Ww]eighted\b", "counted", part))
        assert faults(silent, page, report) == {"weighted and not said so"}


def test_a_brief_says_so_too(report):
    brief = next(iter(report.briefs.pages.values()))
    assert "of all, weighted" in told(brief)
    assert "Typical values, weighted" in told(brief)


def test_a_brief_with_notes_and_with_traits_in_which_nobody_differs_is_clean(tmp_path):
    frame = asked()
    frame["price"] = np.tile([1, 2, 3, 3, 4, 5], len(frame) // 6)
    traits = PEOPLE["traits"] | {"price": {"kind": "number", "basis": "psychographic"}}
    study = PEOPLE | {"traits": traits, "descriptors": ["region", "price"]}
    made = partial(made_report, customers=frame, weight="w", words=WORDS, **study)
    first = made(tmp_path / "first").cards[0].key
    proof = {"text": "They open {fact:opens/median}", "evidence": {"facts": ["opens/median"]}}
    notes = {"segments": {first: {"proof_points": [proof], "kpi": "opens"}}}
    folder = tmp_path / "noted"
    folder.mkdir()
    (folder / "messages.yaml").write_text(yaml.safe_dump(notes), "utf-8")
    pages, facts, names = briefs_of(made(folder))
    text = told("".join(pages.values()))
    assert re.search(r"That they differ in price: 3 .*?, all 3 ?, weighted", text)
    assert "figures are weighted" in text
    assert [found(page, facts, names) for page in pages.values()] == [[]] * len(pages)


def test_a_descriptor_that_few_answered_says_how_many(tmp_path):
    frame = subjects(3, EACH, seed=3)
    frame["mood"] = np.where(np.arange(len(frame)) < EACH, 5, 1)
    frame["mood"] = frame["mood"].where(np.arange(len(frame)) % 2 == 0)
    traits = PEOPLE["traits"] | {"mood": {"kind": "number", "basis": "psychographic"}}
    study = PEOPLE | {"traits": traits, "descriptors": ["mood"]}
    report = made_report(tmp_path, customers=frame, **study)
    html, facts, found = page_of(report)
    assert not found
    assert re.search(rf"Mood: 5 .*?, all 1 ?, much higher ?; {EACH // 2} known", told(html))
    by_id = {fact["id"]: fact for fact in json.loads(facts)}
    assert by_id["all/mood/median"]["n"] == 3 * EACH // 2


def test_without_weights_nothing_is_called_weighted(tmp_path):
    report = made_report(tmp_path / "plain", customers=asked().drop(columns="w"), **PEOPLE)
    html, facts, found = page_of(report)
    assert not found
    assert not re.search(r"weighted|effective", told(html), re.IGNORECASE)
    assert "effective_n" not in facts


def weighted(frame):
    """Who visits often stands for three."""
    return frame.assign(w=np.where(frame["visits"] > 10, 3, 1))


def test_the_share_of_the_last_run_is_weighted_as_well(tmp_path):
    """100 who weigh 3 and 60 who weigh 1: five in six."""
    before = run_of(tmp_path, weighted(people(100, 60)), "2024-05-01", weight="w")
    before.run.keep(before.run.features)
    now = run_of(tmp_path, weighted(people(80, 80)), "2024-06-01", weight="w", as_of="2024-07-01")
    share = now._before["Many visits"]
    assert share.value == pytest.approx(300 / 360)
    assert share.is_weighted
    assert [str(one) for one in page_of(now)[2]] == []


def test_a_last_run_without_weights_is_not_compared(tmp_path):
    before = run_of(tmp_path, weighted(people(100, 60)).drop(columns="w"), "2024-05-01")
    before.run.keep(before.run.features)
    now = run_of(tmp_path, weighted(people(80, 80)), "2024-06-01", weight="w", as_of="2024-07-01")
    assert now._before == {}
    assert "Last run" not in page_of(now)[0]
