"""Pictures for the notebooks: drawn on one Axes from a plain frame; the caller styles the Axes.

matplotlib is imported when the first picture is drawn, not before.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

ACCENT, NEUTRAL, FAINT, SECOND = "#0072B2", "#767676", "#948E83", "#B35900"
HUES = ("#332288", "#B07D00", "#3A8DC6", "#6B3E00", "#5B6770", "#111111")
"""At most six segments get a hue of their own; worst contrast on white 3.6 to 1."""
CLEAR = 0.33
MOST_BARS, MOST_LEVELS = 30, 8
AIR, STEADY_ORIGIN = 0.03, 0.7
"""Space between the segments of a flow; SLSa from which a segment counts as coming from one."""


def _axes(ax: Any, width: float = 7.0, height: float = 3.6) -> Any:
    import matplotlib.pyplot as plt

    if ax is None:
        ax = plt.subplots(figsize=(width, height), layout="constrained")[1]
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def stability_curve(by_k: pd.DataFrame, *, k: int, usable: float, ax: Any = None) -> Any:
    """Draw stability over the number of segments beside that of one blob.

    The band holds nine in ten pairs of refits.

    Parameters
    ----------
    by_k : pandas.DataFrame
        `Structure.by_k`.
    k : int
        The number to point out.
    usable : float
        Stability from which a number may be put forward.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    from matplotlib.patheffects import withStroke

    ax = _axes(ax)
    ax.fill_between(by_k.index, by_k["low"], by_k["high"], color=ACCENT, alpha=0.15, linewidth=0)
    ax.plot(by_k.index, by_k["stability"], "o-", color=ACCENT, markerfacecolor="white")
    ax.plot([k], [by_k.at[k, "stability"]], "o", color=ACCENT)
    ax.plot(by_k.index, by_k["null_stability"], "s:", color=NEUTRAL, markersize=4)
    last = by_k.iloc[-1]
    ax.annotate(
        "one blob", (by_k.index[-1], last["null_stability"]), (6, -3), textcoords="offset points"
    )
    ax.axhline(usable, color=SECOND, linestyle="--", linewidth=1)
    rim = [withStroke(linewidth=3, foreground="white")]
    for number, value in by_k["stability"].items():
        said = ax.annotate(f"{value:.2f}", (number, value), (5, 7), textcoords="offset points")
        said.set_path_effects(rim)
    ax.set(
        xlabel="number of segments",
        ylabel="stability (adjusted Rand index)",
        ylim=(0, 1.05),
        xticks=list(by_k.index),
    )
    return ax


def segment_flow(flow: pd.DataFrame, *, ax: Any = None) -> Any:
    """Draw where the segments of each number come from, as bands from k to k + 1.

    Blue bands lead to a segment that comes from one (SLSa from .70), orange ones to one that is put
    together anew.

    Parameters
    ----------
    flow : pandas.DataFrame
        `Structure.flow`.
    ax : matplotlib Axes, optional

    Returns
    -------
    matplotlib Axes
    """
    ax = _axes(ax, 7.0, 4.2)
    if not len(flow):
        ax.set_axis_off()
        ax.text(0.5, 0.5, "one number only: nothing flows", ha="center", transform=ax.transAxes)
        return ax
    for k, bands in flow.groupby("k"):
        left, right = _stacked(bands, "segment"), _stacked(bands, "next_segment")
        total = bands["customers"].sum()
        for row in bands.sort_values(["segment", "next_segment"]).itertuples():
            low, end, height = left[row.segment], right[row.next_segment], row.customers / total
            left[row.segment], right[row.next_segment] = low + height, end + height
            t = np.linspace(0, 1, 30)
            bend = low + (end - low) * (3 * t**2 - 2 * t**3)
            colour = ACCENT if row.slsa >= STEADY_ORIGIN else SECOND
            ax.fill_between(k + t, bend, bend + height, color=colour, alpha=0.35, linewidth=0.4)
    ks = sorted({*flow["k"], flow["k"].max() + 1})
    ax.set(xlabel="number of segments", ylabel="customers", xticks=ks, yticks=[])
    ax.spines["left"].set_visible(False)
    return ax


def _stacked(bands: pd.DataFrame, side: str) -> dict[Any, float]:
    """Lower end of each segment's stack, with a little air between."""
    sizes = bands.groupby(side)["customers"].sum() / bands["customers"].sum()
    starts = sizes.cumsum() - sizes + AIR * np.arange(len(sizes))
    return dict(zip(sizes.index, starts, strict=True))


def sizes(counts: pd.Series, total: float | None = None, *, ax: Any = None) -> Any:
    """Draw customers per segment as bars, with the share printed on each.

    Parameters
    ----------
    counts : pandas.Series
        Customers by segment; missing where they are withheld.
    total : float, optional
        All customers, where some are withheld; by default the counts' sum.
    """
    ax = _axes(ax, height=0.5 + 0.4 * len(counts))
    names = [str(name) for name in counts.index]
    bars = ax.barh(names, counts.fillna(0).to_numpy(), color=ACCENT)
    shares = counts / (total or counts.sum())
    ax.bar_label(bars, [" withheld" if pd.isna(share) else f" {share:.0%}" for share in shares])
    ax.invert_yaxis()
    ax.set(xlabel="customers")
    return ax


def effects(matrix: pd.DataFrame, *, ax: Any = None) -> Any:
    """Draw effects against the rest: a column of bars per segment, one row per trait.

    Parameters
    ----------
    matrix : pandas.DataFrame
        Cliff's delta (-1 to 1); traits in rows, segments in columns.
    """
    width = 2.4
    ax = _axes(ax, width=2.5 + 1.7 * matrix.shape[1], height=1 + 0.42 * len(matrix))
    rows = np.arange(len(matrix))
    for position, name in enumerate(matrix):
        deltas = matrix[name].to_numpy()
        colours = [ACCENT if abs(delta) >= CLEAR else FAINT for delta in deltas]
        ax.barh(rows, deltas, left=position * width, color=colours, height=0.7)
        ax.axvline(position * width, color=NEUTRAL, linewidth=0.8)
    ax.set_yticks(rows, [str(label) for label in matrix.index])
    ax.set_xticks([i * width for i in range(matrix.shape[1])], [_wrapped(str(n)) for n in matrix])
    ax.invert_yaxis()
    ax.set(xlabel="Cliff's delta against the rest: left lower, right higher; coloured from .33")
    return ax


def orders_over_time(months: pd.Series, *, label: str = "orders", ax: Any = None) -> Any:
    """Draw orders per month.

    Parameters
    ----------
    months : pandas.Series
        Number of orders, indexed by month.
    """
    ax = _axes(ax, height=2.8)
    ax.bar([f"{month:%b %y}" for month in months.index], months.to_numpy(), color=ACCENT)
    ax.tick_params(axis="x", rotation=45)
    ax.set(ylabel=f"{label} a month", xlabel="")
    return ax


def known_shares(shares: pd.Series, *, label: str = "customers", ax: Any = None) -> Any:
    """Draw for how many customers each trait is known, least known first.

    Parameters
    ----------
    shares : pandas.Series
        Share of customers by trait, 0 to 1.
    """
    least = shares.sort_values(kind="stable").head(MOST_BARS)
    ax = _axes(ax, height=0.8 + 0.24 * len(least))
    bars = ax.barh([str(name) for name in least.index], least.to_numpy(), color=ACCENT)
    ax.bar_label(bars, [f" {share:.1%}" for share in least])
    ax.invert_yaxis()
    ax.set(xlabel=f"share of {label} with a value", xlim=(0, 1.12))
    return ax


def distributions(frame: pd.DataFrame, labels: pd.Series) -> Any:
    """Draw each column: numbers as a histogram between percentiles 1 and 99, others as bars.

    Parameters
    ----------
    frame : pandas.DataFrame
        Numbers, ordered categories and texts; of a text the commonest levels are shown.
    labels : pandas.Series
        Label by column.

    Returns
    -------
    matplotlib Figure
    """
    import matplotlib.pyplot as plt

    across = min(3, frame.shape[1])
    down = -(-frame.shape[1] // across)
    figure, grid = plt.subplots(
        down, across, figsize=(3.2 * across, 2.2 * down), layout="constrained", squeeze=False
    )
    for ax in grid.flat[frame.shape[1] :]:
        ax.set_axis_off()
    for ax, (name, column) in zip(grid.flat, frame.items(), strict=False):
        _spread(_axes(ax), column.dropna())
        ax.set(xlabel=str(labels[name]))
    plt.close(figure)
    return figure


def _spread(ax: Any, values: pd.Series) -> None:
    if pd.api.types.is_numeric_dtype(values):
        ax.hist(values.clip(*values.quantile([0.01, 0.99])), bins=30, color=ACCENT)
        ax.set(yticks=[])
        return
    is_ordered = isinstance(values.dtype, pd.CategoricalDtype) and values.dtype.ordered
    counts = values.value_counts(sort=not is_ordered).head(MOST_LEVELS)
    ax.barh([str(level) for level in counts.index], counts.to_numpy(), color=ACCENT)
    ax.invert_yaxis()
    ax.set(xticks=[])


def customer_map(points: np.ndarray, labels: Sequence[str], *, ax: Any = None) -> Any:
    """Draw a two-dimensional map of customers, coloured by segment: an illustration, no evidence.

    Parameters
    ----------
    points : ndarray of shape (n_customers, 2)
    labels : sequence of str of length n_customers
        Segment per customer; at most six get a hue, the rest stay grey.
    """
    ax = _axes(ax, height=5)
    names = list(dict.fromkeys(sorted(labels)))
    for position, name in enumerate(names):
        inside = np.array([label == name for label in labels])
        hue = HUES[position] if position < len(HUES) else FAINT
        ax.scatter(*points[inside].T, s=5, color=hue, alpha=0.6, linewidths=0, rasterized=True)
        ax.annotate(name, np.median(points[inside], axis=0), ha="center", weight="bold", color=hue)
    ax.set(xticks=[], yticks=[], xlabel="distances between far points mean nothing here")
    return ax


def _wrapped(name: str) -> str:
    import textwrap

    return textwrap.fill(name, 16)
