"""Reports repairs with their positions."""

from collections.abc import Callable

from sitemap_cli.parse.collector import MAX_PROBLEMS, Collector, Position
from sitemap_cli.parse.xml.cursor import Cursor, count_line_ends
from sitemap_cli.parse.xml.text_repairs import ReportRepair

MAX_REPAIRS = 1_000_000
"""Repairs of one document; two hundred thousand take about a second."""
MAX_UNREADABLE = 10_000
"""Unreadable characters in one document; with more, it is not text."""

_ONCE = frozenset({"unbound-prefix", "misplaced-markup"})
_UNREADABLE = frozenset({"control-character", "bad-encoding"})


class RepairLog:
    """The problems of a document that is being repaired; ``data`` is the part that is being read.

    Args:
        collector: receives them.
        cursor: the position where the part begins.
        flush: has the parser read everything written so far, so that problems are reported in order.
    """

    __slots__ = (
        *("_collector", "_cursor", "_flush", "_has_junk", "_line", "_line_at", "_repairs", "_unreadable"),
        "data",
    )

    def __init__(self, collector: Collector, cursor: Cursor, flush: Callable[[], None]) -> None:
        self._collector = collector
        self._cursor = cursor
        self._flush = flush
        self._has_junk = False
        self._unreadable = 0
        self._repairs = 0
        self._line, self._line_at = cursor.line, 0
        self.data = b""

    def advance(self, end: int) -> None:
        """Drop the part before ``end``."""
        self._cursor.advance(self.data, end)
        self._line, self._line_at = self._cursor.line, 0
        self.data = self.data[end:]

    def locate(self, at: int) -> Position:
        """Return the position of a byte of the part."""
        return self._cursor.locate(self.data, at)

    def get_line(self, at: int) -> int:
        """Return the line of a byte; faster, but calls must be in document order."""
        self._line += count_line_ends(self.data, self._line_at, at)
        self._line_at = at
        return self._line

    def report(self, code: str, message: str, at: int) -> None:
        """Report a repair; its position is not determined if there were too many problems to return it."""
        collector = self._collector
        if collector.stopped:
            return
        where = Position()
        if collector.problems < MAX_PROBLEMS:
            self._flush()
            where = self.locate(at)
        if code in _UNREADABLE:
            code = code if collector.has_substitutes else "control-character"
            self._unreadable += 1
        self._repairs += 1
        if self._repairs > MAX_REPAIRS:
            self.stop("too-many-repairs", f"more than {MAX_REPAIRS:,} repairs", at)
        elif self._unreadable > MAX_UNREADABLE:
            self.stop("bad-encoding", f"more than {MAX_UNREADABLE:,} unreadable characters", at)
        elif code in _ONCE:
            collector.report_once(code, message, message, where)
        else:
            collector.report(code, message, where)

    def stop(self, code: str, message: str, at: int) -> None:
        """Report why the rest of the document is not read; what came before is."""
        self._flush()
        self._collector.stop(code, message, self.locate(at))

    def report_from(self, start: int) -> ReportRepair:
        """Return a function that reports the repairs of a text that begins at ``start``."""
        return lambda code, message, at: self.report(code, message, start + at)

    def report_junk(self, at: int) -> None:
        """Report the first content after the end that is not another document."""
        if not self._has_junk:
            self._has_junk = True
            self.report("junk-after-end", "there is content after the end of the document", at)
