"""Bad event tables: set aside and counted, told in a notice, or refused with what to do."""

import pandas as pd
import pytest

import segkit
from segkit.errors import SegkitError, StudyError
from tests.conftest import study_of as study_with_orders

AS_OF = "2024-06-01"
BASE = ("customer_id", "event_date")
DAYS = [f"2024-05-{day:02d} 10:00" for day in range(1, 29)]


def study_of(name, columns, spec=None, **keys):
    mapped = columns if isinstance(columns, dict) else {column: column for column in columns}
    table = {"file": f"{name}.csv", "columns": mapped, **(spec or {})}
    content = {"title": "T", "decision": "D", "as_of": AS_OF, "tables": {name: table}} | keys
    return segkit.load_study({"bases": ["n_visits"]} | content)


def load(name, frame, columns=None, *, keys=None, **spec):
    """Load one event table alone, and prove that each of its rows is accounted for."""
    study = study_of(name, columns or list(frame.columns), spec, **(keys or {}))
    tables = segkit.load_tables(study, **{name: frame})
    record = tables.quality.lines
    kept = record.loc[record["rule"] == "kept", "lines"].sum()
    assert record["lines"].sum() == len(frame)
    assert kept == tables.events[name].count().execute()
    assert len(frame) - kept == tables.set_aside[name].count().execute()
    return tables


def refusal(name, frame, columns=None, *, keys=None, **spec) -> str:
    with pytest.raises(SegkitError) as refused:
        load(name, frame, columns, keys=keys, **spec)
    return str(refused.value)


def contradiction(name, columns, **spec) -> str:
    with pytest.raises(StudyError) as refused:
        study_of(name, columns, spec)
    return str(refused.value)


def rows(n=28, **others):
    """Flawless rows of ten customers, with further columns that are the same on each."""
    frame = pd.DataFrame({"customer_id": [f"c{row % 10}" for row in range(n)], "event_date": DAYS[:n]})
    return frame.assign(**others)


def put(frame, column, *values):
    """The first values of a column replaced."""
    changed = frame.copy()
    changed.loc[: len(values) - 1, column] = list(values)
    return changed


def count(tables, rule) -> int:
    lines = tables.quality.lines
    return int(lines.loc[lines["rule"] == rule, "lines"].sum())


def notice(tables, words) -> str:
    return next((text for text in tables.quality.notices if words in text), "")


# --- any event table


@pytest.mark.parametrize("name", ["web", "emails", "activities", "social", "campaigns"])
def test_rows_without_an_id_or_a_date_or_too_late_are_set_aside_and_counted(name):
    more = {"action": "open"} if name == "emails" else {"action": "like"} if name == "social" else {}
    frame = put(rows(**more), "customer_id", "", None, "nan", " ")
    frame.loc[5, "event_date"] = "soon"
    frame.loc[6:7, "event_date"] = ["2024-06-01 00:00", "2025-01-01"]
    tables = load(name, frame)
    assert [count(tables, rule) for rule in ("no customer id", "unreadable date")] == [4, 1]
    assert count(tables, "on or after as_of") == 2
    assert count(tables, "kept") == 21


@pytest.mark.parametrize("name", ["web", "activities"])
def test_a_table_in_which_no_row_has_an_id_says_nothing_of_customers(name):
    message = refusal(name, rows().assign(customer_id=""))
    assert f"no row of the given frame '{name}' can be kept: no customer id (28)" in message
    assert "without ids these rows say nothing of a customer" in message


def test_events_that_end_long_before_as_of_are_noticed():
    late = load("web", rows(), keys={"as_of": "2026-05-28"}).quality.notices
    assert "the last event lies 729 days before as_of 2026-05-28" in late
    assert not any("lies" in notice for notice in load("web", rows()).quality.notices)


def test_rows_that_only_lie_too_late_are_no_mistake_of_the_table():
    tables = segkit.load_tables(
        study_with_orders(
            {name: name for name in ("customer_id", "order_date", "amount")},
            tables={"web": {"file": "w.csv", "columns": {name: name for name in BASE}}},
        ),
        transactions=pd.DataFrame(
            {"customer_id": ["a"], "order_date": ["2024-05-01"], "amount": ["5"]}
        ),
        web=rows().assign(event_date="2024-07-01"),
    )
    frame = segkit.build_features(tables, as_of=AS_OF).frame
    assert frame["n_visits"].tolist() == [0]


def test_rows_of_people_without_consent_are_no_mistake_of_the_table():
    consent = pd.DataFrame({"who": ["c0", "ana"], "ok": ["no", "yes"]})
    crm = pd.DataFrame({"id": ["c0", "ana"], "region": ["n", "s"]})
    study = study_of(
        "web", BASE, consent={"purpose": "analytics"},
        tables={
            "web": {"file": "w", "columns": {name: name for name in BASE}},
            "customers": {"file": "c", "columns": {"customer_id": "id"}},
            "consent": {"file": "k", "columns": {"customer_id": "who", "analytics": "ok"}},
        },
    )  # fmt: skip
    tables = segkit.load_tables(study, web=rows(), customers=crm, consent=consent)
    assert tables.events["web"].count().execute() == 0
    assert segkit.build_features(tables, as_of=AS_OF).frame["n_visits"].to_dict() == {"ana": 0}


# --- web


def test_web_bots_are_set_aside_by_agent_device_or_flag():
    frame = rows(agent="Mozilla/5.0", device="desktop", is_bot="0")
    frame = put(frame, "agent", "Googlebot/2.1", "HeadlessChrome", "AhrefsSiteAudit (crawler)")
    frame.loc[3:4, "device"] = ["Bot", "spider"]
    frame.loc[5:6, "is_bot"] = ["TRUE", "1"]
    assert count(load("web", frame), "bot") == 7


def test_web_people_whose_agent_or_device_only_sounds_like_a_bot_stay():
    frame = put(rows(agent="x", device="y"), "agent", "Cubot X30", "Robotics Phone", "Botany Browser")
    assert count(load("web", frame), "bot") == 0


def test_web_dates_of_another_format_are_refused_with_their_form():
    message = refusal("web", rows().assign(event_date="1.5.2024 10:00"))
    assert "28 of 28 values of 'event_date' can't be read" in message
    assert "here are '9.9.9999 99:99' (28)" in message


def test_web_ids_that_went_through_floats_are_refused():
    message = refusal("web", rows().assign(customer_id="12346.0"))
    assert "look like '99999.0'" in message
    assert "ids: from_float" in message


def test_web_ids_that_a_spreadsheet_rounded_are_refused():
    assert "digits are lost" in refusal("web", rows().assign(customer_id="1.23457E+11"))


def test_web_a_missing_column_is_named_with_its_nearest_neighbour():
    message = refusal("web", rows(device="x"), {**{name: name for name in BASE}, "device": "devise"})
    assert "has no column 'devise', which study.yaml names" in message
    assert "Did you mean 'device'?" in message


def test_web_sessions_without_their_id_are_set_aside():
    frame = put(rows(session_id="s1"), "session_id", "", None)
    assert count(load("web", frame), "no session id") == 2


def test_web_numbers_that_are_none_or_negative_are_set_aside():
    frame = put(rows(n=28, pages="3", duration_seconds="10"), "pages", "many", "-1")
    frame.loc[2, "duration_seconds"] = "-5"
    tables = load("web", frame)
    assert (count(tables, "unreadable number"), count(tables, "negative number")) == (1, 2)


def test_web_durations_in_another_notation_are_refused_as_a_whole():
    message = refusal("web", rows(duration_seconds="0:03:20"))
    assert "28 of 28 values of 'duration_seconds' can't be read" in message
    assert "'9:99:99' (28)" in message


def test_web_a_bounce_that_is_no_yes_or_no_is_set_aside():
    tables = load("web", put(rows(bounce="no"), "bounce", "perhaps", "yes", "1.0", "False", ""))
    assert count(tables, "unreadable bounce") == 1
    assert tables.events["web"].bounced.sum().execute() == 2


def test_web_a_step_that_no_row_shows_is_told():
    tables = load("web", rows(step="view"), steps=["view", "chekout"])
    assert "no row shows the step chekout" in notice(tables, "step")


def test_web_devices_of_which_none_reads_as_a_phone_are_told():
    tables = load("web", rows(device="Handy"))
    assert "no device reads as a mobile phone; `mobile` of this table names" in notice(tables, "mobile")
    assert notice(load("web", rows(device="Handy"), mobile=["Handy"]), "mobile") == ""


def test_web_dates_without_hours_are_told():
    tables = load("web", rows().assign(event_date="2024-05-01"))
    assert "all that a customer did on one day is one visit" in notice(tables, "time of day")


def test_web_copies_are_told():
    tables = load("web", pd.concat([rows(), rows(3)], ignore_index=True))
    assert "3 rows are exact copies of another; they are kept" in notice(tables, "copies")


def test_web_ids_that_orders_do_not_know_are_counted():
    study = study_with_orders(
        {name: name for name in ("customer_id", "order_date", "amount")},
        tables={"web": {"file": "w.csv", "columns": {name: name for name in BASE}}},
    )
    orders = pd.DataFrame({"customer_id": ["c1"], "order_date": ["2024-05-01"], "amount": ["5"]})
    tables = segkit.load_tables(study, transactions=orders, web=rows())
    assert "1 of 10 ids with visits have orders; visits of the other 9 are not counted" in notice(
        tables, "visits"
    )


@pytest.mark.parametrize(
    ("columns", "spec", "said"),
    [
        ([*BASE, "page", "pages"], {}, "'pages', which says that a row is a visit, and 'page'"),
        ([*BASE, "bounce", "session_id"], {}, "'bounce', which says that a row is a visit"),
        ([*BASE, "pages"], {"session_gap_minutes": 30}, "and 'session_gap_minutes', which says"),
        ([*BASE, "session_id"], {"session_gap_minutes": 30}, "both a session_id and session_gap"),
        ([*BASE], {"steps": ["basket"]}, "names steps, and its columns map no step and no page"),
        ([*BASE, "page"], {"page_views": ["x"]}, "states page_views, and its columns map no step"),
        ([*BASE], {"mobile": ["x"]}, "states mobile, and its columns map no device"),
        ([*BASE], {"session_gap_minutes": 0}, "session_gap_minutes"),
        ([*BASE], {"session_gap_minutes": "half an hour"}, "session_gap_minutes"),
        ([*BASE], {"session_gap": 30}, "Did you mean 'session_gap_minutes'?"),
        ([*BASE], {"actions": {"x": "y"}}, "Accepted: actions under tables.emails or tables.social"),
        ([*BASE, "steps"], {}, "unknown word 'steps'. Did you mean 'step'?"),
        (["event_date"], {}, "tables.web.columns lacks customer_id"),
        (
            [*BASE, "step"], {"steps": {"basket": ["Cart"], "checkout": ["cart ", "pay"]}},
            "'cart' means both basket and checkout",
        ),
    ],
)  # fmt: skip
def test_web_contradictions_are_refused(columns, spec, said):
    assert said in contradiction("web", columns, **spec)


# --- e-mails and activities


def test_emails_unknown_actions_are_set_aside_and_many_of_them_refused():
    frame = put(rows(action="open"), "action", "forwarded")
    assert count(load("emails", frame), "unknown action") == 1
    message = refusal("emails", rows(action="Geöffnet"))
    assert "28 of 28 values of 'action' are no action that the study knows" in message
    assert "their forms are 'aa?aaaaa' (28)" in message
    assert "`actions: {ours: [theirs, ...]}`" in message


def test_emails_a_mapping_to_the_wrong_column_shows_no_address():
    frame = rows(action="open", reader="ana@example.com")
    message = refusal("emails", frame, {**{name: name for name in BASE}, "action": "reader"})
    assert "their forms are 'aaa@aaaaaaa.aaa' (28)" in message
    assert "ana@" not in message


def test_emails_blank_actions_are_set_aside():
    assert count(load("emails", put(rows(action="open"), "action", "", None)), "unknown action") == 2


def test_emails_answers_without_a_sending_are_told():
    frame = put(rows(action="sent", campaign="x"), "action", "open", "open", "click", "bounce")
    text = notice(load("emails", frame), "follow no e-mail")
    assert "opens 2, clicks 1, bounces 1 (by 4 ids) follow no e-mail that the table says" in text


def test_emails_answers_before_their_sending_are_told():
    frame = pd.DataFrame(
        [("a", "2024-05-02", "sent"), ("a", "2024-05-01", "open")], columns=[*BASE, "action"]
    )
    assert "opens 1 (by 1 ids)" in notice(load("emails", frame), "follow no e-mail")


def test_emails_addresses_join_whatever_their_case():
    frame = rows(action="sent").assign(customer_id=["Ana@Example.com", "ana@example.com "] * 14)
    tables = load("emails", frame, ids="email")
    assert tables.quality.kept["customers"] == 1


def test_emails_of_a_spreadsheet_with_us_dates_need_their_format():
    frame = rows(action="sent").assign(event_date="05/13/2024 10:00")
    assert "date_format 'ISO8601'" in refusal("emails", frame)
    assert count(load("emails", frame, date_format="%m/%d/%Y %H:%M"), "kept") == 28


@pytest.mark.parametrize(
    ("columns", "spec", "said"),
    [
        ([*BASE], {}, "tables.emails.columns lacks action"),
        ([*BASE, "action"], {"actions": {"opened": "x"}}, "word 'opened'. Did you mean 'open'?"),
        ([*BASE, "action"], {"actions": {"open": ["x"], "click": "X"}}, "'x' means both open and"),
        ([*BASE, "action"], {"actions": {}}, "tables.emails.actions"),
        ([*BASE, "action"], {"types": {"a": "b"}}, "Accepted: types under tables.activities"),
        ([*BASE, "action", "subject"], {}, "unknown word 'subject'"),
    ],
)  # fmt: skip
def test_emails_contradictions_are_refused(columns, spec, said):
    assert said in contradiction("emails", columns, **spec)


def test_activities_of_other_kinds_are_told_and_a_kind_that_never_comes():
    frame = put(rows(type="Call"), "type", "Fax", "", "Letter")
    tables = load("activities", frame, types={"calls": "call", "meetings": "Meeting"})
    assert "3 activities are of a kind that `types` doesn't name" in notice(tables, "types")
    assert "no row is one of the meetings" in notice(tables, "meetings")
    assert count(tables, "kept") == 28


@pytest.mark.parametrize(
    ("columns", "spec", "said"),
    [
        ([*BASE, "type"], {}, "maps a type, and names none"),
        ([*BASE], {"types": {"calls": "Call"}}, "names types, and its columns map no type"),
        ([*BASE, "type"], {"types": {"a": "x", "b": ["y", "X"]}}, "'x' means both a and b"),
        ([*BASE, "type"], {"types": "Call"}, "tables.activities.types is 'Call'"),
        ([*BASE, "kind"], {}, "unknown word 'kind'"),
    ],
)  # fmt: skip
def test_activities_contradictions_are_refused(columns, spec, said):
    assert said in contradiction("activities", columns, **spec)


# --- social


def test_social_unknown_actions_are_set_aside_and_many_of_them_refused():
    frame = put(rows(action="Like"), "action", "poke")
    assert count(load("social", frame), "unknown action") == 1
    message = refusal("social", rows(action="reaction"))
    assert "28 of 28 values of 'action' are no action that the study knows" in message
    assert "'aaaaaaaa' (28)" in message


def test_social_sentiment_outside_its_range_is_not_used_and_told():
    frame = put(rows(action="like", sentiment="0.5"), "sentiment", "7", "-1.01", "")
    tables = load("social", frame, sentiment_range=[-1, 1])
    assert "2 sentiments are no number from -1 to 1; those rows count" in notice(tables, "sentiment")
    assert tables.events["social"].sentiment.count().execute() == 25
    assert count(tables, "kept") == 28


def test_social_a_word_for_a_sentiment_is_told_and_many_are_refused():
    frame = put(rows(action="like", sentiment="0.5"), "sentiment", "good")
    tables = load("social", frame, sentiment_range=[-1, 1])
    assert "1 sentiments are no number" in notice(tables, "sentiment")
    message = refusal("social", rows(action="like", sentiment="good"), sentiment_range=[-1, 1])
    assert "28 of 28 values of 'sentiment' can't be read" in message


def test_social_counts_that_are_none_are_set_aside():
    frame = put(rows(likes="3", comments="1"), "likes", "some", "-2", "2.5")
    frame.loc[3, ["likes", "comments"]] = ["", ""]
    frame.loc[4, "likes"] = ""
    tables = load("social", frame)
    outcomes = ("unreadable number", "negative number", "no whole number", "no count")
    assert [count(tables, rule) for rule in outcomes] == [1, 1, 1, 1]
    assert "1 rows leave likes blank; nothing is put in its place" in notice(tables, "blank")


def test_social_counts_with_thousands_need_their_notation():
    assert "can be read two ways" in refusal("social", rows(likes="1,200"))
    tables = load("social", rows(likes="1,200"), thousands=",")
    assert tables.events["social"].likes.max().execute() == 1200


def test_social_posts_are_shown_the_way_to_a_study_of_posts():
    message = contradiction("social", ["event_date", "likes", "reach"])
    assert "tables.social maps no customer_id" in message
    assert "`tables.customers` with `words: {customer: post, customers: posts}`" in message


@pytest.mark.parametrize(
    ("columns", "spec", "said"),
    [
        ([*BASE, "action", "likes"], {}, "both an action, one a row, and 'likes', a count"),
        ([*BASE], {}, "maps nothing that customers did"),
        ([*BASE, "reach"], {}, "action, or one or more of the counts likes, comments, shares"),
        ([*BASE, "likes"], {"actions": {"likes": "x"}}, "states actions, and its columns map no"),
        ([*BASE, "action", "sentiment"], {}, "only one of a sentiment column and a sentiment_range"),
        ([*BASE, "action"], {"sentiment_range": [0, 1]}, "only one of a sentiment column"),
        ([*BASE, "likes", "sentiment"], {"sentiment_range": [1, -1]}, "sentiment_range is [1, -1]"),
        ([*BASE, "likes", "sentiment"], {"sentiment_range": [1]}, "sentiment_range"),
        ([*BASE, "action"], {"actions": {"likes": "x", "loves": "X "}}, "means both likes and loves"),
        ([*BASE, "like"], {}, "unknown word 'like'. Did you mean 'likes'?"),
    ],
)  # fmt: skip
def test_social_contradictions_are_refused(columns, spec, said):
    assert said in contradiction("social", columns, **spec)


# --- the study around them


def test_a_customer_table_without_ids_can_not_be_joined():
    with pytest.raises(StudyError, match="maps no customer_id, and there are web"):
        study_of("web", BASE, tables={
            "web": {"file": "w", "columns": {name: name for name in BASE}},
            "customers": {"file": "c", "columns": {}},
        })  # fmt: skip


def test_products_need_transactions():
    with pytest.raises(StudyError, match=r"tables\.products is given without tables\.transactions"):
        study_of("web", BASE, tables={
            "web": {"file": "w", "columns": {name: name for name in BASE}},
            "products": {"file": "p", "columns": {"product_id": "p", "category": "c"}},
        })  # fmt: skip


def test_options_of_events_are_none_of_other_tables():
    with pytest.raises(StudyError, match=r"tables\.transactions\.steps is given.*under tables\.web"):
        study_with_orders({}, tables={"transactions": {
            "file": "o", "steps": ["x"],
            "columns": {"customer_id": "c", "order_date": "d", "amount": "a"},
        }})  # fmt: skip


def test_a_base_that_the_events_do_not_give_names_its_nearest_neighbour():
    tables = load("web", rows(), keys={"bases": ["n_visit"]})
    with pytest.raises(StudyError, match=r"bases names 'n_visit'.*Did you mean 'n_visits'"):
        segkit.build_features(tables, as_of=AS_OF).bases  # noqa: B018


def test_moments_counted_from_1970_are_read_and_others_are_not():
    frame = put(rows().assign(event_date="1714557600000000"), "event_date", "soon")
    tables = load("web", frame, date_format="epoch_microseconds")
    assert count(tables, "unreadable date") == 1
    assert str(tables.events["web"].event_date.max().execute()) == "2024-05-01 10:00:00"
    assert "can't be read" in refusal("web", frame, date_format="epoch_seconds")
