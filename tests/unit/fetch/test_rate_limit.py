"""Pace: how many requests run at once, and how far apart they start."""

import asyncio
from collections import Counter

import pytest

from sitemap_cli.fetch import rate_limit as pace_module
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.rate_limit import Pace


class Crowd:
    """Counts who is inside at the same time, per host and in all."""

    def __init__(self, pace):
        self.pace = pace
        self.inside = Counter()
        self.peak = Counter()

    async def visit(self, host):
        with await self.pace.turn(host):
            for key in (host, "all"):
                self.inside[key] += 1
                self.peak[key] = max(self.peak[key], self.inside[key])
            for _ in range(5):
                await asyncio.sleep(0)
            self.inside.subtract((host, "all"))


class Clock:
    """A time that passes only while everybody sleeps, to where the first of them wakes up."""

    def __init__(self, monkeypatch):
        self.now = 100.0
        self._pass = asyncio.sleep
        self._alarms = []
        monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: self.now)
        monkeypatch.setattr(pace_module.asyncio, "sleep", self._sleep)

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
    """A clock of our own."""
    return Clock(monkeypatch)


async def starts(pace, clock, *visits):
    """When each visit, a host or a host and its delay, started, in seconds since now."""
    began = clock.now

    async def visit(host, *delay):
        with await pace.turn(host, *delay):
            return clock.now - began

    visits = [each if isinstance(each, tuple) else (each,) for each in visits]
    return await asyncio.gather(*(visit(*each) for each in visits))


@pytest.mark.parametrize(
    ("concurrency", "per_host", "peaks"),
    [(100, 2, {"a": 2, "b": 2, "all": 4}), (3, 2, {"all": 3}), (1, 5, {"a": 1, "b": 1, "all": 1})],
)
async def test_no_more_run_at_once_than_allowed(concurrency, per_host, peaks):
    crowd = Crowd(Pace(concurrency=concurrency, per_host=per_host, delay=0))
    await asyncio.gather(*(crowd.visit(host) for host in "ab" * 20))
    assert peaks.items() <= crowd.peak.items()


async def test_a_busy_host_does_not_keep_another_from_starting():
    pace = Pace(concurrency=2, per_host=1, delay=0)
    with await pace.turn("busy"):
        waiting = asyncio.create_task(Crowd(pace).visit("busy"))
        await asyncio.sleep(0)
        await Crowd(pace).visit("idle")
        assert not waiting.done()
    await waiting


@pytest.mark.parametrize(
    ("delay", "visits", "times"),
    [
        pytest.param(10, ["a", "a", "b", "a"], [0, 10, 0, 20], id="of the settings"),
        pytest.param(0, [("a", 5), ("a", 5), ("b", 2), ("b", 2)], [0, 5, 0, 2], id="of each host"),
        pytest.param(10, [("a", 5), ("a", 5)], [0, 10], id="the settings want more"),
        pytest.param(1, [("a", 5), ("a", 5)], [0, 5], id="the host wants more"),
        pytest.param(1, [("a", 5), "a", "a"], [0, 5, 10], id="remembered where nobody says it again"),
        pytest.param(1, ["a", ("a", 5)], [0, 5], id="known since the second request"),
        pytest.param(0, ["a", "a", "a"], [0, 0, 0], id="none"),
        pytest.param(1, [("a", 0, 4), ("a", 0, 4), "b", "b"], [0, 4, 0, 1], id="the user wants one for it"),
        pytest.param(0, [("a", 5, 4), ("a", 0, 4), ("a", 3, 4)], [0, 5, 9], id="of host and user the longer"),
    ],
)
async def test_requests_to_one_host_start_a_delay_apart(clock, delay, visits, times):
    pace = Pace(concurrency=9, per_host=9, delay=delay)
    assert await starts(pace, clock, *visits) == times


async def test_a_host_that_rests_is_not_asked_and_others_are(clock):
    pace = Pace(concurrency=1, per_host=9, delay=0)
    pace.rest("a", 30)
    pace.rest("a", 7)
    assert await starts(pace, clock, "a", "a", "b", "a") == [30, 30, 0, 30]
    assert await starts(pace, clock, "a") == [0]


async def test_a_rest_comes_on_top_of_nothing(clock):
    pace = Pace(concurrency=9, per_host=9, delay=10)
    await starts(pace, clock, "a")
    pace.rest("a", 15)
    assert await starts(pace, clock, "a", "a") == [15, 25]


async def test_a_rest_holds_back_those_who_wait_already(clock):
    pace = Pace(concurrency=1, per_host=9, delay=5)
    with await pace.turn("a"):
        waiting = asyncio.create_task(starts(pace, clock, "a", "a"))
        other = asyncio.create_task(starts(pace, clock, "b"))
        await asyncio.sleep(1)
        pace.rest("a", 60)
    assert await other == [1]
    assert await waiting == [61, 66]


async def test_whoever_gives_up_waiting_leaves_its_room_to_others(clock):
    pace = Pace(concurrency=1, per_host=1, delay=0)
    pace.rest("a", 1000)
    for waiting in [asyncio.create_task(starts(pace, clock, "a")) for _ in range(3)]:
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    with await pace.turn("b"):
        waiting = asyncio.create_task(starts(pace, clock, "b"))
        await asyncio.sleep(0)
        waiting.cancel()
    clock.now += 1000
    assert await starts(pace, clock, "a", "b", "a") == [0, 0, 0]
    assert all(lane.is_idle() for lane in pace._lanes.values())


async def test_idle_hosts_are_forgotten_and_busy_ones_kept(monkeypatch):
    monkeypatch.setattr(pace_module, "MAX_LANES", 3)
    pace = Pace(concurrency=9, per_host=1, delay=0)
    with await pace.turn("busy"):
        for number in range(10):
            with await pace.turn(str(number)):
                pass
        waiting = asyncio.create_task(Crowd(pace).visit("busy"))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert len(pace._lanes) <= 3


async def test_a_host_that_rests_is_not_forgotten(clock, monkeypatch):
    monkeypatch.setattr(pace_module, "MAX_LANES", 3)
    pace = Pace(concurrency=9, per_host=1, delay=0)
    pace.rest("a", 30)
    await starts(pace, clock, *"bcdefgh")
    assert await starts(pace, clock, "a") == [30]


async def test_a_deadline_does_not_run_while_it_is_paused(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
    deadline = Deadline(60)
    now[0] += 10

    async def queue():
        now[0] += 1000
        return "my turn"

    assert await deadline.paused(queue()) == "my turn"
    assert (deadline.left, deadline.spent_ms, deadline.at) == (50, 10_000, 1160)
