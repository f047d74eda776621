"""Who moved since the last good run on other data: from where to where, in counts."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from segkit.disclosure import withheld, withheld_table
from segkit.errors import DataError
from segkit.features.store import load_features
from segkit.personas.facts import Fact, Rank, SegmentName, Sentence
from segkit.personas.measures import Measures, Weighted, scaled_weights
from segkit.reporting.kept import NAMES
from segkit.reporting.workspace import Run
from segkit.segments.identity import Match, match_segments
from segkit.segments.segmentation import Segmentation
from segkit.segments.store import load_segments

NEW, GONE = "new", "gone"
"""Customers of one run only."""


@dataclass(frozen=True)
class Earlier:
    """The last good run of the study on other data, or up to another date.

    Attributes
    ----------
    as_of : str
    segments : Segmentation
    names : dict of str to str
        Segment name by key, as that run's report had them.
    match : Match
    measures : Measures or None
        How shares were computed; None where they were not weighted and now are.
    """

    as_of: str
    segments: Segmentation
    names: Mapping[str, str]
    match: Match
    measures: Measures | None


def earlier_run(run: Run) -> Earlier | None:
    """Find the last good run to compare with.

    Runs of the same inputs and reference date are passed over: between them nobody moved, and a
    report made twice is the same report.
    """
    for record in _records(run):
        if record["inputs_sha256"] == dict(run.inputs) and record["as_of"] == run.study.as_of:
            continue
        private = run.study.processed / record["run"]
        try:
            before = load_segments(private / "segments")
        except DataError:  # of an older version, or deleted: there is nothing to compare with
            return None
        match = _matched(before, run)
        if match is None:
            return None
        names, measures = _names(private / "facts" / NAMES), _measures(run, before, private)
        return Earlier(record["as_of"], before, names, match, measures)
    return None


def _matched(before: Segmentation, run: Run) -> Match | None:
    """Which segment continues which; rules do by their names, and a rule continues no found one."""
    now = run.segments
    if set(before.model.columns) != set(now.model.columns):
        return None
    if "rules" not in {before.method, now.method}:
        return match_segments(before, now, run.features.bases)
    if before.method != now.method:
        return None
    old, new = (list(one.labels.cat.categories) for one in (before, now))
    rows = [{"segment_key": key, "previous_key": key if key in old else None} for key in new]
    return Match(pd.DataFrame(rows), tuple(key for key in old if key not in new), "customers")


def _records(run: Run) -> Iterator[dict]:  # type: ignore[type-arg]
    """Records of the good runs before this one, newest first."""
    for path in sorted(run.study.reports.glob("*/run.json"), reverse=True):
        folder = path.parent
        if not folder.is_symlink() and not folder.name.startswith(".") and folder.name != run.name:
            yield json.loads(path.read_text(encoding="utf-8"))


def _names(path: Path) -> dict[str, str]:
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _measures(run: Run, before: Segmentation, private: Path) -> Measures | None:
    if not run.study.weight:
        return Measures()
    try:
        weights = load_features(run.study, private / "features").weights
        assert weights is not None
        return Weighted(scaled_weights(weights, before.labels.index).to_numpy())
    except (OSError, KeyError, ValueError):  # deleted, or of before the study had weights
        return None


@dataclass(frozen=True)
class Movement:
    """Counts of customers by segment then and now.

    Attributes
    ----------
    earlier : Earlier
    segments : Segmentation
        Now.
    customers : str
        What they are called.
    """

    earlier: Earlier
    segments: Segmentation
    customers: str
    facts: dict[str, Fact] = field(default_factory=dict)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """Customers, one row per segment then (and `new`), one column per segment now (and `gone`)."""
        before, now = self.earlier.segments.labels, self.segments.labels
        everyone = before.index.union(now.index)
        then = before.astype("object").reindex(everyone).fillna(NEW)
        after = now.astype("object").reindex(everyone).fillna(GONE)
        table = pd.crosstab(then, after)
        rows = [*before.cat.categories, NEW]
        columns = [*now.cat.categories, GONE]
        table = table.reindex(index=rows, columns=columns, fill_value=0)
        return table.loc[table.any(axis=1), table.any(axis=0)]

    @cached_property
    def hidden(self) -> pd.DataFrame:
        """Which counts are kept back."""
        return withheld_table(self.counts)

    def cell(self, then: str, now: str) -> Fact:
        """How many went from one segment to another."""
        value = float("nan") if self.hidden.at[then, now] else float(self.counts.at[then, now])
        n = int(self.counts.loc[then].sum())
        base = f"{self.customers} of either run"
        return self._kept(Fact(f"{then}>{now}/moved/customers", value, self.customers, n, base))

    @property
    def shared(self) -> int:
        """Customers in both runs."""
        return int(self.counts.drop(index=NEW, columns=GONE, errors="ignore").to_numpy().sum())

    @property
    def stayed(self) -> Fact:
        """How many of the customers in both runs are in the segment that continues theirs."""
        pairs = self.earlier.match.table.dropna(subset="previous_key")
        same = sum(
            int(self.counts.at[row.previous_key, row.segment_key])
            for row in pairs.itertuples()
            if row.previous_key in self.counts.index and row.segment_key in self.counts.columns
        )
        share = same / self.shared if self.shared else float("nan")
        return self._kept(Fact("all/moved/stayed", share, "share", self.shared, "in both runs"))

    @property
    def largest(self) -> Fact | None:
        """The largest flow between two segments that aren't each other's continuation."""
        inner = self.counts.drop(index=NEW, columns=GONE, errors="ignore").astype("float64")
        for row in self.earlier.match.table.dropna(subset="previous_key").itertuples():
            if row.previous_key in inner.index and row.segment_key in inner.columns:
                inner.at[row.previous_key, row.segment_key] = 0
        visible = inner.mask(self.hidden.reindex_like(inner).astype(bool)).stack()
        if visible.empty or not visible.max() > 0:
            return None
        then, now = visible.idxmax()
        return self.cell(then, now)

    def share_before(self, key: str) -> Fact | None:
        """A segment's share of customers in the earlier run, where it continues one."""
        table = self.earlier.match.table.set_index("segment_key")
        if key not in table.index or pd.isna(table.at[key, "previous_key"]):
            return None
        measures, labels = self.earlier.measures, self.earlier.segments.labels
        if measures is None:
            return None
        old = table.at[key, "previous_key"]
        is_hidden = withheld(self.earlier.segments.sizes)[old]
        share = float("nan") if is_hidden else float(measures.share((labels == old).to_numpy()).value)
        name, n = f"{key}/size/share_before", len(labels)
        return self._kept(Fact(name, share, "share", n, "the run before", sample=measures.sample()))

    def sentences(self, called: Mapping[str, str]) -> list[Sentence]:
        """How many stayed, and the largest flow.

        Parameters
        ----------
        called : dict of str to str
            Segment name by key, now.
        """
        stayed, largest = self.stayed, self.largest
        if stayed.is_withheld:
            return []
        both = self._kept(Fact("all/moved/both", self.shared, self.customers, self.shared, "in both"))
        names = {"customers": self.customers, "date": self.earlier.as_of}
        template = "Of {both} {customers} in both runs, {stayed} are where they were on {date}."
        said = [Sentence(template, {"both": both, "stayed": stayed}, names)]
        if largest is not None:
            then, now = largest.id.split("/")[0].split(">")
            names["then"] = self.earlier.names.get(then, then)
            names["now"] = SegmentName(called[now], now)
            names["largest"] = Rank("largest", largest)
            template = "The {largest} move: {n} {customers} from {then} to {now}."
            said.append(Sentence(template, {"n": largest}, names))
        return said

    def _kept(self, fact: Fact) -> Fact:
        self.facts[fact.id] = fact
        return fact
