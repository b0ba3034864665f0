"""The head of pages, however malformed or hostile they are."""

import datetime as dt
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.crawl.pages import robots_directives
from sitemap_cli.crawl.pages.html_head import LIMIT, HtmlHead, Link, decode_page, parse_head
from sitemap_cli.crawl.pages.robots_directives import NoindexDirective, find_noindex

URL = "https://example.com/shop/lamp"
NOW = dt.datetime(2026, 11, 27, tzinfo=dt.UTC)


def canonicals(html: str) -> list[str]:
    return [each.href for each in parse_head(html, URL).canonicals]


def test_a_whole_head_is_read() -> None:
    html = """<!DOCTYPE html><html lang=en><head><meta charset="utf-8">
        <title>Lamps &amp; more
        </title><meta name="Robots" content="noindex, follow">
        <base href="/other/"><link rel="stylesheet" href="x.css">
        <link rel="canonical" href="lamp"><link rel="alternate" hreflang="de" href="https://example.de/">
        <link rel="alternate" type="application/rss+xml" href="/feed"></head><body><p>Hello"""
    assert parse_head(html, URL) == HtmlHead(
        "Lamps & more",
        (("robots", "noindex, follow"),),
        (Link("https://example.com/other/lamp", "link"),),
        {"de": "https://example.de/"},
    )


@pytest.mark.parametrize(
    "html",
    [
        "<LINK REL=canonical HREF=/a>",
        "<link href='/a' rel='CANONICAL'/>",
        '<link\n\trel = "canonical"\n\thref = "/a" >',
        '<link data-x="a > b" rel="nofollow canonical" href="/a">',
        "<title>x</title><link rel=canonical href=' /a '>",
        '<link rel="canonical" href="/a"',
        '<link rel="canonical" href="/a"><link rel="canonical" href="/a">',
        '<noscript><link rel="canonical" href="/b"></noscript><link rel="canonical" href="/a">',
        '<script>if (a < b) "<link rel=canonical href=/b>"</script><link rel="canonical" href="/a">',
        '<!-- <link rel=canonical href=/b> --><link rel="canonical" href="/a">',
        '<!--><link rel="canonical" href="/a">',
        '<link rel="canonical" href="/a"></head><link rel="canonical" href="/b">',
        '<link rel="canonical" href="/a"><body><link rel="canonical" href="/b">',
        '<link rel="canonical" href="/a"><link rel="canonical" href="">',
        '<link rel="canonical" href="/a" href="/b">',
    ],
)
def test_a_canonical_url_is_found(html: str) -> None:
    expected = [] if not html.endswith(">") else ["https://example.com/a"]
    assert canonicals(html) == expected


@pytest.mark.parametrize(
    "html", ["", "<", "<title>", "<title", "<!--", "<script>", "<link", "\x00" * 50, "<meta name=robots>"]
)
def test_what_is_no_page_says_nothing(html: str) -> None:
    found = parse_head(html, URL)
    assert (found.title, found.robots, found.canonicals, found.alternates) == (None, (), (), {})


def test_what_is_kept_is_clean_and_short() -> None:
    html = f"<title>a\x00b\x1b[31m\ud800{'x' * 9_000}</title><link rel=canonical href='http://me:secret@h/'>"
    found = parse_head(html, URL)
    assert found.title is not None
    assert found.title.startswith("ab[31mx")
    assert len(found.title) <= 2_000
    assert found.canonicals == (Link("http://h/", "link"),)


@given(st.text(alphabet=st.sampled_from("<>!-/\"'= abt\n") | st.sampled_from("linkmetaheod"), max_size=300))
def test_any_text_can_be_read(html: str) -> None:
    parse_head(html, URL)


@pytest.mark.parametrize(
    "part",
    [
        *(
            "<link ",
            '<link "',
            "<link '\"",
            "<!--",
            "<!-- -->",
            "<title>",
            "<title",
            "<script>",
            "<link a=",
            "<",
        ),
        *(
            '<meta name="a" content="',
            "<link rel='",
            "<base href=x>",
            '<link rel="canonical" href="/{n}">',
            "<svg",
        ),
    ],
)
def test_hostile_pages_take_no_time(part: str) -> None:
    html = "".join(part.replace("{n}", str(n)) for n in range(LIMIT // len(part)))
    began = time.process_time()
    parse_head(html, URL)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("body", "header", "expected"),
    [
        ("é".encode(), None, "é"),
        ("é".encode("latin-1"), "text/html; charset=ISO-8859-1", "é"),
        (b'<meta charset="latin-1">\xe9', None, '<meta charset="latin-1">é'),
        ("é".encode(), "text/html; charset=nonsense", "é"),
        (b"e", "text/html; charset=base64", "e"),
        (b"\xff", None, "\ufffd"),
    ],
)
def test_the_encoding_is_that_of_the_header_or_of_the_page(
    body: bytes, header: str | None, expected: str
) -> None:
    assert decode_page([body], header) == expected


def test_only_the_beginning_of_a_page_is_read() -> None:
    assert len(decode_page([b"x" * LIMIT, b"y"], None)) == LIMIT


@pytest.mark.parametrize(
    ("meta", "headers", "expected"),
    [
        ([("robots", "index,follow")], [], None),
        ([("robots", "NOINDEX")], [], NoindexDirective("meta")),
        ([("robots", "none")], [], NoindexDirective("meta")),
        (
            [("googlebot", "noindex"), ("bingbot", "none")],
            [],
            NoindexDirective("meta", ("bingbot", "googlebot")),
        ),
        ([("googlebot", "noindex"), ("robots", "noindex")], [], NoindexDirective("meta")),
        ([("description", "noindex"), ("somebot", "noindex")], [], None),
        ([("robots", "noindexing, unnone")], [], None),
        ([], ["noindex"], NoindexDirective("header")),
        ([], ["nofollow", "noindex"], NoindexDirective("header")),
        ([], ["googlebot: noindex"], NoindexDirective("header", ("googlebot",))),
        ([], ["otherbot: noindex, nofollow"], None),
        ([], ["nofollow, otherbot: noindex, googlebot: nofollow"], None),
        ([], ["otherbot: nofollow, BingBot: noindex"], NoindexDirective("header", ("bingbot",))),
        ([], ["noindex, otherbot: nofollow"], NoindexDirective("header")),
        ([], ["max-snippet: 20, noindex"], NoindexDirective("header")),
        ([], ["max-image-preview: none"], None),
        ([], ["unavailable_after: 25 Jun 2010 15:00:00 PST"], NoindexDirective("header")),
        (
            [],
            ["googlebot: unavailable_after: Wed, 03 Dec 2025 13:09:53 GMT, noarchive"],
            NoindexDirective("header", ("googlebot",)),
        ),
        ([], ["unavailable_after: Wednesday, 03-Dec-25 13:09:53 GMT"], NoindexDirective("header")),
        ([("robots", "unavailable_after: 2025-09-21")], [], NoindexDirective("meta")),
        ([("robots", "unavailable_after: 2027-09-21")], [], None),
        ([("robots", "unavailable_after: some day")], [], None),
        ([("robots", "noindex")], ["noindex"], NoindexDirective("meta")),
    ],
)
def test_directives_for_crawlers(
    meta: list[tuple[str, str]], headers: list[str], expected: NoindexDirective | None
) -> None:
    assert find_noindex(meta, headers, NOW) == expected


def test_link_headers_name_canonical_urls_and_alternates() -> None:
    headers = [
        '</a.css>; rel=preload; as=style, <lamp>; rel="canonical", <x,y>; title="a, <b>"; rel=canonical',
        '<https://example.de/>; rel="alternate"; hreflang="de"',
        "<unclosed; rel=canonical",
    ]
    canonical, versions = robots_directives.parse_link_headers(headers, URL)
    assert [each.href for each in canonical] == [
        "https://example.com/shop/lamp",
        "https://example.com/shop/x,y",
    ]
    assert versions == {"de": "https://example.de/"}


def test_hostile_headers_take_no_time() -> None:
    began = time.process_time()
    for header in (
        "<" * 8_000,
        "<a>;" * 2_000,
        '<a>;x="' * 1_000,
        "noindex:" * 1_000,
        "," * 8_000,
        "a:" * 4_000,
    ):
        robots_directives.parse_link_headers([header], URL)
        find_noindex([], [header], NOW)
    assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta http-equiv="refresh" content="0; url=/new">', "https://example.com/new"),
        ("<META HTTP-EQUIV=Refresh CONTENT='0;URL=new'>", "https://example.com/shop/new"),
        ('<meta http-equiv="refresh" content="5,url=\'https://other.example/\'">', "https://other.example/"),
        ('<base href="/x/"><meta http-equiv="refresh" content="0;url=new">', "https://example.com/x/new"),
        ('<meta http-equiv="refresh" content="0">', None),
        ('<meta http-equiv="refresh" content="0;url=/shop/lamp#top">', None),
        ('<meta http-equiv="refresh" content="300;url=/shop/next">', None),
        ('<meta http-equiv="refresh" content="x;url=/new">', None),
        ('<noscript><meta http-equiv="refresh" content="0;url=/no-script"></noscript>', None),
        ('</head><meta http-equiv="refresh" content="0;url=/new">', None),
    ],
)
def test_a_refresh_leads_to_another_page_soon(head: str, expected: str | None) -> None:
    assert parse_head(head, URL).refresh == expected


def test_a_canonical_url_behind_a_long_style_is_found() -> None:
    head = f"<meta charset=utf-8><style>{'/* x */' * 20_000}</style><script>{'x;' * 30_000}</script>"
    page = decode_page([f'{head}<link rel="canonical" href="/a">'.encode()], "text/html")
    assert canonicals(page) == ["https://example.com/a"]
