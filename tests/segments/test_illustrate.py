import pytest

from segkit.segments.fit import fit_segments
from segkit.segments.illustrate import map_customers


@pytest.mark.slow
def test_a_map_shows_each_segment_and_says_that_it_proves_nothing(mixed, mixed_segments):
    ax = map_customers(mixed_segments, mixed[0], n_rows=60)
    assert ax.get_xlabel() == "distances between far points mean nothing here"
    assert {text.get_text() for text in ax.texts} == set(mixed_segments.model.keys)


@pytest.mark.slow
def test_segments_drawn_by_rules_can_be_mapped_too(groups):
    rules = [{"name": "Low", "where": {"first": {"below": 0}}}, {"name": "High", "otherwise": True}]
    ax = map_customers(fit_segments(groups[0], rules=rules), groups[0], n_rows=60)
    assert {text.get_text() for text in ax.texts} == {"Low", "High"}
