"""Decides the encoding of a document and decodes it to valid UTF-8.

In this order: byte order mark, valid UTF-8, XML declaration, charset of the transport. RFC 7303 would put
the transport first, but the protocol demands UTF-8 (https://www.sitemaps.org/protocol.html#escaping).

A few characters in Chinese, Japanese, Korean and some other encodings may be valid UTF-8 by chance. So where
such an encoding is named, the bytes have to look like UTF-8 to be read as that.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import chain

from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.strictness import limit_strictly, stop_strictly
from sitemap_cli.web_encodings import ASCII_LABELS, UTF_8, UTF_16, Encoding, find_encoding

PIECE = 64 * 1024
"""Bytes of a piece; expat 2.5 is quadratic in the number of feeds that one token takes."""

DECLARED_WITHIN = 4_096
"""Bytes at the beginning of a document in which its encoding may be declared."""

SUBSTITUTE = b"\x1a"
"""Replaces each byte that cannot be decoded: ASCII's own character for that, and never part of a URL."""

_DECLARED = re.compile(
    rb"<\??xml\s[^>]{0,512}?(?:encoding|charset)\s*=\s*(?:[\"']([^\"'>]{0,64})[\"']|([A-Za-z][\w.:-]{0,63}))",
    re.IGNORECASE,
)
_UTF32 = (b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff", b"<\x00\x00\x00", b"\x00\x00\x00<")
# https://www.w3.org/TR/xml/#sec-guessing
_EBCDIC = b"\x4c\x6f\xa7\x94"
_UTF16 = re.compile(
    rb"(?P<be>\xfe\xff|\x00<(?![A-Za-z?!])|\x00[\t\r\n -~](?:\x00|\Z))"
    rb"|(?P<le>\xff\xfe|<\x00|[\t\r\n -~]\x00(?:[\t\r\n -~]\x00|\Z))"
)
# Bytes that look like ASCII mean something else in these, so that not even the tags can be trusted.
_NOT_ASCII = re.compile(
    r"utf-?7|utf-?32.*|(?:iso-10646-)?ucs-?4.*|iso-2022-(?!jp$).*|hz.*|.*ebcdic.*|cp037|scsu"
)
_HAS_LONG_UTF8 = re.compile(rb"[\xe0-\xf4][\x80-\xbf]{2}")
_NEVER_UTF8 = re.compile(rb"[\x80-\xc1\xf5-\xff]+")
# A character beyond U+FFFF as two halves of three bytes each: https://www.unicode.org/reports/tr26/
_HALVES = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_ENTRY_ENDS = re.compile(rb"</(?:url|sitemap|item|entry)\s*>")
_HANDLER = "sitemap-substitute"
_START = Position(1, 1, 0)


def _substitute(error: UnicodeError) -> tuple[str, int]:
    """Return as many substitutes as there are bytes, so that positions stay true; a whole run at once."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    if error.encoding == "utf-8" and (halves := _HALVES.match(error.object, error.start)):
        pair = halves[0].decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass")
        return pair.decode("utf-16"), halves.end()
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

    __slots__ = (
        *("_charset", "_chunks", "_collector", "_declared", "_ended", "_has_non_ascii", "bytes", "encoding"),
    )

    def __init__(self, chunks: Iterable[bytes], collector: Collector, charset: str | None = None) -> None:
        self._chunks = chunks
        self._collector = collector
        self._charset = (charset or "").strip().lower()
        self._declared = ""
        self._has_non_ascii = self._ended = False
        self.encoding: str | None = None
        self.bytes = 0

    def __iter__(self) -> Iterator[bytes]:
        pieces = self._split_into_pieces()
        head = next(pieces, b"")
        if head.startswith(b"\x1f\x8b"):
            message = "the content is still gzip after decompression"
            self._collector.stop("nested-compression", message)
            return
        self._declared = read_declared_encoding(head)
        for piece in self._decode(head, pieces):
            if not self._has_non_ascii and not piece.isascii():
                self._check_non_ascii()
                if self.encoding == UTF_8.name and self._collector.offset_shift == 0:
                    _limit_by_declaration(piece, self._declared, self._collector)
            # With a NUL among its first bytes expat would take the document for UTF-16 in any case.
            yield piece.replace(b"\0", b"\x01") if b"\0" in piece else piece

    def is_whole(self, piece: bytes) -> bool:
        """Return whether the piece that was yielded last is the whole document, in UTF-8."""
        return self._ended and len(piece) == self.bytes and self.encoding == UTF_8.name

    def _split_into_pieces(self) -> Iterator[bytes]:
        """Yield pieces of the same size, except for the last one."""
        held = bytearray()
        for chunk in self._chunks:
            held += chunk
            while len(held) >= PIECE:
                self.bytes += PIECE
                yield bytes(held[:PIECE])
                del held[:PIECE]
        self._ended = True
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
        named = self._find_named()
        wide = _UTF16.match(head.removeprefix(codecs.BOM_UTF8))
        if wide:
            if head.startswith(codecs.BOM_UTF8):
                stop_strictly(self._collector, "encoding-mismatch", "UTF-16 after the mark of UTF-8", _START)
            head = head.removeprefix(codecs.BOM_UTF8)
            return self._transcode(UTF_16, head, pieces, f"utf-16-{wide.lastgroup}")
        if _NOT_ASCII.fullmatch(self._declared):
            self._refuse(f"the document declares the encoding {self._declared!a}, which is not supported")
            return iter(())
        if named is not None and (named.resembles_utf8 or named.is_stateful):
            return self._decode_named(named, head, pieces)
        return self._decode_utf8(head, pieces)

    def _find_named(self) -> Encoding | None:
        """Return the encoding other than Unicode that the document or the transport names."""
        found = (find_encoding(self._declared), find_encoding(self._charset))
        return next((each for each in found if each is not None and each not in (UTF_8, UTF_16)), None)

    def _decode_named(self, named: Encoding, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Decode as the named encoding, unless the first bytes beyond ASCII look like UTF-8."""
        self.encoding = UTF_8.name
        if named.is_stateful:
            is_utf8 = not head.isascii()
            yield from self._decode_utf8(head, pieces) if is_utf8 else self._transcode(named, head, pieces)
            return
        for piece in chain((head,), pieces):
            if piece.isascii():
                yield piece
            elif _looks_like_utf8(piece, named, self._declared):
                yield from self._decode_utf8(piece, pieces)
                return
            else:
                yield from self._transcode(named, piece, pieces)
                return

    def _decode_utf8(self, head: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        self.encoding = "utf-8"
        if head.startswith(codecs.BOM_UTF8):
            message = "the document begins with a byte order mark, which UTF-8 does not need"
            self._collector.report("bom", message, _START)
            self._collector.offset_shift = len(codecs.BOM_UTF8)
            head = head[len(codecs.BOM_UTF8) :]
            self._has_non_ascii = True
        self._check_declaration()
        if self._has_non_ascii:
            self._check_non_ascii()
        rest = b""
        for piece in chain((head,), pieces):
            rest += piece
            valid, is_invalid = _measure_valid(rest)
            if is_invalid and piece is head and b"<" not in rest[:valid]:
                # What the document is shows only later, so its beginning must not be handed on alone.
                self._has_non_ascii = self._has_non_ascii or not rest[:valid].isascii()
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
        encoding = find_encoding(declared)
        if not declared or (encoding is not None and encoding is not UTF_16):
            return
        if encoding is UTF_16:
            message = f"the document declares the encoding {declared!a}, but is not in it"
            stop_strictly(self._collector, "encoding-mismatch", message, _START)
            self._report_mismatch("declares the encoding", declared, "UTF-8")
        else:
            what = f"the document declares the encoding {declared!a}"
            message = f"{what}, which is not supported; it was read as UTF-8"
            stop_strictly(self._collector, "bad-encoding", message, _START)
            self._collector.report(
                "bad-encoding", message, _START, severity=Severity.WARNING, loses_content=False
            )
            self._declared = ""

    def _decode_invalid(self, rest: bytes, pieces: Iterator[bytes]) -> Iterator[bytes]:
        """Continue in the encoding that is named, unless non-ASCII UTF-8 came before; else substitute."""
        named = self._find_named()
        if named is None or self._has_non_ascii:
            decoder = codecs.getincrementaldecoder("utf-8")(_HANDLER)
            check = partial(_check_halves, self._collector)
            return self._decode_with_substitutes(decoder, check(rest), map(check, pieces))
        return self._transcode(named, rest, pieces)

    def _transcode(
        self, encoding: Encoding, head: bytes, pieces: Iterator[bytes], codec: str | None = None
    ) -> Iterator[bytes]:
        self.encoding = encoding.name
        self._collector.offset_shift = None
        self._collector.is_utf8 = False
        self._collector.is_like_ascii = not (encoding is UTF_16 or encoding.is_stateful)
        message = f"the document is in {encoding.name}; the protocol demands UTF-8"
        self._collector.report("encoding-not-utf8", message)
        if self._declared and find_encoding(self._declared) is not encoding:
            self._report_mismatch("declares the encoding", self._declared, encoding.name)
        decoder = codecs.getincrementaldecoder(codec or encoding.codec)(_HANDLER)
        return self._decode_with_substitutes(decoder, head, pieces)

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
        self._has_non_ascii = True
        if self.encoding == UTF_8.name and self._declared not in ("", "utf-8", "utf8"):
            self._report_mismatch("declares the encoding", self._declared, "UTF-8")
        elif self._charset and not self._is_actual(self._charset):
            self._report_mismatch("was sent with the charset", self._charset, str(self.encoding))

    def _is_actual(self, name: str) -> bool:
        """Return whether a name in the transport's own spelling is that of the actual encoding."""
        named = find_encoding(name)
        return named is not None and named.name == self.encoding and name not in ASCII_LABELS

    def _report_mismatch(self, how: str, declared: str, actual: str) -> None:
        message = f"the document {how} {declared[:64]!a} but is in {actual}"
        self._collector.report_once("encoding-mismatch", "", message, _START)

    def _refuse(self, message: str) -> None:
        self._collector.stop("bad-encoding", message, _START)


def _check_halves(collector: Collector, piece: bytes) -> bytes:
    """Report characters that are written as two halves, which are read as one."""
    if halves := _HALVES.search(piece):
        message = "characters beyond U+FFFF are written as two halves, which UTF-8 does not allow"
        collector.report_once("surrogate-pair", "", message)
        _limit_strictly(collector, piece[: halves.start()], "surrogate-pair", message)
        collector.offset_shift = None
    return piece


def _limit_by_declaration(piece: bytes, declared: str, collector: Collector) -> None:
    """Note where a strict parser stops in UTF-8 that declares another encoding."""
    encoding = find_encoding(declared)
    if encoding in (None, UTF_8, UTF_16):
        return
    codec = "ascii" if declared in ASCII_LABELS else encoding.codec
    try:
        codecs.getincrementaldecoder(codec)().decode(piece)
    except UnicodeDecodeError as error:
        message = f"the document declares the encoding {declared[:64]!a} but is in UTF-8"
        _limit_strictly(collector, piece[: error.start], "encoding-mismatch", message)


def _limit_strictly(collector: Collector, before: bytes, code: str, message: str) -> None:
    """Note that a strict parser stops after these bytes, which were not read yet."""
    limit_strictly(collector, code, message, more=len(_ENTRY_ENDS.findall(before)))


def read_declared_encoding(head: bytes) -> str:
    """Return the encoding that the XML declaration names, in lower case; "" if it names none."""
    # Without the NULs, the declaration reads like ASCII even in UTF-16 and UTF-32.
    found = _DECLARED.search(head[:DECLARED_WITHIN].replace(b"\0", b""))
    return (found[1] or found[2] or b"").decode("latin-1").strip().lower() if found else ""


def _looks_like_utf8(piece: bytes, named: Encoding, declared: str) -> bool:
    """Return whether the first bytes beyond ASCII are UTF-8 rather than the named encoding."""
    if piece.startswith(codecs.BOM_UTF8):
        return True
    if _measure_valid(piece)[1]:
        return False
    if find_encoding(declared) is UTF_8 or _HAS_LONG_UTF8.search(piece):
        return True
    try:
        codecs.getincrementaldecoder(named.codec)().decode(piece)
    except UnicodeDecodeError:
        return True
    return False


def _measure_valid(data: bytes) -> tuple[int, bool]:
    """Return how many bytes are valid UTF-8, and whether the next one is certainly invalid."""
    if data.isascii():
        return len(data), False
    try:
        return codecs.utf_8_decode(data, "strict", False)[1], False
    except UnicodeDecodeError as error:
        return error.start, True
