"""Limits of time for tests on a machine that may have other things to do."""

import time

# Seconds to wait for what comes at once on an idle machine. What never comes fails the test then.
PATIENCE = 300.0
WORK_SECONDS = 0.05


def stretched(seconds: float) -> float:
    """Return the limit, on this machine now, for what takes at most so long on an idle one."""
    return seconds * max(1.0, measure_slowness())


def measure_slowness() -> float:
    """Return how much longer than its CPU time some work takes."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < WORK_SECONDS:
        sum(range(10_000))
    return (time.monotonic() - began) / (time.thread_time() - worked)
