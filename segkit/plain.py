"""Texts that others chose, made harmless where they are shown."""

import re
from collections.abc import Iterable, Mapping

HIDDEN = re.compile(
    "[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]"
)
"""Controls that turn the direction of a text or that nobody sees. The joiners of Persian, Indic scripts
and emoji (U+200C, U+200D) are letters of theirs and stay."""
ANSI = re.compile(r"\x1b\[[0-9;]*m")
"""Colours of a terminal."""
MARKDOWN = re.compile(r"([\\`*_\[\]<>$~|!&#])")


def visible(text: str) -> str:
    r"""Replace characters that nobody sees, or that turn the text after them round.

    Examples
    --------
    >>> visible("tea\u202e\u200b")
    'tea��'
    """
    return HIDDEN.sub("\N{REPLACEMENT CHARACTER}", text)


def markdown_plain(text: str) -> str:
    r"""Escape what Markdown, or the formulas in it, would take for more than text.

    Examples
    --------
    >>> print(markdown_plain("$5 [tea](x)"))
    \$5 \[tea\](x)
    """
    return MARKDOWN.sub(r"\\\1", visible(text))


def one_of(names: Iterable[str]) -> str:
    """Join names: "city, suburb or village"."""
    *most, last = names
    return f"{', '.join(most)} or {last}" if most else last


def worded(text: str, words: Mapping[str, str]) -> str:
    """A text of the library's own in the study's words.

    Examples
    --------
    >>> worded("The customers form one cloud.", {"customer": "post", "customers": "posts"})
    'The posts form one cloud.'
    >>> worded("The customers are retail customers.", {"customer": "", "customers": "retail customers"})
    'The retail customers are retail customers.'
    """
    said: dict[str, str] = {}
    for own in ("customers", "customer"):
        told = words[own]
        said |= {told: told, own: told, own.capitalize(): told[:1].upper() + told[1:]}
    # the longest first: where the study's own word stands already, none is put into it
    forms = "|".join(re.escape(form) for form in sorted(said, key=len, reverse=True))
    return re.sub(rf"\b(?:{forms})\b", lambda found: said[found.group()], text)
