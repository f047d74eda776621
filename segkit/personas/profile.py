"""What sets each segment apart: effects against all other customers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from segkit.disclosure import withheld
from segkit.errors import DataError
from segkit.personas.columns import numeric_view, small_merged
from segkit.personas.drivers import between_share, by_basis
from segkit.personas.humps import humps_of
from segkit.personas.measured import effects_of, levels_of, sizes_of
from segkit.personas.measures import Measures, Sample, Weighted, scaled_weights
from segkit.segments.segmentation import Segmentation
from segkit.shown import Shown, as_table

MOST_LEVELS = 3
"""Of a category, the matrix shows so many levels: those that differ most."""


@dataclass(frozen=True, eq=False, repr=False)
class Profile(Shown):
    """How segments differ.

    Attributes
    ----------
    sizes : pandas.DataFrame, one row per segment
        `customers`, `share` with `share_low`, `share_high` (Wilson); with a revenue column also
        `revenue_share` with its range over customers. Most revenue first, else the largest
        share. The
        revenue share is missing where one customer makes up more than half of it, or two more than
        three quarters, and where it would give such a one away.
    effects : pandas.DataFrame, indexed by segment_key and variable
        For every number, ordered category and level of a category that forms segments: `value` with
        `low` and `high` (`statistic` says which: the median; the mean for shares, and where the
        median of all customers is 0), `overall` for all customers, `delta` (Cliff's delta against
        the rest, -1 to 1) with its 95 % range, `smd` (standardised mean difference), `n` customers
        with a value, `is_base`. Missing where fewer than 10 customers have a value, or make up a
        mean. Where 1 to 9 customers of a segment have a yes, a no or a level, its shares and
        differences are those of numbers rounded to tens (see `segkit.disclosure.in_tens`); missing
        there in segments below 30.
    levels : pandas.DataFrame, indexed by segment_key, variable and level
        For every text descriptor: `share` here, `overall`, `difference` from the rest with its
        range (Newcombe), `n`. Levels of fewer than 10 customers are merged; what is still below 10
        in a segment or outside is suppressed, and with such a one the others are in tens.
    humps : pandas.DataFrame, indexed by segment_key and variable
        Where the typical value says little: numbers of which a segment of 100 customers or more has
        two humps, with the place `cut` between them, the share `below` it with its range, the values
        of which 5, 10, ... 95 % are below, and `n`.
    dictionary : pandas.DataFrame
        What each row of `effects` is; see `segkit.personas.columns.numeric_view`.
    labels : dict of str to str
        What the text descriptors are called.
    others : dict of str to str
        What the merged levels of a text descriptor are called, with how many they are.
    between : pandas.Series
        Share of each base's variation that lies between the segments, 0 to 1.
    described : tuple of str
        Rows of `effects` that were given as descriptors.
    segments : Segmentation
    weights : pandas.Series or None
        For how many people each customer stands, scaled to sum to the number of customers. With
        weights all shares, values and differences are weighted, but for `between`, and each table
        holds `weighted_n` (the sum of the weights that a row rests on) and `effective_n` (Kish);
        `customers` and `n` stay plain counts.
    """

    sizes: pd.DataFrame
    effects: pd.DataFrame
    levels: pd.DataFrame
    humps: pd.DataFrame
    dictionary: pd.DataFrame
    labels: Mapping[str, str]
    others: Mapping[str, str]
    between: pd.Series
    described: tuple[str, ...]
    segments: Segmentation = field(repr=False)
    weights: pd.Series | None = field(default=None, repr=False)

    @property
    def sample(self) -> Sample | None:
        """What weighted figures of all customers rest on; None where they aren't weighted."""
        return None if self.weights is None else Weighted(self.weights.to_numpy()).sample()

    @property
    def keys(self) -> list[str]:
        """Segment keys in the order of `sizes`."""
        return list(self.sizes.index)

    @property
    def withheld(self) -> pd.Series:
        """Whether a report keeps a segment's size back: under 10 customers, or it tells of them."""
        return withheld(self.sizes["customers"])

    @property
    def shown_sizes(self) -> pd.DataFrame:
        """`sizes` as others may see them: small segments, and what gives them away, are left blank."""
        return self.sizes.round(3).astype("object").mask(self.withheld, "")

    @property
    def matrix(self) -> pd.DataFrame:
        """Cliff's delta of the bases, one row per base and one column per segment.

        Of a category the three levels that differ most, each with its difference in share.
        """
        table = self.effects.loc[self.effects["is_base"], "delta"].unstack("segment_key")
        return table.loc[self.drawn, self.keys].rename(index=self.dictionary["label"])

    @property
    def drawn(self) -> list[str]:
        """Variables of `matrix`, those that differ most over the segments first."""
        table = self.effects.loc[self.effects["is_base"], "delta"].unstack("segment_key")
        strength = table.abs().mean(axis=1).sort_values(ascending=False)
        most = table.abs().max(axis=1).sort_values(ascending=False, kind="stable")
        place = most.groupby(self.dictionary.loc[most.index, "of"]).cumcount()
        return [str(name) for name in strength.index if place[name] < MOST_LEVELS]

    @property
    def by_basis(self) -> pd.DataFrame:
        """Which bases of segmentation drive the segments; see `segkit.personas.drivers.by_basis`."""
        basis = self.dictionary.drop_duplicates("of").set_index("of")["basis"]
        return by_basis(self.between, basis)

    @property
    def reading(self) -> str:
        """The base that tells the segments apart most, and the one that does so least."""
        strength = self.matrix.abs().mean(axis=1)
        said = (
            f"{len(self.sizes)} segments differ most in {strength.index[0]} (mean size of Cliff's "
            f"delta {strength.iloc[0]:.2f}) and least in {strength.index[-1]} "
            f"({strength.iloc[-1]:.2f})."
        )
        drivers = self.by_basis
        if len(drivers) < 2:
            return said
        shares = ", ".join(f"{row.share:.0%} {basis}" for basis, row in drivers.iterrows())
        return f"{said} Of what differs between them {shares}."

    def plot(self, ax: Any = None) -> Any:
        """Draw the effects of the bases, a panel per segment; see `segkit.figures.effects`."""
        from segkit import figures

        return figures.effects(self.matrix, ax=ax)

    def _repr_html_(self) -> str:
        return as_table(self.shown_sizes) + as_table(self.matrix, "{:+.2f}".format)


def profile_segments(
    segments: Segmentation,
    frame: pd.DataFrame,
    descriptors: pd.DataFrame | None = None,
    *,
    dictionary: pd.DataFrame | None = None,
    weights: pd.Series | None = None,
) -> Profile:
    """Measure what sets each segment apart from all other customers.

    Parameters
    ----------
    segments : Segmentation
    frame : pandas.DataFrame
        Columns for the same customers, numbers, ordered categories or text: bases and others. A
        column `revenue` gives the segments' shares of revenue.
    descriptors : pandas.DataFrame, optional
        More columns that only describe.
    dictionary : pandas.DataFrame, optional
        `label`, `unit`, `role`, ... by column, as `Features.dictionary`.
    weights : pandas.Series, optional
        By customer: for how many people each stands, when the customers are a survey's sample. The
        segments stay as they were found; what is said of them is said of the population.

    Returns
    -------
    Profile

    Raises
    ------
    DataError
        The frame doesn't hold the segments' customers, one of them has no weight above 0, or the
        weight is a column of the frame.

    Notes
    -----
    No p-value is computed: on the bases it would be invalid (the segments were cut along them; Gao,
    Bien & Witten 2022).
    """
    labels = segments.labels
    if not labels.index.isin(frame.index).all():
        raise DataError("the frame lacks customers of the segments", "the frame they were cut from")
    frame = frame.loc[labels.index]
    new = frame.iloc[:, :0] if descriptors is None else descriptors
    columns = frame.join(new.drop(columns=frame.columns, errors="ignore"))
    bases = [name for name in segments.model.columns if name in columns]
    numeric, known, text = numeric_view(columns, bases, dictionary)
    told = {str(name): small_merged(column) for name, column in text.items()}
    merged = {name: column for name, (column, _) in told.items()}
    scaled = None if weights is None else _scaled(weights, labels.index, columns)
    measures = Measures() if scaled is None else Weighted(scaled.to_numpy())
    sizes = sizes_of(labels, numeric.get("revenue") if _is_money(known) else None, measures)
    is_base = known["of"].isin(bases).to_numpy()
    return Profile(
        sizes=sizes,
        effects=effects_of(numeric, labels, known, measures).assign(
            is_base=np.tile(is_base, len(sizes))
        ),
        levels=levels_of(merged, labels, measures),
        humps=humps_of(numeric, labels, known["kind"], measures),
        dictionary=known,
        labels=_labels(text, dictionary),
        others={name: other for name, (_, other) in told.items() if other},
        between=pd.Series(
            {name: between_share(columns[name], labels) for name in bases}, dtype="float64"
        ),
        described=tuple(known.index[known["of"].isin(new.columns)]),
        segments=segments,
        weights=scaled,
    )


def _scaled(weights: pd.Series, customers: pd.Index, columns: pd.DataFrame) -> pd.Series:
    """The weights of the segments' customers, which are a column of nothing else."""
    if weights.name in columns:
        raise DataError(
            f"'{weights.name}' is the weight and a column of the frame: it says for how many people "
            "somebody stands, not who they are",
            fix=f"Give the frame without it: frame.drop(columns='{weights.name}')",
        )
    return scaled_weights(weights, customers)


def _is_money(known: pd.DataFrame) -> bool:
    return "revenue" in known.index and known.at["revenue", "unit"] in {"", "money"}


def _labels(text: pd.DataFrame, dictionary: pd.DataFrame | None) -> dict[str, str]:
    named = {} if dictionary is None else dictionary["label"].to_dict()
    return {str(name): str(named.get(name, str(name).replace("_", " "))) for name in text}
