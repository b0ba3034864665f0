"""The fast lane: reads runs of entries that hold nothing but the protocol's own fields, without XML events.

It takes an entry only where one pattern tiles it completely: no entity but ``&amp;``, no comment, no
CDATA, no attribute, no other element, no byte beyond ASCII. Whatever does not fit goes to the XML
parser, which decides alone; so both lanes agree by construction, at a third of the time.
"""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import methodcaller

BEGIN = b"<url>"
END = b"</url>"

Texts = Sequence[str | None]
Quick = Callable[[Sequence[str], Texts, Texts, Texts, Sequence[int]], None]
"""Takes entries in the order of the document: loc, lastmod, changefreq, priority and line of each."""

PORT = "(?:[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3})"
"""A port beyond doubt; what is left out is rare, and takes the long way."""

S = "[ \t\r\n]*+"
_PATH = "[!-%'-;=?-~]*+"
ADDRESS = rf"https?://[0-9A-Za-z.-]{{1,253}}(?::{PORT})?(?:/{_PATH}(?:&amp;{_PATH})*+)?"
FIELDS = (
    rf"(?:<lastmod>{S}([0-9TZ:.+-]{{4,40}}){S}</lastmod>{S})?"
    rf"(?:<changefreq>{S}([a-z]{{5,7}}){S}</changefreq>{S})?"
    rf"(?:<priority>{S}([0-9.]{{1,8}}){S}</priority>{S})?"
)
LONGEST = 1_700
"""Longer addresses may want a warning, which is not for this lane to decide."""

_TILE = re.compile(rf"<url>{S}<loc>{S}({ADDRESS}){S}</loc>{S}{FIELDS}</url>{S}")
# What follows the tiles is one match, and so the last: a character, or all the rest where rows are counted.
_TILE_OR_ODD = re.compile(rf"{_TILE.pattern}|[\0-\xff]")
_TILE_OR_REST = re.compile(rf"{_TILE.pattern}|[\0-\xff]++")
_SPACE = re.compile(S)
_breaks: Callable[[str], int] = methodcaller("count", "\n")


def text(data: bytes) -> str:
    """UTF-8 as the lane reads it: a character is a byte, and whatever is not ASCII fits nowhere.

    Empty where a carriage return stands alone, because then lines are counted in another way.
    """
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return ""
    return data.decode("latin-1")


def run(text: str, at: int, line: int, quick: Quick, *, all_: bool = False) -> tuple[int, int]:
    """Take the entries that begin there, and return where the first begins that does not fit, and its line.

    Args:
        text: what :func:`text` made of the document.
        at: a place between two entries; only whole entries are taken.
        line: the line of that place.
        quick: is given the entries.
        all_: whether the rest of the text is likely to fit, so that it pays to try it at once.
    """
    begin = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    line += text.count("\n", at, begin)
    if all_ and (last := _take_all(text, begin, line, quick)):
        return len(text), last
    return _take_some(text, begin, line, quick)


def _take_all(text: str, at: int, line: int, quick: Quick) -> int:
    """Take the whole rest of the text if it fits, and return its last line: columns, with no loop of ours."""
    rows = _TILE_OR_REST.findall(text, at)
    if not rows:
        return 0
    locs, lastmods, changefreqs, priorities = zip(*rows, strict=True)
    if not locs[-1] or max(map(len, locs)) > LONGEST:
        return 0
    if text.find("&", at) >= 0:
        locs = tuple(loc.replace("&amp;", "&") for loc in locs)
    lines = list(accumulate(map(_breaks, text[at:].split("<url>")[1:]), initial=line))
    last = lines.pop()
    quick(locs, _absent(lastmods), _absent(changefreqs), _absent(priorities), lines)
    return last


def _absent(texts: Sequence[str]) -> Texts:
    """None for the fields that are not there, all of which have more than no text otherwise."""
    return [each or None for each in texts] if "" in texts else texts


def _take_some(text: str, at: int, line: int, quick: Quick) -> tuple[int, int]:
    """Take entries as far as they fit."""
    rows: list[tuple[str, str | None, str | None, str | None, int]] = []
    for tile in _TILE_OR_ODD.finditer(text, at):
        loc, lastmod, changefreq, priority = tile.groups()
        if loc is None or len(loc) > LONGEST:
            break
        rows.append((loc.replace("&amp;", "&"), lastmod, changefreq, priority, line))
        line += text.count("\n", at, tile.end())
        at = tile.end()
    if rows:
        quick(*zip(*rows, strict=True))
    return at, line
