"""Exports that people hold: recognised by their headers, read to the line, or refused with a reason."""

import io

import ibis
import pandas as pd
import pytest
import yaml

import segkit as library
from segkit.cli import main
from segkit.errors import DataError
from segkit.sources.exports.export import TABLES
from segkit.sources.exports.recognise import EXPORTS, recognise
from segkit.sources.files import read_raw
from segkit.study.tables import table_spec
from tests.conftest import make_transactions
from tests.sources import published

OPTIONS = {
    "Shopify orders": {
        "fill_down": {"by": "Name", "columns": ["Email", "Created at", "Financial Status"]}
    },
    "WooCommerce orders (Advanced Order Export)": {
        "fill_down": {
            "by": "Order Number",
            "columns": ["Email (Billing)", "Order Date", "Order Status"],
        }
    },
    "Stripe payments": {"timezone": "UTC"},
    "Stripe balance": {"timezone": "UTC"},
    "Stripe balance history": {"timezone": "UTC"},
    "Salesforce contacts report": {"footer": 5},
    "Salesforce accounts report": {"footer": 5},
    "SurveyMonkey responses": {"extra_header_rows": 1},
    "Typeform responses": {"timezone": "UTC"},
    "Qualtrics responses": {"extra_header_rows": 2},
    "GA4 events": {
        "timezone": "UTC",
        "date_format": "epoch_microseconds",
        "page_views": ["page_view", "screen_view"],
        "steps": {
            "product": ["view_item"],
            "basket": ["add_to_cart"],
            "checkout": ["begin_checkout"],
            "purchase": ["purchase"],
        },
    },
    "GA4 report": {"skip_lines": 8},
    "Facebook post insights": {"extra_header_rows": 1},
    "LinkedIn page posts": {"skip_lines": 1},
}
RECORDS = {
    "Shopify orders": 5, "Shopify customers": 3, "WooCommerce orders (Advanced Order Export)": 4,
    "WooCommerce orders (Order Export & Order Import)": 4, "Stripe payments": 4, "Stripe balance": 4,
    "Stripe balance history": 2, "HubSpot contacts": 6, "HubSpot companies": 6,
    "Salesforce contacts report": 6, "Salesforce accounts report": 6, "Mailchimp audience": 6,
    "Mailchimp campaign report": 1, "Mailchimp e-mail activity": 5,
    "SurveyMonkey responses": 2, "Typeform responses": 2,
    "Qualtrics responses": 2, "GA4 events": 2, "GA4 report": 2, "Facebook page posts": 1,
    "Facebook post insights": 1, "Instagram posts": 1, "LinkedIn page posts": 1,
    "LinkedIn page days": 1,
}  # fmt: skip


@pytest.fixture
def told(tmp_path):
    """Write a text to a file and recognise it."""

    def made(text, *, file="export.csv", encoding="utf-8"):
        path = tmp_path / file
        path.write_bytes(text.encode(encoding))
        return recognise(path)

    return made


@pytest.fixture
def new(project, capsys):
    """Write files, run `segkit new mine` with them, and give the study's yaml and what was printed."""

    def made(*files, **texts):
        for name, text in texts.items():
            (project / f"{name}.csv").write_bytes(text if isinstance(text, bytes) else text.encode())
        names = [str(project / f"{name}.csv") for name in (files or texts)]
        code = main(["new", "mine", *names])
        printed = capsys.readouterr()
        path = project / "data" / "mine" / "study.yaml"
        study = yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None
        return study, printed.out if code == 0 else printed.err

    return made


def load(project):
    return library.load_tables(str(project / "data" / "mine"))


# --- every published shape


def test_every_export_that_segkit_knows_has_a_published_shape_here():
    assert set(published.EVERY) == {export.name for export in EXPORTS} == set(RECORDS)


@pytest.mark.parametrize("name", published.EVERY)
def test_each_is_recognised_by_its_header_and_nothing_it_needs_is_missing(told, name):
    known = told(published.EVERY[name])
    assert known.export.name == name
    assert known.options == OPTIONS.get(name, {})
    assert known.lacking == []


@pytest.mark.parametrize("name", published.EVERY)
def test_each_is_read_to_the_line(told, tmp_path, name):
    known = told(published.EVERY[name])
    spec = table_spec({"file": "export.csv", "columns": {}, **known.options})
    raw = read_raw(ibis.duckdb.connect(), "x", spec, tmp_path)
    assert raw.table.count().execute() == RECORDS[name]
    assert raw.malformed.empty


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["Shopify orders", "Qualtrics responses", "GA4 report"])
def test_a_byte_order_mark_and_line_ends_are_no_obstacle(told, name, encoding, newline):
    known = told(published.EVERY[name].replace("\n", newline), encoding=encoding)
    assert known.export.name == name
    wanted = OPTIONS[name] | ({"encoding": "utf-16"} if encoding == "utf-16" else {})
    assert known.options == wanted


def test_headers_are_told_whatever_their_case_and_order(told):
    lines = published.woo_orders().split("\n")
    assert told("\n".join([lines[0].upper(), *lines[1:]])).export.name.startswith("WooCommerce")


def test_parquet_is_told_by_its_columns(tmp_path):
    pd.DataFrame(
        columns=published.HEADERS["STRIPE"], data=[["x"] * len(published.HEADERS["STRIPE"])]
    ).to_parquet(tmp_path / "a")
    assert recognise(tmp_path / "a").export.name == "Stripe payments"


@pytest.mark.parametrize(
    "text", ["a,b\n1,2\n", "id,amount\n1,2\n", "customer_id;date\n1;2\n", "x\n", "\n"]
)
def test_an_unknown_file_is_none_of_them(told, text):
    assert told(text) is None


def test_surveys_name_each_choice_after_its_question(told):
    names = told(published.surveymonkey()).names
    assert names[9:] == (
        "Which do you drink?", "Which do you drink?: Milk",
        "Which do you drink?: Other (please specify)", "Why?",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (published.surveymonkey(with_choices=False), None),
        (published.qualtrics(rows=("names",)), None),
        (published.qualtrics(rows=("names", "ids")), 1),
    ],
)
def test_header_rows_that_someone_took_out_are_not_missed(told, text, left):
    assert told(text).options.get("extra_header_rows") == left


def test_a_salesforce_export_of_details_only_has_no_footer(told):
    assert "footer" not in told(published.salesforce(footer="")).options


def test_a_salesforce_footer_with_totals_is_one_line_longer(told):
    known = told(published.salesforce(footer='\n\n"Grand Totals (6 records)"' + published.FOOTER))
    assert known.options["footer"] == 6


def test_a_last_record_over_two_lines_is_no_footer(told, tmp_path):
    lines = published.salesforce(footer="").rstrip("\n")
    cut = lines.rsplit("Web", 1) if lines.endswith("Web") else lines.rsplit("Shop", 1)
    known = told(cut[0] + '"Web\nshop"' + published.FOOTER)
    assert known.options["footer"] == 5


# --- a study of each kind that is read today


def test_shopify_s_blank_cells_are_filled_and_the_totals_add_up(new, project):
    study, out = new(orders=published.shopify())
    assert "orders.csv is Shopify orders: what customers bought" in out
    tables = load(project)
    assert tables.quality.kept == {"customers": 2, "orders": 2, "lines": 4, "amount": 65.0}
    subtotals = 45.00 + 20.00
    assert tables.quality.kept["amount"] == subtotals
    by_rule = tables.quality.lines.set_index("rule")["lines"].to_dict()
    assert by_rule == {"kept": 4, "not a sale by its status": 1}
    assert study["as_of"] == "2026-04-06"
    assert study["currency"] == "€"
    assert "carried to 2 of its lines" in " ".join(tables.quality.notices)


def test_shopify_s_order_discounts_and_addresses_are_spoken_of(new):
    _, out = new(orders=published.shopify())
    assert "less the line's part of its order's discount and refund, in proportion" in out
    assert "'Email' holds e-mail addresses: they join the tables" in out
    assert "never shown" in out
    assert "example.com" not in out


@pytest.mark.slow
def test_addresses_that_are_ids_reach_no_report(new, project):
    lines = make_transactions(160)
    first = ~lines["order"].duplicated()
    orders = pd.DataFrame(dict.fromkeys(published.HEADERS["SHOPIFY"], ""), index=lines.index).assign(
        **{
            "Name": "#" + lines["order"], "Lineitem quantity": lines["count"], "Lineitem name": "tea",
            "Lineitem price": lines["price"], "Billing Name": "Ana Meier",
            "Email": (lines["customer"] + "@example.com").where(first),
            "Created at": lines["when"].dt.strftime("%Y-%m-%d %H:%M:%S +0000").where(first),
            "Financial Status": first.map({True: "paid", False: ""}),
        }
    )  # fmt: skip
    new(orders=orders.to_csv(index=False))
    assert load(project).quality.kept["lines"] == len(lines)
    library.run_study("mine", parameters={"n_boot": 10})
    for path in (project / "reports").rglob("*.*"):
        text = path.read_text(encoding="utf-8")
        assert "@example.com" not in text
        assert "Ana Meier" not in text


def test_woocommerce_items_add_up_and_cancelled_orders_are_no_sales(new, project):
    new(orders=published.woo_items())
    assert load(project).quality.kept == {"customers": 2, "orders": 2, "lines": 3, "amount": 34.0}


def test_woocommerce_guests_are_told_apart_by_their_address(new, project):
    study, out = new(orders=published.woo_orders())
    assert study["tables"]["transactions"]["columns"]["customer_id"] == "billing_email"
    assert "guests have customer id 0 in WooCommerce" in out
    assert load(project).quality.kept == {"customers": 2, "orders": 3, "lines": 3, "amount": 50.0}


def test_stripe_payments_that_failed_are_no_sales(new, project):
    study, _ = new(payments=published.stripe())
    assert load(project).quality.kept == {"customers": 2, "orders": 3, "lines": 3, "amount": 32.5}
    assert study["currency"] == "$"


def test_what_stripe_paid_back_is_taken_off_in_the_amount_s_own_currency(new, project):
    """cus_A: 20.00 and 5.50 less 1.50; cus_B: 7.00. The account's refund isn't in the file above."""
    frame = pd.read_csv(io.StringIO(published.stripe()), dtype=str)
    frame["Converted Amount Refunded"] = frame["Amount Refunded"]
    study, _ = new(payments=frame.to_csv(index=False))
    columns = study["tables"]["transactions"]["columns"]
    assert columns["order_refund"] == "Converted Amount Refunded"
    assert load(project).quality.kept["amount"] == 20.0 + 4.0 + 7.0


def test_a_refund_in_another_currency_than_the_amount_is_not_taken_off(new):
    text = lines_without(published.stripe(), "Converted Amount Refunded")
    study, _ = new(payments=text)
    assert "order_refund" not in study["tables"]["transactions"]["columns"]


def test_stripe_in_a_european_notation_is_read_too(new, project):
    study, _ = new(payments=published.stripe(decimal=","))
    assert study["tables"]["transactions"]["decimal"] == ","
    assert load(project).quality.kept["amount"] == 32.5


def test_stripe_keys_by_address_where_the_customer_id_is_blank(new, project):
    frame = pd.read_csv(project.joinpath("x.csv").write_text(published.stripe()) and project / "x.csv")
    frame["Customer Email"], frame["Customer ID"] = frame["Customer ID"] + "@example.com", ""
    study, _ = new(payments=frame.to_csv(index=False))
    assert study["tables"]["transactions"]["columns"]["customer_id"] == "Customer Email"
    assert study["tables"]["transactions"]["ids"] == "email"


def test_refunds_in_a_stripe_balance_count_as_returns(new, project):
    new(balance=published.stripe_balance())
    tables = load(project)
    assert tables.quality.kept["amount"] == 27.0
    assert tables.returns.amount.sum().execute() == -4


def test_amounts_in_two_currencies_are_not_added_up_in_silence(new):
    _, out = new(payments=published.stripe().replace(",usd,,Paid,,cus_B", ",eur,,Paid,,cus_B"))
    assert "amounts are in 2 currencies (EUR, USD)" in out


def test_orders_and_customers_are_sorted_and_joined_by_address(new, project):
    study, out = new(crm=published.EVERY["Shopify customers"], orders=published.shopify())
    assert study["tables"]["customers"]["ids"] == "email"
    assert study["descriptors"] == ["accepts_email_marketing", "default_address_country_code"]
    assert "'First Name' is left out: likely person names" in out
    tables = load(project)
    assert "2 of 2 customers with orders are in the customer table" in tables.quality.notices


def test_a_crm_is_keyed_by_address_where_the_orders_are(new, project):
    contacts = published.people(
        published.HEADERS["HUBSPOT_CONTACTS"], "Record ID", Email=["ana@example.com"], n=1
    )
    study, _ = new(orders=published.shopify(), crm=contacts)
    assert study["tables"]["customers"]["columns"]["customer_id"] == "Email"
    assert "1 of 2 customers with orders are in the customer table" in load(project).quality.notices


def test_a_salesforce_report_s_footer_is_counted_and_not_malformed(new, project):
    new(payments=published.stripe(), accounts=published.EVERY["Salesforce accounts report"])
    tables = load(project)
    assert tables.malformed["customers"].empty
    assert any("5 lines at the end" in notice for notice in tables.quality.notices)


@pytest.mark.parametrize(
    "name", [export.name for export in EXPORTS if export.kind not in TABLES]
)  # fmt: skip
def test_other_kinds_are_named_and_left_out(new, name):
    study, out = new(other=published.EVERY[name], orders=published.shopify())
    assert set(study["tables"]) == {"transactions"}
    assert f"other.csv is {name}" in out
    assert "not yet read " in out
    assert ": left out" in out


def test_an_unknown_file_is_guessed_by_its_names_and_that_is_said(new, project):
    orders = "customer_id,order_date,amount\n" + "".join(
        f"c{n % 3},2026-04-0{n},5.00\n" for n in range(1, 9)
    )
    crm = "customer,region\nc0,north\nc1,south\n"
    study, out = new(sales=orders, crm=crm)
    assert set(study["tables"]) == {"transactions", "customers"}
    assert "sales.csv is no export that segkit knows: transactions, guessed by its names" in out
    assert load(project).quality.kept["lines"] == 8


def test_files_may_come_after_options(project, capsys):
    (project / "orders.csv").write_text(published.stripe())
    (project / "crm.csv").write_text(published.EVERY["HubSpot contacts"])
    arguments = ["new", "mine", "--customers", str(project / "crm.csv"), str(project / "orders.csv")]
    assert main(arguments) == 0
    assert "orders.csv is Stripe payments" in capsys.readouterr().out


def test_ga4_events_alone_make_a_study_of_who_visits(new, project):
    study, out = new(ga=published.ga4_events())
    assert "ga.csv is GA4 events: what visitors did, one line per event" in out
    assert "user_pseudo_id is a browser, not a person" in out
    assert study["as_of"] == "2026-04-02"
    assert study["tables"]["web"]["columns"]["customer_id"] == "user_pseudo_id"
    frame = library.build_features(load(project), as_of=study["as_of"]).frame
    assert frame["n_visits"].to_dict() == {"1.17": 1, "2.17": 1}
    assert frame["n_pages"].to_dict() == {"1.17": 1, "2.17": 1}


def test_ga4_s_user_ids_are_taken_where_most_are_filled(new):
    text = published.ga4_events().replace(",,1.17", ",u1,1.17").replace(",,2.17", ",u2,2.17")
    study, _ = new(ga=text)
    assert study["tables"]["web"]["columns"]["customer_id"] == "user_id"


def test_mailchimp_s_activity_and_audience_join_by_address(new, project):
    study, out = new(mails=published.mailchimp_activity(), people=published.mailchimp())
    assert "not who was sent what: no shares of e-mails sent" in out
    assert study["bases"] == ["n_email_opens", "n_email_clicks"]
    assert study["tables"]["emails"]["ids"] == study["tables"]["customers"]["ids"] == "email"
    tables = load(project)
    assert "2 of 3 ids with e-mails are in the customer table" in " ".join(tables.quality.notices)
    frame = library.build_features(tables, as_of=study["as_of"]).frame
    assert frame.loc["c0@example.com", ["n_email_opens", "n_email_clicks"]].tolist() == [2, 1]
    assert frame["n_email_opens"].sum() == 2


def test_events_join_the_orders_of_a_shop(new, project):
    text = published.mailchimp_activity().replace("C0@", "ana@").replace("c0@", "ana@")
    study, _ = new(orders=published.shopify(), mails=text)
    assert study["bases"] == ["recency_days", "n_orders", "mean_order_value"]
    frame = library.build_features(load(project), as_of=study["as_of"]).frame
    assert frame["n_email_opens"].to_dict() == {"ana@example.com": 2, "bo@example.com": 0}


# --- bad input


def lines_without(text, *columns):
    frame = pd.read_csv(io.StringIO(text), dtype=str, keep_default_na=False)
    return frame.drop(columns=list(columns)).to_csv(index=False)


def test_a_truncated_header_names_the_columns_that_it_lacks(new):
    text = lines_without(published.shopify(), "Created at", "Lineitem price")
    _, said = new(orders=text)
    assert "looks like Shopify orders, but has no column 'Created at', 'Lineitem price'" in said
    assert "or let its columns be guessed: --transactions orders.csv" in said


def test_the_user_s_word_still_has_a_truncated_export_guessed(project, capsys):
    text = lines_without(published.shopify(), "Lineitem price")
    (project / "orders.csv").write_text(text)
    assert main(["new", "mine", "--transactions", str(project / "orders.csv")]) == 0
    said = capsys.readouterr().out
    assert "orders.csv looks like Shopify orders, but lacks 'Lineitem price': guessed" in said


def test_semicolons_from_a_german_spreadsheet_are_read(new, project):
    text = published.shopify(delimiter=";")
    for price in ("10.00", "20.00", "2.50", "8.00", "5.00", "0.00"):
        text = text.replace(f";{price};", f";{price.replace('.', ',')};")
    study, _ = new(orders=text.encode("utf-8-sig"))
    assert study["tables"]["transactions"]["delimiter"] == ";"
    assert study["tables"]["transactions"]["decimal"] == ","
    assert load(project).quality.kept["amount"] == 65.0


def test_lines_that_a_spreadsheet_wrapped_in_quotes_are_refused(new):
    wrapped = "\n".join(
        '"' + line.replace('"', '""') + '"' for line in published.shopify().splitlines()
    )
    _, said = new(orders=wrapped)
    assert "looks like Shopify orders, but each line is one quoted field" in said
    assert "don't save it from a spreadsheet" in said


def test_two_files_of_one_kind_are_refused_by_name(new):
    _, said = new(april=published.shopify(), may=published.stripe())
    assert "april.csv and may.csv are both transactions" in said
    assert "; april.csv is Shopify orders, may.csv is Stripe" in said
    assert "Export them alike, or leave one out" in said


def test_no_orders_among_the_files_are_missed(new):
    study, said = new(report=published.ga4_report(), days=published.EVERY["LinkedIn page days"])
    assert study is None
    assert "report.csv is GA4 report" in said
    assert (
        "a file with what customers bought, with one line per customer or with what visitors did"
        in said
    )


def test_a_missing_file_is_named(new):
    assert "there is no file" in new("nowhere")[1]


def test_a_file_that_nothing_tells_is_refused_with_the_flags(new):
    _, said = new(odd="a,b\n1,2\n")
    assert "odd.csv is no export that segkit knows, and its columns don't tell what it holds" in said
    assert "--transactions FILE" in said


@pytest.mark.parametrize("rows", [("texts", "names", "ids"), ("ids", "names", "texts")])
def test_swapped_header_rows_are_refused(told, rows):
    with pytest.raises(
        DataError, match=r"looks like Qualtrics responses, .* its header rows are swapped"
    ):
        told(published.qualtrics(rows=rows))


def test_a_survey_without_an_answer_is_refused(told):
    text = "".join(published.surveymonkey().splitlines(keepends=True)[:2])
    with pytest.raises(
        DataError, match="no line under its header has a 'Respondent ID' as records have"
    ):
        told(text)


def test_a_ga4_file_of_several_tables_is_refused(told):
    with pytest.raises(DataError, match=r"more than one table.*Export one report at a time"):
        told(published.ga4_report() + "\n" + published.ga4_report())


def test_a_salesforce_report_without_ids_says_which_column_to_add(new):
    text = lines_without(
        published.salesforce(published.HEADERS["SALESFORCE_ACCOUNTS"], "Account ID", ""), "Account ID"
    )
    _, said = new(payments=published.stripe(), accounts=text)
    assert "looks like Salesforce accounts report, but has no column 'Account ID'" in said


def test_a_balance_that_names_no_customer_is_refused(new):
    text = lines_without(published.stripe_balance(), "customer_id", "customer_email")
    _, said = new(balance=text)
    assert "looks like Stripe balance, but has no column 'customer_id'" in said


def test_next_month_s_report_without_its_footer_is_refused_not_cut(new, project):
    new(payments=published.stripe(), contacts=published.salesforce())
    (project / "contacts.csv").write_text(published.salesforce(footer=""))
    with pytest.raises(DataError, match=r"5 of the last 5 lines are records, and `footer` says"):
        load(project)


def test_statuses_in_another_language_are_asked_about(new):
    text = (
        published.woo_items().replace("Completed", "Abgeschlossen").replace("Processing", "Bearbeitung")
    )
    _, out = new(orders=text)
    assert "most lines are no sale by 'Order Status'; add the words that mean one" in out


def test_a_header_cut_short_by_a_quote_that_never_closes_is_no_known_export(told):
    assert told('"Name,Email,Financial Status\n#1001,ana@example.com,paid\n') is None
