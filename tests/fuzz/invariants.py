"""Invariants of reading any bytes, shared by the fuzz target and the property tests.

Each function raises AssertionError if an invariant is broken. None of them knows the content of a document.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from sitemap_cli.model.values import Child, Entry, Item, Problem, Severity
from sitemap_cli.parse.collector import MAX_PROBLEMS
from sitemap_cli.parse.problems import PROBLEM_TYPES
from sitemap_cli.parse.reader import DocumentReader, read_document

MAX_URL = 8_192
WEB_URL = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ud800-\udfff]")


def split_into_chunks(data: bytes, size: int) -> Iterator[bytes]:
    """Return the data in chunks of this many bytes."""
    return (data[at : at + size] for at in range(0, len(data), size))


def read_and_check(
    data: bytes, *, size: int = 65_536, base_url: str | None = None, charset: str | None = None
) -> tuple[DocumentReader, list[Item]]:
    """Read the data, check all invariants, and return the reader and its items."""
    options = {"charset": charset} if charset else {}
    reading = read_document(split_into_chunks(data, size), base_url=base_url, **options)
    kind = reading.detect_kind()
    items: list[Item] = []
    for batch in reading:
        items += batch
        check_counts(reading, items)
    assert reading.kind == kind, f"detected {kind}, was {reading.kind}"
    check_reading(reading, items, data)
    return reading, items


def check_counts(reading: DocumentReader, items: list[Item]) -> None:
    """Check that the counts of a reader match the items that it has yielded."""
    kinds = [type(item) for item in items]
    assert reading.urls == kinds.count(Entry)
    assert reading.sitemaps == kinds.count(Child)
    yielded = kinds.count(Problem)
    assert yielded == reading.problems or MAX_PROBLEMS <= yielded <= reading.problems


def check_reading(reading: DocumentReader, items: list[Item], data: bytes) -> None:
    """Check that a finished reader matches its items and the bytes that it read."""
    check_counts(reading, items)
    assert reading.bytes <= len(data)
    assert not reading.complete or reading.kind.is_sitemap
    assert reading.complete or any(isinstance(item, Problem) for item in items), (
        "content was lost without a problem"
    )
    lines = 1 + data.count(b"\n") + data.count(b"\r")
    for item in items:
        msgspec.json.encode(item)
        if isinstance(item, Problem):
            check_problem(item, lines, reading.bytes)
        else:
            check_page(item, lines)


def check_page(page: Entry | Child, lines: int) -> None:
    """Check that a URL is an absolute web URL, short enough, and without harmful or invented characters."""
    loc = page.loc
    assert WEB_URL.match(loc), loc
    assert not FORBIDDEN.search(loc), ascii(loc)
    assert loc == loc.strip()
    assert len(loc) <= MAX_URL
    assert page.line is not None
    assert 1 <= page.line <= lines, page
    assert page.lastmod is not None or page.lastmod_utc is None


def check_problem(problem: Problem, lines: int, size: int) -> None:
    """Check that a problem is a known one, has a position in the document, and can be printed."""
    assert problem.code in PROBLEM_TYPES, problem
    assert isinstance(problem.severity, Severity)
    assert problem.message.isascii(), problem
    assert not problem.message.startswith("cannot be repaired"), problem
    assert problem.message.isprintable(), problem
    assert problem.line is None or 1 <= problem.line <= lines, problem
    assert problem.column is None or problem.column >= 1, problem
    assert problem.offset is None or 0 <= problem.offset <= size, problem


def check_order(items: list[Item]) -> None:
    """Check that pages come in document order."""
    lines = [item.line or 0 for item in items if not isinstance(item, Problem)]
    assert all(first <= second for first, second in pairwise(lines)), lines
