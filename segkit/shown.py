"""How results show themselves: in words, never by the rows they hold."""

from abc import ABC, abstractmethod


class Shown(ABC):
    """A result whose text form is its reading, so that no customer ends in a log or an error."""

    @property
    @abstractmethod
    def reading(self) -> str:
        """What the result says, in one paragraph with numbers."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}: {self.reading}"
