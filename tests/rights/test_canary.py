"""The canary: planted personal values are in nothing that leaves the private folders.

250 values of each kind (e-mail, phone, name, card, address) are planted in ids, descriptors, a base,
free text, malformed lines, dates, numbers and categories, and searched for whatever their case.
"""

import json
import shutil

import pandas as pd
import pytest

from segkit.cli import main
from tests.reporting.conftest import make_project, segkit_command
from tests.rights.canary import (
    KINDS,
    STUDY,
    all_planted,
    held_in,
    leaks,
    orders,
    people,
    planted,
    text_of,
    write_study,
)

pytestmark = pytest.mark.slow
PLANTED = all_planted()
CRM = people()
LINES = orders(CRM)


@pytest.fixture(scope="module")
def canary(tmp_path_factory):
    """A project with one good run, and what the run said."""
    project = make_project(tmp_path_factory.mktemp("canary"))
    write_study(project)
    done = segkit_command("run", "canary", cwd=project)
    assert done.returncode == 0, done.stderr
    return project, done.stdout + done.stderr


def test_what_is_searched_for_is_there(canary):
    project, _ = canary
    assert len(PLANTED) == 2250
    private = leaks(project / "data" / "canary" / "processed", PLANTED)
    assert len({value for values in private.values() for value in values}) > 1000


def test_no_planted_value_leaves_the_private_folders(canary):
    project, said = canary
    assert held_in(said, PLANTED) == []
    kinds = {path.suffix for path in (project / "reports" / "canary" / "latest").rglob("*")}
    assert kinds >= {".html", ".ipynb", ".json"}
    assert leaks(project / "reports", PLANTED) == {}


def test_only_the_study_and_its_sources_hold_one_beside_the_private_folder(canary):
    project, _ = canary
    holding = {name.split("/")[1] for name in leaks(project / "data", PLANTED)}
    assert holding == {"orders.csv", "crm.csv", "consent.csv", "processed"}
    there = {path.name for path in (project / "data" / "canary").iterdir()}
    assert there - holding <= {"study.yaml", "kept"}


def column_of(values):
    return {"crm": CRM.assign(plan=(values * 12)[: len(CRM)])}


def on_plan(kind, **more):
    trait = {"plan": {"kind": kind, "basis": "behavioural"} | more}
    return {"traits": STUDY["traits"] | trait, "bases": ["plan", "visits"], "descriptors": ["hobby"]}


def of_table(name, **spec):
    return {"tables": STUDY["tables"] | {name: STUDY["tables"][name] | spec}}


def provocations(kind):
    """What goes wrong -> a study in which it does, with values of one kind in the wrong place."""
    values, more = planted(kind, "note"), planted(kind, "order")
    pairs = list(zip(values, more, strict=True))
    return {
        "no header": {"crm": "".join(f"{a},{b},gold\n" for a, b in pairs)},
        "no header, twice": {"crm": "".join(f"{a},{a},gold\n" for a, _ in pairs)},
        "no header in orders": {"lines": "".join(f"{a},{b},{a}.,tea,2.00\n" for a, b in pairs)},
        "names of columns": {"crm": CRM.rename(columns={"plan": values[0], "hobby": values[1]})},
        "name of the id": {"crm": CRM.rename(columns={"who": values[0]})},
        "dates": {"lines": LINES.assign(when=(values * 100)[: len(LINES)])},
        "numbers": {"lines": LINES.assign(paid=(values * 100)[: len(LINES)])},
        "levels": column_of(values) | {"study": on_plan("ordered", levels=["basic", "gold"])},
        "a number trait": column_of(values) | {"study": on_plan("number")},
        "a date trait": column_of(values) | {"study": on_plan("date")},
        "two rows a customer": {"crm": pd.concat([CRM, CRM.assign(note=(values * 12)[: len(CRM)])])},
        "an open quote": {"tail": '"' + "\n".join(values * 20) + "\n"},
        "a purpose": {"study": of_table("consent", columns={
            "customer_id": "who", "purpose": "who", "status": "said"})},
        "a status": {"study": of_table("consent", columns={
            "customer_id": "who", "purpose": "for", "status": "who"})},
        "a channel": {"study": of_table("consent", columns={
            "customer_id": "who", "purpose": "for", "status": "said", "channel": "who"})},
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
def test_no_refusal_says_a_planted_value(kind, tmp_path, monkeypatch, capsys):
    project = make_project(tmp_path)
    monkeypatch.chdir(project)
    for number, (what, given) in enumerate(provocations(kind).items()):
        write_study(project, f"study{number}", **given)
        assert main(["check", f"study{number}"]) == 2, what
        said = "".join(capsys.readouterr())
        assert "segkit: " in said, what
        assert held_in(said, PLANTED) == [], what


@pytest.mark.parametrize(
    ("notebook", "given"),
    [
        ("01_explore", {"lines": LINES.assign(when=planted("email", "date")[0])}),
        ("02_features", column_of(planted("email", "note")) | {"study": on_plan("category")}),
        (
            "03_segment",
            column_of(planted("name", "note") + planted("address", "note")[:10])
            | {"study": on_plan("category")},
        ),
    ],
)
def test_no_failed_page_shows_a_planted_value(tmp_path, notebook, given):
    project = make_project(tmp_path)
    write_study(project, **given)
    done = segkit_command("run", "canary", cwd=project)
    assert done.returncode == 2
    assert f"{notebook} failed" in done.stderr
    assert held_in(done.stdout + done.stderr, PLANTED) == []
    assert [path.name for path in (project / "reports" / "canary").iterdir()] == [
        f"{notebook}.failed.html"
    ]
    assert leaks(project / "reports", PLANTED) == {}


def someone(column, place, *, but=()):
    """A customer whose row holds planted values in the id, the note, and another column."""
    theirs = CRM[CRM["who"].isin(PLANTED) & CRM[column].isin(PLANTED) & ~CRM["who"].isin(but)]
    assert len(theirs), place
    return theirs.iloc[0]


def own_values(person) -> list[str]:
    return [value for value in person if value in PLANTED]


def test_withdrawal_and_forgetting_leave_no_trace(canary, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(canary[0], project, symlinks=True)
    study = project / "data" / "canary"
    leaving = someone("shelf", "base")
    forgotten = someone("hobby", "descriptor", but=[leaving["who"]])
    audience = pd.DataFrame({"customer_id": [leaving["who"], forgotten["who"], "other"]})
    (study / "audiences").mkdir()
    audience.to_csv(study / "audiences" / "gold.csv", index=False)
    with (study / "consent.csv").open("a", encoding="utf-8") as stream:
        stream.write(f'"{leaving["who"]}",analytics,no,2024-03-01\n')
    done = segkit_command("run", "canary", cwd=project)
    assert done.returncode == 0, done.stderr
    record = json.loads((project / "reports" / "canary" / "latest" / "run.json").read_text("utf-8"))
    assert record["erased_without_consent"]["rows"] > 5
    assert len(list((study / "processed").iterdir())) == 2
    assert no_trace(study, leaving)
    assert not no_trace(study, forgotten)
    done = segkit_command("forget", "canary", "-", cwd=project, input=f"{forgotten['who']}\n")
    assert done.returncode == 0, done.stderr
    assert held_in(done.stdout + done.stderr, PLANTED) == []
    assert no_trace(study, forgotten)
    assert (study / "audiences" / "gold.csv").read_text("utf-8") == "customer_id\nother\n"
    assert held_in(text_of(study / "erasures.jsonl"), PLANTED) == []
    assert leaks(project / "reports", PLANTED) == {}


def no_trace(study, person) -> bool:
    values = own_values(person)
    assert len(values) >= 3
    return not leaks(study / "processed", values) and not leaks(study / "audiences", values)
