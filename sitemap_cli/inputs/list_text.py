"""The lines of a list, decoded; files that are no lists are refused."""

import codecs
import re
from io import BufferedReader

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.list_records import Lines

MAX_BYTES = 256 * 1024 * 1024
"""The largest list, of some ten million domains."""

# UTF-32 comes first: the mark of UTF-16 is the beginning of its own.
BOMS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
LINE_END = re.compile(r"\r\n|\n|\r")
# Letters of Western European languages stand alone, while other encodings use two high bytes in a row,
# or bytes that are control characters there.
WESTERN = re.compile(rb"(?:[\x00-\x7f]|[\xc0-\xff](?![\x80-\xff]))*")
FIRST = re.compile(r"\s*[^\s#].*", re.DOTALL)
ROBOTS = re.compile(r"(user-agent|sitemap|disallow|allow|crawl-delay)\s*:", re.IGNORECASE)
COMPRESSED = {b"\x1f\x8b": "it is compressed with gzip", b"PK\x03\x04": "it is a spreadsheet or a ZIP file"}


def read_text(stream: BufferedReader, name: str) -> str:
    """Return the text of a list.

    Raises:
        UsageError: it is something else: a sitemap, a robots.txt, a compressed or another binary file.
    """
    data = stream.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _not_a_list(name, f"it is larger than {MAX_BYTES // 1024**2} MiB", None)
    for magic, why in COMPRESSED.items():
        if data.startswith(magic):
            hint = "save it as CSV" if magic.startswith(b"PK") else f"gzip -dc {name} | sitemap batch -"
            raise _not_a_list(name, why, hint)
    text = _decode(data, name)
    first = next(filter(FIRST.fullmatch, LINE_END.split(text[:65536])), "").lstrip()
    if first.startswith("<"):
        hint = f"sitemap parse {name} prints the URLs of a sitemap"
        raise _not_a_list(name, "it is XML or HTML", hint)
    if ROBOTS.match(first):
        raise _not_a_list(name, "it is a robots.txt", f"sitemap robots {name} prints what it says")
    return text


def split_lines(text: str) -> Lines:
    """Yield the lines that are not empty, with their numbers, without line ends."""
    for number, line in enumerate(LINE_END.split(text), 1):
        if line.strip():
            yield number, line


def _decode(data: bytes, name: str) -> str:
    encoding = next((each for bom, each in BOMS.items() if data.startswith(bom)), None)
    if encoding is None and b"\0" in data:
        encoding = _guess_utf16(data[:1024])
        if encoding is None:
            raise _not_a_list(name, "it is a binary file", "expected text, CSV, JSON or JSON Lines")
    if encoding is not None:
        return data.decode(encoding, "replace")
    try:
        return data.decode()
    except UnicodeDecodeError:
        return "\n".join(map(_decode_line, data.replace(b"\r\n", b"\n").split(b"\n")))


def _guess_utf16(head: bytes) -> str | None:
    """Return the encoding of a text whose characters have a NUL as one of their two bytes."""
    even, odd = head[::2].count(0), head[1::2].count(0)
    if even and odd:
        return None
    return "utf-16-be" if even else "utf-16-le"


def _decode_line(line: bytes) -> str:
    """Return a line of UTF-8; what is not UTF-8 is Latin-1, or unreadable if it cannot be."""
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1") if WESTERN.fullmatch(line) else line.decode(errors="replace")


def _not_a_list(name: str, why: str, hint: str | None) -> UsageError:
    return UsageError("not a list of domains", where=name, why=why, hint=hint)
