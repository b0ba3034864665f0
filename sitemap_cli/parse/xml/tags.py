"""Finds tags in broken XML, and takes them apart."""

import re
from collections.abc import Container
from typing import NamedTuple

from sitemap_cli.parse.xml.text_repairs import UNKNOWN, Report

LOOKAHEAD = 4_096
"""Bytes that are looked at to find the end of a tag whose quotes are wrong."""

_NAME = rb"[A-Za-z_\x80-\xff][^\s<>/=\"'&;]*+"
START = re.compile(rb"<(" + _NAME + rb")")
END = re.compile(rb"</\s*(" + _NAME + rb")[^<>]*+(>?)")
ENTRY = re.compile(rb"<([a-z]+)>[ \t\r\n]*+(?:<([a-z]+)>[^<]*+</\2>[ \t\r\n]*+)++</\1>")
"""An entry whose tags are beyond doubt: no attributes, no prefixes, no element in an element."""
_WHOLE = re.compile(rb"(?:[^<>\"']++|\"[^\"<]*+\"|'[^'<]*+')*+>")
_QUOTED = re.compile(rb"(?:[^<>\"']++|\"[^\"]*+\"|'[^']*+')*+>")
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
    """A start tag: its name, its attributes as they stand, whether it is an end tag, too.

    ``at`` and ``end`` say where it begins and where the next token does; ``closed`` whether it has its ``>``.
    """

    name: bytes
    attributes: dict[bytes, bytes]
    empty: bool
    closed: bool
    at: int
    end: int


def extent(data: bytes, at: int, *, final: bool) -> int:
    """Where the start tag whose attributes begin here ends; -1 when that takes more to decide."""
    if whole := _WHOLE.match(data, at):
        return whole.end()
    if not final and len(data) - at < LOOKAHEAD:
        return -1
    loose = _LOOSE.match(data, at)
    assert loose is not None  # noqa: S101 - it fits an empty text, too
    if not loose[0].endswith(b">") and (quoted := _QUOTED.match(data, at, at + LOOKAHEAD)):
        return quoted.end()
    return loose.end()


def taken_apart(data: bytes, found: re.Match[bytes], end: int, report: Report) -> Tag:
    """The tag that ends there; what is wrong with its attributes is reported."""
    closed = data[end - 1 : end] == b">"
    inside = data[found.end() : end - closed]
    attributes = _attributes(inside, found.end(), report, closed=closed) if inside.strip(b" \t\r\n/") else {}
    return Tag(found[1], attributes, inside.rstrip().endswith(b"/"), closed, found.start(), end)


def is_simple(name: bytes) -> bool:
    """Whether this is a name beyond doubt: ASCII, with one prefix at most."""
    return _SIMPLE.fullmatch(name) is not None


def _attributes(text: bytes, at: int, report: Report, *, closed: bool) -> dict[bytes, bytes]:
    """Attributes by name; of two with one name the first counts, one without value is empty.

    An address after which something stands that cannot be there may be cut, and is marked as such.
    """
    values: dict[bytes, bytes] = {}
    wrong = -1
    for found in _ATTRIBUTE.finditer(text):
        name, end = found["name"], found.end()
        value = next((each for each in found.group("double", "single", "bare") if each is not None), b"")
        if wrong < 0 and _is_wrong(found, values):
            wrong = found.start("name") if name else found.start("junk")
        if name:
            uncut = closed or found["bare"] is None or text[end:].strip()
            whole = uncut and _NEXT.match(text, end)
            values.setdefault(name, value if whole or b"/" not in value else value + UNKNOWN)
    if wrong >= 0:
        report("bad-attribute", "attributes that are not as they have to be", at + wrong)
    return values


def _is_wrong(found: re.Match[bytes], before: Container[bytes]) -> bool:
    """Whether an attribute is none, is there twice, or stands without quotes, blank or proper name."""
    name = found["name"]
    if name is None:
        return found["junk"] is not None
    unquoted = found["double"] is None and found["single"] is None
    return unquoted or name in before or not found["blank"] or not is_simple(name)
