"""Items of a document become JSON Lines, on a fast or a general path."""

import io
import json

import pytest

from sitemap_cli.model.values import Child, Entry, Problem, Severity
from sitemap_cli.output import item_lines
from sitemap_cli.output.iso_times import format_utc

PLAIN = Entry("https://a.example/", "1970-01-01", 0, "daily", "0.5", 3)
BARE = Entry("https://a.example/ä\u202e\x7f")
RICH = Entry("https://a.example/", None, None, None, None, 4, {"images": [{"loc": "i"}]})
CHILD = Child("https://a.example/a.xml", "1970-01-01", 0, 5)
PROBLEM = Problem("bom", Severity.INFO, "there is a BOM", 1, 1, 0)
BROKEN = Entry("\ud800")


def write(*given, source=None):
    stream = io.BytesIO()
    item_lines.write_items(stream, given, source)
    return stream.getvalue()


def test_fields_come_in_the_order_of_the_contract():
    assert write(PLAIN) == (
        b'{"type":"url","loc":"https://a.example/","lastmod":"1970-01-01","lastmod_utc":"1970-01-01T00:00:00Z",'
        b'"changefreq":"daily","priority":"0.5","line":3}\n'
    )


def test_the_order_of_the_document_is_kept():
    lines = [json.loads(line) for line in write(PLAIN, RICH, BARE, PROBLEM, CHILD, PLAIN).splitlines()]
    assert [each["type"] for each in lines] == ["url", "url", "url", "problem", "sitemap", "url"]
    assert [each.get("line") for each in lines] == [3, 4, None, 1, 5, 3]
    assert lines[1]["images"] == [{"loc": "i"}]


@pytest.mark.parametrize(
    "item", [PLAIN, BARE, RICH, CHILD, PROBLEM, BROKEN], ids=lambda each: type(each).__name__
)
def test_both_ways_write_the_same_bytes(item):
    stream = io.BytesIO()
    item_lines._write_others(stream, [item], "s")
    assert write(item, source="s") == stream.getvalue()
    assert json.loads(stream.getvalue())["source"] == "s"


def test_characters_that_could_harm_a_terminal_are_escaped():
    assert rb"/\u007f" in write(BARE).replace(r"ä\u202e".encode(), b"")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, None),
        (-1, "1969-12-31T23:59:59Z"),
        (1_234_567_890, "2009-02-13T23:31:30Z"),
        (-62_135_596_800, "0001-01-01T00:00:00Z"),
        (-62_135_596_801, None),
        (253_402_300_799, "9999-12-31T23:59:59Z"),
        (253_402_300_800, None),
        (10**30, None),
    ],
)
def test_seconds_become_a_time_or_nothing(seconds, text):
    assert format_utc(seconds) == text
