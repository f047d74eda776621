"""Labels of long questions: short, told apart, and with nothing lost."""

import pandas as pd
import pytest

from segkit.labels import LONGEST, cut, short_labels, with_short_labels

STAFF = "The people who serve me at the counter of my branch are "
BATTERY = [
    f"{STAFF}friendly",
    f"{STAFF}quick",
    f"{STAFF}well informed about all that the bank has to offer me",
]
CASES = {
    "short ones stay": (["Age", "Web visits"], ["Age", "Web visits"]),
    "a question": (
        ["How satisfied are you with the price of the delivery?"],
        ["Satisfied with the price of the delivery"],
    ),
    "an opener": (
        ["I feel that my bank takes good care of my money"], ["My bank takes good care of my money"],
    ),
    "German": (
        ["Ich finde, dass meine Bank gut auf mein Geld aufpasst"],
        ["Meine Bank gut auf mein Geld aufpasst"],
    ),
    "a number": (
        ["Q12. Which of our shops do you prefer to others?"], ["Which of our shops do you prefer…"],
    ),
    "items of one question": (
        [f"When you choose a shop, what counts? - {item}" for item in ("Price", "Staff")],
        ["Price", "Staff"],
    ),
    "what differs": (
        BATTERY, ["…friendly", "…quick", "…well informed about all that the bank…"],
    ),
    "no spaces": (["とても長い質問" * 8], [("とても長い質問" * 8)[:39] + "…"]),
}  # fmt: skip


@pytest.mark.parametrize(("labels", "short"), CASES.values(), ids=CASES)
def test_labels_are_shortened_to_what_tells_them_apart(labels, short):
    assert short_labels(labels) == short


def test_no_two_labels_become_alike_and_none_is_too_long():
    same = "I think that the delivery of the last order that I made was on time"
    labels = [
        *BATTERY,
        same,
        f"{same} ",
        f"{same}!",
        "Quick",
        "…quick",
        f"{'x' * 50} a",
        f"{'x' * 50} b",
    ]
    short = short_labels(labels)
    assert len({one.casefold() for one in short}) == len(set(labels))
    assert max(map(len, short)) <= LONGEST
    assert short[6:8] == ["Quick", "…quick"]


@pytest.mark.parametrize("longest", [12, 20, 32])
def test_a_cut_is_at_a_word_and_ends_with_none_that_leads_on(longest):
    text = "Satisfied with the delivery of the last order"
    said = cut(text, longest)
    assert len(said) <= longest
    assert text.startswith(f"{said[:-1]} ")
    assert not said.endswith((" the…", " of…", " with…"))


def test_the_full_question_stands_in_the_meaning_once():
    question = "How satisfied are you with the delivery of the last order?"
    shouted = question.upper()
    meanings = ["q1, as a number", "age", shouted]
    dictionary = pd.DataFrame({"label": [question, "Age", shouted], "meaning": meanings})
    told = with_short_labels(dictionary)
    assert told["label"].tolist()[:2] == ["Satisfied with the delivery of the last…", "Age"]
    assert told["label"].nunique() == 3
    assert told["meaning"].tolist() == [f"{question} (q1, as a number)", "age", shouted]
