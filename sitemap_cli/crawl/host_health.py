"""Failures per host, so that hosts that keep failing are skipped."""

import asyncio
from collections import Counter, defaultdict
from functools import partial

from sitemap_cli import urls
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Fault

FAILING = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline", "rate-limited", "challenge")
MISSING_CODES = frozenset({401, 403, 404, 410, 451})
# A missing or forbidden file is no failure of its host, and an index may be out of date in places. But a
# host where nothing is left is not worth more requests.
MISSING_PER_FAILURE = 20


class HostHealth:
    """Counts consecutive failures per host and port, and limits concurrent requests to each.

    Args:
        max_failures: a host is skipped after this many failures in a row, or twenty times as many missing
            files; 0 never skips.
        max_concurrent: at most this many URLs of one host are worked on concurrently.
        count_missing: whether missing files count; a probe looks for them.
    """

    def __init__(self, max_failures: int, max_concurrent: int, *, count_missing: bool = True) -> None:
        self._max_failures = max_failures
        self._count_missing = count_missing
        self._slots = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, max_concurrent))
        self._failures: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()

    def reserve_slot(self, url: str) -> asyncio.Semaphore:
        """Return the semaphore to hold while a URL of this host is worked on."""
        return self._slots[urls.host_and_port(url)]

    def check_health(self, url: str) -> Fault | None:
        """Return why the host of a URL is skipped; None if it is healthy."""
        host, limit = urls.host_and_port(url), self._max_failures
        if limit and self._failures[host] >= limit:
            return Fault("host-failing", f"not requested: the host failed {limit} times in a row")
        files = limit * MISSING_PER_FAILURE
        if limit and self._missing[host] >= files:
            why = f"not requested: {files} files in a row were missing or forbidden on this host"
            return Fault("host-failing", why)
        return None

    def update_health(self, response: Response) -> None:
        """Count a response for or against its host."""
        host = urls.host_and_port(response.url)
        _count_consecutive(self._failures, host, counts=_is_failure(response))
        _count_consecutive(self._missing, host, counts=self._count_missing and _is_missing(response))


def _count_consecutive(counter: Counter[str], host: str, *, counts: bool) -> None:
    """Count one more event in a row, or begin again at 0."""
    if counts:
        counter[host] += 1
    else:
        counter.pop(host, None)


def _is_missing(response: Response) -> bool:
    return response.status_code in MISSING_CODES


def _is_failure(response: Response) -> bool:
    """Return whether the host failed; a missing file is no failure of its host."""
    code = response.status_code
    if code is not None and (code == 429 or code >= 500):
        return True
    return response.fault is not None and response.fault.reason.startswith(FAILING)
