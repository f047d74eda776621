"""Consent: which row holds, who is left out and counted, and consent tables that are refused."""

import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, SegkitError, StudyError
from segkit.reporting.workspace import open_run
from segkit.sources.store import load_saved_tables, save_tables
from tests.conftest import study_of

ORDERS = {"customer_id": "customer", "order_id": "order", "order_date": "when", "amount": "paid"}
LONG = {"customer_id": "who", "purpose": "for", "status": "said", "date": "on"}
BY_CHANNEL = LONG | {"channel": "over"}
PRIVATE = ("ana.meier@example.com", "+49 170 5550123")


def orders(n=40, n_customers=10) -> pd.DataFrame:
    """c0 to c9, four lines each."""
    return pd.DataFrame(
        {
            "customer": [f"c{row % n_customers}" for row in range(n)],
            "order": [f"o{row}" for row in range(n)],
            "when": [f"2024-05-{1 + row % 28:02d}" for row in range(n)],
            "paid": "10.50",
        }
    )


def asked(*rows) -> pd.DataFrame:
    """c0 to c9 granted analytics in January; then some more rows: who, what for, status, date."""
    everyone = [(f"c{number}", "analytics", "granted", "2024-01-01") for number in range(10)]
    return pd.DataFrame([*everyone, *rows], columns=["who", "for", "said", "on"])


def consent_study(columns=LONG, consent=None, spec=None, **keys):
    table = {"file": "consent.csv", "columns": columns, **(spec or {})}
    consent = {"purpose": "analytics"} | (consent or {})
    return study_of(ORDERS, tables={"consent": table}, consent=consent, **keys)


def load(rows, columns=LONG, **options):
    return segkit.load_tables(consent_study(columns, **options), transactions=orders(), consent=rows)


def left_out(tables) -> dict[str, int]:
    aside = tables.quality.set_aside
    aside = aside[(aside["table"] == "transactions") & aside["rule"].str.startswith("no consent")]
    return {
        rule.removeprefix("no consent for "): n for rule, n in zip(aside.rule, aside.lines, strict=True)
    }


def customers_in(tables) -> set[str]:
    return set(tables.lines.customer_id.execute())


def status(tables, customer) -> str:
    return tables.consent.of(customer)["status"].iloc[0]


# --- which row holds


@pytest.mark.parametrize("word", ["denied", "Declined", "never given", "refused", "not granted"])
def test_who_never_agreed_has_refused_and_not_withdrawn(word):
    tables = load(asked(("c1", "analytics", word, "2024-03-01")))
    assert status(tables, "c1") == "refused"
    assert left_out(tables) == {"analytics: refused": 4}
    assert "9 granted, 0 withdrawn, 1 refused, 0 unknown" in tables.consent.reading


def test_a_refusal_holds_whatever_its_date_and_yields_to_a_withdrawal():
    rows = asked(
        ("c1", "analytics", "denied", "2024-07-01"), ("c2", "analytics", "denied", "2024-03-01"),
        ("c2", "analytics", "revoked", "2024-03-01"), ("c3", "analytics", "denied", "2024-03-01"),
        ("c3", "analytics", "granted", "2024-03-02"),
    )  # fmt: skip
    tables = load(rows)
    assert [status(tables, one) for one in ("c1", "c2", "c3")] == ["refused", "withdrawn", "granted"]
    assert any("1 refusals of consent are dated on or after as_of" in n for n in tables.quality.notices)


def test_a_study_s_own_word_for_a_refusal_counts():
    tables = load(asked(("c1", "analytics", "nie", "")), consent={"statuses": {"refused": ["Nie"]}})
    assert left_out(tables) == {"analytics: refused": 4}


def test_unknown_withdrawn_and_never_asked_are_counted_apart():
    rows = asked(
        ("c1", "analytics", "opted out", "2024-03-01"), ("c2", "analytics", "pending", "2024-03-01")
    )
    tables = load(rows[rows["who"] != "c0"])
    assert left_out(tables) == {
        "analytics: never asked": 4, "analytics: unknown": 4, "analytics: withdrawn": 4
    }  # fmt: skip
    assert customers_in(tables) == {f"c{number}" for number in range(3, 10)}
    assert tables.quality.totals.loc["transactions"].to_dict() == {
        "read": 40,
        "kept": 28,
        "set_aside": 12,
    }


def test_the_latest_row_holds_whatever_the_order_of_the_rows():
    rows = asked(("c1", "analytics", "no", "2024-02-01"), ("c1", "analytics", "yes", "2024-03-01"))
    assert status(load(rows), "c1") == status(load(rows[::-1]), "c1") == "granted"


def test_on_one_day_a_withdrawal_holds_and_the_contradiction_is_counted():
    tables = load(asked(("c1", "analytics", "no", "2024-01-01")))
    assert status(tables, "c1") == "withdrawn"
    said = "1 consents have different statuses on one day: a withdrawal holds, else a refusal"
    assert said in tables.quality.notices


def test_a_withdrawal_after_as_of_holds_and_a_grant_does_not():
    rows = asked(("c1", "analytics", "no", "2024-08-01"), ("new", "analytics", "yes", "2024-08-01"))
    tables = load(rows)
    assert (status(tables, "c1"), status(tables, "new")) == ("withdrawn", "unknown")
    assert any(
        "1 withdrawals of consent are dated on or after as_of" in one for one in tables.quality.notices
    )
    assert any(
        "1 grants of consent are dated on or after as_of" in one for one in tables.quality.notices
    )


def test_an_undated_withdrawal_holds_and_an_undated_grant_is_the_oldest():
    rows = asked(("c1", "analytics", "no", None), ("c2", "analytics", "no", "2023-01-01"))
    rows.loc[2, "on"] = None  # c2's grant
    tables = load(rows)
    assert (status(tables, "c1"), status(tables, "c2")) == ("withdrawn", "withdrawn")


def test_an_unreadable_date_makes_no_grant_but_a_withdrawal():
    rows = asked(*[("c1", "advertising", "yes", "2024-01-01")] * 40)
    rows.loc[0, "on"] = rows.loc[1, "on"] = "01.02.2024"
    rows.loc[1, "said"] = "no"
    tables = load(rows)
    assert status(tables, "c0") == "unknown"
    assert set(tables.consent.of("c1")["status"]) == {"withdrawn", "granted"}


def test_consent_for_another_purpose_is_none():
    rows = asked()
    rows.loc[rows["who"] == "c3", "for"] = "advertising"
    assert left_out(load(rows)) == {"analytics: never asked": 4}


def test_without_a_stated_channel_one_that_was_withdrawn_counts_for_all():
    rows = asked().assign(over="email")
    more = pd.DataFrame([("c1", "analytics", "no", "2023-01-01", "Phone")], columns=rows.columns)
    rows = pd.concat([rows, more])
    assert left_out(load(rows, BY_CHANNEL)) == {"analytics: withdrawn": 4}
    assert left_out(load(rows, BY_CHANNEL, consent={"channel": "Email"})) == {}
    counts = load(rows, BY_CHANNEL).consent.counts
    assert counts.loc[("analytics", "phone")].to_dict() == {
        "granted": 0, "withdrawn": 1, "refused": 0, "unknown": 0,
    }  # fmt: skip


def test_a_column_per_purpose_is_read_too():
    wide = pd.DataFrame({"who": [f"c{n}" for n in range(10)], "stats": "ja", "ads": "nein"})
    wide.loc[4, "stats"] = "nein"
    wide.loc[5, "stats"] = ""
    columns = {"customer_id": "who", "analytics": "stats", "advertising": "ads"}
    tables = load(wide, columns, consent={"statuses": {"granted": ["Ja"], "withdrawn": ["Nein"]}})
    assert left_out(tables) == {"analytics: unknown": 4, "analytics: withdrawn": 4}
    assert tables.consent.counts.loc[("advertising", "any"), "withdrawn"] == 10


def test_the_files_own_words_are_mapped():
    rows = asked().replace({"analytics": "Statistik", "granted": "erteilt"})
    words = {"purposes": {"analytics": ["Statistik"]}, "statuses": {"granted": ["erteilt"]}}
    assert left_out(load(rows, consent=words)) == {}


def test_yaml_s_bare_yes_and_no_are_words():
    own = {"statuses": {"withdrawn": [True], "granted": [False]}}
    tables = load(asked(("c1", "analytics", "no", "2024-02-01")), consent=own)
    assert (status(tables, "c1"), status(tables, "c2")) == ("granted", "granted")


def test_ids_of_all_tables_find_each_other():
    tables = load(asked().assign(who=[f" c{n} " for n in range(10)]))
    assert len(customers_in(tables)) == 10


# --- what it shows and keeps


def test_the_result_shows_counts_and_no_customer():
    tables = load(asked(("c1", "analytics", "no", "2024-02-01")))
    assert tables.consent.reading == "Consent for analytics: 9 granted, 1 withdrawn, 0 unknown."
    for shown in (repr(tables.consent), tables.consent._repr_html_()):
        assert "c1" not in shown


def test_a_study_without_the_table_has_none(shop):
    assert shop.consent is None


def test_lines_of_who_is_left_out_are_kept_nowhere(tmp_path):
    rows = orders()
    rows.loc[1, "when"] = "not a day"  # c1's: set aside under the consent rule all the same
    rows.loc[2, "customer"] = None
    study = consent_study(rules={"max_unreadable_share": 0.5})
    consent = asked(("c1", "analytics", "no", "2024-02-01"))
    tables = segkit.load_tables(study, transactions=rows, consent=consent)
    assert tables.set_aside["transactions"].count().execute() == 0
    save_tables(tables, tmp_path)
    for path in tmp_path.rglob("*.parquet"):
        assert "c1" not in pd.read_parquet(path).astype(str).to_numpy().ravel(), path.name
    loaded = load_saved_tables(study, tmp_path).consent
    pd.testing.assert_frame_equal(loaded.counts, tables.consent.counts, check_names=False)
    assert len(loaded.of("c2")) == 1
    assert loaded.of("c1").empty


def test_a_malformed_line_keeps_only_its_form(tmp_path):
    consent = asked().to_csv(index=False)
    (tmp_path / "consent.csv").write_text(consent, "utf-8")
    text = orders().to_csv(index=False) + f"c1,{PRIVATE[0]}\n"
    (tmp_path / "orders.csv").write_text(text, "utf-8")
    tables = segkit.load_tables(consent_study(folder=tmp_path))
    assert list(tables.malformed["transactions"]["text"]) == ["a9,aaa.aaaaa@aaaaaaa.aaa"]


def test_a_withdrawal_in_the_file_makes_what_an_earlier_run_left_stale(tmp_path):
    asked().to_csv(tmp_path / "consent.csv", index=False)
    orders().to_csv(tmp_path / "orders.csv", index=False)
    study = consent_study(folder=tmp_path)
    before = open_run(study)
    assert len(customers_in(before.tables)) == 10
    asked(("c1", "analytics", "no", "2024-02-01")).to_csv(tmp_path / "consent.csv", index=False)
    after = open_run(study)
    assert after.fingerprint != before.fingerprint
    assert customers_in(after.tables) == {f"c{number}" for number in range(10)} - {"c1"}


def test_customers_without_orders_need_consent_too():
    people = pd.DataFrame({"who": [f"c{n}" for n in range(10)], "visits": range(10)})
    study = segkit.load_study(
        {
            "title": "Test", "decision": "None", "as_of": "2024-06-01", "bases": ["visits"],
            "tables": {
                "customers": {"file": "-", "columns": {"customer_id": "who"}},
                "consent": {"file": "-", "columns": LONG},
            },
            "traits": {"visits": {"kind": "number", "basis": "behavioural"}},
            "consent": {"purpose": "analytics"},
        }
    )  # fmt: skip
    tables = segkit.load_tables(
        study, customers=people, consent=asked(("c1", "analytics", "no", "2024-02-01"))
    )
    assert "c1" not in tables.customers.index
    assert "c1" not in tables.traits.index
    assert tables.quality.kept["customers"] == 9
    with pytest.raises(DataError, match=r"no consent for analytics: withdrawn \(10\)"):
        segkit.load_tables(study, customers=people, consent=asked().assign(said="no"))


# --- refused


def refusal(rows, columns=LONG, **options) -> str:
    with pytest.raises(SegkitError) as refused:
        load(rows, columns, **options)
    assert not [value for value in PRIVATE if value in str(refused.value)]
    return str(refused.value)


def test_unknown_statuses_are_refused_by_their_form():
    message = refusal(asked().assign(said=PRIVATE[0]))
    assert "10 of 10 values of 'said' are no known status" in message
    assert "'aaa.aaaaa@aaaaaaa.aaa' (10)" in message
    assert "granted: granted, " in message
    assert "`consent: {statuses: {granted: [...], ...}}`" in message


def test_unreadable_dates_are_refused_by_their_form():
    message = refusal(asked().assign(on="31/12/2023"))
    assert "10 of 10 values of 'on' can't be read" in message
    assert "'99/99/9999' (10)" in message


def test_no_line_about_the_purpose_is_refused():
    message = refusal(asked().assign(**{"for": PRIVATE[1]}))
    assert "no line of the given frame 'consent' is about analytics" in message
    assert "`consent: {purposes: {...}}`" in message


def test_a_channel_that_nobody_was_asked_about_is_refused():
    message = refusal(asked().assign(over="email"), BY_CHANNEL, consent={"channel": "emial"})
    assert "consent.channel is 'emial'" in message
    assert "Did you mean 'email'?" in message


@pytest.mark.parametrize("values", [[*PRIVATE] * 5, [f"x{number}" for number in range(30)]])
def test_channels_that_are_something_else_are_refused(values):
    rows = pd.concat([asked()] * 3)[: len(values)].assign(over=values)
    assert "a column of channels, at most 20 of them" in refusal(rows, BY_CHANNEL)


def test_a_missing_column_is_named_with_its_neighbour():
    assert "Did you mean 'said'?" in refusal(asked(), LONG | {"status": "siad"})


def test_ids_from_floats_are_refused():
    assert "look like '99999.0'" in refusal(asked().assign(who=[f"{n}.0" for n in range(10)]))


def test_nobody_s_consent_is_refused_with_the_counts():
    message = refusal(asked().assign(said="no"))
    assert "no line of the given frame 'transactions' can be kept" in message
    assert "no consent for analytics: withdrawn (40)" in message


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"consent": None}, "doesn't say for which purpose it runs"),
        ({"consent": {"purpose": "fun"}}, "consent.purpose is 'fun'. Accepted: analytics or"),
        ({"consent": {"purpos": "analytics"}}, "Did you mean 'purpose'?"),
        (
            {"consent": {"purpose": "analytics", "statuses": {"granted": ["x"], "withdrawn": ["X"]}}},
            "'x' means both granted and withdrawn",
        ),
    ],
)
def test_a_study_that_says_it_wrong_is_refused(keys, said):
    table = {"consent": {"file": "-", "columns": LONG}}
    given = {name: value for name, value in keys.items() if value is not None}
    with pytest.raises(StudyError) as refused:
        study_of(ORDERS, tables=table, **given)
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"customer_id": "who", "status": "said"}, "lacks purpose"),
        ({"customer_id": "who"}, "lacks purpose and status"),
        (LONG | {"analytics": "a"}, "maps both purpose and analytics"),
        ({"purpose": "for", "status": "said"}, "lacks customer_id"),
        (LONG | {"statuses": "said"}, "Did you mean 'status'?"),
    ],
)
def test_a_mapping_that_can_not_be_read_is_refused(columns, said):
    with pytest.raises(StudyError) as refused:
        consent_study(columns)
    assert said in str(refused.value)


def test_a_purpose_without_a_table_is_refused():
    with pytest.raises(StudyError, match="there is no consent table"):
        study_of(ORDERS, consent={"purpose": "analytics"})


def test_a_file_most_of_whose_lines_are_no_records_is_refused(tmp_path):
    orders().to_csv(tmp_path / "orders.csv", index=False)
    text = asked().to_csv(index=False).replace(",granted", ",granted,more,and more")
    (tmp_path / "consent.csv").write_text(text, "utf-8")
    with pytest.raises(DataError, match="10 of 10 lines are a malformed line"):
        segkit.load_tables(consent_study(folder=tmp_path))


def test_random_consents_add_up():
    """Every line is kept or counted under one rule, against a count made by hand."""
    rng = np.random.default_rng(0)
    rows = asked().sample(60, replace=True, random_state=0).reset_index(drop=True)
    rows["said"] = rng.choice(["yes", "no", "pending"], 60)
    rows["on"] = [f"2024-0{month}-01" for month in rng.integers(1, 6, 60)]
    worst = {"yes": 0, "pending": 1, "no": 2}
    by_hand = rows.assign(worst=rows["said"].map(worst)).sort_values(["on", "worst"])
    granted = by_hand.groupby("who")["said"].last().eq("yes")
    assert customers_in(load(rows)) == set(granted[granted].index)
