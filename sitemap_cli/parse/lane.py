"""The fast lane: reads runs of entries that hold nothing but the protocol's own fields, without XML events.

It takes an entry only where one pattern tiles it completely: no entity but ``&amp;``, no comment, no
CDATA, no attribute, no other element, no byte beyond ASCII. Whatever does not fit goes to the XML
parser, which decides alone; so both lanes agree by construction, at a third of the time.
"""

import re
from collections.abc import Callable, Sequence

BEGIN = b"<url>"
END = b"</url>"

Fields = tuple[str, str | None, str | None, str | None, int]
"""loc, lastmod, changefreq, priority and the line of one entry."""

Quick = Callable[[Sequence[Fields]], None]
"""Takes entries in the order of the document."""

PORT = "(?:[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3})"
"""A port beyond doubt; what is left out is rare, and takes the long way."""

_S = "[ \t\r\n]*+"
_PATH = "[!-%'-;=?-~]*+"
_TILE = re.compile(
    rf"<url>{_S}<loc>{_S}"
    rf"(https?://[0-9A-Za-z.-]{{1,253}}(?::{PORT})?(?:/{_PATH}(?:&amp;{_PATH})*+)?)"
    rf"{_S}</loc>{_S}"
    rf"(?:<lastmod>{_S}([0-9TZ:.+-]{{4,40}}){_S}</lastmod>{_S})?"
    rf"(?:<changefreq>{_S}([a-z]{{5,7}}){_S}</changefreq>{_S})?"
    rf"(?:<priority>{_S}([0-9.]{{1,8}}){_S}</priority>{_S})?"
    rf"</url>{_S}|[^<]|<"
)
_SPACE = re.compile(_S)
_LONGEST = 1_700
"""Longer addresses may want a warning, which is not for this lane to decide."""


def text(data: bytes) -> str:
    """UTF-8 as the lane reads it: a character is a byte, and whatever is not ASCII fits nowhere.

    Empty where a carriage return stands alone, because then lines are counted in another way.
    """
    if data.count(b"\r") != data.count(b"\r\n"):
        return ""
    return data.decode("latin-1")


def run(text: str, at: int, line: int, quick: Quick) -> int:
    """Take the entries that begin there, and return where the first begins that does not fit.

    Args:
        text: what :func:`text` made of the document.
        at: a place between two entries; only whole entries are taken.
        line: the line of that place.
        quick: is given the entries.
    """
    if not text:
        return at
    counted = at
    at = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    taken: list[Fields] = []
    count, take = text.count, taken.append
    for tile in _TILE.finditer(text, at):
        begin, end = tile.span()
        loc, lastmod, changefreq, priority = tile.groups()
        if begin != at or loc is None or len(loc) > _LONGEST:
            break
        if "&" in loc:
            loc = loc.replace("&amp;", "&")
        line += count("\n", counted, at)
        counted = at
        take((loc, lastmod, changefreq, priority, line))
        at = end
    if taken:
        quick(taken)
    return at
