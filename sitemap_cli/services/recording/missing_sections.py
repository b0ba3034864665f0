"""Count the sections of documents that an older version recorded, when a job uses them again."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import islice

from sqlalchemy import bindparam, update
from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.model.site_sections import SectionCounter
from sitemap_cli.services.recording.job_sitemaps import JobSitemap
from sitemap_cli.services.shared.url_keys import load_locs
from sitemap_cli.storage import models

MAX_DOCUMENTS = 2_000
"""Documents that are counted for one job; the next job counts more."""

Sections = Mapping[int, Mapping[str, int]]
"""Numbers of URLs by section, by the id of the document."""

_DOCUMENTS = models.table_of(models.Document)
_SET = (
    update(_DOCUMENTS)
    .where(_DOCUMENTS.c.id == bindparam("document"))
    .values(sections=bindparam("counts", type_=_DOCUMENTS.c.sections.type))
)


async def count_missing_sections(session: AsyncSession, sitemaps: Iterable[JobSitemap]) -> Sections:
    """Return the sections of those documents of a job that have none yet."""
    lacking = {each.document_id for each in sitemaps if each.urls and each.lacks_sections}
    if not lacking:
        return {}
    counters = defaultdict[int, SectionCounter](SectionCounter)
    async for page in load_locs(session, set(islice(sorted(lacking), MAX_DOCUMENTS))):
        counters[page.document_id].add_urls(page.locs, min(page.locs), max(page.locs))
    return {document: counter.build_counts() for document, counter in counters.items()}


async def record_sections(session: AsyncSession, sections: Sections) -> None:
    """Record the sections of documents."""
    if sections:
        rows = [{"document": document, "counts": dict(sections[document])} for document in sorted(sections)]
        await session.execute(_SET, rows)
