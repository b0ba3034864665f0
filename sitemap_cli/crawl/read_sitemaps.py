"""The sitemaps of a crawl that can be read, known by their URL after redirects and their content."""

from sitemap_cli import urls
from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap


class ReadSitemaps:
    """Counts the sitemaps that can be read; ``count`` is their number."""

    def __init__(self) -> None:
        self.count = 0
        self._keys: set[str | bytes] = set()

    def has_content(self, sitemap: FetchedSitemap) -> bool:
        """Return whether another sitemap has the same content."""
        return sitemap.digest in self._keys

    def add(self, sitemap: FetchedSitemap) -> bool:
        """Count a sitemap; return False for a guess that leads to one that was read already."""
        key, digest = urls.canonical_url(sitemap.response.final_url), sitemap.digest
        keys: set[str | bytes] = {key} if digest is None else {key, digest}
        if not sitemap.discovered.promised and not self._keys.isdisjoint(keys):
            return False
        if sitemap.is_readable:
            self._keys |= keys
            self.count += 1
        return True
