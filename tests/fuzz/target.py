"""The function that is fuzzed: its first byte picks a reader, the rest is what that has to read."""

from collections.abc import Callable

from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
from sitemap_cli.fetch.robots.robots_txt import RobotsTxt
from sitemap_cli.parse.reader import read_document
from tests.fuzz.invariants import check_counts, check_order, check_reading, checked, chunked

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
    """Let one reader read the data; raise where a promise is broken."""
    if data:
        variant, which = divmod(data[0], len(TARGETS))
        TARGETS[which](data[1:], variant)


def document(data: bytes, variant: int) -> None:
    """Read a document; small ones twice, in chunks of another size."""
    base = BASE if variant & 4 else None
    charset = "iso-8859-1" if variant & 8 else None
    reading, items = checked(data, base_url=base, charset=charset)
    check_order(items)
    if len(data) <= LARGE:
        again, same = checked(data, base_url=base, charset=charset, size=SIZES[variant & 3])
        assert items == same, "the size of the chunks matters"
        assert (reading.kind, reading.complete) == (again.kind, again.complete)


def packed(data: bytes, variant: int) -> None:
    """Read a document that may be compressed."""
    decoder = Decoder(max_bytes=MAX_BYTES, content_encoding="gzip" if variant & 4 else None)
    content: list[bytes] = []
    reading = read_document(_kept(decode_chunks(chunked(data, SIZES[variant & 3]), decoder), content))
    items = [item for batch in reading for item in batch]
    check_counts(reading, items)
    check_reading(reading, items, b"".join(content))
    assert decoder.bytes <= MAX_BYTES
    assert decoder.fault is None or decoder.fault.reason in REASONS
    assert all(problem.message.isprintable() for problem in decoder.problems)


def robots(data: bytes, variant: int) -> None:
    """Read a robots.txt, and ask it."""
    read_ = RobotsTxt(data, BASE if variant & 4 else None)
    lines = 1 + data.count(b"\n") + data.count(b"\r")
    places = [*(each.line for each in read_.sitemaps), *(each.line for each in read_.groups)]
    assert all(1 <= line <= lines for line in places)
    assert all(problem.line is None or 1 <= problem.line <= lines for problem in read_.problems)
    assert all(each.written == each.written.strip() != "" for each in read_.sitemaps)
    agent = AGENTS[variant % len(AGENTS)]
    allowed = read_.is_allowed(BASE, agent)
    rule = read_.find_deciding_rule(BASE, agent) if len(data) <= LARGE else None
    assert rule is None or rule.startswith("Allow" if allowed else "Disallow")
    delay = read_.crawl_delay(agent)
    assert delay is None or isinstance(delay, int | float)


def _kept(pieces, content: list[bytes]):
    for piece in pieces:
        content.append(piece)
        yield piece


TARGETS: tuple[Callable[[bytes, int], None], ...] = (document, packed, robots)
