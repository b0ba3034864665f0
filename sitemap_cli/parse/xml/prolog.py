"""Reads everything before the root element, so that no DOCTYPE ever reaches expat.

A handler that raises does not stop pyexpat before the end of its buffer, and in expat 2.5 an entity chain
in an internal subset crashes the process (CVE-2024-8176): to refuse a DOCTYPE in a handler is too late.
"""

import re

from sitemap_cli.parse.collector import MAX_COMMENTS, Collector, Position
from sitemap_cli.parse.format import match_root
from sitemap_cli.parse.strictness import stop_strictly
from sitemap_cli.parse.xml.cursor import Cursor
from sitemap_cli.patterns import repeat_possessively

MAX_CONSTRUCT = 1024 * 1024
"""Bytes of one comment, processing instruction or DOCTYPE."""

MAX_JUNK = 64 * 1024
"""Bytes before the document, of anything else, in which its beginning is searched."""

HTML_ROOTS = frozenset(
    {"html", "head", "body", "script", "style", "title", "meta", "link", "div", "span", "p", "br", "b"}
    | {"h1", "h2", "center", "table", "font", "a", "img", "iframe", "pre", "hr", "ul", "strong", "i"}
)
"""Names of elements that only an HTML page (or an error message for one) begins with."""

_MAX_INSPECTED = 4_096
_SPACE = re.compile(repeat_possessively(r"[ \t\r\n]+|\xef\xbb\xbf").encode())
_COMMENT = f"<!--{repeat_possessively('[^-]++|-(?!->)')}-->"
_SPACE_OR_COMMENTS = re.compile(repeat_possessively(rf"[ \t\r\n]+|{_COMMENT}").encode())
_DECLARATION = re.compile(rb"<(?:\?|(?=xml\s+version\s*=))xml[ \t\r\n]", re.IGNORECASE)
_DECLARATION_END = re.compile(rb"\?>|>(?=\s*<)")
_VALID_DECLARATION = re.compile(
    rb"<\?xml\s+version\s*=\s*([\"'])1\.[0-9]\1"
    rb"(?:\s+encoding\s*=\s*([\"'])[A-Za-z][A-Za-z0-9._-]*\2)?"
    rb"(?:\s+standalone\s*=\s*([\"'])(?:yes|no)\3)?\s*\?>"
)
_DOCTYPE_PARTS = repeat_possessively(r"""[^\[>"']++|"[^"]*+"|'[^']*+'""")
_DOCTYPE = re.compile(f"<!DOCTYPE{_DOCTYPE_PARTS}".encode(), re.IGNORECASE)
_DOCTYPE_HTML = re.compile(rb"<!DOCTYPE\s+html\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[^\s<>/!?:\"'=]+:)?([^\s<>/!?:\"'=]+)(?=[\s>/])")
_PARTIAL = re.compile(rb"<(?:$|!(?:$|-$|[A-Z]*$)|[^\s<>/!?\"'=]*$)", re.IGNORECASE)
_DOCUMENT_START = re.compile(rb"<\?xml[ \t\r\n]|<(?:[\w.-]+:)?([\w.-]+)(?=[\s>/])", re.IGNORECASE)
_HTML_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
# An item that ends before another one begins: what is before it is left of a feed.
_ITEM_END = re.compile(rb"</(item|entry)\s*>\s*<\1[\s>]", re.IGNORECASE)
# What is left of a document whose beginning is missing, before another one.
_ENTRY = re.compile(
    rb"<(?:[\w.-]+:)?loc\s*>\s*(?:<!\[CDATA\[\s*)?https?://|</item\s*>|</entry\s*>", re.IGNORECASE
)
_TO_BLANKS = bytes(each if each in b"\r\n" else 0x20 for each in range(256))


class Prolog:
    """A filter that ends at the root element; it passes white space, comments and instructions.

    The XML declaration and a DOCTYPE without internal subset are replaced by blanks of the same length, so
    that every later position stays true.

    ``done`` is True once the root element was reached; then ``root`` is its local name in lower case, if it
    has one, and ``is_prefixed`` says whether it has a prefix. ``is_html`` is True for an HTML page.
    """

    __slots__ = (
        *("_buffer", "_collector", "_cursor", "_final", "_has_declaration", "_has_doctype", "_has_junk"),
        *("_started", "done", "is_html", "is_prefixed", "root"),
    )

    def __init__(self, collector: Collector) -> None:
        self._collector = collector
        self._buffer = b""
        self._cursor = Cursor(collector)
        self._started = False
        self._has_declaration = False
        self._has_doctype = False
        self._has_junk = False
        self._final = False
        self.done = False
        self.is_html = False
        self.root: str | None = None
        self.is_prefixed = False

    def feed(self, piece: bytes) -> bytes:
        """Take the next piece; return what the parser may read, and keep the rest for the next call."""
        data = self._buffer + piece
        out: list[bytes] = []
        at = 0
        while True:
            at = self._consume_blanks(data, at, out)
            end = self._consume_construct(data, at, out)
            if end < 0:
                break
            at = end
        self._buffer = data[at:]
        self._cursor.advance(data, at)
        self._started = self._started or at > 0
        if len(self._buffer) > MAX_CONSTRUCT and not self.done:
            message = "more than 1 MiB without an end before the first element"
            self._collector.stop("token-too-long", message, self._locate(self._buffer, 0))
        return b"".join(out) + (self._take_buffer() if self.done else b"")

    def close(self) -> bytes:
        """Return what was kept to the end; it may at least contain the name of the root."""
        self._final = True
        ready = b"" if self.done else self.feed(b"")
        if not self.done:
            self._read_root(self._buffer + b" ", 0)
        return ready + self._take_buffer()

    def _take_buffer(self) -> bytes:
        held, self._buffer = self._buffer, b""
        return held

    def _consume_construct(self, data: bytes, at: int, out: list[bytes]) -> int:
        """Return the end of the construct that begins here; -1 if more is needed or the prolog is over."""
        if data.startswith(b"<!--", at):
            return self._consume_comment(data, at, at + 4, b"-->", out)
        if not self._has_declaration and _DECLARATION.match(data, at):
            return self._consume_declaration(data, at, out)
        if data.startswith(b"<?", at):
            return self._consume_comment(data, at, at + 2, b"?>", out)
        doctype = _DOCTYPE.match(data, at)
        if doctype:
            return self._consume_doctype(data, doctype, out)
        if at < len(data) and not _PARTIAL.match(data, at):
            return self._consume_other(data, at, out)
        return -1

    def _consume_other(self, data: bytes, at: int, out: list[bytes]) -> int:
        """Take the root element, or something that does not belong before it."""
        root = _ROOT.match(data, at)
        is_root = root is not None and root[1].decode("utf-8", "replace").lower() not in HTML_ROOTS
        begins = at if is_root else _locate_start(data, at)
        if begins <= at or _HTML_PAGE.search(data, at, begins) or _ENTRY.search(data, at, begins):
            may_follow = len(data) - at < MAX_JUNK and not self._final
            if begins == at or not may_follow or _HTML_PAGE.match(data, at):
                self._read_root(data, at)
            return -1
        self._has_junk = True
        message = "content before the document was skipped"
        stop_strictly(self._collector, "junk-before", message, self._locate(data, at))
        self._collector.report("junk-before", message, self._locate(data, at))
        out.append(data[at:begins].translate(_TO_BLANKS))
        return begins

    def _consume_comment(self, data: bytes, at: int, inside: int, closing: bytes, out: list[bytes]) -> int:
        """Pass a comment or processing instruction, and inspect its content."""
        end = data.find(closing, inside)
        if end < 0:
            return -1
        content = data[inside : min(end, inside + _MAX_INSPECTED)]
        self._collector.inspect_comment(content.decode("utf-8", "replace"))
        end += len(closing)
        out.append(data[at:end])
        return end

    def _consume_declaration(self, data: bytes, at: int, out: list[bytes]) -> int:
        end = _locate_declaration_end(data, at)
        if end < 0:
            return -1
        if (self._started or at > 0) and not self._has_junk:
            message = "the XML declaration must come first, but other content is before it"
            stop_strictly(self._collector, "leading-whitespace", message, self._locate(data, at))
            self._collector.report("leading-whitespace", message, self._locate(data, at))
        if not _VALID_DECLARATION.fullmatch(data[at:end]):
            message = "the XML declaration is not valid"
            stop_strictly(self._collector, "xml-declaration", message, self._locate(data, at))
            self._collector.report("xml-declaration", message, self._locate(data, at))
        self._has_declaration = True
        out.append(data[at:end].translate(_TO_BLANKS))
        return end

    def _consume_doctype(self, data: bytes, found: re.Match[bytes], out: list[bytes]) -> int:
        at, end = found.span()
        if _DOCTYPE_HTML.match(data, at):
            self.is_html = self.done = True
            return -1
        if self._has_doctype:
            self._collector.stop("not-well-formed", "more than one DOCTYPE", self._locate(data, at))
            return -1
        closing = data[end : end + 1]
        if closing == b">":
            self._has_doctype = True
            message = "a DOCTYPE, which a sitemap does not need, was skipped"
            if not found[0].startswith(b"<!DOCTYPE"):
                stop_strictly(self._collector, "doctype", message, self._locate(data, at))
            self._collector.report("doctype", message, self._locate(data, at))
            out.append(data[at : end + 1].translate(_TO_BLANKS))
            return end + 1
        if closing == b"[":
            self._collector.stop(
                "dtd-forbidden",
                "nothing was read: the DOCTYPE declares entities or elements, which can be an attack; "
                "remove the part in square brackets, which a sitemap does not need",
                self._locate(data, at),
            )
        return -1

    def _read_root(self, data: bytes, at: int) -> None:
        found = _ROOT.match(data, at)
        self.is_prefixed = found is not None and b":" in found[0]
        self.root = found[1].decode("utf-8", "replace").lower() if found else None
        is_of_item = self.root in ("title", "link") and _ITEM_END.search(data, at, at + MAX_JUNK)
        self.is_html = self.root in HTML_ROOTS and not is_of_item
        self.done = True

    def _locate(self, data: bytes, at: int) -> Position:
        return self._cursor.locate(data, at)

    def _consume_blanks(self, data: bytes, at: int, out: list[bytes]) -> int:
        """Return the end of the white space here, and of comments once they are no longer inspected."""
        skip_comments = self._collector.comments > MAX_COMMENTS
        found = (_SPACE_OR_COMMENTS if skip_comments else _SPACE).match(data, at)
        blanks = found[0] if found else b""
        if b"\xef" in blanks and not skip_comments:
            message = "a byte order mark inside white space"
            stop_strictly(self._collector, "bom", message, self._locate(data, at))
            self._collector.report_once("bom", "", message, self._locate(data, at))
            blanks = blanks.replace(b"\xef\xbb\xbf", b"   ")
        out.append(blanks)
        return at + len(blanks)


def _locate_declaration_end(data: bytes, at: int) -> int:
    """Return where an XML declaration ends, or -1; its last question mark may be missing."""
    found = _DECLARATION_END.search(data, at)
    return found.end() if found else -1


def has_later_start(head: bytes) -> bool:
    """Return whether a document begins after something else that is not an HTML page."""
    begins = _locate_start(head, 0)
    return begins > 0 and not _HTML_PAGE.search(head, 0, begins)


def _locate_start(data: bytes, at: int) -> int:
    """Return where an XML declaration or the root of a sitemap or feed begins; -1 if not within MAX_JUNK."""
    for found in _DOCUMENT_START.finditer(data, at, at + MAX_JUNK):
        if found[1] is None or match_root(None, found[1].decode("utf-8", "replace")):
            return found.start()
    return -1
