import numpy as np
import pandas as pd
import pytest

from segkit.errors import DataError
from segkit.segments.space import fit_space, share_a_scale
from tests.segments.made import customers, make_answers, shuffled

FORMS = ["famd", "coded"]


@pytest.fixture
def people():
    """Forty customers with an amount, an age, an area and a rating of which 'top' is never used."""
    rng = np.random.default_rng(0)
    ratings = ["low", "mid", "high", "top"]
    return customers(
        {
            "spend": rng.lognormal(3, 1, 40),
            "area": np.array(["city", "suburb", "village"])[np.arange(40) % 3],
            "rating": pd.Categorical(np.array(ratings)[np.arange(40) % 3], ratings, ordered=True),
            "age": rng.integers(18, 80, 40),
        }
    )


def test_numbers_come_first_then_categories_in_alphabetical_order(people):
    space, coded = fit_space(people)
    assert space.columns == ("age", "rating", "spend", "area")
    assert space.kinds == ("number", "ordinal", "number", "category")
    assert coded.shape == (40, 4)


def test_numbers_are_standardised(people):
    space, coded = fit_space(people[["age", "spend"]])
    X = space.of_codes(coded)
    np.testing.assert_allclose(X.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(X.std(axis=0), 1)


def test_the_form_follows_the_kinds(people):
    assert fit_space(people[["age", "spend"]])[0].form == "scaled"
    assert fit_space(people)[0].form == "famd"


@pytest.mark.parametrize("form", FORMS)
def test_the_order_of_rows_and_columns_does_not_matter(people, form):
    space, coded = fit_space(people, form)
    other, again = fit_space(shuffled(people), form)
    np.testing.assert_array_equal(coded, again)
    np.testing.assert_array_equal(space.transform(people), other.transform(people))


@pytest.mark.parametrize("form", FORMS)
def test_the_currency_does_not_matter(people, form):
    cents = people.assign(spend=people["spend"] * 100)
    ours, theirs = fit_space(people, form)[0], fit_space(cents, form)[0]
    np.testing.assert_allclose(ours.transform(people), theirs.transform(cents), atol=1e-9)


@pytest.mark.parametrize("form", FORMS)
def test_one_customer_gets_the_same_bits_as_all(people, form):
    space = fit_space(people, form)[0]
    one_by_one = np.vstack([space.transform(people.iloc[[row]]) for row in range(40)])
    np.testing.assert_array_equal(one_by_one, space.transform(people))


@pytest.mark.parametrize(
    ("columns", "answer"),
    [
        ([[0, 1, 1, 0], [1, 1, 0, 1]], True),
        ([[1, 2, 5, 3], [5, 1, 4, 4]], True),
        ([[0, 1, 1, 0]], False),
        ([[0, 1, 1, 0], [0, 2, 1, 2]], False),
        ([range(20), range(20)], False),
    ],
)
def test_answers_on_one_scale_are_known_as_such(columns, answer):
    assert share_a_scale(np.array([list(column) for column in columns], dtype="float64").T) == answer


def test_yes_and_no_answers_keep_their_common_unit():
    answers = make_answers()[0]
    space, coded = fit_space(answers)
    assert np.ptp(space.of_codes(coded), axis=0).tolist() == [1.0] * 6


def test_ordered_levels_are_counted_from_nought(people):
    coded = fit_space(people)[0].coded(people)
    assert coded[:6, 1].tolist() == [0, 1, 2, 0, 1, 2]


def test_a_number_beyond_the_range_moves_to_its_nearer_end(people):
    space = fit_space(people)[0]
    far = people.head(2).assign(age=[300, -5])
    ends = people.head(2).assign(age=[people["age"].max(), people["age"].min()])
    np.testing.assert_array_equal(space.transform(far), space.transform(ends))
    assert space.notes(far).tolist() == ["outside the range seen: age"] * 2


def test_a_category_never_seen_belongs_to_no_level(people):
    space = fit_space(people)[0]
    new = people.head(1).assign(area="island")
    assert space.coded(new)[0, 3] == -1
    assert space.notes(new).item() == "never seen: area"


@pytest.mark.parametrize(
    ("rating", "note", "placed"),
    [
        ("high", "", True),
        ("top", "outside the range seen: rating", True),
        ("stellar", "never seen: rating", False),
    ],
)
def test_an_ordered_level_that_was_not_in_use_is_told_and_not_guessed(people, rating, note, placed):
    space, new = fit_space(people)[0], people.head(1).assign(rating=rating)
    assert space.notes(new).item() == note
    assert space.lacks_a_base(new).item() != placed


def test_everything_odd_about_a_customer_is_told_at_once(people):
    odd = people.head(1).assign(age=200, area="island", spend=np.nan)
    notes = fit_space(people)[0].notes(odd).item()
    assert notes == "outside the range seen: age; never seen: area; missing: spend"


def test_a_column_called_missing_is_no_missing_value(people):
    named = people.rename(columns={"age": "missing: age"})
    space = fit_space(named)[0]
    assert not space.lacks_a_base(named.assign(**{"missing: age": 300})).any()


def test_levels_are_compared_as_text(people):
    frame = people.assign(area=np.array(["1", "2", "3"])[np.arange(40) % 3])
    space = fit_space(frame)[0]
    as_numbers = frame.assign(area=frame["area"].astype("int64"))
    np.testing.assert_array_equal(space.transform(as_numbers), space.transform(frame))


def test_a_base_that_is_absent_is_named_with_the_nearest(people):
    space = fit_space(people)[0]
    with pytest.raises(DataError, match=r"no column 'spend'.*Did you mean 'spent'"):
        space.transform(people.rename(columns={"spend": "spent"}))


def test_a_base_of_another_kind_is_refused(people):
    with pytest.raises(DataError, match=r"'age' is str.*numbers, as in the fit"):
        fit_space(people)[0].transform(people.assign(age="old"))


def test_other_columns_are_ignored_and_the_frame_is_left_alone(people):
    before = people.copy()
    space = fit_space(people)[0]
    X = space.transform(people.assign(note="x"))
    np.testing.assert_array_equal(X, space.transform(people))
    pd.testing.assert_frame_equal(people, before)
