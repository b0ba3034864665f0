"""Pack superseded documents after a job has ended, and expand those of old jobs that are checked again.

Each document has a transaction of its own.
"""

import logging

from sitemap_cli.errors import NotFoundError, SitemapError
from sitemap_cli.services.catalog import superseded_documents
from sitemap_cli.services.shared.packed_documents import expand_documents
from sitemap_cli.storage.database import Database

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
    for document in packed:
        async with db.transaction() as session:
            await expand_documents(session, [document])
    return len(packed)


async def _pack(db: Database, job_id: str) -> int:
    async with db.reading() as session:
        found = await superseded_documents.find_superseded(session, job_id)
    if found is None:
        return 0
    count = 0
    for each in found.documents:
        try:
            async with db.reading() as session:
                packed = await superseded_documents.pack_rows(session, each)
        except NotFoundError:
            continue
        async with db.transaction() as session:
            count += await superseded_documents.store_packed(session, job_id, each, packed, found)
    return count
