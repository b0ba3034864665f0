"""Before the first byte: names, addresses and TLS."""

import asyncio
import socket
import threading

import pytest

from sitemap_cli.fetch.interface import Purpose, Request
from sitemap_cli.fetch.transport import resolver
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
        ("https://%65xample.invalid/", "url-invalid"),
        ("https://[::1%25lo]:x/", "url-invalid"),
    ],
)
async def test_what_cannot_be_asked_has_a_reason(visit, url, reason):
    fetched, content = await visit()(url)
    assert (fetched.fault.reason, fetched.status_code, content) == (reason, None, None)
    assert fetched.attempts == 1


async def test_a_closed_port_refuses_and_is_tried_again(visit):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    fetched, _ = await visit()(f"http://127.0.0.1:{port}/")
    assert (fetched.fault.reason, fetched.attempts) == ("connection-refused", 3)
    assert fetched.fault.message == "the connection failed: Connection refused"


@pytest.mark.parametrize(
    ("code", "reason", "asked"),
    [
        (socket.EAI_NONAME, "dns-nxdomain", 1),
        (socket.EAI_AGAIN, "dns-failure", 3),
        (socket.EAI_FAIL, "dns-failure", 3),
    ],
)
async def test_a_name_server_that_fails_is_asked_again_but_not_one_that_knows(
    visit, monkeypatch, code, reason, asked
):
    calls = []

    def getaddrinfo(*_, **__):
        calls.append(1)
        raise socket.gaierror(code, "because")

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    fetched, _ = await visit()("http://example.com/")
    assert (fetched.fault.reason, len(calls), fetched.attempts) == (reason, asked, asked)


async def test_a_silent_name_server_is_told_from_a_silent_host(visit, monkeypatch):
    answer = threading.Event()

    def getaddrinfo(*_, **__):
        answer.wait(30)
        raise socket.gaierror(socket.EAI_AGAIN, "too late")

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    fetched, _ = await visit(connect_timeout=0.1, retries=0)("http://example.com/")
    answer.set()
    assert (fetched.fault.reason, fetched.fault.message) == (
        "dns-failure",
        "the name server did not respond in time for example.com",
    )


async def test_a_host_that_swallows_packets_times_out(visit):
    """A listener whose queue is full does what a firewall does."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        port = full.getsockname()[1]
        fetched, _ = await visit(connect_timeout=0.2, retries=1)(f"http://127.0.0.1:{port}/")
    assert (fetched.fault.reason, fetched.attempts) == ("timeout-connect", 2)


SPELLINGS = ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "[::ffff:127.0.0.1]"]


@pytest.mark.parametrize("host", [*SPELLINGS, "localhost", "pinned.example"])
async def test_no_packet_reaches_an_address_that_is_not_public(site, visit, host):
    pin = f"pinned.example:{site.port}:127.0.0.1"
    ask = visit(allow_private=False, resolve=(pin,))
    for purpose in Purpose:
        fetched, _ = await ask(f"http://{host}:{site.port}/", purpose)
        assert (fetched.fault.reason, fetched.attempts) == ("blocked-address", 1)
    assert (site.connections, site.hits) == (0, [])


async def test_a_redirect_into_the_private_network_is_blocked_before_it_connects(site, visit):
    with Site(address="127.0.0.2") as canary:
        site.routes["/a.xml"] = redirect(f"{canary.url}/latest/meta-data")
        fetched, _ = await visit(allow_private=False, allow_network=("127.0.0.1/32",))(f"{site.url}/a.xml")
        assert (fetched.fault.reason, canary.connections) == ("blocked-address", 0)
    assert fetched.final_url == f"{canary.url}/latest/meta-data"
    assert len(fetched.hops) == 1


async def test_a_name_that_is_public_first_and_private_later_is_blocked(site, visit, monkeypatch):
    def getaddrinfo(*_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    fetched, _ = await visit(allow_private=False)(f"http://rebound.example:{site.port}/")
    assert (fetched.fault.reason, site.connections) == ("blocked-address", 0)


async def test_a_pinned_name_leads_where_the_user_says(site, visit):
    site.routes[f"pinned.example:{site.port}/a.xml"] = Answer(b"pinned")
    pin = f"Pinned.example:{site.port}:[::1],127.0.0.1"
    _, content = await visit(resolve=(pin,))(f"http://pinned.example:{site.port}/a.xml")
    assert content == b"pinned"


async def test_a_name_of_the_system_is_found(site, visit):
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
async def test_a_certificate_counts_as_the_user_says(tls_site, visit, options, reason):
    tls_site.routes["/a.xml"] = Answer(b"private")
    fetched, content = await visit(**options)(f"{tls_site.url}/a.xml")
    if reason is None:
        assert (content, fetched.ok) == (b"private", True)
    else:
        assert (fetched.fault.reason, fetched.attempts, tls_site.hits) == (reason, 1, [])
        assert "self-signed certificate" in fetched.fault.message


async def test_a_certificate_of_somebody_else_is_refused(visit):
    with Site(tls="elsewhere") as other:
        fetched, _ = await visit(cacert=str(TLS / "elsewhere.pem"))(f"{other.url}/a.xml")
    assert fetched.fault.reason == "tls-error"
    assert "IP address mismatch" in fetched.fault.message


async def test_a_port_that_does_not_speak_tls_is_told_apart(site, visit):
    fetched, _ = await visit()(f"https://{site.netloc}/a.xml")
    assert (fetched.fault.reason, fetched.attempts, site.hits) == ("tls-not-spoken", 1, [])


async def test_a_port_that_closes_during_the_handshake_is_a_tls_error_or_reset(visit):
    async def close(_, writer):
        writer.close()

    server = await asyncio.start_server(close, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        fetched, _ = await visit(retries=0)(f"https://127.0.0.1:{port}/")
    assert fetched.fault.reason in ("tls-error", "connection-reset", "connection-closed")


async def test_a_handshake_that_hangs_times_out(visit):
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        port = silent.getsockname()[1]
        fetched, _ = await visit(connect_timeout=0.2, retries=0)(f"https://127.0.0.1:{port}/")
    assert fetched.fault.reason == "timeout-connect"


async def test_an_upgrade_to_https_keeps_the_secrets_and_nothing_else_does(tls_site, site, visit):
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
