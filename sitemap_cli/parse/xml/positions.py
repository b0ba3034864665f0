"""Translates positions of a parser that is not given the whole document."""

from typing import TYPE_CHECKING

from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.xml.cursor import count_characters

if TYPE_CHECKING:
    from pyexpat import XMLParserType


class PositionTracker:
    """The parser's own positions, corrected by what bypassed it.

    Args:
        parser: the parser.
        collector: knows where the document begins in the bytes.
        line: for rebuilt XML, the line on which it begins in the document.
    """

    __slots__ = ("_bytes", "_collector", "_is_rebuilt", "_lines", "_parser", "_seam")

    def __init__(self, parser: "XMLParserType", collector: Collector, line: int | None = None) -> None:
        self._parser = parser
        self._collector = collector
        self._is_rebuilt = line is not None
        self._lines = (line or 1) - 1
        self._bytes = 0
        # The parser's line on which bytes were skipped last, and by how much its columns are off there.
        self._seam = (0, 0)

    @property
    def line(self) -> int:
        """The line of the current event."""
        return self._parser.CurrentLineNumber + self._lines

    def read_tag(self) -> bytes:
        """Return the start tag at the current position, without its end; this copies the buffer."""
        return (self._parser.GetInputContext() or b"").partition(b">")[0]

    def get_current(self) -> Position:
        """Return the position of the current event."""
        parser = self._parser
        return self.translate(parser.CurrentLineNumber, parser.CurrentColumnNumber, parser.CurrentByteIndex)

    def translate(self, line: int, column: int, index: int) -> Position:
        """Return the position in the document of one of the parser; in rebuilt XML, the line only."""
        if self._is_rebuilt:
            return Position(line + self._lines)
        actual = column + 1 + self._get_column_shift(line)
        return Position(line + self._lines, actual, self._collector.get_offset(index + self._bytes))

    def skip_bytes(self, data: bytes, line_ends: int) -> None:
        """Account for bytes with this number of line ends that bypass the parser."""
        line, column = self._parser.CurrentLineNumber, self._parser.CurrentColumnNumber
        newline = data.rfind(b"\n")
        length = count_characters(data[newline + 1 :])
        actual = column + self._get_column_shift(line) + length if newline < 0 else length
        self._seam = (line, actual - column)
        self._lines += line_ends
        self._bytes += len(data)

    def _get_column_shift(self, line: int) -> int:
        seam, shift = self._seam
        return shift if line == seam else 0
