"""What a task tells its walk of earlier runs; lists of sitemaps are read when they are asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sitemap_cli.crawl.http_cache import CachedDocument
from sitemap_cli.model.values import Child
from sitemap_cli.services.recording import cached_documents, index_trust
from sitemap_cli.storage.database import Database


@dataclass(frozen=True, slots=True)
class RecordedCache:
    """The memory that the database is, as :class:`~sitemap_cli.crawl.http_cache.Memory` promises."""

    db: Database
    known: Mapping[str, CachedDocument]

    @classmethod
    async def load(
        cls, db: Database, tenant: str, domain_id: int, target: str, *, trusting: bool
    ) -> "RecordedCache":
        """What is held of a domain for a run over a target of it.

        ``trusting`` says whether to believe indexes that proved truthful.
        """
        async with db.reading() as session:
            known = await cached_documents.load_cached_documents(session, tenant, domain_id, target)
            if trusting:
                known = await index_trust.add_trusted_lastmods(session, tenant, domain_id, target, known)
        return cls(db, known)

    def get_document(self, url: str) -> CachedDocument | None:
        """What is held of an address."""
        return self.known.get(url)

    async def load_children(self, held: CachedDocument) -> Sequence[Child]:
        """The sitemaps that a held document lists, read in a transaction of its own."""
        async with self.db.reading() as session:
            return await cached_documents.load_children(session, held.document_id)
