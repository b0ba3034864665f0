"""Failures per host, so that hosts that keep failing are skipped."""

import asyncio
from collections import Counter, defaultdict
from functools import partial

from sitemap_cli import urls
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Fault

FAILING = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline", "rate-limited", "challenge")
MISSING_CODES = frozenset({404, 410})
FORBIDDEN_CODES = frozenset({401, 402, 403, 430, 451})
SKIPPED = ("host-failing", "host-empty")
# A guess with one of these faults reached a limit of time or size.
EXHAUSTING = ("timeout-", "too-slow", "too-large", "deadline")
# A missing or forbidden file is no failure of its host. But a host that refuses everything is to be left
# alone, and one where nothing is left is not worth more requests. A missing file costs the server next to
# nothing, and an old index can list hundreds of them before the first that exists.
FORBIDDEN_PER_FAILURE = 20
MISSING_PER_FAILURE = 200
SAMPLE_SIZE = 3
# The limits of a host and the size of its samples grow each time a sample shows that a part of it works.
PATIENCE = 4


class HostHealth:
    """Counts consecutive failures per host and port, and limits concurrent requests to each.

    Args:
        max_failures: a host is skipped after this many failures in a row, twenty times as many forbidden
            files, or two hundred times as many missing ones; 0 never skips.
        max_concurrent: at most this many URLs of one host are worked on concurrently.
        count_missing: whether missing and forbidden files count; a probe looks for them.
    """

    def __init__(self, max_failures: int, max_concurrent: int, *, count_missing: bool = True) -> None:
        self._max_failures = max_failures
        self._count_missing = count_missing
        self._slots = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, max_concurrent))
        self._failures: Counter[str] = Counter()
        self._trials = dict[str, int]()
        self._patience = dict[str, int]()
        self._unresponsive, self._given_up = set[str](), set[str]()
        self._forbidden: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._guesses: Counter[str] = Counter()

    def reserve_slot(self, url: str) -> asyncio.Semaphore:
        """Return the semaphore to hold while a URL of this host is worked on."""
        return self._slots[urls.host_and_port(url)]

    def check_health(self, url: str) -> Fault | None:
        """Return why the host of a URL is skipped; None if it is healthy."""
        host = urls.host_and_port(url)
        if self._trials.get(host):
            self._trials[host] -= 1
            return None
        return self._check_limits(host)

    def check_guess(self, url: str) -> Fault | None:
        """Return why a guessed URL is skipped, if most guesses at its host reached a limit."""
        if self._guesses[urls.host_and_port(url)] > 0:
            return Fault("host-failing", "not requested: other guesses at this host took too long")
        return None

    def count_guess(self, response: Response) -> None:
        """Count whether the response to a guessed URL reached a limit."""
        is_exhausting = response.fault is not None and response.fault.reason.startswith(EXHAUSTING)
        self._guesses[urls.host_and_port(response.url)] += 1 if is_exhausting else -1

    def may_recover(self, url: str, skipped: Fault) -> bool:
        """Return whether a sample of URLs may show that a skipped host is healthy.

        It must have responded to the last request, and no earlier sample of it may have failed completely.
        """
        host = urls.host_and_port(url)
        return skipped.reason in SKIPPED and host not in self._unresponsive | self._given_up

    def begin_trial(self, host: str) -> int:
        """Allow a few requests to a host and port that is skipped; return their number."""
        self._trials[host] = SAMPLE_SIZE * self._patience.get(host, 1)
        return self._trials[host]

    def end_trial(self, host: str) -> None:
        """Skip a host and port for good if its trial has not changed that it is skipped.

        Otherwise a part of it works, and it may fail more often.
        """
        del self._trials[host]
        if self._check_limits(host) is not None:
            self._given_up.add(host)
        else:
            self._patience[host] = self._patience.get(host, 1) * PATIENCE

    def update_health(self, response: Response) -> None:
        """Count a response for or against its host."""
        host = urls.host_and_port(response.url)
        # The body of an error is only kept if it is a sitemap.
        code = response.status_code if response.body is None else 200
        is_forbidden, is_missing = code in FORBIDDEN_CODES, code in MISSING_CODES
        has_failed = _is_failure(response, code)
        _count_consecutive(self._failures, host, counts=has_failed)
        if has_failed and (code is None or code < 500 or response.fault is not None):
            self._unresponsive.add(host)
        else:
            self._unresponsive.discard(host)
        if not self._count_missing:
            return
        # Files of both kinds may alternate.
        if is_forbidden or not is_missing:
            _count_consecutive(self._forbidden, host, counts=is_forbidden)
        if is_missing or not is_forbidden:
            _count_consecutive(self._missing, host, counts=is_missing)

    def _check_limits(self, host: str) -> Fault | None:
        limit = self._max_failures * self._patience.get(host, 1)
        if limit and self._failures[host] >= limit:
            return Fault("host-failing", f"not requested: the host failed {limit} times in a row")
        if limit and self._forbidden[host] >= (files := limit * FORBIDDEN_PER_FAILURE):
            return Fault("host-failing", f"not requested: the host refused {files:,} files in a row")
        if limit and self._missing[host] >= (files := limit * MISSING_PER_FAILURE):
            return Fault("host-empty", f"not requested: {files:,} files in a row are missing on this host")
        return None


def _count_consecutive(counter: Counter[str], host: str, *, counts: bool) -> None:
    """Count one more event in a row, or begin again at 0."""
    if counts:
        counter[host] += 1
    else:
        counter.pop(host, None)


def _is_failure(response: Response, code: int | None) -> bool:
    """Return whether the host failed; a missing file is no failure of its host."""
    if code is not None and (code == 429 or code >= 500):
        return True
    return response.fault is not None and response.fault.reason.startswith(FAILING)
