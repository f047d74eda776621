"""Pseudonyms: one per person in every table, no raw id kept, and a key that is kept elsewhere."""

import secrets

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, SegkitError, StudyError
from segkit.reporting.workspace import open_run
from segkit.sources.erasures import Erasures, open_erasures
from segkit.sources.pseudonyms import Pseudonyms, key_fingerprint, open_pseudonyms
from segkit.sources.store import save_tables
from tests.conftest import study_of

KEY = secrets.token_hex(32)
ORDERS = {"customer_id": "customer", "order_date": "when", "amount": "paid"}
EMAILS = ["Ana.Meier@example.com", "ana.meier@EXAMPLE.com ", "bo@example.org"]


@pytest.fixture
def keyed(monkeypatch):
    monkeypatch.setenv("SHOP_KEY", KEY)
    return {"pseudonyms": {"key_env": "SHOP_KEY"}}


def orders(ids) -> pd.DataFrame:
    return pd.DataFrame({"customer": ids, "when": "2024-05-02", "paid": "10.50"})


def shop(folder=None, tables=None, **keys):
    spec = {"file": "orders.csv", "columns": ORDERS, "ids": "email"}
    return study_of(ORDERS, tables={"transactions": spec, **(tables or {})}, folder=folder, **keys)


def test_one_person_has_one_pseudonym_in_every_table(keyed):
    people = {"file": "crm.csv", "columns": {"customer_id": "mail"}, "ids": "email"}
    events = {"file": "sent.csv", "columns": {"customer_id": "to", "event_date": "on"}, "ids": "email"}
    study = shop(tables={"customers": people, "campaigns": events}, **keyed)
    crm = pd.DataFrame({"mail": [EMAILS[1], EMAILS[2]], "region": ["north", "south"]})
    sent = pd.DataFrame({"to": EMAILS[:1], "on": ["2024-05-01"]})
    tables = segkit.load_tables(study, transactions=orders(EMAILS), customers=crm, campaigns=sent)
    buyers = set(tables.lines.customer_id.execute())
    assert len(buyers) == 2
    assert set(tables.customers.index) == buyers
    assert set(tables.events["campaigns"].customer_id.execute()) < buyers
    assert buyers == {Pseudonyms(KEY.encode()).of(one.strip().lower()) for one in EMAILS}


def test_ids_that_went_through_floats_have_the_pseudonym_of_the_id(keyed):
    spec = {"file": "-", "columns": ORDERS, "ids": "from_float"}
    study = study_of(ORDERS, tables={"transactions": spec}, **keyed)
    tables = segkit.load_tables(study, transactions=orders(["12346.0", "12346"]))
    assert set(tables.lines.customer_id.execute()) == {Pseudonyms(KEY.encode()).of("12346")}
    with pytest.raises(DataError, match=r"look like '99999\.0'"):
        segkit.load_tables(study_of(ORDERS, **keyed), transactions=orders(["12346.0"]))


def test_letters_that_look_the_same_are_the_same():
    maker = Pseudonyms(KEY.encode())
    assert maker.of("Zoe\u0308") == maker.of("Zo\u00eb")


def test_lines_set_aside_and_saved_hold_no_raw_id(tmp_path, keyed):
    text = orders(EMAILS).to_csv(index=False) + f"{EMAILS[2]},never,1.00\n{EMAILS[0]},1\n"
    (tmp_path / "orders.csv").write_text(text, "utf-8")
    study = shop(tmp_path, rules={"max_unreadable_share": 0.5}, **keyed)
    tables = segkit.load_tables(study)
    assert tables.set_aside["transactions"].count().execute() == 1
    save_tables(tables, tmp_path / "kept")
    for path in (tmp_path / "kept").rglob("*.*"):
        text = pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else path.read_text("utf-8")
        assert "example" not in text.lower(), path.name


def test_a_lower_case_key_of_another_study_gives_other_pseudonyms():
    assert Pseudonyms(KEY.encode()).of("ana") != Pseudonyms(secrets.token_bytes(32)).of("ana")


def test_the_key_is_in_no_text_form(keyed):
    study = shop(**keyed)
    assert KEY not in repr(open_pseudonyms(study)) + repr(study) + repr(open_erasures(study))


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("", "SHOP_KEY', and that environment variable isn't set"),
        ("too short", "the environment variable SHOP_KEY holds 9 bytes, 6 of them different"),
        ("abcabcabc" * 9, "holds 81 bytes, 3 of them different"),
    ],
)
def test_a_missing_or_poor_key_is_refused(monkeypatch, key, said):
    monkeypatch.setenv("SHOP_KEY", key)
    with pytest.raises(StudyError) as refused:
        segkit.load_tables(shop(pseudonyms={"key_env": "SHOP_KEY"}), transactions=orders(EMAILS))
    assert said in str(refused.value)
    assert not key or key not in str(refused.value)


def test_a_key_file_outside_is_read_and_one_that_is_not_there_is_refused(tmp_path):
    (tmp_path / "key").write_text(f"{KEY}\n", "utf-8")
    folder = tmp_path / "project"
    (folder / ".git").mkdir(parents=True)
    study = shop(folder, pseudonyms={"key_file": "../key"})
    assert open_pseudonyms(study).of("ana") == Pseudonyms(KEY.encode()).of("ana")
    with pytest.raises(StudyError, match=r"key_file '../kay' is no file"):
        open_pseudonyms(shop(folder, pseudonyms={"key_file": "../kay"}))


@pytest.mark.parametrize("place", ["key", "data/shop/key", "link"])
def test_a_key_in_the_repository_is_refused(tmp_path, place):
    (tmp_path / ".git").mkdir()
    folder = tmp_path / "data" / "shop"
    folder.mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "key")
    for path in (tmp_path / "key", folder / "key"):
        path.write_text(KEY, "utf-8")
    with pytest.raises(StudyError, match="lies in the repository") as refused:
        open_pseudonyms(shop(folder, pseudonyms={"key_file": str(tmp_path / place)}))
    assert KEY not in str(refused.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "pseudonyms"),
        ({"key": "abc"}, "unknown word 'key'"),
        ({"key_env": "A", "key_file": "b"}, "pseudonyms"),
        ("abc", "pseudonyms isn't what it should be: it must be object"),
    ],
)
def test_the_key_itself_is_no_part_of_a_study(given, said):
    with pytest.raises(StudyError) as refused:
        shop(pseudonyms=given)
    assert said in str(refused.value)
    assert "abc" not in str(refused.value)


def test_rows_without_an_id_have_no_pseudonym():
    people = {"file": "crm.csv", "columns": {}}
    with pytest.raises(StudyError, match="maps no customer_id"):
        segkit.load_study(
            {
                "title": "T", "decision": "D", "as_of": "2024-06-01", "bases": ["visits"],
                "tables": {"customers": people}, "pseudonyms": {"key_env": "SHOP_KEY"},
                "traits": {"visits": {"kind": "number", "basis": "behavioural"}},
            }
        )  # fmt: skip


def test_another_key_is_noticed_and_makes_earlier_results_stale(tmp_path, keyed, monkeypatch):
    orders(EMAILS).to_csv(tmp_path / "orders.csv", index=False)
    study = shop(tmp_path, **keyed)
    first = open_run(study, run="2024-06-01T000000-1")
    before = set(first.tables.lines.customer_id.execute())
    fingerprint = key_fingerprint(study)
    assert not [one for one in open_run(study, run="b").tables.quality.notices if "key" in one]
    monkeypatch.setenv("SHOP_KEY", secrets.token_hex(32))
    again = open_run(study, run="2024-06-01T000000-1")
    assert again.fingerprint != first.fingerprint
    assert key_fingerprint(study) != fingerprint
    assert "the key for pseudonyms has changed since the last run" in " ".join(
        again.tables.quality.notices
    )
    assert not before & set(again.tables.lines.customer_id.execute())


# --- the record of erasures


def test_an_erasure_is_found_again_and_holds_no_id(tmp_path, keyed):
    for study in (shop(tmp_path / "a"), shop(tmp_path / "b", **keyed)):
        study.folder.mkdir()
        open_erasures(study).add("ana", date="2024-06-01", asked_by="the shop")
        open_erasures(study).add("cy", date="2024-06-02", asked_by="")
        erasures = open_erasures(study)
        assert erasures.among(["ana", "bo", "cy", "Ana"]) == {"ana", "cy"}
        assert erasures.record_of("ana")["asked_by"] == "the shop"
        assert "ana" not in erasures.path.read_text("utf-8")
        assert erasures.path.stat().st_mode & 0o077 == 0


def test_erased_customers_are_left_out_of_every_table(tmp_path):
    orders(EMAILS).to_csv(tmp_path / "orders.csv", index=False)
    study = shop(tmp_path)
    stale = open_run(study).fingerprint
    open_erasures(study).add("ana.meier@example.com")
    tables = segkit.load_tables(study)
    assert list(tables.lines.customer_id.execute()) == ["bo@example.org"]
    aside = tables.quality.set_aside
    assert aside.set_index("rule")["lines"].to_dict() == {"erased on request": 2}
    assert open_run(study).fingerprint != stale


def test_erasures_under_a_lost_key_stop_everything(tmp_path, keyed, monkeypatch):
    study = shop(tmp_path, **keyed)
    open_erasures(study).add("ana")
    monkeypatch.setenv("SHOP_KEY", secrets.token_hex(32))
    with pytest.raises(DataError, match="1 erasures that were recorded under another key"):
        segkit.load_tables(study, transactions=orders(EMAILS))
    with pytest.raises(DataError, match="under another key"):
        segkit.load_tables(shop(tmp_path), transactions=orders(EMAILS))


@pytest.mark.parametrize("line", ["{", "[]", '{"digest": "a"}', '{"salt": "a"}'])
def test_a_damaged_record_stops_everything(tmp_path, line):
    (tmp_path / "erasures.jsonl").write_text(f"{line}\n", "utf-8")
    with pytest.raises(SegkitError, match=r"line 1 of erasures.jsonl is no erasure"):
        segkit.load_tables(shop(tmp_path), transactions=orders(EMAILS))


def test_an_empty_record_bars_nobody(tmp_path):
    assert Erasures(tmp_path).among(["ana"]) == set()
