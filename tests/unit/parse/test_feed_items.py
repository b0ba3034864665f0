"""Usual items of feeds bypass the XML parser, and are what the parser would have read."""

import random

import pytest

from sitemap_cli.parse.fast.feed_items import FeedItems
from tests.unit.parse.strategies import without_fast_path
from tests.unit.parse.test_fast_entries import read_all

RSS = (
    '<?xml version="1.0"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:g="http://base.google.com/ns/1.0"\n'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:r="http://purl.org/rss/1.0/" xmlns:x="urn:x">\n'
    "<channel><title>x</title><link>https://example.com/</link>\n"
)
ATOM = '<?xml version="1.0"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="urn:x">\n<title>x</title>\n'
LINK = "<link>https://example.com/{n}?a=1&amp;b=2</link>"
DATE = "<pubDate>Sun, 01 Nov 2026 10:00:0{d} GMT</pubDate>"
PAGE = '<link rel="alternate" type="text/html" href="https://example.com/{n}?a=1&amp;b=2"/>'
UPDATED = "<updated>2026-11-0{d}T10:00:00Z</updated>"

# Elements of an item; the fast path takes some of these and leaves the others to the parser.
PARTS_OF_RSS = (
    *("<title>Title {n} &amp; &#8217;&lt;b&gt; ]] x</title>", "<title/>", '<title lang="de">\n</title>'),
    *("<description><![CDATA[<p>a ]] b</p> & <a href='x'>]]></description>", "<author>me</author>"),
    *('<guid isPermaLink="false">x</guid>', "<guid>https://example.com/guid/{n}</guid>"),
    '<enclosure url="https://example.com/{n}.mp3?a&amp;b" length="1" type="audio/mpeg" />',
    *(
        "<dc:creator>ü, 日本\uff0c</dc:creator>",
        "<x:any-thing_1>{n}</x:any-thing_1>",
        "<g:image_link>x</g:image_link>",
    ),
    *("<category><![CDATA[a]]> b</category>", "<comments>\r\n</comments>"),
)
ODD_PARTS_OF_RSS = (
    *(
        "<link>https://example.com/other</link>",
        "<link>/relative</link>",
        '<link href="https://e.org/"/>',
        "<link/>",
    ),
    *(
        "<x:link>https://example.com/x</x:link>",
        "<r:link>https://example.com/r</r:link>",
        "<g:link>https://e.org/g</g:link>",
    ),
    '<atom:link href="https://example.com/a" rel="alternate"/>',
    *(
        "<dc:date>2026-11-03</dc:date>",
        "<atom:updated>2026-11-04</atom:updated>",
        "<pubdate>yesterday</pubdate>",
    ),
    *("<pubDate>yesterday</pubDate>", "<pubDate></pubDate>", "<DC:creator/>", "<y:creator>x</y:creator>"),
    *(
        "text",
        "<!-- x -->",
        "<?x y?>",
        "<unknown>x</unknown>",
        "<x:a><x:b>c</x:b></x:a>",
        "<x:item/>",
        "<x:Loc>a</x:Loc>",
    ),
    *(
        "<title>a]]>b</title>",
        "<title>&nbsp;</title>",
        "<title>&#0;</title>",
        "<title>\x01</title>",
        "<title>\ufffe</title>",
    ),
    *(
        '<title a="1" a="2">x</title>',
        '<title xml:base="/x">y</title>',
        "<title a='1'>x</title>",
        '<title a="<">x</title>',
    ),
    *("<title>x</description>", "<description><![CDATA[a</item> <item>b]]></description>", "<title"),
    *("<guid>" + "g" * 70_000 + "</guid>", "<title>" + "t" * 70_000 + "</title>", "<guid/>" * 300),
    *('<x:a xmlns:x="urn:y"/>', '<title xmlns="urn:z">x</title>', "<loc>https://example.com/loc</loc>"),
    *("<item><link>https://example.com/in</link></item>", "<entry/>", "</channel>", "\ufffd", "&amp;"),
)
PARTS_OF_ATOM = (
    *(
        '<title type="html">Title {n} &amp;amp; x</title>',
        "<id>tag:x,{n}</id>",
        "<summary><![CDATA[<p>]]></summary>",
    ),
    *('<link rel="self" href="/x"/>', '<link href="https://e.org/{n}" rel="edit" title="a"/>', "<rights/>"),
    *(
        "<published>2026-10-01</published>",
        "<author>\n<name>ü</name><uri>x</uri></author>",
        '<category term="a"/>',
    ),
    *('<content type="html">&lt;p></content>', "<x:y>z</x:y>"),
)
ODD_PARTS_OF_ATOM = (
    *(
        '<link href="https://example.com/2"/>',
        '<link rel="alternate" href="https://e.org/2" type="text/plain"/>',
    ),
    *(
        '<link rel="Alternate" href="https://e.org/3"/>',
        '<link rel="" href="https://e.org/4"/>',
        '<link href=""/>',
    ),
    *(
        '<link rel="self" rel="alternate" href="https://e.org/5"/>',
        '<link href="/rel" title="a>b"/>',
        "<link>https://e.org/6</link>",
    ),
    '<link rel="http://www.iana.org/assignments/relation/alternate" href="https://e.org/7"/>',
    *("<updated>2026-11-09</updated>", "<updated>never</updated>", "<modified>2026-11-08</modified>"),
    *('<content type="xhtml"><div>x</div></content>', '<content xml:base="https://e.org/b/">x</content>'),
    *(
        "<author><name>a</name><link href='/b'/></author>",
        "<source><updated>2026-01-01</updated></source>",
        "text",
    ),
    *(
        "<item/>",
        '<entry><link href="https://e.org/8"/></entry>',
        "<!-- -->",
        "</feed>",
        "<title>&nbsp;</title>",
    ),
)
KINDS = {
    "rss": (RSS, "item", LINK, DATE, PARTS_OF_RSS, ODD_PARTS_OF_RSS, "</channel></rss>\n"),
    "atom": (ATOM, "entry", PAGE, UPDATED, PARTS_OF_ATOM, ODD_PARTS_OF_ATOM, "</feed>\n"),
}


def write_item(kind: str, chosen: random.Random, n: int, odd: str | None = None) -> str:
    """Return an item of usual parts in any order, with an odd one among them."""
    _, name, link, date, parts, _, _ = KINDS[kind]
    inside = [link, *([date] if kind == "atom" or n % 3 else []), *chosen.sample(parts, chosen.randint(0, 4))]
    chosen.shuffle(inside)
    if odd is not None:
        inside.insert(chosen.randint(0, len(inside)), odd)
    blank = chosen.choice(["", "\n", "\r\n\t", " "])
    body = blank.join(each.replace("{n}", str(n)).replace("{d}", str(1 + n % 9)) for each in inside)
    return f"<{name}>{blank}{body}{blank}</{name}>{chosen.choice(['', chr(10)])}"


def write_feed(kind: str, chosen: random.Random, odd_parts: tuple[str, ...], count: int = 40) -> bytes:
    head, end = KINDS[kind][0], KINDS[kind][-1]
    items = [
        write_item(kind, chosen, n, chosen.choice(odd_parts) if odd_parts and n % 5 == 4 else None)
        for n in range(count)
    ]
    return (head + "".join(items) + end).encode()


def assert_agreement(data: bytes, size: int) -> None:
    fast = read_all(data, size)
    with without_fast_path():
        assert fast == read_all(data, size)


@pytest.mark.parametrize(
    ("kind", "odd"), [(kind, odd) for kind in KINDS for odd in KINDS[kind][5]], ids=lambda each: each[:60]
)
def test_the_fast_path_agrees_around_an_item_with_an_odd_part(kind: str, odd: str) -> None:
    for seed in range(4):
        assert_agreement(write_feed(kind, random.Random(seed), (odd,)), (131, 1_000_000)[seed % 2])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(30))
def test_the_fast_path_agrees_on_a_random_mixture(kind: str, seed: int) -> None:
    chosen = random.Random(seed)
    odd = tuple(each for each in KINDS[kind][5] if len(each) < 1_000)
    assert_agreement(write_feed(kind, chosen, odd), chosen.choice([61, 500, 4_096, 100_000]))


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(40))
def test_the_fast_path_agrees_on_a_damaged_feed(kind: str, seed: int) -> None:
    chosen = random.Random(seed)
    data = bytearray(write_feed(kind, chosen, ()))
    for _ in range(chosen.randint(1, 3)):
        data[chosen.randrange(len(data))] = chosen.choice(b"<>&\x00\xff]\"'/x \n")
    assert_agreement(bytes(data[: chosen.randint(len(data) // 2, len(data))]), 700)


PLACES = {
    "a base URL": ("<channel>", '<channel xml:base="https://other.example/">'),
    "a base URL of the root": ('version="2.0"', 'xml:base="https://other.example/"'),
    "a namespace of the channel": ("<channel>", '<channel xmlns="urn:other">'),
    "a prefix of the channel": ("<channel>", '<channel xmlns:x="http://purl.org/rss/1.0/">'),
    "a default namespace": ('version="2.0"', 'xmlns="http://backend.userland.com/rss2"'),
    "a foreign default namespace": ('version="2.0"', 'xmlns="urn:foreign"'),
    "a prefix for the namespace of RSS": ('xmlns:x="urn:x"', 'xmlns:x="http://purl.org/rss/1.0/"'),
    "a prefix for sitemaps": ('xmlns:x="urn:x"', 'xmlns:x="http://www.sitemaps.org/schemas/sitemap/0.9"'),
    "a prefix that is not declared": ('xmlns:x="urn:x"', ""),
    "an unknown element around": ("<channel>", "<channel><group>"),
    "no channel": ("<channel>", ""),
    "another root": ("<rss ", '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '),
    "a section before": ("<title>x</title>", "<title><![CDATA[ <item> ]]></title>"),
    "a comment before": ("<title>x</title>", "<!-- <item> -->"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("size", [200, 1_000_000])
def test_the_fast_path_agrees_wherever_items_are(place: str, size: int) -> None:
    for seed in range(5):
        feed = write_feed("rss", random.Random(seed), ()).decode().replace(*PLACES[place], 1)
        assert_agreement(feed.encode(), size)


def test_items_of_a_second_channel_are_read_by_its_own_prefixes() -> None:
    item = "<item><link>https://example.com/{n}</link><x:link>https://example.com/x{n}</x:link></item>"
    second = '</channel><channel xmlns:x="http://purl.org/rss/1.0/">'
    items = "".join(item.replace("{n}", str(n)) for n in range(5))
    plain = items.replace("x:link", "x:name")
    assert_agreement(f"{RSS}{plain}{second}{items}</channel></rss>".encode(), 1_000_000)


@pytest.mark.parametrize("kind", KINDS)
def test_nearly_all_usual_items_take_the_fast_path(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    taken, real = list[str](), FeedItems.take_items

    def count(self, text, at, line, take):
        return real(self, text, at, line, lambda links, *others: (taken.extend(links), take(links, *others)))

    monkeypatch.setattr(FeedItems, "take_items", count)
    read_all(write_feed(kind, random.Random(1), (), 300), 65_536)
    assert len(taken) > 290
    taken.clear()
    read_all(write_feed(kind, random.Random(1), ("<x:a><x:b/></x:a>",), 300), 65_536)
    assert len(taken) > 200
