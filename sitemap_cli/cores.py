"""How many processes of this program can work at the same time."""

import os


def count_usable_cores() -> int:
    """Return the number of cores that the system lets this process use, which may be fewer than there are."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
