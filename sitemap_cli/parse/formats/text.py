"""A list of pages as text, one address a line.

Lines that hold one address and something that only surrounds it (angle brackets, quotes, a bullet) are
read, and reported. So are lines of nothing but addresses. Other lines are left out: an address followed
by words may be one with blanks in it, and whether a row of a table begins with the whole address cannot
be known, because commas belong to addresses.
See https://www.sitemaps.org/protocol.html#otherformats
"""

import re
from collections.abc import Iterator
from itertools import islice

from sitemap_cli.model.values import Entry, Kind
from sitemap_cli.parse.collector import Harvest, Position
from sitemap_cli.parse.encoding import SUBSTITUTE
from sitemap_cli.parse.format import TextFormat
from sitemap_cli.parse.values import loc_urls

_ADDRESS = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
# https://www.rfc-editor.org/rfc/rfc3986#appendix-C
_WRAPPED = re.compile(
    r"[\ufeff\u200b]*(?:[-*+\u2022]\s+)?"
    r"(?:<(?:URL:)?([^\s<>]+)>|\"([^\s\"]+)\"[,;]?|'([^\s']+)'[,;]?|\u201c([^\s\u201d]+)\u201d|([^\s\"'<>]+))",
    re.IGNORECASE,
)
_TABLE = re.compile(
    r"\S+[,;|]\"?(?:https?://|[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[T,;|\"]|$)"
    r"|(?:always|hourly|daily|weekly|monthly|yearly|never)\"?(?:[,;|]|$))",
    re.IGNORECASE,
)
_FIRST = 5
_SAMPLE = 100
_LONGEST_LINE = 64 * 1024
"""Bytes of a line that are kept while its end is awaited; it is far too long for an address by then."""


class _Lines:
    """Takes the lines of a document."""

    __slots__ = ("_dropped", "_harvest", "_line", "_offset", "_tail")

    def __init__(self, harvest: Harvest, line: int) -> None:
        self._harvest = harvest
        self._line = line
        self._offset = 0
        self._dropped = 0
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece, and hold back the line it cuts."""
        data = self._tail + piece
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
        self._take(data[:end])
        self._tail = data[end : end + _LONGEST_LINE]
        self._dropped += len(data) - end - len(self._tail)

    def close(self) -> None:
        """Take the last line, unless the content was cut in it."""
        if self._tail.strip() and self._harvest.cut():
            message = "the content ends in the middle of a line, which was left out"
            self._harvest.problem("truncated", message, self._here())
            return
        self._take(self._tail)

    def _take(self, data: bytes) -> None:
        for line in data.splitlines(keepends=True):
            text = line.decode("utf-8", "ignore").strip()
            if text:
                self._text(text)
            self._line += 1
            self._offset += len(line) + self._dropped
            self._dropped = 0

    def _here(self, column: int = 0) -> Position:
        return Position(self._line, 1 + column, self._harvest.offset(self._offset + column))

    def _text(self, text: str) -> None:
        harvest, at = self._harvest, self._here()
        if text.startswith("#"):
            harvest.once(
                "text-comment", "", f"a comment, which lists cannot have: {loc_urls.shown(text)}", at
            )
            return
        if harvest.substituted and SUBSTITUTE.decode() in text:
            message = f"bytes that mean nothing in the encoding: {loc_urls.shown(text)}"
            harvest.problem("bad-encoding", message, self._here(text.index(SUBSTITUTE.decode())))
            return
        found = _addresses(text)
        if not found:
            message = f"not an absolute http(s) address and nothing else: {loc_urls.shown(text)}"
            harvest.problem("text-line", message, at)
        elif found != [text]:
            message = f"more than an address on a line: {loc_urls.shown(text)}"
            harvest.problem("text-line", message, at, lost=False)
        for each in found:
            loc = loc_urls.accepted(each, harvest, at)
            if loc is not None:
                harvest.entry(Entry(loc, line=self._line))


def _addresses(text: str) -> list[str]:
    """The addresses that a line certainly holds and, but for their wrapping, nothing else."""
    if _ADDRESS.fullmatch(text):
        return [] if _TABLE.match(text) else [text]
    wrapped = _WRAPPED.fullmatch(text)
    found = [wrapped[wrapped.lastindex or 0]] if wrapped else text.split()
    good = all(_ADDRESS.fullmatch(each) and not _TABLE.match(each) for each in found)
    return found if good else []


def _claims(head: str) -> bool:
    """Whether at least half of the first lines are addresses; of the first few, or of a hundred."""
    sample = list(islice(_lines(head), _SAMPLE))
    return _mostly_addresses(sample[:_FIRST]) or _mostly_addresses(sample)


def _lines(head: str) -> Iterator[str]:
    """The lines that count, one at a time: a line may be as long as the document."""
    for found in re.finditer(r"[^\r\n]+", head):
        line = found[0].strip("\ufeff \t\f\v")
        if line and not line.startswith("#"):
            yield line


def _mostly_addresses(lines: list[str]) -> bool:
    return 2 * sum(1 for line in lines if _addresses(line)) >= max(len(lines), 1)


FORMAT = TextFormat(Kind.TEXT, _claims, _Lines)
