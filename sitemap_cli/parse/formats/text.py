"""A list of pages as text, one address a line.

See https://www.sitemaps.org/protocol.html#otherformats
"""

import re
from itertools import islice

from sitemap_cli.model import Entry, Kind
from sitemap_cli.parse import locs
from sitemap_cli.parse.format import TextFormat
from sitemap_cli.parse.harvest import Harvest, Position

_ADDRESS = re.compile(r"https?://[^\s/?#]\S*", re.IGNORECASE)
_SAMPLE = 5
_LONGEST_LINE = 64 * 1024
"""Bytes of a line that are kept while its end is awaited; it is far too long for an address by then."""


class _Lines:
    """Takes the lines of a document."""

    __slots__ = ("_harvest", "_line", "_tail")

    def __init__(self, harvest: Harvest, line: int) -> None:
        self._harvest = harvest
        self._line = line
        self._tail = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece, and hold back the line it cuts."""
        data = self._tail + piece
        end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
        self._tail = data[end : end + _LONGEST_LINE]
        self._take(data[:end])

    def close(self) -> None:
        """Take the last line."""
        self._take(self._tail)

    def _take(self, data: bytes) -> None:
        for line in data.splitlines():
            text = line.decode("utf-8", "ignore").strip()
            if text:
                self._address(text)
            self._line += 1

    def _address(self, text: str) -> None:
        harvest, at = self._harvest, Position(self._line)
        if not _ADDRESS.fullmatch(text):
            harvest.problem("text-line", f"not an absolute http(s) address: {locs.shown(text)}", at)
            return
        loc = locs.accepted(text, harvest, at)
        if loc is not None:
            harvest.entry(Entry(loc, line=self._line))


def _claims(head: str) -> bool:
    """Whether at least half of the first lines look like addresses."""
    filled = (line for line in re.split(r"[\r\n]+", head) if line.strip())
    sample = [line.strip("\ufeff \t") for line in islice(filled, _SAMPLE)]
    return 2 * sum(map(bool, map(_ADDRESS.fullmatch, sample))) >= max(len(sample), 1)


FORMAT = TextFormat(Kind.TEXT, _claims, _Lines)
