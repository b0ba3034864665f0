"""Counting the cores that this process may use."""

import os

import pytest

from sitemap_cli.cores import count_usable_cores


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system has no affinity")
def test_cores_that_the_system_keeps_from_the_process_do_not_count() -> None:
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        assert count_usable_cores() == 1
    finally:
        os.sched_setaffinity(0, before)
    assert count_usable_cores() == len(before)


def test_without_affinity_every_core_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert count_usable_cores() == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert count_usable_cores() == 1
