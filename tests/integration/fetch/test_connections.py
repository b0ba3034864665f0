"""Idle connections: how many are kept, when they are reused, and what happens to unexpected data."""

import asyncio
import errno
from types import SimpleNamespace

import aiohttp
import pytest

from sitemap_cli.fetch.ssrf_guard import SsrfGuard
from sitemap_cli.fetch.transport import connectors
from tests.patience import PATIENCE
from tests.web import Answer, in_turn

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK"
OTHER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother"
EMPTY = ["100 Continue", "103 Early Hints", "204 No Content", "304 Not Modified"]


class Sockets:
    """Counts the sockets that the guard creates, and limits them."""

    def __init__(self, room=1_000):
        self.room = room
        self.most = 0
        self._made = []

    def socket(self, about):
        self._made = [each for each in self._made if each.fileno() != -1]
        if len(self._made) >= self.room:
            raise OSError(errno.EMFILE, "Too many open files")
        self._made.append(MAKE(ANYBODY, about))
        self.most = max(self.most, len(self._made))
        return self._made[-1]


MAKE = SsrfGuard.create_socket
ANYBODY = SsrfGuard(allow_private=True, networks=())


@pytest.fixture
def sockets(monkeypatch):
    counted = Sockets()
    monkeypatch.setattr(SsrfGuard, "create_socket", counted.socket)
    return counted


def names(site, count):
    """Return the URLs of documents on N hosts, all of them this site."""
    return [f"http://h{number}.test:{site.port}/a.xml" for number in range(count)]


def everywhere(site):
    return (f"*:{site.port}:{site.address}",)


async def test_many_hosts_leave_few_idle_connections(site, visit, sockets):
    site.routes["*"] = Answer(b"x")
    ask = visit(concurrency=2, resolve=everywhere(site))
    answers = await asyncio.gather(*map(ask, names(site, 60)))
    assert all(response.ok for response, _ in answers)
    assert sockets.most <= 4 * 2 + 2 + 2


async def test_an_active_host_keeps_its_connection(site, visit):
    site.routes["*"] = Answer(b"x")
    ask = visit(concurrency=1, resolve=everywhere(site))
    for url in names(site, 20):
        await ask(url)
        await ask(f"{site.url}/home.xml")
    assert site.connections == 20 + 1


async def test_idle_connections_are_closed_when_files_run_out(site, visit, sockets):
    sockets.room = 5
    site.routes["*"] = Answer(b"x")
    ask = visit(concurrency=4, retries=0, resolve=everywhere(site))
    answers = await asyncio.gather(*map(ask, names(site, 30)))
    assert [response.fault for response, _ in answers] == [None] * 30
    assert len(site.hits) == 30


async def test_too_many_open_files_are_retried_and_reported(site, visit, sockets):
    sockets.room = 0
    response, _ = await visit()(f"{site.url}/a.xml")
    assert (response.fault.reason, response.attempts) == ("connection-failed", 3)
    assert response.fault.message == "this process cannot open more files: Too many open files"


@pytest.mark.parametrize("retries", [0, 2])
async def test_a_drop_on_a_reused_connection_costs_no_attempt(site, visit, retries):
    site.routes["/a.xml"] = Answer(b"x", delay=0.1)
    site.routes["/drop"] = Answer(raw=b"")
    ask = visit(retries=retries, per_host=4)
    await asyncio.gather(*(ask(f"{site.url}/a.xml") for _ in range(4)))
    assert site.connections == 4
    response, _ = await ask(f"{site.url}/drop")
    assert (response.fault.reason, response.attempts) == ("connection-closed", retries + 1)
    assert site.count("/drop") == retries + 2


async def test_a_drop_is_followed_by_a_fresh_connection(site, visit):
    site.routes["/a.xml"] = Answer(b"x", delay=0.1)
    site.routes["/b.xml"] = in_turn(Answer(raw=b""), Answer(b"there"))
    ask = visit(retries=0, per_host=4)
    await asyncio.gather(*(ask(f"{site.url}/a.xml") for _ in range(4)))
    _, content = await ask(f"{site.url}/b.xml")
    assert (content, site.connections) == (b"there", 5)


@pytest.mark.parametrize("status", EMPTY)
@pytest.mark.parametrize("length", [b"", b"Content-Length: 5\r\n"])
async def test_the_status_survives_a_body_that_must_not_exist(site, visit, status, length):
    head = f"HTTP/1.1 {status}\r\n".encode() + length + b"\r\n"
    site.routes["/a.xml"] = Answer(raw=head + (OK if status[0] == "1" else b"hello"))
    response, content = await visit()(f"{site.url}/a.xml")
    assert response.fault is None
    assert response.status_code == (200 if status[0] == "1" else int(status[:3]))
    assert content == {200: b"OK", 204: b""}.get(response.status_code)


async def test_a_head_after_informational_responses_is_kept(site, visit):
    hints = b"HTTP/1.1 103 Early Hints\r\n\r\n" * 100
    site.routes["/a.xml"] = Answer(raw=hints + b"HTTP/1.1 404 No\r\nContent-Length: 2\r\n\r\nlonger")
    response, _ = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.fault) == (404, None)


async def test_data_on_an_idle_connection_is_never_a_response(visit):
    done, closed = asyncio.Event(), asyncio.Event()

    async def serve(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(OK)
        if not done.is_set():
            await done.wait()
            writer.write(OTHER)
            await reader.read()
            closed.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/a.xml"
        ask = visit(retries=0)
        assert (await ask(url))[1] == b"OK"
        done.set()
        await asyncio.wait_for(closed.wait(), PATIENCE)
        assert (await ask(url))[1] == b"OK"


@pytest.mark.parametrize("name", connectors.PRIVATE)
async def test_an_aiohttp_without_the_overridden_methods_is_refused(site, visit, monkeypatch, name):
    monkeypatch.delattr(aiohttp.TCPConnector, name)
    with pytest.raises(RuntimeError, match=name):
        await visit()(f"{site.url}/a.xml")
    assert site.connections == 0


async def test_an_aiohttp_without_the_replaced_attributes_is_refused(site, visit, monkeypatch):
    class Renamed(aiohttp.TCPConnector):
        def __init__(self, **options):
            super().__init__(**options)
            del self._factory

    with pytest.raises(RuntimeError, match="_ssl"):
        await connectors.HttpProxyConnector()._create_direct_connection(SimpleNamespace())
    monkeypatch.setattr(aiohttp, "TCPConnector", Renamed)
    with pytest.raises(RuntimeError, match="_factory"):
        await visit()(f"{site.url}/a.xml")
