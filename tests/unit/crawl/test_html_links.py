"""The sitemaps that a page names."""

import pytest

from sitemap_cli.crawl.html_links import LIMIT, parse_sitemap_links

PAGE = "https://example.com/shop/index.html"


@pytest.mark.parametrize(
    ("html", "links"),
    [
        ('<link rel="sitemap" href="/s.xml">', ["https://example.com/s.xml"]),
        ("<LINK HREF='s.xml' REL='SiteMap'/>", ["https://example.com/shop/s.xml"]),
        ('<link\n  rel=sitemap\n  type="application/xml"\n  href=s.xml>', ["https://example.com/shop/s.xml"]),
        ('<link rel="alternate sitemap" href="//cdn.example/s.xml">', ["https://cdn.example/s.xml"]),
        ('<link rel="sitemap" href=" https://a.example/?a=1&amp;b=2 ">', ["https://a.example/?a=1&b=2"]),
        ('<link rel="sitemap" href="a"><link rel="sitemap" href="a">', ["https://example.com/shop/a"]),
        ("<link rel=sitemap href=//b><link rel=sitemap href=//a>", ["https://b", "https://a"]),
        ('<base href="/de/"><link rel="sitemap" href="s.xml">', ["https://example.com/de/s.xml"]),
        ('<base href="/de/"><base href="/fr/"><link rel=sitemap href=s>', ["https://example.com/de/s"]),
        ('<link rel="sitemap" href="a" href="b">', ["https://example.com/shop/a"]),
        ('<link rel="sitemap" href="http://[oops">', ["http://[oops"]),
        (
            '<!-- <link rel="sitemap" href="a"> --><link rel="sitemap" href="b">',
            ["https://example.com/shop/b"],
        ),
        ('<!--><link rel="sitemap" href="a">', ["https://example.com/shop/a"]),
        ('<!-- <link rel="sitemap" href="a">', []),
        ('<!-- <link href=a --><link rel="sitemap" href="b">', ["https://example.com/shop/b"]),
        ('<link rel="sitemap" title="a > b" href="s.xml">', ["https://example.com/shop/s.xml"]),
        ("<link rel=sitemap title=Bob's href=s.xml>", ["https://example.com/shop/s.xml"]),
        ('<link-list rel="sitemap" href="a"></link-list>', []),
        ('<link rel="sitemap">', []),
        ('<link rel="sitemap" href="">', []),
        ('<link rel="stylesheet" href="sitemap.css">', []),
        ('<link rel="not-a-sitemap" href="a">', []),
        ('<a rel="sitemap" href="a">', []),
        ("", []),
        ("\udcff".encode("utf-8", "surrogatepass").decode("latin-1"), []),
    ],
)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_links_are_found_in_every_usual_spelling(html, links, size):
    data = html.encode()
    chunks = [data[start : start + size] for start in range(0, len(data), size)]
    assert parse_sitemap_links(chunks, PAGE) == links


def test_only_the_beginning_of_a_long_page_is_looked_at():
    link = b'<link rel="sitemap" href="a">'
    assert parse_sitemap_links([b" " * (LIMIT - len(link)), link], PAGE) != []
    assert parse_sitemap_links([b" " * LIMIT, link], PAGE) == []


@pytest.mark.parametrize("piece", ["<!--", "<link ", "<", "<link a=", '<link a="', "-->", "<base x", "&"])
def test_a_hostile_page_is_looked_through_to_its_end(piece):
    page = (piece * LIMIT)[:LIMIT].encode()
    assert parse_sitemap_links([page], PAGE) == []
