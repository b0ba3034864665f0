"""Requests through HTTP proxies, with and without TLS, and what all proxies have in common."""

import pytest

from tests.tunnel import Tunnel
from tests.web import TLS, Answer, Site

CA = str(TLS / "localhost.pem")
NAMED = ["socks4a", "socks5h"]
ADDRESSED = ["socks4", "socks5"]


async def test_the_password_of_an_http_proxy_is_sent_to_it_only(site, visit):
    site.routes["*"] = Answer(b"by proxy")
    proxy = f"http://me:secret@{site.netloc}"
    response, content = await visit(proxy=proxy, allow_private=False)("http://example.com/a.xml")
    assert (content, response.final_url) == (b"by proxy", "http://example.com/a.xml")
    assert site.paths == ["http://example.com/a.xml"]
    assert site.hits[0].headers["proxy-authorization"] == "Basic bWU6c2VjcmV0"
    assert "authorization" not in site.hits[0].headers


@pytest.mark.parametrize("over_tls", [False, True])
async def test_https_goes_through_a_tunnel_and_the_password_of_the_proxy_does_not(tls_site, visit, over_tls):
    tls_site.routes["/a.xml"] = Answer(b"there")
    with Tunnel(leads=("127.0.0.1", tls_site.port), tls="localhost" if over_tls else None) as proxy:
        options = {"proxy": proxy.url.replace("://", "://me:secret@"), "cacert": CA}
        # The name does not exist here: the proxy resolves it, and the certificate is issued for it.
        response, content = await visit(**options)("https://localhost:444/a.xml")
    assert (content, response.fault) == (b"there", None)
    assert [(hit.method, hit.path) for hit in proxy.hits] == [("CONNECT", "localhost:444")]
    assert proxy.hits[0].headers["proxy-authorization"] == "Basic bWU6c2VjcmV0"
    assert "proxy-authorization" not in tls_site.hits[0].headers


async def test_plain_http_goes_through_a_proxy_that_speaks_tls(visit):
    with Tunnel(tls="localhost", routes={"*": Answer(b"there")}) as proxy:
        _, content = await visit(proxy=proxy.url, cacert=CA)("http://example.com/a.xml")
    assert (content, proxy.paths) == (b"there", ["http://example.com/a.xml"])


async def test_the_certificate_of_a_site_behind_a_tunnel_is_verified(visit):
    with Site(tls="elsewhere") as wrong, Tunnel(leads=("127.0.0.1", wrong.port)) as proxy:
        response, _ = await visit(proxy=proxy.url)("https://localhost/")
    assert response.fault.reason == "tls-error"
    assert wrong.hits == []


async def test_a_bad_certificate_of_the_proxy_is_a_proxy_fault(visit):
    with Tunnel(tls="elsewhere") as proxy:
        response, _ = await visit(proxy=proxy.url, retries=0)("https://localhost/")
    assert response.fault.reason == "connection-failed"
    assert response.fault.message.startswith("cannot connect to the proxy: ")
    assert "self-signed certificate" in response.fault.message
    assert proxy.hits == []


@pytest.mark.parametrize("scheme", ["http", *NAMED])
async def test_a_private_address_is_refused_behind_a_proxy_too(site, visit, scheme):
    for host in ("127.0.0.1", "0x7f.1", "[::1]", "169.254.169.254"):
        response, _ = await visit(proxy=f"{scheme}://{site.netloc}", allow_private=False)(f"http://{host}/")
        assert response.fault.reason == "blocked-address"
    assert site.connections == 0


async def test_a_refusing_or_missing_proxy_is_reported(site, visit):
    site.routes["*"] = Answer(status=502)
    response, _ = await visit(proxy=site.url, retries=0)("https://example.com/")
    assert (response.fault.reason, response.fault.message[:28]) == (
        "connection-failed",
        "the proxy responded with 502",
    )
    site.stop()
    for scheme in ("http", *NAMED, *ADDRESSED):
        ask = visit(proxy=f"{scheme}://{site.netloc}", retries=0, resolve=("example.com:443:127.0.0.9",))
        response, _ = await ask("https://example.com/")
        assert response.fault.message == "cannot connect to the proxy: Connection refused"


@pytest.mark.parametrize("scheme", ["http", "https", *NAMED])
async def test_an_unresolvable_proxy_is_a_proxy_fault(visit, scheme):
    response, _ = await visit(proxy=f"{scheme}://nowhere.invalid:1", retries=0)("http://example.com/")
    assert (response.fault.reason, response.fault.message) == (
        "connection-failed",
        "cannot connect to the proxy: the name ends in .invalid",
    )
