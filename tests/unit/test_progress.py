"""The counters that the console displays while something runs."""

import time

import pytest

from sitemap_cli.progress import BatchProgress, Progress


def test_the_slowest_url_is_the_one_in_flight_longest() -> None:
    now = time.monotonic()
    progress = Progress(in_flight={"https://a.test/": now - 3, "https://b.test/": now - 7})
    slowest = progress.find_slowest()
    assert slowest is not None
    assert slowest[0] == "https://b.test/"
    assert slowest[1] == pytest.approx(7, abs=1)


def test_nothing_is_slowest_while_nothing_is_in_flight() -> None:
    assert Progress().find_slowest() is None
    assert BatchProgress(3).find_slowest() is None


def test_sites_of_earlier_runs_count_as_done_but_not_for_the_rate() -> None:
    batch = BatchProgress(10, 4, started=time.monotonic() - 2)
    assert (batch.done, batch.rate, batch.seconds_left) == (4, 0, None)
    batch.begin_site("a.test")
    batch.count_verdict("ok")
    assert batch.done == 5
    assert batch.rate == pytest.approx(0.5, abs=0.1)
    assert batch.seconds_left == pytest.approx(10, abs=2)


def test_a_site_is_active_until_it_ends() -> None:
    batch = BatchProgress(1)
    batch.begin_site("a.test")
    assert list(batch.active) == ["a.test"]
    batch.end_site("a.test")
    assert not batch.active


def test_a_site_without_a_verdict_counts_as_failed() -> None:
    batch = BatchProgress(1)
    batch.count_verdict(None)
    assert batch.verdicts == {"failed": 1}
