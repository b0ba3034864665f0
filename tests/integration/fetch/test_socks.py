"""Requests through SOCKS proxies: what they receive, and what is never sent to them."""

import socket

import pytest

from sitemap_cli.fetch.transport import resolver
from sitemap_cli.fetch.transport.proxy import ProxySelector
from sitemap_cli.settings import Settings
from tests.socks import Socks
from tests.web import TLS, Answer, redirect

CA = str(TLS / "localhost.pem")
NAMED = ["socks4a", "socks5h"]
ADDRESSED = ["socks4", "socks5"]


def looking_up(monkeypatch, *addresses):
    """Give all names these IP addresses, and return the list of names that get resolved."""
    resolved = []

    def getaddrinfo(host, *_, **__):
        resolved.append(host)
        known = [host] if host[0].isdigit() else addresses
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in known]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    return resolved


@pytest.mark.parametrize("scheme", NAMED)
async def test_a_resolving_proxy_receives_the_name(site, visit, monkeypatch, scheme):
    resolved = looking_up(monkeypatch, "192.0.2.1")
    site.routes["/a.xml"] = Answer(b"there")
    with Socks(leads=("127.0.0.1", site.port)) as socks:
        ask = visit(proxy=f"{scheme}://{socks.netloc}", allow_private=False)
        response, content = await ask("http://example.com/a.xml")
        assert (content, response.fault) == (b"there", None)
        await ask("http://example.com/a.xml")
    assert socks.asked == [("example.com", 80)]
    assert site.hits[0].headers["host"] == "example.com"
    assert resolved == ["127.0.0.1"]


@pytest.mark.parametrize("scheme", ADDRESSED)
async def test_other_proxies_receive_the_address(site, visit, monkeypatch, scheme):
    looking_up(monkeypatch, "8.8.4.4")
    site.routes["/a.xml"] = Answer(b"there")
    with Socks(leads=("127.0.0.1", site.port)) as socks:
        ask = visit(proxy=f"{scheme}://{socks.netloc}", allow_private=False)
        response, content = await ask("http://example.com/a.xml")
    assert (content, response.fault) == (b"there", None)
    assert socks.asked == [("8.8.4.4", 80)]


@pytest.mark.parametrize("scheme", [*NAMED, *ADDRESSED])
async def test_tls_verifies_the_name_of_the_site(tls_site, visit, scheme):
    tls_site.routes["/a.xml"] = Answer(b"there")
    with Socks(leads=("127.0.0.1", tls_site.port)) as socks:
        proxy = f"{scheme}://{socks.netloc}"
        ask = visit(proxy=proxy, cacert=CA, resolve=("localhost:443:8.8.4.4",))
        assert (await ask("https://localhost/a.xml"))[1] == b"there"
        ask = visit(proxy=proxy, cacert=CA, resolve=("other.example:443:8.8.4.4",))
        response, _ = await ask("https://other.example/a.xml")
    assert response.fault.reason == "tls-error"
    assert "Hostname mismatch" in response.fault.message
    assert socks.asked == [("8.8.4.4", 443)] * 2


@pytest.mark.parametrize("scheme", [*NAMED, *ADDRESSED])
@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.0.0.1", "169.254.169.254", "::1", "64:ff9b::7f00:1", "::ffff:127.0.0.1"]
)
async def test_a_private_address_is_never_sent_to_a_proxy(visit, scheme, address):
    pin = f"rebound.example:80:{address}"
    with Socks() as socks:
        ask = visit(proxy=f"{scheme}://{socks.netloc}", allow_private=False, resolve=(pin,))
        response, _ = await ask("http://rebound.example/")
    assert (response.fault.reason, socks.connections) == ("blocked-address", 0)


async def test_a_name_with_a_private_address_is_refused(visit, monkeypatch):
    looking_up(monkeypatch, "192.168.0.1")
    with Socks() as socks:
        ask = visit(proxy=f"socks5://{socks.netloc}", allow_private=False)
        response, _ = await ask("http://rebound.example/")
    assert (response.fault.reason, socks.connections) == ("blocked-address", 0)


async def test_a_private_address_before_a_public_one_is_skipped(site, visit, monkeypatch):
    looking_up(monkeypatch, "192.168.0.1", "8.8.4.4")
    with Socks(leads=("127.0.0.1", site.port)) as socks:
        ask = visit(proxy=f"socks5://{socks.netloc}", allow_private=False)
        await ask("http://example.com/")
    assert socks.asked == [("8.8.4.4", 80)]


async def test_a_redirect_to_a_private_address_does_not_reach_the_proxy(site, visit):
    site.routes["/a.xml"] = redirect("http://169.254.169.254/latest/meta-data")
    with Socks(leads=("127.0.0.1", site.port)) as socks:
        ask = visit(proxy=f"socks5h://{socks.netloc}", allow_private=False)
        response, _ = await ask("http://example.com/a.xml")
    assert (response.fault.reason, socks.asked) == ("blocked-address", [("example.com", 80)])


async def test_socks_credentials_are_sent_and_never_shown(site, visit):
    site.routes["/a.xml"] = Answer(b"there")
    with Socks(login=("me", "secret"), leads=("127.0.0.1", site.port)) as socks:
        proxy = f"socks5h://me:secret@{socks.netloc}"
        assert (await visit(proxy=proxy)("http://example.com/a.xml"))[1] == b"there"
        response, _ = await visit(proxy=proxy.replace("secret", "wrong1"), retries=0)("http://example.com/")
        assert response.fault.reason == "connection-failed"
        assert response.fault.message == (
            "the connection failed: the proxy responded: Username and password authentication failure"
        )
        response, _ = await visit(proxy=f"socks5h://{socks.netloc}", retries=0)("http://example.com/")
        assert "No acceptable authentication methods" in response.fault.message
    assert socks.asked == [("example.com", 80)]
    assert "secret" not in str(site.hits)
    assert "secret" not in repr(ProxySelector(Settings(proxy=proxy, allow_private=True))._by_scheme)


async def test_each_address_of_a_proxy_is_tried(site, visit):
    site.routes["/a.xml"] = Answer(b"there")
    with Socks(leads=("127.0.0.1", site.port)) as socks:
        pin = f"proxy.example:{socks.port}:[::1],127.0.0.9,127.0.0.1"
        ask = visit(proxy=f"socks5h://proxy.example:{socks.port}", resolve=(pin,))
        assert (await ask("http://example.com/a.xml"))[1] == b"there"


async def test_socks_4_sends_a_user(site, visit):
    with Socks(leads=("127.0.0.1", site.port)) as socks:
        await visit(proxy=f"socks4a://me@{socks.netloc}")("http://example.com/a.xml")
    assert (socks.users, site.paths) == (["me"], ["/a.xml"])


@pytest.mark.parametrize(
    ("scheme", "code", "reason", "message"),
    [
        ("socks5h", 5, "connection-refused", "the connection failed: Connection refused"),
        ("socks5h", 4, "connection-failed", "the connection failed: the proxy responded: Host unreachable"),
        (
            "socks5h",
            2,
            "connection-failed",
            "the connection failed: the proxy responded: Connection not allowed",
        ),
        (
            "socks5h",
            99,
            "connection-failed",
            "the connection failed: the proxy responded: Invalid reply code",
        ),
        (
            "socks4a",
            0x5B,
            "connection-failed",
            "the connection failed: the proxy responded: Request rejected or fail",
        ),
    ],
)
async def test_a_refusal_of_the_proxy_is_reported(visit, scheme, code, reason, message):
    with Socks(refusal=code) as socks:
        response, _ = await visit(proxy=f"{scheme}://{socks.netloc}", retries=0)("http://example.com/")
    assert response.fault.reason == reason
    assert response.fault.message.startswith(message)


async def test_a_proxy_that_does_not_speak_socks_is_reported(site, visit):
    response, _ = await visit(proxy=f"socks5h://{site.netloc}", retries=0)("http://example.com/")
    assert response.fault.reason == "connection-failed"
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        proxy = f"socks5h://127.0.0.1:{silent.getsockname()[1]}"
        ask = visit(proxy=proxy, connect_timeout=0.2, retries=0)
        response, _ = await ask("http://example.com/")
    assert response.fault.reason == "timeout-connect"


async def test_socks_4_does_not_support_ipv6(socks, visit):
    ask = visit(proxy=f"socks4://{socks.netloc}", retries=0, resolve=("example.com:80:2606:4700::1",))
    response, _ = await ask("http://example.com/")
    assert response.fault.reason == "connection-failed"
    assert "IPv6" in response.fault.message
    assert socks.asked == []
