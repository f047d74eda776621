"""E-mails: sent, delivered, opened, clicked, bounced, unsubscribed."""

from typing import Any

import ibis

from segkit.sources.behaviour.dated import Contract, meant, text_of
from segkit.sources.check import Values
from segkit.study.events import words_of
from segkit.study.tables import TableSpec

ANSWERS = {"open": "opens", "click": "clicks", "bounce": "bounces"}
"""What a customer, or a mail server, can do with an e-mail that was sent."""


def numbered(emails: ibis.Table) -> ibis.Table:
    """Give each row the number of the e-mail that it is about, within a customer and campaign.

    Parameters
    ----------
    emails : ibis.Table
        customer_id, moment, action and, optionally, campaign.

    Returns
    -------
    ibis.Table
        With `number`: an answer is about the last e-mail sent before it, of its campaign where one is
        given; 0 where none was. At one and the same second, sending comes first.
    """
    keys = keys_of(emails)
    is_sent = (emails.action == "sent").cast("int64")
    so_far = ibis.cumulative_window(
        group_by=[emails[key] for key in keys], order_by=[emails.moment, ibis.desc(is_sent)]
    )
    return emails.mutate(number=is_sent.sum().over(so_far))


def keys_of(emails: ibis.Table) -> list[str]:
    """What e-mails are told apart by before they are numbered."""
    return ["customer_id", *(["campaign"] if "campaign" in emails.columns else [])]


def _parsed(table: ibis.Table, spec: TableSpec) -> dict[str, Any]:
    parsed = {"action": meant(text_of(table, "action", spec), words_of("emails", spec, "actions"))}
    if "campaign" in spec.columns:
        parsed["campaign"] = text_of(table, "campaign", spec)
    return parsed


def _columns(read: Values, _: TableSpec) -> Values:
    return {name: read[name] for name in ("action", "campaign") if name in read}


def _rules(_: ibis.Table, read: Values, __: TableSpec) -> Values:
    return {"unknown action": read["action"].isnull()}


def _notices(kept: ibis.Table, _: TableSpec, where: str) -> list[str]:
    rows = numbered(kept)
    lost = rows.filter((rows.number == 0) & rows.action.isin(list(ANSWERS)))
    counts = lost.group_by("action").agg(n=lost.count()).execute().set_index("action")["n"]
    if counts.empty:
        return []
    what = ", ".join(f"{said} {counts[name]:,}" for name, said in ANSWERS.items() if name in counts)
    n_customers = int(lost.customer_id.nunique().execute())
    return [
        f"{where}: {what} (by {n_customers:,} ids) follow no e-mail that the table says was sent to "
        "them; they count in no share"
    ]


EMAILS = Contract(_parsed, _columns, _rules, notices=_notices, words="action")
