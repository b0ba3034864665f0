"""Notices hosts that fail again and again, so that they are left alone."""

from collections import Counter

from sitemap_cli.fetch.fetcher import Fetched
from sitemap_cli.model import Fault
from sitemap_cli.services import addresses

MAX_FAILURES = 5
FAILING = ("connection-", "timeout-", "dns-", "tls-", "too-slow", "deadline")


class Hosts:
    """Counts, for each host and port, the failures since it last worked."""

    def __init__(self) -> None:
        self._failures: Counter[str] = Counter()

    def refusal(self, url: str) -> Fault | None:
        """Why an address is not worth asking; None when it is."""
        if self._failures[addresses.site(url)] < MAX_FAILURES:
            return None
        return Fault("host-failing", f"not asked: the host failed {MAX_FAILURES} times in a row")

    def note(self, fetched: Fetched) -> None:
        """Count what an address answered for or against its host."""
        host = addresses.site(fetched.url)
        if _is_failure(fetched):
            self._failures[host] += 1
        else:
            self._failures.pop(host, None)


def _is_failure(fetched: Fetched) -> bool:
    """Whether the host is to blame; a missing file is no failure of its host."""
    code = fetched.status_code
    if code is not None:
        return code == 429 or code >= 500
    return fetched.fault is not None and fetched.fault.reason.startswith(FAILING)
