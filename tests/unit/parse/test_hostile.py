"""Hostile documents: each is refused or read within limits, and what came before is kept.

Sizes are chosen so that anything quadratic would run into the time limit of a test.
"""

import pytest

from sitemap_cli.model.values import Kind
from sitemap_cli.parse import xml_document
from sitemap_cli.parse.collector import Collector
from sitemap_cli.parse.xml import limits, stream
from tests.unit.parse.documents import NAMESPACE, codes, everything, pages, urlset

LONG = 4_000_000
IMAGE = 'xmlns:i="http://www.google.com/schemas/sitemap-image/1.1"'
VIDEO = 'xmlns:v="http://www.google.com/schemas/sitemap-video/1.1"'
XHTML = 'xmlns:x="http://www.w3.org/1999/xhtml"'


def test_an_entity_chain_never_reaches_the_parser():
    chain = "".join(f'<!ENTITY a{at} "&a{at - 1};">' for at in range(1, 200_000))
    data = f'<!DOCTYPE urlset [<!ENTITY a0 "x">{chain}]><urlset>&a199999;</urlset>'.encode()
    reading, entries, problems = everything(data)
    assert (entries, codes(problems), reading.complete) == ([], ["dtd-forbidden"], False)
    assert "remove" in problems[0].message


@pytest.mark.parametrize("start", ["<!DOCTYPE x[", "<!DOCTYPE x 'a' [", "<!doctype x  PUBLIC \"[\" '>'["])
def test_an_internal_subset_is_found_with_any_piece_size(start, monkeypatch):
    data = f'<?xml version="1.0"?><!-- ]> -->{start}<!ATTLIST x y CDATA "z">]><x/>'.encode()
    for at in range(1, len(data)):
        document = xml_document.XmlDocument(collector := Collector())
        document.feed(data[:at])
        if not collector.stopped:
            document.feed(data[at:])
        assert codes(collector.batch) == ["dtd-forbidden"], at


def test_a_dtd_that_passed_the_prolog_is_still_refused():
    document = xml_document.XmlDocument(collector := Collector())
    document._parse_bytes(b"<!DOCTYPE urlset>")
    assert codes(collector.batch) == ["dtd-forbidden"]


@pytest.mark.parametrize(
    ("start", "inner"),
    [
        ("", "<a>"),
        ("", "<x:a>"),
        ("<url><loc>", "<a>"),
        ("<url><v:video>", "<v:a>"),
        ("&", "<a>"),
        ("&<url>", "<b>"),
    ],
)
def test_nesting_without_end_stops_at_the_limit(start, inner):
    data = urlset(pages(3) + start + inner * 200_000, f'{VIDEO} xmlns:x="urn:x"')
    reading, entries, problems = everything(data)
    assert len(entries) == 3
    assert codes(problems)[-1] == "xml-too-deep"
    assert not reading.complete


def test_unclosed_entries_do_not_count_as_nesting():
    data = urlset("".join(f"<url><loc>https://example.com/{at}</loc>" for at in range(5_000)))
    reading, entries, problems = everything(data)
    assert len(entries) == 5_000
    assert (codes(problems)[0], set(codes(problems)[1:])) == ("not-well-formed", {"unclosed-tag"})
    assert reading.complete


@pytest.mark.parametrize("depth", [64, 65])
@pytest.mark.parametrize(
    ("above", "around", "root"),
    [
        (1, "", "urlset"),
        (2, "url", "urlset"),
        (2, "item", "rss"),
        (1, "channel", "rss"),
        (2, "v:a", "urlset"),
    ],
)
def test_sixty_four_levels_are_allowed_everywhere(above, around, root, depth):
    start, end = (f"<{around}>", f"</{around}>") if around else ("", "")
    name = "channel" if around == "channel" else "v:b" if root == "urlset" else "b"
    levels = depth - 1 - bool(around)
    body = f"{start}{f'<{name}>' * levels}{f'</{name}>' * levels}{end}"
    problems = everything(
        f"<{root} {NAMESPACE if root == 'urlset' else ''} {VIDEO}>{body}</{root}>".encode()
    )[2]
    assert ("xml-too-deep" in codes(problems)) == (depth > 64)


@pytest.mark.parametrize(
    "token",
    [
        "<!--" + "a" * LONG + "-->",
        "<" + "a" * LONG + "/>",
        "<url a='" + "a" * LONG + "'/>",
        "<url " + "a" * LONG + "='x'/>",
        "<?a " + "a" * LONG + "?>",
        "</" + "a" * LONG + ">",
        "&" + "a" * LONG + ";",
        "<url " + "".join(f"a{at}='x' " for at in range(400_000)) + "/>",
    ],
    ids=[
        "comment",
        "tag",
        "attribute",
        "attribute-name",
        "instruction",
        "end-tag",
        "entity",
        "too-many-attributes",
    ],
)
@pytest.mark.parametrize("chunk", [4_096, 1_000_000_000])
def test_reading_stops_at_a_token_that_is_too_long(token, chunk):
    reading, entries, problems = everything(urlset(pages(3) + token + pages(3)), chunk=chunk)
    assert (len(entries), codes(problems), reading.complete) == (3, ["token-too-long"], False)
    assert problems[0].line == 1


@pytest.mark.parametrize("start", ["<!--", "<?a ", "<?xml ", "<!DOCTYPE a '", "<", "<!DOCTYPE "])
def test_reading_stops_at_a_token_before_the_root_that_is_too_long(start):
    reading, _, problems = everything((start + "a" * LONG + pages(1)).encode())
    assert (codes(problems), reading.kind) == (["token-too-long"], Kind.UNKNOWN)


def test_the_kind_is_known_even_if_the_root_tag_is_too_long():
    reading, _, problems = everything(f"<urlset a='{'a' * LONG}'/>".encode())
    assert (codes(problems), reading.kind) == (["token-too-long"], Kind.URLSET)


@pytest.mark.parametrize("chunk", [5_000, 1_000_000_000])
def test_a_url_that_is_too_long_loses_only_its_entry(chunk):
    long = f"<url><loc>https://example.com/{'a' * LONG}</loc></url>"
    reading, entries, problems = everything(urlset(pages(1) + long + pages(2, 1)), chunk=chunk)
    assert [entry.loc[-2:] for entry in entries] == ["/0", "/1", "/2"]
    assert codes(problems) == ["field-too-long"]
    assert not reading.complete


def test_a_field_of_many_small_parts_is_still_one_field():
    data = urlset("<url><loc>https://example.com/" + "a<!-- -->&amp;" * 100_000 + "</loc></url>" + pages(1))
    assert codes(everything(data)[2]) == ["field-too-long"]


def test_another_field_that_is_too_long_loses_only_itself():
    entry = f"<url><loc>https://example.com/</loc><lastmod>{'1' * 70_000}</lastmod></url>"
    _, entries, problems = everything(urlset(entry))
    assert (entries[0].lastmod, codes(problems)) == (None, ["field-too-long"])


RSS = "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>{}</channel></rss>"
ATOM = "<feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>"
LONG_FIELD = "A long post, in full. " * 300_000


@pytest.mark.parametrize(
    "document",
    [
        RSS.format(f"<item><description>{LONG_FIELD}</description><link>https://example.com/</link></item>"),
        RSS.format(f"<item><link>https://example.com/</link><x><p>{LONG_FIELD}</p></x></item>"),
        ATOM.format(f"<entry><summary>{LONG_FIELD}</summary><link href='https://example.com/'/></entry>"),
        RSS.format(f"<description>{LONG_FIELD}</description><item><link>https://example.com/</link></item>"),
    ],
)
def test_a_long_field_that_is_not_kept_is_no_problem(document):
    reading, entries, problems = everything(document.encode(), chunk=50_000)
    assert ([entry.loc for entry in entries], problems, reading.complete) == (
        ["https://example.com/"],
        [],
        True,
    )


def test_a_long_field_that_the_protocol_does_not_have_is_only_unknown():
    entry = f"<url><loc>https://example.com/</loc><description>{LONG_FIELD}</description></url>"
    reading, entries, problems = everything(urlset(entry), chunk=50_000)
    assert (len(entries), codes(problems), reading.complete) == (1, ["unknown-tag"], True)


@pytest.mark.parametrize(
    "document",
    [
        urlset(
            f"<url><loc>https://example.com/</loc><v:video><v:title>t</v:title><v:description>{LONG_FIELD}"
            "</v:description></v:video></url>",
            VIDEO,
        ),
        RSS.format(f"<item><link>https://example.com/</link><dc:date>{LONG_FIELD}</dc:date></item>").encode(),
    ],
)
def test_a_long_optional_field_is_a_warning_and_loses_nothing(document):
    reading, entries, problems = everything(document, chunk=50_000)
    assert (len(entries), reading.complete) == (1, True)
    assert [(each.code, each.severity) for each in problems] == [("field-too-long", "warning")]


def test_the_long_fields_of_one_entry_share_a_limit():
    videos = f"<v:video><v:description>{'a' * 60_000}</v:description></v:video>" * 100
    _, entries, problems = everything(urlset(f"<url><loc>https://example.com/</loc>{videos}</url>", VIDEO))
    kept = [video["description"] for video in entries[0].extensions["videos"]]
    assert 50 < sum(map(bool, kept)) < 80
    assert set(codes(problems)) == {"field-too-long"}


def test_attributes_that_are_too_long_are_left_out():
    link = f'<x:link rel="alternate" hreflang="{"a" * 70_000}" href="https://example.com/"/>'
    _, entries, _ = everything(urlset(f"<url><loc>https://example.com/</loc>{link}</url>", XHTML))
    assert entries[0].extensions is None


@pytest.mark.parametrize(
    "body",
    [
        "<url " + " ".join(f'a{at}="x"' for at in range(200_000)) + "><loc>https://example.com/0</loc></url>",
        "<!-- x -->" * 1_000_000 + pages(1),
        "<?x y?>" * 500_000 + pages(1),
        " \n" * 2_000_000 + pages(1),
        "text " * 1_000_000 + pages(1),
        '<x:a xmlns:x="urn:x"/>' * 200_000 + pages(1),
    ],
    ids=["attributes", "comments", "instructions", "blanks", "text", "foreign"],
)
def test_ballast_is_skipped(body):
    reading, entries, problems = everything(urlset(body))
    assert [entry.loc for entry in entries] == ["https://example.com/0"]
    assert codes(problems) == (["stray-text"] if body.startswith("text") else [])
    assert reading.complete


def test_many_namespaces_and_comments_before_the_root_are_skipped():
    namespaces = " ".join(f'xmlns:n{at}="urn:{at}"' for at in range(60_000))
    reading, entries, problems = everything(b"<!--x-->" * 500_000 + urlset(pages(3), namespaces))
    assert (len(entries), problems, reading.complete) == (3, [], True)


def test_reading_stops_after_too_many_names(monkeypatch):
    monkeypatch.setattr(stream, "MAX_NAMES", 20_000)
    names = "".join(f'<x:n{at} xmlns:x="urn:x"/>' for at in range(30_000))
    reading, entries, problems = everything(urlset(pages(3) + names + pages(3)))
    assert (len(entries), codes(problems), reading.complete) == (3, ["too-many-names"], False)


@pytest.mark.parametrize(
    ("key", "attributes", "element"),
    [
        ("images", IMAGE, "<i:image><i:loc>https://example.com/{}</i:loc></i:image>"),
        ("alternates", XHTML, '<x:link rel="alternate" hreflang="de" href="https://example.com/{}"/>'),
        ("videos", VIDEO, "<v:video><v:title>{}</v:title></v:video>"),
    ],
)
def test_a_thousand_children_of_a_name_are_kept(key, attributes, element):
    children = "".join(element.format(at) for at in range(10_000))
    data = urlset(f"<url><loc>https://example.com/</loc>{children}</url>{pages(2)}", attributes)
    reading, entries, problems = everything(data)
    assert len(entries) == 3
    assert len(entries[0].extensions[key]) == 1_000
    assert codes(problems) == ["too-many-images" if key == "images" else "too-many-extensions"]
    assert "9,000" in problems[0].message
    assert not reading.complete


def test_children_of_many_names_are_limited_too(monkeypatch):
    monkeypatch.setattr(limits, "MAX_CHILDREN", 1_500)
    names = "".join(f"<i:n{at}/>" for at in range(3_000))
    _, entries, problems = everything(urlset(f"<url><loc>https://example.com/</loc>{names}</url>", IMAGE))
    assert len(entries) == 1
    assert 0 < codes(problems).count("too-many-extensions") <= 20


def test_the_elements_of_one_entry_share_a_limit(monkeypatch):
    monkeypatch.setattr(limits, "MAX_NODES", 100)
    images = "<i:image><i:loc>https://example.com/</i:loc></i:image>" * 200
    _, entries, problems = everything(urlset(f"<url><loc>https://example.com/</loc>{images}</url>", IMAGE))
    assert len(entries[0].extensions["images"]) == 101
    assert codes(problems) == ["too-many-images"]


def test_a_line_of_any_length_is_one_wrong_line():
    data = b"https://example.com/a\n" + b"https://example.com/" + b"x" * LONG + b"\nhttps://example.com/b\n"
    _, entries, problems = everything(data)
    assert [entry.line for entry in entries] == [1, 3]
    assert [(problem.code, problem.line) for problem in problems] == [("url-too-long", 2)]


def test_junk_of_any_length_is_skipped():
    reading, entries, problems = everything(urlset(pages(3)) + b"<" * LONG)
    assert (len(entries), codes(problems), reading.complete) == (3, ["junk-after-end"], True)


def test_junk_that_may_be_entries_is_found_even_where_pieces_meet():
    data = urlset(pages(3))
    for size in (0, 1, 2, 3):
        junk = b" \n\0" + b" " * (65_536 - len(data) - 3 - size) + b"<url>"
        reading, _, problems = everything(data + junk)
        assert codes(problems) == ["junk-after-end", "second-root", "truncated"]
        assert not reading.complete


def test_reading_opens_no_file_and_no_socket(monkeypatch):
    opened = []
    monkeypatch.setattr("builtins.open", lambda *args, **kwargs: opened.append(args))
    monkeypatch.setattr("socket.socket", lambda *args, **kwargs: opened.append(args))
    data = (
        b'<?xml-stylesheet href="http://127.0.0.1:9/"?><!DOCTYPE urlset SYSTEM "file:///etc/passwd">'
        + urlset(
            '<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>' + pages(1)
        )
    )
    assert len(everything(data)[1]) == 1
    assert opened == []
