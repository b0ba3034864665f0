"""Pack superseded documents after a job has ended, and expand those of old jobs that are checked again.

Small documents share a transaction, as a site may have thousands of them.
"""

import logging
from operator import attrgetter, itemgetter

from sitemap_cli.errors import SitemapError
from sitemap_cli.services.catalog import superseded_documents
from sitemap_cli.services.shared.packed_documents import expand_documents
from sitemap_cli.services.shared.size_groups import split_by_size
from sitemap_cli.storage.database import Database

MAX_ENTRIES = 20_000
"""Entries that a transaction packs or expands, if they are not those of one document."""
MAX_DOCUMENTS = 250

log = logging.getLogger(__name__)


async def pack_superseded(db: Database, job_id: str) -> int:
    """Pack the documents that a job has superseded; return their number.

    The job itself has succeeded, so an error is only logged.
    """
    try:
        return await _pack(db, job_id)
    except SitemapError as error:
        log.warning("superseded sitemaps were not packed: %s", error)
    except Exception:
        log.exception("internal error while packing superseded sitemaps")
    return 0


async def expand_for_check(db: Database, job_id: str) -> int:
    """Store the entries of a job again that are packed, and those of the job that a check compares it with.

    A job that ends while a check runs may pack them; so it looks again afterwards.

    Returns:
        The number of documents that were packed.

    Raises:
        NotFoundError: the job was removed.
        ReadOnlyError: the database cannot be written.
    """
    async with db.reading() as session:
        packed = await superseded_documents.list_packed_for_check(session, job_id)
    for some in split_by_size(packed, itemgetter(1), MAX_ENTRIES, MAX_DOCUMENTS):
        async with db.transaction() as session:
            await expand_documents(session, [document for document, _ in some])
    return len(packed)


async def _pack(db: Database, job_id: str) -> int:
    async with db.reading() as session:
        found = await superseded_documents.find_superseded(session, job_id)
    if found is None:
        return 0
    count = 0
    for some in split_by_size(found.documents, attrgetter("urls"), MAX_ENTRIES, MAX_DOCUMENTS):
        async with db.reading() as session:
            packed = await superseded_documents.pack_documents(session, some)
        async with db.transaction() as session:
            count += await superseded_documents.store_packed(session, job_id, packed, found)
    return count
