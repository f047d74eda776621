"""How results show themselves in a notebook."""

from dataclasses import replace

import pandas as pd

import segkit
from segkit.reporting.rendering import in_notebook
from segkit.shown import NO_FORMULA, as_table, as_text
from tests.conftest import make_groups


def test_texts_stand_to_the_left_and_figures_as_notebooks_set_them():
    frame = pd.DataFrame({"why": ["a", "b"], "n": [1200, 3], "share": ["4% (3–5%)", None]})
    html = as_table(frame, index=False)
    assert '<td style="text-align:left">a</td><td>1,200</td>' in html
    assert '<td style="white-space:nowrap">4% (3–5%)</td>' in html
    assert "None" not in html


def test_a_table_shows_every_level_of_its_index_and_escapes_all():
    frame = pd.DataFrame(
        {"<i>": [0.5]}, index=pd.MultiIndex.from_tuples([("<b>", 2)], names=["key", None])
    )
    html = as_table(frame, "{:+.1f}".format)
    assert html.count("</th>") == 5
    assert "&lt;b&gt;" in html
    assert "&lt;i&gt;" in html
    assert "<td>+0.5</td>" in html


def test_no_amount_is_taken_for_a_formula():
    assert NO_FORMULA in as_text("from $5 to $6")
    assert NO_FORMULA in as_table(pd.DataFrame({"a": ["$5 ($4–$6)"]}))
    assert NO_FORMULA in in_notebook("<p>$5 ($4–$6)</p>")
    assert NO_FORMULA in segkit.explore(make_groups(120)[0])._repr_html_()


def test_a_section_follows_the_notebook_s_theme_not_the_screen_s():
    html = in_notebook("<p>Said.</p>")
    assert "prefers-color-scheme" not in html
    assert "[data-jp-theme-light=false]{.segkit{" in html


def test_the_name_of_a_column_is_no_markup_in_a_structure():
    found = segkit.assess_structure(make_groups(240)[0], k_max=2, n_boot=5, n_starts=2)
    structure = replace(found, warnings=("In <b>half</b> 54% of customers have the same value.",))
    assert "<b>half</b>" in structure.reading
    assert "<b>half</b>" not in structure._repr_html_()
