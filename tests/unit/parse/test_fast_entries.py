"""The fast path returns exactly what the XML parser returns."""

import random
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import pytest

from sitemap_cli.parse.fast import plain_entries
from sitemap_cli.parse.reader import read_document
from tests.unit.parse.strategies import without_fast_path

HEAD = '<?xml version="1.0"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
PLAIN = """  <url>
    <loc>https://example.com/{n}?a=1&amp;b=2</loc>
    <lastmod>2026-11-0{d}</lastmod>
    <changefreq>daily</changefreq>
    <priority>0.5</priority>
  </url>
"""

# What an entry may look like; the fast path takes some of these and leaves the others to the parser.
ENTRIES = {
    "plain": PLAIN,
    "one line": "<url><loc>https://example.com/{n}</loc></url>",
    "crlf": "<url>\r\n<loc>https://example.com/{n}</loc>\r\n</url>\r\n",
    "lone cr": "<url>\r<loc>https://example.com/{n}</loc>\r</url>\r",
    "padded": "<url> <loc>\n https://example.com/{n} \t</loc>\n</url>\n\n",
    "port": "<url><loc>http://127.0.0.1:8080/{n}</loc></url>",
    "high port": "<url><loc>http://127.0.0.1:41951/{n}</loc></url>",
    "highest port": "<url><loc>http://127.0.0.1:65535/{n}</loc></url>",
    "impossible port": "<url><loc>http://127.0.0.1:65536/{n}</loc></url>",
    "no path": "<url><loc>https://{n}.example.com</loc></url>",
    "attribute": '<url id="{n}"><loc>https://example.com/{n}</loc></url>',
    "comment": "<url><!-- no --><loc>https://example.com/{n}</loc></url>",
    "comment between": "<!-- <url><loc>https://example.com/not-{n}</loc></url> -->\n",
    "cdata": "<url><loc><![CDATA[https://example.com/{n}?a&b]]></loc></url>",
    "cdata between": "<![CDATA[<url><loc>https://example.com/not-{n}</loc></url>]]>",
    "entity": "<url><loc>https://example.com/{n}?q=&#65;</loc></url>",
    "non-ascii": "<url><loc>https://example.com/ü/{n}</loc></url>",
    "relative": "<url><loc>/page/{n}</loc></url>",
    "no loc": "<url><lastmod>2026-11-01</lastmod></url>",
    "empty": "<url></url>",
    "two locs": "<url><loc>https://example.com/{n}</loc><loc>https://example.com/x</loc></url>",
    "bad date": "<url><loc>https://example.com/{n}</loc><lastmod>2026-13-45</lastmod></url>",
    "odd order": "<url><lastmod>2026-11-01</lastmod><loc>https://example.com/{n}</loc></url>",
    "unknown tag": "<url><loc>https://example.com/{n}</loc><colour>red</colour></url>",
    "foreign": '<x xmlns="urn:x"><url><loc>https://example.com/not-{n}</loc></url></x>\n',
    "image": '<url><loc>https://example.com/{n}</loc><i:image xmlns:i="http://www.google.com/schemas/sitemap-image/1.1">'
    "<i:loc>https://example.com/{n}.png</i:loc></i:image></url>",
    "nested": "<url><loc>https://example.com/{n}</loc><url><loc>https://example.com/in</loc></url></url>",
    "sitemap": "<sitemap><loc>https://example.com/{n}.xml</loc></sitemap>",
    "upper case": "<URL><LOC>https://example.com/{n}</LOC></URL>",
    "long": "<url><loc>https://example.com/{n}/" + "x" * 2_100 + "</loc></url>",
    "port zero": "<url><loc>https://example.com:0/{n}</loc></url>",
}


def chunks(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


def read_all(data: bytes, size: int) -> object:
    reading = read_document(chunks(data, size), base_url="https://example.com/sitemap.xml")
    items = [(type(item).__name__, msgspec.to_builtins(item)) for batch in reading for item in batch]
    counts = reading.urls, reading.sitemaps, reading.problems, reading.disorder.entries, reading.disorder.line
    return items, reading.kind, reading.complete, counts


def count_fast_entries(data: bytes, monkeypatch: pytest.MonkeyPatch) -> int:
    """Return how many entries bypass the XML parser."""
    counted = 0
    real = plain_entries.take_entries

    def counting(
        text: str, at: int, line: int, take: plain_entries.TakePlainEntries, **options: bool
    ) -> tuple[int, int]:
        def count(locs: Sequence[str], *others: Any) -> None:
            nonlocal counted
            counted += len(locs)
            take(locs, *others)

        return real(text, at, line, count, **options)

    monkeypatch.setattr(plain_entries, "take_entries", counting)
    read_all(data, 4_096)
    return counted


def assert_fast_path_agrees(data: bytes, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_all(data, size)
    with without_fast_path():
        assert fast == read_all(data, size)
    # Entries with extensions have a lane of their own, which takes the plain ones, too.
    with monkeypatch.context() as patch:
        patch.setattr(plain_entries, "take_entries", lambda _text, at, line, *_, **__: (at, line))
        assert fast == read_all(data, size)


def document(names: list[str]) -> bytes:
    body = "".join(ENTRIES[name].format(n=n, d=1 + n % 9) for n, name in enumerate(names))
    return (HEAD + body + "</urlset>\n").encode()


@pytest.mark.parametrize("odd", ENTRIES)
@pytest.mark.parametrize("size", [97, 4_096])
def test_fast_path_and_parser_agree_around_an_entry_that_is(odd: str, size: int, monkeypatch) -> None:
    assert_fast_path_agrees(document(["plain"] * 40 + [odd] + ["plain"] * 40), size, monkeypatch)


@pytest.mark.parametrize("seed", range(40))
def test_fast_path_and_parser_agree_on_a_random_mixture(seed: int, monkeypatch) -> None:
    chosen = random.Random(seed)
    names = [chosen.choice([*ENTRIES, *["plain"] * len(ENTRIES)]) for _ in range(80)]
    assert_fast_path_agrees(document(names), chosen.choice([61, 500, 4_096, 100_000]), monkeypatch)


@pytest.mark.parametrize("seed", range(25))
def test_fast_path_and_parser_agree_on_a_damaged_document(seed: int, monkeypatch) -> None:
    chosen = random.Random(seed)
    data = bytearray(document(["plain"] * 60))
    for _ in range(chosen.randint(1, 3)):
        data[chosen.randrange(len(data))] = chosen.choice(b"<>&\x00\xff]\"'/x \n")
    assert_fast_path_agrees(bytes(data[: chosen.randint(len(data) // 2, len(data))]), 700, monkeypatch)


ROOTS = {
    "<urlset>": "</urlset>",
    '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9">': "</s:urlset>",
    '<s:urlset xmlns:s="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns="urn:x">': "</s:urlset>",
    '<urlset xmlns="urn:x" about="a > b">': "</urlset>",
}


@pytest.mark.parametrize("begin", ROOTS)
def test_fast_path_and_parser_agree_whatever_the_root_is(begin: str, monkeypatch) -> None:
    entries = "".join(PLAIN.format(n=n, d=1) for n in range(60))
    assert_fast_path_agrees((begin + entries + ROOTS[begin]).encode(), 500, monkeypatch)


def test_nearly_all_plain_entries_take_the_fast_path(monkeypatch) -> None:
    assert count_fast_entries(document(["plain"] * 500), monkeypatch) > 450


def test_the_fast_path_continues_after_an_odd_entry(monkeypatch) -> None:
    names = ["plain"] * 200 + ["comment between"] + ["plain"] * 1_000
    assert count_fast_entries(document(names), monkeypatch) > 900


@pytest.mark.parametrize("name", ["plain", "one line", "crlf", "padded", "port", "high port", "no path"])
def test_the_fast_path_takes_entries_that_are(name: str, monkeypatch) -> None:
    assert count_fast_entries(document([name] * 50), monkeypatch) == 50


def test_what_only_looks_like_an_entry_is_never_taken(monkeypatch) -> None:
    names = ["comment between", "cdata between", "foreign"] * 40
    assert count_fast_entries(document(names), monkeypatch) == 0


def test_columns_after_entries_with_captions_count_characters(monkeypatch) -> None:
    caption = (
        "<image:image><image:loc>https://example.com/1.png</image:loc><image:title>\u00e9\u00e9</image:title>"
    )
    entry = f"<url><loc>https://example.com/</loc>{caption}</image:image></url>"
    root = '<urlset xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
    data = f"{root}{entry * 3}<a b>{entry}</urlset>".encode()
    reading = read_document([data])
    (problem,) = [item for batch in reading for item in batch if getattr(item, "code", "") == "bad-attribute"]
    assert problem.column == len(f"{root}{entry * 3}<a ") + 1
    assert reading.urls == 4
