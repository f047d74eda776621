"""Several sources, and the right to use them: consent, erasure and access reach each of them."""

import pandas as pd
import pytest

import segkit
from segkit.reporting.workspace import open_run
from segkit.rights.access import access
from segkit.rights.forget import forget
from tests.sources.five import SURVEY, TRANSACTIONS, content_of, customer, make_five

NO_CONSENT = [customer(person) for person in (100, 120, 250)]
GONE = customer(150)
CHOICES = {"k": 2, "k_max": 3, "n_boot": 10}


def make_consent() -> pd.DataFrame:
    everyone = sorted(set().union(*(_ids(frame) for frame in make_five().values())))
    status = ["withdrawn" if one in NO_CONSENT else "granted" for one in everyone]
    return pd.DataFrame({"customer_id": everyone, "purpose": "analytics", "status": status})


def _ids(frame) -> set[str]:
    return set(frame.iloc[:, 0].dropna())


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rights") / "data" / "five"
    folder.mkdir(parents=True)
    for name, frame in make_five().items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    make_consent().to_csv(folder / "consent.csv", index=False)
    columns = {name: name for name in ("customer_id", "purpose", "status")}
    tables = {
        "transactions": TRANSACTIONS | {"file": "transactions.csv"},
        "consent": {"file": "consent.csv", "columns": columns},
    }
    made = segkit.load_study(content_of(tables=tables, consent={"purpose": "analytics"}))
    return made.__class__(**{**vars(made), "folder": folder}).with_choices(**CHOICES)


@pytest.fixture(scope="module")
def tables(study):
    return segkit.load_tables(study)


def test_who_gave_no_consent_is_in_no_source(tables):
    assert not set(NO_CONSENT) & set(tables.traits.index)
    for table in (tables.profile.chosen, tables.profile.said, tables.profile.ids):
        assert not table.filter(table.customer_id.isin(NO_CONSENT)).count().execute()
    assert not set(NO_CONSENT) & set(tables.profile.suspects["customer_id"])
    assert tables.profile.n_customers == 415 - len(NO_CONSENT)


def test_rows_without_consent_are_counted_in_their_source(tables):
    rules = tables.quality.set_aside.set_index(["table", "rule"])["lines"]
    barred = rules.xs("no consent for analytics: withdrawn", level="rule")
    assert barred[["survey", "crm", "web", "social"]].to_dict() == {
        "survey": 4, "crm": 3, "web": 9, "social": 1
    }  # fmt: skip
    totals = tables.quality.totals
    assert totals.at["survey", "read"] == len(SURVEY) + 15 + 6
    assert (totals["read"] == totals["kept"] + totals["set_aside"]).all()


def test_a_customer_s_values_come_with_their_consent(tables):
    consent = tables.profile.explain(GONE)["consent"]
    assert set(consent) == {"analytics granted"}


def test_access_lists_the_rows_of_every_source(study):
    held = access(study, GONE)
    assert {name: len(rows) for name, rows in held["source_rows"].items()} == {
        "transactions": 3, "consent": 1, "crm": 1, "survey": 2, "web": 3
    }  # fmt: skip
    city = next(row for row in held["provenance"] if row["attribute"] == "city")
    assert (city["value"], city["source"]) == ("Bonn", "survey")
    assert city["other_values"] == "Elsewhere (survey 2022-01-01)"
    assert access(study, NO_CONSENT[0])["provenance"] is None


def test_an_erased_customer_is_in_no_file_of_a_profile(study):
    run = open_run(study, run="2024-06-01T000000-1")
    assert GONE in set(run.tables.traits.index)
    assert run.segments.k == 2
    forget(study, GONE)
    files = list((study.processed).rglob("*.parquet"))
    assert {"chosen.parquet", "said.parquet", "ids.parquet", "suspects.parquet"} <= {
        path.name for path in files
    }
    for path in files:
        assert GONE not in pd.read_parquet(path).reset_index().to_string(), path.name
    assert GONE not in set(segkit.load_tables(study).traits.index)
