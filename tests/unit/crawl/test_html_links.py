"""The sitemaps that a page names."""

from urllib.parse import urljoin

import pytest

from sitemap_cli.crawl.html_links import LIMIT, parse_page_links, parse_sitemap_headers

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
    assert list(parse_page_links(chunks, PAGE).sitemaps) == links


def test_only_the_beginning_of_a_long_page_is_looked_at():
    link = b'<link rel="sitemap" href="a">'
    assert parse_page_links([b" " * (LIMIT - len(link)), link], PAGE).sitemaps
    assert not parse_page_links([b" " * LIMIT, link], PAGE).sitemaps


@pytest.mark.parametrize("piece", ["<!--", "<link ", "<", "<link a=", '<link a="', "-->", "<base x", "&"])
def test_a_hostile_page_is_looked_through_to_its_end(piece):
    page = (piece * LIMIT)[:LIMIT].encode()
    assert not parse_page_links([page], PAGE).sitemaps


@pytest.mark.parametrize(
    ("html", "anchors"),
    [
        ('<a href="sitemap.xml">x</a>', ["sitemap.xml"]),
        ("<A class=y HREF='/maps/Sitemap-1.xml.gz?a=1&amp;b=2'>x</A>", ["/maps/Sitemap-1.xml.gz?a=1&b=2"]),
        ("<a href=/sitemap_index.xml#x>", ["/sitemap_index.xml#x"]),
        ('<a href="https://www.example.com/sitemap.txt">', ["https://www.example.com/sitemap.txt"]),
        ('<!-- <a href="sitemap.xml"> --><a href="sitemap.php">', ["sitemap.php"]),
        ('<a href="/sitemap">for people</a><a href="/sitemap.html">', []),
        ('<a href="/sitemaps/all.xml">', ["/sitemaps/all.xml"]),
        ('<a href="/x/site-map.aspx">', ["/x/site-map.aspx"]),
        (
            '<a href="/index.php?option=com_xmap&amp;sitemap=1&amp;view=xml">',
            ["/index.php?option=com_xmap&sitemap=1&view=xml"],
        ),
        ('<a class="b" href="/map.xml" rel="x">Site map</a>', ["/map.xml"]),
        ('<a href="/map.xml">a map</a><a href="/site.php">Sitemap</a>', []),
        ('<a href="https://other.example/sitemap.xml">', []),
        ('<!-- <a href="sitemap.xml">', []),
    ],
)
def test_anchors_of_the_same_host_that_look_like_sitemaps_are_a_last_resort(html, anchors):
    links = parse_page_links([html.encode()], PAGE)
    assert links.anchors == tuple(urljoin(PAGE, each) for each in anchors)
    assert not links.sitemaps


@pytest.mark.parametrize(
    ("html", "feeds"),
    [
        ('<link rel="alternate" type="application/rss+xml" href="/feed">', ["/feed"]),
        ("<link rel=alternate type=application/atom+xml href=/a>", ["/a"]),
        ('<link rel="alternate" type="application/rss+xml; charset=UTF-8" href="/a">', ["/a"]),
        ('<link rel="alternate" type="text/xml" title="RSS" href="/a">', ["/a"]),
        ('<link rel="alternate" title="RSS" href="/rss.xml">', ["/rss.xml"]),
        ('<link rel="feed" href="/a">', ["/a"]),
        ('<a href="/blog/feed/">RSS</a><a href="/atom.xml">', ["/blog/feed/", "/atom.xml"]),
        ('<a href="https://other.example/feed/"><a href="/feedback"><a href="/index.html">', []),
        ('<link rel="alternate" type="application/rss+xml" href="/comments/feed">', []),
        ('<a href="/comments/feed/">', []),
        ('<link rel="alternate" hreflang="de" href="/de">', []),
        ('<link rel="alternate stylesheet" type="text/xml" href="/de">', []),
    ],
)
def test_the_feeds_of_a_page_are_a_last_resort_except_those_of_comments(html, feeds):
    assert parse_page_links([html.encode()], PAGE).feeds == tuple(urljoin(PAGE, each) for each in feeds)


@pytest.mark.parametrize(
    ("content", "url"),
    [
        ("0; url=/en/", "/en/"),
        ("0;URL='en/'", "en/"),
        ("5, url=https://a.example/?b=c;d", "https://a.example/?b=c;d"),
        (" 0 ; /en/", "/en/"),
        ("30", ""),
        ("", ""),
        ("0;url=", ""),
    ],
)
def test_a_page_says_which_one_replaces_it(content, url):
    html = f'<noscript><meta http-equiv="REFRESH" content="{content}"></noscript>'
    assert parse_page_links([html.encode()], PAGE).refresh == (urljoin(PAGE, url) if url else "")


@pytest.mark.parametrize(
    ("script", "url"),
    [
        ('window.location.replace("latest/" + window.location.hash)', "latest/"),
        ("location.href = '/en/';", "/en/"),
        ('document.location="/en/"', "/en/"),
        ("top.location.assign( '/en/' )", "/en/"),
        ('location.href = "https://www.example.com/x"', "https://www.example.com/x"),
        ('location.href = "https://other.example/"', ""),
        ('if (location.href == "/en/") {}', ""),
        ("location.reload()", ""),
    ],
)
def test_a_script_says_which_page_replaces_a_short_one(script, url):
    html = f"<html><script>{script}</script></html>"
    assert parse_page_links([html.encode()], PAGE).refresh == (urljoin(PAGE, url) if url else "")
    anchors = "<a href='/x'>x</a>" * 4
    assert parse_page_links([f"{html}{anchors}".encode()], PAGE).refresh == ""
    assert parse_page_links([f"{html}{'x' * 10_000}".encode()], PAGE).refresh == ""


@pytest.mark.parametrize(
    ("html", "pages"),
    [
        ('<a href="/sitemap">x</a>', ["/sitemap"]),
        ('<a href="/de/site-map/">x</a>', ["/de/site-map/"]),
        ('<a href="sitemap.html">x</a>', ["sitemap.html"]),
        ('<a href="/map">Sitemap</a>', ["/map"]),
        ('<a href="/map">Our sitemap and more</a>', []),
        ('<a href="/sitemap.xml">Sitemap</a><a href="/sitemap.txt">x</a>', []),
        ('<a href="https://other.example/sitemap">x</a><a href="mailto:sitemap">x</a>', []),
        ('<a href="/sitemaps-explained">x</a>', ["/sitemaps-explained"]),
        ('<a href="/sitemap/a">x</a>', []),
        ("".join(f'<a href="/{n}/sitemap">x</a>' for n in range(9)), [f"/{n}/sitemap" for n in range(3)]),
    ],
)
def test_pages_that_may_link_to_sitemaps_are_a_last_resort(html, pages):
    assert parse_page_links([html.encode()], PAGE).pages == tuple(urljoin(PAGE, each) for each in pages)


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('</s.xml>; rel="sitemap"', ["/s.xml"]),
        ("<a.xml>;rel=sitemap, <b.css>; rel=preload", ["a.xml"]),
        ('<x>; rel=preload, <b.xml>; type="application/xml"; rel="Sitemap index"', ["b.xml"]),
        ("<a.xml>; rel=canonical", []),
        ('<a.xml>; title="x, <y>; z"; rel="sitemap", <b.xml>; rel=sitemap', ["a.xml", "b.xml"]),
        (r'<a.xml>; title="x\", y"; rel="sitemap", <b.xml>; rel=sitemap', ["a.xml", "b.xml"]),
        ("<a,1;b.xml> ; REL = 'SITEMAP'", ["a,1;b.xml"]),
        ('<a.xml>; rel="sitemap"; rel="next"', ["a.xml"]),
        ('<a.xml>; rel="next"; rel="sitemap"', []),
        ('<a.xml>; rel="sitemap', []),
        ("sitemap", []),
    ],
)
def test_link_headers_name_sitemaps(header, found):
    assert parse_sitemap_headers([header], PAGE) == [urljoin(PAGE, each) for each in found]


@pytest.mark.parametrize(
    ("codec", "header", "meta"),
    [
        ("utf-8", None, ""),
        ("gbk", None, '<meta charset="gb2312">'),
        ("gbk", "text/html; charset=GBK", ""),
        ("gbk", "text/html; charset=gbk", '<meta charset="utf-8">'),
        ("shift_jis", None, '<meta http-equiv="Content-Type" content="text/html; charset=Shift_JIS">'),
        ("utf-8", "text/html; charset=idna", '<meta charset="unicode_escape">'),
        ("utf-16", "text/html", ""),
    ],
)
def test_a_page_is_decoded_as_its_header_or_itself_says(codec, header, meta):
    page = f'{meta}<link rel="sitemap" href="/\u5730\u56f3.xml">'.encode(codec)
    assert parse_page_links([page], PAGE, header).sitemaps == (urljoin(PAGE, "/\u5730\u56f3.xml"),)


@pytest.mark.parametrize(
    ("header", "meta"), [(None, '<meta charset="iso-8859-1">'), ("text/html; charset=ISO-8859-1", "")]
)
def test_a_page_in_latin_1_is_in_windows_1252_as_in_browsers(header, meta):
    page = f'{meta}<link rel="sitemap" href="/l\u2019\u0153.xml">'.encode("cp1252")
    assert parse_page_links([page], PAGE, header).sitemaps == ("https://example.com/l\u2019\u0153.xml",)
