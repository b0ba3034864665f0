"""Keeps line, column and offset while a document is consumed."""

from sitemap_cli.parse.collector import Harvest, Position


class Cursor:
    """A place in the document that moves forward over its bytes; they have to be whole characters."""

    __slots__ = ("_column", "_harvest", "_index", "line")

    def __init__(self, harvest: Harvest) -> None:
        self._harvest = harvest
        self.line = 1
        self._column = 1
        self._index = 0

    def advance(self, data: bytes, end: int | None = None) -> None:
        """Move over these bytes, or over those before ``end``."""
        stop = len(data) if end is None else end
        self.line, self._column = self._after(data, stop)
        self._index += stop

    def skip(self, data: bytes, breaks: int) -> None:
        """Move over bytes whose ends of line were counted already, all of them line feeds."""
        last = data.rfind(b"\n")
        self._column = characters(data[last + 1 :]) + (1 if last >= 0 else self._column)
        self.line += breaks
        self._index += len(data)

    def at(self, data: bytes, index: int) -> Position:
        """The place of a byte of what comes next."""
        line, column = self._after(data, index)
        return Position(line, column, self._harvest.offset(self._index + index))

    def _after(self, data: bytes, end: int) -> tuple[int, int]:
        last = max(data.rfind(b"\n", 0, end), data.rfind(b"\r", 0, end))
        if last < 0:
            return self.line, self._column + characters(data[:end])
        return self.line + breaks(data, 0, end), 1 + characters(data[last + 1 : end])


def breaks(data: bytes, start: int, end: int) -> int:
    """How many lines end between two places; XML takes a carriage return alone for an end, too."""
    lines = data.count(b"\n", start, end)
    if data.find(b"\r", start, end) < 0:
        return lines
    return lines + data.count(b"\r", start, end) - data.count(b"\r\n", start, end)


def characters(data: bytes) -> int:
    """How many characters some UTF-8 holds."""
    return len(data) if data.isascii() else len(data.decode("utf-8", "ignore"))
