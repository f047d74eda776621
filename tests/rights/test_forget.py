"""Forgetting a customer: no trace in the private folders, a record without the id, no half file."""

import json
import os
import re
import secrets
from dataclasses import replace

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, SegkitError
from segkit.reporting.workspace import open_run
from segkit.rights import erase
from segkit.rights.forget import erase_withdrawn, forget
from segkit.segments.store import load_segments
from segkit.sources.pseudonyms import open_pseudonyms
from tests.rights.conftest import RUNS, copied, make_audiences, make_runs, make_shop, traces

ID, OWN = "c-007", "Town 007"
CONSENT = {
    "tables": {
        "consent": {
            "file": "consent.csv",
            "columns": {"customer_id": "who", "purpose": "for", "status": "said", "date": "on"},
        }
    },
    "consent": {"purpose": "analytics"},
}


def test_no_trace_is_left_in_any_run_or_audience(shop):
    audiences = make_audiences(shop)
    assert len(traces(shop.processed, ID)) > 10
    done = forget(shop, f" {ID} ", asked_by="the shop")
    assert traces(shop.processed, ID, OWN) == traces(audiences, ID) == []
    assert done.rows > 20
    assert done.removed == ("audiences/list.bin",)
    assert (audiences / "loyal.csv").read_text("utf-8") == "customer_id,key\nc-008,b\n"
    assert len(traces(shop.processed, "c-008")) == 10


def test_the_record_says_that_it_was_done_and_holds_no_id(shop):
    done = forget(shop, ID, asked_by="the shop")
    path = shop.folder / "erasures.jsonl"
    (line,) = path.read_text("utf-8").splitlines()
    record = json.loads(line)
    assert ID not in line
    assert set(record) == {"date", "asked_by", "files", "rows", "digest", "salt"}
    assert re.fullmatch("[0-9a-f]{64}", record["digest"])
    assert (record["files"], record["rows"], record["asked_by"]) == (done.files, done.rows, "the shop")
    assert "orders.csv, crm.csv" in done.reading
    assert "which their owner must clean" in done.reading
    assert "reports, which hold aggregates only" in done.reading
    assert ID not in done.reading + repr(done)


def test_segments_can_still_be_read_and_lack_only_that_customer(shop):
    before = load_segments(shop.processed / RUNS[0] / "segments")
    forget(shop, ID)
    after = load_segments(shop.processed / RUNS[0] / "segments")
    pd.testing.assert_series_equal(after.labels, before.labels.drop(ID))


def test_later_runs_leave_them_out_though_the_source_still_holds_them(shop):
    stale = open_run(shop, run=RUNS[1])
    forget(shop, ID)
    run = open_run(shop, run=RUNS[1])
    assert run.fingerprint != stale.fingerprint
    assert ID not in set(run.tables.lines.customer_id.execute())
    assert ID not in run.features.frame.index
    aside = run.tables.quality.set_aside
    assert set(aside.loc[aside["rule"] == "erased on request", "table"]) == {
        "transactions",
        "customers",
    }
    assert traces(run.folder, ID, OWN) == []


def test_done_twice_it_changes_nothing_more(shop):
    forget(shop, ID)
    files = {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}
    again = forget(shop, ID)
    assert (again.files, again.rows) == (0, 0)
    assert again.reading.startswith("Already erased on 20")
    assert "nothing of this customer was left to erase" in again.reading
    assert "0 rows" not in again.reading
    assert files == {path: path.read_bytes() for path in shop.folder.rglob("*") if path.is_file()}


def test_interrupted_anywhere_it_leaves_no_half_file_and_can_be_taken_up(shop, monkeypatch):
    """The n-th rename fails, for n from 1 on; what was written so far must be whole."""
    real, left = os.replace, [0]

    def failing(source, target):
        left[0] -= 1
        if left[0] < 0:
            raise KeyboardInterrupt
        real(source, target)

    monkeypatch.setattr(erase.os, "replace", failing)
    for calls in (0, 1, 2, 3, 5):  # of some 16 in all
        left[0] = calls
        with pytest.raises(KeyboardInterrupt):
            forget(shop, ID)
        for path in shop.processed.rglob("[!.]*.parquet"):
            pd.read_parquet(path)
        assert not (shop.folder / "erasures.jsonl").exists()
        assert len(traces(shop.processed, ID)) > 0
    monkeypatch.undo()
    forget(shop, ID)
    assert traces(shop.processed, ID, OWN) == []
    assert not list(shop.processed.rglob(".*.erasing"))
    load_segments(shop.processed / RUNS[0] / "segments")


def test_another_customer_s_words_about_them_go_and_the_customer_stays(shop):
    forget(shop, "c-058")
    assert traces(shop.processed, "c-058") == []
    held = pd.read_parquet(shop.processed / RUNS[0] / "tables" / "customers.parquet")
    assert "c-059" in held.index
    assert pd.isna(held.at["c-059", "note"])


@pytest.mark.parametrize("given", ["c-999", "c-00", "C-007", "", "  "])
def test_an_id_of_nobody_is_refused_without_being_said(shop, given):
    with pytest.raises(DataError) as refused:
        forget(shop, given)
    assert not given.strip() or given not in str(refused.value)
    assert not (shop.folder / "erasures.jsonl").exists()
    assert len(traces(shop.processed, ID)) > 10


def test_the_record_takes_no_id_for_who_asked(shop):
    with pytest.raises(DataError, match="asked_by holds the id"):
        forget(shop, ID, asked_by=f"customer {ID}")


def test_a_customer_in_the_source_only_is_remembered(tmp_path):
    study = make_shop(tmp_path)
    assert forget(study, ID).files == 0
    assert ID not in set(segkit.load_tables(study).lines.customer_id.execute())


def test_rows_without_an_id_can_not_be_forgotten():
    study = segkit.load_study(
        {
            "title": "T", "decision": "D", "as_of": "2024-06-01", "bases": ["visits"],
            "tables": {"customers": {"file": "crm.csv", "columns": {}}},
            "traits": {"visits": {"kind": "number", "basis": "behavioural"}},
        }
    )  # fmt: skip
    with pytest.raises(DataError, match="the study's rows have no id"):
        forget(study, "row 000000001")


def test_a_model_that_learnt_customers_values_goes_whole(tmp_path):
    study = make_shop(tmp_path).with_choices(method="gower")
    make_runs(study, RUNS[:1])
    done = forget(study, ID)
    assert done.removed == (f"processed/{RUNS[0]}/segments",)
    assert not (study.processed / RUNS[0] / "segments").exists()


def test_words_that_only_they_have_go_from_a_model_too(shop):
    folder = shop.processed / RUNS[0] / "segments"
    (folder / "levels.json").write_text(json.dumps({"levels": ["free", OWN]}), "utf-8")
    assert f"processed/{RUNS[0]}/segments" in forget(shop, ID).removed
    assert traces(shop.processed, ID, OWN) == []


def test_numbers_for_ids_take_no_other_customer_s_numbers(tmp_path):
    study = make_shop(tmp_path)
    path = study.folder / "orders.csv"
    path.write_text(path.read_text("utf-8").replace("c-0", ""), "utf-8")
    crm = study.folder / "crm.csv"
    crm.write_text(crm.read_text("utf-8").replace("c-0", ""), "utf-8")
    run = open_run(study, run=RUNS[0])
    assert len(run.features.frame) > 40
    folder = study.processed / RUNS[0] / "tables"
    before = pd.read_parquet(folder / "lines.parquet")
    forget(study, "07")
    after = pd.read_parquet(folder / "lines.parquet")
    pd.testing.assert_frame_equal(after, before[before["customer_id"] != "07"].reset_index(drop=True))
    assert "07" not in pd.read_parquet(folder / "customers.parquet").index
    assert "and no more" not in "".join(path.read_text("utf-8") for path in folder.rglob("*.csv"))


# --- pseudonyms


KEY = secrets.token_hex(32)


@pytest.fixture(scope="module")
def run_keyed(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SHOP_KEY", KEY)
        study = make_shop(tmp_path_factory.mktemp("keyed"), pseudonyms={"key_env": "SHOP_KEY"})
        return make_runs(study)


@pytest.fixture
def keyed(run_keyed, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", KEY)
    return copied(run_keyed, tmp_path)


def test_under_pseudonyms_no_raw_id_is_kept_and_forgetting_takes_the_raw_one(keyed):
    name = open_pseudonyms(keyed).of(ID)
    assert traces(keyed.processed, ID) == []
    assert len(traces(keyed.processed, name)) > 8
    forget(keyed, ID)
    assert traces(keyed.processed, name, OWN) == []
    (line,) = (keyed.folder / "erasures.jsonl").read_text("utf-8").splitlines()
    assert set(json.loads(line)) == {"date", "asked_by", "files", "rows", "digest", "key"}
    assert name not in line


def test_runs_under_another_key_go_whole(keyed, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", secrets.token_hex(32))
    assert open_run(keyed, run="2024-06-03T000000-1").tables.lines is not None
    done = forget(keyed, ID)
    assert done.removed == tuple(f"processed/{name}" for name in RUNS)
    assert [path.name for path in keyed.processed.iterdir()] == ["2024-06-03T000000-1"]


def test_without_the_key_nothing_is_erased(keyed, monkeypatch):
    monkeypatch.delenv("SHOP_KEY")
    with pytest.raises(SegkitError, match="environment variable isn't set"):
        forget(keyed, ID)
    assert len(list(keyed.processed.iterdir())) == 2


# --- withdrawal


def grant(study, *withdrawn):
    rows = [(f"c-{number:03d}", "analytics", "yes", "2024-01-01") for number in range(60)]
    rows += [(one, "analytics", "no", "2024-02-01") for one in withdrawn]
    frame = pd.DataFrame(rows, columns=["who", "for", "said", "on"])
    frame.to_csv(study.folder / "consent.csv", index=False)


def test_a_withdrawal_reaches_what_earlier_runs_left(tmp_path):
    study = make_shop(tmp_path, **CONSENT)
    grant(study)
    make_runs(study, RUNS[:1])
    audiences = make_audiences(study)
    assert (erase_withdrawn(study).files, len(traces(study.processed, ID))) == (0, 6)
    grant(study, ID)
    done = erase_withdrawn(study)
    assert done.rows > 10
    assert done.reading.startswith("For lack of consent. Erased: ")
    assert not (study.folder / "erasures.jsonl").exists()
    assert traces(study.processed, ID, OWN) == traces(audiences, ID) == []
    run = open_run(study, run=RUNS[1])
    assert len(run.features.frame) > 40
    assert traces(study.processed, ID, OWN) == []


def test_a_consent_table_that_comes_later_reaches_earlier_runs(tmp_path, shop):
    later = replace(make_shop(tmp_path / "other", **CONSENT), folder=shop.folder)
    grant(later, ID)
    erase_withdrawn(later)
    assert traces(shop.processed, ID, OWN) == []


def test_a_withdrawal_reaches_what_is_kept_though_processed_is_gone(tmp_path):
    study = make_shop(tmp_path, **CONSENT)
    grant(study)
    model = study.kept / "segments" / "model.json"
    model.parent.mkdir(parents=True)
    model.write_text(json.dumps({"space": {"levels": {"town": [OWN]}}}), "utf-8")
    assert erase_withdrawn(study).removed == ()
    grant(study, ID)
    assert erase_withdrawn(study).removed == ("kept",)
    assert not study.kept.exists()


def test_without_a_consent_table_nobody_is_erased(shop):
    assert erase_withdrawn(shop) is None
