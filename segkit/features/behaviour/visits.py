"""A log of events -> visits, told apart by a pause or by the file's own session id."""

from typing import Any

import ibis


def visits_of(log: ibis.Table, *, gap_minutes: float) -> ibis.Table:
    """Gather the events of each visit into one row.

    Parameters
    ----------
    log : ibis.Table
        customer_id, event_date (local), moment (UTC, to the second), is_page (0 or 1) and, as far as
        the study maps them, session_id, channel, is_mobile, step_place.
    gap_minutes : float
        A pause longer than this starts a new visit; one of exactly this long doesn't. Not used where
        there is a session_id.

    Returns
    -------
    ibis.Table
        customer_id, day (local day on which the visit starts), pages, seconds (from the first event
        to the last; 0 for a visit of one event), bounced (1 where it has one page or none) and, where
        the log has them, channel and is_mobile (the first that is known in the visit), step_place (the
        furthest).

    Notes
    -----
    Pauses are measured on the clock of UTC, so that an hour that a zone's clock skips or repeats is
    no pause and hides none. A visit over midnight is one visit. The order of the rows doesn't matter:
    of several channels at one second the first by name holds.
    """
    told = _with_visit(log, gap_minutes)
    first = {name: told[name] for name in ("channel", "is_mobile") if name in told.columns}
    whole = ibis.window(group_by=[told.customer_id, told.visit])
    starts = {
        f"{name}_at": value.notnull().ifelse(told.moment, ibis.null("timestamp")).min().over(whole)
        for name, value in first.items()
    }
    told = told.mutate(**starts)
    measures: dict[str, Any] = {
        "day": told.event_date.min().date(),
        "pages": told.is_page.sum(),
        "seconds": told.moment.max().delta(told.moment.min(), unit="second"),
        "bounced": (told.is_page.sum() <= 1).cast("int64"),
    }
    for name in first:
        measures[name] = told[name].min(where=told.moment == told[f"{name}_at"])
    if "step_place" in told.columns:
        measures["step_place"] = told.step_place.max()
    return told.group_by(["customer_id", "visit"]).agg(**measures)


def _with_visit(log: ibis.Table, gap_minutes: float) -> ibis.Table:
    if "session_id" in log.columns:
        return log.mutate(visit=log.session_id)
    # numbered on distinct moments, so that events of one second can't fall into two visits
    moments = log.select("customer_id", "moment").distinct()
    in_order = ibis.window(group_by=moments.customer_id, order_by=moments.moment)
    pause = moments.moment.delta(moments.moment.lag().over(in_order), unit="second")
    moments = moments.mutate(starts=(pause > gap_minutes * 60).fill_null(True).cast("int64"))
    so_far = ibis.cumulative_window(group_by=moments.customer_id, order_by=moments.moment)
    numbered = moments.select("customer_id", "moment", visit=moments.starts.sum().over(so_far))
    return log.join(numbered, ["customer_id", "moment"])
