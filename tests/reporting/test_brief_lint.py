"""Message briefs pass the report's lint, and a mutated one doesn't."""

import json

import nbformat
import pytest

from segkit.personas.facts import OF_THE_SEGMENT, fact_table
from segkit.plain import visible
from segkit.reporting.briefs import BRIEFS, brief_pages
from segkit.reporting.lint.page import check_page, read_facts
from tests.reporting.made import PEOPLE, made_report, orders_of, subjects
from tests.reporting.test_odd_studies import BASES, EIGHT, HOSTILE, tenths


def briefs_of(report):
    """Each brief as it is published, with the facts and names that it is held against."""
    output = nbformat.v4.new_output("display_data", data={BRIEFS: dict(report.briefs.pages)})
    cell = nbformat.v4.new_code_cell("", outputs=[output])
    pages = brief_pages(nbformat.v4.new_notebook(cells=[cell]))
    facts = json.dumps(fact_table(report.facts, report.names), ensure_ascii=False)
    names = {visible(key): visible(name) for key, name in report.names.items()}
    return pages, read_facts(visible(facts)), names


def found(page, facts, names):
    return [str(one) for one in check_page(page, facts, names, landmarks=("main",))]


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("briefs")
    return briefs_of(made_report(folder, orders=orders_of(), bases=BASES, currency="$"))


@pytest.fixture(scope="module")
def brief(shop):
    return next(iter(shop[0].values()))


def test_every_brief_of_a_shop_is_clean(shop):
    pages, facts, names = shop
    assert len(pages) == len(names)
    assert [found(page, facts, names) for page in pages.values()] == [[]] * len(pages)


def test_a_brief_tells_the_buying_rhythm_that_the_card_shows(tmp_path):
    report = made_report(tmp_path, orders=orders_of(240), bases=["n_orders", "tea_share"], currency="$")
    told = [card for card in report.cards if card.rhythm]
    assert told
    for card, page in zip(report.cards, briefs_of(report)[0].values(), strict=True):
        said = page.split("Buying rhythm:")[1].split("</p>")[0] if "Buying rhythm:" in page else ""
        assert all(f'data-fact="{one.here.id}"' in said for one in card.rhythm)
        assert bool(said) == bool(card.rhythm)


def test_no_fact_tells_of_the_few_who_lack_a_value(tmp_path):
    people = subjects(2, 100)
    people.loc[[0, 1, 2, 150], "region"] = None
    people["income"] = people["opens"].where(people.index % 40 != 0)  # three of each hundred lack it
    traits = PEOPLE["traits"] | {"income": {"kind": "number", "basis": "demographic"}}
    descriptors = {"traits": traits, "descriptors": ["region", "income"]}
    report = made_report(tmp_path, customers=people, **(PEOPLE | descriptors))
    bases = [fact for fact in report.facts.values() if fact.base.startswith(OF_THE_SEGMENT)]
    sizes = {card.key: card.customers.value for card in report.cards}
    lacking = {sizes[fact.id.split("/")[0]] - fact.n for fact in bases}
    assert lacking <= {0, 9}
    assert 9 in lacking
    pages, facts, names = briefs_of(report)
    assert [found(page, facts, names) for page in pages.values()] == [[]] * 2


def test_briefs_of_small_and_of_drawn_segments_are_clean(tmp_path):
    pages, facts, names = briefs_of(
        made_report(tmp_path, orders=orders_of(), bases=BASES, segments=EIGHT)
    )
    assert [found(page, facts, names) for page in pages.values()] == [[]] * 3


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_are_text_in_a_brief(tmp_path, text):
    traits = {**PEOPLE["traits"], "opens": {**PEOPLE["traits"]["opens"], "label": text}}
    report = made_report(
        tmp_path, customers=subjects(2), title=f"Who? {text}", segments=tenths([text, "others"]),
        **(PEOPLE | {"traits": traits}),
    )  # fmt: skip
    pages, facts, names = briefs_of(report)
    for page in pages.values():
        assert found(page, facts, names) == []
        assert "<script" not in page.split("</head>")[1]


MUTATIONS = {
    "changed number": lambda page: page.replace("</data>", "1</data>", 1),
    "bare digit": lambda page: page.replace("<h2>Who</h2>", "<h2>Who 5</h2>", 1),
    "untagged sentence": lambda page: page.replace("<h2>Who</h2>", "<h2>Who</h2><p>They stay.</p>", 1),
    "rank without a fact": lambda page: page.replace("<h2>Who</h2>", "<h2>Our largest</h2>", 1),
    "link to the outside": lambda page: page.replace(
        "<h2>Who</h2>", '<a href="https://example.org">x</a>', 1
    ),
}


@pytest.mark.parametrize("rule", MUTATIONS)
def test_a_mutated_brief_is_found(shop, brief, rule):
    page = MUTATIONS[rule](brief)
    assert page != brief
    assert any(one.startswith(rule) for one in found(page, *shop[1:]))


def test_a_brief_of_one_segment_with_another_s_figures_is_found(shop):
    pages, facts, names = shop
    first, second = list(names)[-2:]
    brief = next(page for page in pages.values() if f'data-segment="{first}"' in page)
    swapped = brief.replace(f'data-segment="{first}"', f'data-segment="{second}"')
    assert any(one.startswith("another segment's number") for one in found(swapped, facts, names))
