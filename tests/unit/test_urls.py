"""URLs are compared and named."""

import pytest

from sitemap_cli import urls

BAD = "http://[::1"


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("HTTPS://Example.COM:443/a#b", "https://example.com/a"),
        ("http://example.com/%61?b#c", "http://example.com/a?b"),
        ("https://me:secret@example.com/", "https://example.com/"),
        (BAD, BAD),
        ("//]@", "//]@"),
    ],
)
def test_every_spelling_of_a_url_has_one_canonical_form(url, canonical):
    assert urls.canonical_url(url) == canonical


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("https://Example.com:443/a?b", "https://example.com/", "example.com"),
        ("http://me:secret@example.com:8000/a", "http://example.com:8000/", "example.com:8000"),
        ("http://[::1]:8000/a", "http://[::1]:8000/", "[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_origin_and_host_are_canonical(url, origin, host):
    assert (urls.url_origin(url), urls.host_and_port(url), urls.is_web_url(url)) == (origin, host, True)


@pytest.mark.parametrize(
    "url",
    [BAD, "//]@", "ftp://example.com/", "/a", "", "javascript:alert(1)", "http:///a", "http://[::127.1]/"],
)
def test_other_text_is_no_web_url(url):
    assert not urls.is_web_url(url)


@pytest.mark.parametrize("url", [BAD, "//]@", "/a", ""])
def test_a_url_without_host_has_an_empty_host_and_port(url):
    assert urls.host_and_port(url) == ""


@pytest.mark.parametrize(
    ("url", "folder"),
    [
        ("https://e.com/", "https://e.com/"),
        ("https://e.com", "https://e.com/"),
        ("https://e.com/shop", "https://e.com/shop/"),
        ("https://e.com/shop/", "https://e.com/shop/"),
        ("https://e.com/shop/index.html?a#b", "https://e.com/shop/"),
        ("https://e.com/v1.2/shop", "https://e.com/v1.2/shop/"),
    ],
)
def test_the_folder_of_a_url_is_where_relative_paths_begin(url, folder):
    assert urls.folder_url(url) == folder


def test_the_origin_of_a_url_can_be_replaced():
    assert (
        urls.replace_origin("https://a.example/x?y", "http://b.example:8000/robots.txt")
        == "http://b.example:8000/x?y"
    )


@pytest.mark.parametrize(
    ("url", "origin", "host"),
    [
        ("HTTPS://WWW.Example.com:443/a?b", "https://www.example.com/", "example.com"),
        ("http://me:secret@example.com:8000", "http://example.com:8000/", "example.com:8000"),
        ("https://bücher.example/", "https://bücher.example/", "bücher.example"),
        (BAD, BAD, "[::1"),
    ],
)
def test_textual_parts_keep_the_spelling_of_the_host(url, origin, host):
    assert (urls.textual_origin(url), urls.textual_host(url)) == (origin, host)


@pytest.mark.parametrize(
    ("url", "rest"), [("https://e.com/a?b#c", "/a?b"), ("https://e.com", ""), (None, ""), (BAD, BAD)]
)
def test_path_and_query_do_not_depend_on_the_host(url, rest):
    assert urls.path_and_query(url) == rest
