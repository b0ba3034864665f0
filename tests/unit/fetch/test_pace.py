"""Pace: how many requests run at once, and how far apart they start."""

import asyncio
from collections import Counter

import pytest

from sitemap_cli.fetch import pace as pace_module
from sitemap_cli.fetch.deadline import Deadline
from sitemap_cli.fetch.pace import Pace


class Crowd:
    """Counts who is inside at the same time, per host and in all."""

    def __init__(self, pace):
        self.pace = pace
        self.inside = Counter()
        self.peak = Counter()

    async def visit(self, host):
        async with self.pace.turn(host):
            for key in (host, "all"):
                self.inside[key] += 1
                self.peak[key] = max(self.peak[key], self.inside[key])
            for _ in range(5):
                await asyncio.sleep(0)
            self.inside.subtract((host, "all"))


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
    async with pace.turn("busy"):
        waiting = asyncio.create_task(Crowd(pace).visit("busy"))
        await asyncio.sleep(0)
        await Crowd(pace).visit("idle")
        assert not waiting.done()
    await waiting


async def test_requests_to_one_host_start_a_delay_apart(monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(pace_module.asyncio, "sleep", sleep)
    pace = Pace(concurrency=9, per_host=9, delay=10)
    for host in ("a", "a", "b", "a"):
        async with pace.turn(host):
            pass
    assert [round(seconds) for seconds in slept] == [10, 20]


async def test_idle_hosts_are_forgotten_and_busy_ones_kept(monkeypatch):
    monkeypatch.setattr(pace_module, "MAX_LANES", 3)
    pace = Pace(concurrency=9, per_host=1, delay=0)
    async with pace.turn("busy"):
        for number in range(10):
            async with pace.turn(str(number)):
                pass
        waiting = asyncio.create_task(Crowd(pace).visit("busy"))
        await asyncio.sleep(0)
        assert not waiting.done()
    await waiting
    assert len(pace._lanes) <= 3


async def test_a_deadline_does_not_run_while_it_is_paused(monkeypatch):
    now = [100.0]
    monkeypatch.setattr(asyncio.get_running_loop(), "time", lambda: now[0])
    deadline = Deadline(60)
    now[0] += 10
    with deadline.paused():
        now[0] += 1000
    assert (deadline.left, deadline.spent_ms, deadline.at) == (50, 10_000, 1160)
