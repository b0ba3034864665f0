"""Repairs what XML does not allow in text and attribute values.

See https://www.w3.org/TR/xml/#charsets and https://www.w3.org/TR/xml/#syntax
"""

import re
from collections.abc import Callable

from sitemap_cli.parse.encoding import SUBSTITUTE

ReportRepair = Callable[[str, str, int], None]
"""Takes the code and message of a problem, and its index in the text."""

UNKNOWN = "\ufffd".encode()
"""Replaces a character that is not allowed; no URL that contains one is kept."""

MAX_HELD = 64 * 1024
"""Bytes of text that are held until its end comes."""

_MAX_REFERENCE = 40
_NO_SPLIT = re.compile(rb".[\x80-\xbf]|[\]\r]", re.DOTALL)
# The two halves that a character beyond U+FFFF has in UTF-16: U+D800 to U+DBFF and U+DC00 to U+DFFF.
_HIGH = (
    rb"&\#(?:[xX]0{0,8}[dD][89abAB][0-9A-Fa-f]{2}"
    rb"|0{0,8}(?:5529[6-9]|55[3-9][0-9]{2}|56[0-2][0-9]{2}|563[01][0-9]));"
)
_LOW = (
    rb"&\#(?:[xX]0{0,8}[dD][c-fC-F][0-9A-Fa-f]{2}"
    rb"|0{0,8}(?:563[2-9][0-9]|56[4-9][0-9]{2}|57[0-2][0-9]{2}|573[0-3][0-9]|5734[0-3]));"
)
_IN_TEXT = (
    rb"(?P<pair>" + _HIGH + _LOW + rb")"
    rb"|&(?!(?:amp|lt|gt|quot|apos);)"
    rb"(?:\#(?:[xX](?P<hex>[0-9A-Fa-f]{1,64})|(?P<decimal>[0-9]{1,64}));|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?"
    rb"|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f]+|\xef\xbf[\xbe\xbf])"
    rb"|\]\]>"
)
_FLAW = re.compile(_IN_TEXT + rb"|<")
_FLAW_IN_TEXT = re.compile(_IN_TEXT)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+|\xef\xbf[\xbe\xbf]")
_LITERAL = {b"&": b"&amp;", b"<": b"&lt;", b"]]>": b"]]&gt;"}


def repair_text(text: bytes, report: ReportRepair) -> bytes:
    """Repair and report every flaw of a text."""
    if _FLAW.search(text) is None:
        return text
    return _FLAW.sub(lambda found: _repair_flaw(found, report), text)


def repair_entry(entry: bytes, report: ReportRepair) -> bytes:
    """Repair and report every flaw in the texts of an entry whose tags are valid."""
    if _FLAW_IN_TEXT.search(entry) is None:
        return entry
    return _FLAW_IN_TEXT.sub(lambda found: _repair_flaw(found, report), entry)


def replace_controls(text: bytes, report: ReportRepair) -> bytes:
    """Replace and report forbidden characters in a CDATA section."""
    return _CONTROL.sub(lambda found: _replace_unreadable(found[0], found.start(), report), text)


def report_first_control(text: bytes, report: ReportRepair) -> None:
    """Report the first forbidden character of a text that is not kept."""
    if found := _CONTROL.search(text):
        _replace_unreadable(found[0], found.start(), report)


def locate_split(data: bytes, at: int) -> int:
    """Return where a text that has no end yet can be split without harm; -1 while it is short."""
    if len(data) - at < MAX_HELD:
        return -1
    end = len(data) - _MAX_REFERENCE
    reference = data.rfind(b"&", end - _MAX_REFERENCE, end)
    end = reference if reference > at else end
    # Not within a character, nor within "]]>" or a line end; a longer run of these is nonsense anyway.
    return next((cut for cut in range(end, end - 4, -1) if not _NO_SPLIT.match(data, cut - 1)), end)


def _repair_flaw(found: re.Match[bytes], report: ReportRepair) -> bytes:
    at = found.start()
    match found.lastgroup:
        case "pair":
            return _repair_pair(found[0], at, report)
        case "hex":
            return _repair_reference(found, int(found["hex"], 16), report)
        case "decimal":
            return _repair_reference(found, int(found["decimal"]), report)
        case "name":
            return _repair_entity(found["name"].decode(), at, report)
        case "control":
            return _replace_unreadable(found[0], at, report)
    literal = found[0].decode()
    report("unescaped-data", f"unescaped `{literal}`, write `{_LITERAL[found[0]].decode()}`", at)
    return _LITERAL[found[0]]


def _repair_reference(found: re.Match[bytes], code: int, report: ReportRepair) -> bytes:
    """Return a reference to a character by its number, or a substitute if XML does not allow it."""
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    if allowed or 0x10000 <= code <= 0x10FFFF:
        return b"&#%d;" % code
    reference = found[0].decode()
    report("control-character", f"{reference} refers to a character that XML does not allow", found.start())
    return UNKNOWN


def _repair_pair(pair: bytes, at: int, report: ReportRepair) -> bytes:
    """Return a reference to the character that two references to surrogates mean."""
    high, low = (
        int(each[1:], 16) if each[:1] in b"xX" else int(each)
        for each in pair.replace(b"&#", b"").split(b";")[:2]
    )
    code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)
    report("surrogate-pair", f"{pair.decode()} must be written as &#{code}; in XML", at)
    return b"&#%d;" % code


def _repair_entity(name: str, at: int, report: ReportRepair) -> bytes:
    """Return the meaning of an HTML entity, or any other one as text."""
    from html.entities import html5

    text = html5.get(f"{name};")
    meaning = f"read as {text!a}" if text else "kept as text"
    report("undefined-entity", f"&{name}; is not defined in XML; it was {meaning}", at)
    return "".join(f"&#{ord(each)};" for each in text or f"&{name};").encode()


def _replace_unreadable(characters: bytes, at: int, report: ReportRepair) -> bytes:
    if SUBSTITUTE in characters:
        report("bad-encoding", "bytes that are not valid in the encoding", at)
    else:
        report("control-character", "a control character, which XML does not allow", at)
    return UNKNOWN
