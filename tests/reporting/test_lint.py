"""Mutations of a clean page: each must be found."""

from dataclasses import replace

import pytest

from segkit.personas.facts import Fact, Rank, SegmentName, Sentence
from segkit.reporting.lint.page import check_page, read_facts, require_clean

A, B = "many-orders-1a2b", "few-orders-3c4d"
NAMES = {A: "Frequent buyers", B: "Occasional buyers"}
FACTS = {
    fact.id: fact
    for fact in [
        Fact(f"{A}/size/share", 0.31, "share", 900, "all", 0.27, 0.35),
        Fact(f"{B}/size/share", 0.69, "share", 900, "all", 0.65, 0.73),
        Fact(f"{A}/n_orders/delta", 0.62, "effect", 280, "", 0.5, 0.7),
        Fact(f"{B}/n_orders/delta", -0.2, "effect", 620, "", -0.4, 0.1),
        Fact(f"{A}/revenue/delta", -0.4, "effect", 280, "", -0.5, -0.3),
        Fact("all/revenue/share", 0.5, "share", 900, "all"),
    ]
}


def sentence(key=A):
    facts = {"share": FACTS[f"{key}/size/share"], "money": FACTS["all/revenue/share"]}
    name = {"name": SegmentName(NAMES[key], key)}
    return Sentence("{name} are {share} of customers; half is {money}.", facts, name).__html__()


def ranked(word, key, metric="size/share"):
    fact = FACTS[f"{key}/{metric}"]
    names = {"name": SegmentName(NAMES[key], key), "rank": Rank(word, fact)}
    return Sentence("The {rank} segment, {name}, holds {n}.", {"n": fact}, names).__html__()


def row(key):
    share, delta = FACTS[f"{key}/size/share"], FACTS[f"{key}/n_orders/delta"]
    words = "much higher" if key == A else "no clear difference"
    return (
        f'<tr data-segment="{key}"><th scope="row"><span data-name="{key}">{NAMES[key]}</span></th>'
        f"<td>{share.html(share.with_range)}</td>"
        f'<td><span data-says="{delta.id}">{words}</span></td></tr>'
    )


PAGE = (
    '<!doctype html><html lang="en"><head><title>T</title><meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'\"></head><body><nav><a href='#s'>S</a></nav><main><h1>T</h1>"
    f'<section id="s"><h2>S</h2><p>{sentence()}</p><p>{ranked("largest", B)}</p>'
    f"<p>{ranked('smallest', A)}</p><p>{ranked('most', A, 'n_orders/delta')}</p>"
    '<p data-from="segkit">Solid from 300.</p>'
    f'<table data-order="size/share"><caption>Shares</caption>{row(B)}{row(A)}</table>'
    f'<article data-segment="{A}"><table><caption>Traits</caption><tr><td>'
    f"{FACTS[f'{A}/n_orders/delta'].html()}</td><td>{FACTS[f'{A}/revenue/delta'].html()}</td></tr>"
    "</table></article>"
    '<svg><title>Share</title><desc>Frequent buyers 31%.</desc><g data-segment="'
    f'{A}"><text data-fact="{A}/size/share">31%</text></g></svg></section></main></body></html>'
)


def rules(page):
    return {finding.rule for finding in check_page(page, FACTS, NAMES)}


def changed(old, new, count=1):
    assert old in PAGE
    return PAGE.replace(old, new, count)


def test_a_clean_page_passes():
    assert [str(one) for one in check_page(PAGE, FACTS, NAMES)] == []
    require_clean(PAGE, FACTS, NAMES)


SHARE = str(FACTS[f"{A}/size/share"].html())
MUTATIONS = {
    "changed fact": (changed(">31%</data>", ">32%</data>"), "changed number"),
    "changed value": (changed('value="0.31"', 'value="0.41"'), "changed value"),
    "changed range": (changed("27–\u206035%", "27–\u206036%"), "changed number"),
    "removed slot": (changed(SHARE, ""), "removed slot"),
    "unknown id": (changed(f'data-fact="{A}/size/share"', 'data-fact="x/y/z"'), "unknown fact"),
    "bare digit": (changed("Solid from", "Solid from").replace("<h2>S", "<h2>S 7"), "bare digit"),
    "bare digit in a cell": (changed("</table>", "<tr><td>12</td></tr></table>"), "bare digit"),
    "untagged sentence": (changed("</h2>", "</h2><p>They love it.</p>"), "untagged sentence"),
    "sentence beside a computed one": (
        changed("</span></p>", " They stay.</span></p>"), "sentence without a number",
    ),
    "swapped numbers": (
        changed(SHARE, str(FACTS[f"{B}/size/share"].html())), "another segment's number",
    ),
    "swapped names": (
        changed(f'<b data-name="{A}">Frequent', f'<b data-name="{A}">Occasional'), "wrong segment name",
    ),
    "swapped rows": (
        changed(f'<tr data-segment="{A}">', f'<tr data-segment="{B}">'), "another segment's number",
    ),
    "swapped owner of a row's name": (
        changed(f'<span data-name="{A}">{NAMES[A]}', f'<span data-name="{B}">{NAMES[B]}'),
        "a row of another segment",
    ),
    "reversed direction": (changed("much higher", "much lower"), "wrong direction"),
    "wrong size": (changed("much higher", "slightly higher"), "wrong direction"),
    "direction though the range holds zero": (
        changed("no clear difference", "slightly lower"), "wrong direction",
    ),
    "direction without a fact": (
        changed("Shares</caption>", "Shares, clearly higher</caption>"), "direction without a fact",
    ),
    "banned word": (changed("of customers", "of customers because"), "banned word"),
    "number only in a description": (
        changed("31%.</desc>", "31% (99%).</desc>"), "number only in a description",
    ),
    "chart without a title": (changed("<title>Share<", "<title><"), "chart without a title"),
    "unknown source": (changed('data-from="segkit"', 'data-from="nobody"'), "unknown source of a text"),
    "largest and smallest swapped": (
        changed(ranked("largest", B), ranked("largest", A)), "wrong rank",
    ),
    "smallest of another": (changed(ranked("smallest", A), ranked("smallest", B)), "wrong rank"),
    "word of rank turned round": (changed(">largest</span>", ">smallest</span>"), "wrong rank"),
    "most by another trait": (
        changed(ranked("most", A, "n_orders/delta"), ranked("most", A, "revenue/delta")), "wrong rank",
    ),
    "rank by a fact that is not there": (
        changed(f'data-rank="{B}/size/share"', 'data-rank="all/revenue/share"'), "rank without a fact",
    ),
    "rank of another segment's figure": (
        changed(f'data-rank="{A}/size/share"', f'data-rank="{A}/n_orders/delta"'),
        "rank without a fact",
    ),
    "bare word of rank": (changed("of customers", "of most customers"), "rank without a fact"),
    "word of rank in a head": (changed("<h2>S", "<h2>The strongest"), "rank without a fact"),
    "rows out of order": (changed(f"{row(B)}{row(A)}", f"{row(A)}{row(B)}"), "wrong order"),
    "order without its table": (
        changed("Shares</caption>", "Largest first</caption>").replace(" data-order", " data-x"),
        "rank without a fact",
    ),
    "largest in a description": (
        changed("31%.</desc>", "31%, the largest.</desc>").replace(
            "</g>", f'</g><text data-fact="{B}/size/share">69%</text>'
        ), "wrong rank",
    ),
    "script": (changed("</h2>", "</h2><script>1</script>"), "forbidden element"),
    "handler": (changed("<h2>", '<h2 onclick="x">'), "script in an attribute"),
    "request": (
        changed("</h2>", '</h2><img alt="Logo" src="https://example.org/x">'), "link to the outside",
    ),
    "link to nowhere": (changed("#s'", "#t'"), "link to nowhere"),
    "skipped heading": (changed("h2>", "h4>", 2), "headings"),
    "no language": (changed(' lang="en"', ""), "no language"),
    "table without caption": (changed("<caption>Shares</caption>", ""), "table without caption"),
    "head without scope": (changed(' scope="row"', ""), "table head without scope"),
    "policy": (changed("default-src", "img-src"), "no content security policy"),
    "e-mail": (changed("</h2>", "</h2><b>a@example.org</b>"), "an e-mail address in the text"),
    "hash": (changed("</h2>", f"</h2><b>{'a' * 64}</b>"), "a hash in the text"),
}  # fmt: skip


@pytest.mark.parametrize(("page", "rule"), MUTATIONS.values(), ids=MUTATIONS)
def test_a_mutation_is_found(page, rule):
    assert page != PAGE
    assert rule in rules(page)


def test_a_page_with_a_fault_is_not_published():
    with pytest.raises(ValueError, match=r"changed number.*Nothing is published"):
        require_clean(MUTATIONS["changed fact"][0], FACTS, NAMES)


def test_facts_are_read_as_they_were_written():
    from json import dumps

    from segkit.personas.facts import fact_table

    assert read_facts(dumps(fact_table(FACTS))) == FACTS


def test_withheld_facts_are_in_no_file_and_print_no_number():
    hidden = Fact("a/size/customers", float("nan"), "customers", 0, "")
    from segkit.personas.facts import fact_table

    assert fact_table({hidden.id: hidden}) == []
    assert "withheld" in hidden.html()


def test_a_base_that_tells_of_a_few_without_a_value_is_found():
    size = Fact(f"{A}/size/customers", 280, "customers", 900, "all customers")
    for n, is_found in ((280, False), (277, True), (271, False), (270, False)):
        gap = Fact(f"{A}/gap/median", 4.0, "days", n, "the segment's customers")
        known = replace(gap, id=f"{A}/gap/known", value=n, n=280)
        for fact in (gap, known):
            found = check_page(PAGE, FACTS | {size.id: size, fact.id: fact}, NAMES)
            assert [one.rule for one in found] == ["a base that tells of a few"] * is_found


POINTS = {A: 81.0, B: 64.0}


def comes_first(key, *, out=(), tagged=True):
    """A page whose targets section puts one segment first, of those that are not out."""
    score = "{}/targets/attractiveness".format
    facts = {score(one): Fact(score(one), points, "points", 9, "") for one, points in POINTS.items()}
    by = facts[score(key)]
    names = {"name": SegmentName(NAMES[key], key), "rank": Rank("first", by) if tagged else "first"}
    said = Sentence("{name} comes {rank} with {points}.", {"points": by}, names).__html__()
    rows = "".join(f'<tr data-segment="{one}" data-out="knocked out"></tr>' for one in out)
    page = changed("</h2>", f"</h2><p>{said}</p><table><caption>Out</caption>{rows}</table>")
    return [one.rule for one in check_page(page, FACTS | facts, NAMES)]


def test_of_two_effects_that_print_alike_either_is_the_most():
    for other, found in ((0.624, set()), (0.626, {"wrong rank"})):
        revenue = replace(FACTS[f"{A}/revenue/delta"], value=other)
        page = PAGE.replace(str(FACTS[revenue.id].html()), str(revenue.html()))
        assert {one.rule for one in check_page(page, FACTS | {revenue.id: revenue}, NAMES)} == found


def test_who_comes_first_among_the_targets_has_the_most_points_of_those_not_out():
    assert comes_first(A) == []
    assert comes_first(B) == ["wrong rank"]
    assert comes_first(B, out=[A]) == []
    assert comes_first(A, out=[A]) == ["wrong rank"]
    assert comes_first(A, tagged=False) == ["rank without a fact"]


def test_a_rank_is_of_the_segment_that_its_sentence_speaks_of():
    other = changed(f'data-rank="{A}/size/share"', f'data-rank="{B}/size/share"')
    assert "rank without a fact" in rules(other.replace(">smallest</span>", ">largest</span>"))
