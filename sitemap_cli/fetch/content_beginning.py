"""Distinguishes plain from compressed content by its first bytes."""

import codecs
import re

# What scripts send before a compressed file: blank lines, and byte order marks of UTF-8.
BLANKS = re.compile(rb"(?:[\t\n\r ]|\xef\xbb\xbf)*")
MAX_BLANKS = 256
# Bytes by which content that is labelled as something else is distinguished from plain text.
SNIFFED = 32
NO_TEXT = bytes({*range(0x20), 0x7F} - {*b"\t\n\f\r"})
# How compressed content begins, or blanks before it.
NOT_PLAIN = b"\x1f\xef\t\n\r "
BYTE_ORDER_MARKS = (codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def is_text(beginning: bytes) -> bool:
    """Return whether content begins like text in UTF-8; compressed data has other bytes after a few."""
    if beginning.startswith(BYTE_ORDER_MARKS):
        return True
    try:
        codecs.utf_8_decode(beginning, "strict", False)
    except UnicodeDecodeError:
        return False
    return len(beginning.translate(None, NO_TEXT)) == len(beginning)


def measure_blanks(data: bytes) -> int:
    """Return the length of the blanks that data begins with, up to a limit."""
    found = BLANKS.match(data, 0, MAX_BLANKS)
    return found.end() if found else 0


def has_zlib_header(data: bytes) -> bool:
    """Return whether data begins with the header of https://www.rfc-editor.org/rfc/rfc1950#section-2.2."""
    return len(data) > 1 and data[0] & 0x8F == 8 and int.from_bytes(data[:2]) % 31 == 0
