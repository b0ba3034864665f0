"""Find the entries of pages that contradict themselves, so that other rules do not report them as well."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy.ext.asyncio import AsyncSession

from sitemap_cli.audit.page_conflicts import find_conflict
from sitemap_cli.services.checking.fact import FactSource, fact
from sitemap_cli.services.checking.page_facts import load_compared_pages
from sitemap_cli.services.checking.robots_permissions import list_permissions


@fact("page_conflicts")
async def gather_page_conflicts(session: AsyncSession, source: FactSource) -> Mapping[int, frozenset[int]]:
    """Return the positions of pages that are blocked by robots.txt and contradict themselves, by document."""
    permissions = list_permissions(source) if source.site.is_probed else ()
    found = defaultdict[int, set[int]](set)
    if not permissions:
        return {}
    site = replace(source.site, permissions=permissions)
    async for pages in load_compared_pages(session, source.job, site, source.probes):
        for page in pages:
            if page.block is not None and find_conflict(page):
                found[page.document_id].add(page.position)
    return {document: frozenset(positions) for document, positions in found.items()}
