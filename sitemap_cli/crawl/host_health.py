"""Notices hosts that fail again and again, so that they are left alone."""

import asyncio
from collections import Counter, defaultdict
from functools import partial

from sitemap_cli import urls
from sitemap_cli.fetch.interface import Response
from sitemap_cli.model.values import Fault

FAILING = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline", "rate-limited", "challenge")
MISSING = frozenset({401, 403, 404, 410, 451})
# A file that is not there, or not for us, is no failure of its host, and an index may well be out of date
# in places. But one of which nothing is left has nothing more to tell.
MISSING_PER_FAILURE = 20


class HostHealth:
    """Counts, for each host and port, the failures since it last worked.

    Args:
        max_failures: so many in a row are enough, and twenty times as many missing files; 0 never is.
        at_once: so many addresses of one host are worked at.
        missing: whether missing files tell anything; of pages, it is just what we want to know.
    """

    def __init__(self, max_failures: int, at_once: int, *, missing: bool = True) -> None:
        self._most = max_failures
        self._counts_missing = missing
        self._rooms = defaultdict[str, asyncio.Semaphore](partial(asyncio.Semaphore, at_once))
        self._failures: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()

    def reserve_slot(self, url: str) -> asyncio.Semaphore:
        """To be held while an address of this host is worked at."""
        return self._rooms[urls.host_and_port(url)]

    def check_health(self, url: str) -> Fault | None:
        """Why an address is not worth asking; None when it is."""
        host, most = urls.host_and_port(url), self._most
        if most and self._failures[host] >= most:
            return Fault("host-failing", f"not asked: the host failed {most} times in a row")
        if most and self._missing[host] >= (files := most * MISSING_PER_FAILURE):
            said = f"not asked: {files} files of the host in a row were missing or refused"
            return Fault("host-failing", said)
        return None

    def update_health(self, fetched: Response) -> None:
        """Count what an address answered for or against its host."""
        host = urls.host_and_port(fetched.url)
        missing = self._counts_missing and _is_missing(fetched)
        for count, applies in ((self._failures, _is_failure(fetched)), (self._missing, missing)):
            if applies:
                count[host] += 1
            else:
                count.pop(host, None)


def _is_missing(fetched: Response) -> bool:
    return fetched.status_code in MISSING


def _is_failure(fetched: Response) -> bool:
    """Whether the host is to blame; a missing file is no failure of its host."""
    code = fetched.status_code
    if code is not None and (code == 429 or code >= 500):
        return True
    return fetched.fault is not None and fetched.fault.reason.startswith(FAILING)
