"""Event tables as features: small tables counted by hand, and planted ones counted again in pandas."""

import ibis
import numpy as np
import pandas as pd
import pytest

import segkit
from segkit.errors import DataError, StudyError
from segkit.features.behaviour.emails import answered
from segkit.features.behaviour.visits import visits_of
from segkit.sources.store import load_saved_tables, save_tables
from tests.behaviour_data import make_events
from tests.conftest import ORDER_COLUMNS, make_transactions

AS_OF = "2024-06-01"
LOG = {
    "customer_id": "visitor", "event_date": "when", "step": "what", "channel": "source",
    "device": "device", "agent": "agent",
}  # fmt: skip
WEB = {"file": "web.csv", "columns": LOG, "page_views": ["page"], "steps": ["basket"]}
EMAILS = {
    "file": "emails.csv",
    "columns": {"customer_id": "reader", "event_date": "at", "action": "did", "campaign": "mail"},
}


def study_of(tables, **keys):
    content = {
        "title": "T", "decision": "D", "as_of": AS_OF, "tables": tables, "bases": ["n_visits"],
    } | keys  # fmt: skip
    return segkit.load_study(content)


def built(tables, *, as_of=AS_OF, study=None, **frames):
    loaded = segkit.load_tables(study_of(tables, **(study or {})), **frames)
    return segkit.build_features(loaded, as_of=as_of)


def web_of(rows, *, columns=("customer_id", "event_date", "page"), study=None, **spec):
    """Features of a web table whose columns bear segkit's names."""
    table = {"file": "w.csv", "columns": {name: name for name in columns}, **spec}
    frame = pd.DataFrame(rows, columns=list(columns))
    return built({"web": table}, study=study, web=frame)


def by_ten(rows):
    """The same rows of ten customers, a to j: a channel's name needs as many."""
    return [(who, *row[1:]) for who in "abcdefghij" for row in rows]


def emails_of(rows, columns=("customer_id", "event_date", "action", "campaign"), **spec):
    table = {"file": "e.csv", "columns": {name: name for name in columns}, **spec}
    return built({"emails": table}, emails=pd.DataFrame(rows, columns=list(columns)))


def social_of(rows, columns, **spec):
    table = {"file": "s.csv", "columns": {name: name for name in columns}, **spec}
    return built({"social": table}, social=pd.DataFrame(rows, columns=list(columns)))


@pytest.fixture(scope="module")
def log():
    return make_events()[0]


@pytest.fixture(scope="module")
def mails():
    return make_events()[1]


# --- visits, by a pause


def test_a_pause_of_exactly_the_gap_is_one_visit_and_a_second_more_is_two():
    frame = web_of(
        [
            ("a", "2024-05-01 10:00:00", "p"), ("a", "2024-05-01 10:30:00", "p"),
            ("b", "2024-05-01 10:00:00", "p"), ("b", "2024-05-01 10:30:01", "p"),
        ]
    ).frame  # fmt: skip
    assert frame["n_visits"].to_dict() == {"a": 1, "b": 2}
    assert frame["n_pages"].to_dict() == {"a": 2, "b": 2}
    assert frame["mean_visit_minutes"].to_dict() == {"a": 30.0, "b": 0.0}
    assert frame["bounce_share"].to_dict() == {"a": 0.0, "b": 1.0}


def test_the_gap_is_the_study_s():
    rows = [("a", "2024-05-01 10:00:00", "p"), ("a", "2024-05-01 10:30:01", "p")]
    features = web_of(rows, session_gap_minutes=45)
    assert features.frame.at["a", "n_visits"] == 1
    assert "more than 45 minutes" in features.dictionary.at["n_visits", "meaning"]


def test_a_visit_over_midnight_is_one_visit_on_the_day_it_starts():
    rows = [("a", "2024-05-10 23:50", "p"), ("a", "2024-05-11 00:10", "p")]
    frame = web_of(rows).frame
    assert frame.loc["a", ["n_visits", "mean_visit_minutes", "days_since_visit"]].tolist() == [
        1,
        20,
        22,
    ]


def test_a_visit_is_cut_at_as_of():
    rows = [("a", "2024-05-31 23:50", "p"), ("a", "2024-06-01 00:00", "p")]
    frame = web_of(rows).frame
    assert frame.loc["a", ["n_visits", "n_pages", "days_since_visit"]].tolist() == [1, 1, 1]


def test_pauses_are_measured_past_the_hour_that_a_clock_repeats():
    """00:50 and 01:10 UTC are 02:50 and 02:10 in Berlin that night; so are 00:10 and 01:50."""
    rows = [
        ("a", "2023-10-29 00:50", "p"), ("a", "2023-10-29 01:10", "p"),
        ("b", "2023-10-29 00:10", "p"), ("b", "2023-10-29 01:50", "p"),
    ]  # fmt: skip
    frame = web_of(rows, timezone="UTC", study={"timezone": "Europe/Berlin"}).frame
    assert frame["n_visits"].to_dict() == {"a": 1, "b": 2}
    assert frame.at["a", "mean_visit_minutes"] == 20


def test_pauses_are_measured_past_the_hour_that_a_clock_skips():
    """01:50 and 03:10 in Berlin are 20 minutes apart that night."""
    rows = [("a", "2024-03-31 01:50", "p"), ("a", "2024-03-31 03:10", "p")]
    frame = web_of(rows, study={"timezone": "Europe/Berlin"}).frame
    assert frame.loc["a", ["n_visits", "mean_visit_minutes"]].tolist() == [1, 20]


def test_days_are_those_of_the_shop_s_zone():
    rows = [("a", "2024-05-30 23:30", "p")]
    frame = web_of(rows, timezone="UTC", study={"timezone": "Europe/Berlin"}).frame
    assert frame.at["a", "days_since_visit"] == 1


def test_a_moment_past_midnight_in_the_shop_s_zone_is_not_seen():
    rows = [("a", "2024-05-31 22:30", "p"), ("a", "2024-05-31 10:00", "p")]
    frame = web_of(rows, timezone="UTC", study={"timezone": "Europe/Berlin"}).frame
    assert frame.at["a", "n_visits"] == 1


def test_copies_are_kept_and_told_or_set_aside_as_the_study_says():
    rows = [("a", "2024-05-01 10:00", "p")] * 3 + [("a", "2024-05-01 10:05", "p")]
    kept = web_of(rows).frame
    assert kept.loc["a", ["n_visits", "n_pages"]].tolist() == [1, 4]
    aside = web_of(rows, study={"rules": {"duplicates": "set_aside"}}).frame
    assert aside.loc["a", ["n_visits", "n_pages"]].tolist() == [1, 2]


def test_the_file_s_own_sessions_hold_whatever_the_pause():
    columns = ("customer_id", "event_date", "session_id")
    rows = [
        ("a", "2024-05-01 10:00", "s1"), ("a", "2024-05-01 15:00", "s1"),
        ("a", "2024-05-01 15:01", "s2"), ("b", "2024-05-01 15:01", "s1"),
    ]  # fmt: skip
    frame = web_of(rows, columns=columns).frame
    assert frame["n_visits"].to_dict() == {"a": 2, "b": 1}


def test_a_visit_s_channel_is_its_first_known_and_steps_go_on():
    columns = ("customer_id", "event_date", "step", "channel", "device")
    rows = [
        ("a", "2024-05-01 10:00", "view", "", ""),
        ("a", "2024-05-01 10:05", "Basket", "search", "Phone"),
        ("a", "2024-05-01 10:09", "view", "mail", "desktop"),
        ("a", "2024-05-02 10:00", "pay", "mail", "desktop"),
        ("a", "2024-05-03 10:00", "view", "", ""),
    ]
    steps = {"basket": ["basket"], "checkout": ["pay", "paid"]}
    features = web_of(by_ten(rows), columns=columns, steps=steps)
    row = features.frame.loc["a"]
    assert row["channel_search_share"] == row["channel_mail_share"] == 0.5
    assert row["mobile_share"] == 0.5
    assert row["reached_basket_share"] == pytest.approx(2 / 3)
    assert row["reached_checkout_share"] == pytest.approx(1 / 3)
    assert features.dictionary.at["reached_basket_share", "base"] == "visits"
    assert features.dictionary.at["channel_mail_share", "base"] == "visits with a known channel"


def test_events_of_one_second_fall_into_one_visit_and_the_first_channel_by_name_holds():
    columns = ("customer_id", "event_date", "channel")
    rows = [("a", "2024-05-01 10:00:00.9", "mail"), ("a", "2024-05-01 10:00:00.1", "ads")]
    rows += [("a", "2024-05-01 11:00:00.9", "mail"), ("a", "2024-05-01 11:00:00.1", "zoo")]
    frame = web_of(by_ten(rows), columns=columns).frame
    assert frame.at["a", "n_visits"] == 2
    assert frame.at["a", "channel_ads_share"] == frame.at["a", "channel_mail_share"] == 0.5


def test_only_page_views_are_pages_where_the_study_says_so():
    columns = ("customer_id", "event_date", "step")
    rows = [("a", "2024-05-01 10:00", "page_view"), ("a", "2024-05-01 10:01", "scroll")]
    frame = web_of(rows, columns=columns, page_views=["page_view"]).frame
    assert frame.loc["a", ["n_pages", "bounce_share"]].tolist() == [1, 1.0]


def test_dates_without_hours_make_a_day_a_visit_and_no_minutes():
    rows = [("a", "2024-05-01", "p"), ("a", "2024-05-01", "q"), ("a", "2024-05-02", "p")]
    features = web_of(rows)
    assert features.frame.at["a", "n_visits"] == 2
    assert "hold no time of day" in features.left_out["mean_visit_minutes"]


def test_at_most_five_channels_and_spellings_of_one_are_one():
    columns = ("customer_id", "event_date", "channel")
    names = ["E-mail", "e mail", "b", "c", "d", "e", "f"]
    rows = [("a", f"2024-05-{day:02d} 10:00", name) for day, name in enumerate(names, 1)]
    frame = web_of(by_ten(rows), columns=columns).frame
    shares = frame.filter(like="channel_")
    assert list(shares) == [f"channel_{name}_share" for name in ("e_mail", "b", "c", "d", "e")]
    assert shares.at["a", "channel_e_mail_share"] == pytest.approx(2 / 7)


def test_a_channel_of_fewer_than_ten_customers_is_not_named():
    columns = ("customer_id", "event_date", "channel")
    rows = by_ten([("a", "2024-05-01 10:00", "search"), ("a", "2024-05-02 10:00", "friends")])
    rows += [(who, "2024-05-03 10:00", "anas shop") for who in "aaaaaaaaaaaabcdefghi"]
    features = web_of(rows, columns=columns)
    assert list(features.frame.filter(like="channel_")) == [
        "channel_friends_share", "channel_search_share"
    ]  # fmt: skip
    assert "anas" not in features.dictionary.to_csv()
    assert features.frame.at["j", "channel_search_share"] == 0.5


@pytest.mark.parametrize("value", ["ana.meier@example.com", "+49 170 5550123"])
def test_a_channel_that_holds_a_contact_is_refused_without_printing_it(value):
    rows = [("a", "2024-05-01 10:00", value), ("a", "2024-05-02 10:00", "search")]
    with pytest.raises(DataError, match="a channel of the web table likely holds") as refused:
        web_of(by_ten(rows), columns=("customer_id", "event_date", "channel"))
    assert value not in str(refused.value)


# --- visits, one a row


def test_rows_that_are_visits_are_taken_as_they_are():
    columns = ("customer_id", "event_date", "pages", "duration_seconds", "bounce", "device", "step")
    rows = [
        ("a", "2024-05-01 10:00", "4", "90.5", "no", "mobile", "checkout"),
        ("a", "2024-05-01 10:01", "1", "0", "yes", "mobile", "view"),
        ("a", "2024-05-03 10:01", "", "29.5", "0", "", "basket"),
    ]
    features = web_of(by_ten(rows), columns=columns, steps=["basket", "checkout"])
    row = features.frame.loc["a"]
    assert row[["n_visits", "n_pages", "pages_per_visit", "mean_visit_minutes"]].tolist() == [
        3, 5, 2.5, 120 / 180,
    ]  # fmt: skip
    assert row[["bounce_share", "mobile_share", "days_since_visit"]].tolist() == [1 / 3, 1, 29]
    assert row[["reached_basket_share", "reached_checkout_share"]].tolist() == [2 / 3, 1 / 3]


def test_a_visit_of_one_page_bounced_where_nothing_else_says_so():
    columns = ("customer_id", "event_date", "pages")
    features = web_of([("a", "2024-05-01", "1"), ("a", "2024-05-02", "2")], columns=columns)
    assert features.frame.at["a", "bounce_share"] == 0.5
    assert features.left_out["mobile_share"] == "the web table maps no device"
    assert features.left_out["mean_visit_minutes"] == "the web table maps no duration"


def test_pages_that_no_row_of_a_customer_gives_are_missing_not_0():
    columns = ("customer_id", "event_date", "pages")
    features = web_of([("a", "2024-05-01", ""), ("b", "2024-05-02", "2")], columns=columns)
    assert np.isnan(features.frame.at["a", "n_pages"])
    assert features.frame.at["b", "n_pages"] == 2


# --- e-mails


def test_shares_of_e_mails_are_of_those_sent():
    rows = [
        ("a", "2024-05-01 08:00", "sent", "x"), ("a", "2024-05-01 09:00", "open", "x"),
        ("a", "2024-05-01 09:01", "open", "x"), ("a", "2024-05-01 09:02", "click", "x"),
        ("a", "2024-05-08 08:00", "sent", "y"),
        ("b", "2024-05-01 08:00", "click", "x"),
    ]  # fmt: skip
    frame = emails_of(rows).frame
    assert frame.loc["a", ["n_emails_sent", "opened_share", "clicked_share"]].tolist() == [2, 0.5, 0.5]
    assert frame.at["a", "n_email_opens"] == 2
    assert frame.at["b", "n_emails_sent"] == 0
    assert frame.loc["b", ["opened_share", "clicked_share"]].isna().all()
    assert frame["days_since_click"].tolist() == [31, 31]


def test_an_open_counts_for_the_last_e_mail_of_its_campaign_sent_before_it():
    rows = [
        ("a", "2024-05-01 08:00", "sent", "x"), ("a", "2024-05-02 08:00", "sent", "y"),
        ("a", "2024-05-03 08:00", "open", "x"), ("a", "2024-05-04 08:00", "sent", "x"),
        ("a", "2024-05-04 08:00", "open", "x"), ("a", "2024-05-04 09:00", "sent", "x"),
    ]  # fmt: skip
    assert emails_of(rows).frame.at["a", "opened_share"] == 2 / 4
    columns = ("customer_id", "event_date", "action")
    without = emails_of([row[:3] for row in rows], columns)
    assert without.frame.at["a", "opened_share"] == 2 / 4
    assert "of its campaign" not in without.dictionary.at["opened_share", "meaning"]


def test_a_share_never_passes_1_however_often_one_e_mail_is_opened():
    rows = [("a", "2024-05-01 08:00", "sent", "x")] + [("a", "2024-05-01 09:00", "open", "x")] * 9
    assert emails_of(rows).frame.at["a", "opened_share"] == 1


def test_the_file_s_words_are_mapped():
    rows = [("a", "2024-05-01", "Zustellung", "x"), ("a", "2024-05-02", "ÖFFNUNG ", "x")]
    actions = {"sent": "zustellung", "open": ["Öffnung", "Ansicht"]}
    assert emails_of(rows, actions=actions).frame.at["a", "opened_share"] == 1


def test_what_the_e_mail_table_never_says_is_left_out_not_0():
    features = emails_of([("a", "2024-05-01", "open", "x")])
    assert list(features.frame) == ["n_email_opens"]
    assert features.left_out["opened_share"] == "no row of the e-mail table says 'sent'"
    assert features.left_out["days_since_click"] == "no row of the e-mail table says 'click'"


def test_a_base_that_the_table_can_not_give_says_why():
    columns = ["customer_id", "event_date", "action"]
    table = {"file": "e.csv", "columns": {name: name for name in columns}}
    rows = pd.DataFrame([("a", "2024-05-01", "open")], columns=columns)
    features = built({"emails": table}, study={"bases": ["opened_share"]}, emails=rows)
    with pytest.raises(StudyError, match="can't give: no row of the e-mail table says 'sent'"):
        features.bases  # noqa: B018


# --- activities and social


def test_activities_count_by_named_kind():
    table = {
        "file": "a.csv",
        "columns": {"customer_id": "id", "event_date": "on", "type": "kind"},
        "types": {"calls": ["Call", "Phone"], "meetings": ["Visit"]},
    }
    frame = pd.DataFrame(
        [("a", "2024-05-01", "call"), ("a", "2024-05-30", "PHONE"), ("a", "2024-05-02", "Fax"),
         ("b", "2024-05-02", "visit")],
        columns=["id", "on", "kind"],
    )  # fmt: skip
    features = built({"activities": table}, activities=frame)
    columns = ["n_activities", "n_calls", "n_meetings", "days_since_activity"]
    assert features.frame[columns].to_numpy().tolist() == [[3, 2, 0, 2], [1, 0, 1, 30]]
    assert features.dictionary.at["n_calls", "unit"] == "calls"


def test_engagement_by_action():
    columns = ("customer_id", "event_date", "action", "sentiment")
    rows = [
        ("a", "2024-05-01", "Like", "0.5"), ("a", "2024-05-01", "comment", "-0.2"),
        ("a", "2024-05-02", "shared", ""), ("a", "2024-05-02", "like", ""),
        ("b", "2024-05-02", "follow", ""),
    ]  # fmt: skip
    features = social_of(
        rows, columns, sentiment_range=[-1, 1],
        actions={"likes": "like", "comments": "comment", "shares": "shared", "follows": "follow"},
    )  # fmt: skip
    row = features.frame.loc["a"]
    assert row[["n_engagements", "n_likes", "likes_engagement_share"]].tolist() == [4, 2, 0.5]
    assert row["mean_sentiment"] == 0.15
    assert row["days_since_engagement"] == 30
    assert np.isnan(features.frame.at["b", "mean_sentiment"])
    assert features.frame.at["b", "n_follows"] == 1


def test_engagement_by_counts_leaves_blanks_unknown():
    columns = ("customer_id", "event_date", "likes", "comments", "reach")
    rows = [("a", "2024-05-01", "3", "", "100"), ("a", "2024-05-02", "2", "5", "50")]
    rows += [("b", "2024-05-02", "0", "", "9")]
    frame = social_of(rows, columns).frame
    assert frame.loc["a", ["n_engagements", "n_likes", "n_comments", "n_reached"]].tolist() == [
        10, 5, 5, 150,
    ]  # fmt: skip
    assert np.isnan(frame.at["b", "n_comments"])
    assert np.isnan(frame.at["b", "likes_engagement_share"])


# --- against a second count, and whatever the order


def naive(log, mails):
    """The main features again, customer by customer, in plain pandas."""
    log = log[(log["visitor"] != "") & (log["agent"] == "")].sort_values("when", kind="stable")
    rows = {}
    for who in sorted({*log["visitor"], *mails["reader"]}):
        own, sent = log[log["visitor"] == who], mails[mails["reader"] == who]
        visit = (own["when"].diff() > pd.Timedelta(minutes=30)).cumsum()
        is_page = own["what"] == "page"
        pages = is_page.groupby(visit).sum()
        spans = own["when"].groupby(visit).agg(lambda when: when.max() - when.min())
        channel, device = (own[name].groupby(visit).first() for name in ("source", "device"))
        starts = own["when"].groupby(visit).min()
        n_sent = (sent["did"] == "Sent").sum()
        answered = sent.groupby("did")["mail"].nunique()
        rows[who] = {
            "n_visits": len(pages),
            "n_pages": is_page.sum(),
            "pages_per_visit": pages.mean(),
            "mean_visit_minutes": (spans / pd.Timedelta(minutes=1)).mean(),
            "bounce_share": (pages <= 1).mean(),
            "mobile_share": (device == "mobile").mean(),
            "channel_search_share": (channel == "Search").mean(),
            "reached_basket_share": (own["what"] == "basket").groupby(visit).any().mean(),
            "days_since_visit": (pd.Timestamp(AS_OF) - starts.max().normalize()).days,
            "n_emails_sent": n_sent,
            "opened_share": answered.get("Opened", 0) / n_sent,
            "clicked_share": answered.get("Clicked", 0) / n_sent,
        }
    return pd.DataFrame.from_dict(rows, orient="index").astype("float64")


def test_planted_events_equal_their_naive_recount(log, mails):
    frame = built({"web": WEB, "emails": EMAILS}, web=log, emails=mails).frame
    expected = naive(log, mails)
    pd.testing.assert_frame_equal(
        frame[expected.columns].astype("float64"), expected, check_names=False, rtol=1e-12
    )


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_rows_does_not_matter(log, mails, seed):
    tables = {"web": WEB, "emails": EMAILS}
    before = built(tables, web=log, emails=mails).frame
    shuffled = (frame.sample(frac=1, random_state=seed) for frame in (log, mails))
    after = built(tables, **dict(zip(("web", "emails"), shuffled, strict=True))).frame
    pd.testing.assert_frame_equal(before, after, check_exact=True)


@pytest.mark.parametrize("seed", range(3))
def test_sums_of_sentiments_and_seconds_do_not_depend_on_the_order(seed):
    rng = np.random.default_rng(seed)
    social = [("a", "2024-05-01", "like", f"{value:.5f}") for value in rng.uniform(-1, 1, 200)]
    web = [("a", "2024-05-01", f"{value:.4f}") for value in rng.uniform(0, 900, 200)]
    columns = ("customer_id", "event_date", "action", "sentiment")
    visits = ("customer_id", "event_date", "duration_seconds")
    sentiments = {
        social_of(rows, columns, sentiment_range=[-1, 1]).frame.at["a", "mean_sentiment"]
        for rows in (social, social[::-1], [social[row] for row in rng.permutation(200)])
    }
    minutes = {
        web_of(rows, columns=visits).frame.at["a", "mean_visit_minutes"] for rows in (web, web[::-1])
    }
    assert len(sentiments) == len(minutes) == 1


def test_nothing_on_or_after_an_earlier_as_of_is_seen(log, mails):
    tables = {"web": WEB, "emails": EMAILS}
    early = {"web": log[log["when"] < "2024-03-01"], "emails": mails[mails["at"] < "2024-03-01"]}
    whole = built(tables, as_of="2024-03-01", web=log, emails=mails)
    pd.testing.assert_frame_equal(whole.frame, built(tables, as_of="2024-03-01", **early).frame)
    assert whole.window[1] < "2024-03-01"


# --- whose events they are


def test_beside_orders_the_customers_are_the_buyers(log, mails):
    tables = {
        "transactions": {"file": "o.csv", "columns": ORDER_COLUMNS}, "web": WEB, "emails": EMAILS,
    }  # fmt: skip
    orders = make_transactions(60)
    study = study_of(tables, bases=["recency_days", "n_visits", "opened_share"])
    loaded = segkit.load_tables(study, transactions=orders, web=log, emails=mails)
    features = segkit.build_features(loaded, as_of=AS_OF)
    assert len(features.frame) == 60
    assert list(features.bases) == ["recency_days", "n_visits", "opened_share"]
    notice = "60 of 90 ids with visits have orders; visits of the other 30 are not counted"
    assert notice in loaded.quality.notices


def test_in_the_customer_table_who_has_no_event_has_0_and_no_share(log):
    crm = pd.DataFrame({"id": ["c-000", "c-001", "new"], "region": ["n", "s", "s"]})
    tables = {"customers": {"file": "c.csv", "columns": {"customer_id": "id"}}, "web": WEB}
    features = built(tables, customers=crm, web=log)
    assert list(features.frame.index) == ["c-000", "c-001", "new"]
    assert features.frame.at["new", "n_visits"] == 0
    assert features.frame.loc["new", ["bounce_share", "days_since_visit"]].isna().all()
    assert list(features.descriptors) == ["region"]


def test_traits_of_the_customer_table_join_in(log):
    crm = pd.DataFrame({"id": ["c-000", "c-001", "new"], "region": ["n", "s", "s"]})
    features = built(
        {"customers": {"file": "c.csv", "columns": {"customer_id": "id"}}, "web": WEB},
        study={
            "traits": {"region": {"kind": "category", "basis": "geographic"}},
            "bases": ["n_visits", "region"],
        },
        customers=crm, web=log,
    )  # fmt: skip
    assert list(features.bases) == ["n_visits", "region"]
    assert set(features.dictionary["basis"]) == {"behavioural", "geographic"}
    assert list(features.dictionary.index) == list(features.frame.columns)


def test_alone_the_customers_are_who_has_an_event(log, mails):
    few, some = log[log["visitor"] < "c-010"], mails[mails["reader"] >= "c-080"]
    loaded = segkit.load_tables(study_of({"web": WEB, "emails": EMAILS}), web=few, emails=some)
    features = segkit.build_features(loaded, as_of=AS_OF)
    assert len(features.frame) == 20 == loaded.quality.kept["customers"]
    assert features.frame.at["c-089", "n_visits"] == 0
    counted = few.loc[(few["visitor"] != "") & (few["agent"] == ""), "when"]
    days = pd.concat([counted, some["at"]]).dt.strftime("%Y-%m-%d")
    assert features.window == (days.min(), days.max())
    assert loaded.main == "web"
    assert loaded.reading.startswith(f"Read: {loaded.quality.read['lines']:,} rows. Kept: 20 customers")


def test_campaigns_alone_are_events_too():
    table = {"file": "c.csv", "columns": {"customer_id": "id", "event_date": "on"}}
    frame = pd.DataFrame({"id": ["a", "a", "b"], "on": ["2024-05-01", "2024-05-02", "2024-05-03"]})
    features = built({"campaigns": table}, study={"bases": ["n_campaigns"]}, campaigns=frame)
    assert features.frame["n_campaigns"].to_dict() == {"a": 2, "b": 1}


def test_before_the_first_event_there_is_nobody(log):
    with pytest.raises(DataError, match="no event lies before as_of 2023-01-01"):
        built({"web": WEB}, as_of="2023-01-01", web=log)


def test_every_feature_is_in_the_dictionary_in_the_study_s_words(log, mails):
    features = built(
        {"web": WEB, "emails": EMAILS},
        study={"words": {"customer": "reader", "customers": "readers"}}, web=log, emails=mails,
    )  # fmt: skip
    assert list(features.dictionary.index) == list(features.frame.columns)
    assert (features.dictionary[["label", "unit", "basis", "meaning", "base"]] != "").all(axis=None)
    assert not features.dictionary.map(lambda text: "{" in text).any(axis=None)
    assert features.dictionary.at["n_visits", "base"] == "all readers"
    assert set(features.dictionary["basis"]) == {"behavioural"}


def test_two_features_of_one_name_are_refused(log):
    orders = make_transactions(30).assign(kind="Mobile")
    tables = {"transactions": {"file": "o.csv", "columns": ORDER_COLUMNS}, "web": WEB}
    with pytest.raises(
        StudyError, match=r"two features would be called 'mobile_share'.*'Mobile share'"
    ):
        built(tables, transactions=orders, web=log)


def test_saved_tables_give_the_same_features(log, mails, tmp_path):
    study = study_of({"web": WEB, "emails": EMAILS})
    loaded = segkit.load_tables(study, web=log, emails=mails)
    save_tables(loaded, tmp_path)
    again = segkit.build_features(load_saved_tables(study, tmp_path), as_of=AS_OF)
    pd.testing.assert_frame_equal(again.frame, segkit.build_features(loaded, as_of=AS_OF).frame)


def test_months_of_events_are_drawn_where_there_is_nothing_else(log):
    loaded = segkit.load_tables(study_of({"web": WEB}), web=log)
    assert loaded.plot().get_ylabel() == "web a month"


@pytest.mark.parametrize("engine", ["pyspark", "bigquery", "snowflake"])
def test_visits_and_answers_compile_for_other_engines(engine):
    log = ibis.table(
        {"customer_id": "string", "event_date": "timestamp", "moment": "timestamp", "is_page": "int64",
         "channel": "string", "step_place": "int64"},
        name="log",
    )  # fmt: skip
    emails = ibis.table(
        {"customer_id": "string", "moment": "timestamp", "action": "string", "campaign": "string"},
        name="emails",
    )
    for rows in (visits_of(log, gap_minutes=30), answered(emails)):
        assert "OVER" in str(ibis.to_sql(rows, dialect=engine)).upper()
