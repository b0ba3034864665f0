"""Entries with extensions that are read in columns are exactly those that the XML parser returns."""

import random
from collections.abc import Sequence

import pytest

from sitemap_cli.parse.extension import get_extensions
from sitemap_cli.parse.fast import entry_shapes, extended_entries
from sitemap_cli.parse.fast.shape_patterns import EntryPattern, EntryRows
from sitemap_cli.parse.reader import read_document
from sitemap_cli.parse.xml.stream import XmlFault, XmlStream
from tests.unit.parse.strategies import without_fast_path
from tests.unit.parse.test_fast_entries import read_all

PREFIXES = " ".join(f'xmlns:{prefix}="{one.namespace}"' for prefix, one in get_extensions().items())
HEAD = f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" {PREFIXES}>\n'
LASTMOD = "<lastmod>2026-11-0{d}</lastmod>"
IMAGE = "<image:image>\n<image:loc>https://example.com/{n}.png?a=1&amp;b</image:loc>\n</image:image>\n"
TITLED = (
    "<image:image><image:loc>/{n}.png</image:loc>"
    "<image:title>\u00c9t\u00e9\uff0c {n}</image:title></image:image>"
)
LINK = '<xhtml:link rel="alternate" hreflang="de" href="https://example.com/de/{n}"/>\n'
NEWS = (
    "<news:news><news:publication><news:name>The Times</news:name><news:language>en</news:language>"
    "</news:publication><news:publication_date>2026-11-0{d}</news:publication_date>"
    "<news:title>A &amp; B: \u201cc\u201d [d] &#8217;{n}</news:title></news:news>"
)
VIDEO = (
    "<video:video><video:title>{n}</video:title><video:description>\n  words \t</video:description>"
    '<video:player_loc allow_embed="yes">https://example.com/{n}</video:player_loc>'
)
TVSHOW = (
    "<video:tvshow><video:show_title>{n}</video:show_title>"
    "<video:video_type>full</video:video_type></video:tvshow>"
)


def entry(after: str, before: str = "") -> str:
    return f"<url>\n<loc>https://example.com/{{n}}?a&amp;b</loc>\n{before}{LASTMOD}\n{after}</url>\n"


TITLED_ENTRY = entry(TITLED)

# Each is the only shape of a document, and read in columns.
SHAPES = {
    "image": entry(IMAGE),
    "three images": entry(IMAGE * 3),
    "title": entry(TITLED),
    "languages": entry(LINK * 4),
    "languages first": entry("", LINK * 2),
    "image first, languages": entry(LINK * 2, IMAGE),
    "languages with end tags": entry(LINK.replace("/>", "></xhtml:link>")),
    "languages in another order": entry(
        '<xhtml:link  href="/{n}"\n rel="alternate" hreflang="fr"\t/>'
        '<xhtml:link href="/x" rel="alternate" hreflang="x"/>'
    ),
    "media": entry('<xhtml:link rel="alternate" media="only screen" href="https://m.example.com/{n}"/>'),
    "languages and media": entry(LINK + '<xhtml:link rel="alternate" media="handheld" href="/m/{n}"/>'),
    "news": entry(NEWS),
    "video": entry(f"{VIDEO}</video:video>"),
    "video with tags": entry(
        f"{VIDEO}<video:tag>a &amp; b</video:tag>\n<video:tag> {{n}} </video:tag></video:video>"
    ),
    "episode": entry(f"{VIDEO}{TVSHOW}</video:video>"),
    "video and image": entry(f"{VIDEO}</video:video>{IMAGE}{IMAGE}"),
    "mobile": entry("<mobile:mobile/>"),
    "mobile with a type": entry('<mobile:mobile type="pc,mobile"/>'),
    "empty title": entry(
        "<image:image><image:loc>/{n}</image:loc><image:title></image:title><image:caption/></image:image>"
    ),
    "comment after": entry(IMAGE) + "<!-- priority 0.6 - post -->\n",
    "tag in a comment": entry(IMAGE) + "<!-- <image:image> -->\n",
    "comments inside": entry(f"<!-- <image:image> -->{IMAGE}<!-- x -->{IMAGE}", "<!-- x --><!-- y -->\n"),
    "line ends of Windows": entry(IMAGE + LINK).replace("\n", "\r\n"),
    "title in a CDATA section": entry(TITLED.replace("{n}</", "<![CDATA[ & &amp; {n} \u00e9 ]]></")),
    "all in CDATA sections": "<url><loc><![CDATA[https://example.com/{n}?a&amp;b&c]]></loc><image:image>"
    "<image:loc><![CDATA[ /{n}?&]]>x</image:loc><image:title><![CDATA[]]></image:title>"
    "</image:image></url>\n",
    "only loc in a CDATA section": "<url><loc>\n<![CDATA[ https://example.com/{n} ]]></loc></url>\n",
    "no fields": "<url><loc>https://example.com/{n}</loc>" + IMAGE + "</url>",
    "all fields": entry(IMAGE).replace(
        LASTMOD, f"{LASTMOD}<changefreq>daily</changefreq><priority>0.5</priority>"
    ),
}
# These are among entries of another shape; most of them need the XML parser.
ODD = {
    "plain": "<url><loc>https://example.com/{n}</loc></url>",
    "invalid date": entry(IMAGE).replace(LASTMOD, "<lastmod>yesterday</lastmod>"),
    "no image:loc": entry("<image:image><image:title>x</image:title></image:image>"),
    "blank image:loc": entry("<image:image><image:loc> </image:loc></image:image>"),
    "image:loc of a no-break space": entry("<image:image><image:loc>\u00a0</image:loc></image:image>"),
    "two image:loc": entry("<image:image><image:loc>/1</image:loc><image:loc>/2</image:loc></image:image>"),
    "image in an image": entry("<image:image><image:loc>/1</image:loc><image:image/></image:image>"),
    "unclosed image": entry("<image:image><image:loc>/1</image:loc>"),
    "only the end of an image": entry("<image:loc>/1</image:loc></image:image>"),
    "stray image:loc": entry("<image:loc>/{n}</image:loc>"),
    "text in an image": entry(IMAGE.replace("<image:loc>", "text<image:loc>")),
    "text after an image": entry(f"{IMAGE}text"),
    "CDATA": entry("<image:image><image:loc><![CDATA[/a?b&c]]></image:loc></image:image>"),
    "markup in CDATA": entry("<image:image><image:loc><![CDATA[<b>]]></image:loc></image:image>"),
    "border in CDATA": entry("<image:image><image:loc><![CDATA[</url><url>]]></image:loc></image:image>"),
    "brackets in CDATA": entry("<image:image><image:loc><![CDATA[[a] ]]]></image:loc></image:image>"),
    "stray CDATA": entry("<image:image><![CDATA[x]]><image:loc>/1</image:loc></image:image>"),
    "blank CDATA between": entry(
        "<image:image><![CDATA[ ]]><image:loc>/1</image:loc></image:image><![CDATA[]]>"
    ),
    "CDATA in a comment": entry("<!-- <![CDATA[x]]> -->" + IMAGE),
    "bracket in loc in CDATA": "<url><loc><![CDATA[https://example.com/[{n}]]]></loc></url>",
    "long loc in CDATA": f"<url><loc><![CDATA[https://example.com/{'x' * 1_900}]]></loc></url>",
    "blank in loc in CDATA": "<url><loc><![CDATA[https://example.com/ {n}]]></loc></url>",
    "end of CDATA": entry("<image:image><image:loc>a]]></image:loc></image:image>"),
    "brackets": entry("<image:image><image:loc>[a]]</image:loc></image:image>"),
    "bare ampersand": entry("<image:image><image:loc>/?a&b</image:loc></image:image>"),
    "named reference": entry("<image:image><image:loc>/&nbsp;x</image:loc></image:image>"),
    "hexadecimal reference": entry("<image:image><image:loc>/&#x27;x</image:loc></image:image>"),
    "blank reference": entry("<image:image><image:loc>&#160;</image:loc></image:image>"),
    "reference that HTML replaces": entry("<image:image><image:loc>&#146;&#128;</image:loc></image:image>"),
    "escaped markup": entry(
        "<image:image><image:loc>&lt;b&gt;&amp;amp;&quot;&#38;</image:loc></image:image>"
    ),
    "control character": entry("<image:image><image:loc>a\x01b</image:loc></image:image>"),
    "U+FFFE": entry("<image:image><image:loc>a\ufffeb</image:loc></image:image>"),
    "U+FFFD": entry("<image:image><image:loc>a\ufffdb</image:loc></image:image>"),
    "line end in a text": entry(
        "<image:image><image:loc>/1</image:loc><image:title>a\r\nb</image:title></image:image>"
    ),
    "long text": entry(f"<image:image><image:loc>/{'x' * 70_000}</image:loc></image:image>"),
    "many images": entry("<image:image><image:loc>/1</image:loc></image:image>" * 300),
    "canonical": entry('<xhtml:link rel="canonical" href="/{n}"/>'),
    "no rel": entry('<xhtml:link hreflang="de" href="/{n}"/>'),
    "blank hreflang": entry('<xhtml:link rel="alternate" hreflang="" href="/{n}"/>'),
    "padded hreflang": entry('<xhtml:link rel="alternate" hreflang=" de " href="/{n}"/>'),
    "line end in a value": entry('<xhtml:link rel="alternate" hreflang="de" href="/{n}\n"/>'),
    "tag in a value": entry('<xhtml:link rel="alternate" hreflang="de" href="<xhtml:link/>"/>'),
    "unclosed value": entry('<xhtml:link rel="alternate" hreflang="de" href="/x'),
    "repeated attribute": entry('<xhtml:link rel="alternate" hreflang="de" hreflang="en" href="/{n}"/>'),
    "no blank": entry('<xhtml:link rel="alternate" hreflang="de"href="/{n}"/>'),
    "other quotes": entry("<xhtml:link rel='alternate' hreflang='de' href='/{n}'/>"),
    "other namespace": entry(IMAGE.replace("<image:image>", '<image:image xmlns:image="urn:other">')),
    "default namespace": entry('<video:video><video:title xmlns="urn:x">T</video:title></video:video>'),
    "meta": entry(LINK + '<xhtml:meta name="x" content="y"/>'),
    "two news": entry(NEWS + NEWS),
    "empty news": entry("<news:news/>"),
    "empty publication": entry("<news:news><news:publication/><news:title>T</news:title></news:news>"),
    "nothing but blanks": entry("<news:news><news:title/><news:name> </news:name></news:news>"),
    "prices": entry(
        f'{VIDEO}<video:price currency="EUR">1</video:price><video:price currency="USD"/></video:video>'
    ),
    "tags apart": entry(f"{VIDEO}<video:tag>a</video:tag><video:id/><video:tag>b</video:tag></video:video>"),
    "image between": entry(f"{IMAGE}<changefreq>daily</changefreq>{IMAGE}", IMAGE),
    "comment in a text": entry("<image:image><image:loc>/a<!-- x -->b</image:loc></image:image>"),
    "invalid comment": entry(f"<!-- a -- b -->{IMAGE}"),
    "deep": entry(f"<video:video>{'<video:a>' * 20}{'</video:a>' * 20}</video:video>"),
}


def document(entries: Sequence[str]) -> bytes:
    body = "".join(each.format(n=n, d=1 + n % 9) for n, each in enumerate(entries))
    return f"{HEAD}{body}</urlset>\n".encode()


def assert_lanes_agree(data: bytes, size: int = 65_536) -> None:
    fast = read_all(data, size)
    with without_fast_path():
        assert fast == read_all(data, size)


@pytest.fixture
def columns(monkeypatch) -> list[int]:
    """The number of entries in each set of columns that is read."""
    counts: list[int] = []
    read = EntryPattern.read

    def count(pattern: EntryPattern, rows: Sequence[Sequence[str]]) -> EntryRows:
        result = read(pattern, rows)
        counts.append(len(rows))
        return result

    monkeypatch.setattr(EntryPattern, "read", count)
    return counts


@pytest.mark.parametrize("name", SHAPES)
def test_entries_of_one_shape_are_read_in_columns(name: str, columns: list[int]) -> None:
    data = document([SHAPES[name]] * 150)
    assert_lanes_agree(data)
    assert sum(columns) == 150 - extended_entries._FIRST_DUE


@pytest.mark.parametrize("size", [300, 4_096, 65_536])
@pytest.mark.parametrize("odd", ODD)
def test_the_lanes_agree_around_an_entry_with(odd: str, size: int) -> None:
    shape = SHAPES[random.Random(odd).choice([*SHAPES])]
    assert_lanes_agree(document([shape] * 30 + [ODD[odd]] + [shape] * 30), size)


@pytest.mark.parametrize("odd", ODD)
def test_the_lanes_agree_if_all_entries_have(odd: str) -> None:
    assert_lanes_agree(document([ODD[odd]] * 30))


@pytest.mark.parametrize("seed", range(30))
def test_the_lanes_agree_on_a_random_mixture(seed: int) -> None:
    chosen = random.Random(seed)
    usual = chosen.sample([*SHAPES.values()], 3)
    odd = [*ODD.values()] if seed % 2 else usual
    names = [chosen.choice(odd if chosen.random() < 0.05 else usual) for _ in range(200)]
    assert_lanes_agree(document(names), chosen.choice([500, 4_096, 65_536]))


@pytest.mark.parametrize("seed", range(20))
def test_the_lanes_agree_on_a_damaged_document(seed: int) -> None:
    chosen = random.Random(seed)
    data = bytearray(document(chosen.choices([*SHAPES.values()], k=2) * 40))
    for _ in range(chosen.randint(1, 3)):
        data[chosen.randrange(len(data))] = chosen.choice(b"<>&\x00\xff]\"'/x \n")
    assert_lanes_agree(bytes(data), 700)


def test_any_number_of_elements_has_the_same_shape(columns: list[int]) -> None:
    chosen = random.Random(0)
    parts = [IMAGE, TITLED, IMAGE.replace("</image:image>", "<image:caption>x</image:caption></image:image>")]
    entries = [
        entry(
            "".join(chosen.choices(parts, k=n % 7))
            + LINK * (n % 11)
            + VIDEO
            + "<video:tag>x</video:tag>" * (n % 4)
        )
        + "</video:video></url>"
        for n in range(400)
    ]
    data = document([each.replace("</url>\n</video:video>", "</video:video>") for each in entries])
    assert_lanes_agree(data)
    assert sum(columns) > 300


@pytest.mark.parametrize("shape", ["plain", *SHAPES])
def test_entries_after_an_odd_one_bypass_the_parser_again(shape: str, monkeypatch) -> None:
    usual = SHAPES.get(shape, ODD["plain"])
    data = document(([usual] * 19 + [ODD["markup in CDATA"]]) * 20)
    parsed = measure_parsed_bytes(data, monkeypatch)
    assert_lanes_agree(data)
    # An odd entry, the root, and whole entries where the pattern was not made yet.
    assert parsed < len(data) / 4


def test_the_parser_is_interrupted_less_and_less_if_no_simple_entry_follows(monkeypatch) -> None:
    data = document([ODD["markup in CDATA"]] * 2_000)
    calls: list[bytes] = []
    parse = XmlStream.parse

    def note(stream: XmlStream, piece: bytes) -> XmlFault | None:
        calls.append(piece)
        return parse(stream, piece)

    monkeypatch.setattr(XmlStream, "parse", note)
    assert_lanes_agree(data)
    assert len(calls) < 30


def measure_parsed_bytes(data: bytes, monkeypatch) -> int:
    """Return the number of bytes that the parser gets."""
    count = 0
    parse = XmlStream.parse

    def add(stream: XmlStream, piece: bytes) -> XmlFault | None:
        nonlocal count
        count += len(piece)
        return parse(stream, piece)

    with monkeypatch.context() as patch:
        patch.setattr(XmlStream, "parse", add)
        read_all(data, 65_536)
    return count


def test_few_patterns_are_made_for_a_document_whose_entries_all_differ(monkeypatch) -> None:
    made: list[entry_shapes.EntryShape] = []

    def note(shape: entry_shapes.EntryShape, *others) -> EntryPattern:
        made.append(shape)
        return EntryPattern(shape, *others)

    monkeypatch.setattr(extended_entries, "_compile_pattern", note)
    names = [f"video:{chr(97 + n // 26 % 26)}{chr(97 + n % 26)}" for n in range(600)]
    entries = [entry(f"<video:video><{name}>x</{name}></video:video>") for name in names]
    assert_lanes_agree(document(entries))
    assert 0 < len(made) <= 7
    assert max(len(shape.after[0].variants[0].children) for shape in made) <= entry_shapes.MAX_CHILDREN


@pytest.mark.parametrize("usual", [0, 1, 3, 50])
def test_entries_that_a_plan_refuses_do_not_make_others_be_matched_again_and_again(
    usual: int, monkeypatch
) -> None:
    refused = entry("<image:image><image:loc>a&#160;b</image:loc></image:image>")
    data = document([SHAPES["image"]] * 20 + ([refused] + [SHAPES["image"]] * usual) * (2_000 // (1 + usual)))
    tried = 0
    take_many = extended_entries._take_many

    def note(text: str, at: int, stop: int, *others) -> tuple[int, int]:
        nonlocal tried
        tried += stop - at
        return take_many(text, at, stop, *others)

    monkeypatch.setattr(extended_entries, "_take_many", note)
    assert_lanes_agree(data)
    assert tried < 6 * len(data)


@pytest.mark.parametrize("usual", [5, 50])
def test_references_that_are_not_declared_do_not_keep_other_entries_from_being_read_in_columns(
    usual: int, columns: list[int]
) -> None:
    flawed = entry("<image:image><image:loc>/a</image:loc><image:title>a&nbsp;b</image:title></image:image>")
    count = 1_000 // usual
    data = document([TITLED_ENTRY] * 20 + ([flawed] + [TITLED_ENTRY] * usual) * count)
    assert_lanes_agree(data)
    columns.clear()
    read_all(data, 65_536)
    assert sum(columns) > 0.9 * usual * count


def test_a_document_without_bound_prefixes_is_left_to_the_parser(columns: list[int]) -> None:
    data = document([SHAPES["image"]] * 50).replace(b"sitemap-image/1.1", b"sitemap-image/1.0")
    assert_lanes_agree(data)
    assert columns == []
    assert read_document([data]).detect_kind() == "urlset"
