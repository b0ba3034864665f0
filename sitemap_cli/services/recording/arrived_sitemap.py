"""A sitemap of a crawl on its way to the database."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sitemap_cli.crawl.http_cache import CachedDocument

if TYPE_CHECKING:
    from sitemap_cli.crawl.document_reading import ReadDocument
    from sitemap_cli.crawl.fetched_sitemap import FetchedSitemap


@dataclass(frozen=True, slots=True)
class ArrivedSitemap:
    """A sitemap to record, with its document if that was read already.

    ``previous`` is what an earlier job read from the same URL. ``is_finished`` says that the body is released
    and what it lists is followed. ``is_large`` says that the body is read while it is recorded, alone.
    """

    sitemap: "FetchedSitemap"
    document: "ReadDocument | None" = None
    previous: CachedDocument | None = None
    is_finished: bool = True
    is_large: bool = False
