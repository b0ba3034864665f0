"""Reads runs of entries that are written alike, as in nearly every large sitemap that a program has made.

What is between the texts of the first entry, tags and white space, becomes a pattern of these very
characters, with the origin of its URL. It takes half the time of the pattern of any plain entry, and counts
the lines: each entry has as many as the first.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from sitemap_cli.parse.fast.plain_entries import (
    AFTER_ORIGIN,
    ENTRY,
    FIELDS,
    MAX_URL,
    TakePlainEntries,
    resolve_ampersands,
)

_EARLY_PIECES = 4
"""Pieces of a document before the first one that is tried: a small document is not worth a pattern."""
_PIECES_PER_MISS = 16
"""Pieces that are not tried after one that did not match, so that few are matched in vain."""
_MAX_LAYOUT = 500
"""Characters of an entry without its texts."""

_ORIGIN = re.compile("https?://[^/]+(?=/)")


class _Layout(NamedTuple):
    """The pattern of an entry that is written like another one.

    ``lines`` is the number of lines of an entry up to the next one, ``fields`` are the indexes of those that
    it has.
    """

    pattern: re.Pattern[str]
    lines: int
    fields: Sequence[int]


class UniformEntries:
    """Reads the pieces of one document."""

    def __init__(self) -> None:
        self._layout: _Layout | None = None
        self._pieces = self._misses = 0

    def take_rest(self, text: str, at: int, line: int, take: TakePlainEntries) -> bool:
        """Take the whole rest of a text if all its entries are written alike; return whether they are.

        Args:
            text: a piece that ends with an entry.
            at: where an entry begins.
            line: the line of that position.
            take: takes the entries.
        """
        self._pieces += 1
        if self._pieces <= _EARLY_PIECES + _PIECES_PER_MISS * self._misses:
            return False
        self._layout = self._layout or _find_layout(text, at)
        if self._layout and _take_all(self._layout, text, at, line, take):
            return True
        self._layout = None
        self._misses += 1
        return False


def _take_all(layout: _Layout, text: str, at: int, line: int, take: TakePlainEntries) -> bool:
    rows = layout.pattern.findall(text, at)
    found = list(zip(*rows, strict=True)) if len(layout.fields) > 1 else [rows]
    locs = found[0]
    # What follows the entries is one match, the last, without any text.
    if not locs[-1] or max(map(len, locs)) > MAX_URL:
        return False
    columns: list[Sequence[str | None]] = [[None] * len(locs)] * len(FIELDS)
    for index, column in zip(layout.fields, found, strict=True):
        columns[index] = column
    _, lastmods, changefreqs, priorities = columns
    lines = range(line, line + layout.lines * len(locs), layout.lines) if layout.lines else [line] * len(locs)
    take(resolve_ampersands(text, at, locs), lastmods, changefreqs, priorities, lines)
    return True


def _find_layout(text: str, at: int) -> _Layout | None:
    """Return the layout of the entry that begins here; None if it is not a plain one, or unusually long."""
    entry = ENTRY.match(text, at)
    if entry is None:
        return None
    fields = [index for index in range(len(FIELDS)) if entry[index + 1] is not None]
    ends = [at, *(entry.end(index + 1) for index in fields)]
    begins = [*(entry.start(index + 1) for index in fields), entry.end()]
    gaps = tuple(text[end:begin] for end, begin in zip(ends, begins, strict=True))
    origin = _ORIGIN.match(entry[1])
    if sum(map(len, gaps)) > _MAX_LAYOUT:
        return None
    return _build_layout(gaps, tuple(fields), origin[0] if origin else "")


@lru_cache(maxsize=16)
def _build_layout(gaps: tuple[str, ...], fields: tuple[int, ...], origin: str) -> _Layout:
    """Build a layout; ``origin`` is empty if the URL has no path."""
    *before, end = gaps
    patterns = [re.escape(origin) + AFTER_ORIGIN if origin else FIELDS[0], *FIELDS[1:]]
    texts = "".join(f"{re.escape(gap)}({patterns[index]})" for gap, index in zip(before, fields, strict=True))
    last = end.rstrip()
    # The last entry of a piece has nothing behind it.
    pattern = rf"{texts}{re.escape(last)}(?:{re.escape(end[len(last) :])}|\Z)|(?s:.++)"
    return _Layout(re.compile(pattern), sum(gap.count("\n") for gap in gaps), fields)
