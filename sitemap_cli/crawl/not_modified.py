"""Responses 304 that are not believed: their content is requested once more, without validators.

A server may respond with 304 though nothing was sent that it could compare with, or for ever, because its
validators do not follow the content. An ETag that is not the one that was sent is a reason to look, and so is
an index that lists a new lastmod: once for each new lastmod, as the next job compares with that one. Many
indexes list the time of their generation for all sitemaps, so after some documents of an index that had not
changed, the server is believed for the rest of the job.
"""

import re
from collections import Counter

from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl
from sitemap_cli.crawl.http_cache import NOT_MODIFIED, CachedDocument
from sitemap_cli.fetch.interface import Response

MAX_UNCHANGED = 3
"""Documents of an index that had not changed, after which its server is believed."""

# What servers add to the tag of a compressed response, and not to that of a 304.
_COMPRESSED = re.compile(r"(?:[-;]{1,2}(?:gzip|br|zstd|df))+$")


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
        is_other = _are_different(cached.validators.etag, response.etag)
        return (has_changed or is_other) and self._unchanged[discovered.parent] < MAX_UNCHANGED

    def learn(self, discovered: DiscoveredUrl, cached: CachedDocument | None, response: Response) -> None:
        """Remember whether a doubted response was right; one that was wrong ends the trust in its server."""
        if cached is None or response.digest is None:
            return
        is_unchanged = response.digest == cached.digest
        self._unchanged[discovered.parent] += 1 if is_unchanged else -MAX_UNCHANGED


def _are_different(sent: str | None, returned: str | None) -> bool:
    """Return whether two tags are of different documents, by weak comparison.

    https://www.rfc-editor.org/rfc/rfc9110#section-8.8.3.2
    """
    return sent is not None and returned is not None and _get_opaque(sent) != _get_opaque(returned)


def _get_opaque(etag: str) -> str:
    return _COMPRESSED.sub("", etag.removeprefix("W/").strip('"'))
