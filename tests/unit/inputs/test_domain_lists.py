"""Lists of domains in all usual forms: a malformed record costs only itself."""

from io import BufferedReader, BytesIO

import pytest

from sitemap_cli.errors import UsageError
from sitemap_cli.inputs.domain_lists import MAX_LINE_LENGTH, MAX_LINES_PER_RECORD, InvalidRecord, read_records


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
        (b"b\xfccher.example\na.example", [(1, "b\udcfccher.example"), (2, "a.example")]),
        (b"a.example b.example\n", [(1, "!a.example b.example")]),
        (b"https://a.example/x?y=1\n", [(1, "https://a.example/x?y=1")]),
    ],
)
def test_text_has_a_domain_on_each_line(data: bytes, expected: list[tuple[int, str]]) -> None:
    assert named(data) == expected


def test_a_line_without_end_is_cut_and_costs_no_other() -> None:
    found = named(b"a.example\n" + b"x" * (3 * MAX_LINE_LENGTH) + b"\nb.example\n")
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
    assert raised.value.hint == "available columns: first, second"


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
