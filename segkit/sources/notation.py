"""Which mark parts a number's fraction and which its thousands: stated, or settled by the column."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from segkit.errors import DataError
from segkit.study.tables import TableSpec

OTHER = {".": ",", ",": "."}
Forms = Mapping[str, int]
"""The form of a number ("9.999,99", a zero in front kept) -> how many values have it."""


@dataclass(frozen=True)
class Told:
    """What the values of one column say of their notation.

    Attributes
    ----------
    clear : dict of str to int
        Decimal mark -> values that can be read with no other.
    doubtful : dict of str to int
        Mark -> values such as 99.999, in which it may part thousands or a fraction.
    grouped : dict of tuple to int
        (decimal mark, thousands mark) -> values whose thousands it parts.
    """

    clear: Mapping[str, int]
    doubtful: Mapping[str, int]
    grouped: Mapping[tuple[str, str], int]

    @property
    def below_1000(self) -> "Told":
        """The same of numbers that are below a thousand by what they are: a mark parts a fraction."""
        sure = {mark: n + self.doubtful[mark] for mark, n in self.clear.items()}
        return Told(sure, dict.fromkeys(self.doubtful, 0), {})

    @property
    def n_doubtful(self) -> int:
        """Values that can be read two ways."""
        return sum(self.doubtful.values())


def form_of(digits: str) -> str:
    """The form of a number without sign and currency.

    Examples
    --------
    >>> form_of("61.135"), form_of("0.135"), form_of("1'200,5")
    ('99.999', '0.999', "9'999,9")
    """
    form = re.sub("[0-9]", "9", digits)
    return f"0{form[1:]}" if digits.startswith("0") else form


def tell(forms: Forms) -> Told:
    """What a column's forms say.

    Examples
    --------
    >>> tell({"99.999": 3, "9.999,99": 2}).clear
    {'.': 0, ',': 2}
    """
    clear = {mark: _count(forms, _clear(mark)) for mark in OTHER}
    doubtful = {mark: _count(forms, rf"9{{1,3}}{re.escape(mark)}9{{3}}") for mark in OTHER}
    pairs = [(mark, group) for mark, other in OTHER.items() for group in (other, "'", " ")]
    grouped = {pair: _count(forms, _grouped(*pair)) for pair in pairs}
    return Told(clear, doubtful, grouped)


def _count(forms: Forms, pattern: str) -> int:
    return sum(n for form, n in forms.items() if re.fullmatch(pattern, form))


def _clear(mark: str) -> str:
    point, group = re.escape(mark), re.escape(OTHER[mark])
    n = "[09]"
    return (
        rf"(?:{n}9*{point}(?:9{{1,2}}|9{{4,}})|0{point}9{{3}}|{n}9{{3,}}{point}9{{3}}|{point}9+"
        rf"|{n}9{{0,2}}(?:[{group}' ]9{{3}})+{point}9+|{n}9{{0,2}}(?:{group}9{{3}}){{2,}})"
        r"(?:[eE][+-]?9+)?"
    )


def _grouped(mark: str, group: str) -> str:
    return rf"[09]9{{0,2}}(?:{re.escape(group)}9{{3}})+(?:{re.escape(mark)}9*)?"


def settle_marks(
    told: Told, spec: TableSpec, limit: float, *, default: str = ""
) -> tuple[str, str] | None:
    """The decimal and thousands marks of a column; None where its values can be read two ways.

    Parameters
    ----------
    told : Told
    spec : TableSpec
        What it states counts; the rest is settled by values that can be read in one way only.
    limit : float
        Largest share of them that may be written the other way, 0 to 1; these are unreadable.
    default : {"", "."}
        "." where "99,999" is no doubt: sizes such as 1,001-5,000 are in thousands.
    """
    decimal = spec.decimal
    if "thousands" in spec.stated and spec.thousands in OTHER:
        decimal = OTHER[spec.thousands]
    elif "decimal" not in spec.stated:
        settled = _decimal(told, limit, default)
        if settled is None:
            return None
        decimal = settled
    if "thousands" in spec.stated:
        return decimal, spec.thousands
    counts = {group: n for (mark, group), n in told.grouped.items() if mark == decimal and n}
    return decimal, max(counts, key=lambda group: counts[group]) if counts else spec.thousands


def _decimal(told: Told, limit: float, default: str) -> str | None:
    n_clear = sum(told.clear.values())
    doubtful = told.doubtful["."] if default else told.n_doubtful
    if not n_clear:
        return None if doubtful else "."
    best = max(told.clear, key=lambda mark: told.clear[mark])
    if n_clear - told.clear[best] > limit * n_clear:
        return None if doubtful else default or best
    return best


def settled_for(
    column: str,
    forms: Forms,
    spec: TableSpec,
    where: str,
    limit: float,
    *,
    default: str = "",
    below_1000: bool = False,
) -> tuple[TableSpec, list[str]]:
    """The table's spec with the marks of one column, and what to say of them.

    Of coordinates and the like (`below_1000`) no value can be read two ways.

    Raises
    ------
    DataError
        The study states no notation, and the column's values can be read two ways.
    """
    told = tell(forms).below_1000 if below_1000 else tell(forms)
    marks = settle_marks(told, spec, limit, default=default)
    if marks is None:
        raise _doubtful(column, told, where)
    if marks == (spec.decimal, spec.thousands) and not told.n_doubtful:
        return spec, []
    n_clear, n_other = told.clear[marks[0]], told.clear[OTHER[marks[0]]]
    known = replace(spec, marks={**spec.marks, column: marks})
    is_usual = marks == (spec.decimal, spec.thousands) and told.n_doubtful <= n_clear
    if spec.stated or not n_clear or is_usual or (default and n_other):
        return known, []
    thousands = f" and thousands '{marks[1]}'" if marks[1] else ""
    return known, [
        f"{where}: '{column}' is read with decimal '{marks[0]}'{thousands}, since {n_clear:,} of its "
        "values can be read in no other way (`decimal` and `thousands` of this table state it)"
    ]


def marked(spec: TableSpec, column: str) -> TableSpec:
    """The table's spec with the marks by which one of its columns is read."""
    if column not in spec.marks:
        return spec
    decimal, thousands = spec.marks[column]
    return replace(spec, decimal=decimal, thousands=thousands)


def _doubtful(column: str, told: Told, where: str) -> DataError:
    shown = " or ".join(f"'99{mark}999' ({n:,})" for mark, n in told.doubtful.items() if n)
    clear = " and ".join(f"{n:,} with decimal '{mark}'" for mark, n in told.clear.items() if n)
    others = f"its other values are written in two ways, {clear}" if clear else "no value settles it"
    return DataError(
        f"{where}: values of '{column}' such as {shown} can be read two ways, as a number in "
        f"thousands or with a fraction, and {others}",
        "a stated notation: `decimal` and `thousands` of this table in study.yaml",
        _fix(next(mark for mark, n in told.doubtful.items() if n)),
    )


def _fix(mark: str) -> str:
    other = OTHER[mark]
    return (
        f'Add `decimal: "{other}"` and `thousands: "{mark}"` if \'99{mark}999\' stands for 99 '
        f'thousand, or `decimal: "{mark}"` if it lies between 99 and 100'
    )


def joined_forms(numbers: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Count the forms of some numbers, each given with how often it comes."""
    forms: dict[str, int] = {}
    for digits, n in numbers:
        form = form_of(digits)
        forms[form] = forms.get(form, 0) + n
    return forms
