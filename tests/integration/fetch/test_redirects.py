"""Redirects are followed, recorded and limited, and never carry credentials to another site."""

import pytest

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.http_fetcher import HttpFetcher
from sitemap_cli.fetch.interface import Purpose
from sitemap_cli.settings import Settings
from tests.web import Answer, Site, redirect

SECRETS = {"header": ("X-Key: secret",), "cookie": ("a=1", "b=2"), "user": "me:pass"}


@pytest.fixture
def other():
    """Run a site on another origin."""
    with Site() as running:
        yield running


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
async def test_a_redirect_is_followed_and_recorded(site, visit, code):
    site.routes["/a.xml"] = redirect("b.xml?x=1", code)
    site.routes["/b.xml"] = redirect(f"{site.url}/c.xml")
    site.routes["/c.xml"] = Answer(b"here")
    response, content = await visit()(f"{site.url}/a.xml")
    assert content == b"here"
    assert (response.url, response.final_url) == (f"{site.url}/a.xml", f"{site.url}/c.xml")
    assert [(hop.url, hop.status_code) for hop in response.hops] == [
        (f"{site.url}/a.xml", code),
        (f"{site.url}/b.xml?x=1", 302),
    ]


async def test_a_redirect_without_location_is_only_a_status(site, visit):
    site.routes["/a.xml"] = Answer(status=302)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.fault, response.hops, content) == (302, None, (), None)


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/a.xml", "redirect-loop"),
        ("/b.xml", "redirect-loop"),
        ("#top", "redirect-loop"),
        ("file:///etc/passwd", "redirect-scheme"),
        ("ftp://127.0.0.1/", "redirect-scheme"),
        ("javascript:alert(1)", "redirect-scheme"),
        ("http://[::1", "url-invalid"),
        ("https://", "url-invalid"),
    ],
)
async def test_a_redirect_that_cannot_be_followed_has_a_reason(site, visit, location, reason):
    site.routes["/a.xml"] = redirect(location)
    site.routes["/b.xml"] = redirect("/a.xml")
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.fault.reason, response.status_code, content) == (reason, 302, None)
    assert len(response.hops) == len(site.hits) == (2 if location == "/b.xml" else 1)


async def test_a_redirect_that_requires_a_cookie_is_a_loop(site, visit):
    site.routes["/a.xml"] = Answer(status=302, headers=(("Location", "/a.xml"), ("Set-Cookie", "seen=1")))
    response, _ = await visit()(f"{site.url}/a.xml")
    assert (response.fault.reason, len(site.hits)) == ("redirect-loop", 1)
    assert response.fault.message.endswith("it sets a cookie, and crawlers send none back")


@pytest.mark.parametrize(
    ("purpose", "requests"), [(Purpose.SITEMAP, 11), (Purpose.PAGE, 11), (Purpose.ROBOTS, 6)]
)
async def test_an_endless_chain_ends_at_the_limit(site, visit, purpose, requests):
    site.routes["*"] = lambda hit: redirect(f"/{int(hit.path[1:]) + 1}")
    response, _ = await visit()(f"{site.url}/0", purpose)
    assert (response.fault.reason, len(site.hits), len(response.hops)) == (
        "redirect-limit",
        requests,
        requests,
    )


@pytest.mark.parametrize(("purpose", "hops"), [(Purpose.SITEMAP, 10), (Purpose.ROBOTS, 5)])
async def test_a_chain_at_the_limit_is_followed(site, visit, purpose, hops):
    site.routes["*"] = lambda hit: redirect(f"/{int(hit.path[1:]) + 1}")
    site.routes[f"/{hops}"] = Answer(b"here")
    response, content = await visit()(f"{site.url}/0", purpose)
    assert (content, len(response.hops)) == (b"here", hops)


async def test_a_downgrade_to_http_is_followed_and_reported(site, tls_site, visit):
    tls_site.routes["/a.xml"] = redirect(f"{site.url}/b.xml")
    site.routes["/b.xml"] = redirect("/c.xml")
    site.routes["/c.xml"] = Answer(b"x")
    response, content = await visit(insecure=True)(f"{tls_site.url}/a.xml")
    assert (content, response.fault) == (b"x", None)
    assert [(each.code, each.severity, each.message) for each in response.problems] == [
        ("redirect-downgrade", "warning", f"redirected from https to {site.url}/b.xml")
    ]


async def test_an_upgrade_to_https_is_no_problem(site, tls_site, visit):
    site.routes["/a.xml"] = redirect(f"{tls_site.url}/b.xml")
    tls_site.routes["/b.xml"] = Answer(b"x")
    response, content = await visit(insecure=True)(f"{site.url}/a.xml")
    assert (content, response.problems) == (b"x", ())


@pytest.mark.parametrize("purpose", Purpose)
async def test_https_only_sends_nothing_over_http(site, tls_site, visit, purpose):
    tls_site.routes["/a.xml"] = redirect(f"{site.url}/b.xml")
    ask = visit(insecure=True, https_only=True)
    for url in (f"{site.url}/b.xml", f"{tls_site.url}/a.xml"):
        response, content = await ask(url, purpose)
        assert (response.fault.reason, response.attempts, content) == ("https-only", 1, None)
        assert response.fault.message == f"{site.url}/b.xml is not https (--https-only)"
        assert response.final_url == f"{site.url}/b.xml"
    assert site.connections == 0


async def test_credentials_are_sent_to_their_site(site, visit):
    site.routes["/a.xml"] = redirect("/b.xml")
    site.routes["/b.xml"] = Answer(b"x")
    await visit(**SECRETS)(f"{site.url}/a.xml")
    for hit in site.hits:
        assert hit.headers["x-key"] == "secret"
        assert hit.headers["cookie"] == "a=1; b=2"
        assert hit.headers["authorization"] == "Basic bWU6cGFzcw=="


async def test_credentials_are_not_sent_to_another_origin_on_the_way(site, other, visit):
    site.routes["/a.xml"] = redirect(f"{other.url}/b.xml")
    other.routes["/b.xml"] = redirect(f"{site.url}/c.xml")
    site.routes["/c.xml"] = Answer(b"x")
    response, _ = await visit(**SECRETS)(f"{site.url}/a.xml")
    assert response.ok
    assert {"x-key", "cookie", "authorization"}.isdisjoint(other.hits[0].headers)
    assert site.hits[1].headers["x-key"] == "secret"


async def test_credentials_are_not_sent_to_a_child_on_another_site(site, other, visit):
    other.routes["/child.xml"] = Answer(b"x")
    await visit(**SECRETS)(f"{other.url}/child.xml", credentials_url=f"{site.url}/sitemap.xml")
    assert {"x-key", "cookie", "authorization"}.isdisjoint(other.hits[0].headers)


async def test_credentials_in_urls_are_neither_sent_nor_shown(site, visit):
    site.routes["/a.xml"] = redirect(f"http://eve:secret@{site.netloc}/b.xml")
    site.routes["/b.xml"] = redirect("ftp://eve:secret@example.com/")
    response, _ = await visit()(f"http://me:secret@{site.netloc}/a.xml")
    assert "secret" not in repr(response)
    assert response.url == f"{site.url}/a.xml"
    assert all("authorization" not in hit.headers for hit in site.hits)


async def test_an_invalid_url_does_not_show_its_credentials(visit):
    response, _ = await visit()("http://me:secret@[::1")
    assert response.fault.reason == "url-invalid"
    assert "secret" not in repr(response)


@pytest.mark.parametrize(
    "options",
    [
        {"header": ("no colon",)},
        {"header": ("Bad Name: x",)},
        {"header": ("X: a\r\nY: b",)},
        {"cookie": ("novalue",)},
        {"user_agent": "a\nb"},
        {"resolve": ("example.com:80",)},
        {"resolve": ("example.com:http:127.0.0.1",)},
        {"resolve": ("example.com:80:elsewhere",)},
        {"cacert": "/no/such/file"},
        {"cacert": __file__},
        {"allow_network": ("nonsense",)},
    ],
)
def test_an_invalid_option_is_a_configuration_error(options):
    with pytest.raises(ConfigurationError) as caught:
        HttpFetcher(Settings(**options))
    assert "secret" not in str(caught.value)
