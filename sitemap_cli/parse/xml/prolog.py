"""Takes everything before the root element apart, so that no DOCTYPE ever reaches expat.

A handler that raises does not stop pyexpat before the end of its buffer, and in expat 2.5 an entity
chain in an internal subset ends the process (CVE-2024-8176): refusing in a handler is too late.
"""

import re

from sitemap_cli.parse.collector import MAX_HINTS, Harvest, Position
from sitemap_cli.parse.format import for_root
from sitemap_cli.parse.xml.cursor import Cursor

MAX_CONSTRUCT = 1024 * 1024
"""Bytes of one comment, processing instruction or DOCTYPE."""

MAX_JUNK = 64 * 1024
"""Bytes of anything else before the document in which its beginning is looked for."""

HTML_ROOTS = frozenset(
    {"html", "head", "body", "script", "style", "title", "meta", "link", "div", "span", "p", "br", "b"}
    | {"h1", "h2", "center", "table", "font", "a", "img", "iframe", "pre", "hr", "ul", "strong", "i"}
)
"""First elements that only a page (or an error message for one) begins with."""

_SPACE = re.compile(rb"(?:[ \t\r\n]+|\xef\xbb\xbf)*+")
_FILLER = re.compile(rb"(?:[ \t\r\n]+|<!--(?:[^-]++|-(?!->))*+-->)*+")
_DECLARATION = re.compile(rb"<\?xml[ \t\r\n]", re.IGNORECASE)
_GOOD_DECLARATION = re.compile(
    rb"<\?xml\s+version\s*=\s*([\"'])1\.[0-9]\1"
    rb"(?:\s+encoding\s*=\s*([\"'])[A-Za-z][A-Za-z0-9._-]*\2)?"
    rb"(?:\s+standalone\s*=\s*([\"'])(?:yes|no)\3)?\s*\?>"
)
_DOCTYPE = re.compile(rb"<!DOCTYPE(?:[^\[>\"']++|\"[^\"]*+\"|'[^']*+')*+", re.IGNORECASE)
_DOCTYPE_HTML = re.compile(rb"<!DOCTYPE\s+html\b", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:[^\s<>/!?:\"'=]+:)?([^\s<>/!?:\"'=]+)(?=[\s>/])")
_PARTIAL = re.compile(rb"<(?:$|!(?:$|-$|[A-Z]*$)|[^\s<>/!?\"'=]*$)", re.IGNORECASE)
_BEGINNING = re.compile(rb"<\?xml[ \t\r\n]|<(?:[\w.-]+:)?([\w.-]+)(?=[\s>/])", re.IGNORECASE)
_PAGE = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_BLANKED = bytes(each if each in b"\r\n" else 0x20 for each in range(256))


class Prolog:
    """A filter that ends at the root element: white space, comments and instructions pass.

    The XML declaration and a DOCTYPE without internal subset are replaced by blanks of the same
    size, so that every later position stays true.
    """

    __slots__ = (
        "_buffer",
        "_cursor",
        "_declared",
        "_final",
        "_harvest",
        "_junk",
        "_started",
        "_typed",
        "done",
        "html",
        "prefixed",
        "root",
    )

    def __init__(self, harvest: Harvest) -> None:
        self._harvest = harvest
        self._buffer = b""
        self._cursor = Cursor(harvest)
        self._started = False
        self._declared = False
        self._typed = False
        self._junk = False
        self._final = False
        self.done = False
        self.html = False
        self.root: str | None = None
        self.prefixed = False

    def feed(self, piece: bytes) -> bytes:
        """What may go to the parser; the rest waits for the next piece."""
        data = self._buffer + piece
        out: list[bytes] = []
        at = 0
        while True:
            at = self._blank(data, at, out)
            end = self._construct(data, at, out)
            if end < 0:
                break
            at = end
        self._buffer = data[at:]
        self._cursor.advance(data, at)
        self._started = self._started or at > 0
        if len(self._buffer) > MAX_CONSTRUCT and not self.done:
            message = "more than 1 MiB without an end before the first element"
            self._harvest.end("token-too-long", message, self._where(self._buffer, 0))
        return b"".join(out) + (self._rest() if self.done else b"")

    def close(self) -> bytes:
        """What was held back to the end; it may at least tell the name of the root."""
        self._final = True
        ready = b"" if self.done else self.feed(b"")
        if not self.done:
            self._root(self._buffer + b" ", 0)
        return ready + self._rest()

    def _rest(self) -> bytes:
        held, self._buffer = self._buffer, b""
        return held

    def _construct(self, data: bytes, at: int, out: list[bytes]) -> int:
        """The end of what begins here; -1 when more is needed or the prolog is over."""
        if data.startswith(b"<!--", at):
            return self._told(data, at, at + 4, b"-->", out)
        if not self._declared and _DECLARATION.match(data, at):
            return self._declaration(data, at, out)
        if data.startswith(b"<?", at):
            return self._told(data, at, at + 2, b"?>", out)
        doctype = _DOCTYPE.match(data, at)
        if doctype:
            return self._doctype(data, doctype, out)
        if at < len(data) and not _PARTIAL.match(data, at):
            return self._anything(data, at, out)
        return -1

    def _anything(self, data: bytes, at: int, out: list[bytes]) -> int:
        """The root, or something that has no business before it."""
        root = _ROOT.match(data, at)
        foreign = root is not None and root[1].decode("utf-8", "replace").lower() not in HTML_ROOTS
        begins = at if foreign else _beginning(data, at)
        if begins <= at or _PAGE.search(data, at, begins):
            short = len(data) - at < MAX_JUNK and not self._final
            if begins == at or not short or _PAGE.match(data, at):
                self._root(data, at)
            return -1
        self._junk = True
        message = "something stands before the document, and was skipped"
        self._harvest.problem("junk-before", message, self._where(data, at))
        out.append(data[at:begins].translate(_BLANKED))
        return begins

    def _told(self, data: bytes, at: int, inside: int, closing: bytes, out: list[bytes]) -> int:
        end = data.find(closing, inside)
        if end < 0:
            return -1
        self._harvest.hint(data[inside : min(end, inside + 4096)].decode("utf-8", "replace"))
        end += len(closing)
        out.append(data[at:end])
        return end

    def _declaration(self, data: bytes, at: int, out: list[bytes]) -> int:
        end = data.find(b"?>", at) + 2
        if end < 2:
            return -1
        if (self._started or at > 0) and not self._junk:
            message = "something stands before the XML declaration, which has to come first"
            self._harvest.problem("leading-whitespace", message, self._where(data, at))
        if not _GOOD_DECLARATION.fullmatch(data[at:end]):
            message = "the XML declaration is not as it has to be"
            self._harvest.problem("xml-declaration", message, self._where(data, at))
        self._declared = True
        out.append(data[at:end].translate(_BLANKED))
        return end

    def _doctype(self, data: bytes, found: re.Match[bytes], out: list[bytes]) -> int:
        at, end = found.span()
        if _DOCTYPE_HTML.match(data, at):
            self.html = self.done = True
            return -1
        if self._typed:
            self._harvest.end("not-well-formed", "more than one DOCTYPE", self._where(data, at))
            return -1
        closing = data[end : end + 1]
        if closing == b">":
            self._typed = True
            message = "a DOCTYPE, which a sitemap does not need, was skipped"
            self._harvest.problem("doctype", message, self._where(data, at))
            out.append(data[at : end + 1].translate(_BLANKED))
            return end + 1
        if closing == b"[":
            self._harvest.end(
                "dtd-forbidden",
                "the DOCTYPE declares entities or elements of its own, which can be an attack, so nothing "
                "was read; remove the part in square brackets, a sitemap does not need it",
                self._where(data, at),
            )
        return -1

    def _root(self, data: bytes, at: int) -> None:
        found = _ROOT.match(data, at)
        self.prefixed = found is not None and b":" in found[0]
        self.root = found[1].decode("utf-8", "replace").lower() if found else None
        self.html = self.root in HTML_ROOTS
        self.done = True

    def _where(self, data: bytes, at: int) -> Position:
        return self._cursor.at(data, at)

    def _blank(self, data: bytes, at: int, out: list[bytes]) -> int:
        """The end of the blank space here, and of comments once nobody looks at them any more."""
        signed = self._harvest.hints > MAX_HINTS
        found = (_FILLER if signed else _SPACE).match(data, at)
        blank = found[0] if found else b""
        if b"\xef" in blank and not signed:
            message = "a byte order mark in the middle of blank space"
            self._harvest.once("bom", "", message, self._where(data, at))
            blank = blank.replace(b"\xef\xbb\xbf", b"   ")
        out.append(blank)
        return at + len(blank)


def begins_later(head: bytes) -> bool:
    """Whether a document begins after something else that is no page."""
    begins = _beginning(head, 0)
    return begins > 0 and not _PAGE.search(head, 0, begins)


def _beginning(data: bytes, at: int) -> int:
    """Where a declaration or the root of a sitemap or feed begins first; -1 if nowhere near."""
    for found in _BEGINNING.finditer(data, at, at + MAX_JUNK):
        if found[1] is None or for_root(None, found[1].decode("utf-8", "replace")):
            return found.start()
    return -1
