"""Decides the encoding of a document and decodes it to valid UTF-8.

In this order: byte order mark, valid UTF-8, XML declaration, charset of the transport. RFC 7303 would put
the transport first, but the protocol demands UTF-8 (https://www.sitemaps.org/protocol.html#escaping).
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from itertools import chain

from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Collector, Position

PIECE = 64 * 1024
"""Bytes of a piece; expat 2.5 is quadratic in the number of feeds that one token takes."""

SUBSTITUTE = b"\x1a"
"""Replaces each byte that cannot be decoded: ASCII's own character for that, and never part of a URL."""

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
_NEVER_UTF8 = re.compile(rb"[\x80-\xc1\xf5-\xff]+")
_HANDLER = "sitemap-substitute"
_START = Position(1, 1, 0)


def _substitute(error: UnicodeError) -> tuple[str, int]:
    """Return as many substitutes as there are bytes, so that positions stay true; a whole run at once."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    run = _NEVER_UTF8.match(error.object, error.end)
    end = run.end() if run and error.encoding == "utf-8" else error.end
    return SUBSTITUTE.decode() * (end - error.start), end


codecs.register_error(_HANDLER, _substitute)


class DocumentDecoder:
    """The bytes of one document; iterating yields pieces of valid UTF-8, without a byte order mark.

    ``bytes`` counts the content read so far; ``encoding`` is None until it is decided.

    Args:
        chunks: the bytes, in chunks of any size.
        collector: receives problems.
        charset: the encoding according to the transport, in any spelling.
    """

    __slots__ = ("_charset", "_chunks", "_collector", "_declared", "_found_non_ascii", "bytes", "encoding")

    def __init__(self, chunks: Iterable[bytes], collector: Collector, charset: str | None = None) -> None:
        self._chunks = chunks
        self._collector = collector
        self._charset = (charset or "").strip().lower()
        self._declared = ""
        self._found_non_ascii = False
        self.encoding: str | None = None
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._split_into_pieces()
        head = next(pieces, b"")
        if head.startswith(b"\x1f\x8b"):
            message = "the content is still gzip after decompression"
            self._collector.stop("nested-compression", message)
            return
        self._declared = _read_declared_encoding(head)
        for piece in self._decode(head, pieces):
            if not self._found_non_ascii and not piece.isascii():
                self._check_non_ascii()
            # With a NUL among its first bytes expat would take the document for UTF-16 in any case.
            yield piece.replace(b"\0", b"\x01") if b"\0" in piece else piece

    def _split_into_pieces(self) -> Iterator[bytes]:
        """Yield pieces of the same size, except for the last one."""
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

    def _decode(self, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        if head.startswith(_UTF32):
            self._refuse("the document is in UTF-32, which is not supported")
            return iter(())
        if head.startswith(_EBCDIC):
            self._refuse("the document is in EBCDIC, which is not supported")
            return iter(())
        wide = _UTF16.match(head.removeprefix(codecs.BOM_UTF8))
        if wide:
            head = head.removeprefix(codecs.BOM_UTF8)
            return self._transcode("utf-16", f"utf-16-{wide.lastgroup}", head, pieces)
        if _NOT_ASCII.fullmatch(self._declared):
            self._refuse(f"the document declares the encoding {self._declared!a}, which is not supported")
            return iter(())
        return self._decode_utf8(head, pieces)

    def _decode_utf8(self, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self.encoding = "utf-8"
        if head.startswith(codecs.BOM_UTF8):
            message = "the document begins with a byte order mark, which UTF-8 does not need"
            self._collector.report("bom", message, _START)
            self._collector.offset_shift = len(codecs.BOM_UTF8)
            head = head[len(codecs.BOM_UTF8) :]
            self._found_non_ascii = True
        self._check_declaration()
        if self._found_non_ascii:
            self._check_non_ascii()
        rest = b""
        for piece in chain((head,), pieces):
            rest += piece
            valid, is_invalid = _measure_valid(rest)
            if is_invalid and piece is head and b"<" not in rest[:valid]:
                # What the document is shows only later, so its beginning must not be handed on alone.
                self._found_non_ascii = self._found_non_ascii or not rest[:valid].isascii()
                valid = 0
            if valid:
                yield rest[:valid]
            rest = rest[valid:]
            if is_invalid:
                yield from self._decode_invalid(rest, pieces)
                return
        if rest:
            yield from self._decode_invalid(rest, pieces)

    def _check_declaration(self) -> None:
        """Report a declared encoding that is not used."""
        declared = self._declared
        if not declared or declared in _UTF8_NAMES or _LEGACY.fullmatch(declared):
            return
        if _UTF16_NAMES.fullmatch(declared):
            self._report_mismatch("declares the encoding", declared, "UTF-8")
        else:
            what = f"the document declares the encoding {declared!a}"
            message = f"{what}, which is not supported; it was read as UTF-8"
            self._collector.report(
                "bad-encoding", message, _START, severity=Severity.WARNING, loses_content=False
            )
            self._declared = ""

    def _decode_invalid(self, rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Continue in the encoding that is named, unless non-ASCII UTF-8 came before; else substitute."""
        legacy = _LEGACY.fullmatch(self._declared) or _LEGACY.fullmatch(self._charset)
        if legacy is None or self._found_non_ascii:
            decoder = codecs.getincrementaldecoder("utf-8")(_HANDLER)
            return self._decode_with_substitutes(decoder, rest, pieces)
        iso, part, windows, _latin1 = legacy.groups()
        name = f"windows-{windows}" if windows else f"iso-8859-{part or 1}"
        codec = f"iso8859-{part or 1}" if iso or not windows else f"cp{windows}"
        transcoded = self._transcode(name, codec, rest, pieces)
        if self._declared in _UTF8_NAMES:
            self._report_mismatch("declares the encoding", self._declared, name)
        return transcoded

    def _transcode(self, name: str, codec: str, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self.encoding = name
        self._collector.offset_shift = None
        message = f"the document is in {name}; the protocol demands UTF-8"
        self._collector.report("encoding-not-utf8", message)
        if name == "utf-16" and self._declared and not _UTF16_NAMES.fullmatch(self._declared):
            self._report_mismatch("declares the encoding", self._declared, name)
        return self._decode_with_substitutes(codecs.getincrementaldecoder(codec)(_HANDLER), head, pieces)

    def _decode_with_substitutes(
        self, decoder: codecs.IncrementalDecoder, head: bytes, pieces: Iterator[bytes]
    ) -> Iterator[bytes]:
        """Decode with substitutes for invalid bytes; the parts that read them report them in their place."""
        self._collector.has_substitutes = True
        for piece in chain((head,), pieces):
            text = decoder.decode(piece)
            yield text.removeprefix("\ufeff").encode() if piece is head else text.encode()
        yield decoder.decode(b"", final=True).encode()

    def _check_non_ascii(self) -> None:
        """Compare the encoding with the declared ones; called at the first character that is not ASCII."""
        self._found_non_ascii = True
        if self.encoding == "utf-8" and self._declared not in ("", "utf-8", "utf8"):
            self._report_mismatch("declares the encoding", self._declared, "UTF-8")
        elif self._charset and not self._is_actual(self._charset):
            self._report_mismatch("was sent with the charset", self._charset, str(self.encoding))

    def _is_actual(self, name: str) -> bool:
        """Return whether a name in the transport's own spelling is that of the actual encoding."""
        try:
            named = codecs.lookup(name).name
        except (LookupError, ValueError):
            return False
        actual = codecs.lookup(str(self.encoding)).name
        return named == actual or (actual == "utf-16" and named.startswith("utf-16"))

    def _report_mismatch(self, how: str, declared: str, actual: str) -> None:
        message = f"the document {how} {declared[:64]!a} but is in {actual}"
        self._collector.report_once("encoding-mismatch", "", message, _START)

    def _refuse(self, message: str) -> None:
        self._collector.stop("bad-encoding", message, _START)


def _read_declared_encoding(head: bytes) -> str:
    """Return the encoding that the XML declaration names, in lower case; "" if it names none."""
    # Without the NULs, the declaration reads like ASCII even in UTF-16 and UTF-32.
    found = _DECLARED.search(head[:4096].replace(b"\0", b""))
    return found[1].decode("latin-1").strip().lower() if found else ""


def _measure_valid(data: bytes) -> tuple[int, bool]:
    """Return how many bytes are valid UTF-8, and whether the next one is certainly invalid."""
    if data.isascii():
        return len(data), False
    try:
        return codecs.utf_8_decode(data, "strict", False)[1], False
    except UnicodeDecodeError as error:
        return error.start, True
