"""Limits and positions of repairs."""

import pytest

from sitemap_cli.parse.reader import read_document
from sitemap_cli.parse.recovery import rebuilder, repair_log
from sitemap_cli.parse.xml import stream
from tests.unit.parse.documents import codes, everything, pages, urlset

ENTITIES = {"nbsp": "\xa0", "eacute": "\xe9", "euro": "\u20ac", "hellip": "\u2026"}


def test_reading_stops_after_too_many_repairs(monkeypatch):
    monkeypatch.setattr(repair_log, "MAX_REPAIRS", 50)
    reading, entries, problems = everything(urlset(pages(2) + "&" * 100 + pages(2)))
    assert len(entries) == 2
    assert (codes(problems)[-1], reading.complete) == ("too-many-repairs", False)


def test_reading_stops_after_too_many_unreadable_characters(monkeypatch):
    monkeypatch.setattr(repair_log, "MAX_UNREADABLE", 50)
    reading, entries, problems = everything(urlset(pages(2) + "a\x01" * 100 + pages(2)))
    assert len(entries) == 2
    assert (codes(problems)[-1], reading.complete) == ("bad-encoding", False)


def test_reading_stops_after_too_many_documents_in_one_file(monkeypatch):
    monkeypatch.setattr(rebuilder, "MAX_ROOTS", 5)
    reading, entries, problems = everything(urlset(pages(1)) * 20)
    assert len(entries) == 5
    assert codes(problems) == ["second-root"] * 4 + ["too-many-roots"]
    assert not reading.complete


def test_recovery_needs_the_bytes_since_the_last_entry(monkeypatch):
    monkeypatch.setattr(stream, "MAX_KEPT", 1_000)
    long = "<url><loc>https://example.com/long</loc>" + "<!-- x -->" * 20_000 + "&</url>"
    reading, entries, problems = everything(urlset(pages(3) + long + pages(3)))
    assert len(entries) == 3
    assert (codes(problems), reading.complete) == (["not-well-formed"], False)


def test_a_problem_comes_before_its_entry():
    body = "".join(f"<url><loc>https://example.com/{at}?a&b</loc></url>" for at in range(30))
    reading, _, _ = everything(urlset(body))
    assert (reading.urls, reading.problems) == (30, 31)
    items = [type(item).__name__ for batch in read_document([urlset(body)]) for item in batch]
    assert items == ["Problem", *["Problem", "Entry"] * 30]


@pytest.mark.parametrize("name", ENTITIES)
def test_html_entities_are_read(name):
    _, entries, problems = everything(
        urlset(f"<url><loc>https://example.com/a{ENTITIES[name]}&{name};b</loc></url>")
    )
    assert entries[0].loc == f"https://example.com/a{ENTITIES[name] * 2}b"
    assert "undefined-entity" in codes(problems)


@pytest.mark.parametrize("before", ["&", "</b>", "<a b>", "\x01", "<![CDATA[", "<!-- -- -->"])
@pytest.mark.parametrize("size", [64, 1_000, 65_536])
def test_every_repair_has_the_position_of_the_fault(before, size, monkeypatch):
    monkeypatch.setattr("sitemap_cli.parse.encoding.PIECE", size)
    data = urlset("\n".join([pages(2), "\u00e9\u00e9&&", pages(2)])) if before == "&" else urlset(pages(2))
    data = data.replace(b"</urlset>", f"\n\u00e9 {before}\n".encode() + b"<url><loc>x&y</loc></url></urlset>")
    _, _, problems = everything(data)
    (last,) = [each for each in problems if each.code == "unescaped-data"][-1:] or [None]
    if before == "<![CDATA[":
        assert codes(problems)[-1] == "truncated"
        return
    assert last is not None
    assert data[last.offset : last.offset + 1] == b"&"
    lines = data[: last.offset].decode().split("\n")
    assert (last.line, last.column) == (len(lines), len(lines[-1]) + 1)
