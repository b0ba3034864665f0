"""Sitemaps with numbered URLs, so that the recorded ones can be determined exactly."""

import gzip
import zlib
from collections.abc import Iterator
from functools import cache
from itertools import count

from tests.web import XMLNS

HEAD = f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{XMLNS}">\n'.encode()
TAIL = b"</urlset>\n"


def page(number: int) -> str:
    """The address of one page; the first is number 1."""
    return f"https://shop.example/page-{number}"


def entry(number: int) -> bytes:
    """The entry of one page."""
    return f"<url><loc>{page(number)}</loc></url>\n".encode()


@cache
def entries(first: int, last: int) -> bytes:
    """The entries of some pages."""
    return b"".join(map(entry, range(first, last + 1)))


def urlset(last: int = 3) -> bytes:
    """A good sitemap of the first pages."""
    return HEAD + entries(1, last) + TAIL


def beginning(last: int = 3) -> bytes:
    """The same without its end."""
    return HEAD + entries(1, last)


def around(middle: bytes, head: bytes = HEAD) -> bytes:
    """Three pages, something, three more pages."""
    return head + entries(1, 3) + middle + entries(4, 6) + TAIL


def fitting(size: int, *, head: int = len(HEAD)) -> int:
    """How many entries end within so many bytes."""
    left = size - head
    for number in count(1):
        left -= len(entry(number)) - 1  # the end of the line may be cut
        if left < 0:
            return number - 1
        left -= 1
    raise AssertionError


def endless() -> Iterator[bytes]:
    """The beginning of a sitemap and ever more entries."""
    yield HEAD
    for first in count(1, 1_000):
        yield entries_once(first, first + 999)


def entries_once(first: int, last: int) -> bytes:
    """The same as :func:`entries`, not remembered."""
    return b"".join(map(entry, range(first, last + 1)))


def zipped(data: bytes) -> bytes:
    """One gzip member."""
    return gzip.compress(data, mtime=0)


def bomb(head: bytes, filler: bytes, times: int) -> bytes:
    """The beginning of a gzip member of a head and a filler of a mebibyte, so many times.

    Every filler is the same bytes, after a flush that forgets what was before: a gibibyte in no time.
    """
    squeeze = zlib.compressobj(9, wbits=31)
    block = filler * (1024 * 1024 // len(filler))
    begin = squeeze.compress(head) + squeeze.flush(zlib.Z_FULL_FLUSH)
    return begin + (squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH)) * times
