"""The URLs of a job by section and template: of all URLs of a small site, of a sample of a large one."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.crawl.url_scope import UrlScope
from sitemap_cli.services.reporting.entry_sample import load_sample
from sitemap_cli.services.reporting.job_documents import ListingDocument
from sitemap_cli.services.shared.url_keys import load_locs

EXACT = 50_000
"""URLs up to which all are examined: it takes half a second."""
SAMPLE = 20_000
"""URLs that are examined of more: the share of a template is wrong by less than a hundredth."""


async def load_urls(
    session: AsyncSession, documents: Sequence[ListingDocument], scope: str | None = None
) -> list[str]:
    """Return all URLs of documents, or a sample of them, as far as they lie below a path."""
    sizes, urls = {each.id: each.urls for each in documents}, list[str]()
    if sum(sizes.values()) <= EXACT:
        async for page in load_locs(session, sizes):
            urls += page.locs
    else:
        async for some in load_sample(session, sizes, SAMPLE):
            urls += [each.loc for each in some]
    if scope is None:
        return urls
    part = UrlScope(scope)
    return [each for each in urls if part.includes(each)]
