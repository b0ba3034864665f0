"""Tracks line, column and offset while a document is consumed."""

from sitemap_cli.parse.collector import Collector, Position


class Cursor:
    """A position in the document that moves forward over its bytes, which must be whole characters."""

    __slots__ = ("_collector", "_column", "_index", "line")

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self.line = 1
        self._column = 1
        self._index = 0

    def advance(self, data: bytes, end: int | None = None) -> None:
        """Move over these bytes, or over those before ``end``."""
        stop = len(data) if end is None else end
        self.line, self._column = self._move(data, stop)
        self._index += stop

    def skip_counted(self, data: bytes, line_ends: int) -> None:
        """Move over bytes whose line ends are counted already; all of them are line feeds."""
        last = data.rfind(b"\n")
        self._column = count_characters(data[last + 1 :]) + (1 if last >= 0 else self._column)
        self.line += line_ends
        self._index += len(data)

    def locate(self, data: bytes, index: int) -> Position:
        """Return the position of a byte in ``data``, which begins at the cursor."""
        line, column = self._move(data, index)
        return Position(line, column, self._collector.get_offset(self._index + index))

    def _move(self, data: bytes, end: int) -> tuple[int, int]:
        last = max(data.rfind(b"\n", 0, end), data.rfind(b"\r", 0, end))
        if last < 0:
            return self.line, self._column + count_characters(data[:end])
        return self.line + count_line_ends(data, 0, end), 1 + count_characters(data[last + 1 : end])


def count_line_ends(data: bytes, start: int, end: int) -> int:
    """Count the line ends between two indices; in XML, a carriage return alone is one, too."""
    lines = data.count(b"\n", start, end)
    if data.find(b"\r", start, end) < 0:
        return lines
    return lines + data.count(b"\r", start, end) - data.count(b"\r\n", start, end)


def count_characters(data: bytes) -> int:
    """Count the characters of some UTF-8."""
    return len(data) if data.isascii() else len(data.decode("utf-8", "ignore"))
