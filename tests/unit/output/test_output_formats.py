import csv
import io
import json
import re
import sys
from typing import Any
from xml.etree import ElementTree as ET

import msgspec
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitemap_cli.errors import UsageError
from sitemap_cli.model.text_columns import TextColumn
from sitemap_cli.output import json_lines
from sitemap_cli.output.escaping import escape_text
from sitemap_cli.output.formats import parquet
from sitemap_cli.output.formats.csv import _guard_cell
from sitemap_cli.output.iso_times import format_utc
from sitemap_cli.output.output_format import URL_FIELDS, list_output_formats, load_output_format
from sitemap_cli.output.sitemap_notes import SitemapNotes

FORMATS = list_output_formats()
PROTOCOL = "http://www.sitemaps.org/schemas/sitemap/0.9"


def row(loc: str, **fields: Any) -> tuple[Any, ...]:
    return tuple({"loc": loc, **fields}.get(name) for name in URL_FIELDS)


def write_rows(form: str, *rows: tuple[Any, ...], **options: Any) -> bytes:
    stream, chosen = io.BytesIO(), load_output_format(form)
    with chosen.open_writer(stream, chosen.fields, **options) as write:
        for each in rows:
            write([select_fields(each, chosen.fields)])
    return stream.getvalue()


def select_fields(values: tuple[Any, ...], fields: tuple[str, ...]) -> tuple[Any, ...]:
    return tuple(values[URL_FIELDS.index(name)] for name in fields)


def cells(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_can_be_empty(form: str) -> None:
    assert isinstance(write_rows(form), bytes)


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\0=1", " =1", '"=1', "'=1", " \"'=1"]
)
def test_csv_guards_cells_that_a_spreadsheet_would_evaluate(cell: str) -> None:
    (read,) = cells(write_rows("csv", row(cell)))
    assert read["loc"].startswith("'")
    assert cells(write_rows("csv", row(cell.lstrip()), raw=True))[0]["loc"] == escape_text(cell.lstrip())


@pytest.mark.parametrize("cell", ["https://a.example/?a=1", "a,b", 'say "hi"', "1", "ä"])
def test_csv_keeps_other_cells_unchanged(cell: str) -> None:
    assert cells(write_rows("csv", row(cell)))[0]["loc"] == cell


CELLS = (
    st.none() | st.integers() | st.text(max_size=3) | st.sampled_from(["", "a,b", '"', "=1", "-", "ä", "\n"])
)


@given(st.lists(st.tuples(CELLS, CELLS), max_size=4), st.booleans())
def test_csv_is_the_same_as_from_an_encoder(rows: list[tuple[Any, ...]], raw: bool) -> None:
    stream, expected = io.BytesIO(), io.StringIO()
    with load_output_format("csv").open_writer(stream, ("loc", "line"), raw=raw) as write:
        write(rows)
    encoder = csv.writer(expected, lineterminator="\r\n")
    encoder.writerow(("loc", "line"))
    for record in rows:
        encoder.writerow(
            [
                cell if not isinstance(cell, str) else escape_text(cell) if raw else _guard_cell(cell)
                for cell in record
            ]
        )
    assert stream.getvalue() == expected.getvalue().encode("utf-8", "backslashreplace")


TEXTS = st.sampled_from(
    [
        "",
        "a",
        "a,b",
        'say "hi"',
        "=1",
        " =1",
        "-1",
        "::a",
        "##[a",
        "\\",
        "ä",
        "\u202e",
        "\n",
        "\x7f",
        "100%s",
        "\ud800",
    ]
)
MOMENTS = st.sampled_from([0, 1_700_000_000, -1, 10**12])
URLS = st.fixed_dictionaries(
    {"loc": TEXTS},
    optional={
        "lastmod": TEXTS,
        "lastmod_utc": MOMENTS,
        "changefreq": st.just("daily"),
        "priority": TEXTS,
        "line": st.integers(1, 9),
        "extensions": st.sampled_from(['{"images": [{"loc": "a,b"}]}', "{}"]),
    },
)


@pytest.mark.parametrize("form", [form for form in FORMATS if load_output_format(form).open_column_writer])
@given(
    st.lists(URLS, min_size=1, max_size=3),
    st.booleans(),
    TEXTS,
    st.permutations(URL_FIELDS),
    st.integers(1, 8),
)
def test_columns_are_written_as_rows_are(
    form: str, urls: list[dict[str, Any]], raw: bool, sitemap: str, order: list[str], count: int
) -> None:
    chosen = load_output_format(form)
    fields = tuple(order[:count]) if chosen.has_columns else chosen.fields
    options = {"raw": True} if raw and "raw" in chosen.options else {}
    rows = [row(**{"sitemap": sitemap, **url}) for url in urls]
    columns = dict(zip(URL_FIELDS, map(column, zip(*rows, strict=True)), strict=True))
    columns["sitemap"] = TextColumn.repeat(sitemap, len(urls))
    chosen_rows = [select_fields(each, fields) for each in rows]
    written = []
    for open_writer, given_ in ((chosen.open_writer, chosen_rows), (chosen.open_column_writer, columns)):
        stream = io.BytesIO()
        try:
            with open_writer(stream, fields, **options) as write:
                write([given_[name] for name in fields] if isinstance(given_, dict) else given_)
        except UnicodeEncodeError:
            written.append(b"not encodable")
        else:
            written.append(stream.getvalue())
    assert written[0] == written[1]


def column(values: tuple[Any, ...]) -> TextColumn:
    return TextColumn.join([each if each is None else str(each) for each in values])


def test_a_column_of_one_value_is_split_like_others() -> None:
    repeated = TextColumn.repeat("a", 3)
    assert (repeated.text, repeated.split()) == (TextColumn.join(["a"] * 3).text, ["a"] * 3)


@pytest.mark.parametrize("values", [[""], [None], ["a", None, ""], [None, None], ["a", "b"]])
def test_a_column_tells_missing_values_from_empty_ones(values: list[str | None]) -> None:
    joined = TextColumn.join(values)
    assert joined.split() == values
    assert joined.split_filled() == [each or "" for each in values]
    assert joined.is_absent == (set(values) == {None})
    assert joined.has_gaps == (None in values)


def test_an_empty_cell_alone_on_its_line_is_a_record() -> None:
    stream = io.BytesIO()
    with load_output_format("csv").open_writer(stream, ("loc",)) as write:
        write([("",), ("a",)])
    assert stream.getvalue() == b'loc\r\n""\r\na\r\n'


def test_csv_has_one_line_per_record() -> None:
    assert write_rows("csv", row("a\r\nb\x1b")).count(b"\r\n") == 2


def test_csv_has_iso_times() -> None:
    (read,) = cells(write_rows("csv", row("x", lastmod_utc=0, line=7)))
    assert (read["lastmod_utc"], read["line"]) == ("1970-01-01T00:00:00Z", "7")


def test_text_is_one_line_per_url() -> None:
    assert write_rows("text", row("https://a.example/\n\x9b"), row("b")) == b"https://a.example/\\n\\x9b\nb\n"


XML_LOCS = {
    "https://a.example/?a=1&b=2'": "https://a.example/?a=1&b=2'",
    "HTTP://A.example:8080/%e4?a=%2F#!/b?c": "HTTP://A.example:8080/%e4?a=%2F#!/b?c",
    'https://a.example/<b>"': "https://a.example/%3Cb%3E%22",
    "https://a.example/a b|\\": "https://a.example/a%20b%7C%5C",
    "https://a.example/100%?f[0]=1#a#b": "https://a.example/100%25?f%5B0%5D=1#a%23b",
    "https://bücher.example/größe": "https://xn--bcher-kva.example/gr%C3%B6%C3%9Fe",
    "https://a.example:/": "https://a.example/",
    "https://[::1]/ä": "https://[::1]/%C3%A4",
    "https://t.co": "https://t.co",
    "http://t.co": "http://t.co/",
    "https://a.example/\x1b\ufffe\u202e": "https://a.example/%1B%EF%BF%BE%E2%80%AE",
    "https://a.example/##[group]::x": "https://a.example/#%23%5Bgroup%5D::x",
    f"https://a.example/{'a' * 2_029}": f"https://a.example/{'a' * 2_029}",
}
XML_IMPOSSIBLE = [
    *("", "/a", "ftp://a.example/", "https://", "https:///a", "https://a b.example/", "https://[a]/bcdef"),
    *(
        "https://[::1/abcde",
        "http://a.b",
        f"https://a.example/{'a' * 2_030}",
        f"https://a.example/{'ä' * 400}",
    ),
]


def read_xml(data: bytes, tag: str) -> list[str | None]:
    return [found.text for found in ET.fromstring(data).iter(f"{{{PROTOCOL}}}{tag}")]


@pytest.mark.parametrize("together", [True, False])
def test_xml_has_urls_that_the_protocol_allows(together: bool) -> None:
    """URLs in which nothing is special are checked together."""
    groups = [[*XML_LOCS, *XML_IMPOSSIBLE]] if together else [[each] for each in [*XML_LOCS, *XML_IMPOSSIBLE]]
    read = [read_xml(write_rows("xml", *map(row, group)), "loc") for group in groups]
    assert [loc for locs in read for loc in locs] == [*XML_LOCS.values()]


XML_VALUES = {
    ("lastmod", "2026-01-31", 1769817600): "2026-01-31",
    ("lastmod", "2026-01-31T10:00:00.5+14:00", 1769803200): "2026-01-31T10:00:00.5+14:00",
    ("lastmod", "2026", 1767225600): "2026-01-01",
    ("lastmod", "2026-01-31T10:00+01:00", 1769850000): "2026-01-31T09:00:00Z",
    ("lastmod", "2026-01-31T10:00:00", 1769853600): "2026-01-31T10:00:00Z",
    ("lastmod", "2026-01-31T10:00:00+15:00", 1769799600): "2026-01-30T19:00:00Z",
    ("lastmod", "2026-01-31T24:00:00Z", 1769904000): "2026-02-01",
    ("lastmod", "31.01.2026", 1769817600): "2026-01-31",
    ("lastmod", "2026-02-30", None): None,
    ("lastmod", "soon", None): None,
    ("lastmod", "12345-01-01", 10**12): None,
    ("lastmod", "", None): None,
    ("changefreq", "weekly", None): "weekly",
    ("changefreq", "Weekly", None): "weekly",
    ("changefreq", "often", None): None,
    ("priority", "0.85", None): "0.85",
    ("priority", "0,8", None): "0.8",
    ("priority", "1.1", None): None,
    ("priority", "80%", None): None,
}


@pytest.mark.parametrize(("value", "expected"), XML_VALUES.items(), ids=map(str, XML_VALUES))
def test_xml_has_values_that_the_schema_allows(
    value: tuple[str, str, int | None], expected: str | None
) -> None:
    name, text, moment = value
    fields = {name: text, "lastmod_utc": moment}
    notes = SitemapNotes()
    alone = write_rows("xml", row("https://a.example/", **fields), notes=notes)
    assert read_xml(alone, name) == [each for each in [expected] if each is not None]
    assert notes.rewritten.total() == (expected not in (None, text))
    assert notes.left_out.total() == (expected is None)
    among_others = write_rows("xml", row("https://a.example/"), row("https://a.example/b", **fields))
    assert read_xml(among_others, name) == read_xml(alone, name)


JSON_STRINGS = st.text(st.characters(exclude_categories=["Cs"]), max_size=5) | st.sampled_from(
    [
        '"',
        "\\",
        '\\"',
        "\\n",
        "a\nb",
        "\r\t",
        "<&>'",
        "&amp;",
        "]]>",
        "##[a",
        "\u202e",
        "\x7f",
        "%s",
        "\x01",
        "\uffff",
    ]
)


@given(JSON_STRINGS, st.booleans())
def test_xml_keeps_texts_of_extensions(text: str, is_ascii: bool) -> None:
    images = [{"loc": text, "caption": text, "credit": {"by": text, "text": "x"}}]
    extensions = {"images": images, "alternates": [{"hreflang": text, "href": text}]}
    stored = json.dumps(extensions) if is_ascii else msgspec.json.encode(extensions).decode()
    data = write_rows("xml", row("https://a.example/", extensions=stored))
    expected = re.sub("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "", text)
    ((_, *elements),) = ET.fromstring(data)
    image, link = elements
    assert [child.text or "" for child in image] == [expected, expected, "x"]
    assert [image[2].get("by"), link.get("hreflang"), link.get("href")] == [expected] * 3
    assert escape_text(data.decode().replace("\n", "")) == data.decode().replace("\n", "")
    assert b"##[" not in data


def test_xml_omits_names_that_no_element_has() -> None:
    images = [{"loc": "https://a.example/a.png", "a b": "x", "xmlns": "y", "≠": {"b": "z"}, "": "w"}]
    notes = SitemapNotes()
    stored = json.dumps({"images": images, "unknown": 1, "news": "x"})
    data = write_rows("xml", row("https://a.example/", extensions=stored), notes=notes)
    assert len([*ET.fromstring(data).iter()]) == 5
    assert notes.left_out["extension"] == 6


def test_jsonl_omits_absent_fields_and_spreads_extensions() -> None:
    extensions = {"images": [{"loc": "i"}]}
    for stored in (extensions, json.dumps(extensions)):
        assert json.loads(write_rows("jsonl", row("x", extensions=stored))) == {"loc": "x", **extensions}


def test_jsonl_escapes_half_of_a_surrogate_pair() -> None:
    stream = io.BytesIO()
    json_lines.write_records(stream, [{"loc": "\ud800"}, {"loc": "x"}])
    assert [json.loads(line) for line in stream.getvalue().splitlines()] == [{"loc": "\ud800"}, {"loc": "x"}]


def test_parquet_writes_a_group_when_enough_is_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "ROW_GROUP", 2)
    file = pq.ParquetFile(io.BytesIO(write_rows("parquet", *(row(str(n), lastmod_utc=n) for n in range(5)))))
    assert (file.metadata.num_rows, file.num_row_groups) == (5, 3)
    assert file.read()["loc"].to_pylist() == list("01234")


def test_parquet_names_the_package_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="pyarrow is not installed"):
        write_rows("parquet")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (None, None),
        (0, "1970-01-01T00:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (10**15, None),
        (-(10**15), None),
        (10**30, None),
    ],
)
def test_seconds_become_a_time_or_nothing(seconds: int | None, text: str | None) -> None:
    assert format_utc(seconds) == text
