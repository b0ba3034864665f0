"""The time limit for reading a document."""

import itertools
import time

import pytest

from sitemap_cli.crawl.read_timeout import ReadTimeout

CHUNKS = [b"one", b"two"]


def test_a_reader_with_time_is_given_everything():
    timeout = ReadTimeout(60.0, time.monotonic() + 60.0)
    assert list(timeout.measure_reading(timeout.limit_chunks(CHUNKS))) == CHUNKS
    assert timeout.fault is None


@pytest.mark.parametrize("timeout", [ReadTimeout(until=time.monotonic() - 1), ReadTimeout(seconds=-1)])
def test_a_reader_whose_time_is_over_is_given_nothing_more(timeout):
    assert list(timeout.measure_reading(timeout.limit_chunks(CHUNKS))) == []
    assert timeout.fault.reason == "deadline"


def test_only_the_time_of_the_parser_counts(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    timeout = ReadTimeout(seconds=10)
    for _ in timeout.measure_reading(timeout.limit_chunks([b""] * 3)):
        for _ in range(100):
            next(clock)
    assert timeout.fault is None


def test_a_slow_reader_is_stopped(monkeypatch):
    clock = itertools.count(step=4)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    timeout = ReadTimeout(seconds=10)
    assert 0 < len(list(timeout.measure_reading(timeout.limit_chunks([b""] * 99)))) < 5
    assert timeout.fault.reason == "deadline"


def test_time_is_left_for_what_follows_the_documents(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    whole, shared = ReadTimeout(until=100.0), ReadTimeout(until=200.0)
    shared.reserve_time(0.5, 40.0)
    counts = [len(list(each.limit_chunks([b""] * 300))) for each in (whole, shared)]
    # 40 seconds before, 100 now: that makes 70 of the 200 seconds for what follows.
    assert counts[0] == 100
    assert 0 < counts[1] < 30
    assert shared.fault.reason == "deadline"
