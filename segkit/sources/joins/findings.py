"""What a profile says, in sentences with numbers and no customer."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from segkit.sources.joins.coverage import table_names
from segkit.sources.joins.identity import SEVERAL_IDS, TWO_PEOPLE

if TYPE_CHECKING:
    from segkit.sources.joins.profile import CustomerProfile

DECIDED = {
    "newest": "the newest",
    "most_trusted": "the most trusted source",
    "most_frequent": "what most sources say",
}
SUSPECTED = {
    SEVERAL_IDS: "ids share a person's marks with another: likely one person under several ids",
    TWO_PEOPLE: "ids look like two people each",
}


def findings_of(profile: "CustomerProfile") -> Iterator[str]:
    """Coverage, conflicts, age and identity, a sentence at a time and without its full stop."""
    yield from _coverage(profile)
    yield _conflicts(profile)
    yield from _age(profile)
    yield from _identity(profile)


def _coverage(profile: "CustomerProfile") -> Iterator[str]:
    found, customers = profile.coverage, profile.words["customers"]
    names = table_names(found)
    if len(names) == 1:
        yield f"{profile.n_customers:,} {customers} are in one table, {names[0]}"
        return
    everywhere = int(found.loc[found[names].all(axis=1), "n_customers"].sum())
    yield (
        f"{profile.n_customers:,} {customers} are in {len(names)} tables ({', '.join(names)}), "
        f"{everywhere:,} of them in all"
    )
    alone = profile.orphans["only_here"]
    if alone.sum():
        where = ", ".join(f"{name} {n:,}" for name, n in alone.items() if n)
        yield f"{alone.sum():,} are in one table only ({where})"
    if profile.without_source:
        yield f"{profile.without_source:,} {customers} with {profile.words['orders']} are in no source"


def _conflicts(profile: "CustomerProfile") -> str:
    found = profile.conflicts
    n, n_attributes = int(found["conflicting"].sum()), int((found["conflicting"] > 0).sum())
    if not n:
        return "no two values contradict each other"
    times = found[list(DECIDED)].sum()
    said = [f"{n_times:,} decided by {DECIDED[rule]}" for rule, n_times in times.items() if n_times]
    if ties := int(found["ties"].sum()):
        said.append(f"{ties:,} ties, which stay without a value")
    where = f"{n_attributes} attribute{'s' if n_attributes > 1 else ''}"
    return f"{n:,} values of {where} contradict each other ({', '.join(said)})"


def _age(profile: "CustomerProfile") -> Iterator[str]:
    ages = profile.freshness
    old = ages[ages["stale"] > 0]
    if len(old):
        worst = old.sort_values("stale_share", ascending=False).iloc[0]
        yield (
            f"{old['stale'].sum():,} values in use are older than their limit, the largest share "
            f"'{worst['attribute']}' from {worst['source']} ({worst['warning']})"
        )
    undated = sorted(set(ages.loc[ages["dated"] == 0, "source"]))
    if undated:
        yield f"values without a date, so of unknown age: {', '.join(undated)}"


def _identity(profile: "CustomerProfile") -> Iterator[str]:
    if profile.identity.empty:
        yield "duplicate people are not looked for: no source maps email, phone, or name and birth_date"
        return
    suspects = profile.suspects
    for problem, said in SUSPECTED.items():
        n = suspects.loc[suspects["problem"] == problem, "customer_id"].nunique()
        yield f"{n:,} {said}" if n else f"no signs of {problem}"
