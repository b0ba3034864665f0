"""Time limits for tests on a machine that may be busy."""

import time

# Seconds to wait for something that comes at once on an idle machine, before the test fails.
PATIENCE = 300.0
WORK_SECONDS = 0.05


def stretched(seconds: float) -> float:
    """Return how long something may take now that takes at most ``seconds`` on an idle machine."""
    return seconds * max(1.0, measure_slowness())


def measure_slowness() -> float:
    """Return the wall time of some work as a multiple of its CPU time."""
    began, worked = time.monotonic(), time.thread_time()
    while time.thread_time() - worked < WORK_SECONDS:
        sum(range(10_000))
    return (time.monotonic() - began) / (time.thread_time() - worked)
