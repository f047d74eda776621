"""An exploration as HTML: no script, no request, no customer; light enough for a notebook."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from segkit.disclosure import said
from segkit.exploration.cards import cards
from segkit.exploration.odd import FENCE
from segkit.exploration.strips import bars, meter
from segkit.exploration.usable import CAN, CANNOT, DESCRIBES
from segkit.shown import NO_FORMULA

if TYPE_CHECKING:
    from segkit.exploration.result import Exploration

MOST_PAIRS = 15
STYLE = Markup(
    "<style>.sgx{font-size:14px;line-height:1.45;max-width:64rem;color:inherit}"
    ".sgx h4{font-size:1.1em;margin:1.6em 0 .3em}.sgx h5{font-size:1em;margin:1.1em 0 .4em}"
    ".sgx p{margin:.3em 0;max-width:48rem}.sgx .q{opacity:.72;font-size:.92em}"
    ".sgx .w{overflow-x:auto}.sgx table{border-collapse:collapse;margin:.5em 0;font-size:1em}"
    ".sgx.sgx :is(th,td){text-align:left;vertical-align:baseline;padding:.25em .9em .25em 0;"
    "border-bottom:1px solid #8884;font-weight:400;white-space:normal}"
    ".sgx.sgx thead th{font-size:.88em;opacity:.72}.sgx.sgx .n{text-align:right;"
    "font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".sgx td.m{background:linear-gradient(#0072b2,#0072b2) 0 100%/var(--s) 3px no-repeat;min-width:6em}"
    ".sgx .g{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,10.5rem),1fr));"
    "gap:1.1em 1.4em;margin:.5em 0}.sgx .c{min-width:0;overflow-wrap:anywhere}.sgx .c b{display:block}"
    ".sgx svg{width:100%;height:44px;display:block;margin:.2em 0;border-bottom:1px solid #8886}"
    ".sgx path{fill:#0072b2}.sgx dl{display:grid;grid-template-columns:max-content 1fr;"
    "gap:.15em .9em;margin:.3em 0}.sgx dt{opacity:.72}.sgx dd{margin:0;overflow-wrap:anywhere}"
    "@media(max-width:34rem){.sgx dl{grid-template-columns:1fr}.sgx dd{margin-bottom:.4em}}</style>"
)


def page_of(found: "Exploration", parts: Sequence[str]) -> Markup:
    """The named parts of an exploration, one below the other."""
    sections = (_SECTIONS[name](found) for name in parts)
    titles = len(parts) > 1
    body = Markup("").join(
        (Markup("<h4>{}</h4>").format(_TITLES[name]) if titles else Markup("")) + section
        for name, section in zip(parts, sections, strict=True)
        if section
    )
    return STYLE + Markup('<div class="sgx {}">{}</div>').format(NO_FORMULA, body)


def table(head: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: int = 0) -> Markup:
    """A table that scrolls in itself on a narrow screen.

    Parameters
    ----------
    head : sequence of str
    rows : iterable of sequence
        Cells; a Markup that starts with `<td` is put in as it is.
    numbers : int
        How many columns from the second on are set right.
    """
    top = Markup("").join(
        Markup('<th scope="col" class="{}">{}</th>').format("n" if 1 <= i <= numbers else "", word)
        for i, word in enumerate(head)
    )
    body = Markup("").join(
        Markup("<tr>{}</tr>").format(
            Markup("").join(_cell(cell, 1 <= i <= numbers) for i, cell in enumerate(row))
        )
        for row in rows
    )
    return Markup(
        '<div class="w"><table><thead><tr>{}</tr></thead><tbody>{}</tbody></table></div>'
    ).format(top, body)


def _cell(cell: object, is_number: bool) -> Markup:
    if isinstance(cell, Markup) and cell.startswith("<td"):
        return cell
    return Markup('<td class="n">{}</td>' if is_number else "<td>{}</td>").format(cell)


def _said(text: str) -> Markup:
    return Markup('<p class="q">{}</p>').format(text) if text else Markup("")


def _completeness(found: "Exploration") -> Markup:
    lacking = found.completeness[found.completeness["share"] < 1]
    reasons = {
        name: "; ".join(f"{row.reason} {row.customers:,}" for row in part.itertuples())
        for name, part in found.missing.groupby("column", sort=False)
    }
    rows = [
        (found.label(name), meter(row["share"]), f"{found.n - row['customers']:,.0f}", reasons[name])
        for name, row in lacking.iterrows()
    ]
    whole = found.completeness.index[found.completeness["share"] == 1]
    complete = ", ".join(found.label(name) for name in found.usable.index if name in set(whole))
    notes = Markup("").join(_said(f"Note: {notice}.") for notice in found.notices)
    shown = table(("column", "known", "missing", "why there is no value"), rows, numbers=2)
    return (
        (shown if rows else Markup(""))
        + _said(f"Complete: {complete}." if complete else "No column is complete.")
        + notes
    )


def _outliers(found: "Exploration") -> Markup:
    if found.outliers.empty:
        return _said("No odd value by any of the rules.")
    rows = [
        (found.label(row.column), said(row.customers), row.rule, row.why)
        for row in found.outliers.itertuples()
    ]
    legend = _said(
        f"Far: more than {FENCE:g} interquartile ranges beyond a quartile (on a log scale where a tail "
        "is long). Odd is not wrong: look before you take anything out."
    )
    return table(("column", found.customers, "rule", "why it is odd"), rows, numbers=1) + legend


def _relations(found: "Exploration") -> Markup:
    rows = [
        (found.label(row.one), f"{row.strength:.2f}", found.label(row.other), row.measure)
        for row in found.relations.head(MOST_PAIRS).itertuples()
    ]
    if not rows:
        return _said("Fewer than two columns can be held against each other.")
    more = len(found.relations) - len(rows)
    left = (
        _said(f"The strongest {len(rows)} of {len(found.relations):,} pairs.") if more else Markup("")
    )
    return table(("column", "strength", "column", "measure"), rows, numbers=1) + left


def _sources(found: "Exploration") -> Markup:
    rows = [
        (row.source, meter(row.share), f"{row.customers:,}", _days(row.newest_days))
        for row in found.sources.itertuples()
    ]
    head = ("source", f"knows of the {found.customers}", "number", "newest record")
    shown = table(head, rows, numbers=2) if rows else Markup("")
    if len(found.months):
        first, last = found.months.index[[0, -1]]
        words = f"Orders a month, {first} to {last}"
        shown += _said(f"{words}.") + bars(found.months.to_numpy(), words)
    joined = (Markup(result._repr_html_()) for result in found.joined.values())
    return shown + Markup("").join(joined)


def _days(days: float) -> str:
    if pd.isna(days):
        return "no date"
    return f"{days:,.0f} {'day' if days == 1 else 'days'} before as_of"


def _personal(found: "Exploration") -> Markup:
    if found.personal.empty:
        return _said("No column looks like personal data. That is a search, not a proof.")
    return table(("column", "likely holds", "why"), found.personal.itertuples(index=False))


def _usable(found: "Exploration") -> Markup:
    parts = [_basis(found, str(basis)) for basis in found.bases.index]
    return Markup("").join(parts)


def _basis(found: "Exploration", basis: str) -> Markup:
    own = found.usable[found.usable["basis"] == basis]
    title = Markup("<h5>{}</h5>").format(basis.capitalize() if basis != "not known" else _NO_BASIS)
    if own.empty:
        return title + _said("Nothing in these data.")
    lines = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(word, _columns(part))
        for word, part in ((one, own[own["verdict"] == one]) for one in (CAN, DESCRIBES, CANNOT))
        if len(part)
    )
    by_name = int((own["basis_from"] == "its name").sum())
    guessed = _said(f"{by_name:,} of these {len(own):,} by the column's name alone.") if by_name else ""
    return title + Markup("<dl>{}</dl>").format(lines) + guessed


_NO_BASIS = "Basis not known: the study doesn't say, and the name doesn't tell"


def _columns(part: pd.DataFrame) -> str:
    """Labels, gathered under the reason that they share."""
    groups = part.groupby("why", sort=False)["label"].agg(", ".join)
    return "; ".join(f"{labels} ({why})" if why else labels for why, labels in groups.items())


_SECTIONS = {
    "completeness": _completeness,
    "outliers": _outliers,
    "distributions": cards,
    "relations": _relations,
    "sources": _sources,
    "personal": _personal,
    "usable": _usable,
}
_TITLES = {
    "completeness": "What is there, and why the rest is missing",
    "outliers": "What is odd",
    "distributions": "How it is spread",
    "relations": "What says the same",
    "sources": "Where it comes from",
    "personal": "Likely personal data",
    "usable": "What these data can and can't segment by",
}
