"""Lists of domains in all usual forms: a malformed record costs only itself."""

import gzip
import json
from io import BufferedReader, BytesIO

import pytest

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.domain_lists import read_records
from sitemap_cli.inputs.list_records import InvalidRecord, ListedDomain
from sitemap_cli.inputs.list_tables import MAX_LINES_PER_RECORD


def named(data: bytes, name: str = "list", column: str | None = None) -> list[tuple[int, str]]:
    """Return line and text of every record, with an exclamation mark before invalid ones."""
    records = read_records(BufferedReader(BytesIO(data)), name, column=column)
    return [
        (each.line, f"!{each.text}" if isinstance(each, InvalidRecord) else each.text) for each in records
    ]


A_B = [(1, "a.example"), (2, "b.example")]
BELOW = [(2, "a.example"), (3, "b.example")]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", []),
        (b"\n \n# nothing\n", []),
        (b"a.example\nb.example", A_B),
        (b"a.example\r\nb.example\r\n", A_B),
        (b"  a.example \n\tb.example\t", A_B),
        (b"# shops\na.example # the first\n\nb.example#c", [(2, "a.example"), (4, "b.example#c")]),
        (b"\xef\xbb\xbfa.example\nb.example\n", A_B),
        ("a.example\nb.example\n".encode("utf-16"), A_B),
        (b"\xfe\xff" + "a.example\nb.example\n".encode("utf-16-be"), A_B),
        ("b\u00fccher.example\n".encode(), [(1, "b\u00fccher.example")]),
        (b"b\xfccher.example\na.example", [(1, "b\u00fccher.example"), (2, "a.example")]),
        (b"\xd6\xd0\xb9\xfa.example\na.example", [(1, "\udcd6\u0439\udcfa.example"), (2, "a.example")]),
        ("a.example\nb.example\n".encode("utf-16-le"), A_B),
        ("a.example\nb.example\n".encode("utf-32"), A_B),
        (b"a.example\rb.example\r", A_B),
        (b"127.0.1.12 127.0.1.13:80\n", [(1, "127.0.1.12"), (1, "127.0.1.13:80")]),
        (b"a.example our shop\n", [(1, "!a.example our shop")]),
        (b"[::1]:8080\na.example", [(1, "[::1]:8080"), (2, "a.example")]),
        (b"https://a.example/x?y=1\n", [(1, "https://a.example/x?y=1")]),
    ],
)
def test_text_has_a_domain_on_each_line(data: bytes, expected: list[tuple[int, str]]) -> None:
    assert named(data) == expected


ON_ONE_LINE = [(1, "a.example"), (1, "https://b.example/x"), (1, "c.example:81")]


@pytest.mark.parametrize(
    "text",
    [
        "a.example https://b.example/x c.example:81",
        "a.example\thttps://b.example/x\tc.example:81",
        "a.example,https://b.example/x,c.example:81",
        "a.example, https://b.example/x, c.example:81,",
        "a.example;https://b.example/x;c.example:81;",
        "a.example; https://b.example/x;\tc.example:81",
        "a.example , https://b.example/x c.example:81",
        '"a.example", "https://b.example/x", "c.example:81"',
        "a.example|https://b.example/x|c.example:81",
        '["a.example","https://b.example/x","c.example:81"]',
        '[{"url": "a.example"}, {"domain": "https://b.example/x", "note": "[x]"}, {"Site": "c.example:81"}]',
        '{"count": 3, "sites": ["a.example", "https://b.example/x", "c.example:81"], "next": null}',
    ],
)
@pytest.mark.parametrize("name", ["list", "list.txt", "list.json"])
def test_many_domains_stand_on_one_line(text: str, name: str) -> None:
    assert named(text.encode(), name) == ON_ONE_LINE
    assert named(b"\xef\xbb\xbf" + text.encode() + b"\r\n", name) == ON_ONE_LINE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[\n  "a.example",\n  "b.example"\n]\n', BELOW),
        ('\n[\n{"url":\n "a.example"},\n{"url": "b.example"}]', [(3, "a.example"), (5, "b.example")]),
        ('{\n"a.example": 1,\n"domains": ["a.example"]\n}', [(3, "a.example")]),
        ('["a.example"]\n["b.example"]\n', A_B),
        (
            '["a.example", 7, null, ["b.example"]]',
            [(1, "a.example"), (1, "!7"), (1, "!null"), (1, "b.example")],
        ),
        ('["a.example", oops, "b.example"', [(1, "a.example"), (1, "!oops"), (1, "b.example")]),
        ("['a.example', 'b.example']", [(1, "a.example"), (1, "b.example")]),
        ('[{"x": 1}, {"url": "a.example"]', [(1, '!{"x": 1}'), (1, '!{"url": "a.example"]')]),
        ("[]", []),
    ],
)
def test_a_json_document_is_a_list(text: str, expected: list[tuple[int, str]]) -> None:
    for name in ("list", "list.jsonl", "list.json", "list.csv"):
        assert named(text.encode(), name) == expected


@pytest.mark.parametrize(
    "text",
    [
        "'a.example'\n'b.example'\n",
        "'a.example',\n'b.example',\n",
        '"a.example"\n"b.example"\n',
        '"a.example";\n"b.example"\n',
        "\u201ca.example\u201d\n\u201eb.example\u201c\n",
        "\xaba.example\xbb\n\u2018b.example\u2019\n",
        "- a.example\n- b.example\n",
        "* 'a.example'\n+ b.example # second\n",
        "1. a.example\n2) b.example\n",
        "\ufeffa.example\u200b\n\ufeffb.example\n",
        "a.example\0b.example\0",
        "a.example\0b.example",
        "a.example\rb.example\r",
        "a.example\nb.example\n\x1a",
    ],
)
def test_marks_around_a_domain_are_no_part_of_it(text: str) -> None:
    assert named(text.encode()) == A_B


@pytest.mark.parametrize(
    "text", ["'a.example', 'b.example'", "['a.example', 'b.example']", "a.example\u3000b.example"]
)
def test_marks_are_removed_on_one_line(text: str) -> None:
    assert [each for _, each in named(text.encode())] == ["a.example", "b.example"]


@pytest.mark.parametrize("name", ["list", "list.csv", "list.csv.gz"])
def test_a_list_may_be_compressed(name: str) -> None:
    assert named(gzip.compress(b"domain;x\na.example;1\nb.example;2\n"), name) == BELOW


def test_the_line_that_names_the_separator_for_a_spreadsheet_is_no_domain() -> None:
    assert named(b"sep=;\r\nDomain;x\r\na.example;1\r\n", "list.csv") == [(3, "a.example")]


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("windows-1251", "\u043a\u0430\u0442.example/\u0431"),
        ("koi8-r", "\u043a\u0430\u0442.example"),
        ("gbk", "\u4e2d\u56fd.example"),
        ("shift_jis", "\u65e5\u672c.example"),
        ("euc-kr", "\ud55c.example"),
        ("macintosh", "b\xfccher.example"),
    ],
)
def test_an_encoding_that_a_comment_names_is_used(codec: str, text: str) -> None:
    python = {"macintosh": "mac_roman"}.get(codec, codec)
    assert named(f"# -*- coding: {codec} -*-\n{text}\n".encode(python)) == [(2, text)]
    assert named(f"\n# vim: set fileencoding={codec} :\n{text}\n".encode(python)) == [(3, text)]
    # What is not named is not guessed: the line is kept, as bytes that no target can have.
    ((line, kept), other) = named(f"{text}\na.example\n".encode(python))
    assert (line, other, kept.encode("utf-8", "surrogateescape")) == (
        1,
        (2, "a.example"),
        text.encode(python),
    )


def test_a_list_is_western_only_if_all_its_lines_may_be() -> None:
    noted = list[str]()
    data = "b\xfccher.example\na.example\n".encode("latin-1")
    records = list(read_records(BufferedReader(BytesIO(data)), "shops.txt", note=noted.append))
    assert [each.text for each in records if isinstance(each, ListedDomain)] == [
        "b\xfccher.example",
        "a.example",
    ]
    assert noted == ["shops.txt is not in UTF-8; it was read as windows-1252"]
    cyrillic = "a.example/\u0431\n\u043a\u0430\u0442.example\n".encode("windows-1251")
    assert named(cyrillic)[0] == (1, "a.example/\udce1")


def test_urls_may_be_in_angle_brackets() -> None:
    text = "<https://a.example/>\n<URL:https://b.example/x,y>,\n<c.example>\n"
    assert [each for _, each in named(text.encode())] == [
        "https://a.example/",
        "https://b.example/x,y",
        "c.example",
    ]


def test_a_key_is_found_by_its_values() -> None:
    data = b'[{"name": "A", "link": "https://a.example/"}, {"name": "B", "link": "b.example"}]'
    assert [text for _, text in named(data)] == ["https://a.example/", "b.example"]
    assert named(b'[{"from": "a.example", "to": "b.example"}]')[0][1].startswith("!")


def test_a_long_array_on_one_line_loses_nothing() -> None:
    hosts = [f"host-{n}.example" for n in range(20_000)]
    for text in (json.dumps(hosts), " ".join(hosts), ",".join(hosts)):
        assert [each for _, each in named(text.encode())] == hosts


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b'<?xml version="1.0"?>\n<urlset/>', "it is XML or HTML"),
        (b"\n\n<!doctype html>", "it is XML or HTML"),
        ("<urlset/>".encode("utf-16"), "it is XML or HTML"),
        (b"# robots\nUser-agent: *\nDisallow: /x\nSitemap: https://a.example/s.xml", "it is a robots.txt"),
        (b"Sitemap: https://a.example/s.xml", "it is a robots.txt"),
        (b"\x1f\x8b\x08", "the compressed stream ends too early"),
        (gzip.compress(b"a.example\n" * 999, mtime=0)[:-4], "the compressed stream ends too early"),
        (gzip.compress(b"\0\1\2\3\4\5", mtime=0), "it is a binary file"),
        (gzip.compress(b"<urlset/>", mtime=0), "it is XML or HTML"),
        (b"BZh91AY&SY", "it is compressed with bzip2"),
        (b"\xfd7zXZ\0", "it is compressed with xz"),
        (b"\x28\xb5\x2f\xfd\x04", "it is compressed with zstd"),
        (bytes(range(256)), "it is a binary file"),
        (b"\1\2\3\4 a.example", "it is a binary file"),
        (b"PK\x03\x04", "it is a spreadsheet or a ZIP file"),
        (b"\x7fELF\x00\x01\x00\x00\x02", "it is a binary file"),
    ],
)
def test_another_file_is_refused_in_one_line(data: bytes, told: str) -> None:
    with pytest.raises(UsageError, match=f"not a list of domains .*: {told}"):
        named(data)


def test_a_line_without_end_costs_no_other() -> None:
    found = named(b"a.example\n" + b"x" * 200_000 + b"\nb.example\n")
    assert [(line, text[:9]) for line, text in found] == [
        (1, "a.example"),
        (2, "xxxxxxxxx"),
        (3, "b.example"),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"domain,rank\na.example,1\nb.example,2\n", BELOW),
        (b"rank,Domain\n1,a.example\n2,b.example\n", BELOW),
        (b"rank;URL;x\n1;a.example;\n2;b.example;y\n", BELOW),
        (b"1\ta.example\n2\tb.example\n", A_B),
        (b"1,a.example\n2,b.example\n", A_B),
        (b"rank,seite\n1,a.example\n2,b.example\n", BELOW),
        (b"domain\na.example\nb.example\n", BELOW),
        (b'domain,note\n"a.example","x, y"\nb.example,"say ""hi"""\n', BELOW),
        (b'domain,note\na.example,"two\nlines"\nb.example,\n', [(2, "a.example"), (4, "b.example")]),
        (b"domain,rank\n,7\n,\na.example,1\n", [(2, "!,7"), (4, "a.example")]),
        (b"Client;Website;Tags\n", []),
        (b"domain\na.example,b.example\n", [(2, "a.example"), (2, "!b.example")]),
        (b"a.example,x\nb.example,c.example\n", [(1, "a.example"), (2, "b.example"), (2, "c.example")]),
        (b"a.example,7,b.example\n", [(1, "a.example"), (1, "!b.example")]),
        (b"a.example,7,2.50,info@b.example\n", [(1, "a.example")]),
        (b"domain\tnote\na.example\tone, two\nb.example\tthree, four\n", BELOW),
        (b"# made by hand\ndomain,rank\na.example,1\n", [(3, "a.example")]),
        (b"\xef\xbb\xbfdomain,rank\na.example,1\nb.example,2\n", BELOW),
    ],
)
def test_a_table_has_a_column_of_domains(data: bytes, expected: list[tuple[int, str]]) -> None:
    assert named(data, "list.csv") == expected


def test_a_quote_that_is_never_closed_costs_only_its_line() -> None:
    rest = "".join(f"{n}.example,x\n" for n in range(MAX_LINES_PER_RECORD * 2)).encode()
    found = named(b'domain,note\n"a.example,x\n' + rest, "list.csv")
    assert [text for _, text in found][-2:] == [f"{n}.example" for n in range(MAX_LINES_PER_RECORD * 2)][-2:]
    assert len(found) == MAX_LINES_PER_RECORD * 2 + 1


@pytest.mark.parametrize(
    ("column", "text"), [("second", "b.example"), ("2", "b.example"), ("1", "a.example")]
)
def test_a_column_is_named_or_counted(column: str, text: str) -> None:
    assert named(b"first,second\na.example,b.example\n", "list.csv", column) == [(2, text)]


def test_a_column_that_is_not_there_is_an_error_that_tells_the_others() -> None:
    with pytest.raises(UsageError, match=r"no such column \(third\)") as raised:
        named(b"first,second\na.example,b.example\n", "list.csv", "third")
    assert raised.value.hint == "available columns: 1 to 2, or first, second"


@pytest.mark.parametrize(
    "data", [b"first,second\na.example,b.example\n", b"a.example\n" * 3000, b"a.example;x"]
)
def test_a_number_of_a_column_that_is_not_there_is_one_error(data: bytes) -> None:
    with pytest.raises(UsageError, match=r"no such column \(9\)"):
        named(data, "list.csv", "9")


def test_a_key_that_no_record_has_is_one_error() -> None:
    with pytest.raises(UsageError, match=r"no such key \(third\)") as raised:
        named(b'{"first": 1, "second": 2}\n' * 3000, "list.jsonl", "third")
    assert raised.value.hint == "available keys: first, second"


@pytest.mark.parametrize("name", ["list", "list.jsonl", "list.ndjson"])
def test_json_lines_are_texts_or_objects_with_a_key(name: str) -> None:
    data = b'{"domain":"a.example"}\n"b.example"\n{"url":"https://c.example/"}\n{"x":1}\nnot json\n[1]\n'
    assert named(data, name) == [
        (1, "a.example"),
        (2, "b.example"),
        (3, "https://c.example/"),
        (4, '!{"x":1}'),
        (5, "!not json"),
        (6, "![1]"),
    ]


def test_a_key_of_json_lines_can_be_named() -> None:
    data = b'{"domain":"a.example","shop":"b.example"}\n{"domain":"a.example"}\n'
    assert named(data, "x.jsonl", "shop") == [(1, "b.example"), (2, '!{"domain":"a.example"}')]
