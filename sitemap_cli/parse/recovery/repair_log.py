"""Tells what was repaired, and where."""

from collections.abc import Callable

from sitemap_cli.parse.collector import MAX_PROBLEMS, Harvest, Position
from sitemap_cli.parse.xml.cursor import Cursor, breaks
from sitemap_cli.parse.xml.text_repairs import Report

MAX_REPAIRS = 1_000_000
"""Repairs of one document; a second of time for some two hundred thousand."""
MAX_UNREADABLE = 10_000
"""Places that cannot be read, after which a document is no text."""

_ONCE = frozenset({"unbound-prefix", "misplaced-markup"})
_UNREADABLE = frozenset({"control-character", "bad-encoding"})


class Repairs:
    """The problems of a document that is being mended; ``data`` is the part of it in hand.

    Args:
        harvest: takes them.
        cursor: where the part begins.
        settle: has everything that was written before read, so that problems come in their places.
    """

    __slots__ = (
        "_cursor",
        "_harvest",
        "_junked",
        "_line",
        "_line_at",
        "_repairs",
        "_settle",
        "_unreadable",
        "data",
    )

    def __init__(self, harvest: Harvest, cursor: Cursor, settle: Callable[[], None]) -> None:
        self._harvest = harvest
        self._cursor = cursor
        self._settle = settle
        self._junked = False
        self._unreadable = 0
        self._repairs = 0
        self._line, self._line_at = cursor.line, 0
        self.data = b""

    def advance(self, end: int) -> None:
        """The part up to there is done."""
        self._cursor.advance(self.data, end)
        self._line, self._line_at = self._cursor.line, 0
        self.data = self.data[end:]

    def where(self, at: int) -> Position:
        """The place of a byte of the part."""
        return self._cursor.at(self.data, at)

    def line(self, at: int) -> int:
        """Its line; quicker, if asked in the order of the document."""
        self._line += breaks(self.data, self._line_at, at)
        self._line_at = at
        return self._line

    def tell(self, code: str, message: str, at: int) -> None:
        """Report a repair; when nobody will see it any more, its place is not looked for."""
        harvest = self._harvest
        if harvest.ended:
            return
        where = Position()
        if harvest.problems < MAX_PROBLEMS:
            self._settle()
            where = self.where(at)
        if code in _UNREADABLE:
            code = code if harvest.substituted else "control-character"
            self._unreadable += 1
        self._repairs += 1
        if self._repairs > MAX_REPAIRS:
            self.end("too-many-repairs", f"more than {MAX_REPAIRS:,} repairs", at)
        elif self._unreadable > MAX_UNREADABLE:
            self.end("bad-encoding", f"more than {MAX_UNREADABLE:,} places cannot be read", at)
        elif code in _ONCE:
            harvest.once(code, message, message, where)
        else:
            harvest.problem(code, message, where)

    def end(self, code: str, message: str, at: int) -> None:
        """Report why the rest of the document is not read; what came before is."""
        self._settle()
        self._harvest.end(code, message, self.where(at))

    def within(self, start: int) -> Report:
        """Who takes the problems of a text that begins there."""
        return lambda code, message, at: self.tell(code, message, start + at)

    def junk(self, at: int) -> None:
        """Report the first thing that stands after the end and is no document."""
        if not self._junked:
            self._junked = True
            self.tell("junk-after-end", "something stands after the end", at)
