"""The rate limiter: how many requests run at once, and how far apart they start."""

import asyncio
from collections import Counter

import pytest

from sitemap_cli.fetch import rate_limit
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.rate_limit import RateLimiter


class Crowd:
    """Counts concurrent requests, per host and in all."""

    def __init__(self, limiter):
        self.limiter = limiter
        self.inside = Counter()
        self.peak = Counter()

    async def visit(self, host):
        with await self.limiter.acquire(host):
            for key in (host, "all"):
                self.inside[key] += 1
                self.peak[key] = max(self.peak[key], self.inside[key])
            for _ in range(5):
                await asyncio.sleep(0)
            self.inside.subtract((host, "all"))


class Clock:
    """A clock that only advances while all tasks sleep, to the moment when the first one wakes up."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        self._pass = asyncio.sleep
        self._alarms = []
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)
        monkeypatch.setattr(rate_limit.asyncio, "sleep", self._sleep)

    async def _sleep(self, seconds):
        alarm = self.now + seconds
        self._alarms.append(alarm)
        while self.now < alarm:
            for _ in range(20):
                await self._pass(0)
            self.now = max(self.now, min(self._alarms))
        self._alarms.remove(alarm)


@pytest.fixture
async def clock(monkeypatch):
    """Replace the clock of the event loop."""
    return Clock(monkeypatch)


async def starts(limiter, clock, *visits):
    """Return the start of each visit (a host, or a host and its delay), in seconds from now."""
    began = clock.now

    async def visit(host, *delay):
        with await limiter.acquire(host, *delay):
            return clock.now - began

    visits = [each if isinstance(each, tuple) else (each,) for each in visits]
    return await asyncio.gather(*(visit(*each) for each in visits))


@pytest.mark.parametrize(
    ("concurrency", "per_host", "peaks"),
    [(100, 2, {"a": 2, "b": 2, "all": 4}), (3, 2, {"all": 3}), (1, 5, {"a": 1, "b": 1, "all": 1})],
)
async def test_concurrent_requests_are_limited(concurrency, per_host, peaks):
    crowd = Crowd(RateLimiter(concurrency=concurrency, per_host=per_host, delay=0))
    await asyncio.gather(*(crowd.visit(host) for host in "ab" * 20))
    assert peaks.items() <= crowd.peak.items()


async def test_a_busy_host_does_not_block_others():
    limiter = RateLimiter(concurrency=2, per_host=1, delay=0)
    with await limiter.acquire("busy"):
        waiting = asyncio.create_task(Crowd(limiter).visit("busy"))
        await asyncio.sleep(0)
        await Crowd(limiter).visit("idle")
        assert not waiting.done()
    await waiting


@pytest.mark.parametrize(
    ("delay", "visits", "times"),
    [
        pytest.param(10, ["a", "a", "b", "a"], [0, 10, 0, 20], id="of the settings"),
        pytest.param(0, [("a", 5), ("a", 5), ("b", 2), ("b", 2)], [0, 5, 0, 2], id="of each host"),
        pytest.param(10, [("a", 5), ("a", 5)], [0, 10], id="larger in the settings"),
        pytest.param(1, [("a", 5), ("a", 5)], [0, 5], id="larger for the host"),
        pytest.param(1, [("a", 5), "a", "a"], [0, 5, 10], id="remembered if not given again"),
        pytest.param(1, ["a", ("a", 5)], [0, 5], id="known from the second request on"),
        pytest.param(0, ["a", "a", "a"], [0, 0, 0], id="none"),
        pytest.param(1, [("a", 0, 4), ("a", 0, 4), "b", "b"], [0, 4, 0, 1], id="from the user"),
        pytest.param(0, [("a", 5, 4), ("a", 0, 4), ("a", 3, 4)], [0, 5, 9], id="the longer of host and user"),
    ],
)
async def test_requests_to_one_host_start_a_delay_apart(clock, delay, visits, times):
    limiter = RateLimiter(concurrency=9, per_host=9, delay=delay)
    assert await starts(limiter, clock, *visits) == times


async def test_a_process_keeps_to_its_share_of_a_host_that_others_request_too(clock):
    shares = {"own": 1, "shared": 2}
    limiter = RateLimiter(concurrency=9, per_host=4, delay=5, count_processes=lambda host: shares[host])
    visits = ["own", "shared", "own", "shared", ("shared", 20)]
    assert await starts(limiter, clock, *visits) == [0, 0, 5, 40, 80]


async def test_a_process_has_its_share_of_the_requests_at_once_to_a_host():
    shares = {"a": 1, "b": 2, "c": 9}
    limiter = RateLimiter(concurrency=99, per_host=4, delay=0, count_processes=lambda host: shares[host])
    crowd = Crowd(limiter)
    await asyncio.gather(*(crowd.visit(host) for host in "abc" * 20))
    assert {"a": 4, "b": 2, "c": 1}.items() <= crowd.peak.items()


async def test_a_paused_host_does_not_block_others(clock):
    limiter = RateLimiter(concurrency=1, per_host=9, delay=0)
    limiter.pause_host("a", 30)
    limiter.pause_host("a", 7)
    assert await starts(limiter, clock, "a", "a", "b", "a") == [30, 30, 0, 30]
    assert await starts(limiter, clock, "a") == [0]


async def test_waits_are_logged_with_their_reason(clock, caplog):
    caplog.set_level("DEBUG", logger=rate_limit.__name__)
    limiter = RateLimiter(concurrency=9, per_host=9, delay=10)
    await starts(limiter, clock, "a", "a", "b")
    limiter.pause_host("b", 30)
    await starts(limiter, clock, "b")
    assert [(each.event, each.fields) for each in caplog.records] == [
        ("wait", {"host": "a", "seconds": 10, "reason": "delay"}),
        ("wait", {"host": "b", "seconds": 30, "reason": "pause"}),
    ]


async def test_a_pause_and_the_delay_are_not_added(clock):
    limiter = RateLimiter(concurrency=9, per_host=9, delay=10)
    await starts(limiter, clock, "a")
    limiter.pause_host("a", 15)
    assert await starts(limiter, clock, "a", "a") == [15, 25]


async def test_a_pause_also_holds_for_requests_that_wait_already(clock):
    limiter = RateLimiter(concurrency=1, per_host=9, delay=5)
    with await limiter.acquire("a"):
        waiting = asyncio.create_task(starts(limiter, clock, "a", "a"))
        other = asyncio.create_task(starts(limiter, clock, "b"))
        await asyncio.sleep(1)
        limiter.pause_host("a", 60)
    assert await other == [1]
    assert await waiting == [61, 66]


async def test_a_cancelled_wait_frees_its_slot(clock):
    limiter = RateLimiter(concurrency=1, per_host=1, delay=0)
    limiter.pause_host("a", 1000)
    for waiting in [asyncio.create_task(starts(limiter, clock, "a")) for _ in range(3)]:
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    with await limiter.acquire("b"):
        waiting = asyncio.create_task(starts(limiter, clock, "b"))
        await asyncio.sleep(0)
        waiting.cancel()
    clock.now += 1000
    assert await starts(limiter, clock, "a", "b", "a") == [0, 0, 0]
    assert all(queue.is_idle() for queue in limiter._queues.values())


async def test_idle_hosts_are_forgotten_and_busy_hosts_kept(monkeypatch):
    monkeypatch.setattr(rate_limit, "MAX_QUEUES", 3)
    limiter = RateLimiter(concurrency=9, per_host=1, delay=0)
    with await limiter.acquire("busy"):
        for number in range(10):
            with await limiter.acquire(str(number)):
                pass
        waiting = asyncio.create_task(Crowd(limiter).visit("busy"))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert len(limiter._queues) <= 3


async def test_a_paused_host_is_not_forgotten(clock, monkeypatch):
    monkeypatch.setattr(rate_limit, "MAX_QUEUES", 3)
    limiter = RateLimiter(concurrency=9, per_host=1, delay=0)
    limiter.pause_host("a", 30)
    await starts(limiter, clock, *"bcdefgh")
    assert await starts(limiter, clock, "a") == [30]


async def test_a_deadline_excludes_time_spent_in_the_queue(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
    deadline = Deadline(60)
    now[0] += 10

    async def queue():
        now[0] += 1000
        return "done"

    assert await deadline.exclude_wait(queue()) == "done"
    assert (deadline.seconds_left, deadline.elapsed_ms, deadline.expires_at) == (50, 10_000, 1160)
