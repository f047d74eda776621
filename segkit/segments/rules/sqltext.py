"""SQL as text: quoting, exact numbers, and the one shape that every assignment rule takes."""

from collections.abc import Iterable, Mapping
from textwrap import indent

from segkit.errors import ParameterError

LABEL = "segment_key"
ALWAYS = "TRUE"
"""The condition of a last CASE branch that takes in what is left."""
DIGITS_OF_A_DOUBLE = 15
"""Decimal numbers of up to so many digits are read back exactly."""


def quoted(name: str) -> str:
    """A column or table name that SQL takes as it is; a dot would be part of the name.

    Examples
    --------
    >>> print(quoted('the "new" ones'))
    "the ""new"" ones"
    """
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as a literal.

    Examples
    --------
    >>> text("Can't lose them")
    "'Can''t lose them'"
    """
    return "'" + value.replace("'", "''") + "'"


def number(value: float) -> str:
    """A number as a literal that is read back as the very same DOUBLE.

    Examples
    --------
    >>> number(25.0), number(0.1), number(0.1 + 0.2)
    ('25', '0.1', '0.30000000000000004e0')
    """
    if value.is_integer() and abs(value) < 10**DIGITS_OF_A_DOUBLE:
        return str(int(value))
    written = repr(value)
    is_short = sum(sign.isdigit() for sign in written) <= DIGITS_OF_A_DOUBLE
    return written if is_short or "e" in written else f"{written}e0"


def typed(table: str, key: str, kinds: Mapping[str, str | None]) -> str:
    """Select the key and the rules' columns, each in the one type that it is compared in.

    Parameters
    ----------
    table : str
        A dot separates schema and table.
    key : str
        The customers' key.
    kinds : dict of str to {"number", "text", "truth"} or None
        Column -> what it is compared with. NaN becomes NULL.

    Raises
    ------
    ParameterError
        Two of the names differ in upper and lower case only, which SQL doesn't tell apart.
    """
    _check_names([key, *kinds])
    columns = ",\n".join([quoted(key), *(_column(name, kind) for name, kind in kinds.items())])
    named = ".".join(quoted(part) for part in table.split("."))
    return f"SELECT\n{indent(columns, '  ')}\nFROM {named}"


def labelled(key: str, whens: Iterable[tuple[str, str]], source: str) -> str:
    """Select the key and one CASE that names the segment; `whens` are (condition, name)."""
    *most, (last, rest) = whens
    branches = [f"WHEN {condition} THEN {text(name)}" for condition, name in most]
    is_rest = bool(most) and last == ALWAYS
    branches.append(f"ELSE {text(rest)}" if is_rest else f"WHEN {last} THEN {text(rest)}")
    case = "\n".join(["CASE", *(f"  {branch}" for branch in branches), f"END AS {quoted(LABEL)}"])
    return derived([quoted(key), case], source)


def derived(columns: Iterable[str], source: str) -> str:
    """Select columns from another SELECT."""
    listed = indent(",\n".join(columns), "  ")
    return f"SELECT\n{listed}\nFROM (\n{indent(source, '  ')}\n) AS source"


def truth(value: bool) -> str:
    """True or false as a literal."""
    return "TRUE" if value else "FALSE"


def among(column: str, literals: list[str], others: bool) -> str:
    """Ask whether an already quoted column is one of some literals, or none of them."""
    if len(literals) == 1:
        return f"{column} {'<>' if others else '='} {literals[0]}"
    return f"{column} {'NOT IN' if others else 'IN'} ({', '.join(literals)})"


def either(conditions: list[str]) -> str:
    """Join conditions by OR, each in parentheses that is made of several itself.

    Examples
    --------
    >>> either(["a IS NULL", "a > 1 AND a <= 2"])
    '(a IS NULL OR (a > 1 AND a <= 2))'
    """
    if len(conditions) == 1:
        return conditions[0]
    return f"({' OR '.join(f'({one})' if ' AND ' in one else one for one in conditions)})"


def _column(name: str, kind: str | None) -> str:
    column = quoted(name)
    cast = {
        "number": f"NULLIF(CAST({column} AS DOUBLE), CAST('NaN' AS DOUBLE))",
        "text": f"CAST({column} AS VARCHAR)",
        "truth": f"CAST({column} AS BOOLEAN)",
    }
    return column if kind is None else f"{cast[kind]} AS {column}"


def _check_names(names: list[str]) -> None:
    first: dict[str, str] = {}
    for name in names:
        twin = first.setdefault(name.casefold(), name)
        if twin is not name:
            raise ParameterError(
                f"the key and the rules use both '{twin}' and '{name}'",
                "names that differ in more than upper and lower case, none of them twice",
            )
