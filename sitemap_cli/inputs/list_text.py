"""The lines of a list, decompressed and decoded; files that are no lists are refused.

Bytes that mean nothing certain are kept as lone surrogates, so that the records which need them can be
reported with their line, and the others are read.
"""

import codecs
import re
from collections.abc import Callable
from itertools import chain
from statistics import median
from typing import Any, BinaryIO

from sitemap_cli.errors import UsageError
from sitemap_cli.fetch.gunzip import MAGIC, Decoder, decode_chunks
from sitemap_cli.inputs.list_records import INVISIBLE, Lines
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.redaction import redact_words
from sitemap_cli.web_encodings import WIDE_BOMS, Encoding, find_encoding

MAX_BYTES = 256 * 1024 * 1024
"""The largest list, of some ten million domains."""

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
COMPRESSED = {
    b"PK\x03\x04": "it is a spreadsheet or a ZIP file",
    b"BZh": "it is compressed with bzip2",
    b"\xfd7zXZ": "it is compressed with xz",
    b"\x28\xb5\x2f\xfd": "it is compressed with zstd",
}


def read_text(stream: BinaryIO, name: str, note: Callable[[str], None]) -> str:
    """Return the text of a list, with a lone surrogate for each byte that cannot be decoded.

    Args:
        stream: its bytes, which may be compressed with gzip.
        name: its file name.
        note: called with a line of text if its encoding is a guess.

    Raises:
        UsageError: it is something else: a sitemap, a robots.txt, a compressed or another binary file.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _not_a_list(name, f"it is larger than {MAX_BYTES // 1024**2} MiB", None)
    if data.startswith(MAGIC):
        data = _decompress(data, name)
    for magic, why in COMPRESSED.items():
        if data.startswith(magic):
            hint = "save it as CSV" if magic.startswith(b"PK") else "decompress it"
            raise _not_a_list(name, why, hint)
    text = _decode(data.rstrip(b"\x1a"), name, note)
    first = next(filter(FIRST.fullmatch, LINE_END.split(text[:65536])), "").lstrip()
    if first.startswith("<") and not ANGLES.match(first):
        hint = f"sitemap parse {name} prints the URLs of a sitemap"
        raise _not_a_list(name, "it is XML or HTML", hint)
    if ROBOTS.match(first):
        raise _not_a_list(name, "it is a robots.txt", f"sitemap robots {name} prints what it says")
    return text


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


def split_lines(text: str) -> Lines:
    """Yield the lines that are not empty, with their numbers, without line ends."""
    at = 0
    for number, end in enumerate(chain(LINE_END.finditer(text), [None]), 1):
        line = text[at : end.start() if end else None].strip(INVISIBLE)
        at = end.end() if end else at
        if line.strip():
            yield number, line


def _decompress(data: bytes, name: str) -> bytes:
    decoder = Decoder(max_bytes=MAX_BYTES)
    content = b"".join(decode_chunks([data], decoder))
    if decoder.fault is not None:
        raise _not_a_list(name, decoder.fault.message, "compress it again, or decompress it")
    return content


def _decode(data: bytes, name: str, note: Callable[[str], None]) -> str:
    codec = next((each for bom, each in BOMS.items() if data.startswith(bom)), None)
    if codec is None and b"\0" in data:
        if _is_separated_by_nuls(data):
            data = data.replace(b"\0", b"\n")
        else:
            codec = _guess_utf16(data[:1024])
    if codec is not None:
        return data.decode(codec, "replace")
    if b"\0" in data or len(data) - len(data.translate(None, CONTROLS)) > MOST_CONTROLS * len(data):
        raise _not_a_list(name, "it is a binary file", "expected text, CSV, JSON or JSON Lines")
    try:
        return data.decode()
    except UnicodeDecodeError:
        declared = _find_declared(data)
        return data.decode(declared.codec) if declared else _decode_lines(data, name, note)


def _is_separated_by_nuls(data: bytes) -> bool:
    """Return whether NULs take the place of line ends, as in the output of ``find -print0``."""
    names = [each for each in data.split(b"\0") if each.strip()]
    return (
        bool(names)
        and median(map(len, names)) >= SHORTEST
        and len(data.translate(None, CONTROLS)) == len(data)
    )


def _find_declared(data: bytes) -> Encoding | None:
    """Return the encoding that a comment at the beginning names, if the list is in it."""
    found = DECLARED.match(data)
    encoding = find_encoding(found[1].decode("latin-1")) if found else None
    try:
        return encoding if encoding is not None and data.decode(encoding.codec) else None
    except UnicodeDecodeError:
        return None


def _guess_utf16(head: bytes) -> str | None:
    """Return the encoding of a text whose characters have a NUL as one of their two bytes."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if bool(even) == bool(odd) or max(even, odd) < LEAST_NULS * len(head) / 2:
        return None
    codec = "utf-16-be" if even else "utf-16-le"
    text = head.decode(codec, "replace").encode("utf-8", "replace")
    return codec if len(text.translate(None, CONTROLS)) == len(text) else None


def _decode_lines(data: bytes, name: str, note: Callable[[str], None]) -> str:
    """Decode a list in which some lines are not UTF-8: they are Western European if all of them may be."""
    lines = data.replace(b"\r\n", b"\n").split(b"\n")
    others = [each for each in lines if not _is_utf8(each)]
    codec = "cp1252" if all(map(WESTERN.fullmatch, others)) else None
    if codec:
        note(f"{name} is not in UTF-8; it was read as windows-1252")
    unread = set(others)
    return "\n".join(
        each.decode(codec) if codec and each in unread else each.decode("utf-8", "surrogateescape")
        for each in lines
    )


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode()
    except UnicodeDecodeError:
        return False
    return True


def _not_a_list(name: str, why: str, hint: str | None) -> UsageError:
    return UsageError("not a list of domains", where=name, why=why, hint=hint)
