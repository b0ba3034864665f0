"""Responses 304 that are not believed: their content is requested once more, without validators.

A server may respond with 304 though nothing was sent that it could compare with, or for ever, because its
validators do not follow the content. An index that lists a new lastmod is a reason to look: once for each new
lastmod, as the next job compares with that one. Many indexes list the time of their generation for all
sitemaps, so after some documents of an index that had not changed, the server is believed for the rest of the
job.
"""

from collections import Counter

from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl
from sitemap_cli.crawl.http_cache import NOT_MODIFIED, CachedDocument
from sitemap_cli.fetch.interface import Response

MAX_UNCHANGED = 3
"""Documents of an index that had not changed, after which its server is believed."""


class NotModifiedCheck:
    """Decides for one crawl which 304 responses are believed."""

    def __init__(self) -> None:
        self._unchanged: Counter[str | None] = Counter()

    def is_doubtful(
        self, discovered: DiscoveredUrl, cached: CachedDocument | None, response: Response
    ) -> bool:
        """Return whether the content should be requested although the response is a 304."""
        if response.status_code != NOT_MODIFIED or response.fault is not None:
            return False
        if cached is None or not cached.is_confirmed_by(response):
            return True
        known, listed = cached.listed_lastmod, discovered.lastmod
        has_changed = known is not None and listed is not None and known != listed
        return has_changed and self._unchanged[discovered.parent] < MAX_UNCHANGED

    def learn(self, discovered: DiscoveredUrl, cached: CachedDocument | None, response: Response) -> None:
        """Remember whether a doubted response was right; one that was wrong ends the trust in its server."""
        if cached is None or response.digest is None:
            return
        is_unchanged = response.digest == cached.digest
        self._unchanged[discovered.parent] += 1 if is_unchanged else -MAX_UNCHANGED
