"""Failures per host, so that hosts that keep failing are skipped."""

import asyncio
from collections import Counter, defaultdict
from functools import partial

from sitemap_cli import urls
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Fault

FAILING = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline", "rate-limited", "challenge")
MISSING_CODES = frozenset({404, 410})
FORBIDDEN_CODES = frozenset({401, 403, 451})
# A missing or forbidden file is no failure of its host. But a host that refuses everything is to be left
# alone, and one where nothing is left is not worth more requests. A missing file costs the server next to
# nothing, and an old index can list hundreds of them before the first that exists.
FORBIDDEN_PER_FAILURE = 20
MISSING_PER_FAILURE = 200


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
        self._forbidden: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()

    def reserve_slot(self, url: str) -> asyncio.Semaphore:
        """Return the semaphore to hold while a URL of this host is worked on."""
        return self._slots[urls.host_and_port(url)]

    def check_health(self, url: str) -> Fault | None:
        """Return why the host of a URL is skipped; None if it is healthy."""
        host, limit = urls.host_and_port(url), self._max_failures
        if limit and self._failures[host] >= limit:
            return Fault("host-failing", f"not requested: the host failed {limit} times in a row")
        if limit and self._forbidden[host] >= (files := limit * FORBIDDEN_PER_FAILURE):
            return Fault("host-failing", f"not requested: the host refused {files:,} files in a row")
        if limit and self._missing[host] >= (files := limit * MISSING_PER_FAILURE):
            return Fault("host-empty", f"not requested: {files:,} files in a row are missing on this host")
        return None

    def update_health(self, response: Response) -> None:
        """Count a response for or against its host."""
        host = urls.host_and_port(response.url)
        # The body of an error is only kept if it is a sitemap.
        code = response.status_code if response.body is None else 200
        is_forbidden, is_missing = code in FORBIDDEN_CODES, code in MISSING_CODES
        _count_consecutive(self._failures, host, counts=_is_failure(response, code))
        if not self._count_missing:
            return
        # Files of both kinds may alternate.
        if is_forbidden or not is_missing:
            _count_consecutive(self._forbidden, host, counts=is_forbidden)
        if is_missing or not is_forbidden:
            _count_consecutive(self._missing, host, counts=is_missing)


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
