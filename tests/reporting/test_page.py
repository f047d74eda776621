"""The demo's report: its words against the data, and the page in a real browser."""

import json
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def html(demo_run):
    return (demo_run / "report.html").read_text("utf-8")


@pytest.fixture(scope="module")
def facts(demo_run):
    return {fact["id"]: fact for fact in json.loads((demo_run / "facts.json").read_text("utf-8"))}


@pytest.fixture
def page(browser, demo_run):
    """The report, opened; with every request and console message."""
    opened = browser.new_page(viewport={"width": 1200, "height": 900})
    opened.asked, opened.said = [], []
    opened.on("request", lambda request: opened.asked.append(request.url))
    opened.on("console", lambda message: opened.said.append(message.text))
    opened.on("pageerror", lambda error: opened.said.append(str(error)))
    opened.goto((demo_run / "report.html").as_uri())
    yield opened
    opened.close()


class Words(HTMLParser):
    def __init__(self):
        super().__init__()
        self.text, self.tags, self.numbers = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "data":
            self.numbers.append(dict(attrs))

    def handle_data(self, data):
        self.text.append(data)


@pytest.fixture(scope="module")
def words(html):
    parser = Words()
    parser.feed(html)
    return parser


def test_households_baskets_and_sales_are_accounted_for_in_words(words):
    text = re.sub(r"\s+", " ", "".join(words.text))
    assert (
        "2,469 households, 155,848 baskets and $4,596,039.58 in sales on 1,469,307 lines were read."
        in text
    )
    assert (
        "2,469 households, 155,370 baskets and $4,596,039.58 in sales on 1,458,061 lines were kept."
        in text
    )


def test_every_tagged_number_is_a_fact(words, facts):
    assert len(words.numbers) > 100
    for number in words.numbers:
        assert float(number["value"]) == pytest.approx(facts[number["data-fact"]]["value"], rel=1e-8)


def test_the_page_is_one_small_file_without_script(html, words):
    assert len(html.encode()) < 150_000
    assert "script" not in words.tags
    assert "http://" not in html.replace("http://www.w3.org", "")
    assert "https://" not in html


def test_headings_form_an_outline(words):
    levels = [int(tag[1]) for tag in words.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_nothing_is_requested_and_nothing_complains(page):
    assert len(page.asked) == 1
    assert page.said == []


@pytest.mark.parametrize("width", [320, 390, 768])
def test_the_page_fits_a_phone(page, width):
    page.set_viewport_size({"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_every_chart_has_a_title_and_a_description_with_numbers(page):
    charts = page.eval_on_selector_all(
        "svg[role=img]",
        "all => all.map(one => [one.querySelector('title').textContent, "
        "one.querySelector('desc').textContent])",
    )
    assert len(charts) == 7
    assert len({title for title, _ in charts}) == len(charts)
    assert all(re.search(r"\d", description) for _, description in charts)


def test_charts_do_not_cut_their_texts_off(page):
    outside = page.evaluate(
        """[...document.querySelectorAll('svg.chart')].flatMap(chart => {
            const box = chart.viewBox.baseVal;
            return [...chart.querySelectorAll('text')].filter(text => {
                const at = text.getBBox();
                return at.x < -1 || at.x + at.width > box.width + 1
                    || at.y + at.height > box.height + 1;
            }).map(text => text.textContent);
        })"""
    )
    assert outside == []


def test_links_lead_somewhere_and_ids_are_unique(page):
    ids = page.eval_on_selector_all("[id]", "all => all.map(one => one.id)")
    assert len(ids) == len(set(ids))
    targets = page.eval_on_selector_all("a[href^='#']", "all => all.map(one => one.hash.slice(1))")
    assert set(targets) <= set(ids)


def test_paper_shows_what_the_screen_folds_away(page):
    shown = "document.querySelector('details table').checkVisibility()"
    assert not page.evaluate(shown)
    page.emulate_media(media="print")
    assert page.evaluate(shown)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_ground(page, scheme):
    page.emulate_media(color_scheme=scheme)
    contrasts = page.evaluate(
        """() => {
            const parts = colour => (colour.match(/[\\d.]+/g) || []).map(Number);
            const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
                .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
                .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
            const ground = node => {
                const colour = parts(getComputedStyle(node).backgroundColor);
                return colour.length === 3 || colour[3] > 0 ? colour
                    : node.parentElement ? ground(node.parentElement) : [255, 255, 255];
            };
            const parts_of_the_page = 'p,li,td,th,h1,h2,h3,h4,a,dt,dd,span,figcaption,caption';
            return [...document.querySelectorAll(parts_of_the_page)]
                .filter(node => node.textContent.trim())
                .map(node => {
                    const [a, b] = [parts(getComputedStyle(node).color), ground(node)].map(light);
                    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
                });
        }"""
    )
    assert min(contrasts) >= 4.5
