"""Likes, comments, shares -> how a customer engages."""

from collections.abc import Iterator, Sequence
from typing import Any

import ibis

from segkit.features.behaviour.part import Part, days_since, ratio_of, sum_of
from segkit.features.dictionary import Feature, slug
from segkit.study.events import COUNTS, is_of_counts, words_of
from segkit.study.tables import TableSpec

ROWS = "social_rows"


def social_part(rows: ibis.Table, spec: TableSpec) -> Part:
    """Turn checked engagement before as_of into totals per customer and their features."""
    if is_of_counts(spec):
        kinds = [name for name in COUNTS if name in rows.columns]
        sums: dict[str, Any] = {name: rows[name].sum() for name in kinds}
        known = [rows[name].fill_null(0) for name in kinds]
        any_known = ibis.or_(*(rows[name].notnull() for name in kinds))
        engaged: Any = sum(known[1:], start=known[0]).sum(where=any_known)
    else:
        kinds = list(words_of("social", spec, "actions"))
        sums = {name: (rows.action == name).sum() for name in kinds}
        engaged = rows.count()
    measures: dict[str, Any] = {
        ROWS: rows.count(),
        "n_engagements": engaged,
        "last_engagement": rows.event_date.max().date(),
        **{f"social_{place}": sums[name] for place, name in enumerate(kinds)},
    }
    if "reach" in rows.columns:
        measures["social_reach"] = rows.reach.sum()
    if "sentiment" in rows.columns:
        measures |= {"sentiment": rows.sentiment.sum(), "n_sentiments": rows.sentiment.count()}
    totals = rows.group_by("customer_id").agg(**measures)
    limits = spec.means.get("sentiment_range", [0, 0])
    built = [f for f in _features(kinds, limits) if f.needs in totals.columns]
    return Part(totals, built)


def _features(kinds: Sequence[str], limits: Sequence[float]) -> Iterator[Feature]:
    yield sum_of(
        "n_engagements", "Engagements", "engagements", f"number of {', '.join(kinds)}",
        "n_engagements", ROWS, low="Little engagement", high="Much engagement",
    )  # fmt: skip
    for place, name in enumerate(kinds):
        label = name[:1].upper() + name[1:]
        yield sum_of(
            f"n_{slug(name)}", label, name, f"number of {name}", f"social_{place}", ROWS,
        )  # fmt: skip
        yield ratio_of(
            f"{slug(name)}_engagement_share", f"{label} among engagements", "share",
            f"share of engagements that are {name}", "engagements", f"social_{place}", "n_engagements",
        )  # fmt: skip
    yield sum_of(
        "n_reached", "People reached", "people", "sum of the reach of all rows; someone reached twice "
        "counts twice", "social_reach", ROWS,
    )  # fmt: skip
    yield ratio_of(
        "mean_sentiment", "Sentiment", "score", "mean sentiment, from {:g} to {:g}".format(*limits),
        "rows with a sentiment", "sentiment", "n_sentiments",
        low="More negative", high="More positive",
    )  # fmt: skip
    yield days_since(
        "days_since_engagement", "Days since last engagement",
        "days from the last engagement to the reference date",
        "{customers} with an engagement", "last_engagement",
        low="Engaged recently", high="Engaged long ago",
    )  # fmt: skip
