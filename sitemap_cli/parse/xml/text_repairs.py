"""Repairs what may not stand in the text and in the attribute values of XML.

See https://www.w3.org/TR/xml/#charsets and https://www.w3.org/TR/xml/#syntax
"""

import re
from collections.abc import Callable

from sitemap_cli.parse.encoding import SUBSTITUTE

Report = Callable[[str, str, int], None]
"""Takes the code and the message of a problem, and where in the text it is."""

UNKNOWN = "\ufffd".encode()
"""What stands for a character that cannot be; no address that holds one is kept."""

HOLD = 64 * 1024
"""Bytes of text that are held while its end is awaited."""

_LONGEST_REFERENCE = 40
_UNDIVIDED = re.compile(rb".[\x80-\xbf]|[\]\r]", re.DOTALL)
_IN_TEXT = (
    rb"&(?!(?:amp|lt|gt|quot|apos);)"
    rb"(?:\#(?:[xX](?P<hex>[0-9A-Fa-f]{1,64})|(?P<decimal>[0-9]{1,64}));|(?P<name>[A-Za-z][A-Za-z0-9]{1,31});)?"
    rb"|(?P<control>[\x00-\x08\x0b\x0c\x0e-\x1f]+|\xef\xbf[\xbe\xbf])"
    rb"|\]\]>"
)
_FLAW = re.compile(_IN_TEXT + rb"|<")
_FLAW_IN_TEXT = re.compile(_IN_TEXT)
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]+|\xef\xbf[\xbe\xbf]")
_LITERAL = {b"&": b"&amp;", b"<": b"&lt;", b"]]>": b"]]&gt;"}


def mended(text: bytes, report: Report) -> bytes:
    """The text with every flaw repaired and reported."""
    if _FLAW.search(text) is None:
        return text
    return _FLAW.sub(lambda found: _repaired(found, report), text)


def mended_entry(entry: bytes, report: Report) -> bytes:
    """The same for an entry with its tags, which are good."""
    if _FLAW_IN_TEXT.search(entry) is None:
        return entry
    return _FLAW_IN_TEXT.sub(lambda found: _repaired(found, report), entry)


def without_controls(text: bytes, report: Report) -> bytes:
    """The text, of a CDATA section or a comment, without forbidden characters."""
    return _CONTROL.sub(lambda found: _unknown(found[0], found.start(), report), text)


def first_control(text: bytes, report: Report) -> None:
    """Report the first forbidden character of a text that nobody needs."""
    if found := _CONTROL.search(text):
        _unknown(found[0], found.start(), report)


def divided(data: bytes, at: int) -> int:
    """Where a text that has no end yet can be divided without harm; -1 while it is short."""
    if len(data) - at < HOLD:
        return -1
    end = len(data) - _LONGEST_REFERENCE
    reference = data.rfind(b"&", end - _LONGEST_REFERENCE, end)
    end = reference if reference > at else end
    # Not within a character, nor within "]]>" or an end of line; more of these is nonsense anyway.
    return next((cut for cut in range(end, end - 4, -1) if not _UNDIVIDED.match(data, cut - 1)), end)


def _repaired(found: re.Match[bytes], report: Report) -> bytes:
    at = found.start()
    match found.lastgroup:
        case "hex":
            return _referred(found, int(found["hex"], 16), report)
        case "decimal":
            return _referred(found, int(found["decimal"]), report)
        case "name":
            return _entity(found["name"].decode(), at, report)
        case "control":
            return _unknown(found[0], at, report)
    what = found[0].decode()
    report("unescaped-data", f"{what} stands for itself here, and has to be written another way", at)
    return _LITERAL[found[0]]


def _referred(found: re.Match[bytes], code: int, report: Report) -> bytes:
    """A reference to a character by its number."""
    allowed = code in (9, 10, 13) or 0x20 <= code < 0xD800 or 0xE000 <= code < 0xFFFE
    if allowed or 0x10000 <= code <= 0x10FFFF:
        return b"&#%d;" % code
    reference = found[0].decode()
    report("control-character", f"{reference} refers to a character that XML does not allow", found.start())
    return UNKNOWN


def _entity(name: str, at: int, report: Report) -> bytes:
    """An entity of HTML by its meaning, any other as it stands."""
    from html.entities import html5

    text = html5.get(f"{name};")
    meaning = f"taken for {text!a}" if text else "left as it is"
    report("undefined-entity", f"XML does not know &{name};, {meaning}", at)
    return "".join(f"&#{ord(each)};" for each in text or f"&{name};").encode()


def _unknown(characters: bytes, at: int, report: Report) -> bytes:
    code = "bad-encoding" if SUBSTITUTE in characters else "control-character"
    what = "bytes that mean nothing in the encoding" if code == "bad-encoding" else "a control character"
    report(code, f"{what} cannot be read", at)
    return UNKNOWN
