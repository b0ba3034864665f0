"""The minimum speed of a body: dripping is given up; steady bodies and pauses are not."""

import asyncio
import time
from contextlib import suppress

import pytest

from sitemap_cli.fetch import min_speed
from tests.messages import Answer
from tests.patience import stretched
from tests.web import gz, urlset

URLS = urlset(*(f"https://a.example/{n}" for n in range(60)))
WINDOW = 0.4
# What the promise of every limit allows beyond it.
OVERRUN = 2.0


@pytest.fixture(autouse=True)
def short_window(monkeypatch):
    monkeypatch.setattr(min_speed, "WINDOW", WINDOW)


@pytest.mark.parametrize("body", [URLS, gz(URLS * 50)], ids=["plain", "gzip"])
@pytest.mark.parametrize("pace", [200, 800])
async def test_a_dripping_body_is_given_up_and_its_beginning_kept(site, visit, body, pace):
    site.routes["/a"] = Answer(body, pace=pace)
    began = time.monotonic()
    response, content = await visit(min_speed=1000, idle_timeout=20.0)(f"{site.url}/a")
    assert time.monotonic() - began < stretched(WINDOW + OVERRUN)
    assert (response.status_code, response.fault.reason, response.attempts) == (200, "too-slow", 1)
    assert "1,000 bytes" in response.fault.message
    assert 0 < response.wire_bytes < len(body)
    assert URLS.startswith(content) or content == b"" or content in URLS * 50
    assert site.count("/a") == 1


async def test_a_body_that_drips_after_a_fast_start_is_given_up(site, visit):
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 999999\r\n\r\n"
    site.routes["/a"] = Answer(raw=head + b" " * 50_000, pace=1_000_000, endless=True, body=b"x")
    began = time.monotonic()
    response, content = await visit(min_speed=100_000, idle_timeout=0.8, timeout=20.0)(f"{site.url}/a")
    assert time.monotonic() - began < stretched(0.8 + WINDOW + OVERRUN)
    assert response.fault.reason == "too-slow"
    assert len(content) > 50_000


async def test_single_bytes_do_not_extend_the_limit():
    began = time.monotonic()
    timer = asyncio.timeout(20.0)
    watch = min_speed.SpeedLimit(1024, 0.0, timer)
    with suppress(TimeoutError):
        async with timer:
            watch.count_bytes(1)
            await asyncio.sleep(20)
    assert watch.has_expired
    assert WINDOW <= time.monotonic() - began < stretched(WINDOW + OVERRUN)


async def test_processing_after_the_last_byte_is_not_limited():
    async with asyncio.timeout(20.0) as timer:
        watch = min_speed.SpeedLimit(1024, 0.0, timer)
        watch.count_bytes(1)
        watch.stop_counting()
        await asyncio.sleep(WINDOW * 2)
    assert not watch.has_expired


async def test_a_slow_but_steady_body_is_read(site, visit):
    site.routes["/a"] = Answer(URLS, pace=2048)
    response, content = await visit(min_speed=1024)(f"{site.url}/a")
    assert (response.fault, content) == (None, URLS)
    assert response.ms > 2 * WINDOW * 1000


async def test_a_minimum_of_zero_disables_the_limit(site, visit):
    site.routes["/a"] = Answer(URLS[:100], pace=100)
    response, _ = await visit(min_speed=0)(f"{site.url}/a")
    assert (response.fault, response.wire_bytes) == (None, 100)


async def test_a_pause_after_a_fast_start_is_limited_by_the_idle_timeout(site, visit):
    site.routes["/a"] = Answer(URLS, cut_after=2000, hang=True)
    response, _ = await visit(min_speed=1024, idle_timeout=0.9)(f"{site.url}/a")
    assert response.fault.reason == "timeout-read"


async def test_an_earlier_deadline_wins(site, visit):
    site.routes["/a"] = Answer(URLS, pace=200)
    response, _ = await visit(min_speed=1024, timeout=0.2)(f"{site.url}/a")
    assert response.fault.reason == "deadline"


async def test_a_head_that_drips_ends_at_the_deadline(site, visit):
    site.routes["/a"] = Answer(raw=b"HTTP/1.1 200 OK\r\nX: y\r\n" * 9, pace=20)
    began = time.monotonic()
    response, _ = await visit(min_speed=1024, timeout=0.6)(f"{site.url}/a")
    assert response.fault.reason == "deadline"
    assert time.monotonic() - began < stretched(0.6 + OVERRUN)


async def test_a_small_response_never_moves_the_timer(site, visit, monkeypatch):
    monkeypatch.setattr(min_speed.SpeedLimit, "count_bytes", None)
    site.routes["/a"] = Answer(URLS)
    response, content = await visit()(f"{site.url}/a")
    assert (response.fault, content) == (None, URLS)
