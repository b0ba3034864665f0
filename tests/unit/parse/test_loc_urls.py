import pytest

from sitemap_cli.model.values import Severity
from sitemap_cli.parse.collector import Collector, Position
from sitemap_cli.parse.values import loc_urls

HERE = Position(7)


def accept(text, base=None):
    collector = Collector(base)
    loc = loc_urls.accept_url(text, collector, HERE)
    return loc, [(problem.code, problem.severity) for problem in collector.batch], collector.content_lost


@pytest.mark.parametrize(
    "text",
    [
        *("https://example.com", "https://example.com/", "http://example.com/a?b#c", "https://example.com?x"),
        *(
            "HTTPS://Example.COM:8443/",
            "https://user:pw@example.com/",
            "https://[2001:db8::1]/x",
            "https://é.example/日",
        ),
        *("https://example.com/" + "a" * 2_027, "https://" + "a" * 300 + ".example/"),
    ],
)
def test_an_absolute_web_url_is_kept_as_it_is(text):
    assert accept(text) == (text, [], False)


def test_blanks_around_a_url_are_ignored():
    assert accept(" \n\thttps://example.com/\r\n ")[0] == "https://example.com/"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "loc-missing"),
        (" \n ", "loc-missing"),
        ("/a", "loc-relative"),
        ("//example.com/a", "loc-relative"),
        ("example.com", "loc-relative"),
        ("javascript:alert(1)", "loc-scheme"),
        ("file:///etc/passwd", "loc-scheme"),
        ("localhost:80/x", "loc-scheme"),
        ("https:", "loc-invalid"),
        ("https://", "loc-invalid"),
        ("https:///a", "loc-invalid"),
        ("https://?a", "loc-invalid"),
        ("https://:80/", "loc-invalid"),
        ("https://e.example:99999/", "loc-invalid"),
        ("https://e.example:x/", "loc-invalid"),
        ("https://[::1/", "loc-invalid"),
        ("https://a b.example/", "loc-invalid"),
        ("https://e.example/\x00", "loc-invalid"),
        ("https://e.example/\x1b[31m", "loc-invalid"),
        ("https://e.example/a\nb", "loc-invalid"),
        ("https://e.example/\x7f", "loc-invalid"),
        ("https://e.example/\x85x", "loc-invalid"),
        ("https://e.example/\ud800", "loc-invalid"),
        ("https://e.example/a\ufffdb", "loc-invalid"),
        ("https://e.example/a\x1ab", "loc-invalid"),
        ("/a\ufffd", "loc-invalid"),
        ("https://e.example/ https://e.example/", "loc-invalid"),
        ("https://e.example/" + "a" * 8_192, "url-too-long"),
    ],
)
def test_anything_else_is_dropped_with_a_reason(text, code):
    assert accept(text) == (None, [(code, Severity.ERROR)], True)


def test_a_url_with_a_blank_in_its_path_is_kept_with_a_warning():
    assert accept("https://example.com/a b") == (
        "https://example.com/a b",
        [("loc-invalid", Severity.WARNING)],
        False,
    )


@pytest.mark.parametrize("length", [2_048, 2_049, 8_192])
def test_a_url_too_long_for_the_protocol_is_kept_with_a_warning(length):
    text = "https://example.com/".ljust(length, "a")
    assert accept(text) == (text, [("url-long", Severity.WARNING)], False)


@pytest.mark.parametrize(
    ("text", "resolved"),
    [
        ("/x", "https://example.com/x"),
        ("x", "https://example.com/d/x"),
        ("//o.example/", "https://o.example/"),
    ],
)
def test_a_relative_url_is_resolved_against_the_base(text, resolved):
    loc, problems, lost = accept(text, "https://example.com/d/sitemap.xml")
    assert (loc, problems, lost) == (resolved, [("loc-relative", Severity.WARNING)], False)


def test_a_relative_url_that_becomes_too_long_is_dropped():
    loc, problems, lost = accept("/" + "a" * 8_190, "https://example.com/")
    assert (loc, lost) == (None, True)
    assert [code for code, _ in problems] == ["loc-relative", "url-too-long"]


def test_a_quoted_text_is_short_and_printable():
    assert loc_urls.quote_text("a\x1b\u202e" + "x" * 1_000) == ascii("a\x1b\u202e" + "x" * 197 + "...")


@pytest.mark.parametrize(
    ("base", "text", "joined"),
    [
        ("", "a", "a"),
        ("https://example.com/d/", "a", "https://example.com/d/a"),
        ("https://example.com/d/", "https://o.example/?", "https://o.example/?"),
        ("d/", "a", "d/a"),
        ("https://[broken", "a", "a"),
    ],
)
def test_only_a_relative_url_is_resolved(base, text, joined):
    assert loc_urls.resolve_url(base, text) == joined
