"""Formats of differences: what they write, and that no text of a server does harm in any of them."""

import csv
import io
import json
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from sitemap_cli.model.difference import ChangePage, ComparedSide
from sitemap_cli.model.difference_results import DiffCounts, DifferenceSummary, DiffHead, DiffSection
from sitemap_cli.output import byte_spool
from sitemap_cli.output.difference_format import (
    Comparison,
    WritingOptions,
    list_difference_formats,
    load_difference_format,
)
from sitemap_cli.services.history.document_columns import NO_VALUES, EntryValues
from sitemap_cli.services.history.document_pairs import ChangedUrl
from tests.unit.parse.documents import everything

FORMATS = list_difference_formats()
ATOM = "{http://www.w3.org/2005/Atom}"
SHOP = "https://shop.test"
SITEMAP = f"{SHOP}/sitemap.xml"
TIMES = ("2026-11-01T02:00:00.000Z", "2026-11-02T02:00:00.000Z")
HEAD = DiffHead(from_="0a", to="0b", domain="shop.test", from_at=TIMES[0], to_at=TIMES[1])
OLD, NEW = (ComparedSide(id_, time[:10], time) for id_, time in zip(("0a", "0b"), TIMES, strict=True))
COMPARISON = Comparison(HEAD, OLD, NEW, "shop.test", "sitemap:shop.test")

HOSTILE = [
    "\x1b[31mred",
    "\u202egpj.exe",
    "=HYPERLINK(1)",
    "@SUM(A1)",
    "::error::broken",
    "##[error]broken",
    "</loc><script>alert(1)</script>",
    "![x](javascript:alert(1)) | @everyone",
    '"quoted", and, commas',
    "\ud800half",
    "\x00null\x7f",
    "a]]>b&c;",
    f"{SHOP}/näher?a=1&b=2#c",
]
IMAGES = '{"images":[{"loc":"https://shop.test/1.png"}],"news":{"title":"t"}}'


def change(loc: str, old: EntryValues = NO_VALUES, new: EntryValues = NO_VALUES) -> ChangedUrl:
    return ChangedUrl(loc, loc, old, new)


CHANGES = [
    change(f"{SHOP}/lastmod", EntryValues("2026-11-01"), EntryValues("2026-11-02")),
    change(f"{SHOP}/all", NO_VALUES, EntryValues("2026-11-02", "daily", "0.8", IMAGES)),
]
PAGES = [
    ChangePage(SITEMAP, SITEMAP, [f"{SHOP}/new", f"{SHOP}/blog/new"], [f"{SHOP}/old"], CHANGES),
    ChangePage("", f"{SHOP}/other.xml", [f"{SHOP}/newer"]),
]
SECTION = DiffSection("/", 10, 11, 3, 1, 2)
SUMMARY = DifferenceSummary(
    DiffCounts(3, 1, 2, 95), [SECTION], {"lastmod": 2, "changefreq": 1, "priority": 1, "extensions": 1}
)
NOTHING = DifferenceSummary(DiffCounts(0, 0, 0, 7), [], {})


def write(form: str, pages: list[ChangePage], summary: DifferenceSummary = SUMMARY, **options: bool) -> bytes:
    stream = io.BytesIO()
    with load_difference_format(form).open_writer(stream, COMPARISON, WritingOptions(**options)) as writer:
        for each in pages:
            writer.write_page(each)
        writer.write_summary(summary)
    return stream.getvalue()


def list_entries(data: bytes) -> list[ET.Element]:
    return ET.fromstring(data).findall(f"{ATOM}entry")


def test_text_has_the_numbers_then_the_sections_then_examples() -> None:
    assert write("text", PAGES).decode().splitlines() == [
        "shop.test: 2026-11-01 -> 2026-11-02",
        (
            "3 added, 1 removed, 2 changed (lastmod 2, changefreq 1, priority 1, extensions 1), "
            "95 unchanged; 5.9% of 101 URLs differ"
        ),
        "",
        "section        was  now  added  removed  changed",
        "/ (top level)   10   11     +3       -1       ~2",
        "",
        f"+ {SHOP}/new",
        f"+ {SHOP}/blog/new",
        f"+ {SHOP}/newer",
        "",
        f"- {SHOP}/old",
        "",
        f"~ {SHOP}/lastmod  lastmod 2026-11-01 -> 2026-11-02",
        (
            f"~ {SHOP}/all  lastmod none -> 2026-11-02, changefreq none -> daily, priority none -> 0.8, "
            "images 0 -> 1, news 0 -> 1"
        ),
    ]


def test_text_says_how_many_are_left_out_and_is_colored_if_wanted() -> None:
    lines = write("text", [ChangePage("", SITEMAP, [f"{SHOP}/new"])], color=True).decode()
    assert f"\x1b[32m+\x1b[0m {SHOP}/new\n" in lines
    assert "and 2 more" in lines
    assert b"\x1b" not in write("text", PAGES)


@pytest.mark.parametrize("format_", ["text", "markdown"])
def test_a_quiet_comparison_without_differences_prints_nothing(format_: str) -> None:
    assert write(format_, [], NOTHING, quiet=True) == b""
    assert write("text", [], NOTHING).decode().splitlines()[1:] == ["nothing differs"]


def test_json_has_the_fields_of_the_contract() -> None:
    assert json.loads(write("json", PAGES)) == {
        "schema": "sitemap/diff/1",
        "from": "0a",
        "to": "0b",
        "domain": "shop.test",
        "from_at": TIMES[0],
        "to_at": TIMES[1],
        "added": [f"{SHOP}/new", f"{SHOP}/blog/new", f"{SHOP}/newer"],
        "removed": [f"{SHOP}/old"],
        "changed": [
            {"loc": f"{SHOP}/lastmod", "lastmod": ["2026-11-01", "2026-11-02"]},
            {
                "loc": f"{SHOP}/all",
                "lastmod": [None, "2026-11-02"],
                "changefreq": [None, "daily"],
                "priority": [None, "0.8"],
                "images": [None, [{"loc": "https://shop.test/1.png"}]],
                "news": [None, {"title": "t"}],
            },
        ],
        "counts": {"added": 3, "removed": 1, "changed": 2, "unchanged": 95},
        "sections": [{"prefix": "/", "from": 10, "to": 11, "added": 3, "removed": 1, "changed": 2}],
    }


def test_csv_has_a_row_for_each_url_and_only_values_that_changed() -> None:
    rows = list(csv.DictReader(io.StringIO(write("csv", PAGES).decode(), newline="")))
    assert [(row["change"], row["loc"], row["sitemap"]) for row in rows] == [
        ("added", f"{SHOP}/new", SITEMAP),
        ("added", f"{SHOP}/blog/new", SITEMAP),
        ("removed", f"{SHOP}/old", SITEMAP),
        ("changed", f"{SHOP}/lastmod", SITEMAP),
        ("changed", f"{SHOP}/all", SITEMAP),
        ("added", f"{SHOP}/newer", f"{SHOP}/other.xml"),
    ]
    assert {name: value for name, value in rows[3].items() if name.endswith(("_old", "_new"))} == {
        "lastmod_old": "2026-11-01",
        "lastmod_new": "2026-11-02",
        "changefreq_old": "",
        "changefreq_new": "",
        "priority_old": "",
        "priority_new": "",
    }
    assert (rows[3]["others"], rows[4]["priority_new"], rows[4]["others"]) == ("", "0.8", "images news")


def test_a_feed_is_atom_that_our_own_reader_reads() -> None:
    data = write("atom", PAGES)
    feed, entries = ET.fromstring(data), list_entries(data)
    for element in (feed, *entries):
        # https://www.rfc-editor.org/rfc/rfc4287#section-4.1
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
        assert element.findtext(f"{ATOM}updated") == TIMES[1]
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "sitemap"
    ids = [each.findtext(f"{ATOM}id") or "" for each in (feed, *entries)]
    assert len(set(ids)) == len(ids) == 8
    assert all(re.fullmatch("urn:uuid:[0-9a-f-]{36}", each) for each in ids)
    links = [each.find(f"{ATOM}link") for each in entries[1:]]
    assert [None if each is None else each.get("href") for each in links] == [
        *(f"{SHOP}/{name}" for name in ("new", "blog/new", "old", "lastmod", "all", "newer"))
    ]
    entries_read = [item.loc for item in everything(data)[1]]
    assert entries_read == [each.get("href") for each in links if each is not None]


def test_the_same_comparison_makes_the_same_entries_and_another_job_others() -> None:
    data = write("atom", PAGES)
    assert write("atom", PAGES) == data
    later = Comparison(HEAD, OLD, NEW._replace(id="0c"), "shop.test", "sitemap:shop.test")
    stream = io.BytesIO()
    with load_difference_format("atom").open_writer(stream, later, WritingOptions()) as writer:
        writer.write_page(PAGES[0])
        writer.write_summary(SUMMARY)
    ids = [{each.text for each in ET.fromstring(one).iter(f"{ATOM}id")} for one in (data, stream.getvalue())]
    feed = ET.fromstring(data).findtext(f"{ATOM}id")
    assert ids[0] & ids[1] == {feed}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_empty_and_is_well_formed_then(form: str) -> None:
    data = write(form, [], NOTHING)
    check_form(form, data)


@pytest.mark.parametrize("size", [1_000_000, 10])
@pytest.mark.parametrize("form", FORMATS)
def test_hostile_texts_do_no_harm(form: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(byte_spool, "MAX_IN_MEMORY", size)
    # A database stores no half of a surrogate pair.
    extensions = json.dumps({text: [text] for text in HOSTILE if "\ud800" not in text})
    changes = [
        *(change(text, EntryValues(text), EntryValues("2026", text, text)) for text in HOSTILE),
        change(SHOP, NO_VALUES, EntryValues(None, None, None, extensions)),
    ]
    hostile = [
        ChangePage(f"{SHOP}/{text}", text, [text], [text], changes[at :: len(HOSTILE)])
        for at, text in enumerate(HOSTILE)
    ]
    summary = DifferenceSummary(SUMMARY.counts, [DiffSection(text, 1, 1, 1, 1, 1) for text in HOSTILE], {})
    data = write(form, hostile, summary)
    check_form(form, data)
    text = data.decode()
    assert not re.search("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f\u202e\ud800]", text)
    assert "##[" not in text
    assert not re.search(r"^\s*::", text, re.MULTILINE)


def check_form(form: str, data: bytes) -> None:
    text, checks = data.decode(), {"json": check_json, "jsonl": check_lines, "csv": check_csv}
    if form in checks:
        checks[form](text)
    elif form == "atom":
        assert ET.fromstring(data).tag == f"{ATOM}feed"
    elif form == "markdown":
        assert not re.search(r"<|!\[|\]\(|(?<![\w/])@\w", text)


def check_json(text: str) -> None:
    assert list(json.loads(text))[-2:] == ["counts", "sections"]


def check_lines(text: str) -> None:
    records: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines()]
    assert records[-1]["type"] == "summary"
    assert {each["type"] for each in records[:-1]} <= {"added", "removed", "changed"}


def check_csv(text: str) -> None:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    assert {len(row) for row in rows} == {10}
    assert not [cell for row in rows for cell in row if cell.lstrip(' "').startswith(("=", "+", "-", "@"))]
