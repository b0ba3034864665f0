"""URLs of hosts that failed too often in a row: a sample of them decides whether the others are requested.

A broken section of a site, which fails for every URL, must not hide the sections that follow it in the index.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from sitemap_cli import urls
from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl, FetchedSitemap
from sitemap_cli.crawl.host_health import HostHealth


class PostponedUrls:
    """The postponed URLs of each host and port, in the order of their postponement."""

    def __init__(self, hosts: HostHealth) -> None:
        self._hosts = hosts
        self._waiting = defaultdict[str, list[DiscoveredUrl]](list)
        self._sampled = set[str]()

    def add(self, sitemap: FetchedSitemap) -> bool:
        """Postpone a URL if it was skipped because of a host that may recover; return whether it was.

        A guess is not postponed.
        """
        discovered = sitemap.discovered
        if not discovered.promised or sitemap.error is None:
            return False
        if not self._hosts.may_recover(discovered.url, sitemap.error):
            return False
        self._waiting[urls.host_and_port(discovered.url)].append(discovered)
        return True

    def take_next(self) -> Iterator[DiscoveredUrl]:
        """Take a sample of each host, or the others of a host whose sample was requested."""
        for host, waiting in list(self._waiting.items()):
            if host in self._sampled:
                self._sampled.discard(host)
                self._hosts.end_trial(host)
                yield from self._waiting.pop(host)
                continue
            spread, size = _spread_out(waiting), self._hosts.begin_trial(host)
            sample, self._waiting[host] = spread[:size], spread[size:]
            self._sampled.add(host)
            yield from sample

    def clear(self) -> list[DiscoveredUrl]:
        """Take all."""
        waiting = [each for listed in self._waiting.values() for each in listed]
        self._waiting.clear()
        return waiting


def _spread_out(listed: Sequence[DiscoveredUrl]) -> list[DiscoveredUrl]:
    """Return the last one, the one in the middle, those of the quarters, the eighths and so on.

    In this order each section comes up soon. It is that of the reversed bits of the position from the end.
    """
    width = len(listed).bit_length()
    order = sorted(range(len(listed)), key=lambda at: f"{at:0{width}b}"[::-1])
    return [listed[-1 - at] for at in order]
