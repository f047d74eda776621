"""Sizes and revenues as CRMs hold them: read as ranges, or counted as unread."""

import ibis
import numpy as np
import pandas as pd
import pytest

from segkit.sources.amounts import (
    EMPLOYEE_EDGES,
    REVENUE_EDGES,
    band_labels,
    read_range,
)
from segkit.sources.made import band_of
from segkit.sources.traits import typed
from segkit.study.traits import TraitSpec

INF = np.inf


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("36.9 Million", 36.9e6, 36.9e6),
        ("$10M - $50M", 10e6, 50e6),
        ("51-200", 51, 200),
        ("1,001-5,000 employees", 1001, 5000),
        ("10,001+", 10001, INF),
        ("10k+", 10_000, INF),
        ("< 10", 0, 10),
        ("€2,5 Mio.", 2.5e6, 2.5e6),
        ("1.2B", 1.2e9, 1.2e9),
        ("self-employed", 1, 1),
        ("Self-Employed", 1, 1),
        ("1 – 10 Mitarbeiter", 1, 10),
        ("11 to 50", 11, 50),
        ("between 5 and 10 million", 5e6, 10e6),
        ("10-50M", 10e6, 50e6),
        ("USD 1,234,567.89", 1234567.89, 1234567.89),
        ("1.234.567", 1234567, 1234567),
        ("1.234,50", 1234.5, 1234.5),
        ("1.234 Million", 1.234e6, 1.234e6),
        ("12 500", 12500, 12500),
        ("1'000", 1000, 1000),
        ("3 Mrd. EUR", 3e9, 3e9),
        ("über 500", 500, INF),
        ("more than 10 billion", 10e9, INF),
        ("under $1 million", 0, 1e6),
        ("bis zu 50", 0, 50),
        ("500 or more", 500, INF),
        (">= 250", 250, INF),
        ("0", 0, 0),
        ("250.0", 250, 250),
        ("-5", -5, -5),
        ("(€1.234,50)", -1234.5, -1234.5),
        ("CHF 1'200", 1200, 1200),
    ],
)
def test_what_crms_hold_is_read(text, low, high):
    assert read_range(text) == (low, high)


@pytest.mark.parametrize(
    "text",
    ["", "n/a", "unknown", "-", "many", "200-51", "--5", "500-1M", "1.234", "11-50-200", "Nov-50",
     "10-Jan", "5 stars", "1,23,4", "12/2020", "+", "<", "1-10 or 11-50", "nan", "1e5x"],
)  # fmt: skip
def test_what_cannot_be_read_is_missing_and_never_guessed(text):
    assert np.isnan(read_range(text)).all()


def test_the_stated_notation_settles_a_lone_mark_before_three_digits():
    assert read_range("1.001-5.000", decimal=",") == (1001, 5000)
    assert read_range("1,001", decimal=".") == (1001, 1001)
    assert np.isnan(read_range("1,001", decimal=",")).all()


def test_a_mark_that_is_known_to_part_a_fraction_does():
    assert read_range("1.234", sure=True) == (1.234, 1.234)
    assert read_range("1,234", decimal=",", sure=True) == (1.234, 1.234)


@pytest.mark.parametrize("number", [0, 1, 9, 10, 11, 999, 1000, 1001, 36_900_000, 2_500_000_000])
@pytest.mark.parametrize(
    "written",
    [
        "{0}", "{0:,}", "${0:,}", "{0} employees", "  {0:,}  ", "EUR {0}", "{0:,}.00",
    ],
)  # fmt: skip
def test_every_way_to_write_a_number_gives_that_number(number, written):
    assert read_range(written.format(number)) == (number, number)


def test_every_pair_of_ends_comes_back_from_every_way_to_write_a_range():
    rng = np.random.default_rng(0)
    for low, high in np.sort(rng.integers(0, 10**7, size=(200, 2)), axis=1):
        for written in ("{0}-{1}", "{0:,} - {1:,}", "${0:,} – ${1:,}", "{0} to {1}", "{0}—{1} people"):
            assert read_range(written.format(low, high)) == (low, high)


def test_scales_multiply_and_the_order_of_amounts_is_kept():
    texts = [f"{number}{scale}" for scale in ("", "K", "M", "B") for number in (1, 9.5, 120, 999)]
    lows = pd.Series([read_range(text)[0] for text in texts])
    assert lows.is_monotonic_increasing
    assert lows.notna().all()


def bands(texts, edges=EMPLOYEE_EDGES) -> pd.Series:
    """The bands in which a study puts some amounts."""
    trait = TraitSpec("amount", "firmographic", "size", "Size", bands=list(edges))
    ends = pd.DataFrame([read_range(str(text)) for text in texts], columns=["low", "high"])
    table = ibis.memtable(ends.assign(row=ends.index))
    found = table.select("row", band=band_of(table.low, table.high, trait)).order_by("row")
    return typed(found.execute()["band"], trait)


def test_each_band_of_linkedin_lands_in_its_own_band():
    texts = [
        "1-10",
        "11-50",
        "51-200",
        "201-500",
        "501-1,000",
        "1,001-5,000",
        "5,001-10,000",
        "10,001+",
    ]
    assert bands(texts).cat.codes.tolist() == list(range(8))
    assert bands(texts).cat.ordered


def test_a_number_on_an_edge_lies_under_it_and_a_range_may_start_on_one():
    found = bands(["10", "10.5", "10-50", "10k+", "0"])
    assert found.tolist() == ["up to 10", "over 10 to 50", "over 10 to 50", "over 10,000", "up to 10"]


def test_a_range_over_an_edge_belongs_to_no_band():
    assert bands(["20-100", "5+", "< 200", ""]).isna().all()


def test_revenue_bands_hold_the_amounts_in_them():
    texts = ["36.9 Million", "$10M - $50M", "999k", "1.2B", "over 10B"]
    assert bands(texts, REVENUE_EDGES).cat.codes.tolist() == [2, 2, 0, 6, 7]


def test_bands_agree_with_a_naive_reading_of_numbers():
    numbers = np.random.default_rng(1).integers(0, 20_000, 500)
    naive = [sum(number > edge for edge in EMPLOYEE_EDGES) for number in numbers]
    assert bands(numbers).cat.codes.tolist() == naive


def test_labels_name_each_band_once():
    assert len(set(band_labels(REVENUE_EDGES))) == len(REVENUE_EDGES) + 1
