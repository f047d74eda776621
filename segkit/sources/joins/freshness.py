"""How old the values in use are at the reference date."""

from collections.abc import Mapping

import ibis
import numpy as np
import pandas as pd

from segkit.sources.joins.values import Wanted
from segkit.study import Study

COLUMNS = [
    "attribute", "source", "customers", "dated", "age_p50_days", "age_p95_days", "stale_after_days",
    "stale", "stale_share", "warning",
]  # fmt: skip


def measure_freshness(chosen: ibis.Table, wanted: Mapping[str, Wanted], study: Study) -> pd.DataFrame:
    """Measure the age of every attribute's values, by the source that they were taken from.

    Parameters
    ----------
    chosen : ibis.Table
        From `settle_values`.
    wanted : dict of str to Wanted
    study : Study

    Returns
    -------
    pandas.DataFrame
        One row per attribute and source: `customers` whose value it is, `dated` (those with a date),
        the age's median and 95th percentile in days at as_of, `stale_after_days` as the study states
        it (missing where it doesn't), `stale` (older than that), `stale_share` of the dated, 0 to 1,
        and a `warning` in words; empty where there is nothing to say.

    Notes
    -----
    Where several sources say the same, a value is as old as the newest of them.
    """
    used = chosen.filter(chosen.value.notnull())
    age = ibis.date(study.as_of).delta(used.observed_at.date(), unit="day")
    limits = _limits(wanted, study)
    used = used.mutate(age=age.cast("float64"), threshold=_limit_of(used, limits))
    rows = used.group_by(["attribute", "source"]).agg(
        customers=used.count(),
        dated=used.age.count(),
        age_p50_days=used.age.quantile(0.5),
        age_p95_days=used.age.quantile(0.95),
        stale_after_days=used.threshold.max(),
        stale=(used.age > used.threshold).sum().fill_null(0),
    )
    found = rows.order_by(["attribute", "source"]).execute()
    found = found.astype({"stale_after_days": "float64", "stale": "int64"})
    found["stale_share"] = np.where(found["dated"] > 0, found["stale"] / found["dated"].clip(1), np.nan)
    found["warning"] = [_warning(row) for row in found.itertuples()]
    return found[COLUMNS]


def _limits(wanted: Mapping[str, Wanted], study: Study) -> dict[tuple[str, str], int]:
    """(attribute, source) -> days; an attribute's own limit goes before its source's."""
    limits = {
        (name, source): one.trait.stale_after_days or study.profile.stale_after(source)
        for name, one in wanted.items()
        for source in one.origin.columns
    }
    return {key: days for key, days in limits.items() if days is not None}


def _limit_of(used: ibis.Table, limits: Mapping[tuple[str, str], int]) -> ibis.Value:
    if not limits:
        return ibis.null("float64")
    cases = [
        ((used.attribute == attribute) & (used.source == source), float(days))
        for (attribute, source), days in limits.items()
    ]
    return ibis.cases(*cases, else_=ibis.null("float64"))


def _warning(row: object) -> str:
    dated, stale, limit = (getattr(row, name) for name in ("dated", "stale", "stale_after_days"))
    if not dated:
        return "no dates: age unknown"
    return f"{stale / dated:.0%} older than {limit:.0f} days" if stale else ""
