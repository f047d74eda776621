"""Where one table of a study is, and how it is read."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

ORDER_MONEY = ("order_discount", "order_refund")
"""Money that an order has once, spread over its lines, in the order in which it is taken off."""


@dataclass(frozen=True)
class TableSpec:
    """Where one table is and how to read it.

    Attributes
    ----------
    file : str or list of str
        CSV (also gzipped) or Parquet, relative to the study's folder; `package:NAME/PATH` for a
        file that an installed package carries. Several files with the same columns, listed or named
        by a pattern ("orders_*.csv"), are one table.
    columns : dict
        segkit's name -> the name in the file (a list of names is summed, for `discount`).
    delimiter, encoding, date_format : str
        Stated, never guessed at run time: `segkit new` guesses once and writes them down.
    decimal, thousands : str
        Where they aren't stated, a column's own values settle them; one that can be read two ways is
        refused.
    timezone : str, optional
        Zone of the file's times; they are turned into the study's zone.
    header : list of str, optional
        Column names of a file that has no header line.
    ids : {"text", "from_float", "email"}
        `from_float` takes "12346.0" for the id 12346; `email` takes addresses for one id whatever
        their case.
    skip_lines, extra_header_rows, footer : int
        Lines before the header, header rows under the names, and closing lines that hold
        something: read as what they are, not as records.
    set_aside : dict, optional
        Reason -> {column: values}: rows of the customer table that don't count, such as previews.
    fill_down : dict, optional
        `by` and `columns`: cells that an export writes on an order's first line only.
    join : dict, optional
        `file` and `by`: a second file whose columns are added by a shared key.
    via : dict, optional
        `source` and `column`: the table about customers, and its column, that holds what this table
        maps as customer_id, such as addresses; its own ids are put for them.
    stated : tuple of str
        Which of `decimal` and `thousands` the study states; what it doesn't, a column's values settle.
    marks : dict of str to tuple of str
        Column -> the decimal and thousands marks that its values settle.
    means : dict
        Of an event table: what its words mean and how its rows are counted; see `segkit.study.events`.
    """

    file: str | list[str]
    columns: Mapping[str, str | list[str]]
    delimiter: str = ","
    encoding: str = "utf-8"
    decimal: str = "."
    thousands: str = ""
    date_format: str = "ISO8601"
    timezone: str | None = None
    header: list[str] | None = None
    ids: str = "text"
    skip_lines: int = 0
    extra_header_rows: int = 0
    footer: int = 0
    set_aside: Mapping[str, Mapping[str, Any]] | None = None
    fill_down: Mapping[str, Any] | None = None
    join: Mapping[str, str] | None = None
    via: Mapping[str, str] | None = None
    stated: tuple[str, ...] = ()
    marks: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    means: Mapping[str, Any] = field(default_factory=dict)

    @property
    def files(self) -> list[str]:
        """Its file or files, as the study names them."""
        return [self.file] if isinstance(self.file, str) else list(self.file)

    @property
    def mapped(self) -> dict[str, list[str]]:
        """segkit's name -> the file's column, or the several that it is made of."""
        return {
            ours: [theirs] if isinstance(theirs, str) else list(theirs)
            for ours, theirs in self.columns.items()
        }


def has_money(columns: Collection[str]) -> bool:
    """Whether the columns of order lines say what a line cost."""
    return "amount" in columns or {"quantity", "unit_price"} <= {*columns}


def table_spec(given: Mapping[str, Any]) -> TableSpec:
    """A table as the study states it: how its file is read, and what its words mean."""
    own = {one.name for one in fields(TableSpec)}
    means = {key: value for key, value in given.items() if key not in own}
    stated = tuple(key for key in ("decimal", "thousands") if key in given)
    read = {key: value for key, value in given.items() if key in own}
    return TableSpec(**read, stated=stated, means=means)
