"""Which URLs a crawl accepts: each once, within the limits on depth, number and length."""

from sitemap_cli.crawl.crawl_report import CrawlReport
from sitemap_cli.crawl.fetched_sitemap import DiscoveredUrl
from sitemap_cli.settings import Settings

# A URL may be much longer, but not all of those that wait in the queue.
USUAL_LENGTH = 512


class CrawlLimits:
    """The URLs that were accepted so far; limits that are exceeded go into the report.

    ``key`` is a :func:`~sitemap_cli.urls.canonical_url` everywhere: computing it takes most of the time.
    """

    def __init__(self, settings: Settings, report: CrawlReport) -> None:
        self._settings = settings
        self._report = report
        self._seen: set[str] = set()
        self._promised = 0
        self._characters = 0

    def is_seen(self, key: str) -> bool:
        """Return whether a URL was accepted or marked before."""
        return key in self._seen

    def mark_seen(self, key: str) -> None:
        """Mark a URL as seen, for instance the target of a redirect."""
        self._seen.add(key)

    def accept(self, discovered: DiscoveredUrl, key: str) -> bool:
        """Count a new URL in; return False if a limit leaves it out, and others like it."""
        if self._exceeds_limit(discovered):
            return False
        if discovered.promised:
            self._characters += len(discovered.url)
            self._promised += 1
        self.mark_seen(key)
        return True

    def _exceeds_limit(self, discovered: DiscoveredUrl) -> bool:
        max_depth, max_sitemaps = self._settings.max_depth, self._settings.max_sitemaps
        if discovered.depth > max_depth:
            self._report.add_limit("index-depth", f"indexes are nested deeper than {max_depth}")
        elif discovered.promised and self._promised >= max_sitemaps:
            self._report.add_limit("max-sitemaps", f"only {max_sitemaps:,} sitemaps of a site are read")
        elif discovered.promised and self._characters + len(discovered.url) > (
            max_characters := max_sitemaps * USUAL_LENGTH
        ):
            message = f"the URLs of the sitemaps are longer than {max_characters:,} characters in total"
            self._report.add_limit("url-too-long", message)
        else:
            return False
        return True
