"""The HTTP cache of a crawl, backed by the documents in the database."""

from collections.abc import Mapping
from dataclasses import dataclass

from sitemap_cli.crawl.http_cache import CachedDocument, HttpCache, NoCache
from sitemap_cli.crawl.targets import Target
from sitemap_cli.services.recording import cached_documents, index_trust
from sitemap_cli.services.recording.cached_documents import CacheKey
from sitemap_cli.settings import Settings
from sitemap_cli.storage.session import Session


@dataclass(frozen=True, slots=True)
class RecordedCache:
    """The documents that previous jobs read, as an :class:`~sitemap_cli.crawl.http_cache.HttpCache`."""

    documents: Mapping[CacheKey, CachedDocument]

    @property
    def urls(self) -> int:
        """The number of URLs that the documents list."""
        return sum(each.urls for each in self.documents.values())

    def get_document(self, url: str, scope: str | None) -> CachedDocument | None:
        """Return the document of a URL that was read for a part of the site, or for all of it."""
        return self.documents.get(CacheKey(url, scope))


async def load_cache(session: Session, settings: Settings, domain_id: int, target: Target) -> HttpCache:
    """Return the documents that previous jobs of a domain read; none with ``--refresh``."""
    if settings.refresh:
        return NoCache()
    tenant = settings.tenant
    documents = await cached_documents.load_cached_documents(session, tenant, domain_id, target)
    if settings.trust_index_lastmod:
        documents = await index_trust.add_trusted_lastmods(session, tenant, domain_id, target, documents)
    return RecordedCache(documents)
