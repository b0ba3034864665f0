"""The lines of a list, decompressed and decoded; files that are no lists are refused.

Bytes that mean nothing certain are kept as lone surrogates, so that the records which need them can be
reported with their line, and the others are read.
"""

import codecs
import io
import re
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from itertools import chain, filterfalse
from statistics import median
from typing import Any, BinaryIO, cast

from sitemap_cli.errors import UsageError
from sitemap_cli.fetch.gunzip import MAGIC, Decoder, decode_chunks
from sitemap_cli.inputs.list_records import INVISIBLE, Lines
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_words
from sitemap_cli.web_encodings import WIDE_BOMS, Encoding, find_encoding

MAX_BYTES = 256 * 1024 * 1024
"""The largest JSON document: it is read as a whole."""
MAX_STREAMED = 16 * 1024**3
"""The largest compressed list, in bytes of its content."""
CHUNK = 1024 * 1024
HEAD = 64 * 1024
"""Characters at the beginning that show what a list is."""

BOMS = {codecs.BOM_UTF8: "utf-8-sig", **WIDE_BOMS}
LINE_END = re.compile(r"\r\n|\n|\r")
# Letters of Western European languages stand alone, while other encodings use two high bytes in a row,
# or bytes that are control characters there.
WESTERN = re.compile(rb"(?:[\x00-\x7f]|[\xc0-\xff](?![\x80-\xff]))*")
# A comment that names the encoding, as editors write it: https://peps.python.org/pep-0263/
DECLARED = re.compile(rb"(?:[^\r\n]*[\r\n]{1,2})?[ \t]*#[^\r\n]*?coding[:=][ \t]*([-\w.]+)")
CONTROLS = bytes({*range(1, 0x20)} - {*b"\t\n\v\f\r\x1a"})
# The largest share in a text; compressed data has 10 %.
MOST_CONTROLS = 0.05
# Letters of the shortest name, such as t.me. In UTF-16, most letters stand alone between two NULs.
SHORTEST = 4
# The smallest share of characters that are ASCII in UTF-16: at least the line ends.
LEAST_NULS = 1 / 16
FIRST = re.compile(r"\s*[^\s#].*", re.DOTALL)
ROBOTS = re.compile(r"(user-agent|sitemap|disallow|allow|crawl-delay)\s*:", re.IGNORECASE)
# Bytes that could not be decoded.
UNDECODED = re.compile("[\udc80-\udcff]")
ANGLES = re.compile(r"<(?:URL:)?https?://[^\s<>]+>", re.IGNORECASE)
ZIP = b"PK\x03\x04"
MEMBERS, MAX_MEMBERS = (".csv", ".tsv", ".txt"), 100
COMPRESSED = {
    ZIP: "it is a spreadsheet or a ZIP file",
    b"BZh": "it is compressed with bzip2",
    b"\xfd7zXZ": "it is compressed with xz",
    b"\x28\xb5\x2f\xfd": "it is compressed with zstd",
}


class ListText:
    """The text of a list, with a lone surrogate for each byte that cannot be decoded.

    It is decoded anew by each method, some bytes at a time, so that a list may be larger than the memory.

    Args:
        stream: its bytes, which may be compressed with gzip; it must be seekable.
        name: its file name.
        note: called with a line of text if its encoding is a guess.
        on_fault: called with the reason if the compressed data are damaged, so that the end is missing;
            without it, such a list is refused.

    Raises:
        UsageError: it is something else: a sitemap, a robots.txt, a compressed or another binary file.
    """

    def __init__(
        self,
        stream: BinaryIO,
        name: str,
        note: Callable[[str], None],
        on_fault: Callable[[str], None] | None = None,
    ) -> None:
        self._stream = stream
        self._name = name
        self._on_fault = on_fault
        self._is_cut = False
        self._ends_lines = False
        head = next(self._read_chunks(), b"")
        for magic, why in COMPRESSED.items():
            if head.startswith(magic):
                hint = "save it as CSV" if magic.startswith(b"PK") else "decompress it"
                raise _not_a_list(name, why, hint)
        self._codec, self._errors = self._find_encoding(head, note)
        self.head = self._decode_head(head)
        self._refuse_others()

    def split_lines(self) -> Lines:
        """Yield the lines that are not empty, with their numbers, without line ends.

        The last line of a damaged list is left out: it may be cut.
        """
        chunks = cast(io.RawIOBase, _ChunkReader(self._read_chunks(is_last=True)))
        reader = io.TextIOWrapper(io.BufferedReader(chunks, CHUNK), self._codec, self._errors)
        with reader:
            for number, text in enumerate(reader, 1):
                line = text.rstrip("\n\x1a").strip(INVISIBLE)
                if line and not line.isspace() and not (self._is_cut and not text.endswith("\n")):
                    yield number, line

    def read(self) -> str:
        """Return the whole text.

        Raises:
            UsageError: it is larger than the memory should be.
        """
        data = bytearray()
        for chunk in self._read_chunks(is_last=True):
            data += chunk
            if len(data) > MAX_BYTES:
                raise _not_a_list(self._name, f"it is larger than {MAX_BYTES // 1024**2} MiB", None)
        return data.rstrip(b"\x1a").decode(self._codec, self._errors)

    def _read_chunks(self, *, is_last: bool = False) -> Iterator[bytes]:
        """Yield the decompressed bytes; report damage of the compressed ones the last time."""
        self._stream.seek(0)
        chunks = iter(partial(self._stream.read, CHUNK), b"")
        first = next(chunks, b"")
        decoder = Decoder(max_bytes=MAX_STREAMED)
        pieces = chain([first], chunks)
        for each in decode_chunks(pieces, decoder) if first.startswith(MAGIC) else pieces:
            yield each.replace(b"\0", b"\n") if self._ends_lines else each
        if decoder.fault is not None:
            if self._on_fault is None:
                hint = "compress it again, or decompress it"
                raise _not_a_list(self._name, decoder.fault.message, hint)
            if is_last:
                self._on_fault(decoder.fault.message)
            self._is_cut = True

    def _find_encoding(self, head: bytes, note: Callable[[str], None]) -> tuple[str, str]:
        """Return the encoding, and how bytes are handled that cannot be decoded."""
        codec = next((each for bom, each in BOMS.items() if head.startswith(bom)), None)
        if codec is None and b"\0" in head:
            if _is_separated_by_nuls(head):
                self._ends_lines = True
            else:
                codec = _guess_utf16(head[:1024])
        if codec is not None:
            return codec, "replace"
        if len(head) - len(head.translate(None, CONTROLS)) > MOST_CONTROLS * len(head):
            raise self._refuse_binary()
        if self._can_decode("utf-8"):
            return "utf-8", "surrogateescape"
        declared = _find_declared(head)
        if declared is not None and self._can_decode(declared.codec):
            return declared.codec, "strict"
        if all(map(WESTERN.fullmatch, filterfalse(_is_utf8, self._split_bytes()))):
            note(f"{self._name} is not in UTF-8; it was read as windows-1252")
            return "utf-8", WESTERN_BYTES
        return "utf-8", "surrogateescape"

    def _can_decode(self, codec: str) -> bool:
        decoder = codecs.getincrementaldecoder(codec)()
        try:
            for chunk in self._read_chunks():
                if b"\0" in chunk:
                    raise self._refuse_binary()
                decoder.decode(chunk)
            decoder.decode(b"", final=not self._is_cut)
        except UnicodeDecodeError:
            return False
        return True

    def _split_bytes(self) -> Iterator[bytes]:
        reader = io.BufferedReader(cast(io.RawIOBase, _ChunkReader(self._read_chunks())), CHUNK)
        for line in reader:
            yield from line.splitlines()

    def _decode_head(self, head: bytes) -> str:
        decoder = codecs.getincrementaldecoder(self._codec)(self._errors)
        return decoder.decode(head.replace(b"\0", b"\n") if self._ends_lines else head)

    def _refuse_others(self) -> None:
        first = next(filter(FIRST.fullmatch, LINE_END.split(self.head[:65536])), "").lstrip()
        if first.startswith("<") and not ANGLES.match(first):
            hint = f"sitemap parse {self._name} prints the URLs of a sitemap"
            raise _not_a_list(self._name, "it is XML or HTML", hint)
        if ROBOTS.match(first):
            hint = f"sitemap robots {self._name} prints what it says"
            raise _not_a_list(self._name, "it is a robots.txt", hint)

    def _refuse_binary(self) -> UsageError:
        return _not_a_list(self._name, "it is a binary file", "expected text, CSV, JSON or JSON Lines")


class _ChunkReader(io.RawIOBase):
    """Bytes that come in chunks, as a file."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            chunk = next(self._chunks, None)
            if chunk is None:
                return 0
            self._rest = memoryview(chunk)
        size = min(len(buffer), len(self._rest))
        buffer[:size], self._rest = self._rest[:size], self._rest[size:]
        return size


@contextmanager
def open_seekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """Open a stream that can be read several times: itself, a copy of a pipe, or a table in a ZIP file."""
    with ExitStack() as stack:
        if not stream.seekable():
            copy = stack.enter_context(tempfile.TemporaryFile(prefix="sitemap-"))
            shutil.copyfileobj(stream, copy, CHUNK)
            stream = copy
        stream.seek(0)
        is_zip = stream.read(len(ZIP)) == ZIP
        yield (_open_member(stream, stack) or stream) if is_zip else stream


def _open_member(stream: BinaryIO, stack: ExitStack) -> BinaryIO | None:
    """Open the table with most URLs in a ZIP file, such as Search Console exports; None without one."""
    with suppress(zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error):
        archive = stack.enter_context(zipfile.ZipFile(stream))
        counts = dict[str, int]()
        for each in archive.infolist()[:MAX_MEMBERS]:
            if each.filename.lower().endswith(MEMBERS) and not each.filename.startswith("__MACOSX"):
                with archive.open(each) as member:
                    counts[each.filename] = member.read(HEAD).replace(b"\0", b"").count(b"://")
        name = max(counts, key=lambda each: counts[each], default=None)
        if name is not None and counts[name]:
            return cast(BinaryIO, stack.enter_context(archive.open(name)))
    return None


def _decode_western(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


WESTERN_BYTES = "sitemap-western"
codecs.register_error(WESTERN_BYTES, _decode_western)


def split_head(head: str) -> list[str]:
    """Return the lines of the beginning of a text that are not empty, without one that may be cut."""
    lines = LINE_END.split(head[:HEAD])
    return [each for each in (lines[:-1] if len(head) > HEAD else lines) if each.strip()]


def check_decoded(text: str) -> None:
    """Check that a text of a list is in a known encoding.

    Raises:
        UsageError: it has bytes that could not be decoded.
    """
    if UNDECODED.search(text):
        shown = text[:100].encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        why = "save the list in UTF-8, or begin it with a comment such as # coding: windows-1251"
        raise UsageError("not in UTF-8", where=escape_text(redact_words(shown)), why=why)


def replace_undecoded(value: Any) -> Any:
    """Return a value of a record with U+FFFD for each byte that could not be decoded."""
    return UNDECODED.sub("\ufffd", value) if isinstance(value, str) else value


def _is_separated_by_nuls(data: bytes) -> bool:
    """Return whether NULs take the place of line ends, as in the output of ``find -print0``."""
    names = [each for each in data.split(b"\0") if each.strip()]
    return (
        bool(names)
        and median(map(len, names)) >= SHORTEST
        and len(data.translate(None, CONTROLS)) == len(data)
    )


def _find_declared(head: bytes) -> Encoding | None:
    """Return the encoding that a comment at the beginning names."""
    found = DECLARED.match(head)
    return find_encoding(found[1].decode("latin-1")) if found else None


def _guess_utf16(head: bytes) -> str | None:
    """Return the encoding of a text whose characters have a NUL as one of their two bytes."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if bool(even) == bool(odd) or max(even, odd) < LEAST_NULS * len(head) / 2:
        return None
    codec = "utf-16-be" if even else "utf-16-le"
    text = head.decode(codec, "replace").encode("utf-8", "replace")
    return codec if len(text.translate(None, CONTROLS)) == len(text) else None


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _not_a_list(name: str, why: str, hint: str | None) -> UsageError:
    return UsageError("not a list of domains", where=name, why=why, hint=hint)
