"""What is true of every reading, whatever the bytes: shared by the fuzz target and the property tests.

Each function raises AssertionError where a promise is broken. Nothing here knows what a document holds.
"""

import re
from collections.abc import Iterator
from itertools import pairwise

import msgspec

from sitemap_cli.model.values import Child, Entry, Item, Problem, Severity
from sitemap_cli.parse.collector import MAX_PROBLEMS
from sitemap_cli.parse.problems import PROBLEM_TYPES
from sitemap_cli.parse.reader import DocumentReader, read_document

LONGEST = 8_192
ADDRESS = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufffd\ud800-\udfff]")


def chunked(data: bytes, size: int) -> Iterator[bytes]:
    """The data in chunks of this many bytes."""
    return (data[at : at + size] for at in range(0, len(data), size))


def checked(
    data: bytes, *, size: int = 65_536, base_url: str | None = None, charset: str | None = None
) -> tuple[DocumentReader, list[Item]]:
    """Read the data, check everything that can be checked, and give the reading with its items."""
    options = {"charset": charset} if charset else {}
    reading = read_document(chunked(data, size), base_url=base_url, **options)
    kind = reading.detect_kind()
    items: list[Item] = []
    for batch in reading:
        items += batch
        check_counts(reading, items)
    assert reading.kind == kind, f"sniffed {kind}, was {reading.kind}"
    check_reading(reading, items, data)
    return reading, items


def check_counts(reading: DocumentReader, items: list[Item]) -> None:
    """The counts of a reading are those of the items that were handed out so far."""
    kinds = [type(item) for item in items]
    assert reading.urls == kinds.count(Entry)
    assert reading.sitemaps == kinds.count(Child)
    handed = kinds.count(Problem)
    assert handed == reading.problems or MAX_PROBLEMS <= handed <= reading.problems


def check_reading(reading: DocumentReader, items: list[Item], data: bytes) -> None:
    """A reading that has ended fits its items and the bytes it was given."""
    check_counts(reading, items)
    assert reading.bytes <= len(data)
    assert not reading.complete or reading.kind.is_sitemap
    assert reading.complete or any(isinstance(item, Problem) for item in items), "lost without a word"
    lines = 1 + data.count(b"\n") + data.count(b"\r")
    for item in items:
        msgspec.json.encode(item)
        if isinstance(item, Problem):
            check_problem(item, lines, reading.bytes)
        else:
            check_page(item, lines)


def check_page(page: Entry | Child, lines: int) -> None:
    """An address is absolute, of the web, short enough, and holds nothing that harms or is made up."""
    loc = page.loc
    assert ADDRESS.match(loc), loc
    assert not FORBIDDEN.search(loc), ascii(loc)
    assert loc == loc.strip()
    assert len(loc) <= LONGEST
    assert page.line is not None
    assert 1 <= page.line <= lines, page
    assert page.lastmod is not None or page.lastmod_utc is None


def check_problem(problem: Problem, lines: int, size: int) -> None:
    """A problem is one we know, says where it is within the document, and may be printed."""
    assert problem.code in PROBLEM_TYPES, problem
    assert isinstance(problem.severity, Severity)
    assert problem.message.isascii(), problem
    assert not problem.message.startswith("what cannot be repaired"), problem
    assert problem.message.isprintable(), problem
    assert problem.line is None or 1 <= problem.line <= lines, problem
    assert problem.column is None or problem.column >= 1, problem
    assert problem.offset is None or 0 <= problem.offset <= size, problem


def check_order(items: list[Item]) -> None:
    """Pages come in the order of the document."""
    lines = [item.line or 0 for item in items if not isinstance(item, Problem)]
    assert all(first <= second for first, second in pairwise(lines)), lines
