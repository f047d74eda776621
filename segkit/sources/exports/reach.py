"""Web, mail and social reach: GA4, Mailchimp campaigns, Facebook, Instagram, LinkedIn.

Formats: GA4's report CSV (comment lines with the dates on top) and its BigQuery event export as a flat
file; Mailchimp's campaign report; Meta's content export for pages and Instagram accounts, Facebook's
older post insights (a row of descriptions under the names); LinkedIn's content export (a note on top).
"""

from segkit.sources.exports.export import Export

REACH = (
    Export(
        name="GA4 events",
        kind="web events",
        told_by=("event_date", "event_timestamp", "event_name", "user_pseudo_id"),
        columns={
            "customer_id": ("user_id", "user_pseudo_id"),
            "event_date": ("event_timestamp",),
            "event": ("event_name",),
        },
        utc=True,
        words=("user_pseudo_id is a browser, not a person; user_id, where filled, is one",),
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
