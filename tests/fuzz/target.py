"""The fuzzed function: the first byte of an input selects a reader, the rest is what it reads."""

from collections.abc import Callable

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.parse.reader import read_document
from tests.fuzz.invariants import check_counts, check_order, check_reading, read_and_check, split_into_chunks

BASE = "https://example.com/folder/sitemap.xml"
SIZES = (65_536, 1, 7, 61)
MAX_BYTES = 64 * 1024
LARGE = 512
AGENTS = ("sitemap", "*", "Googlebot/2.1")
REASONS = {
    *("truncated-gzip", "bad-gzip", "bad-crc", "too-large", "too-many-members"),
    *("nested-compression", "unsupported-encoding"),
}


def run(data: bytes) -> None:
    """Read the data with one reader; raise AssertionError if an invariant is broken."""
    if data:
        variant, which = divmod(data[0], len(TARGETS))
        TARGETS[which](data[1:], variant)


def read_plain(data: bytes, variant: int) -> None:
    """Read a document; a small one twice, with another chunk size."""
    base = BASE if variant & 4 else None
    charset = "iso-8859-1" if variant & 8 else None
    reading, items = read_and_check(data, base_url=base, charset=charset)
    check_order(items)
    if len(data) <= LARGE:
        again, same = read_and_check(data, base_url=base, charset=charset, size=SIZES[variant & 3])
        assert items == same, "the chunk size matters"
        assert (reading.kind, reading.complete) == (again.kind, again.complete)


def read_compressed(data: bytes, variant: int) -> None:
    """Read a document that may be compressed."""
    decoder = Decoder(max_bytes=MAX_BYTES, content_encoding="gzip" if variant & 4 else None)
    content: list[bytes] = []
    reading = read_document(
        _record_pieces(decode_chunks(split_into_chunks(data, SIZES[variant & 3]), decoder), content)
    )
    items = [item for batch in reading for item in batch]
    check_counts(reading, items)
    check_reading(reading, items, b"".join(content))
    assert decoder.bytes <= MAX_BYTES
    assert decoder.fault is None or decoder.fault.reason in REASONS
    assert all(problem.message.isprintable() for problem in decoder.problems)


def read_robots(data: bytes, variant: int) -> None:
    """Read a robots.txt and query it."""
    robots = RobotsTxt(data, BASE if variant & 4 else None)
    lines = 1 + data.count(b"\n") + data.count(b"\r")
    places = [*(each.line for each in robots.sitemaps), *(each.line for each in robots.groups)]
    assert all(1 <= line <= lines for line in places)
    assert all(problem.line is None or 1 <= problem.line <= lines for problem in robots.problems)
    assert all(each.written == each.written.strip() != "" for each in robots.sitemaps)
    agent = AGENTS[variant % len(AGENTS)]
    allowed = robots.is_allowed(BASE, agent)
    rule = robots.find_deciding_rule(BASE, agent) if len(data) <= LARGE else None
    assert rule is None or rule.startswith("Allow" if allowed else "Disallow")
    delay = robots.find_crawl_delay(agent)
    assert delay is None or isinstance(delay, int | float)


def _record_pieces(pieces, content: list[bytes]):
    for piece in pieces:
        content.append(piece)
        yield piece


TARGETS: tuple[Callable[[bytes, int], None], ...] = (read_plain, read_compressed, read_robots)
