"""Two references to the halves of a character are read as that character; a lone half is reported."""

import pytest

from sitemap_cli.model.values import Entry, Problem
from sitemap_cli.parse.reader import read_document

NAMESPACES = (
    'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    ' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1" xmlns:xhtml="http://www.w3.org/1999/xhtml"'
)
PAIRS = {
    "&#55357;&#56832;": "\U0001f600",
    "&#xD83D;&#xDE00;": "\U0001f600",
    "&#Xd83d;&#X0de00;": "\U0001f600",
    "&#xd83d;&#56832;": "\U0001f600",
    "&#055357;&#xde00;": "\U0001f600",
    "&#55296;&#56320;": "\U00010000",
    "&#56319;&#57343;": "\U0010ffff",
    "&#55357;&#56832;&#55356;&#57118;": "\U0001f600\U0001f31e",
}
LONE = [
    "&#55357;",
    "&#56832;",
    "&#xD83D;",
    "&#56832;&#55357;",
    "&#55357; &#56832;",
    "&#55357;x",
    "&#55357;&#55357;",
]


def read(text, size=1 << 20):
    data = text.encode()
    reading = read_document(data[at : at + size] for at in range(0, len(data), size))
    items = [item for batch in reading for item in batch]
    return (
        [item for item in items if isinstance(item, Entry)],
        [item for item in items if isinstance(item, Problem)],
        reading,
    )


def urlset(*entries):
    return f"<urlset {NAMESPACES}>\n" + "\n".join(f"<url>{each}</url>" for each in entries) + "\n</urlset>"


PLAIN = "<loc>https://e.com/a</loc>"


@pytest.mark.parametrize(("written", "meant"), PAIRS.items())
@pytest.mark.parametrize("size", [1, 7, 1 << 20])
def test_a_pair_is_one_character_in_every_place(written, meant, size):
    entries, problems, reading = read(
        urlset(
            PLAIN,
            f"<loc>https://e.com/{written}</loc>",
            PLAIN
            + f"<image:image><image:loc>https://e.com/i</image:loc><image:title>{written}</image:title></image:image>",
            PLAIN + f'<xhtml:link rel="alternate" hreflang="de" href="https://e.com/{written}"/>',
            PLAIN,
        ),
        size,
    )
    assert len(entries) == 5
    assert entries[1].loc == f"https://e.com/{meant}"
    assert entries[2].extensions["images"][0]["title"] == meant
    assert entries[3].extensions["alternates"][0]["href"] == f"https://e.com/{meant}"
    assert {each.code for each in problems} == {"not-well-formed", "surrogate-pair"}
    first = next(each for each in problems if each.code == "surrogate-pair")
    assert (first.line, first.column) == (3, 25)
    assert reading.complete


@pytest.mark.parametrize(("written", "meant"), PAIRS.items())
def test_a_pair_is_one_character_in_feeds_and_indexes(written, meant):
    rss = f"<rss version='2.0'><channel><item><link>https://e.com/{written}</link></item></channel></rss>"
    atom = (
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>x</title>"
        f"<link href='https://e.com/{written}'/></entry></feed>"
    )
    for text in (rss, atom):
        entries, _, reading = read(text)
        assert [each.loc for each in entries] == [f"https://e.com/{meant}"]
        assert reading.complete
    index = f"<sitemapindex {NAMESPACES}><sitemap><loc>https://e.com/{written}</loc></sitemap></sitemapindex>"
    assert read(index)[2].sitemaps == 1


@pytest.mark.parametrize("lone", LONE)
def test_a_lone_half_is_reported_and_loses_its_entry_only(lone):
    entries, problems, reading = read(urlset(f"<loc>https://e.com/{lone}</loc>", PLAIN))
    assert [each.loc for each in entries] == ["https://e.com/a"]
    assert "control-character" in {each.code for each in problems}
    assert not reading.complete


def test_many_pairs_are_all_read():
    entries, _, reading = read(urlset(*["<loc>https://e.com/&#55357;&#56832;</loc>"] * 20_000))
    assert len(entries) == 20_000
    assert reading.complete


@pytest.mark.parametrize("size", [1 << 20, 1])
@pytest.mark.parametrize("before", ["", "\u00e9", "x" * 70_000])
def test_two_halves_in_bytes_are_one_character(before, size):
    text = urlset(f"<loc>https://e.com/</loc><!--{before}-->", "<loc>https://e.com/@</loc>", PLAIN)
    data = text.encode().replace(b"@", b"\xed\xa0\xbd\xed\xb8\x80")
    reading = read_document(data[at : at + size] for at in range(0, len(data), size))
    items = [item for batch in reading for item in batch]
    assert [item.loc for item in items if isinstance(item, Entry)][1:] == [
        "https://e.com/\U0001f600",
        "https://e.com/a",
    ]
    assert [item.code for item in items if isinstance(item, Problem)] == ["surrogate-pair"]
    assert reading.complete


@pytest.mark.parametrize("lone", [b"\xed\xa0\xbd", b"\xed\xb8\x80", b"\xed\xb8\x80\xed\xa0\xbd"])
def test_a_lone_half_in_bytes_loses_its_entry_only(lone):
    data = urlset("<loc>https://e.com/@</loc>", PLAIN).encode().replace(b"@", lone)
    reading = read_document([data])
    items = [item for batch in reading for item in batch]
    assert [item.loc for item in items if isinstance(item, Entry)] == ["https://e.com/a"]
    assert "bad-encoding" in {item.code for item in items if isinstance(item, Problem)}
