"""Parse one document in a process of its own: ``python -m tests.benchmarks.readers NAME [FILE]``.

It prints the number of URLs. Without a file it only imports what the parser needs. A reader is a function
that imports first and returns the function that parses, so this file runs in the environment of the peers.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

CHUNK = 256 * 1024
SMALLEST = b"<urlset><url><loc>https://example.com/</loc><lastmod>2026-11-01</lastmod></url></urlset>"
LOC = "{http://www.sitemaps.org/schemas/sitemap/0.9}loc"
URL = "{http://www.sitemaps.org/schemas/sitemap/0.9}url"

Reader = Callable[[Path], int]


def ours() -> Reader:
    """Our reader, which keeps a batch of entries at a time."""
    from sitemap_cli.cli.framework.garbage_collection import reduce_garbage_collection
    from sitemap_cli.fetch.gunzip import Decoder, decode_chunks
    from sitemap_cli.parse.reader import read_document

    reduce_garbage_collection()
    # The first document imports the formats and extensions.
    for _ in read_document([SMALLEST]):
        pass

    def chunks(path: Path) -> Iterator[bytes]:
        with path.open("rb") as stream:
            yield from iter(lambda: stream.read(CHUNK), b"")

    def run(path: Path) -> int:
        content = (
            decode_chunks(chunks(path), Decoder(max_bytes=sys.maxsize))
            if path.suffix == ".gz"
            else chunks(path)
        )
        reading = read_document(content)
        for _ in reading:
            pass
        return reading.urls

    return run


def lxml() -> Reader:
    """What many write by hand: the fields of each element, which is cleared then."""
    from lxml.etree import iterparse

    def run(path: Path) -> int:
        return _pages(iterparse(str(path), tag=URL))

    return run


def defusedxml() -> Reader:
    """The same with the parser of the standard library, made safe."""
    from defusedxml.ElementTree import iterparse

    def run(path: Path) -> int:
        return _pages(iterparse(str(path)))

    return run


def _pages(events) -> int:
    """Build a dictionary of each page, as a program that uses it would."""
    count = 0
    for _, element in events:
        if element.tag == URL:
            page = {child.tag: child.text for child in element}
            count += bool(page.get(LOC))
            element.clear()
    return count


def ultimate_sitemap_parser() -> Reader:
    """ultimate-sitemap-parser, which takes a text."""
    from usp.tree import sitemap_from_str

    return lambda path: sum(1 for _ in sitemap_from_str(path.read_text()).all_pages())


def advertools() -> Reader:
    """advertools, which makes a data frame of a URL."""
    from advertools import sitemap_to_df

    return lambda path: int(sitemap_to_df(path.absolute().as_uri())["loc"].notna().sum())


def site_map_parser() -> Reader:
    """site-map-parser, after its download."""
    from sitemapparser.site_map_parser import data_to_element
    from sitemapparser.url_set import UrlSet

    return lambda path: sum(1 for url in UrlSet(data_to_element(path.read_bytes())) if url.loc)


READERS = {
    each.__name__: each
    for each in (ours, lxml, defusedxml, ultimate_sitemap_parser, advertools, site_map_parser)
}


if __name__ == "__main__":
    reader = READERS[sys.argv[1]]()
    print(*map(reader, map(Path, sys.argv[2:])))
