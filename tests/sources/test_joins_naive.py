"""Random sources against a few lines of plain Python that settle one customer at a time."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.sources.joins.settle import ORDER

NAMES = ("alpha", "beta", "gamma", "delta")
TRUST = ["gamma", "alpha"]
WITHIN = {"alpha": "newest", "beta": "most_frequent", "gamma": "newest", "delta": "most_frequent"}
DATED = {"alpha", "beta", "gamma"}


def make_sources(seed: int) -> dict[str, pd.DataFrame]:
    rng = np.random.default_rng(seed)
    frames = {}
    for name in NAMES:
        n = 160
        frame = pd.DataFrame(
            {
                "id": [f"p{row:02d}" for row in rng.integers(0, 50, n)],
                "x": rng.choice(["red", "blue", "green", ""], n, p=[0.5, 0.25, 0.15, 0.1]),
            }
        )
        if name in DATED:
            frame["at"] = [f"2024-03-{day:02d}" for day in rng.integers(1, 6, n)]
        frames[name] = frame
    return frames


def naive(frames: dict[str, pd.DataFrame], rule: str) -> tuple[dict[str, str | None], Counter]:
    """Each customer's value, and what decided the conflicts."""
    values, decided = {}, Counter()
    for person in sorted(set().union(*(frame["id"] for frame in frames.values()))):
        votes = [vote for name in NAMES for vote in within(name, frames[name], person)]
        if not votes:
            continue
        is_conflict = len({value for _, _, value in votes}) > 1
        for now in ORDER[rule]:
            if len({value for _, _, value in votes}) == 1:
                break
            votes = best(votes, now)
            last = now
        left = {value for _, _, value in votes}
        values[person] = left.pop() if len(left) == 1 else None
        if is_conflict:
            decided["ties" if values[person] is None else last] += 1
    return values, decided


def within(name: str, frame: pd.DataFrame, person: str) -> list[tuple[str, str, str]]:
    """What one source says of a customer: its votes that nothing in it settles."""
    rows = frame[(frame["id"] == person) & (frame["x"] != "")]
    days = list(rows["at"]) if name in DATED else [""] * len(rows)
    if WITHIN[name] == "newest":
        seen = set(zip(rows["x"], days, strict=True))
        last = max((day for _, day in seen), default="")
        return [(name, last, value) for value, day in sorted(seen) if day == last]
    times = Counter(rows["x"])
    most = max(times.values(), default=0)
    pairs = list(zip(rows["x"], days, strict=True))
    last_of = {value: max(day for said, day in pairs if said == value) for value in times}
    top = [value for value in times if times[value] == most]
    last = max((last_of[value] for value in top), default="")
    return [(name, last, value) for value in top if last_of[value] == last]


def best(votes, rule):
    if rule == "newest":
        key = {vote: vote[1] for vote in votes}
    elif rule == "most_trusted":
        key = {vote: -TRUST.index(vote[0]) if vote[0] in TRUST else -len(TRUST) for vote in votes}
    else:
        times = Counter(value for _, _, value in votes)
        key = {vote: times[vote[2]] for vote in votes}
    return [vote for vote in votes if key[vote] == max(key.values())]


@pytest.mark.parametrize("rule", ["newest", "most_trusted", "most_frequent"])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_engine_settles_as_plain_python_does(rule, seed):
    frames = make_sources(seed)
    content = {
        "title": "T", "decision": "D", "as_of": "2024-06-01",
        "sources": {
            name: {
                "file": "-",
                "columns": {"customer_id": "id"} | ({"observed_at": "at"} if name in DATED else {}),
            }
            for name in NAMES
        },
        "profile": {"trust": TRUST, "several_rows": WITHIN, "conflict": rule},
        "traits": {
            "x": {"column": dict.fromkeys(NAMES, "x"), "kind": "category", "basis": "behavioural"}
        },
        "bases": ["x"],
    }  # fmt: skip
    tables = segkit.load_tables(segkit.load_study(content), **frames)
    values, decided = naive(frames, rule)
    found = tables.traits["x"].reindex(list(values))
    assert found.astype(object).where(found.notna(), None).to_dict() == values
    row = tables.profile.conflicts.loc["x"]
    assert {name: row[name] for name in (*ORDER, "ties") if row[name]} == dict(decided)
    assert row["conflicting"] == sum(decided.values()) > 20
