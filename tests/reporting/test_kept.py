"""Keys and names outlive the folder of customers that they came from."""

import shutil

import pytest

from segkit.personas.names import Name, Part
from segkit.reporting.kept import keep_identity
from segkit.rights.forget import forget
from tests.reporting.made import PEOPLE, made_report, subjects
from tests.reporting.test_odd_studies import tenths


def finished(folder, **keys):
    """A run as the runner leaves it."""
    run = made_report(folder, customers=subjects(3, 40), **(PEOPLE | keys)).run
    for result in (run.segments, run.personas):
        run.keep(result)
    keep_identity(run.study, run.folder)
    return run


@pytest.fixture(scope="module")
def deleted(tmp_path_factory):
    """A study with one finished run, of which processed/ is gone."""
    folder = tmp_path_factory.mktemp("kept") / "data" / "people"
    run = finished(folder)
    shutil.rmtree(run.study.processed)
    return folder, run


def test_keys_are_those_of_the_run_before_though_processed_is_gone(deleted):
    folder, first = deleted
    others = subjects(3, 50, seed=7).assign(customer=lambda frame: frame["customer"] + "-new")
    later = made_report(folder, customers=others, parameters={"random_state": 3}, **PEOPLE).run
    alone = made_report(folder.parent / "alone", customers=others, **PEOPLE).run
    keys = set(first.segments.sizes.index)
    assert set(later.segments.sizes.index) == keys
    assert set(alone.segments.sizes.index) != keys
    assert set(later.match.table["previous_key"]) == keys
    assert set(later.last_names) == keys
    assert all(isinstance(name, Name) for name in later.last_names.values())
    assert all(isinstance(part, Part) for name in later.last_names.values() for part in name.parts)


def test_no_customer_is_in_what_is_kept(deleted):
    _, first = deleted
    files = [path for path in first.study.kept.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {
        "model.json", "arrays.npz", "assignments.parquet", "names.json"
    }  # fmt: skip
    assert not any(b"person-" in path.read_bytes() for path in files)
    assert not list(first.study.folder.glob(".kept-*"))


def test_nothing_is_kept_of_rules_nor_left_from_before(tmp_path):
    folder = tmp_path / "data" / "people"
    assert finished(folder).study.kept.is_dir()
    assert not finished(folder, segments=tenths(["few", "many"])).study.kept.exists()


@pytest.mark.parametrize(
    ("bases", "stays"), [(["opens", "visits"], True), (["opens", "region"], False)]
)
def test_who_is_forgotten_leaves_no_word_in_what_is_kept(tmp_path, bases, stays):
    run = finished(tmp_path / "data" / "people", bases=bases, descriptors=[])
    erased = forget(run.study, "person-00001")
    assert run.study.kept.is_dir() == stays
    assert ("kept" in erased.removed) != stays


def test_nor_does_who_is_forgotten_after_processed_is_gone(tmp_path):
    run = finished(tmp_path / "data" / "people", bases=["opens", "region"], descriptors=[])
    assert run.study.kept.is_dir()
    shutil.rmtree(run.study.processed)
    (run.study.folder / ".kept-killed").mkdir()
    assert forget(run.study, "person-00001").removed == ("kept",)
    assert not list(run.study.folder.glob("*kept*"))


def test_nothing_is_kept_where_a_word_is_of_a_few_only(tmp_path):
    customers = subjects(3, 40)
    customers.loc[:2, "region"] = "a word of their own"
    people = PEOPLE | {"bases": ["opens", "region"], "descriptors": []}
    run = made_report(tmp_path / "data" / "people", customers=customers, **people).run
    for result in (run.segments, run.personas):
        run.keep(result)
    keep_identity(run.study, run.folder)
    assert not run.study.kept.exists()
