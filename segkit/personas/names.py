"""Deterministic segment names from roles: a state and a noun, told apart where two agree.

A segment whose strongest trait is neither a state nor a noun (a category, discounts) is called after
it as well: "Big spenders, fuel-led". Without such roles it is called after its strongest traits:
"Mostly yummy", "High income, many deals". Where two segments still get the same name, they are told
apart by what differs most between them, in comparatives, rather than by calling one of them "Top".
"""

import numpy as np
import pandas as pd

from segkit.personas.columns import numeric_view
from segkit.personas.effects import cliffs_delta
from segkit.personas.phrases import compared, joined, said_of, started
from segkit.personas.profile import Profile

ENTER = 0.33
"""Size of Cliff's delta from which a trait may enter a name."""
MUCH = 0.47
"""Size from which a second trait enters."""
MIN_NAMED = 30
ONE_TIME_SHARE = 0.8
NEW_DAYS = 90
OVERDUE_GAPS = 2
"""Lapsed: the last order is this many of the segment's own usual gaps ago, or more."""

STATES = {
    "recency": {-1: "Recent", 1: "Lapsed"},
    "tenure": {-1: "New", 1: "Long-standing"},
    "last_seen": {-1: "Recently seen", 1: "Less recently seen"},
}
NOUNS = {
    "monetary": {-1: "light spenders", 1: "big spenders"},
    "frequency": {-1: "occasional buyers", 1: "frequent buyers"},
    "basket": {-1: "small-basket buyers", 1: "big-basket buyers"},
    "visits": {-1: "occasional visitors", 1: "frequent visitors"},
}
QUALIFIERS = {
    "discount": {1: "discount-led", -1: "full-price"},
    "category": {1: "{label}-led"},
    "basket": {1: "bigger baskets", -1: "smaller baskets"},
    "frequency": {1: "more often", -1: "less often"},
    "recency": {1: "longer ago", -1: "more recently"},
    "channel": {1: "more stores", -1: "fewer stores"},
    "returns": {1: "more returns", -1: "fewer returns"},
    "daypart": {1: "{label}"},
    "monetary": {1: "higher spend", -1: "lower spend"},
    "visits": {1: "more visits", -1: "fewer visits"},
    "last_seen": {1: "seen longer ago", -1: "seen more recently"},
}


def automatic_names(
    profile: Profile, frame: pd.DataFrame, *, customers: str = "customers"
) -> pd.Series:
    """Name each segment from its own effects.

    Parameters
    ----------
    profile : Profile
    frame : pandas.DataFrame
        The columns that the profile was made from.
    customers : str
        What customers are called.

    Returns
    -------
    pandas.Series
        Name per segment key, no two alike, at most five words before a qualifier.

    Notes
    -----
    A trait enters a name when Cliff's delta against the rest is at least .33 in size, its range
    excludes zero and the segment has 30 customers. "Lapsed" also needs a last order two of the
    segment's own usual gaps ago, else it is "Less recent".
    Protected attributes never enter, and of columns without a role only bases do, at most two.
    Nothing eligible: "Typical customers".
    """
    frame = numeric_view(frame, profile.segments.model.columns)[0]
    names = pd.Series(
        {key: _name(profile, frame, key, customers) for key in profile.keys}, dtype="object"
    )
    for name in names[names.duplicated()].unique():
        alike = list(names.index[names == name])
        names.loc[alike] = _told_apart(profile, frame, alike, name)
    return names.rename_axis("segment_key").rename("name")


def _name(profile: Profile, frame: pd.DataFrame, key: str, customers: str) -> str:
    if profile.sizes.at[key, "customers"] < MIN_NAMED:
        return "Small group"
    by_role = _base_name(profile, frame, key, customers)
    if not by_role:
        return by_traits(profile, key) or f"Typical {customers}"
    return by_role + _led_by(profile, key)


def _base_name(profile: Profile, frame: pd.DataFrame, key: str, customers: str) -> str:
    """A state and a noun, from roles; empty where no role is clear."""
    inside = frame.loc[profile.segments.labels == key]
    state = _first(profile, key, STATES)
    if state == "Lapsed" and not _is_overdue(inside):
        state = "Less recent"
    is_new = "tenure_days" not in inside or inside["tenure_days"].median() < NEW_DAYS
    if state == "New" and not is_new:
        state = ""
    noun = _first(profile, key, NOUNS)
    if "n_orders" in inside and (inside["n_orders"] == 1).mean() >= ONE_TIME_SHARE:
        noun = "one-time buyers"
    if not state and not noun:
        return ""
    fallback = "buyers" if "n_orders" in inside else customers
    return f"{state} {noun or fallback}".strip().capitalize()


def _is_overdue(inside: pd.DataFrame) -> bool:
    """Whether the typical customer here has stayed away longer than is usual here."""
    if "mean_gap_days" not in inside or inside["mean_gap_days"].isna().all():
        return True
    usual = inside["mean_gap_days"].median()
    return bool(inside["recency_days"].median() >= OVERDUE_GAPS * usual)


def _led_by(profile: Profile, key: str) -> str:
    """A qualifier, where what sets a segment apart most is none of what a base name says."""
    effects = profile.effects.loc[key]
    effects = effects[effects["is_base"]].dropna(subset=["delta"])
    if effects.empty:
        return ""
    strongest = str(effects["delta"].abs().idxmax())
    role, delta = profile.dictionary.at[strongest, "role"], effects.at[strongest, "delta"]
    if role in {*STATES, *NOUNS} or role not in {*QUALIFIERS, ""} or abs(delta) < ENTER:
        return ""
    if role == "":
        return f", {said_of(profile.dictionary.loc[strongest], delta, effects.at[strongest, 'value'])}"
    word = _qualifier(profile, strongest, delta)
    return f", {word}" if word else ""


def _qualifier(profile: Profile, column: str, delta: float) -> str:
    role = profile.dictionary.at[column, "role"]
    word = QUALIFIERS[role].get(1 if delta > 0 else -1, "")
    label = str(profile.dictionary.at[column, "label"]).removesuffix(" share").lower()
    return word.format(label=label)


def _first(profile: Profile, key: str, words: dict[str, dict[int, str]]) -> str:
    for role, said in words.items():
        side = _side(profile, key, role)
        if side in said:
            return said[side]
    return ""


def apart(effects: pd.DataFrame, least: float = ENTER) -> pd.DataFrame:
    """The effects of at least some size whose range excludes zero."""
    excludes_zero = effects["delta_low"] * effects["delta_high"] > 0
    return effects[(effects["delta"].abs() >= least) & excludes_zero]


def _side(profile: Profile, key: str, role: str) -> int:
    """Sign of the strongest eligible effect of a role; 0 when none is eligible."""
    of_role = profile.dictionary.index[profile.dictionary["role"] == role]
    effects = profile.effects.loc[key].reindex(of_role).dropna(subset=["delta"])
    clear = apart(effects)
    if clear.empty:
        return 0
    strongest = clear["delta"].abs().idxmax()
    return 1 if clear.at[strongest, "delta"] > 0 else -1


def by_traits(profile: Profile, key: str) -> str:
    """The strongest base without a role, and a second one where it is as much as "much"."""
    effects = apart(profile.effects.loc[key].query("is_base"))
    effects = effects.join(profile.dictionary[["role", "of"]])
    effects = effects[effects["role"] == ""]
    ranked = effects.sort_values("delta", key=lambda delta: -delta.abs(), kind="stable")
    chosen = ranked.drop_duplicates("of").head(2)
    chosen = chosen[(chosen["delta"].abs() >= MUCH) | (np.arange(len(chosen)) == 0)]
    said = [
        said_of(profile.dictionary.loc[name], row["delta"], row["value"])
        for name, row in chosen.iterrows()
    ]
    return started(joined(said))


def _told_apart(profile: Profile, frame: pd.DataFrame, keys: list[str], name: str) -> list[str]:
    """Give namesakes the qualifier in which each differs most from the other namesakes."""
    labels = profile.segments.labels
    together = frame.loc[labels.isin(keys)]
    qualified, used = [], set()
    for key in keys:
        inside = (labels.loc[together.index] == key).to_numpy()
        words = [word for word in _qualifiers(profile, together, inside) if word not in used]
        used.update(words[:1])
        qualified.append(f"{name}, {words[0]}" if words else name)
    return [
        full if qualified.count(full) == 1 else f"{full} {chr(ord('A') + position)}"
        for position, full in enumerate(qualified)
    ]


def _qualifiers(profile: Profile, together: pd.DataFrame, inside: np.ndarray) -> list[str]:
    """Words for what sets some rows apart from the others, strongest first."""
    found, known = [], profile.dictionary
    bases = set(profile.effects.index[profile.effects["is_base"]].get_level_values("variable"))
    for column, role in known["role"].items():
        is_trait = role == "" and column in bases
        if not (role in QUALIFIERS or is_trait) or together[column].isna().any():
            continue
        delta = cliffs_delta(together[column].to_numpy(dtype="float64"), inside)
        word = (
            compared(known.loc[column], delta.value)
            if is_trait
            else _qualifier(profile, str(column), delta.value)
        )
        if word and abs(delta.value) >= ENTER and delta.low * delta.high > 0:
            found.append((-abs(delta.value), column, word))
    return [word for _, _, word in sorted(found)]
