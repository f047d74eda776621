"""What of a file stays unused, and why, so that nothing is dropped in silence."""

from typing import Any

import ibis

from segkit.sources.seen import Seen
from segkit.sources.values import as_number, shape
from segkit.study.schema import OPEN
from segkit.study.tables import table_spec

MOST_READ = 0.95
"""Share of a column's values that must be numbers for it to hold any."""
MONEY = ("amount", "unit_price", "quantity", "discount", "order_discount", "order_refund")


def note_unread(seen: Seen) -> None:
    """Say which mapped columns hold no numbers as they stand, with the commonest form of the values."""
    spec = table_spec(seen.guess.spec)
    for ours in MONEY:
        column = seen.columns.get(ours, OPEN)
        if column == OPEN or not isinstance(column, str):
            continue
        value = seen.table[column]
        given = seen.text(column).fill_null("") != ""
        unread = seen.table.filter(given & as_number(value, spec).isnull())
        n_given, n_unread = (int(one.count().execute()) for one in (seen.table.filter(given), unread))
        if n_given and n_unread > (1 - MOST_READ) * n_given:
            seen.guess.needs.append(
                f"{ours}: {n_unread:,} of {n_given:,} values of '{column}' are no numbers as they "
                f"stand; most have the form '{_commonest(unread, column)}'"
            )


def _commonest(unread: ibis.Table, column: str) -> str:
    forms: Any = unread.select(form=shape(unread[column])).group_by("form").agg(n=ibis._.count())
    return str(forms.order_by([ibis.desc("n"), "form"]).limit(1).execute()["form"].iloc[0])


def unused_of(seen: Seen) -> list[str]:
    """Columns of a file that nothing is read from."""
    mapped = [
        one for given in seen.columns.values() for one in ([given] if isinstance(given, str) else given)
    ]
    ruled = [str(rule["column"]) for rule in seen.rules.values() if isinstance(rule, dict)]
    used = {
        *mapped,
        *ruled,
        seen.guess.spec.get("join", {}).get("by"),
        *seen.guess.spec.get("fill_down", {}).get("columns", []),
    }
    return [name for name in seen.table.columns if name not in used]
