"""How long a document may be read."""

import itertools
import time

import pytest

from sitemap_cli.crawl.read_timeout import Patience

CHUNKS = [b"one", b"two"]


def test_a_reader_with_time_is_given_everything():
    patience = Patience(60.0, time.monotonic() + 60.0)
    assert list(patience.measured(patience.supplied(CHUNKS))) == CHUNKS
    assert patience.fault is None


@pytest.mark.parametrize("patience", [Patience(until=time.monotonic() - 1), Patience(seconds=-1)])
def test_a_reader_whose_time_is_over_is_given_nothing_more(patience):
    assert list(patience.measured(patience.supplied(CHUNKS))) == []
    assert patience.fault.reason == "deadline"


def test_only_the_reader_is_measured_not_whoever_takes_what_it_gives(monkeypatch):
    clock = itertools.count()
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    patience = Patience(seconds=10)
    for _ in patience.measured(patience.supplied([b""] * 3)):
        for _ in range(100):
            next(clock)
    assert patience.fault is None


def test_a_slow_reader_is_stopped(monkeypatch):
    clock = itertools.count(step=4)
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    patience = Patience(seconds=10)
    assert 0 < len(list(patience.measured(patience.supplied([b""] * 99)))) < 5
    assert patience.fault.reason == "deadline"
