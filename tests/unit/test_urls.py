"""Addresses are compared and named."""

import pytest

from sitemap_cli import urls

BAD = "http://[::1"


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTPS://Example.COM:443/a#b", "https://example.com/a"),
        ("http://example.com/%61?b#c", "http://example.com/a?b"),
        ("https://me:secret@example.com/", "https://example.com/"),
        (BAD, BAD),
        ("//]@", "//]@"),
    ],
)
def test_one_address_has_one_key(url, key):
    assert urls.key(url) == key


@pytest.mark.parametrize(
    ("url", "origin", "site"),
    [
        ("https://Example.com:443/a?b", "https://example.com/", "example.com"),
        ("http://me:secret@example.com:8000/a", "http://example.com:8000/", "example.com:8000"),
        ("http://[::1]:8000/a", "http://[::1]:8000/", "[::1]:8000"),
        ("https://bücher.example", "https://xn--bcher-kva.example/", "xn--bcher-kva.example"),
    ],
)
def test_an_origin_and_a_site_are_canonical(url, origin, site):
    assert (urls.origin(url), urls.site(url), urls.is_web(url)) == (origin, site, True)


@pytest.mark.parametrize(
    "url",
    [BAD, "//]@", "ftp://example.com/", "/a", "", "javascript:alert(1)", "http:///a", "http://[::127.1]/"],
)
def test_what_is_no_address_of_the_web_is_told_apart(url):
    assert not urls.is_web(url)


@pytest.mark.parametrize("url", [BAD, "//]@", "/a", ""])
def test_what_has_no_host_is_no_site(url):
    assert urls.site(url) == ""


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
def test_a_folder_is_where_relative_paths_begin(url, folder):
    assert urls.folder(url) == folder


def test_a_place_can_be_moved_to_another_site():
    assert (
        urls.moved("https://a.example/x?y", "http://b.example:8000/robots.txt") == "http://b.example:8000/x?y"
    )
