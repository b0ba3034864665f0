"""Reads runs of entries with only the protocol's own fields by one pattern, without XML events.

It takes an entry only if the pattern matches it completely: no entity but ``&amp;``, no comment, no CDATA,
no attribute, no other element, no byte beyond ASCII. Everything else goes to the XML parser, which decides
alone. So both always agree, and this one takes a third of the time.
"""

import re
from collections.abc import Callable, Sequence
from itertools import accumulate
from operator import methodcaller

from sitemap_cli.model.item_batch import Texts

BEGIN = b"<url>"
END = b"</url>"

TakePlainEntries = Callable[[Sequence[str], Texts, Texts, Texts, Sequence[int]], None]
"""Takes entries in document order, as columns: loc, lastmod, changefreq, priority, line."""
TakeUniform = Callable[[str, int, int, TakePlainEntries], bool]
"""Takes the whole rest of a text from a position and line on, or nothing; returns whether it did."""

PORT = "(?:[1-9][0-9]{1,3}|[1-5][0-9]{4}|6[0-4][0-9]{3})"
"""A port that is certainly valid; the XML parser takes the rare others."""

OTHER_HOST = "(?!https?:?/)"
"""What must follow the scheme: its host is no scheme."""

SPACE = "[ \t\r\n]*+"
_PATH = "[!-%'-;=?-~]*+"
AFTER_ORIGIN = rf"/{_PATH}(?:&amp;{_PATH})*+"
URL = rf"https?://{OTHER_HOST}[0-9A-Za-z.-]{{1,253}}(?::{PORT})?(?:{AFTER_ORIGIN})?"
MAX_URL = 1_700
"""Characters of a URL; longer ones may need a warning, which is not decided here."""
W3C_DATE = "[0-9TZ:.+-]{4,40}"
"""Matches every valid date, and invalid ones."""
FIELDS = (URL, W3C_DATE, "[a-z]{5,7}", "[0-9.]{1,8}")
"""The patterns of the texts of an entry: loc, lastmod, changefreq, priority."""


def write_fields(gap: str) -> str:
    """Return the pattern of the optional fields; ``gap`` is that of what may follow each of them."""
    _, lastmod, changefreq, priority = FIELDS
    return (
        rf"(?:<lastmod>{SPACE}({lastmod}){SPACE}</lastmod>{gap})?"
        rf"(?:<changefreq>{SPACE}({changefreq}){SPACE}</changefreq>{gap})?"
        rf"(?:<priority>{SPACE}({priority}){SPACE}</priority>{gap})?"
    )


ENTRY = re.compile(rf"<url>{SPACE}<loc>{SPACE}({URL}){SPACE}</loc>{SPACE}{write_fields(SPACE)}</url>{SPACE}")
# What follows the entries is one match, the last: a character, or the whole rest where rows are counted.
_ENTRY_OR_OTHER = re.compile(rf"{ENTRY.pattern}|[\0-\xff]")
_ENTRY_OR_REST = re.compile(rf"{ENTRY.pattern}|(?s:.++)")
_SPACE = re.compile(SPACE)
_count_lines: Callable[[str], int] = methodcaller("count", "\n")


def decode_piece(data: bytes) -> str:
    """Return UTF-8 as text with a character per byte, so that nothing beyond ASCII matches a pattern.

    The text is empty if there is a carriage return without line feed, which would change the count of lines.
    """
    if b"\r" in data and data.count(b"\r") != data.count(b"\r\n"):
        return ""
    return data.decode("latin-1")


def take_entries(
    text: str,
    at: int,
    line: int,
    take: TakePlainEntries,
    *,
    take_uniform: TakeUniform | None = None,
    try_rest: bool = False,
) -> tuple[int, int]:
    """Take whole entries; return where the first one begins that does not match, and its line.

    Args:
        text: a piece as :func:`decode_piece` returns it.
        at: a position between two entries.
        line: the line of that position.
        take: takes the entries.
        take_uniform: is tried first, if the text is a piece that ends with an entry.
        try_rest: whether the whole rest of the text is likely to match, so that it pays to try that first.
    """
    begin = _SPACE.match(text, at).end()  # type: ignore[union-attr]
    line += text.count("\n", at, begin)
    if take_uniform is not None and take_uniform(text, begin, line, take):
        return len(text), line + text.count("\n", begin)
    if try_rest and (last := _take_rest(text, begin, line, take)):
        return len(text), last
    return _take_matching(text, begin, line, take)


def _take_rest(text: str, at: int, line: int, take: TakePlainEntries) -> int:
    """Take the whole rest of the text if all of it matches; return its last line, or 0.

    The entries are handled as columns, without a loop in Python.
    """
    rows = _ENTRY_OR_REST.findall(text, at)
    if not rows:
        return 0
    locs, lastmods, changefreqs, priorities = zip(*rows, strict=True)
    if not locs[-1] or max(map(len, locs)) > MAX_URL:
        return 0
    lines = list(accumulate(map(_count_lines, text[at:].split("<url>")[1:]), initial=line))
    last = lines.pop()
    texts = replace_empty(lastmods), replace_empty(changefreqs), replace_empty(priorities)
    take(resolve_ampersands(text, at, locs), *texts, lines)
    return last


def resolve_ampersands(text: str, at: int, locs: Sequence[str]) -> Sequence[str]:
    """Return the URLs of a text, beginning here, without entities."""
    return tuple(loc.replace("&amp;", "&") for loc in locs) if text.find("&", at) >= 0 else locs


def replace_empty(texts: Sequence[str]) -> Texts:
    """Return None for missing fields: a field that is there is never empty."""
    return [each or None for each in texts] if "" in texts else texts


def _take_matching(text: str, at: int, line: int, take: TakePlainEntries) -> tuple[int, int]:
    """Take entries up to the first one that does not match."""
    rows: list[tuple[str, str | None, str | None, str | None, int]] = []
    for entry in _ENTRY_OR_OTHER.finditer(text, at):
        loc, lastmod, changefreq, priority = entry.groups()
        if loc is None or len(loc) > MAX_URL:
            break
        rows.append((loc.replace("&amp;", "&"), lastmod, changefreq, priority, line))
        line += text.count("\n", at, entry.end())
        at = entry.end()
    if rows:
        take(*zip(*rows, strict=True))
    return at, line
