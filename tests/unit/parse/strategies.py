"""Random documents for the property tests, and switches for how they are read."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st

from sitemap_cli.parse import encoding
from sitemap_cli.parse.fast import whole_documents
from sitemap_cli.parse.xml.stream import XmlStream
from tests.fuzz.seeds import CASES

# Explaining a failure takes longer than finding it.
ALWAYS_THE_SAME = settings(
    derandomize=True, deadline=None, report_multiple_bugs=False, phases=set(Phase) - {Phase.explain}
)


def examples(count: int) -> settings:
    """Return settings for this many examples, the same ones in every run; fewer in the profile ``dev``."""
    return settings(ALWAYS_THE_SAME, max_examples=max(3, count * settings.default.max_examples // 100))


BASE = "https://example.com/folder/sitemap.xml"
PREFIXES = (
    'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" '
    'xmlns:video="http://www.google.com/schemas/sitemap-video/1.1" '
    'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
    'xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
URLSET = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {PREFIXES}>'


@contextmanager
def without_fast_path() -> Iterator[None]:
    """Every entry goes to the XML parser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(whole_documents, "take_document", lambda _document, _collector: False)
        patch.setattr(XmlStream, "take_simple_entries", lambda _stream, _text, at=0, _line=None: at)
        yield


@contextmanager
def pieces_of(size: int) -> Iterator[None]:
    """The parser gets the document in pieces of this many bytes, as it gets a large one in larger pieces."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoding, "PIECE", size)
        yield


SIZES = st.sampled_from([150, 211, 400, 1_000, 4_096, 65_536])
CHUNKS = st.sampled_from([1, 2, 7, 61, 1_000, 65_536])

# Parts of a URL as written in XML.
HOSTS = ("example.com", "example.com", "127.0.0.1", "a-b.example", "EXAMPLE.com", "ü.example", "[::1]")
PORTS = ("", "", "", ":80", ":8080", ":41951", ":65535", ":65536", ":0", ":080", ":")
PATHS = (
    *("a", "b/", "?c=1", "&amp;d=2", "%20", ";", "=", "'", '"', "~", "#e", "x" * 30),
    *("&#65;", "&lt;", "&quot;", ">", "]]", "ü", "日本", "\U0001f600", " ", "é" * 10),
)
DATES = ("2026", "2026-11", "2026-11-01", "2026-11-01T10:00:00+02:00", "2026-11-01T10:00Z")
ODD_DATES = ("", "yesterday", "2026-13-45", "01/02/2026", "2026-11-01 10:00", "2026&#45;11", "1 Nov 2026")
FREQUENCIES = ("always", "daily", "never")
PRIORITIES = ("0.5", "1.0", "0", "1.")
BLANKS = ("", "", "", "\n", "  ", "\r\n", "\n\t", "\r")
COMMENTS = (
    "<!-- x -->",
    "<!-- <url><loc>https://example.com/not</loc></url> -->",
    "<!--</url>-->",
    "<?x y?>",
)
CHILDREN = (
    "<image:image><image:loc>https://example.com/i.png?a=1&amp;b=2</image:loc></image:image>",
    '<xhtml:link rel="alternate" hreflang="de" href="https://example.com/de"/>',
    "<video:video><video:title>ü</video:title><video:tag>a</video:tag><video:tag>b</video:tag></video:video>",
    "<news:news><news:title>x</news:title></news:news>",
    "<image:image><image:loc>/a</image:loc><image:title>\u65e5\uff0c &#8217;</image:title></image:image>",
    "<image:image><image:loc>/a</image:loc><image:title> </image:title><image:caption/></image:image>",
    '<xhtml:link rel="alternate" media="handheld" href="/m" />',
    '<video:video><video:price currency="EUR">1</video:price><video:tag>x</video:tag></video:video>',
    '<image:image xmlns:image="urn:other"><image:loc>/x</image:loc></image:image>',
    "<colour>red</colour>",
)
# These only look like entries; they are ignored unless something before them had to be repaired.
ODD_CHILDREN = (
    '<image:image xmlns:image="urn:other"><url/></image:image>',
    "<a><url><loc>/x</loc></url></a>",
)
# What may be between entries, right or wrong; a little of it has to be repaired.
BETWEEN = (
    *COMMENTS,
    "<![CDATA[<url><loc>https://example.com/not</loc></url>]]>",
    '<x xmlns="urn:x"><url><loc>https://example.com/not</loc></url></x>',
    f"{URLSET}<url><loc>https://example.com/nested</loc></url></urlset>",
    "<sitemap><loc>https://example.com/s.xml</loc></sitemap>",
    "<url/>",
    "<url></url>",
    "<url><loc>/relative</loc></url>",
    "<url><loc>https://example.com/a</loc><loc>https://example.com/b</loc></url>",
    "<url><loc>https://example.com/out</loc><url><loc>https://example.com/in</loc></url></url>",
    "<URL><LOC>https://example.com/case</LOC></URL>",
    "junk",
    "&amp;",
)
BROKEN = (
    *("&", "<", "</url>", "</loc>", "\x01", "&nbsp;", "<url><loc>https://example.com/half"),
    *("<url><loc>https://example.com/?a&b=1</loc></url>", "<url><loc>https://example.com/o</url>"),
    "<<<<<<< HEAD\n",
)


@st.composite
def written_urls(draw) -> str:
    """A URL as written in a document, mostly a valid one."""
    host = draw(st.sampled_from(HOSTS)) + draw(st.sampled_from(PORTS))
    path = "".join(draw(st.lists(st.sampled_from(PATHS), max_size=5)))
    return f"http{draw(st.sampled_from(('s', '')))}://{host}/{path}"


@st.composite
def simple_entries(draw) -> str:
    """An entry like in most documents."""
    blank = draw(st.sampled_from(BLANKS))
    number = draw(st.integers(0, 9_999))
    loc = f"<loc>https://example.com/{number}?a&amp;b</loc>"
    return f"<url>{blank}{loc}{blank}{_field(draw, 'lastmod', DATES)}</url>"


@st.composite
def odd_entries(draw, odd_dates=ODD_DATES) -> str:
    """An entry with fields in any order, blanks, comments, CDATA and extensions."""
    loc = _loc(draw)
    fields = [
        _field(draw, "lastmod", (*DATES, *odd_dates)),
        _field(draw, "changefreq", FREQUENCIES),
        _field(draw, "priority", PRIORITIES),
        "".join(draw(st.lists(st.sampled_from((*CHILDREN, *ODD_CHILDREN)), max_size=3))),
    ]
    parts = draw(st.one_of(st.just([loc, *fields]), st.permutations([loc, *fields])))
    gaps = draw(st.lists(st.sampled_from((*BLANKS, *COMMENTS)), min_size=len(parts), max_size=len(parts)))
    begin = draw(st.sampled_from(("<url>", "<url>", '<url id="a > b">', "<url >")))
    return begin + "".join(gap + part for gap, part in zip(gaps, parts, strict=True)) + "</url>"


def _loc(draw) -> str:
    blank = draw(st.sampled_from(BLANKS))
    url = draw(written_urls())
    if draw(st.integers(0, 9)):
        return f"<loc>{blank}{url}{blank}</loc>"
    return draw(
        st.sampled_from(
            (
                "<loc><![CDATA[https://example.com/c?a&b<]]></loc>",
                f'<loc lang="de">{url}</loc>',
                f"<loc>{url}<!-- x -->y</loc>",
                f"<loc>{url}{'x' * 2_100}</loc>",
            )
        )
    )


def _field(draw, name: str, values: tuple[str, ...]) -> str:
    value = draw(st.one_of(st.none(), st.sampled_from(values)))
    return "" if value is None else f"<{name}>{value}</{name}>"


@st.composite
def mixtures(draw) -> bytes:
    """A list of pages made of everything above."""
    between = st.sampled_from(BETWEEN)
    entries = draw(
        st.lists(st.one_of(simple_entries(), simple_entries(), odd_entries(), between), max_size=15)
    )
    if draw(st.integers(0, 3)) == 0:
        entries.insert(draw(st.integers(0, len(entries))), draw(st.sampled_from(BROKEN)))
    blank = draw(st.sampled_from(BLANKS))
    root = draw(st.sampled_from((URLSET, URLSET, "<urlset>", f'<s:urlset xmlns:s="urn:s" {PREFIXES}>')))
    end = "</s:urlset>" if root.startswith("<s:") else "</urlset>"
    return f"{root}{blank}{blank.join(entries)}{blank}{end}".encode()


@st.composite
def repetitions(draw) -> bytes:
    """A list of pages in which entries of a few shapes come again and again, as programs write them."""
    shapes = draw(st.lists(odd_entries(), min_size=1, max_size=3))
    order = draw(st.lists(st.sampled_from(shapes), min_size=10, max_size=30))
    between = draw(st.sampled_from((*BLANKS, *COMMENTS)))
    odd = draw(st.one_of(st.just(""), odd_entries(), st.sampled_from(BETWEEN)))
    return f"{URLSET}{between.join([*order, odd, *order])}</urlset>".encode()


@dataclass(frozen=True)
class Document:
    """A valid document; ``ends`` are the offsets after its records, ``end`` the one after its root."""

    data: bytes
    ends: tuple[int, ...]
    end: int


@st.composite
def urlsets(draw) -> Document:
    """A list of pages without any fault that loses an entry."""
    return _document(draw, URLSET, draw(st.lists(right_entries(), max_size=4)), "</urlset>", COMMENTS)


@st.composite
def indexes(draw) -> Document:
    """A list of sitemaps."""
    records = [f"<sitemap>{loc}{_field(draw, 'lastmod', DATES)}</sitemap>" for loc in draw(_locs)]
    return _document(draw, "<sitemapindex>", records, "</sitemapindex>", COMMENTS)


@st.composite
def rss(draw) -> Document:
    """An RSS feed."""
    records = [
        f"<item><title>&amp;</title><link>{_url(at)}</link>{_field(draw, 'guid', ('x',))}</item>"
        for at in draw(st.lists(st.integers(0, 999), max_size=4))
    ]
    return _document(draw, '<rss version="2.0"><channel>', records, "</channel></rss>", ("<title>x</title>",))


@st.composite
def atom(draw) -> Document:
    """An Atom feed."""
    records = [
        f'<entry><link rel="self" href="https://example.com/no"/><link href="{_url(at)}"/>'
        f"{_field(draw, 'updated', DATES)}</entry>"
        for at in draw(st.lists(st.integers(0, 999), max_size=4))
    ]
    return _document(draw, '<feed xmlns="http://www.w3.org/2005/Atom">', records, "</feed>", ("<id>x</id>",))


@st.composite
def right_entries(draw) -> str:
    """An entry that is read as exactly one, at its first line."""
    parts = [
        f"<loc>{_url(draw(st.integers(0, 99_999)))}</loc>",
        _field(draw, "lastmod", DATES),
        _field(draw, "changefreq", FREQUENCIES),
        "".join(draw(st.lists(st.sampled_from(CHILDREN), max_size=1))),
        draw(st.sampled_from(COMMENTS)),
    ]
    blank = draw(st.sampled_from(("", "\n", "\r\n", " ")))
    return f"<url>{blank.join(draw(st.permutations(parts)))}</url>"


def _url(number: int) -> str:
    return f"https://example.com/{number}{('', '?a=1&amp;b=2', '/ü', '/&#x65E5;')[number % 4]}"


_locs = st.lists(st.integers(0, 999).map(lambda at: f"<loc>{_url(at)}</loc>"), max_size=4)


def _document(draw, begin: str, records: list[str], end: str, between: tuple[str, ...]) -> Document:
    data = draw(st.sampled_from(("", '<?xml version="1.0"?>\n', "<!-- x -->"))) + begin
    ends = []
    for record in records:
        data += draw(st.sampled_from((*BLANKS, *between))) + record
        ends.append(len(data.encode()))
    data += draw(st.sampled_from(BLANKS)) + end
    whole = len(data.encode())
    return Document((data + draw(st.sampled_from(("", "\n", "<!-- x -->")))).encode(), tuple(ends), whole)


# Texts as a reader returns them: trimmed, and without anything that output formats have to escape.
PRINTABLE = st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"], exclude_characters="\ufffd")
TEXTS = st.text(st.one_of(PRINTABLE, st.just(" ")), max_size=20).map(str.strip)


@st.composite
def urls(draw, alphabet=PRINTABLE) -> str:
    """Any web URL that is kept as it is."""
    host = draw(
        st.sampled_from(("example.com", "EXAMPLE.com:8080", "u:p@ü.example", "[::1]:80", "a.example."))
    )
    scheme = draw(st.sampled_from(("http", "https", "HTTPS")))
    return (
        f"{scheme}://{host}{draw(st.sampled_from(('/', '/?', '/#')))}{draw(st.text(alphabet, max_size=40))}"
    )


TOKENS = (
    *(b"<", b">", b"</", b"/>", b"&", b";", b'"', b"'", b"=", b" ", b"\n", b"\r", b"\0", b"\x01", b"\xff"),
    *(b"<urlset>", b"</urlset>", b"<url>", b"</url>", b"<loc>", b"</loc>", b"<sitemapindex>", b"<sitemap>"),
    *(b"https://example.com/", b"/x", b"\xc3\xbc", b"\xc3", b"\xed\xa0\x80", b"&amp;", b"&nbsp;", b"&#0;"),
    *(b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<!DOCTYPE urlset", b"[", b"]", b"<?xml version='1.0'?>"),
    *(b"<rss>", b"<channel>", b"<item>", b"<link>", b"</item>", b"<feed>", b"<entry>", b"<link href='/a'/>"),
    *(b"<html>", b"\xef\xbb\xbf", b"\xff\xfe", b"<\0u\0", b"\x1f\x8b", b"<image:image>", b"<lastmod>2026"),
    *(b"<<<<<<< a\n", b"=======\n", b">>>>>>> b\n", b'<?xml version="1.0" encoding="windows-1252"?>'),
)
CASE_FILES = sorted(
    path for path in CASES.iterdir() if path.suffix != ".json" and path.stat().st_size < 4_096
)


@st.composite
def mutations(draw) -> bytes:
    """A document of the cases after a few random changes."""
    data = bytearray(draw(st.sampled_from(CASE_FILES)).read_bytes())
    for _ in range(draw(st.integers(1, 4))):
        begin = draw(st.integers(0, len(data)))
        end = min(begin + draw(st.sampled_from((0, 0, 1, 3, 30))), len(data))
        data[begin:end] = draw(st.one_of(st.sampled_from(TOKENS), st.just(bytes(data[end : end + 40]))))
    return bytes(data)


ANYTHING = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.text(max_size=80), st.sampled_from(("utf-8", "utf-16", "utf-32", "cp1252"))).map(
        lambda pair: pair[0].encode(pair[1], "ignore")
    ),
    st.lists(st.sampled_from(TOKENS), max_size=40).map(b"".join),
    st.lists(st.sampled_from(TOKENS), max_size=40).map(lambda tokens: b"<urlset>" + b"".join(tokens)),
    mutations(),
    mixtures(),
)
