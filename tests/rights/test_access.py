"""Access: all that is held on one customer, on nobody else, for that customer's eyes only."""

import io
import json
import secrets

import pandas as pd
import pytest

from segkit.cli import main
from segkit.errors import DataError
from segkit.rights.access import access, as_json
from segkit.rights.forget import forget
from segkit.sources.pseudonyms import open_pseudonyms
from tests.conftest import make_transactions
from tests.rights.conftest import RUNS, make_audiences, make_runs, make_shop

ID = "c-007"


def test_everything_held_is_there(shop):
    make_audiences(shop)
    held = access(shop, ID)
    orders = make_transactions(60).query("customer == @ID")
    assert len(held["source_rows"]["transactions"]) == len(orders)
    assert held["source_rows"]["customers"] == [
        {"customer": ID, "town": "Town 007", "plan": "paid", "note": None}
    ]
    assert held["malformed_lines"] == {"transactions": ["c-007,and no more"]}
    features = pd.read_parquet(shop.processed / RUNS[1] / "features" / "features.parquet").loc[ID]
    assert held["last_run"]["run"] == RUNS[1]
    assert held["last_run"]["features"]["revenue"] == features["revenue"]
    assert held["last_run"]["descriptors"]["town"] == "Town 007"
    segments = pd.read_parquet(shop.processed / RUNS[1] / "segments" / "assignments.parquet")
    assert held["last_run"]["segment"]["segment_key"] == segments.at[ID, "segment_key"]
    assert held["runs"] == list(RUNS)
    assert held["audiences"] == [
        f"audiences/{name}" for name in ("list.bin", "log.jsonl", "loyal.csv", "plain.txt")
    ]
    assert held["erased"] is None


def test_nobody_else_is_in_it(shop):
    text = as_json(access(shop, ID))
    others = {f"c-{number:03d}" for number in range(60)} - {ID}
    assert not [one for one in others if one in text]
    json.loads(text)


def test_consent_is_in_it(tmp_path):
    columns = {"customer_id": "who", "purpose": "for", "status": "said", "date": "on"}
    consent = {"consent": {"file": "consent.csv", "columns": columns}}
    study = make_shop(tmp_path, tables=consent, consent={"purpose": "analytics"})
    rows = f"who,for,said,on\n{ID},analytics,yes,2024-01-01\n{ID},analytics,no,2024-02-01\n"
    (study.folder / "consent.csv").write_text(rows, "utf-8")
    held = access(study, ID)
    (kept,) = held["consent"]
    assert (kept["purpose"], kept["status"], f"{kept['date']:%Y-%m-%d}") == (
        "analytics",
        "withdrawn",
        "2024-02-01",
    )
    assert len(held["source_rows"]["consent"]) == 2


def test_under_pseudonyms_the_raw_id_finds_what_the_runs_hold(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", secrets.token_hex(32))
    study = make_runs(make_shop(tmp_path, pseudonyms={"key_env": "SHOP_KEY"}), RUNS[:1])
    held = access(study, ID)
    assert held["pseudonym"] == open_pseudonyms(study).of(ID)
    assert held["runs"] == [RUNS[0]]
    assert held["last_run"]["features"]["n_orders"] > 0


def test_after_an_erasure_the_source_and_the_record_are_left(shop):
    forget(shop, ID, asked_by="the customer")
    held = access(shop, ID)
    assert held["erased"]["asked_by"] == "the customer"
    assert held["runs"] == []
    assert held["last_run"] == {}
    assert held["source_rows"]["transactions"]


def test_an_unknown_id_is_not_said_again(shop):
    with pytest.raises(DataError, match="nobody with this id") as refused:
        access(shop, "nobody@example.com")
    assert "example" not in str(refused.value)


# --- the command


@pytest.fixture
def written(tmp_path, monkeypatch):
    """A project whose shop has a study.yaml, and no run yet."""
    study = make_shop(tmp_path)
    (tmp_path / "notebooks").mkdir()
    (study.folder / "study.yaml").write_text(
        "title: T\ndecision: D\nas_of: 2024-06-01\nbases: [recency_days]\n"
        "tables:\n  customers: { file: crm.csv, columns: { customer_id: customer } }\n"
        "  transactions: { file: orders.csv, columns: { customer_id: customer, order_date: when, "
        "quantity: count, unit_price: price } }\n",
        "utf-8",
    )
    monkeypatch.chdir(tmp_path)
    return study


def test_the_command_writes_a_file_that_only_its_owner_can_read(written, capsys):
    assert main(["access", "shop", ID, "--out", "theirs.json"]) == 0
    path = written.folder.parent.parent / "theirs.json"
    assert path.stat().st_mode & 0o777 == 0o600
    assert json.loads(path.read_text("utf-8"))["customer_id"] == ID
    assert ID not in "".join(capsys.readouterr())


def test_the_id_can_come_from_standard_input(written, capsys, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ID}\n"))
    assert main(["access", "shop", "-"]) == 0
    assert json.loads(capsys.readouterr().out)["customer_id"] == ID
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{ID}\n"))
    assert main(["forget", "shop", "-", "--asked-by", "the shop"]) == 0
    said = capsys.readouterr()
    assert ID not in said.out + said.err
    assert "Recorded in erasures.jsonl, without the id" in said.out


@pytest.mark.parametrize("verb", ["forget", "access"])
def test_the_command_refuses_an_unknown_id(written, capsys, monkeypatch, verb):
    monkeypatch.setattr("sys.stdin", io.StringIO("c-xyz\n"))
    assert main([verb, "shop", "-"]) == 2
    said = capsys.readouterr()
    assert "segkit: nobody with this id is in the study's tables, runs or audiences" in said.err
    assert "c-xyz" not in said.out + said.err
