"""Web, mail and social reach: GA4, Mailchimp campaigns, Facebook, Instagram, LinkedIn.

Formats: GA4's report CSV (comment lines with the dates on top) and its BigQuery event export as a flat
file; Mailchimp's campaign report, and the e-mail activity of its API as loaders write it; Meta's
content export for pages and Instagram accounts, Facebook's older post insights (a row of descriptions
under the names); LinkedIn's content export (a note on top).
"""

from segkit.sources.exports.export import Export

REACH = (
    Export(
        name="GA4 events",
        kind="web",
        told_by=("event_date", "event_timestamp", "event_name", "user_pseudo_id"),
        columns={
            "customer_id": ("user_id", "user_pseudo_id"),
            "event_date": ("event_timestamp",),
            "step": ("event_name",),
            "session_id": ("ga_session_id",),
            "channel": ("traffic_source.medium", "traffic_source_medium"),
            "device": ("device.category", "device_category"),
        },
        utc=True,
        stated={
            "date_format": "epoch_microseconds",
            "page_views": ["page_view", "screen_view"],
            "steps": {
                "product": ["view_item"],
                "basket": ["add_to_cart"],
                "checkout": ["begin_checkout"],
                "purchase": ["purchase"],
            },
        },
        words=(
            "user_pseudo_id is a browser, not a person; user_id, where filled, is one",
            "its times are in UTC: days are too, until the study states the shop's `timezone`",
        ),
    ),
    Export(
        name="Mailchimp e-mail activity",
        kind="emails",
        told_by=("campaign_id", "list_id", "email_id", "email_address", "action", "timestamp"),
        columns={
            "customer_id": ("email_address", "email_id"),
            "event_date": ("timestamp",),
            "action": ("action",),
            "campaign": ("campaign_id",),
        },
        email=("email_address",),
        words=("it holds opens, clicks and bounces, not who was sent what: no shares of e-mails sent",),
    ),
    Export(
        name="GA4 report",
        kind="web report",
        told_by=(),
        comment=r"^# ?Start date: ?\d{8}",
        words=("export the events instead: customers can be told apart there",),
    ),
    Export(
        name="Mailchimp campaign report",
        kind="campaign report",
        told_by=("Title", "Subject", "Send Date", "Total Recipients", "Successful Deliveries"),
    ),
    Export(
        name="Facebook page posts",
        kind="posts",
        told_by=("Post ID", "Page ID", "Publish time"),
    ),
    Export(
        name="Facebook post insights",
        kind="posts",
        told_by=("Post ID", "Permalink", "Post Message", "Lifetime Post Total Reach"),
        key="Post ID",
        key_like=r".+",
    ),
    Export(
        name="Instagram posts",
        kind="posts",
        told_by=("Post ID", "Account username", "Publish time"),
    ),
    Export(
        name="LinkedIn page posts",
        kind="posts",
        told_by=("Post title|Posts", "Post link", "Created date", "Impressions"),
    ),
    Export(
        name="LinkedIn page days",
        kind="posts",
        told_by=("Date", "Impressions (organic)", "Clicks (organic)"),
    ),
)
