"""How a study makes one profile per customer of several sources."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

ROUNDING = 1e-9
"""By how much, as a share, numbers may differ that were only summed or written differently."""
NEWEST, MOST_TRUSTED, MOST_FREQUENT = "newest", "most_trusted", "most_frequent"
TAKEN = frozenset(
    {
        "any", "campaigns", "consent", "coupons", "customers", "events", "lines", "n_customers",
        "orders", "products", "profile", "quality", "returns", "share", "traits", "transactions",
    }
)  # fmt: skip
"""Words that a source can't be called, since a table or a file of a run is."""


@dataclass(frozen=True)
class ProfileSpec:
    """How the sources become one profile per customer.

    Attributes
    ----------
    trust : list of str
        Sources, most trusted first, for traits without a `from`; those that aren't named are trusted
        least, and one as much as the other.
    conflict : {"newest", "most_trusted", "most_frequent"}
        What decides where sources differ. What it leaves open the other two decide, in this order;
        what they leave open stays without a value.
    several_rows : str or dict of str to str
        Which of a customer's rows in one source counts: the newest before as_of, or what most say.
    stale_after_days : int or dict of str to int, optional
    tolerance : float or dict of str to float
        By how much, as a share of the larger one, two numbers may differ and still agree; for all
        attributes, or attribute -> share.
    """

    trust: Sequence[str] = ()
    conflict: str = NEWEST
    several_rows: str | Mapping[str, str] = NEWEST
    stale_after_days: int | Mapping[str, int] | None = None
    tolerance: float | Mapping[str, float] = ROUNDING

    def tolerance_of(self, attribute: str) -> float:
        """By how much, as a share, two values of an attribute may differ and still agree."""
        given = self.tolerance
        return given.get(attribute, ROUNDING) if isinstance(given, Mapping) else given

    def row_rule(self, source: str) -> str:
        """Which of a customer's rows in a source counts."""
        given = self.several_rows
        return given if isinstance(given, str) else given.get(source, NEWEST)

    def stale_after(self, source: str) -> int | None:
        """Days from which a source's values are called stale."""
        given = self.stale_after_days
        return given.get(source) if isinstance(given, Mapping) else given
