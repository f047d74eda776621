"""Notebooks as pages, refused reports and paper: nothing of what is shown gets to act."""

import nbformat
import pytest

from segkit.errors import ParameterError, RunError
from segkit.personas.facts import Fact
from segkit.plain import HIDDEN
from segkit.reporting.analyst import analyst_page, title_of
from segkit.reporting.page import refused_page
from segkit.reporting.pdf import find_browser, print_pdf
from segkit.reporting.stored import stored
from tests.reporting.test_odd_studies import HOSTILE

PAGES = [("01.html", "Who?"), ("02.html", "How many?")]


def executed(*outputs):
    """A notebook with one cell that showed the given things."""
    v4 = nbformat.v4
    shown = [v4.new_output("display_data", data=data) for data in outputs]
    return v4.new_notebook(
        cells=[
            v4.new_markdown_cell("# Who?\n\nThe first *question*."),
            v4.new_markdown_cell("## Picture\n\nBars are customers. More here."),
            v4.new_code_cell("draw(1 < 2)", outputs=shown),
        ]
    )


def page_of(*outputs):
    return analyst_page(executed(*outputs), name="01_who", pages=PAGES, run_line="Run of today.")


def test_prose_comes_first_and_code_is_folded():
    html = page_of({"text/plain": "7"})
    assert title_of(executed()) == "Who?"
    assert html.count("<h1>Who?</h1>") == 1
    assert "<em>question</em>" in html
    assert "<details><summary>Code</summary><pre>draw(1 &lt; 2)</pre></details>" in html
    assert '<a href="report.html">' in html
    assert 'href="02.html"' in html


def test_tables_say_what_their_heads_head():
    table = "<table><thead><tr><th></th><th>n</th></tr></thead><tbody><tr><th>a</th><td>1</td></tr>"
    html = page_of({"text/html": f"<style>x</style>{table}</tbody></table>"})
    assert '<th scope="col">n</th>' in html
    assert '<th scope="row">a</th>' in html
    assert "<th></th>" not in html
    assert "<style>x" not in html


def test_charts_are_described_by_the_prose_above_them():
    assert 'alt="Chart in 01_who, step 2.1: Bars are customers."' in page_of({"image/png": "aGk="})


@pytest.mark.parametrize("mime", ["text/html", "text/markdown", "text/plain"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_what_a_result_shows_never_acts(text, mime):
    html = page_of({mime: text})
    body = html.split("</style>", 1)[1]
    for tag in ("<script", "<style", '<a href="java', '<a href="https', "<img"):
        assert tag not in body
    assert 'onmouseover="' not in body
    assert not set("\u202e\u200b\ufeff") & set(html)


def test_a_refused_report_says_what_was_found_and_where_the_last_good_one_is():
    error = RunError("the report's lint found bare digit: 7", fix="Nothing is published")
    html = refused_page(error, "latest/report.html")
    assert "<h1>the report&#39;s lint found bare digit: 7</h1>" in html
    assert 'href="latest/report.html"' in html


def test_without_a_chromium_pdf_is_refused_before_anything_runs(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(ParameterError, match=r"--pdf needs a Chromium.*print report.html"):
        find_browser()


@pytest.mark.slow
def test_a_page_is_printed_beside_itself(tmp_path, browser):
    page = tmp_path / "report.html"
    page.write_text(page_of({"text/plain": "7"}), "utf-8")
    made = print_pdf(page, find_browser())
    assert made.read_bytes()[:5] == b"%PDF-"


def test_minus_signs_of_effects_are_signs():
    assert (
        Fact("a/b/delta", -0.314, "effect", 90, "", -0.4, -0.2).with_range == "−0.31 (−0.40 to −0.20)"
    )


def test_a_stored_notebook_says_the_study_s_noun_where_it_is_read_and_nowhere_else():
    words = {"customer": "post", "customers": "posts", "order": "order", "orders": "orders"}
    table = "<p>All customers are in.</p><table><tr><td>customers</td></tr></table>"
    notebook = executed({"text/markdown": "Of 5 customers, one."}, {"text/html": table})
    notebook.cells[1].source = "Customers first. A customer is `customer_id`."
    kept = stored(notebook, "data/shop", words)
    assert kept.cells[1].source == "Posts first. A post is `customer_id`."
    shown = [output.data for output in kept.cells[2].outputs]
    assert shown[0]["text/markdown"] == "Of 5 posts, one."
    assert shown[1]["text/html"] == table.replace("All customers", "All posts")


@pytest.mark.parametrize("mime", ["text/html", "text/markdown", "text/plain"])
@pytest.mark.parametrize("text", [HOSTILE["bidi"], HOSTILE["zero width"]])
def test_a_stored_notebook_hides_no_character(text, mime):
    words = {"customer": "customer", "customers": "customers"}
    notebook = executed({mime: text, "application/vnd.segkit.briefs+json": {text: text}})
    notebook.cells[2].outputs.append(nbformat.v4.new_output("stream", name="stdout", text=text))
    kept = nbformat.writes(stored(notebook, "shop", words))
    assert not HIDDEN.search(kept)
    assert kept.count("\N{REPLACEMENT CHARACTER}") >= 4
