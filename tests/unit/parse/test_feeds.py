import pytest

from sitemap_cli.model.values import Kind
from tests.unit.parse.documents import codes, everything

FIRST = 1_793_491_200  # 2026-11-01
URL = "https://example.com/a"
LINK = f"<link>{URL}</link>"
OTHER = "<link>https://example.com/no</link>"
RDF = 'xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
SPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:media="http://search.yahoo.com/mrss/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
)


def rss(item, channel=""):
    return f'<rss version="2.0" {SPACES}><channel>{channel}<item>{item}</item></channel></rss>'.encode()


def atom(entry, attributes="", own=""):
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><entry {own}>{entry}</entry></feed>'.encode()
    )


def read_summary(data, base=None):
    reading, items, problems = everything(data, base_url=base)
    return [item.loc for item in items], codes(problems), reading.complete


@pytest.mark.parametrize(
    ("item", "locs"),
    [
        (LINK, [URL]),
        (f"<link>\n{URL}\n</link>", [URL]),
        (f"<link><![CDATA[{URL}?a&b]]></link>", [f"{URL}?a&b"]),
        (f"<guid>{URL}</guid>", [URL]),
        (f'<guid isPermaLink="true">{URL}</guid>', [URL]),
        (f'<guid isPermalink=" TRUE ">{URL}</guid>', [URL]),
        (f"<link/><guid>{URL}</guid>", [URL]),
        (f"<link> </link>{LINK}", [URL]),
        (f"{LINK}<guid>https://example.com/guid</guid>", [URL]),
        (f'{LINK}<enclosure url="https://example.com/a.mp3" type="audio/mpeg" length="1"/>', [URL]),
        (f'{LINK}<media:content url="https://example.com/v.mp4"/><media:thumbnail url="/t"/>', [URL]),
        (f'<atom:link rel="self" href="https://example.com/self"/>{LINK}', [URL]),
        (f"{LINK}<comments>https://example.com/c</comments><source url='/x'>x</source>", [URL]),
        (f"<content:encoded><![CDATA[<link>https://example.com/no</link>]]></content:encoded>{LINK}", [URL]),
        (f"<image><link>https://example.com/no</link></image>{LINK}", [URL]),
        (f"<LINK>{URL}</LINK>", [URL]),
    ],
)
def test_the_page_of_an_rss_item_is_its_link_or_its_permalink(item, locs):
    assert read_summary(rss(item)) == (locs, [], True)


@pytest.mark.parametrize(
    "item",
    [
        *("", "<title>x</title>", "<link/>", "<link> </link>", f'<guid isPermaLink="false">{URL}</guid>'),
        *(
            '<guid isPermaLink="true">123</guid>',
            "<guid>urn:uuid:1</guid>",
            f'<atom:link rel="self" href="{URL}"/>',
        ),
        *(f'<enclosure url="{URL}"/>', f'<media:content url="{URL}"/>', f"<media:link>{URL}</media:link>"),
    ],
)
def test_an_rss_item_without_a_link_has_no_page(item):
    assert read_summary(rss(item), "https://example.com/") == ([], ["loc-missing"], False)


@pytest.mark.parametrize(
    "channel",
    [
        "<link>https://example.com/</link>",
        "<image><link>https://example.com/no</link></image>",
        "<textInput><link>https://example.com/no</link></textInput>",
        '<atom:link rel="self" href="https://example.com/feed"/>',
    ],
)
def test_the_links_of_an_rss_channel_are_not_pages(channel):
    assert read_summary(rss(LINK, channel)) == ([URL], [], True)


@pytest.mark.parametrize(
    "root",
    [
        f"<rss><channel><item>{LINK}</item></channel></rss>",
        f'<rss version="0.91"><channel><item>{LINK}</item></channel></rss>',
        f'<rss xmlns="http://backend.userland.com/rss2"><channel><item>{LINK}</item></channel></rss>',
        f'<rss xmlns="urn:x"><channel><item>{LINK}</item></channel></rss>',
        f'<rss xmlns="http://www.w3.org/2005/Atom"><channel><item>{LINK}</item></channel></rss>',
        f'<r:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><channel/><item>{LINK}</item></r:RDF>',
        f'<r:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><image>{OTHER}</image><item>{LINK}</item></r:RDF>',
        f'<r:RDF {RDF} xmlns="http://purl.org/rss/1.0/"><item>{LINK}</item><textinput>{OTHER}</textinput></r:RDF>',
        f'<r:RDF {RDF} xmlns="http://my.netscape.com/rdf/simple/0.9/"><item>{LINK}</item></r:RDF>',
    ],
)
def test_every_version_of_rss_is_read(root):
    assert read_summary(root.encode()) == ([URL], [], True)
    assert everything(root.encode())[0].kind == Kind.RSS


@pytest.mark.parametrize(
    ("dates", "lastmod", "moment", "problems"),
    [
        ("<pubDate>Sun, 01 Nov 2026 00:00:00 GMT</pubDate>", "Sun, 01 Nov 2026 00:00:00 GMT", FIRST, []),
        ("<dc:date>2026-11-01</dc:date>", "2026-11-01", FIRST, []),
        ("<atom:updated>2026-11-01T00:00:00Z</atom:updated>", "2026-11-01T00:00:00Z", FIRST, []),
        ("<pubDate/><dc:date>2026-11-01</dc:date>", "2026-11-01", FIRST, []),
        ("<dc:date>2025</dc:date><pubDate>2026-11-01</pubDate>", "2026-11-01", FIRST, []),
        ("<pubDate>Sun, 01 Nov 2026</pubDate>", "Sun, 01 Nov 2026", FIRST, ["lastmod-invalid"]),
        ("<pubDate>2026-11-01 00:00:00</pubDate>", "2026-11-01 00:00:00", FIRST, ["lastmod-invalid"]),
        ("<pubDate>yesterday</pubDate>", "yesterday", None, ["lastmod-invalid"]),
        ("<pubDate>1793491200</pubDate>", "1793491200", None, ["lastmod-invalid"]),
        ("<pubDate> </pubDate>", None, None, []),
    ],
)
def test_the_date_of_an_rss_item_is_kept_and_parsed(dates, lastmod, moment, problems):
    reading, items, found = everything(rss(LINK + dates))
    assert [(item.lastmod, item.lastmod_utc) for item in items] == [(lastmod, moment)]
    assert (codes(found), reading.complete) == (problems, True)


@pytest.mark.parametrize(
    ("entry", "loc"),
    [
        ('<link href="https://e.example/1"/>', "https://e.example/1"),
        ('<link rel="alternate" href=" https://e.example/1 "/>', "https://e.example/1"),
        ('<link rel="" href="https://e.example/1"/>', "https://e.example/1"),
        (
            '<link rel="http://www.iana.org/assignments/relation/alternate" href="https://e.example/1"/>',
            "https://e.example/1",
        ),
        (
            '<link rel="self" href="https://e.example/1"/><link href="https://e.example/2"/>',
            "https://e.example/2",
        ),
        (
            '<link rel="enclosure" href="https://e.example/1"/><link href="https://e.example/2"/>',
            "https://e.example/2",
        ),
        (
            '<link href="https://e.example/1"/><link hreflang="de" href="https://e.example/2"/>',
            "https://e.example/1",
        ),
        (
            '<link type="application/pdf" href="https://e.example/1"/><link type="text/html" href="https://e.example/2"/>',
            "https://e.example/2",
        ),
        (
            '<link type="application/pdf" href="https://e.example/1"/><link href="https://e.example/2"/>',
            "https://e.example/2",
        ),
        (
            '<link type="a/b" href="/1"/><link type="Application/XHTML+XML; x=y" href="https://e.example/2"/>',
            "https://e.example/2",
        ),
        (
            '<link type="application/pdf" href="https://e.example/1"/><link type="image/png" href="https://e.example/2"/>',
            "https://e.example/1",
        ),
        ('<link href=""/><link href="https://e.example/2"/>', "https://e.example/2"),
        (
            '<source><link href="https://e.example/no"/></source><link href="https://e.example/2"/>',
            "https://e.example/2",
        ),
        ('<id>https://e.example/id</id><link href="https://e.example/2"/>', "https://e.example/2"),
    ],
)
def test_the_page_of_an_atom_entry_is_its_html_alternate(entry, loc):
    assert read_summary(atom(entry)) == ([loc], [], True)


@pytest.mark.parametrize(
    "entry",
    [
        *(
            "",
            "<id>https://e.example/</id>",
            '<link rel="self" href="https://e.example/"/>',
            '<link href=" "/>',
        ),
        '<link rel="enclosure" href="https://e.example/a.mp3"/>',
        '<content src="https://e.example/"/>',
    ],
)
def test_an_atom_entry_without_an_alternate_has_no_page(entry):
    assert read_summary(atom(entry)) == ([], ["loc-missing"], False)


@pytest.mark.parametrize(
    ("root", "own", "link", "loc", "problems"),
    [
        ("https://r.example/d/", "", "a", "https://r.example/d/a", []),
        ("https://r.example/d/", "e/", "a", "https://r.example/d/e/a", []),
        ("https://r.example/d/", "https://e.example/", "a", "https://e.example/a", []),
        ("https://r.example/d/", "", "/a", "https://r.example/a", []),
        ("https://r.example/d/", "", "//x.example/", "https://x.example/", []),
        ("https://r.example/d/", "", "https://x.example/?", "https://x.example/?", []),
        ("", "https://e.example/x", "a", "https://e.example/a", []),
        ("", "", "a", "https://base.example/a", ["loc-relative"]),
        ("/d/", "", "a", "https://base.example/d/a", ["loc-relative"]),
        ("https://[broken", "", "a", "https://base.example/a", ["loc-relative"]),
    ],
)
def test_a_relative_link_of_atom_is_resolved_by_xml_base(root, own, link, loc, problems):
    data = atom(f'<link href="{link}"/>', f'xml:base="{root}"', f'xml:base="{own}"')
    assert read_summary(data, "https://base.example/feed") == ([loc], problems, True)


def test_the_xml_base_of_the_link_itself_counts_first():
    data = atom('<link xml:base="x/" href="a"/>', 'xml:base="https://r.example/"', 'xml:base="e/"')
    assert read_summary(data) == (["https://r.example/e/x/a"], [], True)


@pytest.mark.parametrize(
    ("dates", "lastmod", "moment"),
    [
        ("<updated>2026-11-01T00:00:00Z</updated>", "2026-11-01T00:00:00Z", FIRST),
        ("<published>2025</published><updated>2026-11-01</updated>", "2026-11-01", FIRST),
        ("<issued>2025</issued><modified>2026-11-01</modified>", "2026-11-01", FIRST),
        ("<published>2026-11-01</published>", "2026-11-01", FIRST),
        ("<issued>2026-11-01</issued>", "2026-11-01", FIRST),
        ("<updated>Sun, 01 Nov 2026 00:00:00 GMT</updated>", "Sun, 01 Nov 2026 00:00:00 GMT", FIRST),
        ("<updated/>", None, None),
    ],
)
def test_the_date_of_an_atom_entry_is_its_last(dates, lastmod, moment):
    _, items, problems = everything(atom(f'<link href="{URL}"/>{dates}'))
    assert [(item.lastmod, item.lastmod_utc) for item in items] == [(lastmod, moment)]
    assert problems == []


@pytest.mark.parametrize("namespace", ["http://www.w3.org/2005/Atom", "http://purl.org/atom/ns#", ""])
def test_every_version_of_atom_is_read(namespace):
    data = f'<feed xmlns="{namespace}"><entry><link href="{URL}"/></entry></feed>'.encode()
    assert read_summary(data) == ([URL], [], True)
    assert everything(data)[0].kind == Kind.ATOM
