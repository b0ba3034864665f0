"""Host names are resolved or pinned, cached for a while, and never delay the exit."""

import asyncio
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

import aiohttp
import pytest

from sitemap_cli.errors import ConfigurationError
from sitemap_cli.fetch.ssrf_guard import SsrfGuard
from sitemap_cli.fetch.transport import connectors, resolver
from sitemap_cli.fetch.transport.resolver import MAX_THREADS, Resolver
from sitemap_cli.fetch.transport.response_handler import IdlePool
from tests.acceptance.command import Program
from tests.patience import PATIENCE, stretched
from tests.web import Answer, Site

BOTH = "example.com:{port}:[::1],127.0.0.1"


@pytest.fixture
def swallowing():
    """Return a port of ::1 that neither accepts nor refuses connections, like a firewall."""
    with (
        socket.socket(socket.AF_INET6) as full,
        socket.socket(socket.AF_INET6) as a,
        socket.socket(socket.AF_INET6) as b,
    ):
        yield full, (a, b)


async def test_ipv4_is_used_when_ipv6_is_silent(site, visit, swallowing):
    full, clients = swallowing
    full.bind(("::1", site.port))
    full.listen(0)
    for each in clients:
        each.setblocking(False)
        each.connect_ex(full.getsockname())
    site.routes["/a.xml"] = Answer(b"x")
    began = time.monotonic()
    ask = visit(resolve=(BOTH.format(port=site.port),))
    response, content = await ask(f"http://example.com:{site.port}/a.xml")
    assert (content, response.attempts) == (b"x", 1)
    assert time.monotonic() - began < stretched(10)


async def test_ipv4_is_used_when_ipv6_refuses(site, visit):
    site.routes["/a.xml"] = Answer(b"x")
    ask = visit(resolve=(BOTH.format(port=site.port),))
    response, content = await ask(f"http://example.com:{site.port}/a.xml")
    assert (content, response.attempts) == (b"x", 1)


async def test_a_host_that_has_only_ipv6_is_reached(visit):
    with Site(address="::1", routes={"/a.xml": Answer(b"x")}) as site:
        assert (await visit()(f"http://[::1]:{site.port}/a.xml"))[1] == b"x"
        ask = visit(resolve=(f"six.example:{site.port}:::1",))
        assert (await ask(f"http://six.example:{site.port}/a.xml"))[1] == b"x"


@pytest.mark.parametrize(
    ("pins", "host", "port", "addresses"),
    [
        (["example.com:80:127.0.0.1"], "example.com", 80, ["127.0.0.1"]),
        (["EXAMPLE.com.:80:127.0.0.1"], "Example.com.", 80, ["127.0.0.1"]),
        (["example.com:80:127.0.0.1,::1"], "example.com", 80, ["127.0.0.1", "::1"]),
        (["example.com:80:[::1],127.0.0.1"], "example.com", 80, ["::1", "127.0.0.1"]),
        (["example.com:80:2001:db8::1"], "example.com", 80, ["2001:db8::1"]),
        (["bücher.example:80:127.0.0.1"], "xn--bcher-kva.example", 80, ["127.0.0.1"]),
        (["*:80:127.0.0.1"], "anybody.example", 80, ["127.0.0.1"]),
        (["*:80:127.0.0.1", "example.com:80:127.0.0.2"], "example.com", 80, ["127.0.0.2"]),
        (["example.com:80:127.0.0.1", "example.com:80:127.0.0.2"], "example.com", 80, ["127.0.0.2"]),
        (["example.com:80:127.0.0.1"], "example.com", 81, []),
        (["*:80:127.0.0.1"], "example.com", 443, []),
    ],
)
def test_resolve_works_as_in_curl(pins, host, port, addresses):
    assert Resolver(pins).find_pins(host, port) == addresses


@pytest.mark.parametrize(
    "pin",
    [
        "",
        "example.com",
        "example.com:80",
        "example.com:80:",
        "example.com:80:elsewhere",
        "example.com:http:127.0.0.1",
        "example.com:99999:127.0.0.1",
        "*:x:127.0.0.1",
        ":80:127.0.0.1",
        "[::1]:80:127.0.0.1",
    ],
)
def test_an_invalid_pin_is_a_configuration_error(pin):
    with pytest.raises(ConfigurationError, match="expected HOST:PORT:ADDR"):
        Resolver([pin])


async def test_resolved_names_are_cached(site, visit, monkeypatch):
    queried = []

    def getaddrinfo(host, *_, **__):
        queried.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    site.routes["/a.xml"] = Answer(b"x", close=True)
    ask = visit()
    await asyncio.gather(*(ask(f"http://example.com:{site.port}/a.xml") for _ in range(10)))
    await ask(f"http://example.com:{site.port}/a.xml")
    assert (queried, site.count("/a.xml")) == (["example.com"], 11)


async def test_at_most_a_thousand_names_are_cached_for_five_minutes():
    guard = SsrfGuard(allow_private=True, networks=())
    connector = connectors.create_connector(None, guard, Resolver(["*:80:127.0.0.1"]), IdlePool(1))
    async with aiohttp.ClientSession(connector=connector):
        for number in range(1100):
            await connector._resolve_host(f"h{number}.example", 80)
        names = connector._cached_hosts
        assert (len(names._addrs_rr), len(names._timestamps), names._ttl) == (1000, 1000, 300)
        assert ("h0.example", 80) not in names


async def test_threads_are_limited_and_a_silent_name_does_not_block_others(monkeypatch):
    answer, full, asking = threading.Event(), threading.Event(), []

    def getaddrinfo(host, *_, **__):
        if host.startswith("silent"):
            asking.append(host)
            if len(asking) == MAX_THREADS:
                full.set()
            answer.wait(PATIENCE)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(resolver.socket, "getaddrinfo", getaddrinfo)
    names = Resolver([])
    silent = [asyncio.create_task(names.resolve(f"silent{n}.example")) for n in range(MAX_THREADS - 1)]
    assert (await names.resolve("quick.example"))[0]["host"] == "127.0.0.1"
    silent += [asyncio.create_task(names.resolve(f"silent{n}.example")) for n in range(MAX_THREADS, 200)]
    late = asyncio.create_task(names.resolve("quick.example"))
    await asyncio.to_thread(full.wait, PATIENCE)
    assert len(asking) == MAX_THREADS
    # A cancelled query leaves its thread running; its slot is free when the thread has ended.
    for task in silent:
        task.cancel()
    await asyncio.gather(*silent, return_exceptions=True)
    assert not late.done()
    answer.set()
    assert (await late)[0]["host"] == "127.0.0.1"
    assert not names.pending


HANGING = """
import socket, sys, time

def getaddrinfo(*_, **__):
    print("queried", file=sys.stderr, flush=True)
    time.sleep(300)

socket.getaddrinfo = getaddrinfo
"""


@pytest.fixture
def deaf(tmp_path: Path) -> Program:
    """Run the program on a machine with a silent name server."""
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(HANGING)
    return Program(tmp_path, {"PYTHONPATH": str(tmp_path / "site"), "SITEMAP_RETRIES": "0"})


def test_a_silent_name_server_does_not_delay_the_exit(deaf):
    done = deaf("robots", "https://example.com", "--connect-timeout", "0.2")
    assert (done.code, done.lines) == (4, [])
    assert "the name server did not respond in time for example.com" in done.err


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_stops_the_program_while_a_name_server_is_silent(deaf, number, code):
    process = deaf.start("analyze", "https://example.com", stdout=subprocess.DEVNULL)
    assert process.stderr is not None
    assert process.stderr.readline() == b"queried\n"
    process.send_signal(number)
    began = time.monotonic()
    with process:
        process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert time.monotonic() - began < stretched(5)
