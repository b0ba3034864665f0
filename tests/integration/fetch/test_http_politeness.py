"""How many requests and connections the HTTP fetcher uses, and what it does not send."""

import asyncio
import errno
import io
import threading

import pytest

from sitemap_cli.errors import StorageError
from sitemap_cli.fetch import response_body
from sitemap_cli.fetch.response_body import IN_MEMORY, BodyWriter
from sitemap_cli.fetch.ssrf_guard import SsrfGuard
from sitemap_cli.fetch.transport import exchange
from tests.patience import PATIENCE, stretched
from tests.web import Answer, Site, in_turn, redirect, urlset

DOCUMENT = urlset(*(f"https://example.com/{number}" for number in range(3000)))
GZIP = (("Content-Encoding", "gzip"),)


@pytest.fixture
def other():
    """Run a site on another host."""
    with Site() as running:
        yield running


async def test_the_number_of_requests_is_limited_by_the_retries(site, visit):
    site.routes["*"] = Answer(raw=b"")
    ask = visit(retries=0)
    response, _ = await ask(f"{site.url}/a.xml")
    assert (response.attempts, len(site.hits)) == (1, 1)


async def test_a_stale_connection_costs_no_attempt(site, visit):
    site.routes["/a.xml"] = in_turn(Answer(b"one"), Answer(raw=b""), Answer(b"two"))
    ask = visit(retries=0)
    _, first = await ask(f"{site.url}/a.xml")
    response, second = await ask(f"{site.url}/a.xml")
    assert (first, second, response.attempts, site.connections) == (b"one", b"two", 1, 2)


async def test_a_flaky_server_is_retried(site, visit):
    site.routes["/a.xml"] = in_turn(Answer(status=503, close=True), Answer(reset=True), Answer(DOCUMENT))
    response, content = await visit()(f"{site.url}/a.xml")
    assert (content, response.attempts, site.count("/a.xml")) == (DOCUMENT, 3, 3)


async def test_a_server_that_is_down_gets_three_requests(site, visit):
    site.routes["/a.xml"] = Answer(b"down", 503)
    response, content = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.fault, content, response.attempts) == (503, None, None, 3)
    assert site.count("/a.xml") == 3


async def test_a_retry_after_of_an_hour_is_not_waited_for(site, visit):
    site.routes["/a.xml"] = Answer(status=429, headers=(("Retry-After", "3600"),))
    response, _ = await visit()(f"{site.url}/a.xml")
    assert (response.status_code, response.attempts, site.count("/a.xml")) == (429, 1, 1)
    assert response.fault.reason == "rate-limited"
    assert "3600" in response.fault.message


@pytest.mark.parametrize("retries", [0, 1, 3])
@pytest.mark.parametrize("status", [429, 503])
async def test_a_retry_after_of_zero_uses_the_usual_backoff(site, visit, status, retries):
    site.routes["/a.xml"] = Answer(status=status, headers=(("Retry-After", "0"),))
    response, _ = await visit(retries=retries)(f"{site.url}/a.xml")
    assert (response.status_code, response.attempts, site.count("/a.xml")) == (status, *(retries + 1,) * 2)


async def test_a_retry_after_pauses_the_whole_host_but_no_other(site, other, visit):
    site.routes["/busy"] = in_turn(Answer(status=503, headers=(("Retry-After", "3"),)), Answer(b"again"))
    site.routes["/b.xml"] = Answer(b"b")
    other.routes["/c.xml"] = Answer(b"c")
    ask = visit(per_host=9, concurrency=2, retries=1, timeout=2.9)
    clock = asyncio.get_running_loop().time
    began = clock()
    refused, _ = await ask(f"{site.url}/busy")
    assert refused.fault.reason == "unavailable"
    resting = [asyncio.create_task(ask(f"{site.url}/b.xml")) for _ in range(3)]
    assert (await ask(f"{other.url}/c.xml"))[1] == b"c"
    assert clock() - began < 2.9
    assert site.count("/b.xml") == 0
    assert [content for _, content in await asyncio.gather(*resting)] == [b"b"] * 3
    assert clock() - began > 2.9


async def test_a_crawl_delay_applies_to_its_host_only(site, other, visit):
    site.routes["/a.xml"] = redirect(f"{other.url}/b.xml")
    site.routes["/c.xml"] = Answer(b"c")
    other.routes["/b.xml"] = Answer(b"b")
    ask = visit()
    clock = asyncio.get_running_loop().time
    began = clock()
    await ask(f"{site.url}/a.xml", delay=0.5)
    await ask(f"{other.url}/b.xml")
    assert clock() - began < stretched(0.5)
    await ask(f"{site.url}/c.xml")
    assert clock() - began > 0.5


async def test_connections_are_reused(site, visit):
    site.routes["*"] = Answer(b"<html>nothing here</html>" * 500, 404)
    ask = visit()
    for number in range(5):
        await ask(f"{site.url}/{number}")
    assert (len(site.hits), site.connections) == (5, 1)


async def test_connections_per_host_are_limited(site, visit):
    site.routes["*"] = Answer(DOCUMENT, delay=0.01)
    ask = visit(per_host=3)
    await asyncio.gather(*(ask(f"{site.url}/{number}") for number in range(30)))
    assert len(site.hits) == 30
    assert site.peak <= 3
    assert site.connections <= 3


@pytest.mark.parametrize(
    ("tls", "answer"),
    [
        pytest.param(None, Answer(DOCUMENT), id="kept alive"),
        pytest.param(None, Answer(DOCUMENT, headers=(("Connection", "close"),)), id="closed"),
        pytest.param(None, Answer(b"x" * 200_000, 404), id="a long error page"),
        pytest.param(None, Answer(b"x" * 3_000_000), id="more than we read"),
        pytest.param(None, Answer(DOCUMENT, cut_after=100), id="cut"),
        pytest.param(None, Answer(DOCUMENT, cut_after=100, reset=True), id="reset"),
        pytest.param("localhost", Answer(DOCUMENT), id="kept alive, over TLS"),
        pytest.param("localhost", Answer(b"x" * 200_000, 404), id="a long error page, over TLS"),
        pytest.param("localhost", Answer(b"x" * 3_000_000), id="more than we read, over TLS"),
    ],
)
async def test_connections_per_host_are_limited_including_idle_ones(visit, tls, answer, monkeypatch):
    """Idle connections count too, and the host is spelled in several ways."""
    sockets, most = [], []
    make = SsrfGuard.create_socket

    def watched(*about):
        sockets.append(make(*about))
        most.append(sum(each.fileno() != -1 for each in sockets))
        return sockets[-1]

    monkeypatch.setattr(SsrfGuard, "create_socket", watched)
    with Site(tls=tls) as site:
        site.routes["*"] = answer
        pin = f"site.test:{site.port}:{site.address}"
        ask = visit(per_host=2, insecure=True, max_bytes=500_000, resolve=(pin,))
        hosts = ("site.test", "SITE.test", "Site.Test", "site.test.")
        urls = (f"{site.url}/{number}".replace(site.address, host) for number in range(10) for host in hosts)
        response = await asyncio.gather(*map(ask, urls))
        assert all(each.status_code in (200, 404) for each, _ in response)
        # What was cut off is requested again.
        assert len(site.hits) == sum(each.attempts for each, _ in response)
        assert max(most) <= 2


async def test_waiting_in_the_queue_does_not_count_against_the_deadline(site, visit):
    gate = threading.Event()
    site.routes["/slow"] = Answer(b"slow", gate=gate)
    site.routes["/quick"] = Answer(b"quick")
    ask = visit(per_host=1, timeout=4.0, retries=0)
    slow = asyncio.create_task(ask(f"{site.url}/slow"))
    await asyncio.to_thread(site.asked.wait, PATIENCE)
    quick = asyncio.create_task(ask(f"{site.url}/quick"))
    response, _ = await slow
    gate.set()
    assert response.fault.reason == "deadline"
    response, content = await quick
    assert (content, response.ok) == (b"quick", True)


async def test_a_cancelled_fetch_releases_everything(site, visit, monkeypatch):
    on_disk = asyncio.Event()

    class Watched(BodyWriter):
        def write(self, data):
            yield from super().write(data)
            if self.wire_bytes > IN_MEMORY:
                on_disk.set()

    monkeypatch.setattr(exchange, "BodyWriter", Watched)
    site.routes["/a.xml"] = Answer(DOCUMENT * 40, cut_after=3_000_000, hang=True)
    ask = visit()
    task = asyncio.create_task(ask(f"{site.url}/a.xml"))
    await on_disk.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    site.routes["/b.xml"] = Answer(b"next")
    assert (await ask(f"{site.url}/b.xml"))[1] == b"next"


async def test_a_full_disk_is_a_storage_error(site, visit, monkeypatch):
    class Full(io.BytesIO):
        def write(self, _):
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(response_body.tempfile, "TemporaryFile", Full)
    site.routes["/a.xml"] = Answer(DOCUMENT * 40)
    with pytest.raises(StorageError, match="No space left on device"):
        await visit()(f"{site.url}/a.xml")


async def test_cookies_are_neither_stored_nor_sent(site, visit):
    site.routes["*"] = Answer(b"x", headers=(("Set-Cookie", "a=b; Path=/"),) * 100)
    ask = visit()
    await ask(f"{site.url}/a.xml")
    await ask(f"{site.url}/b.xml")
    assert all("cookie" not in hit.headers for hit in site.hits)


async def test_proxies_and_netrc_of_the_environment_are_ignored(site, visit, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    site.routes["/a.xml"] = redirect("/b.xml")
    site.routes["/b.xml"] = Answer(b"x")
    response, _ = await visit()(f"{site.url}/a.xml")
    assert response.ok
    assert all("authorization" not in hit.headers for hit in site.hits)


async def test_an_unused_fetcher_can_be_closed(visit):
    await visit().fetcher.close()
