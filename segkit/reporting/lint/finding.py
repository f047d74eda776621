"""What a lint finds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """One fault of a page.

    Attributes
    ----------
    rule : str
        What is wrong, in two or three words.
    where : str
        The text or id at fault.
    """

    rule: str
    where: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.where}"
