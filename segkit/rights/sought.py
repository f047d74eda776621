"""Whom a right is about: the ids they go by, told in cells, rows and free text."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from segkit.errors import DataError
from segkit.study import Study

FEW = 50
"""For more ids than this, free text is searched word by word instead of by pattern."""


@dataclass(frozen=True)
class Sought:
    """One or more customers who are looked for.

    Attributes
    ----------
    ids : frozenset of str
        As the tables hold them: ids, pseudonyms.
    columns : frozenset of str
        Columns that hold ids.

    Notes
    -----
    In a column of ids, an id is told whatever the blanks around it, a ".0" behind it, or the case of
    an e-mail address. Elsewhere it is told as a word of its own; but a number can be anything, so an
    id of digits alone is told in free text only where a whole line is no record.
    """

    ids: frozenset[str] = field(repr=False)
    columns: frozenset[str]

    @cached_property
    def folded(self) -> frozenset[str]:
        """The ids as they are compared."""
        return frozenset(_folded(one) for one in self.ids)

    @cached_property
    def words(self) -> frozenset[str]:
        """The ids that are no mere numbers."""
        return frozenset(one for one in self.folded if not one.isdigit())

    def is_one(self, cell: object) -> bool:
        """Whether a cell of an id column holds one of the ids."""
        return cell is not None and _folded(str(cell)) in self.folded

    def is_in(self, text: str, *, numbers: bool = False) -> bool:
        """Whether a text speaks of one of the ids."""
        wanted, low = self.folded if numbers else self.words, text.casefold()
        if len(wanted) <= FEW:
            return any(one in low and re.search(_as_word(one), low) for one in wanted)
        split = set(re.findall(r"[^\s,;|\"']+", low))
        return not split.isdisjoint(wanted) or any(
            one in low for one in wanted if re.search(r"[\s,;|\"']", one)
        )

    def cells(self, column: pa.ChunkedArray) -> pa.Array:
        """Which cells of an id column hold one of the ids."""
        text = pc.utf8_trim_whitespace(pc.cast(column, pa.string()))
        bare = pc.replace_substring_regex(text, r"\.0+$", "")
        is_mail = pc.match_substring(bare, "@")
        folded = pc.if_else(is_mail, pc.utf8_lower(bare), bare)
        return _filled(pc.is_in(folded, pa.array(sorted(self.folded), pa.string())))

    def mentions(self, column: pa.ChunkedArray) -> pa.Array:
        """Which cells of another column speak of one of the ids; none, for a great many ids."""
        if not self.words or len(self.words) > FEW or not _is_text(column.type):
            return nowhere(len(column))
        text: Any = pc.utf8_lower(pc.cast(column, pa.string()))
        pattern = "|".join(rf"(^|\W){re.escape(one)}(\W|$)" for one in sorted(self.words))
        return _filled(pc.match_substring_regex(text, pattern))


def normal_id(study: Study, given: str) -> str:
    """An id as the study's tables read it.

    Raises
    ------
    DataError
        It is empty, or the study's rows have no ids.
    """
    first = study.events[0] if study.only_events else "customers"
    main = study.tables["transactions" if study.has_orders else first]
    if "customer_id" not in main.columns:
        raise DataError(
            "the study's rows have no id: nobody in it can be told from another",
            "a study whose customer table maps a customer_id",
        )
    one = given.strip()
    reads = {spec.ids for spec in study.tables.values()}
    if "from_float" in reads:
        one = re.sub(r"\.0+$", "", one)
    if "email" in reads and "@" in one:
        one = one.lower()
    if not one:
        raise DataError("the id is empty", "a customer's id, or - to read it from standard input")
    return one


def sought(study: Study, ids: Iterable[str]) -> Sought:
    """Look for some ids in what a study holds."""
    mapped = [spec.columns.get("customer_id") for spec in study.tables.values()]
    columns = {str(name) for name in mapped if name is not None}
    return Sought(frozenset(ids), frozenset(columns | {"customer_id", "__index_level_0__"}))


def nowhere(n: int) -> pa.Array:
    """A mask of n rows that are all kept."""
    return pa.array([False] * n, pa.bool_())


def _folded(text: str) -> str:
    bare = re.sub(r"\.0+$", "", text.strip())
    return bare.lower() if "@" in bare else bare


def _as_word(one: str) -> str:
    return rf"(?<!\w){re.escape(one.casefold())}(?!\w)"


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _filled(mask: Any) -> pa.Array:
    filled = pc.fill_null(pc.cast(mask, pa.bool_()), False)
    return filled.combine_chunks() if isinstance(filled, pa.ChunkedArray) else filled
