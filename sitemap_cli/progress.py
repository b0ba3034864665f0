"""Counters of a running job or batch, which the console displays; they change, and are never stored."""

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import itemgetter


@dataclass(slots=True)
class Progress:
    """Counters of one running job. ``in_flight`` maps each URL to the time at which its request began."""

    found: int = 0
    read: int = 0
    urls: int = 0
    bytes: int = 0
    in_flight: dict[str, float] = field(default_factory=dict)

    def restart(self) -> None:
        """Count from zero, for another attempt."""
        self.found = self.read = self.urls = self.bytes = 0
        self.in_flight.clear()

    def find_slowest(self) -> tuple[str, float] | None:
        """Return the URL that has been in flight longest, and for how many seconds."""
        return _find_oldest(self.in_flight)


@dataclass(slots=True)
class PruneProgress:
    """What was removed so far, or would be: ``bytes`` is an estimate, ``skipped`` counts domains."""

    jobs: int = 0
    documents: int = 0
    urls: int = 0
    bytes: int = 0
    skipped: int = 0
    jobs_by_domain: Counter[int] = field(default_factory=Counter)


class Meter:
    """Timing callbacks. These ignore what they are called with."""

    def record_fetch(self, seconds: float) -> None:
        """Record how long one fetch took, whether or not it succeeded."""

    def record_storage(self, seconds: float) -> None:
        """Record how long a transaction that recorded documents took."""


@dataclass(slots=True)
class BatchProgress:
    """Counters of a running batch: ``total`` sites, of which earlier runs finished ``finished_earlier``.

    A probe counts pages instead of sites. ``active`` maps what is in work to the time at which it began.
    """

    total: int
    finished_earlier: int = 0
    started: float = field(default_factory=time.monotonic)
    verdicts: Counter[str] = field(default_factory=Counter)
    active: dict[str, float] = field(default_factory=dict)

    @property
    def done(self) -> int:
        """Sites that are finished, in this run or an earlier one."""
        return self.finished_earlier + self.verdicts.total()

    @property
    def rate(self) -> float:
        """Sites per second in this run."""
        return self.verdicts.total() / max(time.monotonic() - self.started, 1e-9)

    @property
    def seconds_left(self) -> float | None:
        """Estimated time until the end; None before the first site is finished."""
        return (self.total - self.done) / self.rate if self.verdicts else None

    def find_slowest(self) -> tuple[str, float] | None:
        """Return the site that has been in work longest, and for how many seconds."""
        return _find_oldest(self.active)

    def begin_site(self, domain: str) -> Progress:
        """Add a site to the active ones, and return counters for it."""
        self.active[domain] = time.monotonic()
        return Progress()

    def count_verdict(self, verdict: str | None) -> None:
        """Count a finished site; None means that it ended with a bug."""
        self.verdicts[verdict or "failed"] += 1

    def end_site(self, domain: str) -> None:
        """Remove a site from the active ones."""
        del self.active[domain]


@dataclass(slots=True)
class CopyProgress:
    """How much of a database was copied, in bytes, and what is done at the moment."""

    total: int = 0
    done: int = 0
    doing: str = ""


@dataclass(slots=True)
class StepProgress:
    """How many things of one kind are done, of ``total`` if that is known, and what is done at the moment."""

    noun: str
    total: int | None = None
    done: int = 0
    doing: str = ""


def _find_oldest(began: Mapping[str, float]) -> tuple[str, float] | None:
    if not began:
        return None
    name, since = min(began.items(), key=itemgetter(1))
    return name, time.monotonic() - since
