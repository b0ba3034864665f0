import pytest

from sitemap_cli.model.values import Kind, Severity
from tests.unit.parse.documents import codes, everything

GOOD = "https://example.com/0\n" * 10


def read_summary(line):
    """Return the URLs and problem codes of a line among valid ones, and whether the reading is complete."""
    reading, items, problems = everything(f"{GOOD}{line}\n{GOOD}".encode("utf-8", "surrogatepass"))
    assert reading.kind == Kind.TEXT
    assert len(items) >= 20
    found = items[10:-10]
    assert all(item.line == 11 for item in found)
    assert all(problem.line == 11 for problem in problems)
    return [item.loc for item in found], codes(problems), reading.complete


@pytest.mark.parametrize(
    ("line", "loc"),
    [
        ("https://e.example/", "https://e.example/"),
        ("  https://e.example/ \t", "https://e.example/"),
        ("\thttps://e.example/\f", "https://e.example/"),
        ("HTTPS://e.example/", "HTTPS://e.example/"),
        ("https://e.example/a,b;c|d", "https://e.example/a,b;c|d"),
        ("https://e.example/a,1,2026", "https://e.example/a,1,2026"),
        ("https://e.example/2026-11-01", "https://e.example/2026-11-01"),
        ("https://e.example/?u=https://x.example/", "https://e.example/?u=https://x.example/"),
        ("https://e.example/#part", "https://e.example/#part"),
        ("https://e.example/\u00fc", "https://e.example/\u00fc"),
    ],
)
def test_a_line_with_a_url_is_a_page(line, loc):
    assert read_summary(line) == ([loc], [], True)


@pytest.mark.parametrize("line", ["", " ", "\t", "\f", "\u00a0"])
def test_a_blank_line_is_skipped(line):
    assert read_summary(line) == ([], [], True)


@pytest.mark.parametrize(
    ("line", "locs"),
    [
        ("<https://e.example/>", ["https://e.example/"]),
        ("<URL:https://e.example/>", ["https://e.example/"]),
        ('"https://e.example/"', ["https://e.example/"]),
        ('"https://e.example/",', ["https://e.example/"]),
        ("'https://e.example/'", ["https://e.example/"]),
        ("\u201chttps://e.example/\u201d", ["https://e.example/"]),
        ("- https://e.example/", ["https://e.example/"]),
        ("* <https://e.example/>", ["https://e.example/"]),
        ("\u2022 https://e.example/", ["https://e.example/"]),
        ("\ufeffhttps://e.example/", ["https://e.example/"]),
        ("https://e.example/ https://f.example/", ["https://e.example/", "https://f.example/"]),
        ("https://e.example/\fhttps://f.example/", ["https://e.example/", "https://f.example/"]),
        ("https://e.example/\thttps://f.example/", ["https://e.example/", "https://f.example/"]),
        ("https://e.example/ahttps://e.example/b", ["https://e.example/a", "https://e.example/b"]),
        ("https://e.example/<br>https://f.example/<br/>", ["https://e.example/", "https://f.example/"]),
        ("<loc>https://e.example/</loc>", ["https://e.example/"]),
        ('<a class="b" href="x">https://e.example/</a>', ["https://e.example/"]),
        ("https://e.example/,", ["https://e.example/"]),
        ("https://e.example/;", ["https://e.example/"]),
        ("\u202ahttps://e.example/\u202c", ["https://e.example/"]),
    ],
)
def test_a_line_that_certainly_contains_urls_is_read_with_a_warning(line, locs):
    assert read_summary(line) == (locs, ["text-line"], True)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "other.example/a",
            "/a",
            "ftp://example.com/",
            "mailto:a@b.example",
        ),
        *(
            "https://e.example/ A title",
            "https://e.example/a b",
            "See https://e.example/",
            "https://",
            "https:///a",
        ),
        *(
            "https://e.example/,2026-11-01",
            "https://e.example/,2026-11-01T10:20:30Z,0.5",
            "https://e.example/;daily",
        ),
        *(
            'https://e.example/,"2026-11-01"',
            "https://e.example/|weekly|1.0",
            "https://e.example/\t2026-11-01",
        ),
        *(
            "https://e.example/,https://f.example/",
            '"https://e.example/","x"',
            '"https://e.example/',
            "<https://e.example/",
        ),
        *("[a](https://e.example/)", '{"url": "https://e.example/"}', "<br>", "url"),
    ],
)
def test_any_other_line_is_left_out(line):
    assert read_summary(line) == ([], ["text-line"], False)


@pytest.mark.parametrize(
    "line",
    [
        *(
            "https://e.example/\ufffd",
            "https://e.example/a\x1ab",
            "https://e.example/\x00",
            "https://e.example:99999/",
        )
    ],
)
def test_an_invalid_url_is_dropped(line):
    locs, problems, complete = read_summary(line)
    assert (locs, complete) == ([], False)
    assert "loc-invalid" in problems


def test_comments_are_skipped_and_reported_once():
    reading, items, problems = everything(b"# one\n  # two\nhttps://e.example/a\n#three\n")
    assert [(item.loc, item.line) for item in items] == [("https://e.example/a", 3)]
    assert [(each.code, each.severity, each.line) for each in problems] == [
        ("text-comment", Severity.WARNING, 1)
    ]
    assert reading.complete


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\n\n", "\r\n\r\n"])
@pytest.mark.parametrize("chunk", [1, 7, 1_000])
def test_every_kind_of_line_end_counts_with_any_chunk_size(end, chunk):
    data = end.join(f"https://e.example/{at}" for at in range(5)).encode()
    reading, items, problems = everything(data, chunk=chunk)
    assert [item.loc for item in items] == [f"https://e.example/{at}" for at in range(5)]
    assert [item.line for item in items] == [
        1 + at * (2 if len(end) > 1 and end != "\r\n" else 1) for at in range(5)
    ]
    assert (problems, reading.complete) == ([], True)


@pytest.mark.parametrize(
    "data",
    [
        "https://e.example/",
        "\ufeffhttps://e.example/\n",
        "\n\n  \nhttps://e.example/\n",
        "# a comment\n" * 1_000 + "https://e.example/\n",
        "# https://no.example/\n\nhttps://e.example/",
        "junk\n" * 20 + GOOD * 3,
        "Sitemap of example.com\n\nPages\n=====\nmade by hand\n-----\n" + GOOD,
        "- https://e.example/\n- https://f.example/\n",
        '"https://e.example/"\n"https://f.example/"\n',
        "HTTP://E.EXAMPLE/\n",
    ],
)
def test_a_document_of_mostly_urls_is_a_list(data):
    reading, items, _ = everything(data.encode())
    assert reading.kind == Kind.TEXT
    assert items


@pytest.mark.parametrize(
    "data",
    [
        "Not found",
        "# nothing but a comment\n",
        "User-agent: *\nSitemap: https://e.example/sitemap.xml\n",
        "url,lastmod\nhttps://e.example/,2026-11-01\nhttps://f.example/,2026-11-01\n",
        "https://e.example/,2026-11-01,daily,0.5\nhttps://f.example/,2026-11-01,daily,0.5\n",
        "2026-11-01 10:20:30 GET https://e.example/ 200\n2026-11-01 10:20:31 GET https://e.example/ 200\n",
        '{"urls": ["https://e.example/"]}',
        '[\n  "https://e.example/\n',
        "We moved.\nPlease visit\nhttps://e.example/\nand tell your friends.\nThank you.\nBye.\n",
        "Warning: x\n<html>\n<body>\nhttps://e.example/\n</body>\n</html>\n",
        "[a](https://e.example/)\n[b](https://f.example/)\n",
        "\ufffd" * 100,
    ],
)
def test_any_other_document_is_not_a_list(data):
    reading, items, _ = everything(data.encode())
    assert reading.kind != Kind.TEXT
    assert not items


def test_a_line_of_any_length_takes_little_memory_and_loses_only_itself():
    data = GOOD.encode() + b"https://e.example/" + b"," * 3_000_000 + b"\n" + GOOD.encode()
    _, items, problems = everything(data)
    assert len(items) == 20
    assert codes(problems) == ["url-too-long"]


@pytest.mark.parametrize(
    ("text", "locs"),
    [
        ("a.example/1\na.example/2", ["https://a.example/1", "https://a.example/2"]),
        ("# all\nwww.a.example/1\na.example", ["https://www.a.example/1", "https://a.example"]),
        ("http://a.example/1\na.example/2\n//a.example/3", [f"http://a.example/{n}" for n in (1, 2, 3)]),
        ("https:/a.example/1\nhttps:a.example/2", ["https://a.example/1", "https://a.example/2"]),
        ("htp://a.example/1\nhttps//a.example/2", ["http://a.example/1", "https://a.example/2"]),
        (
            "bücher.example/1\nxn--bcher-kva.example/2",
            ["https://bücher.example/1", "https://xn--bcher-kva.example/2"],
        ),
    ],
)
def test_the_first_url_of_a_list_without_base_names_the_host_of_lines_without_scheme(text, locs):
    reading, items, problems = everything(text.encode())
    assert (reading.kind, reading.complete) == (Kind.TEXT, True)
    assert [item.loc for item in items] == locs
    assert set(codes(problems)) <= {"loc-relative", "text-comment"}


@pytest.mark.parametrize(
    "text",
    [
        "a.example\nb.example",
        "www.a.example\nwww.b.example",
        "a.example/1\nb.example/1",
        "1.2.3/4\n1.2.3/5",
        "a.html\nb.html",
    ],
)
def test_lines_without_scheme_that_are_not_of_one_host_are_no_list(text):
    assert everything(text.encode())[0].kind == Kind.UNKNOWN
