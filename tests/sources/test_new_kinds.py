"""`segkit new` tells each kind of table by what it holds, and what it must not be taken for."""

import pandas as pd
import pytest

from tests.sources import users

# --- consent


@pytest.mark.parametrize("beside", [{"crm": users.crm()}, {"sales": users.orders()}])
def test_consent_a_line_a_purpose_and_channel(new, features, beside):
    study, _ = new(consent=users.consent(), **beside)
    assert study["tables"]["consent"]["columns"] == {
        "customer_id": "customer_id", "purpose": "purpose", "status": "granted", "channel": "channel",
        "date": "changed_at",
    }  # fmt: skip
    assert study["consent"] == {"purpose": "analytics", "purposes": {"advertising": ["marketing"]}}
    assert len(features("no consent for analytics: withdrawn").frame) == 50


def test_consent_a_column_a_purpose_in_german(new, features):
    study, _ = new(zustimmung=users.consent_wide(), crm=users.crm())
    table = study["tables"]["consent"]
    assert table["columns"] == {
        "customer_id": "Kunde", "date": "Datum", "analytics": "analytics_consent",
        "advertising": "advertising_consent",
    }  # fmt: skip
    assert table["date_format"] == "%d.%m.%Y"
    assert study["consent"]["statuses"] == {"granted": ["ja"], "withdrawn": ["nein"]}
    assert len(features("no consent for analytics: withdrawn").frame) == 50


def test_refusals_are_no_withdrawals(new, features):
    words = ["accepted", "rejected", "not granted", "reject", "opt_out"]
    rows = pd.DataFrame({"customer_id": users.IDS, "purpose": "analytics", "status": words * 12})
    study, _ = new(consent=rows, crm=users.crm())
    assert study["consent"]["statuses"] == {
        "granted": ["accepted"], "withdrawn": ["opt_out"], "refused": ["reject"]
    }  # fmt: skip
    features("no consent for analytics: refused", "no consent for analytics: withdrawn")


def test_consent_to_advertising_alone_is_asked_about(new):
    rows = users.consent()
    study, out = new(consent=rows[rows["purpose"] == "marketing"], crm=users.crm())
    assert study["consent"]["purpose"] == "advertising"
    assert "consent.purpose: it is advertising, since the table names no consent to analytics" in out


def test_consent_by_channel_alone_names_no_purpose_and_is_asked_about(new):
    asked = pd.DataFrame(
        {"customer_id": users.IDS, "email_opt_in": "yes", "sms_opt_in": ["yes", "no"] * 30}
    )
    study, out = new(consent=asked, crm=users.crm())
    assert study["tables"]["consent"]["columns"]["analytics"] == "?"
    assert "which of email_opt_in, sms_opt_in says that a customer agreed to it?" in out


def test_a_crm_with_a_newsletter_box_is_no_consent_table(new, features):
    crm = users.crm().assign(newsletter=["yes", "no"] * 30, marketing_consent=["yes", "no"] * 30)
    study, out = new(crm=crm)
    assert set(study["tables"]) == {"customers"}
    assert "consent" not in study
    assert "newsletter" in study["traits"]
    assert "marketing_consent: who agreed to something, as it seems; nobody is left out" in out
    features("60 customers")


def test_a_customer_table_with_one_box_to_tick_is_no_consent_table(new, features):
    few = pd.DataFrame(
        {"customer_id": users.IDS, "city": ["Bonn", "Graz"] * 30, "email_opt_in": ["yes", "no"] * 30}
    )
    study, _ = new(crm=few)
    assert set(study["tables"]) == {"customers"}
    assert set(study["traits"]) == {"city", "email_opt_in"}
    features("60 customers")


def test_consent_beside_a_trait_or_two_fits_two_kinds_and_is_asked_about(new):
    both = users.consent_wide().assign(city=["Bonn", "Graz"] * 30)
    study, said = new(crm=both)
    assert study is None
    assert "crm.csv fits 2 kinds of table: consent, since 'analytics_consent' and" in said
    assert "--consent crm.csv or --customers crm.csv" in said


def test_consent_given_after_the_last_order_still_counts(new, features):
    rows = users.consent().assign(changed_at="2026-09-01")
    study, out = new(consent=rows, sales=users.orders())
    assert study["as_of"] == "2026-09-02"
    assert "the day after the last consent in consent" in out
    assert len(features("no consent for analytics: withdrawn").frame) == 50


def test_consent_alone_is_no_study(new):
    study, said = new(consent=users.consent())
    assert study is None
    assert "a file with what customers bought" in said


# --- events


LOG = {"page": "page_url", "step": "event", "channel": "utm_source", "device": "device"}


def test_a_web_log_alone(new, features):
    study, out = new(log=users.web_log())
    web = study["tables"]["web"]
    assert web["columns"] == {"customer_id": "visitor_id", "event_date": "timestamp", **LOG}
    assert web["steps"] == {"basket": ["add_to_cart"], "purchase": ["purchase"]}
    assert list(web["steps"]) == ["basket", "purchase"]
    assert web["page_views"] == ["page_view"]
    assert study["bases"] == ["n_visits", "n_pages"]
    assert "log.csv is no export that segkit knows: web, guessed: a log" in out
    log = users.web_log()
    seen = log[log["event"] == "page_view"].groupby("visitor_id").size()
    assert features("60 customers").frame["n_pages"].sum() == seen.sum()


def test_one_row_a_visit(new, features):
    study, _ = new(visits=users.visits())
    web = study["tables"]["web"]
    assert web["columns"] == {
        "customer_id": "client_id", "event_date": "session_start", "channel": "source",
        "pages": "pages_viewed", "duration_seconds": "duration_seconds", "bounce": "bounced",
    }  # fmt: skip
    assert web["date_format"] == "%d.%m.%Y %H:%M"
    assert features("web").frame["n_visits"].sum() == 300


def test_moments_counted_from_1970_are_dates(new, features):
    log = users.web_log()
    log["timestamp"] = (pd.to_datetime(log["timestamp"]).astype("int64") // 10**6).astype(str).str[:10]
    study, _ = new(log=log.assign(timestamp=pd.Series(range(400)) * 60 + 1_777_600_000))
    assert study["tables"]["web"]["date_format"] == "epoch_seconds"
    assert study["as_of"] == "2026-05-02"
    features("60 customers")


def test_e_mails_under_words_of_their_own(new, features):
    study, _ = new(mails=users.mails())
    assert study["tables"]["emails"]["columns"] == {
        "customer_id": "recipient", "event_date": "event_time", "action": "event", "campaign": "mailing"
    }  # fmt: skip
    assert study["tables"]["emails"]["actions"] == {
        "sent": ["Sent"], "open": ["Email Opened"], "click": ["Clicked"]
    }  # fmt: skip
    assert set(study["bases"]) == {"n_email_opens", "n_email_clicks", "n_emails_sent"}
    opened = (users.mails()["event"] == "Email Opened").sum()
    assert features("emails").frame["n_email_opens"].sum() == opened


def test_words_that_segkit_knows_need_no_stating(new):
    study, _ = new(mails=users.mails(words=("sent", "opened", "clicked")))
    assert "actions" not in study["tables"]["emails"]


def test_words_that_mean_nothing_are_counted_and_asked_about(new):
    rows = users.mails()
    rows.loc[::8, "event"] = "Teleported"
    _, out = new(mails=rows)
    assert "actions: 1 of the words in 'event', on 13% of the rows, mean nothing to segkit" in out


def test_a_crm_s_activities(new, features):
    study, out = new(crm=users.crm(), calls=users.calls())
    table = study["tables"]["activities"]
    assert table["columns"] == {
        "customer_id": "Contact ID", "event_date": "Activity date", "type": "Activity type"
    }  # fmt: skip
    assert table["types"] == {
        "calls": ["Call"], "meetings": ["Meeting"], "emails": ["E-Mail"], "gift_sent": ["Gift sent"]
    } | table["types"]  # fmt: skip
    assert "activities: not used: Owner" in out
    calls = (users.calls()["Activity type"] == "Call").sum()
    assert features("60 customers").frame["n_calls"].sum() == calls


def test_words_of_few_customers_or_of_a_person_stay_out_of_the_study(new, features):
    calls = users.calls()
    calls.loc[:2, "Activity type"] = "Wedding of the Meiers"
    calls.loc[3:40, "Activity type"] = "ana@example.com"
    study, out = new(crm=users.crm(), calls=calls)
    assert set(study["tables"]["activities"]["types"]) == {"calls", "meetings", "emails", "gift_sent"}
    assert "2 of the words in 'Activity type' are left out" in out
    assert "Meiers" not in out
    features("60 customers")


def test_engagement_one_action_a_row(new, features):
    study, out = new(likes=users.likes())
    table = study["tables"]["social"]
    assert table["columns"] == {
        "customer_id": "user", "event_date": "date", "action": "reaction", "sentiment": "sentiment"
    }  # fmt: skip
    assert table["sentiment_range"] == [-1, 1]
    assert "sentiment_range -1 to 1, the narrowest usual one" in out
    assert features("social").frame["n_likes"].sum() == (users.likes()["reaction"] == "liked").sum()


def test_engagement_as_counts(new, features):
    study, _ = new(crm=users.crm(), social=users.likes_counted())
    assert study["tables"]["social"]["columns"] == {
        "customer_id": "user_id", "event_date": "week_date", "likes": "likes", "comments": "comments",
        "shares": "shares",
    }  # fmt: skip
    assert study["bases"] == ["n_likes", "n_comments", "n_shares"]
    features("60 customers")


def test_counts_with_thousands_are_counts_and_are_asked_about_where_nothing_settles_them(new):
    counted = users.likes_counted().astype(str)
    counted["likes"] = [f"{1 + row % 8},{100 + row}" for row in range(len(counted))]
    study, out = new(crm=users.crm(), social=counted)
    assert study["tables"]["social"]["columns"]["likes"] == "likes"
    assert "values of 'likes' such as '99,999' (200) can be read two ways" in out


def test_everything_at_once_from_a_folder(new, project, features):
    frames = {
        "sales": users.orders(), "crm": users.crm(), "survey": users.survey(), "mails": users.mails(),
        "consent": users.consent(), "log": users.web_log(), "calls": users.calls(),
        "likes": users.likes(),
    }  # fmt: skip
    folder = project / "exports"
    folder.mkdir()
    for name, frame in frames.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    (folder / "odd.csv").write_text("a,b\n1,2\n")
    (folder / "notes.docx").write_text("no table")
    study, out = new(folder)
    assert set(study["tables"]) == {
        "transactions", "consent", "web", "emails", "activities", "social"
    }  # fmt: skip
    assert set(study["sources"]) == {"crm", "survey"}
    assert "odd.csv is left out: its columns don't tell what it holds" in out
    assert study["as_of"] == "2026-06-30"
    found = features("50 customers, 150 orders")
    assert {"n_visits", "n_email_opens", "n_calls", "n_likes"} <= set(found.descriptive)


def test_who_was_in_which_campaign_finds_the_file_that_says_when(new, features):
    listed = pd.DataFrame({"campaign_id": [f"{row % 3}" for row in range(90)],
                           "customer": [users.IDS[row % 45] for row in range(90)]})  # fmt: skip
    when = pd.DataFrame({"campaign_id": ["0", "1", "2"], "kind": ["a", "b", "a"],
                         "start_date": ["2026-02-01", "2026-03-01", "2026-04-01"]})  # fmt: skip
    study, out = new(sales=users.orders(), who=listed, when=when)
    assert study["tables"]["campaigns"]["join"]["by"] == "campaign_id"
    assert study["tables"]["campaigns"]["columns"] == {
        "customer_id": "customer", "event_date": "start_date"
    }  # fmt: skip
    assert "who.csv and when.csv together say who was sent what when" in out
    assert features("60 customers").frame["n_campaigns"].sum() == 90


def test_a_campaign_list_without_dates_is_left_out(new):
    listed = pd.DataFrame({"campaign_id": ["0", "1"] * 30, "customer": users.IDS})
    listed = pd.concat([listed, listed.assign(campaign_id="2")])
    study, out = new(sales=users.orders(), who=listed)
    assert set(study["tables"]) == {"transactions"}
    assert "who.csv is left out: it says who was in a campaign and not when" in out


def test_redeemed_coupons_are_counted(new, features):
    used = pd.DataFrame({"customer": users.IDS[:20] * 2, "coupon_code": "SPRING",
                         "redemption_date": "2026-03-01"})  # fmt: skip
    study, _ = new(sales=users.orders(), used=used)
    assert study["descriptors"] == ["n_coupons"]
    assert features("60 customers").frame["n_coupons"].sum() == 40


# --- what a table must not be taken for


def test_orders_with_a_sales_channel_are_no_activities(new):
    sales = users.orders().assign(channel=["phone", "email", "store"] * 60)
    study, out = new(sales=sales)
    assert set(study["tables"]) == {"transactions"}
    assert "transactions: not used: channel" in out


def test_orders_that_were_sent_and_delivered_are_no_e_mails(new):
    study, _ = new(sales=users.orders().assign(status=["sent", "delivered"] * 90))
    assert set(study["tables"]) == {"transactions"}


def test_customers_with_a_date_and_what_they_spent_are_no_orders(new, features):
    crm = users.crm().assign(spent=[str(row) for row in range(60)], created_at="2026-01-01")
    study, _ = new(crm=crm.rename(columns={"Contact Nr": "customer_id"}))
    assert set(study["tables"]) == {"customers"}
    assert study["traits"]["spent"]["kind"] == "number"
    features("60 customers")


def test_a_log_with_money_fits_two_kinds_and_is_asked_about(new, project):
    log = (
        users.web_log()
        .assign(amount="5.00")
        .rename(columns={"timestamp": "date", "visitor_id": "user_id"})
    )
    study, said = new(log=log)
    assert study is None
    assert "log.csv fits 2 kinds of table: web" in said
    assert "Say which it is: --web log.csv or --transactions log.csv" in said
    study, out = new("--web", project / "log.csv")
    assert set(study["tables"]) == {"web"}
    assert "web: not used: amount" in out


def test_posts_that_name_no_customer_are_rows_of_their_own(new, features):
    posts = users.likes_counted().drop(columns="user_id").assign(Type=["photo", "link"] * 100)
    study, _ = new(posts=posts)
    assert study["words"]["customers"] == "posts"
    assert set(study["outcomes"]) == {"likes", "comments", "shares"}
    assert study["bases"] == ["week_date", "type"]
    features("200 posts")


def test_visits_that_name_no_visitor_are_rows_of_their_own(new, features):
    study, _ = new(visits=users.visits().drop(columns=["client_id", "session_id"]))
    assert set(study["tables"]) == {"customers"}
    assert study["words"]["customers"] == "sessions"
    features("300 sessions")


def test_e_mails_with_a_column_for_each_answer_are_said_and_left_out(new):
    wide = pd.DataFrame({"recipient": users.IDS * 2, "sent_at": "2026-05-01", "opened_at": "2026-05-02",
                         "clicked_at": ""})  # fmt: skip
    study, out = new(sales=users.orders(), mails=wide)
    assert set(study["tables"]) == {"transactions"}
    assert "mails.csv is left out: it has a row per e-mail and a column for each answer" in out


def test_a_kind_that_the_user_names_and_nothing_bears_out_is_refused(new, project):
    users.crm().to_csv(project / "crm.csv", index=False)
    study, said = new("--web", project / "crm.csv")
    assert study is None
    assert "nothing in crm.csv tells which of its columns make it web" in said


def test_money_that_cannot_be_read_is_said_with_its_form(new):
    _, out = new(sales=users.orders().assign(Amount="abc 5"))
    assert "amount: 180 of 180 values of 'Amount' are no numbers as they stand" in out
    assert "most have the form 'aaa 9'" in out
    assert "Nothing more is needed" not in out


# --- several files of one kind


def files_of(table):
    return [name.rsplit("/", 1)[-1] for name in table["file"]]


def test_two_months_of_a_web_log_are_one_table(new, features):
    study, out = new(crm=users.crm(), jan=users.web_log().iloc[:250], feb=users.web_log().iloc[240:])
    assert files_of(study["tables"]["web"]) == ["jan.csv", "feb.csv"]
    assert "jan.csv and feb.csv have the same columns: one table, web" in out
    last = pd.Timestamp(users.web_log()["timestamp"].max())
    assert str(study["as_of"]) == str((last + pd.Timedelta("1D")).date())
    in_two = features(
        "10 lines are also in an earlier file; they are set aside", "jan.csv 250, feb.csv 160"
    ).frame
    assert in_two["n_pages"].sum() == (users.web_log()["event"] == "page_view").sum()


def test_mails_of_two_months_bring_their_own_words_each(new, features):
    may = users.mails(words=("Sent", "Opened", "Clicked"))
    june = users.mails(words=("Sent", "Opened", "Email Clicked"))
    study, _ = new(crm=users.crm(), may=may, june=june.assign(mailing="july"))
    assert files_of(study["tables"]["emails"]) == ["may.csv", "june.csv"]
    assert set(study["tables"]["emails"]["actions"]["click"]) == {"Clicked", "Email Clicked"}
    features("may.csv 500, june.csv 500")


def test_pieces_of_one_list_of_customers_are_one_table(new, features):
    crm = users.crm()
    study, _ = new(a=crm.head(35), b=crm.tail(25))
    assert files_of(study["tables"]["customers"]) == ["a.csv", "b.csv"]
    assert "sources" not in study
    features("60 customers")


def test_lists_of_the_same_customers_are_no_pieces(new, features):
    crm = users.crm()
    study, _ = new(a=crm, b=crm.sample(frac=1, random_state=0).head(40))
    assert set(study["sources"]) == {"a", "b"}
    features("60 customers")


def test_a_list_that_repeats_any_piece_is_no_piece(new):
    crm = users.crm()
    study, _ = new(a=crm.head(20), b=crm.iloc[20:40], c=crm.iloc[30:])
    assert files_of(study["sources"]["a"]) == ["a.csv", "b.csv"]
    assert set(study["sources"]) == {"a", "c"}


def test_two_logs_with_other_columns_are_refused(new):
    _, said = new(jan=users.web_log(), feb=users.web_log().rename(columns={"device": "Gerät"}))
    assert "jan.csv and feb.csv are both web" in said
    assert "feb.csv lacks 'device' and has 'Gerät', other than jan.csv" in said


def test_orders_of_two_months_may_be_named(new, features, project):
    orders = users.orders()
    for name, part in (("a", orders.iloc[:90]), ("b", orders.iloc[90:])):
        part.to_csv(project / f"{name}.csv", index=False)
    given = [f"--transactions={project / name}.csv" for name in ("a", "b")]
    study, _ = new(*given)
    assert files_of(study["tables"]["transactions"]) == ["a.csv", "b.csv"]
    features("a.csv 90, b.csv 90")
