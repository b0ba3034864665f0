"""Names and passwords are removed from URLs."""

import pytest

from sitemap_cli.redaction import (
    redact_proxy_url,
    redact_text,
    redact_typed_url,
    redact_url,
    redact_words,
)


@pytest.mark.parametrize(
    ("url", "redacted"),
    [
        ("https://u:p@example.com/x@y", "https://example.com/x@y"),
        ("https://u:p%40@[::1", "https://[::1"),
        ("//u@example.com", "//example.com"),
        ("https://example.com/?a=b@c", "https://example.com/?a=b@c"),
        ("someone@example.com", "someone@example.com"),
    ],
)
def test_a_url_is_redacted_even_if_it_is_malformed(url, redacted):
    assert redact_url(url) == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("https://u:p@example.com/x@y", "https://example.com/x@y"),
        ("u:p@example.com/x", "example.com/x"),
        ("example.com", "example.com"),
    ],
)
def test_a_typed_url_is_redacted_without_a_scheme_too(text, redacted):
    assert redact_typed_url(text) == redacted


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("http://u:p/w@proxy:8080", "http://proxy:8080"),
        ("u:p@proxy", "proxy"),
        ("http://proxy:8080", "http://proxy:8080"),
    ],
)
def test_the_password_of_a_proxy_may_contain_a_slash(text, redacted):
    assert redact_proxy_url(text) == redacted


def test_all_urls_in_a_text_are_redacted():
    text = 'see http://u:p@a.example/ and "//x@b.example", or write to someone@c.example'
    assert redact_text(text) == 'see http://a.example/ and "//b.example", or write to someone@c.example'


@pytest.mark.parametrize(
    ("text", "redacted"),
    [
        ("unknown job (http://u:p@a.example/)", "unknown job (http://a.example/)"),
        ("cannot read (u:p@a.example): why", "cannot read (a.example): why"),
        ("https:/u:p@a.example/x", "https:/a.example/x"),
        ("https://u:p/w@a.example/x", "https://a.example/x"),
        ("https://u:p#w@a.example:80/x", "https://a.example:80/x"),
        ("u:p@bad host", "bad host"),
        ('["https://u:p@a.example/"]', '["https://a.example/"]'),
        ("'u:p@a.example',", "'a.example',"),
        ("one,u:p@a.example", "a.example"),
        ("write to someone@a.example", "write to someone@a.example"),
        ("mailto:someone@a.example", "mailto:someone@a.example"),
        ("https://a.example/@me:x", "https://a.example/@me:x"),
        ("https://a.example:8080/x@y", "https://a.example:8080/x@y"),
        ("http://[::1]:80/x@y", "http://[::1]:80/x@y"),
        ("nothing", "nothing"),
    ],
)
def test_all_words_that_a_user_typed_are_redacted(text, redacted):
    assert redact_words(text) == redacted
