"""One value per customer and attribute: what the sources agree on, or what a stated rule decides."""

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import pandas as pd
from ibis.backends.duckdb import Backend

from segkit.sources.joins.rows import Source
from segkit.sources.joins.tolerance import KEY, alike
from segkit.sources.joins.values import Wanted, tolerances_of
from segkit.sources.quality import READ
from segkit.study.sources import MOST_FREQUENT, MOST_TRUSTED, NEWEST

ORDER = {
    NEWEST: (NEWEST, MOST_TRUSTED, MOST_FREQUENT),
    MOST_TRUSTED: (MOST_TRUSTED, NEWEST, MOST_FREQUENT),
    MOST_FREQUENT: (MOST_FREQUENT, NEWEST, MOST_TRUSTED),
}
"""What decides first, second and third, by the conflict rule that a study states."""
ONE, AGREE, TIE = "one source", "sources agree", "tie"
ALIKE = "sources agree within the tolerance"
WITHIN = {NEWEST: "newest row", MOST_FREQUENT: "most frequent row"}
"""How one source's own rows were settled, where they differed."""
_NEVER = -1_000_000
"""A day before all days: what has no date is not newer than anything."""


def settle_values(
    con: Backend, said: ibis.Table, sources: Sequence[Source], wanted: Mapping[str, Wanted]
) -> ibis.Table:
    """Choose one value per customer and attribute.

    Parameters
    ----------
    con : ibis.backends.duckdb.Backend
    said : ibis.Table
        From `read_values`.
    sources : sequence of Source
    wanted : dict of str to Wanted

    Returns
    -------
    ibis.Table
        One row per customer and attribute with a value in some source: customer_id, attribute, value
        (null for a tie), source, observed_at, rule and conflicting. The rule is "one source",
        "sources agree", "sources agree within the tolerance", "newest row", "most frequent row",
        "newest", "most_trusted", "most_frequent" or "tie".

    Notes
    -----
    First a source's rows are settled among themselves, then the sources, by calendar day: a value
    without a date is not newer than any that has one. What the stated rule leaves open goes to the
    next in `ORDER`; what all three leave open is a tie and gets no value. Neither the order of the
    rows nor that of the sources matters. Numbers within their attribute's tolerance of each other are
    one value, that of the newest row, then of the most trusted source.
    """
    ranked = _ranked(con, said.filter(said.why == READ), wanted)
    ranked = alike(con, ranked, tolerances_of(wanted), _score)
    several = {source.name: source.row_rule for source in sources if _has_several(source)}
    within = con.create_table("said_once", _within(con, ranked, several), temp=True)
    per = con.create_table("said_of_each", _per_attribute(within), temp=True)
    agreed = per.filter(~per.conflicting).drop("n_sources")
    decided = _decided(con, within.semi_join(per.filter(per.conflicting), KEY))
    columns = [*KEY, "value", "source", "observed_at", "rule", "conflicting"]
    return con.create_table("chosen", agreed.select(columns).union(decided.select(columns)), temp=True)


def _has_several(source: Source) -> bool:
    rows = source.rows
    return bool(rows.count().execute() > rows.customer_id.nunique().execute())


def _ranked(con: Backend, read: ibis.Table, wanted: Mapping[str, Wanted]) -> ibis.Table:
    """Values with how far their source is trusted, and what decides a conflict."""
    places = pd.DataFrame(
        [
            (name, source, one.origin.rank.get(source, 0), place, one.origin.conflict)
            for name, one in wanted.items()
            for place, source in enumerate(sorted(one.origin.columns))
        ],
        columns=["attribute", "source", "rank", "place", "conflict"],
    )
    texts = dict.fromkeys(("attribute", "source", "conflict"), "str")
    places = places.astype({**texts, "rank": "int64", "place": "int64"})
    origins = con.create_table("origins", places, temp=True)
    day = read.observed_at.date().delta(ibis.date("1970-01-01"), unit="day").fill_null(_NEVER)
    dated = read.select("customer_id", "attribute", "source", "observed_at", "value", day=day)
    return dated.inner_join(origins, ["attribute", "source"])


def _within(con: Backend, ranked: ibis.Table, several: Mapping[str, str]) -> ibis.Table:
    """Each source's own rows of a customer settled; its values that remain, each once."""
    single = ranked.filter(ranked.source.notin(list(several))) if several else ranked
    parts = [single.mutate(within=ibis.null("string"))]
    parts += [_of_several(con, ranked, source, rule) for source, rule in sorted(several.items())]
    return ibis.union(*parts)


def _of_several(con: Backend, ranked: ibis.Table, source: str, rule: str) -> ibis.Table:
    rows = ranked.filter(ranked.source == source)
    others = [name for name in ranked.columns if name not in {*KEY, "value", "observed_at", "day"}]
    grouped = rows.group_by([*KEY, "value"]).agg(
        observed_at=rows.observed_at.max(),
        day=rows.day.max(),
        votes=rows.count(),
        **{name: rows[name].arbitrary() for name in others},
    )
    values = con.create_table(ibis.util.gen_name("rows_of"), grouped, temp=True)
    times = values.group_by(KEY).agg(n=values.count())
    alone = values.semi_join(times.filter(times.n == 1), KEY).mutate(within=ibis.null("string"))
    differ = values.semi_join(times.filter(times.n > 1), KEY).mutate(within=ibis.literal(WITHIN[rule]))
    of_key = ibis.window(group_by=KEY)
    if rule == MOST_FREQUENT:
        differ = differ.mutate(most=differ.votes.max().over(of_key)).filter(ibis._.votes == ibis._.most)
    last = differ.mutate(last=differ.observed_at.max().over(of_key))
    last = last.filter(last.last.isnull() | (last.observed_at == last.last))
    kept = [*ranked.columns, "within"]
    return alone.select(kept).union(last.select(kept))


def _score(table: ibis.Table) -> Any:
    """Orders values that say the same: newest, then most trusted, then by the source's name."""
    return table["day"].cast("int64") * 10_000 - table["rank"] * 100 - table["place"]


def _per_attribute(within: ibis.Table) -> ibis.Table:
    score = _score(within)
    per = within.group_by(KEY).agg(
        value=within.value.min(),
        other=within.value.max(),
        n_sources=within.count(),
        source=within.source.argmax(score),
        observed_at=within.observed_at.max(),
        within=within.within.max(),
        alike=within.alike.any(),
    )
    several = per.alike.ifelse(ALIKE, AGREE)
    alone = (per.n_sources == 1).ifelse(ONE, several)
    rule = ibis.coalesce(per.within, alone)
    return per.mutate(rule=rule, conflicting=per.value != per.other).drop("other", "within", "alike")


def _decided(con: Backend, conflicting: ibis.Table) -> ibis.Table:
    """Conflicts decided by the three rules, in the order that each attribute's own rule asks for."""
    left = con.create_table("undecided", conflicting.mutate(by=ibis.null("string")), temp=True)
    for place in range(3):
        left = con.create_table(f"undecided_{place}", _after(left, place), temp=True)
    score = _score(left)
    per = left.group_by(KEY).agg(
        value=left.value.min(),
        other=left.value.max(),
        source=left.source.argmax(score),
        observed_at=left.observed_at.max(),
        by=left.by.max(),
    )
    tie = per.value != per.other
    return per.mutate(
        value=tie.ifelse(ibis.null("string"), per.value),
        source=tie.ifelse(ibis.null("string"), per.source),
        observed_at=tie.ifelse(ibis.null("timestamp"), per.observed_at),
        rule=tie.ifelse(TIE, per.by),
        conflicting=ibis.literal(True),
    )


def _after(left: ibis.Table, place: int) -> ibis.Table:
    """What remains of the conflicting values after one more rule."""
    of_key, of_value = ibis.window(group_by=KEY), ibis.window(group_by=[*KEY, "value"])
    scores = {
        NEWEST: left["day"].cast("int64"),
        MOST_TRUSTED: -left["rank"].cast("int64"),
        MOST_FREQUENT: left.count().over(of_value).cast("int64"),
    }
    rule = ibis.cases(*((left.conflict == stated, order[place]) for stated, order in ORDER.items()))
    scored = left.mutate(now=rule, **{f"by_{name}": score for name, score in scores.items()})
    score = ibis.cases(*((scored.now == name, scored[f"by_{name}"]) for name in scores))
    scored = scored.mutate(score=score)
    best = scored.mutate(best=scored.score.max().over(of_key)).filter(ibis._.score == ibis._.best)
    is_one = best.value.min().over(of_key) == best.value.max().over(of_key)
    by = ibis.coalesce(best.by, is_one.ifelse(best.now, ibis.null("string")))
    return best.mutate(by=by).select(left.columns)


def count_conflicts(chosen: ibis.Table, wanted: Mapping[str, Wanted]) -> pd.DataFrame:
    """How often sources differ on an attribute, and what decided.

    Returns
    -------
    pandas.DataFrame
        Indexed by attribute: `customers` with a value in some source, `conflicting` (those with more
        than one), `stated` (the rule that decides first), `newest`, `most_trusted`, `most_frequent`
        (decided by each), `ties` (by none, so without a value), `older_rows` (customers whose rows
        within one source differ) and `alike` (customers whose sources differ by no more than the
        tolerance, which is no conflict). The four after `stated` add up to `conflicting`.
    """
    rules = chosen.group_by(["attribute", "rule", "conflicting"]).agg(n=chosen.count()).execute()
    rows = {}
    for name, one in wanted.items():
        of_one = rules[rules["attribute"] == name]
        clash = of_one[of_one["conflicting"]].groupby("rule")["n"].sum()
        by_rule = of_one.groupby("rule")["n"].sum()
        rows[name] = {
            "customers": int(of_one["n"].sum()),
            "conflicting": int(clash.sum()),
            "stated": one.origin.conflict,
            **{rule: int(clash.get(rule, 0)) for rule in ORDER},
            "ties": int(clash.get(TIE, 0)),
            "older_rows": int(sum(by_rule.get(rule, 0) for rule in WITHIN.values())),
            "alike": int(by_rule.get(ALIKE, 0)),
        }
    columns = ["customers", "conflicting", "stated", *ORDER, "ties", "older_rows", "alike"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("attribute")
