"""Find the entries of pages whose signals robots.txt hides, so that SM706 leaves them to SM716."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.facts import SiteFact
from sitemap_cli.audit.gathered_facts import Audience
from sitemap_cli.audit.page_conflicts import find_conflict
from sitemap_cli.audit.probed_pages import PageFact
from sitemap_cli.audit.robots_blocks import find_block
from sitemap_cli.services.checking.built_pages import load_built_pages
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.page_facts import load_compared_pages
from sitemap_cli.services.checking.robots_permissions import list_permissions


@fact("page_conflicts")
async def gather_page_conflicts(session: AsyncSession, source: FactSource) -> Mapping[int, frozenset[int]]:
    """Return the positions of pages that are blocked by robots.txt and contradict themselves, by document."""
    if not source.site.is_probed and source.build is None:
        return {}
    permissions = [each for each in list_permissions(source) if each.audience is Audience.ENGINE]
    if not permissions:
        return {}
    found = defaultdict[int, set[int]](set)
    site = replace(source.site, permissions=tuple(permissions))
    counts = Counter(source.build.reader.counts if source.build else ())
    async for pages in _load_pages(session, source, site):
        for page in pages:
            if page.block is not None and find_conflict(page):
                found[page.document_id].add(page.position)
    if source.build is not None:
        # The rules read these pages once more, which counts.
        source.build.reader.counts = counts
    return {document: frozenset(positions) for document, positions in found.items()}


def _load_pages(session: AsyncSession, source: FactSource, site: SiteFact) -> AsyncIterator[list[PageFact]]:
    """Return the pages that are known; of a build, only those that robots.txt disallows are read."""
    if source.build is None:
        return load_compared_pages(session, source.job, site, source.probes)

    def is_blocked(loc: str) -> bool:
        return find_block(site, loc) is not None

    return load_built_pages(session, source.job.id, site, source.build, is_blocked)
