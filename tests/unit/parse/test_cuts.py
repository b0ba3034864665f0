"""A truncated document yields what was complete before the cut, and nothing else."""

import pytest

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import encoding
from tests.unit.parse.documents import codes, everything

URLSET = b"""<?xml version="1.0" encoding="UTF-8"?>
<!-- a comment --><?a pi?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
  xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml">
  <url><loc>https://example.com/\xc3\xa4?a=1&amp;b=2</loc><lastmod>2026-11-01</lastmod></url>
  <url>
    <loc><![CDATA[https://example.com/b]]></loc>
    <image:image><image:loc>https://example.com/1.png</image:loc></image:image>
    <xhtml:link rel="alternate" hreflang="de" href="https://example.com/de"/>
  </url><x:y xmlns:x="urn:x"><x:z/></x:y>
  <url><loc>https://example.com/c</loc><changefreq>daily</changefreq><priority>0.5</priority></url>
</urlset>
"""
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://example.com/a.xml</loc></sitemap>
<sitemap><lastmod>2026</lastmod><loc>https://example.com/b.xml</loc></sitemap>
</sitemapindex>"""
RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>
<item><link>https://example.com/a</link></item><item><title/><link>https://example.com/b</link></item>
</channel></rss>"""
ATOM = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>t</title>
<entry><link href="https://example.com/a"/></entry><entry><link href="https://example.com/b"/><id>x</id></entry>
</feed>"""
XML = {
    "urlset": (URLSET, b"</url>", b"</urlset>"),
    "index": (INDEX, b"</sitemap>", b"</sitemapindex>"),
    "rss": (RSS, b"</item>", b"</rss>"),
    "atom": (ATOM, b"</entry>", b"</feed>"),
}


@pytest.mark.parametrize("name", XML)
def test_a_truncated_document_yields_the_entries_before_the_cut(name):
    data, closing, end = XML[name]
    whole = everything(data)[1]
    assert len(whole) == data.count(closing) > 1
    for cut in range(len(data)):
        reading, entries, problems = everything(data[:cut])
        assert entries == whole[: data.count(closing, 0, cut)], cut
        assert reading.complete == (end in data[:cut]), cut
        assert bool(problems) != reading.complete, cut


@pytest.mark.parametrize("name", XML)
def test_the_kind_of_a_document_cut_in_its_root_element_is_known(name):
    data = XML[name][0]
    start = data.index(b"<" + data[data.rindex(b"</") + 2 : data.rindex(b">")])
    reading, _, problems = everything(data[: start + 15])
    assert reading.kind == Kind(name)
    assert codes(problems) == ["truncated"]


def test_a_truncated_text_yields_the_lines_before_the_cut():
    data = b"https://example.com/a\r\nhttps://example.com/b\n\nhttps://example.com/\xc3\xa4\n"
    whole = everything(data)[1]
    for cut in range(len(data)):
        entries = everything(data[:cut])[1]
        lines = data.count(b"https", 0, data.rfind(b"\n", 0, cut) + 1)
        assert entries[:lines] == whole[:lines], cut
        assert len(entries) <= lines + 1


@pytest.mark.parametrize("name", XML)
def test_results_do_not_depend_on_where_pieces_end(name, monkeypatch):
    data = XML[name][0] + b"<!-- the end -->"
    whole = everything(data)[1:]
    for size in range(100, len(data) + 1):
        monkeypatch.setattr(encoding, "PIECE", size)
        assert everything(data)[1:] == whole, size


@pytest.mark.parametrize("charset", ["utf-8", "utf-16", "iso-8859-1", "windows-1252"])
def test_results_do_not_depend_on_where_pieces_end_in_any_encoding(charset, monkeypatch):
    text = f'<?xml version="1.0" encoding="{charset}"?>\n' + URLSET.decode().partition("?>")[2] * 1
    whole = everything(text.encode(charset))[1]
    assert len(whole) == 3
    for size in range(100, 300):
        monkeypatch.setattr(encoding, "PIECE", size)
        assert everything(text.encode(charset))[1] == whole, size


def test_pieces_may_end_between_carriage_return_and_line_feed(monkeypatch):
    data = b"https://example.com/a\r\nhttps://example.com/b\r\n\r\nhttps://example.com/c\r\n" * 3
    whole = everything(data)[1]
    assert [entry.line for entry in whole] == [1, 2, 4, 5, 6, 8, 9, 10, 12]
    for size in range(23, 80):
        monkeypatch.setattr(encoding, "PIECE", size)
        assert everything(data)[1] == whole, size
