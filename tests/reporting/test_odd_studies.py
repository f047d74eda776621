"""Studies off the beaten track: each renders a page that the lint passes and that gives nobody away."""

import json
import re

import pytest

from tests.reporting.made import PEOPLE, made_report, orders_of, page_of, subjects

EIGHT = [
    {"name": "Many orders", "where": {"n_orders": {"from": 25}}},
    {"name": "Some orders", "where": {"n_orders": {"from": 5, "to": 24}}},
    {"name": "Few orders", "otherwise": True},
]
BASES = ["n_orders", "mean_order_value"]


def told(html):
    """What the page says, tags taken off."""
    return re.sub(r"\s+", " ", re.sub(r"<style.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


@pytest.fixture(scope="module")
def eight(tmp_path_factory):
    """Segments drawn by rules, one of them of eight customers."""
    return made_report(
        tmp_path_factory.mktemp("eight"), orders=orders_of(), bases=BASES, segments=EIGHT, currency="$"
    )


def test_a_passed_review_is_flagged_on_the_segmentation_card(tmp_path):
    for day, is_said in (("2024-05-31", True), ("2024-06-01", False)):
        report = made_report(
            tmp_path / day, orders=orders_of(), bases=BASES, segments=EIGHT, review_by=day
        )
        assert ("look at the segments again before" in report.about.html) == is_said


def test_a_segment_of_eight_is_named_but_not_counted(eight):
    html, facts, found = page_of(eight)
    assert [str(one) for one in found] == []
    card = html[html.index('id="segment-Many-orders') :].split("</article>")[0]
    assert "withheld" in card
    assert "data-fact" not in card.split('class="pair"')[1]
    hidden = eight.run.profile.withheld
    sizes = {fact["segment"] for fact in json.loads(facts) if fact["metric"] == "size"} - {"all"}
    assert sizes == set(hidden.index[~hidden])
    about = {fact["metric"] for fact in json.loads(facts) if fact["segment"] == "Many orders"}
    assert about <= {"name"}  # how often resamples give the same name: of resamples, not customers


def test_the_notebooks_show_no_small_segment_s_size(eight):
    segments, profile = eight.run.segments, eight.run.profile
    for shown in (segments._repr_html_(), profile._repr_html_().split("</table>")[0]):
        rows = [row for row in shown.split("<tr") if "Many orders" in row]
        assert rows
        assert not any(re.search(r">\s*(8|0\.0?9)\s*<", row) for row in rows)
    labels = [text.get_text() for text in segments.plot().texts]
    assert labels.count(" withheld") == 2


def test_no_other_number_gives_the_eight_away(eight):
    """83 others in two segments: one is not told, so that 91 less both can't be worked out."""
    _, facts, _ = page_of(eight)
    counts = eight.run.segments.sizes
    assert counts["Many orders"] == 8
    told_n = {fact["n"] for fact in json.loads(facts) if fact["segment"] in counts.index}
    hidden = eight.run.profile.withheld
    assert hidden.sum() == 2
    kept_back = next(key for key in hidden.index[hidden] if key != "Many orders")
    assert counts[kept_back] not in told_n
    assert eight.run.profile.shown_sizes.loc["Many orders"].eq("").all()
    assert (
        str(counts[kept_back]) not in eight.run.profile.shown_sizes.loc[kept_back].astype(str).tolist()
    )


def tenths(names):
    """Rules that cut mails opened into parts of their own, one per name."""
    step = 100 / len(names)
    rules = [
        {"name": name, "where": {"opens": {"above": place * step, "to": (place + 1) * step}}}
        for place, name in enumerate(names)
    ]
    rules[-1] = {"name": names[-1], "otherwise": True}
    rules[0]["where"] = {"opens": {"to": step}}
    return rules


@pytest.mark.slow
def test_two_segments_that_were_found_without_money_or_orders(tmp_path):
    report = made_report(tmp_path, customers=subjects(2), parameters={"k": 2, "k_max": 2}, **PEOPLE)
    html, _, found = page_of(report)
    assert [str(one) for one in found] == []
    assert html.count("<article") == 2
    assert not re.search(r"\b(revenue|sales|orders)\b", told(html))


def test_twelve_segments_fit_on_the_page(tmp_path):
    names = [f"Part {letter}" for letter in "ABCDEFGHIJKL"]
    report = made_report(tmp_path, customers=subjects(12, 100), segments=tenths(names), **PEOPLE)
    html, _, found = page_of(report)
    assert [str(one) for one in found] == []
    assert html.count("<article") == 12
    assert len(html.encode()) < 150_000


def test_german_columns_and_japanese_categories(tmp_path):
    report = made_report(
        tmp_path, orders=orders_of(kinds=("お茶", "食器", "本")), bases=BASES,
        title="Wer bekommt eine Einladung?",
        words={"customer": "Käufer", "customers": "Käufer*innen", "order": "Kauf", "orders": "Käufe"},
        categories={"top": 3}, segments=EIGHT,
    )  # fmt: skip
    html, _, found = page_of(report)
    assert [str(one) for one in found] == []
    assert "Käufer*innen" in html
    assert "お茶" in html


HOSTILE = {
    "html": "<b>bold</b>",
    "script": "<script>alert(1)</script>",
    "attribute": '" onmouseover="alert(1)',
    "markdown": "[tea](javascript:alert(1)) **x** ![y](https://example.org/y.png)",
    "latex": r"$\int_0^1 x$ \(y\)",
    "formula": '=HYPERLINK("https://example.org","x")',
    "bidi": "tea\u202ereversed\u202c",
    "zero width": "te\u200ba\ufeff",
    "style": "}</style><style>*{display:none}",
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_render_as_text(tmp_path, text):
    people = subjects(2)
    people["region"] = [text if row % 2 else "south" for row in range(len(people))]
    traits = {**PEOPLE["traits"], "opens": {**PEOPLE["traits"]["opens"], "label": text}}
    report = made_report(
        tmp_path, customers=people, title=f"Who? {text}", decision=text, made_for=text, owner=text,
        out_of_scope=[text], segments=tenths([text, "others"]), **(PEOPLE | {"traits": traits}),
    )  # fmt: skip
    html, facts, found = page_of(report, title=f"Who? {text}")
    assert [str(one) for one in found] == []
    assert html.count("<style>") == 1
    for tag in ("<b>bold", "<script", "<img", 'javascript:alert(1)"', '<a href="https'):
        assert tag not in html
    assert not re.search("[\u202a-\u202e\u200b\ufeff]", html + facts.replace(text, ""))
    assert r"\*\*x\*\*" in report.run.personas.reading or text != HOSTILE["markdown"]


def test_no_customer_is_on_a_page_or_in_its_facts(eight):
    html, facts, _ = page_of(eight)
    assert "person-" not in html + facts + repr(eight) + eight.run.personas.reading


def test_money_that_is_one_customer_s_is_withheld(tmp_path):
    orders = orders_of()
    orders.loc[orders["customer"] == "person-00001", "price"] *= 5_000
    rules = [{"name": "Odd", "where": {"n_orders": {"to": 5}}}, {"name": "Rest", "otherwise": True}]
    report = made_report(tmp_path, orders=orders, bases=BASES, segments=rules)
    _, facts, found = page_of(report)
    assert [str(one) for one in found] == []
    assert "revenue/share" not in {fact["id"].split("/", 1)[1] for fact in json.loads(facts)}


def test_the_size_of_a_page_does_not_grow_with_its_customers(tmp_path):
    sizes = []
    for n in (500, 50_000):
        people = subjects(2, n)
        rules = tenths(["few", "many"])
        report = made_report(tmp_path / str(n), customers=people, segments=rules, **PEOPLE)
        sizes.append(len(page_of(report)[0].encode()))
    assert abs(sizes[1] / sizes[0] - 1) <= 0.02
