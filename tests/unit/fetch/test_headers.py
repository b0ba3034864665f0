"""Request headers: a contact for every site, and credentials for one origin only."""

import pytest
from yarl import URL

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.headers import RequestHeaders
from sitemap_cli.fetch.interface import Request
from sitemap_cli.settings import Settings

HOME = URL("http://example.com/")
SECRETS = {"header": ("X-Key: secret",), "cookie": ("a=secret",), "user": "me:secret"}


def headers(url: str, home: URL = HOME, **options):
    identity = RequestHeaders(Settings(user_agent="sitemap/9", **options))
    return identity.build_headers(Request(url), URL(url), home)


@pytest.mark.parametrize(
    ("contact", "agent", "mail"),
    [
        (None, "sitemap/9", None),
        ("me@example.org", "sitemap/9 (+me@example.org)", "me@example.org"),
        ("mailto:me@example.org", "sitemap/9 (+me@example.org)", "me@example.org"),
        (
            "o'neil+bot@mail.example.org",
            "sitemap/9 (+o'neil+bot@mail.example.org)",
            "o'neil+bot@mail.example.org",
        ),
        ("https://example.org/bot", "sitemap/9 (+https://example.org/bot)", None),
        ("https://example.org/@me?a=b#top", "sitemap/9 (+https://example.org/@me?a=b#top)", None),
    ],
)
def test_the_contact_is_sent_to_every_site(contact, agent, mail):
    for url in ("http://example.com/", "https://elsewhere.example/"):
        sent = headers(url, contact=contact)
        assert (sent["User-Agent"], sent.get("From")) == (agent, mail)


@pytest.mark.parametrize(
    "contact",
    [
        "",
        "me",
        "me@",
        "@example.org",
        "me@example.org, you@example.org",
        "me@example.org\r\nX-Key: 1",
        "ich@bücher.example",
        "example.org",
        "ftp://example.org/",
        "javascript:alert(1)",
        "https://",
        "https://example.org/a b",
        "https://example.org/)",
        "https://example.org/(",
        "https://example.org/\\",
        "https://example.org/\n",
        "https://bücher.example/",
        "https://me:secret@example.org/",
    ],
)
def test_an_invalid_contact_is_a_configuration_error(contact):
    with pytest.raises(ConfigurationError, match=r"--contact.*mail address.*web page") as caught:
        RequestHeaders(Settings(contact=contact))
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "home", "sent"),
    [
        ("http://example.com/a.xml", "http://example.com/", True),
        ("http://example.com:80/a.xml", "http://example.com/", True),
        ("http://EXAMPLE.com./a.xml", "http://example.com/", True),
        ("https://example.com/a.xml", "http://example.com/", True),
        ("https://example.com:443/a.xml", "http://example.com:80/", True),
        ("http://example.com/a.xml", "https://example.com/", False),
        ("http://example.com:8080/a.xml", "http://example.com/", False),
        ("https://example.com:80/a.xml", "http://example.com/", False),
        ("https://example.com/a.xml", "http://example.com:8080/", False),
        ("https://example.com:8080/a.xml", "http://example.com:8080/", False),
        ("http://www.example.com/a.xml", "http://example.com/", False),
        ("http://example.com.evil.example/a.xml", "http://example.com/", False),
        ("http://evilexample.com/a.xml", "http://example.com/", False),
        ("http://127.0.0.1/a.xml", "http://example.com/", False),
    ],
)
def test_credentials_are_sent_to_one_origin_and_its_https_twin(url, home, sent):
    given = headers(url, URL(home), contact="me@example.org", **SECRETS)
    assert {"X-Key", "Cookie", "Authorization"} <= given.keys() if sent else "secret" not in str(given)
    assert given["From"] == "me@example.org"


def test_a_header_of_the_user_replaces_the_default_in_any_case():
    sent = headers("http://example.com/", header=("user-agent: mine", "X-KEY: 1", "x-key: 2"))
    assert sent == {"Accept-Encoding": "gzip", "user-agent": "mine", "x-key": "2"}
    assert headers("http://elsewhere.example/", header=("user-agent: mine",))["User-Agent"] == "sitemap/9"
