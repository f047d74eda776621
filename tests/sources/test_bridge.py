"""Tables that name customers by address, led to their ids by one that holds both."""

import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError
from segkit.rights.access import access
from segkit.rights.forget import forget
from tests.sources import users

IDS = [f"K{row:02d}" for row in range(20)]
VIA = {"source": "customers", "column": "Mail"}


def mail(row) -> str:
    return f"c{row}@example.com"


def crm() -> pd.DataFrame:
    """Twenty customers; K18 and K19 share an address, K17 has none."""
    addresses = [mail(row) for row in range(17)] + ["", "two@example.com", "two@example.com"]
    return pd.DataFrame({"No": IDS, "Mail": addresses, "visits": range(20)})


def mails() -> pd.DataFrame:
    """25 that were opened: 20 of ten customers, 3 of nobody, one of two customers, one of none."""
    who = [*[mail(row).upper() for row in range(10)] * 2, *["x@example.com"] * 3, "Two@example.com", ""]
    at = [f"2024-05-01 10:{minute:02d}" for minute in range(25)]
    return pd.DataFrame({"Address": who, "at": at, "did": "opened", "note": who})


def content(**keys):
    columns = {"customer_id": "Address", "event_date": "at", "action": "did"}
    return {
        "title": "T", "decision": "D", "as_of": "2024-06-01",
        "tables": {
            "customers": {"file": "crm.csv", "columns": {"customer_id": "No"}},
            "emails": {"file": "mails.csv", "columns": columns, "via": VIA},
        },
        "traits": {"visits": {"kind": "number", "basis": "behavioural"}}, "bases": ["visits"],
    } | keys  # fmt: skip


@pytest.fixture
def study(tmp_path):
    crm().to_csv(tmp_path / "crm.csv", index=False)
    mails().to_csv(tmp_path / "mails.csv", index=False)

    def made(**keys):
        (tmp_path / "study.yaml").write_text(str(content(**keys)), encoding="utf-8")
        return segkit.load_study(tmp_path)

    return made


def rules(tables, table="emails"):
    lines = tables.quality.lines
    return lines[lines["table"] == table].set_index("rule")["lines"].to_dict()


def test_an_address_is_put_down_to_the_customer_who_has_it(study):
    tables = segkit.load_tables(study())
    assert rules(tables) == {
        "kept": 20, "not in customers": 3, "of several customers in customers": 1, "no customer id": 1
    }  # fmt: skip
    events = tables.events["emails"].execute()
    assert events["customer_id"].value_counts().to_dict() == dict.fromkeys(IDS[:10], 2)
    said = "mails.csv: 10 of 12 ids are 'Mail' of customers (besides, 1 are of several customers there"
    assert any(said in notice for notice in tables.quality.notices)


def test_a_frame_is_bridged_by_a_frame(study):
    frames = {"customers": crm().head(5), "emails": mails()}
    tables = segkit.load_tables(segkit.load_study(content()), **frames)
    assert rules(tables)["kept"] == 10


def test_a_source_is_led_to_the_profile_s_customers(study, tmp_path):
    answers = pd.DataFrame({"who": [mail(row) for row in range(12)], "trust": range(12)})
    answers.to_csv(tmp_path / "answers.csv", index=False)
    trust = {"kind": "number", "basis": "psychographic", "from": "survey"}
    tables = segkit.load_tables(
        study(
            sources={"survey": {"file": "answers.csv", "columns": {"customer_id": "who"}, "via": VIA}},
            traits={"trust": trust}, bases=["trust"],
        )
    )  # fmt: skip
    assert tables.traits["trust"].dropna().to_dict() == {IDS[row]: row for row in range(12)}


def test_orders_by_address_are_led_to_ids_too(study, tmp_path):
    orders = mails().assign(paid="5.00")[["Address", "at", "paid"]]
    orders.to_csv(tmp_path / "orders.csv", index=False)
    columns = {"customer_id": "Address", "order_date": "at", "amount": "paid"}
    spec = {"file": "orders.csv", "columns": columns, "via": VIA}
    tables = segkit.load_tables(study(tables=content()["tables"] | {"transactions": spec}))
    assert rules(tables, "transactions")["kept"] == 20
    assert set(tables.lines.customer_id.execute()) == set(IDS[:10])


def test_consent_is_asked_of_the_id(study, tmp_path):
    asked = pd.DataFrame(
        {"No": IDS, "purpose": "analytics", "status": ["withdrawn", *["granted"] * 19]}
    )
    asked.to_csv(tmp_path / "consent.csv", index=False)
    columns = {"customer_id": "No", "purpose": "purpose", "status": "status"}
    with_consent = content()["tables"] | {"consent": {"file": "consent.csv", "columns": columns}}
    tables = segkit.load_tables(study(tables=with_consent, consent={"purpose": "analytics"}))
    assert rules(tables)["no consent for analytics: withdrawn"] == 2
    assert rules(tables)["not in customers"] == 3
    assert "example.com" not in tables.set_aside["emails"].execute().to_csv()


def test_who_is_erased_is_erased_by_way_of_the_address(study):
    made = study()
    assert [row["did"] for row in access(made, IDS[3])["source_rows"]["emails"]] == ["opened"] * 2
    forget(made, IDS[3])
    tables = segkit.load_tables(made)
    assert rules(tables)["erased on request"] == 2
    assert IDS[3] not in set(tables.events["emails"].customer_id.execute())


def test_addresses_that_are_nowhere_are_refused(study, tmp_path):
    made = study()
    mails().assign(Address="x@example.org").to_csv(tmp_path / "mails.csv", index=False)
    with pytest.raises(DataError, match=r"not one of the 1 ids of mails\.csv is 'Mail' of customers"):
        segkit.load_tables(made)


def test_a_column_that_the_source_lacks_is_refused(study):
    tables = content()["tables"]
    tables["emails"]["via"] = {"source": "customers", "column": "Mial"}
    with pytest.raises(DataError, match=r"crm\.csv has no column 'Mial'.*Did you mean 'Mail'"):
        segkit.load_tables(study(tables=tables))


@pytest.mark.parametrize("source", ["emails", "crm"])
def test_only_a_table_about_customers_can_lead_to_them(source):
    tables = content()["tables"]
    tables["emails"] = tables["emails"] | {"via": {"source": source, "column": "Mail"}}
    with pytest.raises(StudyError, match=rf"emails\.via names '{source}'.*Accepted: .*customers"):
        segkit.load_study(content(tables=tables))


def test_new_finds_the_bridge(new, features):
    addresses = dict(zip(users.crm()["Contact Nr"], users.crm()["E-Mail"], strict=True))
    sent = users.mails()
    sent["recipient"] = sent["recipient"].map(addresses).str.upper()
    study, out = new(sales=users.orders(), crm=users.crm(), mails=sent)
    assert study["tables"]["emails"]["via"] == {"source": "customers", "column": "E-Mail"}
    assert "'E-Mail' of customers leads to its customers" in out
    assert (
        features("60 of 60 ids are 'E-Mail'").frame["n_emails_sent"].sum()
        == (sent["event"] == "Sent").sum()
    )


def test_new_finds_the_bridge_of_a_survey(new, features):
    addresses = dict(zip(users.crm()["Contact Nr"], users.crm()["E-Mail"], strict=True))
    answers = users.survey()
    who = answers.columns[0]
    answers[who] = answers[who].map(addresses)
    study, _ = new(
        sales=users.orders(), crm=users.crm(), answers=answers.rename(columns={who: "Email"})
    )
    assert study["sources"]["answers"]["via"] == {"source": "crm", "column": "E-Mail"}
    features("50 of 50 ids are 'E-Mail' of crm")
