"""Parses tags in broken XML."""

import re
from collections.abc import Container
from typing import NamedTuple

from sitemap_cli.parse.xml.text_repairs import UNKNOWN, ReportRepair
from sitemap_cli.patterns import repeat_possessively

LOOKAHEAD = 4_096
"""Bytes searched for the end of a tag whose quotes are wrong."""

_NAME = rb"[A-Za-z_\x80-\xff][^\s<>/=\"'&;]*+"
START = re.compile(rb"<(" + _NAME + rb")")
END = re.compile(rb"</\s*(" + _NAME + rb")[^<>]*+(>?)")
_FIELDS = repeat_possessively(r"<([a-z]+)>[^<]*+</\2>[ \t\r\n]*+", least=1)
ENTRY = re.compile(rf"<([a-z]+)>[ \t\r\n]*+{_FIELDS}</\1>".encode())
"""An entry whose tags are certainly valid: no attributes, no prefixes, one level of elements."""
_ATTRIBUTES = repeat_possessively(r"""[^<>"']++|"[^"<]*+"|'[^'<]*+'""")
_WHOLE = re.compile(f"{_ATTRIBUTES}>".encode())
LOOSE_ATTRIBUTES = repeat_possessively(r"""[^<>"']++|"[^"]*+"|'[^']*+'""")
"""Attributes of a tag, of which values may contain ``<``."""
_QUOTED = re.compile(f"{LOOSE_ATTRIBUTES}>".encode())
_LOOSE = re.compile(rb"[^<>]*+>?")
_ATTRIBUTE = re.compile(
    rb"(?P<blank>\s*+)(?:(?P<name>[^\s=\"'<>/]++)"
    rb"(?:\s*+=\s*+(?:\"(?P<double>[^\"]*+)\"|'(?P<single>[^']*+)'|(?P<bare>[^\s\"'<>]++)))?"
    rb"|(?:/(?=\s*\Z)|\Z)|(?P<junk>.))",
    re.DOTALL,
)
_NEXT = re.compile(rb"\s|/?\s*\Z|[A-Za-z_:][\w.:-]*\s*=\s*[\"']")
_SIMPLE = re.compile(rb"[A-Za-z_][A-Za-z0-9_.-]*(?::[A-Za-z_][A-Za-z0-9_.-]*)?")


class Tag(NamedTuple):
    """A start tag.

    ``attributes`` are as they are written. ``empty`` says whether it is an end tag, too, and ``closed``
    whether it has its ``>``. It begins at ``at``, and the next token at ``end``.
    """

    name: bytes
    attributes: dict[bytes, bytes]
    empty: bool
    closed: bool
    at: int
    end: int


def locate_tag_end(data: bytes, at: int, *, final: bool) -> int:
    """Return where the start tag whose attributes begin here ends; -1 if more data is needed to decide."""
    if whole := _WHOLE.match(data, at):
        return whole.end()
    if not final and len(data) - at < LOOKAHEAD:
        return -1
    loose = _LOOSE.match(data, at)
    assert loose is not None  # noqa: S101 - it matches an empty text, too
    if not loose[0].endswith(b">") and (quoted := _QUOTED.match(data, at, at + LOOKAHEAD)):
        return quoted.end()
    return loose.end()


def parse_tag(data: bytes, start: re.Match[bytes], end: int, report: ReportRepair) -> Tag:
    """Parse the tag from a match of ``START`` to ``end``, and report what is wrong with its attributes."""
    closed = data[end - 1 : end] == b">"
    inside = data[start.end() : end - closed]
    attributes: dict[bytes, bytes] = {}
    if inside.strip(b" \t\r\n/"):
        attributes = _parse_attributes(inside, start.end(), report, closed=closed)
    return Tag(start[1], attributes, inside.rstrip().endswith(b"/"), closed, start.start(), end)


def is_simple(name: bytes) -> bool:
    """Return whether this is certainly a valid name: ASCII, with at most one prefix."""
    return _SIMPLE.fullmatch(name) is not None


def _parse_attributes(text: bytes, at: int, report: ReportRepair, *, closed: bool) -> dict[bytes, bytes]:
    """Return attributes by name; the first of a name counts, and one without a value is empty.

    A URL that is followed by something invalid may be cut, and is marked with ``UNKNOWN``.
    """
    values: dict[bytes, bytes] = {}
    wrong = -1
    for found in _ATTRIBUTE.finditer(text):
        name, end = found["name"], found.end()
        value = next((each for each in found.group("double", "single", "bare") if each is not None), b"")
        if wrong < 0 and _is_malformed(found, values):
            wrong = found.start("name") if name else found.start("junk")
        if name:
            has_end = closed or found["bare"] is None or text[end:].strip()
            whole = has_end and _NEXT.match(text, end)
            values.setdefault(name, value if whole or b"/" not in value else value + UNKNOWN)
    if wrong >= 0:
        report("bad-attribute", "the attributes of a tag are not valid", at + wrong)
    return values


def _is_malformed(found: re.Match[bytes], known: Container[bytes]) -> bool:
    """Return whether a match is not an attribute, is repeated, or lacks quotes, a blank or a valid name."""
    name = found["name"]
    if name is None:
        return found["junk"] is not None
    unquoted = found["double"] is None and found["single"] is None
    return unquoted or name in known or not found["blank"] or not is_simple(name)
