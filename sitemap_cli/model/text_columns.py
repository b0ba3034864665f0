"""Columns of texts: a field of thousands of entries as one text, which is searched in C."""

from collections.abc import Sequence
from itertools import compress
from typing import Any, Self

import msgspec

SEPARATOR = "\x1f"
"""Stands between the values; neither XML nor a URL can contain it."""
MISSING = "\x1e"
"""Stands for a missing value, where that is not the same as an empty one."""

_decode_numbers = msgspec.json.Decoder(list[int | None]).decode


class TextColumn:
    """The values of one field of consecutive entries, in order, as one text.

    If all values are the same and present, ``constant`` is the value; it may be None nevertheless.
    """

    __slots__ = ("_text", "constant", "size")

    def __init__(self, text: str, size: int, constant: str | None = None) -> None:
        self._text = text
        self.size = size
        self.constant = constant

    @classmethod
    def join(cls, values: Sequence[str | None]) -> Self:
        """Return a column of these values."""
        return cls(SEPARATOR.join([MISSING if each is None else each for each in values]), len(values))

    @classmethod
    def repeat(cls, value: str, size: int) -> Self:
        """Return a column in which all values are the same."""
        return cls("", size, value)

    @classmethod
    def concatenate(cls, columns: Sequence[Self]) -> Self:
        """Return a column of the values of several columns, one after the other; none of them is empty."""
        size, constants = sum(each.size for each in columns), {each.constant for each in columns}
        if len(constants) == 1 and (constant := constants.pop()) is not None:
            return cls.repeat(constant, size)
        return cls(SEPARATOR.join([each.text for each in columns]), size)

    @property
    def text(self) -> str:
        """The text, with a :data:`SEPARATOR` between the values."""
        return self._text if self.constant is None else SEPARATOR.join([self.constant] * self.size)

    def split(self) -> Sequence[str | None]:
        """Return the values."""
        values = self.text.split(SEPARATOR)
        return [None if each == MISSING else each for each in values] if self.has_gaps else values

    def split_filled(self) -> list[str]:
        """Return the values, empty ones for those that are missing."""
        return (self.text.replace(MISSING, "") if self.has_gaps else self.text).split(SEPARATOR)

    def split_numbers(self) -> list[Any]:
        """Return the values, which are integers in decimal digits, as integers."""
        numbers = self.text.replace(SEPARATOR, ",").replace(MISSING, "null")
        return _decode_numbers(f"[{numbers}]") if self.size else []

    def select(self, matches: Sequence[bool]) -> "TextColumn":
        """Return a column of those values for which ``matches`` is true."""
        if self.constant is not None:
            return TextColumn.repeat(self.constant, sum(matches))
        return TextColumn.join([*compress(self.split(), matches)])

    @property
    def has_gaps(self) -> bool:
        """Whether a value is missing."""
        return MISSING in self.text

    @property
    def is_absent(self) -> bool:
        """Whether all values are missing."""
        return self.text.startswith(MISSING) and self.text.count(MISSING) == self.size
