"""Decides the encoding of a document and hands it on as valid UTF-8.

In this order: byte order mark, valid UTF-8, XML declaration, charset of the transport. RFC 7303 would put
the transport first, but the protocol demands UTF-8 (https://www.sitemaps.org/protocol.html#escaping).
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Harvest, Position

PIECE = 64 * 1024
"""Bytes handed on at once; expat 2.5 is quadratic in the feeds that one token takes."""

SUBSTITUTE = b"\x1a"
"""What stands for each byte that means nothing: ASCII's own character for that, and never part of a URL."""

_DECLARED = re.compile(rb"<\?xml\s[^>]{0,512}?encoding\s*=\s*[\"']([^\"'>]{0,64})[\"']")
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")
# https://www.w3.org/TR/xml/#sec-guessing
_EBCDIC = b"\x4c\x6f\xa7\x94"
_UTF16 = re.compile(
    rb"(?P<be>\xfe\xff|\x00<(?![A-Za-z?!])|\x00[\t\r\n -~](?:\x00|\Z))"
    rb"|(?P<le>\xff\xfe|<\x00|[\t\r\n -~]\x00(?:[\t\r\n -~]\x00|\Z))"
)
_UTF16_NAMES = re.compile(r"(?:utf|ucs)-?(?:16|2)(?:[-_]?[lb]e)?")
_UTF8_NAMES = ("utf-8", "utf8", "us-ascii", "ascii")
_LEGACY = re.compile(r"(iso)[-_]?8859[-_]([1-9]|1[013456])|(?:windows-?|cp|x-cp)(125[0-8])|(latin-?1)")
# Bytes that look like ASCII mean something else in these, so that not even the tags can be trusted.
_NOT_ASCII = re.compile(r"utf-?7|utf-?32.*|(?:iso-10646-)?ucs-?4.*|iso-2022.*|hz.*|.*ebcdic.*|cp037|scsu")
_NEVER = re.compile(rb"[\x80-\xc1\xf5-\xff]+")
_HANDLER = "sitemap-substitute"


def _substituted(error: UnicodeError) -> tuple[str, int]:
    """As many substitutes as there are bytes, so that places stay true; a whole run at once."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    run = _NEVER.match(error.object, error.end)
    end = run.end() if run and error.encoding == "utf-8" else error.end
    return SUBSTITUTE.decode() * (end - error.start), end


codecs.register_error(_HANDLER, _substituted)


class Source:
    """The bytes of one document; iterating gives pieces of valid UTF-8, without a leading mark.

    Args:
        chunks: the bytes.
        harvest: hears of everything that is odd.
        charset: what the transport says, in any spelling.
    """

    __slots__ = ("_charset", "_chunks", "_declared", "_harvest", "_seen", "bytes", "encoding")

    def __init__(self, chunks: Iterable[bytes], harvest: Harvest, charset: str | None = None) -> None:
        self._chunks = chunks
        self._harvest = harvest
        self._charset = (charset or "").strip().lower()
        self._declared = ""
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
            if not self._seen and not piece.isascii():
                self._notice()
            # With a NUL among its first bytes expat would take the document for UTF-16, whatever it is told.
            yield piece.replace(b"\0", b"\x01") if b"\0" in piece else piece

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
        if head.startswith(_EBCDIC):
            self._refuse("the document is in EBCDIC, which is not supported")
            return iter(())
        wide = _UTF16.match(head.removeprefix(codecs.BOM_UTF8))
        if wide:
            head = head.removeprefix(codecs.BOM_UTF8)
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
        self._compare()
        if self._seen:
            self._notice()
        rest = b""
        for piece in _chained(head, pieces):
            rest += piece
            good, error = _valid(rest)
            if error and piece is head and b"<" not in rest[:good]:
                # What the document is shows only later, so that its beginning must not stand alone.
                self._seen = self._seen or not rest[:good].isascii()
                good = 0
            if good:
                yield rest[:good]
            rest = rest[good:]
            if error:
                yield from self._otherwise(rest, pieces)
                return
        if rest:
            yield from self._otherwise(rest, pieces)

    def _compare(self) -> None:
        """Report a declaration that we do not follow."""
        declared = self._declared
        if not declared or declared in _UTF8_NAMES or _LEGACY.fullmatch(declared):
            return
        if _UTF16_NAMES.fullmatch(declared):
            self._mismatch("declares the encoding", declared, "UTF-8")
        else:
            what = f"the document declares the encoding {declared!a}"
            message = f"{what}, which is not supported; read as UTF-8"
            self._harvest.problem("bad-encoding", message, _START, severity=Severity.WARNING, lost=False)
            self._declared = ""

    def _otherwise(self, rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Go on in the encoding that is named if nothing so far spoke for UTF-8; else without these bytes."""
        legacy = _LEGACY.fullmatch(self._declared) or _LEGACY.fullmatch(self._charset)
        if legacy is None or self._seen:
            return self._substituting(codecs.getincrementaldecoder("utf-8")(_HANDLER), rest, pieces)
        iso, part, windows, _latin1 = legacy.groups()
        name = f"windows-{windows}" if windows else f"iso-8859-{part or 1}"
        codec = f"iso8859-{part or 1}" if iso or not windows else f"cp{windows}"
        transcoded = self._transcoded(name, codec, rest, pieces)
        if self._declared in _UTF8_NAMES:
            self._mismatch("declares the encoding", self._declared, name)
        return transcoded

    def _transcoded(self, name: str, codec: str, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self.encoding = name
        self._harvest.shift = None
        self._harvest.problem("encoding-not-utf8", f"the document is in {name}; the protocol demands UTF-8")
        if name == "utf-16" and self._declared and not _UTF16_NAMES.fullmatch(self._declared):
            self._mismatch("declares the encoding", self._declared, name)
        return self._substituting(codecs.getincrementaldecoder(codec)(_HANDLER), head, pieces)

    def _substituting(
        self, decoder: codecs.IncrementalDecoder, head: bytes, pieces: Iterator[bytes]
    ) -> Iterator[bytes]:
        """Decode with a substitute for whatever means nothing; whoever reads it reports it in its place."""
        self._harvest.substituted = True
        for piece in _chained(head, pieces):
            text = decoder.decode(piece)
            yield text.removeprefix("\ufeff").encode() if piece is head else text.encode()
        yield decoder.decode(b"", final=True).encode()

    def _notice(self) -> None:
        """At the first character that only the encoding in hand can explain, compare what was said of it."""
        self._seen = True
        if self.encoding == "utf-8" and self._declared not in ("", "utf-8", "utf8"):
            self._mismatch("declares the encoding", self._declared, "UTF-8")
        elif self._charset and not self._is_meant(self._charset):
            self._mismatch("is sent with the charset", self._charset, str(self.encoding))

    def _is_meant(self, name: str) -> bool:
        """Whether a name in the transport's own spelling is that of the encoding in hand."""
        try:
            said = codecs.lookup(name).name
        except (LookupError, ValueError):
            return False
        actual = codecs.lookup(str(self.encoding)).name
        return said == actual or (actual == "utf-16" and said.startswith("utf-16"))

    def _mismatch(self, how: str, said: str, actual: str) -> None:
        message = f"the document {how} {said[:64]!a} but is in {actual}"
        self._harvest.once("encoding-mismatch", "", message, _START)

    def _refuse(self, message: str) -> None:
        self._harvest.end("bad-encoding", message, _START)


_START = Position(1, 1, 0)


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
