"""The lint that every report passes before it is published."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from segkit.errors import RunError
from segkit.personas.facts import Fact
from segkit.personas.measures import Sample
from segkit.reporting.lint.finding import Finding
from segkit.reporting.lint.form import LANDMARKS, check_form
from segkit.reporting.lint.numbers import check_bases, check_numbers
from segkit.reporting.lint.ranks import check_ranks
from segkit.reporting.lint.tree import parse

MOST_SHOWN = 5
LARGEST = 500_000
"""Bytes above which no page is published."""


def check_page(
    html: str,
    facts: Mapping[str, Fact],
    names: Mapping[str, str],
    *,
    landmarks: Sequence[str] = LANDMARKS,
) -> list[Finding]:
    """Check a finished report, or a message brief, against the facts it claims to rest on.

    Parameters
    ----------
    html : str
        The page.
    facts : dict of str to Fact
        Every fact by its id; see `read_facts`.
    names : dict of str to str
        Segment name by key.
    landmarks : sequence of str
        Elements that the page has one of; a brief has no list of contents.

    Returns
    -------
    list of Finding
        Empty for a page that may be published. A number is a fact's, in that fact's own formatting,
        beside the segment it belongs to. A sentence holds at least one, and as many as its template
        has slots. A digit outside of facts stands in a text marked as the study's, the library's, the
        data check's or an analyst's. Words of direction agree with sign, size and range, words of
        rank with the facts of all that is ranked. No base tells of the few of
        a segment who lack a value.

    Examples
    --------
    >>> share = Fact("all/share", 0.31, "share", 2469, "customers")
    >>> page = '<p><span data-computed="1"><data data-fact="all/share">{}</data> came.</span></p>'
    >>> [str(one) for one in check_page(page.format("32%"), {"all/share": share}, {})][0]
    "changed number: all/share prints '32%', not '31%'"
    """
    tree = parse(html)
    found = [
        *check_numbers(tree, facts, names),
        *check_bases(facts, names),
        *check_ranks(tree, facts, names),
        *check_form(tree, landmarks),
    ]
    if len(html.encode()) > LARGEST:
        found.append(Finding("too large", f"{len(html.encode()):,} bytes"))
    return found


def require_clean(
    html: str,
    facts: Mapping[str, Fact],
    names: Mapping[str, str],
    *,
    what: str = "report",
    landmarks: Sequence[str] = LANDMARKS,
) -> None:
    """Refuse to publish a page that the lint finds fault with.

    Raises
    ------
    RunError
        With the first faults.
    """
    found = check_page(html, facts, names, landmarks=landmarks)
    if found:
        more = f" and {len(found) - MOST_SHOWN} more" if len(found) > MOST_SHOWN else ""
        said = "; ".join(str(one) for one in found[:MOST_SHOWN])
        raise RunError(
            f"the {what}'s lint found {said}{more}",
            fix="Nothing is published; this is a fault of a template or of a fact, not of your data",
        )


def read_facts(text: str) -> dict[str, Fact]:
    """Facts by id, from the text of a facts.json."""
    known = Fact.__dataclass_fields__
    records: list[dict[str, Any]] = json.loads(text)
    kept = [{name: value for name, value in one.items() if name in known} for one in records]
    samples = [
        Sample(*(one[name] for name in Sample._fields)) if "effective_n" in one else None
        for one in records
    ]
    return {
        one["id"]: Fact(**one | {"levels": tuple(one.get("levels", ())), "sample": sample})
        for one, sample in zip(kept, samples, strict=True)
    }
