"""E-mails -> how a customer answers them."""

from collections.abc import Iterator

import ibis

from segkit.features.behaviour.part import Part, count_of, days_since, ratio_of
from segkit.features.dictionary import Feature
from segkit.sources.behaviour.emails import ANSWERS, keys_of, numbered

SHARES = {
    "open": ("opened_share", "E-mails opened", "Rarely opening e-mails", "Often opening e-mails"),
    "click": ("clicked_share", "E-mails clicked", "Rarely clicking e-mails", "Often clicking e-mails"),
    "bounce": ("email_bounced_share", "E-mails bounced", "Few bounced e-mails", "Many bounced e-mails"),
}
COUNTED = {"open": "opens", "click": "clicks", "unsubscribe": "unsubscribes"}
NEEDED = {
    "n_emails_sent": ("sent",),
    "days_since_click": ("click",),
    **{name: ("sent", action) for action, (name, *_) in SHARES.items()},
    **{f"n_email_{said}": (action,) for action, said in COUNTED.items()},
}
"""Feature -> the actions without which it says nothing."""
DONE = {"open": "opened", "click": "clicked in", "bounce": "returned as undeliverable"}


def emails_part(rows: ibis.Table, *, has_campaign: bool) -> Part:
    """Turn checked e-mail rows before as_of into totals per customer and their features.

    What no row says, such as a bounce, isn't taken for something that never happens: its features are
    left out.
    """
    emails = answered(rows)
    per_customer = emails.group_by("customer_id").agg(
        n_emails_sent=emails.count(), **{f"emails_{name}": emails[name].sum() for name in ANSWERS}
    )
    counts = {f"n_email_{said}": (rows.action == name).sum() for name, said in COUNTED.items()}
    last_click = rows.event_date.max(where=rows.action == "click").date()
    totals = rows.group_by("customer_id").agg(last_click=last_click, **counts)
    totals = totals.left_join(per_customer, "customer_id").drop("customer_id_right")
    there = set(rows.action.as_table().distinct().execute()["action"])
    built, left_out = [], {}
    for feature in _features(has_campaign):
        lacking = [name for name in NEEDED[feature.name] if name not in there]
        if lacking:
            left_out[feature.name] = f"no row of the e-mail table says '{lacking[0]}'"
        else:
            built.append(feature)
    return Part(totals, built, left_out)


def answered(rows: ibis.Table) -> ibis.Table:
    """One row per e-mail sent: 1 where it was opened, clicked, bounced."""
    told = numbered(rows)
    told = told.filter(told.number > 0)
    answers = {name: (told.action == name).cast("int64").max() for name in ANSWERS}
    return told.group_by([*keys_of(rows), "number"]).agg(**answers)


def _features(has_campaign: bool) -> Iterator[Feature]:
    yield count_of(
        "n_emails_sent", "E-mails sent", "e-mails", "number of e-mails sent to the {customer}",
        "n_emails_sent", low="Few e-mails sent", high="Many e-mails sent",
    )  # fmt: skip
    how = "of its campaign " if has_campaign else ""
    counts_for = f"an answer counts for the last e-mail {how}sent before it"
    for action, (name, label, low, high) in SHARES.items():
        yield ratio_of(
            name, label, "share",
            f"share of e-mails sent that were {DONE[action]}; {counts_for}", "e-mails sent",
            f"emails_{action}", "n_emails_sent", low=low, high=high,
        )  # fmt: skip
    yield days_since(
        "days_since_click", "Days since last e-mail click", "days from the last click in an e-mail to "
        "the reference date", "{customers} who clicked", "last_click",
        low="Clicked recently", high="Clicked long ago",
    )  # fmt: skip
    for said in COUNTED.values():
        yield count_of(
            f"n_email_{said}", f"E-mail {said}", said, f"number of {said}, whether or not an e-mail is "
            "known to have been sent", f"n_email_{said}",
        )  # fmt: skip
