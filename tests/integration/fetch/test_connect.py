"""Failures before the first byte: host names, IP addresses and TLS."""

import asyncio
import socket
import threading

import pytest

from sitemap_cli.fetch.interface import Purpose, Request
from sitemap_cli.fetch.transport import resolver
from tests.patience import PATIENCE
from tests.web import TLS, Answer, Site, redirect


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("", "url-invalid"),
        ("nonsense", "url-invalid"),
        ("https://.", "url-invalid"),
        ("ftp://127.0.0.1/", "scheme-forbidden"),
        ("file:///etc/passwd", "scheme-forbidden"),
        ("http://nonexistent.invalid/", "dns-nxdomain"),
        ("http://2130706433/", "url-invalid"),
        ("https://müller.invalid/", "dns-nxdomain"),
        ("https://MÜLLER.INVALID./", "dns-nxdomain"),
        ("https://xn--.invalid/", "dns-nxdomain"),
        ("https://a..invalid/", "url-invalid"),
        ("https://.invalid/", "url-invalid"),
        (f"https://{'h' * 63}.invalid/", "dns-nxdomain"),
        (f"https://{'h' * 64}.invalid/", "url-invalid"),
        (f"https://{'ü' * 64}.invalid/", "url-invalid"),
        (f"https://{'h.' * 124}invalid/", "url-invalid"),
        ("https://a\u200db.invalid/", "url-invalid"),
        ("https://%2Fexample.invalid/", "url-invalid"),
        ("https://[::1%25lo]:x/", "url-invalid"),
    ],
)
async def test_a_request_that_cannot_be_sent_has_a_reason(visit, url, reason):
    response, content = await visit()(url)
    assert (response.fault.reason, response.status_code, content) == (reason, None, None)
    assert response.attempts == 1


async def test_a_closed_port_is_retried(visit):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    response, _ = await visit()(f"http://127.0.0.1:{port}/")
    assert (response.fault.reason, response.attempts) == ("connection-refused", 3)
    assert response.fault.message == "the connection failed: Connection refused"


@pytest.mark.parametrize(
    ("code", "reason", "queries"),
    [
        (socket.EAI_NONAME, "dns-nxdomain", 1),
        (socket.EAI_AGAIN, "dns-failure", 3),
        (socket.EAI_FAIL, "dns-failure", 3),
    ],
)
async def test_a_failing_name_server_is_retried_but_an_unknown_name_is_not(
    visit, monkeypatch, code, reason, queries
):
    calls = []

    def getaddrinfo(*_, **__):
        calls.append(1)
        raise socket.gaierror(code, "because")

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    response, _ = await visit()("http://example.com/")
    assert (response.fault.reason, len(calls), response.attempts) == (reason, queries, queries)


async def test_a_silent_name_server_differs_from_a_silent_host(visit, monkeypatch):
    answer = threading.Event()

    def getaddrinfo(*_, **__):
        answer.wait(PATIENCE)
        raise socket.gaierror(socket.EAI_AGAIN, "too late")

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    response, _ = await visit(connect_timeout=0.1, retries=0)("http://example.com/")
    answer.set()
    assert (response.fault.reason, response.fault.message) == (
        "dns-failure",
        "the name server did not respond in time for example.com",
    )


async def test_a_host_that_swallows_packets_times_out(visit):
    """A listener with a full queue behaves like a firewall."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        response, _ = await visit(connect_timeout=0.2, retries=1)(f"http://127.0.0.1:{port}/")
    assert (response.fault.reason, response.attempts) == ("timeout-connect", 2)


SPELLINGS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "[::ffff:127.0.0.1]"]


@pytest.mark.parametrize("host", [*SPELLINGS, "localhost", "pinned.example"])
async def test_no_packet_reaches_an_address_that_is_not_public(site, visit, host):
    pin = f"pinned.example:{site.port}:127.0.0.1"
    ask = visit(allow_private=False, resolve=(pin,))
    for purpose in Purpose:
        response, _ = await ask(f"http://{host}:{site.port}/", purpose)
        assert (response.fault.reason, response.attempts) == ("blocked-address", 1)
    assert (site.connections, site.hits) == (0, [])


async def test_a_redirect_into_the_private_network_is_blocked_before_it_connects(site, visit):
    with Site(address="127.0.0.2") as canary:
        site.routes["/a.xml"] = redirect(f"{canary.url}/latest/meta-data")
        response, _ = await visit(allow_private=False, allow_network=("127.0.0.1/32",))(f"{site.url}/a.xml")
        assert (response.fault.reason, canary.connections) == ("blocked-address", 0)
    assert response.final_url == f"{canary.url}/latest/meta-data"
    assert len(response.hops) == 1


async def test_a_name_that_is_public_first_and_private_later_is_blocked(site, visit, monkeypatch):
    def getaddrinfo(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    response, _ = await visit(allow_private=False)(f"http://rebound.example:{site.port}/")
    assert (response.fault.reason, site.connections) == ("blocked-address", 0)


async def test_a_pinned_name_resolves_to_the_address_of_the_user(site, visit):
    site.routes[f"pinned.example:{site.port}/a.xml"] = Answer(b"pinned")
    pin = f"Pinned.example:{site.port}:[::1],127.0.0.1"
    _, content = await visit(resolve=(pin,))(f"http://pinned.example:{site.port}/a.xml")
    assert content == b"pinned"


async def test_a_name_is_resolved_by_the_system(site, visit):
    site.routes["/a.xml"] = Answer(b"found")
    _, content = await visit()(f"http://localhost:{site.port}/a.xml")
    assert content == b"found"


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "tls-error"),
        ({"cacert": str(TLS / "elsewhere.pem")}, "tls-error"),
        ({"cacert": str(TLS / "localhost.pem")}, None),
        ({"insecure": True}, None),
    ],
)
async def test_certificates_are_verified_as_configured(tls_site, visit, options, reason):
    tls_site.routes["/a.xml"] = Answer(b"private")
    response, content = await visit(**options)(f"{tls_site.url}/a.xml")
    if reason is None:
        assert (content, response.ok) == (b"private", True)
    else:
        assert (response.fault.reason, response.attempts, tls_site.hits) == (reason, 1, [])
        assert "self-signed certificate" in response.fault.message


async def test_a_certificate_for_another_host_is_refused(visit):
    with Site(tls="elsewhere") as other:
        response, _ = await visit(cacert=str(TLS / "elsewhere.pem"))(f"{other.url}/a.xml")
    assert response.fault.reason == "tls-error"
    assert "IP address mismatch" in response.fault.message


async def test_a_port_without_tls_has_its_own_reason(site, visit):
    response, _ = await visit()(f"https://{site.netloc}/a.xml")
    assert (response.fault.reason, response.attempts, site.hits) == ("tls-not-spoken", 1, [])


async def test_a_port_that_closes_during_the_handshake_is_a_tls_error_or_reset(visit):
    async def close(_, writer):
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        response, _ = await visit(retries=0)(f"https://127.0.0.1:{port}/")
    assert response.fault.reason in ("tls-error", "connection-reset", "connection-closed")


async def test_a_handshake_that_hangs_times_out(visit):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        port = silent.getsockname()[1]
        response, _ = await visit(connect_timeout=0.2, retries=0)(f"https://127.0.0.1:{port}/")
    assert response.fault.reason == "timeout-connect"


async def test_only_an_upgrade_to_https_keeps_the_credentials(tls_site, site, visit):
    """On standard ports the https twin counts as the same site; on others it is another origin."""
    site.routes["/a.xml"] = redirect(f"{tls_site.url}/b.xml")
    tls_site.routes["/b.xml"] = Answer(b"x")
    options = {"insecure": True, "header": ("X-Key: secret",)}
    pins = (f"twin.example:80:{site.address}", f"twin.example:443:{site.address}")
    ask = visit(resolve=pins, **options)
    await ask(f"{site.url}/a.xml")
    assert "x-key" not in tls_site.hits[0].headers
    headers = ask.fetcher._headers
    request = Request("http://twin.example/")
    from yarl import URL

    home = URL("http://twin.example/")
    assert "X-Key" in headers.build_headers(request, URL("https://twin.example/"), home)
    assert "X-Key" not in headers.build_headers(request, URL("https://twin.example:444/"), home)
    assert "X-Key" not in headers.build_headers(
        request, URL("http://twin.example/"), URL("https://twin.example/")
    )
