"""Tells places in the document of a parser that is not given all of it."""

from typing import TYPE_CHECKING

from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.xml.cursor import characters

if TYPE_CHECKING:
    from pyexpat import XMLParserType


class Places:
    """The parser's own places, corrected by what went past it.

    Args:
        parser: whose places.
        harvest: knows where the document begins in the bytes.
        line: for mended XML, the line on which it begins.
    """

    __slots__ = ("_bytes", "_harvest", "_lines", "_mended", "_parser", "_seam")

    def __init__(self, parser: "XMLParserType", harvest: Harvest, line: int | None = None) -> None:
        self._parser = parser
        self._harvest = harvest
        self._mended = line is not None
        self._lines = (line or 1) - 1
        self._bytes = 0
        # The parser's line on which something was left out last, and by how much its columns are off.
        self._seam = (0, 0)

    @property
    def line(self) -> int:
        """The line of the event in hand."""
        return self._parser.CurrentLineNumber + self._lines

    def here(self) -> Position:
        """The place of the event in hand."""
        parser = self._parser
        return self.of(parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)

    def of(self, line: int, column: int, index: int) -> Position:
        """The place in the document of one in what the parser was given; of mended XML the line alone."""
        if self._mended:
            return Position(line + self._lines)
        real = column + 1 + self._shift(line)
        return Position(line + self._lines, real, self._harvest.offset(index + self._bytes))

    def skip(self, data: bytes, breaks: int) -> None:
        """Learn that these bytes with so many ends of line go past the parser."""
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        newline = data.rfind(b"\n")
        length = characters(data[newline + 1 :])
        real = column + self._shift(line) + length if newline < 0 else length
        self._seam = (line, real - column)
        self._lines += breaks
        self._bytes += len(data)

    def _shift(self, line: int) -> int:
        seam, shift = self._seam
        return shift if line == seam else 0
