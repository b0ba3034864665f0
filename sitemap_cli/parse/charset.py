"""Decides the encoding of a document and hands it on as valid UTF-8.

In this order: byte order mark, valid UTF-8, XML declaration. A header of the transport does not
count: the protocol demands UTF-8 (https://www.sitemaps.org/protocol.html#escaping).
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from sitemap_cli.parse.harvest import Harvest, Position

PIECE = 64 * 1024
"""Bytes handed on at once; expat 2.5 is quadratic in the feeds that one token takes."""

_DECLARED = re.compile(
    rb"\A[\s\xef\xbb\xbf\xfe\xff]*<\?xml\s[^>]{0,512}?encoding\s*=\s*[\"']([^\"'>]{0,64})[\"']"
)
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")
_UTF16 = re.compile(rb"(?P<be>\xfe\xff|\x00[\t\r\n -~])|(?P<le>\xff\xfe|[\t\r\n -~]\x00)")
_LEGACY = re.compile(r"(iso)[-_]?8859[-_]([1-9]|1[013456])|(?:windows-?|cp|x-cp)(125[0-8])|(latin-?1)")
# Bytes that look like ASCII mean something else in these, so that not even the tags can be trusted.
_NOT_ASCII = re.compile(r"utf-?7|utf-?32.*|(?:iso-10646-)?ucs-?4.*|iso-2022.*|hz.*|.*ebcdic.*|cp037|scsu")


class Source:
    """The bytes of one document; iterating gives pieces of valid UTF-8, without a leading mark."""

    __slots__ = (
        "_chunks",
        "_column",
        "_declared",
        "_harvest",
        "_line",
        "_seen",
        "bytes",
        "encoding",
        "skipped",
    )

    def __init__(self, chunks: Iterable[bytes], harvest: Harvest) -> None:
        self._chunks = chunks
        self._harvest = harvest
        self._declared = ""
        self._line = 1
        self._column = 1
        self._seen = False
        self.encoding: str | None = None
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._pieces()
        head = next(pieces, b"")
        if head.startswith(b"\x1f\x8b"):
            self._harvest.end("nested-compression", "another layer of gzip where the document should begin")
            return
        self._declared = _declared(head)
        for piece in self._decoded(head, pieces):
            self._move(piece)
            yield piece

    def _pieces(self) -> Iterator[bytes]:
        """Chunks of any size as pieces of about one size."""
        held = bytearray()
        for chunk in self._chunks:
            held += chunk
            while len(held) >= PIECE:
                self.bytes += PIECE
                yield bytes(held[:PIECE])
                del held[:PIECE]
        if held:
            self.bytes += len(held)
            yield bytes(held)

    def _decoded(self, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        if head.startswith(_UTF32):
            self._refuse("the document is in UTF-32, which is not supported")
            return iter(())
        wide = _UTF16.match(head)
        if wide:
            return self._transcoded("utf-16", f"utf-16-{wide.lastgroup}", head, pieces)
        if _NOT_ASCII.fullmatch(self._declared):
            self._refuse(f"the document declares the encoding {self._declared!a}, which is not supported")
            return iter(())
        return self._utf8(head, pieces)

    def _utf8(self, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self.encoding = "utf-8"
        if head.startswith(codecs.BOM_UTF8):
            self._harvest.problem("bom", "a byte order mark, which UTF-8 does not need", Position(1, 1, 0))
            self._harvest.shift = len(codecs.BOM_UTF8)
            head = head[len(codecs.BOM_UTF8) :]
            self._seen = True
            if _LEGACY.fullmatch(self._declared):
                self._mismatch("UTF-8")
        self._compare()
        rest = b""
        for piece in _chained(head, pieces):
            rest += piece
            good, error = _valid(rest)
            if good:
                yield rest[:good]
            rest = rest[good:]
            if error:
                yield from self._broken(rest, pieces)
                return
        if rest:
            yield from self._broken(rest, pieces)

    def _compare(self) -> None:
        """Report a declaration that we do not follow."""
        declared = self._declared
        if not declared or declared in ("utf-8", "utf8", "us-ascii", "ascii") or _LEGACY.fullmatch(declared):
            return
        if re.fullmatch(r"(?:utf|ucs)-?(?:16|2)(?:[-_]?[lb]e)?", declared):
            self._mismatch("UTF-8")
        else:
            message = (
                f"the document declares the encoding {declared!a}, which is not supported; read as UTF-8"
            )
            self._harvest.problem("bad-encoding", message, Position(1, 1, 0))
            self._declared = ""

    def _broken(self, rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Go on in the declared encoding if nothing so far spoke for UTF-8; otherwise this is the end."""
        legacy = _LEGACY.fullmatch(self._declared)
        if legacy is None or self._seen:
            self._refuse(f"the byte 0x{rest[0]:02x} is not valid UTF-8 here", after=rest)
            return iter(())
        iso, part, windows, _latin1 = legacy.groups()
        name = f"windows-{windows}" if windows else f"iso-8859-{part or 1}"
        return self._transcoded(
            name, f"iso8859-{part or 1}" if iso or not windows else f"cp{windows}", rest, pieces
        )

    def _transcoded(self, name: str, codec: str, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self.encoding = name
        self._harvest.shift = None
        self._harvest.problem("encoding-not-utf8", f"the document is in {name}; the protocol demands UTF-8")
        if name == "utf-16" and self._declared and not self._declared.startswith(("utf-16", "utf16")):
            self._mismatch(name)
        decoder = codecs.getincrementaldecoder(codec)("strict")
        for piece in _chained(head, pieces):
            text, error = _decode(decoder, piece)
            yield text.removeprefix("\ufeff").encode() if piece is head else text.encode()
            if error:
                self._refuse(f"the document is not valid {name} here")
                return
        if decoder.getstate()[0]:
            self._refuse(f"the document ends in the middle of a character of {name}")

    def _mismatch(self, actual: str) -> None:
        message = f"the document declares the encoding {self._declared!a} but is in {actual}"
        self._harvest.once("encoding-mismatch", "", message, Position(1, 1, 0))

    def _move(self, piece: bytes) -> None:
        """Keep line and column, and notice the first character that only UTF-8 can explain."""
        newlines = piece.count(b"\n")
        tail = piece[piece.rfind(b"\n") + 1 :]
        self._line += newlines
        self._column = len(tail.decode("utf-8", "ignore")) + (1 if newlines else self._column)
        if not self._seen and not piece.isascii():
            self._seen = True
            if self.encoding == "utf-8" and self._declared not in ("", "utf-8", "utf8"):
                self._mismatch("UTF-8")

    def _refuse(self, message: str, after: bytes | None = None) -> None:
        offset = None if after is None else self.bytes - len(after)
        self._harvest.end("bad-encoding", message, Position(self._line, self._column, offset))


def _declared(head: bytes) -> str:
    """The encoding that the XML declaration names, in lower case; empty when it names none."""
    # Without the NULs, UTF-16 and UTF-32 read like ASCII as far as a declaration goes.
    found = _DECLARED.search(head[:4096].replace(b"\0", b""))
    return found[1].decode("latin-1").strip().lower() if found else ""


def _chained(head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from pieces


def _valid(data: bytes) -> tuple[int, bool]:
    """How many bytes are valid UTF-8, and whether the next ones can never become so."""
    if data.isascii():
        return len(data), False
    try:
        return codecs.utf_8_decode(data, "strict", False)[1], False
    except UnicodeDecodeError as error:
        return error.start, True


def _decode(decoder: codecs.IncrementalDecoder, piece: bytes) -> tuple[str, bool]:
    """The text of a piece up to the first byte that means nothing, and whether there was one."""
    pending = decoder.getstate()
    try:
        return decoder.decode(piece), False
    except UnicodeDecodeError as error:
        decoder.setstate(pending)
        return decoder.decode(error.object[len(pending[0]) : error.start]), True
