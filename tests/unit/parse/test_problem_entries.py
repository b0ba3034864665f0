"""A problem belongs to the entry that it is in, however the document is cut into chunks and lines."""

import json
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from sitemap_cli.crawl.entry_redaction import redact_entries
from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.model.item_batch import ItemBatch
from sitemap_cli.model.values import Child, Entry, Kind, Problem
from sitemap_cli.parse.reader import read_document
from tests.unit.parse.documents import pages, urlset
from tests.unit.parse.test_cases import DOCUMENTS, chunks

# Line ends between two tags, or within the white space around a text, mean nothing in XML.
LINE_ENDS = re.compile(rb"(?<=>)[ \t]*(?:\r\n|\n|\r)\s*(?=<[/a-z])|(?<=[a-z/\"\d])\s*\n\s*(?=</)")
# A merge marker is a line of its own.
XML = [
    each
    for each in DOCUMENTS
    if each.suffix in (".xml", ".rss", ".atom")
    and len(LINE_ENDS.findall(each.read_bytes())) > 2
    and b"<<<<<<<" not in each.read_bytes()
]


def locate(data: bytes, case: dict[str, Any], size: int = 1024 * 1024) -> list[tuple[str, str | None]]:
    """Return the code of each problem, with the URL of the entry or child that it belongs to."""
    reading = read_document(chunks(data, size), base_url=case.get("base_url"), charset=case.get("charset"))
    items = [item for batch in reading for item in batch]
    listed = Child if reading.kind is Kind.INDEX else Entry
    locs = [None, *(item.loc for item in items if isinstance(item, listed))]
    return [(item.code, locs[item.entry or 0]) for item in items if isinstance(item, Problem)]


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.with_suffix(".json").read_text())


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_entry_does_not_depend_on_the_chunks(path: Path) -> None:
    data = path.read_bytes()
    assert locate(data, load(path), 1) == locate(data, load(path))


@pytest.mark.parametrize("path", XML, ids=lambda path: path.stem)
def test_the_entry_does_not_depend_on_the_lines(path: Path) -> None:
    data = path.read_bytes()
    assert Counter(locate(LINE_ENDS.sub(b"", data), load(path))) == Counter(locate(data, load(path)))


GOOD = "<url><loc>https://example.com/good</loc></url>"
BAD = "<url><loc>https://example.com/bad</loc>{}</url>"
NEWS = "<news:news xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'>{}</news:news>"

FAULTS = {
    "a date": "<lastmod>yesterday</lastmod>",
    "an unknown element": "<color>red</color>",
    "a repeated field": "<priority>0.1</priority><priority>0.2</priority>",
    "a bare ampersand": "<!-- x --><changefreq>a & b</changefreq>",
    "an undefined entity": "<changefreq>a&nbsp;b</changefreq>",
    "an unclosed tag": "<changefreq>daily<priority>0.5</priority>",
    "an empty extension": NEWS.format(""),
    "a text": "<priority>0.5</priority>text",
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("before", [0, 1, 50])
def test_every_fault_names_its_entry_on_one_line(fault: str, before: int) -> None:
    data = urlset(pages(before) + BAD.format(FAULTS[fault]) + GOOD)
    assert {loc for _, loc in locate(data, {})} == {"https://example.com/bad"}


def test_a_problem_of_an_entry_that_is_left_out_belongs_to_no_other() -> None:
    data = urlset(GOOD + "<url><loc>mailto:a@example.com</loc></url>" + GOOD)
    assert locate(data, {}) == [("loc-scheme", None)]


def test_a_problem_of_a_child_names_the_child() -> None:
    child = "<sitemap><loc>https://example.com/{}.xml</loc><lastmod>{}</lastmod></sitemap>"
    inner = child.format("a", "2026-01-01") + child.format("b", "never")
    data = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'
    assert locate(data.encode(), {}) == [("lastmod-invalid", "https://example.com/b.xml")]


def read_batch(body: str) -> ItemBatch:
    return next(iter(read_document([urlset(body)])))


def test_entries_outside_the_scope_are_not_counted() -> None:
    bad = "<url><loc>https://example.com/{}</loc><lastmod>never</lastmod></url>"
    batch = read_batch(pages(3) + bad.format("in/a") + bad.format("out") + GOOD + bad.format("in/b"))
    narrowed = UrlScope("/in/").select_items(batch, 0)
    assert [each.entry for each in narrowed.problems] == [1, 0, 2]


def test_a_removed_password_names_its_entry() -> None:
    batch = read_batch(GOOD + "<url><loc>https://me:secret@example.com/x</loc></url>")
    assert [each.entry for each in redact_entries(batch, 10).problems] == [12]
