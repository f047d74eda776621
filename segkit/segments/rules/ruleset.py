"""Rules as segments: written by people, proven to fit together before anyone is assigned."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from segkit.errors import StudyError
from segkit.segments.rules import sqltext
from segkit.segments.rules.form import Rule, kinds_of, read_rules
from segkit.segments.rules.lattice import Lattice, boxes, build_lattice
from segkit.segments.rules.proof import Proof
from segkit.shown import Shown, as_table, as_text

FORMAT = 1


@dataclass(frozen=True, eq=False, repr=False)
class RuleSet(Shown):
    """Segments by rules; made by `rule_set`.

    Attributes
    ----------
    rules : tuple of Rule
    values : dict of str to tuple of float
        Columns that hold nothing but these numbers and are never missing.
    lattice : Lattice
        Every kind of customer that the rules can tell apart.
    """

    rules: tuple[Rule, ...]
    values: Mapping[str, tuple[float, ...]]
    lattice: Lattice = field(repr=False)

    @property
    def names(self) -> list[str]:
        """Segment names, in the order of the rules."""
        return [rule.name for rule in self.rules]

    @property
    def columns(self) -> list[str]:
        """Columns that the rules read, by name."""
        return list(kinds_of(self.rules))

    @property
    def table(self) -> pd.DataFrame:
        """`segment_key` and `rule` in words, one row per rule."""
        return pd.DataFrame({"segment_key": self.names, "rule": [rule.words for rule in self.rules]})

    @property
    def reading(self) -> str:
        """What the rules read, and whether they may be used."""
        verdict = "" if self._proof.is_proven else "They can't be used yet: "
        told = f"{len(self.rules)} rules on {', '.join(self.columns)}."
        return f"{told} {verdict}{self._proof.reading}"

    @cached_property
    def _proof(self) -> Proof:
        return self.proof()

    @cached_property
    def _owners(self) -> tuple[np.ndarray, np.ndarray]:
        """Per cell: how many rules take it in (the remainder filled up), and the last that does."""
        hits = np.zeros(self.lattice.shape, dtype="int32")
        owner = np.full(self.lattice.shape, -1, dtype="int32")
        for place, rule in enumerate(self.rules):
            taken = hits == 0 if rule.is_rest else self.lattice.taken(rule)
            hits += taken
            owner[taken] = place
        return hits, owner

    def proof(self, frame: pd.DataFrame | None = None) -> Proof:
        """Prove that the rules fit together, or list where they don't.

        Parameters
        ----------
        frame : pandas.DataFrame, optional
            One row per customer, to count who is concerned. The verdict itself is about every
            possible customer and doesn't depend on it.

        Returns
        -------
        Proof

        Raises
        ------
        DataError
            The frame lacks a column of the rules, or holds another kind of value in it.

        Notes
        -----
        Exact: columns are cut at every number and level that a rule names, with the ends
        themselves, all other levels and the missing value apart, and each cell of the product is
        looked at.
        """
        hits, _ = self._owners
        counts = None if frame is None else self._counts(frame)
        gaps = self._regions([("", hits == 0)], counts).drop(columns="rules")
        overlaps = self._regions(self._conflicts(hits > 1), counts)
        return Proof(overlaps, gaps, hits.size, None if frame is None else len(frame))

    def _counts(self, frame: pd.DataFrame) -> np.ndarray:
        counts = np.bincount(self.lattice.cells(frame), minlength=self._owners[0].size)
        return counts.reshape(self.lattice.shape)

    def _conflicts(self, cells: np.ndarray) -> Iterable[tuple[str, np.ndarray]]:
        """Split cells by the very set of rules that takes them in."""
        rules = [rule for rule in self.rules if not rule.is_rest]
        sets = np.array([self.lattice.taken(rule)[cells] for rule in rules]).T
        for members in np.unique(sets, axis=0):
            same = np.zeros_like(cells)
            same[cells] = (sets == members).all(axis=1)
            both = [rule.name for rule, is_in in zip(rules, members, strict=True) if is_in]
            yield " + ".join(both), same

    def _regions(
        self, parts: Iterable[tuple[str, np.ndarray]], counts: np.ndarray | None
    ) -> pd.DataFrame:
        rows = [
            (rules, self.lattice.words(box), None if counts is None else counts[np.ix_(*box)].sum())
            for rules, cells in parts
            for box in boxes(cells)
        ]
        table = pd.DataFrame(rows, columns=["rules", "region", "customers"])
        table["customers"] = table["customers"].astype("Int64")
        order = ["customers", "rules", "region"]
        return table.sort_values(order, ascending=[False, True, True], ignore_index=True)

    def labels(self, frame: pd.DataFrame) -> pd.Series:
        """Put customers into the segments, once the rules are proven.

        Parameters
        ----------
        frame : pandas.DataFrame
            One row per customer; other columns are ignored.

        Returns
        -------
        pandas.Series of shape (n_customers,)
            `segment_key`, the rule's name; categories in the order of the rules.

        Raises
        ------
        StudyError
            The rules overlap or leave a gap, be it for a customer whom the frame doesn't hold. It
            lists where, with counts; the order of the rules never decides.
        DataError
            As `proof`.
        """
        cells = self.lattice.cells(frame)
        self.require_proof(frame)
        codes = self._owners[1].ravel()[cells]
        keys = pd.Categorical.from_codes(codes, categories=self.names)
        return pd.Series(keys, index=frame.index, name="segment_key")

    def require_proof(self, frame: pd.DataFrame | None = None) -> None:
        """Refuse rules that overlap or leave a gap."""
        if self._proof.is_proven:
            return
        raise StudyError(
            f"the rules of segments don't fit together: {self.proof(frame).reading}",
            "rules that put every possible customer into exactly one segment",
            "Change their conditions; a last rule with otherwise: true takes in what is left",
        )

    def to_sql(self, table: str, key: str = "customer_id") -> str:
        """Write the rules as one SELECT with one CASE.

        Parameters
        ----------
        table : str
            A dot separates schema and table.
        key : str, default "customer_id"
            Column that is handed through.

        Returns
        -------
        str
            SQL for DuckDB that gives `key` and `segment_key`, the same as `labels`.

        Raises
        ------
        StudyError
            As `labels`.
        ParameterError
            Two column names differ in upper and lower case only.
        """
        return self.sql_from(sqltext.typed(table, key, kinds_of(self.rules)), key)

    def sql_from(self, source: str, key: str) -> str:
        """Write the rules as SQL on a SELECT that gives their columns; see `to_sql`."""
        self.require_proof()
        listed = [f"{sqltext.quoted(name)} IS NOT NULL" for name in self.columns if name in self.values]
        rest = " AND ".join(listed) or sqltext.ALWAYS
        whens = [(rest if rule.is_rest else rule.sql, rule.name) for rule in self.rules]
        return sqltext.labelled(key, whens, source)

    def to_dict(self) -> dict[str, Any]:
        """Return the rules as plain text, lists and numbers, for JSON or YAML."""
        return {
            "format": FORMAT,
            "rules": [rule.to_plain() for rule in self.rules],
            "values": {column: list(values) for column, values in self.values.items()},
        }

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> "RuleSet":
        """Read what `to_dict` returned, checked as `rule_set` checks it."""
        if saved.get("format") != FORMAT:
            raise StudyError(f"the rules have format {saved.get('format')!r}", f"format {FORMAT}")
        return rule_set(saved.get("rules", ()), values=saved.get("values"))

    def _repr_html_(self) -> str:
        return as_text(self.reading) + as_table(self.table, index=False)


def rule_set(
    rules: Sequence[Mapping[str, Any]], *, values: Mapping[str, Iterable[float]] | None = None
) -> RuleSet:
    """Read segments that are given as rules.

    Parameters
    ----------
    rules : list of dict
        As under `segments` in study.yaml. Each has a `name` and one of: `where`, a mapping from
        column to condition, all of which hold; `any`, a list of such mappings of which one holds;
        `otherwise: true`, everyone whom no other rule takes in, as the last rule. A condition is a
        number, a text, true or false (equal to it), a list of them (one of it), `{missing: true}`
        or `{missing: false}`, or for numbers one or two of `from` (inclusive), `above`, `to`
        (inclusive) and `below`. Only `missing: true` and `otherwise` take in missing values.
    values : dict of str to list of float, optional
        Columns that hold nothing but these numbers and are never missing, such as scores from 1 to
        5; the proof is then over these numbers instead of all.

    Returns
    -------
    RuleSet
        Not yet proven: `proof()` says whether it fits together, `labels` refuses unless it does.

    Raises
    ------
    StudyError
        An unknown word, named with its nearest; a condition that nothing can meet; a column that
        is compared with two kinds of value; or more than 2,000,000 kinds of customer.

    Examples
    --------
    >>> import pandas as pd
    >>> rules = rule_set([
    ...     {"name": "Young urban", "where": {"age": {"from": 25, "to": 35}, "area": "city"}},
    ...     {"name": "Young", "where": {"age": {"below": 36}}},
    ... ])
    >>> rules.proof().overlaps.loc[0, "region"]
    'age from 25 to 35; area is city'
    >>> rules.proof().gaps.loc[0, "region"]
    'age from 36 or missing'
    >>> rules = rule_set([
    ...     {"name": "Young urban", "where": {"age": {"from": 25, "to": 35}, "area": "city"}},
    ...     {"name": "Everyone else", "otherwise": True},
    ... ])
    >>> frame = pd.DataFrame({"age": [25, 36, None], "area": ["city", "city", "city"]})
    >>> rules.labels(frame).tolist()
    ['Young urban', 'Everyone else', 'Everyone else']
    """
    read = read_rules(rules)
    numbers = {column: tuple(map(float, listed)) for column, listed in (values or {}).items()}
    _check_values(read, numbers)
    return RuleSet(read, numbers, build_lattice(read, numbers))


def _check_values(rules: tuple[Rule, ...], values: Mapping[str, tuple[float, ...]]) -> None:
    for column, kind in kinds_of(rules).items():
        if column not in values:
            continue
        if kind in ("text", "truth"):
            raise StudyError(f"'{column}' holds numbers, and the rules compare it with {kind}")
        listed = {
            part.low
            for rule in rules
            for where in rule.alternatives
            if column in where
            for part in where[column].intervals
            if part.is_point
        }
        odd = sorted(listed - set(values[column]))
        if odd:
            raise StudyError(f"a rule asks for {column} {odd[0]:g}", f"one of {values[column]}")
