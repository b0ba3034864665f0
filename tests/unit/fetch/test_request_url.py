"""URLs are checked before they are requested, keep their spelling, and lose their credentials."""

import pytest

from sitemap_cli.fetch.fetch_errors import RefusedError
from sitemap_cli.fetch.request_url import host_key, parse_request_url, resolve_redirect


@pytest.mark.parametrize(
    ("text", "requested"),
    [
        ("http://example.com", "http://example.com"),
        (" https://example.com/a.xml\n", "https://example.com/a.xml"),
        ("https://example.com/%7Ea/b%2Fc?x=%41#part", "https://example.com/%7Ea/b%2Fc?x=%41"),
        ("https://example.com/a b", "https://example.com/a%20b"),
        ("https://example.com/ä", "https://example.com/%C3%A4"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("https://b%C3%BCcher.example:8443/%7ea", "https://xn--bcher-kva.example:8443/%7ea"),
        ("https://user:p%40@ex%61mple.com/%61", "https://example.com/%61"),
        ("https://user:secret@example.com/a", "https://example.com/a"),
        ("https://:secret@example.com/a", "https://example.com/a"),
        ("https://example.com.:8443/", "https://example.com.:8443/"),
        ("https://my_host.example/", "https://my_host.example/"),
        ("http://[2606:4700::1111]/", "http://[2606:4700::1111]/"),
        ("https://example.com/\udce9", "https://example.com/%E9"),
    ],
)
def test_a_url_is_requested_as_spelled(text, requested):
    assert str(parse_request_url(text)) == requested


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "url-invalid"),
        ("example.com", "url-invalid"),
        ("/a.xml", "url-invalid"),
        ("//example.com/a", "url-invalid"),
        ("https://", "url-invalid"),
        ("https://.", "url-invalid"),
        ("https:///path", "url-invalid"),
        ("https://a..b/", "url-invalid"),
        (f"https://{'a' * 64}.example/", "url-invalid"),
        (f"https://{'a.' * 130}example/", "url-invalid"),
        ("https://exa mple.com/", "url-invalid"),
        ("https://exa<mple.com/", "url-invalid"),
        ("https://127.0.0.1%2Fexample.com/", "url-invalid"),
        ("https://example%2.com/", "url-invalid"),
        ("https://a%00b.example/", "url-invalid"),
        ("https://example.com:0/", "url-invalid"),
        ("https://example.com:99999/", "url-invalid"),
        ("https://example.com:http/", "url-invalid"),
        ("http://[::1", "url-invalid"),
        ("http://[::x]/", "url-invalid"),
        ("//]@", "url-invalid"),
        ("http://]@/", "url-invalid"),
        ("ftp://example.com/", "scheme-forbidden"),
        ("file:///etc/passwd", "scheme-forbidden"),
        ("javascript:alert(1)", "scheme-forbidden"),
        ("data:text/xml,x", "scheme-forbidden"),
    ],
)
def test_an_invalid_or_forbidden_url_is_refused(text, reason):
    with pytest.raises(RefusedError) as caught:
        parse_request_url(text)
    assert caught.value.fault.reason == reason


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/b", "https://example.com/b"),
        ("b?x=1", "https://example.com/dir/b?x=1"),
        ("?page=2", "https://example.com/dir/a?page=2"),
        ("//other.example/b", "https://other.example/b"),
        ("http://other.example/%7Eb", "http://other.example/%7Eb"),
        ("https://u:p@example.com/b", "https://example.com/b"),
        ("/caf\udce9", "https://example.com/caf%E9"),
    ],
)
def test_a_location_is_resolved_against_the_url(location, target):
    assert str(resolve_redirect(parse_request_url("https://example.com/dir/a"), location)) == target


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("ftp://example.com/", "redirect-scheme"),
        ("file:///etc/passwd", "redirect-scheme"),
        ("javascript:alert(1)", "redirect-scheme"),
        ("http://[::1", "url-invalid"),
        ("//]@", "url-invalid"),
        ("https://a..b/", "url-invalid"),
    ],
)
def test_an_invalid_location_is_refused(location, reason):
    with pytest.raises(RefusedError) as caught:
        resolve_redirect(parse_request_url("https://example.com/"), location)
    assert caught.value.fault.reason == reason


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("http://Example.COM/", "example.com:80"),
        ("http://example.com.:80/x", "example.com:80"),
        ("https://example.com/", "example.com:443"),
        ("http://xn--a.example/", "xn--a.example:80"),
        ("http://[::1]:8080/", "::1:8080"),
    ],
)
def test_every_spelling_of_a_host_has_one_key(text, host):
    assert host_key(parse_request_url(text)) == host
